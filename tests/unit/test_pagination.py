"""Where a printed sheet is cut: rows of 20 points, pages that take a known number of them."""

from __future__ import annotations

import pytest

from cls_workbook.forms import pagination
from cls_workbook.workbook.description import Sheet

ROW = 20.0


@pytest.fixture
def cut(monkeypatch):
    """(rows of a page, rows of the sheet, first rows of groups, rows of headers) → the last row of each page."""

    def breaks(per_page: int, last: int, groups: list[int], tables: list[int]) -> list[int]:
        sheet = Sheet("Feuille")
        sheet.heights.update(dict.fromkeys(range(1, last + 1), ROW))
        monkeypatch.setattr(pagination, "points_per_page", lambda _: per_page * ROW)
        pagination.paginate(sheet, groups, last, tables)
        return sheet.print_setup.page_breaks

    return breaks


def test_what_holds_on_a_page_is_not_cut(cut):
    assert cut(20, 20, [1, 8], [10]) == []


def test_a_table_is_not_cut_where_the_next_page_has_room_for_it(cut):
    # a band and its words from row 5, headers on row 10, lines to row 24: the page would end within
    assert cut(20, 29, [1, 5, 25], [10]) == [9]


def test_a_title_is_not_left_alone_at_the_foot_of_a_page(cut):
    # a title on row 15, headers on row 16, lines to row 30
    assert cut(20, 32, [1, 15, 31], [16]) == [14]


def test_a_table_is_cut_where_that_saves_a_page(cut):
    assert cut(20, 40, [1, 12], [18]) == [20]


def test_headers_never_end_a_page(cut):
    # the first table has to be cut; the second page would end on the headers of row 40
    assert cut(20, 59, [1, 5, 31], [12, 40]) == [20, 39]


def test_a_table_that_is_taller_than_a_page_is_cut_all_the_same(cut):
    assert cut(10, 35, [1], [2]) == [10, 20, 30]
