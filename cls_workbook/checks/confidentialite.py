"""Checks 37 and 38: small counts, and personal data in free text. What is personal is masked in the message too."""

from __future__ import annotations

import numpy as np

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.constats import constat
from cls_workbook.checks.dossier import Dossier
from cls_workbook.donnees_personnelles import PEUT_ETRE, donnees_personnelles, masque
from cls_workbook.francais import nombre_fr
from cls_workbook.reading.vues import en_lignes

# Texts in which a person may write anything; what is asked for as such (courriel of the contact) is not among them.
HORS_TEXTE_LIBRE = frozenset((("reponse", "contact_courriel"), ("reponse", "structure"), ("financement", "financeur"), ("financement", "reference")))


def donnee_personnelle(dossier: Dossier) -> list[Anomalie]:
    """One anomaly a cell."""
    v = dossier.valeurs
    textes = v.iloc[np.flatnonzero((v["type"] == "texte") | ((v["type"] == "liste") & v["champ"].isin(("nom", "structure"))))]
    # The same words come back from one return to the next: each is looked at once.
    connus = {t: PEUT_ETRE.search(t) is not None for t in dict.fromkeys(textes["valeur"]) if isinstance(t, str)}
    douteux = [isinstance(t, str) and connus[t] for t in textes["valeur"]]
    trouvees = []
    for r in en_lignes(textes, douteux):
        donnees = donnees_personnelles(r["valeur"]) if (r["bloc"], r["champ"]) not in HORS_TEXTE_LIBRE else []
        if not donnees:
            continue
        trouvees.append(
            constat(
                "DONNEE_PERSONNELLE", r, (r["cellule"],), champ=dossier.libelle(r["bloc"], r["champ"], r["mesure"], r["fiche"]),
                trouve=", ".join(f"{nature} ({masque(texte)})" for nature, texte in donnees),
                attendu="un texte sans donnée personnelle",
                a_faire="retirez ce qui désigne une personne (une fonction suffit), ou confirmez à la coordination.",
            )
        )  # fmt: skip
    return trouvees


def petit_effectif(dossier: Dossier) -> list[Anomalie]:
    """One anomaly a measure, for information: nothing is wrong, but these cells will not leave as they are."""
    seuil = dossier.contrat.seuil_petits_effectifs
    sensibles = {id_ for id_, (_, _, m) in dossier.contrat.par_mesure.items() if m.petits_effectifs}
    v = dossier.valeurs
    comptes = v.iloc[np.flatnonzero(v["mesure"].isin(list(sensibles)) & v["champ"].isin(("valeur", "effectif", "numerateur")))]
    groupes: dict[tuple[str, str, str], list[dict]] = {}
    for r in en_lignes(comptes, [1 <= n <= seuil for n in comptes["valeur"]]):
        groupes.setdefault((r["fichier"], r["fiche"], r["mesure"]), []).append(r)
    return [
        constat(
            "PETIT_EFFECTIF", lignes[0], [r["cellule"] for r in lignes], champ=dossier.mesure(mesure).libelle,
            trouve=", ".join(nombre_fr(r["valeur"]) for r in lignes[:5]) + ("…" if len(lignes) > 5 else ""),
            attendu=f"au-delà de {seuil}, un effectif ne désigne personne",
            a_faire="rien à corriger : ces nombres seront masqués dans la synthèse.",
        )
        for (_, _, mesure), lignes in groupes.items()
    ]  # fmt: skip


REGLES = (donnee_personnelle, petit_effectif)
