"""The Synthèse: the portrait of a year, as the ARS reads it. One printed sheet, native charts, nothing hidden.

What it shows is already fit to leave: small counts are masked, no file is named, and what designates a person is taken
out of every text. The copy sent to the ARS is this same sheet.
"""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.french import date_fr
from cls_workbook.personal_data import without_personal_data
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.dashboard.dashboard_page import dashboard
from cls_workbook.reports.synthese.synthese_fiches import evolution, fiches, statements
from cls_workbook.reports.synthese.synthese_money import money
from cls_workbook.reports.synthese.synthese_pieces import (
    MUTED,
    RATE,
    STRONG,
    UNITS,
    WHOLE,
    Board,
    PrintedColumn,
    StyledBox,
    rows_of,
)
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.synthese_reserves import reserves
from cls_workbook.reports.synthese.synthese_targets import targets
from cls_workbook.reports.synthese.synthese_totals import totals
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook.description import Cell, Sheet

NAME = "Synthèse"
LOGOS_PER_ROW = 7


def sheet(result: Result) -> Sheet:
    """The sheet, drawn. Masked and without personal data, whoever reads it."""
    portrait, board = Portrait(result), Board(NAME)
    result = portrait.result
    _banner(board, result)
    _title(board, result)
    dashboard(board, portrait)
    board.next_page()
    fiches(board, portrait)
    targets(board, portrait)
    evolution(board, portrait)
    money(board, portrait)
    _clauses(board, "Ce que le contrat rappelle", portrait.contrat.rappels)
    totals(board, portrait)
    _governance(board, portrait)
    _territoire(board, portrait)
    _clauses(board, "Partenaires associés au contrat", portrait.contrat.partenaires_associes)
    statements(board, portrait)
    reserves(board, portrait)
    board.sheet.cells = [_anonymized(c) for c in board.sheet.cells]  # once more, for what the contract itself says
    return board.finish(f"{result.contrat.nom_court} · synthèse {result.year_name} · {result.etat}")


def _anonymized(cell: Cell) -> Cell:
    return cell._replace(valeur=without_personal_data(cell.valeur)) if isinstance(cell.valeur, str) else cell


# --- Heading ----------------------------------------------------------------------------------------------------------


def _banner(board: Board, result: Result) -> None:
    received, expected_returns = result.received_and_expected()
    right = f"{result.etat} · consolidation du {date_fr(result.day)} · {received} retours reçus sur {expected_returns}"
    board.banner(f"{result.contrat.nom_court} · synthèse {result.year_name}", 16, right)


def _title(board: Board, result: Result) -> None:
    contrat = result.contrat
    state = "etat_bon:centre" if result.validated_on else "etat_attention:centre"
    board.row(28, (29, contrat.titre, "titre"), (7, result.etat, state))
    what = (f"Synthèse annuelle {result.year_name}", contrat.type, contrat.territoire)
    board.row(18, (UNITS, " · ".join((*what, f"consolidation du {date_fr(result.day)}")), "sous_titre"))


# --- What the contract says of its money and perimeter ----------------------------------------------------------------


def _clauses(board: Board, titre: str, clauses: Sequence[str]) -> None:
    if clauses:
        board.sous_titre(titre, following=22 * len(clauses))
        board.sentences([f"• {texte}" for texte in clauses])


# --- Governance and territory -----------------------------------------------------------------------------------------


def _governance(board: Board, portrait: Portrait) -> None:
    columns = (
        PrintedColumn("Instance", 8, STRONG, "Instance"),
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
    if general := portrait.result.notes.decisions.get(""):
        board.sous_titre("Décisions et avis sur l’ensemble du contrat")
        board.sentences([general])


def _compliance(instance: Row) -> StyledBox:
    held, minimum = instance["Réunions tenues"], instance["Minimum par an"]
    if held is None:
        return StyledBox("non renseigné", "etat_absent:petit_centre")
    if held >= (minimum or 0):
        return StyledBox("oui", "etat_bon:petit_centre")
    return StyledBox("non", "etat_mauvais:petit_centre")


def _territoire(board: Board, portrait: Portrait) -> None:
    """Communes and QPV in three columns of names, each with the fiches that reached it."""
    contrat = portrait.contrat
    touched = {(r["type"], r["nom"]): r for r in frame_records(portrait.result.summaries.territoire)}
    known = [("commune", c.nom) for c in contrat.communes], [("qpv", q.nom) for q in contrat.qpv_in(portrait.annee)]
    autres = [cle for cle in touched if cle not in known[0] and cle not in known[1]]
    titre = "Communes et quartiers prioritaires touchés"
    if not touched:
        board.band(titre, following=30)
        return board.note("Aucun retour ne dit quelles communes ni quels quartiers ont été touchés.")
    board.band(titre, following=60 + 9 * len(contrat.communes))
    for titre, keys in (
        ("Communes", known[0]),
        ("Quartiers prioritaires (QPV)", known[1]),
        ("Hors du territoire du contrat", autres),
    ):
        if keys:
            reached = sum(c in touched for c in keys)
            board.sous_titre(f"{titre} : {reached} sur {len(keys)}" if keys is not autres else titre)
            _three_columns(board, [(nom, touched.get((type_, nom))) for type_, nom in keys])


def _three_columns(board: Board, locations: list[tuple[str, Row | None]]) -> None:
    columns = (PrintedColumn("Nom", 5, STRONG), PrintedColumn("Fiches", 2, WHOLE), PrintedColumn("Lesquelles", 5)) * 3
    boxes = [
        [nom, reach["fiches"], reach["numeros"]]
        if reach
        else [StyledBox(nom, MUTED), None, StyledBox("non cité", MUTED)]
        for nom, reach in locations
    ]
    by_column = -(-len(locations) // 3)
    boxes += [[None, None, None]] * (3 * by_column - len(boxes))
    board.sheet_table(
        columns, [[*boxes[r], *boxes[r + by_column], *boxes[r + 2 * by_column]] for r in range(by_column)]
    )
