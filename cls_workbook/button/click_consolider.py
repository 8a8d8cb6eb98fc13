"""« Consolider »: the returns of the folder → the sheets of the open workbook. Reads all, computes, writes all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from cls_workbook.button import open_renderer
from cls_workbook.button.click_report import run_action, sheltered, without_flicker
from cls_workbook.button.click_start import OpenCampagne, OpenWorkbook, campagne
from cls_workbook.button.kept_notes import OrphanNote, written
from cls_workbook.engines.local_engines import LocalEngine
from cls_workbook.french import date_fr
from cls_workbook.pipeline import way_back
from cls_workbook.reports import table_sheets
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.tables import consolidation_tables
from cls_workbook.workbook.description import Workbook

if TYPE_CHECKING:
    import xlwings

# The tables that the tool writes: what they hold was typed by partners, and is never read as a coordinator's input.
TABLES = frozenset((*consolidation_tables.SHEETS, "Relances"))
NOTES = "Notes conservées"
_NOTE_HEADERS = ("Feuille", "Ligne", "Colonne", "Note", "Conservée le")


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
    kept_notes = write(opened, _workbook(opened, result), day)
    opened.write("derniere", datetime(day.year, day.month, day.day))
    opened.write("bilan", result.bilan())
    return f"consolidation du {date_fr(day)}. {result.bilan()}{kept_notes}", result


def _workbook(opened: OpenWorkbook, result: Result) -> Workbook:
    """The consolidation; and, emptied, the table of replacements that an earlier click wrote and that has no row
    now.
    """
    workbook = consolidation_workbook.workbook(result)
    remaining = any("Remplacements" in c.tables for c in opened.contents.values())
    if remaining and not len(result.tables.remplacements):
        workbook.worksheets.append(
            table_sheets.sheet(consolidation_workbook.replacements_table(result), workbook.titre)
        )
    return workbook


def _check(opened: OpenWorkbook, day: date) -> tuple[str, Result]:
    result = read_retours(opened, campagne(opened, TABLES), day)
    footer = f"{result.contrat.nom_court} · contrôle {result.annee} du {date_fr(day)}"
    sheet = table_sheets.sheet(consolidation_workbook.anomalies_table(result), footer)
    kept_notes = write(opened, Workbook([sheet], footer), day)
    following = "Seule la feuille « Anomalies » a changé : consolidez pour mettre à jour les totaux."
    return f"contrôle du {date_fr(day)}. {result.bilan()} {following}{kept_notes}", result


def write(opened: OpenWorkbook, workbook: Workbook, day: date) -> str:
    """Writes the sheets into the workbook; what there is to say of it, "" if nothing."""
    planned = open_renderer.prepare(opened.contents, workbook)
    with sheltered(opened.book), without_flicker(opened.book):
        write_report = open_renderer.write(opened.book, planned)
        if write_report.lost:
            _keep_notes(opened, write_report.lost, day)
    sentences = []
    if nombre := len(write_report.lost):
        s = "s" * (nombre > 1)
        sentences.append(f" {nombre} note{s} dont la ligne a disparu : voir la feuille « {NOTES} ».")
    if write_report.without_charts:
        sentences.append(
            " Les graphiques n’ont pas pu être redessinés par cette version d’Excel ; "
            "ceux de la commande « consolider » sont à jour."
        )
    return "".join(sentences)


def _keep_notes(opened: OpenWorkbook, lost: Sequence[tuple[str, OrphanNote]], day: date) -> None:
    """Appends the notes whose row is gone to a sheet that only grows."""
    content = opened.contents.get(NOTES)
    if content is None:
        page = opened.book.sheets.add(NOTES, after=opened.book.sheets[len(opened.book.sheets) - 1])
        lines: list[list[object]] = [list(_NOTE_HEADERS)]
    else:
        page, lines = content.sheet, []
    first = len(content.lines) + 1 if content else 1
    lines += [[nom, o.line, o.column, o.note, date_fr(day)] for nom, o in lost]
    zone = page.range((first, 1), (first + len(lines) - 1, len(_NOTE_HEADERS)))
    zone.number_format = "@"
    zone.value = [[written(v) for v in line] for line in lines]
