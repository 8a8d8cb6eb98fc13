"""A sheet of XlsxWriter whose rows and cells are written here, several times as fast and byte for byte the same.

XlsxWriter does all the rest (comments apart, which need its rows). Its own way of writing cells, one call, one record and
one look at every attribute each, would take two thirds of the time of a workbook. A row is made once, in one piece; what is
long is kept compressed. A validation that comes back, on other cells or other sheets, is checked and written by XlsxWriter once.

Relied upon beyond its documented calls, and held by ``tests/test_page.py`` (the version is bounded in ``pyproject.toml``):

- ``_write_sheet_data()`` writes the element ``sheetData`` to ``fh``, and reads nothing that another part needs;
- ``_write_data_validations()`` writes to ``fh`` the element ``dataValidations``, of those which ``validations`` lists, one by
  one with ``_write_data_validation()``; where they stand is in ``sqref`` and nowhere else;
- ``_prepare_formula()`` takes the first ``=`` off the formulas of validations and conditional formats;
- ``_get_range_data()`` gives the values that a chart keeps;
- ``table`` (row → column → cell) holds what XlsxWriter's own calls wrote, which ``_write_cell()`` turns into XML;
- ``row_info`` (row → height in pixels, hidden), ``default_row_height``, ``hyperlinks`` (row → column), ``merge`` (a list);
- ``_check_dimensions()`` extends what the sheet occupies, ``dim_rowmin`` is None while that is nothing;
- ``utility._datetime_to_excel_datetime()``, in ``contents``, numbers a date;
- ``str_table``: ``_get_shared_string_index()`` counts a text and gives its rank, ``count`` is how many cells hold one;
- ``_get_xf_index()`` of a format numbers it the first time that it is used: hence rows in order, sheet after sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from io import StringIO
from itertools import chain, groupby

from xlsxwriter.worksheet import Worksheet

from cls_workbook.workbook.cell_contents import (
    EMPTY,
    NO_VALUE,
    TEXT,
    CellContents,
    permitted_text,
    shared_text_cell,
    shown_as,
)
from cls_workbook.workbook.description import Cell, CellRange, Link, WholeRows, address, letter
from cls_workbook.workbook.excel_limits import check_link
from cls_workbook.workbook.shared_parts import LongText

LINKS_MAX = 65_000  # Excel refuses a sheet with more than 65 530
# Where the rows of a large sheet are left out, to be put back in the archive: XlsxWriter writes an empty element otherwise.
NO_ROWS = b"<sheetData></sheetData>"
_HERE = "ICI"  # where a validation stands, until it is known
_ROWS_PER_BLOCK = 16  # rows whose cells' first and last columns are told together

# Number of a row, XML of its cells, first and last columns: ("", 0, 0) for a row without any.
_RowXml = tuple[int, str, int, int]


class StyleAttributes(dict):
    """Style name → attribute of a cell. ``formats``: style name → XlsxWriter's format."""

    def __init__(self, formats: Mapping):
        super().__init__({None: ""})
        self._formats = formats

    def __missing__(self, nom: str) -> str:
        attribute = self[nom] = f' s="{self._formats[nom]._get_xf_index()}"'
        return attribute


class FastWorksheet(Worksheet):
    """Cells are given by ``put`` or ``unroll``, after XlsxWriter's own calls; ``render`` then makes the rows."""

    def prepare(
        self, formats: Mapping, styles: StyleAttributes, contents: CellContents, validations: dict[Hashable, list[str]]
    ) -> None:
        """What the sheets of a workbook share: formats, their attributes, the XML of values, that of validations."""
        self._formats, self._styles, self._contents, self._models = formats, styles, contents, validations
        self._rows: dict[int, dict[int, tuple[str, str, object]]] = {}  # row → column → style, end of the XML, value
        self._shown_cells: dict[tuple[int, int], object] = {}
        self._validations_xml: list[str] = []
        self._link_count = 0
        self.reserve = LongText()

    def validate(self, cle: Hashable, options: Callable[[], dict], locations: str) -> None:
        """A validation of ``locations`` (``A1:B2 D4``). ``cle`` tells it from the others of the workbook; ``options``, for XlsxWriter, are asked for once."""
        if cle not in self._models:
            self._models[cle] = self._model(options() | {"multi_range": _HERE})
        if modele := self._models[cle]:
            self._validations_xml.append(locations.join(modele))

    def _model(self, options: dict) -> list[str]:
        """What stands before and after the place of a validation; nothing for one that says nothing."""
        if self.data_validation(0, 0, 0, 0, options):
            return []
        self.fh = StringIO()
        self._write_data_validation(self.validations.pop())
        # Quotes are escaped in an attribute: this one is found once.
        before, after = self.fh.getvalue().split(f' sqref="{_HERE}"')
        return [f'{before} sqref="', f'"{after}']

    def put(self, cells: Iterable[Cell]) -> None:
        """Cells in any order; of two at one place, the later one stays. ValueError, naming the place, if a cell cannot hold a value.

        The inner loop of every workbook: one look-up of the type, or of the text.
        """
        contents, texts, rows = self._contents, self._contents.texts, self._rows
        here, row, all_written = None, {}, 0
        try:
            for line, column, valeur, style in cells:
                if line != here:
                    here, row = line, rows.setdefault(line, {})
                class_ = type(valeur)
                if valeur is None:
                    end = EMPTY
                elif class_ is str:
                    end = texts[valeur]
                    all_written += valeur != ""
                elif class_ is Link:
                    end = self._link(line, column, valeur, style)
                else:
                    end = contents[class_](valeur)
                row[column] = style, end, valeur
        except ValueError as fault:
            raise ValueError(f"feuille « {self.name} », {address(line, column)} : {fault}") from fault
        self.str_table.count += all_written

    def merge_cells(self, cell_range: CellRange) -> None:
        """Record a merge; the cells that it covers and that are not given take the style of the first one, for its borders."""
        line, column, last_row, last_column = cell_range
        # merge_range() would write the cells as well: only the range is wanted here.
        self.merge.append([line - 1, column - 1, last_row - 1, last_column - 1])
        if first := self._rows.get(line, {}).get(column):
            covered_cell = first[0], EMPTY, None
            for i in range(line, last_row + 1):
                row = self._rows.setdefault(i, {})
                for j in range(column, last_column + 1):
                    row.setdefault(j, covered_cell)

    def unroll(self, rows: WholeRows) -> None:
        """Whole rows, each made and forgotten: the sheet holds no other cell. Takes the place of ``put`` and ``render``."""
        end = rows.nombre
        self._extend(1, 1, end, rows.width)
        autres = sorted(line + 1 for line in self.row_info if line >= end)
        self._put_rows(chain(self._ranks(rows), ((line, "", 0, 0) for line in autres)))

    def render(self, displayed: Iterable[tuple[int, int]] = ()) -> None:
        """Make the rows of all the cells given, which are then forgotten, but for the (row, column) that charts show."""
        rows = self._rows
        self._take_up()
        if rows:
            columns = [c for row in rows.values() for c in (min(row), max(row))]
            self._extend(min(rows), min(columns), max(rows), max(columns))
        self._put_rows(map(self._rank, sorted(rows.keys() | {line + 1 for line in self.row_info})))
        self._shown_cells = {(i, j): shown_as(rows[i][j][2]) for i, j in displayed if j in rows.get(i, ())}
        self._rows = {}

    # --- Cells ---------------------------------------------------------------------------------------------------------

    def _link(self, line: int, column: int, link: Link, style: str) -> str:
        cible, texte, tooltip = link
        check_link(cible)
        self._link_count += 1
        if self._link_count > LINKS_MAX:
            self.str_table.count += texte != ""
            return self._contents.texts[texte]
        if self.write_url(line - 1, column - 1, cible, self._formats[style], permitted_text(texte), tooltip or None):
            raise ValueError("la cellule n'existe pas dans Excel")
        return shared_text_cell(self.table[line - 1][column - 1].string)

    def _take_up(self) -> None:
        """What XlsxWriter's own calls wrote: a link is told when its text is no more; the header of a table stands where no cell was given."""
        for i, links in self.hyperlinks.items():
            for j in links:
                style, end, _ = self._rows[i + 1][j + 1]
                if not end.startswith(TEXT):
                    self.write_blank(i, j, None, self._formats[style])
        for i, cells in self.table.items():
            row = self._rows.setdefault(i + 1, {})
            for j, cell in cells.items():
                if j + 1 not in row:
                    row[j + 1] = None, self._by_xlsxwriter(i, j, cell), ""

    def _by_xlsxwriter(self, i: int, j: int, cell: tuple) -> str:
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
        starts, all_written = [f'<c r="{letter(j)}' for j in range(1, width + 1)], 0
        for line, (values, names) in enumerate(rows.rows(), 1):
            cells, following = [], f'{line}"'
            try:
                for start, valeur, style in zip(starts, values, names, strict=True):
                    class_ = type(valeur)
                    if valeur is None:
                        end = EMPTY
                    elif class_ is str:
                        end = texts[valeur]
                        all_written += valeur != ""
                    elif class_ is Link:
                        end = self._link(line, len(cells) + 1, valeur, style)
                    else:
                        end = contents[class_](valeur)
                    cells.append(f"{start}{following}{styles[style]}{end}")
            except ValueError as fault:
                raise ValueError(f"feuille « {self.name} », {address(line, len(cells) + 1)} : {fault}") from fault
            yield line, "".join(cells), 1, width
        self.str_table.count += all_written

    # --- Rows ----------------------------------------------------------------------------------------------------------

    def _extend(self, line: int, column: int, last_row: int, last_column: int) -> None:
        """Tell XlsxWriter what the cells occupy. ValueError if it is more than a sheet."""
        if self._check_dimensions(line - 1, column - 1) or self._check_dimensions(last_row - 1, last_column - 1):
            faulty = (line, column) if min(line, column) < 1 else (last_row, last_column)
            raise ValueError(f"feuille « {self.name} » : la cellule {faulty} n'existe pas dans Excel")

    def _put_rows(self, ranks: Iterable[_RowXml]) -> None:
        """The rows, in order; those without a cell have a height."""
        heights = {line + 1: self._height_attributes(info) for line, info in self.row_info.items()}
        for _, bloc in groupby(ranks, key=lambda rank: (rank[0] - 1) // _ROWS_PER_BLOCK):
            bloc = list(bloc)
            filled_rows = [rank for rank in bloc if rank[1]]
            extent = (
                f' spans="{min(r[2] for r in filled_rows)}:{max(r[3] for r in filled_rows)}"' if filled_rows else ""
            )
            for line, cells, _, _ in bloc:
                start = f'<row r="{line}"{extent}{heights.get(line, "")}'
                self.reserve.add(f"{start}>{cells}</row>" if cells else f"{start}/>")

    def _height_attributes(self, info) -> str:
        """Attributes of a row whose height was set."""
        top, masked = info.height != self.default_row_height, ' hidden="1"' if info.hidden else ""
        return f' ht="{info.height * 0.75:.16g}"{masked} customHeight="1"' if top else masked

    # --- What XlsxWriter asks of a sheet -------------------------------------------------------------------------------

    def _prepare_formula(self, formula: str, _future_functions: bool = False) -> str:
        # XlsxWriter looks for some fifty functions newer than Excel 2016 in every formula; ours use none (the lint holds it).
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

    def _get_range_data(self, line: int, column: int, last_row: int, last_column: int) -> list:
        places = [(i + 1, j + 1) for i in range(line, last_row + 1) for j in range(column, last_column + 1)]
        return [self._shown_cells.get(place) for place in places if self._shown_cells.get(place, "") is not NO_VALUE]
