"""The workbook in which a contract is described, blank or filled in from a definition."""

from __future__ import annotations

from cls_workbook.authoring.controle import verification
from cls_workbook.authoring.feuilles import MODE_D_EMPLOI, choix_caches, feuille
from cls_workbook.authoring.grille import Grille, Plan
from cls_workbook.authoring.guide import aide, mode_d_emploi
from cls_workbook.authoring.lignes import lignes
from cls_workbook.authoring.tout import RUBRIQUES
from cls_workbook.contract.model import Contrat, Listes
from cls_workbook.xlsx.sheets import Classeur


def classeur(contrat: Contrat | None = None, place: int | None = None) -> Classeur:
    """Blank (with the tool's own lists of choices and themes) where there is no contract. ``place``: blank rows of each sheet (default: its own number)."""
    contenu = lignes(contrat) if contrat else _vierge()
    plan = Plan({r.nom: Grille(r, contenu.get(r.nom, []), r.lignes if place is None else place) for r in RUBRIQUES})
    feuilles = [mode_d_emploi(), *(feuille(g, plan) for g in plan.values()), verification(plan), aide(), choix_caches()]
    titre = f"{contrat.titre} — description" if contrat else "Description d’un contrat"
    return Classeur(feuilles, titre, "Contrat décrit sans écrire de code", feuille_active=MODE_D_EMPLOI)


def _vierge() -> dict[str, list]:
    vide = Contrat(id="", titre="", nom_court="", annees=(), territoire="", listes=Listes())
    return {nom: contenu for nom, contenu in lignes(vide).items() if nom in ("listes", "themes")}
