"""A sheet of XlsxWriter whose cells are given to its documented calls, one by one: for every version of XlsxWriter.

``fast_paths.row_writer`` writes the same bytes, several times as fast, with the versions whose internals are known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cls_workbook.workbook.cell_values import finite, formula_result, not_for_a_cell, permitted_text
from cls_workbook.workbook.description import CellRange, ExcelTable, Formula, Link, Sheet, address
from cls_workbook.workbook.excel_limits import EXACT_INTEGER_MAX, check_formula, check_link

LINKS_MAX = 65_000  # Excel refuses a sheet with more than 65 530
Options = Mapping[str, Any]  # of XlsxWriter's calls


class PlainPage(Worksheet):  # type: ignore[misc]  # XlsxWriter carries no types
    """One sheet; ``fill`` is called once, after widths, heights and tables."""

    formats: Mapping[str, Format]  # style name → XlsxWriter's format
    _link_count = 0

    def add_excel_table(self, sheet_table: ExcelTable, cell_range: CellRange, options: Options) -> None:
        """``cell_range``: that of the table, two rows at least."""
        line, column, last_row, last_column = cell_range
        self.add_table(line - 1, column - 1, last_row - 1, last_column - 1, options)

    def validate(self, key: Hashable, options: Callable[[], dict[str, Any]], locations: str) -> None:
        """A validation of ``locations`` (``A1:B2 D4``). ``key`` tells it from the others of the workbook."""
        self.data_validation(0, 0, 0, 0, options() | {"multi_range": locations})

    def fill(self, sheet: Sheet, shown: Collection[tuple[int, int]]) -> None:
        """The cells and merges of the sheet. ``shown``: the (row, column) that charts show. ValueError, naming the
        place, if a cell cannot hold a value."""
        self._merge(sheet)
        for cell in sheet.cells:
            try:
                outside = self._write_one(cell.line - 1, cell.column - 1, cell.valeur, self.formats[cell.style])
            except ValueError as fault:
                raise self.faulty_cell(cell.line, cell.column, fault) from fault
            if outside:
                raise self.not_in_excel(cell.line, cell.column)

    def _get_range_data(self, line: int, column: int, last_row: int, last_column: int) -> list[object]:
        """What charts keep of the cells that they show: XlsxWriter would make a 0 of a blank one."""
        kept = super()._get_range_data(line, column, last_row, last_column)
        return [None if value == "" else value for value in kept]

    def _merge(self, sheet: Sheet) -> None:
        """Merges first: the cells that they cover take the style of the first one, for its borders."""
        if sheet.merges:
            styles = {(cell.line, cell.column): cell.style for cell in sheet.cells}
            for line, column, last_row, last_column in sheet.merges:
                style = styles.get((line, column))
                format_ = self.formats[style] if style else None
                self.merge_range(line - 1, column - 1, last_row - 1, last_column - 1, "", format_)

    def _write_one(self, i: int, j: int, value: object, format_: Format) -> bool:
        """Whether the cell, counted from 0, is outside what Excel has."""
        if value is None or value == "" or value != value:  # NaN is how frames say missing
            return bool(self.write_blank(i, j, None, format_))
        if isinstance(value, bool):
            return bool(self.write_boolean(i, j, value, format_))
        if isinstance(value, Formula):
            check_formula(value.texte)
            return bool(self.write_formula(i, j, f"={value.texte}", format_, formula_result(value.valeur)))
        if isinstance(value, Link):
            return self._write_link(i, j, value, format_)
        if isinstance(value, date):
            return bool(self.write_datetime(i, j, value, format_))
        if isinstance(value, str) or (isinstance(value, int) and abs(value) >= EXACT_INTEGER_MAX):
            return bool(self.write_string(i, j, permitted_text(str(value)), format_))
        if isinstance(value, (Real, Decimal)):
            number = value if isinstance(value, int) else finite(float(value))
            return bool(self.write_number(i, j, number, format_))
        raise not_for_a_cell(type(value))

    def _write_link(self, i: int, j: int, link: Link, format_: Format) -> bool:
        check_link(link.cible)
        text, tooltip = permitted_text(link.texte), link.tooltip or None
        self._link_count += 1
        if self._link_count > LINKS_MAX:
            return bool(self.write_string(i, j, text, format_))
        return bool(self.write_url(i, j, link.cible, format_, text, tooltip))

    def faulty_cell(self, line: int, column: int, fault: ValueError) -> ValueError:
        return ValueError(f"feuille « {self.name} », {address(line, column)} : {fault}")

    def not_in_excel(self, line: int, column: int) -> ValueError:
        return ValueError(f"feuille « {self.name} » : la cellule {(line, column)} n'existe pas dans Excel")


class PlainPages:
    """The sheets of one workbook, being written."""

    def __init__(self, opened_book: xlsxwriter.Workbook, formats: Mapping[str, Format]):
        self.opened_book, self.formats = opened_book, formats

    def add(self, name: str) -> PlainPage:
        page: PlainPage = self.opened_book.add_worksheet(name, PlainPage)
        page.formats = self.formats
        return page

    def complete(self, content: bytes) -> bytes:
        """The file, once XlsxWriter has written it."""
        return content
