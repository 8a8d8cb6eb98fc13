"""The workbook that ``coordonner`` makes, consolidated through xlwings (an engine over openpyxl), saved:
it still works.
"""

from __future__ import annotations

import zipfile
from datetime import date

import openpyxl
import pytest
from pyopenvba import check_file

import cls_workbook
from cls_workbook import version
from cls_workbook.definition import toml_reader
from cls_workbook.office.coordinator import home_rows
from cls_workbook.office.coordinator.making import coordonner
from cls_workbook.office.coordinator.workstation import Workstation
from tests.support import openpyxl_engine
from tests.support.dropped_returns import drop_retour
from tests.support.simulated_clicks import SimulatedExcel
from tests.support.xlsx_lint import lint

CONTRAT, YEAR, DAY = "dijon-2024-2028", 2025, date(2026, 2, 15)
PYTHON = "C:\\Python312\\python.exe"


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The workbook as made, with one return in its folder."""
    dijon = toml_reader.load(CONTRAT)
    path, folder = coordonner(
        dijon, CONTRAT, YEAR, tmp_path_factory.mktemp("campagne") / "K.xlsm", on=Workstation(PYTHON)
    )
    drop_retour(folder, dijon, "apo", {"3.1/financement/01/engage": "env. 12 000"})
    return path


@pytest.fixture(scope="module")
def after(before):
    """The same, consolidated and saved beside it."""
    opened_book = openpyxl.load_workbook(before, keep_vba=True)
    book = openpyxl_engine.workbook(opened_book, before)
    cls_workbook.consolider(book, day=DAY)
    assert [mode for mode, _ in book.impl.app.alerts] == ["info"], book.impl.app.alerts
    opened_book.save(before.with_name("K2.xlsm"))
    return before.with_name("K2.xlsm")


def test_the_tables_are_filled_in_the_sheets_that_were_there(before, after):
    blank, filled = openpyxl.load_workbook(before), openpyxl.load_workbook(after)
    assert set(blank.sheetnames) <= set(filled.sheetnames)
    retours = list(filled["Retours"].iter_rows(min_row=2, values_only=True))
    assert {line[3] for line in retours} == {"reçu", "manquant"}
    assert [r[10] for r in filled["Anomalies"].iter_rows(min_row=2, values_only=True) if r[0] == "bloquant"] == [
        "MONTANT_ILLISIBLE"
    ]
    assert filled["Synthèse"].max_row > 20


def test_accueil_says_what_was_done(after):
    statements = home_rows.values(
        [list(r) for r in openpyxl.load_workbook(after)["Accueil"].iter_rows(values_only=True)]
    )
    assert (
        statements["derniere"].date() == DAY
        and "reçu" in statements["bilan"]
        and statements["message"].startswith(home_rows.DONE)
    )
    assert (
        statements["dossier"] == "retours" and home_rows.read_versions(statements["version"]).macros == version.MACROS
    )


def test_macros_buttons_and_ribbon_are_still_there(before, after):
    with zipfile.ZipFile(before) as a, zipfile.ZipFile(after) as b:
        for part in ("xl/vbaProject.bin", "customUI/customUI.xml"):
            assert a.read(part) == b.read(part)
        assert b.read("_rels/.rels").decode().count("2006/relationships/ui/extensibility") == 1
        buttons = [b.read(n).decode().count("<x:FmlaMacro>") for n in b.namelist() if n.endswith(".vml")]
        assert buttons == [7]
    assert check_file(after).ok
    # openpyxl leaves a picture's content type that nothing uses; the rest is as Excel wants it.
    assert [fault for fault in lint(after) if "vml" in fault.lower() or "vba" in fault.lower()] == []


def test_a_click_in_the_saved_workbook_reaches_python(after):
    excel = SimulatedExcel(after, (PYTHON,))
    excel.click("Consolider")
    (sent,) = excel.subcommands
    assert sent.startswith("import sys; sys.path[:] = filter(None, sys.path); ")  # nothing of the current folder
    assert sent.endswith("; import cls_workbook.button.doors as b; b.consolider()")
