"""A small contract as a coordinator would type it in the authoring workbook, and how to type it."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from openpyxl.utils import get_column_letter

from cls_workbook.authoring.classeur import classeur
from cls_workbook.authoring.feuilles import CHOIX, MODE_D_EMPLOI
from cls_workbook.authoring.guide import AIDE, VERIFICATION
from cls_workbook.authoring.importation import importer
from cls_workbook.contract import load
from cls_workbook.errors import Refus
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Classeur, adresse, lettre

ENTETES, PREMIERE = 6, 7  # rows, as printed
PLACE = 5  # blank rows below what is written, where a test needs no more: a sheet with room for a whole contract costs five times as much

REPONSES = {"Titre du contrat": "Contrat local de santé des Étangs 2025-2027", "Nom court": "CLS des Étangs", "Territoire": "Pays des Étangs", "Années": "2025-2027", "Maquette": 30000}
# Sheet → headers → rows: what a person types, in the order in which the first sheet advises.
SAISIES: dict[str, list[dict[str, object]]] = {
    "Axes": [{"Numéro": "1", "Titre": "Soins"}, {"Numéro": "2", "Titre": "Prévention"}],
    "Structures": [{"Nom": "ARS", "Statut": "public"}, {"Nom": "CCAS des Étangs"}, {"Nom": "CPTS de l’Étang", "Autres noms": "CPTS ; la CPTS"}],
    "Communes": [{"Code INSEE": "01004", "Nom": "Ambre"}],
    "Financeurs": [{"Nom": "ARS", "Structure": "ARS"}],
    "Natures": [{"Libellé": "Crédits ARS", "Total dont elle fait partie": "maquette du contrat"}],
    "Fiches": [
        {"Numéro": "1.1", "Titre": "Recevoir sans rendez-vous", "Axe": "1", "Porteur 1": "CPTS de l’Étang", "Porteur 2": "CCAS des Étangs"},
        {"Numéro": "1.10", "Titre": "Aller vers", "Axe": "1", "Porteur 1": "CCAS des Étangs"},
        {"Numéro": "2.1", "Titre": "Bouger", "Axe": "2", "Porteur 1": "CCAS des Étangs"},
    ],
    "Montants": [{"Fiche": "1.1", "Montant": 20000, "Taux": 0.5}, {"Fiche": "2.1", "Montant": 10000}],
    "Indicateurs": [
        {"Fiche": "1.1", "Indicateur, tel qu’imprimé": "Nombre et type de personnes reçues", "Ce qu’il faut saisir": "Personnes reçues", "Sorte de saisie": "nombre entier",
         "Comment rassembler": "personnes (participations)", "Unité": "personne", "Détail par": "âge", "Catégories du détail": "moins de 18 ans ; 18 ans et plus"},
        {"Fiche": "1.1", "Ce qu’il faut saisir": "Taux de retour", "Sorte de saisie": "taux (numérateur et dénominateur)"},
        {"Fiche": "2.1", "Indicateur, tel qu’imprimé": "Séances", "Sorte de saisie": "nombre entier", "Comment rassembler": "s’additionne (actions, séances…)", "Unité": "séance"},
    ],
}  # fmt: skip


@cache
def octets_vierges() -> bytes:
    """The blank workbook, as a coordinator receives it."""
    return writer.to_bytes(classeur())


@cache
def octets_livres(identifiant: str) -> bytes:
    """The workbook filled in with a shipped contract."""
    return writer.to_bytes(classeur(load(identifiant), PLACE))


def vierge(chemin: Path) -> Path:
    chemin.write_bytes(octets_vierges())
    return chemin


def court(chemin: Path) -> Path:
    """The same with fewer blank rows."""
    writer.write(_court(), chemin)
    return chemin


def livre(identifiant: str, chemin: Path) -> Path:
    chemin.write_bytes(octets_livres(identifiant))
    return chemin


def plat(texte: object) -> str:
    """A header as it reads: no star, ordinary spaces."""
    return str(texte).replace("\u00a0", " ").removesuffix("*").strip()


def colonnes(feuille, ligne: int = ENTETES) -> dict[str, str]:
    """Header → letter of its column, in a sheet as openpyxl reads it."""
    return {plat(c.value): get_column_letter(c.column) for c in feuille[ligne] if c.value}


@cache
def _court() -> Classeur:
    """The blank workbook with fewer blank rows; not to be changed."""
    return classeur(place=PLACE)


@cache
def ou(nom: str, titre: str, ligne: int = PREMIERE) -> str:
    """The address under a header, or of the answer to a question of the sheet Contrat."""
    cellules = next(f.cellules for f in _court().feuilles if f.nom == nom)
    if nom == "Contrat":
        return next(f"C{c.ligne}" for c in cellules if c.colonne == 2 and plat(c.valeur) == titre)
    return next(f"{lettre(c.colonne)}{ligne}" for c in cellules if c.ligne == ENTETES and plat(c.valeur) == titre)


@cache
def places() -> dict[str, dict[str, object]]:
    """Sheet → address → value, for all that ``REPONSES`` and ``SAISIES`` say."""
    trouvees: dict[str, dict[str, object]] = {}
    for feuille in _court().feuilles:
        if feuille.nom == "Contrat":
            trouvees["Contrat"] = {ou("Contrat", question): v for question, v in REPONSES.items()}
        elif feuille.nom in SAISIES:
            trouvees[feuille.nom] = {ou(feuille.nom, t, PREMIERE + rang): v for rang, ligne in enumerate(SAISIES[feuille.nom]) for t, v in ligne.items()}
    return trouvees


# Typed in a cell that has lost its text format, a number and a date are what the spreadsheet makes of them.
STYLES = {float: "saisie:nombre", datetime: "saisie:date"}


def remplir(chemin: Path, **corrections: dict[str, object]) -> Path:
    """The blank workbook with the small contract; ``corrections``: sheet → address → value typed instead (None empties)."""
    chemin.write_bytes(_rempli(corrections) if corrections else _sans_correction())
    return chemin


@cache
def _sans_correction() -> bytes:
    return _rempli({})


def sans_apparat(complet: Classeur) -> Classeur:
    """A copy without what no import reads: half the price of writing."""
    feuilles = [copy.copy(f) for f in complet.feuilles if f.nom not in (MODE_D_EMPLOI, AIDE, VERIFICATION, CHOIX)]
    for feuille in feuilles:
        feuille.validations, feuille.mises_en_forme = [], []
    return replace(complet, feuilles=feuilles, feuille_active=feuilles[0].nom)


def _rempli(corrections: dict[str, dict[str, object]]) -> bytes:
    livre_ = sans_apparat(_court()) if corrections else replace(_court(), feuilles=[copy.copy(f) for f in _court().feuilles])
    for feuille in livre_.feuilles:
        feuille.cellules = list(feuille.cellules)
        saisies = places().get(feuille.nom, {}) | corrections.get(feuille.nom, {})
        for rang, cellule in enumerate(feuille.cellules):
            ou = adresse(cellule.ligne, cellule.colonne)
            if ou in saisies:
                valeur = saisies.pop(ou)
                feuille.cellules[rang] = cellule._replace(valeur=valeur, style=STYLES.get(type(valeur), cellule.style))
        assert not saisies, f"{feuille.nom}: no such cells {sorted(saisies)}"
    return writer.to_bytes(livre_)


def fautes(chemin: Path) -> list[str]:
    """What an import says must be mended, with ordinary spaces; nothing if the workbook is accepted."""
    try:
        importer(chemin)
    except Refus as refus:
        return [d.replace("\u00a0", " ") for d in refus.details]
    return []


