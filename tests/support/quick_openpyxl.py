"""openpyxl opens a workbook of ours in a third of its time: what two borders give together is worked out once, plain
texts are taken as they stand, and a sheet is read when it is first looked at.

``save`` leaves the sheets that nobody looked at as they were.

Of ``load_workbook``, four fifths go to merged ranges: for each of their cells, two borders are joined, and looked for
among all others. The workbook remembers here which look came of which two.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from openpyxl.cell.cell import MergedCell
from openpyxl.cell.text import Text
from openpyxl.reader import excel
from openpyxl.styles import Border
from openpyxl.styles.cell_style import StyleArray
from openpyxl.workbook import Workbook
from openpyxl.worksheet.merge import MergedCellRange
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import ARC_SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_SIDES = ("top", "left", "right", "bottom")
_ITEMS = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_ITEM, _PLAIN_TEXT = f"{{{SHEET_MAIN_NS}}}si", f"{{{SHEET_MAIN_NS}}}t"
# What a sheet that was not read says of itself.
_TITLE, _READER, _OF_NAMES = "_WorkbookChild__title", "_reader", ("_print_rows", "_print_cols", "_print_area")
_KNOWN = {"title", _TITLE, "parent", "_parent", "sheet_state", "defined_names", "encoding", "__class__", _READER}
_TEXT_BY_RANK = re.compile(r't="s"><v>(\d+)</v>')
_OUTCOME = re.compile(r"(</f>|<f/>)<v>[^<]*</v>")
PLAIN = MergedCellRange._get_borders, MergedCellRange.format, excel.read_string_table, excel.ExcelReader.read_worksheets
_WRITE_SHEET = ExcelWriter.write_worksheet


def install() -> None:
    MergedCellRange._get_borders, MergedCellRange.format = _find_first_cell, _draw_edges
    excel.read_string_table, excel.ExcelReader.read_worksheets = _read_texts, _prepare_sheets
    ExcelWriter.write_worksheet = _write_sheet


def save(book: Workbook, path: Path | io.BytesIO) -> None:
    """As ``book.save``, of a workbook that is not used afterwards. The sheets that were not read are written as they
    were, with their texts in their cells and without what formulas came to, as openpyxl writes those that it reads."""
    texts: list[str] = []
    for page in book.worksheets:
        if type(page) is UnreadSheet:
            _, found, content = object.__getattribute__(page, _READER).args
            ((_, relation),) = found.find_sheets()
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if not texts and ARC_SHARED_STRINGS in archive.namelist():
                    texts = _ITEMS.findall(archive.read(ARC_SHARED_STRINGS).decode())
                _keep(page, archive, relation.target, texts)
    book.save(path)


def _keep(page: Worksheet, archive: zipfile.ZipFile, part: str, texts: list[str]) -> None:
    """A sheet that leads to other parts is read and written instead."""
    folder, _, name = part.rpartition("/")
    if f"{folder}/_rels/{name}.rels" in archive.namelist():
        return
    written = _TEXT_BY_RANK.sub(lambda of: f't="inlineStr"><is>{texts[int(of[1])]}</is>', archive.read(part).decode())
    object.__setattr__(page, "__class__", Worksheet)
    del page._reader
    page.as_it_was = _OUTCOME.sub(r"\1", written)


def _write_sheet(writer: ExcelWriter, page: Worksheet) -> None:
    if "as_it_was" not in page.__dict__:
        return _WRITE_SHEET(writer, page)
    page._drawing, page._rels = None, []
    writer._archive.writestr(page.path[1:], page.as_it_was)
    writer.manifest.append(page)
    return None


class UnreadSheet(Worksheet):
    """A sheet that is read as soon as it is asked for more than its name, or changed."""

    def __getattribute__(self, name: str):
        if name not in _KNOWN:
            _read(self)
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in (_TITLE, *_OF_NAMES):
            _read(self)
        object.__setattr__(self, name, value)


def _prepare_sheets(reader) -> None:
    """As ``ExcelReader.read_worksheets``, each sheet when it is asked for."""
    if reader.read_only:
        return PLAIN[-1](reader)
    reader.archive.fp.seek(0)
    content, caches = reader.archive.fp.read(), reader.parser.pivot_caches
    if reader.wb.vba_archive:  # a copy that is never written to needs no closing
        reader.wb.vba_archive.close()
        reader.wb.vba_archive = zipfile.ZipFile(io.BytesIO(content))
    for sheet, relation in reader.parser.find_sheets():
        if "chartsheet" in relation.Type:
            reader.read_chartsheet(sheet, relation)
        elif relation.target in reader.valid_files:
            page = reader.wb.create_sheet(sheet.name)
            page.sheet_state = sheet.state
            alone = SimpleNamespace(find_sheets=lambda one=(sheet, relation): [one], pivot_caches=caches)
            page._reader = partial(_read_alone, copy.copy(reader), alone, content)
            page.__class__ = UnreadSheet
    return None


def _read(page: Worksheet) -> None:
    reader = object.__getattribute__(page, _READER)
    object.__setattr__(page, "__class__", Worksheet)
    del page._reader
    reader(page)


def _read_alone(reader, parser: SimpleNamespace, content: bytes, page: Worksheet) -> None:
    book = page.parent
    # Names of tables are compared with those of the sheets that were read: the others are compared with them in turn.
    read = SimpleNamespace(
        worksheets=[s for s in book.worksheets if type(s) is Worksheet], defined_names=book.defined_names
    )
    book._duplicate_name = partial(type(book)._duplicate_name, read)
    reader.parser, reader.wb = parser, SimpleNamespace(create_sheet=lambda _: page, vba_archive=book.vba_archive)
    with zipfile.ZipFile(io.BytesIO(content)) as reader.archive:
        PLAIN[-1](reader)
    del book._duplicate_name


def _read_texts(source) -> list[str]:
    """As ``read_string_table``; a text of one piece is taken as it stands."""
    texts = []
    for _, node in iterparse(source):
        if node.tag == _ITEM:
            simple = len(node) == 1 and node[0].tag == _PLAIN_TEXT
            texts.append(((node[0].text or "") if simple else Text.from_tree(node).content).replace("x005F_", ""))
            node.clear()
    return texts


def _find_first_cell(merged: MergedCellRange) -> None:
    """As ``MergedCellRange._get_borders``: the first cell is there, with the far edges of the last one."""
    sheet = merged.ws
    merged.start_cell = sheet.cell(merged.min_row, merged.min_col)
    last = sheet._cells.get((merged.max_row, merged.max_col))
    if last is not None:
        _join(merged.start_cell, last, ("right", "bottom"))


def _draw_edges(merged: MergedCellRange) -> None:
    """As ``MergedCellRange.format``: each cell is there, with its edge of the first one, and its protection."""
    sheet, first = merged.ws, merged.start_cell
    sides = {name: getattr(first.border, name) for name in _SIDES}
    drawn = [name for name, side in sides.items() if side is None or side.style is not None]
    protection = _style(first).protectionId
    for place in merged.cells:
        cell, (row, column) = _cell(sheet, place), place
        edges = row == merged.min_row, column == merged.min_col, column == merged.max_col, row == merged.max_row
        if any(edges) and (its_own := tuple(n for n, there in zip(_SIDES, edges, strict=True) if there and n in drawn)):
            _join(cell, first, its_own)
        _style(cell).protectionId = protection


def _join(cell, other, sides: tuple[str, ...]) -> None:
    """The border of the cell, and these sides of the other's."""
    known = cell.parent.parent.__dict__.setdefault("_joined_borders", {})
    both = _style(cell).borderId, _style(other).borderId, sides
    if both not in known:
        cell.border += Border(**{name: getattr(other.border, name) for name in sides})
        known[both] = _style(cell).borderId
    _style(cell).borderId = known[both]


def _cell(sheet, place: tuple[int, int]):
    if place not in sheet._cells:
        sheet._cells[place] = MergedCell(sheet, *place)
    return sheet._cells[place]


def _style(cell) -> StyleArray:
    if cell._style is None:
        cell._style = StyleArray()
    return cell._style
