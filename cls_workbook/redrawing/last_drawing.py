"""What the last drawing left in each sheet, as short prints, kept in the hidden sheet of settings."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.redrawing.standing_sheet import StandingSheet
from cls_workbook.redrawing.steps import Step, on
from cls_workbook.workbook.description import CellRange

SHEET = "xlwings.conf"  # its first two columns are xlwings' settings
_COLUMN = 6  # names of the sheets; their prints at the right


def read(contents: Mapping[str, StandingSheet]) -> dict[str, str]:
    """Sheet → its print; none if the last drawing did not come to its end."""
    if SHEET not in contents:
        return {}
    rows = [line[_COLUMN - 1 : _COLUMN + 1] for line in contents[SHEET].lines]
    return {str(row[0]): str(row[1]) for row in rows if len(row) == 2 and all(row)}


def forgotten(contents: Mapping[str, StandingSheet]) -> list[Step]:
    """Before anything is drawn: whoever stops half-way leaves no print."""
    former = read(contents)
    return [on(SHEET, "clear_contents", [_zone(len(contents[SHEET].lines))])] if former else []


def remembered(contents: Mapping[str, StandingSheet], traces: Mapping[str, str]) -> list[Step]:
    """Once all is drawn."""
    if SHEET not in contents or contents[SHEET].protected or not traces:
        return []
    zone = _zone(len(traces))
    return [
        on(SHEET, "format", [zone], ("number_format", "@")),
        on(SHEET, "values", [zone], [[nom, trace] for nom, trace in traces.items()]),
    ]


def _zone(rows: int) -> CellRange:
    return CellRange(1, _COLUMN, rows, _COLUMN + 1)
