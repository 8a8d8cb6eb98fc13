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
ADRESSE = "@"  # ``valeur@`` is the cell in which ``valeur`` was typed

CHAMPS = {nom: tuple(c.nom for c in bloc.champs) for nom, bloc in BLOCS.items()}
CHAMPS["reponse"] = tuple(dict.fromkeys((*CHAMPS["reponse"], *(c.nom for c in VOLET.champs))))
NUMERIQUES = {
    nom: tuple(c.nom for c in bloc.champs if c.type in ("entier", "decimal", "montant")) for nom, bloc in BLOCS.items()
}


def large(valeurs: pd.DataFrame, bloc: str) -> pd.DataFrame:
    """One row per (fichier, feuille, fiche, structure, volet, mesure, ligne) of ``bloc``, in order of appearance.

    Columns: these keys, ``annee``, ``intitule`` (what names a row of a breakdown: its modalité or name),
    then for each champ of the block the value and, under ``<champ>@``, its cell. Object dtype, missing = None.
    Champs that nobody typed are there too, empty; a block without fixed champs shows those that were typed.
    """
    du_bloc = np.flatnonzero(valeurs["bloc"] == bloc)
    partie = {nom: _objets(valeurs[nom].iloc[du_bloc]) for nom in (*CLES, "annee", "modalite", "champ", "valeur", "cellule")}
    rangs, premiers = rangees(*(partie[nom] for nom in IDENTIFIANTES))
    vue = {nom: partie[nom][premiers] for nom in (*CLES, "annee")} | {"intitule": partie["modalite"][premiers]}
    codes, connus = pd.factorize(partie["champ"])
    numeros = {champ: code for code, champ in enumerate(connus)}
    for champ in CHAMPS.get(bloc) or sorted(numeros):
        choisis = np.flatnonzero(codes == numeros[champ]) if champ in numeros else []
        if champ not in CLES:  # the structure and the volet typed are keys already
            vue[champ] = _colonne(len(premiers), rangs[choisis], partie["valeur"][choisis])
        vue[champ + ADRESSE] = _colonne(len(premiers), rangs[choisis], partie["cellule"][choisis])
    return pd.DataFrame(vue, dtype=object)


def rangees(*cles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows that have the same keys, numbered in order of appearance: (number of each row, position of the first of each number).

    One sheet answers for one structure and volet: ``IDENTIFIANTES`` tell the others.
    """
    if not len(cles[0]):
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    change = np.ones(len(cles[0]), dtype=bool)
    change[1:] = np.logical_or.reduce([cle[1:] != cle[:-1] for cle in cles])
    debuts = np.flatnonzero(change)  # equal keys nearly always follow each other
    numeros: dict[tuple, int] = {}
    par_suite = [numeros.setdefault(cle, len(numeros)) for cle in zip(*(cle[debuts] for cle in cles), strict=True)]
    par_suite = np.array(par_suite, dtype=int)
    return par_suite[np.cumsum(change) - 1], debuts[np.unique(par_suite, return_index=True)[1]]


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
    valeurs = vue.to_numpy(object)
    choisies = valeurs if masque is None else valeurs[np.asarray(masque, dtype=bool)]
    return [dict(zip(noms, ligne, strict=True)) for ligne in choisies.tolist()]
