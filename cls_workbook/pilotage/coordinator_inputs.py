"""What the coordinator alone knows of a campaign: the records that the pilotage workbook is read into.

What is blank is unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cls_workbook.domain.model import Contrat, Members
from cls_workbook.french import fold
from cls_workbook.pilotage.pilotage_questions import PROVISOIRE


@dataclass(frozen=True, slots=True)
class Financement:
    """Money programmed beside the maquette. ``financeur``: id, or the name typed; ``nature``: printed label, "" if
    none; EUR.
    """

    fiche: str
    financeur: str
    nature: str
    montant: Decimal


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting held. ``convies`` and ``presents`` count structures; None: not said."""

    instance: str
    date: date
    convies: int | None = None
    presents: int | None = None
    observation: str = ""


@dataclass(frozen=True, slots=True)
class FollowedEvaluation:
    """Where an evaluation of the year is (``sorte``: as the contract has it)."""

    sorte: str
    etat: str
    date: date | None = None
    constats: str = ""


@dataclass(frozen=True, slots=True)
class CopilDecision:
    """A decision. ``fiche`` "": on the whole contract; ``instance`` "": of the body that decides (the COPIL)."""

    fiche: str
    decision: str
    date: date | None = None
    precision: str = ""
    avis: str = ""
    perspectives: str = ""
    instance: str = ""


@dataclass(frozen=True, slots=True)
class Relance:
    """Where the return of a structure (id, or the name typed) is; ``date``: its last reminder; ``courriel``: the
    address of its service, or several after commas."""

    structure: str
    statut: str = ""
    date: date | None = None
    note: str = ""
    courriel: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A corrected return takes the place of another: names of files, as typed."""

    ancien: str
    nouveau: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A return that is not to count: name of its file, as typed, and why."""

    fichier: str
    motif: str


@dataclass(frozen=True)
class Pilotage:
    """Empty: nothing is known beside the contract.

    ``membres``: group id → the names that stand for it, as typed. Where a member answers for some fiches only, there is
    also (group id, fiche) → names, for each fiche of the group: look for this key first.
    ``programme``: (fiche, "") → EUR programmed on the maquette; (fiche, financeur id or name) → EUR of the other
    lines, except those outside the maquette or without payment, which are only in ``financements``.
    ``engage_anterieur``: fiche → EUR of the maquette engaged in earlier years.
    ``limite``: day by which returns are expected; ``etat``: provisoire or validé. ``comptes_rendus``: fiches of which a
    compte rendu financier is asked, beside those of the contract.
    """

    membres: Members = field(default_factory=dict)
    programme: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    financements: tuple[Financement, ...] = ()
    engage_anterieur: Mapping[str, Decimal] = field(default_factory=dict)
    reunions: tuple[Meeting, ...] = ()
    decisions: tuple[CopilDecision, ...] = ()
    relances: tuple[Relance, ...] = ()
    etat: str = PROVISOIRE
    date_validation: date | None = None
    limite: date | None = None
    contact: str = ""
    remplacements: tuple[Replacement, ...] = ()
    ecartes: tuple[SetAside, ...] = ()
    evaluations: tuple[FollowedEvaluation, ...] = ()
    comptes_rendus: tuple[str, ...] = ()


def programme(
    contrat: Contrat, maquette: Mapping[str, Decimal], financements: tuple[Financement, ...]
) -> dict[tuple[str, str], Decimal]:
    """``Pilotage.programme`` from the two tables that are typed: fiche → EUR of the maquette, and the other lines."""
    sums = {(fiche, ""): montant for fiche, montant in maquette.items()}
    for line in financements:
        if level_of(contrat, line.nature) not in ("hors_maquette", "valorisation"):
            cle = (line.fiche, line.financeur)
            sums[cle] = sums.get(cle, Decimal(0)) + line.montant
    return sums


def level_of(contrat: Contrat, nature: str) -> str:
    """maquette, hors_maquette, cofinancement or valorisation; "" if the contract does not know this nature."""
    return next((n.niveau for n in contrat.money.natures if fold(n.libelle) == fold(nature)), "")
