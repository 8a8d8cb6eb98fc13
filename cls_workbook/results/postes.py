"""The posts of coordination: what each cost, what the contract's rule allows, what was engaged and paid. In euros."""

from __future__ import annotations

from decimal import Decimal

from cls_workbook.contract.model import Fiche, Regle
from cls_workbook.contract.regles import part_de_poste
from cls_workbook.reading.vues import somme
from cls_workbook.results.resultat import connu
from cls_workbook.results.synthese_portrait import Portrait
from cls_workbook.summaries.funding import regles_de_poste


def fiches_a_poste(portrait: Portrait) -> list[Fiche]:
    return [f for f in portrait.contrat.fiches if regles_de_poste(portrait.contrat, f.numero)]


def postes(portrait: Portrait) -> list[dict[str, object]]:
    """One row per fiche and rule; a figure that is not known is None."""
    return [_poste(portrait, f, r) for f in fiches_a_poste(portrait) for r in regles_de_poste(portrait.contrat, f.numero)]


def _poste(portrait: Portrait, fiche: Fiche, regle: Regle) -> dict[str, object]:
    argent = portrait.argent.get(fiche.numero, {})
    reponses, lignes = portrait.resultat.reponses, portrait.resultat.financements
    siennes = reponses[(reponses["Fiche"] == fiche.numero) & (reponses["Bloc"] == "depenses") & (reponses["Champ"] == "etp")]
    etp = somme(connu(v) for v in siennes["Valeur"])
    depense = argent.get("Coût réalisé")
    possible = None if depense is None else part_de_poste(regle, Decimal(depense), None if etp is None else Decimal(etp))
    financeur = next((f.nom for f in portrait.contrat.financeurs if f.id == regle.financeur), None)
    versee = somme(connu(v) for v in lignes.loc[(lignes["Fiche"] == fiche.numero) & (lignes["Financeur"] == financeur), "Versé"])
    return {
        "Fiche": fiche.numero, "Règle": regle.libelle, "Financeur": financeur, "Taux": regle.taux, "Plafond annuel": regle.plafond_annuel,
        "ETP minimum": regle.etp_min, "ETP": etp, "Dépense réalisée": depense, "Aide possible": possible, "Aide engagée": argent.get("ARS hors maquette"),
        "Aide versée": versee, "Aide / dépense": versee / depense if depense and versee is not None else None,
    }  # fmt: skip
