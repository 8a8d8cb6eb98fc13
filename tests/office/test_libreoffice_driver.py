"""The driver of LibreOffice does what the other tests believe it does."""

from __future__ import annotations

import shutil
import signal
import subprocess
from datetime import date

import openpyxl
import psutil
import pytest
from openpyxl.styles import Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from python_calamine import CalamineWorkbook

from tests.support.libreoffice import Breakdown, Failure, LibreOffice, pages_of_pdf


@pytest.fixture
def workbook(tmp_path):
    """Two sheets; on the first, labels in A, inputs in B, a sum in B6; B5 has the text format."""
    opened_book = openpyxl.Workbook()
    sheet = opened_book.active
    sheet.title = "Saisie"
    for line, libelle in enumerate(("Montant", "Date", "Nombre", "Texte", "Code", "Somme"), start=1):
        sheet.cell(line, 1, libelle)
    sheet["B2"].number_format = "dd/mm/yyyy"
    sheet["B5"].number_format = "@"
    sheet["B6"] = "=SUM(B1,B3)"
    opened_book.create_sheet("Autre")["A1"] = "ici"
    opened_book.save(tmp_path / "vide.xlsx")
    return tmp_path / "vide.xlsx"


def value_read(file, sheet="Saisie"):
    return CalamineWorkbook.from_path(file).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_what_is_typed_in_libreoffice_is_read_in_the_file(libreoffice, workbook, tmp_path, extension):
    output = tmp_path / f"retour.{extension}"
    with libreoffice.open(workbook) as document:
        document.type("Saisie", {"B1": "12000,5", "B2": "15/03/2026", "B3": "7", "B4": "env. 30", "B5": "00123"})
        document.recalc()
        document.save(output)
    assert [line[1] for line in value_read(output)] == [12000.5, date(2026, 3, 15), 7.0, "env. 30", "00123", 12007.5]


def test_the_cells_are_given_with_nature_shown_text_and_formula(libreoffice, workbook):
    with libreoffice.open(workbook) as document:
        document.type("Saisie", {"B1": "1,5", "B2": "15/03/2026", "B3": "=1/0"})
        document.put("Saisie", {"B4": "=15/03/2026", "A2": "12", "A3": 12, "A1": None})
        document.recalc()
        cells = document.values("Saisie", as_shown=True)
    assert cells["B1"] == ("nombre", 1.5, "", 0, "1,5")
    assert cells["B2"] == ("nombre", 46096.0, "", 0, "15/03/2026")
    assert cells["B3"] == ("formule", None, "=1/0", 532, "#DIV/0!")
    assert cells["B4"] == ("texte", "=15/03/2026", "", 0, "=15/03/2026")
    assert (cells["A2"][:2], cells["A3"][:2]) == (("texte", "12"), ("nombre", 12.0))
    assert cells["B6"][:4] == ("formule", None, "=SUM(B1;B3)", 532)
    assert "A1" not in cells and "B5" not in cells


def test_rows_columns_and_ranges_move(libreoffice, workbook):
    with libreoffice.open(workbook) as document:
        document.type("Saisie", {"B1": "1", "B3": "3"})
        document.insert_rows("Saisie", 1, 2)
        document.insert_columns("Saisie", 2)
        document.recalc()
        assert document.values("Saisie")["C8"][:2] == ("formule", 4.0)
        document.delete_columns("Saisie", 2)
        document.delete_rows("Saisie", 1, 2)
        document.sort("Saisie", "A1:B3", column=0, descending=True)
        document.cut("Saisie", "A5", "D5")
        document.copy("Saisie", "A6", "D6")
        document.merge("Saisie", "A4:B4")
        cells = document.values("Saisie")
    assert [cells[f"A{n}"].valeur for n in (1, 2, 3)] == ["Nombre", "Montant", "Date"]
    assert (cells["B1"].valeur, cells["B2"].valeur) == (3.0, 1.0)
    assert "A5" not in cells and cells["D5"].valeur == "Code" and cells["D6"].valeur == cells["A6"].valeur == "Somme"


def test_sheets_are_renamed_moved_copied_deleted_and_extracted(libreoffice, workbook, tmp_path):
    with libreoffice.open(workbook) as document:
        document.rename_sheet("Autre", "Mon été")
        document.move_sheet("Mon été", 0)
        document.copy_sheet("Saisie", "Saisie bis", 2)
        assert document.sheets() == ["Mon été", "Saisie", "Saisie bis"]
        document.delete_sheet("Saisie")
        with document.extract("Saisie bis") as alone:
            assert alone.sheets() == ["Saisie bis"]
            alone.save(tmp_path / "seul.ods")
        assert document.sheets() == ["Mon été", "Saisie bis"]
    assert value_read(tmp_path / "seul.ods", "Saisie bis")[0][0] == "Montant"


def test_protection_and_hidden_sheets_are_seen(libreoffice, workbook):
    opened_book = openpyxl.load_workbook(workbook)
    opened_book["Autre"].sheet_state = "hidden"
    opened_book["Saisie"].protection.sheet = True
    opened_book.save(workbook)
    with libreoffice.open(workbook) as document:
        assert document.hidden_sheets() == ["Autre"] and document.protected_sheets() == ["Saisie"]
        assert document.unprotect("Saisie") and document.protected_sheets() == []


def test_at_the_keyboard_tab_stops_at_inputs_and_what_a_list_does_not_offer_is_judged(libreoffice, workbook):
    opened_book = openpyxl.load_workbook(workbook)
    sheet = opened_book["Saisie"]
    for cell in ("B1", "B3"):
        sheet[cell].protection = Protection(locked=False)
    one_of = DataValidation("list", formula1='"oui,non"', showErrorMessage=True, promptTitle="Venus ?")
    one_of.showInputMessage = True
    sheet.add_data_validation(one_of)
    one_of.add("B3")
    sheet["A2"].hyperlink = Hyperlink(ref="A2", location="'Autre'!A1")
    sheet.protection.sheet = True
    opened_book.save(workbook)
    with libreoffice.open(workbook) as document:
        assert sorted(document.tab_stops("Saisie")) == ["B1", "B3"]
        kind, title, _, _, choices, strict = document.offered("Saisie", "B3")
        assert (kind, title, choices, strict) == ("LIST", "Venus ?", ["oui", "non"], True)
        assert document.links("Saisie") == {"A2": ("Date", "Autre")}
        assert document.enter("Saisie", "B1", "12,5") == "12,5" and document.values("Saisie")["B1"].valeur == 12.5
        assert document.enter("Saisie", "B3", "oui") == "oui"
        assert document.judged_invalid("Saisie") == []
        document.enter("Saisie", "B3", "peut-être")
        assert document.judged_invalid("Saisie") == ["B3"]


def test_a_printed_workbook_has_its_pages_counted(libreoffice, workbook, tmp_path):
    opened_book = openpyxl.load_workbook(workbook)
    opened_book["Autre"]["A40"] = "plus bas"
    opened_book["Autre"].row_breaks.append(Break(id=20))
    opened_book.save(workbook)
    output = tmp_path / "imprime.pdf"
    assert libreoffice.pdf(workbook, output) == pages_of_pdf(output) == 3
    if shutil.which("pdfinfo"):
        assert (
            "Pages:           3"
            in subprocess.run(["pdfinfo", output], capture_output=True, text=True, check=True).stdout
        )


def test_a_refused_order_names_its_fault_and_the_next_one_works(libreoffice, workbook, tmp_path):
    with pytest.raises(Failure, match="absent"):
        libreoffice.open(tmp_path / "absent.xlsx")
    with libreoffice.open(workbook) as document:
        with pytest.raises(Failure, match="NoSuchElement"):
            document.values("Aucune")
        assert document.sheets() == ["Saisie", "Autre"]


def test_a_libreoffice_that_stops_is_started_again_and_brought_where_it_was(libreoffice, workbook, tmp_path):
    with libreoffice.open(workbook) as document:
        document.rename_sheet("Autre", "Mon été")
        with document.extract("Saisie") as alone:
            alone.type("Saisie", {"B1": "7"})
            libreoffice.kill()
            assert alone.values("Saisie")["B1"].valeur == 7.0
        assert document.sheets() == ["Saisie", "Mon été"]


def soffice_of(instance: LibreOffice) -> psutil.Process:
    return next(p for p in psutil.Process(instance._child.pid).children(recursive=True) if p.name() == "soffice.bin")


def test_a_crash_of_soffice_alone_is_got_over_too(libreoffice, workbook):
    with libreoffice.open(workbook) as document:
        document.rename_sheet("Autre", "Mon été")
        soffice_of(libreoffice).kill()
        assert document.sheets() == ["Saisie", "Mon été"]


def test_one_that_hangs_is_told_from_one_that_is_slow_by_what_it_works(libreoffice, workbook, monkeypatch):
    monkeypatch.setattr("tests.support.libreoffice.STILL", 2.0)
    monkeypatch.setattr("tests.support.libreoffice.LOOK_EVERY", 0.2)
    with libreoffice.open(workbook) as document:
        soffice_of(libreoffice).send_signal(signal.SIGSTOP)
        monkeypatch.setattr(libreoffice, "kill", resume_limits(monkeypatch, libreoffice.kill))
        assert document.sheets() == ["Saisie", "Autre"]


def resume_limits(monkeypatch, kill):
    """Once the one that hangs is gone, the next may take its time to start."""

    def then():
        monkeypatch.setattr("tests.support.libreoffice.STILL", 180.0)
        kill()

    return then


def test_what_breaks_it_each_time_costs_the_test_that_asks_and_not_the_next_one(libreoffice, workbook, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(LibreOffice, "_answer", broken)
        with pytest.raises(Breakdown):
            libreoffice.open(workbook)
    with libreoffice.open(workbook) as document:
        assert document.sheets() == ["Saisie", "Autre"]


def broken(self):
    raise Breakdown("it died")
