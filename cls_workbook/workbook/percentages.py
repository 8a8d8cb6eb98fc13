"""Numbers that a sheet shows as percentages: « 42 % » typed in a cell is kept as 0.42,
which nobody meant as a count or an amount.
"""

from __future__ import annotations

import math
from decimal import Decimal

from cls_workbook.french import NBSP, number_fr


class Percentage(float):
    """The number as it is kept; what is shown is a hundred times as much."""

    def shown_as(self) -> str:
        """« 42 % », as the sheet shows it."""
        return f"{number_fr(Decimal(f'{self * 100:.15g}'))}{NBSP}%" if math.isfinite(self * 100) else str(float(self))
