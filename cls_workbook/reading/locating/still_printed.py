"""Does a cell still hold what was printed there?"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from cls_workbook.french import fold
from cls_workbook.reading.parsing.parse_values import Understood, understand


def are_same(value_read: object, printed: str) -> bool:
    """Is this cell the printed text, but for case, accents, spaces and line ends?"""
    return value_read == printed or (
        isinstance(value_read, str) and bool(value_read) and fold(value_read) == fold(printed)
    )


def is_identical(value_read: object, done: object) -> bool:
    """Is a locked cell what it was? Numbers are compared as numbers, texts but for case and spaces."""
    if isinstance(done, str):
        return are_same(value_read, done)
    if isinstance(done, (int, float, Decimal)):
        understood = understand(
            float(value_read) if isinstance(value_read, float) else value_read, "decimal"
        )  # whatever its format
        return isinstance(understood, Understood) and abs(understood.valeur - Decimal(str(done))) <= Decimal(
            "1e-9"
        ) * max(1, abs(Decimal(str(done))))
    if isinstance(done, date):
        return (value_read.date() if isinstance(value_read, datetime) else value_read) == done
    return value_read == done
