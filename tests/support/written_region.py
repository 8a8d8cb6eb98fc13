"""A region of synthetic contracts, written by the real writer from frames worked out here; and its totals,
by plain arithmetic.

Nothing of ``cls_workbook.reports.region`` is used: what a region must come to is added up in these few lines.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from functools import cache
from pathlib import Path

from cls_workbook.anomalies import Anomalie
from cls_workbook.definition import toml_reader
from cls_workbook.domain import themes
from cls_workbook.domain.model import Contrat
from cls_workbook.reports import table_sheets
from cls_workbook.reports.agency import agency_tables as described
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Workbook
from tests.support.written_result import TOTALS, N, frame, result

YEARS = (2024, 2025, 2026, 2027, 2028)
STATES = ("En cours", "Réalisée", "Reportée", "En préparation")
RESERVE = "reste à engager\u00a0: aucun engagement connu sur une fiche dotée"
THEMES_OF_FICHES = (("sante-mentale",), ("nutrition", "enfance-jeunesse"), ("animation",))

DEFINITION = """
axes = [{{ numero = "1", titre = "Soigner" }}]
instances = [{{ nom = "COPIL", minimum_par_an = 1 }}]
natures = [
    {{ id = "maquette", libelle = "Maquette", niveau = "maquette" }}, {{ id = "hors", libelle = "Hors maquette", \
niveau = "hors_maquette" }},
    {{ id = "cofi", libelle = "Cofinancement", niveau = "cofinancement" }},
]
financeurs = [{{ id = "agence", nom = "Agence", structure = "agence" }}, {{ id = "ville", nom = "Ville {rank}", \
structure = "ville" }}]
structures = [{{ id = "agence", nom = "Agence" }}, {{ id = "ville", nom = "Ville {rank}" }}, {{ id = "asso", \
nom = "Association {rank}" }}]
regles = [{{ id = "poste", type = "poste", libelle = "50 %, 30 000 € au plus", fiche = "1.3", financeur = "agence", \
taux = 0.5, plafond_annuel = 30000, etp_min = 0.5, hors_maquette = true }}]
priorites = [{{ id = "p1", libelle = "Réduire les inégalités" }}]

[contrat]
id = "cls-{rank:02}"
titre = "Contrat local de santé numéro {rank}"
nom_court = "CLS {rank}"
annees = [2024, 2025, 2026, 2027, 2028]
territoire = "Pays {rank:02}"
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
    {{ id = "1.1-I01", libelle = "Secouristes", type = "entier", agregation = "FLUX", unite = "{unite}", \
theme = "sante-mentale-secouristes" }},
    {{ id = "1.1-I02", libelle = "Patients", type = "entier", agregation = "PERSONNES", unite = "personne", \
petits_effectifs = true, theme = "mediation-personnes" }},
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


def maquette(rank: int) -> int:
    return 50_000 + 1_000 * rank


def engage(rank: int, annee: int) -> D | None:
    """On the maquette, that year; one contract in ten does not say."""
    return None if (rank + annee) % 10 == 0 else D(1000 * rank + (annee - 2024) * 100) + D("0.37")


def paid(engaged: D | None) -> D | None:
    """On the maquette, that year: half of what is engaged."""
    return None if engaged is None else rounded(engaged / 2)


def left(rank: int, annee: int) -> tuple[D | None, D | None]:
    """What is left of the maquette to engage, and to pay, at the end of that year; None as long as nothing is known."""
    engaged = [e for a in YEARS if a <= annee and (e := engage(rank, a)) is not None]
    if not engaged:
        return None, None
    return maquette(rank) - sum(engaged), sum(engaged) - sum(paid(e) for e in engaged)


def first_aiders(rank: int, annee: int) -> int:
    return 10 * rank + annee - 2024


def patients(rank: int) -> int:
    """From 1 to 10, it must not leave."""
    return rank


def unite(rank: int) -> str:
    """Every fourth contract counts something else under the same theme."""
    return "session" if rank % 4 == 0 else "personne"


def lacking(rank: int, annee: int) -> bool:
    """Is the town's return missing?"""
    return (rank + annee) % 3 == 0


def is_valid(rank: int, annee: int) -> bool:
    return annee < 2027 or rank % 2 == 0


@cache
def definition(rank: int) -> Contrat:
    return toml_reader.parse(DEFINITION.format(rank=rank, maquette=maquette(rank), unite=unite(rank)), f"cls-{rank:02}")


def campagne(rank: int, annee: int, day: date | None = None) -> Result:
    """One contract, one year."""
    e, aide, cofi = engage(rank, annee), D(20_000 + rank), D(300 * rank)
    indicateur = ("1.1", "1", "1.1-I")
    mesures = [
        (
            *indicateur,
            "1.1-I01",
            "Secouristes",
            unite(rank),
            "FLUX",
            N,
            N,
            N,
            first_aiders(rank, annee),
            N,
            N,
            1,
            1,
            "complet (1 sur 1)",
            N,
        ),
        (
            *indicateur,
            "1.1-I02",
            "Patients",
            "personne",
            "PERSONNES",
            N,
            N,
            N,
            patients(rank),
            N,
            N,
            1,
            1,
            "complet (1 sur 1)",
            N,
        ),
        (
            *indicateur,
            "1.1-I03",
            "Secouristes bis",
            "personne",
            "FLUX",
            N,
            N,
            N,
            99_999,
            N,
            N,
            1,
            1,
            "complet (1 sur 1)",
            N,
        ),
    ]
    suivi = [
        (f, "1", f, STATES[(rank + annee + i) % 4], "Totale", N, N, 1, 1, "complet (1 sur 1)")
        for i, f in enumerate(("1.1", "1.2", "1.3"))
    ]
    empty = (
        "Fiche",
        "Structure",
        "Volet",
        "Statut",
        "Fichier",
        "Empreinte SHA-256",
        "Champs renseignés",
        "Champs attendus",
        "Bloquants",
        "À confirmer",
    )
    file = ("r.xlsx", "ab" * 32, 5, 5, 0, 0)
    absent = ("manquant", N, N, N, N, N, N) if lacking(rank, annee) else ("reçu", *file)
    return result(
        contrat=definition(rank),
        annee=annee,
        day=day or date(annee + 1, 3, 1),
        validated_on=date(annee + 1, 4, 1) if is_valid(rank, annee) else None,
        retours=frame(
            empty,
            ("1.1", f"Association {rank}", N, "reçu", *file),
            ("1.2", f"Association {rank}", N, "reçu", *file),
            ("1.2", f"Ville {rank}", N, *absent),
            ("1.3", f"Ville {rank}", N, "reçu", *file),
        ),
        indicateurs=frame("Indicateurs", *mesures),
        mesures=frame("Mesures"),
        reponses=frame(
            "Réponses",
            *(
                (annee, "1.3", f"Ville {rank}", N, "poste", champ, N, D(valeur), "r.xlsx", "FA 1.3", cell)
                for champ, valeur, cell in (
                    ("depense_eligible", 50_000, "C74"),
                    ("quotite", 1, "C75"),
                    ("mois", 12, "C76"),
                )
            ),
        ),
        taux=frame(("fiche", "attribue", "cout", "retours", "sur")),
        par_fiche=frame(
            "Financement par fiche",
            ("1.1", "1", D(maquette(rank)), N, N, e, paid(e), D(5000), N, *left(rank, annee), N, N, N),
            ("1.2", "1", N, N, N, N, N, N, N, N, N, D(700), cofi, N),
            ("1.3", "1", N, N, N, N, N, D(50_000), N, N, N, aide, N, N),
        ),
        par_financeur=frame(
            "Financement par financeur",
            ("Agence", "Maquette", N, e, N),
            ("Agence", "Hors maquette", N, aide + D(700), N),
            (f"Ville {rank}", "Cofinancement", N, cofi, N),
        ),
        financements=frame("Lignes de financement"),
        normalisations=frame("Normalisations"),
        avancement=frame(
            ("fiche", "axe", "titre", "etat", "realisation", "par_volet", "detail", "recus", "attendus", "couverture"),
            *suivi,
        ),
        gouvernance=frame(
            (
                "Instance",
                "Minimum par an",
                "Réunions tenues",
                "Conviés",
                "Présents",
                "Taux de participation",
                "Réserve",
            ),
            ("COPIL", 1, 1, 10, 8, D("0.8"), N),
        ),
        territoire=frame(("type", "code", "nom", "fiches", "numeros")),
        totaux=frame(TOTALS, ("Maquette", D(maquette(rank)), N, e, N, N, N, N, N, N)),
        anomalies=tuple(Anomalie("à confirmer", "X", "r.xlsx", fiche="1.1") for _ in range(rank % 3)),
        explications=(),
        a_preciser=(),
        decisions={},
        precedent=False,
    )


def lines(rank: int, annee: int, day: date | None = None) -> dict:
    """The rows of the « Données » sheets of ``pipeline.campaign``, written out:
    whole campaigns would be long to consolidate.
    """
    e, cofi, aide = engage(rank, annee), D(300 * rank), D(20_000 + rank)
    fiches = (
        ("1.1", "Former aux premiers secours", 1, 1),
        ("1.2", "Manger et bouger", 1 + (not lacking(rank, annee)), 2),
        ("1.3", "Animer", 1, 1),
    )
    money = {
        "1.1": {
            "Montant contrat": D(maquette(rank)),
            "Engagé": e,
            "Versé": paid(e),
            "Coût réalisé": D(5000),
            **dict(zip(("Reste à engager", "Reste à verser"), left(rank, annee), strict=True)),
        },
        "1.2": {"ARS hors maquette": D(700), "Cofinancements": cofi},
        "1.3": {"Coût réalisé": D(50_000), "ARS hors maquette": aide, "Poste": "oui"},
    }
    shared = {
        "Fiche": "1.1",
        "Indicateur": "1.1-I",
        "Retours reçus": 1,
        "Retours attendus": 1,
        "Couverture": "complet (1 sur 1)",
    }
    said = [
        (f, "thème", t, themes.shipped_themes()[t])
        for f, theirs in zip(money, THEMES_OF_FICHES, strict=True)
        for t in theirs
    ]
    said.insert(1, ("1.1", "priorité", "p1", "Réduire les inégalités"))
    retours = [
        ("1.1", f"Association {rank}", "reçu"),
        ("1.2", f"Association {rank}", "reçu"),
        ("1.2", f"Ville {rank}", "manquant" if lacking(rank, annee) else "reçu"),
        ("1.3", f"Ville {rank}", "reçu"),
    ]
    rows = {
        described.CONTRAT: [
            {
                "Format": 2,
                "Contrat": f"cls-{rank:02}",
                "Titre": f"Contrat local de santé numéro {rank}",
                "Nom court": f"CLS {rank}",
                "Type": "Contrat local de santé",
                "Territoire": f"Pays {rank:02}",
                "Année": annee,
                "Première année": 2024,
                "Dernière année": 2028,
                "État": "validé" if is_valid(rank, annee) else "provisoire",
                "Validé le": date(annee + 1, 4, 1) if is_valid(rank, annee) else None,
                "Consolidé le": day or date(annee + 1, 3, 1),
                "Retours reçus": 3 + (not lacking(rank, annee)),
                "Retours attendus": 4,
                "Bloquants": 0,
                "À confirmer": rank % 3,
                "Fiches actives": 3,
                "Actions à programmer": 0,
                "Maquette": D(maquette(rank)),
                **dict(zip(("Reste à engager", "Reste à verser"), left(rank, annee), strict=True)),
                "Réserve": None if left(rank, annee)[0] else RESERVE,
            }
        ],
        described.FICHES: [
            {
                "Fiche": f,
                "Titre": titre,
                "Axe": "1",
                "Titre de l’axe": "Soigner",
                "État": STATES[(rank + annee + i) % 4],
                "État commun": STATES[(rank + annee + i) % 4],
                "Réalisation": "Totale",
                "Retours reçus": r,
                "Retours attendus": a,
                "Bloquants": 0,
                "À confirmer": rank % 3 if f == "1.1" else 0,
                "Avenant demandé": "non",
            }
            for i, (f, titre, r, a) in enumerate(fiches)
        ],
        described.THEMES: [dict(zip(("Fiche", "Genre", "Identifiant", "Libellé"), t, strict=True)) for t in said],
        described.FINANCEMENT: [{"Fiche": f, "Axe": "1", "Poste": "non"} | a for f, a in money.items()],
        described.FINANCEURS: [
            {"Financeur": "Agence", "Nature": "Maquette", "Niveau": "maquette", "Engagé": e},
            {"Financeur": "Agence", "Nature": "Hors maquette", "Niveau": "hors_maquette", "Engagé": aide + D(700)},
            {"Financeur": f"Ville {rank}", "Nature": "Cofinancement", "Niveau": "cofinancement", "Engagé": cofi},
        ],
        described.PLANNED_MONEY: [],
        described.LEFT_TO_PAY: [],
        described.RESERVES: [],
        described.POSTS: [
            {
                "Fiche": "1.3",
                "Règle": "50 %, 30 000 € au plus",
                "Financeur": "Agence",
                "Taux": D("0.5"),
                "Plafond annuel": D(30000),
                "ETP minimum": D("0.5"),
                "ETP": D(1),
                "Mois": D(12),
                "ETPT": D(1),
                "Dépense éligible": D(50_000),
                "Dépense réalisée": D(50_000),
                "Aide possible": D("25000.00"),
                "Aide engagée": aide,
                "Aide / dépense": aide / 50_000,
            }
        ],
        described.MESURES: [
            shared
            | {
                "Mesure": "1.1-I01",
                "Libellé": "Secouristes",
                "Unité": unite(rank),
                "Agrégation": "FLUX",
                "Thème": "sante-mentale-secouristes",
                "Libellé du thème": "Premiers secours en santé mentale : secouristes formés",
                "Valeur": first_aiders(rank, annee),
            },
            shared
            | {
                "Mesure": "1.1-I02",
                "Libellé": "Patients",
                "Unité": "personne",
                "Agrégation": "PERSONNES",
                "Thème": "mediation-personnes",
                "Libellé du thème": "Médiation en santé : personnes rencontrées",
                **(
                    {"Valeur": None, "Réserve": "masqué (effectif de 1 à 10)"}
                    if patients(rank) <= 10
                    else {"Valeur": patients(rank)}
                ),
            },
            shared
            | {
                "Mesure": "1.1-I03",
                "Libellé": "Secouristes bis",
                "Unité": "personne",
                "Agrégation": "FLUX",
                "Valeur": 99_999,
            },
        ],
        described.RETOURS: [dict(zip(("Fiche", "Structure", "Statut"), r, strict=True)) for r in retours],
        described.INSTANCES: [
            {
                "Instance": "COPIL",
                "Minimum par an": 1,
                "Réunions tenues": 1,
                "Conviés": 10,
                "Présents": 8,
                "Taux de participation": D("0.8"),
                "Décide": "non",  # this contract says nothing of its bodies
            }
        ],
        described.PLANNED_EVALUATIONS: [],
        described.PLACES: [],
    }
    return {table: [{t: line.get(t) for t in table.titles} for line in its_own] for table, its_own in rows.items()}


def rounded(montant: D) -> D:
    return montant.quantize(D("0.01"), rounding="ROUND_HALF_UP")


def nom(rank: int, annee: int) -> str:
    return f"{annee}/cls-{rank:02}.xlsx"


def write(folder: Path, rank: int, annee: int, day: date | None = None, under: str | None = None) -> Path:
    """The data sheets of an agency's copy, by the real writer."""
    path = folder / (under or nom(rank, annee))
    worksheets = [
        table_sheets.sheet(table_sheets.from_rows(t, its_own), "essai")
        for t, its_own in lines(rank, annee, day).items()
    ]
    writer.write(Workbook(worksheets, "essai"), path)
    return path


def write_in_full(folder: Path, rank: int, annee: int) -> Path:
    """The same from the frames of a campaign: Synthèse and data."""
    path = folder / nom(rank, annee)
    writer.write(ars_copy.workbook(campagne(rank, annee)), path)
    return path
