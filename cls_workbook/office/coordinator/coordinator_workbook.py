"""The coordinator's workbook described: Accueil, what they type, what Python fills, the settings; and its macros."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from cls_workbook import resources, version
from cls_workbook.domain.model import Contrat
from cls_workbook.forms import choice_lists
from cls_workbook.office.coordinator import home_rows, home_sheet, workstation
from cls_workbook.office.coordinator.home_sheet import InitialAccueil
from cls_workbook.office.coordinator.workstation import Workstation
from cls_workbook.pilotage import Pilotage, pilotage_sheets, programme_sheet
from cls_workbook.pilotage.pilotage_pieces import Canvas, CoordinatorPage, SheetTally
from cls_workbook.reports.consolidation import blank_results
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.workbook.description import Macros, Sheet, Workbook

VBA_PROJECT, RIBBON = "vbaProject.bin", "ruban.xml"
VERSIONS = home_rows.Versions(version.PACKAGE, version.MACROS, version.XLWINGS)
_NOT_APPLICABLE = {
    pilotage_sheets.GROUPS: "Ce contrat ne cite aucun groupe de structures : rien n’est à saisir ici.",
    programme_sheet.YEAR_PROGRAMME: "Ce contrat n’a pas encore de fiche : rien n’est à programmer ici.",
}


def workbook(contrat: Contrat, annee: int, pilotage: Pilotage, start: InitialAccueil, on: Workstation) -> Workbook:
    """The workbook, macros included. The sheets are the same whatever the contract: the VBA project has a module for
    each."""
    worksheets = describe(contrat, annee, pilotage, start, on)
    macros = Macros((resources.folder("templates") / VBA_PROJECT).read_bytes(), ribbon())
    titre = f"{contrat.titre} — coordination {contrat.follow_up.year_name(annee)}"
    return Workbook(worksheets, titre, contrat.titre, active_sheet=home_rows.NAME, macros=macros)


def describe(contrat: Contrat, annee: int, pilotage: Pilotage, start: InitialAccueil, on: Workstation) -> list[Sheet]:
    """Its sheets, each with the name of its module."""
    canvas = replace(pilotage_sheets.canvas_of(contrat, annee, pilotage), consolidated_in=STRUCTURES.sheet)
    contrat = canvas.contrat
    drawings = {p.sheet.nom: (p, tally) for p, tally in pilotage_sheets.draw(canvas)}
    saisies = {
        nom: drawings[nom][0] if nom in drawings else _not_applicable_sheet(canvas, nom, sentence)
        for nom, sentence in _NOT_APPLICABLE.items()
    }
    saisies |= {nom: p for nom, (p, _) in drawings.items()}
    counts: list[tuple[str, SheetTally]] = [(nom, tally) for nom, (_, tally) in drawings.items()]
    outcomes = blank_results.worksheets(contrat, annee)
    first = home_sheet.draw(canvas, counts, [f.nom for f in outcomes], start)
    hidden = [choice_lists.sheet(canvas.choix), workstation.sheet(on)]
    worksheets = [first, *(p.sheet for p in saisies.values()), *outcomes, *hidden]
    for sheet in worksheets:
        sheet.code_name = code_name(sheet.nom)
    return worksheets


def _not_applicable_sheet(canvas: Canvas, nom: str, sentence: str) -> CoordinatorPage:
    sheet = canvas.page(nom, (62, 74))
    sheet.title(nom, sentence)
    return sheet


def code_name(nom: str) -> str:
    """Name of the VBA module of a sheet: « Financement par fiche » → ``FeuilleFinancementParFiche``."""
    ascii_text = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode()
    return "Feuille" + "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", ascii_text))


def ribbon() -> bytes:
    return (resources.folder("macros") / RIBBON).read_bytes()
