"""The returns of a campaign by fiche and measure: what each says there, and how many a figure rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cls_workbook.domain.model import Contrat, Fiche, Indicateur
from cls_workbook.french import fold, listing
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.summaries.aggregation import FIELDS, NOT_APPLICABLE, UNAVAILABLE, Aggregate, Detail, MesureAnswer
from cls_workbook.summaries.expected import ExpectedReturns, displayed_name


class Coverage(NamedTuple):
    """How many returns a figure rests on. ``expected_returns`` None: unknown (a group without named members)."""

    received: int
    expected_returns: int | None
    texte: str


class _FicheRetours(NamedTuple):
    """Of one fiche: fichier → the rank of the expected return that it is (None: of none); ``volets``: of those that
    answer for one."""

    ranks: dict[str, int | None]
    volets: dict[str, str]


class CampagneRetours:
    """The returns of a campaign, found by fiche and measure: fichier → what it says there."""

    def __init__(self, contrat: Contrat, values: pd.DataFrame | ValueStore, planned: pd.DataFrame | ExpectedReturns):
        self.contrat = contrat
        self.values, self.planned = ValueStore.of(values), ExpectedReturns.of(contrat, planned)
        self.retours = self.values.once("retours", lambda: _retours(self.values, self.planned), contrat, planned)

    def reponses(self, mesure: str, detailed: bool = True) -> dict[str, MesureAnswer]:
        """Return → what it says of this measure, for the returns that say something of it. ``detailed``: with their
        breakdowns."""
        names = "fichier", "structure", "champ", "ligne", "modalite", "valeur"
        saisies = self.values.lines(lambda c: c.mesure == mesure, *names, input_fields=FIELDS)
        known: dict[str, Detail] = {}  # the same rows come back from many returns: one object for all
        return {
            file: self._reponse(structure, its_own, detailed, known)
            for (file, structure), its_own in groupby(saisies, key=itemgetter(0, 1))
        }

    def _reponse(
        self, structure: str, saisies: Iterable[tuple[Any, ...]], detailed: bool, known: dict[str, Detail]
    ) -> MesureAnswer:
        input_fields: dict[str, Any] = {}
        lines: dict[str, dict[str, Any]] = {}
        for _, _, champ, row, modalite, valeur in saisies:
            if row and not detailed:
                continue
            if row:
                line = lines.setdefault(row, {})
                line[champ] = valeur
                if modalite and "nom" not in line and champ != "nom":
                    line.setdefault("modalite", modalite)  # a printed row: its label is not typed
            else:
                input_fields[champ] = valeur
        details = (Detail(*map(lines[cle].get, Detail._fields)) for cle in sorted(lines))
        shared = tuple(known.setdefault(repr(detail), detail) for detail in details)
        return MesureAnswer(displayed_name(self.contrat, structure), input_fields, shared)

    def coverage(
        self, fiche: Fiche, indicateur: Indicateur, reponses: Mapping[str, MesureAnswer], result: Aggregate
    ) -> tuple[Coverage, list[str]]:
        """What the figure rests on, and what must be said of the returns that are not in it.

        An indicator of one volet is asked of the porteurs of that volet only.
        """
        ranks, volets = self.retours[fiche.numero]
        answered, unavailable, not_applicable = _split_retours(reponses, result.counted)
        # by the return that they are: those who answer together are one
        restored = {
            r if rank is None else rank for r, rank in ranks.items() if fiche.concerns(indicateur, volets.get(r, ""))
        }
        answering = [*answered, *unavailable, *not_applicable]
        silent = len(restored - {r if (rank := ranks[r]) is None else rank for r in answering})
        contradicted = sum(reponses[r].statut in (fold(UNAVAILABLE), fold(NOT_APPLICABLE)) for r in answered)
        extra = sorted(reponses[r].structure for r in answered if ranks[r] is None)
        if fiche.numero in self.planned.groups:
            extra = []
        several = "s" * (len(extra) > 1)
        reserves = (
            (len(unavailable), f"{len(unavailable)} {UNAVAILABLE}"),
            (len(not_applicable), f"{len(not_applicable)} {NOT_APPLICABLE}"),
            (silent, f"{silent} retour{'s' * (silent > 1)} sans valeur retenue"),
            (
                contradicted,
                f"{contradicted} valeur{'s' * (contradicted > 1)} malgré un statut qui dit qu’il n’y en a pas",
            ),
            (len(extra), f"compte {len(extra)} retour{several} non attendu{several} ({listing(extra)})"),
        )
        ranks_planned = self.planned.of_fiche(fiche.numero)
        planned = [rank for rank in ranks_planned if fiche.concerns(indicateur, self.planned.volets[rank])]
        coverage = self.count_up(fiche.numero, planned, [*answered, *not_applicable], bool(restored))
        return coverage, [sentence for nombre, sentence in reserves if nombre]

    def count_up(self, fiche: str, planned: Sequence[int], answered: Collection[str], delivered: bool) -> Coverage:
        """``planned``: the returns that are asked; ``answered``: those that gave it; ``delivered``: has any of the
        fiche come in?"""
        if fiche in self.planned.groups or not planned:
            received, expected_returns = len(answered), None
        else:
            # By rank; the last is of those that were not expected.
            supplied = np.zeros(len(self.planned.volets) + 1, dtype=bool)
            supplied[[-1 if rank is None else rank for rank in map(self.retours[fiche].ranks.get, answered)]] = True
            received, expected_returns = int(supplied[planned].sum()), len(planned)
        on = f"({received} sur {'?' if expected_returns is None else expected_returns})"
        word = "complet" if received == expected_returns else "partiel"
        if not answered:
            word = "aucune valeur" if delivered else "aucun retour"
        return Coverage(received, expected_returns, f"{word} {on}")


def _split_retours(
    reponses: Mapping[str, MesureAnswer], counted: Iterable[MesureAnswer]
) -> tuple[list[str], list[str], list[str]]:
    """The returns that are in a figure (``counted``: their answers); of the others, those that have none to give, or
    none to be asked."""
    inside, answered, unavailable, not_applicable = set(counted), [], [], []
    for retour, reponse in reponses.items():
        if reponse in inside:
            answered.append(retour)
        elif reponse.has_statut(NOT_APPLICABLE):
            not_applicable.append(retour)
        elif reponse.has_statut(UNAVAILABLE):
            unavailable.append(retour)
    return answered, unavailable, not_applicable


def _retours(store: ValueStore, planned: ExpectedReturns) -> Mapping[str, _FicheRetours]:
    """Fiche → the returns that say something of it."""
    retours: dict[str, _FicheRetours] = defaultdict(lambda: _FicheRetours({}, {}))
    for fiche, file, structure, volet in store.distinct("fiche", "fichier", "structure", "volet"):
        ranks, volets = retours[fiche]
        ranks[file] = planned.find(fiche, structure, volet)
        if volet:
            volets[file] = volet
    return retours
