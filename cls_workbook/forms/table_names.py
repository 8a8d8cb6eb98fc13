"""The names of the tables and forms of a sheet: what the Name Box lists, F5 leads to, a screen reader says.

A name is the title that stands above, in the characters that names are made of. It belongs to its sheet, so that the
list of the Name Box is that of the sheet in view. From the headers to the row that closes the table: a spreadsheet
stretches it when rows are inserted within. Nothing is read by names: a return may have lost them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import count

from cls_workbook.forms.columns import STATE
from cls_workbook.forms.layout import FormPage
from cls_workbook.workbook.description import CellRange
from cls_workbook.workbook.excel_limits import check_name

_WORD = re.compile("[0-9A-Za-zÀ-ÖØ-öø-ÿŒœŸ]+")
_LENGTH = 60  # what a list of names shows


def name_tables(page: FormPage) -> None:
    """Names what was titled on a sheet that is drawn: each down to the row before what follows it."""
    starts = sorted({*page.groups, *page.titled, page.line})
    for first, (titre, last_column) in page.titled.items():
        following = next(line for line in starts if line > first)
        name_range(page, titre, CellRange(first, STATE, following - 1, last_column))


def name_range(page: FormPage, titre: str, cell_range: CellRange) -> None:
    """Names a range of the sheet by its title."""
    page.sheet.names[_free(_name(titre), {nom.casefold() for nom in page.sheet.names})] = cell_range


def _name(titre: str) -> str:
    """« Dépenses réalisées » → ``Dépenses_réalisées``: whole words, as many as are read at a glance."""
    words = _WORD.findall(unicodedata.normalize("NFC", titre))
    length = next((n for n in range(len(words), 0, -1) if len("_".join(words[:n])) <= _LENGTH), 0)
    nom = "_".join(words[:length]) or "".join(words)[:_LENGTH]
    try:
        check_name(nom)
    except ValueError:  # nothing, a number, or what reads as an address
        return f"Tableau_{nom}".rstrip("_")
    return nom


def _free(nom: str, taken: Container[str]) -> str:
    return next(n for r in count(1) if (n := f"{nom}_{r}" if r > 1 else nom).casefold() not in taken)
