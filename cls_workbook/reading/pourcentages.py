"""Numbers that a sheet shows as percentages: « 42 % » typed in a cell is kept as 0.42, which nobody meant as a count or an amount."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import lru_cache
from xml.parsers import expat

from cls_workbook.francais import NBSP, nombre_fr

_LITTERAUX = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')  # what a format prints as it stands
_PREDEFINIS = ("9", "10")  # 0% and 0.00%


class Pourcentage(float):
    """The number as it is kept; what is shown is a hundred times as much."""

    def montre(self) -> str:
        """« 42 % », as the sheet shows it."""
        return f"{nombre_fr(Decimal(f'{self * 100:.15g}'))}{NBSP}%" if math.isfinite(self * 100) else str(float(self))


@lru_cache(maxsize=16)
def formats_de_pourcentage(styles: bytes) -> frozenset[bytes]:
    """Indices of formats, as a cell of an .xlsx writes them in its attribute ``s``. ``styles``: the part ``xl/styles.xml``."""
    codes: dict[str, str] = {}
    cellules: list[str] = []
    dans = False

    def debut(nom: str, attributs: dict[str, str]) -> None:
        nonlocal dans
        match nom.rpartition("}")[2]:
            case "numFmt":
                codes[attributs.get("numFmtId", "")] = attributs.get("formatCode", "")
            case "cellXfs":
                dans = True
            case "xf" if dans:
                cellules.append(attributs.get("numFmtId", ""))

    def fin(nom: str) -> None:
        nonlocal dans
        dans = dans and nom.rpartition("}")[2] != "cellXfs"

    lecteur = expat.ParserCreate(namespace_separator="}")
    lecteur.StartElementHandler, lecteur.EndElementHandler = debut, fin
    try:
        lecteur.Parse(styles, True)
    except (expat.ExpatError, ValueError):
        return frozenset()  # whoever reads the sheets will say that the file is damaged
    montres = {numero for numero, code in codes.items() if "%" in _LITTERAUX.sub("", code)} | {n for n in _PREDEFINIS if n not in codes}
    return frozenset(b"%d" % rang for rang, numero in enumerate(cellules) if numero in montres)
