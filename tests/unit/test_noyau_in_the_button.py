"""The button on a contract that takes a noyau in, on two doubles of Excel: the same figures as the command line."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.pipeline import way_back
from tests.support.both_excels import content, either_engine, open_up
from tests.support.dropped_returns import drop_retour
from tests.support.noyau_contrats import definition_with

YEAR, DAY = 2026, date(2027, 2, 15)
ANSWERS = {"1.1-I01": "N-02", "1.2-I02": "N-02", "1.2-I01": "N-01"}
AGES = {f"Noyau/ventilations/N-03/0{rank}/effectif": count for rank, count in enumerate((4, 25, 41), 1)}
KNOWN = {"Noyau/mesures/N-03/valeur": 70, "Noyau/mesures/N-03/statut": None, **AGES}


@pytest.fixture
def regional_campagne(tmp_path):
    """The definition, its folder of returns, and how one is dropped there."""
    reference, retours = tmp_path / "contrat.toml", tmp_path / "retours"
    reference.write_text(definition_with(answers=ANSWERS), encoding="utf-8")
    retours.mkdir()
    contrat = in_year(toml_reader.load(reference), YEAR)
    return reference, retours, lambda who, own=None: drop_retour(retours, contrat, who, own, annee=YEAR)


def on_command_line(reference, retours, output):
    way_back.consolidate_files([retours], str(reference), YEAR, output, day=DAY)
    return openpyxl.load_workbook(output)


def column(sheet, titre):
    rank = next(c.column for c in sheet[1] if c.value == titre)
    return [sheet.cell(line, rank).value for line in range(2, sheet.max_row + 1)]


@either_engine
def test_a_click_gives_what_the_command_line_gives_of_the_noyau(engine, regional_campagne, tmp_path):
    reference, retours, drop = regional_campagne
    drop("asso", {"1.1/mesures/1.1-I01/valeur": 12, "1.2/mesures/1.2-I02/valeur": 30})
    drop("ccas", KNOWN)
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    book, expected = excel.opened_book, on_command_line(reference, retours, tmp_path / "c.xlsx")
    for sheet in expected:
        assert content(book[sheet.title]) == content(sheet), sheet.title
    answers = dict(zip(*(column(book["Noyau régional"], t) for t in ("Mesure", "Valeur")), strict=True))
    assert (answers["N-02"], answers["N-03"]) == (42, 70)
    assert column(book["Noyau par catégorie"], "Valeur") == [4, 25, 41]
    printed = [str(c.value).strip() for line in book["Synthèse"].iter_rows() for c in line if c.value is not None]
    assert {"moins de 18 ans", "masqué", "41"} <= set(printed)  # what leaves: 4 is masked, and 25 with it


@pytest.mark.exhaustive  # that the table is drawn emptied is held by a quick test, with the rest of the cycle
@either_engine
def test_answers_that_are_withdrawn_leave_the_sheets_of_the_noyau(engine, regional_campagne, tmp_path):
    reference, retours, drop = regional_campagne
    drop("ccas", KNOWN)
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    (retours / "ccas.xlsx").unlink()
    excel.click(day=DAY)
    assert set(column(excel.opened_book["Noyau régional"], "Valeur")) == {None}
    assert set(column(excel.opened_book["Noyau par catégorie"], "Valeur")) <= {None}
