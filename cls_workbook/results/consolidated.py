"""The consolidation workbook: the Synthèse, then one Excel table a sheet. Frames in, a description of sheets out.

Sheet names, table names and headers are public: a coordinator filters and pivots on them, next year's campaign reads
them. A missing value is an empty cell. What a partner typed is always text, never a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd

from cls_workbook.anomalies import Anomalie, trier
from cls_workbook.contract.model import Contrat
from cls_workbook.francais import date_fr
from cls_workbook.results import evolution, synthese
from cls_workbook.results.resultat import Resultat, connu
from cls_workbook.summaries.consolidation import nom_affiche
from cls_workbook.summaries.historique import MESURE
from cls_workbook.xlsx.limits import unites
from cls_workbook.xlsx.sheets import TEXTE_MAX, Cellule, Classeur, Feuille, Impression, Lien, Plage, Tableau

ANOMALIES = ("Gravité", "Code", "Fichier", "Feuille", "Cellule", "Fiche", "Structure", "Champ", "Trouvé", "Attendu", "À faire")
REPERES = ("Rubrique", "Objet", "Champ", "Valeur")
FEUILLE_REPERES, FEUILLE_LISEZ_MOI = "Repères", "Lisez-moi"
FORMAT_DE_CONSOLIDATION = 1
# Name of each Excel table → its sheet.
FEUILLES = {
    "Retours": "Retours", "Anomalies": "Anomalies", "Indicateurs": "Indicateurs", "Financement_fiches": "Financement par fiche",
    "Financement_financeurs": "Financement par financeur", "Financements": "Lignes de financement", "Mesures": "Mesures",
    "Reponses": "Réponses", "Normalisations": "Normalisations", "Remplacements": "Remplacements", "Historique": "Historique",
    "Reperes": FEUILLE_REPERES,
}  # fmt: skip

_SUITE = " … [suite : feuille Mesures]"
_LARGEUR_MIN, _LARGEUR_MAX, _ECHANTILLON = 9, 52, 400
_LARGEURS_MAX = {"Valeur n-1": 24, "Valeur": 40, "Libellé": 44}
_EN_TAUX = ("RATIO", "SATISFACTION")
_LIEU = ("Fichier", "Feuille", "Cellule")
_LIEU_DES_REMPLACEMENTS = ("Retour remplacé", "Cellule remplacée", "Retour retenu", "Feuille", "Cellule", "Champ")

# How a column shows what it holds; « mixte » looks at each value.
_MONTANTS = dict.fromkeys((
    "Prévu", "Engagé", "Versé", "Montant contrat", "Programmé", "Coût réalisé", "Reste à engager", "ARS hors maquette",
    "Cofinancements", "Valorisation",
), "cellule:montant")  # fmt: skip
_ENTIERS = dict.fromkeys(("Champs renseignés", "Champs attendus", "Bloquants", "À confirmer", "Retours reçus", "Retours attendus"), "cellule:entier")
_TAUX = dict.fromkeys(("Taux contrat", "Taux constaté"), "cellule:taux")
STYLES = _MONTANTS | _ENTIERS | _TAUX | {"Date": "cellule:date", "Année": "cellule:centre"}
SANS_RETOUR_A_LA_LIGNE = frozenset(("Empreinte SHA-256", "Empreinte du remplacé", "Empreinte du retenu"))  # 64 characters that nobody reads to the end
STYLES |= dict.fromkeys(SANS_RETOUR_A_LA_LIGNE, "cellule:code")
_MIXTES = {
    int: "cellule:entier", float: "cellule:decimal", Decimal: "cellule:decimal", date: "cellule:date",
    bool: "cellule:centre", str: "cellule:texte", type(None): "cellule:texte",
}  # fmt: skip
_PASTILLES = {
    "bloquant": "gravite_bloquant", "à confirmer": "gravite_a_confirmer", "information": "gravite_information",
    "reçu": "etat_bon", "manquant": "etat_attention", "doublon": "etat_attention", "rejeté": "etat_mauvais",
}  # fmt: skip

# (value, row as a dictionary) → style name
Styliste = Callable[[object, Mapping[str, object]], str]


@dataclass(frozen=True)
class Table:
    """One sheet = one Excel table. ``styles``: column → style name, or a function that chooses it for each value.

    ``cle``: the columns that tell a row from the others, from one consolidation to the next.
    """

    feuille: str
    nom: str
    lignes: list[dict[str, object]]
    colonnes: tuple[str, ...]
    cle: tuple[str, ...]
    styles: Mapping[str, str | Styliste]
    figees: int = 1
    onglet: str = "gris_moyen"


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
    yield _de(resultat.retours, "Retours", ("Fiche", "Structure", "Volet"), {"Statut": _pastille}, onglet="accent")
    yield table_des_anomalies(resultat)
    yield _de(resultat.indicateurs, "Indicateurs", ("Mesure",), _styles_des_indicateurs(resultat.contrat), 4, "accent")
    yield _de(resultat.par_fiche, "Financement_fiches", ("Fiche",), {}, 1, "axe2")
    yield _de(resultat.par_financeur, "Financement_financeurs", ("Financeur", "Nature"), {}, 2, "axe2")
    yield _de(resultat.financements, "Financements", _LIEU, {}, 2, "axe2")
    yield _de(resultat.mesures, "Mesures", _LIEU, {"Valeur": _mixte}, 4)
    yield _de(resultat.reponses, "Reponses", _LIEU, {"Valeur": _mixte_ou_montant}, 2)
    yield _de(resultat.normalisations, "Normalisations", _LIEU, {"Saisi": _mixte, "Retenu": _mixte}, 1)
    if len(resultat.remplacements):
        yield table_des_remplacements(resultat)
    valeur = {"Valeur initiale": _mixte, "Valeur": _valeur_d_historique, "Numérateur": _mixte, "Dénominateur": _mixte}
    yield _de(resultat.historique, "Historique", ("Année", "Objet", "Fiche", "Mesure", "Libellé", "Financeur", "Nature"), valeur, 1)
    yield Table(FEUILLES["Reperes"], "Reperes", list(reperes(resultat)), REPERES, ("Rubrique", "Objet", "Champ"), {"Valeur": _mixte}, 2)


def table_des_anomalies(resultat: Resultat) -> Table:
    styles = {"Gravité": _pastille, "Cellule": _cellule_ou_lien}
    return Table(FEUILLES["Anomalies"], "Anomalies", _anomalies(resultat), ANOMALIES, ("Code", *_LIEU, "Fiche", "Structure"), styles, 2, "rouge")


def table_des_remplacements(resultat: Resultat) -> Table:
    styles = {"Valeur avant": _mixte, "Valeur après": _mixte, "Changement": "cellule:centre"}
    return _de(resultat.remplacements, "Remplacements", _LIEU_DES_REMPLACEMENTS, styles, 2)


def _de(frame: pd.DataFrame, nom: str, cle: tuple[str, ...], styles: Mapping[str, str | Styliste], figees: int = 1, onglet: str = "gris_moyen") -> Table:
    colonnes = tuple(frame.columns)
    # Column by column: a good deal faster than row by row on the 60 000 rows of a large campaign.
    contenus = [[connu(v) for v in frame[c].astype(object).tolist()] for c in colonnes]
    lignes = [dict(zip(colonnes, valeurs, strict=True)) for valeurs in zip(*contenus, strict=True)]
    return Table(FEUILLES[nom], nom, lignes, colonnes, cle, styles, figees, onglet)


# --- Cells ----------------------------------------------------------------------------------------------------------


def _pastille(valeur: object, _: Mapping) -> str:
    return _PASTILLES.get(str(valeur), "cellule:centre")


def _mixte(valeur: object, _: Mapping) -> str:
    if type(valeur) is Decimal and valeur == valeur.to_integral_value():
        return "cellule:entier"
    return _MIXTES.get(type(valeur), "cellule:texte")


def _mixte_ou_montant(valeur: object, ligne: Mapping) -> str:
    argent = ligne["Bloc"] == "depenses" and ligne["Champ"] != "etp"
    return "cellule:montant" if argent and isinstance(valeur, (int, Decimal)) else _mixte(valeur, ligne)


def _valeur_d_historique(valeur: object, ligne: Mapping) -> str:
    if not isinstance(valeur, (int, float, Decimal)):
        return "cellule:texte"
    return "cellule:montant" if ligne["Unité"] == "€" and ligne["Objet"] != MESURE else "cellule:taux" if ligne["Agrégation"] in _EN_TAUX else _mixte(valeur, ligne)


def _cellule_ou_lien(valeur: object, _: Mapping) -> str:
    return "lien" if isinstance(valeur, Lien) else "cellule:texte"


def _styles_des_indicateurs(contrat: Contrat) -> dict[str, str | Styliste]:
    """Rates are shown as rates; the other figures as what they are."""
    rates = {identifiant for identifiant, (_, _, m) in contrat.par_mesure.items() if m.agregation in _EN_TAUX}

    def valeur(contenu: object, ligne: Mapping) -> str:
        chiffre = isinstance(contenu, (int, float, Decimal))
        return "cellule:taux" if chiffre and ligne["Mesure"] in rates else _mixte(contenu, ligne)

    return {"Valeur initiale": valeur, "Valeur n-1": valeur, "Valeur": valeur, "Numérateur": _mixte, "Dénominateur": _mixte}


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


# --- Sheets ---------------------------------------------------------------------------------------------------------


def feuille_de(table: Table, pied: str) -> Feuille:
    """Headers in row 1, so that it reads as a plain table anywhere."""
    feuille = Feuille(table.feuille, figee=(1, table.figees), couleur_onglet=table.onglet)
    for rang, titre in enumerate(table.colonnes, 1):
        feuille.ecrire(1, rang, titre, "entete")
    fin = max(2, len(table.lignes) + 1)
    feuille.tableaux.append(Tableau(table.nom, Plage(1, 1, fin, len(table.colonnes)), table.colonnes, table.cle))
    feuille.cellules += _cellules(table)
    feuille.largeurs = {rang: _largeur(titre, table) for rang, titre in enumerate(table.colonnes, 1)}
    feuille.hauteurs = {1: 30.0} | _hauteurs(table, feuille.largeurs)
    feuille.impression = Impression(lignes_repetees=(1, 1), pied_gauche=f"{pied} · {table.feuille}")
    return feuille


def _cellules(table: Table) -> Iterator[Cellule]:
    """The inner loop: a fixed style a column, or a function of the value."""
    styles = STYLES | dict(table.styles)
    colonnes = [(rang, titre, styles.get(titre, "cellule:texte")) for rang, titre in enumerate(table.colonnes, 1)]
    for numero, ligne in enumerate(table.lignes or [dict.fromkeys(table.colonnes)], 2):
        for rang, titre, style in colonnes:
            valeur = ligne[titre]
            if type(valeur) is str and len(valeur) > TEXTE_MAX // 2 and unites(valeur) > TEXTE_MAX:
                valeur = valeur[: TEXTE_MAX // 2 - len(_SUITE)] + _SUITE  # half: an emoji counts for two
            yield Cellule(numero, rang, valeur, style if type(style) is str else style(valeur, ligne))


def _largeur(titre: str, table: Table) -> float:
    """What the first rows and the header (with its filter button) need, within bounds."""
    if titre in SANS_RETOUR_A_LA_LIGNE:
        return 22.0
    longueurs = [len(titre) + 4]
    for ligne in table.lignes[:_ECHANTILLON]:
        valeur = ligne[titre]
        if valeur is not None:
            texte = valeur.texte if isinstance(valeur, Lien) else date_fr(valeur) if isinstance(valeur, date) else str(valeur)
            longueurs.append(max(map(len, texte.split("\n"))) + 2)
    if titre in _MONTANTS:
        longueurs.append(15)
    return float(min(_LARGEURS_MAX.get(titre, _LARGEUR_MAX), max(_LARGEUR_MIN, *longueurs)))


def _hauteurs(table: Table, largeurs: Mapping[int, float]) -> dict[int, float]:
    """Row → points, for the rows whose longest text takes several lines: not every spreadsheet fits them by itself."""
    places = [(titre, largeurs[rang] - 1) for rang, titre in enumerate(table.colonnes, 1) if titre not in SANS_RETOUR_A_LA_LIGNE]
    hauteurs = {}
    for numero, ligne in enumerate(table.lignes, 2):
        lignes = 1
        for titre, place in places:
            texte = ligne[titre]
            if type(texte) is str and (len(texte) > place or "\n" in texte):
                lignes = max(lignes, sum(1 + int(len(morceau) * 1.05 / place) for morceau in texte.split("\n")))
        if lignes > 1:
            hauteurs[numero] = min(400.0, 13.5 * lignes + 4)
    return hauteurs


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
    ("Retours", "Les retours attendus ou reçus, un par fiche, structure et volet."),
    ("Anomalies", "Tout ce qui a été relevé dans les retours, le plus grave d’abord, avec la cellule et ce qu’il y a à faire."),
    ("Indicateurs", "Une ligne par mesure du contrat. Couverture dit sur combien de retours repose la valeur, Réserve ce que le chiffre ne dit pas."),
    ("Financement par fiche", "L’argent de chaque fiche, en euros. Engagé et Versé sont ceux de la maquette ; le reste a ses colonnes."),
    ("Financement par financeur", "Une ligne par financeur et par nature de financement."),
    ("Lignes de financement", "Chaque ligne de financement saisie, et où."),
    ("Mesures", "Chaque valeur saisie pour une mesure, et où."),
    ("Réponses", "Toutes les autres valeurs saisies, et où."),
    ("Normalisations", "Les saisies qui ont été comprises comme une autre valeur (« 12 000 € » → 12000), et pourquoi."),
    ("Remplacements", "Ce qu’un retour corrigé a changé, valeur par valeur ; le remplacé et le retenu, avec leur empreinte."),
    (evolution.NOM, "Chaque mesure et chaque enveloppe au fil des années du contrat ; n’est additionné que ce qui peut l’être."),
    ("Historique", "Les mêmes données, une ligne par objet et par année : c’est ce que la consolidation suivante relira."),
    (FEUILLE_REPERES, "Ce que dit la Synthèse et qui n’est dans aucun autre tableau : avancement, réunions, décisions, règles, réserves."),
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

