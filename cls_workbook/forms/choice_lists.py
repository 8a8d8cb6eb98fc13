"""The hidden sheet of choices, and the address by which a validation cites each list."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.forms.layout import LISTS_SHEET
from cls_workbook.workbook.description import Sheet, letter


def addresses(listes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """List name → the formula of its range, one column a list, in their order."""
    return {nom: _address(rank, len(choix)) for rank, (nom, choix) in enumerate(listes.items(), 1)}


def _address(column: int, length: int) -> str:
    return f"={LISTS_SHEET}!${letter(column)}$2:${letter(column)}${length + 1}"


def sheet(listes: Mapping[str, tuple[str, ...]]) -> Sheet:
    """The sheet itself, its name of list above each column."""
    page = Sheet(LISTS_SHEET, etat="masquee", protected=True)
    for column, (nom, choix) in enumerate(listes.items(), 1):
        page.widths[column] = 28
        for line, valeur in enumerate((nom, *choix), 1):
            page.write(line, column, valeur, "entete" if line == 1 else "cellule")
    page.cells.sort(key=lambda c: (c.line, c.column))
    return page
