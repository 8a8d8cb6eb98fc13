"""Typed returns → tidy frames; every reinterpretation written down; what cannot be typed, an anomaly.

The returns are typed in parts (``Lot``), each where its files were read; ``reunir`` makes one of them. Wide views: ``large`` (``vues``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from cls_workbook.anomalies import BLOQUANT, Anomalie
from cls_workbook.contract.model import Contrat
from cls_workbook.reading import constats_de_lecture as constats
from cls_workbook.reading.cahier import VALEURS, Cahier
from cls_workbook.reading.reader import Retour
from cls_workbook.reading.releve import Releve
from cls_workbook.reading.reperes import Modele, modele_de
from cls_workbook.reading.typage import Typage
from cls_workbook.reading.vues import large

__all__ = ["VALEURS", "Adresses", "Lot", "hors_campagne", "large", "reunir", "typer"]

RETOURS = (
    "fichier", "sha256", "annee", "contrat", "modele", "structure", "volet", "fiche", "feuille", "champs_renseignes",
    "champs_attendus",
)  # fmt: skip
NORMALISATIONS = ("Fichier", "Feuille", "Cellule", "Champ", "Saisi", "Retenu", "Règle")
ENTIERES = ("annee", "champs_renseignes", "champs_attendus")


# --- where each input is --------------------------------------------------------------------------------------------


class Lieux(NamedTuple):
    """Of one return: its year, group → sheet, and the inputs that stand elsewhere than planned (key → cell)."""

    annee: int
    feuilles: Mapping[str, str]
    deplacements: Mapping[str, str]


class Adresses(Mapping[str, tuple[str, str]]):
    """Key of an input → (sheet, cell) in one return, blank inputs included; added rows too. Built when asked."""

    def __init__(self, lieux: Lieux, modele: Modele):
        _, self._feuilles, self._deplacements = lieux
        self._modele = modele

    def __getitem__(self, cle: str) -> tuple[str, str]:
        feuille = self._feuilles[cle.partition("/")[0]]
        return feuille, self._deplacements[cle] if cle in self._deplacements else self._modele.places[cle].cellule

    def __iter__(self) -> Iterator[str]:
        for groupe in self._feuilles:
            yield from (p.cle for c in self._modele.groupes[groupe] for p in self._modele.rangees[c].places)
        yield from (cle for cle in self._deplacements if cle not in self._modele.places)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Repertoire(Mapping[str, Adresses]):
    """File → its ``Adresses``."""

    def __init__(self, lieux: Mapping[str, Lieux], contrat: Contrat):
        self._lieux, self._contrat = lieux, contrat

    def __getitem__(self, fichier: str) -> Adresses:
        lieux = self._lieux[fichier]
        return Adresses(lieux, modele_de(self._contrat, lieux.annee))

    def __iter__(self) -> Iterator[str]:
        return iter(self._lieux)

    def __len__(self) -> int:
        return len(self._lieux)


# --- what several returns say ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Lot:
    """What several returns say. ``valeurs``: columns ``cahier.VALEURS``, words as categories; a book of them once ``reunir``. ``retours``: ``RETOURS``.

    ``normalisations``: one row per typed value that was understood as another (Saisi: text, Retenu: typed). ``anomalies``: of reading and of typing,
    with the structure that answers. ``lieux``: file → where its inputs are.
    """

    valeurs: pd.DataFrame | Cahier
    retours: pd.DataFrame
    normalisations: pd.DataFrame
    anomalies: list[Anomalie] = field(default_factory=list)
    lieux: Mapping[str, Lieux] = field(default_factory=dict)

    def adresses(self, contrat: Contrat) -> Mapping[str, Mapping[str, tuple[str, str]]]:
        """File → key of an input → (sheet, cell). ``contrat``: the one that these returns are of."""
        return Repertoire(self.lieux, contrat)


def typer(retours: Iterable[Retour], contrat: Contrat) -> Lot:
    """Types every value of the returns of ``contrat``; those of another contract only bring their anomalies."""
    releve = Releve()
    lignes: list[tuple] = []
    normalisations: list[tuple] = []
    anomalies: list[Anomalie] = []
    lieux: dict[str, Lieux] = {}
    for retour in retours:
        if retour.contrat != contrat.id:
            anomalies += retour.anomalies
            continue
        lieux[retour.fichier] = Lieux(retour.annee, retour.feuilles, retour.deplacements)
        lecture = Typage(retour, modele_de(contrat, retour.annee))
        lecture.typer(releve, normalisations)
        lignes += lecture.lignes()
        anomalies += lecture.anomalies
        if not (lecture.repondues or any(a.gravite == BLOQUANT for a in lecture.anomalies)):
            anomalies.append(constats.retour_vide(retour.fichier))
    return Lot(releve.frame(), _frame(lignes, RETOURS), _frame(normalisations, NORMALISATIONS), anomalies, lieux)


def reunir(lots: Iterable[Lot]) -> Lot:
    """One lot, in their order: their values are a book, each lot is let go once it is written there."""
    cahier, retours, normalisations, anomalies, lieux = Cahier(), [], [], [], {}
    connus: dict[tuple, Lieux] = {}  # the returns of many senders have their inputs in the same places
    for lot in lots:
        cahier.ajouter(lot.valeurs)
        retours.append(lot.retours.copy())  # its own memory: what is kept in the midst of all that is let go with the lot would leave holes there
        normalisations.append(lot.normalisations)
        anomalies += lot.anomalies
        lieux |= {f: connus.setdefault((la.annee, *la.feuilles.items(), None, *la.deplacements.items()), la) for f, la in lot.lieux.items()}
    return Lot(cahier, *(pd.concat(parties, ignore_index=True) for parties in (retours, normalisations)), anomalies, lieux)


def hors_campagne(retour: Retour, contrat: Contrat, annee: int) -> list[Anomalie]:
    """A blocking anomaly if the return is of another contract or year than the campaign; the whole file is refused."""
    if not retour.contrat:
        return []  # unreadable: already said
    if retour.contrat != contrat.id:
        return [constats.hors_campagne(retour.fichier, "contrat", f"un classeur du contrat « {retour.contrat} »", f"le contrat « {contrat.id} »")]
    if retour.annee != annee:
        return [constats.hors_campagne(retour.fichier, "année", f"un classeur de l’année {retour.annee}", f"l’année {annee}")]
    return []


def _frame(lignes: Sequence[tuple], colonnes: tuple[str, ...]) -> pd.DataFrame:
    """Object columns (a missing value stays None, an int stays an int), but for whole numbers."""
    contenus = zip(*lignes, strict=True) if lignes else ((),) * len(colonnes)
    return pd.DataFrame({nom: _colonne(nom, contenu) for nom, contenu in zip(colonnes, contenus, strict=True)})


def _colonne(nom: str, contenu: Sequence) -> pd.Series:
    return pd.Series(contenu, dtype=int if nom in ENTIERES else object)
