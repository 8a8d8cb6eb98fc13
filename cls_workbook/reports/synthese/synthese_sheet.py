"""The Synthèse: the portrait of a year, as the ARS reads it. One printed sheet, native charts, nothing hidden.

What it shows is already fit to leave: small counts are masked, no file is named, and what designates a person is taken
out of every text. The copy sent to the ARS is this same sheet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING
from cls_workbook.domain.wording import SHARED_PAYER, payer
from cls_workbook.french import NBSP, amount_fr, date_fr, how_many
from cls_workbook.personal_data import without_personal_data
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.synthese_fiches import evolution, fiches, statements
from cls_workbook.reports.synthese.synthese_money import money
from cls_workbook.reports.synthese.synthese_pieces import (
    MUTED,
    PAGE_HEIGHT,
    RATE,
    STRONG,
    UNITS,
    WHOLE,
    Board,
    Card,
    PrintedColumn,
    StyledBox,
    rows_of,
)
from cls_workbook.reports.synthese.synthese_portrait import Portrait, appearance, by_axe
from cls_workbook.reports.synthese.synthese_reserves import reserves
from cls_workbook.reports.synthese.synthese_targets import targets
from cls_workbook.reports.synthese.synthese_totals import totals
from cls_workbook.summaries.balances.remainders import paid_beside_engaged
from cls_workbook.summaries.progress import TO_BE_SCHEDULED, WITHOUT_RETOUR, completion_rate
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
    _figures(board, portrait)
    _avancement(board, portrait)
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
    board.empty(6)
    state = "etat_bon:centre" if result.validated_on else "etat_attention:centre"
    board.row(34, (29, contrat.titre, "titre"), (7, result.etat, state))
    what = (f"Synthèse annuelle {result.year_name}", contrat.type, contrat.territoire)
    board.row(22, (UNITS, " · ".join((*what, f"consolidation du {date_fr(result.day)}")), "sous_titre"))
    _logos(board, [s.nom for s in contrat.signataires])


def _logos(board: Board, names: list[str]) -> None:
    """A frame for each signatory's logo, in as few even rows as possible."""
    if not names:
        return
    by_rank = -(-len(names) // -(-len(names) // LOGOS_PER_ROW))
    bounds = [round(rank * UNITS / by_rank) for rank in range(by_rank + 1)]
    wide = [end - start for start, end in pairwise(bounds)]
    board.empty(4)
    for start in range(0, len(names), by_rank):
        board.row(52, *((w, nom, "cadre_logo") for w, nom in zip(wide, names[start : start + by_rank], strict=False)))
    board.row(15, (UNITS, "Emplacements des logos des signataires.", "aide_ligne"))


# --- Key figures ------------------------------------------------------------------------------------------------------


def _figures(board: Board, portrait: Portrait) -> None:
    board.band(f"L’année {portrait.year_label()} en chiffres", following=170)
    board.empty(6)
    board.cards(_activity_cards(portrait))
    board.empty(6)
    board.cards(_money_cards(portrait))


def _activity_cards(portrait: Portrait) -> list[Card]:
    result, contrat, summaries = portrait.result, portrait.contrat, portrait.result.summaries
    received, expected_returns = result.received_and_expected()
    answered = sum(portrait.etat(f) != WITHOUT_RETOUR for f in contrat.fiches)
    taux = completion_rate(contrat, summaries.avancement)
    blocking, to_confirm = result.alerts(BLOCKING), result.alerts(A_CONFIRMER)
    touched = Counter(summaries.territoire["type"])
    communes = touched["commune"] if len(summaries.territoire) else None
    open_points = f", {how_many(len(result.notes.a_preciser), 'point')} à préciser" if result.notes.a_preciser else ""
    announced = f", {len(contrat.a_programmer)} à programmer" if contrat.a_programmer else ""
    strict = f"{how_many(taux.fully_done, 'réalisée')} en totalité sur {taux.programmed} programmées"
    wide = f"{taux.fully_done + taux.partly_done} en totalité ou en partie sur {taux.programmed} programmées"
    outside = f"valeurs hors des totaux{NBSP}; {how_many(to_confirm, 'autre')} à confirmer"
    return [
        Card("Retours reçus", received, "cle_entier", f"sur {expected_returns} attendus{open_points}"),
        Card("Fiches renseignées", answered, "cle_entier", f"sur {len(contrat.fiches)} actives{announced}"),
        Card("Taux de réalisation strict", taux.strict, "cle_taux", strict),
        Card("Taux de réalisation large", taux.wide, "cle_taux", wide),
        Card("Alertes bloquantes", blocking, "cle_entier", outside, alert=bool(blocking)),
        Card("Communes touchées", communes, "cle_entier", _territory_note(portrait, touched["qpv"])),
    ]


def _territory_note(portrait: Portrait, neighbourhoods: int) -> str:
    communes, qpv = len(portrait.contrat.communes), len(portrait.contrat.qpv_in(portrait.annee))
    parts = [f"sur {communes}"] * bool(communes) + [f"{neighbourhoods} QPV sur {qpv}"] * bool(qpv)
    return f"{NBSP}; ".join(parts) or "territoire non renseigné"


def _money_cards(portrait: Portrait) -> list[Card]:
    """The levels of the maquette side by side: none is added to another."""
    total = next(iter(frame_records(portrait.result.summaries.totaux)), {})
    money_rows = portrait.money.values()
    funded = [a for a in money_rows if a["Montant contrat"] is not None]
    without_amount = not funded  # the contract gives its money as a whole: every fiche may draw on it
    funded = funded or list(money_rows)
    costs = [a["Coût réalisé"] for a in money_rows]

    def on(column: str) -> str:
        known = sum(a[column] is not None for a in funded)
        endowed = "" if without_amount else f" dotée{'s' * (known > 1)}"
        said = [f"connu pour {how_many(known, 'fiche')}{endowed} sur {len(funded)}"]
        elsewhere = [a[column] for a in money_rows if a["Montant contrat"] is None and a[column]]
        if elsewhere and not without_amount:
            said.append(f"dont {amount_fr(total_of(elsewhere))} sur {how_many(len(elsewhere), 'fiche')} sans montant")
        if column == "Versé":
            said += filter(None, [paid_beside_engaged(money_rows)])
            if (left := portrait.left_to_pay.montant) is not None:
                said.append(f"reste à verser depuis le début{NBSP}: {amount_fr(left)}")
        return f"{NBSP}; ".join(said)

    annee, who = portrait.year_label(), payer(portrait.contrat)
    prevu = f"{who} : prévu{'' if who == SHARED_PAYER else ' au contrat'}"
    whole = f"maquette, toute la durée{NBSP}; "
    whole += "aucun montant par fiche" if without_amount else f"{len(funded)} fiches dotées"
    spent = how_many(sum(c is not None for c in costs), "fiche")
    return [
        Card(prevu, total.get("Contrat"), "cle_montant", whole),
        *(
            Card(f"{who} : {column.lower()} {annee}", total.get(column), "cle_montant", on(column))
            for column in ("Programmé", "Engagé", "Versé")
        ),
        Card(
            "Reste à engager",
            portrait.left_to_engage.montant,
            "cle_montant",
            f"{NBSP}; ".join(filter(None, ("depuis le début", portrait.left_to_engage.reserve))),
        ),
        Card(
            f"Coût réalisé {annee}",
            total_of(costs),
            "cle_montant",
            f"tous financeurs{NBSP}; connu pour {spent} sur {len(costs)}",
        ),
    ]


# --- Progress by axe --------------------------------------------------------------------------------------------------


def _avancement(board: Board, portrait: Portrait) -> None:
    """How many fiches of each axe are in each état: a table, and beside it the chart that reads it."""
    groups = by_axe(portrait.contrat)
    points = max(205.0, 60.0 + 28 * len(groups))
    left = PAGE_HEIGHT - board.top - 38  # once the band is there
    if 0.75 * points <= left < points:
        points = left  # rather than a page of its own
    board.band("L’avancement par axe", following=points)
    if not groups:
        return board.note("Ce contrat ne décrit ni axe ni fiche.")
    if not any(g.fiches or g.a_programmer for g in groups):
        return board.note(f"{_without_fiche(portrait)} Axes : {' ; '.join(g.titre for g in groups)}.")
    listes = portrait.contrat.listes
    counts = [Counter([*map(portrait.etat, g.fiches), *[TO_BE_SCHEDULED] * len(g.a_programmer)]) for g in groups]
    totals_ = sum(counts, Counter())
    etats = [e for e in (*listes.etats, WITHOUT_RETOUR, TO_BE_SCHEDULED) if totals_[e]]
    columns = [
        PrintedColumn("Axe", 8, STRONG),
        *(PrintedColumn(e[0].upper() + e[1:], 2, "dense:entier_tiret") for e in etats),
    ]
    board.empty(4)
    board.table_and_bars(
        columns,
        [[g.titre, *(c[e] for e in etats)] for g, c in zip(groups, counts, strict=True)],
        "Fiches par état",
        [appearance(listes, e)[1] for e in etats],
        points,
        f"Barres empilées : nombre de fiches de chaque axe selon leur état. "
        f"{' ; '.join(f'{totals_[e]} {e.lower()}' for e in etats)}.",
        "entier_sans_zero",
        stacked=True,
    )


def _without_fiche(portrait: Portrait) -> str:
    announced = portrait.contrat.actions_annoncees
    return "Ce contrat ne décrit encore aucune fiche." + (f" Il annonce {announced} actions." if announced else "")


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
