"""« Consolider »: the returns of the folder → the sheets of the open workbook. Reads all, computes, writes all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from cls_workbook.redrawing import last_drawing
from cls_workbook.redrawing.kept_notes import OrphanNote, written
from cls_workbook.redrawing.planned_sheets import PlannedSheet, prepare, refuse_protected
from cls_workbook.redrawing.sheet_steps import DrawnSheet, draw
from cls_workbook.redrawing.standing_sheet import StandingSheet
from cls_workbook.redrawing.steps import Step, on
from cls_workbook.reports import table_sheets
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.tables import consolidation_tables
from cls_workbook.workbook.description import CellRange, Workbook, address

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
    contents = opened.contents
    if asked(lambda: opened.book.api.Date1904):
        raise Refusal(
            "Ce classeur compte les jours depuis 1904, comme d’anciens Mac : ses dates seraient fausses de quatre ans, "
            "rien n’a été écrit. Décochez « Utiliser le calendrier depuis 1904 » (Options, Options avancées), "
            "puis recommencez."
        )
    planned = prepare(contents, workbook)
    drawn = [d for p in planned for d in draw(p, contents, last_drawing.read(contents))]
    orphans = [(p.nom, o) for p in planned if p.neighbours for o in p.neighbours.orphans]
    names = {d.nom for d in drawn} | {opened.accueil.nom, last_drawing.SHEET} | ({NOTES} if orphans else set())
    refuse_protected(contents.values(), names)
    player = Player(opened.book, opened.patience, opened.patience(local_codes, opened.book, contents))
    _try_each_sheet(player, planned)
    with sheltered(opened), at_rest(opened.book, opened.patience):
        _play(player, contents, drawn, _kept_notes(contents, orphans, day))
    return _remarks(drawn, len(orphans), player)


def _try_each_sheet(player: Player, planned: list[PlannedSheet]) -> None:
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


def _play(
    player: Player, contents: Mapping[str, StandingSheet], drawn: Sequence[DrawnSheet], notes: Sequence[Step]
) -> None:
    steps = [step for one in drawn for step in one.steps]
    if not steps and not notes:
        return
    traces = last_drawing.read(contents) | {one.nom: one.trace for one in drawn}
    player.play([*last_drawing.forgotten(contents), *steps, *notes, *last_drawing.remembered(contents, traces)])


def _remarks(drawn: Sequence[DrawnSheet], notes: int, player: Player) -> str:
    sentences = []
    if notes:
        s = "s" * (notes > 1)
        sentences.append(f" {notes} note{s} dont la ligne a disparu : voir la feuille « {NOTES} ».")
    for one in drawn:
        if one.lost_filters:
            columns = ", ".join(f"« {titre} »" for titre in one.lost_filters)
            sentences.append(f" Feuille « {one.nom} » : filtre ôté (colonne {columns}), il ne montrerait plus rien.")
    if player.without_charts:
        sentences.append(
            " Les graphiques n’ont pas pu être redessinés par cette version d’Excel ; "
            "ceux de la commande « consolider » sont à jour."
        )
    return "".join(sentences)


def _kept_notes(
    contents: Mapping[str, StandingSheet], orphans: Sequence[tuple[str, OrphanNote]], day: date
) -> list[Step]:
    """Appends the notes whose row is gone to a sheet that only grows."""
    if not orphans:
        return []
    content = contents.get(NOTES)
    lines = [[nom, o.line, o.column, written(o.note), date_fr(day)] for nom, o in orphans]
    if content is None:
        lines.insert(0, list(_NOTE_HEADERS))
    first = len(content.lines) + 1 if content else 1
    zone = CellRange(first, 1, first + len(lines) - 1, len(_NOTE_HEADERS))
    return [
        *([] if content else [Step("add_sheet", NOTES)]),
        on(NOTES, "format", [zone], ("number_format", "@")),
        on(NOTES, "values", [zone], lines),
    ]
