"""One sheet as it was planned: what is printed and computed where, and which cells are to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.fast_paths.unchanged_sheet import UnchangedSheet
from cls_workbook.forms.layout import SheetPlan
from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.locating.expected_row import ExpectedRow
from cls_workbook.reading.locating.retour import TypedInput
from cls_workbook.reading.locating.still_printed import MEMORY, FreeCell, Reminders, admitted, printed
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.workbook.description import Formula, Link, address


class _PlannedInput(NamedTuple):
    """``texts``: what is printed in its row, that a neighbour may bring in its place."""

    cle: str
    cell: str
    line: str
    texts: frozenset[str]


class SheetTemplate:
    """``formula_texts``, ``all_printed``: (row, column), from 0, of what is computed and of what is printed → its text.

    ``trusted_formulas``: as a sheet whose formulas were all found right had them written.
    """

    def __init__(
        self, sheet: SheetPlan, rows: Sequence[ExpectedRow], free_cells: Mapping[tuple[int, int], FreeCell], fast: bool
    ):
        """``free_cells``: cells (row, column, from 1) whose content the contract alone does not tell. ``fast``: try
        the short way."""
        written = {(c.line, c.column): c.valeur for c in sheet.sheet.cells if c.valeur not in (None, "")}
        formulas = {place: v.texte for place, v in written.items() if isinstance(v, Formula)}
        self.formula_texts = {(i - 1, j - 1): text for (i, j), text in formulas.items()}
        self.all_printed = {
            (i - 1, j - 1): v.texte if isinstance(v, Link) else v
            for (i, j), v in written.items()
            if isinstance(v, (str, Link)) and j > 1
        }
        self.trusted_formulas: Mapping[bytes, bytes] | None = None
        self._free_cells = {_anchor(place): free for place, free in free_cells.items()}
        self._reminders = [(anchor, free) for anchor, free in self._free_cells.items() if free.nature != MEMORY]
        self._inputs = [
            _PlannedInput(p.cle, p.cell, p.line, frozenset() if a.by_header else frozenset(a.texts.values()))
            for a in rows
            for p in a.places
        ]
        self._anchors = [p.cell.encode() for p in self._inputs]
        open_cells = self._free_cells.keys() | set(self._anchors)
        locked = {
            anchor: _as_read_back(v)
            for place, v in written.items()
            if place not in formulas and (anchor := _anchor(place)) not in open_cells
        }
        self._unchanged = UnchangedSheet(locked, [_anchor(place) for place in formulas], open_cells) if fast else None

    def saisies(self, grid: Grid, printed_facts: Reminders | None) -> list[TypedInput] | None:
        """The inputs that are not blank; None if the sheet is not as it was sent. ``printed_facts``: see
        ``domain.locked_facts``."""
        values = grid.values
        if self._unchanged is None or not self._unchanged.is_as_sent(values, grid.special_addresses):
            return None
        if not all(
            admitted(values[r], self._free_cells[r], printed_facts) for r in values.keys() & self._free_cells.keys()
        ):
            return None
        if any(r not in values and printed(free, printed_facts) != "" for r, free in self._reminders):  # it was erased
            return None
        typed = []
        for (cle, cell, line, texts), raw in zip(self._inputs, map(values.get, self._anchors), strict=True):
            if raw is None or (raw.__class__ is str and _is_blank_text(raw)):
                continue
            if raw in texts:  # a neighbour may have come in its place
                return None
            typed.append(TypedInput(cle, grid.nom, cell, raw, line))
        return typed


def _is_blank_text(text: object) -> bool:
    """``is_blank``, at once for what is plainly a text."""
    return isinstance(text, str) and (text.isspace() or not text or not text.isprintable()) and is_blank(text)


def _anchor(place: tuple[int, int]) -> bytes:
    return address(*place).encode()


def _as_read_back(value: object) -> object:
    """A printed value as a reader of spreadsheets gives it back."""
    if isinstance(value, Link):
        return value.texte
    return float(value) if isinstance(value, (int, float, Decimal)) else value
