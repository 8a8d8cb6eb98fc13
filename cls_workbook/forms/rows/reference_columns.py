"""What stands beside the answer of a measure: last year's value, where one started from, what is to be reached, and the
change, while one types; and the columns of each type of measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.domain import entry_questions
from cls_workbook.domain.model import Indicateur, Mesure
from cls_workbook.domain.questions import Bloc
from cls_workbook.domain.targets import target_in_brief, target_of
from cls_workbook.forms import form_pieces as pieces
from cls_workbook.forms.columns import D, E, F, G, H, I, J, K, L
from cls_workbook.forms.form_pieces import SheetContext
from cls_workbook.forms.layout import FormPage, KeyedRow
from cls_workbook.french import number_fr, typography
from cls_workbook.workbook.description import address

COUNTED_TYPES = ("entier", "decimal", "liste", "ventilation")  # types that stand in the block « mesures »
WITH_TARGET = (*COUNTED_TYPES, "taux", "moyenne")  # types whose target has a column
START, LAST, CHANGE, TARGET = "Valeur initiale", "Valeur {last}", "Évolution", "Cible"
POINTS, WHOLE, DECIMAL = "calcul:points", "calcul:entier_signe", "calcul:decimal_signe"


class MesureKind(NamedTuple):
    """The block of one type of measure. ``columns``: champ → its column; ``titles``: of the columns that ask nothing.

    ``past``: the column of last year's value and its style. ``change``: the column of the change from it (it stands in
    that of the target where there is none), that of the figure of the year, and the style. ``rates``: column → the two
    whose quotient it computes. ``answered``: the columns without which nothing is answered. ``target``: the column of
    what is to be reached, where the contract says something of a measure of the block. ``hint``: at the right of the
    table. ``shorter``: a champ, and the block where it is not asked: no column is left blank.
    """

    bloc: Bloc
    type: str
    columns: Mapping[str, int]
    titles: Mapping[int, str]
    answered: tuple[int, ...]
    past: tuple[int, str] | None = None
    target: int = 0
    change: tuple[int, int, str] | None = None
    rates: Mapping[int, tuple[int, int]] = {}
    top: float = 0
    hint: str = ""
    shorter: tuple[str, MesureKind] | None = None


_WITHOUT_SCALE = MesureKind(
    entry_questions.SATISFACTION,
    "satisfaction",
    {"questionnaires": D, "repondants": E, "satisfaits": F, "statut": H, "commentaire": L},
    {G: "Part de satisfaits", I: "Part {last}"},
    (E, F),
    past=(I, "repere:taux"),
    change=(J, G, POINTS),
    rates={G: (F, E)},
)
KINDS = (
    MesureKind(
        entry_questions.RATE,
        "taux",
        {"definition": D, "numerateur": E, "denominateur": F, "statut": H, "commentaire": L},
        {G: "Taux {this}", I: "Taux {last}"},
        (E, F),
        past=(I, "repere:taux"),
        target=J,
        change=(K, G, POINTS),
        rates={G: (E, F)},
        top=32,
    ),
    MesureKind(
        entry_questions.SATISFACTION,
        "satisfaction",
        {"echelle": D, "questionnaires": E, "repondants": F, "satisfaits": G, "statut": H, "commentaire": L},
        {I: "Part de satisfaits", J: "Part {last}"},
        (F, G),
        past=(J, "repere:taux"),
        change=(K, I, POINTS),
        rates={I: (G, F)},
        shorter=("echelle", _WITHOUT_SCALE),
    ),
    MesureKind(
        entry_questions.DURATIONS,
        "moyenne",
        {"unite": D, "effectif": E, "moyenne": F, "statut": H, "commentaire": L},
        {G: "Durée {last}"},
        (E, F),
        past=(G, "repere:decimal"),
        target=J,
        change=(I, F, DECIMAL),
    ),
    MesureKind(
        entry_questions.JALONS,
        "jalon",
        {"jalon": E, "date": F, "preuve": G},
        {D: "État {last}"},
        (E,),
        past=(D, "repere:texte"),
        top=32,
        hint=typography("Si l’étape est atteinte : sa date, et ce qui l’atteste."),
    ),
    MesureKind(
        entry_questions.DATES,
        "date",
        {"jour": E, "statut": F, "commentaire": G},
        {D: "Date {last}"},
        (E,),
        past=(D, "repere:texte"),
    ),
)


def any_target(questions: Sequence[tuple[Indicateur, Mesure]], context: SheetContext) -> bool:
    """Does the contract say what is to be reached, of one of these measures at least?"""
    return any(target_of(context.contrat, m.id, context.annee) for _, m in questions)


def starts_alone(questions: Sequence[tuple[Indicateur, Mesure]], context: SheetContext) -> bool:
    """Does the contract say where measures start from, and of none what is to be reached? A column then says it."""
    return not any_target(questions, context) and any(m.valeur_initiale is not None for _, m in questions)


def number_format(valeur: int | float | Decimal | None) -> str:
    """Whole numbers without a decimal point, others with theirs."""
    return "repere:entier" if valeur is None or valeur == int(valeur) else "repere:decimal"


def unit(mesure: Mesure, titles: Mapping[int, str]) -> str | None:
    """The unit and, under it, where one started from, if no column says it."""
    if mesure.valeur_initiale is None or START in titles.values():
        return mesure.unite
    start = typography(f"au départ : {number_fr(mesure.valeur_initiale)}")
    return "\n".join(filter(None, (mesure.unite, start)))


def target(page: FormPage, mesure: Mesure, context: SheetContext, column: int) -> None:
    """What is to be reached, beside last year's value; a dash where the contract says nothing."""
    cible = target_of(context.contrat, mesure.id, context.annee)
    said = target_in_brief(cible, mesure, context.contrat) if cible else pieces.NOT_ASKED
    page.texte(column, said, "repere:texte")


def change(page: FormPage, row: KeyedRow, column: int, now: int, before: int, style: str) -> None:
    """From last year's value to this year's, while one types; a rate, in points."""
    this, last = address(page.line, now), address(page.line, before)
    difference = f"({this}-{last})*100" if style == POINTS else f"{this}-{last}"
    formula = f'IF(AND(ISNUMBER({this}),ISNUMBER({last})),{difference},"")'
    page.computation(row, column, formula, "", style)
