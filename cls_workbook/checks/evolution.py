"""Checks 23 to 25: against last year, and between the structures of a fiche."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.constats import CONFIRMER, constat
from cls_workbook.checks.dossier import Dossier
from cls_workbook.francais import nombre_fr, plier, taux_fr
from cls_workbook.reading.vues import ADRESSE, en_lignes

PART, UNITES = Decimal("0.5"), 10  # a change worth a question: over this share, and at least so many units
COMPARABLES_MIN = 3  # fewer equal figures may be chance
NOMBRES = frozenset(("valeur", "numerateur", "denominateur", "questionnaires", "repondants", "satisfaits", "moyenne", "effectif", "dont_qpv"))


def _totaux_d_avant(dossier: Dossier) -> dict[tuple[str, str, str, str], int | Decimal]:
    """(fiche, structure, volet, measure) → last year's figure, typed or total of its breakdown."""
    totaux: dict[tuple[str, str, str, str], int | Decimal] = {}
    for r in dossier.precedent.mesures.itertuples():
        if r.mesure not in dossier.contrat.par_mesure:
            continue
        cle, ventilee = (r.fiche, r.structure, r.volet, r.mesure), dossier.mesure(r.mesure).type == "ventilation"
        if r.champ == "valeur" and not ventilee:
            totaux[cle] = r.valeur
        elif r.champ == "effectif" and ventilee:
            totaux[cle] = totaux.get(cle, 0) + r.valeur
    return totaux


def evolution_forte(dossier: Dossier) -> list[Anomalie]:
    """A stock that falls is said as such, once."""
    if dossier.precedent is None:
        return []
    avant = _totaux_d_avant(dossier)
    trouvees = []
    for par_mesure in dossier.comptes({m for _, _, _, m in avant}).values():
        for id_, compte in par_mesure.items():
            r, mesure = compte.ligne, dossier.mesure(id_)
            ancien = avant.get((r["fiche"], r["structure"], r["volet"], id_))
            if ancien is None:
                continue
            ecart = compte.valeur - ancien
            baisse = (mesure.agregation == "STOCK" or mesure.stock) and ecart < 0
            if not baisse and (abs(ecart) < UNITES or abs(ecart) <= PART * ancien):
                continue
            proportion = f" ({taux_fr(Decimal(ecart) / ancien, 0)})" if ancien else ""
            trouvees.append(
                constat(
                    "STOCK_EN_BAISSE" if baisse else "EVOLUTION_FORTE", r, compte.cellules, champ=mesure.libelle,
                    trouve=f"{nombre_fr(compte.valeur)}, après {nombre_fr(ancien)} en {dossier.contrat.nom_annee(dossier.annee - 1)}{proportion}",
                    attendu="un nombre qui ne baisse pas" if baisse else "une évolution de moins de 50 %, ou de moins de 10 unités",
                    a_faire=f"vérifiez la valeur ; {CONFIRMER}",
                )
            )  # fmt: skip
    return trouvees


def identique_a_l_annee_precedente(dossier: Dossier) -> list[Anomalie]:
    if dossier.precedent is None:
        return []
    p, v = dossier.precedent.mesures, dossier.saisies
    anciens = p[p["champ"].isin(NOMBRES)]
    avant = {(r.fiche, r.structure, r.volet, r.mesure, r.champ, plier(r.modalite or "")): r.valeur for r in anciens.itertuples()}
    groupes: dict[tuple[str, str], list[dict]] = {}
    for r in en_lignes(v, v["champ"].isin(NOMBRES) & v["mesure"].isin(anciens["mesure"].unique())):
        groupes.setdefault((r["fichier"], r["fiche"]), []).append(r)
    trouvees = []
    for lignes in groupes.values():
        anciennes = [avant.get((r["fiche"], r["structure"], r["volet"], r["mesure"], r["champ"], plier(r["modalite"]))) for r in lignes]
        egales = all(a is not None and a == r["valeur"] for a, r in zip(anciennes, lignes, strict=True))
        if egales and len(lignes) >= COMPARABLES_MIN and any(anciennes):
            trouvees.append(
                constat(
                    "IDENTIQUE_A_L_ANNEE_PRECEDENTE", lignes[0], [r["cellule"] for r in lignes], champ="Indicateurs",
                    trouve=f"les {len(lignes)} valeurs de la fiche sont celles de {dossier.contrat.nom_annee(dossier.annee - 1)}",
                    attendu=f"les valeurs de {dossier.contrat.nom_annee(dossier.annee)}",
                    a_faire="vérifiez que le classeur de l’année précédente n’a pas été renvoyé ; corrigez, ou confirmez à la coordination.",
                )
            )  # fmt: skip
    return trouvees


def evenement_declare_deux_fois(dossier: Dossier) -> list[Anomalie]:
    """Same figure and same comment, or same detail, for one measure, from two structures of a fiche: one anomaly a pair."""
    suspects: dict[tuple[str, str, str], list[tuple[str, dict, list[str]]]] = {}
    for mesure, signature, ligne, cellules in _signatures(dossier):
        suspects.setdefault((ligne["fiche"], mesure, signature), []).append((mesure, ligne, cellules))
    paires: dict[tuple[str, str, str], list[tuple[str, dict, list[str]]]] = {}
    for declarations in suspects.values():
        premiere = declarations[0][1]
        for mesure, ligne, cellules in declarations[1:]:
            if ligne["structure"] != premiere["structure"]:
                paires.setdefault((ligne["fiche"], premiere["fichier"], ligne["fichier"]), []).append((mesure, ligne, cellules))
    return [
        constat(
            "EVENEMENT_DECLARE_DEUX_FOIS", trouves[0][1], [c for _, _, cellules in trouves for c in cellules],
            champ=dossier.mesure(trouves[0][0]).libelle,
            trouve=f"même déclaration dans {premier} : {', '.join(dict.fromkeys(dossier.mesure(m).libelle for m, _, _ in trouves))}",
            attendu="un événement commun, déclaré par une seule structure",
            a_faire="si c’est le même événement, retirez-le d’un des deux retours ; sinon confirmez à la coordination.",
        )
        for (_, premier, _), trouves in paires.items()
    ]  # fmt: skip


def _signatures(dossier: Dossier) -> Iterable[tuple[str, str, dict, list[str]]]:
    """(measure, what two declarations of one event share, a row, cells). Names are set aside: they are counted once anyway."""
    vue = dossier.vue("mesures")
    for r in en_lignes(vue, pd.Series([bool(v) for v in vue["valeur"]], index=vue.index, dtype=bool)):
        if r["mesure"] not in dossier.contrat.par_mesure or dossier.mesure(r["mesure"]).nominative:
            continue
        rangs = [x for x in dossier.ventilations.get((r["fichier"], r["fiche"], r["mesure"]), ()) if x["effectif"]]
        detail = sorted((plier(x["intitule"]), str(x["effectif"])) for x in rangs)
        if r["commentaire"] is not None:
            yield r["mesure"], f"{r['valeur']} {plier(r['commentaire'])}", r, [r["valeur" + ADRESSE]]
        elif len(detail) > 1:
            cellules = [r["valeur" + ADRESSE], *(x["effectif" + ADRESSE] for x in rangs)]
            yield r["mesure"], f"{r['valeur']} {detail}", r, cellules


REGLES = (evolution_forte, identique_a_l_annee_precedente)
REGLES_ENTRE_RETOURS = (evenement_declare_deux_fois,)
