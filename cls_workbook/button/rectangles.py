"""Cells that share something, as few rectangles as a scan finds: each call to the open workbook costs a millisecond.

Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVar

from cls_workbook.workbook.description import CellRange

T = TypeVar("T")
END = -1  # after the last row or column: none follows it


def rectangles(boxes: Mapping[tuple[int, int], T]) -> Iterator[tuple[CellRange, T]]:
    """(row, column) → what it is given; each rectangle of equal values once, none overlapping. Row by row from the top
    left."""
    by_column: dict[int, list[int]] = defaultdict(list)
    for line, column in boxes:
        by_column[column].append(line)
    pieces: dict[tuple[int, int, T], list[int]] = defaultdict(list)
    for column in sorted(by_column):
        for start, end in _runs(boxes, column, sorted(by_column[column])):
            pieces[start, end, boxes[start, column]].append(column)
    for (start, end, valeur), columns in sorted(pieces.items(), key=lambda m: (m[0][0], m[1][0])):
        left = columns[0]
        for column, next_one in zip(columns, [*columns[1:], END], strict=True):
            if next_one != column + 1:
                yield CellRange(start, left, end, column), valeur
                left = next_one


def _runs(boxes: Mapping[tuple[int, int], T], column: int, lines: list[int]) -> Iterator[tuple[int, int]]:
    """First and last row of each run of equal values, rows that follow each other."""
    start = lines[0]
    for line, next_one in zip(lines, [*lines[1:], END], strict=True):
        if next_one != line + 1 or boxes[next_one, column] != boxes[line, column]:
            yield start, line
            start = next_one
