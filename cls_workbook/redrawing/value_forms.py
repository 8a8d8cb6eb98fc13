"""A value of a description, as it is kept by a cell, as it is written in one, as it is read back."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from cls_workbook.redrawing.kept_notes import written
from cls_workbook.workbook.description import Link
from cls_workbook.workbook.excel_limits import EXACT_INTEGER_MAX, without_forbidden

_FIRST_DAY = datetime(1899, 12, 30)  # of the serial numbers, for every date after February 1900
# A text that no Excel takes for something else: it begins with a letter, and holds no figure; not true or false.
_PLAIN = re.compile(r"(?!(?:true|false|vrai|faux)\Z)[^\W\d_][^\d]*", re.IGNORECASE | re.DOTALL)


def kept(valeur: object) -> object:
    """None, text, number, bool or datetime. NaN, as frames say missing, is None."""
    if isinstance(valeur, Link):
        return without_forbidden(valeur.texte)
    if isinstance(valeur, str):
        return without_forbidden(valeur) or None
    if isinstance(valeur, bool) or valeur is None:
        return valeur
    if isinstance(valeur, Decimal):
        return None if valeur.is_nan() else float(valeur)
    if isinstance(valeur, int):
        return int(valeur) if abs(valeur) < EXACT_INTEGER_MAX else str(valeur)
    if isinstance(valeur, float):
        return None if valeur != valeur else float(valeur)
    if isinstance(valeur, date) and not isinstance(valeur, datetime):
        return datetime(valeur.year, valeur.month, valeur.day)
    return valeur


def as_written(valeur: object) -> object:
    """What ``kept`` gives, or what was read of a cell, as a step holds it: a date is its serial number."""
    if isinstance(valeur, datetime):
        days = valeur.replace(tzinfo=None) - _FIRST_DAY
        return days.days + days.seconds / 86_400 if days.seconds else days.days
    return None if valeur == "" else valeur


def as_read(valeur: object) -> str:
    """What ``kept`` gives and what is read of its cell are alike, whatever the engine."""
    return written(float(valeur) if isinstance(valeur, Decimal) else valeur)


def is_plain_text(texte: str) -> bool:
    """Would it stay a text in a cell that is not formatted as one? False in case of doubt."""
    return bool(_PLAIN.fullmatch(texte))
