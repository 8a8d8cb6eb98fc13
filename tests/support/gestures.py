"""What a partner does to a sheet, told once as data; where each typed value stands afterwards.

A ``Page`` is told gestures. It moves what it knows of the typed values, and keeps the gestures for a player
(``players``): openpyxl or LibreOffice. Rows and columns count from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cls_workbook import forms

ANYWHERE = "?"  # the key of a value that answers whatever question is asked where it stands
REFUSED = object()  # the meaning of what no one can read for sure: an anomaly has to point at it


class Gesture(NamedTuple):
    nom: str
    arguments: tuple


class Zone(NamedTuple):
    top: int
    left: int
    bottom: int
    right: int

    def contains(self, place: tuple[int, int]) -> bool:
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right


@dataclass(frozen=True)
class Due:
    """A value that stands in the file, and must be read or pointed at.

    ``cle``: the input that it answers; "" where it answers none. ``meaning``: what it means (``REFUSED``: nothing
    sure). ``file_copy``: the same answer stands elsewhere too. ``invisible``: under a merged cell, where nobody sees
    it.
    """

    cle: str
    raw: object
    meaning: object
    touched: bool = False
    file_copy: bool = False
    invisible: bool = False


class Page:
    """One sheet. ``places``: key → input as planned; ``saisies``: key → value that it left the partner's hands with."""

    def __init__(self, nom: str, places: Mapping[str, forms.InputPlace], saisies: Mapping[str, object]):
        self.nom, self.places = nom, {c: p for c, p in places.items() if p.sheet == nom}
        self.fiche = next(iter(self.places)).partition("/")[0]
        self.dues = {(p.row, p.column): Due(c, saisies[c], saisies[c]) for c, p in self.places.items() if c in saisies}
        self.gestures: list[Gesture] = []

    # --- where things are ---

    def place(self, cle: str) -> tuple[int, int]:
        """Where an input was planned; ``cle`` without its fiche."""
        p = self.places[f"{self.fiche}/{cle.replace('§', self.fiche)}"]
        return p.row, p.column

    def line(self, cle: str) -> int:
        return self.place(cle)[0]

    def rows(self, prefix: str) -> list[int]:
        """The rows of a table, blank ones included."""
        start = f"{self.fiche}/{prefix.replace('§', self.fiche)}/"
        return sorted({p.row for c, p in self.places.items() if c.startswith(start)})

    def _record(self, nom: str, *arguments: object) -> None:
        self.gestures.append(Gesture(nom, arguments))

    def _move_dues(self, where: Callable[[tuple[int, int]], tuple[int, int] | None]) -> None:
        """``where``: former place → new place; None where the value went away."""
        self.dues = {arrival: due for place, due in self.dues.items() if (arrival := where(place)) is not None}

    # --- rows and columns ---

    def insert_rows(self, rank: int, nombre: int = 1) -> None:
        self._record("insert_rows", rank, nombre)
        self._move_dues(lambda p: (p[0] + nombre if p[0] >= rank else p[0], p[1]))

    def delete_rows(self, rank: int, nombre: int = 1) -> None:
        self._record("delete_rows", rank, nombre)
        self._move_dues(
            lambda p: None if rank <= p[0] < rank + nombre else (p[0] - nombre if p[0] >= rank else p[0], p[1])
        )

    def insert_columns(self, rank: int, nombre: int = 1) -> None:
        self._record("insert_columns", rank, nombre)
        self._move_dues(lambda p: (p[0], p[1] + nombre if p[1] >= rank else p[1]))

    def delete_columns(self, rank: int, nombre: int = 1) -> None:
        self._record("delete_columns", rank, nombre)
        self._move_dues(
            lambda p: None if rank <= p[1] < rank + nombre else (p[0], p[1] - nombre if p[1] >= rank else p[1])
        )

    # --- blocks of cells ---

    def move(self, zone: Zone, to: tuple[int, int]) -> None:
        """Cut and paste: what was at the arrival is gone."""
        self._record("move", zone, to)
        bottom, right = to[0] - zone.top, to[1] - zone.left
        arrival = Zone(*to, zone.bottom + bottom, zone.right + right)
        self.dues = {p: replace(d, touched=True) if zone.contains(p) else d for p, d in self.dues.items()}
        self._move_dues(
            lambda p: (p[0] + bottom, p[1] + right) if zone.contains(p) else None if arrival.contains(p) else p
        )

    def make_copy(self, zone: Zone, to: tuple[int, int], keys: bool) -> None:
        """Copy and paste. ``keys``: the hidden key comes along, so that the copy answers the same questions; otherwise
        each value answers the question of the cell where it arrives."""
        self._record("make_copy", zone, to)
        bottom, right = to[0] - zone.top, to[1] - zone.left
        arrived = {(p[0] + bottom, p[1] + right): due for p, due in self.dues.items() if zone.contains(p)}
        arrival = Zone(*to, zone.bottom + bottom, zone.right + right)
        received = {p: d.cle for p, d in self.dues.items() if arrival.contains(p)} | {
            (q.row, q.column): c
            for c, q in self.places.items()
            if arrival.contains((q.row, q.column)) and (q.row, q.column) not in self.dues
        }
        self.dues = {p: d for p, d in self.dues.items() if not arrival.contains(p)}
        for p, due in arrived.items():
            cle = due.cle if keys else received.get(p, "")
            self.dues[p] = replace(
                due,
                cle=cle,
                meaning=due.meaning if keys else _meaning(due.raw, self.places.get(cle)),
                touched=True,
                file_copy=keys,
            )

    def sort_out(self, zone: Zone, column: int, descending: bool = False) -> None:
        """Sorts the rows of ``zone`` by what was typed in ``column``; blank rows last."""

        def rank(line: int) -> object:
            return self.dues[line, column].raw

        lines = [line for line in range(zone.top, zone.bottom + 1) if (line, column) in self.dues]
        order = sorted(lines, key=rank, reverse=descending) + [
            line for line in range(zone.top, zone.bottom + 1) if line not in lines
        ]
        self._record("sort_out", zone, column, descending, tuple(order))
        new_ones = {line: zone.top + i for i, line in enumerate(order)}
        self._move_dues(lambda p: (new_ones[p[0]], p[1]) if zone.contains(p) else p)

    def merge_cells(self, zone: Zone) -> None:
        self._record("merge_cells", zone)
        first = (zone.top, zone.left)
        for p, due in self.dues.items():
            if zone.contains(p):
                self.dues[p] = replace(due, touched=True, invisible=p != first)

    def undo_merge(self, zone: Zone) -> None:
        self._record("undo_merge", zone)

    # --- values ---

    def enter_value(self, cle: str, raw: object, meaning: Any = None) -> None:
        """Types over an input that has not moved.

        ``meaning``: what is meant, if it is not what is typed; None empties.
        """
        place, complete = self.place(cle), f"{self.fiche}/{cle.replace('§', self.fiche)}"
        self.write(*place, raw, cle=complete, meaning=raw if meaning is None else meaning)

    def write(self, line: int, column: int, raw: object, cle: str = "", meaning: Any = None) -> None:
        """Writes in any cell; without ``cle``, what is written answers nothing, and must be pointed at."""
        self._record("write", line, column, raw)
        self.dues.pop((line, column), None)
        if isinstance(raw, str) and not raw.strip():
            raw = None
        if raw is not None:
            self.dues[line, column] = Due(cle, raw, raw if meaning is None else meaning, touched=True)

    def add(self, line: int, prefix: str, **input_fields: object) -> None:
        """A line that the partner adds to a table."""
        models = {
            c.rpartition("/")[2]: (c, p)
            for c, p in self.places.items()
            if c.startswith(f"{self.fiche}/{prefix.replace('§', self.fiche)}/")
        }
        for champ, raw in input_fields.items():
            cle, place = models[champ]
            self.write(line, place.column, raw, cle=cle)

    def formula(self, cle: str, texte: str) -> None:
        self._record("formula", *self.place(cle), texte)
        self.dues[self.place(cle)] = Due(f"{self.fiche}/{cle.replace('§', self.fiche)}", texte, REFUSED, touched=True)

    def keep_blank(self, lines: Iterable[int]) -> None:
        """Rows that the partner left blank."""
        for p in [p for p in self.dues if p[0] in lines]:
            self.write(*p, None)

    # --- looks ---

    def hide_rows(self, rank: int, nombre: int = 1) -> None:
        self._record("hide_rows", rank, nombre)

    def hide_columns(self, rank: int, nombre: int = 1) -> None:
        self._record("hide_columns", rank, nombre)

    def show_columns(self, rank: int, nombre: int = 1) -> None:
        self._record("show_columns", rank, nombre)

    def filter_rows(self, zone: Zone, masked: tuple[int, ...]) -> None:
        """A filter that leaves the rows ``masked`` out of sight."""
        self._record("filter_rows", zone)
        for rank in masked:
            self.hide_rows(rank)

    def note_down(self, line: int, column: int, texte: str) -> None:
        self._record("note_down", line, column, texte)
        if (line, column) in self.dues:
            self.dues[line, column] = replace(self.dues[line, column], touched=True)

    def colour_zone(self, zone: Zone) -> None:
        self._record("colour_zone", zone)

    def format_cells(self, zone: Zone, format_: str) -> None:
        """A number format (as Excel writes it)."""
        self._record("format_cells", zone, format_)


def _meaning(raw: object, place: forms.InputPlace | None) -> object:
    """What a value means once pasted in another input: itself, if it is of the kind that is asked."""
    if place is None or (place.type == "liste" and place.strict and raw not in place.choix):
        return REFUSED
    return raw
