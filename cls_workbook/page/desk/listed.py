"""An anomaly as the screen lists it."""

from __future__ import annotations

from cls_workbook.anomalies import Anomalie
from cls_workbook.page.desk.asked import Said
from cls_workbook.tables.described_columns import Row

_COLUMNS = {
    "gravite": "Gravité",
    "code": "Code",
    "fichier": "Fichier",
    "feuille": "Feuille",
    "cellules": "Cellule",
    "fiche": "Fiche",
    "structure": "Structure",
    "champ": "Champ",
    "trouve": "Trouvé",
    "attendu": "Attendu",
    "remede": "À faire",
}


def as_data(anomalie: Anomalie) -> Said:
    return {
        "gravite": anomalie.gravite,
        "code": anomalie.code,
        "fichier": anomalie.file,
        "feuille": anomalie.sheet,
        "cellules": ", ".join(anomalie.cells),
        "fiche": anomalie.fiche,
        "structure": anomalie.structure,
        "champ": anomalie.champ,
        "trouve": anomalie.found,
        "attendu": anomalie.expected,
        "remede": anomalie.remedy,
    }


def row_as_data(row: Row) -> Said:
    """The same, from a row of the sheet that a consolidation has of them."""
    return {name: str(row[column] or "") for name, column in _COLUMNS.items()}
