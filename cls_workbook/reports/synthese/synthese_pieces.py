"""What the Synthèse is drawn with: a sheet of 36 equal units, bands, cards, tables, texts, page breaks.

Knows no figure. Heights are counted in points, so that a group that must stay together never straddles two pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cls_workbook.reports.synthese.text_heights import LEAST_ROW, PIXELS, height, pieces, text_line_count
from cls_workbook.workbook.description import CellRange, Chart, ChartSeries, PrintSetup, Sheet

UNITS, FIRST = 36, 2  # units of a line; column of the first one (A is a margin)
UNIT_WIDTH = 3.86  # so narrow that 9 points on the sheet are 8 on paper
PAGE_HEIGHT = 582  # points of rows on a landscape A4 page, one page wide, with some to spare
POINT = 4 / 3  # pixels
BEFORE_BAND = 7.0  # points above the heading of a section, but at the top of a page

_CARD_ROLES = {False: "chiffre_cle", True: "chiffre_cle_alerte"}
_DIGITS = ("montant", "taux", "entier", "decimal")
_MAX_ROW_POINTS = 400
STRONG, MUTED, CENTRED, WHOLE = "dense_fort", "dense_doux", "dense:petit_centre", "dense:entier_cale"
AMOUNT, ROUND_AMOUNT, RATE = "dense:montant_cale", "dense:montant_rond_cale", "dense:taux_cale"
STRONG_CENTRED, TOTAL = "dense_fort:petit_centre", "dense_total"


class StyledBox(NamedTuple):
    valeur: object
    style: str = "dense"


class PrintedColumn(NamedTuple):
    """``of``: what ``rows_of`` shows of a record there, by its key or by a function."""

    titre: str
    unites: int
    style: str = "dense"
    of: str | Callable[[Any], object] = ""


def rows_of(columns: Sequence[PrintedColumn], records: Iterable[Any]) -> list[list[object]]:
    """A row a record, as the columns say."""
    return [[c.of(r) if callable(c.of) else r[c.of] for c in columns] for r in records]


def total_row(columns: Sequence[PrintedColumn], values: Iterable[object]) -> list[StyledBox]:
    """A last row: words as they are, figures in the format of their column; a box stays as it is."""
    boxes = []
    for column, valeur in zip(columns, values, strict=True):
        format_ = "" if isinstance(valeur, str) else column.style.partition(":")[2]
        box = StyledBox(valeur, f"{TOTAL}:{format_}" if format_ else TOTAL)
        boxes.append(valeur if isinstance(valeur, StyledBox) else box)
    return boxes


BLANK_TOTAL = StyledBox(None, TOTAL)


def without_empty(
    columns: Sequence[PrintedColumn], lines: Sequence[Sequence[object]]
) -> tuple[list[PrintedColumn], list[list[object]]]:
    """The columns that something fills, and the lines cut alike; the widest takes the room of the others."""

    def fills(cell: object) -> bool:
        return (cell.valeur if isinstance(cell, StyledBox) else cell) is not None

    kept = [rank for rank in range(len(columns)) if rank == 0 or any(fills(line[rank]) for line in lines)]
    shown = [columns[rank] for rank in kept]
    widest = max(range(len(shown)), key=lambda rank: shown[rank].unites)
    freed = sum(c.unites for c in columns) - sum(c.unites for c in shown)
    shown[widest] = shown[widest]._replace(unites=shown[widest].unites + freed)
    return shown, [[line[rank] for rank in kept] for line in lines]


class PrintedTable(NamedTuple):
    """Where a table stands, from its first to its last row of data, for the charts that read it."""

    sheet: str
    columns: Sequence[PrintedColumn]
    first: int
    last: int

    def part(self, start: int, nombre: int) -> PrintedTable:
        """``nombre`` of its rows, from the one of rank ``start``."""
        return self._replace(first=self.first + start, last=self.first + start + nombre - 1)

    def series(self, rank: int, color: str, nom: str = "", labels: int = 0) -> ChartSeries:
        """A column under its own title, or under ``nom``, over the column of rank ``labels``."""
        return ChartSeries(nom or self.columns[rank].titre, self._cells(labels), self._cells(rank), color)

    def bars(self, colors: Iterable[str], first: int = 1) -> list[ChartSeries]:
        """A series a colour, for the columns from rank ``first`` on."""
        return [self.series(rank, color) for rank, color in enumerate(colors, first)]

    def _cells(self, rank: int) -> tuple[str, CellRange]:
        column = FIRST + sum(c.unites for c in self.columns[:rank])
        return self.sheet, CellRange(self.first, column, self.last, column)


class Card(NamedTuple):
    """A key figure: what it is, the value (None: unknown), its format, what it rests on."""

    titre: str
    valeur: object
    format: str
    note: str
    alert: bool = False


class Board:
    """Draws one sheet from top to bottom, on a grid of 36 units."""

    def __init__(self, nom: str):
        self.sheet = Sheet(nom)
        self.sheet.widths = {1: 1.5} | dict.fromkeys(range(FIRST, FIRST + UNITS), UNIT_WIDTH)
        self.line = 1
        self.top = 0.0  # points already used on the current page

    # --- cells ---

    def place(self, start: int, unites: int, valeur: object, style: str, lines: int = 1) -> None:
        """A cell over ``unites`` units from ``start`` (the first is 0), and ``lines`` rows."""
        column = FIRST + start
        self.sheet.write(self.line, column, valeur, style)
        if unites > 1 or lines > 1:
            self.sheet.merges.append(CellRange(self.line, column, self.line + lines - 1, column + unites - 1))

    def row(self, points: float, *cells: tuple[int, object, str]) -> None:
        """One row of cells side by side from the left, each (units, value, style)."""
        self.place_all(cells)
        self.advance(points)

    def place_all(self, cells: Iterable[tuple[int, object, str]]) -> None:
        """The same on a row that is already there; the next stays to be chosen."""
        start = 0
        for unites, valeur, style in cells:
            self.place(start, unites, valeur, style)
            start += unites

    def advance(self, points: float) -> None:
        self.sheet.heights[self.line] = round(points, 1)
        self.line += 1
        self.top += points

    def empty(self, points: float = 9) -> None:
        self.advance(points)

    def leave_room(self, points: float) -> None:
        """Room for a chart, in as many rows as Excel wants for that height."""
        ranks = -(-points // _MAX_ROW_POINTS)
        for _ in range(int(ranks)):
            self.advance(points / ranks)

    def complete(self, depuis: int, points: float) -> None:
        """Blank room, so that what began at row ``depuis`` takes at least ``points``."""
        lacking = points - sum(self.sheet.heights.get(line, 15) for line in range(depuis, self.line))
        if lacking > 0:
            self.leave_room(lacking)

    # --- pages ---

    @property
    def left(self) -> float:
        """Points that the current page still has."""
        return PAGE_HEIGHT - self.top

    def keep_together(self, points: float) -> bool:
        """Starts a new page if the next ``points`` do not fit on this one; says whether it did."""
        if self.top + points <= PAGE_HEIGHT or self.line == 1:
            return False
        self.next_page()
        return True

    def next_page(self) -> None:
        if self.line - 1 not in self.sheet.print_setup.page_breaks:
            self.sheet.print_setup.page_breaks.append(self.line - 1)
        self.top = self.sheet.heights.get(1, 0)  # the repeated row

    def finish(self, left_footer: str) -> Sheet:
        """The sheet, ready to print: its first row comes back on each page."""
        page = self.sheet
        page.tab_color, page.frozen_at, page.selection = "accent", (1, 0), (1, FIRST)
        page.print_setup = PrintSetup(
            repeated_rows=(1, 1),
            zone=CellRange(1, FIRST, self.line - 1, FIRST + UNITS - 1),
            left_footer=left_footer,
            page_breaks=page.print_setup.page_breaks,
        )
        return page

    # --- parts ---

    def banner(self, left: str, unites: int, right: str) -> None:
        """The row that comes back at the top of each page."""
        self.row(20, (unites, left, "courant"), (UNITS - unites, right, "courant:droite"))

    def band(self, titre: str, following: float = 90) -> None:
        """The heading of a section, kept with the ``following`` points that follow."""
        if not self.keep_together(21 + BEFORE_BAND + following):
            self.empty(BEFORE_BAND)
        self.row(20, (UNITS, titre, "bloc"))

    def sous_titre(self, titre: str, following: float = 60) -> None:
        self.keep_together(22 + following)
        self.empty(4)
        self.row(17, (UNITS, titre, STRONG))

    def sentences(self, texts: Iterable[str], style: str = "dense") -> None:
        """One row a sentence, over the whole width."""
        for texte in texts:
            for piece in pieces(texte, UNITS):
                points = height(piece, UNITS)
                self.keep_together(points)
                self.row(points, (UNITS, piece, style))

    def note(self, *texts: str) -> None:
        """What is said in a low voice, under a table or in its place."""
        self.sentences(texts, MUTED)

    def sentences_in_two_columns(self, texts: Sequence[str], style: str = "dense") -> None:
        """Short sentences, two a row, read from left to right."""
        if len(texts) < 2:
            return self.sentences(texts, style)
        half = UNITS // 2
        # What a thousand structures answered is no short sentence.
        texts = [piece for texte in texts for piece in pieces(texte, half)]
        for rank in range(0, len(texts), 2):
            left, right = (*texts[rank : rank + 2], None)[:2]
            points = max(height(t, half) for t in (left, right))
            self.keep_together(points)
            self.row(points, (half, left, style), (half, right, style))

    def cards(self, cards: Sequence[Card]) -> None:
        """Some key figures side by side; an unknown one shows a dash."""
        unites = UNITS // len(cards)
        note = max(height(c.note, unites - 1, minimum=16) for c in cards)
        self.keep_together(17 + 26 + note)
        self.row(17, *((unites, c.titre, "chiffre_cle_titre") for c in cards))
        figures = (("—" if c.valeur is None else c.valeur, f"{_CARD_ROLES[c.alert]}:{c.format}") for c in cards)
        self.row(26, *((unites, *figure) for figure in figures))
        self.row(note, *((unites, c.note, "chiffre_cle_libelle") for c in cards))

    def sheet_table(
        self,
        columns: Sequence[PrintedColumn],
        lines: Iterable[Sequence[object]],
        may_split: bool = True,
        least: float = LEAST_ROW,
        one_line: float | None = None,
        together: int = 1,
    ) -> PrintedTable:
        """Header and rows. A page that begins inside it repeats its header.

        A cell is a value, in the style of its column, or a ``StyledBox``. ``may_split`` False: never cut over two
        pages. ``least``: points of a row; ``one_line``: of a row whose texts hold on one line, however tight;
        ``together``: so many rows follow each other on one page.
        """
        rows = [[_box(c, col) for c, col in zip(line, columns, strict=True)] for line in lines]
        points = [row_points(columns, row, least, one_line) for row in rows]
        head = header_height(columns)
        header = [(c.unites, c.titre, f"entete{_alignment(c.style)}") for c in columns]
        self.keep_together(head + (sum(points[: max(2, together)]) if may_split else sum(points)))
        self.row(head, *header)
        first = self.line
        for rank, (row, need) in enumerate(zip(rows, points, strict=True)):
            if may_split and rank % together == 0 and self.keep_together(sum(points[rank : rank + together])):
                self.row(head, *header)
            self.row(need, *((col.unites, *box) for col, box in zip(columns, row, strict=True)))
        return PrintedTable(self.sheet.nom, columns, first, self.line - 1)

    def section(
        self,
        titre: str,
        columns: Sequence[PrintedColumn],
        lines: Sequence[Sequence[object]],
        *notes: str,
        absent: str,
        following: float,
        may_split: bool = True,
    ) -> PrintedTable | None:
        """A heading, its table and notes; ``absent``, and None, where there is no line."""
        self.band(titre, following)
        if not lines:
            self.note(absent)
            return None
        drawn = self.sheet_table(*without_empty(columns, lines), may_split)
        self.note(*notes)
        return drawn

    # --- charts ---

    def chart(
        self,
        start: int,
        unites: int,
        points: float,
        type_: str,
        titre: str,
        series: list[ChartSeries],
        alt_text: str,
        value_format: str = "entier",
        stacked: bool = False,
        data_labels: bool = True,
    ) -> None:
        """A chart whose top is on the current row, of figures that are drawn already; the rows that it covers are the
        caller's. Bars begin at 0: left to itself, a spreadsheet cuts them."""
        left, wide, high = FIRST + start, unites * PIXELS - 6, int(points * POINT) - 6
        options = (alt_text, value_format, stacked, data_labels, self._none_negative(series))
        self.sheet.charts.append(Chart(type_, titre, series, self.line, left, wide, high, *options))

    def _none_negative(self, series: Sequence[ChartSeries]) -> bool:
        read = {place for one_series in series for place in one_series.values[1].places()}
        shown = (cell.valeur for cell in self.sheet.cells if (cell.line, cell.column) in read)
        return all(valeur >= 0 for valeur in shown if isinstance(valeur, (int, float, Decimal)))

    def wide_chart(
        self,
        points: float,
        type_: str,
        titre: str,
        series: list[ChartSeries],
        alt_text: str,
        value_format: str,
        stacked: bool = False,
        before: float = 4,
        after: float = 0,
    ) -> None:
        """A chart over the whole width, ``before`` and ``after`` it some room, kept on one page."""
        self.keep_together(points + 8)
        self.empty(before)
        self.chart(0, UNITS, points, type_, titre, series, alt_text, value_format, stacked)
        self.leave_room(points + after)

    def table_and_bars(
        self,
        columns: Sequence[PrintedColumn],
        lines: Sequence[Sequence[object]],
        titre: str,
        colors: Iterable[str],
        points: float,
        alt_text: str,
        value_format: str,
    ) -> None:
        """A table, and beside it the bars that read its last columns, of ``points`` at least."""
        top, wide, colors = self.line, sum(c.unites for c in columns), list(colors)
        drawn = self.sheet_table(columns, lines, may_split=False)
        bars = drawn.bars(colors, first=len(columns) - len(colors))
        end, self.line = self.line, top
        self.chart(wide + 1, UNITS - wide - 1, points, "barres", titre, bars, alt_text, value_format)
        self.line = end
        self.complete(top, points + 10)


def header_height(columns: Sequence[PrintedColumn]) -> float:
    return max(height(c.titre, c.unites, bold=True, minimum=16) for c in columns)


def row_points(
    columns: Sequence[PrintedColumn], row: Sequence[object], least: float = LEAST_ROW, one_line: float | None = None
) -> float:
    """The height of a row of these columns."""
    boxes = [(_box(cell, col), col.unites) for cell, col in zip(row, columns, strict=True)]
    texts = [(_displayed(box.valeur), unites, _bold(box.style)) for box, unites in boxes]
    if one_line is not None and all(text_line_count(*texte) <= 1 for texte in texts):
        return one_line
    return max(height(*texte, least) for texte in texts)


def _box(cell: object, column: PrintedColumn) -> StyledBox:
    return cell if isinstance(cell, StyledBox) else StyledBox(cell, column.style)


def _bold(style: str) -> bool:
    return style.startswith(("dense_fort", "dense_total", "etat_", "entete"))


def _alignment(style: str) -> str:
    """The header of a column of figures is centred."""
    format_ = style.partition(":")[2]
    return ":petit_centre" if "centre" in format_ or format_.startswith(_DIGITS) else ""


def _displayed(valeur: object) -> object:
    """What counts for a height: figures stand on one line."""
    return "" if isinstance(valeur, (int, float, Decimal, date)) else valeur
