"""What is to be done in a workbook that exists, as plain data: one ``Step`` after the other, each in one sheet.

| action | zones | detail |
|---|---|---|
| ``add_sheet`` | – | is it hidden? |
| ``touch`` | a cell | – : whoever may not write there fails before anything has changed |
| ``unfilter`` / ``filter`` | – | name of the table, or "" for the sheet / name of the table, what was filtered |
| ``totals`` | – | name of the table, is its row of totals shown? |
| ``insert`` | cells that what stands there leaves, downwards | – |
| ``clear`` / ``clear_contents`` / ``unmerge`` | ranges | – |
| ``autofit`` | ranges | the heights that are known, row → points |
| ``format`` | ranges | a trait (``number_format``, ``color``, ``font.bold``, ``row_height``…), its value |
| ``rule`` | ranges | thickness and colour of the rule below each row; have the ranges several? |
| ``merge`` | ranges | row by row? |
| ``values`` | a range | its rows: None, text, number or bool; a date is its serial number |
| ``link`` | a cell | address, text, tip |
| ``add_table`` / ``resize_table`` | a range | name of the table |
| ``erase_charts`` | – | their names |
| ``chart`` | the cell that it begins on | what ``chart_steps`` says of it |
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from cls_workbook.workbook.description import CellRange


class Step(NamedTuple):
    """``zones``: A1 addresses; the same is done in each. ``detail``: what its action needs (see above)."""

    action: str
    sheet: str
    zones: tuple[str, ...] = ()
    detail: Any = None


def on(sheet: str, action: str, cell_ranges: Iterable[CellRange], detail: Any = None) -> Step:
    return Step(action, sheet, tuple(r.a1() for r in cell_ranges), detail)


def moved(cell_range: CellRange, rows: int, columns: int) -> CellRange:
    line, column, last_row, last_column = cell_range
    return CellRange(line + rows, column + columns, last_row + rows, last_column + columns)
