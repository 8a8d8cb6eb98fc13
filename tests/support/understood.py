"""How a typed value is understood, as tests ask it."""

from __future__ import annotations

from cls_workbook.reading.cells.accepted_input import NotUnderstood
from cls_workbook.reading.cells.parse_values import understand

NBSP, THIN_SPACE, HAIR_SPACE = "\u00a0", "\u202f", "\u2009"
NUMBERS = ("entier", "decimal", "montant", "taux")


def code(raw, type_, **awaited):
    """Code of the refusal, or the value where it was understood."""
    value_read = understand(raw, type_, **awaited)
    return value_read.check.code if isinstance(value_read, NotUnderstood) else value_read.valeur
