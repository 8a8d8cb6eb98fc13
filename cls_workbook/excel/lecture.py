"""What the open workbook holds, read once and whole: the same rows as a file would give, whatever the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlwings

# A sheet formatted down to its last row is « used » down there: nobody typed that far beside our sheets.
LIGNES_LUES, COLONNES_LUES = 100_000, 256


@dataclass
class Contenu:
    """One sheet. ``lignes``: rows from A1, blanks as "", errors as their text; dates as datetime, numbers as Excel keeps them.

    ``tables``: name of each Excel table → (first row, first column, last row, last column), without its totals row.
    """

    feuille: xlwings.Sheet
    lignes: list[list]
    tables: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)

    @property
    def largeur(self) -> int:
        return max(map(len, self.lignes), default=0)

    def valeur(self, ligne: int, colonne: int) -> object:
        """What stands in a cell (row and column from 1); "" outside what is used."""
        rangee = self.lignes[ligne - 1] if ligne <= len(self.lignes) else []
        return rangee[colonne - 1] if colonne <= len(rangee) else ""


def lire(book: xlwings.Book) -> dict[str, Contenu]:
    """Every sheet of the workbook, unsaved edits included, in the order of the tabs."""
    return {feuille.name: Contenu(feuille, _lignes(feuille), _tables(feuille)) for feuille in book.sheets}


def _lignes(feuille: xlwings.Sheet) -> list[list]:
    zone = feuille.used_range
    haut, gauche = zone.row, zone.column
    lignes, colonnes = (min(n, limite) for n, limite in zip(zone.shape, (LIGNES_LUES, COLONNES_LUES), strict=True))
    if (lignes, colonnes) != zone.shape:
        zone = feuille.range((haut, gauche), (haut + lignes - 1, gauche + colonnes - 1))
    valeurs = zone.options(ndim=2, err_to_str=True).value or []
    rangees = [[""] * (gauche - 1) + ["" if v is None else v for v in rangee] for rangee in valeurs]
    while rangees and not any(v != "" for v in rangees[-1]):
        rangees.pop()  # formatted, never filled
    return [[] for _ in range(haut - 1)] + rangees if rangees else []


def _tables(feuille: xlwings.Sheet) -> dict[str, tuple[int, int, int, int]]:
    zones = {}
    for table in feuille.tables:
        zone = table.range
        lignes, colonnes = zone.shape
        zones[table.name] = (zone.row, zone.column, zone.row + lignes - 1 - bool(table.show_totals), zone.column + colonnes - 1)
    return zones
