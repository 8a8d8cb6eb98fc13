"""What was written on our sheets that ask nothing, Sommaire and Listes: everything there is printed or computed.

Rows and columns count from 0.
"""

from __future__ import annotations

from cls_workbook.forms.layout import MARK
from cls_workbook.french import fold
from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.locating.still_printed import are_same
from cls_workbook.reading.locating.workbook_model import Annex
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.workbook.description import address


def written_outside(grid: Grid, annex: Annex, same_version: bool) -> list[tuple[str, object]]:
    """(cell, value) of what we printed nowhere on it. ``same_version``: its printed texts are all known."""
    printed, computed = annex.texts, grid.special_addresses
    if all(value in printed or value == "" or r in computed for r, value in grid.values.items()):
        return []  # nearly always
    columns = _planned_columns(grid, annex)
    typed: list[tuple[str, object]] = []
    for i, line in enumerate(grid.lines):
        cells = [(j, v) for j, v in enumerate(line) if not is_blank(v) and (i, j) not in grid.special_cells]
        others = [(j, v) for j, v in cells if not _is_ours(v, columns.get(j, 0), grid, annex, same_version)]
        if others:  # what stands beside it in a list that the campaign makes longer is no choice of it either
            others = [(j, v) for j, v in cells if (j, v) in others or not _is_printed(v, annex)]
        typed += [(address(i + 1, j + 1), v) for j, v in others]
    return typed


def _planned_columns(grid: Grid, annex: Annex) -> dict[int, int]:
    """Column of the sheet → the column that it was planned as, by its header."""
    for line in grid.lines:
        found = {
            j: annex.headers[fold(v)] for j, v in enumerate(line) if isinstance(v, str) and fold(v) in annex.headers
        }
        if 2 * len(found) > len(annex.headers):
            return found
    return {}


def _is_ours(value: object, column: int, grid: Grid, annex: Annex, same_version: bool) -> bool:
    """``column``: what its column was planned as; 0 if nothing."""
    if column in annex.computed and not grid.special_cells:  # saved « values only »
        return True
    if isinstance(value, str):
        return _is_printed(value, annex) or column in annex.open_columns or not (same_version or annex.visible)
    return any(are_same(value, printed) for printed in annex.numbers.get(column, ()))


def _is_printed(value: object, annex: Annex) -> bool:
    return isinstance(value, str) and (value in annex.texts or fold(value) in annex.texts or value[:1] == MARK)
