"""Where a sheet is cut into printed pages: between two groups of rows rather than within one.

A page is A4 landscape, one page wide: the wider the columns, the smaller the print, the more rows it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from cls_workbook.xlsx.sheets import Feuille

_LARGEUR, _HAUTEUR = 777.0, 512.0  # points that the margins of ``writer`` leave
_PRUDENCE = 0.99
_LIGNE = 15.0  # points of a row whose height is not told
_POINTS, _BORD = 5.25, 3.75  # of a character of column width, of a column's padding
_PETITS = (0.7, 0.25, 0.15, 0.0)  # of a page: a group no taller than that is not split, unless it saves a page
_QUEUE = 2  # rows that it takes with it, at least, to the next page
_TETE = 4  # rows that a group shows at least at the foot of a page: space, band, headers, a first row


def points_par_page(feuille: Feuille) -> float:
    """Points of rows that a printed page takes, repeated rows included."""
    cachees = set(feuille.colonnes_masquees)
    large = sum(v * _POINTS + _BORD for c, v in feuille.largeurs.items() if c not in cachees)
    return _HAUTEUR / min(1.0, _LARGEUR / large) * _PRUDENCE


def paginer(feuille: Feuille, groupes: Sequence[int], derniere: int) -> None:
    """Sets every page break. ``groupes``: first row of each group, in order; ``derniere``: last row of the sheet.

    All are set, even within a group that is taller than a page: spreadsheets do not agree on how much a page takes.
    """
    titres = feuille.impression.lignes_repetees
    hauts = [0.0, *(feuille.hauteurs.get(ligne, _LIGNE) for ligne in range(1, derniere + 1))]  # by row, from 1
    repetees = sum(hauts[titres[0] : titres[1] + 1]) if titres else 0.0
    page = points_par_page(feuille)
    essais = [_sauts(hauts, [*groupes, derniere + 1], page, repetees, petit) for petit in _PETITS]
    feuille.impression.sauts = min(essais, key=len)


def _sauts(toutes: list[float], groupes: list[int], page: float, repetees: float, petit: float) -> list[int]:
    sauts: list[int] = []
    pris = sum(toutes[: groupes[0]])
    for debut, fin in pairwise(groupes):
        hauts = toutes[debut:fin]
        for coupe in _coupes(hauts, page - pris, page - repetees, petit * page):
            sauts.append(debut + coupe - 1)
            pris, hauts, debut = repetees, hauts[coupe:], debut + coupe
        pris += sum(hauts)
    return sauts


def _coupes(hauts: list[float], reste: float, page: float, petit: float) -> Iterator[int]:
    """Where a group is cut, each time as a number of rows from the last cut: 0 sends it whole to the next page."""
    if sum(hauts) > reste and (sum(hauts) <= petit or sum(hauts[:_TETE]) > reste):
        yield 0
        reste = page
    while sum(hauts) > reste and len(hauts) > 1:
        tiennent = next(n for n in range(len(hauts), -1, -1) if sum(hauts[:n]) <= reste)
        # no row alone on the last page
        coupe = max(min(tiennent, len(hauts) - _QUEUE), 1)
        yield coupe
        hauts, reste = hauts[coupe:], page
