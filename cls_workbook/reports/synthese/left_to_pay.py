"""What is left to pay, fiche by fiche and funder by funder: drawn in the Synthèse and in the Évolution alike."""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.french import NBSP, how_many
from cls_workbook.reports.synthese.synthese_pieces import (
    AMOUNT,
    STRONG,
    STRONG_CENTRED,
    Board,
    PrintedColumn,
    rows_of,
    without_empty,
)
from cls_workbook.tables.described_columns import Row


def left_by_financeur(board: Board, rows: Sequence[Row]) -> None:
    """A row a fiche, funder and nature (``remainders.by_financeur``) of which something is left, or not known; those
    that are settled are counted. Nothing where no engagement is known."""
    if not rows:
        return
    settled = sum(r["Reste à verser"] == 0 for r in rows)
    rows = [r for r in rows if r["Reste à verser"] != 0]
    all_settled = f"Tout ce qui est engagé est versé ({how_many(settled, 'ligne')})."
    others = f" {how_many(settled, 'autre')}{NBSP}: tout est versé." if settled else ""
    columns = (
        PrintedColumn("N°", 2, STRONG_CENTRED, "Fiche"),
        PrintedColumn("Financeur", 11, STRONG, of=lambda r: r["Financeur"] or "non précisé"),
        PrintedColumn("Nature", 8, of=lambda r: r["Nature"] or "non précisée"),
        PrintedColumn("Engagé depuis le début", 5, AMOUNT, "Engagé depuis le début"),
        PrintedColumn("Versé depuis le début", 5, AMOUNT, "Versé depuis le début"),
        PrintedColumn("Reste à verser", 5, AMOUNT, "Reste à verser"),
    )
    if not rows:
        return board.note(all_settled)
    board.band("Le reste à verser, par fiche et par financeur", following=60)
    board.sheet_table(*without_empty(columns, rows_of(columns, rows)))
    board.note(
        "Reste à verser : engagé moins versé, années connues additionnées ; vide là où l’un des deux n’est pas connu, "
        "négatif là où plus a été versé qu’engagé. Une valorisation n’est pas de l’argent : elle n’y est pas." + others
    )
