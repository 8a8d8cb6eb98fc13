"""« Consolider »: the returns of the folder → the sheets of the open workbook. Reads all, computes, writes all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from cls_workbook.button.click_report import run_action, sheltered
from cls_workbook.button.click_start import OpenCampagne, OpenWorkbook, campagne
from cls_workbook.button.excel_patience import ExcelBusy
from cls_workbook.button.excel_settings import at_rest
from cls_workbook.button.local_formats import local_codes
from cls_workbook.button.open_content import asked
from cls_workbook.button.player import Player
from cls_workbook.engines.local_engines import LocalEngine
from cls_workbook.errors import Refusal
from cls_workbook.french import date_fr
from cls_workbook.pipeline import way_back
from cls_workbook.pipeline.refreshed_workbook import TABLES, workbook_to_draw
from cls_workbook.redrawing.planned_sheets import PlannedSheet
from cls_workbook.redrawing.steps import Step
from cls_workbook.redrawing.whole_drawing import COUNTED_FROM_1904, WholeDrawing
from cls_workbook.reports import table_sheets
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.workbook.description import Workbook, address

if TYPE_CHECKING:
    import xlwings

_WITHOUT_CHARTS = (
    " Les graphiques n’ont pas pu être redessinés par cette version d’Excel ; "
    "ceux de la commande « consolider » sont à jour."
)


def consolider(book: xlwings.Book, day: date | None = None) -> Result | None:
    """Consolidates the folder that Accueil names into the workbook; says in French, there and in an alert,
    what came of it.

    The same on desktop Excel, on xlwings' remote engine and on a test double. A second call replaces what the first
    wrote; what the coordinator typed stays. ``day``: date of the consolidation (default: today). None, and no sheet but
    the message has changed, if it was refused.
    """
    return run_action(book, "Consolider", lambda opened: _consolidate(opened, day or date.today()))


def controler(book: xlwings.Book, day: date | None = None) -> Result | None:
    """The same reading and the same checks; only the sheet Anomalies is written."""
    return run_action(book, "Contrôler", lambda opened: _check(opened, day or date.today()))


def read_retours(opened: OpenWorkbook, c: OpenCampagne, day: date) -> Result:
    """What the conductor makes of the folder. One process: Python started by Excel is not to start others."""
    return way_back.consolidate_folder(
        [c.folder],
        c.contrat,
        c.annee,
        day=day,
        precedent=c.precedent,
        pilotage=c.pilotage,
        depuis=opened.path,
        engine=LocalEngine(1),
    )


def _consolidate(opened: OpenWorkbook, day: date) -> tuple[str, Result]:
    result = read_retours(opened, campagne(opened, TABLES), day)
    kept_notes = write(opened, workbook_to_draw(opened.contents, result), day)
    opened.write("derniere", datetime(day.year, day.month, day.day))
    opened.write("bilan", result.bilan())
    return f"consolidation du {date_fr(day)}. {result.bilan()}{kept_notes}", result


def _check(opened: OpenWorkbook, day: date) -> tuple[str, Result]:
    result = read_retours(opened, campagne(opened, TABLES), day)
    footer = f"{result.contrat.nom_court} · contrôle {result.annee} du {date_fr(day)}"
    sheet = table_sheets.sheet(consolidation_workbook.anomalies_table(result), footer)
    kept_notes = write(opened, Workbook([sheet], footer), day)
    following = "Seule la feuille « Anomalies » a changé : consolidez pour mettre à jour les totaux."
    return f"contrôle du {date_fr(day)}. {result.bilan()} {following}{kept_notes}", result


def write(opened: OpenWorkbook, workbook: Workbook, day: date) -> str:
    """Writes the sheets into the workbook; what there is to say of it, "" if nothing."""
    contents = opened.contents
    if asked(lambda: opened.book.api.Date1904):
        raise Refusal(COUNTED_FROM_1904)
    drawing = WholeDrawing.of(contents, workbook, opened.accueil.nom)
    player = Player(opened.book, opened.patience, opened.patience(local_codes, opened.book, contents))
    _try_each_sheet(player, drawing.planned)
    with sheltered(opened), at_rest(opened.book, opened.patience):
        player.play(drawing.steps(day))
    return "".join(drawing.remarks()) + (_WITHOUT_CHARTS if player.without_charts else "")


def _try_each_sheet(player: Player, planned: Sequence[PlannedSheet]) -> None:
    """Where nobody says whether a sheet is protected, it is seen before anything has changed."""
    for one in planned:
        if one.content is None or one.content.protected is not None:
            continue
        try:
            player.play([Step("touch", one.nom, (address(*one.start),))])
        except ExcelBusy:
            raise
        except Exception as error:  # each engine has its own
            raise Refusal(
                f"La feuille « {one.nom} » n’accepte aucune écriture ({error}) : rien n’a été écrit. "
                "Ôtez sa protection (onglet Révision), puis recommencez."
            ) from error
