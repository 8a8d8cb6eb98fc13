"""The driver of LibreOffice does what the other tests believe it does."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date

import openpyxl
import pytest
from libreoffice import Panne, pages_of_pdf
from openpyxl.worksheet.pagebreak import Break
from python_calamine import CalamineWorkbook


@pytest.fixture
def classeur(tmp_path):
    """Two sheets; on the first, labels in A, inputs in B, a sum in B6; B5 has the text format."""
    livre = openpyxl.Workbook()
    feuille = livre.active
    feuille.title = "Saisie"
    for ligne, libelle in enumerate(("Montant", "Date", "Nombre", "Texte", "Code", "Somme"), start=1):
        feuille.cell(ligne, 1, libelle)
    feuille["B2"].number_format = "dd/mm/yyyy"
    feuille["B5"].number_format = "@"
    feuille["B6"] = "=SUM(B1,B3)"
    livre.create_sheet("Autre")["A1"] = "ici"
    livre.save(tmp_path / "vide.xlsx")
    return tmp_path / "vide.xlsx"


def lu(fichier, feuille="Saisie"):
    return CalamineWorkbook.from_path(fichier).get_sheet_by_name(feuille).to_python(skip_empty_area=False)


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_what_is_typed_in_libreoffice_is_read_in_the_file(libreoffice, classeur, tmp_path, extension):
    sortie = tmp_path / f"retour.{extension}"
    with libreoffice.open(classeur) as document:
        document.type("Saisie", {"B1": "12000,5", "B2": "15/03/2026", "B3": "7", "B4": "env. 30", "B5": "00123"})
        document.recalc()
        document.save(sortie)
    assert [ligne[1] for ligne in lu(sortie)] == [12000.5, date(2026, 3, 15), 7.0, "env. 30", "00123", 12007.5]


def test_the_cells_are_given_with_nature_shown_text_and_formula(libreoffice, classeur):
    with libreoffice.open(classeur) as document:
        document.type("Saisie", {"B1": "1,5", "B2": "15/03/2026", "B3": "=1/0"})
        document.put("Saisie", {"B4": "=15/03/2026", "A2": "12", "A3": 12, "A1": None})
        document.recalc()
        cellules = document.values("Saisie", affiche=True)
    assert cellules["B1"] == ("nombre", 1.5, "", 0, "1,5")
    assert cellules["B2"] == ("nombre", 46096.0, "", 0, "15/03/2026")
    assert cellules["B3"] == ("formule", None, "=1/0", 532, "#DIV/0!")
    assert cellules["B4"] == ("texte", "=15/03/2026", "", 0, "=15/03/2026")
    assert (cellules["A2"][:2], cellules["A3"][:2]) == (("texte", "12"), ("nombre", 12.0))
    assert cellules["B6"][:4] == ("formule", None, "=SUM(B1;B3)", 532)
    assert "A1" not in cellules and "B5" not in cellules


def test_rows_columns_and_ranges_move(libreoffice, classeur):
    with libreoffice.open(classeur) as document:
        document.type("Saisie", {"B1": "1", "B3": "3"})
        document.insert_rows("Saisie", 1, 2)
        document.insert_columns("Saisie", 2)
        document.recalc()
        assert document.values("Saisie")["C8"][:2] == ("formule", 4.0)
        document.delete_columns("Saisie", 2)
        document.delete_rows("Saisie", 1, 2)
        document.sort("Saisie", "A1:B3", colonne=0, decroissant=True)
        document.cut("Saisie", "A5", "D5")
        document.copy("Saisie", "A6", "D6")
        document.merge("Saisie", "A4:B4")
        cellules = document.values("Saisie")
    assert [cellules[f"A{n}"].valeur for n in (1, 2, 3)] == ["Nombre", "Montant", "Date"]
    assert (cellules["B1"].valeur, cellules["B2"].valeur) == (3.0, 1.0)
    assert "A5" not in cellules and cellules["D5"].valeur == "Code" and cellules["D6"].valeur == cellules["A6"].valeur == "Somme"


def test_sheets_are_renamed_moved_copied_deleted_and_extracted(libreoffice, classeur, tmp_path):
    with libreoffice.open(classeur) as document:
        document.rename_sheet("Autre", "Mon été")
        document.move_sheet("Mon été", 0)
        document.copy_sheet("Saisie", "Saisie bis", 2)
        assert document.sheets() == ["Mon été", "Saisie", "Saisie bis"]
        document.delete_sheet("Saisie")
        with document.extract("Saisie bis") as seul:
            assert seul.sheets() == ["Saisie bis"]
            seul.save(tmp_path / "seul.ods")
        assert document.sheets() == ["Mon été", "Saisie bis"]
    assert lu(tmp_path / "seul.ods", "Saisie bis")[0][0] == "Montant"


def test_protection_and_hidden_sheets_are_seen(libreoffice, classeur):
    livre = openpyxl.load_workbook(classeur)
    livre["Autre"].sheet_state = "hidden"
    livre["Saisie"].protection.sheet = True
    livre.save(classeur)
    with libreoffice.open(classeur) as document:
        assert document.hidden_sheets() == ["Autre"] and document.protected_sheets() == ["Saisie"]
        assert document.unprotect("Saisie") and document.protected_sheets() == []


def test_a_printed_workbook_has_its_pages_counted(libreoffice, classeur, tmp_path):
    livre = openpyxl.load_workbook(classeur)
    livre["Autre"]["A40"] = "plus bas"
    livre["Autre"].row_breaks.append(Break(id=20))
    livre.save(classeur)
    sortie = tmp_path / "imprime.pdf"
    assert libreoffice.pdf(classeur, sortie) == pages_of_pdf(sortie) == 3
    if shutil.which("pdfinfo"):
        assert "Pages:           3" in subprocess.run(["pdfinfo", sortie], capture_output=True, text=True, check=True).stdout


def test_a_refused_order_names_its_fault_and_the_next_one_works(libreoffice, classeur, tmp_path):
    with pytest.raises(Panne, match="absent"):
        libreoffice.open(tmp_path / "absent.xlsx")
    with libreoffice.open(classeur) as document:
        with pytest.raises(Panne, match="NoSuchElement"):
            document.values("Aucune")
        assert document.sheets() == ["Saisie", "Autre"]


def test_a_libreoffice_that_stopped_is_started_again(libreoffice, classeur):
    libreoffice.open(classeur)
    libreoffice.kill()
    with libreoffice.open(classeur) as document:
        assert document.sheets() == ["Saisie", "Autre"]
