"""A sheet of XlsxWriter whose rows and cells are written here, several times as fast and byte for byte the same.

The plain way is ``workbook.plain_page``. What this buys, end to end: ×1.15 with 15 returns, ×1.8 with 320, ×2 with 1
000.

XlsxWriter does all the rest (comments apart, which need its rows). Its own way of writing cells, one call, one record
and one look at every attribute each, would take two thirds of the time of a workbook. A row is made once, in one piece;
what is long is kept compressed. A validation that comes back, on other cells or sheets, is checked and written by
XlsxWriter once.

Relied upon beyond its documented calls, and held by ``tests/property/test_row_writer.py``, for the versions of
``CHECKED``; with any other, the plain way is taken:

- ``_write_sheet_data()`` writes the element ``sheetData`` to ``fh``, and reads nothing that another part needs;
- ``_write_data_validations()`` writes to ``fh`` the element ``dataValidations``, of those which ``validations`` lists,
  one
  by one with ``_write_data_validation()``; where they stand is in ``sqref`` and nowhere else;
- ``_prepare_formula()`` takes the first ``=`` off the formulas of validations and conditional formats;
- ``_get_range_data()`` gives the values that a chart keeps;
- ``table`` (row → column → cell) holds what XlsxWriter's own calls wrote, which ``_write_cell()`` turns into XML;
- ``tables`` (a list) says of each Excel table where it is, in ``range``, ``a_range`` and ``autofilter``;
- ``row_info`` (row → height in pixels, hidden), ``default_row_height``, ``hyperlinks`` (row → column), ``merge`` (a
  list);
- ``_check_dimensions()`` extends what the sheet occupies, ``dim_rowmin`` is None while that is nothing;
- ``utility._datetime_to_excel_datetime()``, in ``cell_contents``, numbers a date;
- ``str_table``: ``_get_shared_string_index()`` counts a text and gives its rank, ``count`` is how many cells hold one;
- ``_get_xf_index()`` of a format numbers it the first time that it is used: hence rows in order, sheet after sheet;
- ``worksheets_objs`` and ``sheetnames`` are how a workbook refers to its sheets, which refer to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from io import StringIO
from itertools import chain, groupby
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from cls_workbook.fast_paths.cell_contents import (
    EMPTY,
    NO_VALUE,
    TEXT,
    CellContents,
    SharedTexts,
    shared_text_cell,
    shown_as,
)
from cls_workbook.fast_paths.shared_parts import LongText, complete
from cls_workbook.workbook import plain_page, writer
from cls_workbook.workbook.cell_values import permitted_text
from cls_workbook.workbook.description import (
    Cell,
    CellRange,
    ExcelTable,
    Link,
    Sheet,
    WholeRows,
    Workbook,
    address,
    letter,
)
from cls_workbook.workbook.excel_limits import check_link
from cls_workbook.workbook.plain_page import Options, PlainPage, PlainPages

CHECKED = ("3.3.0", "3.3.1")  # versions of XlsxWriter whose internals are as is said above
# Where the rows of a large sheet are left out, to be put back in the archive: XlsxWriter writes an empty element
# otherwise.
NO_ROWS = b"<sheetData></sheetData>"
_HERE = "ICI"  # where a validation stands, until it is known
_ROWS_PER_BLOCK = 16  # rows whose cells' first and last columns are told together

# Number of a row, XML of its cells, first and last columns: ("", 0, 0) for a row without any.
_RowXml = tuple[int, str, int, int]


def write(workbook: Workbook, path: str | os.PathLike[str]) -> None:
    """As ``writer.write``: the same bytes."""
    writer.write(workbook, path, _pages())


def to_bytes(workbook: Workbook) -> bytes:
    """As ``writer.to_bytes``: the same bytes."""
    return writer.to_bytes(workbook, _pages())


def _pages() -> type[PlainPages]:
    return FastPages if xlsxwriter.__version__ in CHECKED else PlainPages


class StyleAttributes(dict[str | None, str]):
    """Style name → attribute of a cell. ``formats``: style name → XlsxWriter's format."""

    def __init__(self, formats: Mapping[str, Format]):
        super().__init__({None: ""})
        self._formats = formats

    def __missing__(self, name: str) -> str:
        attribute = self[name] = f' s="{self._formats[name]._get_xf_index()}"'
        return attribute


class FastPage(PlainPage):
    """Rows are made as soon as the sheet is filled, after XlsxWriter's own calls."""

    def prepare(self, styles: StyleAttributes, contents: CellContents, validations: dict[Hashable, list[str]]) -> None:
        """What the sheets of a workbook share: the attributes of styles, the XML of values, that of validations."""
        self._styles, self._contents, self._models = styles, contents, validations
        self._rows: dict[int, dict[int, tuple[str | None, str, object]]] = {}  # row → column → style, XML's end, value
        self._shown_cells: dict[tuple[int, int], object] = {}
        self._validations_xml: list[str] = []
        self.reserve = LongText()

    def add_excel_table(self, sheet_table: ExcelTable, cell_range: CellRange, options: Options) -> None:
        """XlsxWriter keeps a record of each cell of a table: it is shown two rows, then told the real range."""
        line, column, _, last_column = cell_range
        self.add_table(line - 1, column - 1, line, last_column - 1, options)
        self.tables[-1] |= dict.fromkeys(("range", "a_range", "autofilter"), cell_range.a1())

    def validate(self, key: Hashable, options: Callable[[], dict[str, Any]], locations: str) -> None:
        """``options`` are asked for once for each ``key``."""
        if key not in self._models:
            self._models[key] = self._model(options() | {"multi_range": _HERE})
        if model := self._models[key]:
            self._validations_xml.append(locations.join(model))

    def _model(self, options: dict[str, Any]) -> list[str]:
        """What stands before and after the place of a validation; nothing for one that says nothing."""
        if self.data_validation(0, 0, 0, 0, options):
            return []
        self.fh = StringIO()
        self._write_data_validation(self.validations.pop())
        # Quotes are escaped in an attribute: this one is found once.
        before, after = self.fh.getvalue().split(f' sqref="{_HERE}"')
        return [f'{before} sqref="', f'"{after}']

    def fill(self, sheet: Sheet, shown: Collection[tuple[int, int]]) -> None:
        """As ``PlainPage.fill``. Whole rows are each made and forgotten, unless merges or charts look at them."""
        if isinstance(sheet.cells, WholeRows) and not sheet.merges and not shown:
            self._unroll(sheet.cells)
            return
        self._put(sheet.cells)
        for cell_range in sheet.merges:
            self._merge_cells(cell_range)
        self._render(shown)

    def _put(self, cells: Iterable[Cell]) -> None:
        """Cells in any order; of two at one place, the later one stays. ValueError, naming the place, if a cell cannot
        hold a value. The inner loop of every workbook: one look-up of the type, or of the text."""
        contents, texts, rows = self._contents, self._contents.texts, self._rows
        here, nombre = -1, 0  # no row yet
        row: dict[int, tuple[str | None, str, object]] = {}
        try:
            for line, column, value, style in cells:
                if line != here:
                    here, row = line, rows.setdefault(line, {})
                class_ = type(value)
                if value is None:
                    end = EMPTY
                elif class_ is str:
                    end = texts[value]  # type: ignore[index]  # its type has been looked at, once
                    nombre += value != ""
                elif class_ is Link:
                    end = self._link(line, column, value, style)  # type: ignore[arg-type]  # as above
                else:
                    end = contents[class_](value)
                row[column] = style, end, value
        except ValueError as fault:
            raise self.faulty_cell(line, column, fault) from fault
        self.str_table.count += nombre

    def _merge_cells(self, cell_range: CellRange) -> None:
        """Record a merge; the cells that it covers and that are not given take the style of the first one, for its
        borders."""
        line, column, last_row, last_column = cell_range
        # merge_range() would write the cells as well: only the range is wanted here.
        self.merge.append([line - 1, column - 1, last_row - 1, last_column - 1])
        if first := self._rows.get(line, {}).get(column):
            covered_cell = first[0], EMPTY, None
            for i in range(line, last_row + 1):
                row = self._rows.setdefault(i, {})
                for j in range(column, last_column + 1):
                    row.setdefault(j, covered_cell)

    def _unroll(self, rows: WholeRows) -> None:
        """Whole rows: the sheet holds no other cell."""
        end = rows.nombre
        self._extend(1, 1, end, rows.width)
        autres = sorted(line + 1 for line in self.row_info if line >= end)
        self._put_rows(chain(self._ranks(rows), ((line, "", 0, 0) for line in autres)))

    def _render(self, shown: Collection[tuple[int, int]]) -> None:
        """Make the rows of all the cells given, which are then forgotten, but for the (row, column)
        that charts show.
        """
        rows = self._rows
        self._take_up()
        if rows:
            columns = [c for row in rows.values() for c in (min(row), max(row))]
            self._extend(min(rows), min(columns), max(rows), max(columns))
        self._put_rows(map(self._rank, sorted(rows.keys() | {line + 1 for line in self.row_info})))
        self._shown_cells = {(i, j): shown_as(rows[i][j][2]) for i, j in shown if j in rows.get(i, ())}
        self._rows = {}

    # --- Cells --------------------------------------------------------------------------------------------------------

    def _link(self, line: int, column: int, link: Link, style: str) -> str:
        target, text, tooltip = link
        check_link(target)
        self._link_count += 1
        if self._link_count > plain_page.LINKS_MAX:
            self.str_table.count += text != ""
            return self._contents.texts[text]
        if self.write_url(line - 1, column - 1, target, self.formats[style], permitted_text(text), tooltip or None):
            raise ValueError("la cellule n'existe pas dans Excel")
        return shared_text_cell(self.table[line - 1][column - 1].string)

    def _take_up(self) -> None:
        """What XlsxWriter's own calls wrote: a link is told when its text is no more; the header of a table stands
        where no cell was given."""
        for i, links in self.hyperlinks.items():
            for j in links:
                style, end, _ = self._rows[i + 1][j + 1]
                if not end.startswith(TEXT):
                    self.write_blank(i, j, None, style and self.formats[style])
        for i, cells in self.table.items():
            row = self._rows.setdefault(i + 1, {})
            for j, cell in cells.items():
                if j + 1 not in row:
                    row[j + 1] = None, self._by_xlsxwriter(i, j, cell), ""

    def _by_xlsxwriter(self, i: int, j: int, cell: tuple[Any, ...]) -> str:
        """All that follows the address in the XML of a cell of its own."""
        self.fh = StringIO()
        self._write_cell(i, j, cell)
        return self.fh.getvalue().removeprefix(f'<c r="{address(i + 1, j + 1)}"')

    def _rank(self, line: int) -> _RowXml:
        if not (row := self._rows.get(line)):
            return line, "", 0, 0
        styles, following = self._styles, f'{line}"'
        cells = sorted(row.items())
        return (
            line,
            "".join([f'<c r="{letter(j)}{following}{styles[style]}{end}' for j, (style, end, _) in cells]),
            cells[0][0],
            cells[-1][0],
        )

    def _ranks(self, rows: WholeRows) -> Iterator[_RowXml]:
        """The inner loop of a large table."""
        contents, texts, styles, width = self._contents, self._contents.texts, self._styles, rows.width
        starts, nombre = [f'<c r="{letter(j)}' for j in range(1, width + 1)], 0
        for line, (values, names) in enumerate(rows.rows(), 1):
            cells: list[str] = []
            following = f'{line}"'
            try:
                for start, value, style in zip(starts, values, names, strict=True):
                    class_ = type(value)
                    if value is None:
                        end = EMPTY
                    elif class_ is str:
                        end = texts[value]  # type: ignore[index]  # its type has been looked at, once
                        nombre += value != ""
                    elif class_ is Link:
                        end = self._link(line, len(cells) + 1, value, style)  # type: ignore[arg-type]  # as above
                    else:
                        end = contents[class_](value)
                    cells.append(f"{start}{following}{styles[style]}{end}")
            except ValueError as fault:
                raise self.faulty_cell(line, len(cells) + 1, fault) from fault
            yield line, "".join(cells), 1, width
        self.str_table.count += nombre

    # --- Rows ---------------------------------------------------------------------------------------------------------

    def _extend(self, line: int, column: int, last_row: int, last_column: int) -> None:
        """Tell XlsxWriter what the cells occupy. ValueError if it is more than a sheet."""
        if self._check_dimensions(line - 1, column - 1) or self._check_dimensions(last_row - 1, last_column - 1):
            raise self.not_in_excel(*((line, column) if min(line, column) < 1 else (last_row, last_column)))

    def _put_rows(self, ranks: Iterable[_RowXml]) -> None:
        """The rows, in order; those without a cell have a height."""
        heights = {line + 1: self._height_attributes(info) for line, info in self.row_info.items()}
        for _, bloc in groupby(ranks, key=lambda rank: (rank[0] - 1) // _ROWS_PER_BLOCK):
            together = list(bloc)
            filled_rows = [rank for rank in together if rank[1]]
            extent = (
                f' spans="{min(r[2] for r in filled_rows)}:{max(r[3] for r in filled_rows)}"' if filled_rows else ""
            )
            for line, cells, _, _ in together:
                start = f'<row r="{line}"{extent}{heights.get(line, "")}'
                self.reserve.add(f"{start}>{cells}</row>" if cells else f"{start}/>")

    def _height_attributes(self, info: Any) -> str:
        """Attributes of a row whose height was set."""
        top, masked = info.height != self.default_row_height, ' hidden="1"' if info.hidden else ""
        return f' ht="{info.height * 0.75:.16g}"{masked} customHeight="1"' if top else masked

    # --- What XlsxWriter asks of a sheet ------------------------------------------------------------------------------

    def _prepare_formula(self, formula: str, _future_functions: bool = False) -> str:
        # XlsxWriter looks for some fifty functions newer than Excel 2016 in every formula; ours use none (the lint
        # holds it).
        return formula.removeprefix("=")

    def _write_sheet_data(self) -> None:
        if self.dim_rowmin is None:
            self.fh.write("<sheetData/>")
        else:
            # The rows of a large sheet are put into the archive afterwards (``complete``), a piece at a time.
            self.fh.write("<sheetData>" + ("" if self.reserve.long else self.reserve.texte()) + "</sheetData>")

    def _write_data_validations(self) -> None:
        if nombre := len(self.validations) + len(self._validations_xml):
            self.fh.write(f'<dataValidations count="{nombre}">')
            for validation in self.validations:
                self._write_data_validation(validation)
            self.fh.write("".join(self._validations_xml) + "</dataValidations>")

    def _get_range_data(self, line: int, column: int, last_row: int, last_column: int) -> list[object]:
        places = [(i + 1, j + 1) for i in range(line, last_row + 1) for j in range(column, last_column + 1)]
        kept = (self._shown_cells.get(place) for place in places)
        return [None if value == "" else value for value in kept if value is not NO_VALUE]  # of "", it would make a 0


class FastPages(PlainPages):
    """The sheets of one workbook; rows too long to be held are put in the file once XlsxWriter has written the rest."""

    def __init__(self, opened_book: xlsxwriter.Workbook, formats: Mapping[str, Format]):
        super().__init__(opened_book, formats)
        self._styles = StyleAttributes(formats)
        self._contents = CellContents(SharedTexts(opened_book.str_table))
        self._validations: dict[Hashable, list[str]] = {}

    def add(self, name: str) -> FastPage:
        page: FastPage = self.opened_book.add_worksheet(name, FastPage)
        page.formats = self.formats
        page.prepare(self._styles, self._contents, self._validations)
        return page

    def complete(self, content: bytes) -> bytes:
        pages: list[FastPage] = self.opened_book.worksheets()
        reserves = {
            f"xl/worksheets/sheet{rank}.xml": page.reserve for rank, page in enumerate(pages, 1) if page.reserve.long
        }
        # The library's workbook and sheets refer to each other: parted, they are forgotten without Python's collector.
        self.opened_book.worksheets_objs.clear()
        self.opened_book.sheetnames.clear()
        self._contents.clear()
        return complete(content, NO_ROWS, reserves) if reserves else content
