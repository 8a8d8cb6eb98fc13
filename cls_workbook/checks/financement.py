"""Checks 26 to 31, 36 and 39: what was spent, who pays, against what the contract and the COPIL said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.constats import CONFIRMER, RENVOYER, constat
from cls_workbook.checks.dossier import Dossier
from cls_workbook.checks.schemas import RegleDeLigne
from cls_workbook.francais import liste, montant_fr, plier, taux_fr
from cls_workbook.reading.vues import ADRESSE, Rangee, somme, superieur

TOLERANCE = Decimal(1)  # euros, between what the funders paid and the cost
MARGE_DU_TAUX = Decimal("0.01")  # one point
SEUIL_CONVENTION = Decimal(23_000)  # annual subsidy of one public funder to a private body
POSTES = ("personnel", "achats", "autres")
MONTANTS = ("prevu", "engage", "verse")
MAQUETTE, VALORISATION = "maquette", "valorisation"
HORS_MAQUETTE = ("cpom", "flca", "valorisation", "mise a disposition", "benevolat", "fonds de lutte")


# --- cost -----------------------------------------------------------------------------------------------------------


def _postes_differents(vue: pd.DataFrame) -> list[bool]:
    postes = [somme(trois) for trois in zip(*(vue[p] for p in POSTES), strict=True)]
    return [p is not None and t is not None and p != t for p, t in zip(postes, vue["total"], strict=True)]


def _dire_postes(dossier: Dossier, r: dict) -> Anomalie | None:
    if dossier.entame(r["fichier"], r["fiche"], "depenses"):
        return None
    return constat(
        "POSTES_DIFFERENTS_DU_TOTAL", r, [r[c + ADRESSE] for c in (*POSTES, "total") if r[c] is not None],
        champ=dossier.libelle("depenses", "total"),
        trouve=f"{montant_fr(r['total'])} ; somme des postes : {montant_fr(somme(r[p] for p in POSTES))}",
        attendu="un coût total égal à la somme des postes",
        a_faire=f"corrigez le total ou les postes, {RENVOYER}",
    )  # fmt: skip


def financeurs_differents_du_cout(dossier: Dossier) -> list[Anomalie]:
    """Valuation is no cash: it is left out. Too little is not said while an amount paid is still blank."""
    verses = _verses_par_retour(dossier)
    trouvees = []
    for r in dossier.depenses.values():
        recu, complet = verses.get((r["fichier"], r["fiche"]), (None, True))
        if r["total"] is None or recu is None or abs(recu - r["total"]) <= TOLERANCE or (recu < r["total"] and not complet):
            continue
        postes = somme(r[p] for p in POSTES)
        if postes is not None and postes != r["total"] and abs(recu - postes) <= TOLERANCE:
            continue  # the posts make what was paid: the total is wrong, and another rule says so
        trouvees.append(
            constat(
                "FINANCEURS_DIFFERENTS_DU_COUT", r, (r["total" + ADRESSE],),
                champ=dossier.libelle("depenses", "total"),
                trouve=f"{montant_fr(r['total'])} ; versé par les financeurs : {montant_fr(recu)}",
                attendu="un coût total égal à la somme versée, à 1 € près (la part de la structure est aussi un financement)",
                a_faire=f"corrigez le coût total, ou complétez les financements (autofinancement compris), {RENVOYER}",
            )
        )  # fmt: skip
    return trouvees


def _verses_par_retour(dossier: Dossier) -> dict[tuple[str, str], tuple[Decimal | None, bool]]:
    """(fichier, fiche) → (cash paid, are all its amounts known?)."""
    sommes: dict[tuple[str, str], tuple[Decimal | None, bool]] = {}
    for ligne in dossier.financements:
        if ligne["niveau"] == VALORISATION:
            continue
        ici = (ligne["fichier"], ligne["fiche"])
        avant, complet = sommes.get(ici, (None, not dossier.entame(*ici, "financement")))
        sommes[ici] = (somme((avant, ligne["verse"])), complet and ligne["verse"] is not None)
    return sommes


# --- one funding line -----------------------------------------------------------------------------------------------


def _verse_superieur(vue: pd.DataFrame) -> list[bool]:
    return superieur(vue["verse"], vue["engage"])


def _dire_verse_superieur(dossier: Dossier, r: dict) -> Anomalie:
    return constat(
        "VERSE_SUPERIEUR_A_L_ENGAGE", r, (r["verse" + ADRESSE], r["engage" + ADRESSE]),
        champ=dossier.libelle("financement", "verse"),
        trouve=f"versé : {montant_fr(r['verse'])} ; engagé : {montant_fr(r['engage'])}",
        attendu="un montant versé au plus égal au montant engagé",
        a_faire=f"vérifiez les deux montants : {CONFIRMER}",
    )  # fmt: skip


def _sans_reference(vue: pd.DataFrame) -> list[bool]:
    return [
        e is not None and e > 0 and n != VALORISATION and (r is None or d is None)
        for e, n, r, d in zip(vue["engage"], vue["niveau"], vue["reference"], vue["date"], strict=True)
    ]


def _dire_sans_reference(dossier: Dossier, r: dict) -> Anomalie | None:
    absents = [c for c in ("reference", "date") if r[c] is None and not dossier.illisible(r, "financement", c)]
    if not absents:
        return None
    manque = " ni ".join({"reference": "référence", "date": "date"}[c] for c in absents)
    return constat(
        "ENGAGEMENT_SANS_REFERENCE", r, (*(c for a in absents for c in dossier.cellule(r, "financement", a)), r["engage" + ADRESSE]),
        champ=dossier.libelle("financement", absents[0]),
        trouve=f"{montant_fr(r['engage'])} engagés, sans {manque}",
        attendu="la référence et la date de la convention ou de la décision",
        a_faire="complétez la ligne, ou confirmez à la coordination qu’aucune convention n’est signée.",
    )  # fmt: skip


def _ligne_incomplete(vue: pd.DataFrame) -> list[bool]:
    return [
        (f is None or n is None) and any(m is not None for m in montants)
        for f, n, *montants in zip(vue["financeur"], vue["nature"], *(vue[m] for m in MONTANTS), strict=True)
    ]


def _dire_ligne_incomplete(dossier: Dossier, r: dict) -> Anomalie | None:
    absents = [c for c in ("financeur", "nature") if r[c] is None and not dossier.illisible(r, "financement", c)]
    if not absents:
        return None
    montants = [m for m in MONTANTS if r[m] is not None]
    return constat(
        "LIGNE_DE_FINANCEMENT_INCOMPLETE", r,
        (*(c for a in absents for c in dossier.cellule(r, "financement", a)), *(r[m + ADRESSE] for m in montants)),
        champ=dossier.libelle("financement", absents[0]),
        trouve=f"{montant_fr(r[montants[0]])}, sans {' ni '.join(absents)}",
        attendu="un financeur et une nature sur chaque ligne qui porte un montant",
        a_faire="complétez la ligne : sans cela, le montant n’entre dans aucun sous-total.",
    )  # fmt: skip


def nature_douteuse(dossier: Dossier) -> list[Anomalie]:
    agence = {f.id for f in dossier.contrat.financeurs if f.structure and f.structure == dossier.contrat.agence}
    trouvees = []
    for r in dossier.financements:
        if r["niveau"] != MAQUETTE:
            continue
        a_parite = {dossier.financeur(f) for regle in dossier.contrat.regles_de(r["fiche"], "parite") for f in regle.financeurs}
        autre = bool(agence) and r["financeur"] is not None and r["id"] not in agence | a_parite
        reference = plier(r["reference"] or "")
        mot = next((m for m in HORS_MAQUETTE if m in reference), None)
        if not autre and mot is None:
            continue
        indice = "financeur" if autre else "reference"
        trouvees.append(
            constat(
                "NATURE_DOUTEUSE", r, (r["nature" + ADRESSE], r[indice + ADRESSE]),
                champ=dossier.libelle("financement", "nature"),
                trouve=f"« {r['nature']} », avec « {r[indice]} »",
                attendu="à la maquette, les seuls crédits inscrits au contrat ; les CPOM, fonds dédiés, valorisations et cofinancements ont leur nature",
                a_faire=f"vérifiez la nature : {CONFIRMER}",
            )
        )  # fmt: skip
    return trouvees


# --- against the contract and the COPIL -----------------------------------------------------------------------------


def _constat_de_fiche(code: str, dossier: Dossier, voulue: Callable[[Rangee], bool], champ: str, **textes: str) -> Anomalie:
    """About the wanted lines of a fiche, maybe in several returns: placed at the return that weighs most, the others are named."""
    par_fichier: dict[str, Decimal] = {}
    for x in filter(voulue, dossier.financements_un_par_un()):
        par_fichier[x["fichier"]] = par_fichier.get(x["fichier"], Decimal(0)) + x[champ]
    principal = max(sorted(par_fichier), key=par_fichier.__getitem__)
    if autres := sorted(par_fichier.keys() - {principal}):
        textes["trouve"] += f" (avec {liste(autres)})"
    ici = [x for x in dossier.financements_un_par_un() if x["fichier"] == principal and voulue(x)]
    return constat(code, ici[0], [x[champ + ADRESSE] for x in ici], champ=dossier.libelle("financement", champ), **textes)


def engage_superieur_au_programme(dossier: Dossier, fiche: str) -> list[Anomalie]:
    if dossier.pilotage is None:
        return []
    programmes = {
        (dossier.financeur(f), hors): montant
        for hors, montants in ((False, dossier.pilotage.programmes), (True, dossier.pilotage.hors_maquette))
        for (numero, f), montant in montants.items()
        if numero == fiche
    }
    engages: dict[tuple[str, bool], Decimal] = {}
    for x in filter(_engagee, dossier.financements_un_par_un() if programmes else ()):
        cle = x["id"], x["niveau"] == "hors_maquette"
        engages[cle] = engages.get(cle, Decimal(0)) + x["engage"]
    trouvees = []
    for (financeur, hors), engage in engages.items():
        programme = programmes.get((financeur, hors))
        if programme is None or engage <= programme:
            continue
        trouvees.append(
            _constat_de_fiche(
                "ENGAGE_SUPERIEUR_AU_PROGRAMME", dossier,
                lambda x, f=financeur, h=hors: _engagee(x) and x["id"] == f and (x["niveau"] == "hors_maquette") == h, "engage",
                trouve=f"{dossier.nom_du_financeur(financeur)} : {montant_fr(engage)} engagés",
                attendu=f"{montant_fr(programme)} au plus : le montant programmé pour l’année",
                a_faire=CONFIRMER,
            )
        )  # fmt: skip
    return trouvees


def _engagee(x: Rangee) -> bool:
    return x["engage"] is not None and x["niveau"] != VALORISATION


def cumul_engage(dossier: Dossier, fiche: str, niveaux: tuple[str, ...] = (), financeur: str | None = None) -> Decimal:
    """What earlier years engaged for a fiche, in euros; 0 where nothing is known of them."""
    if dossier.precedent is None:
        return Decimal(0)
    f = dossier.precedent.financements
    retenus = [
        r.engage
        for r in f[f["fiche"] == fiche].itertuples()
        if (not niveaux or dossier.niveau(r.nature) in niveaux) and financeur in (None, dossier.financeur(r.financeur))
    ]
    return somme(retenus) or Decimal(0)


def contrat_depasse(dossier: Dossier, fiche: str) -> list[Anomalie]:
    prevu = dossier.contrat.par_fiche[fiche].financement.montant if fiche in dossier.contrat.par_fiche else None
    annee = None if prevu is None else somme(x["engage"] for x in dossier.financements_un_par_un() if x["niveau"] == MAQUETTE)
    if not annee or (avant := cumul_engage(dossier, fiche, (MAQUETTE,))) + annee <= prevu:
        return []
    detail = f" ({montant_fr(avant)} les années précédentes)" if avant else ""
    return [
        _constat_de_fiche(
            "CONTRAT_DEPASSE", dossier, lambda x: x["niveau"] == MAQUETTE and x["engage"] is not None, "engage",
            trouve=f"{montant_fr(avant + annee)} engagés en tout{detail}",
            attendu=f"{montant_fr(prevu)} au plus : le montant inscrit au contrat",
            a_faire="corrigez le montant, ou prévoyez un avenant avec la coordination.",
        )
    ]  # fmt: skip


def taux_superieur_au_contrat(dossier: Dossier, fiche: str) -> list[Anomalie]:
    """Only where the contract prints a pure rate, over the returns whose cost is known and not contradicted."""
    argent = dossier.contrat.par_fiche[fiche].financement if fiche in dossier.contrat.par_fiche else None
    if argent is None or not argent.taux_pur or argent.taux is None:
        return []
    contredits = {(a.fichier, a.fiche) for a in financeurs_differents_du_cout(dossier)}
    couts = {r["fichier"]: r["total"] for ici, r in dossier.depenses.items() if r["total"] is not None and ici not in contredits}

    def comptee(x: Rangee) -> bool:
        return x["niveau"] == MAQUETTE and x["verse"] is not None and x["fichier"] in couts

    verse, cout = somme(x["verse"] for x in dossier.financements_un_par_un() if comptee(x)), sum(couts.values())
    if verse is None or cout == 0 or verse <= cout * (argent.taux + MARGE_DU_TAUX):
        return []
    return [
        _constat_de_fiche(
            "TAUX_SUPERIEUR_AU_CONTRAT", dossier, comptee, "verse",
            trouve=f"{taux_fr(verse / cout, 1)} : {montant_fr(verse)} sur un coût de {montant_fr(cout)}",
            attendu=f"{taux_fr(argent.taux, 1)}, à un point près",
            a_faire=CONFIRMER,
        )
    ]  # fmt: skip


def montant_sans_prevision(dossier: Dossier) -> list[Anomalie]:
    """Silent for a contract that prints no amount at all, and for a fiche whose money follows a rule."""
    fiches = dossier.contrat.par_fiche
    if all(f.financement.montant is None for f in fiches.values()):
        return []
    groupes: dict[tuple[str, str], list[dict]] = {}
    for x in dossier.financements:
        sans = x["fiche"] in fiches and fiches[x["fiche"]].financement.montant is None and fiches[x["fiche"]].financement.montant_etat != "regle"
        if sans and x["niveau"] == MAQUETTE and any(x[m] for m in MONTANTS):
            groupes.setdefault((x["fichier"], x["fiche"]), []).append(x)
    return [
        constat(
            "MONTANT_SANS_PREVISION", lignes[0], [x[m + ADRESSE] for x in lignes for m in MONTANTS if x[m]],
            champ=dossier.libelle("financement", next(m for m in MONTANTS if lignes[0][m])),
            trouve=montant_fr(max(x[m] for x in lignes for m in MONTANTS if x[m])),
            attendu="aucun montant n’est imprimé au contrat pour cette fiche",
            a_faire="rien à corriger si le COPIL a décidé ce montant depuis.",
        )
        for lignes in groupes.values()
    ]  # fmt: skip


def subvention_a_justifier(dossier: Dossier) -> list[Anomalie]:
    """Per private structure and public funder, over all its fiches."""
    privees = {s.id for s in dossier.contrat.structures if plier(s.statut_juridique or "") == "prive"}
    prives = {f.id for f in dossier.contrat.financeurs if f.prive}
    soi = {f.id: f.structure for f in dossier.contrat.financeurs if f.structure}
    groupes: dict[tuple[str, str], list[dict]] = {}
    for x in dossier.financements_de(privees):
        public = x["id"] and x["id"] not in prives and soi.get(x["id"]) != x["structure"]
        if public and x["niveau"] != VALORISATION and x["verse"]:
            groupes.setdefault((x["structure"], x["id"]), []).append(x)
    trouvees = []
    for (_, financeur), lignes in groupes.items():
        total = somme(x["verse"] for x in lignes)
        if total <= SEUIL_CONVENTION:
            continue
        principale = max(lignes, key=lambda x: x["verse"])
        ici = [x for x in lignes if (x["fichier"], x["feuille"]) == (principale["fichier"], principale["feuille"])]
        fiches = ", ".join(dict.fromkeys(x["fiche"] for x in lignes))
        trouvees.append(
            constat(
                "SUBVENTION_A_JUSTIFIER", principale, [x["verse" + ADRESSE] for x in ici],
                champ=dossier.libelle("financement", "verse"),
                trouve=f"{dossier.nom_du_financeur(financeur)} : {montant_fr(total)} versés dans l’année (fiche {fiches})",
                attendu=f"au-delà de {montant_fr(SEUIL_CONVENTION)}, une convention et un compte rendu financier",
                a_faire="tenez la convention à disposition, et remettez le compte rendu financier dans les six mois qui suivent la fin de l’année.",
            )
        )  # fmt: skip
    return trouvees


LIGNES = (
    RegleDeLigne("POSTES_DIFFERENTS_DU_TOTAL", "depenses", _postes_differents, _dire_postes),
    RegleDeLigne("VERSE_SUPERIEUR_A_L_ENGAGE", "financement", _verse_superieur, _dire_verse_superieur),
    RegleDeLigne("ENGAGEMENT_SANS_REFERENCE", "financement", _sans_reference, _dire_sans_reference),
    RegleDeLigne("LIGNE_DE_FINANCEMENT_INCOMPLETE", "financement", _ligne_incomplete, _dire_ligne_incomplete),
)
REGLES = (financeurs_differents_du_cout, nature_douteuse, montant_sans_prevision)
REGLES_D_UNE_FICHE = (engage_superieur_au_programme, contrat_depasse, taux_superieur_au_contrat)
REGLES_ENTRE_RETOURS = (subvention_a_justifier,)
