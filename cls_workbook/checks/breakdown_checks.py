"""Checks 14 and 19: breakdowns against the figure that they detail, lists of names, communes."""

from __future__ import annotations

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.check_input import CheckInput
from cls_workbook.checks.findings import CONFIRM, SEND_BACK, constat
from cls_workbook.checks.row_schemas import RowRule
from cls_workbook.domain.model import Contrat
from cls_workbook.french import fold, number_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, as_dicts, total_of

COMMUNE_PREFIXES = ("commune de ", "commune d'", "ville de ", "ville d'", "mairie de ", "mairie d'")

# What a total is compared with: block of the total, its champ, the champ of the rows.
TOTALS = (
    ("mesures", "valeur", "effectif"),
    ("taux", "numerateur", "numerateur"),
    ("taux", "denominateur", "denominateur"),
)


def ventilation_differs_from_total(given: CheckInput) -> list[Anomalie]:
    """One anomaly a measure, at the total and at all the figures of its breakdown: which one is wrong is not known."""
    all_found = []
    for bloc in ("mesures", "taux"):
        for r in as_dicts(given.view(bloc)):
            cle = (r["fichier"], r["fiche"], r["mesure"])
            ranks = given.ventilations.get(cle)
            if (
                not ranks
                or r["mesure"] not in given.contrat.by_mesure
                or given.holds_refused_input(*cle[:2], "ventilations", cle[2])
            ):
                continue
            if given.mesure(r["mesure"]).reponses_multiples:
                all_found += _multiple_answers(given, r, ranks) if bloc == "mesures" else []
            else:
                all_found += _mismatches(given, bloc, r, ranks)
    return all_found


def _mismatches(given: CheckInput, bloc: str, r: dict, ranks: list[dict]) -> list[Anomalie]:
    cells: list[str] = []
    said: list[str] = []
    input_fields: list[str] = []
    for block_of_total, champ, detail in TOTALS:
        if block_of_total != bloc:
            continue
        total = total_of(rank[detail] for rank in ranks)
        if r[champ] is None or total is None or total == r[champ]:
            continue
        input_fields.append(champ)
        cells += [
            r[champ + ADDRESS_SUFFIX],
            *(rank[detail + ADDRESS_SUFFIX] for rank in ranks if rank[detail] is not None),
        ]
        said.append(
            f"{given.libelle(bloc, champ).lower()} : {number_fr(r[champ])} ; total du détail : {number_fr(total)}"
        )
    if not input_fields:
        return []
    return [
        constat(
            "VENTILATION_DIFFERENTE_DU_TOTAL",
            r,
            cells,
            champ=given.libelle(bloc, input_fields[0], r["mesure"]),
            found=" ; ".join(said),
            expected="un détail dont le total est la valeur déclarée",
            remedy=f"corrigez la valeur ou le détail par catégorie, {SEND_BACK}",
        )
    ]


def _multiple_answers(given: CheckInput, r: dict, ranks: list[dict]) -> list[Anomalie]:
    excess = [
        rank
        for rank in ranks
        if r["valeur"] is not None and rank["effectif"] is not None and rank["effectif"] > r["valeur"]
    ]
    if not excess:
        return []
    said = ", ".join(f"« {_name(rank)} » : {number_fr(rank['effectif'])}" for rank in excess)
    return [
        constat(
            "MODALITE_SUPERIEURE_AU_TOTAL",
            r,
            (r["valeur" + ADDRESS_SUFFIX], *(rank["effectif" + ADDRESS_SUFFIX] for rank in excess)),
            champ=given.libelle("mesures", "valeur", r["mesure"]),
            found=f"{said} ; valeur déclarée : {number_fr(r['valeur'])}",
            expected="dans chaque catégorie, la valeur déclarée au plus",
            remedy=f"corrigez la valeur ou le détail par catégorie, {SEND_BACK}",
        )
    ]


def _name(rank: dict) -> str:
    return rank["modalite"] or rank["intitule"] or f"ligne {rank['ligne']}"


def names_differ_from_total(given: CheckInput) -> list[Anomalie]:
    """More names than counted is a contradiction; fewer may be a list that was not finished."""
    all_found = []
    view = given.view("mesures")
    nominative_ids = [m for m in view["mesure"].unique() if m in given.contrat.by_mesure and given.mesure(m).nominative]
    for r in as_dicts(view, view["mesure"].isin(nominative_ids)):
        ranks = [
            rank
            for rank in given.ventilations.get((r["fichier"], r["fiche"], r["mesure"]), ())
            if rank["nom"] is not None
        ]
        names = {fold(rank["nom"]) for rank in ranks}
        unreadable = given.holds_refused_input(r["fichier"], r["fiche"], "ventilations", r["mesure"])
        if not names or unreadable or r["valeur"] is None or r["valeur"] == len(names):
            continue
        contradicts = len(names) > r["valeur"]
        all_found.append(
            constat(
                "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL",
                r,
                (
                    r["valeur" + ADDRESS_SUFFIX],
                    *(rank[c + ADDRESS_SUFFIX] for rank in ranks for c in ("nom", "modalite") if rank[c] is not None),
                ),
                champ=given.libelle("mesures", "valeur", r["mesure"]),
                found=f"{number_fr(r['valeur'])} ; {len(names)} nom(s) différent(s) dans la liste",
                expected="autant de noms que la valeur déclarée",
                remedy=f"corrigez la valeur ou la liste, {SEND_BACK}"
                if contradicts
                else "complétez la liste, ou confirmez à la coordination.",
                gravite=BLOCKING if contradicts else A_CONFIRMER,
            )
        )
    return all_found


def unknown_commune(given: CheckInput) -> list[Anomalie]:
    all_known = _communes(given.contrat)
    mesures = {id_ for id_, (_, _, m) in given.contrat.by_mesure.items() if m.communes}
    view = given.view("ventilations")
    candidates = as_dicts(view, view["mesure"].isin(list(mesures))) if all_known and mesures else []
    return [
        constat(
            "COMMUNE_INCONNUE",
            r,
            (r["nom" + ADDRESS_SUFFIX],),
            champ=given.libelle("ventilations", "nom", r["mesure"]),
            found=f"« {r['nom']} »",
            expected=f"une des {len(given.contrat.communes)} communes du territoire",
            remedy=f"corrigez le nom de la commune, {SEND_BACK}",
        )
        for r in candidates
        if r["nom"] is not None and _without_article(fold(r["nom"])) not in all_known
    ]


def _communes(contrat: Contrat) -> frozenset[str]:
    names = (n for c in contrat.communes for n in (c.nom, c.nom_imprime, c.code_insee) if n)
    return frozenset(_without_article(fold(n)) for n in names)


def _without_article(nom: str) -> str:
    """« Commune de Fleury-les-Eaux » → « fleury les eaux »."""
    for start in COMMUNE_PREFIXES:
        nom = nom.removeprefix(start)
    return nom.replace("-", " ")


def _category_without_name(view: pd.DataFrame) -> list[bool]:
    return [
        not nom and not modalite and not heading and any(x is not None for x in numbers)
        for nom, modalite, heading, *numbers in zip(
            *(view[c] for c in ("nom", "modalite", "intitule", "effectif", "numerateur", "denominateur")), strict=True
        )
    ]


def _tell_without_name(given: CheckInput, r: dict) -> Anomalie | None:
    if given.unreadable(r, "ventilations", "modalite"):
        return None
    supplied = [c for c in ("effectif", "numerateur", "denominateur") if r[c] is not None]
    return constat(
        "CATEGORIE_NON_NOMMEE",
        r,
        (*given.cell(r, "ventilations", "modalite"), *(r[c + ADDRESS_SUFFIX] for c in supplied)),
        champ=given.libelle("ventilations", "modalite", r["mesure"]),
        found=f"{number_fr(r[supplied[0]])}, sans catégorie",
        expected="le nom de la catégorie",
        remedy=f"nommez la catégorie, ou videz la ligne : {CONFIRM}",
    )


ROW_RULES = (RowRule("CATEGORIE_NON_NOMMEE", "ventilations", _category_without_name, _tell_without_name),)
RULES = (ventilation_differs_from_total, names_differ_from_total, unknown_commune)
