"""What many returns say, kept in a file and taken up by chapter: memory does not grow with their number.

A chapter is what they say in one block of one fiche (of one measure, where it asks for several). Whatever is taken up comes in
the order of the returns.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Collection, Iterator, Sequence
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


class Page(NamedTuple):
    """Where one chapter of one batch is in the file."""

    debut: int
    taille: int


class Cahier:
    """Typed values, added batch by batch, taken up as frames (columns ``VALEURS``, words as categories).

    ``voulu``: is this chapter meant? All are, if nothing is said. ``noms``: columns, all if none is named.
    """

    def __init__(self):
        self._fichier = SpooledTemporaryFile(EN_MEMOIRE)  # noqa: SIM115 (it lives as long as the book)
        self._fin = 0
        self._tranches: list[dict[Chapitre, Page]] = []
        self._chapitres: dict[Chapitre, None] = {}
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
        nombres = np.empty((len(valeurs), len(MOTS) + 2), dtype=np.int32)
        nombres[:, _ORDRE], nombres[:, _ANNEE] = np.arange(len(valeurs)), valeurs["annee"]
        for nom, colonne in _COLONNES.items():
            nombres[:, colonne] = self._traduire(nom, valeurs[nom])
        contenus = valeurs["valeur"].to_numpy(object)
        premiers, groupes = _groupes(nombres, Chapitre._fields)
        parties = np.split(np.argsort(groupes, kind="stable"), np.cumsum(np.bincount(groupes))[:-1])
        tranche = {}
        for groupe in np.argsort(premiers):
            chapitre = Chapitre(*(self._mots(nom)[nombres[premiers[groupe], _COLONNES[nom]]] for nom in Chapitre._fields))
            tranche[chapitre] = self._ecrire(nombres[parties[groupe]], contenus[parties[groupe]])
        self._tranches.append(tranche)
        self._chapitres |= dict.fromkeys(tranche)

    def _traduire(self, nom: str, colonne: pd.Series) -> np.ndarray:
        """The words of a batch → their ranks in the book."""
        # Of the array: the accessor of a column (``cat``) refers to itself, and keeps its frame while the garbage collector rests.
        codes, mots = (colonne.array.codes, colonne.array.categories) if isinstance(colonne.dtype, pd.CategoricalDtype) else pd.factorize(colonne.to_numpy(object))
        rangs = self._rangs[nom]
        return np.array([rangs.setdefault(mot, len(rangs)) for mot in mots], dtype=np.int32)[codes]

    def _ecrire(self, nombres: np.ndarray, contenus: np.ndarray) -> Page:
        serres = nombres.astype(np.min_scalar_type(nombres.max()))  # most often, half as large
        page = pickle.dumps((serres, contenus), pickle.HIGHEST_PROTOCOL)
        try:
            self._fichier.seek(self._fin)
            self._fichier.write(page)
        except OSError as faute:
            raise Refus(
                f"Le dossier temporaire de cet ordinateur ne peut pas être écrit ({faute.strerror or faute}). Libérez de la place sur le disque, "
                "ou vérifiez vos droits sur ce dossier, puis recommencez."
            ) from faute
        self._fin += len(page)
        return Page(self._fin - len(page), len(page))

    # --- taken up -------------------------------------------------------------------------------------------------

    def lire(self, voulu: Choix = _tous, noms: Sequence[str] = VALEURS) -> pd.DataFrame:
        return self._cadre(list(self._parties(voulu)), noms)

    def par_tranche(self, voulu: Choix = _tous, noms: Sequence[str] = VALEURS) -> Iterator[pd.DataFrame]:
        """The same, batch after batch: what is added up needs no more at once."""
        for partie in self._parties(voulu):
            yield self._cadre([partie], noms)

    def lignes(self, voulu: Choix, *noms: str, champs: Collection[str] = ()) -> Iterator[tuple]:
        """The same as rows of these columns, of these champs only: what is gone through one by one needs no frame."""
        voulus = [rang for champ in champs if (rang := self._rangs["champ"].get(champ)) is not None]
        for nombres, contenus in self._parties(voulu):
            if champs:
                siens = np.isin(nombres[:, _COLONNES["champ"]], voulus)
                nombres, contenus = nombres[siens], contenus[siens]
            yield from zip(*(contenus if nom == "valeur" else self._mots(nom)[nombres[:, _COLONNES[nom]]] for nom in noms), strict=True)

    def des_fichiers(self, fichiers: Collection[str]) -> pd.DataFrame:
        """All that these returns say."""
        voulus = self._rangs_de(fichiers)
        parties = self._parties() if voulus else ()
        return self._cadre([(nombres[siens], contenus[siens]) for nombres, contenus in parties if (siens := np.isin(nombres[:, _COLONNES["fichier"]], voulus)).any()])

    def distincts(self, *noms: str, voulu: Choix = _tous) -> Iterator[tuple[str, ...]]:
        """The words that these columns hold together; each group once a batch."""
        for nombres, _ in self._parties(voulu):
            vus = nombres[_groupes(nombres, noms)[0]]
            yield from zip(*(self._mots(nom)[vus[:, _COLONNES[nom]]] for nom in noms), strict=True)

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
        autre._sues, autre._chapitres = {}, {c: None for c in self._chapitres if voulu(c)}
        return autre

    def sans(self, fichiers: Collection[str], refusee: Callable[[str, str, str, str], bool]) -> Cahier:
        """The same without the values refused (fichier, fiche, feuille, cellule → is it?); all of them are in ``fichiers``."""
        autre, avant = copy.copy(self), self._refusee
        autre._sues, autre._fautifs = {}, [*self._fautifs, *self._rangs_de(fichiers)]
        autre._refusee = refusee if avant is None else lambda *place: avant(*place) or refusee(*place)
        return autre

    def _rangs_de(self, fichiers: Collection[str]) -> list[int]:
        connus = self._rangs["fichier"]
        return [connus[fichier] for fichier in fichiers if fichier in connus]

    def _parties(self, voulu: Choix = _tous) -> Iterator[Partie]:
        """What each batch says there, in its order."""
        voulus = list(filter(voulu, self.chapitres))
        for tranche in self._tranches:
            if pages := [self._page(tranche[c]) for c in voulus if c in tranche]:
                nombres, contenus = pages[0] if len(pages) == 1 else map(np.concatenate, zip(*pages, strict=True))
                if len(pages) > 1:
                    ordre = np.argsort(nombres[:, _ORDRE], kind="stable")  # each page is in order already
                    nombres, contenus = nombres[ordre], contenus[ordre]
                yield nombres, contenus

    def _page(self, page: Page) -> Partie:
        self._fichier.seek(page.debut)
        nombres, contenus = pickle.loads(self._fichier.read(page.taille))
        if self._refusee is None or not len(en_cause := np.flatnonzero(np.isin(nombres[:, _COLONNES["fichier"]], self._fautifs))):
            return nombres, contenus
        places = zip(*(self._mots(nom)[nombres[en_cause, _COLONNES[nom]]] for nom in ("fichier", "fiche", "feuille", "cellule")), strict=True)
        garde = np.ones(len(nombres), dtype=bool)
        garde[en_cause] = [not self._refusee(*place) for place in places]
        return nombres[garde], contenus[garde]

    def _cadre(self, parties: Sequence[Partie], noms: Sequence[str] = VALEURS) -> pd.DataFrame:
        def colonne(nom: str) -> np.ndarray | pd.Categorical:
            if nom == "valeur":
                return np.concatenate([contenus for _, contenus in parties or [_VIDE]])
            rangs = np.concatenate([nombres[:, _COLONNES.get(nom, _ANNEE)] for nombres, _ in parties or [_VIDE]])
            return pd.Categorical.from_codes(rangs, dtype=self._type(nom)) if nom in _COLONNES else rangs.astype(np.int64)

        return pd.DataFrame({nom: colonne(nom) for nom in noms})

    def _type(self, nom: str) -> pd.CategoricalDtype:
        """The words of a column, of plain strings: pandas' own take longer to give back."""
        if nom not in self._types or len(self._types[nom].categories) < len(self._rangs[nom]):
            self._types[nom] = pd.CategoricalDtype(pd.Index(list(self._rangs[nom]), dtype=object))
        return self._types[nom]

    def _mots(self, nom: str) -> np.ndarray:
        return self._type(nom).categories.to_numpy()


def _groupes(nombres: np.ndarray, noms: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Rows that have the same words in these columns: (the first row of each group, the group of each row)."""
    cle = np.zeros(len(nombres), dtype=np.int64)
    for nom in noms:
        colonne = nombres[:, _COLONNES[nom]]
        cle = cle * (int(colonne.max(initial=0)) + 1) + colonne
    _, premiers, groupes = np.unique(cle, return_index=True, return_inverse=True)
    return premiers, groupes
