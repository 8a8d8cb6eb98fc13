"""A returned file, sheet by sheet: values as stored, and which cells hold a formula or an error.

The plain way is calamine, and the XML for what it does not tell. A sheet of the usual shape is read by
``fast_paths.sheet_xml``, unless the ``Opener`` is told not to: both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property, lru_cache, partial
from io import BytesIO
from typing import NamedTuple, Protocol
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cls_workbook.bounded_memory import Memory
from cls_workbook.errors import Refusal
from cls_workbook.fast_paths.sheet_xml import FORMATS_KEPT, SheetContent, SheetXmlReader
from cls_workbook.reading.opening.cell_formats import date_formats
from cls_workbook.reading.opening.special_cells import (
    OdsSpecialCells,
    SpecialCell,
    XlsxSpecialCells,
    formula,
    parse,
    place,
    refuse_if_too_extended,
)
from cls_workbook.reading.opening.zip_parts import SAVE_AGAIN, SHARED_PART_MAX, ZipParts, shared_parts
from cls_workbook.workbook.description import address
from cls_workbook.workbook.percentages import Percentage, percentage_formats

DIRECTORIES_KEPT = 64
Row = list[object]
SpecialCells = Mapping[tuple[int, int], SpecialCell]


class Grid(Protocol):
    """One sheet. ``values``: what its cells hold, by address (b"C14"), blanks left out; ``lines``: its rows from A1,
    blanks as "" (Refusal if one stands too far). ``special_cells``: (row, column), from 0, of each cell that holds
    a formula or an error → its formula (None: an error without formula) and whether it is in error;
    ``special_addresses``: where these are. ``written_formulas``: address → formula, as the XML writes it; None where
    it is not known so."""

    @property
    def nom(self) -> str: ...
    @property
    def values(self) -> Mapping[bytes, object]: ...
    @property
    def lines(self) -> list[Row]: ...
    @property
    def special_cells(self) -> SpecialCells: ...
    @property
    def special_addresses(self) -> Set[bytes]: ...
    @property
    def written_formulas(self) -> Mapping[bytes, bytes] | None: ...


class PlainGrid:
    """A sheet of which the rows are known. ``find_special``: what tells its formulas and errors, when it is asked."""

    written_formulas = None

    def __init__(self, nom: str, lines: list[Row], find_special: Callable[[], SpecialCells]):
        self.nom, self.lines, self._find_special = nom, lines, find_special

    @cached_property
    def values(self) -> Mapping[bytes, object]:
        return {_anchor(i, j): v for i, line in enumerate(self.lines) for j, v in enumerate(line) if v != ""}

    @cached_property
    def special_cells(self) -> SpecialCells:
        return self._find_special()

    @property
    def special_addresses(self) -> Set[bytes]:
        return {_anchor(i, j) for i, j in self.special_cells}


@lru_cache(maxsize=20_000)
def _anchor(i: int, j: int) -> bytes:
    return address(i + 1, j + 1).encode()


class QuickGrid:
    """A sheet that ``fast_paths.sheet_xml`` has read: its rows are made when they are asked for, which is seldom."""

    def __init__(self, nom: str, content: SheetContent):
        self.nom, self._content = nom, content
        self.values: Mapping[bytes, object] = content.values
        self.written_formulas: Mapping[bytes, bytes] = content.formulas

    @property
    def special_addresses(self) -> Set[bytes]:
        formulas, errors = self._content.formulas.keys(), self._content.errors
        return formulas | errors if errors else formulas

    @cached_property
    def lines(self) -> list[Row]:
        refuse_if_too_extended(self.nom, *_extent({*self.values, *self.written_formulas}))
        height, width = _extent(self.values)
        lines: list[Row] = [[""] * width for _ in range(height)]
        for anchor, value in self.values.items():
            i, j = place(anchor)
            lines[i][j] = value
        return lines

    @cached_property
    def special_cells(self) -> SpecialCells:
        formulas, errors = self._content.formulas, self._content.errors
        return {
            place(r): SpecialCell(formula(formulas[r]) if r in formulas else None, r in errors)
            for r in self.special_addresses
        }


def _extent(anchors: Iterable[bytes]) -> tuple[int, int]:
    places = [place(anchor) for anchor in anchors]
    return (1 + max(i for i, _ in places), 1 + max(j for _, j in places)) if places else (0, 0)


class Opener:
    """Opens file after file; what it remembers from one for the next is its own, and bounded.

    ``fast``: sheets of the usual shape are read by ``fast_paths.sheet_xml``; else all are by calamine.
    """

    def __init__(self, fast: bool = True):
        self._shared_parts = shared_parts()
        self._directories = Memory(_directory, DIRECTORIES_KEPT, SHARED_PART_MAX, lambda parts: sum(map(len, parts)))
        self._formats = Memory(date_formats, FORMATS_KEPT, SHARED_PART_MAX)
        self._quick = SheetXmlReader() if fast else None

    def open(self, content: bytes) -> WorkbookFile:
        """Refusal (with the remedy as detail) if the file cannot or must not be read."""
        parts = ZipParts(content, self._shared_parts)
        if "content.xml" in parts:
            return WorkbookFile(parts, None)
        directory = self._directories[parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"]]
        return WorkbookFile(parts, directory, self._reader(parts) if directory.usual else None)

    def _reader(self, parts: ZipParts) -> Callable[[bytes], SheetContent | None] | None:
        """What reads the usual sheets of a file; None if they are to be left to calamine."""
        if self._quick is None:
            return None
        texts, formats = self._quick.shared_texts(parts["xl/sharedStrings.xml"]), self._formats[parts["xl/styles.xml"]]
        return None if texts is None or formats is None else partial(self._quick.content, texts=texts, formats=formats)


def open_workbook(content: bytes) -> WorkbookFile:
    """A file that is read on its own. Refusal as ``Opener.open``."""
    return Opener().open(content)


class WorkbookFile:
    """An opened file. ``directory``: of an .xlsx; ``quick``: what reads the usual sheets, None for those that it
    leaves."""

    def __init__(
        self,
        parts: ZipParts,
        directory: SheetDirectory | None,
        quick: Callable[[bytes], SheetContent | None] | None = None,
    ):
        self._parts, self._directory, self._quick = parts, directory, quick

    def grids(self, except_for: str = "") -> Iterator[Grid]:
        """Each worksheet, in the order of the tabs. ``except_for``: a sheet to leave out if it is hidden."""
        for nom, hidden, part in self._worksheets():
            if nom == except_for and hidden:
                continue
            content = self._quick(self._parts[part]) if self._quick else None
            yield self._from_calamine(nom) if content is None else QuickGrid(nom, content)

    def _worksheets(self) -> Sequence[ReturnedSheet]:
        if self._directory is not None and self._quick:
            return self._directory.worksheets
        worksheets = [f for f in self._calamine.sheets_metadata if f.typ == SheetTypeEnum.WorkSheet]
        return [ReturnedSheet(f.name, f.visible != SheetVisibleEnum.Visible, "") for f in worksheets]

    # --- calamine ---

    @cached_property
    def _calamine(self) -> CalamineWorkbook:
        self._parts.check_parts()
        self._spreadsheet.verifier()
        try:
            return CalamineWorkbook.from_filelike(BytesIO(self._parts.content))
        except (CalamineError, OSError, ValueError) as fault:
            raise Refusal("Le fichier est abîmé : le classeur ne s’ouvre pas.", (SAVE_AGAIN,)) from fault

    @cached_property
    def _spreadsheet(self) -> XlsxSpecialCells | OdsSpecialCells:
        if self._directory is None:
            return OdsSpecialCells(self._parts["content.xml"])
        return XlsxSpecialCells(
            {f.nom: self._parts[f.part] for f in self._directory.worksheets},
            percentage_formats(self._parts["xl/styles.xml"]),
        )

    def _from_calamine(self, nom: str) -> Grid:
        try:
            rows = self._calamine.get_sheet_by_name(nom).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError, OverflowError) as fault:
            raise Refusal(f"Le fichier est abîmé : la feuille « {nom} » ne se lit pas.", (SAVE_AGAIN,)) from fault
        lines: list[Row] = [list(row) for row in rows]
        for i, j in self._spreadsheet.percentages(nom):
            if i < len(lines) and j < len(lines[i]) and isinstance(number := lines[i][j], float):
                lines[i][j] = Percentage(number)
        return PlainGrid(nom, lines, partial(self._spreadsheet.special_cells, nom))


# --- The sheets of an .xlsx -----------------------------------------------------------------------------------------


class ReturnedSheet(NamedTuple):
    nom: str
    hidden: bool
    part: str


class SheetDirectory(NamedTuple):
    """``usual``: worksheets only, parts under their usual names, days counted from 1900."""

    worksheets: tuple[ReturnedSheet, ...]
    usual: bool


_USUAL_PARTS = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}


def _directory(parts: tuple[bytes, bytes]) -> SheetDirectory:
    """The sheets that ``xl/workbook.xml`` names, with their parts; ``parts``: that one, and its relations. Refusal if
    it is no XML."""
    workbook, relations = parts
    targets: dict[str, tuple[str, str]] = {}
    for tag, attributes in _elements(relations) if relations else ():
        if tag == "Relationship":
            target, kind = attributes.get("Target", ""), attributes.get("Type", "").rpartition("/")[2]
            targets[attributes.get("Id", "")] = kind, target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    usual = all(_USUAL_PARTS.get(kind, part) == part for kind, part in targets.values())
    worksheets = []
    for tag, attributes in _elements(workbook):
        if tag == "sheet":
            relation = next((v for k, v in attributes.items() if k.rpartition("}")[2] == "id" and "}" in k), "")
            kind, part = targets.get(relation, ("", ""))
            usual = usual and kind == "worksheet"
            hidden = attributes.get("state", "visible") != "visible"
            worksheets.append(ReturnedSheet(attributes.get("name", ""), hidden, part))
        elif tag == "workbookPr":
            usual = usual and attributes.get("date1904", "0") in ("0", "false")
    return SheetDirectory(tuple(worksheets), usual and len({f.nom for f in worksheets}) == len(worksheets))


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """(local name, attributes) of every element."""
    elements: list[tuple[str, dict[str, str]]] = []
    reader = expat.ParserCreate(namespace_separator="}")
    reader.StartElementHandler = lambda nom, attributes: elements.append((nom.rpartition("}")[2], attributes))
    parse(reader, xml)
    return elements
