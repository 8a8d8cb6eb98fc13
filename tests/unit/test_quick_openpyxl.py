"""Our shorter way through openpyxl gives the workbook that openpyxl gives."""

import io

import openpyxl
import pytest
from openpyxl.reader import excel
from openpyxl.worksheet.merge import MergedCellRange

from tests.support import quick_openpyxl, small_contrat
from tests.support.coordinator_opened import workbook
from tests.support.small_workbook import blank


@pytest.fixture
def path(tmp_path):
    workbook(tmp_path / "K.xlsm", str(small_contrat.definition(tmp_path)), small_contrat.YEAR)
    return tmp_path / "K.xlsm"


@pytest.fixture
def plain(monkeypatch):
    find_first_cell, draw_edges, read_texts, read_worksheets = quick_openpyxl.PLAIN
    monkeypatch.setattr(MergedCellRange, "_get_borders", find_first_cell)
    monkeypatch.setattr(MergedCellRange, "format", draw_edges)
    monkeypatch.setattr(excel, "read_string_table", read_texts)
    monkeypatch.setattr(excel.ExcelReader, "read_worksheets", read_worksheets)


def cells(book):
    """(sheet, cell) → what is written there, its border and its protection."""
    return {
        (sheet.title, place): (type(cell), cell.value, repr(cell.border), repr(cell.protection))
        for sheet in book
        for place, cell in sheet._cells.items()
    }


def sheets(book):
    """What each sheet is besides its cells."""
    return [
        (
            sheet.title,
            sheet.sheet_state,
            sheet.print_title_rows,
            str(sheet.print_area),
            sheet.freeze_panes,
            str(sheet.merged_cells),
            {t.name: t.ref for t in sheet.tables.values()},
            [str(v.sqref) for v in sheet.data_validations.dataValidation],
            [str(f.sqref) for f in sheet.conditional_formatting],
            {letter: column.width for letter, column in sheet.column_dimensions.items()},
            len(sheet._charts),
            len(sheet._images),
        )
        for sheet in book
    ]


def test_a_workbook_is_opened_as_openpyxl_opens_it(path, request):
    quick = openpyxl.load_workbook(path)
    first_the_last = openpyxl.load_workbook(path)
    assert [sheet.max_row for sheet in reversed(first_the_last.worksheets)]
    request.getfixturevalue("plain")
    expected = openpyxl.load_workbook(path)
    assert sheets(quick) == sheets(first_the_last) == sheets(expected)
    assert cells(quick) == cells(first_the_last) == cells(expected)
    assert any("thin" in border or "hair" in border for _, _, border, _ in cells(quick).values())


def test_a_sheet_is_read_when_it_is_asked_for_whatever_became_of_its_file(path):
    book = openpyxl.load_workbook(path)
    path.unlink()
    first, *autres = book.worksheets
    autres[0].title, autres[1].sheet_state = "Renommée", "hidden"
    saved = io.BytesIO()
    assert first.max_row > 1 and type(autres[-1]) is quick_openpyxl.UnreadSheet
    book.save(saved)
    again = openpyxl.load_workbook(saved)
    assert again.sheetnames == book.sheetnames and again.sheetnames[1] == "Renommée"
    assert again.worksheets[2].sheet_state == "hidden" and cells(again) == cells(book)


@pytest.mark.parametrize("ornate", [False, True])
def test_what_is_saved_is_what_openpyxl_saves_whether_its_sheets_were_read_or_not(tmp_path, ornate):
    def changed():
        book = openpyxl.load_workbook(blank(tmp_path, "ville", ornate=ornate))
        book["FA 1.1"]["D9"], book["Sommaire"].title = "tapé", "Renommée"
        return book

    quick_openpyxl.save(changed(), tmp_path / "quick.xlsx")
    changed().save(tmp_path / "plain.xlsx")
    quick, expected = (openpyxl.load_workbook(tmp_path / f"{name}.xlsx") for name in ("quick", "plain"))
    widths = 9  # openpyxl groups columns that look alike
    assert [s[:widths] for s in sheets(quick)] == [s[:widths] for s in sheets(expected)]
    assert cells(quick) == cells(expected)


def test_two_tables_of_one_name_are_still_refused(path):
    book = openpyxl.load_workbook(path)
    (table, *_) = next(sheet.tables for sheet in book if sheet.tables).values()
    other = openpyxl.load_workbook(path).worksheets[0]
    with pytest.raises(ValueError, match="already exists"):
        other.add_table(table)
