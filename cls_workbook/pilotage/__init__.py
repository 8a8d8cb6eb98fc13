"""The coordinator's own inputs for a campaign: who stands for the groups, what is programmed, meetings, decisions.

``classeur`` draws the workbook in which they are typed; ``lire`` reads it back; ``campagne`` and
``pour_controles`` hand them to those who use them. What is blank is unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import TYPE_CHECKING

from cls_workbook.contract.model import Contrat
from cls_workbook.entry.workbook import Campagne
from cls_workbook.francais import date_fr, plier
from cls_workbook.pilotage import sheets
from cls_workbook.pilotage.fields import PROVISOIRE, VALIDE
from cls_workbook.xlsx.sheets import Classeur

if TYPE_CHECKING:
    from cls_workbook.checks.dossier import Pilotage as PilotageDesControles
    from cls_workbook.reading.feuilles import Feuilles

__all__ = ["PROVISOIRE", "VALIDE", "Decision", "Financement", "Pilotage", "Relance", "Remplacement", "Reunion", "campagne", "classeur", "lire", "pour_controles"]


@dataclass(frozen=True, slots=True)
class Financement:
    """Money programmed beside the maquette. ``financeur``: id, or the name typed; ``nature``: printed label, "" if none; EUR."""

    fiche: str
    financeur: str
    nature: str
    montant: Decimal


@dataclass(frozen=True, slots=True)
class Reunion:
    """A meeting held. ``convies`` and ``presents`` count structures; None: not said."""

    instance: str
    date: date
    convies: int | None = None
    presents: int | None = None
    observation: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
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
class Remplacement:
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

    membres: Mapping[str | tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    programme: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    financements: tuple[Financement, ...] = ()
    engage_anterieur: Mapping[str, Decimal] = field(default_factory=dict)
    reunions: tuple[Reunion, ...] = ()
    decisions: tuple[Decision, ...] = ()
    relances: tuple[Relance, ...] = ()
    etat: str = PROVISOIRE
    date_validation: date | None = None
    limite: date | None = None
    contact: str = ""
    remplacements: tuple[Remplacement, ...] = ()


def classeur(contrat: Contrat, annee: int, pilotage: Pilotage | None = None) -> Classeur:
    """The coordinator's workbook, blank or with what ``pilotage`` already says."""
    return sheets.classeur(contrat, annee, pilotage or Pilotage())


def lire(source: str | PathLike | Feuilles, contrat: Contrat, annee: int) -> Pilotage:
    """The inputs of a filled workbook, found by their keys whatever the sheets are called.

    ``source``: a file (.xlsx, .xlsm, .ods), or the sheets of the workbook that is open, unsaved edits included.

    Refus if the file cannot be read or is of another contract or year; Refus with one detail per fault
    (sheet, cell, found, expected, what to do) if something in it is not understood.
    """
    from cls_workbook.pilotage.reader import lire as lire_le_classeur

    return lire_le_classeur(source, contrat, annee)


def campagne(pilotage: Pilotage) -> Campagne:
    """What the entry workbooks of the year say on the coordinator's behalf."""
    return Campagne(
        membres=dict(pilotage.membres),
        programme={fiche: montant for (fiche, financeur), montant in pilotage.programme.items() if not financeur},
        limite=date_fr(pilotage.limite),
        contact=pilotage.contact.rstrip(". "),
    )


def pour_controles(pilotage: Pilotage, contrat: Contrat) -> PilotageDesControles:
    """What the checks compare returns with.

    The maquette is the agency's money, unless several funders share each fiche (parity). Meetings are unknown until
    one is typed; then an instance without any has met 0 times.
    """
    # The checks bring pandas, which a workbook can be made without.
    from cls_workbook.checks.dossier import Pilotage as PilotageDesControles

    agences = [f.id for f in contrat.financeurs if contrat.agence and f.structure == contrat.agence]
    paritaire = any(r.type == "parite" for r in contrat.regles)
    seule = agences[0] if len(agences) == 1 and not paritaire else ""
    programmes = _sommes((fiche, financeur or seule, montant) for (fiche, financeur), montant in pilotage.programme.items())
    hors_maquette = _sommes((f.fiche, f.financeur, f.montant) for f in pilotage.financements if _niveau(contrat, f.nature) == "hors_maquette")
    reunions: dict[str, int] = dict.fromkeys((i.nom for i in contrat.instances), 0) if pilotage.reunions else {}
    for reunion in pilotage.reunions:
        reunions[reunion.instance] = reunions.get(reunion.instance, 0) + 1
    return PilotageDesControles(programmes, reunions, hors_maquette)


def _sommes(lignes: Iterable[tuple[str, str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    """(fiche, financeur) → the sum of its amounts."""
    sommes: dict[tuple[str, str], Decimal] = {}
    for fiche, financeur, montant in lignes:
        sommes[fiche, financeur] = sommes.get((fiche, financeur), Decimal(0)) + montant
    return sommes


def programme(contrat: Contrat, maquette: Mapping[str, Decimal], financements: tuple[Financement, ...]) -> dict[tuple[str, str], Decimal]:
    """``Pilotage.programme`` from the two tables that are typed: fiche → EUR of the maquette, and the other lines."""
    sommes = {(fiche, ""): montant for fiche, montant in maquette.items()}
    for ligne in financements:
        if _niveau(contrat, ligne.nature) not in ("hors_maquette", "valorisation"):
            cle = (ligne.fiche, ligne.financeur)
            sommes[cle] = sommes.get(cle, Decimal(0)) + ligne.montant
    return sommes


def _niveau(contrat: Contrat, nature: str) -> str:
    """maquette, hors_maquette, cofinancement or valorisation; "" if the contract does not know this nature."""
    return next((n.niveau for n in contrat.natures if plier(n.libelle) == plier(nature)), "")
