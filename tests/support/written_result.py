"""A small campaign, consolidated by hand: every figure below was worked out on paper, none by the program."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal as D

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.definition import toml_reader
from cls_workbook.reports.consolidation.consolidated_result import Result, ResultNotes, ResultSummaries, ResultTables
from tests.support.result_headers import GOVERNANCE, PROGRESS, RATES, TERRITORY, TOTALS, N, frame, indicateur

CONTRAT = """
axes = [{ numero = "1", titre = "Soigner" }, { numero = "2", titre = "Coordonner" }]
communes = [{ code_insee = "21001", nom = "Fleury" }, { code_insee = "21002", nom = "Valcourt" }]
qpv = [{ nom = "Les Tilleuls", commune = "Fleury" }]
instances = [{ nom = "COPIL", minimum_par_an = 1 }, { nom = "Comité technique", minimum_par_an = 2 }]
signataires = [{ nom = "Agence" }, { nom = "Ville" }]
a_programmer = [{ axe = "1", titre = "Ouvrir une maison de santé" }]
natures = [
    { id = "maquette", libelle = "Maquette", niveau = "maquette" },
    { id = "hors", libelle = "Hors maquette", niveau = "hors_maquette" },
    { id = "cofi", libelle = "Cofinancement", niveau = "cofinancement" },
]
financeurs = [{ id = "agence", nom = "Agence", structure = "agence" }, { id = "ville", nom = "Ville", \
structure = "ville" }]
structures = [
    { id = "agence", nom = "Agence" }, { id = "ville", nom = "Ville" }, { id = "asso", nom = "Association" },
]
regles = [{ id = "poste", type = "poste", libelle = "50 %, 30 000 € au plus", fiche = "2.1", financeur = "agence", \
taux = 0.5, plafond_annuel = 30000, hors_maquette = true }]

[contrat]
id = "essai"
titre = "Contrat d’essai 2024-2026"
nom_court = "Essai"
annees = [2024, 2025, 2026]
territoire = "Pays d’essai"
agence = "agence"
maquette = 20000
seuil_petits_effectifs = 10

[[fiches]]
numero = "1.1"
titre = "Consulter près de chez soi"
axe = "1"
porteurs = ["asso", "ville"]
financement = { montant = 20000, montant_etat = "chiffre", taux = 0.25, taux_pur = true }

[[fiches.indicateurs]]
id = "1.1-I"
libelle = "Consultations"
type = "compte"
mesures = [
    { id = "1.1-I01", libelle = "Consultations", type = "entier", agregation = "FLUX", unite = "consultation", \
valeur_initiale = 100, cle = true },
    { id = "1.1-I02", libelle = "Patients", type = "entier", agregation = "PERSONNES", unite = "personne", \
valeur_initiale = 0, petits_effectifs = true, cle = true },
    { id = "1.1-I03", libelle = "Adhésion", type = "taux", agregation = "RATIO", cle = true },
    { id = "1.1-I04", libelle = "Séances", type = "entier", agregation = "FLUX", unite = "séance", \
valeur_initiale = 5 },
    { id = "1.1-I05", libelle = "Avis", type = "texte", agregation = "TEXTE" },
]

[[fiches]]
numero = "1.2"
titre = "Prévenir"
axe = "1"
porteurs = ["asso"]
financement = { montant_etat = "non_determine" }

[[fiches.indicateurs]]
id = "1.2-I"
libelle = "Types"
type = "liste_types"
mesures = [{ id = "1.2-I01", libelle = "Types d’actions", type = "liste", agregation = "UNION" }]

[[fiches]]
numero = "2.1"
titre = "Animer le contrat"
axe = "2"
porteurs = ["ville"]
financement = { montant_etat = "regle" }
"""


def retours() -> pd.DataFrame:
    return frame(
        "Retours",
        ("1.1", "Association", N, "reçu", "asso-secret.xlsx", 30, 40, 1, 0, "ab" * 32),
        ("1.1", "Ville", N, "manquant", N, N, N, N, N, N),
        ("1.2", "Association", N, "reçu", "asso-secret.xlsx", 5, 12, 0, 1, "ab" * 32),
        ("2.1", "Ville", N, "reçu", "ville-secret.xlsx", 9, 10, 0, 0, "cd" * 32),
    )


def indicateurs() -> pd.DataFrame:
    counted = {"before": 120, "initial": D(100), "reserve": "estimé"}
    return frame(
        "Indicateurs",
        indicateur("1.1-I01", "Consultations", "consultation", "FLUX", 150, **counted),
        indicateur("1.1-I02", "Patients", "personne", "PERSONNES", 7, initial=D(0), before=15),
        indicateur("1.1-I03", "Adhésion", N, "RATIO", D("0.75"), part=30, whole=40),
        indicateur("1.1-I04", "Séances", "séance", "FLUX", N, initial=D(5), recus=0),
        indicateur("1.1-I05", "Avis", N, "TEXTE", "Association : utile"),
        indicateur("1.2-I01", "Types d’actions", N, "UNION", "Ateliers ; Stands", attendus=1),
    )


def reponses(*autres) -> pd.DataFrame:
    home, a, v = ("asso-secret.xlsx", "Accueil"), ("asso-secret.xlsx", "FA 1.1"), ("ville-secret.xlsx", "FA 2.1")
    return frame(
        "Réponses",
        (2025, N, "Association", N, "reponse", "contact_courriel", N, "contact@asso.example", *home, "C8"),
        (2025, "1.1", "Association", N, "avancement", "etat", N, "En cours", *a, "C11"),
        (2025, "1.1", "Association", N, "avancement", "date_debut", N, date(2025, 2, 1), *a, "C13"),
        (2025, "1.1", "Association", N, "qualitatif", "freins", N, "Appeler Mme Durand au 03 80 12 34 56.", *a, "C70"),
        (2025, "1.1", "Association", N, "qualitatif", "avenant", N, "oui", *a, "C75"),
        (2025, "1.1", "Association", N, "territoire", "commune", "21001", "x", *a, "E50"),
        (2025, "1.1", "Association", N, "territoire", "qpv", "Les Tilleuls", "x", *a, "E60"),
        (2025, "2.1", "Ville", N, "depenses", "total", N, D("52000"), *v, "C69"),
        (2025, "2.1", "Ville", N, "depenses", "etp", N, D("1"), *v, "C70"),
        (2025, "2.1", "Ville", N, "poste", "depense_eligible", N, D("52000"), *v, "C74"),
        (2025, "2.1", "Ville", N, "poste", "quotite", N, D("1"), *v, "C75"),
        (2025, "2.1", "Ville", N, "poste", "mois", N, D("12"), *v, "C76"),
        *autres,
    )


def tricky_mesures() -> pd.DataFrame:
    """Answers to a question in words, among which a spreadsheet would find formulas."""
    place = ("asso-secret.xlsx", "FA 1.1")
    saisies = ("=1+1", "+33 3", " @cmd", "'cité", -5, "sans - danger")
    return frame(
        "Mesures",
        *(
            (2025, "1.1", "1.1-I", "1.1-I05", "texte", "Association", N, N, v, N, *place, f"D{30 + r}")
            for r, v in enumerate(saisies)
        ),
    )


def par_fiche() -> pd.DataFrame:
    wanted, year = (D("20000.00"), D("0.25")), (D("4000.00"), D("3000.50"), D("1500.25"), D("6000.00"))
    left = (D("16999.50"), D("1500.25"))  # to pay: 3 000,50 - 1 500,25
    return frame(
        "Financement par fiche",
        ("1.1", "1", *wanted, *year, D("0.25004167"), *left, N, D("3000.00"), N),
        ("1.2", "1", N, N, N, N, N, N, N, N, N, D("800.00"), N, N),
        ("2.1", "2", N, N, N, N, N, D("52000.00"), D("0.5"), N, N, D("26000.00"), N, N),
        ("à programmer", "1", *[N] * 12),
    )


def totaux() -> pd.DataFrame:
    ecarts = (D("-999.50"), D("-0.249875"), D("-1500.25"), D("-0.5"))
    reserve = "écart engagé - programmé sur 1 fiche\u00a0; écart versé - engagé sur 1 fiche"
    return frame(
        TOTALS,
        ("Maquette", D("20000.00"), D("4000.00"), D("3000.50"), D("1500.25"), *ecarts, reserve),
        ("Poste de coordination (hors maquette)", N, N, D("26000.00"), *[N] * 6),
        ("Hors maquette", N, N, D("800.00"), *[N] * 6),
        ("Cofinancement", N, N, D("3000.00"), *[N] * 6),
        ("Valorisation (sans versement)", *[N] * 9),
    )


def anomalies() -> tuple[Anomalie, ...]:
    asso, types, money = "asso-secret.xlsx", ("FA 1.2", ("D12", "E12"), "1.2"), ("FA 1.1", ("D45",), "1.1")
    no_statut = ("Association", "Types", "vide", "un statut", "dites pourquoi")
    no_amount = ("Association", "Engagé", "=1+1", "un montant", "saisissez 12000")
    return (
        Anomalie("à confirmer", "STATUT_MANQUANT", asso, *types, *no_statut),
        Anomalie("bloquant", "MONTANT_ILLISIBLE", asso, *money, *no_amount),
    )


def normalisations() -> pd.DataFrame:
    place = ("asso-secret.xlsx", "FA 1.1", "D44", "Engagé")
    return frame("Normalisations", (*place, "« 3 000,50 € »", D("3000.50"), "symbole € retiré"))


def mesures() -> pd.DataFrame:
    place = ("asso-secret.xlsx", "FA 1.1", "D20")
    return frame("Mesures", (2025, "1.1", "1.1-I", "1.1-I01", "valeur", "Association", N, N, 150, "estimé", *place))


def financements() -> pd.DataFrame:
    paid_to_asso = (D(4000), D("3000.50"), D("1500.25"), "CONV-1", date(2025, 4, 15))
    paid_to_ville = (N, D(26000), D(13000), N, N)
    return frame(
        "Lignes de financement",
        (2025, "1.1", "Association", "Agence", "Maquette", *paid_to_asso, "asso-secret.xlsx", "FA 1.1", "B44:H44"),
        (2025, "2.1", "Ville", "Agence", "Hors maquette", *paid_to_ville, "ville-secret.xlsx", "FA 2.1", "B44:F44"),
    )


def par_financeur() -> pd.DataFrame:
    return frame(
        "Financement par financeur",
        ("Agence", "Maquette", D(4000), D("3000.50"), D("1500.25")),
        ("Agence", "Hors maquette", N, D(26000), D(13000)),
        ("Fonds santé", "Hors maquette", N, D(800), N),
        ("Ville", "Cofinancement", N, D(3000), N),
    )


def avancement() -> pd.DataFrame:
    return frame(
        PROGRESS,
        ("1.1", "1", "Consulter près de chez soi", "En cours", "Totale", N, N, 1, 2, "partiel (1 sur 2)"),
        ("1.2", "1", "Prévenir", "Reportée", "Partielle", N, N, 1, 1, "complet (1 sur 1)"),
        ("2.1", "2", "Animer le contrat", N, N, N, N, 1, 1, "aucune valeur (0 sur 1)"),
    )


def gouvernance() -> pd.DataFrame:
    return frame(
        GOVERNANCE,
        ("COPIL", 1, 2, 20, 15, D("0.75"), N),
        ("Comité technique", 2, 1, N, N, N, "sous le minimum (1 sur 2)"),
    )


def territoire() -> pd.DataFrame:
    return frame(TERRITORY, ("commune", "21001", "Fleury", 1, "1.1"), ("qpv", N, "Les Tilleuls", 1, "1.1"))


def taux() -> pd.DataFrame:
    """Of the two returns of the fiche, one says what it was attributed and what it spent."""
    return frame(RATES, ("1.1", D("1500.25"), D("6000.00"), 1, 2))


# What the result is made of, by the name of the field that it becomes.
_FRAMES = (
    retours,
    normalisations,
    mesures,
    reponses,
    indicateurs,
    financements,
    par_fiche,
    par_financeur,
    avancement,
    gouvernance,
    territoire,
    totaux,
    taux,
    anomalies,
)


def result(**changes) -> Result:
    """The campaign; ``changes``: by the name of a field of the result or of one of its parts."""
    given = {
        "contrat": toml_reader.parse(CONTRAT, "essai"),
        "annee": 2025,
        "day": date(2026, 3, 14),
        "explications": (
            "Fiche 2.1\u00a0: dépense de 52 000 €, aide possible de 26 000 €.",
            "Fiche 1.1\u00a0: rien à signaler.",
        ),
        "a_preciser": ("Fiche 1.2\u00a0: porteur à préciser.",),
        "decisions": {"1.2": "Report accepté.", "": "Le COPIL valide la méthode."},
        "precedent": True,
    }
    given |= {make.__name__: make() for make in _FRAMES if make.__name__ not in changes} | changes
    parts = {}
    for nom, class_ in (("tables", ResultTables), ("summaries", ResultSummaries), ("notes", ResultNotes)):
        names = [f.name for f in fields(class_)]
        parts[nom] = class_(**{n: given.pop(n) for n in names if n in given})
    return Result(**parts, **given)
