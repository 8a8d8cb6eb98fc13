"""The hidden sheet of choices, and the address by which a validation cites each list."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.forms.layout import LISTS_SHEET
from cls_workbook.workbook.description import Cell, Sheet, letter


def addresses(listes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """List name → the formula of its range, one column a list, in their order."""
    return {nom: _address(rank, len(choix)) for rank, (nom, choix) in enumerate(listes.items(), 1)}


def _address(column: int, length: int) -> str:
    return f"={LISTS_SHEET}!${letter(column)}$2:${letter(column)}${length + 1}"


def sheet(listes: Mapping[str, tuple[str, ...]], nom: str = LISTS_SHEET, width: float = 28) -> Sheet:
    """The sheet itself: a list a column, its name above its choices."""
    cells: list[Cell] = []
    page = Sheet(nom, cells, etat="masquee", protected=True)
    for column, (listed, choix) in enumerate(listes.items(), 1):
        page.widths[column] = width
        for line, valeur in enumerate((listed, *choix), 1):
            cells.append(Cell(line, column, valeur, "entete" if line == 1 else "cellule"))
    cells.sort(key=lambda c: (c.line, c.column))
    return page
