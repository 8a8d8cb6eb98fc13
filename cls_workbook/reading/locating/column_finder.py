"""Where the keyed rows and the columns of a returned sheet are, whatever was inserted, moved or erased: printed texts
tell.

Rows and columns of the returned sheet count from 0, columns of the plan from 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field

from cls_workbook.forms.layout import MARK
from cls_workbook.french import fold
from cls_workbook.reading.locating.expected_row import ExpectedRow
from cls_workbook.reading.locating.still_printed import are_same
from cls_workbook.reading.opening.grids import Grid, Row
from cls_workbook.reading.opening.special_cells import place

LocatedRow = tuple[int, ExpectedRow]  # row of the returned sheet, what it should be


def keys(grid: Grid) -> tuple[int, list[tuple[int, str]]]:
    """(column of the keys, [(row, key)]); (-1, []) for a sheet without keys. Usually column 0, unless one was
    inserted."""
    found = [(place(anchor), v[1:]) for anchor, v in grid.values.items() if v.__class__ is str and v[:1] == MARK]
    if not found:
        return -1, []
    columns = Counter(j for (_, j), _ in found)
    column = 0 if 0 in columns else columns.most_common(1)[0][0]
    return column, sorted((i, cle) for (i, j), cle in found if j == column)


@dataclass(slots=True)
class TableColumns:
    """The columns of one table: plan → sheet. ``lost``: columns whose header did not come back → where they may be.

    ``swapped``: columns of the sheet whose headers took each other's places.
    """

    header: int  # row of the headers
    columns: dict[int, int] = field(default_factory=dict)
    lost: dict[int, int | None] = field(default_factory=dict)

    swapped: list[int] = field(default_factory=list)


class ColumnMap:
    """``general``: plan → sheet for what stands in no table; ``sheet_tables``: the same by prefix of table.

    ``is_exact``: every header is where it was planned, but for columns inserted before the keys.
    """

    def __init__(self, lines: Sequence[Row], offset: int, located_rows: list[LocatedRow]):
        self._rows, self._offset = lines, offset
        headers = [(i, a) for i, a in located_rows if a.role == "entete"]
        witnesses = headers or [(i, a) for i, a in located_rows if a.role == "saisie" and a.texts]
        self.is_exact = all(self._in_place(i, a) for i, a in witnesses)
        self._known = {} if self.is_exact else self._votes(located_rows)
        self._located_rows = located_rows
        self.sheet_tables: dict[str, TableColumns] = {}
        for i, expected_row in headers:
            self.sheet_tables.setdefault(expected_row.prefix, self._sheet_table(i, expected_row))

    def general(self, column: int) -> int:
        if self.is_exact:
            return column - 1 + self._offset
        if column not in self._known:
            self._known[column] = self._interpolate(column)
        return self._known[column]

    def of_table(self, prefix: str) -> Callable[[int], int | None]:
        """Plan → sheet for a column of a table: by its header; columns without a header follow the whole sheet."""
        sheet_table = self.sheet_tables.get(prefix)
        if sheet_table is None or (self.is_exact and not sheet_table.lost):
            return self.general
        return lambda column: (
            None if column in sheet_table.lost else sheet_table.columns.get(column, self.general(column))
        )

    def _in_place(self, i: int, expected_row: ExpectedRow) -> bool:
        line, offset = self._rows[i], self._offset - 1
        return all(c + offset < len(line) and are_same(line[c + offset], t) for c, t in expected_row.texts.items())

    def _votes(self, located_rows: Iterable[LocatedRow]) -> dict[int, int]:
        """For each column of the plan, where its printed texts are most often found."""
        votes: dict[int, Counter[int]] = {}
        for i, expected_row in located_rows:
            hits = _positions(self._rows[i])
            for column, texte in expected_row.texts.items():
                for j in hits.get(fold(texte), ()):
                    votes.setdefault(column, Counter())[j] += 1
        return {column: max(tally, key=lambda j: (tally[j], -j)) for column, tally in votes.items()}

    def _interpolate(self, column: int) -> int:
        """A column that no text tells: beside its neighbours; if they disagree, where something was typed."""
        before = max((c for c in self._known if c < column), default=None)
        after = min((c for c in self._known if c > column), default=None)
        if before is None and after is None:
            return column - 1 + self._offset
        candidates = [] if before is None else [self._known[before] + column - before]
        candidates += [] if after is None else [self._known[after] - (after - column)]
        ranks = [i for i, a in self._located_rows if any(p.column == column for p in a.places)]
        return max(
            candidates, key=lambda j: sum(1 for i in ranks if 0 <= j < len(self._rows[i]) and self._rows[i][j] != "")
        )

    def _sheet_table(self, i: int, expected_row: ExpectedRow) -> TableColumns:
        sheet_table = TableColumns(i)
        if self.is_exact:
            return sheet_table
        hits = _positions(self._rows[i])
        for column, texte in sorted(expected_row.texts.items()):
            possible = hits.get(fold(texte), [])
            free_cells = [j for j in possible if j not in sheet_table.columns.values()]
            if free_cells:
                sheet_table.columns[column] = free_cells[0]
        for column in expected_row.texts.keys() - sheet_table.columns.keys():
            j = self.general(column)
            is_taken = j in sheet_table.columns.values() or j in sheet_table.lost.values()
            sheet_table.lost[column] = None if is_taken or not 0 <= j < len(self._rows[i]) else j
        planned_columns = {
            self.general(c) for c in expected_row.texts
        }  # a column moved out of the table took nobody's place
        order = [j for _, j in sorted(sheet_table.columns.items()) if j in planned_columns]
        sheet_table.swapped = sorted({j for n, a in enumerate(order) for b in order[n + 1 :] if a > b for j in (a, b)})
        return sheet_table


def _positions(line: Row) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = {}
    for j, valeur in enumerate(line):
        if isinstance(valeur, str) and valeur and valeur[:1] != MARK:
            positions.setdefault(fold(valeur), []).append(j)
    return positions


# --- hidden keys that were erased -----------------------------------------------------------------------------------


def restored_anchors(
    lines: Sequence[Row],
    column: int,
    keys: Sequence[tuple[int, str]],
    all_expected: Iterable[ExpectedRow],
    all_printed: Set[str],
) -> list[tuple[int, str]]:
    """The rows (row, key) whose key is missing and that nothing else could be.

    ``column``: where the keys stand, or stood (-1: their column was deleted). ``keys``: the keys that are still there.
    ``all_printed``: every text printed on the sheet.
    """
    known = {cle: i for i, cle in keys}
    taken = {i for i, _ in keys}
    returned: list[tuple[int, str]] = []
    silent: list[tuple[int, str]] = []  # rows without text, since the last one that is known
    offset = 0
    for expected_row in all_expected:
        here = known.get(expected_row.cle)
        i = expected_row.numero - 1 + offset
        free = 0 <= i < len(lines) and i not in taken
        if here is None and not expected_row.texts and free:
            if not _holds_a_printed_text(lines[i], expected_row, all_printed):
                silent.append((i, expected_row.cle))
            continue
        if here is None and not (free and _is_printed(lines[i], column, expected_row)):
            silent = []
            continue
        if here is None:
            returned += [*silent, (i, expected_row.cle)]
        else:
            nouveau = here - (expected_row.numero - 1)
            returned += silent if nouveau == offset else []
            offset = nouveau
        silent = []
    return returned


def _holds_a_printed_text(line: Row, expected_row: ExpectedRow, all_printed: Set[str]) -> bool:
    """Was another row copied over this one, on which nothing was printed?"""
    choix = {c for p in expected_row.places for c in p.choix}
    return any(isinstance(v, str) and v in all_printed and v not in choix for v in line)


def _is_printed(line: Row, column: int, expected_row: ExpectedRow) -> bool:
    """Does the row hold every text that was printed there?"""
    return all((j := c - 1 + column) < len(line) and are_same(line[j], t) for c, t in expected_row.texts.items())
