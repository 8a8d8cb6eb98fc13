"""The XML of one sheet of an .xlsx, whatever its shape → its rows, its formulas and its errors.

What two readers would see differently is refused by name: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cls_workbook.errors import Refusal
from cls_workbook.fast_paths.sheet_xml import Formats
from cls_workbook.reading.cells.marked_text import MarkedText, OtherwiseShown
from cls_workbook.reading.cells.shown import as_text
from cls_workbook.reading.opening.found_cells import FoundCells, seen_differently
from cls_workbook.reading.opening.shared_texts import INSIDE_TEXT, TextWalk, plain, shared_text
from cls_workbook.reading.opening.special_cells import MAX_ROWS, SpecialCell, written_place
from cls_workbook.reading.opening.typed_numbers import duration, moment, number, written_moment
from cls_workbook.reading.opening.xml_names import MAIN, STRICT, main_tree
from cls_workbook.reading.opening.xml_walk import Attributes, Budget, State, damaged
from cls_workbook.workbook.description import address
from cls_workbook.workbook.percentages import Percentage

EXTENSION = "extension"
_CONTENT = frozenset(("sheetData", "row", "c", "v", "f", "is"))  # what some readers take for cells wherever it stands


class SharedContent(NamedTuple):
    """What the sheets of a file have in common. ``since_1904``: do its days count from 1904?"""

    texts: list[str]
    formats: Formats
    since_1904: bool = False


class XlsxSheetWalk(TextWalk):
    """``found``: what its cells hold."""

    tree = main_tree(
        {
            "": {"worksheet": "sheet"},
            "sheet": {"sheetData": "data"},
            "data": {"row": "row"},
            "row": {"c": "cell", "extLst": EXTENSION},
            "cell": {"v": "value", "f": "formula", "is": "text", "extLst": EXTENSION},
            **INSIDE_TEXT,
        }
    )

    def __init__(self, nom: str, shared: SharedContent, budget: Budget):
        super().__init__(budget)
        self.found = FoundCells(nom, budget)
        self._nom, self._shared, self._tables = nom, shared, 0
        self._row = self._column = -1
        self._attributes: Attributes = {}
        self._value: str | None = None
        self._formula: str | None = None
        self._own_text: str | None = None
        self.entering |= {
            "data": self._begin_data,
            "row": self._begin_row,
            "cell": self._begin_cell,
            "value": self._begin_value,
            "formula": self._begin_formula,
        }
        self.leaving |= {
            "value": self._end_value,
            "formula": self._end_formula,
            "text": self._end_text,
            "cell": self._end_cell,
        }

    def other(self, nom: str) -> State:
        namespace, _, local = nom.rpartition("}")
        if self.state == "":
            raise self._differently(f"sa partie n’est pas une feuille de calcul, mais « {local} »")
        if self.state in ("data", "row", "cell", "value", "formula"):
            raise self._differently(f"elle contient, parmi ses cellules, une balise « {local} »")
        # What Excel adds beside the cells has formulas (« f ») of its own.
        if local == "sheetData" or (self.state == EXTENSION and local in _CONTENT and namespace in (MAIN, STRICT)):
            raise self._differently(f"elle contient une balise « {local} » hors de sa place")
        return EXTENSION if self.state == EXTENSION else super().other(nom)

    def _differently(self, what: str) -> Refusal:
        return seen_differently(self._nom, what)

    # --- where ---

    def _begin_data(self, attributes: Attributes) -> None:
        self._tables += 1
        if self._tables > 1:
            raise self._differently("elle contient deux tableaux de cellules")

    def _begin_row(self, attributes: Attributes) -> None:
        """A row without number stands after the one before it; so does a cell without address."""
        written = attributes.get("r")
        self._row, self._column = self._row + 1 if written is None else self._row_of(written), -1
        if self._row >= MAX_ROWS:
            raise self._outside()

    def _row_of(self, written: str) -> int:
        if not (written.isascii() and written.isdigit() and len(written) < 9 and int(written) > 0):
            raise self._outside()
        return int(written) - 1

    def _begin_cell(self, attributes: Attributes) -> None:
        self._attributes, self._value, self._formula, self._own_text = attributes, None, None, None
        written = attributes.get("r")
        if written is None:
            self._column += 1
            written = address(self._row + 1, self._column + 1)
        try:
            line, self._column = written_place(written)
        except ValueError as fault:
            raise self._outside() from fault
        if line != self._row:
            raise self._differently(f"la cellule {written} y est dans la ligne {self._row + 1}")

    def _outside(self) -> Refusal:
        return damaged(f"la feuille « {self._nom} » place des cellules hors de toute feuille")

    # --- what ---

    def _begin_value(self, attributes: Attributes) -> None:
        if self._value is not None:
            raise self._differently(f"la cellule {self._here()} a deux valeurs")
        self.gather(attributes)

    def _end_value(self) -> None:
        self._value = self.gathered()

    def _begin_formula(self, attributes: Attributes) -> None:
        if self._formula is not None:
            raise self._differently(f"la cellule {self._here()} a deux formules")
        self.gather(attributes)

    def _end_formula(self) -> None:
        self._formula = self.gathered()

    def _end_text(self) -> None:
        if self._own_text is not None:
            raise self._differently(f"la cellule {self._here()} a deux textes")
        self._own_text = self.text_found()

    def _end_cell(self) -> None:
        nature = self._attributes.get("t", "n")
        try:
            value = self._typed(nature, self._value)
        except ValueError as fault:
            raise self._differently(f"la cellule {self._here()} contient « {self._value} », mal écrit") from fault
        error = nature == "e" and self._value is not None
        special = SpecialCell(self._formula, error) if self._formula is not None or error else None
        if value != "" or special is not None:
            self.found.put(self._row, self._column, self._as_shown(value) if value != "" else "", special)

    def _here(self) -> str:
        return address(self._row + 1, self._column + 1)

    def _typed(self, nature: str, written: str | None) -> object:
        """What the cell shows; "" if nothing. ValueError for what no spreadsheet writes."""
        if (self._own_text is not None or nature == "inlineStr") and (nature != "inlineStr" or written is not None):
            raise self._differently(f"la cellule {self._here()} n’a pas le contenu de son type")
        if written is None:
            return self._own_text or ""
        match nature:
            case "n":
                return self._number(written)
            case "s":
                return shared_text(self._shared.texts, written)
            case "str":
                return plain(written)
            case "b" if written.strip() in ("0", "1"):
                return written.strip() == "1"
            case "e":
                return ""
            case "d":
                return _moment(written)
        raise ValueError(nature)

    def _number(self, written: str) -> object:
        if not written.strip():
            return ""
        value, style = number(written), self._attributes.get("s", "0").encode()
        formats = self._shared.formats
        if style in formats.dates:
            return moment(value, self._shared.since_1904)
        if style in formats.durees:
            return duration(value)
        if style in formats.otherwise:
            return OtherwiseShown(value)
        return Percentage(value) if style in formats.percentages else value

    def _as_shown(self, value: object) -> object:
        """A value whose whole cell is struck out."""
        if self._shared.formats.struck and self._attributes.get("s", "0").encode() in self._shared.formats.struck:
            return MarkedText(value if isinstance(value, str) else as_text(value), "")
        return value


def _moment(written: str) -> object:
    """The day that is written; a time of another country stays as it is written, and will be told at its cell."""
    return written if written.strip().endswith("Z") and "T00:00" not in written else written_moment(written)


def xlsx_sheet(pieces: Iterable[bytes], nom: str, shared: SharedContent, budget: Budget) -> FoundCells:
    """``pieces``: the part of the sheet, as it is inflated. Refusal if it cannot or must not be read."""
    walk = XlsxSheetWalk(nom, shared, budget)
    walk.walk(pieces)
    return walk.found
