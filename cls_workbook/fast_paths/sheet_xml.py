"""The XML of one sheet of an .xlsx → its values, formulas and errors, by regular expressions.

Once its values are taken out, a row has the same XML in most returns, and a printed text is the same in all: each is
taken apart once, under a strict grammar, and remembered by the ``SheetXmlReader``. Whatever the grammar does not know
(prefixes, comments, inline or rich text, hours, durations…) is not guessed at: ``None``, and the sheet is left to the
plain way (``reading.opening.xlsx_sheet``).

What it buys: a campaign of 320 returns, read to consolidated, is 1.18 times as fast; one of 15, no faster.
"""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple
from xml.parsers import expat

from cls_workbook.bounded_memory import Memory
from cls_workbook.workbook.percentages import Percentage

REMEMBERED_BYTES_MAX = 3_000  # bytes of a row, text or value that is remembered
ROWS_MAX, TEXTS_MAX, VALUES_MAX, RANKS_MAX = 8_000, 4_000, 16_000, 20_000  # how many are
FRAMES_KEPT, FRAME_BYTES_MAX = 300, 30_000  # what stands around the rows of a sheet; how many, of how many bytes
FORMATS_KEPT = 16  # styles remembered: those of one sender are the same in all the files sent by the same spreadsheet


class Formats(NamedTuple):
    """Indices of formats, as a cell writes them in its attribute ``s``."""

    dates: frozenset[bytes]
    durees: frozenset[bytes]
    percentages: frozenset[bytes]
    struck: frozenset[bytes]
    otherwise: frozenset[bytes]  # shown as another number, or not at all

    @property
    def left_to_plain_way(self) -> frozenset[bytes]:
        return self.struck | self.otherwise


NO_FORMATS = Formats(*[frozenset()] * 5)


class SheetContent(NamedTuple):
    """One sheet, by address (b"C14"). ``values``: float, str, bool or date; "" for a blank that is written.
    ``formulas``: as written in the XML, empty for one that is told by another cell."""

    values: dict[bytes, object]
    formulas: dict[bytes, bytes]
    errors: frozenset[bytes]


class SheetXmlReader:
    """Reads sheet after sheet, file after file. What it remembers between them is its own, and bounded."""

    def __init__(self) -> None:
        self._texts = Memory(_parse_text, TEXTS_MAX, REMEMBERED_BYTES_MAX)
        self._rows = Memory(_parse_row, ROWS_MAX, REMEMBERED_BYTES_MAX)
        self._values = Memory(_values_in, FORMATS_KEPT, len(Formats._fields))
        self._frames = Memory(_inside_of_table, FRAMES_KEPT, FRAME_BYTES_MAX)

    def shared_texts(self, xml: bytes) -> dict[bytes, str] | None:
        """Index, as a cell writes it → text. None if one of them is not a plain text. ``xml``: the part
        ``xl/sharedStrings.xml``."""
        start, opening, closing, end = _inside_of_texts(xml), b"<si><t", b"</t></si>", b"</t></si></sst>"
        xml = xml.rstrip()
        if start < 0 or not xml.startswith(opening, start) or not xml.endswith(end):
            return None
        pieces = xml[start + len(opening) : -len(end)].split(closing + opening)
        try:
            texts = list(map(self._texts.__getitem__, pieces))
        except ValueError:
            return None
        return by_rank(texts)

    def content(self, xml: bytes, texts: dict[bytes, str], formats: Formats) -> SheetContent | None:
        """The cells of a sheet. None if its XML is not of the usual shape, or if a value is better left to the plain
        way."""
        start, end = xml.find(_START), xml.rfind(_END)
        if start < 0 and end < 0:
            return SheetContent({}, {}, frozenset()) if self._frames[xml] == [] else None
        try:
            if not 0 <= start <= end or _MARK in xml:
                return None
            frame = b"%s<%s/>%s" % (xml[: start + len(_START)], _MARK, xml[end:])
            if self._frames[frame] != [_MARK.decode()]:
                return None
            return self._content(xml[start + len(_START) : end], texts, formats)
        except (KeyError, ValueError):
            return None

    def _content(self, body: bytes, texts: dict[bytes, str], formats: Formats) -> SheetContent:
        pieces = _VALUE.split(body)
        before, *following = b"<v>".join(pieces[::2]).split(b"<row")
        if before:
            raise ValueError(before)
        rows = list(map(self._rows.__getitem__, following))
        numbers = [row.number for row in rows]
        apart = formats.left_to_plain_way
        if not all(map(operator.lt, numbers, numbers[1:])) or any(
            not apart.isdisjoint(row.styles) for row in rows if apart
        ):
            raise ValueError(numbers)
        addresses, natures, formulas, errors = (chain.from_iterable(map(itemgetter(field), rows)) for field in range(4))
        others = self._values[formats]
        values = [
            texts[written] if nature is None else others[written, *nature]
            for nature, written in zip(natures, pieces[1::2], strict=True)
        ]
        return SheetContent(dict(zip(addresses, values, strict=True)), dict(formulas), frozenset(errors))


def by_rank(texts: Sequence[str]) -> dict[bytes, str]:
    """Rank of a shared text, as a cell writes it → the text."""
    return dict(zip(map(_rank, range(len(texts))), texts, strict=True))


@lru_cache(maxsize=RANKS_MAX)
def _rank(rank: int) -> bytes:
    return b"%d" % rank


# --- What stands around the rows, or the texts ----------------------------------------------------------------------

_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_DECLARATION = (
    r"(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF-8|utf-8)[\"'])?(?: standalone=[\"']\w+[\"'])? ?\?>\s*)?"
)
_WORKSHEET = re.compile(rf"{_DECLARATION}<worksheet[ >]".encode())
_TEXTS = re.compile(
    rf'{_DECLARATION}<sst xmlns="(?:{"|".join(map(re.escape, _NAMESPACES))})"'
    r'(?: (?!xmlns[=])[\w:]+="[^"<>&]*")* ?>'.encode()
)
_MARK = b"rows-read-apart"  # stands for the rows, in what stands around them
_PLACES = [[[f"{ns}}}worksheet", f"{ns}}}sheetData"]] for ns in _NAMESPACES]


def _inside_of_texts(xml: bytes) -> int:
    """Where the inside of ``sst`` begins; -1 if it is not that of a spreadsheet, bears a prefix, or is not in UTF-8."""
    head = _TEXTS.match(xml)
    return head.end() if head else -1


def _inside_of_table(xml: bytes) -> list[str] | None:
    """Names of the elements that the ``sheetData`` of a worksheet holds; None if there is not just one, in its place,
    or if this is no XML in UTF-8."""
    path: list[str] = []
    tables: list[list[str]] = []
    inside: list[str] = []

    def start(nom: str, attributes: dict[str, str]) -> None:
        if path and path[-1].endswith("}sheetData"):
            inside.append(nom.rpartition("}")[2])
        path.append(nom)
        if nom.endswith("}sheetData"):
            tables.append(path.copy())

    reader = expat.ParserCreate(namespace_separator="}")
    reader.StartElementHandler, reader.EndElementHandler = start, lambda nom: path.pop()
    try:
        reader.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError):
        return None
    return inside if _WORKSHEET.match(xml) and tables in _PLACES else None


# --- Shared texts ---------------------------------------------------------------------------------------------------

_TEXT = re.compile(r'(?: xml:space="(preserve)")?>([^<\r\x00-\x08\x0b-\x1f\ufffe\uffff]*)')
_CODE = re.compile("_x[0-9A-Fa-f]{4}_")
_REFERENCE = re.compile("&(?:(lt|gt|quot|apos|amp)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED_ENTITIES = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}


def _parse_text(xml: bytes) -> str:
    """What stands between ``<si><t`` and ``</t></si>`` → the text. ValueError for anything but a plain text."""
    written = xml.decode("utf-8")
    text_and_spaces = _TEXT.fullmatch(written)
    if text_and_spaces is None:
        raise ValueError(written)
    text = _xml_text(text_and_spaces.group(2))
    if not text_and_spaces.group(1) and text.strip(" \t\n") != text:
        raise ValueError(written)  # outer spaces that are not said to be meant
    return text


def _xml_text(written: str) -> str:
    """A text of the XML, references resolved. ValueError for anything but the entities of XML and plain characters."""
    if ("_x" in written and _CODE.search(written)) or "]]>" in written:
        raise ValueError(written)
    if "&" not in written:
        return written
    resolved, count = _REFERENCE.subn(_reference, written)
    if count != written.count("&"):
        raise ValueError(written)
    return resolved


def _reference(match: re.Match[str]) -> str:
    nom, decimal, hexadecimal = match.groups()
    if nom:
        return _NAMED_ENTITIES[nom]
    character = chr(int(decimal) if decimal else int(hexadecimal, 16))  # ValueError beyond Unicode
    if character not in "\t\n" and not character.isprintable():
        raise ValueError(character)
    return character


# --- Rows, once their values are taken out --------------------------------------------------------------------------


class _ParsedRow(NamedTuple):
    """``addresses``: of the cells that have a value, in order; ``natures``: None for a shared text, else (type,
    format). ``number``: of the row; ``styles``: all the formats that it uses."""

    addresses: tuple[bytes, ...]
    natures: tuple[tuple[bytes, bytes] | None, ...]
    formulas: tuple[tuple[bytes, bytes], ...]
    errors: tuple[bytes, ...]
    number: int
    styles: frozenset[bytes]


_C = rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]+)")?(?: t="(s|n|str|b|e)")?'  # address, format, type
_PLAIN = rb"[^<&\x00-\x08\x0b-\x1f]*"
_FORMULA = rb"%s(?:&(?:lt|gt|amp|quot|apos);%s)*" % (_PLAIN, _PLAIN)
_F = rb'(<f(?: [\w:]+="[^"<>&]*")* ?/?>)(?:(%s)</f>)?' % _FORMULA  # start of the formula, formula
_CELL = re.compile(rb"%s(?: ?/>|>(?:%s)?(<v>|<v ?/>)?</c>)" % (_C, _F))
_ROW_NUMBER = re.compile(rb' r="([1-9][0-9]{0,6})"')
_ROW = re.compile(
    rb'%s(?: (?!r=)[\w:]+="[^"<>&]*")* ?(?:/>|>(?:%s)*</row>)'
    % tuple(re.sub(rb"\((?!\?)", b"(?:", pattern.pattern) for pattern in (_ROW_NUMBER, _CELL))
)


def _parse_row(xml: bytes) -> _ParsedRow:
    """What follows ``<row``, with ``<v>`` in place of each value. ValueError for what is not of the usual shape."""
    if not _ROW.fullmatch(xml):
        raise ValueError(xml)
    addresses, natures, formulas, errors, places, styles = [], [], [], [], [], set()
    for address, style, nature, start, formula, value in _CELL.findall(xml):
        places.append(address)
        styles.add(style)
        if start:
            if start.endswith(b"/>") == (formula != b"") or (nature == b"str" and not value):
                raise ValueError(xml)
            formulas.append((address, formula))
        if value.endswith(b"/>") and nature in (b"str", b"e", b"b"):
            raise ValueError(xml)
        if value == b"<v>":
            addresses.append(address)
            natures.append(None if nature == b"s" else (nature or b"n", style))
        if value == b"<v>" and nature == b"e":
            errors.append(address)
    number = _row_number(xml, places)
    return _ParsedRow(tuple(addresses), tuple(natures), tuple(formulas), tuple(errors), number, frozenset(styles))


def _row_number(xml: bytes, places: list[bytes]) -> int:
    """ValueError if a cell is of another row, or not after the one before it."""
    written = _ROW_NUMBER.match(xml)
    if written is None:
        raise ValueError(xml)
    number = written.group(1)
    columns = [place.removesuffix(number) for place in places]
    if not all(c.isalpha() for c in columns) or not all(
        (len(a), a) < (len(b), b) for a, b in itertools.pairwise(columns)
    ):
        raise ValueError(xml)
    return int(number)


# --- Sheets ---------------------------------------------------------------------------------------------------------

_START, _END = b"<sheetData>", b"</sheetData>"
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]{1,3})?")
_BOOLEANS = {b"1": True, b"0": False}
_DAYS = 61, 2_958_465  # from 1 March 1900, after the day that never was, to 31 December 9999
_ORIGIN = date(1899, 12, 30)


def _values_in(formats: Formats) -> Memory[tuple[bytes, bytes, bytes], object]:
    """(value as written, type, format) → the value of a cell that is no shared text."""
    return Memory(lambda cell: _value(*cell, formats), VALUES_MAX, REMEMBERED_BYTES_MAX, lambda cell: len(cell[0]))


def _value(written: bytes, nature: bytes, style: bytes, formats: Formats) -> object:
    """The value of a cell that is no shared text. KeyError or ValueError for what is left to the plain way."""
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
    number = float(written)
    if style not in formats.dates:
        return Percentage(number) if style in formats.percentages else number
    if not _DAYS[0] <= number <= _DAYS[1] or not number.is_integer():
        raise ValueError(written)
    return _ORIGIN + timedelta(days=int(number))
