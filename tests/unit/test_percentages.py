"""« 42 % » typed in a cell is kept as 0.42: never taken for a count, an amount or a number of hours."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest

from cls_workbook.reading.cells.accepted_input import NotUnderstood, Understood
from cls_workbook.reading.cells.parse_values import understand
from cls_workbook.reading.opening.cell_formats import cell_formats
from cls_workbook.reading.opening.xml_walk import Budget
from cls_workbook.workbook.percentages import Percentage
from tests.support.small_workbook import cell, filled, modified, places
from tests.support.typed_percentages import EXPECTED, FICHE, SLOTS, read_with_types


def as_percentages(opened_book) -> None:
    for cle, valeur in SLOTS.items():
        opened_book[FICHE][cell(cle)].value = valeur
        opened_book[FICHE][cell(cle)].number_format = "0%"


@pytest.mark.parametrize("fast", [True, False], ids=["short way", "plain way"])
def test_a_percentage_is_no_count_and_no_amount(tmp_path, fast):
    assert read_with_types(modified(filled(tmp_path, {}), as_percentages), fast) == (EXPECTED, set())


def test_what_is_computed_as_a_rate_is_left_alone(tmp_path):
    """The template shows its own rates as percentages: nothing is said of them."""
    filled_in = {"1.1/taux/1.1-I03a/numerateur": 9, "1.1/taux/1.1-I03a/denominateur": 36}
    assert read_with_types(filled(tmp_path, filled_in)) == (set(), {places()[c].cell for c in filled_in})


def test_the_formats_that_show_a_percentage(tmp_path):
    opened_book = openpyxl.Workbook()
    formats = ("General", "0%", "0.00%", "0.0 %", '0" % environ"', "0\\%", "[Red]0%;-0%", "#,##0.00", "0%")
    for rank, code in enumerate(formats, 1):
        opened_book.active.cell(rank, 1, 1).number_format = code
    opened_book.save(tmp_path / "f.xlsx")
    with zipfile.ZipFile(tmp_path / "f.xlsx") as archive:
        styles = archive.read("xl/styles.xml")
    assert cell_formats([styles], Budget()).percentages == {b"1", b"2", b"3", b"6"}


def test_a_rate_may_be_a_percentage_and_a_text_says_it_as_it_shows():
    assert understand(Percentage(0.125), "taux").valeur == understand(0.125, "taux").valeur
    assert isinstance(understand(Percentage(12), "montant"), NotUnderstood)
    assert understand(Percentage(0.125), "texte") == Understood("12,5\u00a0%", "nombre lu comme un texte")
    assert Percentage("inf").shown_as() == "inf"
