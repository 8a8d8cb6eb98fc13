"""The Synthèse: the portrait of a year, as the ARS reads it. One printed sheet, native charts, nothing hidden.

What it shows is already fit to leave: small counts are masked, no file is named, and what designates a person is taken
out of every text. The copy sent to the ARS is this same sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import permutations
from typing import NamedTuple

from cls_workbook.domain.announced.evaluations import MADE
from cls_workbook.french import date_fr, how_many, typography
from cls_workbook.personal_data import without_personal_data
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.dashboard.dashboard_page import dashboard
from cls_workbook.reports.synthese.dashboard.fiche_lights import numbered
from cls_workbook.reports.synthese.fiche_blocks import fiches
from cls_workbook.reports.synthese.logos import Logo
from cls_workbook.reports.synthese.logos import draw as draw_logos
from cls_workbook.reports.synthese.measure_charts import measures_over_time
from cls_workbook.reports.synthese.regional.noyau_section import regional_questions
from cls_workbook.reports.synthese.synthese_money import Section, money
from cls_workbook.reports.synthese.synthese_pieces import (
    BEFORE_BAND,
    CENTRED,
    MUTED,
    PAGE_HEIGHT,
    RATE,
    STRONG,
    UNITS,
    WHOLE,
    Board,
    PrintedColumn,
    StyledBox,
    rows_of,
    without_empty,
)
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.synthese_reserves import reserves
from cls_workbook.reports.synthese.synthese_targets import targets
from cls_workbook.reports.synthese.synthese_totals import totals
from cls_workbook.reports.synthese.territory_grid import territories
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook.description import Cell, Sheet

NAME = "Synthèse"
PAGES = 10  # that a reader takes
OUT_OF_REACH = 13  # pages that no shortening brings to ten


class Terseness(NamedTuple):
    """``most_blank``: points that a page may leave so as not to cut a fiche; ``whole``: whether all that the contract
    wants of a fiche is recalled; ``comparisons``: measures that are compared with their past."""

    most_blank: float
    whole: bool
    comparisons: int


AT_EASE, TIGHT = Terseness(110.0, True, 15), Terseness(70.0, True, 15)
SHORTENED = (Terseness(70.0, False, 15), Terseness(70.0, False, 8))


def sheet(result: Result, logos: Sequence[Logo] = ()) -> Sheet:
    """The sheet, drawn. Masked and without personal data, whoever reads it. ``logos``: at its head.

    A fiche is cut between its figures and its texts where a fifth of a page would be left blank; sooner, where that
    saves a page of those beyond the tenth. What the contract and the consolidation say elsewhere is shortened where
    the report then holds on ten pages.
    """
    portrait = Portrait(result)
    drawn = _drawn(portrait, logos, AT_EASE)
    if _pages(drawn) > PAGES:
        tight = _drawn(portrait, logos, TIGHT)
        drawn = tight if _pages(tight) < _pages(drawn) else drawn
    for terseness in SHORTENED if PAGES < _pages(drawn) < OUT_OF_REACH else ():
        shortened = _drawn(portrait, logos, terseness)
        if _pages(shortened) <= PAGES:
            return shortened
    return drawn


def _pages(drawn: Sheet) -> int:
    return len(drawn.print_setup.page_breaks) + 1


def _drawn(portrait: Portrait, logos: Sequence[Logo], terseness: Terseness) -> Sheet:
    result, board = portrait.result, Board(NAME)
    portrait.notes = {}  # numbered as they are met, in each drawing
    _banner(board, result)
    _title(board, result)
    draw_logos(board, logos)
    dashboard(board, portrait)
    if portrait.contrat.fiches:  # without any, a page holds the report
        board.next_page()
    fiches(board, portrait, terseness.most_blank, terseness.whole)
    targets(board, portrait)
    regional_questions(board, portrait)
    measures_over_time(board, portrait, terseness.comparisons)
    after_maquette = money(board, portrait)
    _where_they_fit(board, portrait, (*after_maquette, totals, _governance, territories))
    _clauses(board, "Ce que le contrat rappelle", portrait.contrat.printed.rappels)
    _clauses(board, "Partenaires associés au contrat", portrait.contrat.printed.partenaires_associes)
    reserves(board, portrait)
    board.sheet.cells = [_anonymized(c) for c in board.sheet.cells]  # once more, for what the contract itself says
    return board.finish(f"{result.contrat.nom_court} · synthèse {result.year_name} · {result.etat}")


def _where_they_fit(board: Board, portrait: Portrait, sections: Sequence[Section]) -> None:
    """In the order that leaves the least blank; in theirs, where no other does better."""
    heights = {section: _height(section, portrait) for section in sections}

    def end(order: Sequence[Section]) -> tuple[int, float]:
        page, top = 0, board.top
        for section in order:
            if top + heights[section] > PAGE_HEIGHT:
                page, top = page + 1, board.sheet.heights.get(1, 0) - BEFORE_BAND
            top += heights[section]
        return page, top

    for section in min(permutations(sections), key=end):
        section(board, portrait)


def _height(section: Section, portrait: Portrait) -> float:
    """Points that it takes, drawn on a page of its own, which is thrown away."""
    notes = {texte: {f: [*subjects] for f, subjects in fiches.items()} for texte, fiches in portrait.notes.items()}
    alone = Board(NAME)
    section(alone, portrait)
    portrait.notes = notes
    return sum(alone.sheet.heights.values())


def _anonymized(cell: Cell) -> Cell:
    return cell._replace(valeur=without_personal_data(cell.valeur)) if isinstance(cell.valeur, str) else cell


# --- Heading ----------------------------------------------------------------------------------------------------------


def _banner(board: Board, result: Result) -> None:
    received, expected_returns = result.received_and_expected()
    returns = f"{how_many(received, 'retour reçu')} sur {expected_returns}{result.set_aside()}"
    right = f"{result.etat} · consolidation du {date_fr(result.day)} · {returns}"
    board.banner(f"{result.contrat.nom_court} · synthèse {result.year_name}", 16, right)


def _title(board: Board, result: Result) -> None:
    contrat = result.contrat
    state = "etat_bon:centre" if result.validated_on else "etat_attention:centre"
    board.row(28, (29, contrat.titre, "titre"), (7, result.etat, state))
    what = (f"Synthèse annuelle {result.year_name}", contrat.type, contrat.territoire)
    board.row(18, (UNITS, " · ".join((*what, f"consolidation du {date_fr(result.day)}")), "sous_titre"))


# --- What the contract says of its money and perimeter ----------------------------------------------------------------


def _clauses(board: Board, titre: str, clauses: Sequence[str]) -> None:
    """One paragraph."""
    if clauses:
        board.sentences([typography(f"{titre} : {' ; '.join(texte.rstrip('.') for texte in clauses)}.")])


# --- Governance and territory -----------------------------------------------------------------------------------------


def _governance(board: Board, portrait: Portrait) -> None:
    columns = (
        PrintedColumn("Instance", 8, STRONG, partial(_instance, portrait)),
        PrintedColumn("Minimum par an", 3, WHOLE, "Minimum par an"),
        PrintedColumn(f"Réunions tenues {portrait.year_label()}", 3, WHOLE, "Réunions tenues"),
        PrintedColumn("Minimum respecté", 4, of=_compliance),
        PrintedColumn("Structures conviées", 3, WHOLE, "Conviés"),
        PrintedColumn("Structures présentes", 3, WHOLE, "Présents"),
        PrintedColumn("Taux de participation", 3, RATE, "Taux de participation"),
        PrintedColumn("Réserve", 9, MUTED, "Réserve"),
    )
    rows = rows_of(columns, frame_records(portrait.result.summaries.gouvernance))
    absent = "Ce contrat ne décrit aucune instance."
    board.section("Gouvernance et mobilisation", columns, rows, absent=absent, following=70)
    _evaluations(board, portrait)
    if general := portrait.result.notes.decisions.get(""):
        board.sous_titre("Décisions et avis sur l’ensemble du contrat")
        board.sentences([general])


def _evaluations(board: Board, portrait: Portrait) -> None:
    """Those that the contract plans this year; nothing in the other years."""
    columns = (
        PrintedColumn("Évaluation", 6, STRONG, "Évaluation"),
        PrintedColumn("Faite par", 6, of="Faite par"),
        PrintedColumn("Ce qu’elle regarde", 7, of="Ce qu’elle regarde"),
        PrintedColumn("État", 4, of=_state_of_evaluation),
        PrintedColumn("Rendue le", 3, CENTRED, lambda e: date_fr(e["Rendue le"]) or None),
        PrintedColumn("Ce qu’elle dit", 10, of="Ce qu’elle dit"),
    )
    if rows := rows_of(columns, frame_records(portrait.result.summaries.evaluations)):
        board.sous_titre(f"Évaluations prévues en {portrait.year_label()}")
        board.sheet_table(*without_empty(columns, rows))


def _state_of_evaluation(evaluation: Row) -> StyledBox:
    etat = evaluation["État"]
    style = {None: "absent", MADE: "bon"}.get(etat, "attention")
    return StyledBox(etat or "non renseigné", f"etat_{style}:petit_centre")


def _instance(portrait: Portrait, row: Row) -> str:
    """Its name; the fiches that it follows, where it is a working group."""
    fiches = [f for i in portrait.contrat.announced.instances if i.nom == row["Instance"] for f in i.fiches]
    known = [portrait.contrat.par_fiche[f] for f in fiches if f in portrait.contrat.par_fiche]
    return f"{row['Instance']} ({numbered(known)})" if known else str(row["Instance"])


def _compliance(instance: Row) -> StyledBox:
    held, minimum = instance["Réunions tenues"], instance["Minimum par an"]
    if held is None:
        return StyledBox("non renseigné", "etat_absent:petit_centre")
    if held >= (minimum or 0):
        return StyledBox("oui", "etat_bon:petit_centre")
    return StyledBox("non", "etat_mauvais:petit_centre")
