"""Which returns are expected: one a fiche, structure and volet; groups whose members the coordinator names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pandas as pd

from cls_workbook.domain.announced.volets import AND, covered
from cls_workbook.domain.contrat_years import covers
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.wording import fiches_named
from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP, fold

# Group id → the structures that the coordinator named for it; (group id, fiche) → those of one fiche, looked up first.
Members = Mapping[str | tuple[str, str], Sequence[str]]
NOT_NAMED = "ne sont pas nommées"  # the structures of a group
TO_BE_NAMED = "porteur à désigner"  # of a fiche or a volet that nobody answers for yet
EXPECTED_COLUMNS = ("fiche", "structure", "volet", "groupe")


def displayed_name(contrat: Contrat, structure: str) -> str:
    """The printed name of a structure id; a name that is not an id, as it was typed."""
    known = contrat.by_structure.get(structure)
    return known.nom if known else structure


def answers_together(contrat: Contrat, fiche: str, volet: str | None) -> bool:
    """Does one of the porteurs of a fiche, or of its volet, answer for all?"""
    known = contrat.par_fiche.get(fiche)
    return known is not None and known.answers_together(volet or "")


def structure_key(contrat: Contrat) -> Callable[[str], str]:
    """A function: a structure however it is written (id, name, full name, alias) → its id; else its folded name."""
    return lambda structure: contrat.identify(structure) or fold(structure)


def expected_returns(contrat: Contrat, annee: int, membres: Members | None = None) -> pd.DataFrame:
    """One row per expected return: fiche, structure (id or name), volet ("" if none), groupe (bool).

    A group for which ``membres`` names nobody stays one line with groupe=True: how many returns it stands for is
    unknown. Refusal if the contract does not cover ``annee``.
    """
    if not covers(contrat, annee):
        raise Refusal(f"L’année {annee} n’est pas une année du contrat «{NBSP}{contrat.titre}{NBSP}».")
    identify = structure_key(contrat)
    lines, already_seen = [], set()
    for fiche in contrat.fiches:
        for porteur, volet in fiche.repondants():
            for structure, groupe in _designated(contrat, fiche.numero, porteur, membres or {}):
                cle = (fiche.numero, identify(structure), volet or "")
                if cle not in already_seen:
                    already_seen.add(cle)
                    lines.append((fiche.numero, structure, volet or "", groupe))
    return pd.DataFrame(lines, columns=EXPECTED_COLUMNS, dtype=object).astype({"groupe": bool})


def _designated(contrat: Contrat, fiche: str, porteur: str, membres: Members) -> list[tuple[str, bool]]:
    known = contrat.by_structure.get(porteur)
    if known is None or not known.groupe:
        return [(porteur, False)]
    identify, named = structure_key(contrat), membres.get((porteur, fiche), membres.get(porteur, ()))
    ids = [(identify(nom), nom.strip()) for nom in named if nom.strip()]
    return [(id_ if id_ in contrat.by_structure else nom, False) for id_, nom in ids] or [(porteur, True)]


def a_preciser(contrat: Contrat, membres: Members | None = None) -> list[str]:
    """French sentences: the volets without porteur, by fiche, then the groups without members."""
    notes: list[str] = []
    unknown: dict[str, list[str]] = {}
    for fiche in contrat.fiches:
        silent = [f", volet «{NBSP}{v.nom}{NBSP}»" for v in fiche.volets if not v.porteurs]
        silent += [""] * (not fiche.volets and not fiche.porteurs)
        notes += [f"Fiche {fiche.numero}{volet}{NBSP}: {TO_BE_NAMED}." for volet in silent]
        for porteur in dict.fromkeys(p for p, _ in fiche.repondants()):
            if (porteur, True) in _designated(contrat, fiche.numero, porteur, membres or {}):
                unknown.setdefault(porteur, []).append(fiche.numero)
    for porteur, fiches in unknown.items():
        whose = fiches_named(fiches).replace("f", "F", 1)
        group = f"les structures du groupe «{NBSP}{displayed_name(contrat, porteur)}{NBSP}»"
        notes.append(f"{whose}{NBSP}: {group} {NOT_NAMED}, le nombre de retours attendus est inconnu.")
    return notes


class ExpectedReturns:
    """The returns expected one by one, by rank: the lines of ``expected_returns`` but for those of groups, in whose
    name nobody answers; those who answer together are one."""

    def __init__(self, contrat: Contrat, planned: pd.DataFrame):
        self.planned, self._contrat = planned, contrat
        self.groups = frozenset(planned.loc[planned["groupe"], "fiche"])  # the fiches that have such a line
        self.volets: list[str] = []
        self._identify = structure_key(contrat)
        self._ranks: dict[str, dict[str, list[int]]] = {}  # fiche → structure → its ranks, one a volet
        together: dict[tuple[str, str], int] = {}
        named = planned[~planned["groupe"]]
        for fiche, structure, volet in zip(named["fiche"], named["structure"], named["volet"], strict=True):
            rank = together.get((fiche, volet), len(self.volets))
            if rank == len(self.volets):
                self.volets.append(volet)
            if answers_together(contrat, fiche, volet):
                together[fiche, volet] = rank
            self._ranks.setdefault(fiche, {}).setdefault(self._identify(structure), []).append(rank)

    @classmethod
    def of(cls, contrat: Contrat, planned: pd.DataFrame | ExpectedReturns) -> ExpectedReturns:
        """Those of the frame of ``expected_returns``, or themselves."""
        return planned if isinstance(planned, ExpectedReturns) else cls(contrat, planned)

    def of_fiche(self, fiche: str) -> Iterator[int]:
        """Their ranks."""
        return iter(dict.fromkeys(rank for ranks in self._ranks.get(fiche, {}).values() for rank in ranks))

    def find(self, fiche: str, structure: str, volet: str) -> int | None:
        """The expected return that this one answers for; None: it is not expected.

        A blank volet is understood when the structure is expected once on the fiche; one of its volets is part of what
        it is expected for.
        """
        possible = self._ranks.get(fiche, {}).get(self._identify(structure), [])
        exact = next((rank for rank in possible if self.volets[rank] == volet), None)
        if exact is None and volet and fiche in self._contrat.par_fiche:
            parts = self._contrat.par_fiche[fiche].volets
            asked = {*covered(parts, volet)}
            exact = next((r for r in possible if asked and asked < {*covered(parts, self.volets[r])}), None)
        return possible[0] if exact is None and len(possible) == 1 and not volet else exact

    def left_out(self, fiche: str, rank: int, answered: Iterable[str]) -> str:
        """The volets of an expected return that those that came do not answer; ``answered``: what they answer for."""
        parts, expected = self._contrat.par_fiche[fiche].volets, self.volets[rank]
        done = {id_ for volet in answered for id_ in covered(parts, volet or expected)}
        return AND.join(v.nom for v in parts if v.id in covered(parts, expected) and v.id not in done)
