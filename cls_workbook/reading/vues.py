"""Wide views of the typed values: one row per line of a block, one column per champ, and where each was typed.

Used by ``frames`` and by ``checks``; judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import gt, lt

import numpy as np
import pandas as pd

from cls_workbook.contract.fields import BLOCS, VOLET

CLES = ("fichier", "feuille", "fiche", "structure", "volet", "mesure", "ligne")
IDENTIFIANTES = ("fichier", "feuille", "mesure", "ligne")
MOTS = (*CLES, "bloc", "champ", "modalite", "cellule")
ADRESSE = "@"  # ``valeur@`` is the cell in which ``valeur`` was typed

CHAMPS = {nom: tuple(c.nom for c in bloc.champs) for nom, bloc in BLOCS.items()}
CHAMPS["reponse"] = tuple(dict.fromkeys((*CHAMPS["reponse"], *(c.nom for c in VOLET.champs))))
NUMERIQUES = {
    nom: tuple(c.nom for c in bloc.champs if c.type in ("entier", "decimal", "montant")) for nom, bloc in BLOCS.items()
}


class Saisies:
    """The columns of typed values as plain arrays, taken apart once: of each row, the number of its word; the words; the value."""

    def __init__(self, valeurs: pd.DataFrame):
        self.annees, self.valeurs = valeurs["annee"].to_numpy(object), _objets(valeurs["valeur"])
        apart = {nom: _codes(valeurs[nom]) for nom in MOTS}
        self.codes = {nom: codes for nom, (codes, _) in apart.items()}
        self.mots = {nom: mots for nom, (_, mots) in apart.items()}

    def __len__(self) -> int:
        return len(self.valeurs)

    def numero(self, nom: str, mot: str) -> int:
        """The number of a word of a column; -1 where nothing says it."""
        return next(iter(np.flatnonzero(self.mots[nom] == mot)), -1)

    def lire(self, nom: str, rangs: np.ndarray) -> np.ndarray:
        """The words of a column at these rows."""
        return self.mots[nom][self.codes[nom][rangs]]

    def rangees(self, cles: Sequence[str], rangs: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Rows (those at ``rangs`` only) that have the same keys, numbered in order of appearance: (number of each, first of each number).

        One sheet answers for one structure and volet: ``IDENTIFIANTES`` tell the others.
        """
        ensemble = np.zeros(len(self) if rangs is None else len(rangs), dtype=np.int64)
        for cle in cles:
            codes = self.codes[cle] if rangs is None else self.codes[cle][rangs]
            ensemble = pd.factorize(ensemble * (len(self.mots[cle]) + 1) + codes)[0]  # kept small: no overflow
        return ensemble, np.unique(ensemble, return_index=True)[1]

    def large(self, bloc: str) -> pd.DataFrame:
        """See the function of this name."""
        rangs = np.flatnonzero(self.codes["bloc"] == self.numero("bloc", bloc))
        lignes, premieres = self.rangees(IDENTIFIANTES, rangs)
        tetes = rangs[premieres]
        vue = {nom: self.lire(nom, tetes) for nom in CLES} | {"annee": self.annees[tetes], "intitule": self.lire("modalite", tetes)}
        champs = self.codes["champ"][rangs]
        for champ in CHAMPS.get(bloc) or sorted(self.mots["champ"][np.unique(champs)]):
            ici = np.flatnonzero(champs == self.numero("champ", champ))
            if champ not in CLES:  # the structure and the volet typed are keys already
                vue[champ] = _colonne(len(tetes), lignes[ici], self.valeurs[rangs[ici]])
            vue[champ + ADRESSE] = _colonne(len(tetes), lignes[ici], self.lire("cellule", rangs[ici]))
        return pd.DataFrame(vue, dtype=object)


def large(valeurs: pd.DataFrame, bloc: str) -> pd.DataFrame:
    """One row per (fichier, feuille, fiche, structure, volet, mesure, ligne) of ``bloc``, in order of appearance.

    Columns: these keys, ``annee``, ``intitule`` (what names a row of a breakdown: its modalité or name),
    then for each champ of the block the value and, under ``<champ>@``, its cell. Object dtype, missing = None.
    Champs that nobody typed are there too, empty; a block without fixed champs shows those that were typed.
    """
    return Saisies(valeurs).large(bloc)


def rangees(valeurs: pd.DataFrame, cles: Sequence[str]) -> np.ndarray:
    """The number of each row; those that have the same keys have the same one. See ``Saisies.rangees``."""
    return Saisies(valeurs).rangees(cles)[0]


def _codes(colonne: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(colonne.dtype, pd.CategoricalDtype):
        return colonne.array.codes, colonne.array.categories.to_numpy(object)
    return pd.factorize(_objets(colonne))


def _colonne(taille: int, rangs: np.ndarray, contenus: np.ndarray) -> np.ndarray:
    colonne = np.full(taille, None, dtype=object)
    colonne[rangs] = contenus
    return colonne


def superieur(gauche: Iterable, droite: Iterable) -> list[bool]:
    """Where both are known and ``gauche`` > ``droite``: an unknown value contradicts nothing."""
    return _compare(gauche, droite, gt)


def inferieur(gauche: Iterable, droite: Iterable) -> list[bool]:
    """Where both are known and ``gauche`` < ``droite``."""
    return _compare(gauche, droite, lt)


def _compare(gauche: Iterable, droite: Iterable, operation) -> list[bool]:
    return [a is not None and b is not None and operation(a, b) for a, b in zip(gauche, droite, strict=True)]


def somme(valeurs: Iterable):
    """The sum of what is known; None when nothing is (a blank is not a zero)."""
    connues = [v for v in valeurs if v is not None]
    return sum(connues) if connues else None


def colonnes(frame: pd.DataFrame, *noms: str) -> Iterator[tuple]:
    """The rows of a frame, these columns only. Values as they are, and ten times as fast as ``itertuples``."""
    return zip(*(_objets(frame[nom]) for nom in noms), strict=True)


def _objets(colonne: pd.Series) -> np.ndarray:
    """The values as objects; not copied where they already are (``to_numpy(object)`` would)."""
    return colonne.to_numpy() if colonne.dtype == object else colonne.to_numpy(object)


class Rangee(Mapping[str, object]):
    """A row of a frame, by the names of its columns: a quarter of the memory of a dictionary, for what is not gone through at length."""

    __slots__ = ("_contenu", "_rangs")

    def __init__(self, rangs: Mapping[str, int], contenu: tuple):
        self._rangs, self._contenu = rangs, contenu

    def __getitem__(self, nom: str) -> object:
        return self._contenu[self._rangs[nom]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rangs)

    def __len__(self) -> int:
        return len(self._rangs)


def en_rangees(vue: pd.DataFrame) -> list[Rangee]:
    """The rows of a frame, values as they are."""
    rangs = {nom: rang for rang, nom in enumerate(vue.columns)}
    return [Rangee(rangs, contenu) for contenu in colonnes(vue, *rangs)]


def en_lignes(vue: pd.DataFrame, masque: Sequence[bool] | None = None) -> list[dict]:
    """The rows of a frame as dictionaries (only those of ``masque``). Values as they are: ``to_dict`` boxes each one."""
    noms = list(vue.columns)
    rangs = None if masque is None else np.flatnonzero(masque)
    if not (len(vue) if rangs is None else len(rangs)):
        return []
    choisies = vue if rangs is None else vue.iloc[rangs]
    return [dict(zip(noms, ligne, strict=True)) for ligne in colonnes(choisies, *noms)]
