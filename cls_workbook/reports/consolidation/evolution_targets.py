"""The targets in the sheet Évolution: year after year, what was wanted, what there was, the part of it that is reached.

Each year looks at the target of the contract as it stood that year.
"""

from __future__ import annotations

from collections.abc import Iterator

from cls_workbook.domain.contrat_years import in_year, whole
from cls_workbook.domain.targets import targets_in
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.consolidation.history_view import HistoryView
from cls_workbook.reports.synthese.synthese_pieces import CENTRED, MUTED, RATE, STRONG, Board, PrintedColumn, StyledBox
from cls_workbook.reports.synthese.synthese_values import value_style
from cls_workbook.summaries.history import counts_alike, series_of_mesures
from cls_workbook.summaries.masking import MASKED
from cls_workbook.summaries.years.followed_targets import FollowedTarget, followed
from cls_workbook.tables.table_frames import frame_records

TargetYears = dict[int, FollowedTarget]


def targets_by_year(board: Board, view: HistoryView, result: Result) -> None:
    """Three rows for each measure that has a target in some year; nothing where the contract wants no figure."""
    by_mesure = _by_mesure(view, result)
    if not by_mesure:
        return
    label, *years = view.columns("Fiche et mesure", 15, CENTRED, (PrintedColumn("Où l’on en est", 5, MUTED),))
    columns = [label._replace(unites=label.unites - 4, style=STRONG), PrintedColumn("Suivi", 4, MUTED), *years]
    board.band("Les cibles du contrat, année par année", following=110)
    board.sheet_table(columns, [row for years in by_mesure.values() for row in _rows(view, years)], together=3)
    board.note(
        "La cible est celle que l’année regarde : celle de chaque année, sinon la prochaine. Une cible sur les années "
        "ajoutées se compare à leur somme jusqu’à cette année-là."
    )


def _by_mesure(view: HistoryView, result: Result) -> dict[str, TargetYears]:
    """Measure → year → the target that it looks at, in the order of the contract; its value where the year is known."""
    series, found = series_of_mesures(result.tables.history), dict[str, TargetYears]()
    for row in frame_records(result.tables.indicateurs):  # it says, beside the value, how far it is known
        remembered = series.setdefault(row["Mesure"], {})
        remembered[view.annee] = remembered.get(view.annee, {}) | row
    for annee in view.annees:
        contrat = in_year(view.contrat, annee)
        for mesure, cible in targets_in(contrat, annee).items():
            counted, asked = series.get(mesure, {}) if annee <= view.annee else {}, contrat.by_mesure[mesure][2]
            known = {a: row for a, row in counted.items() if a <= view.annee and counts_alike(row, asked)}
            concealed = view.masked_years(known)
            found.setdefault(mesure, {})[annee] = followed(contrat, annee, cible, known, concealed)
    order = list(whole(view.contrat).by_mesure)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))


def _rows(view: HistoryView, years: TargetYears) -> Iterator[list[object]]:
    last = years[max(years)]
    fiche, _, mesure = last.contrat.by_mesure[last.mesure.id]
    now = years.get(view.annee)

    def figure(valeur: object) -> StyledBox:
        return StyledBox(valeur, value_style(mesure, valeur))

    targets = [figure(years[a].cible.valeur) if a in years else None for a in view.annees]
    values = [figure(MASKED if years[a].masked else years[a].valeur) if a in years else None for a in view.annees]
    added = ", années ajoutées" if last.cible.cumulee else ""
    yield [f"{fiche.numero} · {mesure.libelle}", "plafond" if last.cible.au_plus else "cible", *targets, None]
    yield [None, f"valeur{added}", *values, now.state if now else None]
    if last.cible.au_plus:
        told = {True: "oui", False: "non", None: None}
        yield [None, "respecté", *(told[years[a].met] if a in years else None for a in view.annees), None]
    else:
        parts = [StyledBox(years[a].part, RATE) if a in years else None for a in view.annees]
        yield [None, "part atteinte", *parts, now.rests_on or None if now and now.partial else None]
