"""What the open workbook holds, read once and whole: the same rows as a file would give, whatever the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xlwings

# A sheet formatted down to its last row is « used » down there: nobody typed that far beside our sheets.
ROWS_READ, COLUMNS_READ = 100_000, 256


@dataclass
class OpenSheetContent:
    """One sheet.

    ``lines``: rows from A1, blanks as "", errors as their text; dates as datetime, numbers as Excel keeps them.

    ``tables``: name of each Excel table → (first row, first column, last row, last column), without its totals row.
    """

    sheet: xlwings.Sheet
    lines: list[list[Any]]
    tables: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return max(map(len, self.lines), default=0)

    def valeur(self, line: int, column: int) -> object:
        """What stands in a cell (row and column from 1); "" outside what is used."""
        row = self.lines[line - 1] if line <= len(self.lines) else []
        return row[column - 1] if column <= len(row) else ""


def read(book: xlwings.Book) -> dict[str, OpenSheetContent]:
    """Every sheet of the workbook, unsaved edits included, in the order of the tabs."""
    return {sheet.name: OpenSheetContent(sheet, _rows(sheet), _tables(sheet)) for sheet in book.sheets}


def _rows(sheet: xlwings.Sheet) -> list[list[Any]]:
    zone = sheet.used_range
    top, left = zone.row, zone.column
    lines, columns = (min(n, limite) for n, limite in zip(zone.shape, (ROWS_READ, COLUMNS_READ), strict=True))
    if (lines, columns) != zone.shape:
        zone = sheet.range((top, left), (top + lines - 1, left + columns - 1))
    values = zone.options(ndim=2, err_to_str=True).value or []
    rows = [[""] * (left - 1) + ["" if v is None else v for v in row] for row in values]
    while rows and not any(v != "" for v in rows[-1]):
        rows.pop()  # formatted, never filled
    return [[] for _ in range(top - 1)] + rows if rows else []


def _tables(sheet: xlwings.Sheet) -> dict[str, tuple[int, int, int, int]]:
    zones = {}
    for table in sheet.tables:
        zone = table.range
        lines, columns = zone.shape
        zones[table.name] = (
            zone.row,
            zone.column,
            zone.row + lines - 1 - bool(table.show_totals),
            zone.column + columns - 1,
        )
    return zones
