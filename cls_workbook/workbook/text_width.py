"""How much room a text takes: the charte's font is Calibri, whose characters each have their width.

Lets a row be just as high as its text needs, before any spreadsheet has seen it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

# Widths of Calibri's characters (Carlito's are the same) in thousandths of an em, rounded up to the next twenty.
_CLASSES = {
    240: " 'ijlìíîï\u202f",
    260: ",.I·ÌÍÎÏ’",
    280: ":;",
    320: "()-J[]f{}",
    340: "!t°",
    360: "r",
    400: "/\\sz",
    420: '"L',
    440: "cxºç",
    460: "FSkvy|ÿ",
    480: "?Zagàáâãäå",
    500: "#*+<=>ETY_e~×ÈÉÊËèéêë–•",
    520: "$0123456789KPX\u00a0«»€",
    540: "CbdhnopquÇñòóôõöùúûü",
    560: "BR",
    580: "AVÀÁÂÃÄ",
    620: "D",
    640: "GH",
    660: "NUÙÚÛÜ",
    680: "OQÒÓÔÖ",
    720: "%w&…",
    800: "m",
    860: "Mœ",
    900: "ŒW@",
    920: "—←→",
}
_WIDTHS = {character: width for width, characters in _CLASSES.items() for character in characters}
_OTHER = 560
_BOLD = 1.04  # bold is that much wider
_CELL_PADDING = 4.0  # points that a cell keeps on its two sides
_INDENT = 6.8  # points of an indent of one
_DIGIT_WIDTH = 5.25  # points of a digit in 11 points: the unit of column widths


@lru_cache(maxsize=20_000)  # the same words and labels come back on every sheet
def width(texte: str, size: float, bold: bool = False) -> float:
    """Points that the text takes on one line."""
    return sum(_WIDTHS.get(c, _OTHER) for c in texte) / 1000 * size * (_BOLD if bold else 1)


def place(columns: float, indent: int = 1) -> float:
    """Points that a cell ``columns`` characters wide leaves to its text."""
    return columns * _DIGIT_WIDTH + 3.75 - _CELL_PADDING - _INDENT * indent


def lines(texte: object, points: float, size: float, bold: bool = False) -> int:
    """How many lines the text makes in a cell that leaves it ``points``."""
    return sum(_rows(paragraph, points, size, bold) for paragraph in str("" if texte is None else texte).split("\n"))


def _rows(paragraph: str, points: float, size: float, bold: bool) -> int:
    nombre, taken, white = 1, 0.0, width(" ", size, bold)
    for word in paragraph.split(" "):
        for piece in _pieces(width(word, size, bold), points):
            if taken and taken + white + piece > points:
                nombre, taken = nombre + 1, piece
            else:
                taken += (white if taken else 0) + piece
    return nombre


def _pieces(word: float, points: float) -> Iterator[float]:
    """A word wider than its cell is broken."""
    while word > points > 0:
        yield points
        word -= points
    yield word
