"""Checks 7 to 11 and 41: where an action stands, its dates, its milestones."""

from __future__ import annotations

from functools import cache

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.constats import CONFIRMER, RENVOYER, constat
from cls_workbook.checks.dossier import BLOCS_DES_MESURES, Dossier
from cls_workbook.checks.schemas import RegleDeLigne
from cls_workbook.francais import date_fr, nombre_fr, plier
from cls_workbook.reading.vues import ADRESSE, en_lignes, inferieur

# The words of the default scale; a contract with another scale is not judged on words that it does not use.
NON_DEMARREE, EN_COURS, REALISEE, REPORTEE, ABANDONNEE = map(
    plier, ("Non démarrée", "En cours", "Réalisée", "Reportée", "Abandonnée")
)
ACTIVITE = frozenset(("valeur", "effectif", "numerateur", "repondants", "moyenne"))
DEPENSES = ("personnel", "achats", "autres", "total")


@cache
def phase(etat: object) -> str:
    return plier(etat) if isinstance(etat, str) else ""


# --- across the rows of a fiche -------------------------------------------------------------------------------------


def etat_non_renseigne(dossier: Dossier) -> list[Anomalie]:
    choix = ", ".join(dossier.contrat.listes.etats)
    return [
        constat(
            "ETAT_NON_RENSEIGNE", r, dossier.cellule(r, "avancement", "etat"),
            champ=dossier.libelle("avancement", "etat"),
            trouve="vide",
            attendu=f"un état parmi : {choix}",
            a_faire=f"choisissez l’état de l’action dans la liste, {RENVOYER}",
        )
        for r in dossier.avancements
        if r["etat"] is None and not dossier.illisible(r, "avancement", "etat")
    ]  # fmt: skip


def non_demarree_avec_activite(dossier: Dossier) -> list[Anomalie]:
    concernees = {(r["fichier"], r["fiche"]): r for r in dossier.avancements if phase(r["etat"]) == NON_DEMARREE}
    activites = _indicateurs_positifs(dossier, concernees) if concernees else {}
    for bloc, champs in (("depenses", DEPENSES), ("financement", ("verse",))) if concernees else ():
        for ligne in en_lignes(dossier.vue(bloc)):
            ici = (ligne["fichier"], ligne["fiche"])
            if ici in concernees:
                positifs = [(dossier.libelle(bloc, c), ligne[c], ligne[c + ADRESSE]) for c in champs if (ligne[c] or 0) > 0]
                activites.setdefault(ici, []).extend(positifs)
    return [
        constat(
            "NON_DEMARREE_AVEC_ACTIVITE", r, [r["etat" + ADRESSE], *(cellule for _, _, cellule in activites[ici])],
            champ=dossier.libelle("avancement", "etat"),
            trouve=f"« {r['etat']} », avec {_cite(activites[ici])}",
            attendu="une action non démarrée sans activité ni dépense dans l’année",
            a_faire="corrigez l’état de l’action ou les valeurs, ou confirmez à la coordination.",
        )
        for ici, r in concernees.items()
        if activites.get(ici)
    ]  # fmt: skip


def _indicateurs_positifs(dossier: Dossier, concernees: dict) -> dict[tuple[str, str], list[tuple[str, object, str]]]:
    trouves: dict[tuple[str, str], list[tuple[str, object, str]]] = {}
    for (fichier, fiche, mesure), fonds in dossier.fonds.items():
        # A stock may stand at the end of a year in which nothing was done.
        if (fichier, fiche) not in concernees or mesure not in dossier.contrat.par_mesure or _en_stock(dossier, mesure):
            continue
        positifs = [(dossier.mesure(mesure).libelle, f.valeur, f.cellule) for f in fonds if f.champ in ACTIVITE and f.valeur > 0]
        trouves.setdefault((fichier, fiche), []).extend(positifs)
    return trouves


def _en_stock(dossier: Dossier, mesure: str) -> bool:
    return dossier.mesure(mesure).agregation == "STOCK" or dossier.mesure(mesure).stock


def _cite(positifs: list[tuple[str, object, str]]) -> str:
    cites = [f"{nom} : {nombre_fr(valeur)}" for nom, valeur, _ in positifs[:3]]
    return ", ".join(cites) + (f" et {len(positifs) - 3} autre(s) valeur(s)" if len(positifs) > 3 else "")


def active_sans_indicateur(dossier: Dossier) -> list[Anomalie]:
    remplies = {(fichier, fiche) for fichier, fiche, _ in dossier.fonds}
    return [
        constat(
            "ACTIVE_SANS_INDICATEUR", r, dossier.cellule(r, "avancement", "etat"),
            champ=dossier.libelle("avancement", "etat"),
            trouve=f"« {r['etat']} », sans aucune valeur d’indicateur",
            attendu="au moins un indicateur renseigné quand l’action est en cours ou réalisée",
            a_faire="renseignez les indicateurs de la fiche (0 si rien n’a eu lieu), ou confirmez à la coordination.",
        )
        for r in dossier.avancements
        if phase(r["etat"]) in (EN_COURS, REALISEE)
        and (r["fichier"], r["fiche"]) not in remplies
        and _est_interrogee(dossier, r)
        and not any(dossier.entame(r["fichier"], r["fiche"], bloc) for bloc in BLOCS_DES_MESURES)
    ]  # fmt: skip


def _est_interrogee(dossier: Dossier, r: dict) -> bool:
    """Does the fiche ask anything of who answers for this volet?"""
    fiche = dossier.contrat.par_fiche.get(r["fiche"])
    return fiche is not None and any(i.mesures and fiche.concerne(i, r["volet"]) for i in fiche.indicateurs)


def date_hors_periode(dossier: Dossier) -> list[Anomalie]:
    """The year for what happened in it, the contract for what may span several years."""
    annee, annees, du = dossier.annee, dossier.contrat.annees or (dossier.annee,), dossier.contrat
    contrat = (du.debut(annees[0]), du.fin(annees[-1]))
    passe = (contrat[0], du.fin(annee))
    bornes = {
        ("reponse", "date_reponse"): (du.debut(annee), du.fin(annee + 1)),
        ("avancement", "date_debut"): contrat,
        ("avancement", "date_fin_prevue"): contrat,
        ("avancement", "date_fin_reelle"): (du.debut(annee), du.fin(annee)),
        ("jalons", "date"): passe,
        ("financement", "date"): passe,
    }
    trouvees = []
    for (bloc, champ), (debut, fin) in bornes.items():
        vue = dossier.vue(bloc)
        dehors = [d is not None and not debut <= d <= fin for d in vue[champ]]
        trouvees += [
            constat(
                "DATE_HORS_PERIODE", r, (r[champ + ADRESSE],),
                champ=dossier.libelle(bloc, champ, r["mesure"]),
                trouve=date_fr(r[champ]),
                attendu=f"une date du {date_fr(debut)} au {date_fr(fin)}",
                a_faire=f"vérifiez la date : {CONFIRMER}",
            )
            for r in en_lignes(vue, dehors)
        ]  # fmt: skip
    return trouvees


def jalon_en_recul(dossier: Dossier) -> list[Anomalie]:
    if dossier.precedent is None:
        return []
    rang = {plier(nom): i for i, nom in enumerate(dossier.contrat.listes.jalons)}
    p = dossier.precedent.mesures
    avant = {(r.fiche, r.structure, r.volet, r.mesure): r.valeur for r in p[p["champ"] == "jalon"].itertuples()}
    trouvees = []
    for r in en_lignes(dossier.vue("jalons")):
        ancien = avant.get((r["fiche"], r["structure"], r["volet"], r["mesure"]))
        if r["jalon"] is None or ancien is None or rang.get(plier(r["jalon"]), 99) >= rang.get(plier(ancien), 0):
            continue
        trouvees.append(
            constat(
                "JALON_EN_RECUL", r, (r["jalon" + ADRESSE],),
                champ=dossier.libelle("jalons", "jalon", r["mesure"]),
                trouve=f"« {r['jalon']} », après « {ancien} » en {dossier.contrat.nom_annee(dossier.annee - 1)}",
                attendu="un jalon au moins aussi avancé que l’année précédente",
                a_faire=CONFIRMER,
            )
        )  # fmt: skip
    return trouvees


# --- on one row -----------------------------------------------------------------------------------------------------


def _fin_avant_debut(vue: pd.DataFrame) -> list[bool]:
    prevue, reelle = (inferieur(vue[c], vue["date_debut"]) for c in ("date_fin_prevue", "date_fin_reelle"))
    return [a or b for a, b in zip(prevue, reelle, strict=True)]


def _dire_fin_avant_debut(dossier: Dossier, r: dict) -> Anomalie:
    fins = [c for c in ("date_fin_prevue", "date_fin_reelle") if r[c] is not None and r[c] < r["date_debut"]]
    dites = ", ".join(f"{dossier.libelle('avancement', c).lower()} le {date_fr(r[c])}" for c in fins)
    return constat(
        "FIN_AVANT_DEBUT", r, [r[c + ADRESSE] for c in ("date_debut", *fins)],
        champ=dossier.libelle("avancement", fins[0]),
        trouve=f"{dites}, pour un début le {date_fr(r['date_debut'])}",
        attendu="une fin le jour du début ou après",
        a_faire=f"corrigez l’une des dates, {RENVOYER}",
    )  # fmt: skip


def _realisee_sans_fin(vue: pd.DataFrame) -> list[bool]:
    return [phase(e) == REALISEE and d is None for e, d in zip(vue["etat"], vue["date_fin_reelle"], strict=True)]


def _sans_motif(vue: pd.DataFrame) -> list[bool]:
    return [phase(e) in (REPORTEE, ABANDONNEE) and m is None for e, m in zip(vue["etat"], vue["motif"], strict=True)]


def _dire_manque(code: str, bloc: str, champ: str, cause: str, attendu: str, a_faire: str):
    """For a row in which ``cause`` (a champ) calls for ``champ``, which is blank."""

    def dire(dossier: Dossier, r: dict) -> Anomalie | None:
        if dossier.illisible(r, bloc, champ):
            return None
        return constat(
            code, r, (*dossier.cellule(r, bloc, champ), r[cause + ADRESSE]),
            champ=dossier.libelle(bloc, champ, r["mesure"]), trouve=f"« {r[cause]} », et rien ici", attendu=attendu, a_faire=a_faire,
        )  # fmt: skip

    return dire


def _atteint_sans_date(vue: pd.DataFrame) -> list[bool]:
    return [plier(j or "") == plier("Atteint") and d is None for j, d in zip(vue["jalon"], vue["date"], strict=True)]


LIGNES = (
    RegleDeLigne("FIN_AVANT_DEBUT", "avancement", _fin_avant_debut, _dire_fin_avant_debut),
    RegleDeLigne(
        "REALISEE_SANS_DATE_DE_FIN", "avancement", _realisee_sans_fin,
        _dire_manque("REALISEE_SANS_DATE_DE_FIN", "avancement", "date_fin_reelle", "etat", "la date à laquelle l’action s’est terminée",
                     "saisissez la date de fin réelle ; si l’action continue, choisissez « En cours »."),
    ),
    RegleDeLigne(
        "MOTIF_MANQUANT", "avancement", _sans_motif,
        _dire_manque("MOTIF_MANQUANT", "avancement", "motif", "etat", "le motif du report ou de l’abandon",
                     "dites en une phrase pourquoi l’action est reportée ou abandonnée."),
    ),
    RegleDeLigne(
        "JALON_SANS_DATE", "jalons", _atteint_sans_date,
        _dire_manque("JALON_SANS_DATE", "jalons", "date", "jalon", "la date à laquelle le jalon a été atteint",
                     "saisissez la date ; si le jalon n’est pas encore atteint, corrigez son état."),
    ),
)  # fmt: skip
REGLES = (etat_non_renseigne, non_demarree_avec_activite, active_sans_indicateur, date_hors_periode, jalon_en_recul)
