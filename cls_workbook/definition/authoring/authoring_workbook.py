"""The workbook in which a contract, or a regional noyau, is described: blank, or filled in from a definition."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.definition.asked.all_sections import CONTRAT, DESCRIPTION, NOYAU
from cls_workbook.definition.asked.sections import FILLED_ALREADY, RARE, Described
from cls_workbook.definition.authoring.authoring_guide import MASKED, aide, instructions_sheet
from cls_workbook.definition.authoring.filled_rows import Line, lines, noyau_lines
from cls_workbook.definition.authoring.section_grid import DrawnGrid, SectionPlan
from cls_workbook.definition.authoring.section_sheets import INSTRUCTIONS_SHEET, hidden_choices, names_of_choices, sheet
from cls_workbook.definition.authoring.verification_sheet import verification
from cls_workbook.domain.announced.contrat_parts import ContratMoney, Nature
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.regional.noyau_model import Noyau
from cls_workbook.workbook.description import Workbook


def workbook(contrat: Contrat | None = None, place: int | None = None) -> Workbook:
    """Blank (with the tool's own lists of choices and themes) where there is no contract. ``place``: blank rows of each
    sheet (default: its own number).
    """
    content = lines(contrat) if contrat else _blank_rows()
    return _workbook(CONTRAT, content, contrat.titre if contrat else "", place)


def noyau_workbook(noyau: Noyau | None = None) -> Workbook:
    """The same for a regional noyau."""
    content = noyau_lines(noyau or Noyau(id="", titre=""))
    content = content if noyau else {"themes": content["themes"]}
    return _workbook(NOYAU, content, noyau.titre if noyau else "", None)


def _workbook(described: Described, content: Mapping[str, list[Line]], titre: str, place: int | None) -> Workbook:
    plan = _plan(described, content, place)
    worksheets = [
        instructions_sheet(described, plan),
        *(sheet(g) for g in plan.values()),
        verification(plan),
        aide(described),
        hidden_choices(),
    ]
    return Workbook(
        worksheets,
        f"{titre} — description" if titre else f"Description d’un {described.nom}",
        f"{described.nom.capitalize()} décrit sans écrire de code",
        names={**plan.names(), **names_of_choices()},
        active_sheet=INSTRUCTIONS_SHEET,
    )


def _plan(described: Described, content: Mapping[str, list[Line]], place: int | None) -> SectionPlan:
    """The sheets; one that few contracts need, and that says nothing of its own, waits out of sight."""
    blank = _blank_rows()
    plan = SectionPlan()
    for section in described.sections:
        rows = content.get(section.nom, [])
        waits = MASKED in described.guide and section.need in (RARE, FILLED_ALREADY)
        masked = waits and rows == blank.get(section.nom, [])
        plan[section.nom] = DrawnGrid(section, rows, section.lines if place is None else place, masked)
    return plan


def _blank_rows() -> dict[str, list[Line]]:
    """What the tool brings: its lists of choices, its themes, the usual natures of money."""
    natures = tuple(Nature(**nature) for nature in DESCRIPTION["natures"])
    empty = Contrat("", "", "", (), "", money=ContratMoney(natures=natures))
    return {nom: content for nom, content in lines(empty).items() if nom in ("listes", "themes", "natures")}
