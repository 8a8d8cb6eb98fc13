"""Where the columns of a returned sheet are, whatever was inserted or moved: printed texts tell.

Rows and columns of the returned sheet count from 0, columns of the plan from 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cls_workbook.entry.layout import MARQUE
from cls_workbook.francais import plier
from cls_workbook.reading.egalite import memes
from cls_workbook.reading.formules import place
from cls_workbook.reading.reperes import Attendue

if TYPE_CHECKING:
    from cls_workbook.reading.classeur import Grille

Reperee = tuple[int, Attendue]  # row of the returned sheet, what it should be


def cles(grille: Grille) -> tuple[int, list[tuple[int, str]]]:
    """(column of the keys, [(row, key)]); (-1, []) for a sheet without keys. Usually column 0, unless one was inserted."""
    trouvees = [(place(repere), v[1:]) for repere, v in grille.valeurs.items() if v.__class__ is str and v[:1] == MARQUE]
    if not trouvees:
        return -1, []
    colonnes = Counter(j for (_, j), _ in trouvees)
    colonne = 0 if 0 in colonnes else colonnes.most_common(1)[0][0]
    return colonne, sorted((i, cle) for (i, j), cle in trouvees if j == colonne)


@dataclass(slots=True)
class Tableau:
    """The columns of one table: plan → sheet. ``perdues``: columns whose header did not come back → where they may be.

    ``permutees``: columns of the sheet whose headers took each other's places.
    """

    entete: int  # row of the headers
    colonnes: dict[int, int] = field(default_factory=dict)
    perdues: dict[int, int | None] = field(default_factory=dict)

    permutees: list[int] = field(default_factory=list)


class Colonnes:
    """``generale``: plan → sheet for what stands in no table; ``tableaux``: the same by prefix of table.

    ``exacte``: every header is where it was planned, but for columns inserted before the keys.
    """

    def __init__(self, lignes: Sequence[Sequence], decalage: int, reperees: list[Reperee]):
        self._lignes, self._decalage = lignes, decalage
        entetes = [(i, a) for i, a in reperees if a.role == "entete"]
        temoins = entetes or [(i, a) for i, a in reperees if a.role == "saisie" and a.textes]
        self.exacte = all(self._en_place(i, a) for i, a in temoins)
        self._connues = {} if self.exacte else self._votes(reperees)
        self._reperees = reperees
        self.tableaux: dict[str, Tableau] = {}
        for i, attendue in entetes:
            self.tableaux.setdefault(attendue.prefixe, self._tableau(i, attendue))

    def generale(self, colonne: int) -> int:
        if self.exacte:
            return colonne - 1 + self._decalage
        if colonne not in self._connues:
            self._connues[colonne] = self._interpoler(colonne)
        return self._connues[colonne]

    def du_tableau(self, prefixe: str) -> Callable[[int], int | None]:
        """Plan → sheet for a column of a table: by its header; columns without a header follow the whole sheet."""
        tableau = self.tableaux.get(prefixe)
        if tableau is None or (self.exacte and not tableau.perdues):
            return self.generale
        return lambda colonne: None if colonne in tableau.perdues else tableau.colonnes.get(colonne, self.generale(colonne))

    def _en_place(self, i: int, attendue: Attendue) -> bool:
        ligne, decalage = self._lignes[i], self._decalage - 1
        return all(c + decalage < len(ligne) and memes(ligne[c + decalage], t) for c, t in attendue.textes.items())

    def _votes(self, reperees: Iterable[Reperee]) -> dict[int, int]:
        """For each column of the plan, where its printed texts are most often found."""
        votes: dict[int, Counter[int]] = {}
        for i, attendue in reperees:
            trouves = _positions(self._lignes[i])
            for colonne, texte in attendue.textes.items():
                for j in trouves.get(plier(texte), ()):
                    votes.setdefault(colonne, Counter())[j] += 1
        return {colonne: max(compte, key=lambda j: (compte[j], -j)) for colonne, compte in votes.items()}

    def _interpoler(self, colonne: int) -> int:
        """A column that no text tells: beside its neighbours; if they disagree, where something was typed."""
        avant = max((c for c in self._connues if c < colonne), default=None)
        apres = min((c for c in self._connues if c > colonne), default=None)
        if avant is None and apres is None:
            return colonne - 1 + self._decalage
        candidates = [] if avant is None else [self._connues[avant] + colonne - avant]
        candidates += [] if apres is None else [self._connues[apres] - (apres - colonne)]
        rangs = [i for i, a in self._reperees if any(p.colonne == colonne for p in a.places)]
        return max(candidates, key=lambda j: sum(1 for i in rangs if 0 <= j < len(self._lignes[i]) and self._lignes[i][j] != ""))

    def _tableau(self, i: int, attendue: Attendue) -> Tableau:
        tableau = Tableau(i)
        if self.exacte:
            return tableau
        trouves = _positions(self._lignes[i])
        for colonne, texte in sorted(attendue.textes.items()):
            possibles = trouves.get(plier(texte), [])
            libres = [j for j in possibles if j not in tableau.colonnes.values()]
            if libres:
                tableau.colonnes[colonne] = libres[0]
        for colonne in attendue.textes.keys() - tableau.colonnes.keys():
            j = self.generale(colonne)
            prise = j in tableau.colonnes.values() or j in tableau.perdues.values()
            tableau.perdues[colonne] = None if prise or not 0 <= j < len(self._lignes[i]) else j
        planifiees = {self.generale(c) for c in attendue.textes}  # a column moved out of the table took nobody's place
        ordre = [j for _, j in sorted(tableau.colonnes.items()) if j in planifiees]
        tableau.permutees = sorted({j for n, a in enumerate(ordre) for b in ordre[n + 1 :] if a > b for j in (a, b)})
        return tableau


def _positions(ligne: Sequence) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = {}
    for j, valeur in enumerate(ligne):
        if isinstance(valeur, str) and valeur and valeur[:1] != MARQUE:
            positions.setdefault(plier(valeur), []).append(j)
    return positions
