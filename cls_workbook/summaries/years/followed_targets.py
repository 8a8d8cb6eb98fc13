"""How far the measures are from what the contract wants them to reach. Pure: rows in, plain values out.

A target looks at the value of the year; one that the years reach together looks at what they make. A value that is
masked has no part and no state: either would give it back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cls_workbook.domain.announced.contrat_parts import Cible
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.domain.targets import is_met, is_to_come, part_in_words, part_reached, state_in_words, target_in_words
from cls_workbook.french import fold, number_fr, typography
from cls_workbook.summaries.history import over_years_value
from cls_workbook.summaries.masking import MASKED
from cls_workbook.summaries.years.over_the_years import sur_les_annees
from cls_workbook.tables.described_columns import Row

PARTIAL = "partiel"


@dataclass(frozen=True, slots=True)
class FollowedTarget:
    """``valeur``: what is compared with the target; None: not known, or ``masked``. ``rests_on``: the years that it
    adds up, in words, "" for the year's own value. ``partial``: not all of it is known."""

    mesure: Mesure
    cible: Cible
    annee: int
    contrat: Contrat
    valeur: Decimal | None = None
    rests_on: str = ""
    partial: bool = False
    masked: bool = False

    @property
    def part(self) -> Decimal | None:
        return part_reached(self.cible, self.valeur)

    @property
    def met(self) -> bool | None:
        return is_met(self.cible, self.valeur)

    @property
    def is_to_come(self) -> bool:
        return is_to_come(self.cible, self.annee, self.contrat)

    @property
    def target(self) -> str:
        return target_in_words(self.cible, self.mesure, self.contrat)

    @property
    def state(self) -> str:
        """« atteinte », « à atteindre d’ici 2028 (partiel) »… « masqué »."""
        if self.masked:
            return MASKED
        state = state_in_words(self.cible, self.valeur, self.annee, self.contrat)
        return f"{state} ({PARTIAL})" if self.partial and self.valeur is not None else state

    @property
    def sentence(self) -> str:
        """« Cible 2028 : 23 communes ; 21,7 % atteints »."""
        so_far = f"{number_fr(self.valeur)} à ce jour, " if self.cible.cumulee and self.valeur is not None else ""
        reached = f"{part_in_words(self.part)} atteints" if self.part is not None else self.state
        partial = f" ({PARTIAL})" if self.partial and self.part is not None else ""
        return typography(f"{self.target} ; {so_far}{reached}{partial}")


def followed(
    contrat: Contrat, annee: int, cible: Cible, series: Mapping[int, Row], masked: Collection[int] = ()
) -> FollowedTarget:
    """The target in a year. ``series``: year → the row of the measure, of ``Indicateurs`` or of ``Historique``;
    ``masked``: the years whose value does not leave."""
    mesure = contrat.by_mesure[cible.mesure][2]
    years = _years(contrat, annee, mesure.id) if cible.cumulee else [annee]
    if any(a in masked for a in years):
        return FollowedTarget(mesure, cible, annee, contrat, masked=True)
    if not cible.cumulee:
        row = series.get(annee, {})
        partial = str(row.get("Couverture") or "").startswith(PARTIAL)
        return FollowedTarget(mesure, cible, annee, contrat, _figure(mesure, row), partial=partial)
    # The contract says itself that the years are added: a person who comes back counts again.
    rule = "FLUX" if mesure.agregation == "PERSONNES" else mesure.agregation
    values = {a: over_years_value(series[a], rule) if a in series else None for a in years}
    total, rests_on = sur_les_annees(rule, values, year_name=contrat.follow_up.year_name)
    partial = any(v is None for v in values.values())
    return FollowedTarget(mesure, cible, annee, contrat, _exact(total), rests_on, partial)


def _years(contrat: Contrat, annee: int, mesure: str) -> list[int]:
    """Those of the contract up to ``annee`` in which the measure is asked."""
    return [a for a in contrat.annees if a <= annee and mesure in in_year(contrat, a).by_mesure]


def _figure(mesure: Mesure, row: Row) -> Decimal | None:
    """None also where the year's answers are in another unit than the target."""
    unite = row.get("Unité")
    same_unit = not (unite and mesure.unite) or fold(str(unite)) == fold(mesure.unite)
    return _exact(row.get("Valeur")) if same_unit else None


def _exact(valeur: object) -> Decimal | None:
    is_number = isinstance(valeur, (int, float, Decimal)) and not isinstance(valeur, bool)
    return Decimal(str(valeur)) if is_number else None
