"""The coordinator's own inputs for a campaign: who stands for the groups, what is programmed, meetings, decisions.

``workbook`` draws the workbook in which they are typed; ``read`` reads it back; ``pipeline.campaign`` and
``for_checks`` hand them to those who use them. What is blank is unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import TYPE_CHECKING

from cls_workbook.domain.model import Contrat, Members
from cls_workbook.forms.year_workbook import WorkbookContext
from cls_workbook.french import date_fr, fold
from cls_workbook.pilotage import pilotage_sheets
from cls_workbook.pilotage.pilotage_questions import PROVISOIRE, VALIDE
from cls_workbook.workbook.description import Workbook

if TYPE_CHECKING:
    from cls_workbook.checks.check_input import PilotageFacts
    from cls_workbook.reading.opening.open_sheets import WorkbookRows

__all__ = [
    "PROVISOIRE",
    "VALIDE",
    "CopilDecision",
    "Financement",
    "Pilotage",
    "Relance",
    "Replacement",
    "Meeting",
    "campagne",
    "workbook",
    "read",
    "for_checks",
]


@dataclass(frozen=True, slots=True)
class Financement:
    """Money programmed beside the maquette. ``financeur``: id, or the name typed; ``nature``: printed label, "" if none; EUR."""

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
class CopilDecision:
    """A decision of the COPIL. ``fiche`` "": on the whole contract."""

    fiche: str
    decision: str
    date: date | None = None
    precision: str = ""
    avis: str = ""
    perspectives: str = ""


@dataclass(frozen=True, slots=True)
class Relance:
    """Where the return of a structure (id, or the name typed) is; ``date``: its last reminder."""

    structure: str
    statut: str = ""
    date: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A corrected return takes the place of another: names of files, as typed."""

    ancien: str
    nouveau: str
    note: str = ""


@dataclass(frozen=True)
class Pilotage:
    """Empty: nothing is known beside the contract.

    ``membres``: group id → the names that stand for it, as typed. Where a member answers for some fiches only, there is
    also (group id, fiche) → names, for each fiche of the group: look for this key first.
    ``programme``: (fiche, "") → EUR programmed on the maquette; (fiche, financeur id or name) → EUR of the other
    lines, except those outside the maquette or without payment, which are only in ``financements``.
    ``engage_anterieur``: fiche → EUR of the maquette engaged in earlier years.
    ``limite``: day by which returns are expected; ``etat``: provisoire or validé.
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


def workbook(contrat: Contrat, annee: int, pilotage: Pilotage | None = None) -> Workbook:
    """The coordinator's workbook, blank or with what ``pilotage`` already says."""
    return pilotage_sheets.workbook(contrat, annee, pilotage or Pilotage())


def read(source: str | PathLike[str] | WorkbookRows, contrat: Contrat, annee: int) -> Pilotage:
    """The inputs of a filled workbook, found by their keys whatever the sheets are called.

    ``source``: a file (.xlsx, .xlsm, .ods), or the sheets of the workbook that is open, unsaved edits included.

    Refus if the file cannot be read or is of another contract or year; Refus with one detail per fault
    (sheet, cell, found, expected, what to do) if something in it is not understood.
    """
    from cls_workbook.pilotage.pilotage_reader import read as lire_le_classeur

    return lire_le_classeur(source, contrat, annee)


def campagne(pilotage: Pilotage) -> WorkbookContext:
    """What the entry workbooks of the year say on the coordinator's behalf."""
    return WorkbookContext(
        membres=dict(pilotage.membres),
        programme={fiche: montant for (fiche, financeur), montant in pilotage.programme.items() if not financeur},
        limite=date_fr(pilotage.limite),
        contact=pilotage.contact.rstrip(". "),
    )


def for_checks(pilotage: Pilotage, contrat: Contrat) -> PilotageFacts:
    """What the checks compare returns with.

    The maquette is the agency's money, unless several funders share each fiche (parity). Meetings are unknown until
    one is typed; then an instance without any has met 0 times.
    """
    # The checks bring pandas, which a workbook can be made without.
    from cls_workbook.checks.check_input import PilotageFacts

    agencies = [f.id for f in contrat.financeurs if contrat.agence and f.structure == contrat.agence]
    has_parity = any(r.type == "parite" for r in contrat.regles)
    sole = agencies[0] if len(agencies) == 1 and not has_parity else ""
    programmes = _sums(
        (fiche, financeur or sole, montant) for (fiche, financeur), montant in pilotage.programme.items()
    )
    hors_maquette = _sums(
        (f.fiche, f.financeur, f.montant) for f in pilotage.financements if _level(contrat, f.nature) == "hors_maquette"
    )
    reunions: dict[str, int] = dict.fromkeys((i.nom for i in contrat.instances), 0) if pilotage.reunions else {}
    for meeting in pilotage.reunions:
        reunions[meeting.instance] = reunions.get(meeting.instance, 0) + 1
    return PilotageFacts(programmes, reunions, hors_maquette)


def _sums(lines: Iterable[tuple[str, str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    """(fiche, financeur) → the sum of its amounts."""
    sums: dict[tuple[str, str], Decimal] = {}
    for fiche, financeur, montant in lines:
        sums[fiche, financeur] = sums.get((fiche, financeur), Decimal(0)) + montant
    return sums


def programme(
    contrat: Contrat, maquette: Mapping[str, Decimal], financements: tuple[Financement, ...]
) -> dict[tuple[str, str], Decimal]:
    """``Pilotage.programme`` from the two tables that are typed: fiche → EUR of the maquette, and the other lines."""
    sums = {(fiche, ""): montant for fiche, montant in maquette.items()}
    for line in financements:
        if _level(contrat, line.nature) not in ("hors_maquette", "valorisation"):
            cle = (line.fiche, line.financeur)
            sums[cle] = sums.get(cle, Decimal(0)) + line.montant
    return sums


def _level(contrat: Contrat, nature: str) -> str:
    """maquette, hors_maquette, cofinancement or valorisation; "" if the contract does not know this nature."""
    return next((n.niveau for n in contrat.natures if fold(n.libelle) == fold(nature)), "")
