"""openpyxl opens a workbook of ours in a third of its time: what two borders give together is worked out once.

Of ``load_workbook``, four fifths go to merged ranges: for each of their cells, two borders are joined, and looked for
among all others. The workbook remembers here which look came of which two.
"""

from __future__ import annotations

from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Border
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.merge import MergedCellRange

_SIDES = ("top", "left", "right", "bottom")
PLAIN = MergedCellRange._get_borders, MergedCellRange.format


def install() -> None:
    MergedCellRange._get_borders, MergedCellRange.format = _find_first_cell, _draw_edges


def _find_first_cell(merged: MergedCellRange) -> None:
    """As ``MergedCellRange._get_borders``: the first cell is there, with the far edges of the last one."""
    sheet = merged.ws
    merged.start_cell = sheet.cell(merged.min_row, merged.min_col)
    last = sheet._cells.get((merged.max_row, merged.max_col))
    if last is not None:
        _join(merged.start_cell, last, ("right", "bottom"))


def _draw_edges(merged: MergedCellRange) -> None:
    """As ``MergedCellRange.format``: each cell is there, with its edge of the first one, and its protection."""
    sheet, first = merged.ws, merged.start_cell
    for name in _SIDES:
        side = getattr(first.border, name)
        if side is None or side.style is not None:
            for place in getattr(merged, name):
                _join(_cell(sheet, place), first, (name,))
    for place in merged.cells:
        _style(_cell(sheet, place)).protectionId = _style(first).protectionId


def _join(cell, other, sides: tuple[str, ...]) -> None:
    """The border of the cell, and these sides of the other's."""
    known = cell.parent.parent.__dict__.setdefault("_joined_borders", {})
    both = _style(cell).borderId, _style(other).borderId, sides
    if both not in known:
        cell.border += Border(**{name: getattr(other.border, name) for name in sides})
        known[both] = _style(cell).borderId
    _style(cell).borderId = known[both]


def _cell(sheet, place: tuple[int, int]):
    if place not in sheet._cells:
        sheet._cells[place] = MergedCell(sheet, *place)
    return sheet._cells[place]


def _style(cell) -> StyleArray:
    if cell._style is None:
        cell._style = StyleArray()
    return cell._style
