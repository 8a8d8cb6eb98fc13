"""What a workbook that exists holds, as plain data: the same rows as a file would give, whoever read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

Zone = tuple[int, int, int, int]  # first row, first column, last row, last column


class ColumnFilter(NamedTuple):
    """What a column of a table is filtered by. ``kind``: values, comparison, top_items…, as xlwings says it, or
    unknown; the rest is what it needs."""

    field: int  # rank of the column, from 1
    kind: str
    values: tuple[str, ...] = ()
    operator: str = ""
    value1: str | None = None
    value2: str | None = None
    how_many: int | None = None
    percent: float | None = None


@dataclass
class StandingSheet:
    """One sheet.

    ``lines``: rows from A1, blanks as "", errors as their text; dates as datetime, numbers as they are kept.

    ``tables``: name of each Excel table → its zone, without its row of totals; ``totals``: those that show one;
    ``filters``: what their columns are filtered by, None if nobody can say. ``filtered``: are rows hidden by a filter?

    ``formulas``: (row, column) of the cells that hold one, where there is a table. ``protected``: None if nobody can
    say. ``charts``: their names.
    """

    nom: str
    lines: list[list[Any]]
    tables: dict[str, Zone] = field(default_factory=dict)
    totals: frozenset[str] = frozenset()
    filters: dict[str, tuple[ColumnFilter, ...] | None] = field(default_factory=dict)
    filtered: bool = False
    formulas: frozenset[tuple[int, int]] = frozenset()
    protected: bool | None = None
    charts: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return max(map(len, self.lines), default=0)

    def valeur(self, line: int, column: int) -> Any:
        """What stands in a cell (row and column from 1); "" outside what is used."""
        row = self.lines[line - 1] if line <= len(self.lines) else []
        return row[column - 1] if column <= len(row) else ""
