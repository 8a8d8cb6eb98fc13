"""A region of synthetic contracts, written by the real writer from frames worked out here; and its totals,
by plain arithmetic.

Nothing of ``cls_workbook.reports.region`` is used: what a region must come to is added up in these few lines.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.domain import themes
from cls_workbook.reports import table_sheets
from cls_workbook.reports.agency import agency_tables as described
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Workbook
from tests.support.region_figures import (
    FICHES,
    cofinancement,
    definition,
    engage,
    etat,
    first_aiders,
    hors_maquette,
    is_valid,
    lacking,
    left,
    maquette,
    nom,
    paid,
    patients,
    unite,
)
from tests.support.result_headers import GOVERNANCE, PROGRESS, RATES, TERRITORY, TOTALS, N, frame, indicateur
from tests.support.written_result import result

RESERVE = "reste à engager\u00a0: aucun engagement connu sur une fiche dotée"
THEMES_OF_FICHES = (("sante-mentale",), ("nutrition", "enfance-jeunesse"), ("animation",))
SHARED = {
    "Fiche": "1.1",
    "Indicateur": "1.1-I",
    "Retours reçus": 1,
    "Retours attendus": 1,
    "Couverture": "complet (1 sur 1)",
}
POST = {
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
}
COPIL = {
    "Instance": "COPIL",
    "Minimum par an": 1,
    "Réunions tenues": 1,
    "Conviés": 10,
    "Présents": 8,
    "Taux de participation": D("0.8"),
    "Décide": "non",  # this contract says nothing of its bodies
}
FIRST_AIDERS = {
    "Mesure": "1.1-I01",
    "Libellé": "Secouristes",
    "Agrégation": "FLUX",
    "Thème": "sante-mentale-secouristes",
    "Libellé du thème": "Premiers secours en santé mentale : secouristes formés",
}
PATIENTS = {
    "Mesure": "1.1-I02",
    "Libellé": "Patients",
    "Unité": "personne",
    "Agrégation": "PERSONNES",
    "Thème": "mediation-personnes",
    "Libellé du thème": "Médiation en santé : personnes rencontrées",
}
WITHOUT_THEME = {
    "Mesure": "1.1-I03",
    "Libellé": "Secouristes bis",
    "Unité": "personne",
    "Agrégation": "FLUX",
    "Valeur": 99_999,
}


# --- A whole campaign -------------------------------------------------------------------------------------------------


def campagne(rank: int, annee: int, day: date | None = None) -> Result:
    """One contract, one year."""
    e = engage(rank, annee)
    return result(
        contrat=definition(rank),
        annee=annee,
        day=day or date(annee + 1, 3, 1),
        validated_on=date(annee + 1, 4, 1) if is_valid(rank, annee) else None,
        retours=_retours(rank, annee),
        indicateurs=_indicateurs(rank, annee),
        mesures=frame("Mesures"),
        reponses=_reponses(rank, annee),
        taux=frame(RATES),
        par_fiche=_par_fiche(rank, annee),
        par_financeur=frame(
            "Financement par financeur",
            ("Agence", "Maquette", N, e, N),
            ("Agence", "Hors maquette", N, hors_maquette(rank) + D(700), N),
            (f"Ville {rank}", "Cofinancement", N, cofinancement(rank), N),
        ),
        financements=frame("Lignes de financement"),
        normalisations=frame("Normalisations"),
        avancement=frame(
            PROGRESS, *((f, "1", f, etat(rank, annee, f), "Totale", N, N, 1, 1, "complet (1 sur 1)") for f in FICHES)
        ),
        gouvernance=frame(GOVERNANCE, ("COPIL", 1, 1, 10, 8, D("0.8"), N)),
        territoire=frame(TERRITORY),
        totaux=frame(TOTALS, ("Maquette", D(maquette(rank)), N, e, N, N, N, N, N, N)),
        anomalies=tuple(Anomalie("à confirmer", "X", "r.xlsx", fiche="1.1") for _ in range(rank % 3)),
        explications=(),
        a_preciser=(),
        decisions={},
        precedent=False,
    )


def _retours(rank: int, annee: int) -> pd.DataFrame:
    received = ("reçu", "r.xlsx", 5, 5, 0, 0, "ab" * 32)
    town = ("manquant", N, N, N, N, N, N) if lacking(rank, annee) else received
    return frame(
        "Retours",
        ("1.1", f"Association {rank}", N, *received),
        ("1.2", f"Association {rank}", N, *received),
        ("1.2", f"Ville {rank}", N, *town),
        ("1.3", f"Ville {rank}", N, *received),
    )


def _indicateurs(rank: int, annee: int) -> pd.DataFrame:
    return frame(
        "Indicateurs",
        indicateur("1.1-I01", "Secouristes", unite(rank), "FLUX", first_aiders(rank, annee), attendus=1),
        indicateur("1.1-I02", "Patients", "personne", "PERSONNES", patients(rank), attendus=1),
        indicateur("1.1-I03", "Secouristes bis", "personne", "FLUX", 99_999, attendus=1),
    )


def _reponses(rank: int, annee: int) -> pd.DataFrame:
    post = (("depense_eligible", 50_000, "C74"), ("quotite", 1, "C75"), ("mois", 12, "C76"))
    town = (annee, "1.3", f"Ville {rank}", N, "poste")
    return frame("Réponses", *((*town, champ, N, D(valeur), "r.xlsx", "FA 1.3", c) for champ, valeur, c in post))


def _par_fiche(rank: int, annee: int) -> pd.DataFrame:
    e, wanted = engage(rank, annee), D(maquette(rank))
    return frame(
        "Financement par fiche",
        ("1.1", "1", wanted, N, N, e, paid(e), D(5000), N, *left(rank, annee), N, N, N),
        ("1.2", "1", N, N, N, N, N, N, N, N, N, D(700), cofinancement(rank), N),
        ("1.3", "1", N, N, N, N, N, D(50_000), N, N, N, hors_maquette(rank), N, N),
    )


# --- The « Données » sheets of its copy, written out: whole campaigns would be long to consolidate --------------------


def lines(rank: int, annee: int, day: date | None = None) -> dict:
    """The rows of the « Données » sheets."""
    aide = hors_maquette(rank)
    rows = {
        described.CONTRAT: [_contrat(rank, annee, day)],
        described.FICHES: _fiches(rank, annee),
        described.THEMES: _themes(),
        described.FINANCEMENT: [
            {"Fiche": f, "Axe": "1", "Poste": "non"} | amounts for f, amounts in _money(rank, annee).items()
        ],
        described.FINANCEURS: _financeurs(rank, annee),
        described.PLANNED_MONEY: [],
        described.LEFT_TO_PAY: [],
        described.RESERVES: [],
        described.POSTS: [POST | {"Aide engagée": aide, "Aide / dépense": aide / 50_000}],
        described.MESURES: _mesures(rank, annee),
        described.RETOURS: [
            {"Fiche": "1.1", "Structure": f"Association {rank}", "Statut": "reçu"},
            {"Fiche": "1.2", "Structure": f"Association {rank}", "Statut": "reçu"},
            {"Fiche": "1.2", "Structure": f"Ville {rank}", "Statut": "manquant" if lacking(rank, annee) else "reçu"},
            {"Fiche": "1.3", "Structure": f"Ville {rank}", "Statut": "reçu"},
        ],
        described.INSTANCES: [COPIL],
        described.PLANNED_EVALUATIONS: [],
        described.PLACES: [],
    }
    return {table: [{t: line.get(t) for t in table.titles} for line in its_own] for table, its_own in rows.items()}


def _left(rank: int, annee: int) -> dict:
    return dict(zip(("Reste à engager", "Reste à verser"), left(rank, annee), strict=True))


def _contrat(rank: int, annee: int, day: date | None) -> dict:
    return {
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
        **_left(rank, annee),
        "Réserve": None if left(rank, annee)[0] else RESERVE,
    }


def _fiches(rank: int, annee: int) -> list[dict]:
    told = (
        ("1.1", "Former aux premiers secours", 1, 1),
        ("1.2", "Manger et bouger", 1 + (not lacking(rank, annee)), 2),
        ("1.3", "Animer", 1, 1),
    )
    return [
        {
            "Fiche": f,
            "Titre": titre,
            "Axe": "1",
            "Titre de l’axe": "Soigner",
            "État": etat(rank, annee, f),
            "État commun": etat(rank, annee, f),
            "Réalisation": "Totale",
            "Retours reçus": recus,
            "Retours attendus": attendus,
            "Bloquants": 0,
            "À confirmer": rank % 3 if f == "1.1" else 0,
            "Avenant demandé": "non",
        }
        for f, titre, recus, attendus in told
    ]


def _themes() -> list[dict]:
    said = [
        (f, "thème", t, themes.shipped_themes()[t])
        for f, theirs in zip(FICHES, THEMES_OF_FICHES, strict=True)
        for t in theirs
    ]
    said.insert(1, ("1.1", "priorité", "p1", "Réduire les inégalités"))
    return [dict(zip(("Fiche", "Genre", "Identifiant", "Libellé"), t, strict=True)) for t in said]


def _money(rank: int, annee: int) -> dict[str, dict]:
    """What differs from fiche to fiche."""
    e = engage(rank, annee)
    wanted = {"Montant contrat": D(maquette(rank)), "Engagé": e, "Versé": paid(e), "Coût réalisé": D(5000)}
    return {
        "1.1": wanted | _left(rank, annee),
        "1.2": {"ARS hors maquette": D(700), "Cofinancements": cofinancement(rank)},
        "1.3": {"Coût réalisé": D(50_000), "ARS hors maquette": hors_maquette(rank), "Poste": "oui"},
    }


def _financeurs(rank: int, annee: int) -> list[dict]:
    engaged = (
        ("Agence", "Maquette", "maquette", engage(rank, annee)),
        ("Agence", "Hors maquette", "hors_maquette", hors_maquette(rank) + D(700)),
        (f"Ville {rank}", "Cofinancement", "cofinancement", cofinancement(rank)),
    )
    return [dict(zip(("Financeur", "Nature", "Niveau", "Engagé"), line, strict=True)) for line in engaged]


def _mesures(rank: int, annee: int) -> list[dict]:
    few = patients(rank) <= 10
    people = {"Valeur": None, "Réserve": "masqué (effectif de 1 à 10)"} if few else {"Valeur": patients(rank)}
    return [
        SHARED | FIRST_AIDERS | {"Unité": unite(rank), "Valeur": first_aiders(rank, annee)},
        SHARED | PATIENTS | people,
        SHARED | WITHOUT_THEME,
    ]


# --- Files ------------------------------------------------------------------------------------------------------------


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
