"""What one return teaches for the next: each thing worked out once, and bounded; nothing of who sent what."""

from __future__ import annotations

from cls_workbook.reading.locating.workbook_model import WorkbookModels
from cls_workbook.reading.opening.returned_workbook import Opener


class ReadingMemory:
    """``models``: what is expected of workbooks; ``opener``: what their files have in common. ``fast``: see
    ``ReturnReader``.

    Every reader has one of its own, unless whoever reads campaign after campaign hands it theirs."""

    def __init__(self, fast: bool = True):
        self.models, self.opener = WorkbookModels(fast), Opener(fast)
