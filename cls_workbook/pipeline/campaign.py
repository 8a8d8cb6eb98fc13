"""The returns of a campaign in batches: each read, settled, typed and checked on its own, in any process; then brought
together.

What takes several returns to be seen (a second answer, a fiche that engages too much) is for the whole: see
``pipeline.conclusion``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, NamedTuple

import pandas as pd

from cls_workbook import checks, garbage
from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.domain.model import Contrat
from cls_workbook.engines.engine_protocol import Engine, Failure
from cls_workbook.pipeline.settling import NotCounted, ReplacementRequest, Settlement
from cls_workbook.reading.locating.retour import Retour
from cls_workbook.reading.parsing.answering import Answering
from cls_workbook.reading.return_files import RetourFile, apply, on_failure
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from cls_workbook.reading.storing.typed_frames import TypedRetours, V
from cls_workbook.reading.storing.value_store import ValueStore

PER_BATCH = 250  # returns checked together: schemas cost as much for one return as for a hundred


class Batch(NamedTuple, Generic[V]):
    """What a batch of returns says, and what the checks find in each return taken alone."""

    typed_returns: TypedRetours[V]
    findings: list[Anomalie]


@dataclass(frozen=True, eq=False)
class Campagne:
    """What a process has to know to read, settle, type and check returns. ``contrat``: as it is in ``annee``.

    ``expected_returns``: columns of ``summaries.what_counts.expected_returns``; ``precedent``, ``pilotage``: as the
    checks want them. ``settlement``: who takes whose place; ``not_counted``: who is set aside.
    """

    contrat: Contrat
    annee: int
    expected_returns: pd.DataFrame
    reader: ReturnReader
    precedent: checks.PreviousYear | None = None
    pilotage: checks.PilotageFacts | None = None
    settlement: Settlement = field(default_factory=Settlement)
    not_counted: NotCounted = NotCounted()

    def settled(self, requested: Sequence[ReplacementRequest], corrections: Iterable[Retour]) -> Campagne:
        """The same, once it is known what the new returns (``corrections``, as read) answer."""
        answers = [
            answer
            for retour in corrections
            if (retour.contrat, retour.annee) == (self.contrat.id, self.annee)
            for answer in Answering(retour, self.reader.models.of(self.contrat, retour.annee)).answers
        ]
        return replace(self, settlement=Settlement(requested, answers))

    def batches(
        self, files: Mapping[str, Path], engine: Engine | None = None, already_read: Mapping[str, Retour] | None = None
    ) -> Iterator[Batch[pd.DataFrame]]:
        """The returns (name to show → file), in batches, in order, read by ``engine`` but for those
        ``already_read``."""
        for batch in apply(self.read, files, engine, PER_BATCH, already_read):
            yield self.controler([on_failure(batch)]) if isinstance(batch, Failure) else batch

    def read(self, files: Sequence[RetourFile]) -> Batch[pd.DataFrame]:
        """One batch."""
        return self.controler(file.read(self.reader) for file in files)

    def controler(self, retours: Iterable[Retour]) -> Batch[pd.DataFrame]:
        """Returns as read → the batch. Those of another campaign only bring the anomaly that refuses them."""
        strangers: list[Anomalie] = []
        with garbage.suspended():
            own = self._own_retours(retours, strangers)
            typed_returns = typed_frames.type_values(own, self.contrat, self.reader.models, self.settlement)
            typed_returns.anomalies.extend(strangers)
            return Batch(typed_returns, checks.of_each_retour(self.folder(typed_returns)))

    def folder(self, typed_returns: TypedRetours[V]) -> CheckInput:
        """What the checks look at: nothing of what was replaced or set aside."""
        given = CheckInput(
            self.contrat,
            self.annee,
            typed_returns.values,
            typed_returns.retours,
            self.expected_returns,
            precedent=self.precedent,
            pilotage=self.pilotage,
            anomalies=tuple(typed_returns.anomalies),
            addresses=typed_returns.addresses(self.contrat),
        )
        replaced = {place for settled in typed_returns.settled for place in settled.set_aside}
        return given.without(replaced | {(file, "") for file in self.not_counted.reasons})

    def bring_together(self, batches: Iterable[Batch[pd.DataFrame]]) -> Batch[ValueStore]:
        """One batch, in their order; each is let go once it is taken in."""
        findings: list[Anomalie] = []

        def typed_batches() -> Iterator[TypedRetours[pd.DataFrame]]:
            nobody = True  # may have answered yet
            for typed_returns, theirs in batches:
                nobody = False
                findings.extend(theirs)
                yield typed_returns
            if nobody:
                yield self.controler([]).typed_returns

        return Batch(typed_frames.bring_together(typed_batches(), self.reader.models), findings)

    def _own_retours(self, retours: Iterable[Retour], strangers: list[Anomalie]) -> Iterator[Retour]:
        for retour in retours:
            if refusal := typed_frames.out_of_campagne(retour, self.contrat, self.annee):
                strangers += refusal
            else:
                yield retour
