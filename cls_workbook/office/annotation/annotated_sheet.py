"""One sheet of a returned workbook, changed in place: the style of a cell, the comments, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cls_workbook.forms import layout
from cls_workbook.office.annotation.returned_package import (
    RELATION_ID,
    ReturnedPackage,
    UnusualArchive,
    first_child,
    nom,
    put_before,
)
from cls_workbook.office.annotation.xml_tree import Element

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# What follows <legacyDrawing> in a sheet, in the order that the format wants.
_AFTER_DRAWING = ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems") + (
    "tableParts",
    "extLst",
)
DEFAULT_WIDTH, DEFAULT_HEIGHT = 64, 20  # pixels
_CHARACTER, _PADDING = 7, 5  # pixels of a character of column width, of a column's padding
TEXT_COLUMNS = 5  # columns whose texts are read: our keys and registers stand there


def place(address: str) -> tuple[int, int]:
    """``D14`` → (14, 4). UnusualArchive if it is not an address."""
    letters_and_rank = _ADDRESS.fullmatch(address)
    if letters_and_rank is None:
        raise UnusualArchive(address)
    column = 0
    for letter in letters_and_rank[1]:
        column = column * 26 + ord(letter) - 64
    return int(letters_and_rank[2]), column


class OpenSheet:
    """``part``: the sheet's part. Rows and columns count from 1."""

    def __init__(self, package: ReturnedPackage, part: str):
        self.package, self.part = package, part
        self.root = package.xml(part)
        if self.root.tag != nom("worksheet"):
            raise UnusualArchive(part)

    @cached_property
    def _rows(self) -> dict[int, Element]:
        data = self.root.find(nom("sheetData"))
        if data is None or any("r" not in line.attrib for line in data):
            raise UnusualArchive(self.part)
        return {int(line.get("r", 0)): line for line in data}

    # --- cells ---

    def cells(self) -> Iterator[tuple[str, int]]:
        """(address, rank of the style) of every cell that is written."""
        for line in self._rows.values():
            for cell in line:
                yield cell.get("r", ""), int(cell.get("s", 0))

    @cached_property
    def texts(self) -> dict[str, str]:
        """Address → text, in the first columns, as they were when they were first asked for."""
        cells = (cell for line in self._rows.values() for cell in line if cell.get("r"))
        texts = {c.get("r", ""): self.text(c) for c in cells if c.get("t") in ("s", "inlineStr", "str")}
        return {address: text for address, text in texts.items() if place(address)[1] <= TEXT_COLUMNS}

    def text(self, cell: Element) -> str:
        """The text that a cell holds; of a number, "" or what is written."""
        if cell.get("t") == "s":
            rank, shared = cell.findtext(nom("v"), ""), self.package.shared_texts
            return shared[int(rank)] if rank.isdecimal() and int(rank) < len(shared) else ""
        return "".join(t.text or "" for t in cell.iter(nom("t") if cell.get("t") == "inlineStr" else nom("v")))

    def style(self, address: str) -> int:
        return int(self.cell(address).get("s", 0))

    def set_style(self, address: str, rank: int) -> None:
        self.cell(address).set("s", str(rank))

    def written(self, address: str) -> Element | None:
        """The cell, None if it is not written."""
        line = self._rows.get(place(address)[0])
        return next((c for c in line if c.get("r") == address), None) if line is not None else None

    def cell(self, address: str) -> Element:
        """The cell, made blank in its place if it is not written."""
        rank, column = place(address)
        line = self._row(rank)
        next_one = len(line)
        for position, cell in enumerate(line):
            there = place(cell.get("r", ""))[1]
            if there == column:
                return cell
            if there > column:
                next_one = position
                break
        cell = Element(nom("c"), r=address)
        if line.get("s") and line.get("customFormat") == "1":
            cell.set("s", line.get("s", ""))
        line.insert(next_one, cell)
        return cell

    def _row(self, rank: int) -> Element:
        if rank not in self._rows:
            after = next((li for r, li in sorted(self._rows.items()) if r > rank), None)
            fresh = Element(nom("row"), r=str(rank))
            first_child(self.root, "sheetData").append(fresh) if after is None else after.put_before(fresh)
            self._rows[rank] = fresh
        return self._rows[rank]

    # --- sizes, to place a comment ---

    @cached_property
    def widths(self) -> dict[int, int]:
        """Column → pixels, for those that are told; a hidden one has none."""
        told: dict[int, int] = {}
        for groupe in self.root.findall(f"{nom('cols')}/{nom('col')}"):
            hidden = groupe.get("hidden") in ("1", "true")
            pixels = 0 if hidden else int(float(groupe.get("width", 9)) * 7 + 5)
            first, last = int(groupe.get("min", 1)), int(groupe.get("max", 1))
            told |= dict.fromkeys(range(first, min(last, first + 60) + 1), pixels)
        return told

    def height(self, rank: int) -> int:
        line = self._rows.get(rank)
        if line is None:
            return DEFAULT_HEIGHT
        return 0 if line.get("hidden") in ("1", "true") else int(float(line.get("ht", 15)) * 4 / 3)

    @cached_property
    def _ends(self) -> dict[str, int]:
        """First cell of a merge → its last column."""
        merged = (m.get("ref", "").partition(":") for m in self.root.findall(f"{nom('mergeCells')}/{nom('mergeCell')}"))
        return {first: place(last)[1] for first, _, last in merged if last}

    def show_whole(self, address: str, texte: str) -> None:
        """A row that would cut this text, in print or in view, is made higher; it is never made lower."""
        rank, column = place(address)
        columns = range(column, self._ends.get(address, column) + 1)
        wide = sum(self.widths.get(c, DEFAULT_WIDTH) - _PADDING for c in columns) / _CHARACTER
        needed = layout.height_of_answer(texte, wide)
        if needed * 4 / 3 > self.height(rank) > 0:
            self._row(rank).attrib |= {"ht": f"{needed:g}", "customHeight": "1"}

    # --- what hangs on the sheet ---

    def linked_part(self, type_: str) -> str | None:
        relations = self.package.relations(self.part)
        return next((r.cible for r in relations if r.type == type_ and r.cible in self.package), None)

    def drawing_part(self) -> str | None:
        """The VML part that draws the comments."""
        drawing = self.root.find(nom("legacyDrawing"))
        if drawing is None:
            return None
        parts = [r.cible for r in self.package.relations(self.part) if r.id == drawing.get(RELATION_ID)]
        if not parts or parts[0] not in self.package:
            raise UnusualArchive("legacyDrawing")
        return parts[0]

    def attach_drawing(self, part: str) -> None:
        relation = self.package.add_relation(self.part, "vmlDrawing", part)
        put_before(self.root, Element(nom("legacyDrawing"), {RELATION_ID: relation}), _AFTER_DRAWING)

    def deselect(self) -> None:
        for view in self.root.findall(f"{nom('sheetViews')}/{nom('sheetView')}"):
            view.attrib.pop("tabSelected", "")
