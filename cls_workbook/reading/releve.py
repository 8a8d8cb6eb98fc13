"""Typed values as they come, return after return → one frame of them.

What the plan says of an input (its block, its champ, its cell…) is worked out once for all the rows where it was filled in, and what
a sheet says (who answers), once for the sheet: a row is two ranks and a value until the frame is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cls_workbook.entry.layout import Emplacement
from cls_workbook.reading.cahier import VALEURS

DU_PLAN = ("cellule", "fiche", "bloc", "mesure", "champ", "ligne", "modalite", "type")
DE_LA_FEUILLE = ("fichier", "feuille", "structure", "volet")


class Releve:
    """``noter`` appends a row to the last sheet opened. ``ecarts``: column → row → what it says there instead of what the plan does."""

    def __init__(self) -> None:
        self.ecarts: dict[str, dict[int, str]] = {nom: {} for nom in ("cellule", "ligne", "modalite")}
        self._places: list[Emplacement] = []
        self._rangs_des_places: dict[int, int] = {}  # by identity: they are kept, so that it stays their own
        self._rangs: list[int] = []
        self._valeurs: list[object] = []
        self._feuilles: list[tuple[str, str, str, str]] = []
        self._annees: list[int] = []
        self._debuts: list[int] = []

    def __len__(self) -> int:
        return len(self._valeurs)

    def ouvrir(self, annee: int, fichier: str, feuille: str, structure: str, volet: str) -> None:
        """What is noted from here on was typed on this sheet."""
        self._feuilles.append((fichier, feuille, structure, volet))
        self._annees.append(annee)
        self._debuts.append(len(self._valeurs))

    def noter(self, place: Emplacement, valeur: object) -> None:
        rang = self._rangs_des_places.get(id(place))
        if rang is None:
            rang = self._rangs_des_places[id(place)] = len(self._places)
            self._places.append(place)
        self._rangs.append(rang)
        self._valeurs.append(valeur)

    def frame(self) -> pd.DataFrame:
        """One row per value, in order; columns ``VALEURS``: words as categories, ``annee`` int, ``valeur`` as it was typed."""
        rangs = np.array(self._rangs, dtype=np.intp)
        lignes = np.diff([*self._debuts, len(self._valeurs)]) if self._debuts else []
        feuilles = np.repeat(np.arange(len(self._feuilles)), lignes)
        mots = {nom: _categories([getattr(p, nom) for p in self._places], rangs, self.ecarts.get(nom, {})) for nom in DU_PLAN}
        colonnes = zip(*self._feuilles, strict=True) if self._feuilles else ((),) * len(DE_LA_FEUILLE)
        mots |= {nom: _categories(contenu, feuilles) for nom, contenu in zip(DE_LA_FEUILLE, colonnes, strict=True)}
        autres = {"annee": np.repeat(np.array(self._annees, dtype=int), lignes), "valeur": pd.Series(self._valeurs, dtype=object)}
        return pd.DataFrame({nom: (mots | autres)[nom] for nom in VALEURS})


def _categories(mots: Sequence[str], rangs: np.ndarray, ecarts: Mapping[int, str] | None = None) -> pd.Categorical:
    """The word of each rank; ``ecarts``: position → another word. Of plain strings: pandas' own take longer to give back."""
    numeros: dict[str, int] = {}
    codes = np.array([numeros.setdefault(mot, len(numeros)) for mot in mots], dtype=np.int32)[rangs]
    for position, mot in (ecarts or {}).items():
        codes[position] = numeros.setdefault(mot, len(numeros))
    ensemble = pd.Categorical.from_codes(codes, pd.Index(list(numeros), dtype=object))
    return ensemble.remove_unused_categories() if ecarts else ensemble
