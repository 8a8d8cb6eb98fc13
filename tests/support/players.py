"""Plays gestures (``gestures``) in a workbook opened by openpyxl, or in LibreOffice."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable

from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.gestures import Gesture, Zone
from tests.support.libreoffice import Document

YELLOW = PatternFill("solid", fgColor="00FFD966")
EPOCH = datetime.date(1899, 12, 30)


def cell(line: int, column: int) -> str:
    return f"{get_column_letter(column)}{line}"


def cell_range(zone: Zone) -> str:
    return f"{cell(zone.top, zone.left)}:{cell(zone.bottom, zone.right)}"


def as_serial(day: datetime.date) -> int:
    return (day.date() if isinstance(day, datetime.datetime) else day).toordinal() - EPOCH.toordinal()


class SheetByOpenpyxl:
    """On one sheet. openpyxl moves no merged range: they are undone first, as partners do who insert in a form."""

    def __init__(self, sheet: Worksheet):
        self.sheet = sheet

    def play(self, gestures: Iterable[Gesture]) -> None:
        for gesture in gestures:
            getattr(self, gesture.nom)(*gesture.arguments)

    def _undo_merges(self) -> None:
        for zone in list(self.sheet.merged_cells.ranges):
            self.sheet.unmerge_cells(str(zone))

    def insert_rows(self, rank: int, nombre: int) -> None:
        self._undo_merges()
        self.sheet.insert_rows(rank, nombre)

    def delete_rows(self, rank: int, nombre: int) -> None:
        self._undo_merges()
        self.sheet.delete_rows(rank, nombre)

    def insert_columns(self, rank: int, nombre: int) -> None:
        self._undo_merges()
        self.sheet.insert_cols(rank, nombre)

    def delete_columns(self, rank: int, nombre: int) -> None:
        self._undo_merges()
        self.sheet.delete_cols(rank, nombre)

    def move(self, zone: Zone, to: tuple[int, int]) -> None:
        self._undo_merges()
        values = self._values(zone)
        self._put(zone, [[None] * len(line) for line in values], (zone.top, zone.left))
        self._put(zone, values, to)

    def make_copy(self, zone: Zone, to: tuple[int, int]) -> None:
        self._undo_merges()
        self._put(zone, self._values(zone), to)

    def sort_out(self, zone: Zone, column: int, descending: bool, order: tuple[int, ...]) -> None:
        self._undo_merges()
        values = self._values(zone)
        self._put(zone, [values[line - zone.top] for line in order], (zone.top, zone.left))

    def _values(self, zone: Zone) -> list[list]:
        return [
            [self.sheet.cell(i, j).value for j in range(zone.left, zone.right + 1)]
            for i in range(zone.top, zone.bottom + 1)
        ]

    def _put(self, zone: Zone, values: list[list], to: tuple[int, int]) -> None:
        for i, line in enumerate(values):
            for j, valeur in enumerate(line):
                self.sheet.cell(to[0] + i, to[1] + j).value = valeur

    def merge_cells(self, zone: Zone) -> None:
        self.sheet.merge_cells(cell_range(zone))

    def undo_merge(self, zone: Zone) -> None:
        self.sheet.unmerge_cells(cell_range(zone))

    def write(self, line: int, column: int, raw: object) -> None:
        box = self.sheet.cell(line, column)
        box.value = raw
        if isinstance(raw, str) and raw[:1] in ("=", "#"):
            box.data_type = "s"  # a text that looks like a formula or an error
        if isinstance(raw, (int, float)) and box.is_date:
            box.number_format = "General"

    def formula(self, line: int, column: int, texte: str) -> None:
        self.sheet.cell(line, column).value = texte

    def hide_rows(self, rank: int, nombre: int) -> None:
        for i in range(rank, rank + nombre):
            self.sheet.row_dimensions[i].hidden = True

    def hide_columns(self, rank: int, nombre: int) -> None:
        self._columns(rank, nombre, True)

    def show_columns(self, rank: int, nombre: int) -> None:
        self._columns(rank, nombre, False)

    def _columns(self, rank: int, nombre: int, masked: bool) -> None:
        for j in range(rank, rank + nombre):
            self.sheet.column_dimensions[get_column_letter(j)].hidden = masked

    def filter_rows(self, zone: Zone) -> None:
        self.sheet.auto_filter.ref = cell_range(zone)

    def note_down(self, line: int, column: int, texte: str) -> None:
        self.sheet.cell(line, column).comment = Comment(texte, "Un partenaire")

    def colour_zone(self, zone: Zone) -> None:
        painted = None
        for i in range(zone.top, zone.bottom + 1):
            for j in range(zone.left, zone.right + 1):
                box = self.sheet.cell(i, j)
                if painted is not None and not box.has_style:
                    box._style = copy.copy(painted._style)  # a hundred times as fast
                    continue
                bare = not box.has_style
                box.fill = YELLOW
                painted = box if bare else painted

    def format_cells(self, zone: Zone, format_: str) -> None:
        for i in range(zone.top, zone.bottom + 1):
            for j in range(zone.left, zone.right + 1):
                self.sheet.cell(i, j).number_format = format_


class SheetByLibreOffice:
    """On one sheet of an open document, its protection lifted."""

    def __init__(self, document: Document, sheet: str):
        self.document, self.nom = document, sheet

    def play(self, gestures: Iterable[Gesture]) -> None:
        for gesture in gestures:
            getattr(self, gesture.nom)(*gesture.arguments)

    def insert_rows(self, rank: int, nombre: int) -> None:
        self.document.insert_rows(self.nom, rank, nombre)

    def delete_rows(self, rank: int, nombre: int) -> None:
        self.document.delete_rows(self.nom, rank, nombre)

    def insert_columns(self, rank: int, nombre: int) -> None:
        self.document.insert_columns(self.nom, rank, nombre)

    def delete_columns(self, rank: int, nombre: int) -> None:
        self.document.delete_columns(self.nom, rank, nombre)

    def move(self, zone: Zone, to: tuple[int, int]) -> None:
        self.document.cut(self.nom, cell_range(zone), cell(*to))

    def make_copy(self, zone: Zone, to: tuple[int, int]) -> None:
        self.document.copy(self.nom, cell_range(zone), cell(*to))

    def sort_out(self, zone: Zone, column: int, descending: bool, order: tuple[int, ...]) -> None:
        self.document.sort(self.nom, cell_range(zone), column - zone.left, descending)

    def merge_cells(self, zone: Zone) -> None:
        self.document.merge(self.nom, cell_range(zone))

    def undo_merge(self, zone: Zone) -> None:
        self.document.unmerge(self.nom, cell_range(zone))

    def write(self, line: int, column: int, raw: object) -> None:
        valeur = as_serial(raw) if isinstance(raw, datetime.date) else raw
        self.document.put(self.nom, {cell(line, column): valeur})

    def formula(self, line: int, column: int, texte: str) -> None:
        self.document.type(self.nom, {cell(line, column): texte})

    def hide_rows(self, rank: int, nombre: int) -> None:
        self.document.hide_rows(self.nom, rank, nombre)

    def hide_columns(self, rank: int, nombre: int) -> None:
        self.document.hide_columns(self.nom, rank, nombre, True)

    def show_columns(self, rank: int, nombre: int) -> None:
        self.document.hide_columns(self.nom, rank, nombre, False)

    def filter_rows(self, zone: Zone) -> None:
        self.document.filter(self.nom, cell_range(zone))

    def note_down(self, line: int, column: int, texte: str) -> None:
        self.document.note(self.nom, cell(line, column), texte)

    def colour_zone(self, zone: Zone) -> None:
        self.document.paint(self.nom, cell_range(zone), 0xFFD966)

    def format_cells(self, zone: Zone, format_: str) -> None:
        self.document.number_format(self.nom, cell_range(zone), format_)
