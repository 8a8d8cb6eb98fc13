"""How a figure of a measure is shown in the tables of the Synthèse."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cls_workbook.domain.model import Mesure
from cls_workbook.summaries.aggregation import AS_RATE


def value_style(mesure: Mesure, valeur: Any, strong: bool = False) -> str:
    """The style of a figure of this measure in a table of the Synthèse."""
    role = "dense_fort" if strong else "dense"
    if not is_number(valeur):
        return f"{role}:petit_centre"
    if mesure.agregation in AS_RATE:
        return f"{role}:taux_cale"
    return f"{role}:entier_cale" if valeur == int(valeur) and mesure.agregation != "MOYENNE" else f"{role}:decimal_cale"


def is_number(valeur: object) -> bool:
    return isinstance(valeur, (int, float, Decimal)) and not isinstance(valeur, bool)
