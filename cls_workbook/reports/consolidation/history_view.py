"""The history by thing followed, as the sheet Évolution reads it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.french import NBSP
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.synthese_pieces import UNITS, PrintedColumn
from cls_workbook.summaries.history import MESURE, counts_alike
from cls_workbook.summaries.masking import counted_unit, is_masked
from cls_workbook.summaries.years.over_the_years import years_in_words
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

YearSeries = dict[int, Row]
MAX_YEAR_WIDTH = 4  # units


def amounts(one_series: YearSeries) -> dict[int, Decimal]:
    """Year → EUR."""
    return {a: r["Valeur"] for a, r in one_series.items()}


class HistoryView:
    """The history by thing followed: series of rows by year, in the contract's order, what has ended last."""

    def __init__(self, result: Result, for_agency: bool = False):
        self.contrat: Contrat = result.contrat
        self.for_agency = for_agency
        self.lines = frame_records(result.tables.history)
        self.annee, self.known = result.annee, {r["Année"] for r in self.lines}
        # Shown: the years that have figures; followed: those of the contract until now, with or without figures.
        self.annees = sorted(self.known | {result.annee})
        self.followed = list(range(min({result.annee, *self.contrat.annees, *self.known}), result.annee + 1))
        self.unknown = [a for a in self.followed if a not in self.known]  # no consolidation knows them
        self.left = {r["Fiche"]: r for r in frame_records(result.tables.par_fiche)}  # what is left of each fiche
        self.ranks = {f.numero: rank for rank, f in enumerate(self.contrat.fiches)}

    def warning_text(self) -> str:
        absent = years_in_words([a for a in self.unknown if a != self.annee], self.contrat.follow_up.year_name)
        remedy = "" if self.for_agency else f"{NBSP}: donnez celle de l’an dernier quand vous consolidez"
        lacking = f" Aucune consolidation n’est connue pour {absent}{remedy}." if absent else ""
        return (
            f"Une case vide veut dire « non connu », jamais zéro. La dernière colonne dit ce qu’est le cumul, ou "
            f"pourquoi il n’y en a pas.{lacking}"
        )

    def masked_years(self, one_series: YearSeries) -> list[int]:
        """Those of a measure whose figure is known, and does not leave."""
        return sorted(a for a, r in one_series.items() if r["Valeur"] is None and is_masked(r["Réserve"]))

    def asked(self, row: Row) -> list[int]:
        """The years until now in which the contract asks for a measure, counted as in this row."""
        of_years = ((a, in_year(self.contrat, a).by_mesure.get(row["Mesure"])) for a in self.followed)
        return [a for a, found in of_years if found and counts_alike(row, found[2])]

    def mesures(self) -> dict[tuple[str, str, str, str], YearSeries]:
        """Fiche, measure, unit and rule → year → row: what changed its unit or its rule is as many series."""
        series: dict[tuple[str, str, str, str], YearSeries] = {}
        for (fiche, mesure), rows in self.series(MESURE, "Fiche", "Mesure").items():
            last = rows[max(rows)]  # what an older row does not say differs in nothing
            for annee, row in rows.items():
                how = counted_unit(row["Unité"] or last["Unité"]), str(row["Agrégation"] or last["Agrégation"] or "")
                series.setdefault((fiche, mesure, *how), {})[annee] = row
        return series

    def series(self, objet: str, *cle: str) -> dict[tuple[Any, ...], YearSeries]:
        """Key (the columns ``cle``) → year → row."""
        series: dict[tuple[Any, ...], YearSeries] = {}
        for r in self.lines:
            if r["Objet"] == objet:
                series.setdefault(tuple(r[c] or "" for c in cle), {})[r["Année"]] = r
        if "Fiche" not in cle:
            return series
        rank = cle.index("Fiche")
        return dict(sorted(series.items(), key=lambda e: self.ranks.get(e[0][rank], len(self.ranks))))

    def total(self, objet: str) -> dict[int, Decimal]:
        """Year → sum over the fiches of an amount; a year without any figure is absent."""
        lines = [r for r in self.lines if r["Objet"] == objet]
        sums = {a: total_of(r["Valeur"] for r in lines if r["Année"] == a) for a in self.known}
        return {a: m for a, m in sums.items() if m is not None}

    def columns(self, libelle: str, unites: int, style: str, remaining: Sequence[PrintedColumn]) -> list[PrintedColumn]:
        """A label, one column a year, then ``remaining``, over the whole width."""
        taken = unites + sum(c.unites for c in remaining)
        wide = min(MAX_YEAR_WIDTH, max(2, (UNITS - taken) // len(self.annees)))
        taken += wide * len(self.annees)
        return [
            PrintedColumn(libelle, unites + max(0, UNITS - taken)),
            *(PrintedColumn(self.contrat.follow_up.year_name(a), wide, style) for a in self.annees),
            *remaining,
        ]
