"""Our shorter way through openpyxl's merged ranges gives the cells that openpyxl gives."""

import openpyxl
from openpyxl.reader import excel
from openpyxl.worksheet.merge import MergedCellRange

from tests.support import quick_openpyxl, small_contrat
from tests.support.coordinator_opened import workbook


def looks(path):
    """(sheet, cell) → what is written there, its border and its protection."""
    return {
        (sheet.title, place): (type(cell), cell.value, repr(cell.border), repr(cell.protection))
        for sheet in openpyxl.load_workbook(path)
        for place, cell in sheet._cells.items()
    }


def test_a_workbook_is_opened_as_openpyxl_opens_it(tmp_path, monkeypatch):
    workbook(tmp_path / "K.xlsm", str(small_contrat.definition(tmp_path)), small_contrat.YEAR)
    quick = looks(tmp_path / "K.xlsm")
    find_first_cell, draw_edges, read_texts = quick_openpyxl.PLAIN
    monkeypatch.setattr(MergedCellRange, "_get_borders", find_first_cell)
    monkeypatch.setattr(MergedCellRange, "format", draw_edges)
    monkeypatch.setattr(excel, "read_string_table", read_texts)
    assert quick == looks(tmp_path / "K.xlsm")
    assert any("thin" in border or "hair" in border for _, _, border, _ in quick.values())
