"""Vérification: simple counts over the other sheets, as formulas, each with the value that it shows when the file
leaves.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from cls_workbook.definition.asked.all_sections import REFERENCES
from cls_workbook.definition.asked.sections import ColumnBox
from cls_workbook.definition.authoring.authoring_guide import VERIFICATION
from cls_workbook.definition.authoring.section_grid import (
    ANCHOR,
    FIRST_ROW,
    FORM_COLUMN,
    FORM_ROW,
    DrawnGrid,
    SectionPlan,
)
from cls_workbook.definition.authoring.section_sheets import MARK
from cls_workbook.forms.layout import height
from cls_workbook.french import typography
from cls_workbook.workbook.description import CellRange, ConditionalFormat, Formula, Link, Sheet, address, reference

B, C, D, E, F, G = range(2, 8)
GOOD, TO_LOOK_AT = "rien à signaler", "à voir"


class Tally(NamedTuple):
    """One line: a count as a formula, its value now, whether zero is what one wants, and what to do otherwise."""

    libelle: str
    formula: str
    valeur: object
    zero: bool = False
    style: str = "calcul:entier"
    remedy: str = ""


def verification(plan: SectionPlan) -> Sheet:
    page = Sheet(VERIFICATION, protected=True, hidden_columns=(1,), frozen_at=(2, 0), tab_color="accent")
    page.widths |= {1: 4, B: 56, C: 18, D: 18, E: 18, F: 18, G: 46}
    page.write(1, 1, f"{MARK}verification", "cle")
    page.write(1, B, VERIFICATION, "titre")
    page.write(
        2,
        B,
        "Un coup d’œil avant d’importer. L’import vérifie tout cela, et bien plus : "
        "il donne chaque cellule à corriger.",
        "aide_ligne",
    )
    page.heights |= {1: 32, 2: 20, 3: 8}
    line = _band(page, 4, "Le contrat en quelques nombres")
    for tally in _tallies(plan):
        line = _tally(page, line, tally)
    line = _band(page, line + 1, "Feuille par feuille")
    for column, titre in enumerate(
        ("Feuille", "Lignes remplies", "Cases à compléter", "Noms inconnus", "Doublons", "Où en est la feuille ?"), B
    ):
        page.write(line, column, typography(titre), "entete")
    page.heights[line] = 33
    start = line + 1
    for line, grid in enumerate((g for g in plan.values() if not g.section.form and g.section.nom != "listes"), start):
        _sheet(page, line, grid, plan)
    end = line
    for cell_range in (CellRange(5, D, end, D), CellRange(start, G, end, G)):
        corner = address(cell_range.line, cell_range.column)
        page.conditional_formats += [
            ConditionalFormat(cell_range, f'{corner}="{GOOD}"', "bon"),
            ConditionalFormat(cell_range, f'{corner}="{TO_LOOK_AT}"', "a_remplir"),
        ]
    page.print_setup.left_footer = "Description du contrat · vérification"
    return page


def _band(page: Sheet, line: int, titre: str) -> int:
    for column in range(B, G + 1):
        page.write(line, column, titre if column == B else None, "bloc")
    page.heights[line] = 24
    return line + 1


def _tally(page: Sheet, line: int, tally: Tally) -> int:
    page.write(line, B, typography(tally.libelle), "libelle")
    page.write(line, C, Formula(tally.formula, tally.valeur), tally.style)
    if tally.zero:
        here = address(line, C)
        page.write(
            line,
            D,
            Formula(f'IF(N({here})=0,"{GOOD}","{TO_LOOK_AT}")', GOOD if tally.valeur in (0, "") else TO_LOOK_AT),
            "calcul:centre",
        )
        page.write(line, E, typography(tally.remedy), "aide_ligne:retrait")
    page.heights[line] = height(tally.libelle, page.widths[B], 18)
    return line + 1


# --- The contract in a few numbers ----------------------------------------------------------------------------------


def _tallies(plan: SectionPlan) -> list[Tally]:
    """Counts over the fiches, then the money against what the contract announces."""
    fiches, indicateurs = plan["fiches"], plan["indicateurs"]
    numero, porteur, axe = "fiches.numero", "fiches.porteurs.1", "axes.numero"
    numbers, without_porteur = fiches.zone(numero), len(_values(fiches, numero)) - len(_values(fiches, porteur))
    return [
        Tally("Fiches décrites", f"COUNTA({numbers})", len(_values(fiches, numero))),
        Tally(
            "Indicateurs décrits",
            f"COUNTA({indicateurs.zone('indicateurs.libelle')})",
            len(_values(indicateurs, "indicateurs.libelle")),
        ),
        Tally(
            "Chiffres à saisir chaque année",
            f'SUMPRODUCT(--({indicateurs.zone(ANCHOR)}<>""))',
            len(_values(indicateurs, "mesures.id")),
        ),
        Tally(
            "Fiches sans porteur",
            f'SUMPRODUCT(({numbers}<>"")*({fiches.zone(porteur)}=""))',
            without_porteur,
            True,
            remedy="Nommez au moins une structure par fiche.",
        ),
        _never_named(
            "Fiches sans indicateur",
            (fiches, numero),
            (indicateurs, "indicateurs.fiche"),
            "Possible : la fiche suivra l’avancement et l’argent.",
        ),
        _never_named("Axes sans fiche", (plan["axes"], axe), (fiches, "fiches.axe"), "Possible : l’axe restera vide."),
        *_money(plan),
    ]


def _never_named(libelle: str, left: tuple[DrawnGrid, str], right: tuple[DrawnGrid, str], remedy: str) -> Tally:
    """How many of a column another one never names."""
    (g, cle), (d, other) = left, right
    named = set(_values(d, other))
    formula = f'SUMPRODUCT(({g.zone(cle)}<>"")*ISNA(MATCH({g.zone(cle)},{d.zone(other)},0)))'
    return Tally(libelle, formula, sum(1 for v in _values(g, cle) if v not in named), True, remedy=remedy)


def _money(plan: SectionPlan) -> list[Tally]:
    amounts = plan["financement"]
    announcements = amounts.zone("financement.montant")
    known = [v for v in (line.get("financement.montant") for line in amounts.lines) if isinstance(v, Decimal)]
    total_of, nombre = sum(known, Decimal(0)), len(_values(plan["fiches"], "fiches.numero"))
    maquette = next(
        (v for line in plan["contrat"].lines if isinstance(v := line.get("contrat.maquette"), Decimal)), None
    )
    box = _reponse(plan["contrat"], "maquette")
    return [
        Tally(
            "Fiches sans montant",
            f"MAX(0,COUNTA({plan['fiches'].zone('fiches.numero')})-COUNT({announcements}))",
            max(0, nombre - len(known)),
            True,
            remedy="Possible : dites-en l’état sur la feuille Montants.",
        ),
        Tally("Somme des montants des fiches", f"SUM({announcements})", total_of, style="calcul:montant"),
        Tally(
            "Maquette annoncée sur la feuille Contrat",
            f'IF({box}="","",{box})',
            "" if maquette is None else maquette,
            style="calcul:montant",
        ),
        Tally(
            "Écart entre les deux",
            f'IF({box}="","",ROUND({box}-SUM({announcements}),2))',
            "" if maquette is None else maquette - total_of,
            True,
            "calcul:montant",
            "Les deux doivent être égaux ; sinon laissez la maquette vide.",
        ),
    ]


def _reponse(grid: DrawnGrid, champ: str) -> str:
    """The cell of the form where a question is answered."""
    band_count, view = 0, ""
    for rank, box in enumerate(grid.section.boxes):
        band_count += box.column.band != view
        view = box.column.band
        if box.column.champ == champ:
            line = FORM_ROW + rank + band_count
            return reference(grid.section.sheet, CellRange(line, FORM_COLUMN, line, FORM_COLUMN))
    raise KeyError(champ)


def _values(grid: DrawnGrid, cle: str) -> list[object]:
    return [line[cle] for line in grid.lines if line.get(cle) is not None]


# --- Sheet by sheet -------------------------------------------------------------------------------------------------


def _sheet(page: Sheet, line: int, grid: DrawnGrid, plan: SectionPlan) -> None:
    """Rows, blank cells that are needed, names that are nowhere, values given twice; what that comes to."""
    section = grid.section
    asked_for = [
        c for c in section.boxes if section.obligatoire(c.column) and c.rank <= 1 and c.cle != "indicateurs.libelle"
    ]
    anchors = asked_for or [section.boxes[0]]  # what tells that a row is begun
    zones = [grid.zone(c.cle) for c in anchors]
    row_begun = "(" + "+".join(f'({z}<>"")' for z in zones) + ")>0"
    filled = [x for x in grid.lines if any(x.get(c.cle) is not None for c in anchors)]
    page.write(
        line, B, Link(f"internal:'{section.sheet}'!A1", section.sheet, f"Ouvrir la feuille {section.sheet}"), "lien"
    )
    blanks = "+".join(f'SUMPRODUCT(({row_begun})*({grid.zone(c.cle)}=""))' for c in asked_for) or "0"
    unknown, duplicates = _unknown_names(grid, plan), _duplicates(grid)
    columns: list[tuple[int, str, int]] = [
        (C, f"SUMPRODUCT(--({row_begun}))", len(filled)),
        (D, blanks, sum(1 for x in filled for c in asked_for if x.get(c.cle) is None)),
        (E, *unknown),
        (F, *duplicates),
    ]
    for column, formula, valeur in columns:
        page.write(line, column, Formula(formula, valeur), "calcul:entier")
    total = f"SUM({address(line, D)}:{address(line, F)})"
    etat = "" if not filled else TO_LOOK_AT if any(v for _, _, v in columns[1:]) else GOOD
    page.write(
        line, G, Formula(f'IF({total}>0,"{TO_LOOK_AT}",IF({address(line, C)}=0,"","{GOOD}"))', etat), "calcul:centre"
    )
    page.heights[line] = 18


def _unknown_names(grid: DrawnGrid, plan: SectionPlan) -> tuple[str, int]:
    """References that the sheet they point to does not hold."""
    section, formulas, valeur = grid.section, [], 0
    for box in section.boxes:
        if box.column.cross_reference and box.sole and (box.column.boxes or not section.key(box.column).is_list):
            zone, source = grid.zone(box.cle), plan.source(box.column.cross_reference)
            formulas.append(f'SUMPRODUCT(({zone}<>"")*ISNA(MATCH({zone},{source},0)))')
            known = _source(plan, box)
            valeur += sum(1 for v in _values(grid, box.cle) if v not in known)
    return "+".join(formulas) or "0", valeur


def _source(plan: SectionPlan, box: ColumnBox) -> set[object]:
    nom, champ = REFERENCES[box.column.cross_reference or ""]
    return set(_values(plan[nom], "mesures.id" if champ == "repere" else plan[nom].section.box(champ).cle))


def _duplicates(grid: DrawnGrid) -> tuple[str, int]:
    """Values that a column holds a second time."""
    formulas, valeur = [], 0
    for box in grid.section.boxes:
        if box.column.unique:
            zone, values = grid.zone(box.cle), _values(grid, box.cle)
            formulas.append(f'SUMPRODUCT(({zone}<>"")*(MATCH({zone}&"",{zone}&"",0)<>ROW({zone})-{FIRST_ROW - 1}))')
            valeur += len(values) - len(set(values))
    return "+".join(formulas) or "0", valeur
