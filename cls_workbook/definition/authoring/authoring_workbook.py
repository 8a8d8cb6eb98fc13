"""The workbook in which a contract is described, blank or filled in from a definition."""

from __future__ import annotations

from cls_workbook.definition.asked.all_sections import SECTIONS
from cls_workbook.definition.authoring.authoring_guide import aide, instructions_sheet
from cls_workbook.definition.authoring.filled_rows import Line, lines
from cls_workbook.definition.authoring.section_grid import DrawnGrid, SectionPlan
from cls_workbook.definition.authoring.section_sheets import INSTRUCTIONS_SHEET, hidden_choices, names_of_choices, sheet
from cls_workbook.definition.authoring.verification_sheet import verification
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.workbook.description import Workbook


def workbook(contrat: Contrat | None = None, place: int | None = None) -> Workbook:
    """Blank (with the tool's own lists of choices and themes) where there is no contract. ``place``: blank rows of each
    sheet (default: its own number).
    """
    content = lines(contrat) if contrat else _blank_rows()
    plan = SectionPlan(
        {r.nom: DrawnGrid(r, content.get(r.nom, []), r.lines if place is None else place) for r in SECTIONS}
    )
    worksheets = [
        instructions_sheet(),
        *(sheet(g) for g in plan.values()),
        verification(plan),
        aide(),
        hidden_choices(),
    ]
    titre = f"{contrat.titre} — description" if contrat else "Description d’un contrat"
    return Workbook(
        worksheets,
        titre,
        "Contrat décrit sans écrire de code",
        names={**plan.names(), **names_of_choices()},
        active_sheet=INSTRUCTIONS_SHEET,
    )


def _blank_rows() -> dict[str, list[Line]]:
    empty = Contrat(id="", titre="", nom_court="", annees=(), territoire="", listes=ChoiceLists())
    return {nom: content for nom, content in lines(empty).items() if nom in ("listes", "themes")}
