"""Each measure in the sheet Évolution: year after year, what the years make together, and the key ones as charts."""

from __future__ import annotations

from decimal import Decimal

from cls_workbook.french import NBSP
from cls_workbook.reports.consolidation.history_view import HistoryView, YearSeries
from cls_workbook.reports.synthese.synthese_pieces import Board, PrintedColumn, StyledBox, abridged
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.history import MESURE, NAME_SEPARATOR
from cls_workbook.summaries.over_the_years import sur_les_annees
from cls_workbook.tables.described_columns import Row
from cls_workbook.workbook.description import ChartSeries

MAX_TEXT = 160  # characters of a value in words; the rest is in Historique
MAX_CHARTS, PER_ROW, POINTS = 12, 3, 165


def mesures_by_year(board: Board, view: HistoryView) -> None:
    """Every measure that has a value one year at least, then charts of the contract's key measures."""
    series = view.series(MESURE, "Fiche", "Mesure")
    board.band("Chaque mesure, année par année", following=110)
    if not series:
        board.sentences(["Aucune mesure n’a encore de valeur."], "dense_doux")
        return
    columns = view.columns(
        "Fiche et mesure",
        9,
        "dense:entier_cale",
        (
            PrintedColumn("Unité", 3),
            PrintedColumn("Valeur initiale", 2, "dense:entier_cale"),
            PrintedColumn("Cumul", 3, "dense:entier_cale"),
            PrintedColumn("Ce qu’est le cumul", 6),
        ),
    )
    board.sheet_table(columns, [_row(view, fiche, one_series) for (fiche, _), one_series in series.items()])
    keys = {m.id for f in view.contrat.fiches for m in f.mesures if m.cle}
    _small_charts(
        board,
        view,
        [
            (fiche, one_series)
            for (fiche, mesure), one_series in series.items()
            if mesure in keys and len(_figures(one_series)) > 1
        ],
    )


def _row(view: HistoryView, fiche: str, one_series: YearSeries) -> list[object]:
    last = one_series[max(one_series)]
    style = _style(last["Agrégation"])
    running_total, told = _cumulative(view, one_series)
    return [
        f"{fiche} · {last['Libellé']}",
        *(_box(one_series[a]["Valeur"], style) if a in one_series else None for a in view.annees),
        last["Unité"],
        _box(last["Valeur initiale"], style),
        _box(running_total, style, "dense_fort"),
        told,
    ]


def _figures(one_series: YearSeries) -> dict[int, object]:
    return {a: r["Valeur"] for a, r in one_series.items() if isinstance(r["Valeur"], (int, float, Decimal))}


def _cumulative(view: HistoryView, one_series: YearSeries) -> tuple[object, str]:
    """What several years make together, by the rule of the measure; its values as that rule wants them."""
    last = one_series[max(one_series)]
    agregation = last["Agrégation"]

    def valeur(r: Row) -> object:
        if agregation == "RATIO" and r["Numérateur"] is not None and r["Dénominateur"] is not None:
            return r["Numérateur"], r["Dénominateur"]
        if agregation == "ENTITES" and r["Noms"]:
            return set(str(r["Noms"]).split(NAME_SEPARATOR))
        return r["Valeur"]

    years_followed = [a for a in view.annees if min(one_series) <= a <= view.annee]
    initial = last["Valeur initiale"]
    return sur_les_annees(
        agregation,
        {a: valeur(one_series[a]) if a in one_series else None for a in years_followed},
        None if initial is None else Decimal(initial),
    )


def _style(agregation: str) -> str:
    return "taux_cale" if agregation in AS_RATE else "decimal_cale" if agregation == "MOYENNE" else "entier_cale"


def _box(valeur: object, style: str, role: str = "dense") -> StyledBox:
    if isinstance(valeur, (int, float, Decimal)):
        return StyledBox(
            valeur, f"{role}:decimal_cale" if style == "entier_cale" and valeur != int(valeur) else f"{role}:{style}"
        )
    return StyledBox(abridged(str(valeur), MAX_TEXT) if valeur is not None else None, role)


def _small_charts(board: Board, view: HistoryView, mesures: list[tuple[str, YearSeries]]) -> None:
    """Three key measures side by side: a row a year, and the chart that reads it."""
    retained = mesures[:MAX_CHARTS]
    if not retained:
        return
    board.sous_titre("Les mesures clés en images", following=POINTS + 70 + 20 * len(view.annees))
    for start in range(0, len(retained), PER_ROW):
        groupe = retained[start : start + PER_ROW]
        board.keep_together(POINTS + 60 + 20 * len(view.annees))
        board.empty(4)
        titles = [f"{fiche} · {one_series[max(one_series)]['Libellé']}" for fiche, one_series in groupe]
        styles = [_style(one_series[max(one_series)]["Agrégation"]) for _, one_series in groupe]
        columns = [
            c
            for titre in titles
            for c in (
                PrintedColumn("Année", 3, "dense_fort"),
                PrintedColumn(abridged(titre, 70), 9, "dense:entier_cale"),
            )
        ]
        lines = []
        for a in view.annees:
            lines.append(
                [
                    c
                    for (_, one_series), style in zip(groupe, styles, strict=True)
                    for c in (view.contrat.year_name(a), _box(_figures(one_series).get(a), style))
                ]
            )
        cell_range = board.sheet_table(columns, lines, may_split=False)
        for rank, (titre, style) in enumerate(zip(titles, styles, strict=True)):
            bars = [
                ChartSeries(
                    titre,
                    board.cell_range(cell_range, 12 * rank),
                    board.cell_range(cell_range, 12 * rank + 3),
                    "accent",
                )
            ]
            board.chart(
                rank * 12,
                12,
                POINTS,
                "colonnes",
                abridged(titre, 52),
                bars,
                f"Colonnes : {titre}, année par année. Les chiffres sont dans le tableau au-dessus.",
                value_format="taux" if style == "taux_cale" else "entier",
            )
        board.advance(POINTS)
    if autres := len(mesures) - len(retained):
        board.sentences(
            [
                f"{autres} autre{'s' * (autres > 1)} mesure{'s' * (autres > 1)} clé{'s' * (autres > 1)}{NBSP}: dans "
                f"le tableau."
            ],
            "dense_doux",
        )
