"""The evaluations that a contract plans: half-way, at its end, or another; in which year, and who makes each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SAID = {"mi_parcours": "Évaluation à mi-parcours", "finale": "Évaluation finale", "autre": "Autre évaluation"}
EVALUATION_KINDS = tuple(_SAID)
MADE = "rendue"
EVALUATION_STATES = ("à engager", "en cours", MADE, "reportée")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``annee``: the year of the contract in which it is to be made; ``par``: who makes it, as the contract says it;
    ``objet``: what it bears on."""

    sorte: str
    annee: int
    par: str | None = None
    objet: str | None = None

    @property
    def nom(self) -> str:
        """« Évaluation à mi-parcours »"""
        return _SAID.get(self.sorte, self.sorte)


def of_year(evaluations: Sequence[Evaluation], annee: int) -> list[Evaluation]:
    """Those that are to be made that year."""
    return [e for e in evaluations if e.annee == annee]
