"""What rarely changes from one year to the next, and is filled in beforehand: which inputs, and how they are known
again.

A value taken up stays an input: it shows until it is changed (a hidden column remembers it), and alone it is no answer
(the identification sheet keeps a fingerprint of each).
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from cls_workbook.domain.entry_questions import question

SEPARATOR = "|"  # between the values that a row remembers
FINGERPRINT_SEPARATOR = " "
_ORIGIN = date(1899, 12, 30)


def is_taken_up(bloc: str, champ: str) -> bool:
    asked = question(bloc, champ)
    return asked is not None and asked.carried_over


def is_memory(valeur: object) -> bool:
    """Is this what a row remembers, and nothing that a person typed there?"""
    return isinstance(valeur, str) and len(valeur) > 1 and valeur[0] == valeur[-1] == SEPARATOR


def as_cell(valeur: object) -> object:
    """The value as a cell holds it: a date is its serial number."""
    if isinstance(valeur, datetime):
        valeur = valeur.date()
    if isinstance(valeur, date):
        return (valeur - _ORIGIN).days
    if isinstance(valeur, float) and valeur.is_integer():
        return int(valeur)
    return " ".join(valeur.split()) if isinstance(valeur, str) else valeur


def digest(cle: str, valeur: object) -> str:
    """What tells that an input still holds what was taken up."""
    return hashlib.sha256(f"{cle}={as_cell(valeur)}".encode()).hexdigest()[:8]
