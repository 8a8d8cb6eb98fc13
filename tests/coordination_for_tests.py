"""A coordinator's workbook for tests, as ``coordonner`` makes it, opened; and its Accueil, read by its keys."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from cls_workbook import contract, pilotage
from cls_workbook.coordination import accueil, fabrication, poste
from cls_workbook.xlsx import writer


def classeur(chemin: Path, reference: str, annee: int, saisies: pilotage.Pilotage | None = None) -> openpyxl.Workbook:
    """Written at ``chemin``, with what the coordinator typed, and opened; the folder « retours » is made beside it."""
    contrat, source = contract.load(reference), None
    if saisies:
        source = chemin.with_name("pilotage.xlsx")
        writer.write(pilotage.classeur(contrat, annee, saisies), source)
    fabrication.coordonner(contrat, reference, annee, chemin, pilotage=str(source) if source else None, sur=poste.Poste("python", "python"))
    return openpyxl.load_workbook(chemin, keep_vba=True)


def case(livre: openpyxl.Workbook, nom: str):
    """The cell of Accueil that answers ``nom``."""
    feuille = livre["Accueil"]
    place = accueil.trouver([list(r) for r in feuille.iter_rows(values_only=True)])[nom]
    return feuille.cell(*place)
