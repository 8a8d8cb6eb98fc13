"""Which cells hold a formula or an error, and how far a sheet goes, where calamine gives the values.

It gives the same blank for an empty cell, for ``#REF!`` and for a formula that was never computed: the XML of the
sheets tells them apart.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from xml.parsers import expat

from cls_workbook.errors import Refusal
from cls_workbook.reading.opening.zip_parts import SAVE_AGAIN
from cls_workbook.workbook.description import address

MAX_CELLS = 1_000_000  # of the rectangle from A1 to the last value of a sheet: it is held in memory


class SpecialCell(NamedTuple):
    formula: str | None
    error: bool


def refuse_if_too_extended(nom: str, line: int, column: int) -> None:
    """A single value at the far end of a sheet makes a rectangle of billions of cells."""
    if line * column > MAX_CELLS:
        raise Refusal(
            f"La feuille « {nom} » contient une saisie très loin de son contenu, jusqu’à la cellule "
            f"{address(line, column)}.",
            ("Supprimez cette saisie (Ctrl+Fin y mène), enregistrez, puis renvoyez le classeur.",),
        )


# --- .xlsx, .xlsm ---------------------------------------------------------------------------------------------------

_CELL_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_POSITION = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]*)([0-9]+)[\"']")  # of a row or of a cell
_VALUED_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]+)([0-9]+)[\"'][^>]*(?<!/)>")
_WITHOUT_ADDRESS = re.compile(rb"<(?:\w+:)?c(?:>|\s(?![^>]*\br\s*=)[^>]*>)")
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
_ADDRESS, _ERROR = b'<c r="', b't="e"'


class XlsxSpecialCells:
    """``worksheets``: name → XML; ``percentages``: the formats that show one."""

    def __init__(self, worksheets: dict[str, bytes], percentages: frozenset[bytes] = frozenset()):
        self._sheets, self._percentages = worksheets, percentages

    def verifier(self) -> None:
        for nom, xml in self._sheets.items():
            positions = set(_POSITION.findall(xml))
            if any(
                len(n) > 7 or int(n) > MAX_ROWS or len(c) > 3 or _rank(c.decode().upper()) > MAX_COLUMNS
                for c, n in positions
            ):
                raise Refusal(
                    f"Le fichier est abîmé : la feuille « {nom} » place des cellules hors de toute feuille.",
                    (SAVE_AGAIN,),
                )
            # A cell without address stands in its row, after the one before it.
            valued_cells = _VALUED_CELL.findall(xml) + (
                [(c or b"Z", n) for c, n in positions] if _WITHOUT_ADDRESS.search(xml) else []
            )
            if valued_cells:
                refuse_if_too_extended(
                    nom,
                    max(int(n) for _, n in valued_cells),
                    max(_rank(c.decode().upper()) for c in {c for c, _ in valued_cells}),
                )

    def special_cells(self, nom: str) -> dict[tuple[int, int], SpecialCell]:
        xml = self._sheets.get(nom, b"")
        found = None if _ERROR in xml else _formulas(xml)
        return _xlsx_special_cells(xml) if found is None else found

    def percentages(self, nom: str) -> list[tuple[int, int]]:
        xml = self._sheets.get(nom, b"")
        return (
            _cells_in_format(xml, self._percentages)
            if any(b'"%s"' % style in xml for style in self._percentages)
            else []
        )


def _formulas(xml: bytes) -> dict[tuple[int, int], SpecialCell] | None:
    """The formulas, found between the lines: twenty times faster than reading the XML. None if it is not as usual."""
    if b"<worksheet" not in xml[:4096]:
        return None
    found: dict[tuple[int, int], SpecialCell] = {}
    pieces = xml.split(b"<f")
    for before, after in itertools.pairwise(pieces):
        if after[:1] not in (b">", b" ", b"/"):
            continue  # another element, such as <formula1>
        anchor, closing_quote, remaining = before[before.rfind(_ADDRESS) + len(_ADDRESS) :].partition(b'"')
        if not closing_quote or remaining.find(b">") != len(remaining) - 1 or _ADDRESS not in before:
            return None
        try:
            where = place(anchor)
        except ValueError:
            return None
        text = after.partition(b">")[2].partition(b"<")[0] if after[:1] != b"/" else b""
        found[where] = SpecialCell(formula(text), False)
    return found


@lru_cache(maxsize=20_000)  # the same cells come back in every return
def place(anchor: bytes) -> tuple[int, int]:
    """b"C14" → (13, 2); ValueError for anything else."""
    match = _CELL_ADDRESS.fullmatch(anchor.decode("ascii", "replace"))
    if match is None:
        raise ValueError(anchor)
    return int(match.group(2)) - 1, _rank(match.group(1)) - 1


def formula(text: bytes) -> str:
    """A formula as the XML writes it → as a person would."""
    return unescape(text.decode("utf-8", "replace"))


@lru_cache(maxsize=MAX_COLUMNS)
def _rank(letters: str) -> int:
    rank = 0
    for letter in letters:
        rank = rank * 26 + ord(letter) - 64
    return rank


def parse(reader: expat.XMLParserType, xml: bytes) -> None:
    """Refusal if it is not XML."""
    try:
        reader.Parse(xml, True)
    except (expat.ExpatError, ValueError) as fault:
        raise Refusal("Le fichier est abîmé : une de ses parties n’est pas du XML lisible.", (SAVE_AGAIN,)) from fault


class _CellWalk:
    """From cell to cell. ``where``: (row, column) of the one that it is in, from 0."""

    def __init__(self) -> None:
        self.where = (-1, -1)

    def enter(self, nom: str, attributes: dict[str, str]) -> bool:
        """Is this element a cell? One without address stands after the one before it; so does a row."""
        tag, written_address = nom.rpartition("}")[2], attributes.get("r", "")
        line, column = self.where
        if tag == "row":
            self.where = int(written_address) - 1 if written_address.isdecimal() else line + 1, -1
        elif tag == "c":
            anchor = _CELL_ADDRESS.fullmatch(written_address)
            self.where = line, _rank(anchor.group(1)) - 1 if anchor else column + 1
        return tag == "c"


def _xlsx_special_cells(xml: bytes) -> dict[tuple[int, int], SpecialCell]:
    """Formulas and errors, element by element: for any writer, whatever its prefixes, with or without addresses."""
    found: dict[tuple[int, int], SpecialCell] = {}
    cell_walk, text = _CellWalk(), None

    def start(nom: str, attributes: dict[str, str]) -> None:
        nonlocal text
        if cell_walk.enter(nom, attributes) and attributes.get("t") == "e":
            found[cell_walk.where] = SpecialCell(None, True)
        elif nom.rpartition("}")[2] == "f":
            text = ""

    def end(nom: str) -> None:
        nonlocal text
        if text is not None and nom.rpartition("}")[2] == "f":
            found[cell_walk.where] = SpecialCell(text, cell_walk.where in found)
            text = None

    def characters(piece: str) -> None:
        nonlocal text
        if text is not None:
            text += piece

    reader = expat.ParserCreate(namespace_separator="}")
    reader.StartElementHandler, reader.EndElementHandler, reader.CharacterDataHandler = start, end, characters
    parse(reader, xml)
    return found


def _cells_in_format(xml: bytes, styles: frozenset[bytes]) -> list[tuple[int, int]]:
    """The cells in one of these formats."""
    found: list[tuple[int, int]] = []
    wanted = {style.decode() for style in styles}
    cell_walk = _CellWalk()

    def start(nom: str, attributes: dict[str, str]) -> None:
        if cell_walk.enter(nom, attributes) and attributes.get("s") in wanted:
            found.append(cell_walk.where)

    reader = expat.ParserCreate(namespace_separator="}")
    reader.StartElementHandler = start
    parse(reader, xml)
    return found


# --- .ods -----------------------------------------------------------------------------------------------------------


class OdsSpecialCells:
    """``content.xml`` holds every sheet: one pass notes the formulas, the errors and how far the values go."""

    def __init__(self, content: bytes):
        self._sheets: dict[str, dict[tuple[int, int], SpecialCell]] = {}
        self._extents: dict[str, tuple[int, int]] = {}
        self._percentages: dict[str, list[tuple[int, int]]] = {}
        self._sheet, self._row, self._column, self._repeated_rows, self._level = "", 0, 0, 1, 0
        reader = expat.ParserCreate()
        reader.StartElementHandler, reader.EndElementHandler = self._start, self._end
        parse(reader, content)

    def verifier(self) -> None:
        for nom, (line, column) in self._extents.items():
            refuse_if_too_extended(nom, line, column)

    def special_cells(self, nom: str) -> dict[tuple[int, int], SpecialCell]:
        return self._sheets.get(nom, {})

    def percentages(self, nom: str) -> list[tuple[int, int]]:
        return self._percentages.get(nom, [])

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell(attributes)
        elif tag == "table:table-row":
            self._repeated_rows, self._column = int(attributes.get("table:number-rows-repeated", 1)), 0
        elif tag == "table:table":
            self._level += 1
            if self._level == 1:  # a table inside a cell is none of ours
                self._sheet, self._row = attributes.get("table:name", ""), 0
                self._sheets[self._sheet], self._extents[self._sheet] = {}, (0, 0)

    def _end(self, tag: str) -> None:
        if tag == "table:table-row":
            self._row += self._repeated_rows
        elif tag == "table:table":
            self._level -= 1

    def _cell(self, attributes: dict[str, str]) -> None:
        width = int(attributes.get("table:number-columns-repeated", 1))
        formula = attributes.get("table:formula")
        nature = attributes.get("office:value-type") or attributes.get("calcext:value-type")
        error = attributes.get("calcext:value-type") == "error"
        if nature:
            line, column = self._extents[self._sheet]
            end = self._row + self._repeated_rows, self._column + width
            self._extents[self._sheet] = max(line, end[0]), max(column, end[1])
        if formula is not None or error or nature == "percentage":
            # A formula is rarely repeated, and never far: what is beyond will be refused.
            for line in range(self._row, self._row + min(self._repeated_rows, 1000)):
                for column in range(self._column, self._column + min(width, 100)):
                    if formula is not None or error:
                        self._sheets[self._sheet][line, column] = SpecialCell(formula, error)
                    else:
                        self._percentages.setdefault(self._sheet, []).append((line, column))
        self._column += width
