"""What people type, in the spellings they use, and what must be asked again."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cls_workbook.french import amount_fr, date_fr, fold, how_many, number_fr, of, rate_fr
from cls_workbook.reading.cells.accepted_input import NotUnderstood, Understood
from cls_workbook.reading.cells.parse_values import understand
from tests.support.understood import NBSP, NUMBERS, THIN_SPACE, code

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
        ("Hauteville-lès-Dijon", "de Hauteville-lès-Dijon"),
        ("Hauts-de-Bienne", "de Hauts-de-Bienne"),
        ("Hautot-sur-Mer", "de Hautot-sur-Mer"),
        ("Ham", "de Ham"),
        ("Hambach", "d’Hambach"),
        ("Houilles", "de Houilles"),
        ("Hérouville-Saint-Clair", "d’Hérouville-Saint-Clair"),
        ("Hyères", "d’Hyères"),
        ("Hôpital de la Chartreuse", "d’Hôpital de la Chartreuse"),
        ("Handicap et familles", "de Handicap et familles"),
    ],
)
def test_a_place_name_takes_its_preposition(nom, expected):
    assert of(nom) == expected


@pytest.mark.parametrize(
    ("nombre", "expected"),
    [(0, "0 ligne écrite"), (1, "1 ligne écrite"), (2, "2 lignes écrites"), (1200, "1\u00a0200 lignes écrites")],
)
def test_every_word_agrees_with_how_many_there_are(nombre, expected):
    assert how_many(nombre, "ligne écrite") == expected


def test_digits_that_show_in_another_order_are_no_number():
    assert isinstance(understand("\u202e42", "entier"), NotUnderstood)  # shows « 24 »
    assert understand("\u200e42\u200f", "entier").valeur == 42  # marks that change nothing
