"""« Relances »: the drafts beside the open workbook, and a sheet that says who is late."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cls_workbook.button.click_consolider import read_retours, write
from cls_workbook.button.click_report import run_action
from cls_workbook.button.click_start import OpenWorkbook, campagne
from cls_workbook.office.relances import relance_folder
from cls_workbook.pipeline.refreshed_workbook import TABLES
from cls_workbook.workbook.description import Workbook

if TYPE_CHECKING:
    import xlwings

FOLDER_NAME = "relances"


def write_relances(book: xlwings.Book, day: date | None = None) -> relance_folder.Relances | None:
    """Writes the folder « relances » beside the workbook and the sheet Relances. Nothing is sent. None if it was
    refused."""
    return run_action(book, "Relances", lambda opened: _write_relances(opened, day or date.today()))


def _write_relances(opened: OpenWorkbook, day: date) -> tuple[str, relance_folder.Relances]:
    folder = opened.own_file("Les brouillons s’écrivent à côté").parent / FOLDER_NAME
    c = campagne(opened, TABLES)
    result = read_retours(opened, c, day)
    made = relance_folder.prepare(result, c.pilotage, folder, day, c.precedent)
    kept_notes = write(opened, Workbook([made.sheet], "Relances"), day)
    where = f"Dossier « {FOLDER_NAME} », à côté de ce classeur ; liste : feuille « Relances »."
    return f"{made.bilan()} {where}{kept_notes}", made
