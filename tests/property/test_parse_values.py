"""What people type, in the spellings they use, and what must be asked again."""

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cls_workbook.french import amount_fr, date_fr, fold, number_fr, of, rate_fr
from cls_workbook.reading.cells.accepted_input import NotUnderstood, Understood
from cls_workbook.reading.cells.parse_values import understand

NBSP, THIN_SPACE, HAIR_SPACE = "\u00a0", "\u202f", "\u2009"
NUMBERS = ("entier", "decimal", "montant", "taux")


def code(raw, type_, **awaited):
    """Code of the refusal, or the value where it was understood."""
    value_read = understand(raw, type_, **awaited)
    return value_read.check.code if isinstance(value_read, NotUnderstood) else value_read.valeur


# --- Blank ---


@pytest.mark.parametrize("raw", [None, "", "   ", NBSP, f" {THIN_SPACE}\t\n", "\u200b", "\ufeff "])
@pytest.mark.parametrize("type_", [*NUMBERS, "date", "liste", "texte", "code", "case"])
def test_a_blank_is_neither_a_value_nor_a_mistake(raw, type_):
    assert understand(raw, type_, choix=("oui", "non")) is None


def test_zero_is_a_value():
    assert understand(0.0, "entier") == Understood(0, "")
    assert str(understand(-0.0, "montant").valeur) == str(understand("-0", "montant").valeur) == "0.00"
    assert number_fr(-0.0) == "0" and number_fr(Decimal("-0.04"), 1) == "0,0"
    assert understand("0", "taux").valeur == 0


# --- Amounts ---


@pytest.mark.parametrize(
    ("raw", "valeur", "rule"),
    [
        ("1 234,56", "1234.56", "espaces retirés, virgule décimale"),
        ("12 000 €", "12000.00", "espaces et symbole € retirés"),
        (f"12{NBSP}000{NBSP}€", "12000.00", "espaces et symbole € retirés"),
        (f"12{THIN_SPACE}000", "12000.00", "espaces retirés"),
        (f"12{HAIR_SPACE}000 euros", "12000.00", "espaces et symbole € retirés"),
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
def test_an_amount_is_read_in_the_spellings_of_a_finance_office(raw, valeur, rule):
    value_read = understand(raw, "montant", minimum=0)
    assert (str(value_read.valeur), value_read.rule) == (valeur, rule)


@pytest.mark.parametrize(
    "raw",
    [
        "env. 30",
        "~30",
        "30 environ",
        "30-40",
        "30 à 40",
        "12/3",
        "1e3",
        "12 k€",
        "1O",
        "12€50",
        "12 00",
        "1 2345",
        "12,,5",
        "1.234.5",
        "1,234,5",
        "12\n000",
        "12,",
        ",5",
        "- 12",
        "12-",
        "–12",
        "€",
        "()",
        "(12",
        "12²",
        "½",
        "١٢",
        "douze",
        "12 $",
        "€ 12 €",
        "12 €s",
        "0380123456",
        "#REF!",
        "12 000 € TTC",
        "1 234.567",
        "1,234",
        "1.234",
        "nan",
        "inf",
        "1_000",
        "0x12",
        "9" * 400,
    ],
)
def test_a_doubtful_amount_is_asked_again(raw):
    assert code(raw, "montant") == "MONTANT_ILLISIBLE"


def test_a_point_before_three_digits_is_never_guessed():
    for type_ in NUMBERS:
        value_read = understand("1.234", type_)
        assert "le point peut séparer des milliers ou des décimales" in value_read.remedy
    assert code("1 234.567", "decimal") == "NOMBRE_ILLISIBLE"
    assert code("0.125", "decimal") == Decimal("0.125")  # no thousands begin with 0
    assert code("1234.567", "decimal") == Decimal("1234.567")


def test_a_comma_before_three_digits_is_a_decimal_comma_only_where_three_decimals_are_possible():
    assert understand("1,234", "decimal") == Understood(Decimal("1.234"), "virgule décimale")
    assert code("1,234", "montant") == "MONTANT_ILLISIBLE"
    assert code("1,234", "entier") == "NOMBRE_ILLISIBLE"
    assert code("1234,567", "decimal") == Decimal("1234.567")


def test_an_amount_has_two_decimals_at_most_and_is_not_rounded():
    value_read = understand(12.345, "montant", minimum=0)
    assert value_read.check.code == "MONTANT_ILLISIBLE" and "deux décimales" in value_read.remedy
    assert code("0,125 €", "montant") == "MONTANT_ILLISIBLE"
    assert code(10_000_000.005, "montant") == "MONTANT_ILLISIBLE"


def test_the_noise_of_binary_arithmetic_is_not_a_third_decimal():
    assert understand(0.1 + 0.2, "montant") == Understood(Decimal("0.30"), "")
    assert understand(sum([0.1] * 1000), "montant").valeur == Decimal("100.00")
    assert understand(0.1 + 0.2, "decimal").valeur == Decimal("0.3")


def test_the_message_of_a_bad_amount_reads_as_written_for_the_partner():
    refused = understand("env. 12 000", "montant", minimum=0)
    assert (refused.check.code, refused.expected, refused.remedy) == (
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
    assert understand(12.0, "entier") == Understood(12, "")
    assert type(understand(12.0, "entier").valeur) is int
    assert code(12.5, "entier") == code("12,5", "entier") == "ENTIER_ATTENDU"
    assert code("12,0", "entier") == 12


def test_a_negative_count_is_refused_by_name():
    assert code(-3.0, "entier", minimum=0) == "VALEUR_NEGATIVE"
    assert code(-3.0, "entier", minimum=-2) == "VALEUR_HORS_LIMITES"


def test_limits_are_told_in_the_message():
    value_read = understand(12.0, "entier", minimum=0, maximum=11)
    assert (value_read.check.code, value_read.expected) == ("VALEUR_HORS_LIMITES", "un nombre entier, entre 0 et 11")
    assert understand(11.0, "entier", minimum=0, maximum=11).valeur == 11
    assert understand(2.0, "decimal", maximum=1).expected == "un nombre, au plus 1"
    assert understand(0.0, "montant", minimum=1500).expected == f"un montant en euros, au moins 1{NBSP}500{NBSP}€"


@pytest.mark.parametrize("type_", NUMBERS)
@pytest.mark.parametrize("raw", [True, False, time(3), timedelta(hours=30), math.nan, math.inf, -math.inf])
def test_a_boolean_an_hour_or_an_infinity_is_not_a_number(raw, type_):
    assert code(raw, type_) in ("NOMBRE_ILLISIBLE", "MONTANT_ILLISIBLE")


def test_a_number_that_excel_turned_into_a_date_says_so():
    assert "date ou une heure" in understand(datetime(2025, 3, 12), "entier").remedy


@pytest.mark.parametrize("raw", [1e300, 10**30, "1 000 000 000 000", -1e12])
@pytest.mark.parametrize("type_", ["entier", "decimal", "montant"])
def test_a_value_beyond_all_sense_is_refused(raw, type_):
    assert code(raw, type_) == "VALEUR_HORS_LIMITES"


def test_only_the_unit_of_the_measure_may_follow_a_number():
    assert understand("30 personnes", "entier", unite="personnes") == Understood(30, "unité retirée")
    assert code("1 personne", "entier", unite="personnes") == 1
    assert code("30 personnes", "entier") == code("30 séances", "entier", unite="personnes") == "NOMBRE_ILLISIBLE"
    assert code("30 €", "entier") == "NOMBRE_ILLISIBLE"
    assert code("30 m2", "decimal", unite="m²") == 30


def test_a_percentage_is_read_where_a_rate_is_asked():
    assert understand("12,5 %", "taux") == Understood(Decimal("0.125"), "pourcentage écrit en texte")
    assert code("100%", "taux") == 1
    assert code(0.125, "taux") == Decimal("0.125")
    assert code("12,5", "taux") == "NOMBRE_ILLISIBLE"  # 12,5 % or 1250 %?
    assert code("12,5 %", "decimal") == "NOMBRE_ILLISIBLE"


# --- Dates ---


@pytest.mark.parametrize(
    "raw",
    [
        "15/03/2025",
        "15-03-2025",
        "15.03.2025",
        "2025-03-15",
        "2025/03/15",
        "15 mars 2025",
        "15/3/2025",
        " 15 / 03 / 2025 ",
        "samedi 15 mars 2025",
        "le 15 mars 2025",
        "15 MARS 2025.",
        "2025-03-15 00:00:00",
        "2025-03-15T00:00:00.000Z",
        "15/03/2025 00:00",
        f"15{NBSP}mars{NBSP}2025",
    ],
)
def test_a_date_is_read_day_first(raw):
    assert understand(raw, "date") == Understood(date(2025, 3, 15), "date écrite en texte")


def test_other_spellings_of_dates():
    assert code("1er mars 2025", "date") == date(2025, 3, 1)
    assert code("3 févr. 2025", "date") == date(2025, 2, 3)
    assert code("3 aout 2025", "date") == code("3 août 2025", "date") == date(2025, 8, 3)
    assert code("04/05/2025", "date") == date(2025, 5, 4)  # never 5 April
    assert understand("15/03/25", "date") == Understood(
        date(2025, 3, 15), "date écrite en texte, année à deux chiffres lue 20.."
    )


def test_true_dates_and_serial_numbers():
    assert (
        understand(datetime(2025, 3, 15), "date")
        == understand(date(2025, 3, 15), "date")
        == Understood(date(2025, 3, 15), "")
    )
    assert type(understand(datetime(2025, 3, 15), "date").valeur) is date
    assert understand(datetime(2025, 3, 15, 9, 30), "date").rule == "heure retirée"
    assert understand(45731.0, "date") == Understood(date(2025, 3, 15), "numéro de série de date")
    assert code(36526, "date") == date(2000, 1, 1) and code(73050, "date") == date(2099, 12, 31)


def test_a_moment_a_hair_before_midnight_is_the_day_that_the_sheet_shows():
    for raw in (45730.9999999, datetime(2025, 3, 14, 23, 59, 59, 990_000)):
        assert code(raw, "date") == date(2025, 3, 15) and "heure retirée" not in understand(raw, "date").rule
    assert code(datetime(2025, 3, 14, 23, 59, 59, 990_000), "texte") == "15/03/2025"
    assert code(datetime(2025, 3, 14, 23, 59, 59), "date") == date(2025, 3, 14)
    assert code(datetime.max, "texte") == "31/12/9999 23:59:59"


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("2025-03-15T10:30:00.000Z", "date écrite en texte, heure retirée"),
        ("2025-03-15T23:30:00+01:00", "date écrite en texte, heure retirée"),
        ("2025-03-15 10:30:00", "date écrite en texte, heure retirée"),
        ("15/03/2025 10:30", "date écrite en texte, heure retirée"),
        ("15 mars 2025 à 10 h 30", "date écrite en texte, heure retirée"),
        (45731.5, "numéro de série de date, heure retirée"),
        ("15032025", "date écrite en texte"),
        ("20250315", "date écrite en texte"),
        (15032025.0, "jour, mois et année en chiffres"),
        (20250315.0, "jour, mois et année en chiffres"),
    ],
)
def test_the_hour_goes_and_digits_alone_can_be_read_one_way(raw, rule):
    assert understand(raw, "date") == Understood(date(2025, 3, 15), rule)


def test_digits_that_lost_their_first_zero_are_a_day_too():
    assert code(1032025.0, "date") == date(2025, 3, 1)


@pytest.mark.parametrize("raw", ["2025-03-14T23:00:00.000Z", "2025-03-15T25:00:00", "15/03/2025 10:75"])
def test_an_hour_that_may_be_of_the_next_day_or_of_none_is_asked_again(raw):
    refusal = understand(raw, "date")
    assert refusal.check.code == "DATE_ILLISIBLE" and "de quel jour" in refusal.remedy


@pytest.mark.parametrize(
    "raw",
    [
        2025.0,
        32132025.0,
        103025.0,
        36525,
        73051,
        True,
        time(9),
        timedelta(days=2),
        math.nan,
        "31/02/2025",
        "03/2025",
        "mars 2025",
        "2025",
        "45731",
        "15132025",
        "15/03-2025",
        "3/15/2025",
        "lundi 15 mars 2025",
        "15 brumaire 2025",
        "mi-mars",
        "00/00/0000",
        "15/03/202",
        "15/03/2025 ou 16/03/2025",
        "15/03/202²",
        "1er trimestre 2025",
    ],
)
def test_a_doubtful_date_is_asked_again(raw):
    assert code(raw, "date") == "DATE_ILLISIBLE"


def test_a_date_without_its_day_or_outside_the_calendar_says_which():
    assert understand("03/2025", "date").remedy.startswith("il manque le jour")
    assert understand("31/02/2025", "date").remedy.startswith("ce jour n’existe pas dans le calendrier")


def test_a_date_out_of_its_limits():
    value_read = understand("15/03/2023", "date", minimum=date(2024, 1, 1), maximum=date(2028, 12, 31))
    assert value_read.check.code == "VALEUR_HORS_LIMITES" and value_read.expected.endswith(
        "entre le 01/01/2024 et le 31/12/2028"
    )
    assert code("15/03/1725", "date") == "VALEUR_HORS_LIMITES"


# --- Choices, texts, codes, ticks ---

STATES = ("Non démarrée", "En préparation", "Réalisée", "Service de l’État", "Mi-temps")


@pytest.mark.parametrize(
    ("raw", "choix"),
    [
        ("non demarree", "Non démarrée"),
        ("RÉALISÉE", "Réalisée"),
        ("realise\u0301e", "Réalisée"),
        ("Service de l'Etat", "Service de l’État"),
        ("service  de l´état", "Service de l’État"),
        (f"En{NBSP}préparation.", "En préparation"),
        ("mi–temps", "Mi-temps"),
    ],
)
def test_a_choice_is_known_by_its_letters(raw, choix):
    assert understand(raw, "liste", choix=STATES) == Understood(
        choix, "choix reconnu malgré la casse, les accents ou la ponctuation"
    )


def test_a_choice_taken_from_the_list_is_taken_as_is():
    assert (
        understand("Réalisée", "liste", choix=STATES)
        == understand("Réalisée ", "liste", choix=STATES)
        == Understood("Réalisée", "")
    )


@pytest.mark.parametrize("raw", ["Réalisé", "En", "x", 3.0, True, date(2025, 1, 1), "Réalisée ou Non démarrée"])
def test_an_unknown_choice_is_refused_and_the_list_is_cited(raw):
    value_read = understand(raw, "liste", choix=STATES)
    assert value_read.check.code == "CHOIX_INCONNU" and f"«{NBSP}En préparation{NBSP}»" in value_read.expected


def test_two_choices_that_fold_alike_are_not_guessed():
    assert code("REALISE", "liste", choix=("Réalisé", "Realise")) == "CHOIX_INCONNU"
    assert code("Realise", "liste", choix=("Réalisé", "Realise")) == "Realise"


def test_a_long_list_is_cited_in_part():
    expected = understand("zut", "liste", choix=[f"Commune {n}" for n in range(40)]).expected
    assert f"«{NBSP}Commune 11{NBSP}» et 28 autres" in expected and "Commune 12" not in expected


def test_a_number_may_be_a_choice():
    assert code(3.0, "liste", choix=("1", "2", "3")) == "3"
    assert code(0.5, "liste", choix=("0,5", "1")) == "0,5"
    assert code(0.5, "liste", choix=("0.5", "1")) == "0.5"


def test_a_text_is_kept_as_typed():
    assert understand(" « L’été »  à\nDijon ", "texte") == Understood("« L’été »  à\nDijon", "")
    assert understand("=1+1", "texte") == Understood("=1+1", "")
    assert understand("a\x07b\u202ec\ud800", "texte") == Understood("abc", "caractères de contrôle retirés")


def test_a_number_or_a_date_in_a_text_cell_reads_as_the_sheet_showed_it():
    assert code(12.0, "texte") == "12"
    assert code(1234567.5, "texte") == "1234567,5"
    assert code(datetime(2025, 3, 1), "texte") == "01/03/2025"
    assert code(datetime(2025, 3, 1, 9, 5), "texte") == "01/03/2025 09:05"
    assert code(time(9, 5), "texte") == "09:05"
    assert code(timedelta(hours=36, minutes=30), "texte") == "36:30"
    assert code(timedelta(hours=-1, seconds=-5), "texte") == "-01:00:05"
    assert code(True, "texte") == "VRAI"


def test_a_text_that_is_too_long_is_reported_and_kept():
    value_read = understand("a" * 11, "texte", length=10)
    assert (value_read.check.code, value_read.valeur) == ("TEXTE_TROP_LONG", "a" * 11)
    assert code("a" * 10, "texte", length=10) == "a" * 10


def test_a_code_keeps_its_digits():
    assert understand(26130012300012.0, "code") == Understood("26130012300012", "nombre lu comme un code")
    assert understand("261 300 123 00012", "code") == Understood("26130012300012", "espaces retirés")
    assert understand("02231", "code") == Understood("02231", "")
    assert understand("١ ٢", "code") == Understood("١ ٢", "")
    assert understand("2A004", "code") == Understood("2A004", "")
    assert code(1.2345678901234567e19, "code") == "NOMBRE_ILLISIBLE"


@pytest.mark.parametrize("raw", ["X", "oui", "Oui", "✓", "✔", 1, 1.0, "1", True])
def test_a_tick_is_a_tick(raw):
    assert understand(raw, "case") == Understood("x", "case cochée autrement que par x")


def test_a_written_no_in_a_box_is_neither_a_tick_nor_lost():
    assert understand("x", "case") == Understood("x", "")
    assert {code(b, "case") for b in ("non", "Non", 0, False, "FAUX")} == {"CASE_NON_COCHEE"}
    assert {code(b, "case") for b in ("?", "3 communes")} == {"CHOIX_INCONNU"}


def test_a_checkbox_of_the_sheet_answers_yes_or_no():
    assert understand(True, "liste", choix=("oui", "non")) == Understood("oui", "valeur logique lue comme oui ou non")
    assert code("FALSE", "liste", choix=("oui", "non")) == "non"
    assert code(True, "liste", choix=("réel", "estimé")) == "CHOIX_INCONNU"


def test_a_duration_is_read_in_hours_where_hours_are_asked():
    rule = "durée lue en heures"
    for raw in (timedelta(hours=36, minutes=30), "36:30", "36h30", "36 h 30 min", "36:30:00"):
        assert understand(raw, "decimal", unite="heures") == Understood(Decimal("36.5"), rule)
        assert code(raw, "decimal", unite="personnes") == "NOMBRE_ILLISIBLE"
    assert code(time(12, 20), "decimal", unite="heure") == Decimal("12.3333")
    assert code("12h", "entier", unite="heures") == 12 and code(time(12, 30), "entier", unite="h") == "ENTIER_ATTENDU"
    assert code("12:", "decimal", unite="heure") == code("12:75", "decimal", unite="heure") == "NOMBRE_ILLISIBLE"
    assert understand("12 heures", "decimal", unite="heure").rule == "unité retirée"


# --- French spellings ---


def test_amounts_rates_and_dates_are_written_in_french():
    assert amount_fr(Decimal("1234.56")) == f"1{NBSP}234,56{NBSP}€"
    assert amount_fr(Decimal("1200000.00")) == f"1{NBSP}200{NBSP}000{NBSP}€"
    assert amount_fr(Decimal("0.125")) == f"0,13{NBSP}€"
    assert (
        number_fr(Decimal("12.50")) == "12,5"
        and number_fr(Decimal("1E+3")) == f"1{NBSP}000"
        and number_fr(-0.5) == "-0,5"
    )
    assert number_fr(2.5, 0) == "3" and number_fr(2, 1) == "2,0"
    assert rate_fr(Decimal("0.125")) == f"12,5{NBSP}%" and rate_fr(Decimal("0.12345"), 1) == f"12,3{NBSP}%"
    assert date_fr(date(2025, 3, 1)) == "01/03/2025"
    assert {amount_fr(None), number_fr(None), rate_fr(None), date_fr(None)} == {""}


def test_folding_keeps_different_words_apart():
    assert fold("Œuvre") == fold("oeuvre") and fold("Chenôve") == fold("CHENOVE ")
    assert fold("réalisée") != fold("réalisé")


# --- Properties ---

CENTS = st.integers(-99_999_999_999, 99_999_999_999)


def groups(whole, separator):
    return f"{whole:,}".replace(",", separator)


@given(
    CENTS,
    st.sampled_from([" ", NBSP, THIN_SPACE, HAIR_SPACE, "'", "’", ""]),
    st.sampled_from(["", " €", f"{NBSP}€", "€", " euros"]),
)
def test_any_amount_in_a_french_spelling_is_read_back(cents, separator, unite):
    sign, remaining = ("-" if cents < 0 else ""), abs(cents)
    texte = f"{sign}{groups(remaining // 100, separator)},{remaining % 100:02}{unite}"
    assert understand(texte, "montant").valeur == Decimal(cents).scaleb(-2)


@given(CENTS)
def test_any_amount_in_the_english_or_our_own_spelling_or_as_a_number_is_read_back(cents):
    montant = Decimal(cents).scaleb(-2)
    assert understand(f"{montant:,.2f}", "montant").valeur == montant
    assert understand(amount_fr(montant), "montant").valeur == montant
    assert understand(float(montant), "montant") == Understood(montant, "")


@given(st.integers(-(10**12) + 1, 10**12 - 1), st.sampled_from([" ", NBSP, THIN_SPACE, HAIR_SPACE, "'", ""]))
def test_any_whole_number_is_read_back(whole, separator):
    assert understand(groups(whole, separator), "entier").valeur == whole
    assert understand(float(whole), "entier") == Understood(whole, "")


@given(st.decimals(-(10**8), 10**8, places=4))
def test_any_decimal_typed_as_a_number_or_in_french_is_read_back(decimal):
    assert understand(float(decimal), "decimal").valeur == decimal
    assert understand(number_fr(decimal), "decimal").valeur == decimal


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y"]),
)
def test_any_date_is_read_back(day, form):
    assert understand(day.strftime(form), "date").valeur == day
    assert understand(float((day - date(1899, 12, 30)).days), "date").valeur == day


NEARLY_NUMBERS = st.text(alphabet="0123456789 .,'€%-+()eEkO/~\u00a0\u202f−²½", max_size=14)


@given(st.one_of(st.text(max_size=30), NEARLY_NUMBERS), st.sampled_from(NUMBERS))
def test_a_number_is_never_made_of_other_digits_than_those_typed(texte, type_):
    value_read = understand(texte, type_)
    if isinstance(value_read, Understood):
        points = value_read.valeur * 100 if type_ == "taux" else value_read.valeur
        typed_digits = re.sub("[^0-9]", "", texte.translate({0xFF10 + n: str(n) for n in range(10)}))
        assert f"{abs(points):f}".replace(".", "").strip("0") == typed_digits.strip("0")
        assert not re.search(r"[a-zA-Z~/²½]", re.sub("(?i)eur(os?)?", "", texte))


@given(
    st.one_of(
        st.text(),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.none(),
        st.dates(),
        st.datetimes(),
        st.times(),
        st.timedeltas(),
        st.text(alphabet="0123456789/-. janviersmtbuo", max_size=16),
    ),
    st.sampled_from([*NUMBERS, "date", "liste", "texte", "code", "case"]),
)
def test_nothing_typed_ever_raises(raw, type_):
    value_read = understand(raw, type_, choix=STATES)
    assert value_read is None or isinstance(value_read, (Understood, NotUnderstood))
    if isinstance(value_read, NotUnderstood):
        assert value_read.expected and value_read.remedy.endswith(".")


@pytest.mark.parametrize(
    ("nom", "expected"),
    [
        ("Chenôve", "de Chenôve"),
        ("Ahuy", "d’Ahuy"),
        ("Étampes", "d’Étampes"),
        ("Le Creusot", "du Creusot"),
        ("Les Ulis", "des Ulis"),
        ("La Rochelle", "de La Rochelle"),
    ],
)
def test_a_place_name_takes_its_preposition(nom, expected):
    assert of(nom) == expected


def test_digits_that_show_in_another_order_are_no_number():
    assert isinstance(understand("\u202e42", "entier"), NotUnderstood)  # shows « 24 »
    assert understand("\u200e42\u200f", "entier").valeur == 42  # marks that change nothing
