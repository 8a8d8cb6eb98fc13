"""The consolidation workbook: the Synthèse, then one Excel table a sheet. Frames in, a description of sheets out.

Sheet names, table names and headers are public: a coordinator filters and pivots on them, next year's campaign reads
them. A missing value is an empty cell. What a partner typed is always text, never a formula.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

import pandas as pd

from cls_workbook.anomalies import Anomalie, trier
from cls_workbook.contract.model import Contrat
from cls_workbook.francais import date_fr
from cls_workbook.results import descriptions, evolution, synthese
from cls_workbook.results.resultat import Resultat, connu
from cls_workbook.results.tableaux import Styliste, Table, depuis_cadre, mixte, pastille
from cls_workbook.results.tableaux import feuille as feuille_de
from cls_workbook.summaries.consolidation import TableDeValeurs, nom_affiche
from cls_workbook.summaries.historique import MESURE
from cls_workbook.summaries.rapprochement import INDICATEUR
from cls_workbook.xlsx.sheets import Classeur, Feuille, Impression, Lien

ANOMALIES, REPERES = descriptions.ANOMALIES.titres, descriptions.REPERES.titres
FEUILLE_REPERES, FEUILLE_LISEZ_MOI = "Repères", "Lisez-moi"
FORMAT_DE_CONSOLIDATION = 1
FEUILLES = {t.nom: t.feuille for t in descriptions.TABLES}  # name of each Excel table → its sheet

_EN_TAUX = ("RATIO", "SATISFACTION")
_LIEU = ("Fichier", "Feuille", "Cellule")
_LIEU_DES_REMPLACEMENTS = ("Retour remplacé", "Cellule remplacée", "Retour retenu", "Feuille", "Cellule", "Champ")


def classeur(resultat: Resultat) -> Classeur:
    """The whole workbook of a campaign, Synthèse first; nothing in it is hidden."""
    contrat, annee = resultat.contrat, resultat.nom_annee
    pied = f"{contrat.nom_court} · consolidation {annee} du {date_fr(resultat.jour)} · {resultat.etat}"
    feuilles = [synthese.feuille(resultat)]
    feuilles += [feuille_de(table, pied) for table in tables(resultat)]
    feuilles.insert(1, evolution.feuille(resultat))
    feuilles.append(_lisez_moi(resultat, pied, {f.nom for f in feuilles}))
    return Classeur(feuilles, f"Consolidation {annee} — {contrat.titre}", sujet=resultat.etat, feuille_active=synthese.NOM)


def tables(resultat: Resultat) -> Iterator[Table]:
    """The data sheets, in the order of their tabs."""
    yield _de(resultat.retours, "Retours", ("Fiche", "Structure", "Volet"), {"Statut": pastille}, onglet="accent")
    yield table_des_anomalies(resultat)
    yield _de(resultat.indicateurs, "Indicateurs", ("Mesure",), _styles_des_indicateurs(resultat.contrat), 4, "accent")
    yield _de(resultat.par_fiche, "Financement_fiches", ("Fiche",), {}, 1, "axe2")
    yield _de(resultat.par_financeur, "Financement_financeurs", ("Financeur", "Nature"), {}, 2, "axe2")
    yield _de(resultat.table("financements"), "Financements", _LIEU, {}, 2, "axe2")
    yield _de(resultat.table("mesures"), "Mesures", _LIEU, {"Valeur": mixte}, 4)
    yield _de(resultat.table("reponses"), "Reponses", _LIEU, {"Valeur": _mixte_ou_montant}, 2)
    yield _de(resultat.normalisations, "Normalisations", _LIEU, {"Saisi": mixte, "Retenu": mixte}, 1)
    yield _de(resultat.rapprochement, "Rapprochement", ("Objet", "Fiche", "Mesure", "Colonne"), _styles_du_rapprochement(), 5)
    if len(resultat.remplacements):
        yield table_des_remplacements(resultat)
    valeur = {"Valeur initiale": mixte, "Valeur": _valeur_d_historique, "Numérateur": mixte, "Dénominateur": mixte}
    yield _de(resultat.historique, "Historique", ("Année", "Objet", "Fiche", "Mesure", "Libellé", "Financeur", "Nature"), valeur, 1)
    yield Table(FEUILLES["Reperes"], "Reperes", list(reperes(resultat)), REPERES, ("Rubrique", "Objet", "Champ"), {"Valeur": mixte}, 2)


def table_des_anomalies(resultat: Resultat) -> Table:
    styles = {"Gravité": pastille, "Cellule": _cellule_ou_lien}
    return Table(FEUILLES["Anomalies"], "Anomalies", _anomalies(resultat), ANOMALIES, ("Code", *_LIEU, "Fiche", "Structure"), styles, 2, "rouge")


def table_des_remplacements(resultat: Resultat) -> Table:
    styles = {"Valeur avant": mixte, "Valeur après": mixte, "Changement": "cellule:centre"}
    return _de(resultat.remplacements, "Remplacements", _LIEU_DES_REMPLACEMENTS, styles, 2)


def _de(frame: pd.DataFrame | TableDeValeurs, nom: str, cle: tuple[str, ...], styles: Mapping[str, str | Styliste], figees: int = 1, onglet: str = "gris_moyen") -> Table:
    return depuis_cadre(frame, FEUILLES[nom], nom, cle, styles, figees, onglet)


# --- Cells ----------------------------------------------------------------------------------------------------------


def _mixte_ou_montant(valeur: object, ligne: Mapping) -> str:
    argent = ligne["Bloc"] == "depenses" and ligne["Champ"] != "etp"
    return "cellule:montant" if argent and isinstance(valeur, (int, Decimal)) else mixte(valeur, ligne)


def _valeur_d_historique(valeur: object, ligne: Mapping) -> str:
    if not isinstance(valeur, (int, float, Decimal)):
        return "cellule:texte"
    return "cellule:montant" if ligne["Unité"] == "€" and ligne["Objet"] != MESURE else "cellule:taux" if ligne["Agrégation"] in _EN_TAUX else mixte(valeur, ligne)


def _cellule_ou_lien(valeur: object, _: Mapping) -> str:
    return "lien" if isinstance(valeur, Lien) else "cellule:texte"


def _styles_des_indicateurs(contrat: Contrat) -> dict[str, str | Styliste]:
    """Rates are shown as rates; the other figures as what they are."""
    rates = {identifiant for identifiant, (_, _, m) in contrat.par_mesure.items() if m.agregation in _EN_TAUX}

    def valeur(contenu: object, ligne: Mapping) -> str:
        chiffre = isinstance(contenu, (int, float, Decimal))
        return "cellule:taux" if chiffre and ligne["Mesure"] in rates else mixte(contenu, ligne)

    return {"Valeur initiale": valeur, "Valeur n-1": valeur, "Valeur": valeur, "Numérateur": mixte, "Dénominateur": mixte}


def _styles_du_rapprochement() -> dict[str, str | Styliste]:
    def valeur(contenu: object, ligne: Mapping) -> str:
        return "cellule:montant" if ligne["Objet"] != INDICATEUR and contenu is not None else mixte(contenu, ligne)

    chiffres = ("Somme des retours", "Refusées", "Remplacées", "Écartées", "Mises à part", "Total consolidé", "Écart inexpliqué")
    return dict.fromkeys(chiffres, valeur) | {"Valeurs saisies": "cellule:entier"}


def _anomalies(resultat: Resultat) -> list[dict[str, object]]:
    lignes = []
    for a in trier(list(resultat.anomalies)):
        valeurs = (a.gravite, a.code, a.fichier, a.feuille, _place(resultat, a), a.fiche, nom_affiche(resultat.contrat, a.structure), a.champ, a.trouve, a.attendu, a.a_faire)
        lignes.append({c: v or None for c, v in zip(ANOMALIES, valeurs, strict=True)})
    return lignes


def _place(resultat: Resultat, anomalie: Anomalie) -> str | Lien:
    """The cells; a link to the first one where it is known where the return lies."""
    texte = ", ".join(anomalie.cellules)
    chemin = resultat.chemins.get(anomalie.fichier)
    if not texte or not chemin or not anomalie.feuille:
        return texte
    feuille, chemin = anomalie.feuille.replace("'", "''"), chemin.replace("#", "%23")
    return Lien(f"external:{chemin}#'{feuille}'!{anomalie.cellules[0]}", texte, "Ouvrir le retour à cette cellule")


# --- What the other tables do not hold --------------------------------------------------------------------------------

IDENTIFICATION, AVANCEMENT, GOUVERNANCE, DECISION = "Identification", "Avancement", "Gouvernance", "Décision"
REGLE, A_PRECISER, RESERVE = "Règle de financement", "À préciser", "Réserve"


def reperes(resultat: Resultat) -> Iterator[dict[str, object]]:
    """What the Synthèse says and no other table holds: with it, the Synthèse can be drawn again from the workbook alone."""

    def ligne(rubrique: str, objet: object, champ: str, valeur: object) -> dict[str, object]:
        return dict(zip(REPERES, (rubrique, objet, champ, connu(valeur)), strict=True))

    for champ, valeur in identification(resultat).items():
        yield ligne(IDENTIFICATION, None, champ, valeur)
    for rubrique, frame, cle in ((AVANCEMENT, resultat.avancement, "fiche"), (GOUVERNANCE, resultat.gouvernance, "Instance")):
        for rang in frame.to_dict("records"):
            yield from (ligne(rubrique, rang[cle], champ, valeur) for champ, valeur in rang.items() if champ != cle)
    for numero, decision in resultat.decisions.items():
        yield ligne(DECISION, numero or None, "texte", decision)
    phrases: Iterable[tuple[str, tuple[str, ...]]] = (
        (REGLE, resultat.explications), (A_PRECISER, resultat.a_preciser), (RESERVE, resultat.reserves),
    )  # fmt: skip
    for rubrique, textes in phrases:
        yield from (ligne(rubrique, f"{rang:03}", "texte", texte) for rang, texte in enumerate(textes, 1))


def identification(resultat: Resultat) -> dict[str, object]:
    """What tells one consolidation from another; the copy for the ARS reads it back."""
    return {
        "contrat": resultat.contrat.id,
        "titre": resultat.contrat.titre,
        "année": resultat.annee,
        "date": resultat.jour,
        "validé le": resultat.valide_le,
        "année précédente": "oui" if resultat.precedent else "non",
        "format": FORMAT_DE_CONSOLIDATION,
    }


_EXPLICATIONS = (
    (synthese.NOM, "Le portrait de l’année : c’est ce que lira l’ARS. Elle s’imprime en A4 paysage."),
    (evolution.NOM, "Chaque mesure et chaque enveloppe au fil des années du contrat ; n’est additionné que ce qui peut l’être."),
    *((table.feuille, table.aide) for table in descriptions.TABLES),
)  # fmt: skip
_CONSEILS = (
    "Une cellule vide veut dire « non connu », jamais zéro. Une valeur bloquante est dans Anomalies et n’entre dans aucun total.",
    "Pour transmettre à l’ARS : cls-workbook synthese <ce fichier> --sortie <synthèse>.xlsx. N’envoyez pas ce classeur-ci : il contient toutes les réponses.",
    "Pour corriger : faites corriger le retour, puis consolidez à nouveau. Ce qui serait modifié ici serait perdu.",
    "Gardez ce fichier : l’an prochain, il donnera les valeurs de l’année précédente.",
)  # fmt: skip


def _lisez_moi(resultat: Resultat, pied: str, presentes: Collection[str]) -> Feuille:
    feuille = Feuille(FEUILLE_LISEZ_MOI, couleur_onglet="gris", largeurs={1: 3, 2: 30, 3: 110})
    recus, attendus = resultat.recus_et_attendus()
    faits = {
        "Contrat": f"{resultat.contrat.titre} ({resultat.contrat.id})", "Année": resultat.annee, "Consolidé le": resultat.jour,
        "État": resultat.etat, "Retours": f"{recus} reçus sur {attendus}",
        "Année précédente": "connue" if resultat.precedent else "non fournie", "Format du classeur": FORMAT_DE_CONSOLIDATION,
    }  # fmt: skip
    feuille.ecrire(1, 2, f"Consolidation {resultat.nom_annee}", "titre")
    feuille.hauteurs[1] = 34
    ligne = 2
    for titre, contenu in (("Ce classeur", faits.items()), ("Ses feuilles", [e for e in _EXPLICATIONS if e[0] in presentes]), ("Bon à savoir", (("", c) for c in _CONSEILS))):
        ligne = _rubrique(feuille, ligne, titre, contenu, presentes)
    feuille.impression = Impression(pied_gauche=f"{pied} · {FEUILLE_LISEZ_MOI}")
    return feuille


def _rubrique(feuille: Feuille, ligne: int, titre: str, contenu: Iterable[tuple[str, object]], presentes: Collection[str]) -> int:
    feuille.hauteurs[ligne] = 10
    feuille.ecrire(ligne + 1, 2, titre, "bloc")
    feuille.ecrire(ligne + 1, 3, None, "bloc")
    feuille.hauteurs[ligne + 1] = 24
    ligne += 2
    for mot, sens in contenu:
        feuille.ecrire(ligne, 2, Lien(f"internal:'{mot}'!A1", mot) if mot in presentes else mot or None, "lien" if mot in presentes else "libelle_fort")
        feuille.ecrire(ligne, 3, sens, "libelle:date_gauche" if isinstance(sens, date) else "libelle:texte")
        feuille.hauteurs[ligne] = 21 if len(str(sens)) < 115 else 34
        ligne += 1
    return ligne
