"""The two Excels that the button is tried on, behind one pair of gloves: ``click`` and ``alerts``."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import cls_workbook
from tests.support import openpyxl_engine, remote_client
from tests.support.coordinator_opened import box, workbook


class OnOpenpyxl:
    """Desktop-like: an engine of xlwings over openpyxl, which reads what it wrote."""

    def __init__(self, opened_book: openpyxl.Workbook, path: Path):
        self.opened_book, self.path, self.book = opened_book, path, openpyxl_engine.workbook(opened_book, path)

    def click(self, action=cls_workbook.consolider, **extra):
        return action(self.book, **extra)

    @property
    def alerts(self) -> list[tuple[str, str]]:
        return self.book.impl.app.alerts


class RemoteExcel:
    """xlwings' remote engine, and a client that applies what it asks for. It does not know where the workbook lies."""

    def __init__(self, opened_book: openpyxl.Workbook, path: Path):
        self.opened_book, self.path, self.client = opened_book, path, remote_client.RemoteClient(opened_book)

    def click(self, action=cls_workbook.consolider, **extra):
        return self.client.click(action, **extra)

    @property
    def alerts(self) -> list[tuple[str, str]]:
        return self.client.alerts


remote = pytest.mark.skipif(not remote_client.AVAILABLE, reason="this xlwings has no remote engine")
_NAMES = ["openpyxl", "distant"]
both_engines = pytest.mark.parametrize("engine", [OnOpenpyxl, pytest.param(RemoteExcel, marks=remote)], ids=_NAMES)
# For what hangs on the click more than on the Excel that is clicked: the second one, where every case is played.
either_engine = pytest.mark.parametrize(
    "engine", [OnOpenpyxl, pytest.param(RemoteExcel, marks=[remote, pytest.mark.exhaustive])], ids=_NAMES
)


def open_up(engine, folder: Path, reference: str, annee: int, retours: object, saisies=None):
    """The coordinator's workbook of a contract and a year, made in ``folder`` and opened; Accueil names ``retours``."""
    path = folder / "coordination.xlsm"
    opened_book = workbook(path, str(reference), annee, saisies)
    box(opened_book, "dossier").value = str(retours)
    box(opened_book, "contrat").value = str(reference)
    return engine(opened_book, path)


def content(sheet) -> dict[str, tuple]:
    """Cell → its value; for a text that it is one, for a figure or a date how it is shown."""
    return {
        c.coordinate: (_as_in_file(c.value), c.data_type if isinstance(c.value, str) else c.number_format)
        for c in sheet._cells.values()
        if c.value is not None
    }


def _as_in_file(valeur: object) -> object:
    """A file keeps 16 digits of a figure."""
    return float(f"{valeur:.16G}") if isinstance(valeur, float) else valeur


def whole(opened_book) -> dict[str, dict]:
    return {sheet.title: content(sheet) for sheet in opened_book}


def message(excel) -> str:
    """The last message of Accueil, with ordinary spaces."""
    return str(box(excel.opened_book, "message").value).replace("\u00a0", " ")
