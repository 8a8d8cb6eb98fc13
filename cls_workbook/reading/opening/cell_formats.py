"""Which cell formats of an .xlsx show a number as a date, as a duration, as a percentage or otherwise than it is (in
thousands, not at all), and which strike it out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cls_workbook.fast_paths.sheet_xml import Formats
from cls_workbook.reading.opening.xml_names import main_tree
from cls_workbook.reading.opening.xml_walk import Attributes, Budget, State, XmlWalk, damaged

_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))  # predefined, by number
_DURATIONS, _PERCENTAGES = frozenset((46,)), frozenset((9, 10))
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\[\]]*\]', re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_IN_THOUSANDS = re.compile(r"[0#?],+(?![0#?,])")  # « #,##0, »
_MULTIPLE = re.compile(
    r"(?<![^\W_])(?:[0-9]|(?:k|k ?(?:€|eur|euros?)|(?:m|mds?|mio) ?€|mille|milliers?|millions?|milliards?"
    r"|centaines?|dizaines?)(?![^\W_]))",
    re.IGNORECASE,
)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_STANDARD = ("general", "standard")
FORMATS_MAX, CODE_MAX = 70_000, 1_000  # formats of cells, characters of a code; Excel stops at 65 490 and at 255


def cell_formats(pieces: Iterable[bytes], budget: Budget) -> Formats:
    """``pieces``: the part ``styles``, as it is inflated. Refusal if it cannot be read."""
    styles = _StylesWalk(budget)
    styles.walk(pieces)
    kinds: dict[str, str] = {}
    indices: dict[str, list[bytes]] = {
        "date": [],
        "duration": [],
        "percentage": [],
        "": [],
        "struck": [],
        "otherwise": [],
    }
    for rank, (number, font) in enumerate(styles.cells):
        kind = kinds.setdefault(number, _kind(number, styles.codes))
        indices[kind].append(b"%d" % rank)
        if font in styles.struck_fonts:
            indices["struck"].append(b"%d" % rank)
    return Formats(*(frozenset(indices[kind]) for kind in ("date", "duration", "percentage", "struck", "otherwise")))


def _kind(number: str, codes: dict[str, str]) -> str:
    """What a format shows a number as: "date", "duration", "percentage", "otherwise" (than it is); "" for a number."""
    if number not in codes:
        predefined = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
        return (
            "date"
            if predefined in _DATES - _DURATIONS
            else "duration"
            if predefined in _DURATIONS
            else "percentage"
            if predefined in _PERCENTAGES
            else ""
        )
    code = codes[number]
    if code.strip().lower() in _STANDARD or len(code) > CODE_MAX:
        return ""
    bare = _LITERALS.sub("", code)
    positive = bare.partition(";")[0]  # the part for the numbers that dates are
    if _ELAPSED.search(positive):
        return "duration"
    if re.search("[dmyhs]", positive, re.IGNORECASE):
        return "date"
    if "%" in bare:
        return "percentage"
    literals = "".join(quoted or escaped for quoted, escaped in _QUOTED.findall(code))
    is_shown = re.search("[0#?@]|general|standard", positive, re.IGNORECASE)
    return "" if is_shown and not _IN_THOUSANDS.search(positive) and not multiplies(literals) else "otherwise"


def multiplies(beside: str) -> bool:
    """Do the words beside the digits of a number make it another: « 5 k€ », « 1,5 million », « 12"000" »?"""
    return _MULTIPLE.search(beside) is not None


class _StylesWalk(XmlWalk):
    """``codes``: number of a format → its code; ``cells``: for each format of cells, its number and its font."""

    tree = main_tree(
        {
            "": {"styleSheet": "styles"},
            "styles": {"numFmts": "codes", "fonts": "fonts", "cellXfs": "cells"},
            "codes": {"numFmt": "code"},
            "fonts": {"font": "font"},
            "font": {"strike": "strike"},
            "cells": {"xf": "cell"},
        }
    )

    def __init__(self, budget: Budget):
        super().__init__(budget)
        self.codes: dict[str, str] = {}
        self.cells: list[tuple[str, str]] = []
        self.struck_fonts: set[str] = set()
        self._fonts = 0
        self.entering = {"code": self._code, "strike": self._strike, "cell": self._cell}
        self.leaving = {"font": self._end_of_font}

    def other(self, nom: str) -> State:
        if self.state == "":
            raise damaged("sa partie « styles » n’en est pas une")
        return super().other(nom)

    def _count(self, number: int) -> None:
        if number > FORMATS_MAX:
            raise damaged("il a trop de formats de cellules")

    def _code(self, attributes: Attributes) -> None:
        self._count(len(self.codes))
        self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

    def _strike(self, attributes: Attributes) -> None:
        if is_on(attributes):
            self.struck_fonts.add(str(self._fonts))

    def _end_of_font(self) -> None:
        self._fonts += 1
        self._count(self._fonts)

    def _cell(self, attributes: Attributes) -> None:
        self._count(len(self.cells))
        self.cells.append((attributes.get("numFmtId", "0"), attributes.get("fontId", "0")))


def is_on(attributes: Attributes) -> bool:
    """Is a property of a font, such as « strike », on? Alone, it is."""
    return attributes.get("val", "1") in ("1", "true", "on")
