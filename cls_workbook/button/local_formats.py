"""Number formats as this Excel says them: driven from outside, a French one may read and say « jj/mm/aaaa ».

The hidden sheet of settings holds one cell for each format that the tool uses: what Excel answers of it is what it
wants to be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from cls_workbook.office.coordinator import workstation
from cls_workbook.redrawing.standing_sheet import StandingSheet
from cls_workbook.workbook.description import address

if TYPE_CHECKING:
    import xlwings


def local_codes(book: xlwings.Book, contents: Mapping[str, StandingSheet]) -> dict[str, str]:
    """Format code of a file → code for this Excel, for those that differ; none where Excel says them as files do, or
    does not say them."""
    content = contents.get(workstation.SHEET)
    if content is None:
        return {}
    specimens = {
        str(content.valeur(line, workstation.SPECIMENS + 1)): address(line, workstation.SPECIMENS)
        for line in range(1, len(content.lines) + 1)
        if content.valeur(line, workstation.SPECIMENS + 1)
    }
    codes = {}
    with suppress(NotImplementedError):  # an engine that speaks as files do
        page = book.sheets[content.nom]
        for code, cell in specimens.items():
            told = page.range(cell).number_format
            if told == code and "yy" in code:
                return {}  # a year is a letter that French does not share: all the others are as in files
            if told:
                codes[code] = told
    return codes
