"""Numbers that a sheet shows as percentages: « 42 % » typed in a cell is kept as 0.42,
which nobody meant as a count or an amount.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from xml.parsers import expat

from cls_workbook.french import NBSP, number_fr

_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')  # what a format prints as it stands
_PREDEFINED = ("9", "10")  # 0% and 0.00%


class Percentage(float):
    """The number as it is kept; what is shown is a hundred times as much."""

    def shown_as(self) -> str:
        """« 42 % », as the sheet shows it."""
        return f"{number_fr(Decimal(f'{self * 100:.15g}'))}{NBSP}%" if math.isfinite(self * 100) else str(float(self))


def percentage_formats(styles: bytes) -> frozenset[bytes]:
    """Indices of formats, as a cell of an .xlsx writes them in its attribute ``s``.

    ``styles``: the part ``xl/styles.xml``.
    """
    codes: dict[str, str] = {}
    cells: list[str] = []
    inside = False

    def start(nom: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        match nom.rpartition("}")[2]:
            case "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case "cellXfs":
                inside = True
            case "xf" if inside:
                cells.append(attributes.get("numFmtId", ""))

    def end(nom: str) -> None:
        nonlocal inside
        inside = inside and nom.rpartition("}")[2] != "cellXfs"

    reader = expat.ParserCreate(namespace_separator="}")
    reader.StartElementHandler, reader.EndElementHandler = start, end
    try:
        reader.Parse(styles, True)
    except (expat.ExpatError, ValueError):
        return frozenset()  # whoever reads the sheets will say that the file is damaged
    shown = {numero for numero, code in codes.items() if "%" in _LITERALS.sub("", code)} | {
        n for n in _PREDEFINED if n not in codes
    }
    return frozenset(b"%d" % rank for rank, numero in enumerate(cells) if numero in shown)
