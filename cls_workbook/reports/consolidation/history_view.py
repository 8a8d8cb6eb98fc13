"""The history by thing followed, as the sheet Évolution reads it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cls_workbook.domain.model import Contrat
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.synthese_pieces import UNITS, PrintedColumn
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

YearSeries = dict[int, Row]
MAX_YEAR_WIDTH = 4  # units


def amounts(one_series: YearSeries) -> dict[int, Decimal]:
    """Year → EUR."""
    return {a: r["Valeur"] for a, r in one_series.items()}


class HistoryView:
    """The history by thing followed: series of rows by year, in the contract's order, what has ended last."""

    def __init__(self, result: Result):
        self.contrat: Contrat = result.contrat
        self.lines = frame_records(result.tables.history)
        self.annee, self.known = result.annee, {r["Année"] for r in self.lines}
        # Shown: the years that have figures; followed: those of the contract until now, with or without figures.
        self.annees = sorted(self.known | {result.annee})
        self.followed = list(range(min({result.annee, *self.contrat.annees, *self.known}), result.annee + 1))
        self.left = {r["Fiche"]: r for r in frame_records(result.tables.par_fiche)}  # what is left of each fiche
        self.ranks = {f.numero: rank for rank, f in enumerate(self.contrat.fiches)}

    def warning_text(self) -> str:
        absent = [self.contrat.year_name(a) for a in self.followed if a not in {*self.known, self.annee}]
        lacking = (
            f" Aucune consolidation n’est connue pour {', '.join(absent)} : donnez celle de l’an dernier (--precedent)."
            if absent
            else ""
        )
        return (
            f"Une case vide veut dire « non connu », jamais zéro. La dernière colonne dit ce qu’est le cumul, ou "
            f"pourquoi il n’y en a pas.{lacking}"
        )

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
            *(PrintedColumn(self.contrat.year_name(a), wide, style) for a in self.annees),
            *remaining,
        ]
