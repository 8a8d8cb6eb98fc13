"""A filled workbook → the definition that it describes, or every fault with its sheet, its cell and its remedy."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from cls_workbook.definition.importing.assembly import Assembly
from cls_workbook.definition.importing.authored_tables import open_up
from cls_workbook.definition.importing.fault_places import FaultPlaces
from cls_workbook.definition.importing.import_finding import ImportFinding
from cls_workbook.definition.toml_reader import parse
from cls_workbook.definition.toml_writer import write
from cls_workbook.domain.contrat_years import unreadable
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.verification.fault import FAULT, fault
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


def importer(path: str | PathLike[str]) -> ImportResult:
    """Refusal, with one detail per fault, if anything must be mended: nothing is then to be written."""
    workbook = open_up(path)
    assembly = Assembly(workbook)
    faults = list(assembly.faults)
    verified = _verify(assembly, faults)
    faults += [c for c in verified if c.gravite == FAULT]
    if faults:
        # the same cell may be told twice in the same words, for two items that it holds
        lines = list(dict.fromkeys(str(f) for f in sorted(faults, key=lambda f: f.location)))
        plural = "s" * (len(lines) > 1)
        message = (
            f"Le classeur « {Path(path).name} » contient {len(lines)} point{plural} à corriger : rien n’a été écrit."
        )
        raise Refusal(typography(message), [*lines, *workbook.notices])
    texte = write(assembly.contrat)
    notes = sorted((c for c in verified if c.gravite != FAULT), key=lambda c: c.location)
    return ImportResult(parse(texte, str(path)), texte, tuple(dict.fromkeys(map(str, notes))), tuple(workbook.notices))


def _verify(assembly: Assembly, already: list[ImportFinding]) -> list[ImportFinding]:
    """What the verification of definitions adds: nothing at a cell that is already at fault, nor sums that such a cell
    enters.
    """
    contrat, locations = assembly.contrat, FaultPlaces(assembly)
    revisions = dict(unreadable(contrat))
    faults = [fault(f"contrat.revisions[{rank}].{e.champ}", str(e)) for rank, e in revisions.items()]
    if revisions:
        readable = (r for rank, r in enumerate(contrat.revisions, 1) if rank not in revisions)
        contrat = replace(contrat, revisions=tuple(readable))
    faults += (f for f in verifier(contrat) if not (already and f.location.startswith("contrat.maquette")))
    at_fault = {(f.location.sheet, f.location.cell) for f in already} | assembly.silenced
    findings = [locations.finding(f) for f in faults]
    return [c for c in findings if (c.location.sheet, c.location.cell) not in at_fault]
