"""The sheets of a workbook that is open elsewhere, read as those of a file are: the same two questions, the same
answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from cls_workbook.reading.opening.grids import Grid, PlainGrid, Row
from cls_workbook.reading.opening.special_cells import SpecialCell

ERROR_TEXTS = frozenset(
    (
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
    )
)


@dataclass(frozen=True)
class WorkbookRows:
    """``nom``: of the workbook, for messages. ``lines``: sheet → its rows from A1, blanks as "" and errors as their
    text.

    Answers like ``WorkbookFile``. What is open is calculated: its formulas are not told from values, but for errors.
    """

    nom: str
    lines: Mapping[str, list[Row]]

    def grids(self) -> Iterator[Grid]:
        return (PlainGrid(nom, lines, partial(_errors, lines)) for nom, lines in self.lines.items())


def _errors(lines: list[Row]) -> dict[tuple[int, int], SpecialCell]:
    places = ((i, j, v) for i, row in enumerate(lines) for j, v in enumerate(row))
    return {(i, j): SpecialCell(None, True) for i, j, v in places if isinstance(v, str) and v in ERROR_TEXTS}
