"""The questions of the regional noyau in the Synthèse: what is answered, by which measure, and what changed."""

from __future__ import annotations

from decimal import Decimal

from cls_workbook.french import NBSP, how_many, listing
from cls_workbook.reports.synthese.synthese_pieces import (
    CENTRED,
    MUTED,
    RATE,
    STRONG,
    WHOLE,
    Board,
    PrintedColumn,
    StyledBox,
    rows_of,
)
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.masking import MASKED, is_masked
from cls_workbook.summaries.regional.noyau_answers import no_longer_asked
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.noyau_table import ANSWERED, ESTIMATED, NOT_APPLICABLE, YES

_INDENT = NBSP * 6


def regional_questions(board: Board, portrait: Portrait) -> None:
    """A row a question, then one a category of its detail; no section where the contract takes no noyau in."""
    rows = portrait.noyau
    if not rows:
        return
    detail: dict[object, list[Row]] = {}
    for line in portrait.noyau_details:
        detail.setdefault(line["Mesure"], []).append(line | dict.fromkeys(("État", "Répondue par")))
    shown = [line for row in rows for line in (row, *detail.get(row["Mesure"], ()))]
    columns = (
        PrintedColumn("Question commune à la région", 13, of=_question),
        PrintedColumn("Unité", 3, CENTRED, "Unité"),
        PrintedColumn(f"Réponse {portrait.year_label()}", 4, of=answer_box),
        PrintedColumn("État", 4, CENTRED, "État"),
        PrintedColumn("Répondue par", 4, CENTRED, "Répondue par"),
        PrintedColumn("Réserve", 8, MUTED, "Réserve"),
    )
    noyau = portrait.contrat.regional.taken_in
    board.band(f"Le noyau régional : {noyau.titre if noyau else ''}, version {rows[0]['Version']}", following=90)
    board.sheet_table(columns, rows_of(columns, shown))
    answered = sum(li["État"] in (ANSWERED, ESTIMATED) for li in rows)
    estimated = sum(li["État"] == ESTIMATED for li in rows)
    asked = sum(li["État"] != NOT_APPLICABLE for li in rows)
    notes = [
        f"{how_many(asked, 'question')} posée{'s' * (asked > 1)}, {answered} renseignée{'s' * (answered > 1)} "
        f"(dont {estimated} sur estimation)."
    ]
    if gone := no_longer_asked(portrait.contrat, portrait.annee):
        notes.append(f"Ne sont plus demandées : {listing([f'{m.id} {m.libelle}' for m in gone])}.")
    board.note(*notes)


def _question(row: Row) -> StyledBox:
    if "Catégorie" in row:
        return StyledBox(f"{_INDENT}{row['Catégorie']}")
    mental = " (santé mentale)" if row["Santé mentale"] == YES else ""
    return StyledBox(f"{row['Mesure']} · {row['Libellé']}{mental}", STRONG)


def answer_box(row: Row) -> object:
    """The answer in its format; « masqué » where it is; nothing where it is not known."""
    if row["Valeur"] is None and is_masked(row["Réserve"]):
        return StyledBox(MASKED, "dense_doux:petit_centre")
    return figure_box(row, "Valeur")


def figure_box(row: Row, titre: str) -> object:
    """A figure of the row in the format of its question; nothing where it is not known."""
    valeur = row[titre]
    if valeur is None:
        return None
    if not isinstance(valeur, (int, float, Decimal)):
        return StyledBox(valeur, CENTRED)
    if row["Agrégation"] in AS_RATE:
        return StyledBox(valeur, RATE)
    return StyledBox(valeur, WHOLE if valeur == int(valeur) else "dense:decimal_cale")
