"""A coordinator's workbook for tests: the sheets of ``pilotage``, and an Accueil that says where the returns are."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.styles import Protection

from cls_workbook import contract, pilotage
from cls_workbook.coordination import accueil
from cls_workbook.xlsx import writer


def classeur(chemin: Path, identifiant: str, annee: int, dossier: object = "", saisies: pilotage.Pilotage | None = None) -> openpyxl.Workbook:
    """Written at ``chemin``, and opened."""
    writer.write(pilotage.classeur(contract.load(identifiant), annee, saisies), chemin)
    livre = openpyxl.load_workbook(chemin)
    feuille = livre["Accueil"]
    places = {}
    for nom, valeur in {"contrat": identifiant, "dossier": str(dossier), "precedent": None, "derniere": None, "bilan": None, "message": None}.items():
        ligne = feuille.max_row + 1
        case = accueil.CASES[nom]
        feuille.cell(ligne, 1, f"§{case.cle}")
        feuille.cell(ligne, 2, case.libelle)
        feuille.cell(ligne, 3, valeur).protection = Protection(locked=False)
        places[nom] = feuille.cell(ligne, 3).coordinate
    livre.save(chemin)
    return livre


def case(livre: openpyxl.Workbook, nom: str):
    """The cell of Accueil that answers ``nom``."""
    feuille = livre["Accueil"]
    place = accueil.trouver([list(r) for r in feuille.iter_rows(values_only=True)])[nom]
    return feuille.cell(*place)
