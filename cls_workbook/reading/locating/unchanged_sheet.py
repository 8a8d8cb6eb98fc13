"""A sheet that came back as it was sent, but for its inputs: its answers are where the plan has them.

Nearly all sheets are so, and are read ten times as fast. What differs in any other cell is for ``reperage`` to make out.
"""

from __future__ import annotations

from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from cls_workbook.forms.layout import SheetPlan
from cls_workbook.reading.locating.campaign_texts import MEMORY, FreeCell, Reminders, admitted, printed
from cls_workbook.reading.parsing.parse_values import is_blank
from cls_workbook.workbook.description import Formula, Link, address

if TYPE_CHECKING:
    from cls_workbook.reading.locating.anchors import ExpectedRow
    from cls_workbook.reading.opening.returned_workbook import Grid


class TypedInput(NamedTuple):
    """A typed input. ``cle``: its key (of a row that the partner added: ``…/03+1/…``, and ``line`` says « 03+1 »)."""

    cle: str
    sheet: str
    cell: str
    raw: object
    line: str


class SheetTemplate:
    """One sheet as planned: what its locked cells hold, where its formulas and its inputs are. By address (b"C14")."""

    def __init__(self, sheet: SheetPlan, all_expected: list[ExpectedRow], free_cells: dict[tuple[int, int], FreeCell]):
        """``free_cells``: cells (row, column, from 1) whose content the contract alone does not tell."""
        written_ones = {(c.line, c.column): c.valeur for c in sheet.sheet.cells if c.valeur not in (None, "")}
        places = [(a, p) for a in all_expected for p in a.places]
        open_ones = free_cells.keys() | {(p.row, p.column) for _, p in places}
        formulas = {place for place, valeur in written_ones.items() if isinstance(valeur, Formula)}
        closed = [place for place in written_ones if place not in open_ones | formulas]
        self.formulas = {_anchor(place) for place in formulas}
        self.formula_texts = {
            (i - 1, j - 1): written_ones[i, j].texte for i, j in formulas
        }  # from 0, as ``Grille.special_cells``
        self.all_printed = {
            (i - 1, j - 1): _as_read_back(v)
            for (i, j), v in written_ones.items()
            if isinstance(v, (str, Link)) and j > 1
        }
        self.trusted_formulas: object = None  # as a sheet whose formulas were all found right had them written
        self.expected = tuple(_as_read_back(written_ones[place]) for place in closed)
        self._get_locked = itemgetter(*map(_anchor, closed))
        self._known = frozenset(map(_anchor, {*closed, *formulas, *open_ones}))
        self._free_cells = {_anchor(place): free for place, free in free_cells.items()}
        self._reminders = [(anchor, free) for anchor, free in self._free_cells.items() if free.nature != MEMORY]
        self._anchors = [_anchor((p.row, p.column)) for _, p in places]
        self._places = [
            (p.cle, p.cell, p.line, frozenset() if a.by_header else frozenset(a.texts.values())) for a, p in places
        ]

    def saisies(self, grid: Grid, printed_facts: Reminders | None) -> list[TypedInput] | None:
        """The inputs that are not blank; None if the sheet is not as it was sent. ``printed_facts``: see ``domain.locked_facts``."""
        values = grid.values
        if grid.special_addresses != self.formulas:
            return None
        if not values.keys() <= self._known and any(values[r] != "" for r in values.keys() - self._known):
            return None
        try:
            if self._get_locked(values) != self.expected:
                return None
        except KeyError:
            return None
        if not all(
            admitted(values[r], self._free_cells[r], printed_facts) for r in values.keys() & self._free_cells.keys()
        ):
            return None
        if any(r not in values and printed(free, printed_facts) != "" for r, free in self._reminders):  # it was erased
            return None
        all_found = []
        filled = [
            (place, raw)
            for place, raw in zip(self._places, map(values.get, self._anchors), strict=True)
            if raw is not None
        ]
        for (cle, cell, line, texts), raw in filled:
            if raw.__class__ is str and _is_blank_text(raw):
                continue
            if raw in texts:  # a neighbour may have come in its place
                return None
            all_found.append(TypedInput(cle, grid.nom, cell, raw, line))
        return all_found


def _is_blank_text(texte: str) -> bool:
    """``is_blank``, at once for what is plainly a text."""
    return (texte.isspace() or not texte or not texte.isprintable()) and is_blank(texte)


def _anchor(place: tuple[int, int]) -> bytes:
    return address(*place).encode()


def _as_read_back(valeur: object) -> object:
    """A printed value as a reader of spreadsheets gives it back."""
    if isinstance(valeur, Link):
        return valeur.texte
    return float(valeur) if isinstance(valeur, (int, float, Decimal)) else valeur
