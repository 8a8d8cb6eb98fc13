"""What was counted: one row a measure, in the block of its kind."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cls_workbook.domain import entry_questions
from cls_workbook.domain.model import Fiche, Indicateur, Mesure
from cls_workbook.domain.questions import Bloc
from cls_workbook.forms.form_pieces import (
    LONG_TEXT_HEIGHT,
    ROW_HEIGHT,
    WIDTHS,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    SheetContext,
    block_band,
    forbid,
    header_of,
    headers,
    mesure_state,
    without_value,
)
from cls_workbook.forms.layout import FormPage, KeyedRow, height
from cls_workbook.workbook.description import address

COUNTED_TYPES = ("entier", "decimal", "liste", "ventilation")  # types that stand in the block « mesures »
WHERE_AM_I = "Où en suis-je\u00a0?"
PlaceInput = Callable[..., None]


def mesures(page: FormPage, fiche: Fiche, context: SheetContext) -> dict[str, int]:
    """Every block of indicators that the fiche calls for. Returns measure id → row, for the counted ones."""
    lines = _tallies(page, fiche, context)
    _taux(page, fiche, context)
    _satisfaction(page, fiche, context)
    _durees(page, fiche, context)
    _jalons(page, fiche, context)
    _textes(page, fiche, context)
    return lines


# --- what every block does ------------------------------------------------------------------------------------------


def _questions(fiche: Fiche, *types: str) -> list[tuple[Indicateur, Mesure]]:
    return [(i, m) for i in fiche.indicateurs for m in i.mesures if m.type in types]


def _row_label(indicateur: Indicateur, mesure: Mesure) -> str:
    """What the row is called: the printed indicator, or the measure above it where the indicator has several."""
    return indicateur.libelle if len(indicateur.mesures) == 1 else f"{mesure.libelle}\n({indicateur.libelle})"


def _table(
    page: FormPage, bloc: Bloc, context: SheetContext, titles: dict[int, str], columns: dict[str, int]
) -> dict[int, str]:
    """Band and headers of a block. Returns column → printed header."""
    block_band(page, bloc)
    titles = (
        titles
        | {column: header_of(bloc.champ(nom), context.this_year) for nom, column in columns.items()}
        | {K: WHERE_AM_I}
    )
    headers(page, f"{page.fiche}/{bloc.nom}", titles, set(columns.values()))
    return titles


def _start_mesure_row(
    page: FormPage, bloc: Bloc, indicateur: Indicateur, mesure: Mesure, titles: dict[int, str]
) -> tuple[KeyedRow, PlaceInput]:
    """Starts the row of a measure. ``put(champ, column)`` then places each of its inputs."""
    label = _row_label(indicateur, mesure)
    row = page.row(f"{page.fiche}/{bloc.nom}/{mesure.id}", "saisie", label)
    page.texte(B, label, "libelle")
    unite = height(mesure.unite, WIDTHS[C], size=9) if bloc is entry_questions.MESURES else ROW_HEIGHT
    page.sheet.heights[page.line] = max(height(label, WIDTHS[B]), unite)

    def put(champ: str, column: int, **specifics: Any) -> None:
        question = bloc.champ(champ)
        page.typed(
            row,
            question,
            column,
            label=titles[column],
            bloc=bloc.nom,
            mesure=mesure.id,
            subject=mesure.libelle,
            optional=not question.obligatoire,
            **specifics,
        )

    return row, put


def _blank_cells(page: FormPage, *columns: int) -> None:
    """Columns that the block does not use."""
    for column in columns:
        page.texte(column, None, "cellule")


def _number_format(valeur: int | float | Decimal | None) -> str:
    """Whole numbers without a decimal point, others with theirs."""
    return "repere:entier" if valeur is None or valeur == int(valeur) else "repere:decimal"


def _past_year_header(context: SheetContext) -> str:
    return f"Valeur {context.last_year}"


def _answered_state(
    page: FormPage, row: KeyedRow, context: SheetContext, indicateur: Indicateur, *columns: int
) -> None:
    """The state of a row: every one of these cells is filled, or a statut says why not."""
    filled = ",".join(f'{address(page.line, c)}<>""' for c in columns)
    everything = f"AND({filled})" if len(columns) > 1 else filled
    mesure_state(page, row, context, indicateur, f"OR({everything},{without_value(context, address(page.line, G))})")


def _quotient(page: FormPage, row: KeyedRow, column: int, top: int, bottom: int) -> None:
    """A rate, computed while one types; blank as long as it means nothing."""
    numerateur, denominateur = address(page.line, top), address(page.line, bottom)
    page.computation(
        row, column, f'IF(OR({numerateur}="",N({denominateur})=0),"",{numerateur}/{denominateur})', "", "calcul:taux"
    )


# --- one block a kind of measure ------------------------------------------------------------------------------------


def _tallies(page: FormPage, fiche: Fiche, context: SheetContext) -> dict[str, int]:
    """Counts, one row a measure. Returns measure id → row."""
    bloc, questions = entry_questions.MESURES, _questions(fiche, *COUNTED_TYPES)
    lines: dict[str, int] = {}
    if not questions:
        return lines
    columns = {"valeur": F, "statut": G, "double_compte": H, "dont_qpv": I, "commentaire": J}
    titles = _table(
        page, bloc, context, {B: "Indicateur", C: "Unité", D: "Valeur initiale", E: _past_year_header(context)}, columns
    )
    groupe = None
    for indicateur, mesure in questions:
        if indicateur.groupe != groupe:
            # what follows a group without being of it is told apart too
            page.texte(B, indicateur.groupe or "Autres indicateurs", "intertitre")
            page.fill(range(C, K + 1), "intertitre")
            page.next_row(20)
        groupe = indicateur.groupe
        _tally(page, bloc, indicateur, mesure, context, titles)
        lines[mesure.id] = page.line
        page.next_row()
    return lines


def _tally(
    page: FormPage, bloc: Bloc, indicateur: Indicateur, mesure: Mesure, context: SheetContext, titles: dict[int, str]
) -> None:
    row, put = _start_mesure_row(page, bloc, indicateur, mesure, titles)
    past = context.precedent.get(mesure.id)
    page.anchor(row, C, mesure.unite, "repere:texte")
    page.anchor(row, D, mesure.valeur_initiale, _number_format(mesure.valeur_initiale))
    # by the type, not the value: the sheets of all structures then differ in values only, and are drawn once
    page.reminder(row, E, past, "repere:decimal" if mesure.type == "decimal" else "repere:entier")
    # a breakdown or a list has no figure of its own: its total is computed once the rows are drawn below
    typed = mesure.type in ("entier", "decimal")
    if typed:
        put("valeur", F, type_=mesure.type, unite=mesure.unite, maximum=mesure.maximum or None)
    put("statut", G)
    for wanted, champ, column in ((mesure.asks_double_compte, "double_compte", H), (mesure.asks_qpv, "dont_qpv", I)):
        if wanted:
            put(champ, column)
        else:
            forbid(page, column)
    put("commentaire", J)
    if typed:
        _answered_state(page, row, context, indicateur, F)


def _taux(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    bloc, questions = entry_questions.RATE, _questions(fiche, "taux")
    if not questions:
        return
    columns = {"definition": C, "numerateur": E, "denominateur": F, "statut": G, "commentaire": J}
    titles = _table(page, bloc, context, {B: "Taux", D: _past_year_header(context), H: "Taux calculé"}, columns)
    for indicateur, mesure in questions:
        row, put = _start_mesure_row(page, bloc, indicateur, mesure, titles)
        put("definition", C)
        page.reminder(row, D, context.precedent.get(mesure.id), "repere:taux")
        put("numerateur", E, type_="decimal" if mesure.numerateur_decimal else "entier")
        if mesure.denominateur is None:
            put("denominateur", F)
        else:
            page.anchor(row, F, mesure.denominateur, "repere:entier")
        put("statut", G)
        _quotient(page, row, H, E, F)
        _blank_cells(page, I)
        put("commentaire", J)
        _answered_state(page, row, context, indicateur, E, F)
        page.next_row(max(page.sheet.heights[page.line], 32))


def _satisfaction(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    bloc, questions = entry_questions.SATISFACTION, _questions(fiche, "satisfaction")
    if not questions:
        return
    columns = {"echelle": C, "questionnaires": D, "repondants": E, "satisfaits": F, "statut": G, "commentaire": J}
    titles = _table(page, bloc, context, {B: "Satisfaction", H: "Part de satisfaits", I: "Taux de réponse"}, columns)
    for indicateur, mesure in questions:
        row, put = _start_mesure_row(page, bloc, indicateur, mesure, titles)
        for champ, column in columns.items():
            put(champ, column)
        _quotient(page, row, H, F, E)
        _quotient(page, row, I, E, D)
        _answered_state(page, row, context, indicateur, E, F)
        page.next_row()


def _durees(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    bloc, questions = entry_questions.DURATIONS, _questions(fiche, "moyenne")
    if not questions:
        return
    columns = {"unite": C, "effectif": E, "moyenne": F, "statut": G, "commentaire": J}
    titles = _table(page, bloc, context, {B: "Durée", D: _past_year_header(context)}, columns)
    for indicateur, mesure in questions:
        row, put = _start_mesure_row(page, bloc, indicateur, mesure, titles)
        for champ, column in columns.items():
            put(champ, column)
        page.reminder(row, D, context.precedent.get(mesure.id), "repere:decimal")
        _blank_cells(page, H, I)
        _answered_state(page, row, context, indicateur, E, F)
        page.next_row()


def _jalons(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    bloc, questions = entry_questions.JALONS, _questions(fiche, "jalon")
    if not questions:
        return
    columns = {"jalon": D, "date": E, "preuve": J}
    titles = _table(page, bloc, context, {B: "Étape", C: f"État {context.last_year}"}, columns)
    for indicateur, mesure in questions:
        row, put = _start_mesure_row(page, bloc, indicateur, mesure, titles)
        page.reminder(row, C, context.precedent.get(mesure.id), "repere:texte")
        for champ, column in columns.items():
            put(champ, column)
        _blank_cells(page, F, G, H, I)
        mesure_state(page, row, context, indicateur, f'{address(page.line, D)}<>""')
        page.next_row()


def _textes(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """Answers in words have the width of a form; their statut stands under them."""
    bloc, questions = entry_questions.TEXTS, _questions(fiche, "texte")
    if not questions:
        return
    block_band(page, bloc)
    for indicateur, mesure in questions:
        label, cle = _row_label(indicateur, mesure), f"{page.fiche}/{bloc.nom}/{mesure.id}"
        for champ, titre, subject in (("texte", label, ""), ("statut", bloc.champ("statut").libelle, mesure.libelle)):
            question = bloc.champ(champ)
            row = page.row(cle if champ == "texte" else f"{cle}.{champ}", "saisie", titre)
            row.cle = cle
            page.texte(B, titre, "libelle")
            is_long = champ == "texte"
            page.typed(
                row,
                question,
                C,
                label=titre,
                anchor_cell="gauche",
                bloc=bloc.nom,
                mesure=mesure.id,
                subject=subject,
                up_to=J if is_long else None,
                optional=not is_long,
            )
            if is_long:
                mesure_state(
                    page,
                    row,
                    context,
                    indicateur,
                    f'OR({address(page.line, C)}<>"",{without_value(context, address(page.line + 1, C))})',
                )
            else:
                page.texte(D, "Facultatif\u00a0: seulement si vous ne pouvez pas répondre.", "aide_ligne:retrait")
            page.next_row(max(LONG_TEXT_HEIGHT, height(titre, WIDTHS[B])) if is_long else ROW_HEIGHT)
