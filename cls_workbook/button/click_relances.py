"""« Relances »: the drafts beside the open workbook, and a sheet that says who is late."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cls_workbook.button.click_consolider import TABLES, read_retours, write
from cls_workbook.button.click_report import run_action
from cls_workbook.button.click_start import OpenWorkbook, campagne
from cls_workbook.errors import Refusal
from cls_workbook.office.relances import relance_folder
from cls_workbook.workbook.description import Workbook

if TYPE_CHECKING:
    import xlwings

FOLDER_NAME = "relances"


def write_relances(book: xlwings.Book, day: date | None = None) -> relance_folder.Relances | None:
    """Writes the folder « relances » beside the workbook and the sheet Relances. Nothing is sent. None if it was
    refused."""
    return run_action(book, "Relances", lambda opened: _write_relances(opened, day or date.today()))


def _write_relances(opened: OpenWorkbook, day: date) -> tuple[str, relance_folder.Relances]:
    if opened.path is None:
        raise Refusal(
            "Les brouillons s’écrivent à côté du classeur, qui n’a pas d’emplacement connu sur ce poste "
            "(jamais enregistré, ou ouvert depuis OneDrive ou SharePoint). "
            "Enregistrez-le dans un dossier de l’ordinateur, puis recommencez."
        )
    c = campagne(opened, TABLES)
    result = read_retours(opened, c, day, empty_allowed=True)
    made = relance_folder.prepare(result, c.pilotage, opened.path.parent / FOLDER_NAME, day, c.precedent)
    kept_notes = write(opened, Workbook([made.sheet], "Relances"), day)
    return (
        f"{made.bilan()} Dossier « {FOLDER_NAME} », à côté de ce classeur ; liste : feuille « Relances ».{kept_notes}",
        made,
    )
