"""Formulas that came back: are they those that were sent, however a spreadsheet rewrites them; and what they do, in
words.

Excel, LibreOffice and openpyxl write the same formula with other spaces, case, quotes, separators; a renamed sheet
changes its name in all of them, an inserted row its addresses; a sheet copied to a new workbook still looks at the
former one. None of that is a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from cls_workbook.reading.opening.special_cells import SpecialCell

REMEMBERED_MAX = 1_000  # characters of a formula whose signature is remembered
# Names are shorter than their bounds, which keep a long formula from being looked through again from each character.
_TOKEN = re.compile(
    r"""(?P<texte>"(?:[^"]|"")*")
    |(?P<feuille>(?:'(?:[^']|''){0,100}'|(?:\[[^\[\]]{0,255}\])?[\w.\u00c0-\u024f]{1,255})!)
    |(?P<adresse>\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}(?![\w(])|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?![\w(]))
    |(?P<nombre>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)
    |(?P<mot>[A-Za-z_][\w.]*)
    |(?P<autre>\S)""",
    re.VERBOSE,
)
_ODF = re.compile(r"""("(?:[^"]|"")*")|\[([^\[\]]*)\]|(;)""")
_ODF_SHEET = re.compile(r"(?:'((?:[^']|''){0,100})'#)?\$?('(?:[^']|''){0,100}'|[^.:\[\]'#]{0,255})\.(?=\$?[A-Za-z])")
_COLUMNS = re.compile(r"(\$?[A-Z]{1,3})\$?1:(\$?[A-Z]{1,3})\$?1048576")  # whole columns, as some programs write them
_BY_WRITER = re.compile(
    r"^(?:_XLFN\.|_XLWS\.|COM\.MICROSOFT\.|ORG\.(?:GNUMERIC|OPENOFFICE|LIBREOFFICE)\.)+"
)  # before a function
_TRUTH = re.compile(r"\b(TRUE|FALSE) \( \)")  # what LibreOffice saves in an .ods
_SUM_FORMULA = re.compile(r"\bSUM\((\$?[A-Z]+\$?\d+):(\$?[A-Z]+\$?\d+)\)")
_COUNT_FORMULA = re.compile(r"\bCOUNTA\((\$?[A-Z]+\$?\d+):(\$?[A-Z]+\$?\d+)\)")
_QUOTIENT = re.compile(r"(?<![\w$])(\$?[A-Z]+\$?\d+)/(\$?[A-Z]+\$?\d+)")


class ChangedFormula(NamedTuple):
    """A formula in place of another: row and column from 0."""

    line: int
    column: int
    before: str
    after: str


def changed(
    special_cells: Mapping[tuple[int, int], SpecialCell], all_expected: Mapping[tuple[int, int], str], in_place: bool
) -> Iterator[ChangedFormula]:
    """The formulas of a sheet that are not those ``all_expected`` at the same place.

    ``in_place`` False: rows have moved, so that addresses say nothing; what a formula does with them still does.
    A formula that lost what it spoke of (#REF!) is the trace of a deletion, told elsewhere; one that follows another
    (« shared ») has no text of its own.
    """
    for place, before in all_expected.items():
        special = special_cells.get(place)
        if special is None or not special.formula or special.formula == before or "#REF!" in special.formula:
            continue
        if signature(special.formula, in_place) != signature(before, in_place):
            yield ChangedFormula(*place, before, readable_text(special.formula))


def signature(formula: str, addresses: bool = True) -> tuple[str, ...]:
    """What stays of a formula whatever program wrote it. ``addresses`` False: addresses are all alike."""
    return (
        _signature(formula, addresses) if len(formula) <= REMEMBERED_MAX else _signature.__wrapped__(formula, addresses)
    )


@lru_cache(maxsize=20_000)  # the same formulas come back in every return
def _signature(formula: str, addresses: bool) -> tuple[str, ...]:
    pieces, elsewhere = [], False
    for m in _TOKEN.finditer(_COLUMNS.sub(r"\1:\2", readable_text(formula))):
        nature, texte = m.lastgroup, m.group()
        if nature == "texte":
            pieces.append(" ".join(texte.split()))
        elif nature == "adresse":
            # On another sheet, rows may have been inserted that this one knows nothing of.
            pieces.append(texte.upper().replace("$", "") if addresses and not elsewhere else "#")
        elif nature == "nombre":
            pieces.append(f"{float(texte):g}")
        elif nature == "mot":
            pieces.append(_BY_WRITER.sub("", texte.upper()))
        elif nature == "autre":
            pieces.append("," if texte == ";" else texte)
        elsewhere = nature == "feuille" or (elsewhere and (nature == "adresse" or texte == ":"))
    return _alike(pieces)


def _alike(pieces: list[str]) -> tuple[str, ...]:
    """« #:# » as « # »: a range of one row is written as one cell by some; « FALSE() » as « FALSE »."""
    return tuple(_TRUTH.sub(r"\1", " ".join(pieces).replace("# : #", "#")).split(" "))


def readable_text(formula: str) -> str:
    """As Excel shows it in English, without the equals sign: an ODF formula is put in that form."""
    texte = formula.strip()
    odf = texte.startswith(("of:", "oooc:", "msoxl:"))
    texte = (texte.partition(":")[2] if odf else texte).lstrip("= ")
    return _ODF.sub(_from_odf, texte) if odf else texte


def _from_odf(m: re.Match[str]) -> str:
    if m.group(1):
        return m.group(1)
    if m.group(3):
        return ","
    return _ODF_SHEET.sub(_sheet_from_odf, m.group(2)).replace("!.", "!")


def _sheet_from_odf(m: re.Match[str]) -> str:
    file, sheet = m.groups()
    if not file:
        return f"{sheet}!" if sheet else ""
    return f"'[{file.rpartition('/')[2]}]{sheet.strip(chr(39))}'!"


def in_words(formula: str) -> str:
    """What one of our formulas computes, for someone who does not read formulas."""
    bare = formula.replace("$", "")
    if m := _QUOTIENT.search(bare):
        return f"{m.group(1)} divisé par {m.group(2)}"
    if m := _SUM_FORMULA.search(bare):
        return f"la somme de {m.group(1)} à {m.group(2)}"
    if m := _COUNT_FORMULA.search(bare):
        return f"le nombre de cases remplies de {m.group(1)} à {m.group(2)}"
    return f"la formule « ={formula if len(formula) <= 80 else formula[:79] + '…'} »"
