"""What stands in a cell, as a French sheet shows it: in messages, cut if it is long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from cls_workbook.french import date_fr, number_fr
from cls_workbook.workbook.percentages import Percentage

QUOTED_MAX, QUOTED_LENGTH = 6, 80


def as_text(valeur: object) -> str:
    """A raw value as a French sheet shows it, cut if it is long."""
    if isinstance(valeur, bool):
        return "VRAI" if valeur else "FAUX"
    if isinstance(valeur, Percentage):
        return valeur.shown_as()
    if isinstance(valeur, Decimal) or (isinstance(valeur, (int, float)) and abs(valeur) < 1e15):
        return number_fr(valeur if isinstance(valeur, Decimal) else Decimal(f"{valeur:.15g}"))
    if isinstance(valeur, date):
        return date_fr(valeur) + (
            f" {valeur:%H:%M}"
            if isinstance(valeur, datetime) and valeur.time().replace(microsecond=0).isoformat() != "00:00:00"
            else ""
        )
    texte = str(valeur)
    return texte if len(texte) <= QUOTED_LENGTH else texte[: QUOTED_LENGTH - 1] + "…"


def quoted(values: Iterable[object]) -> str:
    """« a », « b » … at most a few of them."""
    all_of_them = [as_text(v) for v in values]
    remaining = len(all_of_them) - QUOTED_MAX
    return ", ".join(f"« {t} »" for t in all_of_them[:QUOTED_MAX]) + (
        f" et {remaining} autre{'s' if remaining > 1 else ''}" if remaining > 0 else ""
    )
