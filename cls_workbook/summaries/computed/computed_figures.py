"""Measures that the tool can work out of all that came back, beside what a porteur declares of them.

Which ones is said by the definition (``calcul`` of a measure). What is declared stays the value; where the two differ
both are shown, and it is to be confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, INFORMATION, Anomalie, Place
from cls_workbook.checks.families.indicateur_checks import DifferentFromCalcul
from cls_workbook.domain.model import Contrat, Fiche, Indicateur, Mesure
from cls_workbook.french import NBSP, date_fr, fold, how_many, number_fr, rate_fr
from cls_workbook.reading.storing.value_store import Chapter, ValueStore
from cls_workbook.reading.storing.wide_views import columns
from cls_workbook.summaries.expected import EXPECTED_COLUMNS, ExpectedReturns, structure_key
from cls_workbook.summaries.progress import completion_rate
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

if TYPE_CHECKING:
    from cls_workbook.pilotage import Meeting

INPUTS = ("numerateur", "denominateur", "jalon", "valeur")  # what is declared of a measure that the tool computes


class ComputedFigure(NamedTuple):
    """Both terms of a rate, a state, or a number. ``basis``: what it is made of; ``complete``: nothing is missing from
    it."""

    basis: str
    complete: bool = True
    numerateur: int | None = None
    denominateur: int | None = None
    jalon: str | None = None
    nombre: int | None = None

    def differs(self, valeur: object, numerateur: object, denominateur: object) -> bool:
        """From a value of ``Indicateurs`` and its terms; from none too."""
        if self.jalon is not None:
            return fold(str(valeur or "")) != fold(self.jalon)
        if self.nombre is not None:
            return valeur != self.nombre
        return (numerateur, denominateur) != (self.numerateur, self.denominateur)

    def __str__(self) -> str:
        if self.jalon is not None:
            return f"calcul de l’outil{NBSP}: {self.jalon} ({self.basis})"
        if self.nombre is not None:
            return f"calcul de l’outil{NBSP}: {number_fr(self.nombre)} ({self.basis})"
        top, bottom = self.numerateur, self.denominateur
        rate = f", soit {rate_fr(top / bottom, 1)}" if top is not None and bottom else ""
        return f"calcul de l’outil{NBSP}: {number_fr(top)} sur {number_fr(bottom)}{rate} ({self.basis})"


@dataclass(frozen=True)
class KnownOfTheYear:
    """What is known beside what a measure declares. ``avancement``: see ``progress``; ``values``: those that count;
    ``reunions``, ``validated_on``: of the pilotage."""

    contrat: Contrat
    avancement: pd.DataFrame
    values: ValueStore
    planned: ExpectedReturns
    reunions: Sequence[Meeting] = ()
    validated_on: date | None = None


class AskedFigure(NamedTuple):
    """What is computed, and where it is asked."""

    fiche: Fiche
    indicateur: Indicateur
    mesure: Mesure

    @property
    def volet(self) -> str:
        """The name of the volet whose porteurs answer; "" for every porteur of the fiche."""
        return next((v.nom for v in self.fiche.volets if v.id == self.indicateur.volet), "")

    def of(self, volet: str) -> bool:
        """Is it asked of those who answer for this volet?"""
        return self.fiche.concerns(self.indicateur, volet)


def figures(known: KnownOfTheYear) -> dict[str, ComputedFigure]:
    """Measure → what the tool computes of it; nothing where nothing is known, nor of what is masked where it is
    small."""
    found = {
        id_: _CALCULS[mesure.calcul](known, AskedFigure(fiche, indicateur, mesure))
        for id_, (fiche, indicateur, mesure) in known.contrat.by_mesure.items()
        if mesure.calcul in _CALCULS and not mesure.petits_effectifs
    }
    return {id_: figure for id_, figure in found.items() if figure is not None}


def _validated(known: KnownOfTheYear) -> ComputedFigure | None:
    if known.validated_on is None:
        return None
    return ComputedFigure(
        f"bilan validé le {date_fr(known.validated_on)}", jalon=known.contrat.follow_up.listes.jalons[-1]
    )


def _fiches_done(contrat: Contrat, avancement: pd.DataFrame, porteur: str | None = None) -> ComputedFigure | None:
    rate = completion_rate(contrat, avancement, porteur)
    if not rate.programmed:
        return None
    silent = f", {how_many(rate.unanswered, 'fiche')} sans réponse" if rate.unanswered else ""
    basis = f"fiches réalisées en totalité sur fiches programmées{silent}"
    return ComputedFigure(basis, not rate.unanswered, rate.fully_done, rate.programmed)


def _answering(known: KnownOfTheYear) -> ComputedFigure | None:
    """Structures that answered, of those that were to; who answers for all its team excuses the others."""
    answers, identify = {*known.values.distinct("fiche", "structure", "volet")}, structure_key(known.contrat)
    theirs = {identify(structure) for _, structure, _ in answers}
    answered = {known.planned.find(*place) for place in answers}
    awaited: dict[str, set[int | None]] = {}
    for fiche, structure, volet, _ in columns(known.planned.planned, *EXPECTED_COLUMNS):
        awaited.setdefault(identify(structure), set()).add(known.planned.find(fiche, structure, volet))
    expected = {s for s, places in awaited.items() if s in theirs or places - answered}
    if not expected or not answers:
        return None
    return ComputedFigure(
        "structures qui ont répondu sur structures attendues",
        numerateur=len(expected & theirs),
        denominateur=len(expected),
    )


def _meetings(reunions: Sequence[Meeting], mesure: Mesure) -> ComputedFigure | None:
    """Of the bodies that its categories name; of all, where it has none."""
    named = {fold(nom) for nom in mesure.modalites}
    held = [r for r in reunions if not named or fold(r.instance) in named]
    return ComputedFigure("réunions inscrites au pilotage", nombre=len(held)) if reunions else None


def _places(known: KnownOfTheYear, asked: AskedFigure) -> ComputedFigure | None:
    return _named(known, asked, "communes cochées par les retours", "territoire", "commune", "ligne")


def _partners(known: KnownOfTheYear, asked: AskedFigure) -> ComputedFigure | None:
    return _named(known, asked, "partenaires différents nommés par les retours", "partenaires", "nom")


def _named(
    known: KnownOfTheYear, asked: AskedFigure, counted: str, bloc: str, champ: str, of: str = "valeur"
) -> ComputedFigure | None:
    """How many different names the returns of a fiche, or of a volet, give; none is known where nobody names any."""

    def is_there(chapter: Chapter) -> bool:
        return chapter.bloc == bloc and chapter.fiche == asked.fiche.numero

    said = known.values.lines(is_there, of, "volet", input_fields=(champ,))
    names = {fold(str(nom)) for nom, volet in said if asked.of(volet)}
    whose = f"du volet « {asked.volet} »" if asked.volet else "de la fiche"
    return ComputedFigure(f"{counted} {whose}", _all_answered(known, asked), nombre=len(names)) if names else None


def _all_answered(known: KnownOfTheYear, asked: AskedFigure) -> bool:
    """Has every return that is expected of its fiche, or of its volet, come?"""
    numero = asked.fiche.numero
    if not asked.volet:
        (row,) = frame_records(known.avancement[known.avancement["fiche"] == numero])
        return row["attendus"] is not None and bool(row["recus"] >= row["attendus"])
    answered = {known.planned.find(*place) for place in known.values.distinct("fiche", "structure", "volet")}
    planned = (place for *place, _ in columns(known.planned.planned, *EXPECTED_COLUMNS) if place[0] == numero)
    return {known.planned.find(*place) for place in planned if asked.of(place[2])} <= answered


def _attendance(reunions: Sequence[Meeting]) -> ComputedFigure | None:
    terms = [(r.presents, r.convies) for r in reunions if r.presents is not None and r.convies is not None]
    if not terms:
        return None
    complete = len(terms) == len(reunions)
    basis = f"présents sur conviés, {how_many(len(terms), 'réunion')} du pilotage"
    basis += "" if complete else f" sur {len(reunions)}"
    return ComputedFigure(basis, complete, sum(p for p, _ in terms), sum(c for _, c in terms))


_CALCULS: dict[str, Callable[[KnownOfTheYear, AskedFigure], ComputedFigure | None]] = {
    "fiches_realisees": lambda known, _: _fiches_done(known.contrat, known.avancement),
    "fiches_realisees_coordination": lambda known, _: _fiches_done(
        known.contrat, known.avancement, known.contrat.parties.coordination or ""
    ),
    "participation": lambda known, _: _attendance(known.reunions),
    "structures_repondantes": lambda known, _: _answering(known),
    "bilan_valide": lambda known, _: _validated(known),
    "reunions_tenues": lambda known, asked: _meetings(known.reunions, asked.mesure),
    "communes_touchees": _places,
    "partenaires_cites": _partners,
}


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
        return f"« {r['Valeur']} »" if isinstance(r["Valeur"], str) else number_fr(r["Valeur"])
    return f"{number_fr(r['Numérateur'])} sur {number_fr(r['Dénominateur'])}"


def _cells_of(values: ValueStore, mesure: str) -> dict[Place, list[str]]:
    places: dict[Place, list[str]] = {}
    names = ("fichier", "feuille", "fiche", "structure", "cellule")
    typed: Iterator[tuple[Any, ...]] = values.lines(lambda c: c.mesure == mesure, *names, input_fields=INPUTS)
    for *place, cell in typed:
        places.setdefault(Place(*place), []).append(cell)
    return places
