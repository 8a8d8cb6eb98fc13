"""What many returns say, kept in a file and taken up by chapter: memory does not grow with their number.

A chapter is what they say in one block of one fiche (of one measure, where it asks for several). Whatever is taken up comes in
the order of the returns.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

from cls_workbook.errors import Refus

VALEURS = (
    "annee", "fichier", "feuille", "cellule", "fiche", "structure", "volet", "bloc", "mesure", "champ", "ligne", "modalite",
    "type", "valeur",
)  # fmt: skip
MOTS = VALEURS[1:-1]  # all but the year and the value
EN_MEMOIRE = 2_000_000  # bytes: a campaign of the usual size makes no file
# A row is kept as numbers (its place in its batch, its year, the ranks of its words) beside its value.
_ORDRE, _ANNEE = 0, 1
_COLONNES = {nom: n for n, nom in enumerate(MOTS, 2)}
_VIDE = np.zeros((0, len(MOTS) + 2), dtype=np.int32), np.zeros(0, dtype=object)
Partie = tuple[np.ndarray, np.ndarray]  # numbers, values
R = TypeVar("R")


class Chapitre(NamedTuple):
    fiche: str
    bloc: str
    mesure: str


Choix = Callable[[Chapitre], object]


def _tous(_: Chapitre) -> bool:
    return True


class Cahier:
    """Typed values, added batch by batch, taken up as frames (columns ``VALEURS``, words as categories).

    ``voulu``: is this chapter meant? All are, if nothing is said. ``noms``: columns, all if none is named.
    """

    def __init__(self):
        self._fichier = SpooledTemporaryFile(EN_MEMOIRE)  # noqa: SIM115 (it lives as long as the book)
        self._fin = 0
        self._tranches: list[np.ndarray] = []  # of each batch, where the page of each chapter begins, by its rank; then where the last one ends
        self._chapitres: dict[Chapitre, int] = {}
        self._rangs: dict[str, dict[str, int]] = {nom: {} for nom in MOTS}  # column → word → its rank
        self._types: dict[str, pd.CategoricalDtype] = {}
        self._sues: dict[tuple, tuple] = {}
        self._fautifs: Sequence[int] = ()
        self._refusee: Callable[[str, str, str, str], bool] | None = None

    @classmethod
    def de(cls, valeurs: pd.DataFrame | Cahier) -> Cahier:
        """The book of one frame; a book is its own."""
        if isinstance(valeurs, Cahier):
            return valeurs
        cahier = cls()
        cahier.ajouter(valeurs)
        return cahier

    # --- written --------------------------------------------------------------------------------------------------

    def ajouter(self, valeurs: pd.DataFrame) -> None:
        """One more batch."""
        colonnes = [_serre(np.arange(len(valeurs))), _serre(valeurs["annee"].to_numpy()), *(self._traduire(nom, valeurs[nom]) for nom in MOTS)]
        contenus = valeurs["valeur"].to_numpy(object)
        premiers, groupes = _groupes([colonnes[_COLONNES[nom]] for nom in Chapitre._fields])
        parties = np.split(np.argsort(groupes, kind="stable"), np.cumsum(np.bincount(groupes))[:-1])
        siennes = {}
        for groupe in np.argsort(premiers):
            chapitre = Chapitre(*(self._mots(nom)[colonnes[_COLONNES[nom]][premiers[groupe]]] for nom in Chapitre._fields))
            siennes[self._chapitres.setdefault(chapitre, len(self._chapitres))] = parties[groupe]
        debuts = [self._fin]
        for rang in range(len(self._chapitres)):  # one after the other: a chapter of which the batch says nothing ends where it begins
            if rang in siennes:
                self._ecrire(np.stack([c[siennes[rang]] for c in colonnes], axis=1), contenus[siennes[rang]])
            debuts.append(self._fin)
        self._tranches.append(np.array(debuts))

    def _traduire(self, nom: str, colonne: pd.Series) -> np.ndarray:
        """The words of a batch → their ranks in the book."""
        # Of the array: the accessor of a column (``cat``) refers to itself, and keeps its frame while the garbage collector rests.
        codes, mots = (colonne.array.codes, colonne.array.categories) if isinstance(colonne.dtype, pd.CategoricalDtype) else pd.factorize(colonne.to_numpy(object))
        rangs = self._rangs[nom]
        return _serre(np.array([rangs.setdefault(mot, len(rangs)) for mot in mots], dtype=np.int32))[codes]

    def _ecrire(self, nombres: np.ndarray, contenus: np.ndarray) -> None:
        page = pickle.dumps((_serre(nombres), contenus), pickle.HIGHEST_PROTOCOL)
        try:
            self._fichier.seek(self._fin)
            self._fichier.write(page)
        except OSError as faute:
            raise Refus(
                f"Le dossier temporaire de cet ordinateur ne peut pas être écrit ({faute.strerror or faute}). Libérez de la place sur le disque, "
                "ou vérifiez vos droits sur ce dossier, puis recommencez."
            ) from faute
        self._fin += len(page)

    # --- taken up -------------------------------------------------------------------------------------------------

    def lire(self, voulu: Choix = _tous, noms: Sequence[str] = VALEURS, champs: Collection[str] = ()) -> pd.DataFrame:
        """The values of these columns. ``champs``: of these only."""
        return self._cadre(self._parties(voulu, champs), noms)

    def par_tranche(self, voulu: Choix = _tous, noms: Sequence[str] = VALEURS) -> Iterator[pd.DataFrame]:
        """The same, batch after batch: what is added up needs no more at once."""
        for partie in self._parties(voulu):
            yield self._cadre([partie], noms)

    def lignes(self, voulu: Choix, *noms: str, champs: Collection[str] = ()) -> Iterator[tuple]:
        """The same as rows of these columns, of these champs only: what is gone through one by one needs no frame."""
        for nombres, contenus in self._parties(voulu, champs):
            yield from zip(*(contenus if nom == "valeur" else self._mots(nom)[nombres[:, _COLONNES[nom]]] for nom in noms), strict=True)

    def des_fichiers(self, fichiers: Collection[str]) -> pd.DataFrame:
        """All that these returns say."""
        voulus = self._rangs_de("fichier", fichiers)
        parties = self._parties() if voulus else ()
        return self._cadre([(nombres[siens], contenus[siens]) for nombres, contenus in parties if (siens := np.isin(nombres[:, _COLONNES["fichier"]], voulus)).any()])

    def distincts(self, *noms: str, voulu: Choix = _tous) -> Iterator[tuple[str, ...]]:
        """The words that these columns hold together; each group once a batch, in no order."""
        rangs = [_COLONNES[nom] for nom in noms]
        for pages in self._pages(voulu):
            vus = np.concatenate([nombres[:, rangs] for nombres, _ in pages])
            vus = vus[_groupes(vus.T)[0]]
            yield from zip(*(self._mots(nom)[colonne] for nom, colonne in zip(noms, vus.T, strict=True)), strict=True)

    @property
    def chapitres(self) -> Collection[Chapitre]:
        """In the order in which they appear."""
        return self._chapitres.keys()

    def dit(self, voulu: Choix) -> bool:
        """Is anything said there?"""
        return any(map(voulu, self.chapitres))

    def une_fois(self, quoi: str, calcul: Callable[[], R], *selon: object) -> R:
        """What is worked out from this book, and from these very objects, once for all who ask."""
        cle = quoi, *map(id, selon)
        if cle not in self._sues:
            self._sues[cle] = calcul(), selon  # kept, so that their identities stay their own
        return self._sues[cle][0]

    def seulement(self, voulu: Choix) -> Cahier:
        """These chapters only."""
        autre = copy.copy(self)
        autre._sues, autre._chapitres = {}, {c: rang for c, rang in self._chapitres.items() if voulu(c)}
        return autre

    def sans(self, fichiers: Collection[str], refusee: Callable[[str, str, str, str], bool]) -> Cahier:
        """The same without the values refused (fichier, fiche, feuille, cellule → is it?); all of them are in ``fichiers``."""
        autre, avant = copy.copy(self), self._refusee
        autre._sues, autre._fautifs = {}, [*self._fautifs, *self._rangs_de("fichier", fichiers)]
        autre._refusee = refusee if avant is None else lambda *place: avant(*place) or refusee(*place)
        return autre

    def _rangs_de(self, nom: str, mots: Collection[str]) -> list[int]:
        connus = self._rangs[nom]
        return [connus[mot] for mot in mots if mot in connus]

    def _parties(self, voulu: Choix = _tous, champs: Collection[str] = ()) -> Iterator[Partie]:
        """What each batch says there, in its order. ``champs``: of these only, if any is named."""
        rangs = self._rangs_de("champ", champs)
        for siennes in self._pages(voulu):
            pages = list(siennes)
            nombres, contenus = pages[0] if len(pages) == 1 else map(np.concatenate, zip(*pages, strict=True))
            if len(pages) > 1:
                ordre = np.argsort(nombres[:, _ORDRE], kind="stable")  # each page is in order already
                nombres, contenus = nombres[ordre], contenus[ordre]
            if champs:
                siens = np.isin(nombres[:, _COLONNES["champ"]], rangs)
                nombres, contenus = nombres[siens], contenus[siens]
            yield nombres, contenus

    def _pages(self, voulu: Choix) -> Iterator[Iterator[Partie]]:
        """Of each batch that says something there, its pages."""
        voulus = [rang for chapitre, rang in self._chapitres.items() if voulu(chapitre)]
        for debuts in self._tranches:
            if siens := [rang for rang in voulus if rang < len(debuts) - 1 and debuts[rang] < debuts[rang + 1]]:
                yield (self._page(*debuts[rang : rang + 2]) for rang in siens)

    def _page(self, debut: int, fin: int) -> Partie:
        self._fichier.seek(debut)
        nombres, contenus = pickle.loads(self._fichier.read(fin - debut))
        if self._refusee is None or not len(en_cause := np.flatnonzero(np.isin(nombres[:, _COLONNES["fichier"]], self._fautifs))):
            return nombres, contenus
        places = zip(*(self._mots(nom)[nombres[en_cause, _COLONNES[nom]]] for nom in ("fichier", "fiche", "feuille", "cellule")), strict=True)
        garde = np.ones(len(nombres), dtype=bool)
        garde[en_cause] = [not self._refusee(*place) for place in places]
        return nombres[garde], contenus[garde]

    def _cadre(self, parties: Iterable[Partie], noms: Sequence[str] = VALEURS) -> pd.DataFrame:
        numerotes = [nom for nom in noms if nom != "valeur"]
        rangs = [_COLONNES.get(nom, _ANNEE) for nom in numerotes]
        morceaux = [(nombres[:, rangs].T, contenus) for nombres, contenus in parties] or [(_VIDE[0][:, rangs].T, _VIDE[1])]
        nombres = {nom: np.concatenate(colonne) for nom, *colonne in zip(numerotes, *(n for n, _ in morceaux), strict=True)}

        def colonne(nom: str) -> np.ndarray | pd.Categorical | pd.Series:
            if nom == "valeur":  # as it was typed: pandas would take a column of texts for one of its own strings, and give others back
                return pd.Series(np.concatenate([contenus for _, contenus in morceaux]), dtype=object)
            return pd.Categorical.from_codes(nombres[nom], dtype=self._type(nom)) if nom in _COLONNES else nombres[nom].astype(np.int64)

        return pd.DataFrame({nom: colonne(nom) for nom in noms})

    def _type(self, nom: str) -> pd.CategoricalDtype:
        """The words of a column, of plain strings: pandas' own take longer to give back."""
        if nom not in self._types or len(self._types[nom].categories) < len(self._rangs[nom]):
            self._types[nom] = pd.CategoricalDtype(pd.Index(list(self._rangs[nom]), dtype=object))
        return self._types[nom]

    def _mots(self, nom: str) -> np.ndarray:
        return self._type(nom).categories.to_numpy()


def _serre(nombres: np.ndarray) -> np.ndarray:
    """The same, as small as they fit: most often, a half or a quarter as large."""
    return nombres.astype(np.min_scalar_type(nombres.max(initial=0)), copy=False)


def _groupes(colonnes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are the same: (the first row of each group, the group of each row)."""
    cle = np.zeros(len(colonnes[0]), dtype=np.int64)
    for colonne in colonnes:
        cle = cle * (int(colonne.max(initial=0)) + 1) + colonne
    _, premiers, groupes = np.unique(cle, return_index=True, return_inverse=True)
    return premiers, groupes
