"""What is expected of a workbook, compiled once for the tests of a process that read returns of equal contracts."""

from __future__ import annotations

from cls_workbook.domain.model import Contrat
from cls_workbook.reading.locating.workbook_model import WorkbookModel, WorkbookModels

AS_SHIPPED = WorkbookModels.__init__  # each its own


def install() -> None:
    """Readers share their models, as many as one keeps."""
    kept: dict[bool, list[tuple[Contrat, WorkbookModel]]] = {True: [], False: []}

    def start(self: WorkbookModels, fast: bool = True) -> None:
        self._fast, self._models = fast, kept[fast]

    WorkbookModels.__init__ = start  # type: ignore[method-assign]
