"""For every value, either it is read exactly, or an anomaly points at its cell: under edits composed at random."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import openpyxl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.edit_matrix import filled, saisies, small_setting
from tests.support.edited_books import ALL_OF_THEM, FICHE, BookByOpenpyxl
from tests.support.gestures import ANYWHERE, Page, Zone
from tests.support.players import SheetByOpenpyxl
from tests.support.sheet_edits import LAST_COLUMN
from tests.support.verdict import judge

LAST_ROW = 128
ROW_NUMBERS, COLUMNS = st.integers(1, LAST_ROW), st.integers(1, LAST_COLUMN)


@cache
def base(prefilled: bool) -> bytes:
    """A filled workbook without its formats, which openpyxl opens ten times as fast."""
    setting = small_setting(prefilled=prefilled)
    opened_book = openpyxl.load_workbook(io.BytesIO(filled(setting, saisies(setting))))
    player = BookByOpenpyxl(opened_book, lambda: opened_book)
    player.new_workbook(ALL_OF_THEM, only_values=False)
    buffer = io.BytesIO()
    player.opened_book.save(buffer)
    return buffer.getvalue()


def _without_question(page: Page, zone: Zone) -> None:
    """Values that leave their rows answer whatever is asked where they arrive."""
    page.dues = {p: replace(d, cle=ANYWHERE) if zone.contains(p) else d for p, d in page.dues.items()}


def insert_rows(page: Page, rank: int, column: int, nombre: int) -> None:
    page.insert_rows(rank, nombre)


def delete_rows(page: Page, rank: int, column: int, nombre: int) -> None:
    page.delete_rows(rank, nombre)


def insert_columns(page: Page, rank: int, column: int, nombre: int) -> None:
    page.insert_columns(column, nombre)


def delete_a_column(page: Page, rank: int, column: int, nombre: int) -> None:
    page.delete_columns(column)


def write(page: Page, rank: int, column: int, nombre: int) -> None:
    page.write(rank, column, 700_000 + rank, cle=ANYWHERE)


def write_a_text(page: Page, rank: int, column: int, nombre: int) -> None:
    page.write(rank, column, f"remarque {rank}", cle=ANYWHERE)


def note_down(page: Page, rank: int, column: int, nombre: int) -> None:
    page.note_down(rank, column, f"en fait {nombre}")


def write_a_ratio(page: Page, rank: int, column: int, nombre: int) -> None:
    page.write(rank, column, f"{nombre} sur {rank}", cle=ANYWHERE)


def erase(page: Page, rank: int, column: int, nombre: int) -> None:
    for i in range(rank, rank + nombre):
        page.write(i, column, None)


def move_rows(page: Page, rank: int, column: int, nombre: int) -> None:
    page.move(Zone(rank, 1, rank + nombre - 1, 2 * LAST_COLUMN), (LAST_ROW + 40 + column * 5, 1))


def move_boxes(page: Page, rank: int, column: int, nombre: int) -> None:
    zone = Zone(rank, max(column, 2), rank + nombre - 1, LAST_COLUMN)
    _without_question(page, zone)
    page.move(zone, (rank + 3, max(column, 2)))


def copy_a_line(page: Page, rank: int, column: int, nombre: int) -> None:
    page.make_copy(Zone(rank, 1, rank, 2 * LAST_COLUMN), (rank + 2 * nombre, 1), keys=True)


def swap_rows(page: Page, rank: int, column: int, nombre: int) -> None:
    page.move(Zone(rank, 1, rank, 2 * LAST_COLUMN), (LAST_ROW + 200, 1))
    page.move(Zone(rank + nombre, 1, rank + nombre, 2 * LAST_COLUMN), (rank, 1))
    page.move(Zone(LAST_ROW + 200, 1, LAST_ROW + 200, 2 * LAST_COLUMN), (rank + nombre, 1))


GESTURES = (
    insert_rows,
    delete_rows,
    insert_columns,
    delete_a_column,
    write,
    write_a_text,
    write_a_ratio,
    note_down,
    erase,
    move_rows,
    move_boxes,
    copy_a_line,
    swap_rows,
)


# Each of these once lost a value, or read it as another.
@example(False, [(insert_rows, 76, 1, 1), (delete_a_column, 1, 1, 1)])
@example(True, [(delete_a_column, 38, 6, 1), (delete_a_column, 35, 5, 3)])
@example(False, [(delete_a_column, 5, 1, 2), (insert_rows, 87, 1, 2)])
@example(True, [(write, 99, 3, 1)])
@example(True, [(delete_a_column, 60, 1, 2), (copy_a_line, 47, 5, 2)])
@example(True, [(move_boxes, 47, 1, 2)])
@given(
    prefilled=st.booleans(),
    following=st.lists(
        st.tuples(st.sampled_from(GESTURES), ROW_NUMBERS, COLUMNS, st.integers(1, 3)), min_size=1, max_size=5
    ),
)
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_done_to_a_sheet_each_value_is_read_exactly_or_pointed_at(tmp_path, prefilled, following):
    setting = small_setting(prefilled=prefilled)
    page = Page(FICHE, setting.places, saisies(setting))
    for gesture, rank, column, nombre in following:
        gesture(page, rank, column, nombre)
    opened_book = openpyxl.load_workbook(io.BytesIO(base(prefilled)))
    SheetByOpenpyxl(opened_book[FICHE]).play(page.gestures)
    opened_book.save(tmp_path / "retour.xlsx")
    assert judge(setting, page, setting.read(tmp_path / "retour.xlsx")).faults() == []
