"""How much room a printed text takes: its lines in a cell of so many units, the height of its row, where it is cut."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

PIXELS = 32  # of a unit: a printed line has 36 of them
LEAST_ROW = 14.5  # points
_MAX_LINES = 30  # of text in one row: Excel stops at 409 points

# Text in 9 points (12 pixels to the em): widths of Calibri's characters in thousandths of an em, height of a line,
# margins: what Excel gives them.
_EM, _LINE_HEIGHT, _MARGIN, _SAFETY_FACTOR, _BOLD = 12, 12.0, 2.5, 1.03, 1.035
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
_OTHER, _WIDEST = 560, 900


class _Widths(dict[str, int]):
    def __missing__(self, _: str) -> int:
        return _OTHER


_WIDTHS = _Widths({character: width for width, characters in _CLASSES.items() for character in characters})


def text_line_count(texte: object, unites: int, bold: bool = False) -> int:
    """How many lines a text in 9 points takes in a cell of ``unites``."""
    return _line_count("" if texte is None else str(texte), unites, bold)


@lru_cache(maxsize=2000)  # a report is drawn more than once before it fits
def _line_count(texte: str, unites: int, bold: bool) -> int:
    return sum(len(piece) for piece in _rows(texte, unites, bold))


def _rows(texte: str, unites: int, bold: bool = False) -> Iterator[list[str]]:
    """Paragraph by paragraph, the lines that the text makes in a cell of this width."""
    place = (unites * PIXELS - 16) / (_EM * _SAFETY_FACTOR * (_BOLD if bold else 1)) * 1000
    for paragraph in texte.split("\n"):
        if len(paragraph) * _WIDEST <= place:
            yield [paragraph.lstrip(" ")]
            continue
        lines, room_left = [""], place
        for word in paragraph.split(" "):
            for part, need in _parts(word, place):
                if lines[-1] and need + _WIDTHS[" "] > room_left:
                    lines.append("")
                    room_left = place
                lines[-1] += (" " if lines[-1] else "") + part
                room_left -= need + _WIDTHS[" "]
        yield lines


def _width(word: str) -> int:
    return sum(map(_WIDTHS.__getitem__, word))


def _parts(word: str, place: float) -> list[tuple[str, int]]:
    """The word and its width, or its pieces if it is wider than a line: spreadsheets break it too."""
    if (whole := _width(word)) <= place:
        return [(word, whole)]
    n = max(1, int(place // _WIDEST))
    pieces = [word[i : i + n] for i in range(0, len(word), n)]
    return [(piece, _width(piece)) for piece in pieces]


def height(texte: object, unites: int, bold: bool = False, minimum: float = LEAST_ROW) -> float:
    """Points that a row needs to show the whole text."""
    lines = text_line_count(texte, unites, bold)
    return max(minimum, lines * _LINE_HEIGHT + _MARGIN) if lines > 1 else minimum


def pieces(texte: str, unites: int) -> list[str]:
    """The text in as many pieces as rows are needed to show all of it."""
    lines = [line for paragraph in _rows(texte, unites) for line in paragraph]
    if len(lines) <= _MAX_LINES:
        return [texte]
    return ["\n".join(lines[i : i + _MAX_LINES]) for i in range(0, len(lines), _MAX_LINES)]


def abridged(texte: str, length: int) -> str:
    """The text if it is short enough, else its beginning, cut between two words, and « … »."""
    return texte if len(texte) <= length else texte[:length].rsplit(" ", 1)[0].rstrip(" ,;.") + " …"


def on_one_line(texte: str, unites: int) -> str:
    """A bold text if a line holds it, else both its ends around « … »: names often differ by their last words only."""
    words = texte.split(" ")
    for kept in range(len(words) - 2, 0, -1):
        if text_line_count(texte, unites, bold=True) <= 1:
            break
        texte = " ".join([*words[:kept], "…", *words[-min(2, len(words) - kept) :]])
    return texte
