"""A filled workbook → the definition that it describes, or every fault with its sheet, its cell and its remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from cls_workbook.definition.asked.all_sections import NOYAU
from cls_workbook.definition.importing.assembly import Assembly
from cls_workbook.definition.importing.authored_tables import DescriptionWorkbook, open_up
from cls_workbook.definition.importing.fault_places import FaultPlaces
from cls_workbook.definition.importing.noyau_assembly import NoyauAssembly
from cls_workbook.definition.importing.row_assembly import RowAssembly
from cls_workbook.definition.noyau_reader import noyaux_of, parse_noyau
from cls_workbook.definition.toml_reader import parse
from cls_workbook.definition.toml_writer import write, write_noyau
from cls_workbook.domain.contrat_years import unreadable
from cls_workbook.domain.definition_keys import changed
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.regional.noyau_model import Noyau
from cls_workbook.domain.verification.fault import FAULT, DefinitionFault, fault
from cls_workbook.domain.verification.noyau_faults import verify_noyau
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.errors import Refusal
from cls_workbook.french import typography


class ImportResult(NamedTuple):
    """``texte``: the definition; ``a_confirmer``: what is not wrong, but should be settled; ``notices``: what was not
    read.
    """

    contrat: Contrat
    texte: str
    a_confirmer: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


TO_CONFIRM = typography("à confirmer : ")  # what nothing need be mended for, told all the same at the first try


class NoyauImportResult(NamedTuple):
    """The same of a regional noyau."""

    noyau: Noyau
    texte: str
    a_confirmer: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def importer(path: str | PathLike[str]) -> ImportResult:
    """Refusal, with one detail per fault, then per point to confirm, if anything must be mended: nothing is then to be
    written."""
    workbook = open_up(path)
    assembly = Assembly(workbook)
    notes = _sound(path, workbook, assembly, _faults_of(assembly, Path(path).parent))
    texte = write(assembly.contrat)
    return ImportResult(parse(texte, str(path)), texte, notes, tuple(workbook.notices))


def importer_noyau(path: str | PathLike[str]) -> NoyauImportResult:
    """The same for the workbook that describes a regional noyau."""
    workbook = open_up(path, NOYAU)
    assembly = NoyauAssembly(workbook)
    notes = _sound(path, workbook, assembly, verify_noyau(assembly.noyau))
    texte = write_noyau(assembly.noyau)
    return NoyauImportResult(parse_noyau(texte, str(path)), texte, notes, tuple(workbook.notices))


def _sound(
    path: str | PathLike[str], workbook: DescriptionWorkbook, assembly: RowAssembly, verified: Sequence[DefinitionFault]
) -> tuple[str, ...]:
    """What is to be settled, in the words of the workbook; a Refusal if anything must be mended.

    Of ``verified``, nothing at a cell that is already at fault; nothing at all where a sheet is lost.
    """
    faults = list(assembly.faults)
    locations = FaultPlaces(assembly)
    at_fault = {(f.location.sheet, f.location.cell) for f in faults} | assembly.silenced
    findings = [locations.finding(f) for f in verified if not assembly.lost_sheets]
    findings = [c for c in findings if (c.location.sheet, c.location.cell) not in at_fault]
    faults += [c for c in findings if c.gravite == FAULT]
    told = sorted((c for c in findings if c.gravite != FAULT), key=lambda c: c.location)
    notes = tuple(dict.fromkeys(map(str, told)))
    if faults:
        # the same cell may be told twice in the same words, for two items that it holds
        lines = list(dict.fromkeys(str(f) for f in sorted(faults, key=lambda f: f.location)))
        plural = "s" * (len(lines) > 1)
        message = (
            f"Le classeur « {Path(path).name} » contient {len(lines)} point{plural} à corriger : rien n’a été écrit."
        )
        raise Refusal(typography(message), [*lines, *(TO_CONFIRM + note for note in notes), *workbook.notices])
    return notes


def _faults_of(assembly: Assembly, folder: Path) -> list[DefinitionFault]:
    """What the verification of definitions adds, but for sums that a cell at fault enters. ``folder``: where a noyau
    that the contract names may be."""
    contrat, already = assembly.contrat, assembly.faults
    revisions = dict(unreadable(contrat))
    faults = [fault(f"contrat.revisions[{rank}].{e.champ}", str(e)) for rank, e in revisions.items()]
    if revisions:
        readable = (r for rank, r in enumerate(contrat.changes.revisions, 1) if rank not in revisions)
        contrat = changed(contrat, revisions=tuple(readable))
    unread: list[str] = []
    contrat = replace(contrat, regional=replace(contrat.regional, noyaux=noyaux_of(contrat, folder, unread)))
    faults += [fault(place, message) for place, _, message in (line.partition(" : ") for line in unread)]
    verified = verifier(contrat)
    doubtful = already or any(f.gravite == FAULT and f.location.startswith("contrat.fiches") for f in verified)
    return [*faults, *(f for f in verified if not (doubtful and f.location.startswith("contrat.maquette")))]
