"""Where a sheet is cut into printed pages: between two groups of rows rather than within one.

A page is A4 landscape, one page wide: the wider the columns, the smaller the print, the more rows it takes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import accumulate
from math import inf

from cls_workbook.workbook.description import PRINTED_HEIGHT, PRINTED_WIDTH, Sheet

_PAGE_HEIGHT = PRINTED_HEIGHT - 18  # with some to spare for what spreadsheets make of a height
_SAFETY_FACTOR = 0.99
_ROW_HEIGHT = 15.0  # points of a row whose height is not told
_POINTS, _COLUMN_PADDING = 5.25, 3.75  # of a character of column width, of a column's padding

# What a cut costs: a page more is worth them all.
_PAGE = 10_000.0
_BELOW_WORDS = 20.0  # between the words of a block and its table
_TITLE, _BELOW_TITLE = 2, 100.0  # rows of a title that would be left alone, above its table
_WITHIN = 60.0  # a table or a form
_TAIL, _SHORT_TAIL = 2, 40.0  # rows that go to the next page, at least
_AMONG_WORDS, _BELOW_HEADERS = 150.0, 500.0
_BLANK = 10.0  # a page left blank, but the last
_LAST, _ALONE = 0.3, 30.0  # part of a page that the last one holds, at least; one that holds nothing


def points_per_page(sheet: Sheet) -> float:
    """Points of rows that a printed page takes, repeated rows included."""
    hidden_columns = set(sheet.hidden_columns)
    wide = sum(v * _POINTS + _COLUMN_PADDING for c, v in sheet.widths.items() if c not in hidden_columns)
    return _PAGE_HEIGHT / min(1.0, PRINTED_WIDTH / wide) * _SAFETY_FACTOR


def paginate(sheet: Sheet, groups: Sequence[int], last: int, tables: Collection[int] = ()) -> None:
    """Sets every page break. ``groups``: first row of each group, in order; ``last``: last row of the sheet;
    ``tables``: first row of each table (its headers) and form. All are set, even within a group that is taller than a
    page: spreadsheets do not agree on how much a page takes. As few pages as can be, then as few tables cut, then no
    last page with next to nothing, then pages as full as can be."""
    titles = sheet.print_setup.repeated_rows
    below = [0.0, *accumulate(sheet.heights.get(line, _ROW_HEIGHT) for line in range(1, last + 1))]
    repeated = below[titles[1] + 1] - below[titles[0]] if titles else 0.0
    costs = [_cost_of_cut(line, groups, sorted(tables), last) for line in range(last + 2)]
    sheet.print_setup.page_breaks = _page_breaks(below, costs, points_per_page(sheet), repeated)


def _cost_of_cut(line: int, groups: Sequence[int], tables: Sequence[int], last: int) -> float:
    """Of a page that begins at this row."""
    rank = bisect_right(groups, line)
    group, following = groups[rank - 1] if rank else 1, groups[rank] if rank < len(groups) else last + 1
    if line == group:
        return 0
    within = [table for table in tables if group <= table < following]
    above = max((table for table in within if table < line), default=0)
    if line in within:
        return _BELOW_WORDS if above or line - group > _TITLE else _BELOW_TITLE
    if within and not above:
        return _AMONG_WORDS
    if line == above + 1:
        return _BELOW_HEADERS
    end = min((table for table in within if table > line), default=following)
    return _WITHIN + _SHORT_TAIL * (end - line < _TAIL)


def _page_breaks(below: Sequence[float], costs: Sequence[float], page: float, repeated: float) -> list[int]:
    """The last row of each page but the last one. ``below``: points from the top of the sheet to the foot of a row."""
    last = len(below) - 1
    least, end_of = [0.0] * (last + 2), [last] * (last + 2)  # of the pages from a row on; of the first of them
    for start in range(last, 0, -1):
        top, room = below[start - 1], page if start == 1 else page - repeated
        least[start] = inf
        for end in range(start, max(start, bisect_right(below, top + room) - 1) + 1):
            part = (below[end] - top) / room
            if end < last:
                cost = least[end + 1] + costs[end + 1] + (_BLANK * (1 - part) if part < 1 else 0.0)
            else:
                cost = _ALONE * (1 - part / _LAST) if start > 1 and part < _LAST else 0.0
            if cost + _PAGE <= least[start]:  # of two that cost the same, the fuller page
                least[start], end_of[start] = cost + _PAGE, end
    breaks = [end_of[1]]
    while breaks[-1] < last:
        breaks.append(end_of[breaks[-1] + 1])
    return breaks[:-1]
