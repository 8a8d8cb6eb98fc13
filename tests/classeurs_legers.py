"""A workbook without what no reader looks at (validations, colours, frames), which costs spreadsheets most of their time."""

from __future__ import annotations

from unittest import mock

from cls_workbook.xlsx import look, writer
from cls_workbook.xlsx.sheets import Classeur


def alleger(classeur: Classeur) -> bytes:
    """The bytes of the workbook, which is changed."""
    for feuille in classeur.feuilles:
        feuille.validations, feuille.mises_en_forme = [], []
        feuille.cellules = [c for c in feuille.cellules if c.valeur is not None or c.style.startswith("saisie")]
    with mock.patch.object(look, "style", _sans_apparat):
        return writer.to_bytes(classeur)


def _sans_apparat(nom: str, style=look.style) -> dict:
    """Of a style, what says how a value is read, and whether it may be typed."""
    return {trait: valeur for trait, valeur in style(nom).items() if trait in ("num_format", "locked")}
