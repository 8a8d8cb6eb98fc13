"""What does not leave of each year of a contract: small counts, what would give them back, in a year or over several.

A year is searched by the rules of its own time and by today's, with what is known until then: it is masked alike in its
own copy and in those of later years. Pure: frames in, plain values out.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from cls_workbook.domain.announced.contrat_parts import FollowUp
from cls_workbook.domain.contrat_years import in_year, whole
from cls_workbook.domain.model import Contrat, Fiche, Indicateur, Mesure
from cls_workbook.summaries.deducible_counts import Count, LeavingCount, SumOfCounts, is_given_away
from cls_workbook.summaries.history import MESURE
from cls_workbook.summaries.masking import ADDITIVES, MASKED, count_of, counted_unit, mask_indicateurs
from cls_workbook.tables.consolidation_tables import HISTORY
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_of_rows, frame_records

MaskedYears = dict[int, set[str]]  # year → the measures whose figure of that year does not leave
YearsOfMesure = dict[int, Row]
_FLOWS = tuple(agregation for agregation in ADDITIVES if agregation not in ("STOCK", "CUMUL"))
_FIGURES = ("Valeur", "Numérateur", "Dénominateur", "Noms")
_START = 0  # stands for a year before all others
_WHY = f"{MASKED} (petit effectif, ou il en donnerait un)"


class _Rules(NamedTuple):
    """What masking asks of a contract."""

    by_mesure: Mapping[str, tuple[Fiche, Indicateur, Mesure]]
    follow_up: FollowUp


def masked_years(
    contrat: Contrat, annee: int, history: pd.DataFrame, indicateurs: pd.DataFrame | None = None
) -> MaskedYears:
    """``history``: what is remembered (``Historique``); ``indicateurs``: the table of ``annee``, where it is known."""
    by_year: dict[int, list[Row]] = {}
    for row in frame_records(history):
        if row["Objet"] == MESURE and isinstance(row["Année"], int):
            by_year.setdefault(row["Année"], []).append(row)
    if indicateurs is not None:
        by_year[annee] = frame_records(indicateurs)
    masked: MaskedYears = {}
    series: dict[str, YearsOfMesure] = {}
    withheld: set[str] = set()
    for year, rows in sorted(by_year.items()):
        masked[year] = {m for rules in _rules(contrat, year, rows) for m in _masked_alone(rules, rows, year < annee)}
        for row in rows:
            series.setdefault(row["Mesure"], {})[year] = row
        withheld |= _giving_away(contrat, year, series, masked)
        masked[year] |= withheld
    return masked


def of_mesure(masked: MaskedYears, mesure: str) -> set[int]:
    """The years of a measure that are masked."""
    return {annee for annee, mesures in masked.items() if mesure in mesures}


def leaving_history(contrat: Contrat, history: pd.DataFrame, masked: MaskedYears) -> pd.DataFrame:
    """``Historique`` without what is masked: a figure is blank, and its Réserve says so (``is_masked``). A measure that
    the contract has never known does not leave at all: nobody can say whether it is sensitive."""
    rows = []
    for row in frame_records(history):
        if row["Objet"] == MESURE and row["Mesure"] in masked.get(row["Année"], ()):
            row |= dict.fromkeys(_FIGURES) | {"Réserve": _WHY}
        if row["Objet"] != MESURE or row["Mesure"] in _known_mesures(contrat, row["Année"]):
            rows.append(row)
    return frame_of_rows(HISTORY, rows)


# --- One year -------------------------------------------------------------------------------------------------------


def _known_mesures(contrat: Contrat, annee: int) -> Mapping[str, tuple[Fiche, Indicateur, Mesure]]:
    """Of any year; as the contract stood in ``annee``, where it had them then."""
    return {**whole(contrat).by_mesure, **contrat.by_mesure, **in_year(contrat, annee).by_mesure}


def _rules(contrat: Contrat, annee: int, rows: list[Row]) -> list[_Rules]:
    """Those of that year, and today's where they differ."""
    known = _known_mesures(contrat, annee)
    then = _Rules(known, in_year(contrat, annee).follow_up)
    now = _Rules({**known, **contrat.by_mesure}, contrat.follow_up)
    mesures = {row["Mesure"] for row in rows} & known.keys()
    alike = then.follow_up.seuil_petits_effectifs == now.follow_up.seuil_petits_effectifs and all(
        then.by_mesure[m] == now.by_mesure[m] for m in mesures
    )
    return [then] if alike else [then, now]


def _masked_alone(rules: _Rules, rows: list[Row], is_past: bool) -> set[str]:
    """Of one year; what is past is masked as it is in the next year's copy, beside that year's value."""
    known = [row for row in rows if row["Mesure"] in rules.by_mesure and row["Valeur"] is not None]
    if not known:
        return set()
    terms = {row["Mesure"]: (row["Numérateur"], row["Dénominateur"]) for row in known} if is_past else {}
    blank = dict.fromkeys(("Valeur", "Numérateur", "Dénominateur"))
    lines = [row | {"Valeur n-1": row["Valeur"]} | blank if is_past else row | {"Valeur n-1": None} for row in known]
    masked = frame_records(mask_indicateurs(rules, pd.DataFrame(lines, dtype=object), terms))
    return {row["Mesure"] for row in masked if row["Valeur"] is None and row["Valeur n-1"] is None}


# --- Years together -------------------------------------------------------------------------------------------------


def _giving_away(contrat: Contrat, annee: int, series: Mapping[str, YearsOfMesure], masked: MaskedYears) -> set[str]:
    """The counts since the beginning whose figure of a year, beside earlier ones, would give back what another measure
    of the fiche counted in a masked year. What was left out so once stays out: the next figure holds it too."""
    known = _known_mesures(contrat, annee)
    running = [m for m, s in series.items() if m in known and annee in s and s[annee]["Agrégation"] == "CUMUL"]
    return {
        m
        for m in running
        if m not in masked[annee]
        and any(
            _gives_back(contrat, m, flow, series, masked)
            for flow, years in series.items()
            if flow in known
            and any(flow in masked[a] for a in years)
            and _counted_alike(known[m][0], series[m], known[flow][0], years)
        )
    }


def _counted_alike(fiche: Fiche, running: YearsOfMesure, other: Fiche, flow: YearsOfMesure) -> bool:
    last, beside = running[max(running)], flow[max(flow)]
    same_unit = counted_unit(last["Unité"]) == counted_unit(beside["Unité"])
    return beside["Agrégation"] in _FLOWS and same_unit and fiche.numero == other.numero


def _gives_back(
    contrat: Contrat, running: str, flow: str, series: Mapping[str, YearsOfMesure], masked: MaskedYears
) -> bool:
    """Where two figures of ``running`` (the first one: what it started from) differ by what ``flow`` counted between
    them: can a masked one of these be no other number?"""
    so_far, counted = _counts(series[running]), _counts(series[flow])
    so_far[_START] = count_of(series[running][max(series[running])]["Valeur initiale"]) or 0
    counts: dict[Hashable, LeavingCount] = {
        (m, a): LeavingCount(count, m == flow, (m, a))
        for m, years in ((running, so_far), (flow, counted))
        for a, count in years.items()
    }
    sums = []
    for first, last in combinations(sorted(so_far), 2):
        between = [a for a in counted if first < a <= last]
        if so_far[last] == so_far[first] + sum(counted[a] for a in between):
            sums.append(SumOfCounts((running, last), ((running, first), *((flow, a) for a in between))))
    hidden: set[Hashable] = {(m, a) for m in (running, flow) for a in series[m] if m in masked[a]}
    return is_given_away(counts, sums, hidden, contrat.follow_up.seuil_petits_effectifs)


def _counts(years: YearsOfMesure) -> dict[int, Count]:
    return {a: count for a, row in years.items() if (count := count_of(row["Valeur"])) is not None}
