"""A sheet that came back as it was sent, but for its inputs: its answers are where the plan has them.

Nearly all sheets are so, and are read ten times as fast. What differs in any other cell is for ``reperage`` to make out.
"""

from __future__ import annotations

from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from cls_workbook.entry.layout import PlanFeuille
from cls_workbook.reading.libres import MEMOIRE, Libre, Rappels, admis, imprime
from cls_workbook.reading.saisie import est_vide
from cls_workbook.xlsx.sheets import Formule, Lien, adresse

if TYPE_CHECKING:
    from cls_workbook.reading.classeur import Grille
    from cls_workbook.reading.reperes import Attendue


class Saisie(NamedTuple):
    """A typed input. ``cle``: its key (of a row that the partner added: ``…/03+1/…``, and ``ligne`` says « 03+1 »)."""

    cle: str
    feuille: str
    cellule: str
    brut: object
    ligne: str


class Gabarit:
    """One sheet as planned: what its locked cells hold, where its formulas and its inputs are. By address (b"C14")."""

    def __init__(self, feuille: PlanFeuille, attendues: list[Attendue], libres: dict[tuple[int, int], Libre]):
        """``libres``: cells (row, column, from 1) whose content the contract alone does not tell."""
        ecrites = {(c.ligne, c.colonne): c.valeur for c in feuille.feuille.cellules if c.valeur not in (None, "")}
        places = [(a, p) for a in attendues for p in a.places]
        ouvertes = libres.keys() | {(p.rangee, p.colonne) for _, p in places}
        formules = {place for place, valeur in ecrites.items() if isinstance(valeur, Formule)}
        fermees = [place for place in ecrites if place not in ouvertes | formules]
        self.formules = {_repere(place) for place in formules}
        self.textes_des_formules = {(i - 1, j - 1): ecrites[i, j].texte for i, j in formules}  # from 0, as ``Grille.speciales``
        self.imprimes = {(i - 1, j - 1): _lu(v) for (i, j), v in ecrites.items() if isinstance(v, (str, Lien)) and j > 1}
        self.formules_sures: object = None  # as a sheet whose formulas were all found right had them written
        self.attendu = tuple(_lu(ecrites[place]) for place in fermees)
        self._fermees = itemgetter(*map(_repere, fermees))
        self._connues = frozenset(map(_repere, {*fermees, *formules, *ouvertes}))
        self._libres = {_repere(place): libre for place, libre in libres.items()}
        self._rappels = [(repere, libre) for repere, libre in self._libres.items() if libre.nature != MEMOIRE]
        self._reperes = [_repere((p.rangee, p.colonne)) for _, p in places]
        self._places = [(p.cle, p.cellule, p.ligne, frozenset() if a.par_entete else frozenset(a.textes.values())) for a, p in places]

    def saisies(self, grille: Grille, rappels: Rappels | None) -> list[Saisie] | None:
        """The inputs that are not blank; None if the sheet is not as it was sent. ``rappels``: see ``contract.rappels``."""
        valeurs = grille.valeurs
        if grille.formulees != self.formules:
            return None
        if not valeurs.keys() <= self._connues and any(valeurs[r] != "" for r in valeurs.keys() - self._connues):
            return None
        try:
            if self._fermees(valeurs) != self.attendu:
                return None
        except KeyError:
            return None
        if not all(admis(valeurs[r], self._libres[r], rappels) for r in valeurs.keys() & self._libres.keys()):
            return None
        if any(r not in valeurs and imprime(libre, rappels) != "" for r, libre in self._rappels):  # it was erased
            return None
        trouvees = []
        remplies = [(place, brut) for place, brut in zip(self._places, map(valeurs.get, self._reperes), strict=True) if brut is not None]
        for (cle, cellule, ligne, textes), brut in remplies:
            if brut.__class__ is str and _vide(brut):
                continue
            if brut in textes:  # a neighbour may have come in its place
                return None
            trouvees.append(Saisie(cle, grille.nom, cellule, brut, ligne))
        return trouvees


def _vide(texte: str) -> bool:
    """``est_vide``, at once for what is plainly a text."""
    return (texte.isspace() or not texte or not texte.isprintable()) and est_vide(texte)


def _repere(place: tuple[int, int]) -> bytes:
    return adresse(*place).encode()


def _lu(valeur: object) -> object:
    """A printed value as a reader of spreadsheets gives it back."""
    if isinstance(valeur, Lien):
        return valeur.texte
    return float(valeur) if isinstance(valeur, (int, float, Decimal)) else valeur
