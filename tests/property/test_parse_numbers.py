"""Amounts and numbers as people type them, and those that must be asked again."""

import math
import re
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cls_workbook.french import amount_fr, number_fr
from cls_workbook.reading.cells.accepted_input import Understood
from cls_workbook.reading.cells.parse_values import understand
from tests.support.understood import HAIR_SPACE, NBSP, NUMBERS, THIN_SPACE, code


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


# --- Any number ---


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


NEARLY_NUMBERS = st.text(alphabet="0123456789 .,'€%-+()eEkO/~\u00a0\u202f−²½", max_size=14)


@given(st.one_of(st.text(max_size=30), NEARLY_NUMBERS), st.sampled_from(NUMBERS))
def test_a_number_is_never_made_of_other_digits_than_those_typed(texte, type_):
    value_read = understand(texte, type_)
    if isinstance(value_read, Understood):
        points = value_read.valeur * 100 if type_ == "taux" else value_read.valeur
        typed_digits = re.sub("[^0-9]", "", texte.translate({0xFF10 + n: str(n) for n in range(10)}))
        assert f"{abs(points):f}".replace(".", "").strip("0") == typed_digits.strip("0")
        assert not re.search(r"[a-zA-Z~/²½]", re.sub("(?i)eur(os?)?", "", texte))
