"""Mode d’emploi, and the help of every column: what a coordinator reads before and while filling in."""

from __future__ import annotations

from cls_workbook.definition.asked.sections import Described
from cls_workbook.definition.authoring.section_grid import DrawnGrid, SectionPlan
from cls_workbook.definition.authoring.section_sheets import INSTRUCTIONS_SHEET, MARK, help_of, link_to, named
from cls_workbook.forms.layout import height
from cls_workbook.french import typography
from cls_workbook.workbook.description import CellRange, Link, Sheet

HELP_SHEET, VERIFICATION = "Aide", "Vérification"
MASKED = "masked"  # of a guide: how to show what waits out of sight; a workbook without it shows everything
B, C, D, E = range(2, 6)
STEP_HEIGHT = 18.5  # all the steps on one printed page
EXAMPLES = {"contrat": "Un exemple : une fiche de bout en bout", "noyau": "Un exemple"}
LAST_STEP = "Regardez le compte : ce qui manque, ce qui ne correspond pas. Puis enregistrez et importez."


def instructions_sheet(described: Described, plan: SectionPlan) -> Sheet:
    """The first sheet: what to do in which order, an example, colours, advice."""
    guide = described.guide
    page = Sheet(INSTRUCTIONS_SHEET, protected=True, hidden_columns=(1,), frozen_at=(1, 0), tab_color="accent")
    page.widths |= {1: 4, B: 6, C: 30, D: 96, E: 30}
    page.write(1, 1, f"{MARK}version", "cle")
    banner(page, 1, guide["titre"], "couverture", E)
    page.merges.append(CellRange(1, B, 1, E))
    page.heights[1] = 42
    line = 2
    for texte in guide["introduction"]:
        line = _sentence(page, line, texte)
    line = _band(page, line + 1, "Que remplir, et dans quel ordre ?")
    for rank, step in enumerate(guide["steps"], 1):
        line = _step(page, line, rank, [plan[nom] for nom in step["sections"]], step["texte"])
    _step_line(page, line, len(guide["steps"]) + 1, link_to(VERIFICATION), LAST_STEP)
    page.write(line, E, None if MASKED in guide else link_to(HELP_SHEET), "lien")
    page.heights[line] = STEP_HEIGHT
    line = _sentence(page, line + 1, guide[MASKED]) if MASKED in guide else line + 1
    page.print_setup.page_breaks.append(line)
    line = _band(page, line + 1, EXAMPLES[described.nom])
    for nom, texte in guide["example"]:
        line = _pair(page, line, described.by_name[nom].sheet, texte, "libelle_fort")
    line = _band(page, line + 1, "Ce que disent les couleurs")
    for style, word, meaning in guide["legend"]:
        line = _pair(page, line, word, meaning, style)
    line = _band(page, line + 1, "Bon à savoir")
    for tip in guide["tips"]:
        page.write(line, B, "•", "puce")
        line = _sentence(page, line, tip, C)
    page.print_setup.left_footer = f"Description du {described.nom} · mode d’emploi"
    return page


def banner(page: Sheet, line: int, titre: str, style: str, last: int) -> None:
    """A title in the first column that shows, its colour as far as the last one."""
    for column in range(B, last + 1):
        page.write(line, column, titre if column == B else None, style)


def _band(page: Sheet, line: int, titre: str) -> int:
    page.heights[line - 1] = 9
    banner(page, line, typography(titre), "bloc", E)
    page.heights[line] = 24
    return line + 1


def _sentence(page: Sheet, line: int, texte: str, start: int = B) -> int:
    texte = typography(texte)
    page.write(line, start, texte, "libelle")
    for column in range(start + 1, E + 1):
        page.write(line, column, None, "libelle")
    page.merges.append(CellRange(line, start, line, E))
    page.heights[line] = height(texte, sum(page.widths[c] for c in range(start, E + 1)), 21)
    return line + 1


def _step(page: Sheet, line: int, rank: int, grids: list[DrawnGrid], texte: str) -> int:
    """One row a sheet, each with its link: what to write there or, where there are several, what each is for."""
    for i, grid in enumerate(grids):
        words = grid.section.aide if len(grids) > 1 else texte
        _step_line(page, line, None if i else rank, named(grid), words)
        page.write(line, E, grid.section.need + ", masquée" * grid.masked, "aide:retrait")
        page.heights[line] = height(words, page.widths[D], STEP_HEIGHT)
        line += 1
    return line


def _step_line(page: Sheet, line: int, rank: int | None, sheet: Link | str, texte: str) -> None:
    page.write(line, B, None if rank is None else str(rank), "etape")
    page.write(line, C, sheet, "libelle" if isinstance(sheet, str) else "lien_fort")
    page.write(line, D, typography(texte), "libelle")


def _pair(page: Sheet, line: int, left: str, right: str, style: str) -> int:
    page.write(line, B, None, "libelle")
    page.write(line, C, typography(left), style)
    texte = typography(right)
    page.write(line, D, texte, "libelle")
    page.write(line, E, None, "libelle")
    page.merges.append(CellRange(line, D, line, E))
    page.heights[line] = height(texte, page.widths[D] + page.widths[E], 21)
    return line + 1


def aide(described: Described) -> Sheet:
    """Every column of every sheet: what it is for, whether it is needed, an example."""
    page = Sheet(HELP_SHEET, protected=True, hidden_columns=(1,), frozen_at=(3, 0), tab_color="accent_clair")
    page.etat = "masquee" if MASKED in described.guide else "visible"
    page.widths |= {1: 4, B: 18, C: 34, D: 14, E: 92}
    page.write(1, 1, f"{MARK}aide", "cle")
    page.write(1, B, "Aide de chaque colonne", "titre")
    page.heights |= {1: 32, 2: 6, 3: 24}
    for rank, titre in enumerate(("Feuille", "Colonne", "Nécessaire ?", "Ce qu’on y écrit"), B):
        page.write(3, rank, typography(titre), "entete")
    line = 4
    for section in described.sections:
        for rank, column in enumerate(section.columns):
            texte = help_of(column).replace("\n", " ")
            page.write(line, B, section.sheet, "libelle" if rank else "libelle_fort")
            page.write(line, C, column.titre, "libelle_fort" if column.required else "libelle")
            page.write(line, D, "nécessaire" if column.required else "", "libelle")
            page.write(line, E, texte, "libelle")
            page.heights[line] = max(
                height(texte, page.widths[E], 19), height(column.titre, page.widths[C], 19, bold=True)
            )
            line += 1
    page.print_setup.repeated_rows = (3, 3)
    page.print_setup.left_footer = f"Description du {described.nom} · aide"
    return page
