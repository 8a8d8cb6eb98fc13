"""A workbook described, without any library: sheets, cells, validations, tables, charts, print setup.

Both the entry workbooks (``layout``) and the summaries (``reports``) are made of these;
``writer`` turns a ``Workbook`` into a file. Rows and columns count from 1. A style is named
``role`` or ``role:format`` (``typed:montant``); ``look`` knows what each name looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import NamedTuple

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_SHEET_NAME, MAX_TEXT, PROMPT_MAX, TITLE_MAX = 31, 32_767, 255, 32


class Formula(NamedTuple):
    """A formula (English function names, no leading ``=``) and the value that it shows."""

    texte: str
    valeur: object = ""


class Link(NamedTuple):
    """A link: ``internal:'FA 1.2'!B2`` or ``external:folder/file.xlsx``, and the text shown."""

    cible: str
    texte: str
    tooltip: str = ""


class Cell(NamedTuple):
    line: int
    column: int
    valeur: object  # None (blank), str, int, float, Decimal, date, bool, Formule or Lien
    style: str


@dataclass(frozen=True, slots=True)
class WholeRows:
    """The cells of a sheet that whole rows fill from its first cell on: made each time they are asked for, never kept.
    ``rows()`` gives for each row its ``width`` values, and the style of each."""

    nombre: int
    width: int
    rows: Callable[[], Iterable[tuple[Sequence[object], Sequence[str]]]]

    def __len__(self) -> int:
        return self.nombre * self.width

    def __iter__(self) -> Iterator[Cell]:
        for line, (values, styles) in enumerate(self.rows(), 1):
            for column, (valeur, style) in enumerate(zip(values, styles, strict=True), 1):
                yield Cell(line, column, valeur, style)


class CellRange(NamedTuple):
    """A rectangle, both corners included."""

    line: int
    column: int
    last_row: int
    last_column: int

    def places(self) -> Iterator[tuple[int, int]]:
        """(row, column) of each cell, row by row."""
        return product(range(self.line, self.last_row + 1), range(self.column, self.last_column + 1))

    def a1(self, absolute: bool = False) -> str:
        start = address(self.line, self.column, absolute)
        return start if self[:2] == self[2:] else f"{start}:{address(self.last_row, self.last_column, absolute)}"


@dataclass(slots=True)
class Validation:
    """What a range accepts. ``type``: liste, entier, decimal, montant, date, texte (length), libre (prompt only).

    ``source``: formula of a list (``=Listes!$A$2:$A$7`` or ``=un_nom``, never ``A1:INDEX(…)``: Excel takes away a
    validation whose range is computed), or a tuple of choices.
    ``strict`` False: the list proposes, other values are accepted.
    """

    cell_ranges: list[CellRange]
    type: str
    minimum: object = None
    maximum: object = None
    source: str | tuple[str, ...] | None = None
    titre: str = ""
    prompt: str = ""
    error_title: str = ""
    error: str = ""
    strict: bool = True


@dataclass(slots=True)
class ConditionalFormat:
    """A conditional format: ``formula`` is relative to the range's first cell (no leading ``=``); another sheet is
    looked at through a defined name."""

    cell_range: CellRange
    formula: str
    style: str


@dataclass(slots=True)
class ExcelTable:
    """An Excel table over ``cell_range``, header row included; its cells are given as ordinary cells. ``cle``: the
    columns that tell a row from the others; in an open workbook, what is typed beside a row follows it."""

    nom: str
    cell_range: CellRange
    columns: tuple[str, ...]
    cle: tuple[str, ...] = ()


class ChartSeries(NamedTuple):
    """``color``: a colour name of the charte; "": the next one of its series."""

    nom: str
    categories: tuple[str, CellRange]  # sheet name, range
    values: tuple[str, CellRange]
    color: str = ""


@dataclass(slots=True)
class Chart:
    """A native chart. ``type``: barres (horizontal), colonnes, courbes, secteurs; ``stacked`` stacks the series;
    ``from_zero``: its axis begins at 0, however close the values are (none of them is negative)."""

    type: str
    titre: str
    series: list[ChartSeries]
    line: int
    column: int
    width: int  # pixels
    height: int
    alt_text: str
    value_format: str = "entier"
    stacked: bool = False
    data_labels: bool = True
    from_zero: bool = False


class Picture(NamedTuple):
    """A PNG or JPEG file over the cells, its upper left corner in (``line``, ``column``), ``scale`` times its size."""

    line: int
    column: int
    content: bytes
    scale: float
    alt_text: str


class Button(NamedTuple):
    """A button over the cells, its upper left corner in (``line``, ``column``). ``macro``: a Sub without parameter."""

    line: int
    column: int
    texte: str
    macro: str
    width: int  # pixels
    height: int
    alt_text: str


class Macros(NamedTuple):
    """What makes a workbook carry macros: a VBA project, the ribbon's XML; ``complement``: the file is an add-in."""

    project: bytes
    ribbon: bytes
    complement: bool = False


MARGINS = {"left": 0.2, "right": 0.2, "top": 0.25, "bottom": 0.4}  # inches: as narrow as office printers allow
PRINTED_WIDTH, PRINTED_HEIGHT = 813.0, 548.0  # points that they leave on a landscape A4 page


def printed_width(column: float) -> float:
    """Points of a column of so many characters before the sheet is scaled: of LibreOffice, whose digits of 11 points
    are a twentieth wider than Excel's. What is large enough there is in Excel too."""
    return (column + 0.71) * 5.5


@dataclass(slots=True)
class PrintSetup:
    """A4, ``width`` pages wide, « Page x / y » at the foot. ``repeated_rows``, ``repeated_columns``: first and last
    row, first and last column repeated on each page."""

    landscape: bool = True
    repeated_rows: tuple[int, int] | None = None
    zone: CellRange | None = None
    left_footer: str = ""
    page_breaks: list[int] = field(default_factory=list)  # page break after these rows
    width: int = 1
    repeated_columns: tuple[int, int] | None = None


@dataclass(slots=True)
class Sheet:
    nom: str
    cells: list[Cell] | WholeRows = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    merges: list[CellRange] = field(default_factory=list)
    hidden_columns: tuple[int, ...] = ()
    folded_columns: tuple[int, ...] = ()  # out of sight until the « + » above the column that follows them is clicked
    frozen_at: tuple[int, int] | None = None  # rows, columns kept in view
    tab_color: str | None = None  # a colour name of the charte (``axe1`` … or ``accent``)
    etat: str = "visible"  # visible | masquee | tres_masquee
    protected: bool = False
    insert_rows: bool = False  # protected, but rows may be inserted
    validations: list[Validation] = field(default_factory=list)
    conditional_formats: list[ConditionalFormat] = field(default_factory=list)
    sheet_tables: list[ExcelTable] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    code_name: str = ""  # of its module in the VBA project
    print_setup: PrintSetup = field(default_factory=PrintSetup)
    zoom: int = 100
    selection: tuple[int, int] | None = None  # cell selected when the sheet opens
    names: dict[str, CellRange] = field(default_factory=dict)  # defined names of this sheet alone, written in files

    def write(self, line: int, column: int, valeur: object, style: str) -> None:
        if isinstance(self.cells, WholeRows):
            raise TypeError(f"feuille « {self.nom} » : ses lignes se font ensemble")
        self.cells.append(Cell(line, column, valeur, style))


@dataclass(slots=True)
class Workbook:
    worksheets: list[Sheet]
    titre: str
    subject: str = ""
    # defined name → a range of a sheet, or a formula that gives a range
    names: dict[str, tuple[str, CellRange] | Formula] = field(default_factory=dict)
    active_sheet: str | None = None
    macros: Macros | None = None


@cache
def letter(column: int) -> str:
    """1 → A, 27 → AA."""
    texte = ""
    while column:
        column, remaining = divmod(column - 1, 26)
        texte = chr(65 + remaining) + texte
    return texte


def address(line: int, column: int, absolute: bool = False) -> str:
    """``address(12, 4)`` → ``D12``; absolute: ``$D$12``."""
    return f"${letter(column)}${line}" if absolute else f"{letter(column)}{line}"


def reference(sheet: str, cell_range: CellRange, absolute: bool = True) -> str:
    """``'FA 1.2'!$D$12``, quoted as formulas want it."""
    return "'" + sheet.replace("'", "''") + f"'!{cell_range.a1(absolute)}"
