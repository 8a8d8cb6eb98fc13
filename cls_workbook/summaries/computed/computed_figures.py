"""Measures that the tool can work out of all that came back, beside what a porteur declares of them.

Which ones is said by the definition (``calcul`` of a measure). What is declared stays the value; where the two differ
both are shown, and it is to be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, INFORMATION, Anomalie, Place
from cls_workbook.checks.families.indicateur_checks import DifferentFromCalcul
from cls_workbook.domain.model import Contrat
from cls_workbook.french import NBSP, date_fr, fold, how_many, number_fr, rate_fr
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.summaries.progress import completion_rate
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

if TYPE_CHECKING:
    from cls_workbook.pilotage import Meeting

INPUTS = ("numerateur", "denominateur", "jalon")  # what is declared of a measure that the tool computes


class ComputedFigure(NamedTuple):
    """Both terms of a rate, or a state. ``basis``: what it is made of; ``complete``: nothing is missing from it."""

    basis: str
    complete: bool = True
    numerateur: int | None = None
    denominateur: int | None = None
    jalon: str | None = None

    def differs(self, valeur: object, numerateur: object, denominateur: object) -> bool:
        """From a value of ``Indicateurs`` and its terms; from none too."""
        if self.jalon is not None:
            return fold(str(valeur or "")) != fold(self.jalon)
        return (numerateur, denominateur) != (self.numerateur, self.denominateur)

    def __str__(self) -> str:
        if self.jalon is not None:
            return f"calcul de l’outil{NBSP}: {self.jalon} ({self.basis})"
        top, bottom = self.numerateur, self.denominateur
        rate = f", soit {rate_fr(top / bottom, 1)}" if top is not None and bottom else ""
        return f"calcul de l’outil{NBSP}: {number_fr(top)} sur {number_fr(bottom)}{rate} ({self.basis})"


def figures(
    contrat: Contrat, avancement: pd.DataFrame, reunions: Sequence[Meeting] = (), validated_on: date | None = None
) -> dict[str, ComputedFigure]:
    """Measure → what the tool computes of it; nothing where nothing is known. ``avancement``: see ``progress``."""
    known: dict[str, ComputedFigure | None] = {
        "fiches_realisees": _fiches_done(contrat, avancement),
        "fiches_realisees_coordination": _fiches_done(contrat, avancement, contrat.coordination or ""),
        "participation": _attendance(reunions),
        "bilan_valide": None,
    }
    if validated_on is not None:
        known["bilan_valide"] = ComputedFigure(
            f"bilan validé le {date_fr(validated_on)}", jalon=contrat.listes.jalons[-1]
        )
    asked = {id_: known.get(mesure.calcul or "") for id_, (_, _, mesure) in contrat.by_mesure.items()}
    return {id_: figure for id_, figure in asked.items() if figure is not None}


def _fiches_done(contrat: Contrat, avancement: pd.DataFrame, porteur: str | None = None) -> ComputedFigure | None:
    rate = completion_rate(contrat, avancement, porteur)
    if not rate.programmed:
        return None
    silent = f", {how_many(rate.unanswered, 'fiche')} sans réponse" if rate.unanswered else ""
    basis = f"fiches réalisées en totalité sur fiches programmées{silent}"
    return ComputedFigure(basis, not rate.unanswered, rate.fully_done, rate.programmed)


def _attendance(reunions: Sequence[Meeting]) -> ComputedFigure | None:
    terms = [(r.presents, r.convies) for r in reunions if r.presents is not None and r.convies is not None]
    if not terms:
        return None
    complete = len(terms) == len(reunions)
    basis = f"présents sur conviés, {how_many(len(terms), 'réunion')} du pilotage"
    basis += "" if complete else f" sur {len(reunions)}"
    return ComputedFigure(basis, complete, sum(p for p, _ in terms), sum(c for _, c in terms))


def differences(
    contrat: Contrat, values: ValueStore, indicateurs: pd.DataFrame, computed: Mapping[str, ComputedFigure]
) -> Iterator[Anomalie]:
    """One anomaly a return that declares what the tool computes otherwise, at the cells of what it declares."""
    for r in frame_records(indicateurs):
        figure = computed.get(r["Mesure"])
        declared = r["Valeur"] is not None or r["Numérateur"] is not None
        if figure is None or not declared or not figure.differs(r["Valeur"], r["Numérateur"], r["Dénominateur"]):
            continue
        gravite = A_CONFIRMER if figure.complete else INFORMATION
        libelle = contrat.by_mesure[r["Mesure"]][2].libelle
        for place, cells in _cells_of(values, r["Mesure"]).items():
            yield DifferentFromCalcul.anomalie(
                place, cells, libelle, f"{_declared(r)} ; {figure}", expected=str(figure), gravite=gravite
            )


def _declared(r: Row) -> str:
    if r["Numérateur"] is None:
        return f"« {r['Valeur']} »"
    return f"{number_fr(r['Numérateur'])} sur {number_fr(r['Dénominateur'])}"


def _cells_of(values: ValueStore, mesure: str) -> dict[Place, list[str]]:
    places: dict[Place, list[str]] = {}
    names = ("fichier", "feuille", "fiche", "structure", "cellule")
    typed: Iterator[tuple[Any, ...]] = values.lines(lambda c: c.mesure == mesure, *names, input_fields=INPUTS)
    for *place, cell in typed:
        places.setdefault(Place(*place), []).append(cell)
    return places
