"""Where a sheet is cut into printed pages: between two groups of rows rather than within one.

A page is A4 landscape, one page wide: the wider the columns, the smaller the print, the more rows it takes.
"""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.sheets import Feuille

_LARGEUR, _HAUTEUR = 777.0, 512.0  # points that the margins of ``writer`` leave
_PRUDENCE = 0.97  # a spreadsheet rounds its scale down
_LIGNE = 15.0  # points of a row whose height is not told
_POINTS, _BORD = 5.25, 3.75  # of a character of column width, of a column's padding
_TROP_BAS = 0.25  # of a page: a group too tall for what is left does not begin lower than that


def points_par_page(feuille: Feuille) -> float:
    """Points of rows that a printed page takes, repeated rows included."""
    cachees = set(feuille.colonnes_masquees)
    large = sum(v * _POINTS + _BORD for c, v in feuille.largeurs.items() if c not in cachees)
    return _HAUTEUR / min(1.0, _LARGEUR / large) * _PRUDENCE


def paginer(feuille: Feuille, groupes: Sequence[int], derniere: int) -> None:
    """Sets the page breaks. ``groupes``: first row of each group, in order; ``derniere``: last row of the sheet."""
    titres = feuille.impression.lignes_repetees
    repetees = sum(_haut(feuille, ligne) for ligne in range(titres[0], titres[1] + 1)) if titres else 0.0
    page = points_par_page(feuille)
    pris = sum(_haut(feuille, ligne) for ligne in range(1, groupes[0])) if groupes else 0.0
    for debut, fin in zip(groupes, [*groupes[1:], derniere + 1], strict=True):
        besoin = sum(_haut(feuille, ligne) for ligne in range(debut, fin))
        reste = page - pris
        if besoin > reste and (besoin <= page - repetees or reste < _TROP_BAS * page):
            feuille.impression.sauts.append(debut - 1)
            pris = repetees
        pris += besoin
        while pris > page:  # a group that runs over several pages
            pris -= page - repetees


def _haut(feuille: Feuille, ligne: int) -> float:
    return feuille.hauteurs.get(ligne, _LIGNE)
