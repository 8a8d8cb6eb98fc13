"""The Synthèse: the portrait of a year, as the ARS reads it. One printed sheet, native charts, nothing hidden.

What it shows is already fit to leave: small counts are masked, no file is named, and what designates a person is taken
out of every text. The copy sent to the ARS is this same sheet.
"""

from __future__ import annotations

from collections import Counter

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING
from cls_workbook.domain.wording import SHARED_PAYER, payer
from cls_workbook.french import NBSP, date_fr
from cls_workbook.personal_data import without_personal_data
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.synthese_fiches import evolution, fiches, statements
from cls_workbook.reports.synthese.synthese_money import money
from cls_workbook.reports.synthese.synthese_pieces import FIRST, UNITS, Board, Card, PrintedColumn, StyledBox
from cls_workbook.reports.synthese.synthese_portrait import Portrait, appearance, by_axe
from cls_workbook.reports.synthese.synthese_reserves import reserves
from cls_workbook.reports.synthese.synthese_totals import totals
from cls_workbook.summaries.progress import TO_BE_SCHEDULED, WITHOUT_RETOUR, completion_rate
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook.description import Cell, CellRange, ChartSeries, PrintSetup, Sheet

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
    evolution(board, portrait)
    money(board, portrait)
    totals(board, portrait)
    _governance(board, portrait)
    _territoire(board, portrait)
    statements(board, portrait)
    reserves(board, portrait)
    page = board.sheet
    page.cells = [_anonymized(c) for c in page.cells]  # once more, for what the contract itself says
    page.tab_color, page.frozen_at, page.selection = "accent", (1, 0), (1, FIRST)
    page.print_setup = PrintSetup(
        repeated_rows=(1, 1),
        zone=CellRange(1, FIRST, board.line - 1, FIRST + UNITS - 1),
        left_footer=f"{result.contrat.nom_court} · synthèse {result.year_name} · {result.etat}",
        page_breaks=page.print_setup.page_breaks,
    )
    return page


def _anonymized(cell: Cell) -> Cell:
    return cell._replace(valeur=without_personal_data(cell.valeur)) if isinstance(cell.valeur, str) else cell


# --- Heading ----------------------------------------------------------------------------------------------------------


def _banner(board: Board, result: Result) -> None:
    """The row repeated at the top of each printed page."""
    received, expected_returns = result.received_and_expected()
    board.place(0, 16, f"{result.contrat.nom_court} · synthèse {result.year_name}", "courant")
    right = f"{result.etat} · consolidation du {date_fr(result.day)} · {received} retours reçus sur {expected_returns}"
    board.place(16, 20, right, "courant:droite")
    board.advance(20)


def _title(board: Board, result: Result) -> None:
    contrat = result.contrat
    board.empty(6)
    board.place(0, 29, contrat.titre, "titre")
    board.place(29, 7, result.etat, "etat_bon:centre" if result.validated_on else "etat_attention:centre")
    board.advance(34)
    board.place(
        0,
        UNITS,
        f"Synthèse annuelle {result.year_name} · {contrat.type} · {contrat.territoire} · consolidation du "
        f"{date_fr(result.day)}",
        "sous_titre",
    )
    board.advance(22)
    _logos(board, [s.nom for s in contrat.signataires])


def _logos(board: Board, names: list[str]) -> None:
    """A frame for each signatory's logo, in as few even rows as possible."""
    if not names:
        return
    ranks = -(-len(names) // LOGOS_PER_ROW)
    by_rank = -(-len(names) // ranks)
    bounds = [round(rank * UNITS / by_rank) for rank in range(by_rank + 1)]
    board.empty(4)
    for start in range(0, len(names), by_rank):
        for rank, nom in enumerate(names[start : start + by_rank]):
            board.place(bounds[rank], bounds[rank + 1] - bounds[rank], nom, "cadre_logo")
        board.advance(52)
    board.place(0, UNITS, "Emplacements des logos des signataires.", "aide_ligne")
    board.advance(15)


# --- Key figures ------------------------------------------------------------------------------------------------------


def _figures(board: Board, portrait: Portrait) -> None:
    board.band(f"L’année {portrait.year_label()} en chiffres", following=170)
    board.empty(6)
    board.cards(_activity_cards(portrait))
    board.empty(6)
    board.cards(_money_cards(portrait))


def _activity_cards(portrait: Portrait) -> list[Card]:
    result, contrat = portrait.result, portrait.contrat
    received, expected_returns = result.received_and_expected()
    answered = sum(portrait.etat(f) != WITHOUT_RETOUR for f in contrat.fiches)
    taux = completion_rate(contrat, result.summaries.avancement)
    blocking, to_confirm = result.alerts(BLOCKING), result.alerts(A_CONFIRMER)
    touched = Counter(result.summaries.territoire["type"])
    communes, neighbourhoods = touched["commune"], touched["qpv"]
    unknown_ones = (
        f", {len(result.notes.a_preciser)} point{'s' * (len(result.notes.a_preciser) > 1)} à préciser"
        if result.notes.a_preciser
        else ""
    )
    announced = f", {len(contrat.a_programmer)} à programmer" if contrat.a_programmer else ""
    return [
        Card("Retours reçus", received, "cle_entier", f"sur {expected_returns} attendus{unknown_ones}"),
        Card("Fiches renseignées", answered, "cle_entier", f"sur {len(contrat.fiches)} actives{announced}"),
        Card(
            "Taux de réalisation strict",
            taux.strict,
            "cle_taux",
            f"{taux.fully_done} réalisée{'s' * (taux.fully_done > 1)} en totalité sur {taux.programmed} programmées",
        ),
        Card(
            "Taux de réalisation large",
            taux.wide,
            "cle_taux",
            f"{taux.fully_done + taux.partly_done} en totalité ou en partie sur {taux.programmed} programmées",
        ),
        Card(
            "Alertes bloquantes",
            blocking,
            "cle_entier",
            f"valeurs hors des totaux{NBSP}; {to_confirm} autre{'s' * (to_confirm > 1)} à confirmer",
            alert=bool(blocking),
        ),
        Card(
            "Communes touchées",
            communes if len(result.summaries.territoire) else None,
            "cle_entier",
            _territory_note(portrait, neighbourhoods),
        ),
    ]


def _territory_note(portrait: Portrait, neighbourhoods: int) -> str:
    all_known = len(portrait.contrat.communes)
    qpv = len(portrait.contrat.qpv_in(portrait.annee))
    pieces = [f"sur {all_known}"] if all_known else []
    return (
        f"{NBSP}; ".join([*pieces, f"{neighbourhoods} QPV sur {qpv}"] if qpv else pieces) or "territoire non renseigné"
    )


def _money_cards(portrait: Portrait) -> list[Card]:
    """The levels of the maquette side by side: none is added to another."""
    total = next(iter(frame_records(portrait.result.summaries.totaux)), {})
    money_rows = portrait.money.values()
    funded = [a for a in money_rows if a["Montant contrat"] is not None]
    without_amount = not funded  # the contract gives its money as a whole: every fiche may draw on it
    funded = funded or list(money_rows)
    costs, remainders = [a["Coût réalisé"] for a in money_rows], [a["Reste à engager"] for a in funded]

    def on(column: str) -> str:
        known = sum(a[column] is not None for a in funded)
        statements = "" if without_amount else f" dotée{'s' * (known > 1)}"
        return f"connu pour {known} fiche{'s' * (known > 1)}{statements} sur {len(funded)}"

    annee, who = portrait.year_label(), payer(portrait.contrat)
    known = sum(c is not None for c in costs)
    return [
        Card(
            f"{who} : prévu{'' if who == SHARED_PAYER else ' au contrat'}",
            total.get("Contrat"),
            "cle_montant",
            f"maquette, toute la durée{NBSP}; "
            + ("aucun montant par fiche" if without_amount else f"{len(funded)} fiches dotées"),
        ),
        Card(f"{who} : programmé {annee}", total.get("Programmé"), "cle_montant", on("Programmé")),
        Card(f"{who} : engagé {annee}", total.get("Engagé"), "cle_montant", on("Engagé")),
        Card(f"{who} : versé {annee}", total.get("Versé"), "cle_montant", on("Versé")),
        Card("Reste à engager", total_of(remainders), "cle_montant", on("Reste à engager")),
        Card(
            f"Coût réalisé {annee}",
            total_of(costs),
            "cle_montant",
            f"tous financeurs{NBSP}; connu pour {known} fiche{'s' * (known > 1)} sur {len(costs)}",
        ),
    ]


# --- Progress by axe --------------------------------------------------------------------------------------------------


def _avancement(board: Board, portrait: Portrait) -> None:
    """How many fiches of each axe are in each état: a table, and beside it the chart that reads it."""
    groups = by_axe(portrait.contrat)
    points = max(205.0, 60.0 + 28 * len(groups))
    board.band("L’avancement par axe", following=points)
    if groups and not any(fiches_ or titles for _, _, fiches_, titles in groups):
        board.sentences(
            [f"{_without_fiche(portrait)} Axes : {' ; '.join(titre for _, titre, _, _ in groups)}."], "dense_doux"
        )
        return
    if not groups:
        board.sentences(["Ce contrat ne décrit ni axe ni fiche."], "dense_doux")
        return
    listes = portrait.contrat.listes
    counts = [
        [*(portrait.etat(f) for f in fiches_), *[TO_BE_SCHEDULED] * len(titles)] for _, _, fiches_, titles in groups
    ]
    etats = [e for e in (*listes.etats, WITHOUT_RETOUR, TO_BE_SCHEDULED) if any(e in c for c in counts)]
    columns = [
        PrintedColumn("Axe", 8, "dense_fort"),
        *(PrintedColumn(e[0].upper() + e[1:], 2, "dense:entier_tiret") for e in etats),
    ]
    board.empty(4)
    top, wide = board.line, sum(c.unites for c in columns)
    lines = board.sheet_table(
        columns,
        [[titre, *(c.count(e) for e in etats)] for (_, titre, _, _), c in zip(groups, counts, strict=True)],
        may_split=False,
    )
    end, board.line = board.line, top
    series = [
        ChartSeries(
            column.titre, board.cell_range(lines, 0), board.cell_range(lines, 8 + 2 * rank), appearance(listes, etat)[1]
        )
        for rank, (column, etat) in enumerate(zip(columns[1:], etats, strict=True))
    ]
    sentence = " ; ".join(f"{sum(c.count(e) for c in counts)} {e.lower()}" for e in etats)
    board.chart(
        wide + 1,
        UNITS - wide - 1,
        points,
        "barres",
        "Fiches par état",
        series,
        f"Barres empilées : nombre de fiches de chaque axe selon leur état. {sentence}.",
        stacked=True,
        value_format="entier_sans_zero",
    )
    board.line = end
    board.complete(top, points)


def _without_fiche(portrait: Portrait) -> str:
    announced = portrait.contrat.actions_annoncees
    return "Ce contrat ne décrit encore aucune fiche." + (f" Il annonce {announced} actions." if announced else "")


# --- Governance and territory -----------------------------------------------------------------------------------------


def _governance(board: Board, portrait: Portrait) -> None:
    board.band("Gouvernance et mobilisation", following=70)
    instances = frame_records(portrait.result.summaries.gouvernance)
    if not instances:
        board.sentences(["Ce contrat ne décrit aucune instance."], "dense_doux")
    else:
        columns = (
            PrintedColumn("Instance", 8, "dense_fort"),
            PrintedColumn("Minimum par an", 3, "dense:entier_cale"),
            PrintedColumn(f"Réunions tenues {portrait.year_label()}", 3, "dense:entier_cale"),
            PrintedColumn("Minimum respecté", 4),
            PrintedColumn("Structures conviées", 3, "dense:entier_cale"),
            PrintedColumn("Structures présentes", 3, "dense:entier_cale"),
            PrintedColumn("Taux de participation", 3, "dense:taux_cale"),
            PrintedColumn("Réserve", 9, "dense_doux"),
        )
        board.sheet_table(columns, [_instance(i) for i in instances])
    if general := portrait.result.notes.decisions.get(""):
        board.sous_titre("Décisions et avis sur l’ensemble du contrat")
        board.sentences([general])


def _instance(i: Row) -> list[object]:
    held, minimum = i["Réunions tenues"], i["Minimum par an"]
    if held is None:
        compliance = StyledBox("non renseigné", "etat_absent:petit_centre")
    else:
        compliance = (
            StyledBox("oui", "etat_bon:petit_centre")
            if held >= (minimum or 0)
            else StyledBox("non", "etat_mauvais:petit_centre")
        )
    return [
        i["Instance"],
        minimum,
        held,
        compliance,
        i["Conviés"],
        i["Présents"],
        i["Taux de participation"],
        i["Réserve"],
    ]


def _territoire(board: Board, portrait: Portrait) -> None:
    """Communes and QPV in three columns of names, each with the fiches that reached it."""
    contrat = portrait.contrat
    touched = {(r["type"], r["nom"]): r for r in frame_records(portrait.result.summaries.territoire)}
    known = [("commune", c.nom) for c in contrat.communes], [("qpv", q.nom) for q in contrat.qpv_in(portrait.annee)]
    autres = [cle for cle in touched if cle not in known[0] and cle not in known[1]]
    if not touched:
        board.band("Communes et quartiers prioritaires touchés", following=30)
        board.sentences(["Aucun retour ne dit quelles communes ni quels quartiers ont été touchés."], "dense_doux")
        return
    board.band("Communes et quartiers prioritaires touchés", following=60 + 9 * len(contrat.communes))
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
    columns = (
        PrintedColumn("Nom", 5, "dense_fort"),
        PrintedColumn("Fiches", 2, "dense:entier_cale"),
        PrintedColumn("Lesquelles", 5),
    ) * 3
    by_column = -(-len(locations) // 3)
    lines = []
    for rank in range(by_column):
        line: list[object] = []
        for column in range(3):
            place = column * by_column + rank
            nom, reach = locations[place] if place < len(locations) else (None, None)
            if nom is None:
                line += [None, None, None]
            elif reach is None:
                line += [StyledBox(nom, "dense_doux"), None, StyledBox("non cité", "dense_doux")]
            else:
                line += [nom, reach["fiches"], reach["numeros"]]
        lines.append(line)
    board.sheet_table(columns, lines)


# --- Reserves ---------------------------------------------------------------------------------------------------------
