"""A small contract as a coordinator would type it in the authoring workbook, and how to type it."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from openpyxl.utils import get_column_letter

from cls_workbook.authoring.classeur import classeur
from cls_workbook.authoring.importation import importer
from cls_workbook.errors import Refus
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import adresse, lettre

ENTETES, PREMIERE = 6, 7  # rows, as printed

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


def vierge(chemin: Path) -> Path:
    writer.write(classeur(), chemin)
    return chemin


def plat(texte: object) -> str:
    """A header as it reads: no star, ordinary spaces."""
    return str(texte).replace("\u00a0", " ").removesuffix("*").strip()


def colonnes(feuille, ligne: int = ENTETES) -> dict[str, str]:
    """Header → letter of its column, in a sheet as openpyxl reads it."""
    return {plat(c.value): get_column_letter(c.column) for c in feuille[ligne] if c.value}


@cache
def places() -> dict[str, dict[str, object]]:
    """Sheet → address → value, for all that ``REPONSES`` and ``SAISIES`` say."""
    trouvees: dict[str, dict[str, object]] = {}
    for feuille in classeur().feuilles:
        if feuille.nom == "Contrat":
            lignes = {plat(c.valeur): c.ligne for c in feuille.cellules if c.colonne == 2}
            trouvees["Contrat"] = {f"C{lignes[question]}": v for question, v in REPONSES.items()}
        elif feuille.nom in SAISIES:
            titres = {plat(c.valeur): lettre(c.colonne) for c in feuille.cellules if c.ligne == ENTETES}
            trouvees[feuille.nom] = {f"{titres[t]}{PREMIERE + rang}": v for rang, ligne in enumerate(SAISIES[feuille.nom]) for t, v in ligne.items()}
    return trouvees


# Typed in a cell that has lost its text format, a number and a date are what the spreadsheet makes of them.
STYLES = {float: "saisie:nombre", datetime: "saisie:date"}


def remplir(chemin: Path, **corrections: dict[str, object]) -> Path:
    """The blank workbook with the small contract; ``corrections``: sheet → address → value typed instead (None empties)."""
    vide = classeur()
    for feuille in vide.feuilles:
        saisies = places().get(feuille.nom, {}) | corrections.get(feuille.nom, {})
        for rang, cellule in enumerate(feuille.cellules):
            ou = adresse(cellule.ligne, cellule.colonne)
            if ou in saisies:
                valeur = saisies.pop(ou)
                feuille.cellules[rang] = cellule._replace(valeur=valeur, style=STYLES.get(type(valeur), cellule.style))
        assert not saisies, f"{feuille.nom}: no such cells {sorted(saisies)}"
    writer.write(vide, chemin)
    return chemin


def fautes(chemin: Path) -> list[str]:
    """What an import says must be mended, with ordinary spaces; nothing if the workbook is accepted."""
    try:
        importer(chemin)
    except Refus as refus:
        return [d.replace("\u00a0", " ") for d in refus.details]
    return []


