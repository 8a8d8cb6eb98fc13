"""What a click starts from: the open workbook read whole, what its Accueil says, the contract, the folder of the returns."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from cls_workbook.contract.definition import load, shipped
from cls_workbook.contract.model import Contrat
from cls_workbook.coordination import accueil
from cls_workbook.errors import Refus
from cls_workbook.excel import lecture
from cls_workbook.excel.lecture import Contenu
from cls_workbook.francais import typographie
from cls_workbook.generation import verifier_annee
from cls_workbook.reading.feuilles import Feuilles

if TYPE_CHECKING:
    import xlwings

    from cls_workbook.pilotage import Pilotage


@dataclass(frozen=True)
class Ouvert:
    """The workbook as it was when the button was clicked. ``chemin``: where it lies on this computer, None if nobody knows."""

    book: xlwings.Book
    contenus: Mapping[str, Contenu]
    accueil: Contenu
    places: Mapping[str, accueil.Place]
    chemin: Path | None

    def dit(self, nom: str) -> str:
        """What a case of Accueil says, as text; "" if blank or lost."""
        place = self.places.get(nom)
        valeur = self.accueil.valeur(*place) if place else ""
        return str(int(valeur)) if isinstance(valeur, float) and valeur.is_integer() else str(valeur).strip()

    def ecrire(self, nom: str, valeur: object) -> None:
        """Puts a value in a case of Accueil; nothing if the case is lost."""
        if place := self.places.get(nom):
            self.accueil.feuille.range(tuple(place)).value = valeur

    def feuilles(self, tables: frozenset[str] = frozenset()) -> Feuilles:
        """The sheets as ``pilotage`` reads them, without those that hold one of ``tables``: what is there was typed by partners."""
        return Feuilles(self.book.name, {nom: c.lignes for nom, c in self.contenus.items() if not tables & c.tables.keys()})


@dataclass(frozen=True)
class Campagne:
    """What Accueil says, understood."""

    contrat: Contrat
    annee: int
    dossier: Path
    precedent: Path | None
    pilotage: Pilotage


def ouvrir(book: xlwings.Book) -> Ouvert:
    """Refus if the workbook is not a coordinator's."""
    contenus = lecture.lire(book)
    for contenu in contenus.values():
        if places := accueil.trouver(contenu.lignes):
            return Ouvert(book, contenus, contenu, places, emplacement(book))
    raise Refus(typographie(
        "Ce classeur n’est pas celui de la coordination : sa feuille « Accueil » est introuvable. Ouvrez le classeur fabriqué par la commande « coordonner »."
    ))  # fmt: skip


def emplacement(book: xlwings.Book) -> Path | None:
    """The file of the workbook on this computer; None if it was never saved, or lies where no local path leads."""
    try:
        nom = book.fullname
    except Exception:  # xlwings has no one exception for a OneDrive or SharePoint address that it cannot follow
        return None
    return Path(nom) if absolu(nom) and Path(nom).exists() else None


def absolu(chemin: str) -> bool:
    return Path(chemin).is_absolute() or PureWindowsPath(chemin).is_absolute()


def campagne(ouvert: Ouvert, tables: frozenset[str]) -> Campagne:
    """Refus, naming the cell, if something that Accueil says cannot be used. ``tables``: those that the tool writes."""
    from cls_workbook import pilotage as coordination

    contrat = contrat_de(ouvert)
    annee = ouvert.dit("annee")
    if not annee.isdigit():
        raise Refus(typographie(f"{_lieu(ouvert, 'annee')} : « {annee} » n’est pas une année. Rétablissez-la, puis recommencez."))
    verifier_annee(contrat, int(annee))
    contrat, dossier = contrat.en(int(annee)), dossier_des_retours(ouvert)
    saisies = coordination.lire(ouvert.feuilles(tables), contrat, int(annee))
    return Campagne(contrat, int(annee), dossier, _precedent(ouvert), saisies)


def contrat_de(ouvert: Ouvert) -> Contrat:
    """The definition that Accueil names: a shipped id, or a file (from the workbook's folder, unless its path is whole)."""
    reference, identifiant = ouvert.dit("contrat"), ouvert.dit("identifiant")
    reference = reference or identifiant
    if not reference:
        raise Refus(typographie(f"{_lieu(ouvert, 'contrat')} : le contrat n’est pas dit. Écrivez son identifiant, ou le chemin de sa définition."))
    if reference not in shipped() and not absolu(reference) and ouvert.chemin:
        reference = str(ouvert.chemin.parent / reference)
    contrat = load(reference)
    if identifiant and contrat.id != identifiant:
        raise Refus(typographie(
            f"{_lieu(ouvert, 'contrat')} : cette définition est celle du contrat « {contrat.id} », le classeur est celui de « {identifiant} ». "
            "Indiquez la définition de ce contrat-ci."
        ))  # fmt: skip
    return contrat


def dossier_des_retours(ouvert: Ouvert) -> Path:
    """The folder that Accueil names, which exists and can be read. Refus otherwise."""
    dossier = _depuis_le_classeur(ouvert, "dossier", ouvert.dit("dossier") or accueil.DOSSIER_PAR_DEFAUT)
    ou = _lieu(ouvert, "dossier")
    if not dossier.exists():
        raise Refus(typographie(f"{ou} : le dossier des retours « {dossier} » n’existe pas. Créez-le et déposez-y les retours, ou indiquez le bon dossier."))
    if not dossier.is_dir():
        raise Refus(typographie(f"{ou} : « {dossier} » est un fichier. Indiquez le dossier qui contient les retours."))
    try:
        os.listdir(dossier)
    except OSError as erreur:
        raise Refus(typographie(f"{ou} : le dossier des retours « {dossier} » ne peut pas être lu ({erreur.strerror or erreur}). Vérifiez vos droits sur ce dossier, ou indiquez-en un autre.")) from erreur
    return dossier


def _precedent(ouvert: Ouvert) -> Path | None:
    dit = ouvert.dit("precedent")
    if not dit:
        return None
    fichier = _depuis_le_classeur(ouvert, "precedent", dit)
    if not fichier.is_file():
        raise Refus(typographie(f"{_lieu(ouvert, 'precedent')} : « {fichier} » est introuvable. Indiquez la consolidation de l’an dernier, ou videz la cellule."))
    return fichier


def _depuis_le_classeur(ouvert: Ouvert, nom: str, dit: str) -> Path:
    if absolu(dit):
        return Path(dit)
    if ouvert.chemin is None:
        raise Refus(typographie(
            f"{_lieu(ouvert, nom)} : « {dit} » part du dossier du classeur, qui n’a pas d’emplacement connu sur ce poste (jamais enregistré, ou ouvert depuis OneDrive ou SharePoint). "
            "Enregistrez-le dans un dossier de l’ordinateur, ou écrivez ici un chemin complet."
        ))  # fmt: skip
    return ouvert.chemin.parent / dit


def _lieu(ouvert: Ouvert, nom: str) -> str:
    place = ouvert.places.get(nom)
    return f"Feuille « {ouvert.accueil.feuille.name} »" + (f", cellule {place.cellule}" if place else "")
