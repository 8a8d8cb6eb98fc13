"""A returned file, sheet by sheet: values as stored, and which cells hold a formula or an error.

A sheet of the usual shape is read by ``feuille_xml``; any other, and every .ods, by calamine. Both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property, lru_cache
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cls_workbook.errors import Refusal
from cls_workbook.reading.opening.cell_formats import date_formats
from cls_workbook.reading.opening.sheet_xml import SheetContent, content, shared_texts
from cls_workbook.reading.opening.special_cells import (
    OdsSpecialCells,
    SpecialCell,
    XlsxSpecialCells,
    formula,
    parse,
    place,
    refuse_if_too_extended,
)
from cls_workbook.reading.opening.zip_parts import SAVE_AGAIN, ZipParts
from cls_workbook.reading.parsing.percentages import Percentage, percentage_formats
from cls_workbook.workbook.description import address


class Grid:
    """One sheet. ``values``: what its cells hold, by address (b"C14"), blanks left out; ``special_cells``: (row, column), from 0,
    of each cell that holds a formula or an error → its formula (None: an error without formula) and whether it is in error."""

    def __init__(self, nom: str, item_read: SheetContent):
        self.nom, self._read_content = nom, item_read
        self.values: Mapping[bytes, object] = item_read.values

    @property
    def written_formulas(self) -> Mapping[bytes, bytes] | None:
        """Address → formula, as the XML writes it; None where it is not known so."""
        return self._read_content.formulas

    @property
    def special_addresses(self) -> Set[bytes]:
        """The addresses of ``special_cells``."""
        return (
            self._read_content.formulas.keys() | self._read_content.errors
            if self._read_content.errors
            else self._read_content.formulas.keys()
        )

    @cached_property
    def lines(self) -> list[list]:
        """The rows from A1, blanks as "". Refus if something stands too far."""
        refuse_if_too_extended(self.nom, *_extent({*self.values, *self._read_content.formulas}))
        height, width = _extent(self.values)
        lines: list[list] = [[""] * width for _ in range(height)]
        for anchor, valeur in self.values.items():
            i, j = place(anchor)
            lines[i][j] = valeur
        return lines

    @cached_property
    def special_cells(self) -> Mapping[tuple[int, int], SpecialCell]:
        formulas, errors = self._read_content.formulas, self._read_content.errors
        return {
            place(r): SpecialCell(formula(formulas[r]) if r in formulas else None, r in errors)
            for r in self.special_addresses
        }


def _extent(anchors: Iterable[bytes]) -> tuple[int, int]:
    places = [place(anchor) for anchor in anchors]
    return (1 + max(i for i, _ in places), 1 + max(j for _, j in places)) if places else (0, 0)


class CalamineGrid(Grid):
    """The same, where only calamine reads the values."""

    def __init__(self, nom: str, lines: list[list], spreadsheet: XlsxSpecialCells | OdsSpecialCells):
        self.nom, self.lines, self._spreadsheet = nom, lines, spreadsheet

    @cached_property
    def values(self) -> Mapping[bytes, object]:
        return {_anchor(i, j): v for i, line in enumerate(self.lines) for j, v in enumerate(line) if v != ""}

    @property
    def written_formulas(self) -> None:
        return None

    @property
    def special_addresses(self) -> Set[bytes]:
        return {_anchor(i, j) for i, j in self.special_cells}

    @cached_property
    def special_cells(self) -> Mapping[tuple[int, int], SpecialCell]:
        return self._spreadsheet.special_cells(self.nom)


@lru_cache(maxsize=20_000)
def _anchor(i: int, j: int) -> bytes:
    return address(i + 1, j + 1).encode()


class WorkbookFile:
    """An opened file. Refus (with the remedy as detail) if it cannot or must not be read."""

    def __init__(self, file_bytes: bytes):
        self._parts = ZipParts(file_bytes)
        self._plan = (
            None
            if "content.xml" in self._parts
            else _plan(self._parts["xl/workbook.xml"], self._parts["xl/_rels/workbook.xml.rels"])
        )

    def grids(self, except_for: str = "") -> Iterator[Grid]:
        """Each worksheet, in the order of the tabs. ``except_for``: a sheet to leave out if it is hidden."""
        usual = self._usual()
        for nom, hidden, part in self._sheets if usual is None else self._plan.worksheets:
            if nom == except_for and hidden:
                continue
            item_read = content(self._parts[part], *usual) if usual else None
            yield self._from_calamine(nom) if item_read is None else Grid(nom, item_read)

    def _usual(self):
        """(shared texts, formats of dates) of a file of which every sheet may be read here; else None."""
        if self._plan is None or not self._plan.usual:
            return None
        texts, formats = shared_texts(self._parts["xl/sharedStrings.xml"]), date_formats(self._parts["xl/styles.xml"])
        return None if texts is None or formats is None else (texts, formats)

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
        if self._plan is None:
            return OdsSpecialCells(self._parts["content.xml"])
        return XlsxSpecialCells(
            {f.nom: self._parts[f.part] for f in self._plan.worksheets},
            percentage_formats(self._parts["xl/styles.xml"]),
        )

    @property
    def _sheets(self) -> list[ReturnedSheet]:
        all_found = [f for f in self._calamine.sheets_metadata if f.typ == SheetTypeEnum.WorkSheet]
        return [ReturnedSheet(f.name, f.visible != SheetVisibleEnum.Visible, "") for f in all_found]

    def _from_calamine(self, nom: str) -> Grid:
        try:
            lines = self._calamine.get_sheet_by_name(nom).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError, OverflowError) as fault:
            raise Refusal(f"Le fichier est abîmé : la feuille « {nom} » ne se lit pas.", (SAVE_AGAIN,)) from fault
        for i, j in self._spreadsheet.percentages(nom):
            if i < len(lines) and j < len(lines[i]) and isinstance(lines[i][j], float):
                lines[i][j] = Percentage(lines[i][j])
        return CalamineGrid(nom, lines, self._spreadsheet)


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


@lru_cache(maxsize=64)
def _plan(workbook: bytes, relations: bytes) -> SheetDirectory:
    """The sheets that ``xl/workbook.xml`` names, with their parts. Refus if it is no XML."""
    targets: dict[str, tuple[str, str]] = {}
    for tag, attributes in _elements(relations) if relations else ():
        if tag == "Relationship":
            cible, nature = attributes.get("Target", ""), attributes.get("Type", "").rpartition("/")[2]
            targets[attributes.get("Id", "")] = nature, cible.lstrip("/") if cible.startswith("/") else f"xl/{cible}"
    usual = all(_USUAL_PARTS.get(nature, part) == part for nature, part in targets.values())
    worksheets = []
    for tag, attributes in _elements(workbook):
        if tag == "sheet":
            relation = next((v for k, v in attributes.items() if k.rpartition("}")[2] == "id" and "}" in k), "")
            nature, part = targets.get(relation, ("", ""))
            usual = usual and nature == "worksheet"
            worksheets.append(
                ReturnedSheet(attributes.get("name", ""), attributes.get("state", "visible") != "visible", part)
            )
        elif tag == "workbookPr":
            usual = usual and attributes.get("date1904", "0") in ("0", "false")
    return SheetDirectory(tuple(worksheets), usual and len({f.nom for f in worksheets}) == len(worksheets))


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """(local name, attributes) of every element."""
    all_found: list[tuple[str, dict[str, str]]] = []
    reader = expat.ParserCreate(namespace_separator="}")
    reader.StartElementHandler = lambda nom, attributes: all_found.append((nom.rpartition("}")[2], attributes))
    parse(reader, xml)
    return all_found
