"""Évolution: the years of the contract side by side, for each envelope and each measure, with native charts.

Drawn from ``Historique``, this year's rows included. Only what may be added over years is added; a sentence says what
each total is.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from cls_workbook.domain.wording import of_payer
from cls_workbook.french import date_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.consolidation.evolution_mesures import POINTS, mesures_by_year
from cls_workbook.reports.consolidation.history_view import HistoryView
from cls_workbook.reports.synthese.synthese_pieces import FIRST, UNITS, Board, PrintedColumn, StyledBox
from cls_workbook.summaries.history import ENGAGE_BY_FINANCEUR, ENVELOPE, ETAT
from cls_workbook.workbook.description import CellRange, ChartSeries, PrintSetup, Sheet

NAME = "Évolution"
MAX_ENVELOPES = 3  # on a line of the whole contract; beyond, those of all funders together only
PROGRAMME, ENGAGE, VERSE = "Programmé sur la maquette", "Engagé sur la maquette", "Versé sur la maquette"
COLORS = ("gris_moyen", "axe4", "accent")
AMOUNT = "dense:montant_cale"


def sheet(result: Result) -> Sheet:
    """The sheet, drawn."""
    view, board = HistoryView(result), Board(NAME)
    contrat = result.contrat
    board.place(
        0, 20, f"{contrat.nom_court} · évolution jusqu’en {result.year_name}", "courant"
    )  # by which the button knows the sheet
    board.place(20, UNITS - 20, result.etat, "courant:droite")
    board.advance(20)
    board.empty(6)
    board.place(
        0, UNITS, f"Évolution {contrat.year_name(view.annees[0])} à {contrat.year_name(view.annees[-1])}", "titre"
    )
    board.advance(34)
    board.sentences([view.warning_text()], "dense_doux")
    _money(board, view)
    _fiches(board, view)
    _financeurs(board, view)
    mesures_by_year(board, view)
    page = board.sheet
    page.tab_color, page.frozen_at, page.selection = "accent", (1, 0), (1, FIRST)
    page.print_setup = PrintSetup(
        repeated_rows=(1, 1),
        zone=CellRange(1, FIRST, board.line - 1, FIRST + UNITS - 1),
        left_footer=f"{contrat.nom_court} · évolution · consolidation du {date_fr(result.day)}",
        page_breaks=page.print_setup.page_breaks,
    )
    return page


# --- Money
# --------------------------------------------------------------------------------------------------------------


def _money(board: Board, view: HistoryView) -> None:
    """The contract as a whole: a row a year, so that a chart can read its columns; then what each total is."""
    board.band(f"L’argent {of_payer(view.contrat)}, année par année", following=220)
    series = _whole_contrat_series(view)
    if not series:
        board.sentences(["Aucun montant n’est connu."], "dense_doux")
        return
    wide = (UNITS - 4) // len(series)
    columns = [
        PrintedColumn("Année", UNITS - wide * len(series), "dense_fort"),
        *(PrintedColumn(nom, wide, AMOUNT) for nom in series),
    ]
    annees = [
        [view.contrat.year_name(a), *(one_series.get(a) for one_series, _ in series.values())] for a in view.annees
    ]
    cumulative_row = [
        StyledBox("Cumul", "dense_total"),
        *(
            StyledBox(running_total(one_series), "dense_total:montant_cale")
            for one_series, running_total in series.values()
        ),
    ]
    board.empty(4)
    first, _ = board.sheet_table(columns, [*annees, cumulative_row], may_split=False)
    board.sentences(
        [
            "Cumul : somme des années pour ce qui est engagé, versé ou dépensé et pour les enveloppes annuelles ; "
            "dernière valeur pour les montants inscrits ; le programmé ne se cumule pas."
        ],
        "dense_doux",
    )
    levels = [n for n in (PROGRAMME, ENGAGE, VERSE) if n in series]
    if levels:
        board.keep_together(POINTS + 8)
        board.empty(4)
        lines, ranks = (first, first + len(annees) - 1), list(series)
        places = {n: columns[0].unites + wide * ranks.index(n) for n in levels}
        bars = [
            ChartSeries(n.partition(" ")[0], board.cell_range(lines, 0), board.cell_range(lines, places[n]), c)
            for n, c in zip(levels, COLORS, strict=False)
        ]
        titre = f"La maquette {of_payer(view.contrat)} par année"
        board.chart(
            0,
            UNITS,
            POINTS,
            "colonnes",
            titre,
            bars,
            f"Colonnes : {', '.join(levels).lower()}, année par année.",
            value_format="montant_rond",
        )
        board.advance(POINTS)


def _whole_contrat_series(
    view: HistoryView,
) -> dict[str, tuple[dict[int, Decimal], Callable[[dict[int, Decimal]], object]]]:
    """Name of a column → (year → EUR, how the years make one figure)."""

    def added(one_series: dict[int, Decimal]) -> object:
        return total_of(one_series.values())

    def last(one_series: dict[int, Decimal]) -> object:
        return one_series[max(one_series)]

    series: dict[str, tuple[dict[int, Decimal], Callable[[dict[int, Decimal]], object]]] = {}
    enveloppes = view.series(ENVELOPE, "Libellé", "Financeur")
    for (libelle, financeur), one_series in enveloppes.items():
        if not financeur or len(enveloppes) <= MAX_ENVELOPES:
            nom = f"{libelle} — {financeur}" if financeur else libelle
            series[nom] = (
                {a: r["Valeur"] for a, r in one_series.items()},
                added if libelle == "Enveloppe de l’année" else last,
            )
    regles: dict[str, tuple[str, Callable[[dict[int, Decimal]], object]]] = {
        "Montants inscrits aux fiches": ("Montant contrat", last),
        PROGRAMME: ("Programmé", lambda _: None),
        ENGAGE: ("Engagé", added),
        VERSE: ("Versé", added),
        "Coût réalisé": ("Coût réalisé", added),
    }
    for nom, (objet, running_total) in regles.items():
        if totals := view.total(objet):
            series[nom] = (totals, running_total)
    return series


def _fiches(board: Board, view: HistoryView) -> None:
    """Fiche by fiche: state, contract's amount, what was engaged each year and in all, what is left."""
    board.band("L’argent et l’état de chaque fiche", following=110)
    etats, amounts, engages = (
        view.series(ETAT, "Fiche"),
        view.series("Montant contrat", "Fiche"),
        view.series("Engagé", "Fiche"),
    )
    numbers = sorted({*etats, *amounts, *engages}, key=lambda c: view.ranks.get(c[0], len(view.ranks)))
    lines = []
    for cle in numbers:
        annees = {**etats.get(cle, {}), **amounts.get(cle, {})}
        titre = next(
            (r["Libellé"] for a, r in sorted({**annees, **engages.get(cle, {})}.items(), reverse=True) if r["Libellé"]),
            "",
        )
        ended = "" if cle[0] in view.ranks else " (retirée)"
        one_series = {a: r["Valeur"] for a, r in engages.get(cle, {}).items()}
        prevu = amounts[cle][max(amounts[cle])]["Valeur"] if cle in amounts else None
        running_total = total_of(one_series.values())
        last = etats[cle][max(etats[cle])] if cle in etats else None
        remaining = prevu - running_total if prevu is not None and running_total is not None and not ended else None
        etat = f"{last['Valeur']} ({view.contrat.year_name(last['Année'])})" if last else None
        lines.append(
            [
                f"{cle[0]} · {titre}{ended}",
                etat,
                prevu,
                *(one_series.get(a) for a in view.annees),
                running_total,
                remaining,
            ]
        )
    if not lines:
        board.sentences(["Ce contrat ne décrit encore aucune fiche."], "dense_doux")
        return
    remaining = (
        PrintedColumn("Engagé en tout", 3, "dense_fort:montant_cale"),
        PrintedColumn("Reste à engager", 3, AMOUNT),
    )
    base = view.columns("Fiche", 13, AMOUNT, remaining)
    columns = [
        base[0]._replace(unites=base[0].unites - 7),
        PrintedColumn("Dernier état", 4),
        PrintedColumn("Contrat", 3, AMOUNT),
        *base[1:],
    ]
    board.sheet_table(columns, lines)
    board.sentences(
        [
            "Engagé sur la maquette, année par année ; le reste est celui du montant en vigueur. Une fiche retirée "
            "garde ce qui y fut engagé."
        ],
        "dense_doux",
    )


def _financeurs(board: Board, view: HistoryView) -> None:
    """Who engaged what each year, all fiches together; natures are not added to each other."""
    sums: dict[tuple[str, str], dict[int, Decimal]] = {}
    for r in view.lines:
        if r["Objet"] == ENGAGE_BY_FINANCEUR:
            by_year = sums.setdefault((r["Financeur"] or "non précisé", r["Nature"] or "sans nature"), {})
            by_year[r["Année"]] = by_year.get(r["Année"], Decimal(0)) + r["Valeur"]
    if not sums:
        return
    board.band("Ce que chaque financeur a engagé", following=90)
    lines = [
        [f"{f} — {n}", *(one_series.get(a) for a in view.annees), total_of(one_series.values())]
        for (f, n), one_series in sums.items()
    ]
    board.sheet_table(
        view.columns("Financeur et nature", 12, AMOUNT, (PrintedColumn("Cumul", 4, "dense_fort:montant_cale"),)), lines
    )


# --- Measures
# -----------------------------------------------------------------------------------------------------------
