"""What stands beside the cells of a sheet of an .xlsx: comments, discussions, text boxes."""

from __future__ import annotations

from cls_workbook.reading.opening.xlsx_directory import relations, relations_part
from cls_workbook.reading.opening.xml_walk import IGNORED, Attributes, Budget, State, XmlWalk
from cls_workbook.reading.opening.zip_parts import ZipParts
from cls_workbook.workbook.description import address

Notes = list[tuple[str, str]]  # (cell, text)
_COMMENTS, _DISCUSSIONS, _DRAWING = "comments", "threadedComment", "drawing"


def xlsx_notes(parts: ZipParts, sheet_part: str, budget: Budget) -> Notes:
    """Refusal if a part that the sheet cites is no XML."""
    part = relations_part(sheet_part)
    found: dict[str, Notes] = {}
    for relation in relations(parts[part], sheet_part).values() if part in parts else ():
        if relation.kind in (_COMMENTS, _DISCUSSIONS, _DRAWING) and relation.part in parts:
            walk = _NotesWalk(budget)
            walk.walk(parts.pieces(relation.part))
            found.setdefault(relation.kind, []).extend(walk.notes)
    discussed = {cell for cell, _ in found.get(_DISCUSSIONS, ())}  # each has a comment as its shadow
    comments = [note for note in found.get(_COMMENTS, ()) if note[0] not in discussed]
    return [*comments, *found.get(_DISCUSSIONS, ()), *found.get(_DRAWING, ())]


class _NotesWalk(XmlWalk):
    """``notes``: in order. Elements are known by their local names: three kinds of parts, in several namespaces."""

    states = {
        **dict.fromkeys(("comment", _DISCUSSIONS, "twoCellAnchor", "oneCellAnchor", "absoluteAnchor"), "note"),
        **dict.fromkeys(("t", "text"), "text"),
        **dict.fromkeys(("rPh", "to"), IGNORED),  # how a text is pronounced; where a box ends
        "col": "column",
        "row": "row",
        "p": "paragraph",
    }
    tree: dict[State, dict[str, State]] = {state: {} for state in ("", "other", *states.values())}

    def __init__(self, budget: Budget):
        super().__init__(budget)
        self.notes: Notes = []
        self._cell, self._pieces = "", list[str]()
        self._place = {"row": 0, "column": 0}
        self.entering |= {"note": self._begin_note, "text": self.gather, "column": self.gather, "row": self.gather}
        self.leaving |= {
            "note": self._end_note,
            "text": lambda: self._pieces.append(self.gathered()),
            "paragraph": lambda: self._pieces.append("\n"),
            "row": lambda: self._end_number("row"),
            "column": lambda: self._end_number("column"),
        }

    def other(self, nom: str) -> State:
        return IGNORED if self.state == IGNORED else self.states.get(nom.rpartition("}")[2], "other")

    def _begin_note(self, attributes: Attributes) -> None:
        self._cell, self._pieces, self._place = attributes.get("ref", ""), [], {"row": 0, "column": 0}

    def _end_number(self, what: str) -> None:
        written = self.gathered().strip()
        self._place[what] = int(written) if written.isdecimal() and len(written) < 8 else 0

    def _end_note(self) -> None:
        if text := "".join(self._pieces).strip():
            self.notes.append((self._cell or address(self._place["row"] + 1, self._place["column"] + 1), text))
