"""What the coordinator typed beside a table follows its row, from one consolidation to the next.

Pure: rows in, rows out.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from cls_workbook.french import date_fr

RowKey = tuple[str, ...]


class OrphanNote(NamedTuple):
    """A note whose row is no more: what the row said, the header of its column ("" if none), the note."""

    line: str
    column: str
    note: object


@dataclass
class Neighbours:
    """What stands beside a table once its rows are new.

    ``headers``: header of each column at the right of ours; ``lines``: what stands there, a row for each new row of the
    table; ``must_write``: does any of it change place? ``orphans``: what has no row left.
    """

    headers: list[object]
    lines: list[list[object]]
    must_write: bool = False
    orphans: list[OrphanNote] = field(default_factory=list)


def follow(
    before: Sequence[Sequence[object]], columns: Sequence[str], cle: Sequence[str], new_keys: Sequence[RowKey]
) -> Neighbours:
    """``before``: the rows as they stand, headers first, over the whole used width; ``columns``:
    the headers that are ours.

    ``cle``: those of them that tell a row; ``new_keys``: this key for each new row. Several rows of one key pair in
    order.
    """
    headers = [written(v) for v in before[0]] if before else []
    places = {titre: headers.index(titre) for titre in columns if titre in headers}
    added = [j for j in range(len(headers)) if j not in places.values()]
    displaced = added != list(range(len(columns), len(headers)))
    free_cells: dict[RowKey, deque[int]] = defaultdict(deque)
    for i, row in enumerate(before[1:], 1):
        if any(row[j] != "" for j in added):
            free_cells[tuple(written(row[places[c]]) if c in places else "" for c in cle)].append(i)
    lines: list[list[object]] = []
    moves = displaced
    for rank, new_key in enumerate(new_keys, 1):
        former = free_cells[new_key].popleft() if free_cells.get(new_key) else None
        lines.append([before[former][j] for j in added] if former else [""] * len(added))
        standing_there = [before[rank][j] for j in added] if rank < len(before) else [""] * len(added)
        moves = moves or lines[-1] != standing_there
    lost = sorted(i for ranks in free_cells.values() for i in ranks)
    orphans = [
        OrphanNote(
            " · ".join(t for c in cle if c in places and (t := written(before[i][places[c]]))), headers[j], before[i][j]
        )
        for i in lost
        for j in added
        if before[i][j] != ""
    ]
    return Neighbours([before[0][j] for j in added] if before else [], lines, moves or bool(orphans), orphans)


def written(valeur: object) -> str:
    """A value as two engines agree to write it: 1 and 1.0 alike, a date without its hour, nothing as ""."""
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return str(valeur)
    if isinstance(valeur, datetime):
        return date_fr(valeur.date())
    if isinstance(valeur, date):
        return date_fr(valeur)
    if isinstance(valeur, (int, float)) and valeur == int(valeur):
        return str(int(valeur))
    return str(valeur).replace("\r\n", "\n")
