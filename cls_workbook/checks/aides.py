"""Checks 32: an aid against what its rule works out, and all the aids together against the cost."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.constats import CONFIRMER, constat
from cls_workbook.checks.dossier import Dossier
from cls_workbook.contract.aides import TYPES_D_AIDE, Situation, calculer
from cls_workbook.contract.model import Regle
from cls_workbook.francais import montant_fr
from cls_workbook.reading.vues import ADRESSE, somme

VALORISATION = "valorisation"


def aide_calculee(dossier: Dossier) -> list[Anomalie]:
    """Rules of type ``aide``: the aid that a return engages against its rate or its unit amount; caps are checked apart."""
    trouvees = []
    for regle in (r for r in dossier.contrat.regles if r.type == "aide"):
        sans_plafond = dataclasses.replace(regle, plafond_annuel=None, plafond_total=None, duree_ans=None)
        for (fichier, fiche), lignes in _engagees(dossier, regle.fiche).items():
            siennes = [x for x in lignes if x["id"] == dossier.financeur(regle.financeur)]
            demande = somme(x["engage"] for x in siennes)
            if demande is None:
                continue
            aide = calculer(sans_plafond, _situation(dossier, regle, fichier, fiche, lignes, demande))
            if aide.montant is not None and demande > aide.montant:
                trouvees.append(
                    constat(
                        "AIDE_SUPERIEURE_AU_CALCUL", siennes[0], [x["engage" + ADRESSE] for x in siennes if x["engage"] is not None],
                        champ=dossier.libelle("financement", "engage"), trouve=montant_fr(demande),
                        attendu=f"{montant_fr(aide.montant)} au plus : {' ; '.join(aide.motifs)} ({regle.libelle})", a_faire=CONFIRMER,
                    )
                )  # fmt: skip
    return trouvees


def _engagees(dossier: Dossier, fiche: str | None) -> dict[tuple[str, str], list[dict]]:
    """(fichier, fiche) → its funding lines in money."""
    groupes: dict[tuple[str, str], list[dict]] = {}
    for x in dossier.financements:
        if fiche in (None, x["fiche"]) and x["niveau"] != VALORISATION:
            groupes.setdefault((x["fichier"], x["fiche"]), []).append(x)
    return groupes


def _situation(dossier: Dossier, regle: Regle, fichier: str, fiche: str, lignes: list[dict], demande: Decimal) -> Situation:
    depense = dossier.depenses.get((fichier, fiche), {})
    comptes = dossier.comptes({m for m in (regle.mesure_participants, regle.mesure_sessions) if m}).get((fichier, fiche), {})
    personnes, sessions = (comptes.get(m) for m in (regle.mesure_participants, regle.mesure_sessions))
    engage = somme(x["engage"] for x in lignes)
    return Situation(
        dossier.annee, depense.get("total"), depense.get("etp"), engage, demande, engage - demande,
        personnes and personnes.valeur, sessions and sessions.valeur,
    )  # fmt: skip


def aides_superieures_au_cout(dossier: Dossier, fiche: str) -> list[Anomalie]:
    """On a fiche that a rule of aid finances, all returns together; where a return gives no cost, nothing is said."""
    if not any(r.type in TYPES_D_AIDE and r.fiche == fiche for r in dossier.contrat.regles):
        return []
    payees = [x for x in dossier.financements if x["niveau"] != VALORISATION and x["engage"] is not None]
    couts = [r["total"] for r in dossier.depenses.values()]
    engage = somme(x["engage"] for x in payees)
    if engage is None or not couts or None in couts or engage <= sum(couts):
        return []
    trouvees = []
    for fichier in dict.fromkeys(x["fichier"] for x in payees):
        ici = [x for x in payees if x["fichier"] == fichier]
        trouvees.append(
            constat(
                "AIDES_SUPERIEURES_AU_COUT", ici[0], [x["engage" + ADRESSE] for x in ici],
                champ=dossier.libelle("financement", "engage"), trouve=f"{montant_fr(engage)} engagés, tous financeurs",
                attendu=f"{montant_fr(sum(couts))} au plus : le coût de l’action", a_faire=CONFIRMER,
            )
        )  # fmt: skip
    return trouvees
