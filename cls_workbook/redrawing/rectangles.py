"""Cells that share something, as few rectangles as a scan finds: each call to the open workbook costs a millisecond.

Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

from cls_workbook.workbook.description import CellRange

T = TypeVar("T")
Place = tuple[int, int]


def rectangles(boxes: Mapping[Place, T], free: Collection[Place] = ()) -> list[tuple[CellRange, T]]:
    """(row, column) → what it is given; each rectangle of equal values once, none overlapping but on ``free`` cells.
    Row by row from the top left. ``free``: other cells, that may be given anything: they make one rectangle of two."""
    left = _Left(boxes, free)
    found = []
    for place in sorted(boxes):
        if place in left.cells:
            valeur = boxes[place]
            found.append((left.take(place, valeur), valeur))
    return found


_FREE, _NOTHING = object(), object()


class _Left(Generic[T]):
    """The cells that no rectangle holds yet, and those that may be given anything."""

    def __init__(self, boxes: Mapping[Place, T], free: Collection[Place]):
        self.cells: dict[Place, T | object] = {**dict.fromkeys(free, _FREE), **boxes}

    def take(self, place: Place, valeur: T) -> CellRange:
        """The larger of two rectangles that begin there: as wide as can be, or as high."""
        wide, high = (self._grown(place, valeur, across=across) for across in (True, False))
        best = wide if wide == high else max(wide, high, key=lambda r: len(self._own(r)))
        for p in self._own(best):
            del self.cells[p]
        return best

    def _own(self, cell_range: CellRange) -> list[Place]:
        """The cells of a rectangle that are not free."""
        return [p for p in cell_range.places() if self.cells.get(p, _FREE) is not _FREE]

    def _grown(self, place: Place, valeur: T, *, across: bool) -> CellRange:
        """Along its row (or its column) first, then row after row; it ends where the last cell of its own is."""
        line, column = place
        step, side = ((0, 1), (1, 0)) if across else ((1, 0), (0, 1))
        length = self._length(place, step, valeur)
        depth, last = 0, 0
        while True:
            depth += 1
            own = self._row((line + side[0] * depth, column + side[1] * depth), step, length, valeur)
            if own is None:
                break
            if own:
                last = depth
        height, width = (last + 1, length) if across else (length, last + 1)
        return CellRange(line, column, line + height - 1, column + width - 1)

    def _row(self, start: Place, step: Place, length: int, valeur: T) -> bool | None:
        """Has a row of cells, that all fit, one that is not free? None if one does not fit."""
        (line, column), own = start, False
        for _ in range(length):
            found = self.cells.get((line, column), _NOTHING)
            if found is not _FREE:
                if found != valeur:
                    return None
                own = True
            line, column = line + step[0], column + step[1]
        return own

    def _length(self, place: Place, step: Place, valeur: T) -> int:
        length = last = 1
        while True:
            found = self.cells.get((place[0] + step[0] * length, place[1] + step[1] * length), _NOTHING)
            if found is not _FREE and found != valeur:
                return last
            length += 1
            if found is not _FREE:
                last = length
