"""Where a sheet is cut into printed pages: between two groups of rows rather than within one.

A page is A4 landscape, one page wide: the wider the columns, the smaller the print, the more rows it takes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from cls_workbook.workbook.description import PRINTED_HEIGHT, PRINTED_WIDTH, Sheet

_PAGE_HEIGHT = PRINTED_HEIGHT - 18  # with some to spare for what spreadsheets make of a height
_SAFETY_FACTOR = 0.99
_ROW_HEIGHT = 15.0  # points of a row whose height is not told
_POINTS, _COLUMN_PADDING = 5.25, 3.75  # of a character of column width, of a column's padding
_SMALL_SHARES = (0.7, 0.25, 0.15, 0.0)  # of a page: a group no taller than that is not split, unless it saves a page
_TAIL = 2  # rows that it takes with it, at least, to the next page
_HEAD = 4  # rows that a group shows at least at the foot of a page: space, band, headers, a first row
_TITLE = 2  # rows of a title above a table: they are not left alone


def points_per_page(sheet: Sheet) -> float:
    """Points of rows that a printed page takes, repeated rows included."""
    hidden_columns = set(sheet.hidden_columns)
    wide = sum(v * _POINTS + _COLUMN_PADDING for c, v in sheet.widths.items() if c not in hidden_columns)
    return _PAGE_HEIGHT / min(1.0, PRINTED_WIDTH / wide) * _SAFETY_FACTOR


def paginate(sheet: Sheet, groups: Sequence[int], last: int, tables: Collection[int] = ()) -> None:
    """Sets every page break. ``groups``: first row of each group, in order; ``last``: last row of the sheet;
    ``tables``: first row of each table (its headers) and form. All are set, even within a group that is taller than a
    page: spreadsheets do not agree on how much a page takes. A table is cut only where that saves a page, and never
    below its headers."""
    titles = sheet.print_setup.repeated_rows
    tops = [0.0, *(sheet.heights.get(line, _ROW_HEIGHT) for line in range(1, last + 1))]  # by row, from 1
    repeated = sum(tops[titles[0] : titles[1] + 1]) if titles else 0.0
    page = points_per_page(sheet)
    trials = [
        _page_breaks(tops, [*groups, last + 1], sorted(tables), page, repeated, small, whole)
        for whole in (True, False)
        for small in _SMALL_SHARES
    ]
    sheet.print_setup.page_breaks = min(trials, key=len)


def _page_breaks(
    everything: list[float],
    groups: list[int],
    tables: list[int],
    page: float,
    repeated: float,
    small: float,
    whole: bool,
) -> list[int]:
    page_breaks: list[int] = []
    taken = sum(everything[: groups[0]])
    for start, end in pairwise(groups):
        tops, heads = everything[start:end], [line - start for line in tables if start <= line < end]
        for cut in _cuts(tops, heads, page - taken, page - repeated, small * page, whole):
            page_breaks.append(start + cut - 1)
            taken, tops, start = repeated, tops[cut:], start + cut
        taken += sum(tops)
    return page_breaks


def _cuts(
    tops: list[float], heads: list[int], remaining: float, page: float, small: float, whole: bool
) -> Iterator[int]:
    """Where a group is cut, each time as a number of rows from the last cut: 0 sends it whole to the next page."""
    if sum(tops) > remaining and (sum(tops) <= small or sum(tops[:_HEAD]) > remaining):
        yield 0
        remaining = page
    while sum(tops) > remaining and len(tops) > 1:
        fitting = next(n for n in range(len(tops), -1, -1) if sum(tops[:n]) <= remaining)
        # no row alone on the last page
        cut = max(min(fitting, len(tops) - _TAIL), 1)
        cut = _beside_tables(cut, heads, whole, sends_all=remaining < page and sum(tops) <= page)
        yield cut
        tops, heads, remaining = tops[cut:], [head - cut for head in heads if head >= cut], page


def _beside_tables(cut: int, heads: list[int], whole: bool, sends_all: bool) -> int:
    """The cut, or above the table that it would be in, or just below whose headers it would be; 0 where nothing but a
    title would be left and all may be sent to the next page (``sends_all``)."""
    head = max((h for h in heads if h < cut), default=0)
    if not head or not (whole or cut == head + 1):
        return cut
    if head > _TITLE:
        return head
    return 0 if sends_all else cut
