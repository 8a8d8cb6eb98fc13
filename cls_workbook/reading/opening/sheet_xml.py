"""The XML of one sheet of an .xlsx → its values, formulas and errors.

Once its values are taken out, a row has the same XML in most returns, and a printed text is the same in all: each is
taken apart once, under a strict grammar, and remembered. Whatever the grammar does not know (prefixes, comments, inline
or rich text, hours, durations…) is not guessed at: ``None``, and the file is left to calamine. What is read here is
what calamine would have read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from cls_workbook.reading.opening.cell_formats import FORMATS_KEPT, Formats
from cls_workbook.reading.parsing.percentages import Percentage

REMEMBERED_BYTES_MAX = 3_000  # bytes of a row or of a text that is remembered
REMEMBERED_ROWS_MAX, REMEMBERED_TEXTS_MAX, REMEMBERED_VALUES_MAX = 8_000, 4_000, 16_000  # how many are


class SheetContent(NamedTuple):
    """One sheet, by address (b"C14"). ``values``: float, str, bool or date; "" for a blank that is written.
    ``formulas``: as written in the XML, empty for one that is told by another cell."""

    values: dict[bytes, object]
    formulas: dict[bytes, bytes]
    errors: frozenset[bytes]


class _Memo(dict):
    """What is written → what ``read`` makes of it: worked out once, and forgotten with all the others when they are too many."""

    def __init__(self, read: Callable, entries: int):
        super().__init__()
        self._read, self._entry_limit = read, entries

    def __missing__(self, written):
        value_read = self._read(written)
        if len(written) <= REMEMBERED_BYTES_MAX:
            if len(self) >= self._entry_limit:
                self.clear()
            self[written] = value_read
        return value_read


_HEAD = re.compile(
    rb"(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF-8|utf-8)[\"'])?(?: standalone=[\"']\w+[\"'])? ?\?>\s*)?<(\w+)(?: [^>]*)?>"
)


def _inside_of_root(xml: bytes, nom: bytes) -> int:
    """Where the inside of the root element begins; -1 if it bears another name, a prefix, or if the part is not in UTF-8."""
    head = _HEAD.match(xml)
    return head.end() if head and head.group(1) == nom and not head.group().endswith(b"/>") else -1


# --- Shared texts ---------------------------------------------------------------------------------------------------

_TEXT = re.compile(r'(?: xml:space="(preserve)")?>([^<\r]*)')
_CODE = re.compile("_x[0-9A-Fa-f]{4}_")
_REFERENCE = re.compile("&(?:(lt|gt|quot|apos|amp)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED_ENTITIES = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_ranks: list[bytes] = []


def shared_texts(xml: bytes) -> dict[bytes, str] | None:
    """Index, as a cell writes it → text. None if one of them is not a plain text. ``xml``: the part ``xl/sharedStrings.xml``."""
    start, first_one, last, end = _inside_of_root(xml, b"sst"), b"<si><t", b"</t></si>", b"</t></si></sst>"
    xml = xml.rstrip()
    if start < 0 or not xml.startswith(first_one, start) or not xml.endswith(end):
        return None
    try:
        texts = list(map(_textes.__getitem__, xml[start + len(first_one) : -len(end)].split(last + first_one)))
    except ValueError:
        return None
    _ranks.extend(b"%d" % rank for rank in range(len(_ranks), len(texts)))
    return dict(zip(_ranks, texts, strict=False))


def _parse_text(xml: bytes) -> str:
    """What stands between ``<when><t`` and ``</t></when>`` → the text. ValueError for anything but a plain text."""
    written = xml.decode("utf-8")
    value_read = _TEXT.fullmatch(written)
    if value_read is None:
        raise ValueError(written)
    texte = _xml_text(value_read.group(2))
    if not value_read.group(1) and texte.strip(" \t\n") != texte:
        raise ValueError(written)  # outer spaces that are not said to be meant
    return texte


_textes = _Memo(_parse_text, REMEMBERED_TEXTS_MAX)


def _xml_text(written: str) -> str:
    """A text of the XML, references resolved. ValueError for anything but the entities of XML and plain characters."""
    if "_x" in written and _CODE.search(written):
        raise ValueError(written)
    if "&" not in written:
        return written
    cleaned, nombre = _REFERENCE.subn(_reference, written)
    if nombre != written.count("&"):
        raise ValueError(written)
    return cleaned


def _reference(found_one: re.Match[str]) -> str:
    nom, decimal, hexadecimal = found_one.groups()
    if nom:
        return _NAMED_ENTITIES[nom]
    character = chr(int(decimal) if decimal else int(hexadecimal, 16))  # ValueError beyond Unicode
    if character not in "\t\n" and not character.isprintable():
        raise ValueError(character)
    return character


# --- Rows, once their values are taken out --------------------------------------------------------------------------


class _ParsedRow(NamedTuple):
    """``addresses``: of the cells that have a value, in order; ``natures``: None for a shared text, else (type, format)."""

    addresses: tuple[bytes, ...]
    natures: tuple[tuple[bytes, bytes] | None, ...]
    formulas: tuple[tuple[bytes, bytes], ...]
    errors: tuple[bytes, ...]


_C = rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]+)")?(?: t="(s|n|str|b|e)")?'  # address, format, type
_F = rb"(<f(?:[ /][^<>]*)?>)(?:([^<]*)</f>)?"  # start of the formula, formula
_CELL = re.compile(rb"%s(?: ?/>|>(?:%s)?(<v>|<v ?/>)?</c>)" % (_C, _F))
_ROW = re.compile(rb"(?: [^<>]*)?(?:/>|>(?:%s)*</row>)" % re.sub(rb"\((?!\?)", b"(?:", _CELL.pattern))


def _parse_row(xml: bytes) -> _ParsedRow:
    """What follows ``<row``, with ``<v>`` in place of each value. ValueError for what is not of the usual shape."""
    if not _ROW.fullmatch(xml):
        raise ValueError(xml)
    addresses, natures, formulas, errors = [], [], [], []
    for address, style, nature, start, formula, valeur in _CELL.findall(xml):
        if start:
            if start.endswith(b"/>") == (formula != b"") or (nature == b"str" and not valeur):
                raise ValueError(xml)
            formulas.append((address, formula))
        if valeur.endswith(b"/>") and nature in (b"str", b"e", b"b"):
            raise ValueError(xml)
        if valeur == b"<v>":
            addresses.append(address)
            natures.append(None if nature == b"s" else (nature or b"n", style))
        if valeur == b"<v>" and nature == b"e":
            errors.append(address)
    return _ParsedRow(tuple(addresses), tuple(natures), tuple(formulas), tuple(errors))


_rows = _Memo(_parse_row, REMEMBERED_ROWS_MAX)

# --- Sheets ---------------------------------------------------------------------------------------------------------

_START, _END, _EMPTY = b"<sheetData>", b"</sheetData>", b"<sheetData/>"
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]{1,3})?")
_BOOLEANS = {b"1": True, b"0": False}
_DAYS = 61, 2_958_465  # from 1 March 1900, after the day that never was, to 31 December 9999
_ORIGIN = date(1899, 12, 30)


def content(xml: bytes, texts: dict[bytes, str], formats: Formats) -> SheetContent | None:
    """The cells of a sheet. None if its XML is not of the usual shape, or if a value is better left to calamine."""
    start, end = xml.find(_START), xml.rfind(_END)
    if _inside_of_root(xml, b"worksheet") < 0:
        return None
    if start < 0 or end < start:
        return (
            SheetContent({}, {}, frozenset())
            if start < 0 and end < 0 and xml.count(_EMPTY) == 1 and b"<!" not in xml
            else None
        )
    body = xml[start + len(_START) : end]
    try:
        return _content(body, texts, formats)
    except (KeyError, ValueError):
        return None


def _content(body: bytes, texts: dict[bytes, str], formats: Formats) -> SheetContent:
    pieces = _VALUE.split(body)
    before, *following = b"<v>".join(pieces[::2]).split(b"<row")
    if before:
        raise ValueError(before)
    rows = list(map(_rows.__getitem__, following))
    addresses, natures, formulas, errors = (
        chain.from_iterable(map(itemgetter(champ), rows)) for champ in range(len(_ParsedRow._fields))
    )
    autres = _other_values(formats)
    items_read = [
        texts[written] if nature is None else autres[written, *nature]
        for nature, written in zip(natures, pieces[1::2], strict=True)
    ]
    return SheetContent(dict(zip(addresses, items_read, strict=True)), dict(formulas), frozenset(errors))


@lru_cache(maxsize=FORMATS_KEPT)
def _other_values(formats: Formats) -> _Memo:
    """(value as written, type, format) → the value of a cell that is no shared text."""
    return _Memo(lambda cell: _value(*cell, formats), REMEMBERED_VALUES_MAX)


def _value(written: bytes, nature: bytes, style: bytes, formats: Formats) -> object:
    """The value of a cell that is no shared text. KeyError or ValueError for what is left to calamine."""
    match nature:
        case b"str":
            if b"\r" in written:
                raise ValueError(written)
            return _xml_text(written.decode("utf-8"))
        case b"e":
            return ""
        case b"b":
            return _BOOLEANS[written]
    if not written:
        return ""
    if not _NUMBER.fullmatch(written) or style in formats.durees:
        raise ValueError(written)
    nombre = float(written)
    if style not in formats.dates:
        return Percentage(nombre) if style in formats.percentages else nombre
    if not _DAYS[0] <= nombre <= _DAYS[1] or not nombre.is_integer():
        raise ValueError(written)
    return _ORIGIN + timedelta(days=int(nombre))
