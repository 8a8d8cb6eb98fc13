"""What stands at the right of a narrow table: what its figures are to agree with, while one types.

Each line is on a row of the table and outside of it, in cells that are not merged: a row inserted, removed or moved
takes one line at most, and leaves the others where they were.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from cls_workbook.domain.model import Mesure
from cls_workbook.domain.questions import Bloc
from cls_workbook.domain.targets import target_in_brief, target_of
from cls_workbook.forms.columns import END, G
from cls_workbook.forms.form_pieces import FormRows, SheetContext
from cls_workbook.forms.layout import FormPage, KeyedRow
from cls_workbook.french import number_fr
from cls_workbook.workbook.description import address

TO_CHECK, TO_FILL_IN = "Pour vérifier", "Pour remplir"
_APART = 2  # from the last column of a table to the first of what stands beside it


class FactBeside(NamedTuple):
    """A label and, at the end of the sheet, its value: a text, or what a formula gives; None: the label says all."""

    label: str
    valeur: object = None
    formula: str = ""
    style: str = "repere:droite"


def beside(last_column: int) -> int:
    """Where that begins, at the right of a table that ends in this column."""
    return last_column + _APART


def draw_facts(
    page: FormPage, prefix: str, zone: FormRows, start: int, facts: Sequence[FactBeside], titre: str = TO_CHECK
) -> None:
    """Beside the headers of a table, a title; beside its rows, a fact each, as many as there are rows."""
    if not facts:
        return
    here, page.line = page.line, zone.header
    page.texte(start, titre, "entete_large")
    page.fill(range(start + 1, END + 1), "entete_large")
    for rank, fact in enumerate(facts[: zone.end - zone.header - 1], 1):
        page.line = zone.header + rank
        page.texte(start, fact.label, "cellule")
        page.fill(range(start + 1, END), "cellule")
        if fact.formula:
            page.computation(page.plan.rows[f"{prefix}/{rank:02d}"], END, fact.formula, fact.valeur, fact.style)
        else:
            page.texte(END, fact.valeur, "cellule" if fact.valeur is None else fact.style)
    page.line = here


def draw_helps(page: FormPage, bloc: Bloc, prefix: str, zone: FormRows, columns: Collection[int]) -> None:
    """Beside the rows of a table, what each of its questions asks for."""
    helps = [FactBeside(champ.aide) for champ in bloc.input_fields]
    draw_facts(page, prefix, zone, beside(max(columns)), helps, TO_FILL_IN)


def facts_of(mesure: Mesure, context: SheetContext, row: KeyedRow | None, filled: str) -> list[FactBeside]:
    """What the sheet knows of a measure that a table makes up; the first are the most useful. ``row``: of its figure,
    in which last year's value is told; None where it has none. ``filled``: what the table comes to, as formulas cite
    it; "" where that says nothing of the figure."""
    if row is None:
        return []
    is_rate, figure = mesure.type == "taux", address(row.numero, G)
    style, of_year = _STYLES.get(mesure.type, "calcul:entier"), "Taux" if is_rate else "Valeur"
    facts = [FactBeside(_FIGURES.get(mesure.type, "Valeur déclarée plus haut"), "", _cited(figure), style)]
    if filled and is_rate:
        facts.append(FactBeside("Taux de ces catégories", "", filled, style))
    elif filled:
        left = "Reste à nommer" if mesure.nominative else "Reste à répartir"
        facts.append(FactBeside(left, "", _difference(figure, filled), style))
    if cible := target_of(context.contrat, mesure.id, context.annee):
        facts.append(FactBeside("Cible", target_in_brief(cible, mesure, context.contrat)))
    if row.reminder:
        before, last = context.precedent.get(mesure.id), address(row.numero, row.reminder)
        facts.append(
            FactBeside(f"{of_year} {context.last_year}", "" if before is None else before, _cited(last), style)
        )
    if row.reminder and not is_rate:
        facts.append(FactBeside("Évolution", "", _difference(figure, last), f"{style}_signe"))
    if mesure.valeur_initiale is not None and not is_rate:
        facts.append(FactBeside("Au départ", number_fr(mesure.valeur_initiale)))
    return facts


_STYLES = {"taux": "calcul:taux", "decimal": "calcul:decimal"}
_FIGURES = {
    "taux": "Taux déclaré plus haut",
    "ventilation": "Total reporté plus haut",
    "liste": "Nombre reporté plus haut",
}


def _cited(cell: str) -> str:
    return f'IF({cell}="","",{cell})'


def _difference(one: str, other: str) -> str:
    return f'IF(AND(ISNUMBER({one}),ISNUMBER({other})),{one}-{other},"")'
