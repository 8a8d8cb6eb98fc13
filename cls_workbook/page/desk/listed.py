"""An anomaly as the screen lists it."""

from __future__ import annotations

from cls_workbook.anomalies import Anomalie
from cls_workbook.page.desk.asked import Said


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
