"""Workbooks as bytes: the year's, and one for each structure, which costs almost nothing once the first is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cls_workbook import ramasse_miettes
from cls_workbook.contract.model import Contrat
from cls_workbook.entry import offprint
from cls_workbook.entry.workbook import Campagne, Repondant, nom_de_fichier, plans


def editer(contrat: Contrat, annee: int, repondants: Sequence[Repondant | None], campagne: Campagne) -> Iterator[tuple[str, bytes]]:
    """(file name, bytes) of the workbook of each, in order; None: the year's, with every fiche."""
    with ramasse_miettes.suspendu():
        # in a frame of its own: what was drawn is forgotten before the collector could look through it
        yield from _editer(contrat, annee, repondants, campagne)


def _editer(contrat: Contrat, annee: int, repondants: Sequence[Repondant | None], campagne: Campagne) -> Iterator[tuple[str, bytes]]:
    classeurs = [plan.classeur for plan in plans(contrat, annee, repondants, campagne)]
    for repondant, contenu in zip(repondants, offprint.editer(classeurs), strict=True):
        yield nom_du_classeur(contrat, annee, repondant), contenu


def nom_du_classeur(contrat: Contrat, annee: int, repondant: Repondant | None) -> str:
    return f"{contrat.id}-{annee}" + (f"-{nom_de_fichier(repondant.id)}" if repondant else "") + ".xlsx"
