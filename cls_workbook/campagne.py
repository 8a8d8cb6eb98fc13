"""The returns of a campaign in batches: each read, typed and checked on its own, in any process; then brought together.

What takes several returns to be seen (a second answer, a fiche that engages too much) is for the whole: see ``conductor``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cls_workbook import checks, ramasse_miettes
from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.dossier import Dossier
from cls_workbook.contract.model import Contrat
from cls_workbook.moteurs.promesse import Moteur, Panne
from cls_workbook.reading import frames
from cls_workbook.reading.lecture import Contrats, Fichier, appliquer, en_panne
from cls_workbook.reading.reader import Retour

PAR_TRANCHE = 250  # returns checked together: schemas cost as much for one return as for a hundred


class Tranche(NamedTuple):
    """What a batch of returns says, and what the checks find in each return taken alone."""

    lot: frames.Lot
    constats: list[Anomalie]


@dataclass(frozen=True, eq=False)
class Campagne:
    """What a process has to know to read, type and check returns. ``contrat``: as it is in ``annee``.

    ``attendus``: columns of ``summaries.consolidation.attendus``; ``precedent``, ``pilotage``: as the checks want them.
    """

    contrat: Contrat
    annee: int
    attendus: pd.DataFrame
    precedent: checks.Precedent | None = None
    pilotage: checks.Pilotage | None = None

    def tranches(self, fichiers: Mapping[str, Path], moteur: Moteur | None = None) -> Iterator[Tranche]:
        """The returns (name to show → file), in batches, in order, read by ``moteur``."""
        for faite in appliquer(self.lire, fichiers, moteur, PAR_TRANCHE):
            yield self.controler([en_panne(faite)]) if isinstance(faite, Panne) else faite

    def lire(self, fichiers: Sequence[Fichier]) -> Tranche:
        """One batch."""
        contrats = Contrats(self.contrat)
        return self.controler(fichier.lire(contrats) for fichier in fichiers)

    def controler(self, retours: Iterable[Retour]) -> Tranche:
        """Returns as read → the batch. Those of another campaign only bring the anomaly that refuses them."""
        intrus: list[Anomalie] = []
        with ramasse_miettes.suspendu():
            lot = frames.typer(self._siens(retours, intrus), self.contrat)
            lot.anomalies.extend(intrus)
            return Tranche(lot, checks.de_chaque_retour(self.dossier(lot)))

    def dossier(self, lot: frames.Lot, anomalies: Iterable[Anomalie] | None = None) -> Dossier:
        """What the checks look at. ``anomalies``: those that reading left, if not all of the lot's."""
        return Dossier(
            self.contrat, self.annee, lot.valeurs, lot.retours, self.attendus, precedent=self.precedent, pilotage=self.pilotage,
            anomalies=tuple(lot.anomalies if anomalies is None else anomalies), adresses=lot.adresses(self.contrat),
        )  # fmt: skip

    def _siens(self, retours: Iterable[Retour], intrus: list[Anomalie]) -> Iterator[Retour]:
        for retour in retours:
            if refus := frames.hors_campagne(retour, self.contrat, self.annee):
                intrus += refus
            else:
                yield retour


def reunir(tranches: Iterable[Tranche]) -> Tranche:
    """One batch, in their order; each is let go once it is taken in."""
    constats: list[Anomalie] = []

    def lots() -> Iterator[frames.Lot]:
        for lot, siens in tranches:
            constats.extend(siens)
            yield lot

    return Tranche(frames.reunir(lots()), constats)
