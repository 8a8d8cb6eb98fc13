"""Days as people type them, and those that must be asked again."""

import math
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cls_workbook.reading.cells.accepted_input import Understood
from cls_workbook.reading.cells.parse_values import understand
from tests.support.understood import NBSP, code


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
        "le 15/03/2025",
        "samedi 15/03/2025",
        "15-mars-2025",
        "15/mars/2025",
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
    for two_digits in ("15/03/25", "15-mars-25", "15 mars 25"):
        assert understand(two_digits, "date") == Understood(
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
        "lundi 15/03/2025",
        "15-mars/2025",
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
    for without_day in ("03/2025", "mars 2025", "mars-25"):
        assert understand(without_day, "date").remedy.startswith("il manque le jour")
    assert understand("31/02/2025", "date").remedy.startswith("ce jour n’existe pas dans le calendrier")


def test_a_date_out_of_its_limits():
    value_read = understand("15/03/2023", "date", minimum=date(2024, 1, 1), maximum=date(2028, 12, 31))
    assert value_read.check.code == "VALEUR_HORS_LIMITES" and value_read.expected.endswith(
        "entre le 01/01/2024 et le 31/12/2028"
    )
    assert code("15/03/1725", "date") == "VALEUR_HORS_LIMITES"


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y"]),
)
def test_any_date_is_read_back(day, form):
    assert understand(day.strftime(form), "date").valeur == day
    assert understand(float((day - date(1899, 12, 30)).days), "date").valeur == day
