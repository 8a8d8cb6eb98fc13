"""The returns of a campaign in batches: each read, typed and checked on its own, in any process; then brought together.

What takes several returns to be seen (a second answer, a fiche that engages too much) is for the whole: see ``pipeline.way_back``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cls_workbook import checks, garbage
from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.domain.model import Contrat
from cls_workbook.engines.engine_protocol import Engine, Failure
from cls_workbook.reading.return_files import RetourFile, apply, on_failure
from cls_workbook.reading.return_reader import Retour
from cls_workbook.reading.storing import typed_frames

PER_BATCH = 250  # returns checked together: schemas cost as much for one return as for a hundred


class Batch(NamedTuple):
    """What a batch of returns says, and what the checks find in each return taken alone."""

    typed_returns: typed_frames.TypedRetours
    findings: list[Anomalie]


@dataclass(frozen=True, eq=False)
class Campagne:
    """What a process has to know to read, type and check returns. ``contrat``: as it is in ``annee``.

    ``expected_returns``: columns of ``summaries.what_counts.expected_returns``; ``precedent``, ``pilotage``: as the checks want them.
    """

    contrat: Contrat
    annee: int
    expected_returns: pd.DataFrame
    precedent: checks.PreviousYear | None = None
    pilotage: checks.PilotageFacts | None = None

    def batches(self, files: Mapping[str, Path], engine: Engine | None = None) -> Iterator[Batch]:
        """The returns (name to show → file), in batches, in order, read by ``engine``."""
        for made_one in apply(self.read, files, engine, PER_BATCH):
            yield self.controler([on_failure(made_one)]) if isinstance(made_one, Failure) else made_one

    def read(self, files: Sequence[RetourFile]) -> Batch:
        """One batch."""
        contrats = KnownContrats(self.contrat)
        return self.controler(file.read(contrats) for file in files)

    def controler(self, retours: Iterable[Retour]) -> Batch:
        """Returns as read → the batch. Those of another campaign only bring the anomaly that refuses them."""
        strangers: list[Anomalie] = []
        with garbage.suspended():
            typed_returns = typed_frames.type_values(self._own_retours(retours, strangers), self.contrat)
            typed_returns.anomalies.extend(strangers)
            return Batch(typed_returns, checks.of_each_retour(self.folder(typed_returns)))

    def folder(
        self, typed_returns: typed_frames.TypedRetours, anomalies: Iterable[Anomalie] | None = None
    ) -> CheckInput:
        """What the checks look at. ``anomalies``: those that reading left, if not all of the lot's."""
        return CheckInput(
            self.contrat,
            self.annee,
            typed_returns.values,
            typed_returns.retours,
            self.expected_returns,
            precedent=self.precedent,
            pilotage=self.pilotage,
            anomalies=tuple(typed_returns.anomalies if anomalies is None else anomalies),
            addresses=typed_returns.addresses(self.contrat),
        )

    def _own_retours(self, retours: Iterable[Retour], strangers: list[Anomalie]) -> Iterator[Retour]:
        for retour in retours:
            if refusal := typed_frames.out_of_campagne(retour, self.contrat, self.annee):
                strangers += refusal
            else:
                yield retour


def bring_together(batches: Iterable[Batch]) -> Batch:
    """One batch, in their order; each is let go once it is taken in."""
    findings: list[Anomalie] = []

    def typed_batches() -> Iterator[typed_frames.TypedRetours]:
        for typed_returns, theirs in batches:
            findings.extend(theirs)
            yield typed_returns

    return Batch(typed_frames.bring_together(typed_batches()), findings)
