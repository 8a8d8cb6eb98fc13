"""Sheets made of a few cells, written and read back."""

from __future__ import annotations

import io

import openpyxl

from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Sheet, Workbook
from tests.support import xlsx_lint


def sheet(*cells, nom="Essai", **settings) -> Sheet:
    """A sheet of cells (row, column, value, style)."""
    page = Sheet(nom, **settings)
    for cell in cells:
        page.write(*cell)
    return page


def read_back(*worksheets: Sheet, values: bool = False, **settings) -> openpyxl.Workbook:
    """The workbook of these sheets, through the lint, then openpyxl. ``values``: a formula's value, not its text."""
    content = writer.to_bytes(Workbook(list(worksheets), "Essai", **settings))
    assert xlsx_lint.lint(content) == []
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)
