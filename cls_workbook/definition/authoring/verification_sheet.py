"""Vérification: simple counts over the other sheets, as formulas, each with the value that it shows when the file
leaves.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.definition.asked.sections import NOBODY
from cls_workbook.definition.authoring.authoring_guide import VERIFICATION, banner
from cls_workbook.definition.authoring.section_grid import FIRST_ROW, FORM_COLUMN, FORM_ROW, DrawnGrid, SectionPlan
from cls_workbook.definition.authoring.section_sheets import MARK, named
from cls_workbook.definition.authoring.written_list import split
from cls_workbook.forms.layout import height
from cls_workbook.french import typography
from cls_workbook.workbook.description import CellRange, ConditionalFormat, Formula, Sheet, address, reference

B, C, D, E, F, G = range(2, 8)
GOOD, TO_LOOK_AT = "rien à signaler", "à voir"
AMOUNT = "calcul:montant"


INTRODUCTION = (
    "Un coup d’œil avant d’importer. L’import vérifie tout cela, et bien plus : il donne chaque cellule à corriger."
)
TITLES = ("Feuille", "Lignes remplies", "Cases à compléter", "Noms inconnus", "Doublons", "Où en est la feuille ?")


class Tally(NamedTuple):
    """One line: a count as a formula, its value now, and what to do where zero is what one wants."""

    libelle: str
    formula: str
    valeur: object
    remedy: str = ""
    style: str = "calcul:entier"


def verification(plan: SectionPlan) -> Sheet:
    """The contract in a few numbers, then each sheet in a line; a noyau has its sheets alone."""
    page = Sheet(VERIFICATION, protected=True, hidden_columns=(1,), frozen_at=(2, 0), tab_color="accent")
    page.widths |= {1: 4, B: 56, C: 18, D: 18, E: 18, F: 18, G: 46}
    page.write(1, 1, f"{MARK}verification", "cle")
    page.write(1, B, VERIFICATION, "titre")
    page.write(2, B, INTRODUCTION, "aide_ligne")
    page.heights |= {1: 32, 2: 20, 3: 8}
    line = 3
    if "contrat" in plan:
        line = _band(page, 4, "Le contrat en quelques nombres")
        for tally in _tallies(plan):
            line = _tally(page, line, tally)
    line = _band(page, line + 1, "Feuille par feuille")
    for column, titre in enumerate(TITLES, B):
        page.write(line, column, typography(titre), "entete")
    page.heights[line] = 33
    start = line + 1
    for line, grid in enumerate((g for g in plan.values() if not g.section.form and g.section.nom != "listes"), start):
        _sheet(page, line, grid, plan)
    for cell_range in (CellRange(5, D, line, D), CellRange(start, G, line, G)):
        corner = address(cell_range.line, cell_range.column)
        page.conditional_formats += [
            ConditionalFormat(cell_range, f'{corner}="{GOOD}"', "bon"),
            ConditionalFormat(cell_range, f'{corner}="{TO_LOOK_AT}"', "a_remplir"),
        ]
    page.print_setup.left_footer = f"Description du {next(iter(plan))} · vérification"
    return page


def _band(page: Sheet, line: int, titre: str) -> int:
    banner(page, line, titre, "bloc", G)
    page.heights[line] = 24
    return line + 1


def _tally(page: Sheet, line: int, tally: Tally) -> int:
    page.write(line, B, typography(tally.libelle), "libelle")
    page.write(line, C, Formula(tally.formula, tally.valeur), tally.style)
    if tally.remedy:
        etat = GOOD if tally.valeur in (0, "") else TO_LOOK_AT
        formula = f'IF(N({address(line, C)})=0,"{GOOD}","{TO_LOOK_AT}")'
        page.write(line, D, Formula(formula, etat), "calcul:centre")
        page.write(line, E, typography(tally.remedy), "aide_ligne:retrait")
    page.heights[line] = height(tally.libelle, page.widths[B], 18)
    return line + 1


# --- The contract in a few numbers ----------------------------------------------------------------------------------


def _tallies(plan: SectionPlan) -> list[Tally]:
    """Counts over the fiches, then the money against what the contract announces."""
    fiches, indicateurs, axes = plan["fiches"], plan["indicateurs"], plan["axes"]
    numero, porteur, libelle = "fiches.numero", "fiches.porteurs.1", "indicateurs.libelle"
    numbers, described = fiches.zone(numero), len(fiches.values(numero))
    mesures = indicateurs.values("mesures.type")
    return [
        Tally("Fiches décrites", f"COUNTA({numbers})", described),
        Tally("Indicateurs décrits", f"COUNTA({indicateurs.zone(libelle)})", len(indicateurs.values(libelle))),
        Tally("Chiffres à saisir chaque année", f"COUNTA({indicateurs.zone('mesures.type')})", len(mesures)),
        Tally(
            "Porteurs à désigner",
            f'SUMPRODUCT(({numbers}<>"")*(({fiches.zone(porteur)}="")+({fiches.zone(porteur)}="{NOBODY}")))',
            described - len(fiches.values(porteur)),
            "Possible : nommez-les quand ils seront connus.",
        ),
        Tally(
            "Fiches sans indicateur",
            *_not_in(fiches, numero, indicateurs.zone("indicateurs.fiche"), indicateurs.values("indicateurs.fiche")),
            "Possible : la fiche suivra l’avancement et l’argent.",
        ),
        Tally("Axes sans fiche", *_without_fiche(axes, fiches), "Possible : l’axe restera vide."),
        *_money(plan),
    ]


def _not_in(grid: DrawnGrid, cle: str, zone: str, known: Collection[object]) -> tuple[str, int]:
    """How many cells of a column another zone does not hold, « à désigner » apart, as a formula and now."""
    its_own = grid.zone(cle)
    but = f'*({its_own}<>"{NOBODY}")' if ".porteurs" in cle else ""
    formula = f'SUMPRODUCT(({its_own}<>""){but}*ISNA(MATCH({its_own},{zone},0)))'
    return formula, sum(1 for v in grid.values(cle) if v not in known)


# How a number stands in a cell of several: alone, first, last, between two others; with a space or not.
_AMONG_OTHERS = [f"{before}&{{n}}&{after}" for before in ('""', '"*;"', '"*; "') for after in ('""', '";*"', '" *;*"')]


def _without_fiche(axes: DrawnGrid, fiches: DrawnGrid) -> tuple[str, int]:
    """How many axes no fiche names, as its own or among its others, those that only hold others left out: as a formula
    and now."""
    numbers, others = axes.zone("axes.numero"), fiches.zone("fiches.autres_axes")
    known = {*fiches.values("fiches.axe"), *axes.values("axes.parent")}
    known |= {numero for cell in fiches.values("fiches.autres_axes") for numero in split(str(cell))}
    elsewhere = (fiches.zone("fiches.axe"), axes.zone("axes.parent"))
    absent = "*".join(f"ISNA(MATCH({numbers},{zone},0))" for zone in elsewhere)
    cited = "+".join(f"COUNTIF({others},{pattern.format(n=numbers)})" for pattern in _AMONG_OTHERS)
    formula = f'SUMPRODUCT(({numbers}<>"")*{absent}*(({cited})=0))'
    return formula, sum(1 for v in axes.values("axes.numero") if v not in known)


def _money(plan: SectionPlan) -> list[Tally]:
    announcements = plan["financement"].zone("financement.montant")
    known = [v for v in plan["financement"].values("financement.montant") if isinstance(v, Decimal)]
    total, described = sum(known, Decimal(0)), len(plan["fiches"].values("fiches.numero"))
    maquette = next((v for v in plan["contrat"].values("contrat.maquette") if isinstance(v, Decimal)), None)
    answer = _answer(plan["contrat"], "maquette")
    return [
        Tally(
            "Fiches sans montant",
            f"MAX(0,COUNTA({plan['fiches'].zone('fiches.numero')})-COUNT({announcements}))",
            max(0, described - len(known)),
            "Possible : dites-en l’état sur la feuille Montants.",
        ),
        Tally("Somme des montants des fiches", f"SUM({announcements})", total, style=AMOUNT),
        Tally(
            "Maquette annoncée sur la feuille Contrat",
            f'IF({answer}="","",{answer})',
            "" if maquette is None else maquette,
            style=AMOUNT,
        ),
        Tally(
            "Écart entre les deux",
            f'IF({answer}="","",ROUND({answer}-SUM({announcements}),2))',
            "" if maquette is None else maquette - total,
            "Les deux doivent être égaux ; sinon laissez la maquette vide.",
            AMOUNT,
        ),
    ]


def _answer(grid: DrawnGrid, champ: str) -> str:
    """The cell of the form where a question is answered."""
    asked = [column.champ for column in grid.section.columns].index(champ)
    bands = {column.band for column in grid.section.columns[: asked + 1]}
    line = FORM_ROW + asked + len(bands)
    return reference(grid.section.sheet, CellRange(line, FORM_COLUMN, line, FORM_COLUMN))


# --- Sheet by sheet -------------------------------------------------------------------------------------------------


def _sheet(page: Sheet, line: int, grid: DrawnGrid, plan: SectionPlan) -> None:
    """Rows, blank cells that are needed, names that are nowhere, values given twice; what that comes to."""
    boxes = grid.section.boxes
    asked_for = [c.cle for c in boxes if c.required and c.cle != "indicateurs.libelle"]
    anchors = asked_for or [boxes[0].cle]  # what tells that a row is begun
    # Never a comparison compared again: in Excel, FALSE>0 is true.
    begun = [f'({grid.zone(cle)}<>"")' for cle in anchors]
    row_begun = begun[0] if len(begun) == 1 else f"({'+'.join(begun)}>0)"
    filled = [x for x in grid.lines if any(x.get(cle) is not None for cle in anchors)]
    blanks = [
        (f'SUMPRODUCT({row_begun}*({grid.zone(cle)}=""))', sum(1 for x in filled if x.get(cle) is None))
        for cle in asked_for
    ]
    unknown = [_not_in(grid, c.cle, plan.source(c.reference), plan.known(c.reference)) for c in boxes if c.reference]
    twice = [_twice(grid, c.cle) for c in boxes if c.column.unique]
    page.write(line, B, named(grid), "libelle" if grid.masked else "lien")
    page.write(line, C, Formula(f"SUMPRODUCT(--{row_begun})", len(filled)), "calcul:entier")
    to_look_at = 0
    for column, counts in ((D, blanks), (E, unknown), (F, twice)):
        count = sum(n for _, n in counts)
        to_look_at += count
        page.write(line, column, Formula("+".join(f for f, _ in counts) or "0", count), "calcul:entier")
    total = f"SUM({address(line, D)}:{address(line, F)})"
    etat = "" if not filled else TO_LOOK_AT if to_look_at else GOOD
    formula = f'IF({total}>0,"{TO_LOOK_AT}",IF({address(line, C)}=0,"","{GOOD}"))'
    page.write(line, G, Formula(formula, etat), "calcul:centre")
    page.heights[line] = 18


def _twice(grid: DrawnGrid, cle: str) -> tuple[str, int]:
    """How many cells of a column hold what another one above holds, as a formula and now."""
    zone, values = grid.zone(cle), grid.values(cle)
    formula = f'SUMPRODUCT(({zone}<>"")*(MATCH({zone}&"",{zone}&"",0)<>ROW({zone})-{FIRST_ROW - 1}))'
    return formula, len(values) - len(set(values))
