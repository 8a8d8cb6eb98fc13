"""Typed frames → anomalies. One rule, one function; what reads, types or sums is elsewhere.

Schemas hold what must be true of a column or of one row; the tuples below, what takes several rows, fiches, returns
or years. ``catalogue`` lists every code.
"""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.anomalies import Anomalie, trier
from cls_workbook.checks import (
    avancement,
    campagne,
    confidentialite,
    evolution,
    financement,
    indicateurs,
    regles_du_contrat,
    ventilations,
)  # fmt: skip
from cls_workbook.checks.catalogue import CATALOGUE, Controle
from cls_workbook.checks.dossier import Dossier, Pilotage, Precedent
from cls_workbook.checks.schemas import valider

__all__ = ["CATALOGUE", "Controle", "Dossier", "Pilotage", "Precedent", "controler", "controler_retour", "de_chaque_retour"]

FAMILLES = (avancement, indicateurs, ventilations, financement, regles_du_contrat, evolution, confidentialite)
REGLES_DE_LIGNE = (*avancement.LIGNES, *indicateurs.LIGNES, *ventilations.LIGNES, *financement.LIGNES)
REGLES = (
    campagne.structure_inattendue,
    *(regle for famille in FAMILLES for regle in famille.REGLES),
)
REGLES_D_UNE_FICHE = (*financement.REGLES_D_UNE_FICHE, *regles_du_contrat.REGLES_D_UNE_FICHE, *evolution.REGLES_D_UNE_FICHE)
REGLES_ENTRE_RETOURS = (*financement.REGLES_ENTRE_RETOURS, *evolution.REGLES_ENTRE_RETOURS)


def controler(dossier: Dossier, constats: Sequence[Anomalie] | None = None) -> list[Anomalie]:
    """Every anomaly of a campaign's returns, most serious first; those that reading already found are not repeated.

    Returns of another campaign and second copies are set aside before the other rules look. ``constats``: what
    ``de_chaque_retour`` found, where it has looked already.
    """
    intrus = campagne.hors_campagne(dossier)
    dossier = dossier.sans(fichiers={a.fichier for a in intrus})
    doublons = campagne.doublon_de_retour(dossier)
    manquants = campagne.retour_manquant(dossier)
    ecartes = {a.fichier for a in doublons if a.refuse_fichier}
    dossier = dossier.sans(fichiers=ecartes)
    retenu = dossier.sans(fiches={(a.fichier, a.fiche) for a in doublons if a.refuse_feuille})
    if constats is None:
        constats = de_chaque_retour(dossier)
    ecartes |= {a.fichier for a in intrus}
    siens = [a for a in constats if a.fichier not in ecartes]
    trouvees = [*intrus, *doublons, *manquants, *campagne.gouvernance_sous_le_minimum(dossier), *siens]
    return _nouvelles(dossier, trouvees + _entre_retours(retenu))


def controler_retour(dossier: Dossier) -> list[Anomalie]:
    """The same for returns on their own, without a campaign: none is expected, none is missing, none is a duplicate."""
    return _nouvelles(dossier, de_chaque_retour(dossier) + _entre_retours(dossier))


def de_chaque_retour(dossier: Dossier) -> list[Anomalie]:
    """What each return is found to say amiss, whatever the others say: they may be looked at in several parts."""
    return valider(dossier, REGLES_DE_LIGNE) + [a for regle in REGLES for a in regle(dossier)]


def _entre_retours(dossier: Dossier) -> list[Anomalie]:
    """Rules that add up several returns: those in conflict over one fiche would count twice. Money is looked at fiche by fiche."""
    de_l_argent = [a for fiche, partie in dossier.par_fiche("financement") for regle in REGLES_D_UNE_FICHE for a in regle(partie, fiche)]
    return de_l_argent + [a for regle in REGLES_ENTRE_RETOURS for a in regle(dossier)]


def _nouvelles(dossier: Dossier, trouvees: list[Anomalie]) -> list[Anomalie]:
    deja = {(a.code, a.fichier, a.feuille, a.cellules) for a in dossier.anomalies}
    return trier([a for a in trouvees if (a.code, a.fichier, a.feuille, a.cellules) not in deja])
