"""Évolution: the years of the contract side by side, for each envelope and each measure, with native charts.

Drawn from ``Historique``, this year's rows included. Only what may be added over years is added; a sentence says what
each total is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.wording import of_payer
from cls_workbook.french import NBSP, date_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.synthese_pieces import FIRST, UNITS, Board, PrintedColumn, StyledBox, abridged
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.history import ENGAGE_BY_FINANCEUR, ENVELOPE, ETAT, MESURE, NAME_SEPARATOR
from cls_workbook.summaries.over_the_years import sur_les_annees
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook.description import CellRange, ChartSeries, PrintSetup, Sheet

NAME = "Évolution"
MAX_TEXT = 160  # characters of a value in words; the rest is in Historique
MAX_CHARTS, PER_ROW, POINTS = 12, 3, 165
MAX_ENVELOPES = 3  # on a line of the whole contract; beyond, those of all funders together only
PROGRAMME, ENGAGE, VERSE = "Programmé sur la maquette", "Engagé sur la maquette", "Versé sur la maquette"
COLORS = ("gris_moyen", "axe4", "accent")
AMOUNT = "dense:montant_cale"
YearSeries = dict[int, Row]


def sheet(result: Result) -> Sheet:
    """The sheet, drawn."""
    view, board = _HistoryView(result), Board(NAME)
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
    _mesures(board, view)
    page = board.sheet
    page.tab_color, page.frozen_at, page.selection = "accent", (1, 0), (1, FIRST)
    page.print_setup = PrintSetup(
        repeated_rows=(1, 1),
        zone=CellRange(1, FIRST, board.line - 1, FIRST + UNITS - 1),
        left_footer=f"{contrat.nom_court} · évolution · consolidation du {date_fr(result.day)}",
        page_breaks=page.print_setup.page_breaks,
    )
    return page


class _HistoryView:
    """The history by thing followed: series of rows by year, in the contract's order, what has ended last."""

    def __init__(self, result: Result):
        self.contrat: Contrat = result.contrat
        self.lines = frame_records(result.tables.history)
        already_seen = {r["Année"] for r in self.lines}
        self.annees = list(
            range(
                min({result.annee, *self.contrat.annees}), max({result.annee, *self.contrat.annees, *already_seen}) + 1
            )
        )
        self.annee, self.all_known = result.annee, already_seen
        self.ranks = {f.numero: rank for rank, f in enumerate(self.contrat.fiches)}

    def warning_text(self) -> str:
        past_ones = [a for a in self.annees if a < self.annee]
        absent_ones = [self.contrat.year_name(a) for a in past_ones if a not in self.all_known]
        lacking = (
            f" Aucune consolidation n’est connue pour {', '.join(absent_ones)} : donnez celle de l’an dernier "
            f"(--precedent)."
            if absent_ones
            else ""
        )
        return (
            f"Une case vide veut dire « non connu », jamais zéro. La dernière colonne dit ce qu’est le cumul, ou "
            f"pourquoi il n’y en a pas.{lacking}"
        )

    def series(self, objet: str, *cle: str) -> dict[tuple[Any, ...], YearSeries]:
        """Key (the columns ``cle``) → year → row."""
        all_found: dict[tuple[Any, ...], YearSeries] = {}
        for r in self.lines:
            if r["Objet"] == objet:
                all_found.setdefault(tuple(r[c] or "" for c in cle), {})[r["Année"]] = r
        rank = cle.index("Fiche") if "Fiche" in cle else None
        return (
            dict(sorted(all_found.items(), key=lambda e: self.ranks.get(e[0][rank], len(self.ranks))))
            if rank is not None
            else all_found
        )

    def total(self, objet: str) -> dict[int, Decimal]:
        """Year → sum over the fiches of an amount; a year without any figure is absent."""
        sums = {
            a: total_of(r["Valeur"] for r in self.lines if r["Objet"] == objet and r["Année"] == a)
            for a in self.all_known
        }
        return {a: m for a, m in sums.items() if m is not None}

    def columns(self, libelle: str, unites: int, style: str, remaining: Sequence[PrintedColumn]) -> list[PrintedColumn]:
        """A label, one column a year, then ``remaining``, over the whole width."""
        taken = unites + sum(c.unites for c in remaining)
        wide = max(2, (UNITS - taken) // len(self.annees))
        taken += wide * len(self.annees)
        return [
            PrintedColumn(libelle, unites + max(0, UNITS - taken)),
            *(PrintedColumn(self.contrat.year_name(a), wide, style) for a in self.annees),
            *remaining,
        ]


# --- Money
# --------------------------------------------------------------------------------------------------------------


def _money(board: Board, view: _HistoryView) -> None:
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
    view: _HistoryView,
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


def _fiches(board: Board, view: _HistoryView) -> None:
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


def _financeurs(board: Board, view: _HistoryView) -> None:
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


def _mesures(board: Board, view: _HistoryView) -> None:
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


def _row(view: _HistoryView, fiche: str, one_series: YearSeries) -> list[object]:
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


def _cumulative(view: _HistoryView, one_series: YearSeries) -> tuple[object, str]:
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


def _small_charts(board: Board, view: _HistoryView, mesures: list[tuple[str, YearSeries]]) -> None:
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
