"""Checks 14 and 19: breakdowns against the figure that they detail, lists of names, communes."""

from __future__ import annotations

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT, Anomalie
from cls_workbook.checks.constats import CONFIRMER, RENVOYER, constat
from cls_workbook.checks.dossier import Dossier
from cls_workbook.checks.schemas import RegleDeLigne
from cls_workbook.contract.model import Contrat
from cls_workbook.francais import nombre_fr, plier
from cls_workbook.reading.vues import ADRESSE, en_lignes, somme

DEVANT_UNE_COMMUNE = ("commune de ", "commune d'", "ville de ", "ville d'", "mairie de ", "mairie d'")

# What a total is compared with: block of the total, its champ, the champ of the rows.
TOTAUX = (("mesures", "valeur", "effectif"), ("taux", "numerateur", "numerateur"), ("taux", "denominateur", "denominateur"))


def ventilation_differente_du_total(dossier: Dossier) -> list[Anomalie]:
    """One anomaly a measure, at the total and at all the figures of its breakdown: which one is wrong is not known."""
    trouvees = []
    for bloc in ("mesures", "taux"):
        for r in en_lignes(dossier.vue(bloc)):
            cle = (r["fichier"], r["fiche"], r["mesure"])
            rangs = dossier.ventilations.get(cle)
            if not rangs or r["mesure"] not in dossier.contrat.par_mesure or dossier.entame(*cle[:2], "ventilations", cle[2]):
                continue
            if dossier.mesure(r["mesure"]).reponses_multiples:
                trouvees += _multiples(dossier, r, rangs) if bloc == "mesures" else []
            else:
                trouvees += _ecarts(dossier, bloc, r, rangs)
    return trouvees


def _ecarts(dossier: Dossier, bloc: str, r: dict, rangs: list[dict]) -> list[Anomalie]:
    cellules: list[str] = []
    dits: list[str] = []
    champs: list[str] = []
    for bloc_du_total, champ, detail in TOTAUX:
        if bloc_du_total != bloc:
            continue
        total = somme(rang[detail] for rang in rangs)
        if r[champ] is None or total is None or total == r[champ]:
            continue
        champs.append(champ)
        cellules += [r[champ + ADRESSE], *(rang[detail + ADRESSE] for rang in rangs if rang[detail] is not None)]
        dits.append(f"{dossier.libelle(bloc, champ).lower()} : {nombre_fr(r[champ])} ; total du détail : {nombre_fr(total)}")
    if not champs:
        return []
    return [
        constat(
            "VENTILATION_DIFFERENTE_DU_TOTAL", r, cellules,
            champ=dossier.libelle(bloc, champs[0], r["mesure"]), trouve=" ; ".join(dits),
            attendu="un détail dont le total est la valeur déclarée",
            a_faire=f"corrigez la valeur ou le détail par catégorie, {RENVOYER}",
        )
    ]  # fmt: skip


def _multiples(dossier: Dossier, r: dict, rangs: list[dict]) -> list[Anomalie]:
    trop = [rang for rang in rangs if r["valeur"] is not None and rang["effectif"] is not None and rang["effectif"] > r["valeur"]]
    if not trop:
        return []
    dits = ", ".join(f"« {_nom(rang)} » : {nombre_fr(rang['effectif'])}" for rang in trop)
    return [
        constat(
            "MODALITE_SUPERIEURE_AU_TOTAL", r, (r["valeur" + ADRESSE], *(rang["effectif" + ADRESSE] for rang in trop)),
            champ=dossier.libelle("mesures", "valeur", r["mesure"]), trouve=f"{dits} ; valeur déclarée : {nombre_fr(r['valeur'])}",
            attendu="dans chaque catégorie, la valeur déclarée au plus",
            a_faire=f"corrigez la valeur ou le détail par catégorie, {RENVOYER}",
        )
    ]  # fmt: skip


def _nom(rang: dict) -> str:
    return rang["modalite"] or rang["intitule"] or f"ligne {rang['ligne']}"


def liste_de_noms_differente_du_total(dossier: Dossier) -> list[Anomalie]:
    """More names than counted is a contradiction; fewer may be a list that was not finished."""
    trouvees = []
    vue = dossier.vue("mesures")
    nominatives = [m for m in vue["mesure"].unique() if m in dossier.contrat.par_mesure and dossier.mesure(m).nominative]
    for r in en_lignes(vue, vue["mesure"].isin(nominatives)):
        rangs = [rang for rang in dossier.ventilations.get((r["fichier"], r["fiche"], r["mesure"]), ()) if rang["nom"] is not None]
        noms = {plier(rang["nom"]) for rang in rangs}
        illisible = dossier.entame(r["fichier"], r["fiche"], "ventilations", r["mesure"])
        if not noms or illisible or r["valeur"] is None or r["valeur"] == len(noms):
            continue
        contredit = len(noms) > r["valeur"]
        trouvees.append(
            constat(
                "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL", r,
                (r["valeur" + ADRESSE], *(rang[c + ADRESSE] for rang in rangs for c in ("nom", "modalite") if rang[c] is not None)),
                champ=dossier.libelle("mesures", "valeur", r["mesure"]),
                trouve=f"{nombre_fr(r['valeur'])} ; {len(noms)} nom(s) différent(s) dans la liste",
                attendu="autant de noms que la valeur déclarée",
                a_faire=f"corrigez la valeur ou la liste, {RENVOYER}" if contredit else "complétez la liste, ou confirmez à la coordination.",
                gravite=BLOQUANT if contredit else A_CONFIRMER,
            )
        )  # fmt: skip
    return trouvees


def commune_inconnue(dossier: Dossier) -> list[Anomalie]:
    connues = _communes(dossier.contrat)
    mesures = {id_ for id_, (_, _, m) in dossier.contrat.par_mesure.items() if m.communes}
    vue = dossier.vue("ventilations")
    candidates = en_lignes(vue, vue["mesure"].isin(list(mesures))) if connues and mesures else []
    return [
        constat(
            "COMMUNE_INCONNUE", r, (r["nom" + ADRESSE],),
            champ=dossier.libelle("ventilations", "nom", r["mesure"]), trouve=f"« {r['nom']} »",
            attendu=f"une des {len(dossier.contrat.communes)} communes du territoire",
            a_faire=f"corrigez le nom de la commune, {RENVOYER}",
        )
        for r in candidates
        if r["nom"] is not None and _sans_article(plier(r["nom"])) not in connues
    ]  # fmt: skip


def _communes(contrat: Contrat) -> frozenset[str]:
    noms = (n for c in contrat.communes for n in (c.nom, c.nom_imprime, c.code_insee) if n)
    return frozenset(_sans_article(plier(n)) for n in noms)


def _sans_article(nom: str) -> str:
    """« Commune de Fleury-les-Eaux » → « fleury les eaux »."""
    for debut in DEVANT_UNE_COMMUNE:
        nom = nom.removeprefix(debut)
    return nom.replace("-", " ")


def _categorie_sans_nom(vue: pd.DataFrame) -> list[bool]:
    return [
        not nom and not modalite and not intitule and any(x is not None for x in nombres)
        for nom, modalite, intitule, *nombres in zip(
            *(vue[c] for c in ("nom", "modalite", "intitule", "effectif", "numerateur", "denominateur")), strict=True
        )
    ]


def _dire_sans_nom(dossier: Dossier, r: dict) -> Anomalie | None:
    if dossier.illisible(r, "ventilations", "modalite"):
        return None
    donnes = [c for c in ("effectif", "numerateur", "denominateur") if r[c] is not None]
    return constat(
        "CATEGORIE_NON_NOMMEE", r, (*dossier.cellule(r, "ventilations", "modalite"), *(r[c + ADRESSE] for c in donnes)),
        champ=dossier.libelle("ventilations", "modalite", r["mesure"]), trouve=f"{nombre_fr(r[donnes[0]])}, sans catégorie",
        attendu="le nom de la catégorie", a_faire=f"nommez la catégorie, ou videz la ligne : {CONFIRMER}",
    )  # fmt: skip


LIGNES = (RegleDeLigne("CATEGORIE_NON_NOMMEE", "ventilations", _categorie_sans_nom, _dire_sans_nom),)
REGLES = (ventilation_differente_du_total, liste_de_noms_differente_du_total, commune_inconnue)
