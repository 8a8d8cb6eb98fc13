"""A returned file, sheet by sheet: what its cells hold, as a person sees it, and which hold a formula or an error.

The plain way reads the XML, whatever its shape (``xlsx_sheet``, ``ods_sheets``). A sheet of the usual shape is read by
``fast_paths.sheet_xml``, unless the ``Opener`` is told not to: both say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import NamedTuple, Protocol

from cls_workbook.bounded_memory import Memory
from cls_workbook.fast_paths.sheet_xml import FORMATS_KEPT, NO_FORMATS, Formats, SheetXmlReader, by_rank
from cls_workbook.reading.beside.xlsx_notes import xlsx_notes
from cls_workbook.reading.opening.cell_formats import cell_formats
from cls_workbook.reading.opening.grids import Grid, PlainGrid, QuickGrid
from cls_workbook.reading.opening.ods_sheets import ods_sheets
from cls_workbook.reading.opening.package_kind import ODS_CONTENT, main_part
from cls_workbook.reading.opening.shared_texts import shared_texts
from cls_workbook.reading.opening.typed_numbers import SINCE_1904
from cls_workbook.reading.opening.xlsx_directory import ReturnedSheet, XlsxDirectory, directory, relations_part
from cls_workbook.reading.opening.xlsx_sheet import SharedContent, xlsx_sheet
from cls_workbook.reading.opening.xml_walk import Budget, damaged, own_tables
from cls_workbook.reading.opening.zip_parts import SHARED_PART_MAX, ZipParts
from cls_workbook.reading.opening.zip_parts import shared_parts as parts_in_common

DIRECTORIES_KEPT = 64
_PROPERTIES_MAX = 100_000  # bytes
_DAY = re.compile(rb"<(dcterms:(?:modified|created)|dc:date|meta:creation-date)\b[^>]*>([0-9T:.Z+-]{10,40})<")
QUICK_PART_MAX = 16_000_000  # bytes of a part that is read in one go; the sheets of a return have 50 000
QUICK_ROWS_MAX, QUICK_CELLS_MAX = 100_000, 400_000
_FEW_CELLS_MAX = 600_000  # bytes that cannot hold more: no row is shorter than « <row/> », no cell than « <c /> »


class WorkbookFile(Protocol):
    """An opened file."""

    def grids(self, except_for: str = "") -> Iterator[Grid]:
        """Each worksheet, in the order of the tabs. ``except_for``: a sheet to leave out if it is hidden. Refusal if
        one cannot be read."""
        ...

    def saved_on(self) -> date | None:
        """The day on which a spreadsheet saved it, as the file says."""
        ...


def _saved_on(parts: ZipParts, part: str) -> date | None:
    """The day that the file says it was saved, None where it says none, or the one on which it was made."""
    if not 0 < parts.size(part) <= _PROPERTIES_MAX:
        return None
    days: dict[bytes, bytes] = dict(_DAY.findall(parts[part]))
    modified = days.get(b"dcterms:modified", days.get(b"dc:date", b""))
    created = days.get(b"dcterms:created", days.get(b"meta:creation-date", b""))
    try:
        return date.fromisoformat(modified.decode()[:10]) if modified != created else None
    except ValueError:
        return None


class Opener:
    """Opens file after file; what it remembers from one for the next is its own, and bounded.

    ``fast``: sheets of the usual shape are read by ``fast_paths.sheet_xml``; else all are by the plain way.
    """

    def __init__(self, fast: bool = True):
        self._shared_parts = parts_in_common()
        self._directories: Memory[_Directory, XlsxDirectory] = Memory(
            _read_directory, DIRECTORIES_KEPT, SHARED_PART_MAX, lambda written: len(written.workbook)
        )
        self._formats: Memory[bytes, Formats] = Memory(_read_formats, FORMATS_KEPT, SHARED_PART_MAX)
        self._quick = SheetXmlReader() if fast else None

    def open(self, content: bytes, budget: Budget | None = None) -> WorkbookFile:
        """Refusal (with the remedy as detail) if the file cannot or must not be read. ``budget``: what it may hold, by
        default as much as a return."""
        parts, budget = ZipParts(content, self._shared_parts), budget or Budget()
        part = main_part(parts)
        if part == ODS_CONTENT:
            return _OdsFile(parts, budget)
        known = self._directories[_Directory(parts[part], parts[relations_part(part)], part)]
        formats = self._formats[parts[known.styles]] if known.styles in parts else NO_FORMATS
        return _XlsxFile(parts, known, formats, budget, self._quick)


class _Directory(NamedTuple):
    """What says where the sheets are, as it is written."""

    workbook: bytes
    its_relations: bytes
    part: str


def _read_directory(written: _Directory) -> XlsxDirectory:
    return directory(*written)


def _read_formats(styles: bytes) -> Formats:
    return cell_formats([styles], Budget())


def open_workbook(content: bytes, budget: Budget | None = None) -> WorkbookFile:
    """A file that is read on its own. Refusal as ``Opener.open``."""
    return Opener().open(content, budget)


def own_workbook(path: str | PathLike[str]) -> list[Grid]:
    """The sheets of a workbook that this program made, whoever saved it last: it may hold the tables of a whole
    campaign. OSError if there is no such file, Refusal as ``Opener.open``."""
    return list(open_workbook(Path(path).read_bytes(), own_tables()).grids())


class _OdsFile:
    def __init__(self, parts: ZipParts, budget: Budget):
        self._parts, self._budget = parts, budget

    def grids(self, except_for: str = "") -> Iterator[Grid]:
        for nom, hidden, found, notes, first_day in ods_sheets(self._parts.pieces(ODS_CONTENT), self._budget):
            if not (nom == except_for and hidden):
                yield PlainGrid(nom, found.lines(), found.all_special, hidden, first_day, notes)

    def saved_on(self) -> date | None:
        return _saved_on(self._parts, "meta.xml")


class _XlsxFile:
    """``quick``: what reads the usual sheets, None if all are to be left to the plain way."""

    def __init__(
        self, parts: ZipParts, known: XlsxDirectory, formats: Formats, budget: Budget, quick: SheetXmlReader | None
    ):
        self._parts, self._directory, self._formats, self._budget = parts, known, formats, budget
        self._quick = None if known.since_1904 else quick

    def grids(self, except_for: str = "") -> Iterator[Grid]:
        for sheet in self._directory.worksheets:
            if sheet.part not in self._parts:
                raise damaged(f"la feuille « {sheet.nom} » n’y est pas")
            if not (sheet.nom == except_for and sheet.hidden):
                yield self._quick_grid(sheet) or self._plain_grid(sheet)

    def saved_on(self) -> date | None:
        return _saved_on(self._parts, "docProps/core.xml")

    def _quick_grid(self, sheet: ReturnedSheet) -> Grid | None:
        if self._quick is None or self._parts.size(sheet.part) > QUICK_PART_MAX:
            return None
        xml = self._parts[sheet.part]
        if len(xml) > _FEW_CELLS_MAX and (xml.count(b"<row") > QUICK_ROWS_MAX or xml.count(b"<c ") > QUICK_CELLS_MAX):
            return None
        content = self._quick.content(xml, self._texts_by_rank, self._formats)
        if content is None:
            return None
        self._budget.take_written(len(content.values) + len(content.formulas))
        return QuickGrid(sheet.nom, content, self._budget, sheet.hidden, self._notes(sheet))

    def _plain_grid(self, sheet: ReturnedSheet) -> Grid:
        shared = SharedContent(self._texts, self._formats, self._directory.since_1904)
        found = xlsx_sheet(self._parts.pieces(sheet.part), sheet.nom, shared, self._budget)
        first_day = SINCE_1904 if self._directory.since_1904 else 0
        return PlainGrid(sheet.nom, found.lines(), found.all_special, sheet.hidden, first_day, self._notes(sheet))

    def _notes(self, sheet: ReturnedSheet) -> list[tuple[str, str]]:
        return xlsx_notes(self._parts, sheet.part, self._budget)

    @cached_property
    def _texts(self) -> list[str]:
        part = self._directory.texts
        return shared_texts(self._parts.pieces(part), self._budget) if part in self._parts else []

    @cached_property
    def _texts_by_rank(self) -> dict[bytes, str]:
        part, quick = self._directory.texts, None
        if self._quick is not None and 0 < self._parts.size(part) <= QUICK_PART_MAX:
            quick = self._quick.shared_texts(self._parts[part])
        return by_rank(self._texts) if quick is None else quick
