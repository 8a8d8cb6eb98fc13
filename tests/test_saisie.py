"""What people type, in the spellings they use, and what must be asked again."""

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cls_workbook.francais import de
from cls_workbook.reading.saisie import Comprise, Incomprise, comprendre, date_fr, montant_fr, nombre_fr, plier, taux_fr

NBSP, FINE, ULTRAFINE = "\u00a0", "\u202f", "\u2009"
NOMBRES = ("entier", "decimal", "montant", "taux")


def code(brut, type_, **attente):
    """Code of the refusal, or the value where it was understood."""
    lu = comprendre(brut, type_, **attente)
    return lu.code if isinstance(lu, Incomprise) else lu.valeur


# --- Blank ---


@pytest.mark.parametrize("brut", [None, "", "   ", NBSP, f" {FINE}\t\n", "\u200b", "\ufeff "])
@pytest.mark.parametrize("type_", [*NOMBRES, "date", "liste", "texte", "code", "case"])
def test_a_blank_is_neither_a_value_nor_a_mistake(brut, type_):
    assert comprendre(brut, type_, choix=("oui", "non")) is None


def test_zero_is_a_value():
    assert comprendre(0.0, "entier") == Comprise(0, "")
    assert str(comprendre(-0.0, "montant").valeur) == str(comprendre("-0", "montant").valeur) == "0.00"
    assert nombre_fr(-0.0) == "0" and nombre_fr(Decimal("-0.04"), 1) == "0,0"
    assert comprendre("0", "taux").valeur == 0


# --- Amounts ---


@pytest.mark.parametrize(
    ("brut", "valeur", "regle"),
    [
        ("1 234,56", "1234.56", "espaces retirés, virgule décimale"),
        ("12 000 €", "12000.00", "espaces et symbole € retirés"),
        (f"12{NBSP}000{NBSP}€", "12000.00", "espaces et symbole € retirés"),
        (f"12{FINE}000", "12000.00", "espaces retirés"),
        (f"12{ULTRAFINE}000 euros", "12000.00", "espaces et symbole € retirés"),
        ("1.234,56", "1234.56", "points de milliers retirés, virgule décimale"),
        ("1,234.56", "1234.56", "virgules de milliers retirées, point décimal"),
        ("1.234.567", "1234567.00", "points de milliers retirés"),
        ("1’234", "1234.00", "apostrophes retirées"),
        ("€12", "12.00", "symbole € retiré"),
        ("1234.5", "1234.50", "point décimal"),
        ("'12", "12.00", "apostrophe retirée"),
        ("12000", "12000.00", "nombre écrit en texte"),
        ("１２，５", "12.50", "virgule décimale"),
        ("+12", "12.00", "nombre écrit en texte"),
    ],
)
def test_an_amount_is_read_in_the_spellings_of_a_finance_office(brut, valeur, regle):
    lu = comprendre(brut, "montant", minimum=0)
    assert (str(lu.valeur), lu.regle) == (valeur, regle)


@pytest.mark.parametrize(
    "brut",
    [
        "env. 30", "~30", "30 environ", "30-40", "30 à 40", "12/3", "1e3", "12 k€", "1O", "12€50", "12 00", "1 2345", "12,,5",
        "1.234.5", "1,234,5", "12\n000", "12,", ",5", "- 12", "12-", "–12", "€", "()", "(12", "12²", "½", "١٢", "douze", "12 $",
        "€ 12 €", "12 €s", "0380123456", "#REF!", "12 000 € TTC", "1 234.567", "1,234", "1.234", "nan", "inf", "1_000", "0x12", "9" * 400,
    ],
)  # fmt: skip
def test_a_doubtful_amount_is_asked_again(brut):
    assert code(brut, "montant") == "MONTANT_ILLISIBLE"


def test_a_point_before_three_digits_is_never_guessed():
    for type_ in NOMBRES:
        lu = comprendre("1.234", type_)
        assert "le point peut séparer des milliers ou des décimales" in lu.a_faire
    assert code("1 234.567", "decimal") == "NOMBRE_ILLISIBLE"
    assert code("0.125", "decimal") == Decimal("0.125")  # no thousands begin with 0
    assert code("1234.567", "decimal") == Decimal("1234.567")


def test_a_comma_before_three_digits_is_a_decimal_comma_only_where_three_decimals_are_possible():
    assert comprendre("1,234", "decimal") == Comprise(Decimal("1.234"), "virgule décimale")
    assert code("1,234", "montant") == "MONTANT_ILLISIBLE"
    assert code("1,234", "entier") == "NOMBRE_ILLISIBLE"
    assert code("1234,567", "decimal") == Decimal("1234.567")


def test_an_amount_has_two_decimals_at_most_and_is_not_rounded():
    lu = comprendre(12.345, "montant", minimum=0)
    assert lu.code == "MONTANT_ILLISIBLE" and "deux décimales" in lu.a_faire
    assert code("0,125 €", "montant") == "MONTANT_ILLISIBLE"
    assert code(10_000_000.005, "montant") == "MONTANT_ILLISIBLE"


def test_the_noise_of_binary_arithmetic_is_not_a_third_decimal():
    assert comprendre(0.1 + 0.2, "montant") == Comprise(Decimal("0.30"), "")
    assert comprendre(sum([0.1] * 1000), "montant").valeur == Decimal("100.00")
    assert comprendre(0.1 + 0.2, "decimal").valeur == Decimal("0.3")


def test_the_message_of_a_bad_amount_reads_as_written_for_the_partner():
    assert comprendre("env. 12 000", "montant", minimum=0) == Incomprise(
        "MONTANT_ILLISIBLE",
        "un montant en euros, positif ou nul",
        "saisissez le montant en chiffres, par exemple 12000, puis renvoyez le classeur.",
    )


def test_parentheses_and_the_typographic_minus_are_negative():
    assert code("(1 234,50 €)", "montant") == Decimal("-1234.50")
    assert code("−12", "decimal") == -12
    assert code("(12) €", "montant", minimum=0) == "VALEUR_NEGATIVE"


# --- Whole numbers, limits ---


def test_a_count_is_whole():
    assert comprendre(12.0, "entier") == Comprise(12, "")
    assert type(comprendre(12.0, "entier").valeur) is int
    assert code(12.5, "entier") == code("12,5", "entier") == "ENTIER_ATTENDU"
    assert code("12,0", "entier") == 12


def test_a_negative_count_is_refused_by_name():
    assert code(-3.0, "entier", minimum=0) == "VALEUR_NEGATIVE"
    assert code(-3.0, "entier", minimum=-2) == "VALEUR_HORS_LIMITES"


def test_limits_are_told_in_the_message():
    lu = comprendre(12.0, "entier", minimum=0, maximum=11)
    assert (lu.code, lu.attendu) == ("VALEUR_HORS_LIMITES", "un nombre entier, entre 0 et 11")
    assert comprendre(11.0, "entier", minimum=0, maximum=11).valeur == 11
    assert comprendre(2.0, "decimal", maximum=1).attendu == "un nombre, au plus 1"
    assert comprendre(0.0, "montant", minimum=1500).attendu == f"un montant en euros, au moins 1{NBSP}500{NBSP}€"


@pytest.mark.parametrize("type_", NOMBRES)
@pytest.mark.parametrize("brut", [True, False, time(3), timedelta(hours=30), math.nan, math.inf, -math.inf])
def test_a_boolean_an_hour_or_an_infinity_is_not_a_number(brut, type_):
    assert code(brut, type_) in ("NOMBRE_ILLISIBLE", "MONTANT_ILLISIBLE")


def test_a_number_that_excel_turned_into_a_date_says_so():
    assert "date ou une heure" in comprendre(datetime(2025, 3, 12), "entier").a_faire


@pytest.mark.parametrize("brut", [1e300, 10**30, "1 000 000 000 000", -1e12])
@pytest.mark.parametrize("type_", ["entier", "decimal", "montant"])
def test_a_value_beyond_all_sense_is_refused(brut, type_):
    assert code(brut, type_) == "VALEUR_HORS_LIMITES"


def test_only_the_unit_of_the_measure_may_follow_a_number():
    assert comprendre("30 personnes", "entier", unite="personnes") == Comprise(30, "unité retirée")
    assert code("1 personne", "entier", unite="personnes") == 1
    assert code("30 personnes", "entier") == code("30 séances", "entier", unite="personnes") == "NOMBRE_ILLISIBLE"
    assert code("30 €", "entier") == "NOMBRE_ILLISIBLE"
    assert code("30 m2", "decimal", unite="m²") == 30


def test_a_percentage_is_read_where_a_rate_is_asked():
    assert comprendre("12,5 %", "taux") == Comprise(Decimal("0.125"), "pourcentage écrit en texte")
    assert code("100%", "taux") == 1
    assert code(0.125, "taux") == Decimal("0.125")
    assert code("12,5", "taux") == "NOMBRE_ILLISIBLE"  # 12,5 % or 1250 %?
    assert code("12,5 %", "decimal") == "NOMBRE_ILLISIBLE"


# --- Dates ---


@pytest.mark.parametrize(
    "brut",
    [
        "15/03/2025", "15-03-2025", "15.03.2025", "2025-03-15", "2025/03/15", "15 mars 2025", "15/3/2025", " 15 / 03 / 2025 ",
        "samedi 15 mars 2025", "le 15 mars 2025", "15 MARS 2025.", "2025-03-15 00:00:00", f"15{NBSP}mars{NBSP}2025",
    ],
)  # fmt: skip
def test_a_date_is_read_day_first(brut):
    assert comprendre(brut, "date") == Comprise(date(2025, 3, 15), "date écrite en texte")


def test_other_spellings_of_dates():
    assert code("1er mars 2025", "date") == date(2025, 3, 1)
    assert code("3 févr. 2025", "date") == date(2025, 2, 3)
    assert code("3 aout 2025", "date") == code("3 août 2025", "date") == date(2025, 8, 3)
    assert code("04/05/2025", "date") == date(2025, 5, 4)  # never 5 April
    assert comprendre("15/03/25", "date") == Comprise(date(2025, 3, 15), "date écrite en texte, année à deux chiffres lue 20..")


def test_true_dates_and_serial_numbers():
    assert comprendre(datetime(2025, 3, 15), "date") == comprendre(date(2025, 3, 15), "date") == Comprise(date(2025, 3, 15), "")
    assert type(comprendre(datetime(2025, 3, 15), "date").valeur) is date
    assert comprendre(datetime(2025, 3, 15, 9, 30), "date").regle == "heure retirée"
    assert comprendre(45731.0, "date") == Comprise(date(2025, 3, 15), "numéro de série de date")
    assert code(36526, "date") == date(2000, 1, 1) and code(73050, "date") == date(2099, 12, 31)


@pytest.mark.parametrize(
    "brut",
    [
        2025.0, 15032025.0, 45731.5, 36525, 73051, True, time(9), timedelta(days=2), math.nan, "31/02/2025", "03/2025", "mars 2025",
        "2025", "45731", "15032025", "15/03-2025", "3/15/2025", "lundi 15 mars 2025", "15 brumaire 2025", "mi-mars", "00/00/0000",
        "15/03/202", "15/03/2025 ou 16/03/2025", "15/03/202²", "1er trimestre 2025",
    ],
)  # fmt: skip
def test_a_doubtful_date_is_asked_again(brut):
    assert code(brut, "date") == "DATE_ILLISIBLE"


def test_a_date_without_its_day_or_outside_the_calendar_says_which():
    assert comprendre("03/2025", "date").a_faire.startswith("il manque le jour")
    assert comprendre("31/02/2025", "date").a_faire.startswith("ce jour n’existe pas dans le calendrier")


def test_a_date_out_of_its_limits():
    lu = comprendre("15/03/2023", "date", minimum=date(2024, 1, 1), maximum=date(2028, 12, 31))
    assert lu.code == "VALEUR_HORS_LIMITES" and lu.attendu.endswith("entre le 01/01/2024 et le 31/12/2028")
    assert code("15/03/1725", "date") == "VALEUR_HORS_LIMITES"


# --- Choices, texts, codes, ticks ---

ETATS = ("Non démarrée", "En préparation", "Réalisée", "Service de l’État", "Mi-temps")


@pytest.mark.parametrize(
    ("brut", "choix"),
    [
        ("non demarree", "Non démarrée"), ("RÉALISÉE", "Réalisée"), ("realise\u0301e", "Réalisée"), ("Service de l'Etat", "Service de l’État"),
        ("service  de l´état", "Service de l’État"), (f"En{NBSP}préparation.", "En préparation"), ("mi–temps", "Mi-temps"),
    ],
)  # fmt: skip
def test_a_choice_is_known_by_its_letters(brut, choix):
    assert comprendre(brut, "liste", choix=ETATS) == Comprise(choix, "choix reconnu malgré la casse, les accents ou la ponctuation")


def test_a_choice_taken_from_the_list_is_taken_as_is():
    assert comprendre("Réalisée", "liste", choix=ETATS) == comprendre("Réalisée ", "liste", choix=ETATS) == Comprise("Réalisée", "")


@pytest.mark.parametrize("brut", ["Réalisé", "En", "x", 3.0, True, date(2025, 1, 1), "Réalisée ou Non démarrée"])
def test_an_unknown_choice_is_refused_and_the_list_is_cited(brut):
    lu = comprendre(brut, "liste", choix=ETATS)
    assert lu.code == "CHOIX_INCONNU" and f"«{NBSP}En préparation{NBSP}»" in lu.attendu


def test_two_choices_that_fold_alike_are_not_guessed():
    assert code("REALISE", "liste", choix=("Réalisé", "Realise")) == "CHOIX_INCONNU"
    assert code("Realise", "liste", choix=("Réalisé", "Realise")) == "Realise"


def test_a_long_list_is_cited_in_part():
    attendu = comprendre("zut", "liste", choix=[f"Commune {n}" for n in range(40)]).attendu
    assert f"«{NBSP}Commune 11{NBSP}» et 28 autres" in attendu and "Commune 12" not in attendu


def test_a_number_may_be_a_choice():
    assert code(3.0, "liste", choix=("1", "2", "3")) == "3"
    assert code(0.5, "liste", choix=("0,5", "1")) == "0,5"
    assert code(0.5, "liste", choix=("0.5", "1")) == "0.5"


def test_a_text_is_kept_as_typed():
    assert comprendre(" « L’été »  à\nDijon ", "texte") == Comprise("« L’été »  à\nDijon", "")
    assert comprendre("=1+1", "texte") == Comprise("=1+1", "")
    assert comprendre("a\x07b\u202ec\ud800", "texte") == Comprise("abc", "caractères de contrôle retirés")


def test_a_number_or_a_date_in_a_text_cell_reads_as_the_sheet_showed_it():
    assert code(12.0, "texte") == "12"
    assert code(1234567.5, "texte") == "1234567,5"
    assert code(datetime(2025, 3, 1), "texte") == "01/03/2025"
    assert code(datetime(2025, 3, 1, 9, 5), "texte") == "01/03/2025 09:05"
    assert code(time(9, 5), "texte") == "09:05"
    assert code(True, "texte") == "VRAI"


def test_a_text_that_is_too_long_is_reported_and_kept():
    lu = comprendre("a" * 11, "texte", longueur=10)
    assert (lu.code, lu.valeur) == ("TEXTE_TROP_LONG", "a" * 11)
    assert code("a" * 10, "texte", longueur=10) == "a" * 10


def test_a_code_keeps_its_digits():
    assert comprendre(26130012300012.0, "code") == Comprise("26130012300012", "nombre lu comme un code")
    assert comprendre("261 300 123 00012", "code") == Comprise("26130012300012", "espaces retirés")
    assert comprendre("02231", "code") == Comprise("02231", "")
    assert comprendre("١ ٢", "code") == Comprise("١ ٢", "")
    assert comprendre("2A004", "code") == Comprise("2A004", "")
    assert code(1.2345678901234567e19, "code") == "NOMBRE_ILLISIBLE"


@pytest.mark.parametrize("brut", ["X", "oui", "Oui", "✓", "✔", 1, 1.0, "1", True])
def test_a_tick_is_a_tick(brut):
    assert comprendre(brut, "case") == Comprise("x", "case cochée autrement que par x")


def test_a_written_no_in_a_box_is_neither_a_tick_nor_lost():
    assert comprendre("x", "case") == Comprise("x", "")
    assert {code(b, "case") for b in ("non", 0, False, "?", "3 communes")} == {"CHOIX_INCONNU"}


# --- French spellings ---


def test_amounts_rates_and_dates_are_written_in_french():
    assert montant_fr(Decimal("1234.56")) == f"1{NBSP}234,56{NBSP}€"
    assert montant_fr(Decimal("1200000.00")) == f"1{NBSP}200{NBSP}000{NBSP}€"
    assert montant_fr(Decimal("0.125")) == f"0,13{NBSP}€"
    assert nombre_fr(Decimal("12.50")) == "12,5" and nombre_fr(Decimal("1E+3")) == f"1{NBSP}000" and nombre_fr(-0.5) == "-0,5"
    assert nombre_fr(2.5, 0) == "3" and nombre_fr(2, 1) == "2,0"
    assert taux_fr(Decimal("0.125")) == f"12,5{NBSP}%" and taux_fr(Decimal("0.12345"), 1) == f"12,3{NBSP}%"
    assert date_fr(date(2025, 3, 1)) == "01/03/2025"
    assert {montant_fr(None), nombre_fr(None), taux_fr(None), date_fr(None)} == {""}


def test_folding_keeps_different_words_apart():
    assert plier("Œuvre") == plier("oeuvre") and plier("Chenôve") == plier("CHENOVE ")
    assert plier("réalisée") != plier("réalisé")


# --- Properties ---

CENTIMES = st.integers(-99_999_999_999, 99_999_999_999)


def groupes(entier, separateur):
    return f"{entier:,}".replace(",", separateur)


@given(CENTIMES, st.sampled_from([" ", NBSP, FINE, ULTRAFINE, "'", "’", ""]), st.sampled_from(["", " €", f"{NBSP}€", "€", " euros"]))
def test_any_amount_in_a_french_spelling_is_read_back(centimes, separateur, unite):
    signe, reste = ("-" if centimes < 0 else ""), abs(centimes)
    texte = f"{signe}{groupes(reste // 100, separateur)},{reste % 100:02}{unite}"
    assert comprendre(texte, "montant").valeur == Decimal(centimes).scaleb(-2)


@given(CENTIMES)
def test_any_amount_in_the_english_or_our_own_spelling_or_as_a_number_is_read_back(centimes):
    montant = Decimal(centimes).scaleb(-2)
    assert comprendre(f"{montant:,.2f}", "montant").valeur == montant
    assert comprendre(montant_fr(montant), "montant").valeur == montant
    assert comprendre(float(montant), "montant") == Comprise(montant, "")


@given(st.integers(-(10**12) + 1, 10**12 - 1), st.sampled_from([" ", NBSP, FINE, ULTRAFINE, "'", ""]))
def test_any_whole_number_is_read_back(entier, separateur):
    assert comprendre(groupes(entier, separateur), "entier").valeur == entier
    assert comprendre(float(entier), "entier") == Comprise(entier, "")


@given(st.decimals(-(10**8), 10**8, places=4))
def test_any_decimal_typed_as_a_number_or_in_french_is_read_back(decimal):
    assert comprendre(float(decimal), "decimal").valeur == decimal
    assert comprendre(nombre_fr(decimal), "decimal").valeur == decimal


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y"]))
def test_any_date_is_read_back(jour, forme):
    assert comprendre(jour.strftime(forme), "date").valeur == jour
    assert comprendre(float((jour - date(1899, 12, 30)).days), "date").valeur == jour


PRESQUE_NOMBRES = st.text(alphabet="0123456789 .,'€%-+()eEkO/~\u00a0\u202f−²½", max_size=14)


@given(st.one_of(st.text(max_size=30), PRESQUE_NOMBRES), st.sampled_from(NOMBRES))
def test_a_number_is_never_made_of_other_digits_than_those_typed(texte, type_):
    lu = comprendre(texte, type_)
    if isinstance(lu, Comprise):
        points = lu.valeur * 100 if type_ == "taux" else lu.valeur
        tapes = re.sub("[^0-9]", "", texte.translate({0xFF10 + n: str(n) for n in range(10)}))
        assert f"{abs(points):f}".replace(".", "").strip("0") == tapes.strip("0")
        assert not re.search(r"[a-zA-Z~/²½]", re.sub("(?i)eur(os?)?", "", texte))


@given(
    st.one_of(
        st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
        st.text(alphabet="0123456789/-. janviersmtbuo", max_size=16),
    ),
    st.sampled_from([*NOMBRES, "date", "liste", "texte", "code", "case"]),
)  # fmt: skip
def test_nothing_typed_ever_raises(brut, type_):
    lu = comprendre(brut, type_, choix=ETATS)
    assert lu is None or isinstance(lu, (Comprise, Incomprise))
    if isinstance(lu, Incomprise):
        assert lu.attendu and lu.a_faire.endswith(".")


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [("Chenôve", "de Chenôve"), ("Ahuy", "d’Ahuy"), ("Étampes", "d’Étampes"), ("Le Creusot", "du Creusot"), ("Les Ulis", "des Ulis"), ("La Rochelle", "de La Rochelle")],
)
def test_a_place_name_takes_its_preposition(nom, attendu):
    assert de(nom) == attendu


def test_digits_that_show_in_another_order_are_no_number():
    assert isinstance(comprendre("\u202e42", "entier"), Incomprise)  # shows « 24 »
    assert comprendre("\u200e42\u200f", "entier").valeur == 42  # marks that change nothing
