"""Counts of so few persons that someone may be recognised: what is small, and what speaks of it."""

from __future__ import annotations

from decimal import Decimal


def small(nombre: object, threshold: int) -> bool:
    """Is it a count from 1 to ``threshold``? 0 and blank reveal nobody."""
    return isinstance(nombre, (int, float, Decimal)) and not isinstance(nombre, bool) and 0 < nombre <= threshold


def is_identifying_rate(
    numerateur: int | float | Decimal | None, denominateur: int | float | Decimal | None, threshold: int
) -> bool:
    """Does a rate speak of 1 to ``threshold`` persons, above the line, under it, or by difference?"""
    if small(numerateur, threshold) or small(denominateur, threshold):
        return True
    return (
        numerateur is not None
        and denominateur is not None
        and small(Decimal(denominateur) - Decimal(numerateur), threshold)
    )
