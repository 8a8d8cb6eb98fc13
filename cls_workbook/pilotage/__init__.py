"""The coordinator's own inputs for a campaign: who stands for the groups, what is programmed, meetings, decisions.

``workbook`` draws the workbook in which they are typed; ``read`` reads it back; ``pipeline.campaign`` and
``for_checks`` hand them to those who use them. What is blank is unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.wording import agency_financeurs
from cls_workbook.errors import Refusal
from cls_workbook.forms.year_workbook import WorkbookContext
from cls_workbook.french import date_fr
from cls_workbook.pilotage import pilotage_sheets
from cls_workbook.pilotage.coordinator_inputs import (
    CopilDecision,
    Financement,
    FollowedEvaluation,
    Meeting,
    Pilotage,
    Relance,
    Replacement,
    SetAside,
    level_of,
)
from cls_workbook.pilotage.pilotage_questions import PROVISOIRE, VALIDE
from cls_workbook.workbook.description import Workbook

if TYPE_CHECKING:
    from cls_workbook.checks.given.check_input import PilotageFacts
    from cls_workbook.reading.opening.open_sheets import WorkbookRows

__all__ = [
    "PROVISOIRE",
    "VALIDE",
    "CopilDecision",
    "Financement",
    "FollowedEvaluation",
    "Pilotage",
    "Relance",
    "Replacement",
    "SetAside",
    "Meeting",
    "campagne",
    "workbook",
    "read",
    "refuse_to_lose",
    "for_checks",
]


def workbook(contrat: Contrat, annee: int, pilotage: Pilotage | None = None) -> Workbook:
    """The coordinator's workbook, blank or with what ``pilotage`` already says."""
    return pilotage_sheets.workbook(contrat, annee, pilotage or Pilotage())


def read(source: str | PathLike[str] | WorkbookRows, contrat: Contrat, annee: int) -> Pilotage:
    """The inputs of a filled workbook, found by their keys whatever the sheets are called.

    ``source``: a file (.xlsx, .xlsm, .ods), or the sheets of the workbook that is open, unsaved edits included.

    Refusal if the file cannot be read or is of another contract or year; Refusal with one detail per fault
    (sheet, cell, found, expected, what to do) if something in it is not understood.
    """
    from cls_workbook.pilotage.pilotage_reader import read as read_workbook

    return read_workbook(source, contrat, annee)


def refuse_to_lose(path: str | PathLike[str], contrat: Contrat, annee: int) -> None:
    """Refusal if what stands where a blank workbook would be written is anything but a blank one of this campaign."""
    if not Path(path).is_file():
        return
    try:
        if read(path, contrat, annee) == Pilotage():
            return
    except Refusal:
        pass  # of another campaign, or with inputs that are not understood: they would be lost all the same
    raise Refusal(
        f"« {path} » existe déjà, et ce qui y est saisi serait perdu : rien n’a été écrit. Choisissez un autre nom, ou "
        "retirez ce fichier."
    )


def campagne(pilotage: Pilotage) -> WorkbookContext:
    """What the entry workbooks of the year say on the coordinator's behalf."""
    return WorkbookContext(
        membres=dict(pilotage.membres),
        programme={fiche: montant for (fiche, financeur), montant in pilotage.programme.items() if not financeur},
        limite=date_fr(pilotage.limite),
        contact=pilotage.contact.rstrip(". "),
        comptes_rendus=pilotage.comptes_rendus,
    )


def for_checks(pilotage: Pilotage, contrat: Contrat) -> PilotageFacts:
    """What the checks compare returns with.

    The maquette is the agency's money, unless several funders share each fiche (parity). Meetings are unknown until
    one is typed; then an instance without any has met 0 times.
    """
    # The checks bring pandas, which a workbook can be made without.
    from cls_workbook.checks.given.check_input import PilotageFacts

    agencies = agency_financeurs(contrat)
    has_parity = any(r.type == "parite" for r in contrat.regles)
    sole = min(agencies) if len(agencies) == 1 and not has_parity else ""
    programmes = _sums(
        (fiche, financeur or sole, montant) for (fiche, financeur), montant in pilotage.programme.items()
    )
    hors_maquette = _sums(
        (f.fiche, f.financeur, f.montant)
        for f in pilotage.financements
        if level_of(contrat, f.nature) == "hors_maquette"
    )
    reunions: dict[str, int] = (
        dict.fromkeys((i.nom for i in contrat.announced.instances), 0) if pilotage.reunions else {}
    )
    for meeting in pilotage.reunions:
        reunions[meeting.instance] = reunions.get(meeting.instance, 0) + 1
    return PilotageFacts(programmes, reunions, hors_maquette)


def _sums(lines: Iterable[tuple[str, str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    """(fiche, financeur) → the sum of its amounts."""
    sums: dict[tuple[str, str], Decimal] = {}
    for fiche, financeur, montant in lines:
        sums[fiche, financeur] = sums.get((fiche, financeur), Decimal(0)) + montant
    return sums
