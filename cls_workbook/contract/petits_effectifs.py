"""Counts of so few persons that someone may be recognised: what is small, and what speaks of it."""

from __future__ import annotations

from decimal import Decimal


def petit(nombre: object, seuil: int) -> bool:
    """Is it a count from 1 to ``seuil``? 0 and blank reveal nobody."""
    return isinstance(nombre, (int, float, Decimal)) and not isinstance(nombre, bool) and 0 < nombre <= seuil


def taux_identifiant(numerateur: object, denominateur: object, seuil: int) -> bool:
    """Does a rate speak of 1 to ``seuil`` persons, above the line, under it, or by difference?"""
    if petit(numerateur, seuil) or petit(denominateur, seuil):
        return True
    return numerateur is not None and denominateur is not None and petit(denominateur - numerateur, seuil)
