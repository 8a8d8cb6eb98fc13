"""What each dropped file is, by the sheets that it has: a glance, so that a thousand returns are sorted at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from cls_workbook.definition.authoring.section_sheets import INSTRUCTIONS_SHEET
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.definition.toml_reader import load_sound, shipped
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.forms.layout import IDENTITY_SHEET
from cls_workbook.french import typography
from cls_workbook.page.desk.asked import Asked, Said
from cls_workbook.pilotage.governance_sheet import GOVERNANCE
from cls_workbook.pilotage.programme_sheet import YEAR_PROGRAMME
from cls_workbook.reading.reading_memory import ReadingMemory
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.sheet_names import sheet_names
from cls_workbook.reports.agency import agency_tables
from cls_workbook.reports.consolidation import previous_year
from cls_workbook.tables import consolidation_tables

RETOUR, PILOTAGE, CONSOLIDATION = "retour", "pilotage", "consolidation"
SYNTHESE, DESCRIPTION, DEFINITION = "synthese", "description", "definition"
NOYAU, DESCRIBED_NOYAU = "noyau", "description-noyau"
_KINDS = (
    (PILOTAGE, {YEAR_PROGRAMME, GOVERNANCE}),  # first: the coordinator's workbook has the sheets of both
    (CONSOLIDATION, {consolidation_tables.ANCHORS.sheet, consolidation_tables.RETOURS.sheet}),
    (SYNTHESE, {agency_tables.CONTRAT.sheet}),
    (DESCRIPTION, {INSTRUCTIONS_SHEET, "Contrat", "Fiches"}),
    (DESCRIBED_NOYAU, {INSTRUCTIONS_SHEET, "Noyau", "Versions"}),
)
PARTNER, COORDINATOR, AGENCY = "Je réponds", "Je coordonne", "Je suis l’ARS"  # the ways of the page
_EXPECTED = {PARTNER: "un retour", AGENCY: "une synthèse"}
_PLACES = {
    RETOUR: ("le retour d’un partenaire", (PARTNER, COORDINATOR)),
    PILOTAGE: ("le classeur de la coordination", (COORDINATOR,)),
    CONSOLIDATION: ("une consolidation", (COORDINATOR, AGENCY)),
    SYNTHESE: ("une copie pour l’ARS", (AGENCY,)),
    DESCRIPTION: ("le classeur qui décrit un contrat", (COORDINATOR,)),
    DESCRIBED_NOYAU: ("le classeur qui décrit un noyau", (COORDINATOR, AGENCY)),
}
_TRIED = 3  # returns that are opened to learn of which campaign they are
_NOYAU_TABLE = re.compile(rb"^[ \t]*\[noyau\]", re.MULTILINE)


def kind_of(path: str | Path) -> str:
    """One of the kinds above; whatever is none of the others is read as a return, which says what is wrong with it."""
    if Path(path).suffix.lower() == ".toml":
        return NOYAU if _NOYAU_TABLE.search(Path(path).read_bytes()) else DEFINITION
    sheets = sheet_names(path)
    return next((kind for kind, needed in _KINDS if needed <= sheets), RETOUR)


def elsewhere(path: str | Path, way: str) -> str:
    """What a workbook is that was dropped in the wrong way, and where it goes; "" if it belongs there, or if nobody
    knows what it is. ``way``: ``PARTNER`` or ``AGENCY``."""
    kind = kind_of(path)
    if kind not in _PLACES or (kind == RETOUR and IDENTITY_SHEET not in sheet_names(path)):
        return ""
    what, ways = _PLACES[kind]
    if way in ways:
        return ""
    places = " ou ".join(f"« {other} »" for other in ways)
    return typography(f"Ce n’est pas {_EXPECTED[way]}, mais {what} : déposez ce fichier dans {places}.")


def campaign_of(
    path: str | Path, kind: str, own: Contrat | None, memory: ReadingMemory | None = None
) -> tuple[str, int] | None:
    """The contract and year that a return or a consolidation says it is of; None if it does not. ``own``: a definition
    that does not ship; ``memory``: see ``ReturnReader``."""
    try:
        if kind == CONSOLIDATION:
            past = previous_year.read(path)
            contrat, annee = past.identity("contrat"), past.identity("année")
        elif kind == RETOUR:
            reader = ReturnReader(KnownContrats(own), memory=memory)
            retour = reader.read_content(Path(path).read_bytes(), str(path), str(path))
            contrat, annee = retour.contrat, retour.annee
        else:
            return None
    except Refusal:
        return None
    return (contrat, annee) if isinstance(contrat, str) and contrat and isinstance(annee, int) else None


def _sort(asked: Asked) -> Said:
    """What each dropped file is; and the campaign that the first of them says it is of."""
    kinds = {path: kind_of(path) for path in asked.files}
    own = next((path for path, kind in kinds.items() if kind == DEFINITION), asked.contrat)
    definition = load_sound(own) if own and own not in shipped() else None
    campaigns: dict[str, tuple[str, int]] = {}
    for kind in (CONSOLIDATION, RETOUR):
        for path in [p for p, k in kinds.items() if k == kind][:_TRIED]:
            if found := campaign_of(path, kind, definition, asked.memory):
                campaigns[path] = found
                if kind == RETOUR:
                    break
    return {"kinds": kinds, "campaigns": campaigns}


ANSWERS: dict[str, Callable[[Asked], Said]] = {"trier": _sort}
