"""Checks 37 and 38: small counts, and personal data in free text. What is personal is masked in the message too."""

from __future__ import annotations

import numpy as np

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.check_input import CheckInput
from cls_workbook.checks.findings import constat
from cls_workbook.french import number_fr
from cls_workbook.personal_data import MAYBE, mask, personal_data_in
from cls_workbook.reading.storing.wide_views import as_dicts

# Texts in which a person may write anything; what is asked for as such (courriel of the contact) is not among them.
NOT_FREE_TEXT = frozenset(
    (
        ("reponse", "contact_courriel"),
        ("reponse", "structure"),
        ("financement", "financeur"),
        ("financement", "reference"),
    )
)


def personal_data(given: CheckInput) -> list[Anomalie]:
    """One anomaly a cell."""
    v = given.values
    texts = v.iloc[
        np.flatnonzero((v["type"] == "texte") | ((v["type"] == "liste") & v["champ"].isin(("nom", "structure"))))
    ]
    # The same words come back from one return to the next: each is looked at once.
    known = {t: MAYBE.search(t) is not None for t in dict.fromkeys(texts["valeur"]) if isinstance(t, str)}
    doubtful = [isinstance(t, str) and known[t] for t in texts["valeur"]]
    all_found = []
    for r in as_dicts(texts, doubtful):
        data = personal_data_in(r["valeur"]) if (r["bloc"], r["champ"]) not in NOT_FREE_TEXT else []
        if not data:
            continue
        all_found.append(
            constat(
                "DONNEE_PERSONNELLE",
                r,
                (r["cellule"],),
                champ=given.libelle(r["bloc"], r["champ"], r["mesure"], r["fiche"]),
                found=", ".join(f"{nature} ({mask(texte)})" for nature, texte in data),
                expected="un texte sans donnée personnelle",
                remedy="retirez ce qui désigne une personne (une fonction suffit), ou confirmez à la coordination.",
            )
        )
    return all_found


def small_headcount(given: CheckInput) -> list[Anomalie]:
    """One anomaly a measure, for information: nothing is wrong, but these cells will not leave as they are."""
    threshold = given.contrat.seuil_petits_effectifs
    sensitive = {id_ for id_, (_, _, m) in given.contrat.by_mesure.items() if m.petits_effectifs}
    v = given.values
    counts = v.iloc[
        np.flatnonzero(v["mesure"].isin(list(sensitive)) & v["champ"].isin(("valeur", "effectif", "numerateur")))
    ]
    groups: dict[tuple[str, str, str], list[dict]] = {}
    for r in as_dicts(counts, [1 <= n <= threshold for n in counts["valeur"]]):
        groups.setdefault((r["fichier"], r["fiche"], r["mesure"]), []).append(r)
    return [
        constat(
            "PETIT_EFFECTIF",
            lines[0],
            [r["cellule"] for r in lines],
            champ=given.mesure(mesure).libelle,
            found=", ".join(number_fr(r["valeur"]) for r in lines[:5]) + ("…" if len(lines) > 5 else ""),
            expected=f"au-delà de {threshold}, un effectif ne désigne personne",
            remedy="rien à corriger : ces nombres seront masqués dans la synthèse.",
        )
        for (_, _, mesure), lines in groups.items()
    ]


RULES = (personal_data, small_headcount)
