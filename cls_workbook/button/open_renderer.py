"""``Workbook`` → the open workbook, through xlwings: the second renderer of what ``workbook.writer`` makes a file of.

Everything is read and decided in ``prepare``; ``write`` only writes, so that what cannot be done is said before
anything has changed. A table is found by its name, whatever its sheet is called now or wherever the table was moved.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from cls_workbook.button import open_charts, open_styling
from cls_workbook.button.kept_notes import Neighbours, OrphanNote, RowKey, follow, written
from cls_workbook.button.open_content import OpenSheetContent
from cls_workbook.button.rectangles import rectangles
from cls_workbook.errors import Refusal
from cls_workbook.french import fold
from cls_workbook.workbook.description import Cell, CellRange, ExcelTable, Link, Sheet, Workbook
from cls_workbook.workbook.excel_limits import EXACT_INTEGER_MAX, without_forbidden

if TYPE_CHECKING:
    import xlwings

TABLE_STYLE = "TableStyleLight1"
ROWS_PER_WRITE = 5_000
TEXT_PER_WRITE = 8_000  # a longer one is refused by some versions of Excel inside a block: it is written alone
_POINTS_PER_CHARACTER, _MARGIN = 5.25, 3.75  # a column's width, for engines that count in points
_DIGITS = re.compile(r"\d+")
# What Excel would take for something else, if it were typed back in a cell.
_RETYPABLE = re.compile(r"\s*[=+\-@'\d]|true$|false$|vrai$|faux$", re.IGNORECASE)


@dataclass
class PlannedSheet:
    """One sheet to write.

    ``content`` None: the sheet is to be added. ``start``: row and column of its first cell (from 1).

    For a table, ``end``: last row of what it held before; ``right``: its last column; ``neighbours``: what stands
    beside.
    """

    sheet: Sheet
    content: OpenSheetContent | None = None
    start: tuple[int, int] = (1, 1)
    end: int = 0
    right: int = 0
    neighbours: Neighbours | None = None

    @property
    def sheet_table(self) -> ExcelTable | None:
        return self.sheet.sheet_tables[0] if self.sheet.sheet_tables else None


# --- Deciding -------------------------------------------------------------------------------------------------------


def prepare(contents: Mapping[str, OpenSheetContent], workbook: Workbook) -> list[PlannedSheet]:
    """What will be written where. Refusal if a sheet of the coordinator's own bears the name of one of ours."""
    return [_plan_sheet(contents, sheet) for sheet in workbook.worksheets]


def _plan_sheet(contents: Mapping[str, OpenSheetContent], sheet: Sheet) -> PlannedSheet:
    sheet_table = sheet.sheet_tables[0] if sheet.sheet_tables else None
    if sheet_table and (bearing_sheet := next((c for c in contents.values() if sheet_table.nom in c.tables), None)):
        return _plan_at_table(bearing_sheet, sheet, sheet_table)
    namesake = next((c for nom, c in contents.items() if fold(nom) == fold(sheet.nom)), None)
    if namesake is None:
        return PlannedSheet(sheet)
    if namesake.lines and (sheet_table or not _is_ours(namesake, sheet)):
        raise Refusal(
            f"La feuille « {namesake.sheet.name} » n’est pas celle de la consolidation : rien n’a été écrit. "
            "Donnez-lui un autre nom, puis recommencez."
        )
    return PlannedSheet(sheet, namesake)


def _plan_at_table(content: OpenSheetContent, sheet: Sheet, sheet_table: ExcelTable) -> PlannedSheet:
    top, left, bottom, right = content.tables[sheet_table.nom]
    width = max(content.width, right)
    before = [[content.valeur(i, j) for j in range(left, width + 1)] for i in range(top, bottom + 1)]
    neighbours = follow(before, sheet_table.columns, sheet_table.cle, _keys(sheet, sheet_table))
    return PlannedSheet(sheet, content, (top, left), bottom, right, neighbours)


def _keys(sheet: Sheet, sheet_table: ExcelTable) -> list[RowKey]:
    """The key of each row of the table to come; none for the blank row of an empty table."""
    ranks = [sheet_table.columns.index(c) + 1 for c in sheet_table.cle]
    values = {(c.line, c.column): c.valeur for c in sheet.cells if c.column in ranks}
    texts = {p: written(v.texte if isinstance(v, Link) else _value(v)) for p, v in values.items()}
    lines = range(sheet_table.cell_range.line + 1, sheet_table.cell_range.last_row + 1)
    return [tuple(texts[line, rank] for rank in ranks) for line in lines]


def _is_ours(content: OpenSheetContent, sheet: Sheet) -> bool:
    """Does the sheet begin as ours does, years, states and what surrounds the title apart?"""
    first = min((c for c in sheet.cells if c.valeur is not None), key=lambda c: (c.line, c.column))
    there, desired = (_pieces(v) for v in (content.valeur(first.line, first.column), first.valeur))
    return bool(there & desired)


def _pieces(texte: object) -> set[str]:
    return {m for piece in _DIGITS.sub("", str(texte)).split("·") if (m := fold(piece))}


@dataclass
class WriteReport:
    """``lost``: (sheet, note) of what was typed beside a row that is no more. ``without_charts``: charts could not be
    drawn."""

    lost: list[tuple[str, OrphanNote]] = field(default_factory=list)
    without_charts: bool = False


# --- Writing --------------------------------------------------------------------------------------------------------


def write(book: xlwings.Book, planned: Sequence[PlannedSheet]) -> WriteReport:
    """Writes the sheets, those that are missing after the last."""
    write_report = WriteReport()
    for prevu in planned:
        last = book.sheets[len(book.sheets) - 1]
        page = prevu.content.sheet if prevu.content else book.sheets.add(prevu.sheet.nom, after=last)
        delivered = _Page(page, prevu)
        delivered.write()
        write_report.lost += [(page.name, o) for o in (prevu.neighbours.orphans if prevu.neighbours else ())]
        write_report.without_charts |= delivered.without_charts
    return write_report


class _Page:
    """One sheet being written."""

    def __init__(self, page: xlwings.Sheet, prevu: PlannedSheet):
        self.page, self.prevu, self.sheet = page, prevu, prevu.sheet
        self.row_offset, self.column_offset = prevu.start[0] - 1, prevu.start[1] - 1
        self.fresh = prevu.content is None or not prevu.content.lines
        self.without_charts = False

    def zone(self, cell_range: CellRange) -> xlwings.Range:
        """A range of the description, where it stands in the sheet."""
        return self.page.range(
            (cell_range.line + self.row_offset, cell_range.column + self.column_offset),
            (cell_range.last_row + self.row_offset, cell_range.last_column + self.column_offset),
        )

    def write(self) -> None:
        if self.prevu.sheet_table:
            self._sheet_table(self.prevu.sheet_table)
        else:
            self._board()

    def _sheet_table(self, sheet_table: ExcelTable) -> None:
        cell_range = sheet_table.cell_range
        ancien = self.page.tables[sheet_table.nom] if self.prevu.end else None
        totals = ancien is not None and ancien.show_totals
        if ancien and totals:
            ancien.show_totals = False
        if self.prevu.content:
            self._push_following_down(cell_range)
            end = max(cell_range.last_row, self.prevu.end - self.row_offset)
            self.zone(cell_range._replace(last_row=end)).clear()
        self._write_neighbours(cell_range)
        self._cells(align=False)
        self._lay_out(fresh=self.fresh or self.prevu.end - self.row_offset <= cell_range.line + 1)
        if ancien is None:
            self.page.tables.add(self.zone(cell_range), name=sheet_table.nom, table_style_name=TABLE_STYLE)
        else:
            right = max(cell_range.last_column, self.prevu.right - self.column_offset)
            corner = cell_range.last_row + self.row_offset, right + self.column_offset
            if corner != (self.prevu.end, self.prevu.right):
                ancien.resize(self.zone(cell_range._replace(last_column=right)))
        if ancien and totals:
            ancien.show_totals = True
        self.zone(cell_range._replace(line=cell_range.line + 1)).rows.autofit()

    def _push_following_down(self, cell_range: CellRange) -> None:
        """What stands below a table goes down when the table grows: it is never written over."""
        end, need = self.prevu.end, cell_range.last_row + self.row_offset
        if self.prevu.content is None:
            return
        following = self.prevu.content.lines[end:]
        if need > end and any(v != "" for row in following for v in row):
            width = max(self.prevu.content.width, self.prevu.right)
            self.page.range((end + 1, 1), (need, width)).insert("down", "format_from_left_or_above")

    def _write_neighbours(self, cell_range: CellRange) -> None:
        """What was typed at the right of the table, beside its row again."""
        neighbours = self.prevu.neighbours
        if not neighbours or not neighbours.headers or not neighbours.must_write:
            return
        end = max(self.prevu.end - self.row_offset, cell_range.last_row)
        blanks: list[list[object]] = [[""] * len(neighbours.headers)] * (end - cell_range.line - len(neighbours.lines))
        for rank, header in enumerate(neighbours.headers):
            column = cell_range.last_column + 1 + rank
            contents: list[object] = [header, *(line[rank] for line in [*neighbours.lines, *blanks])]
            zone = self.zone(CellRange(cell_range.line, column, end, column))
            if not _has_formulas(zone):  # a formula looks at its own row: it is right where it stands
                self._column(zone, contents)

    def _column(self, zone: xlwings.Range, contents: list[object]) -> None:
        zone.clear_contents()
        for rank, content in enumerate(contents):
            if isinstance(content, str) and _RETYPABLE.match(content):
                zone[rank, 0].number_format = open_styling.TEXT
        zone.value = [[v if v != "" else None] for v in contents]

    def _board(self) -> None:
        """A sheet that is drawn: our columns are cleared and drawn again; what stands at their right is not ours."""
        width = max(max(c.column for c in self.sheet.cells), max((f.last_column for f in self.sheet.merges), default=1))
        if self.prevu.content and self.prevu.content.lines:
            former = self.page.range((1, 1), (len(self.prevu.content.lines), width))
            former.unmerge()
            former.clear()
        self._cells(align=True)
        for cell_range, by_row in _merges(self.sheet.merges):
            self.zone(cell_range).merge(across=by_row)
        self._lay_out(fresh=True)
        try:
            open_charts.draw(self.page, self.sheet)
        except Exception:  # Excel's libraries have no one kind, and figures matter more than their drawing
            traceback.print_exc()
            self.without_charts = True

    def _cells(self, *, align: bool) -> None:
        cells = list(self.sheet.cells)
        open_styling.set_formats(cells, self.zone)
        self._values(cells)
        # What a merge covers looks like its first cell: neighbours of one look then make one rectangle.
        open_styling.style_cells([*cells, *_covered_cells(self.sheet)], self.zone, align=align)

    def _values(self, cells: Sequence[Cell]) -> None:
        """The values in a few large blocks; then the links, and the texts too long for a block."""
        values = {(c.line, c.column): _value(c.valeur) for c in cells}
        lines, columns = max(li for li, _ in values), max(col for _, col in values)
        for start in range(1, lines + 1, ROWS_PER_WRITE):
            end = min(lines, start + ROWS_PER_WRITE - 1)
            bloc = [[values.get((i, j)) for j in range(1, columns + 1)] for i in range(start, end + 1)]
            short_block = [[None if isinstance(v, str) and len(v) > TEXT_PER_WRITE else v for v in row] for row in bloc]
            self.zone(CellRange(start, 1, end, columns)).value = short_block
        for (line, column), valeur in values.items():
            if isinstance(valeur, str) and len(valeur) > TEXT_PER_WRITE:
                self.zone(CellRange(line, column, line, column)).value = valeur
        for cell in cells:
            if isinstance(cell.valeur, Link):
                cible, texte, tooltip = cell.valeur
                cible = cible.replace("internal:", "#", 1) if cible.startswith("internal:") else cible
                place = self.zone(CellRange(cell.line, cell.column, cell.line, cell.column))
                place.add_hyperlink(cible.removeprefix("external:"), texte, tooltip or texte)

    def _lay_out(self, *, fresh: bool) -> None:
        """Widths and heights. A table that already held rows keeps the widths that the coordinator gave it."""
        if fresh:
            points = getattr(self.page.book.app.engine, "type", "") == "remote"
            for cell_range, width in rectangles({(1, column): li for column, li in self.sheet.widths.items()}):
                self.zone(cell_range).column_width = width * _POINTS_PER_CHARACTER + _MARGIN if points else width
        heights = {1: self.sheet.heights.get(1)} if self.prevu.sheet_table else self.sheet.heights
        for cell_range, height in rectangles({(line, 1): h for line, h in heights.items() if h}):
            self.zone(cell_range).row_height = height


def _merges(merges: Sequence[CellRange]) -> Iterator[tuple[CellRange, bool]]:
    """The merges in fewer calls: those of a row and of the same columns, one below the other, at once (True)."""
    single_row = {(p.line, p.column): p.last_column for p in merges if p.line == p.last_row}
    yield from ((p, False) for p in merges if p.line != p.last_row)
    for column in sorted({c for _, c in single_row}):
        for cell_range, end in rectangles({place: end for place, end in single_row.items() if place[1] == column}):
            yield cell_range._replace(last_column=end), True


def _covered_cells(sheet: Sheet) -> Iterator[Cell]:
    """The cells under each merge, but the first, in its style."""
    styles = {(c.line, c.column): c.style for c in sheet.cells}
    for cell_range in sheet.merges:
        first, *covered = cell_range.places()
        if style := styles.get(first):
            yield from (Cell(*place, None, style) for place in covered)


def _has_formulas(zone: xlwings.Range) -> bool:
    """Does a formula stand in this column? A text that begins with « = » is its own value; a formula is not."""
    try:
        formulas = zone.formula
    except NotImplementedError:  # an engine that does not say: what it shows is kept
        return False
    values = zone.options(ndim=1, err_to_str=True).value
    rows = formulas if isinstance(formulas, (list, tuple)) else [formulas]
    texts = [row[0] if isinstance(row, (list, tuple)) else row for row in rows]
    return any(isinstance(f, str) and f.startswith("=") and f != v for f, v in zip(texts, values, strict=True))


def _value(valeur: object) -> object:
    """A value as xlwings takes it: None, text, number, bool or datetime. NaN, as frames say missing, is None."""
    if isinstance(valeur, Link):
        return without_forbidden(valeur.texte)
    if isinstance(valeur, str):
        return without_forbidden(valeur) or None
    if isinstance(valeur, bool) or valeur is None:
        return valeur
    if isinstance(valeur, Decimal):
        return None if valeur.is_nan() else float(valeur)
    if isinstance(valeur, int):
        return int(valeur) if abs(valeur) < EXACT_INTEGER_MAX else str(valeur)
    if isinstance(valeur, float):
        return None if valeur != valeur else float(valeur)
    if isinstance(valeur, date) and not isinstance(valeur, datetime):
        return datetime(valeur.year, valeur.month, valeur.day)
    return valeur
