"""Where a rule looks: at the rows of a block, at each return, at a fiche over all returns, between returns,
at the campaign.

A rule is a class of one of these kinds (see ``anomalies.Check``); of two, where it looks at two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from cls_workbook.anomalies import Anomalie, Check
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, place_of, typed_cells
from cls_workbook.domain.rules import Rule

CONFIRM = "corrigez, ou confirmez à la coordination."
SEND_BACK = "puis renvoyez le classeur."  # what follows « corrigez » when a value is refused


class InputCheck(Check, abstract=True):
    """A rule, and what it looks at."""

    def __init__(self, given: CheckInput):
        self.given, self.contrat, self.annee = given, given.contrat, given.annee
        self.words, self.answers, self.places = given.words, given.answers, given.places

    def at(
        self,
        r: Row,
        found: str,
        *champs: str,
        cells: Iterable[str] | None = None,
        expected: str = "",
        remedy: str = "",
        gravite: str = "",
    ) -> Anomalie:
        """The anomaly of a row of ``TypedAnswers``. ``champs``: the one to look at first, and others that are shown
        with it. ``cells``: all that is shown, where that is not where these were typed."""
        printed = self.words.libelle(r["bloc"], champs[0], r["mesure"], r["fiche"])
        shown = typed_cells(r, *champs) if cells is None else cells
        return self.anomalie(place_of(r), shown, printed, found, expected, remedy, gravite)

    def rules(self, *types: str) -> list[Rule]:
        """The rules of the contract of these types, type after type."""
        return [rule for type_ in types for rule in self.contrat.regles if rule.type == type_]

    def blank_cells(self, r: Row, *champs: str) -> list[str]:
        """Where these stand, blank or not."""
        return [cell for champ in champs for cell in self.places.cell(r, r["bloc"], champ)]

    def is_lacking(self, r: Row, champ: str) -> bool:
        """Was nothing typed there? What reading refused is not missing."""
        return r[champ] is None and not self.places.refused(r, r["bloc"], champ)


class RetourCheck(InputCheck, abstract=True):
    """What a return says amiss, whatever the others say: they may be looked at in several parts."""

    def in_retours(self) -> Iterable[Anomalie]:
        raise NotImplementedError


class RowCheck(RetourCheck, abstract=True):
    """What must hold in each row of some blocks."""

    blocks: ClassVar[tuple[str, ...]]

    def broken(self, r: Row) -> bool:
        """Does it not hold?"""
        raise NotImplementedError

    def say(self, r: Row) -> Anomalie:
        raise NotImplementedError

    def in_retours(self) -> Iterator[Anomalie]:
        return (self.say(r) for bloc in self.blocks for r in self.answers.rows(bloc) if self.broken(r))


class FicheCheck(InputCheck, abstract=True):
    """The money of a fiche, all returns together: nothing else is given."""

    def on_fiche(self, fiche: str) -> Iterable[Anomalie]:
        raise NotImplementedError


class BetweenRetours(InputCheck, abstract=True):
    """What takes several returns, over all fiches."""

    def between(self) -> Iterable[Anomalie]:
        raise NotImplementedError


class CampagneCheck(InputCheck, abstract=True):
    """What was expected of the campaign and is not there."""

    def in_campagne(self) -> Iterable[Anomalie]:
        raise NotImplementedError
