"""``cls_workbook.consolider(book)`` is what the button « Consolider » calls. Nothing is imported until it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cls_workbook.excel.consolidation import consolider

__all__ = ["consolider"]


def __getattr__(nom: str):
    if nom == "consolider":
        from cls_workbook.excel.consolidation import consolider

        return consolider
    raise AttributeError(f"module {__name__!r} has no attribute {nom!r}")
