"""Évolution: the years of the contract side by side, for each envelope and each measure, with native charts.

Drawn from ``Historique``, this year's rows included. Only what may be added over years is added; a sentence says what
each total is.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cls_workbook.domain.contrat_years import all_years, whole
from cls_workbook.domain.wording import of_payer
from cls_workbook.french import date_fr
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.consolidation.evolution_mesures import POINTS, mesures_by_year
from cls_workbook.reports.consolidation.evolution_targets import targets_by_year
from cls_workbook.reports.consolidation.history_view import HistoryView, YearSeries, amounts
from cls_workbook.reports.synthese.left_to_pay import left_by_financeur
from cls_workbook.reports.synthese.synthese_pieces import AMOUNT, STRONG, UNITS, Board, PrintedColumn, total_row
from cls_workbook.summaries.balances import remainders
from cls_workbook.summaries.balances.remainders import ENGAGE_BY_FINANCEUR
from cls_workbook.summaries.history import ENVELOPE, ETAT
from cls_workbook.summaries.years.over_the_years import without
from cls_workbook.workbook.description import Sheet

NAME = "Évolution"
MAX_ENVELOPES = 3  # on a line of the whole contract; beyond, those of all funders together only
PROGRAMME, ENGAGE, VERSE = "Programmé sur la maquette", "Engagé sur la maquette", "Versé sur la maquette"
COST = "Coût réalisé, tous financeurs"
COLORS = ("gris_moyen", "axe4", "accent")


def sheet(result: Result, for_agency: bool = False) -> Sheet:
    """The sheet, drawn. ``for_agency``: of a result from which what is masked is taken out already."""
    view, board = HistoryView(result, for_agency), Board(NAME)
    contrat = result.contrat
    # The button knows the sheet by this row.
    board.banner(f"{contrat.nom_court} · évolution jusqu’en {result.year_name}", 20, result.etat)
    board.empty(6)
    years = " à ".join(contrat.follow_up.year_name(a) for a in dict.fromkeys((view.annees[0], view.annees[-1])))
    board.row(34, (UNITS, f"Évolution {years}", "titre"))
    board.note(view.warning_text())
    _money(board, view)
    _fiches(board, view)
    _financeurs(board, view)
    _planned(board, view)
    left_by_financeur(board, remainders.by_financeur(view.contrat, view.lines))
    mesures_by_year(board, view)
    targets_by_year(board, view, result)
    return board.finish(f"{contrat.nom_court} · évolution · consolidation du {date_fr(result.day)}")


# --- Money ------------------------------------------------------------------------------------------------------------


def _money(board: Board, view: HistoryView) -> None:
    """The contract as a whole: a row a year, so that a chart can read its columns; then what each total is."""
    board.band(f"La maquette {of_payer(view.contrat)} et le coût des actions, année par année", following=220)
    series = _whole_contrat_series(view)
    if not series:
        return board.note("Aucun montant n’est connu.")
    wide = (UNITS - 4) // len(series)
    columns = [
        PrintedColumn("Année", UNITS - wide * len(series), STRONG),
        *(PrintedColumn(nom, wide, AMOUNT) for nom in series),
    ]
    annees = [
        [view.contrat.follow_up.year_name(a), *(years.get(a) for years, _ in series.values())] for a in view.annees
    ]
    left_out = without(view.unknown, view.contrat.follow_up.year_name)
    cumulative = total_row(
        columns, [f"Cumul{left_out}", *(running_total(years) for years, running_total in series.values())]
    )
    board.empty(4)
    drawn = board.sheet_table(columns, [*annees, cumulative], may_split=False)
    board.note(
        "Cumul : somme des années pour ce qui est engagé, versé ou dépensé et pour les enveloppes annuelles ; dernière "
        "valeur pour les montants inscrits ; le programmé ne se cumule pas."
    )
    if levels := [n for n in (PROGRAMME, ENGAGE, VERSE) if n in series]:
        ranks, shown = list(series), drawn.part(0, len(annees))
        bars = [shown.series(1 + ranks.index(n), c, n.partition(" ")[0]) for n, c in zip(levels, COLORS, strict=False)]
        titre = f"La maquette {of_payer(view.contrat)} par année"
        said = f"Colonnes : {', '.join(levels).lower()}, année par année."
        board.wide_chart(POINTS, "colonnes", titre, bars, said, "montant_rond")


YearAmounts = dict[int, Decimal]


def _whole_contrat_series(view: HistoryView) -> dict[str, tuple[YearAmounts, Callable[[YearAmounts], object]]]:
    """Name of a column → (year → EUR, how the years make one figure)."""

    def added(years: YearAmounts) -> object:
        return total_of(years.values())

    def last(years: YearAmounts) -> object:
        return years[max(years)]

    series: dict[str, tuple[YearAmounts, Callable[[YearAmounts], object]]] = {}
    enveloppes = view.series(ENVELOPE, "Libellé", "Financeur")
    for (libelle, financeur), years in enveloppes.items():
        if not financeur or len(enveloppes) <= MAX_ENVELOPES:
            nom = f"{libelle} — {financeur}" if financeur else libelle
            series[nom] = amounts(years), added if libelle == "Enveloppe de l’année" else last
    regles: tuple[tuple[str, str, Callable[[YearAmounts], object]], ...] = (
        ("Montants inscrits aux fiches", "Montant contrat", last),
        (PROGRAMME, "Programmé", lambda _: None),
        (ENGAGE, "Engagé", added),
        (VERSE, "Versé", added),
        (COST, "Coût réalisé", added),
    )
    return series | {nom: (totals, made) for nom, objet, made in regles if (totals := view.total(objet))}


def _fiches(board: Board, view: HistoryView) -> None:
    """Fiche by fiche: state, contract's amount, what was engaged each year and in all, what is left."""
    objets = (ETAT, "Montant contrat", "Engagé")
    etats, prevus, engages = ({cle[0]: years for cle, years in view.series(o, "Fiche").items()} for o in objets)
    numbers = sorted({*etats, *prevus, *engages}, key=lambda n: view.ranks.get(n, len(view.ranks)))
    lines = [
        _fiche_row(view, numero, etats.get(numero, {}), prevus.get(numero, {}), engages.get(numero, {}))
        for numero in numbers
    ]
    totals = (
        PrintedColumn("Engagé en tout", 3, f"{STRONG}:montant_cale"),
        PrintedColumn("Reste à engager", 3, AMOUNT),
        PrintedColumn("Reste à verser", 3, AMOUNT),
    )
    label, *years = view.columns("Fiche", 11, AMOUNT, totals)
    state = (PrintedColumn("Dernier état", 4), PrintedColumn("Contrat", 3, AMOUNT))
    board.section(
        "L’argent et l’état de chaque fiche",
        [label._replace(unites=label.unites - 7), *state, *years],
        lines,
        "Engagé sur la maquette, année par année ; le reste à engager est celui du montant en vigueur, le reste à "
        "verser ce qui est engagé et non encore versé. « Engagé en tout » compte aussi ce que le pilotage dit engagé "
        "les années qu’aucune consolidation ne connaît. Une fiche retirée garde ce qui y fut engagé.",
        absent="Ce contrat ne décrit encore aucune fiche.",
        following=110,
    )


def _fiche_row(view: HistoryView, numero: str, etats: YearSeries, prevus: YearSeries, engages: YearSeries) -> list[Any]:
    labels = ({**etats, **prevus, **engages}[a]["Libellé"] for a in sorted({*etats, *prevus, *engages}, reverse=True))
    ended = "" if numero in view.ranks else " (retirée)"
    last = etats[max(etats)] if etats else None
    etat = f"{last['Valeur']} ({view.contrat.follow_up.year_name(last['Année'])})" if last else None
    prevu, by_year = prevus[max(prevus)]["Valeur"] if prevus else None, amounts(engages)
    told = view.series(remainders.ENGAGED_BEFORE, "Fiche").get((numero,), {})
    engage, left = total_of([*by_year.values(), *amounts(told).values()]), view.left.get(numero, {})
    remaining, unpaid = left.get("Reste à engager"), left.get("Reste à verser")
    if ended:
        paid = view.series("Versé", "Fiche").get((numero,), {})
        unpaid = remainders.to_pay(by_year.values(), amounts(paid).values())
    titre = f"{numero} · {next(filter(None, labels), '')}{ended}"
    return [titre, etat, prevu, *map(by_year.get, view.annees), engage, remaining, unpaid]


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
    lines = [[f"{f} — {n}", *map(years.get, view.annees), total_of(years.values())] for (f, n), years in sums.items()]
    left_out = without(view.unknown, view.contrat.follow_up.year_name)
    total = PrintedColumn(f"Cumul{left_out}", 4, f"{STRONG}:montant_cale")
    board.sheet_table(view.columns("Financeur et nature", 12, AMOUNT, (total,)), lines)


def _planned(board: Board, view: HistoryView) -> None:
    """What the contract prints year by year, funder after funder, those to come too; nothing where no line has a year.
    States are rows of their own: none is added to another."""
    definition, annees = whole(view.contrat), all_years(view.contrat)
    names, natures = (
        {f.id: f.nom for f in definition.money.financeurs},
        {n.id: n.libelle for n in definition.money.natures},
    )
    sums: dict[str, dict[int, Decimal]] = {}
    for fiche, line in ((f, li) for f in definition.fiches for li in f.lignes):
        if line.annee is not None and line.montant is not None:
            who = names.get(line.financeur or "", "financeur à définir")
            said = (f"{fiche.numero} · {who}", natures.get(line.nature or ""), line.state)
            by_year = sums.setdefault(" — ".join(filter(None, said)), {})
            by_year[line.annee] = by_year.get(line.annee, Decimal(0)) + line.montant
    if not sums:
        return
    board.band("Ce que le contrat prévoit, année par année", following=90)
    wide = (UNITS - 12) // len(annees)
    columns = [
        PrintedColumn("Prévu : fiche, financeur et état", UNITS - wide * len(annees), STRONG),
        *(PrintedColumn(view.contrat.follow_up.year_name(a), wide, AMOUNT) for a in annees),
    ]
    board.sheet_table(columns, [[libelle, *map(years.get, annees)] for libelle, years in sums.items()])
    board.note("Tel que le contrat l’imprime. Un appel à projets non acquis ne s’ajoute à rien.")
