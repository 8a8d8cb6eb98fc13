"""What the Synthèse is drawn with: a sheet of 36 equal units, bands, cards, tables, texts, page breaks.

Knows no figure. Heights are counted in points, so that a group that must stay together never straddles two pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.workbook.description import CellRange, Chart, ChartSeries, Sheet

UNITS, FIRST = 36, 2  # units of a line; column of the first one (A is a margin)
UNIT_WIDTH, PIXELS = 4.71, 38
PAGE_HEIGHT = 668  # points of rows on a landscape A4 page, one page wide, with some to spare
POINT = 4 / 3  # pixels

# Text in 9 points (12 pixels to the em): widths of Calibri's characters in thousandths of an em, height of a line,
# margins.
_EM, _LINE_HEIGHT, _MARGIN, _SAFETY_FACTOR, _BOLD = 12, 12.2, 6, 1.05, 1.035
_CLASSES = {
    215: " '’ilj|",
    255: ".,;:!Ií\u00a0",
    310: "-()[]ftr",
    390: "sz/–J",
    450: "ckvxyç?L",
    480: "aàâäegEFST",
    530: "0123456789€•«»",
    720: "wmMOQÔŒœ",
    900: "W—…%@",
}
_WIDTHS = {character: width for width, characters in _CLASSES.items() for character in characters}
_OTHER = 560
_DIGITS = ("montant", "taux", "entier", "decimal")
_MAX_ROW_POINTS = 400
_MAX_LINES = 30  # of text in one row: Excel stops at 409 points


class StyledBox(NamedTuple):
    valeur: object
    style: str = "dense"


class PrintedColumn(NamedTuple):
    titre: str
    unites: int
    style: str = "dense"


class Card(NamedTuple):
    """A key figure: what it is, the value (None: unknown), its format, what it rests on."""

    titre: str
    valeur: object
    format: str
    note: str
    alert: bool = False


def text_line_count(texte: object, unites: int, bold: bool = False) -> int:
    """How many lines a text in 9 points takes in a cell of ``unites``."""
    return sum(len(piece) for piece in _rows(texte, unites, bold))


def _rows(texte: object, unites: int, bold: bool = False) -> Iterator[list[str]]:
    """Paragraph by paragraph, the lines that the text makes in a cell of this width."""
    place = (unites * PIXELS - 16) / (_EM * _SAFETY_FACTOR * (_BOLD if bold else 1)) * 1000
    for paragraph in str("" if texte is None else texte).split("\n"):
        lines, room_left = [""], place
        for word in paragraph.split(" "):
            for part in _parts(word, place):
                need = _width(part)
                if lines[-1] and need + _WIDTHS[" "] > room_left:
                    lines.append("")
                    room_left = place
                lines[-1] += (" " if lines[-1] else "") + part
                room_left -= need + _WIDTHS[" "]
        yield lines


def _width(word: str) -> int:
    return sum(_WIDTHS.get(character, _OTHER) for character in word)


def _parts(word: str, place: float) -> list[str]:
    """The word, or its pieces if it is wider than a line: spreadsheets break it too."""
    n = max(1, int(place // 900))
    return [word] if _width(word) <= place else [word[i : i + n] for i in range(0, len(word), n)]


def height(texte: object, unites: int, bold: bool = False, minimum: float = 19) -> float:
    """Points that a row needs to show the whole text."""
    return max(minimum, text_line_count(texte, unites, bold) * _LINE_HEIGHT + _MARGIN)


def pieces(texte: str, unites: int) -> list[str]:
    """The text in as many pieces as rows are needed to show all of it."""
    lines = [line for paragraph in _rows(texte, unites) for line in paragraph]
    if len(lines) <= _MAX_LINES:
        return [texte]
    return ["\n".join(lines[i : i + _MAX_LINES]) for i in range(0, len(lines), _MAX_LINES)]


def abridged(texte: str, length: int) -> str:
    """The text if it is short enough, else its beginning, cut between two words, and « … »."""
    return texte if len(texte) <= length else texte[:length].rsplit(" ", 1)[0].rstrip(" ,;.") + " …"


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

    # --- parts ---

    def band(self, titre: str, following: float = 90, style: str = "bloc") -> None:
        """The heading of a section, kept with the ``following`` points that follow."""
        self.keep_together(34 + following)
        self.empty()
        self.place(0, UNITS, titre, style)
        self.advance(24)

    def sous_titre(self, titre: str, following: float = 60) -> None:
        self.keep_together(28 + following)
        self.empty(6)
        self.place(0, UNITS, titre, "dense_fort")
        self.advance(20)

    def sentences(self, texts: Iterable[str], style: str = "dense") -> None:
        """One row a sentence, over the whole width."""
        for texte in texts:
            for piece in pieces(texte, UNITS):
                points = height(piece, UNITS)
                self.keep_together(points)
                self.place(0, UNITS, piece, style)
                self.advance(points)

    def sentences_in_two_columns(self, texts: Sequence[str]) -> None:
        """Short sentences, read down the left column, then down the right one."""
        half = UNITS // 2
        texts = [
            piece for texte in texts for piece in pieces(texte, half)
        ]  # what a thousand structures answered is no short sentence
        by_column = -(-len(texts) // 2)
        for rank in range(by_column):
            pair = [texts[rank], *texts[rank + by_column : rank + by_column + 1]]
            points = max(height(t, half) for t in pair)
            self.keep_together(points)
            for column, texte in enumerate((*pair, None)[:2]):
                self.place(column * half, half, texte, "dense")
            self.advance(points)

    def cards(self, cards: Sequence[Card]) -> None:
        """Up to six key figures side by side; an unknown one shows a dash."""
        unites = UNITS // 6
        note = max(height(c.note, unites - 1, minimum=18) for c in cards)
        self.keep_together(20 + 34 + note)
        for rank, card in enumerate(cards):
            self.place(rank * unites, unites, card.titre, "chiffre_cle_titre")
        self.advance(20)
        for rank, card in enumerate(cards):
            role = "chiffre_cle_alerte" if card.alert else "chiffre_cle"
            self.place(rank * unites, unites, "—" if card.valeur is None else card.valeur, f"{role}:{card.format}")
        self.advance(34)
        for rank, card in enumerate(cards):
            self.place(rank * unites, unites, card.note, "chiffre_cle_libelle")
        self.advance(note)

    def sheet_table(
        self,
        columns: Sequence[PrintedColumn],
        lines: Iterable[Sequence[object]],
        start: int = 0,
        may_split: bool = True,
    ) -> tuple[int, int]:
        """Header and rows from unit ``start``; (first, last) row of data. A page that begins inside it repeats its
        header.

        A cell is a value, in the style of its column, or a ``Case``. ``may_split`` False: never cut over two pages.
        """
        rows = [
            [c if isinstance(c, StyledBox) else StyledBox(c, col.style) for c, col in zip(line, columns, strict=True)]
            for line in lines
        ]
        points = [
            max(height(_displayed(c.valeur), col.unites, _bold(c.style)) for c, col in zip(r, columns, strict=True))
            for r in rows
        ]
        head = max(height(c.titre, c.unites, bold=True, minimum=24) for c in columns)
        self.keep_together(head + (sum(points[:2]) if may_split else sum(points)))
        self._header(columns, start, head)
        first = self.line
        for row, need in zip(rows, points, strict=True):
            if may_split and self.keep_together(need):
                self._header(columns, start, head)
            self._row(columns, row, start)
            self.advance(need)
        return first, self.line - 1

    def _header(self, columns: Sequence[PrintedColumn], start: int, points: float) -> None:
        for column in columns:
            self.place(start, column.unites, column.titre, f"entete{_alignment(column.style)}")
            start += column.unites
        self.advance(points)

    def _row(self, columns: Sequence[PrintedColumn], row: Sequence[StyledBox], start: int) -> None:
        for column, box in zip(columns, row, strict=True):
            self.place(start, column.unites, box.valeur, box.style)
            start += column.unites

    # --- charts ---

    def cell_range(self, lines: tuple[int, int], start: int) -> tuple[str, CellRange]:
        """The cells of one column of the grid, from the first to the last of ``lines``."""
        column = FIRST + start
        return self.sheet.nom, CellRange(lines[0], column, lines[1], column)

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
        """A chart whose top is on the current row; the rows that it covers are the caller's."""
        self.sheet.charts.append(
            Chart(
                type_,
                titre,
                series,
                self.line,
                FIRST + start,
                unites * PIXELS - 6,
                int(points * POINT) - 6,
                alt_text,
                value_format,
                stacked,
                data_labels,
            )
        )


def _bold(style: str) -> bool:
    return style.startswith(("dense_fort", "dense_total", "etat_", "entete"))


def _alignment(style: str) -> str:
    """The header of a column of figures is centred."""
    format_ = style.partition(":")[2]
    return ":petit_centre" if "centre" in format_ or format_.startswith(_DIGITS) else ""


def _displayed(valeur: object) -> object:
    """What counts for a height: figures stand on one line."""
    return "" if isinstance(valeur, (int, float, Decimal, date)) else valeur
