"""Wide views of the typed values: one row per line of a block, one column per champ, and where each was typed.

Used by ``frames`` and by ``checks``; judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    partie = valeurs[valeurs["bloc"] == bloc]
    rangs, premiers = _lignes(partie)
    vue = partie.iloc[premiers][[*CLES, "annee"]].reset_index(drop=True)
    vue["intitule"] = partie["modalite"].to_numpy(object)[premiers]
    champs = partie["champ"].to_numpy(object)
    contenus, cellules = partie["valeur"].to_numpy(object), partie["cellule"].to_numpy(object)
    par_champ: dict[str, np.ndarray] = {}
    for champ in CHAMPS.get(bloc) or sorted(set(champs)):
        choisis = champs == champ
        if champ not in CLES:  # the structure and the volet typed are keys already
            par_champ[champ] = _colonne(len(premiers), rangs[choisis], contenus[choisis])
        par_champ[champ + ADRESSE] = _colonne(len(premiers), rangs[choisis], cellules[choisis])
    return pd.concat([vue.astype(object), pd.DataFrame(par_champ, index=vue.index, dtype=object)], axis=1)


def _lignes(partie: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(row of the view for each value, position of the first value of each row)."""
    # One sheet answers for one structure and volet: these keys follow from the others.
    cles = list(colonnes(partie, *IDENTIFIANTES))
    rangs = {cle: rang for rang, cle in enumerate(dict.fromkeys(cles))}
    par_valeur = np.fromiter(map(rangs.__getitem__, cles), dtype=int, count=len(cles))
    return par_valeur, np.unique(par_valeur, return_index=True)[1]


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
    return zip(*(frame[nom].to_numpy(object) for nom in noms), strict=True)


def en_lignes(vue: pd.DataFrame, masque: Sequence[bool] | None = None) -> list[dict]:
    """The rows of a frame as dictionaries (only those of ``masque``). Values as they are: ``to_dict`` boxes each one."""
    choisie = vue if masque is None else vue[np.asarray(masque, dtype=bool)]
    noms = list(choisie.columns)
    return [dict(zip(noms, ligne, strict=True)) for ligne in colonnes(choisie, *noms)]
