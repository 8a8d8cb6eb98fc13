"""What was counted: one row a measure, in the block of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from cls_workbook.domain import entry_questions
from cls_workbook.domain.model import Fiche, Indicateur, Mesure
from cls_workbook.domain.questions import Bloc
from cls_workbook.domain.targets import target_in_words, target_of
from cls_workbook.forms import form_pieces as pieces
from cls_workbook.forms.columns import WIDTHS, B, C, D, E, F, G, H, I, J, K
from cls_workbook.forms.form_pieces import SheetContext, mesure_state, without_value
from cls_workbook.forms.layout import FormPage, KeyedRow, height
from cls_workbook.workbook.description import address

COUNTED_TYPES = ("entier", "decimal", "liste", "ventilation")  # types that stand in the block « mesures »
NO_ANSWER = "Facultatif\u00a0: seulement si vous ne pouvez pas répondre."
PlaceInput = Callable[..., None]


class MesureKind(NamedTuple):
    """The block of one type of measure. ``columns``: champ → its column; ``titles``: of the columns that ask nothing.

    ``past``: the column of last year's value and its style. ``rates``: column → the two whose quotient it computes.
    ``answered``: the columns without which nothing is answered. Columns that nothing fills are left blank.
    """

    bloc: Bloc
    type: str
    columns: Mapping[str, int]
    titles: Mapping[int, str]
    past: tuple[int, str] | None = None
    rates: Mapping[int, tuple[int, int]] = {}
    answered: tuple[int, ...] = (E, F)
    top: float = 0


KINDS = (
    MesureKind(
        entry_questions.RATE,
        "taux",
        {"definition": C, "numerateur": E, "denominateur": F, "statut": G, "commentaire": J},
        {B: "Taux", D: "Valeur {}", H: "Taux calculé"},
        past=(D, "repere:taux"),
        rates={H: (E, F)},
        top=32,
    ),
    MesureKind(
        entry_questions.SATISFACTION,
        "satisfaction",
        {"echelle": C, "questionnaires": D, "repondants": E, "satisfaits": F, "statut": G, "commentaire": J},
        {B: "Satisfaction", H: "Part de satisfaits", I: "Taux de réponse"},
        rates={H: (F, E), I: (E, D)},
    ),
    MesureKind(
        entry_questions.DURATIONS,
        "moyenne",
        {"unite": C, "effectif": E, "moyenne": F, "statut": G, "commentaire": J},
        {B: "Durée", D: "Valeur {}"},
        past=(D, "repere:decimal"),
    ),
    MesureKind(
        entry_questions.JALONS,
        "jalon",
        {"jalon": D, "date": E, "preuve": J},
        {B: "Étape", C: "État {}"},
        past=(C, "repere:texte"),
        answered=(D,),
    ),
)


def mesures(page: FormPage, fiche: Fiche, context: SheetContext) -> dict[str, int]:
    """Every block of indicators that the fiche calls for. Returns measure id → row, for the counted ones."""
    lines = _tallies(page, fiche, context)
    for kind in KINDS:
        _block(page, kind, _questions(fiche, kind.type), context)
    _textes(page, fiche, context)
    return lines


def _questions(fiche: Fiche, *types: str) -> list[tuple[Indicateur, Mesure]]:
    return [(i, m) for i in fiche.indicateurs for m in i.mesures if m.type in types]


def _row_label(indicateur: Indicateur, mesure: Mesure, context: SheetContext) -> str:
    """What the row is called: the printed indicator, or the measure above it where the indicator has several; then what
    it is to reach, where the contract says so."""
    label = indicateur.libelle if len(indicateur.mesures) == 1 else f"{mesure.libelle}\n({indicateur.libelle})"
    cible = target_of(context.contrat, mesure.id, context.annee)
    return f"{label}\n{target_in_words(cible, mesure, context.contrat)}" if cible else label


def _start_table(
    page: FormPage, bloc: Bloc, context: SheetContext, titles: Mapping[int, str], columns: Mapping[str, int]
) -> dict[int, str]:
    """Band and headers of a block. Returns column → printed header; ``{}`` in ``titles`` is last year."""
    pieces.block_band(page, bloc)
    printed = {column: titre.format(context.last_year) for column, titre in titles.items()} | {K: pieces.WHERE_AM_I}
    printed |= {column: pieces.header_of(bloc.champ(nom), context.this_year) for nom, column in columns.items()}
    pieces.headers(page, f"{page.fiche}/{bloc.nom}", printed, set(columns.values()))
    return printed


def _start_row(
    page: FormPage, bloc: Bloc, indicateur: Indicateur, mesure: Mesure, context: SheetContext, titles: Mapping[int, str]
) -> tuple[KeyedRow, PlaceInput]:
    """Starts the row of a measure. ``put(champ, column)`` then places each of its inputs."""
    label = _row_label(indicateur, mesure, context)
    row = page.row(f"{page.fiche}/{bloc.nom}/{mesure.id}", "saisie", label)
    page.texte(B, label, "libelle")
    unite = height(mesure.unite, WIDTHS[C], size=9) if bloc is entry_questions.MESURES else pieces.ROW_HEIGHT
    page.sheet.heights[page.line] = max(height(label, WIDTHS[B]), unite)

    def put(nom: str, column: int, **specifics: Any) -> None:
        asked, label = bloc.champ(nom), titles[column]
        page.typed(row, asked, column, bloc.nom, label=label, mesure=mesure.id, subject=mesure.libelle, **specifics)

    return row, put


def _answered_state(
    page: FormPage, row: KeyedRow, context: SheetContext, indicateur: Indicateur, *columns: int, statut: bool = True
) -> None:
    """The state of a row: every one of these cells is filled, or a statut says why not."""
    filled = ",".join(f'{address(page.line, c)}<>""' for c in columns)
    filled = f"AND({filled})" if len(columns) > 1 else filled
    if statut:
        filled = f"OR({filled},{without_value(context, address(page.line, G))})"
    mesure_state(page, row, context, indicateur, filled)


# --- counts ---------------------------------------------------------------------------------------------------------


def _tallies(page: FormPage, fiche: Fiche, context: SheetContext) -> dict[str, int]:
    """Counts, one row a measure. Returns measure id → row."""
    bloc, questions = entry_questions.MESURES, _questions(fiche, *COUNTED_TYPES)
    lines: dict[str, int] = {}
    if not questions:
        return lines
    columns = {"valeur": F, "statut": G, "double_compte": H, "dont_qpv": I, "commentaire": J}
    fixed = {B: "Indicateur", C: "Unité", D: "Valeur initiale", E: "Valeur {}"}
    titles = _start_table(page, bloc, context, fixed, columns)
    groupe = None
    for indicateur, mesure in questions:
        if indicateur.groupe != groupe:
            # what follows a group without being of it is told apart too
            page.texte(B, indicateur.groupe or "Autres indicateurs", "intertitre")
            page.fill(range(C, K + 1), "intertitre")
            page.next_row(20)
        groupe = indicateur.groupe
        _tally(page, indicateur, mesure, context, titles)
        lines[mesure.id] = page.line
        page.next_row()
    return lines


def _tally(
    page: FormPage, indicateur: Indicateur, mesure: Mesure, context: SheetContext, titles: Mapping[int, str]
) -> None:
    row, put = _start_row(page, entry_questions.MESURES, indicateur, mesure, context, titles)
    page.anchor(row, C, mesure.unite, "repere:texte")
    page.anchor(row, D, mesure.valeur_initiale, _number_format(mesure.valeur_initiale))
    # by the type, not the value: the sheets of all structures then differ in values only, and are drawn once
    style = "repere:decimal" if mesure.type == "decimal" else "repere:entier"
    page.reminder(row, E, context.precedent.get(mesure.id), style)
    # a breakdown or a list has no figure of its own: its total is computed once the rows are drawn below
    typed = mesure.type in ("entier", "decimal")
    if typed:
        put("valeur", F, type_=mesure.type, unite=mesure.unite, maximum=mesure.maximum or None)
    put("statut", G)
    for wanted, champ, column in ((mesure.asks_double_compte, "double_compte", H), (mesure.asks_qpv, "dont_qpv", I)):
        if wanted:
            put(champ, column)
        else:
            page.texte(column, pieces.NOT_ASKED, "interdit")
    put("commentaire", J)
    if typed:
        _answered_state(page, row, context, indicateur, F)


def _number_format(valeur: int | float | Decimal | None) -> str:
    """Whole numbers without a decimal point, others with theirs."""
    return "repere:entier" if valeur is None or valeur == int(valeur) else "repere:decimal"


# --- what is not a count --------------------------------------------------------------------------------------------


def _block(page: FormPage, kind: MesureKind, questions: list[tuple[Indicateur, Mesure]], context: SheetContext) -> None:
    if not questions:
        return
    titles = _start_table(page, kind.bloc, context, kind.titles, kind.columns)
    blanks = set(range(C, K)) - {*kind.columns.values(), *kind.titles}
    for indicateur, mesure in questions:
        row, put = _start_row(page, kind.bloc, indicateur, mesure, context, titles)
        if kind.past:
            page.reminder(row, kind.past[0], context.precedent.get(mesure.id), kind.past[1])
        for champ, column in kind.columns.items():
            if champ == "denominateur" and mesure.denominateur is not None:
                page.anchor(row, column, mesure.denominateur, "repere:entier")
            else:
                put(champ, column, type_="decimal" * (champ == "numerateur" and mesure.numerateur_decimal))
        for column, (top, bottom) in kind.rates.items():
            pieces.quotient(page, row, column, top, bottom)
        for column in sorted(blanks):
            page.texte(column, None, "cellule")
        _answered_state(page, row, context, indicateur, *kind.answered, statut="statut" in kind.columns)
        page.next_row(max(page.sheet.heights[page.line], kind.top))


def _textes(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """Answers in words have the width of a form; their statut stands under them."""
    bloc, questions = entry_questions.TEXTS, _questions(fiche, "texte")
    if not questions:
        return
    pieces.block_band(page, bloc)
    statut = bloc.champ("statut")
    for indicateur, mesure in questions:
        label, cle = _row_label(indicateur, mesure, context), f"{page.fiche}/{bloc.nom}/{mesure.id}"
        row = pieces.form_row(page, bloc, bloc.champ("texte"), cle, label, cle=cle, mesure=mesure.id)
        no_value = without_value(context, address(page.line + 1, C))
        mesure_state(page, row, context, indicateur, f'OR({address(page.line, C)}<>"",{no_value})')
        page.next_row(max(pieces.LONG_TEXT_HEIGHT, height(label, WIDTHS[B])))
        facts = {"cle": cle, "mesure": mesure.id, "subject": mesure.libelle}
        pieces.form_row(page, bloc, statut, f"{cle}.statut", statut.libelle, **facts)
        page.texte(D, NO_ANSWER, "aide_ligne:retrait")
        page.next_row(pieces.ROW_HEIGHT)
