"""What a contract calls things: who pays its maquette, in the words that sheets print."""

from __future__ import annotations

from cls_workbook.contract.model import Contrat
from cls_workbook.francais import plier

PARTAGE = "Contrat"  # several funders share each action: the maquette is nobody's own


def payeur(contrat: Contrat) -> str:
    """« ARS »: the agency that pays the maquette; « Contrat » where several share it, or where none is named."""
    agence = contrat.par_structure.get(contrat.agence or "")
    paritaire = any(r.type == "parite" and r.fiche is None for r in contrat.regles)
    return agence.nom if agence and not paritaire else PARTAGE


def du_payeur(contrat: Contrat) -> str:
    """« de l’ARS », « du contrat »."""
    nom = payeur(contrat)
    if nom == PARTAGE:
        return "du contrat"
    return f"de l’{nom}" if plier(nom)[:1] in "aeiouyh" else f"de {nom}"
