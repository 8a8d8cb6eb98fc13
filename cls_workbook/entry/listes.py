"""The hidden sheet of choices, and the address by which a validation cites each list."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.entry.layout import FEUILLE_LISTES
from cls_workbook.xlsx.sheets import Feuille, lettre


def adresses(listes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """List name → the formula of its range, one column a list, in their order."""
    return {nom: _adresse(rang, len(choix)) for rang, (nom, choix) in enumerate(listes.items(), 1)}


def _adresse(colonne: int, longueur: int) -> str:
    return f"={FEUILLE_LISTES}!${lettre(colonne)}$2:${lettre(colonne)}${longueur + 1}"


def feuille(listes: Mapping[str, tuple[str, ...]]) -> Feuille:
    """The sheet itself, its name of list above each column."""
    page = Feuille(FEUILLE_LISTES, etat="masquee", protegee=True)
    for colonne, (nom, choix) in enumerate(listes.items(), 1):
        page.largeurs[colonne] = 28
        for ligne, valeur in enumerate((nom, *choix), 1):
            page.ecrire(ligne, colonne, valeur, "entete" if ligne == 1 else "cellule")
    page.cellules.sort(key=lambda c: (c.ligne, c.colonne))
    return page
