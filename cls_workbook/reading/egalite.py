"""Does a cell still hold what was printed there?"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from cls_workbook.francais import plier
from cls_workbook.reading.saisie import Comprise, comprendre


def memes(lu: object, imprime: str) -> bool:
    """Is this cell the printed text, but for case, accents, spaces and line ends?"""
    return lu == imprime or (isinstance(lu, str) and bool(lu) and plier(lu) == plier(imprime))


def identique(lu: object, fait: object) -> bool:
    """Is a locked cell what it was? Numbers are compared as numbers, texts but for case and spaces."""
    if isinstance(fait, str):
        return memes(lu, fait)
    if isinstance(fait, (int, float, Decimal)):
        compris = comprendre(float(lu) if isinstance(lu, float) else lu, "decimal")  # whatever its format
        return isinstance(compris, Comprise) and abs(compris.valeur - Decimal(str(fait))) <= Decimal("1e-9") * max(1, abs(Decimal(str(fait))))
    if isinstance(fait, date):
        return (lu.date() if isinstance(lu, datetime) else lu) == fait
    return lu == fait
