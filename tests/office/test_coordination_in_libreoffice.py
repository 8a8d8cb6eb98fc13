"""The coordinator's files in LibreOffice: its workbook and the add-in, the pilotage, the agency's copy printed."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from cls_workbook import pilotage
from cls_workbook.definition.toml_reader import parse
from cls_workbook.office.coordinator import addin, coordinator_workbook, home_rows, home_sheet, workstation
from cls_workbook.pilotage import Pilotage
from cls_workbook.workbook import writer
from tests.support.pilotage_typist import CONTRAT, FULL_PILOTAGE


def test_libreoffice_opens_it_and_wires_each_button_to_its_macro(libreoffice, coordination_workbook):
    with libreoffice.open(coordination_workbook) as document:
        items_read = document.macros()
        worksheets = coordinator_workbook.describe(
            parse(CONTRAT, "essai.toml"), 2025, Pilotage(), home_sheet.InitialAccueil("x"), workstation.Workstation()
        )
        assert items_read["codes"] == [f.code_name for f in worksheets]
        assert {"ClsActions", "ClsRuban", "ClsPython", "xlwings", "Dictionary"} <= set(items_read["modules"])
        assert [b[:2] for b in items_read["buttons"]] == [["Accueil", a.nom] for a in home_sheet.ACTIONS]
        for (_, _, script), action in zip(items_read["buttons"], home_sheet.ACTIONS, strict=True):
            assert (
                script == f"vnd.sun.star.script:VBAProject.ClsActions.{action.macro}?language=Basic&location=document"
            )
        document.type("Accueil", {"C" + place_of(coordination_workbook): "reçus"})
        assert document.values("Accueil")["C" + place_of(coordination_workbook)].valeur == "reçus"


def test_libreoffice_opens_the_add_in(libreoffice, tmp_path):
    [file] = addin.installer(tmp_path)[0]
    with libreoffice.open(file) as document:
        items_read = document.macros()
    assert {"ClsComplement", "ClsActions", "xlwings"} <= set(items_read["modules"]) and "ClsRuban" not in items_read[
        "modules"
    ]
    assert items_read["codes"] == [f.code_name for f in addin.worksheets(workstation.Workstation())]


def place_of(file: Path) -> str:
    opened_book = openpyxl.load_workbook(file)
    return str(home_rows.find([list(r) for r in opened_book["Accueil"].iter_rows(values_only=True)])["dossier"].line)


def test_what_was_typed_in_a_pilotage_survives_libreoffice_and_ods(libreoffice, tmp_path):
    contrat = parse(CONTRAT, "essai.toml")
    path = tmp_path / "plein.xlsx"
    writer.write(pilotage.workbook(contrat, 2025, FULL_PILOTAGE), path)
    for extension in ("xlsx", "ods"):
        output = tmp_path / f"sorti.{extension}"
        libreoffice.convert(path, output)
        assert pilotage.read(output, contrat, 2025) == FULL_PILOTAGE, extension
