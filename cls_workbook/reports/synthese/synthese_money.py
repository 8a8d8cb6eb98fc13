"""The money in the Synthèse: maquette, post of coordination, then what is outside; never one total for all of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cls_workbook.domain.model import Fiche
from cls_workbook.domain.subsidies import relative_gap
from cls_workbook.domain.wording import of_payer, payer
from cls_workbook.french import NBSP, amount_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.synthese.coordination_posts import fiches_with_post, posts
from cls_workbook.reports.synthese.synthese_pieces import UNITS, Board, PrintedColumn, StyledBox, abridged
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.funding import post_rules
from cls_workbook.summaries.value_tables import as_frame
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook.description import ChartSeries

MAX_FINANCEURS, LISTED_FINANCEURS, CHARTS_HEIGHT = 8, 20, 180
AMOUNT, TOTAL = "dense:montant_cale", "dense_total:montant_cale"
# What is printed where the contract gives no amount: the states stay distinct.
AMOUNT_STATES = {
    "non_determine": "non déterminé",
    "a_definir": "à définir",
    "regle": "selon une règle",
    "vide": "laissé vide",
    "absente": "non imprimé",
}
NATURES = ("ARS hors maquette", "Cofinancements", "Valorisation")


def money(board: Board, portrait: Portrait) -> None:
    """Four kinds of money, one after the other, then what each funder brought."""
    if not portrait.contrat.fiches and not len(as_frame(portrait.result.tables.financements)):
        board.band("Financement")
        board.sentences(["Ce contrat ne décrit aucun financement, et aucun retour n’en donne."], "dense_doux")
        return
    _maquette(board, portrait)
    _posts(board, portrait)
    _outside_maquette(board, portrait)
    _subtotals(board, portrait)


# --- The maquette -----------------------------------------------------------------------------------------------------


def _maquette(board: Board, portrait: Portrait) -> None:
    annee = portrait.year_label()
    board.band(f"Financement : la maquette {of_payer(portrait.contrat)}", following=150)
    columns = (
        PrintedColumn("N°", 1, "dense_fort:petit_centre"),
        PrintedColumn("Fiche", 6),
        PrintedColumn("Contrat (toute la durée)", 3, AMOUNT),
        PrintedColumn(f"Programmé {annee}", 3, AMOUNT),
        PrintedColumn(f"Engagé {annee}", 3, AMOUNT),
        PrintedColumn(f"Versé {annee}", 3, AMOUNT),
        PrintedColumn("Écart engagé − programmé", 3, "dense:montant_signe_cale"),
        PrintedColumn("en %", 2, "dense:taux_signe_cale"),
        PrintedColumn("Écart versé − engagé", 3, "dense:montant_signe_cale"),
        PrintedColumn("en %", 2, "dense:taux_signe_cale"),
        PrintedColumn("Reste à engager", 3, AMOUNT),
        PrintedColumn("Taux prévu", 2, "dense:taux_cale"),
        PrintedColumn("Taux constaté", 2, "dense:taux_cale"),
    )
    lines = [
        _maquette_row(portrait, fiche)
        for fiche in portrait.contrat.fiches
        if not post_rules(portrait.contrat, fiche.numero)
    ]
    board.sheet_table(columns, [*lines, _maquette_total(portrait)])
    notes = [str(r["Réserve"]) for r in frame_records(portrait.result.summaries.totaux)[:1] if r.get("Réserve")]
    posts = fiches_with_post(portrait)
    if posts:
        notes.append(
            f"Le poste de coordination (fiche {', '.join(f.numero for f in posts)}) est en plus de la maquette : voir "
            f"plus bas."
        )
    notes.append(
        f"Taux constaté : {payer(portrait.contrat)} versé / coût réalisé. Il ne se compare qu’à un taux "
        f"d’intervention imprimé au contrat."
    )
    board.sentences([n[0].upper() + n[1:] for n in notes], "dense_doux")
    own = tuple(f"Fiche {f.numero}{NBSP}:" for f in posts)
    autres = [e for e in portrait.result.notes.explications if not own or not e.startswith(own)]
    if autres:
        board.sous_titre("Ce que disent les règles de financement")
        board.sentences([f"• {e}" for e in autres])


def _maquette_row(portrait: Portrait, fiche: Fiche) -> list[object]:
    a = portrait.money.get(fiche.numero, {})
    montant: object = a.get("Montant contrat")
    if montant is None:
        montant = StyledBox(AMOUNT_STATES.get(fiche.financement.montant_etat), "dense_doux:droite")
    taux = fiche.financement.taux if fiche.financement.taux_pur else None
    return [
        fiche.numero,
        fiche.titre,
        montant,
        a.get("Programmé"),
        a.get("Engagé"),
        a.get("Versé"),
        *_gap(a.get("Programmé"), a.get("Engagé")),
        *_gap(a.get("Engagé"), a.get("Versé")),
        a.get("Reste à engager"),
        taux,
        a.get("Taux constaté"),
    ]


def _gap(depuis: Decimal | None, to: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """(difference in euros, share of the first amount); None where one of the two is not known."""
    if depuis is None or to is None:
        return None, None
    return to - depuis, relative_gap(depuis, to)


def _maquette_total(portrait: Portrait) -> list[StyledBox]:
    t = next(iter(frame_records(portrait.result.summaries.totaux)), {})
    remainders = total_of(a["Reste à engager"] for a in portrait.money.values())
    return [
        StyledBox(None, "dense_total"),
        StyledBox("Total de la maquette", "dense_total"),
        *(StyledBox(t.get(c), TOTAL) for c in ("Contrat", "Programmé", "Engagé", "Versé")),
        StyledBox(t.get("Écart engagé - programmé"), "dense_total:montant_signe_cale"),
        StyledBox(t.get("Écart engagé - programmé (%)"), "dense_total:taux_signe_cale"),
        StyledBox(t.get("Écart versé - engagé"), "dense_total:montant_signe_cale"),
        StyledBox(t.get("Écart versé - engagé (%)"), "dense_total:taux_signe_cale"),
        StyledBox(remainders, TOTAL),
        StyledBox(None, "dense_total"),
        StyledBox(None, "dense_total"),
    ]


# --- The post of coordination -----------------------------------------------------------------------------------------


def _posts(board: Board, portrait: Portrait) -> None:
    """What each post cost, what the rule allows, what was engaged and paid, and the rule in a sentence."""
    fiches = fiches_with_post(portrait)
    if not fiches:
        return
    board.band("Financement : le poste de coordination, en plus de la maquette", following=110)
    columns = (
        PrintedColumn("N°", 1, "dense_fort:petit_centre"),
        PrintedColumn("Règle du contrat", 14),
        PrintedColumn("Dépense réalisée", 4, AMOUNT),
        PrintedColumn("ETP", 2, "dense:decimal_cale"),
        PrintedColumn("Aide possible", 4, AMOUNT),
        PrintedColumn("Aide engagée", 4, AMOUNT),
        PrintedColumn("Aide versée", 4, AMOUNT),
        PrintedColumn("Aide / dépense", 3, "dense:taux_cale"),
    )
    input_fields = (
        "Fiche",
        "Règle",
        "Dépense réalisée",
        "ETP",
        "Aide possible",
        "Aide engagée",
        "Aide versée",
        "Aide / dépense",
    )
    board.sheet_table(columns, [[poste[c] for c in input_fields] for poste in posts(portrait)])
    starts = tuple(f"Fiche {f.numero}{NBSP}:" for f in fiches)
    board.sentences([f"• {e}" for e in portrait.result.notes.explications if e.startswith(starts)])


# --- Outside the maquette ---------------------------------------------------------------------------------------------


def _outside_maquette(board: Board, portrait: Portrait) -> None:
    """By fiche, three columns that are never added to each other."""
    board.band("Financement : hors maquette, cofinancements, valorisation", following=110)
    has_post = {f.numero for f in fiches_with_post(portrait)}
    lines, totaux = [], dict.fromkeys(NATURES)
    for fiche in portrait.contrat.fiches:
        a = dict(portrait.money.get(fiche.numero, {}))
        if fiche.numero in has_post:
            a["ARS hors maquette"] = None  # said just above
        if any(a.get(c) is not None for c in ("Coût réalisé", *NATURES)):
            lines.append([fiche.numero, fiche.titre, a.get("Coût réalisé"), *(a.get(c) for c in NATURES)])
            totaux = {c: total_of((totaux[c], a.get(c))) for c in NATURES}
    if not lines:
        board.sentences(
            ["Aucun retour ne donne de coût réalisé, de crédit hors maquette, de cofinancement ni de valorisation."],
            "dense_doux",
        )
        return
    columns = (
        PrintedColumn("N°", 1, "dense_fort:petit_centre"),
        PrintedColumn("Fiche", 15),
        PrintedColumn("Coût réalisé", 5, AMOUNT),
        PrintedColumn("ARS hors maquette (CPOM, fonds) : engagé", 5, AMOUNT),
        PrintedColumn("Cofinancements : engagé", 5, AMOUNT),
        PrintedColumn("Valorisation, sans versement", 5, AMOUNT),
    )
    total = [
        StyledBox(None, "dense_total"),
        StyledBox("Sous-totaux, à ne pas additionner", "dense_total"),
        StyledBox(None, TOTAL),
        *(StyledBox(totaux[c], TOTAL) for c in NATURES),
    ]
    board.sheet_table(columns, [*lines, total])
    board.sentences(
        [
            "Le coût réalisé réunit tous les financeurs de la fiche. Les natures d’argent ne s’additionnent pas entre "
            "elles."
        ],
        "dense_doux",
    )


# --- Charts -----------------------------------------------------------------------------------------------------------


def _subtotals(board: Board, portrait: Portrait) -> None:
    """What was engaged by nature and by funder: two tables, each beside the chart that reads it."""
    natures = [
        [r["Sous-total"], r["Engagé"]]
        for r in frame_records(portrait.result.summaries.totaux)
        if r["Engagé"] is not None
    ]
    board.band(f"Qui finance quoi en {portrait.year_label()}", following=CHARTS_HEIGHT)
    if not natures:
        board.sentences([f"Aucun montant engagé en {portrait.year_label()} n’est connu."], "dense_doux")
        return
    columns = (PrintedColumn("Nature", 10, "dense_fort"), PrintedColumn(f"Engagé {portrait.year_label()}", 4, AMOUNT))
    alt_text = (
        "Barres : montant engagé pour chaque nature. " + " ; ".join(f"{nom} {amount_fr(m)}" for nom, m in natures) + "."
    )
    _table_and_bars(board, columns, natures, len(natures), "Engagé par nature (à ne pas additionner)", alt_text)
    lines = frame_records(portrait.result.tables.par_financeur)
    engages = sorted((r for r in lines if r["Engagé"] is not None), key=lambda r: -r["Engagé"])
    if not engages:
        return
    board.empty()
    rows = [
        [" — ".join(t for t in (r["Financeur"], r["Nature"]) if t) or "non précisé", r["Engagé"], r["Versé"]]
        for r in engages
    ]
    wider = (
        PrintedColumn("Financeur et nature", 10, "dense_fort"),
        PrintedColumn(f"Engagé {portrait.year_label()}", 4, AMOUNT),
        PrintedColumn(f"Versé {portrait.year_label()}", 4, AMOUNT),
    )
    shown = min(len(rows), MAX_FINANCEURS)
    titre = "Engagé et versé par financeur" + (f" ({shown} premiers)" if len(rows) > shown else "")
    alt_text = (
        "Barres : engagé et versé par financeur et nature. "
        + " ; ".join(f"{n} {amount_fr(m)} engagés" for n, m, _ in rows[:3])
        + "."
    )
    _table_and_bars(board, wider, rows[:LISTED_FINANCEURS], shown, titre, alt_text)
    if autres := len(lines) - min(len(rows), LISTED_FINANCEURS):
        board.sentences(
            [
                f"{autres} ligne{'s' * (autres > 1)} de plus, plus petite{'s' * (autres > 1)} ou sans montant engagé, "
                f"dans la consolidation."
            ],
            "dense_doux",
        )


def _table_and_bars(
    board: Board, columns: tuple[PrintedColumn, ...], rows: list[list[Any]], shown: int, titre: str, alt_text: str
) -> None:
    """A table, and beside it bars for its first ``shown`` rows."""
    points = max(120.0, 46 + shown * (26 if len(columns) < 3 else 34))
    board.keep_together(max(points, 30 + 20 * len(rows)) + 4)
    board.empty(4)
    top, wide = board.line, sum(c.unites for c in columns)
    first, _ = board.sheet_table(columns, rows, may_split=False)
    end, board.line = board.line, top
    lines = (first, first + shown - 1)
    starts = [sum(c.unites for c in columns[:rank]) for rank in range(len(columns))]
    colors = ("accent", "axe2")
    series = [
        ChartSeries(column.titre, board.cell_range(lines, 0), board.cell_range(lines, start), color)
        for column, start, color in zip(columns[1:], starts[1:], colors, strict=False)
    ]
    board.chart(
        wide + 1,
        UNITS - wide - 1,
        points,
        "barres",
        titre,
        series,
        abridged(alt_text, 400),
        value_format="montant_rond",
    )
    board.line = end
    board.complete(top, points)
