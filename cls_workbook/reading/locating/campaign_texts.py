"""Locked cells whose content the contract alone does not tell: last year's figures and states, what was taken up, the campaign's texts.

What such a cell held when the workbook left is kept by its identification sheet (``domain.locked_facts``); a template of before
that says nothing of it, and then only what could not have been printed there is known to be typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cls_workbook.domain.carried_over import is_memory
from cls_workbook.reading.locating.still_printed import are_same, is_identical

NUMBER, TEXT, MEMORY = "nombre", "texte", "mémoire"
Reminders = Mapping[str, object]  # key of a row → what was printed in its free cell


class FreeCell(NamedTuple):
    """``cle``: key of its row. ``printed``: what the contract alone prints there, "" if nothing."""

    cle: str
    nature: str
    printed: str = ""


def printed(free: FreeCell, printed_facts: Reminders | None) -> object:
    """What was printed there, as far as is known."""
    return free.printed if printed_facts is None else printed_facts.get(free.cle, free.printed)


def admitted(value_read: object, free: FreeCell, printed_facts: Reminders | None) -> bool:
    """May this stand in such a cell? What may not was typed by someone."""
    if free.nature == MEMORY:
        return value_read == "" or is_memory(value_read)
    if printed_facts is not None:
        return value_read == (done := printed(free, printed_facts)) or is_identical(value_read, done)
    if free.nature == NUMBER:
        return not isinstance(value_read, str) or value_read == ""
    # the campaign may add what was programmed to the line that recalls the contract's amounts
    return (
        not free.printed
        or are_same(value_read, free.printed)
        or (isinstance(value_read, str) and value_read.startswith(f"{free.printed} · "))
    )
