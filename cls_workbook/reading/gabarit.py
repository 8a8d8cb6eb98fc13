"""A sheet that came back as it was sent, but for its inputs: its answers are where the plan has them.

Nearly all sheets are so, and are read ten times as fast. What differs in any other cell is for ``reperage`` to make out.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from cls_workbook.entry.layout import PlanFeuille
from cls_workbook.reading.saisie import est_vide
from cls_workbook.xlsx.sheets import Formule, Lien

if TYPE_CHECKING:
    from cls_workbook.reading.archive import Grille
    from cls_workbook.reading.reperes import Attendue


class Saisie(NamedTuple):
    """A typed input. ``cle``: its key (of a row that the partner added: ``…/03+1/…``, and ``ligne`` says « 03+1 »)."""

    cle: str
    feuille: str
    cellule: str
    brut: object
    ligne: str


class Gabarit:
    """One sheet as planned: what its locked cells hold, where its formulas and its inputs are. Places count from 0."""

    def __init__(self, feuille: PlanFeuille, attendues: list[Attendue], libres: set[tuple[int, int]]):
        """``libres``: cells whose content the contract alone does not know."""
        ecrites = {(c.ligne - 1, c.colonne - 1): c.valeur for c in feuille.feuille.cellules if c.valeur not in (None, "")}
        saisies = [(p.rangee - 1, p.colonne - 1) for a in attendues for p in a.places]
        self.hauteur = 1 + max(i for i, _ in chain(ecrites, saisies))
        self.largeur = 1 + max(j for _, j in chain(ecrites, saisies))
        self.formules = {place for place, valeur in ecrites.items() if isinstance(valeur, Formule)}
        ouvertes = self.formules | libres | set(saisies)
        fermees = [(i, j) for i in range(self.hauteur) for j in range(self.largeur) if (i, j) not in ouvertes]
        self.attendu = tuple(_lu(ecrites.get(place, "")) for place in fermees)
        self._fermees = itemgetter(*(self._rang(*place) for place in fermees))
        self._places = [
            (p.cle, p.cellule, p.ligne, frozenset() if a.par_entete else frozenset(a.textes.values())) for a in attendues for p in a.places
        ]  # fmt: skip
        self._rangs = [self._rang(*place) for place in saisies]

    def _rang(self, i: int, j: int) -> int:
        return i * self.largeur + j

    def saisies(self, grille: Grille) -> list[Saisie] | None:
        """The inputs that are not blank; None if the sheet is not as it was sent."""
        cellules = list(chain.from_iterable(grille.lignes))
        manquantes = self.hauteur * self.largeur - len(cellules)  # blank inputs at the end of the sheet
        if manquantes < 0 or len(cellules) != len(grille.lignes) * self.largeur or grille.speciales.keys() != self.formules:
            return None
        cellules += [""] * manquantes
        if self._fermees(cellules) != self.attendu:
            return None
        trouvees = []
        for place, rang in zip(self._places, self._rangs, strict=True):
            brut = cellules[rang]
            if brut == "" or (brut.__class__ is str and est_vide(brut)):
                continue
            cle, cellule, ligne, textes = place
            if brut in textes:  # a neighbour may have come in its place
                return None
            trouvees.append(Saisie(cle, grille.nom, cellule, brut, ligne))
        return trouvees


def _lu(valeur: object) -> object:
    """A printed value as a reader of spreadsheets gives it back."""
    if isinstance(valeur, Lien):
        return valeur.texte
    return float(valeur) if isinstance(valeur, (int, float, Decimal)) else valeur
