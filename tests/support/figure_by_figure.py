"""Figures compared one by one, as a cell keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.independent_typing import plain


class Comparison:
    """``differences``: what is not equal, in words; ``compared``: how many figures were; ``known``: how many of them
    are not blank on both sides; ``masked``: how many figures were known, and did not leave."""

    def __init__(self) -> None:
        self.differences: list[str] = []
        self.compared = self.known = self.masked = 0

    def of(self, where: str, expected: Any, found: Any) -> None:
        self.compared += 1
        self.known += expected is not None
        if not equal(expected, found):
            self.differences.append(f"{where}: {found!r} au lieu de {expected!r}")

    def of_row(self, where: str, expected: Mapping[str, Any], found: Mapping[str, Any] | None) -> None:
        for column, valeur in expected.items():
            self.of(f"{where}, {column}", valeur, (found or {}).get(column))


def equal(expected: Any, found: Any) -> bool:
    """Blank for blank; sums exactly; quotients as a cell keeps them; words whatever their order."""
    if expected is None or found is None:
        return expected is None and found is None
    if isinstance(expected, Fraction):
        return isinstance(found, (int, float)) and abs(found - float(expected)) <= 1e-12 * abs(float(expected))
    if isinstance(expected, (int, Decimal)):
        return isinstance(found, (int, float)) and Decimal(repr(found)) == expected
    if isinstance(expected, set):
        return {plain(word) for word in str(found).split("\u00a0; ")} == expected
    if isinstance(expected, frozenset):  # « structure : text », one a line
        return sorted(line.split("\u00a0: ", 1)[1] for line in str(found).split("\n")) == sorted(expected)
    if isinstance(found, datetime):
        return bool(expected == found.date())
    return bool(expected == found)
