"""A region of synthetic contracts, written by the real writer from frames worked out here; and its totals, by plain arithmetic.

Nothing of ``cls_workbook.region`` is used: what a region must come to is added up in these few lines.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from functools import cache
from pathlib import Path

from resultat_ecrit import TOTAUX, N, cadre, resultat

from cls_workbook import contract
from cls_workbook.anomalies import Anomalie
from cls_workbook.contract import themes
from cls_workbook.results import ars_copy, tableaux
from cls_workbook.results import donnees_decrites as decrites
from cls_workbook.results.resultat import Resultat
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Classeur

ANNEES = (2024, 2025, 2026, 2027, 2028)
ETATS = ("En cours", "Réalisée", "Reportée", "En préparation")
THEMES_DES_FICHES = (("sante-mentale",), ("nutrition", "enfance-jeunesse"), ("animation",))

DEFINITION = """
axes = [{{ numero = "1", titre = "Soigner" }}]
instances = [{{ nom = "COPIL", minimum_par_an = 1 }}]
natures = [
    {{ id = "maquette", libelle = "Maquette", niveau = "maquette" }}, {{ id = "hors", libelle = "Hors maquette", niveau = "hors_maquette" }},
    {{ id = "cofi", libelle = "Cofinancement", niveau = "cofinancement" }},
]
financeurs = [{{ id = "agence", nom = "Agence", structure = "agence" }}, {{ id = "ville", nom = "Ville {rang}", structure = "ville" }}]
structures = [{{ id = "agence", nom = "Agence" }}, {{ id = "ville", nom = "Ville {rang}" }}, {{ id = "asso", nom = "Association {rang}" }}]
regles = [{{ id = "poste", type = "poste", libelle = "50 %, 30 000 € au plus", fiche = "1.3", financeur = "agence", taux = 0.5, plafond_annuel = 30000, etp_min = 0.5, hors_maquette = true }}]
priorites = [{{ id = "p1", libelle = "Réduire les inégalités" }}]

[contrat]
id = "cls-{rang:02}"
titre = "Contrat local de santé numéro {rang}"
nom_court = "CLS {rang}"
annees = [2024, 2025, 2026, 2027, 2028]
territoire = "Pays {rang:02}"
agence = "agence"
maquette = {maquette}

[[fiches]]
numero = "1.1"
titre = "Former aux premiers secours"
axe = "1"
porteurs = ["asso"]
themes = ["sante-mentale"]
priorites = ["p1"]
financement = {{ montant = {maquette}, montant_etat = "chiffre" }}

[[fiches.indicateurs]]
id = "1.1-I"
libelle = "Secouristes"
type = "compte"
mesures = [
    {{ id = "1.1-I01", libelle = "Secouristes", type = "entier", agregation = "FLUX", unite = "{unite}", theme = "sante-mentale-secouristes" }},
    {{ id = "1.1-I02", libelle = "Patients", type = "entier", agregation = "PERSONNES", unite = "personne", petits_effectifs = true, theme = "mediation-personnes" }},
    {{ id = "1.1-I03", libelle = "Secouristes bis", type = "entier", agregation = "FLUX", unite = "personne" }},
]

[[fiches]]
numero = "1.2"
titre = "Manger et bouger"
axe = "1"
porteurs = ["asso", "ville"]
themes = ["nutrition", "enfance-jeunesse"]
financement = {{ montant_etat = "non_determine" }}

[[fiches]]
numero = "1.3"
titre = "Animer"
axe = "1"
porteurs = ["ville"]
themes = ["animation"]
financement = {{ montant_etat = "regle" }}
"""


def maquette(rang: int) -> int:
    return 50_000 + 1_000 * rang


def engage(rang: int, annee: int) -> D | None:
    """On the maquette, that year; one contract in ten does not say."""
    return None if (rang + annee) % 10 == 0 else D(1000 * rang + (annee - 2024) * 100) + D("0.37")


def secouristes(rang: int, annee: int) -> int:
    return 10 * rang + annee - 2024


def patients(rang: int) -> int:
    """From 1 to 10, it must not leave."""
    return rang


def unite(rang: int) -> str:
    """Every fourth contract counts something else under the same theme."""
    return "session" if rang % 4 == 0 else "personne"


def manque(rang: int, annee: int) -> bool:
    """Is the town's return missing?"""
    return (rang + annee) % 3 == 0


def valide(rang: int, annee: int) -> bool:
    return annee < 2027 or rang % 2 == 0


@cache
def definition(rang: int) -> contract.Contrat:
    return contract.parse(DEFINITION.format(rang=rang, maquette=maquette(rang), unite=unite(rang)), f"cls-{rang:02}")


def campagne(rang: int, annee: int, jour: date | None = None) -> Resultat:
    """One contract, one year."""
    e, aide, cofi = engage(rang, annee), D(20_000 + rang), D(300 * rang)
    indicateur = ("1.1", "1", "1.1-I")
    mesures = [
        (*indicateur, "1.1-I01", "Secouristes", unite(rang), "FLUX", N, N, secouristes(rang, annee), N, N, 1, 1, "complet (1 sur 1)", N),
        (*indicateur, "1.1-I02", "Patients", "personne", "PERSONNES", N, N, patients(rang), N, N, 1, 1, "complet (1 sur 1)", N),
        (*indicateur, "1.1-I03", "Secouristes bis", "personne", "FLUX", N, N, 99_999, N, N, 1, 1, "complet (1 sur 1)", N),
    ]
    suivi = [(f, "1", f, ETATS[(rang + annee + i) % 4], "Totale", N, 1, 1, "complet (1 sur 1)") for i, f in enumerate(("1.1", "1.2", "1.3"))]
    vide = ("Fiche", "Structure", "Volet", "Statut", "Fichier", "Empreinte SHA-256", "Champs renseignés", "Champs attendus", "Bloquants", "À confirmer")
    fichier = ("r.xlsx", "ab" * 32, 5, 5, 0, 0)
    absent = ("manquant", N, N, N, N, N, N) if manque(rang, annee) else ("reçu", *fichier)
    return replace(
        resultat(), contrat=definition(rang), annee=annee, jour=jour or date(annee + 1, 3, 1), valide_le=date(annee + 1, 4, 1) if valide(rang, annee) else None,
        retours=cadre(vide, ("1.1", f"Association {rang}", N, "reçu", *fichier), ("1.2", f"Association {rang}", N, "reçu", *fichier), ("1.2", f"Ville {rang}", N, *absent), ("1.3", f"Ville {rang}", N, "reçu", *fichier)),
        indicateurs=cadre("Indicateurs", *mesures), mesures=cadre("Mesures"),
        reponses=cadre("Réponses", (annee, "1.3", f"Ville {rang}", N, "depenses", "etp", N, D(1), "r.xlsx", "FA 1.3", "C70")),
        par_fiche=cadre(
            "Financement par fiche", ("1.1", "1", D(maquette(rang)), N, N, e, None if e is None else arrondi(e / 2), D(5000), N, N, N, N, N),
            ("1.2", "1", N, N, N, N, N, N, N, N, D(700), cofi, N), ("1.3", "1", N, N, N, N, N, D(50_000), N, N, aide, N, N),
        ),
        par_financeur=cadre("Financement par financeur", ("Agence", "Maquette", N, e, N), ("Agence", "Hors maquette", N, aide + D(700), N), (f"Ville {rang}", "Cofinancement", N, cofi, N)),
        financements=cadre("Lignes de financement"), normalisations=cadre("Normalisations"), avancement=cadre(("fiche", "axe", "titre", "etat", "realisation", "detail", "recus", "attendus", "couverture"), *suivi),
        gouvernance=cadre(("Instance", "Minimum par an", "Réunions tenues", "Conviés", "Présents", "Taux de participation", "Réserve"), ("COPIL", 1, 1, 10, 8, D("0.8"), N)),
        territoire=cadre(("type", "code", "nom", "fiches", "numeros")), totaux=cadre(TOTAUX, ("Maquette", D(maquette(rang)), N, e, N, N, N, N, N, N)),
        anomalies=tuple(Anomalie("à confirmer", "X", "r.xlsx", fiche="1.1") for _ in range(rang % 3)), explications=(), a_preciser=(), decisions={}, precedent=False,
    )  # fmt: skip


def lignes(rang: int, annee: int, jour: date | None = None) -> dict:
    """The rows of the « Données » sheets of ``campagne``, written out: forty contracts would be long to consolidate."""
    e, cofi, aide = engage(rang, annee), D(300 * rang), D(20_000 + rang)
    fiches = (("1.1", "Former aux premiers secours", 1, 1), ("1.2", "Manger et bouger", 1 + (not manque(rang, annee)), 2), ("1.3", "Animer", 1, 1))
    argent = {
        "1.1": {"Montant contrat": D(maquette(rang)), "Engagé": e, "Versé": None if e is None else arrondi(e / 2), "Coût réalisé": D(5000)},
        "1.2": {"ARS hors maquette": D(700), "Cofinancements": cofi}, "1.3": {"Coût réalisé": D(50_000), "ARS hors maquette": aide, "Poste": "oui"},
    }  # fmt: skip
    commun = {"Fiche": "1.1", "Indicateur": "1.1-I", "Retours reçus": 1, "Retours attendus": 1, "Couverture": "complet (1 sur 1)"}
    dits = [(f, "thème", t, themes.themes_livres()[t]) for f, siens in zip(argent, THEMES_DES_FICHES, strict=True) for t in siens]
    dits.insert(1, ("1.1", "priorité", "p1", "Réduire les inégalités"))
    retours = [("1.1", f"Association {rang}", "reçu"), ("1.2", f"Association {rang}", "reçu"), ("1.2", f"Ville {rang}", "manquant" if manque(rang, annee) else "reçu"), ("1.3", f"Ville {rang}", "reçu")]
    completes = {
        decrites.CONTRAT: [{
            "Format": 1, "Contrat": f"cls-{rang:02}", "Titre": f"Contrat local de santé numéro {rang}", "Nom court": f"CLS {rang}", "Type": "Contrat local de santé",
            "Territoire": f"Pays {rang:02}", "Année": annee, "Première année": 2024, "Dernière année": 2028, "État": "validé" if valide(rang, annee) else "provisoire",
            "Validé le": date(annee + 1, 4, 1) if valide(rang, annee) else None, "Consolidé le": jour or date(annee + 1, 3, 1),
            "Retours reçus": 3 + (not manque(rang, annee)), "Retours attendus": 4, "Bloquants": 0, "À confirmer": rang % 3, "Fiches actives": 3, "Actions à programmer": 0, "Maquette": D(maquette(rang)),
        }],
        decrites.FICHES: [
            {"Fiche": f, "Titre": titre, "Axe": "1", "Titre de l’axe": "Soigner", "État": ETATS[(rang + annee + i) % 4], "Réalisation": "Totale", "Retours reçus": r, "Retours attendus": a,
             "Bloquants": 0, "À confirmer": rang % 3 if f == "1.1" else 0, "Avenant demandé": "non"} for i, (f, titre, r, a) in enumerate(fiches)
        ],
        decrites.THEMES: [dict(zip(("Fiche", "Genre", "Identifiant", "Libellé"), t, strict=True)) for t in dits],
        decrites.FINANCEMENT: [{"Fiche": f, "Axe": "1", "Poste": "non"} | a for f, a in argent.items()],
        decrites.FINANCEURS: [
            {"Financeur": "Agence", "Nature": "Maquette", "Niveau": "maquette", "Engagé": e}, {"Financeur": "Agence", "Nature": "Hors maquette", "Niveau": "hors_maquette", "Engagé": aide + D(700)},
            {"Financeur": f"Ville {rang}", "Nature": "Cofinancement", "Niveau": "cofinancement", "Engagé": cofi},
        ],
        decrites.POSTES: [{
            "Fiche": "1.3", "Règle": "50 %, 30 000 € au plus", "Financeur": "Agence", "Taux": D("0.5"), "Plafond annuel": D(30000), "ETP minimum": D("0.5"), "ETP": D(1),
            "Dépense réalisée": D(50_000), "Aide possible": D("25000.00"), "Aide engagée": aide,
        }],
        decrites.MESURES: [
            commun | {"Mesure": "1.1-I01", "Libellé": "Secouristes", "Unité": unite(rang), "Agrégation": "FLUX", "Thème": "sante-mentale-secouristes",
                      "Libellé du thème": "Premiers secours en santé mentale : secouristes formés", "Valeur": secouristes(rang, annee)},
            commun | {"Mesure": "1.1-I02", "Libellé": "Patients", "Unité": "personne", "Agrégation": "PERSONNES", "Thème": "mediation-personnes",
                      "Libellé du thème": "Médiation en santé : personnes rencontrées",
                      **({"Valeur": None, "Réserve": "masqué (effectif de 1 à 10)"} if patients(rang) <= 10 else {"Valeur": patients(rang)})},
            commun | {"Mesure": "1.1-I03", "Libellé": "Secouristes bis", "Unité": "personne", "Agrégation": "FLUX", "Valeur": 99_999},
        ],
        decrites.RETOURS: [dict(zip(("Fiche", "Structure", "Statut"), r, strict=True)) for r in retours],
        decrites.INSTANCES: [{"Instance": "COPIL", "Minimum par an": 1, "Réunions tenues": 1, "Conviés": 10, "Présents": 8, "Taux de participation": D("0.8")}],
    }  # fmt: skip
    return {table: [{t: ligne.get(t) for t in table.titres} for ligne in siennes] for table, siennes in completes.items()}


def arrondi(montant: D) -> D:
    return montant.quantize(D("0.01"), rounding="ROUND_HALF_UP")


def nom(rang: int, annee: int) -> str:
    return f"{annee}/cls-{rang:02}.xlsx"


def ecrire(dossier: Path, rang: int, annee: int, jour: date | None = None, sous: str | None = None) -> Path:
    """The data sheets of an agency's copy, by the real writer."""
    chemin = dossier / (sous or nom(rang, annee))
    feuilles = [tableaux.feuille(tableaux.decrite(t, siennes), "essai") for t, siennes in lignes(rang, annee, jour).items()]
    writer.write(Classeur(feuilles, "essai"), chemin)
    return chemin


def ecrire_en_entier(dossier: Path, rang: int, annee: int) -> Path:
    """The same from the frames of a campaign: Synthèse and data."""
    chemin = dossier / nom(rang, annee)
    writer.write(ars_copy.classeur(campagne(rang, annee)), chemin)
    return chemin
