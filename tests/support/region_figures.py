"""What each contract of a synthetic region says, year after year, worked out from its rank by plain arithmetic."""

from __future__ import annotations

from decimal import Decimal as D
from functools import cache

from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat

YEARS = (2024, 2025, 2026, 2027, 2028)
FICHES = ("1.1", "1.2", "1.3")
STATES = ("En cours", "Réalisée", "Reportée", "En préparation")

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


def etat(rank: int, annee: int, fiche: str) -> str:
    return STATES[(rank + annee + FICHES.index(fiche)) % 4]


def hors_maquette(rank: int) -> D:
    """EUR that the agency gives for the post, every year."""
    return D(20_000 + rank)


def cofinancement(rank: int) -> D:
    return D(300 * rank)


def is_valid(rank: int, annee: int) -> bool:
    return annee < 2027 or rank % 2 == 0


@cache
def definition(rank: int) -> Contrat:
    return toml_reader.parse(DEFINITION.format(rank=rank, maquette=maquette(rank), unite=unite(rank)), f"cls-{rank:02}")


def rounded(montant: D) -> D:
    return montant.quantize(D("0.01"), rounding="ROUND_HALF_UP")


def nom(rank: int, annee: int) -> str:
    return f"{annee}/cls-{rank:02}.xlsx"
