"""A planned sheet → the steps that draw it, and the print of what it then is: what did not change is not written again.

A sheet that is as the last drawing left it, and whose look is to stay, has only the rows that differ written; one that
somebody touched, or that changes, is cleared and drawn again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from cls_workbook.redrawing import chart_steps, format_steps
from cls_workbook.redrawing.planned_sheets import PlannedSheet
from cls_workbook.redrawing.rectangles import Place, rectangles
from cls_workbook.redrawing.standing_sheet import StandingSheet
from cls_workbook.redrawing.steps import Step, moved, on
from cls_workbook.redrawing.table_filters import filters_to_put_back
from cls_workbook.redrawing.value_forms import as_read, as_written, is_plain_text, kept
from cls_workbook.workbook.description import Cell, CellRange, ExcelTable, Link, Sheet

TABLE_STYLE = "TableStyleLight1"
ROWS_PER_WRITE = 5_000
TEXT_PER_WRITE = 8_000  # a longer one is refused by some versions of Excel inside a block: it is written alone
NEIGHBOUR_DATE = "dd/mm/yyyy"


class DrawnSheet(NamedTuple):
    """``steps``: none if nothing changes. ``trace``: the print of the sheet once they are done. ``lost_filters``:
    titles of the columns whose filter makes no sense any more."""

    nom: str
    steps: list[Step]
    trace: str
    lost_filters: tuple[str, ...] = ()


def draw(planned: PlannedSheet, contents: Mapping[str, StandingSheet], traces: Mapping[str, str]) -> list[DrawnSheet]:
    """The sheet, and the hidden one that its charts read. ``traces``: what the last drawing left, by sheet."""
    drawing = _Drawing(planned, traces.get(planned.nom, ""))
    if not planned.sheet.charts:
        return [drawing.drawn()]
    data, blocks = chart_steps.data_sheet(planned.sheet)
    source = PlannedSheet(data, contents.get(data.nom))
    former = planned.content.charts if planned.content else ()
    return [
        _Drawing(source, traces.get(data.nom, "")).drawn(),
        drawing.drawn(chart_steps.chart_steps(planned.sheet, blocks, former), former),
    ]


class _Drawing:
    """One sheet being drawn."""

    def __init__(self, planned: PlannedSheet, trace: str):
        self.planned, self.sheet, self.content, self.trace = planned, planned.sheet, planned.content, trace
        self.nom = planned.nom
        self.offset = planned.start[0] - 1, planned.start[1] - 1
        self.cells = list(self.sheet.cells)
        self.values = {(c.line, c.column): kept(c.valeur) for c in self.cells}
        self.rows = max((line for line, _ in self.values), default=1)
        self.columns = max((column for _, column in self.values), default=1)
        self.lost_filters: tuple[str, ...] = ()

    def drawn(self, charts: Sequence[Step] = (), former_charts: Sequence[str] = ()) -> DrawnSheet:
        look = [*self._look(), *charts]
        trace = f"{_print_of([s for s in look if s.action != 'erase_charts'])} {_print_of(self._texts())}"
        same_charts = {s.detail["name"] for s in charts if s.action == "chart"} == {
            n for n in former_charts if n.startswith(chart_steps.PREFIX)
        }
        steps = self._changed_rows() if self._untouched(trace) and same_charts else self._whole(look)
        return DrawnSheet(self.nom, list(steps), trace, self.lost_filters)

    def at(self, cell_range: CellRange) -> CellRange:
        """A range of the description, where it stands in the sheet."""
        return moved(cell_range, *self.offset)

    # --- what did not change ---

    def _untouched(self, trace: str) -> bool:
        """Is the sheet as the last drawing left it, and is its look to stay?"""
        if self.content is None or not self.trace or self.trace.split()[0] != trace.split()[0]:
            return False
        if (sheet_table := self.planned.sheet_table) and self.content.tables.get(sheet_table.nom) != self._table_zone():
            return False
        return self.trace.split()[1] == _print_of(self._standing_texts())

    def _table_zone(self) -> tuple[int, int, int, int]:
        """Of the table, over the columns that the coordinator added to it too."""
        end = self.rows + self.offset[0]
        return (*self.planned.start, end, max(self.planned.right, self.columns + self.offset[1]))

    def _texts(self) -> list[list[str]]:
        rows, columns = range(1, self.rows + 1), range(1, self.columns + 1)
        return [[as_read(self.values.get((i, j))) for j in columns] for i in rows]

    def _standing_texts(self) -> list[list[str]]:
        assert self.content is not None
        down, right = self.offset
        rows, columns = range(1, self.rows + 1), range(1, self.columns + 1)
        return [[as_read(self.content.valeur(i + down, j + right)) for j in columns] for i in rows]

    def _changed_rows(self) -> Iterator[Step]:
        there, wanted = self._standing_texts(), self._texts()
        changed = [i for i, (row, standing) in enumerate(zip(wanted, there, strict=True), 1) if row != standing]
        neighbours = list(self._neighbours())
        if not changed and not neighbours:
            return
        yield from self._without_filters()
        yield from neighbours
        for _, run in groupby(enumerate(changed), key=lambda pair: pair[1] - pair[0]):
            lines = [line for _, line in run]
            yield from self._value_steps(lines[0], lines[-1])
            fit = self._fit(lines[0], lines[-1])
            if self.planned.sheet_table and fit.detail:
                yield fit
        yield from self._filters_back()

    # --- the look, which a print tells from another ---

    def _look(self) -> Iterator[Step]:
        covered = list(_covered_cells(self.sheet))
        align = self.planned.sheet_table is None
        for action, detail, cell_ranges in format_steps.formats(self.cells, covered, align=align):
            yield on(self.nom, action, map(self.at, cell_ranges), detail)
        for across, merges in _merges(self.sheet.merges):
            yield on(self.nom, "merge", map(self.at, merges), across)
        for cell in self.cells:
            if isinstance(cell.valeur, Link):
                target, texte, tip = cell.valeur
                target = target.replace("internal:", "#", 1) if target.startswith("internal:") else target
                place = self.at(CellRange(cell.line, cell.column, cell.line, cell.column))
                yield on(self.nom, "link", [place], (target.removeprefix("external:"), texte, tip or texte))
        heights = {1: self.sheet.heights.get(1)} if self.planned.sheet_table else self.sheet.heights
        yield from self._sizes("row_height", {(line, 1): h for line, h in heights.items() if h})

    def _sizes(self, trait: str, sizes: Mapping[Place, float]) -> Iterator[Step]:
        by_size: dict[float, list[CellRange]] = {}
        for cell_range, size in rectangles(sizes):
            by_size.setdefault(size, []).append(self.at(cell_range))
        for size, cell_ranges in by_size.items():
            yield on(self.nom, "format", cell_ranges, (trait, size))

    # --- drawn whole ---

    def _whole(self, look: Sequence[Step]) -> Iterator[Step]:
        if self.content is None:
            yield Step("add_sheet", self.nom, detail=self.sheet.etat != "visible")
        sheet_table = self.planned.sheet_table
        if sheet_table:
            yield from self._clear_table(sheet_table)
        else:
            yield from self._clear_board()
        formats = [s for s in look if s.action in ("format", "rule")]
        sizes = [s for s in formats if s.detail[0] in ("row_height", "column_width")]
        yield from (s for s in formats if s not in sizes)
        yield from self._value_steps(1, self.rows)
        yield from (s for s in look if s.action in ("link", "merge"))
        yield from self._widths()
        yield from sizes
        if sheet_table:
            yield from self._table_again(sheet_table)
        yield from (s for s in look if s.action in ("erase_charts", "chart"))
        yield from self._filters_back()

    def _widths(self) -> Iterator[Step]:
        """A table that already held rows keeps the widths that the coordinator gave it."""
        table = self.planned.sheet_table
        fresh = self.content is None or not self.content.lines
        if not table or fresh or self.planned.end - self.offset[0] <= table.cell_range.line + 1:
            yield from self._sizes("column_width", {(1, column): w for column, w in self.sheet.widths.items()})

    def _clear_board(self) -> Iterator[Step]:
        """Our columns are cleared and drawn again; what stands at their right is not ours."""
        width = max(self.columns, max((f.last_column for f in self.sheet.merges), default=1))
        if self.content and self.content.lines:
            former = CellRange(1, 1, len(self.content.lines), width)
            yield from self._without_filters()
            yield on(self.nom, "unmerge", [former])
            yield on(self.nom, "clear", [former])

    def _clear_table(self, sheet_table: ExcelTable) -> Iterator[Step]:
        cell_range = sheet_table.cell_range
        if self.content:
            yield from self._without_filters()
            if sheet_table.nom in self.content.totals:
                yield Step("totals", self.nom, detail=(sheet_table.nom, False))
            yield from self._push_following_down(cell_range)
            end = max(cell_range.last_row, self.planned.end - self.offset[0])
            yield on(self.nom, "clear", [self.at(cell_range._replace(last_row=end))])
        yield from self._neighbours()

    def _push_following_down(self, cell_range: CellRange) -> Iterator[Step]:
        """What stands below a table goes down when the table grows: it is never written over."""
        assert self.content is not None
        end, need = self.planned.end, cell_range.last_row + self.offset[0]
        typed = any(v != "" for row in self.content.lines[end:] for v in row)
        if need > end and (typed or any(line > end for line, _ in self.content.formulas)):
            width = max(self.content.width, self.planned.right)
            yield on(self.nom, "insert", [CellRange(end + 1, 1, need, width)])

    def _table_again(self, sheet_table: ExcelTable) -> Iterator[Step]:
        cell_range = sheet_table.cell_range
        if not self.planned.end:
            yield on(self.nom, "add_table", [self.at(cell_range)], (sheet_table.nom, TABLE_STYLE))
        else:
            right = max(cell_range.last_column, self.planned.right - self.offset[1])
            if (cell_range.last_row + self.offset[0], right + self.offset[1]) != (self.planned.end, self.planned.right):
                yield on(self.nom, "resize_table", [self.at(cell_range._replace(last_column=right))], sheet_table.nom)
        if self.content and sheet_table.nom in self.content.totals:
            yield Step("totals", self.nom, detail=(sheet_table.nom, True))
        yield self._fit(cell_range.line + 1, cell_range.last_row)

    def _fit(self, first: int, last: int) -> Step:
        """Rows as high as what they hold asks for; with the heights that were worked out, for who cannot measure."""
        known = {i + self.offset[0]: h for i, h in self.sheet.heights.items() if max(first, 2) <= i <= last}
        return on(self.nom, "autofit", [self.at(CellRange(first, 1, last, self.columns))], known)

    # --- values ---

    def _value_steps(self, first: int, last: int) -> Iterator[Step]:
        """The rows in a few large blocks; then the texts too long for a block."""
        columns = range(1, self.columns + 1)
        for start in range(first, last + 1, ROWS_PER_WRITE):
            end = min(last, start + ROWS_PER_WRITE - 1)
            block = [[as_written(self.values.get((i, j))) for j in columns] for i in range(start, end + 1)]
            short = [[None if isinstance(v, str) and len(v) > TEXT_PER_WRITE else v for v in row] for row in block]
            yield on(self.nom, "values", [self.at(CellRange(start, 1, end, self.columns))], short)
        for (line, column), valeur in self.values.items():
            if first <= line <= last and isinstance(valeur, str) and len(valeur) > TEXT_PER_WRITE:
                yield on(self.nom, "values", [self.at(CellRange(line, column, line, column))], [[valeur]])

    def _neighbours(self) -> Iterator[Step]:
        """What was typed at the right of the table, beside its row again."""
        neighbours, table = self.planned.neighbours, self.planned.sheet_table
        if not neighbours or not table or not neighbours.headers or not neighbours.must_write:
            return
        cell_range = table.cell_range
        end = max(self.planned.end - self.offset[0], cell_range.last_row)
        blanks: list[list[object]] = [[""] * len(neighbours.headers)] * (end - cell_range.line - len(neighbours.lines))
        for rank, header in enumerate(neighbours.headers):
            column = cell_range.last_column + 1 + rank
            zone = self.at(CellRange(cell_range.line, column, end, column))
            if not self._has_formulas(zone):  # a formula looks at its own row: it is right where it stands
                yield from self._column(zone, [header, *(line[rank] for line in [*neighbours.lines, *blanks])])

    def _has_formulas(self, zone: CellRange) -> bool:
        return self.content is not None and any(place in self.content.formulas for place in zone.places())

    def _column(self, zone: CellRange, contents: Sequence[object]) -> Iterator[Step]:
        assert self.content is not None
        yield on(self.nom, "clear_contents", [zone])
        boxes: dict[Place, str] = {}
        for place, valeur in zip(zone.places(), contents, strict=True):
            was_date = isinstance(self.content.valeur(*place), datetime)
            if isinstance(valeur, str) and valeur and not is_plain_text(valeur):
                boxes[place] = format_steps.TEXT
            elif isinstance(valeur, datetime) and not was_date:
                boxes[place] = NEIGHBOUR_DATE
            elif was_date and isinstance(valeur, (int, float)):
                boxes[place] = format_steps.GENERAL
        for cell_range, format_ in rectangles(boxes):
            yield on(self.nom, "format", [cell_range], ("number_format", format_))
        yield on(self.nom, "values", [zone], [[as_written(v)] for v in contents])

    # --- filters ---

    def _without_filters(self) -> Iterator[Step]:
        """While a filter hides rows, Excel writes in the others only."""
        assert self.content is not None
        for nom, column_filters in self.content.filters.items():
            if column_filters is None or column_filters:
                yield Step("unfilter", self.nom, detail=nom)
        if self.content.filtered:
            yield Step("unfilter", self.nom, detail="")

    def _filters_back(self) -> Iterator[Step]:
        """Of our table, where they still make sense; of another on the same sheet, as they were."""
        for nom, column_filters in (self.content.filters if self.content else {}).items():
            table, back = self.planned.sheet_table, list(column_filters or ())
            if table and nom == table.nom:
                back, lost = filters_to_put_back(back, self.planned, self._texts())
                self.lost_filters += lost
            for column_filter in back:
                yield Step("filter", self.nom, detail=(nom, column_filter))


def _print_of(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()[:20]


def _merges(merges: Sequence[CellRange]) -> Iterator[tuple[bool, list[CellRange]]]:
    """The merges in fewer calls: those of a row and of the same columns, one below the other, at once (True)."""
    if tall := [p for p in merges if p.line != p.last_row]:
        yield False, tall
    single_row = {(p.line, p.column): p.last_column for p in merges if p.line == p.last_row}
    wide: list[CellRange] = []
    for column in sorted({c for _, c in single_row}):
        for cell_range, end in rectangles({place: end for place, end in single_row.items() if place[1] == column}):
            wide.append(cell_range._replace(last_column=end))
    if wide:
        yield True, wide


def _covered_cells(sheet: Sheet) -> Iterator[Cell]:
    """The cells under each merge, but the first, in its style."""
    styles = {(c.line, c.column): c.style for c in sheet.cells}
    for cell_range in sheet.merges:
        first, *covered = cell_range.places()
        if style := styles.get(first):
            yield from (Cell(*place, None, style) for place in covered)
