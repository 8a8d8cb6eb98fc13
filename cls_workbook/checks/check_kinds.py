"""Where a rule looks: at the rows of a block, at each return, at a fiche over all returns, between returns,
at the campaign.

A rule is a class of one of these kinds (see ``anomalies.Check``); of two, where it looks at two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

import pandas as pd

from cls_workbook.anomalies import Anomalie, Check
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, place_of
from cls_workbook.reading.storing.wide_views import as_dicts

CONFIRM = "corrigez, ou confirmez à la coordination."
SEND_BACK = "puis renvoyez le classeur."  # what follows « corrigez » when a value is refused


class RetourCheck(Check, abstract=True):
    """What a return says amiss, whatever the others say: they may be looked at in several parts."""

    def in_retours(self, given: CheckInput) -> Iterable[Anomalie]:
        raise NotImplementedError


class RowCheck(RetourCheck, abstract=True):
    """What must hold in each row of some blocks, that is in a row of ``TypedAnswers.rows``."""

    blocks: ClassVar[tuple[str, ...]]

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        """Where it does not hold."""
        raise NotImplementedError

    def say(self, given: CheckInput, r: Row) -> Anomalie | None:
        """None: nothing to say after all. ``r["bloc"]``: which of the blocks."""
        raise NotImplementedError

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for bloc in self.blocks:
            if bloc not in given.answers.blocks:
                continue  # nothing typed
            rows = given.answers.rows(bloc)
            for r in self.picked(rows, self.broken(rows), bloc):
                if finding := self.say(given, r):
                    yield finding

    @staticmethod
    def picked(rows: pd.DataFrame, mask: Sequence[bool], bloc: str) -> Iterator[Row]:
        return ({**r, "bloc": bloc} for r in as_dicts(rows, mask))

    def at(
        self,
        given: CheckInput,
        r: Row,
        champ: str,
        cells: Iterable[str],
        found: str,
        *,
        expected: str = "",
        remedy: str = "",
    ) -> Anomalie:
        """The anomaly of a row; ``champ``: the one to look at first."""
        printed = given.words.libelle(r["bloc"], champ, r["mesure"])
        return self.anomalie(place_of(r), cells, champ=printed, found=found, expected=expected, remedy=remedy)


class FicheCheck(Check, abstract=True):
    """The money of a fiche, all returns together."""

    def on_fiche(self, given: CheckInput, fiche: str) -> Iterable[Anomalie]:
        """``given``: what is said of this fiche only."""
        raise NotImplementedError


class BetweenRetours(Check, abstract=True):
    """What takes several returns, over all fiches."""

    def between(self, given: CheckInput) -> Iterable[Anomalie]:
        raise NotImplementedError


class CampagneCheck(Check, abstract=True):
    """What was expected of the campaign and is not there."""

    def in_campagne(self, given: CheckInput) -> Iterable[Anomalie]:
        raise NotImplementedError
