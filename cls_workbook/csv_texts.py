"""Texts in a CSV that a spreadsheet will open: none is a formula, however it splits the line, and each can be had back.

A spreadsheet splits at the separator of its own language, not at ours: a field ``note;=cmd`` of a file with commas
becomes a formula in a French Excel. So a text is looked at wherever a cell could begin in it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import TextIO

from cls_workbook.french import typography

FORMULA_STARTS = "=+-@＝＋－＠"  # the last four in full width
LINE_END = "\r\n"
NEUTRALIZATION = typography(
    "Un tableur prendrait pour une formule un texte dont le premier caractère (espaces et guillemets mis à part) est "
    "=, +, -, @ ou une tabulation, et ce qui commence ainsi dans un texte après un séparateur : point-virgule, "
    "virgule, tabulation, barre verticale, saut de ligne, ou une espace suivie d’un tel signe collé à un mot. Une "
    "apostrophe (') est placée juste devant ce signe ; un texte qui commence par une apostrophe en reçoit une aussi. "
    "Retirez ces apostrophes, aux mêmes endroits, pour retrouver le texte d’origine. Les nombres ne sont pas concernés."
)

_SIGN = f"[{re.escape(FORMULA_STARTS)}]"
_JOINED_SIGN = rf"{_SIGN}(?![ \r\n])"  # « a - b » stays as it is
# What a spreadsheet strips, takes for the edge of a text, or does not show; but for the blanks that separate cells.
_EDGES = "\"'\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
_WHERE_A_CELL_BEGINS = rf"(?:\A|[;,|\t\r\n])[ {_EDGES}]*"
_AT_A_SPACE = rf" [{_EDGES}]*"
_BEFORE_A_SIGN = re.compile(rf"{_WHERE_A_CELL_BEGINS}(?={_SIGN})|\A(?=[\t\r'])|{_AT_A_SPACE}(?={_JOINED_SIGN})")
_APOSTROPHE_THERE = re.compile(
    rf"({_WHERE_A_CELL_BEGINS})'(?={_SIGN})|\A'(?=[\t\r'])|({_AT_A_SPACE})'(?={_JOINED_SIGN})"
)


def neutralized(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet could begin a formula (see ``NEUTRALIZATION``)."""
    return _BEFORE_A_SIGN.sub(lambda m: f"{m[0]}'", text)


def restored(text: str) -> str:
    """The text that ``neutralized`` was given."""
    return _APOSTROPHE_THERE.sub(lambda m: m[1] or m[2] or "", text)


def formula_start(text: str) -> str | None:
    """The first sign in the text that a spreadsheet could take for the start of a formula; None if there is none."""
    signs = (text[found.end()] for found in _BEFORE_A_SIGN.finditer(text) if text[found.end()] != "'")
    return next(signs, None)


def write(output: TextIO, header: Iterable[str], rows: Iterable[Iterable[str]], delimiter: str = ",") -> None:
    """A CSV of numbers, and of texts that are neutralised already."""
    csv_writer = csv.writer(output, delimiter=delimiter, lineterminator=LINE_END)
    csv_writer.writerow(header)
    csv_writer.writerows(rows)
