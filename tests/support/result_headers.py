"""The headers of the frames that a consolidation comes to, and rows of them written by hand."""

from __future__ import annotations

import pandas as pd

# The public headers (interface of the consolidation workbook), written again here so that a change of one is seen.
HEADERS = {
    "Retours": (
        "Fiche, Structure, Volet, Statut, Fichier, Champs renseignés, Champs attendus, Bloquants, À confirmer, "
        "Empreinte SHA-256"
    ),
    "Anomalies": "Gravité, Fiche, Structure, Champ, Trouvé, À faire, Feuille, Cellule, Attendu, Fichier, Code",
    "Indicateurs": (
        "Fiche, Axe, Indicateur, Mesure, Libellé, Unité, Agrégation, Valeur initiale, Cible, Valeur n-1, Valeur, "
        "Numérateur, Dénominateur, Retours reçus, Retours attendus, Couverture, Réserve"
    ),
    "Financement par fiche": (
        "Fiche, Axe, Montant contrat, Taux contrat, Programmé, Engagé, Versé, Coût réalisé, "
        "Taux constaté, Reste à engager, Reste à verser, ARS hors maquette, Cofinancements, Valorisation"
    ),
    "Financement par financeur": "Financeur, Nature, Prévu, Engagé, Versé",
    "Lignes de financement": (
        "Année, Fiche, Structure, Financeur, Nature, Prévu, Engagé, Versé, Référence, Date, Fichier, Feuille, Cellule"
    ),
    "Mesures": (
        "Année, Fiche, Indicateur, Mesure, Champ, Structure, Volet, Modalité, Valeur, Statut, Fichier, Feuille, Cellule"
    ),
    "Réponses": "Année, Fiche, Structure, Volet, Bloc, Champ, Ligne, Valeur, Fichier, Feuille, Cellule",
    "Normalisations": "Fichier, Feuille, Cellule, Champ, Saisi, Retenu, Règle",
}
TABLES = {
    "Retours": "Retours",
    "Anomalies": "Anomalies",
    "Indicateurs": "Indicateurs",
    "Financement par fiche": "Financement_fiches",
    "Financement par financeur": "Financement_financeurs",
    "Lignes de financement": "Financements",
    "Mesures": "Mesures",
    "Réponses": "Reponses",
    "Normalisations": "Normalisations",
}
TOTALS = (
    "Sous-total",
    "Contrat",
    "Programmé",
    "Engagé",
    "Versé",
    "Écart engagé - programmé",
    "Écart engagé - programmé (%)",
    "Écart versé - engagé",
    "Écart versé - engagé (%)",
    "Réserve",
)
PROGRESS = ("fiche", "axe", "titre", "etat", "realisation", "par_volet", "detail", "recus", "attendus", "couverture")
GOVERNANCE = (
    "Instance",
    "Minimum par an",
    "Réunions tenues",
    "Conviés",
    "Présents",
    "Taux de participation",
    "Réserve",
)
RATES = ("fiche", "attribue", "cout", "retours", "sur")
TERRITORY = ("type", "code", "nom", "fiches", "numeros")
N = None


def frame(columns, *lines) -> pd.DataFrame:
    names = HEADERS[columns].split(", ") if isinstance(columns, str) and columns in HEADERS else list(columns)
    return pd.DataFrame(list(lines), columns=names, dtype=object)


def indicateur(
    mesure: str,
    libelle: str,
    unite: str | None,
    agregation: str,
    valeur: object,
    *,
    initial: object = N,
    before: object = N,
    part: object = N,
    whole: object = N,
    recus: int = 1,
    attendus: int = 2,
    reserve: str | None = N,
) -> tuple:
    """A row of Indicateurs, of a measure « 1.1-I01 » of axe 1. ``part`` of ``whole``: what a rate is made of."""
    fiche = mesure.partition("-")[0]
    told = "aucune valeur" if not recus else "complet" if recus == attendus else "partiel"
    figures = (initial, N, before, valeur, part, whole)
    returns = (recus, attendus, f"{told} ({recus} sur {attendus})")
    return (fiche, "1", f"{fiche}-I", mesure, libelle, unite, agregation, *figures, *returns, reserve)
