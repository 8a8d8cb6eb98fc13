"""Texts of an .xlsx: those that its cells share (``sharedStrings``), and those that a cell holds itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cls_workbook.reading.cells.marked_text import Run, text_of_runs
from cls_workbook.reading.opening.cell_formats import is_on
from cls_workbook.reading.opening.xml_names import main_tree
from cls_workbook.reading.opening.xml_walk import Attributes, Budget, State, XmlWalk, damaged

_CODE = re.compile("_x([0-9A-Fa-f]{4})_")
_SPACE = "http://www.w3.org/XML/1998/namespace}space"
_XML_SPACES = " \t\r\n"
_WHITE_INDICES, TINY_SIZES = ("1", "9"), ("0", "1", "2")  # of colours; of characters, in points
INSIDE_TEXT = {
    "text": {"t": "plain", "r": "run"},  # phonetic readings stand beside the text, and are none of it
    "run": {"t": "plain", "rPr": "properties"},
    "properties": {"strike": "strike", "dstrike": "strike", "vertAlign": "raised", "color": "colour", "sz": "size"},
}


def plain(written: str) -> str:
    """A text as Excel means it: « _x000D_ » is a character that XML has none for."""
    return _CODE.sub(lambda code: chr(int(code.group(1), 16)), written) if "_x" in written else written


class TextWalk(XmlWalk):
    """Gathers the runs of a text, in the states of ``INSIDE_TEXT``."""

    def __init__(self, budget: Budget):
        super().__init__(budget)
        self._runs: list[Run] = []
        self._struck = self._raised = self._spaces = False
        self.entering |= {
            "text": self._begin,
            "run": self._begin_run,
            "strike": self._strike,
            "raised": self._raise,
            "colour": self._colour,
            "size": self._size,
            "plain": self._begin_plain,
        }
        self.leaving |= {"plain": self._end_plain}

    def other(self, nom: str) -> State:
        if self.state in ("", "plain"):
            raise damaged(f"la balise « {nom.rpartition('}')[2]} » n’y est pas à sa place")
        return super().other(nom)

    def text_found(self) -> str:
        """The text that ends here."""
        return text_of_runs(self._runs)

    def _begin(self, attributes: Attributes) -> None:
        self._runs, self._struck, self._raised = [], False, False

    def _begin_run(self, attributes: Attributes) -> None:
        self._struck = self._raised = False

    def _strike(self, attributes: Attributes) -> None:
        self._struck |= is_on(attributes)

    def _colour(self, attributes: Attributes) -> None:
        white = attributes.get("rgb", "").upper()[-6:] == "FFFFFF" or attributes.get("indexed") in _WHITE_INDICES
        self._struck |= white or (attributes.get("theme") == "0" and not attributes.get("tint", "").startswith("-"))

    def _size(self, attributes: Attributes) -> None:
        self._struck |= attributes.get("val", "").partition(".")[0] in TINY_SIZES

    def _raise(self, attributes: Attributes) -> None:
        self._raised = attributes.get("val") in ("superscript", "subscript")

    def _begin_plain(self, attributes: Attributes) -> None:
        self._spaces = attributes.get(_SPACE) == "preserve"
        self.gather(attributes)

    def _end_plain(self) -> None:
        text = self.gathered()
        self._runs.append(Run(plain(text if self._spaces else text.strip(_XML_SPACES)), self._struck, self._raised))


class _SharedTextsWalk(TextWalk):
    """``texts``: all of them, in order."""

    tree = main_tree({"": {"sst": "table"}, "table": {"si": "text"}, **INSIDE_TEXT})

    def __init__(self, budget: Budget):
        super().__init__(budget)
        self.texts: list[str] = []
        self.leaving["text"] = self._end_of_text

    def _end_of_text(self) -> None:
        self.texts.append(self.text_found())


def shared_texts(pieces: Iterable[bytes], budget: Budget) -> list[str]:
    """``pieces``: the part ``sharedStrings``, as it is inflated. Refusal if it cannot be read. What it announces of
    their number is not believed."""
    walk = _SharedTextsWalk(budget)
    walk.walk(pieces)
    return walk.texts


def shared_text(texts: list[str], written: str) -> str:
    """The text of a cell that gives its rank. Refusal if there is none."""
    rank = written.strip(_XML_SPACES)
    if not (rank.isascii() and rank.isdigit() and len(rank) < 9 and int(rank) < len(texts)):
        raise damaged(f"une cellule montre un texte qui n’y est pas ({rank[:20]})")
    return texts[int(rank)]
