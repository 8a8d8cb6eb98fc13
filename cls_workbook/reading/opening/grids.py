"""One sheet as it is read: its values by address, its rows, its formulas and errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cached_property, lru_cache
from typing import Protocol

from cls_workbook.fast_paths.sheet_xml import SheetContent
from cls_workbook.reading.opening.special_cells import SpecialCell, formula, place
from cls_workbook.reading.opening.xml_walk import Budget
from cls_workbook.workbook.description import address

Row = list[object]
SpecialCells = Mapping[tuple[int, int], SpecialCell]


class Grid(Protocol):
    """One sheet. ``values``: what its cells hold, by address (b"C14"), blanks left out; ``lines``: its rows from A1,
    blanks as "" (Refusal if one stands too far). ``special_cells``: (row, column), from 0, of each cell that holds
    a formula or an error → its formula (None: an error without formula) and whether it is in error;
    ``special_addresses``: where these are. ``written_formulas``: address → formula, as the XML writes it; None where
    it is not known so. ``first_day``: how many days
    after 30/12/1899 the numbers of its days begin (1904: 1 462).
    ``notes``: (cell, text) of its comments and text boxes."""

    @property
    def nom(self) -> str: ...
    @property
    def hidden(self) -> bool: ...
    @property
    def first_day(self) -> int: ...
    @property
    def values(self) -> Mapping[bytes, object]: ...
    @property
    def lines(self) -> list[Row]: ...
    @property
    def special_cells(self) -> SpecialCells: ...
    @property
    def special_addresses(self) -> Set[bytes]: ...
    @property
    def written_formulas(self) -> Mapping[bytes, bytes] | None: ...
    @property
    def notes(self) -> Sequence[tuple[str, str]]: ...


class PlainGrid:
    """A sheet of which the rows are known. ``find_special``: what tells its formulas and errors, when it is asked."""

    written_formulas = None

    def __init__(
        self,
        nom: str,
        lines: list[Row],
        find_special: Callable[[], SpecialCells],
        hidden: bool = False,
        first_day: int = 0,
        notes: Sequence[tuple[str, str]] = (),
    ):
        self.nom, self.lines, self._find_special, self.notes = nom, lines, find_special, notes
        self.hidden, self.first_day = hidden, first_day

    @cached_property
    def values(self) -> Mapping[bytes, object]:
        return {_anchor(i, j): v for i, line in enumerate(self.lines) for j, v in enumerate(line) if v != ""}

    @cached_property
    def special_cells(self) -> SpecialCells:
        return self._find_special()

    @property
    def special_addresses(self) -> Set[bytes]:
        return {_anchor(i, j) for i, j in self.special_cells}


@lru_cache(maxsize=20_000)
def _anchor(i: int, j: int) -> bytes:
    return address(i + 1, j + 1).encode()


class QuickGrid:
    """A sheet that ``fast_paths.sheet_xml`` has read: its rows are made when they are asked for, which is seldom."""

    first_day = 0  # others are left to the plain way

    def __init__(
        self,
        nom: str,
        content: SheetContent,
        budget: Budget,
        hidden: bool = False,
        notes: Sequence[tuple[str, str]] = (),
    ):
        self.nom, self._content, self._budget, self.hidden, self.notes = nom, content, budget, hidden, notes
        self.values: Mapping[bytes, object] = content.values
        self.written_formulas: Mapping[bytes, bytes] = content.formulas

    @property
    def special_addresses(self) -> Set[bytes]:
        formulas, errors = self._content.formulas.keys(), self._content.errors
        return formulas | errors if errors else formulas

    @cached_property
    def lines(self) -> list[Row]:
        self._budget.take_rectangle(self.nom, *_extent({*self.values, *self.written_formulas}))
        height, width = _extent(self.values)
        lines: list[Row] = [[""] * width for _ in range(height)]
        for anchor, value in self.values.items():
            i, j = place(anchor)
            lines[i][j] = value
        return lines

    @cached_property
    def special_cells(self) -> SpecialCells:
        formulas, errors = self._content.formulas, self._content.errors
        return {
            place(r): SpecialCell(formula(formulas[r]) if r in formulas else None, r in errors)
            for r in self.special_addresses
        }


def _extent(anchors: Iterable[bytes]) -> tuple[int, int]:
    places = [place(anchor) for anchor in anchors]
    return (1 + max(i for i, _ in places), 1 + max(j for _, j in places)) if places else (0, 0)
