"""How a contract changes over its years: the years in which things hold, what decided it, and what was revised.

Plain frozen data; what a contract is in a given year is worked out in ``periods``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DECISION_INSTANCES = ("COPIL", "avenant")
REVISION_OBJECTS = (
    "contrat",
    "axe",
    "structure",
    "signataire",
    "financeur",
    "fiche",
    "volet",
    "indicateur",
    "mesure",
    "regle",
)
CHANGES_NEEDING_AVENANT = ("axes", "signataires", "duree", "montants")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The years in which something holds, both included (None: from the first, to the last), and what decided it.

    ``decision``: id of the ``Decision`` that brought it (or ended it, where it was there from the start);
    ``decision_fin``: of the one that ended what another had brought.
    """

    depuis: int | None = None
    jusque: int | None = None
    decision: str | None = None
    decision_fin: str | None = None

    def holds_in(self, annee: int) -> bool:
        return (self.depuis is None or self.depuis <= annee) and (self.jusque is None or annee <= self.jusque)


@dataclass(frozen=True, slots=True)
class Decision:
    """What changed the contract: a decision of one of its bodies, or an avenant that all its members signed."""

    id: str
    instance: str  # COPIL, avenant, or the name of a body of the contract
    date: date | None = None
    reference: str | None = None
    objet: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """From the year ``depuis`` on, one field of one object has another value.

    ``objet``: what it is (contrat, fiche, axe…); ``cible``: its number or id (a volet: ``2.3/etude``; nothing for the
    contract);
    ``valeur``: as it would be typed in a cell (``180 000,50``, ``ars ; ccas`` for a list); None empties the field.
    """

    depuis: int
    objet: str
    champ: str
    cible: str | None = None
    valeur: str | None = None
    decision: str | None = None


@dataclass(frozen=True)
class EvolutionThresholds:
    """From which change a structure's value is worth a question, one year after the other.

    More than ``part`` of the former value, and at least so many ``unites`` of a count, or so many ``euros``; for a
    rate, more than so many ``points`` (a share: 0.2 for 20 points).
    """

    part: Decimal = Decimal("0.5")
    unites: int = 10
    euros: int = 1000
    points: Decimal = Decimal("0.2")
