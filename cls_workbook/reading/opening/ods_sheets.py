"""The part ``content.xml`` of an .ods → its sheets: rows, formulas and errors.

What repeats is counted before it is made. What two readers would see differently is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from cls_workbook.errors import Refusal
from cls_workbook.reading.cells.marked_text import MarkedText, OtherwiseShown, Run, text_of_runs
from cls_workbook.reading.cells.shown import as_text
from cls_workbook.reading.opening.cell_formats import multiplies
from cls_workbook.reading.opening.found_cells import FoundCells, seen_differently
from cls_workbook.reading.opening.special_cells import MAX_COLUMNS, MAX_ROWS, SpecialCell
from cls_workbook.reading.opening.typed_numbers import number, written_duration, written_moment
from cls_workbook.reading.opening.xml_names import full, ods_tree
from cls_workbook.reading.opening.xml_walk import IGNORED, TEXT_MAX, Attributes, Budget, State, XmlWalk, damaged
from cls_workbook.workbook.description import address
from cls_workbook.workbook.percentages import Percentage

_USUAL_FIRST_DAY = date(1899, 12, 30)
_SPACES = re.compile("[ \t\r\n]+")
_SHOWN = re.compile(r"-?([0-9][0-9\s]{0,20}(?:,[0-9]{1,2})?)(\D{0,40})")  # « 1,000 » may be an English thousand
_TINY = ("0pt", "1pt", "2pt")
_NAME, _STYLE, _REPEATED_ROWS, _REPEATED_COLUMNS, _FORMULA = map(
    full,
    ("table:name", "table:style-name", "table:number-rows-repeated", "table:number-columns-repeated", "table:formula"),
)
_NATURE, _CALC_NATURE = full("office:value-type"), full("calcext:value-type")
_VALUE, _DATE, _TIME, _BOOLEAN, _STRING = (
    full(f"office:{nom}-value" if nom else "office:value") for nom in ("", "date", "time", "boolean", "string")
)
_ROWS = {"table:table-row": "row"} | dict.fromkeys(
    ("table:table-row-group", "table:table-header-rows", "table:table-rows"), "rows"
)
_NOT_SHOWN = frozenset(map(full, ("text:note", "text:ruby-text", "text:tracked-changes")))


class OdsSheet(NamedTuple):
    """``hidden``: is it not shown? ``notes``: (cell, text) of its notes and text boxes. ``first_day``: how
    many days after 30/12/1899 the numbers of its days begin."""

    nom: str
    hidden: bool
    found: FoundCells
    notes: list[tuple[str, str]]
    first_day: int


@dataclass
class _Styles:
    """Names of styles: of cells and texts struck out, of texts raised, of tables that are hidden."""

    struck: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)


class _OdsCell(NamedTuple):
    """``width``: how many such cells follow each other."""

    column: int
    width: int
    value: object
    special: SpecialCell | None


class OdsWalk(XmlWalk):
    """``sheets``: in the order of the tabs."""

    tree = ods_tree(
        {
            "": {"office:document-content": "document"},
            "document": {"office:automatic-styles": "styles", "office:body": "body"},
            "styles": {"style:style": "style"},
            "style": {"style:text-properties": "text style", "style:table-properties": "table style"},
            "body": {"office:spreadsheet": "workbook"},
            "workbook": {"table:calculation-settings": "settings", "table:table": "sheet"},
            "settings": {"table:null-date": "first day"},
            "sheet": _ROWS | {"table:shapes": "shapes"},
            "rows": _ROWS,
            "row": {"table:table-cell": "cell", "table:covered-table-cell": "cell"},
            "cell": {
                "text:p": "paragraph",
                "text:h": "paragraph",
                "office:annotation": "note",
                "draw:frame": "frame",
                "draw:custom-shape": "note",
            },
            "frame": {"draw:text-box": "note"},
            "shapes": {"draw:frame": "frame", "draw:custom-shape": "note"},
            "note": {"text:p": "note text"},
            "note text": {},
            "inside note": {},
        }
        | dict.fromkeys(
            ("paragraph", "span"),
            {"text:span": "span", "text:s": "spaces", "text:tab": "tab", "text:line-break": "line break"},
        )
    )

    def __init__(self, budget: Budget):
        super().__init__(budget)
        self.sheets: list[OdsSheet] = []
        self._styles, self._style, self._of_a_part, self._day = _Styles(), "", False, 0
        self._row, self._repeated_rows = 0, 1
        self._cells: list[_OdsCell] = []
        self._column = 0
        self._attributes: Attributes = {}
        self._names: set[str] = set()
        self._note: list[str] = []
        self._paragraphs, self._after_space = 0, True
        self._runs: list[Run] = []
        self._spans = [(False, False)]  # of each span that the text is in: is it struck out, raised?
        self.entering |= {
            "style": self._begin_style,
            "text style": self._text_style,
            "table style": self._table_style,
            "first day": self._first_day,
            "sheet": self._begin_sheet,
            "row": self._begin_row,
            "cell": self._begin_cell,
            "paragraph": self._begin_paragraph,
            "span": self._begin_span,
            "note text": self.gather,
            "spaces": self._add_spaces,
            IGNORED: self._pause,
            "tab": lambda _: self._add("\t"),
            "line break": lambda _: self._add("\n"),
        }
        self.leaving |= {
            "row": self._end_row,
            "cell": self._end_cell,
            "note": self._end_note,
            "note text": lambda: self._note.append(self.gathered()),
            "paragraph": self._end_paragraph,
            "span": self._end_span,
            IGNORED: self._resume,
        }

    def other(self, nom: str) -> State:
        if self.state == "":
            raise damaged("son contenu n’est pas celui d’un classeur")
        if self.state in ("note text", "inside note"):
            return "inside note"
        # Links and fields are read as they show; frames, notes and drawings are none of the text.
        is_text = self.state in ("paragraph", "span") and nom.startswith(full("text:")) and nom not in _NOT_SHOWN
        return "span" if is_text else super().other(nom)

    # --- styles ---

    def _begin_style(self, attributes: Attributes) -> None:
        self._style = attributes.get(full("style:name"), "")
        self._of_a_part = attributes.get(full("style:family")) == "text"

    def _text_style(self, attributes: Attributes) -> None:
        is_white = attributes.get(full("fo:color"), "").lower() == "#ffffff"  # of a whole cell, it may be on a colour
        is_tiny = attributes.get(full("fo:font-size"), "") in _TINY
        unseen = is_white or is_tiny or attributes.get(full("text:display")) == "none"
        if attributes.get(full("style:text-line-through-style"), "none") != "none" or (self._of_a_part and unseen):
            self._styles.struck.add(self._style)
        if attributes.get(full("style:text-position"), "0").partition(" ")[0] not in ("0", "0%"):
            self._styles.raised.add(self._style)

    def _table_style(self, attributes: Attributes) -> None:
        if attributes.get(full("table:display")) == "false":
            self._styles.hidden.add(self._style)

    def _first_day(self, attributes: Attributes) -> None:
        written = attributes.get(full("table:date-value"), "")[: len("1899-12-30")]
        with suppress(ValueError):  # no date: the usual one, as LibreOffice has it
            self._day = (date.fromisoformat(written) - _USUAL_FIRST_DAY).days

    # --- sheets, rows ---

    def _begin_sheet(self, attributes: Attributes) -> None:
        nom = attributes.get(_NAME, "")
        if nom.casefold() in self._names:
            raise seen_differently(nom, "une autre feuille porte le même nom")
        self.budget.take_sheet()
        self._names.add(nom.casefold())
        hidden = attributes.get(_STYLE) in self._styles.hidden
        self.sheets.append(OdsSheet(nom, hidden, FoundCells(nom, self.budget), [], self._day))
        self._row = 0

    def _begin_row(self, attributes: Attributes) -> None:
        self._repeated_rows = self._repeated(attributes, _REPEATED_ROWS)
        self._column, self._cells = 0, []

    def _end_row(self) -> None:
        if self._cells:
            last = self._cells[-1]
            if self._row + self._repeated_rows > MAX_ROWS or last.column + last.width > MAX_COLUMNS:
                raise damaged(f"la feuille « {self.sheets[-1].nom} » place des cellules hors de toute feuille")
            for line in range(self._row, self._row + self._repeated_rows):
                for first, width, value, special in self._cells:
                    for column in range(first, first + width):
                        self.sheets[-1].found.put(line, column, value, special)
        self._row += self._repeated_rows

    def _repeated(self, attributes: Attributes, nom: str) -> int:
        written = attributes.get(nom, "1").strip()
        if not (written.isascii() and written.isdigit() and len(written) < 12 and int(written) > 0):
            raise damaged(f"la feuille « {self.sheets[-1].nom} » répète une cellule « {written[:20]} » fois")
        return int(written)

    # --- cells ---

    def _begin_cell(self, attributes: Attributes) -> None:
        self._attributes, self._paragraphs, self._runs = attributes, 0, []

    def _end_cell(self) -> None:
        attributes, width = self._attributes, self._repeated(self._attributes, _REPEATED_COLUMNS)
        value, formula = self._value(), attributes.get(_FORMULA)
        error = attributes.get(_CALC_NATURE) == "error"
        if value != "" and attributes.get(_STYLE) in self._styles.struck:
            value = MarkedText(value if isinstance(value, str) else as_text(value), "")
        special = SpecialCell(formula, error) if formula is not None or error else None
        if value != "" or special is not None:
            self._cells.append(_OdsCell(self._column, width, value, special))
        self._column += width

    def _end_note(self) -> None:
        where = min(self._row, MAX_ROWS - 1) + 1, min(self._column, MAX_COLUMNS - 1) + 1
        if text := "\n".join(self._note).strip():
            self.sheets[-1].notes.append((address(*where), text))
        self._note = []

    def _value(self) -> object:
        """What the cell shows; "" if nothing."""
        attributes, text = self._attributes, text_of_runs(self._runs)
        nature = attributes.get(_NATURE) or attributes.get(_CALC_NATURE) or ""
        if attributes.get(_CALC_NATURE) == "error":
            return ""
        try:
            return self._text(text) if nature in ("", "string") else _as_shown(_typed(nature, attributes), text)
        except (ValueError, KeyError, OverflowError) as fault:
            raise self._differently(f"contient une valeur mal écrite ({nature[:20]})") from fault

    def _text(self, text: str) -> str:
        kept = self._attributes.get(_STRING)
        if kept is None or not text:
            return text if kept is None else kept
        if kept.split() != text.split():
            raise self._differently(f"contient deux textes, « {as_text(kept)} » et « {as_text(text)} »")
        return text

    def _differently(self, what: str) -> Refusal:
        where = address(min(self._row, MAX_ROWS - 1) + 1, min(self._column, MAX_COLUMNS - 1) + 1)
        return seen_differently(self.sheets[-1].nom, f"la cellule {where} {what}")

    # --- texts ---

    def _begin_paragraph(self, attributes: Attributes) -> None:
        if self._paragraphs:
            self._runs.append(Run("\n"))
        self._paragraphs += 1
        self._spans, self._after_space = [(False, False)], True
        self.gather(attributes)

    def _end_paragraph(self) -> None:
        self._flush()
        self.text = None
        if self._after_space and self._runs and self._runs[-1].text.endswith(" "):
            self._runs[-1] = self._runs[-1]._replace(text=self._runs[-1].text[:-1])

    def _begin_span(self, attributes: Attributes) -> None:
        self._flush()
        struck, raised = self._spans[-1]
        style = attributes.get(full("text:style-name"))
        self._spans.append((struck or style in self._styles.struck, raised or style in self._styles.raised))

    def _end_span(self) -> None:
        self._flush()
        self._spans.pop()

    def _flush(self) -> None:
        """The characters since the last element, without what only lays the file out, none at the beginning."""
        written, self.text = self.gathered(), ""
        shown = _SPACES.sub(_white_space, written)
        if self._after_space:
            shown = shown.removeprefix(" ")
        if shown:
            self._runs.append(Run(shown, *self._spans[-1]))
            self._after_space = shown.endswith(" ")

    def _add(self, shown: str) -> None:
        """White space that is written as an element."""
        self._flush()
        self.budget.take_characters(len(shown))
        self._runs.append(Run(shown, *self._spans[-1]))
        self._after_space = False

    def _add_spaces(self, attributes: Attributes) -> None:
        self._add(" " * min(self._repeated(attributes, full("text:c")), TEXT_MAX + 1))

    def _pause(self, attributes: Attributes) -> None:
        if self.text is not None:
            self._flush()
            self.text = None

    def _resume(self) -> None:
        if self.state in ("paragraph", "span"):
            self.text = ""


def _white_space(found: re.Match[str]) -> str:
    """A line's end and what indents it are one space; several spaces stay, as LibreOffice writes and shows them."""
    return found.group() if not found.group().strip(" ") else " "


def _as_shown(value: object, text: str) -> object:
    """``text``: what the cell shows of it; many programs do not write it."""
    if type(value) is not float or not (found := _SHOWN.fullmatch(text)):
        return value
    digits = abs(float(re.sub("\\s", "", found[1]).replace(",", ".")))
    in_thousands = digits > 0 and abs(value) > 900 * digits
    return OtherwiseShown(value) if in_thousands or multiplies(found[2]) else value


def _typed(nature: str, attributes: Attributes) -> object:
    """ValueError, KeyError or OverflowError for what no spreadsheet writes."""
    match nature:
        case "float" | "currency":
            return number(attributes[_VALUE])
        case "percentage":
            return Percentage(number(attributes[_VALUE]))
        case "date":
            return written_moment(attributes[_DATE])
        case "time":
            return written_duration(attributes[_TIME])
        case "boolean":
            return {"true": True, "false": False}[attributes[_BOOLEAN]]
    raise ValueError(nature)


def ods_sheets(pieces: Iterable[bytes], budget: Budget) -> list[OdsSheet]:
    """``pieces``: the part ``content.xml``, as it is inflated. Refusal if it cannot or must not be read."""
    walk = OdsWalk(budget)
    walk.walk(pieces)
    return walk.sheets
