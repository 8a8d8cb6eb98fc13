"""A workbook without what no reader looks at (validations, colours, frames),
which costs spreadsheets most of their time.
"""

from __future__ import annotations

from unittest import mock

from cls_workbook.workbook import look, writer
from cls_workbook.workbook.description import Workbook


def lighten(workbook: Workbook) -> bytes:
    """The bytes of the workbook, which is changed."""
    for sheet in workbook.worksheets:
        sheet.validations, sheet.conditional_formats = [], []
        sheet.cells = [c for c in sheet.cells if c.valeur is not None or c.style.startswith("saisie")]
    with mock.patch.object(look, "style", _without_trimmings):
        return writer.to_bytes(workbook)


def _without_trimmings(nom: str, style=look.style) -> dict:
    """Of a style, what says how a value is read, and whether it may be typed."""
    return {stroke: valeur for stroke, valeur in style(nom).items() if stroke in ("num_format", "locked")}
