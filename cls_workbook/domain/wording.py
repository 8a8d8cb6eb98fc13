"""What a contract calls things: who pays its maquette, in the words that sheets print."""

from __future__ import annotations

from cls_workbook.domain.model import Contrat
from cls_workbook.french import fold

SHARED_PAYER = "Contrat"  # several funders share each action: the maquette is nobody's own


def payer(contrat: Contrat) -> str:
    """« ARS »: the agency that pays the maquette; « Contrat » where several share it, or where none is named."""
    agence = contrat.by_structure.get(contrat.agence or "")
    has_parity = any(r.type == "parite" and r.fiche is None for r in contrat.regles)
    return agence.nom if agence and not has_parity else SHARED_PAYER


def of_payer(contrat: Contrat) -> str:
    """« de l’ARS », « du contrat »."""
    nom = payer(contrat)
    if nom == SHARED_PAYER:
        return "du contrat"
    return f"de l’{nom}" if fold(nom)[:1] in "aeiouyh" else f"de {nom}"
