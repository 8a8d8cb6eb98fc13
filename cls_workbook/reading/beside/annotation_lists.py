"""What was typed on the list of anomalies of an annotated copy that comes back, or in a comment of ours: a correction
put in the wrong place.

The hidden register of the copy keeps a digest of each text that the list printed, and of each line of the comments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence, Set

from cls_workbook.french import fold
from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.cells.shown import as_text
from cls_workbook.reading.identity import SheetInFile
from cls_workbook.workbook.description import address

ANNOTATIONS = "annotations"  # a sheet whose keys begin so was added by us to a copy: it asks nothing
FILLS, TEXTS, NOTES = "fond", "textes", "notes"  # what a row of the register keeps
COLUMNS = 8  # of the list


def digests(values: Iterable[object]) -> list[str]:
    """What tells that a cell of the list still holds what was printed there."""
    texts = (value if isinstance(value, str) else as_text(value) for value in values)
    return [hashlib.sha256(fold(text).encode()).hexdigest()[:8] for text in texts]


def words_kept(worksheets: Sequence[SheetInFile], kind: str) -> set[str]:
    """The digests of the rows of a ``kind`` (TEXTS, NOTES) in the registers among these sheets."""
    return {
        word
        for sheet in worksheets
        for i, key in sheet.anchors[1]
        if key == f"{ANNOTATIONS}/{kind}"
        for word in str(sheet.grid.lines[i][sheet.anchors[0] + 1]).split()
    }


def lines_added(comment: str, ours: Set[str]) -> list[str]:
    """The lines of a comment of ours that we did not write. ``ours``: the digests of those that we did."""
    return [line.strip() for line in comment.splitlines() if line.strip() and digests([line.strip()])[0] not in ours]


def typed_on_lists(worksheets: Sequence[SheetInFile]) -> list[tuple[str, list[tuple[str, object]]]]:
    """(sheet, [(cell, value)]) of each list that holds something else than was printed; ``worksheets``: those whose
    keys are of annotations."""
    kept = {f"{ANNOTATIONS}/{FILLS}", f"{ANNOTATIONS}/{TEXTS}"}
    registers = [s for s in worksheets if not kept.isdisjoint(key for _, key in s.anchors[1])]
    printed = words_kept(registers, TEXTS)
    lists = ((s, _typed_on(s, printed)) for s in worksheets if s not in registers)
    return [(sheet.grid.nom, typed) for sheet, typed in lists if typed]


def _typed_on(sheet: SheetInFile, printed: Set[str]) -> list[tuple[str, object]]:
    """``printed``: digests of its texts; none in a copy of before they were kept."""
    column, keyed = sheet.anchors[0], {i for i, _ in sheet.anchors[1]}
    typed = []
    for i, line in enumerate(sheet.grid.lines):
        for j, value in enumerate(line):
            if j == column or is_blank(value):
                continue
            in_list = i in keyed and column < j <= column + COLUMNS
            may_be_number = isinstance(value, str) or j == column + 1  # the rank of the anomaly
            is_printed = in_list and may_be_number and (not printed or digests([value])[0] in printed)
            if not is_printed:
                typed.append((address(i + 1, j + 1), value))
    return typed
