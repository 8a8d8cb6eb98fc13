"""What the Accueil of the coordinator's workbook says, and how Python finds it again: a hidden key a row, as everywhere.

Pure: works on rows of values, wherever they were read. The year and the state are the cells of ``pilotage``, whose
keys they keep, so that the workbook is accepted wherever a pilotage file is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cls_workbook.entry.layout import MARQUE
from cls_workbook.errors import Refus
from cls_workbook.francais import plier, typographie
from cls_workbook.xlsx.sheets import adresse

NOM = "Accueil"
JAMAIS = "aucune pour l’instant"
DOSSIER_PAR_DEFAUT = "retours"  # beside the workbook


class Case(NamedTuple):
    """One answer of Accueil. ``cle``: what column A holds after the mark; ``libelle``: printed at the left of the value."""

    cle: str
    libelle: str


CASES: Mapping[str, Case] = {
    "contrat": Case("accueil/contrat", "Définition du contrat"),  # what ``definition.load`` takes: a shipped id, or a path
    "identifiant": Case("pilotage/identification/contrat", "Contrat"),  # the id only
    "annee": Case("pilotage/identification/annee", "Année suivie"),
    "dossier": Case("accueil/dossier", "Dossier des retours"),  # relative: to the workbook's folder
    "precedent": Case("accueil/precedent", "Consolidation de l’an dernier"),  # blank: none
    "etat": Case("pilotage/campagne/etat", "État du bilan"),
    "derniere": Case("accueil/derniere", "Dernière consolidation"),  # a date
    "bilan": Case("accueil/bilan", "Bilan"),  # returns received and expected, anomalies: one sentence
    "message": Case("accueil/message", "Dernier message"),
    "version": Case("accueil/version", "Versions"),
}

# How the last message begins; its colour follows.
FAIT, NON_FAIT = "Fait", "Non fait"


class Place(NamedTuple):
    """Row and column of a value, from 1."""

    ligne: int
    colonne: int

    @property
    def cellule(self) -> str:
        return adresse(*self)


def trouver(lignes: Sequence[Sequence[object]]) -> dict[str, Place]:
    """Name of a case → where its value stands, in the rows of a sheet read from A1. Empty: this sheet is no Accueil.

    The hidden key tells the row, the printed label the column: its value is the next cell. Refus if a key stands twice,
    or if a key and its label do not agree; a case that is lost is absent.
    """
    par_cle = {MARQUE + case.cle: nom for nom, case in CASES.items()}
    places: dict[str, Place] = {}
    for i, rangee in enumerate(lignes, 1):
        for nom in (par_cle[v] for v in rangee if isinstance(v, str) and v in par_cle):
            libelle = CASES[nom].libelle
            rangs = [j for j, v in enumerate(rangee, 1) if isinstance(v, str) and plier(v) == plier(libelle)]
            if nom in places or len(rangs) != 1:
                quoi = "est en double" if nom in places else f"a perdu son étiquette « {libelle} »"
                raise Refus(typographie(f"Feuille « {NOM} », ligne {i} : la question « {libelle} » {quoi}. Rétablissez la feuille d’origine, puis recommencez."))
            places[nom] = Place(i, rangs[0] + 1)
    return places if "accueil/contrat" in {CASES[nom].cle for nom in places} else {}


def valeurs(lignes: Sequence[Sequence[object]]) -> dict[str, object]:
    """Name of a case → what stands in it (None if blank), for the cases that were found."""
    trouvees = {}
    for nom, place in trouver(lignes).items():
        rangee = lignes[place.ligne - 1]
        valeur = rangee[place.colonne - 1] if place.colonne <= len(rangee) else None
        trouvees[nom] = None if valeur == "" else valeur
    return trouvees


def message(texte: str, reussi: bool) -> str:
    """The last message of the tool, as Accueil shows it: « Fait : … » or « Non fait : … »."""
    return typographie(f"{FAIT if reussi else NON_FAIT} : {texte}")


class Versions(NamedTuple):
    """``macros``: of the VBA modules in the workbook; ``xlwings``: of its VBA module. "": not said."""

    paquet: str = ""
    macros: str = ""
    xlwings: str = ""

    def ecrire(self) -> str:
        return " · ".join(f"{nom} {valeur}" for nom, valeur in zip(_NOMS_DES_VERSIONS, self, strict=True) if valeur)


_NOMS_DES_VERSIONS = ("cls-workbook", "macros", "xlwings")


def lire_versions(texte: object) -> Versions:
    """The versions that the cell ``version`` holds, as ``Versions.ecrire`` wrote them."""
    dites = dict(morceau.strip().partition(" ")[::2] for morceau in str(texte or "").split("·"))
    return Versions(*(dites.get(nom, "") for nom in _NOMS_DES_VERSIONS))
