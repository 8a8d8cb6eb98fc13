"""Hidden keys that were erased, given back to their rows: only where everything printed stands as it was sent.

Rows of the returned sheet count from 0. A row without printed text is known by those that surround it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from cls_workbook.reading.locating.expected_row import ExpectedRow
from cls_workbook.reading.locating.still_printed import are_same
from cls_workbook.reading.opening.returned_workbook import Row


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
