"""What the open workbook holds, read once and whole, as plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cls_workbook.button.excel_patience import Patience, is_busy
from cls_workbook.redrawing.standing_sheet import ColumnFilter, StandingSheet, Zone

if TYPE_CHECKING:
    import xlwings

# A sheet formatted down to its last row is « used » down there: nobody typed that far beside our sheets.
ROWS_READ, COLUMNS_READ = 100_000, 256


def read(book: xlwings.Book, patience: Patience) -> dict[str, StandingSheet]:
    """Every sheet of the workbook, unsaved edits included, in the order of the tabs."""
    pages: list[xlwings.Sheet] = patience(list, book.sheets)
    return {page.name: patience(_read_sheet, page) for page in pages}


def _read_sheet(page: xlwings.Sheet) -> StandingSheet:
    zone = page.used_range
    top, left, *shape = _corner(zone)
    lines, columns = (min(n, limit) for n, limit in zip(shape, (ROWS_READ, COLUMNS_READ), strict=True))
    if [lines, columns] != shape:
        zone = page.range((top, left), (top + lines - 1, left + columns - 1))
    values = zone.options(ndim=2, err_to_str=True).value or []
    tables = list(page.tables)
    content = StandingSheet(
        page.name,
        _rows(values, top, left),
        protected=_protected(page),
        charts=tuple(chart.name for chart in page.charts),
        formulas=_formulas(zone, values, top, left) if tables else frozenset(),
        filtered=_filtered(page),
    )
    for table in tables:
        top, left, lines, columns = _corner(table.range)
        totals = bool(table.show_totals)
        content.tables[table.name] = (top, left, top + lines - 1 - totals, left + columns - 1)
        content.totals |= {table.name} if totals else frozenset()
        content.filters[table.name] = _filters(table)
    return content


def _corner(zone: xlwings.Range) -> Zone:
    """First row, first column, how many rows, how many columns."""
    return (zone.row, zone.column, *zone.shape)


def _rows(values: list[list[Any]], top: int, left: int) -> list[list[Any]]:
    rows = [[""] * (left - 1) + ["" if v is None else v for v in row] for row in values]
    while rows and not any(v != "" for v in rows[-1]):
        rows.pop()  # formatted, never filled
    return [[] for _ in range(top - 1)] + rows if rows else []


def _formulas(zone: xlwings.Range, values: list[list[Any]], top: int, left: int) -> frozenset[tuple[int, int]]:
    """Where a formula stands. A text that begins with « = » is its own value; a formula is not."""
    try:
        formulas = zone.formula
    except NotImplementedError:  # an engine that does not say: what it shows is kept
        return frozenset()
    rows = formulas if isinstance(formulas, (list, tuple)) else ((formulas,),)
    return frozenset(
        (top + i, left + j)
        for i, (row, shown) in enumerate(zip(rows, values, strict=True))
        for j, (formula, value) in enumerate(zip(row, shown, strict=True))
        if isinstance(formula, str) and formula.startswith("=") and formula != value
    )


def _filters(table: xlwings.main.Table) -> tuple[ColumnFilter, ...] | None:
    """What the columns are filtered by; None from an engine that does not say it."""
    if asked(lambda: table.api.ShowAutoFilter and table.api.AutoFilter.FilterMode) is False:
        return ()  # Excel on Windows says it in a word
    try:
        criteria = [one for one in table.autofilter.criteria if one.type != "none"]
    except NotImplementedError:
        return None
    return tuple(
        ColumnFilter(c.field, c.type, tuple(c.values or ()), c.operator or "", c.value1, c.value2, c.count, c.percent)
        for c in criteria
    )


def _protected(page: xlwings.Sheet) -> bool | None:
    """None where nobody can say: xlwings has no word of its own for it."""
    told = asked(lambda: page.api.ProtectContents)  # Excel on Windows
    return told if told is not None else asked(lambda: page.api.protect_contents.get())  # on a Mac


def _filtered(page: xlwings.Sheet) -> bool:
    return bool(asked(lambda: page.api.FilterMode))


def asked(question: Callable[[], object]) -> bool | None:
    """What one Excel says in words that others have not; None where it has not."""
    try:
        return bool(question())
    except Exception as error:  # each engine refuses in its own way
        if is_busy(error):
            raise
        return None
