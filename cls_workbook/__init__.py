"""``cls_workbook.consolider(book)`` is what the button « Consolider » calls.

Nothing is imported until it is asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from cls_workbook.button.click_consolider import consolider

__all__ = ["consolider"]


def __getattr__(nom: str) -> object:
    if nom == "consolider":
        from cls_workbook.button.click_consolider import consolider

        return consolider
    raise AttributeError(f"module {__name__!r} has no attribute {nom!r}")
