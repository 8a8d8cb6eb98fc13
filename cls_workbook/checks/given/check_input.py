"""All that the checks look at: the typed values of the returns, what was expected, last year,
the coordinator's inputs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.given.contract_words import ContractWords
from cls_workbook.checks.given.input_places import InputPlaces
from cls_workbook.checks.given.typed_answers import Here, TypedAnswers
from cls_workbook.domain.model import Contrat
from cls_workbook.reading.storing.value_store import Choice, ValueStore
from cls_workbook.reading.storing.wide_views import columns


@dataclass(frozen=True, eq=False)
class PreviousYear:
    """Last year's consolidation, as far as the checks need it.

    ``mesures``: values retained last year; columns fiche, structure, volet, mesure, champ, modalite, valeur
    (other columns are ignored; structures named as in ``CheckInput.retours``).
    ``lines``: the funding lines of last year; columns fiche, structure, financeur, nature, prevu, engage, verse,
    reference. ``financements``: what earlier years engaged in all; columns fiche, financeur (id or name), nature
    (label), engage (EUR).
    """

    mesures: pd.DataFrame
    financements: pd.DataFrame
    lines: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class PilotageFacts:
    """``programmes``: (fiche, financeur id or name) → EUR programmed for the year; ``hors_maquette``: the same for the
    lines of that level. ``reunions``: instance → meetings held."""

    programmes: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    reunions: Mapping[str, int] = field(default_factory=dict)
    hors_maquette: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class CheckInput:
    """The returns of a campaign (or a single one), typed. What is None is not checked against.

    ``values``: one row per input understood, columns ``value_log.VALUES``; for a whole campaign, a store of them,
    which rules between returns take up by parts (``par_fiche``, ``by_mesure``). ``retours``: one row per
    (fichier, fiche) answered, columns ``typed_frames.RETOURS``. ``expected_returns``: columns fiche, structure,
    volet, groupe. ``anomalies``: what reading and typing already found; what they refused is not said to be missing.
    ``addresses``: file → key of an input → (sheet, cell), blank inputs included, so that a blank can be pointed at.
    """

    contrat: Contrat
    annee: int
    values: pd.DataFrame | ValueStore
    retours: pd.DataFrame
    expected_returns: pd.DataFrame | None = None
    precedent: PreviousYear | None = None
    pilotage: PilotageFacts | None = None
    anomalies: tuple[Anomalie, ...] = ()
    addresses: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)

    @cached_property
    def words(self) -> ContractWords:
        return ContractWords(self.contrat, self.annee)

    @cached_property
    def places(self) -> InputPlaces:
        return InputPlaces(self.addresses, self.anomalies)

    @cached_property
    def answers(self) -> TypedAnswers:
        return TypedAnswers(self.words, self.values, self.retours)

    # --- parts ---

    def without(self, answers: Collection[Here]) -> CheckInput:
        """The same without some (fichier, fiche); fiche "": without all that the return says."""
        if not answers:
            return self

        def is_left_out(file: str, fiche: str, *_: str) -> bool:
            return (file, fiche) in answers or (file, "") in answers

        def kept(frame: pd.DataFrame) -> pd.DataFrame:
            return frame[[not is_left_out(*place) for place in columns(frame, "fichier", "fiche")]]

        if isinstance(self.values, ValueStore):
            values: pd.DataFrame | ValueStore = self.values.without({file for file, _ in answers}, is_left_out)
        else:
            values = kept(self.values)
        return dataclasses.replace(self, values=values, retours=kept(self.retours))

    def without_cells(self, cells: Collection[tuple[str, str, str]]) -> CheckInput:
        """The same without some values: (fichier, feuille, cellule)."""
        if not cells:
            return self
        files = {file for file, _, _ in cells}
        store = ValueStore.of(self.values)
        kept = store.without(files, lambda file, _, sheet, cell: (file, sheet, cell) in cells)
        whole = isinstance(self.values, ValueStore)
        return dataclasses.replace(self, values=kept if whole else kept.read())

    def par_fiche(self, bloc: str) -> Iterator[tuple[str, CheckInput]]:
        """Each fiche of which something is said in this block, and what is said of it."""
        store = ValueStore.of(self.values)
        for fiche in dict.fromkeys(c.fiche for c in store.chapters if c.bloc == bloc):
            its_own = tuple(a for a in self.anomalies if a.fiche in ("", fiche))
            yield fiche, dataclasses.replace(self, values=store.only(_of_fiche(fiche)), anomalies=its_own)

    def by_mesure(self, *blocks: str) -> Iterator[tuple[str, ValueStore]]:
        """Each measure of which something is said in these blocks, and what is said of it there."""
        store = ValueStore.of(self.values)
        for mesure in dict.fromkeys(c.mesure for c in store.chapters if c.bloc in blocks):
            yield mesure, store.only(_of_mesure(mesure, blocks))


def _of_fiche(fiche: str) -> Choice:
    return lambda chapter: chapter.fiche == fiche


def _of_mesure(mesure: str, blocks: Collection[str]) -> Choice:
    return lambda chapter: chapter.mesure == mesure and chapter.bloc in blocks
