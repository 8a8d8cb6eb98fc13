"""Checks 13 and 15 to 18: what is answered for each measure, rates, satisfaction, QPV."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.avancement import ABANDONNEE, EN_COURS, NON_DEMARREE, REALISEE, REPORTEE, phase
from cls_workbook.checks.constats import RENVOYER, constat
from cls_workbook.checks.dossier import Dossier
from cls_workbook.checks.schemas import RegleDeLigne
from cls_workbook.contract.model import Mesure
from cls_workbook.francais import nombre_fr, plier
from cls_workbook.reading.vues import ADRESSE, superieur

REPONDANTS_MIN = 5  # below, a rate of satisfaction says little
SANS_VALEUR = frozenset(map(plier, ("non disponible", "sans objet")))
# What a measure is not answered without, by type: (block, champs).
ESSENTIEL = {
    "entier": ("mesures", ("valeur",)), "decimal": ("mesures", ("valeur",)),
    "ventilation": ("ventilations", ("effectif",)), "liste": ("ventilations", ("modalite",)),
    "taux": ("taux", ("numerateur",)), "satisfaction": ("satisfaction", ("repondants", "satisfaits")),
    "moyenne": ("durees", ("moyenne", "effectif")), "jalon": ("jalons", ("jalon",)), "texte": ("textes", ("texte",)),
}  # fmt: skip


# --- answered or not ------------------------------------------------------------------------------------------------


def valeur_non_renseignee(dossier: Dossier) -> list[Anomalie]:
    """One anomaly a measure that the volet answers; one for the whole fiche where it answers none, or where volets share them."""
    trouvees: list[Anomalie] = []
    for r in dossier.avancements:
        fiche = dossier.contrat.par_fiche.get(r["fiche"])
        if fiche is None:
            continue
        indicateurs = [i for i in fiche.indicateurs if fiche.concerne(i, r["volet"])]
        mesures = [m for i in indicateurs for m in i.mesures]
        muette = not any((r["fichier"], r["fiche"], m.id) in dossier.fonds for m in mesures)
        partages = fiche.volets and any(i.volet is None for i in indicateurs)
        # Said better by another rule (active without an indicator), or nothing to say (nothing was done).
        if muette and phase(r["etat"]) in (EN_COURS, REALISEE, NON_DEMARREE, REPORTEE, ABANDONNEE):
            continue
        manques = [(m, cellules) for m in mesures if (cellules := _manque(dossier, r, m)) is not None]
        if manques and (muette or partages):
            manques = [(None, tuple(c for _, cellules in manques for c in cellules))]
        trouvees += [_dire_non_renseignee(dossier, r, m, cellules) for m, cellules in manques]
    return trouvees


def _manque(dossier: Dossier, r: dict, mesure: Mesure) -> tuple[str, ...] | None:
    """The cells of what is missing for a measure; None if it is answered, or if a statut says why not."""
    cle = (r["fichier"], r["fiche"], mesure.id)
    if cle in dossier.statuts and plier(dossier.statuts[cle].valeur) in SANS_VALEUR:
        return None
    bloc, champs = ESSENTIEL[mesure.type]
    donnes = {(f.bloc, f.champ) for f in dossier.fonds.get(cle, ())}
    if mesure.nominative and ("ventilations", "nom") in donnes:
        return None  # the names are counted
    if bloc == "ventilations" and dossier.entame(*cle[:2], bloc, mesure.id):
        return None
    ligne = r | {"mesure": mesure.id, "ligne": "01" if bloc == "ventilations" else ""}
    for absent in ("effectif", "modalite", "nom"):
        ligne.pop(absent + ADRESSE, None)
    absents = [c for c in champs if (bloc, c) not in donnes and not dossier.illisible(ligne, bloc, c)]
    return tuple(cellule for c in absents for cellule in dossier.cellule(ligne, bloc, c)) if absents else None


def _dire_non_renseignee(dossier: Dossier, r: dict, mesure: Mesure | None, cellules: tuple[str, ...]) -> Anomalie:
    if mesure:
        bloc, champs = ESSENTIEL[mesure.type]
        champ, trouve = dossier.libelle(bloc, champs[0], mesure.id), "vide, sans statut"
    else:
        champ, trouve = "Indicateurs", f"{len(cellules) or 'des'} cellule(s) vide(s), sans statut"
    return constat(
        "VALEUR_NON_RENSEIGNEE", r, cellules, champ=champ, trouve=trouve,
        attendu="une valeur (0 si rien n’a eu lieu), ou un statut : non disponible, sans objet",
        a_faire="saisissez la valeur ; si vous ne l’avez pas, choisissez un statut.",
    )  # fmt: skip


def statut_contradictoire(dossier: Dossier) -> list[Anomalie]:
    trouvees = []
    for cle, statut in dossier.statuts.items():
        fonds = dossier.fonds.get(cle)
        if plier(statut.valeur) not in SANS_VALEUR or not fonds:
            continue
        valeurs = ", ".join(nombre_fr(f.valeur) if isinstance(f.valeur, (int, Decimal)) else f"« {f.valeur} »" for f in fonds[:3])
        trouvees.append(
            constat(
                "STATUT_CONTRADICTOIRE", dossier.avancement_de[cle[:2]], (*(f.cellule for f in fonds), statut.cellule),
                champ=dossier.libelle(statut.bloc, "statut", cle[2]),
                trouve=f"« {statut.valeur} », avec {valeurs}",
                attendu="une valeur, ou un statut qui dit qu’il n’y en a pas",
                a_faire="retirez la valeur, ou corrigez le statut (réel, estimé).",
            )
        )  # fmt: skip
    return trouvees


# --- one row: QPV ---------------------------------------------------------------------------------------------------


def _qpv_superieur(vue: pd.DataFrame) -> list[bool]:
    return superieur(vue["dont_qpv"], vue["valeur"])


def _dire_qpv_superieur(dossier: Dossier, r: dict) -> Anomalie:
    return constat(
        "QPV_SUPERIEUR_AU_TOTAL", r, (r["dont_qpv" + ADRESSE],),
        champ=dossier.libelle("mesures", "dont_qpv", r["mesure"]),
        trouve=f"{nombre_fr(r['dont_qpv'])}, pour une valeur de {nombre_fr(r['valeur'])} (cellule {r['valeur' + ADRESSE]})",
        attendu=f"un nombre de 0 à {nombre_fr(r['valeur'])}",
        a_faire=f"corrigez « dont QPV », ou la valeur, {RENVOYER}",
    )  # fmt: skip


def _qpv_nul(vue: pd.DataFrame) -> list[bool]:
    return [q == 0 and v is not None and v > 0 and en_qpv for q, v, en_qpv in zip(vue["dont_qpv"], vue["valeur"], vue["en_qpv"], strict=True)]


def _dire_qpv_nul(dossier: Dossier, r: dict) -> Anomalie:
    return constat(
        "QPV_NUL", r, (r["dont_qpv" + ADRESSE],),
        champ=dossier.libelle("mesures", "dont_qpv", r["mesure"]),
        trouve=f"0, pour une valeur de {nombre_fr(r['valeur'])}",
        attendu="des habitants de QPV : l’action s’y déroule",
        a_faire="corrigez, videz la cellule si vous ne le savez pas, ou confirmez à la coordination.",
    )  # fmt: skip


def _au_dela_du_maximum(vue: pd.DataFrame) -> list[bool]:
    return superieur(vue["valeur"], vue["maximum"])


def _dire_au_dela(dossier: Dossier, r: dict) -> Anomalie:
    return constat(
        "VALEUR_HORS_LIMITES", r, (r["valeur" + ADRESSE],),
        champ=dossier.libelle("mesures", "valeur", r["mesure"]),
        trouve=nombre_fr(r["valeur"]),
        attendu=f"{nombre_fr(r['maximum'])} au plus",
        a_faire=f"corrigez la valeur, {RENVOYER}",
    )  # fmt: skip


# --- one row: rates (of a measure, or of a category of its breakdown) -----------------------------------------------


def _denominateurs(vue: pd.DataFrame) -> list:
    """As typed, or printed and locked where the contract fixes it."""
    if "fixe" not in vue:
        return list(vue["denominateur"])
    return [f if d is None else d for d, f in zip(vue["denominateur"], vue["fixe"], strict=True)]


def _est_un_taux(numerateur: object, denominateur: object) -> bool:
    """0,265 or 26,5 where a count is asked: a share, or a figure « out of 100 » that no count makes."""
    if not isinstance(numerateur, Decimal) or numerateur == numerateur.to_integral_value():
        return False
    return 0 < numerateur < 1 and denominateur != 0 or denominateur in (1, 100)


def _taux_saisi(vue: pd.DataFrame) -> list[bool]:
    return [_est_un_taux(n, d) for n, d in zip(vue["numerateur"], _denominateurs(vue), strict=True)]


def _numerateur_superieur(vue: pd.DataFrame) -> list[bool]:
    # A capacity may be exceeded (check 22), and 0 has its own rule.
    ecartes = vue["a_capacite"] if "a_capacite" in vue else [False] * len(vue)
    denominateurs = _denominateurs(vue)
    trop = superieur(vue["numerateur"], denominateurs)
    return [
        t and d != 0 and not e and not _est_un_taux(n, d)
        for t, d, e, n in zip(trop, denominateurs, ecartes, vue["numerateur"], strict=True)
    ]


def _denominateur_nul(vue: pd.DataFrame) -> list[bool]:
    return [d is not None and d == 0 for d in vue["denominateur"]]


def _denominateur_manquant(vue: pd.DataFrame) -> list[bool]:
    return [n is not None and d is None for n, d in zip(vue["numerateur"], _denominateurs(vue), strict=True)]


def _dire_taux(code: str, bloc: str, attendu: str, a_faire: str, champ: str = "numerateur"):
    """``champ``: the one to look at first. Both cells are refused: which one is wrong is not known."""

    def dire(dossier: Dossier, r: dict) -> Anomalie | None:
        if code == "DENOMINATEUR_MANQUANT" and dossier.illisible(r, bloc, "denominateur"):
            return None
        seuls = ("numerateur",) if code == "TAUX_SAISI" else ("numerateur", "denominateur")
        bas = r["denominateur"] if r["denominateur"] is not None else r.get("fixe")
        haut, bas = ("vide" if x is None else nombre_fr(x) for x in (r["numerateur"], bas))
        return constat(
            code, r, [c for nom in seuls for c in dossier.cellule(r, bloc, nom)],
            champ=dossier.libelle(bloc, champ, r["mesure"]), trouve=f"numérateur : {haut} ; dénominateur : {bas}",
            attendu=attendu, a_faire=f"{a_faire}, {RENVOYER}",
        )  # fmt: skip

    return dire


def _regles_de_taux(bloc: str) -> tuple[RegleDeLigne, ...]:
    regles = (
        ("TAUX_SAISI", _taux_saisi, "le nombre du haut, compté : le taux se calcule seul", "saisissez les deux nombres, jamais le taux", "numerateur"),
        ("NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR", _numerateur_superieur, "un numérateur au plus égal au dénominateur", "corrigez l’un des deux nombres", "numerateur"),
        ("DENOMINATEUR_NUL", _denominateur_nul, "un dénominateur d’au moins 1", "corrigez le dénominateur ; si la question ne se pose pas, videz les deux cellules et choisissez « sans objet »", "denominateur"),
        ("DENOMINATEUR_MANQUANT", _denominateur_manquant, "le nombre du bas (le total)", "saisissez le dénominateur", "denominateur"),
    )  # fmt: skip
    return tuple(RegleDeLigne(code, bloc, faute, _dire_taux(code, bloc, attendu, a_faire, champ)) for code, faute, attendu, a_faire, champ in regles)


# --- one row: satisfaction ------------------------------------------------------------------------------------------


def _satisfaction_incoherente(vue: pd.DataFrame) -> list[bool]:
    ordres = (("satisfaits", "repondants"), ("repondants", "questionnaires"), ("satisfaits", "questionnaires"))
    return [any(trois) for trois in zip(*(superieur(vue[a], vue[b]) for a, b in ordres), strict=True)]


def _dire_satisfaction(dossier: Dossier, r: dict) -> Anomalie:
    ordre = [c for c in ("satisfaits", "repondants", "questionnaires") if r[c] is not None]
    paires = [(a, b) for a, b in pairwise(ordre) if r[a] > r[b]]
    fautifs = [c for c in ordre if any(c in paire for paire in paires)]
    dits = " ; ".join(f"{dossier.libelle('satisfaction', c).lower()} : {nombre_fr(r[c])}" for c in fautifs)
    return constat(
        "SATISFACTION_INCOHERENTE", r, [r[c + ADRESSE] for c in fautifs],
        champ=dossier.libelle("satisfaction", fautifs[0], r["mesure"]), trouve=dits,
        attendu="au plus autant de satisfaits que de répondants, et de répondants que de questionnaires remis",
        a_faire=f"corrigez ces nombres, {RENVOYER}",
    )  # fmt: skip


def _peu_de_repondants(vue: pd.DataFrame) -> list[bool]:
    return [n is not None and n < REPONDANTS_MIN for n in vue["repondants"]]


def _dire_peu_de_repondants(dossier: Dossier, r: dict) -> Anomalie:
    return constat(
        "REPONDANTS_PEU_NOMBREUX", r, (r["repondants" + ADRESSE],),
        champ=dossier.libelle("satisfaction", "repondants", r["mesure"]), trouve=nombre_fr(r["repondants"]),
        attendu=f"au moins {REPONDANTS_MIN} répondants pour qu’un taux ait un sens",
        a_faire="rien à corriger : le taux sera lu avec prudence.",
    )  # fmt: skip


LIGNES = (
    RegleDeLigne("QPV_SUPERIEUR_AU_TOTAL", "mesures", _qpv_superieur, _dire_qpv_superieur),
    RegleDeLigne("QPV_NUL", "mesures", _qpv_nul, _dire_qpv_nul),
    RegleDeLigne("VALEUR_HORS_LIMITES", "mesures", _au_dela_du_maximum, _dire_au_dela),
    *_regles_de_taux("taux"),
    *_regles_de_taux("ventilations")[1:],  # its numerators are whole numbers: reading refuses a rate there
    RegleDeLigne("SATISFACTION_INCOHERENTE", "satisfaction", _satisfaction_incoherente, _dire_satisfaction),
    RegleDeLigne("REPONDANTS_PEU_NOMBREUX", "satisfaction", _peu_de_repondants, _dire_peu_de_repondants),
)
REGLES = (valeur_non_renseignee, statut_contradictoire)
