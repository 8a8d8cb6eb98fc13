"""The pure parts of the open workbook: notes that follow their row, rectangles of cells alike."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from cls_workbook.reading.opening.open_sheets import WorkbookRows
from cls_workbook.redrawing.kept_notes import OrphanNote, follow, written
from cls_workbook.redrawing.rectangles import rectangles
from cls_workbook.workbook.description import CellRange

COLUMNS, KEY_COLUMN = ("Code", "Valeur"), ("Code",)


def test_a_note_goes_where_its_row_goes():
    before = [["Code", "Valeur", "Note"], ["a", 1.0, "vu"], ["b", 2.0, ""]]
    following = follow(before, COLUMNS, KEY_COLUMN, [("b",), ("z",), ("a",)])
    assert (following.headers, following.lines, following.must_write, following.orphans) == (
        ["Note"],
        [[""], [""], ["vu"]],
        True,
        [],
    )


def test_nothing_is_written_where_nothing_moves():
    before = [["Code", "Valeur", "Note"], ["a", 1.0, "vu"], ["b", 2.0, ""]]
    assert not follow(before, COLUMNS, KEY_COLUMN, [("a",), ("b",), ("c",)]).must_write


def test_a_note_without_a_row_is_kept_with_what_the_row_said():
    before = [["Code", "Valeur", "", "Note"], ["a", 1.0, "ici", "vu"]]
    following = follow(before, COLUMNS, KEY_COLUMN, [("b",)])
    assert following.orphans == [OrphanNote("a", "", "ici"), OrphanNote("a", "Note", "vu")]


def test_rows_of_one_key_pair_in_order():
    before = [["Code", "Valeur", "Note"], ["a", 1, "un"], ["a", 2, "deux"]]
    assert follow(before, COLUMNS, KEY_COLUMN, [("a",), ("c",), ("a",)]).lines == [["un"], [""], ["deux"]]


def test_a_column_put_in_the_middle_is_moved_to_the_right_with_its_notes():
    before = [["Code", "Note", "Valeur"], ["a", "vu", 1]]
    following = follow(before, COLUMNS, KEY_COLUMN, [("a",)])
    assert (following.headers, following.lines, following.must_write) == (["Note"], [["vu"]], True)


def test_values_are_written_alike_by_every_engine():
    assert [
        written(v) for v in (1, 1.0, 1.5, None, "", True, dt.datetime(2026, 2, 1), dt.date(2026, 2, 1), "a\r\nb")
    ] == ["1", "1", "1.5", "", "", "True", "01/02/2026", "01/02/2026", "a\nb"]


PLACES = st.tuples(st.integers(1, 6), st.integers(1, 6))


@given(st.dictionaries(PLACES, st.sampled_from("xyz")), st.sets(PLACES))
def test_free_cells_only_make_larger_what_each_other_cell_is_given_once(boxes, free):
    free -= boxes.keys()
    found = rectangles(boxes, free)
    covered = [(place, valeur) for cell_range, valeur in found for place in cell_range.places() if place not in free]
    assert sorted(covered) == sorted(boxes.items())


def test_free_cells_join_what_they_part():
    assert rectangles({(1, 1): "x", (3, 1): "x", (3, 3): "x"}, {(2, 1), (3, 2), (1, 2), (2, 2), (1, 3), (2, 3)}) == [
        (CellRange(1, 1, 3, 3), "x")
    ]


@given(st.dictionaries(st.tuples(st.integers(1, 6), st.integers(1, 6)), st.sampled_from("xyz")))
def test_rectangles_cover_each_cell_once_with_its_value(boxes):
    covered = {}
    for cell_range, valeur in rectangles(boxes):
        for line in range(cell_range.line, cell_range.last_row + 1):
            for column in range(cell_range.column, cell_range.last_column + 1):
                assert (line, column) not in covered
                covered[line, column] = valeur
    assert covered == boxes


def test_a_block_of_one_value_is_one_rectangle():
    assert len(list(rectangles({(i, j): "x" for i in range(1, 5) for j in range(1, 9)}))) == 1


def test_an_error_in_an_open_workbook_is_known_as_one():
    lines = [["", "#REF!"], ["texte", 1.0]]
    (grid,) = WorkbookRows("k", {"F": lines}).grids()
    assert [place for place, s in grid.special_cells.items() if s.error] == [(0, 1)]
