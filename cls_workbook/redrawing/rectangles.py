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
    left = _Left(dict(boxes), set(free))
    found = []
    for place in sorted(boxes):
        if place in left.boxes:
            valeur = left.boxes[place]
            found.append((left.take(place, valeur), valeur))
    return found


class _Left(Generic[T]):
    """The cells that no rectangle holds yet."""

    def __init__(self, boxes: dict[Place, T], free: set[Place]):
        self.boxes, self.free = boxes, free

    def take(self, place: Place, valeur: T) -> CellRange:
        """The larger of two rectangles that begin there: as wide as can be, or as high."""
        wide, high = (self._grown(place, valeur, across=across) for across in (True, False))
        best = wide if wide == high else max(wide, high, key=lambda r: sum(p in self.boxes for p in r.places()))
        for p in best.places():
            self.boxes.pop(p, None)
        return best

    def _grown(self, place: Place, valeur: T, *, across: bool) -> CellRange:
        """Along its row (or its column) first, then row after row; it ends where the last cell of its own is."""
        line, column = place
        step = (0, 1) if across else (1, 0)
        length = self._length(place, step, valeur)
        side = (1, 0) if across else (0, 1)
        depth, last = 0, 0
        while True:
            depth += 1
            start = line + side[0] * depth, column + side[1] * depth
            row = [(start[0] + step[0] * k, start[1] + step[1] * k) for k in range(length)]
            if not all(self._fits(p, valeur) for p in row):
                break
            if any(p in self.boxes for p in row):
                last = depth
        height, width = (last + 1, length) if across else (length, last + 1)
        return CellRange(line, column, line + height - 1, column + width - 1)

    def _length(self, place: Place, step: Place, valeur: T) -> int:
        length = last = 1
        while self._fits(p := (place[0] + step[0] * length, place[1] + step[1] * length), valeur):
            length += 1
            if p in self.boxes:
                last = length
        return last

    def _fits(self, place: Place, valeur: T) -> bool:
        if place in self.boxes:
            return self.boxes[place] == valeur
        return place in self.free
