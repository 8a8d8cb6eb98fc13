"""What was printed at a place of a returned sheet, wherever its rows are now; and which printed texts are gone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

from cls_workbook.reading.locating.anchors import INFORMATION_PREFIX
from cls_workbook.reading.locating.column_finder import LocatedRow
from cls_workbook.workbook.description import address

# Rows and columns count from 0.
PrintedAt = Callable[[int, int], str]


def printed_at(
    all_printed: Mapping[tuple[int, int], str], located_rows: Sequence[LocatedRow], key_column: int
) -> PrintedAt:
    """A function: the text that was printed at a place of the returned sheet ("" if none, or not known).

    A row is known by its key, the others by the last keyed row above them.
    """
    anchors, ranks = [i for i, _ in located_rows], [a.numero - 1 for _, a in located_rows]

    def printed(i: int, j: int) -> str:
        rank = bisect_right(anchors, i) - 1
        if rank < 0 and anchors and anchors[0] != ranks[0]:
            return ""
        line = i if rank < 0 else ranks[rank] + i - anchors[rank]
        return all_printed.get((line, j - key_column), "")

    return printed


def erased_texts(
    located_rows: Sequence[LocatedRow],
    is_blank_at: Callable[[int, int], bool],
    column: Callable[[int], int],
    printed: PrintedAt,
) -> list[tuple[str, str, str]]:
    """(cell, "", text) of the keyed rows whose printed text is blank now; labels and headers are told with what they anchor.

    ``is_blank_at``: is a cell blank, and not accounted for? ``column``: a planned column → where it is.
    """
    hits = []
    for i, expected_row in located_rows:
        if expected_row.role == "entete" or expected_row.cle.startswith(INFORMATION_PREFIX):
            continue
        anchored_columns = {
            expected_row.label_column,
            *(p.column - 1 for p in expected_row.places if not expected_row.by_header),
        }
        for planned_column in expected_row.texts.keys() - anchored_columns - expected_row.facts.keys():
            j = column(planned_column)
            if is_blank_at(i, j) and (before := printed(i, j)):
                hits.append((i, j, before))
    return [(address(i + 1, j + 1), "", before) for i, j, before in sorted(hits)]
