"""Does a cell still hold what was printed there?

Of some locked cells the contract alone does not tell the content: last year's figures and states, what was taken up,
the campaign's texts. What such a cell held when the workbook left is kept by its identification sheet
(``domain.locked_facts``); a template of before that says nothing of it, and then only what could not have been printed
there is known to be typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from cls_workbook.domain.carried_over import is_memory
from cls_workbook.french import FOR_NUMBER, fold
from cls_workbook.reading.cells.accepted_input import Understood
from cls_workbook.reading.cells.parse_values import understand

NUMBER, TEXT, MEMORY = "nombre", "texte", "mémoire"
_NUMBER = re.compile("([0-9]{1,3}(?: ?[0-9]{3}){0,4}(?:[.,][0-9]{1,9})?) ?(%?)")
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


def are_same(value_read: object, printed: str) -> bool:
    """Is this cell the printed text, but for case, accents, spaces and line ends; or the number that it is?"""
    if value_read.__class__ is str:
        return value_read == printed or (bool(value_read) and fold(str(value_read)) == fold(printed))
    return isinstance(value_read, (int, float)) and value_read == as_number(printed)


@lru_cache(maxsize=5_000)
def as_number(printed: str) -> float | None:
    """The number that a spreadsheet may make of a printed text: « 1 », « 1.10 », « 1 200 € », « 50 % ». None: it makes
    none."""
    found = _NUMBER.fullmatch(printed.translate(FOR_NUMBER))
    if found is None:
        return None
    nombre = float(found.group(1).replace(" ", "").replace(",", "."))
    return nombre / 100 if found.group(2) == "%" else nombre


def is_identical(value_read: object, done: object) -> bool:
    """Is a locked cell what it was? Numbers are compared as numbers, texts but for case and spaces."""
    if isinstance(done, str):
        return are_same(value_read, done)
    if isinstance(done, (int, float, Decimal)):
        bare = float(value_read) if isinstance(value_read, float) else value_read  # whatever its format
        understood, exact = understand(bare, "decimal"), Decimal(str(done))
        if not isinstance(understood, Understood):
            return False
        return bool(abs(understood.valeur - exact) <= Decimal("1e-9") * max(Decimal(1), abs(exact)))
    if isinstance(done, date):
        return (value_read.date() if isinstance(value_read, datetime) else value_read) == done
    return value_read == done
