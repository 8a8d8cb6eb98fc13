"""The quick reader of sheets beside the plain one, and calamine as a second opinion: all give the same cells."""

from __future__ import annotations

import io
import random

from python_calamine import CalamineWorkbook

from cls_workbook.errors import Refusal
from cls_workbook.reading.opening.grids import Grid, PlainGrid, QuickGrid
from cls_workbook.reading.opening.returned_workbook import Opener
from tests.support.small_workbook import places, valid_value


def by_calamine(content: bytes) -> dict[str, list[list]]:
    opened_book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {nom: opened_book.get_sheet_by_name(nom).to_python(skip_empty_area=False) for nom in opened_book.sheet_names}


def fast(content: bytes) -> dict[str, QuickGrid]:
    """The sheets that the quick reader reads by itself; none of a file that neither reader can read."""
    try:
        grids = list(Opener().open(content).grids())
    except Refusal:
        return {}
    return {g.nom: g for g in grids if isinstance(g, QuickGrid)}


def plain(content: bytes) -> dict[str, Grid]:
    """All the sheets, read the plain way."""
    return {g.nom: g for g in Opener(fast=False).open(content).grids()}


def _exact(lines: list[list]) -> list[list]:
    """Values with their types: 1.0 is not True, a date is not a datetime; a nan is itself."""
    # calamine alone does not tell that a number is shown as a percentage
    return [
        [(type(v).__name__.replace("Percentage", "float"), repr(v)) for v in line]
        for line in _without_trailing_blank(lines)
    ]


def _without_trailing_blank(lines: list[list]) -> list[list]:
    """Without the blank rows and columns at the end: a number that is not written may or may not count for one."""
    height = max((i for i, line in enumerate(lines, 1) if any(v != "" for v in line)), default=0)
    width = max((j for line in lines for j, v in enumerate(line, 1) if v != ""), default=0)
    return [line[:width] for line in lines[:height]]


def same_by_both(content: bytes) -> list[str]:
    """Asserts that whatever the quick reader reads is what the plain one reads, and calamine; their names."""
    grids = fast(content)
    slow, others = (plain(content), by_calamine(content)) if grids else ({}, {})
    for nom, grid in grids.items():
        assert _exact(grid.lines) == _exact(slow[nom].lines) == _exact(others[nom])
        assert grid.special_cells == slow[nom].special_cells
        assert grid.special_addresses == slow[nom].special_addresses
        same = PlainGrid(nom, others[nom], dict)
        assert {r: v for r, v in grid.values.items() if v != ""} == slow[nom].values == same.values
    return list(grids)


def typed_values(seed: int) -> dict[str, object]:
    rng = random.Random(seed)
    return {cle: valid_value(place, rng) for cle, place in places().items() if rng.random() < 0.6}
