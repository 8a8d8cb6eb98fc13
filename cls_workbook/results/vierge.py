"""The sheets of a consolidation that has not been made yet: tables with their headers, and a Synthèse to come.

The coordinator's workbook leaves with them; the button then fills the same sheets, which formulas may already cite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cls_workbook.contract.model import Contrat
from cls_workbook.francais import typographie
from cls_workbook.results import consolidated, evolution, synthese
from cls_workbook.results.resultat import NORMALISATIONS, Resultat, vide
from cls_workbook.summaries import activity, consolidation, funding
from cls_workbook.xlsx.sheets import Feuille, Impression

ATTENTE = "Cette feuille se remplira à la première consolidation : bouton « Consolider » de la feuille Accueil, ou de l’onglet CLS."


def feuilles(contrat: Contrat, annee: int) -> list[Feuille]:
    """Synthèse, Évolution, the tables in the order of their tabs, Lisez-moi: what ``consolidated.classeur`` has, without a result."""
    nom = contrat.nom_annee(annee)
    pied = f"{contrat.nom_court} · consolidation {nom}"
    pages = [_en_attente(synthese.NOM, f"Synthèse {nom}", "accent", pied)]
    pages.append(_en_attente(evolution.NOM, f"Évolution jusqu’en {nom}", "accent", pied))
    pages += [consolidated.feuille_de(replace(table, lignes=[]), pied) for table in _tables(contrat, annee)]
    pages.append(_en_attente(consolidated.FEUILLE_LISEZ_MOI, f"Consolidation {nom}", "gris", pied))
    return pages


def _tables(contrat: Contrat, annee: int) -> Iterator[consolidated.Table]:
    frames = {
        "retours": consolidation.RETOURS, "normalisations": NORMALISATIONS, "mesures": consolidation.MESURES,
        "reponses": consolidation.REPONSES, "indicateurs": activity.INDICATEURS, "financements": consolidation.FINANCEMENTS,
        "par_fiche": funding.PAR_FICHE, "par_financeur": funding.PAR_FINANCEUR, "avancement": activity.AVANCEMENT,
        "gouvernance": activity.GOUVERNANCE, "territoire": activity.TERRITOIRE, "totaux": funding.TOTAUX,
    }  # fmt: skip
    rien = Resultat(contrat, annee, date(annee, 12, 31), **{nom: vide(colonnes) for nom, colonnes in frames.items()})
    return consolidated.tables(rien)


def _en_attente(nom: str, titre: str, onglet: str, pied: str) -> Feuille:
    feuille = Feuille(nom, couleur_onglet=onglet, largeurs={1: 3, 2: 110})
    feuille.ecrire(1, 2, titre, "titre")
    feuille.ecrire(3, 2, typographie(ATTENTE), "note")
    feuille.hauteurs = {1: 34, 3: 30}
    feuille.impression = Impression(pied_gauche=f"{pied} · {nom}")
    return feuille
