"""Described tables as frames. Object columns only: an int stays an int, a Decimal exact, and a missing value None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from cls_workbook.tables.described_columns import DescribedTable, Row


def table_frame(table: DescribedTable, lines: Iterable[Sequence[object]] = ()) -> pd.DataFrame:
    """The frame of a table; ``lines``: the values of each row, in the order of its columns."""
    return pd.DataFrame(list(lines), columns=list(table.titles), dtype=object)


def frame_of_rows(table: DescribedTable, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """The same from rows by title; a title that a row does not have is missing there."""
    return table_frame(table, [[row.get(titre) for titre in table.titles] for row in rows])


def known(valeur: Any) -> Any:
    """None for what pandas calls missing (NaN, NA, NaT); the value itself otherwise."""
    return None if valeur is None or valeur is pd.NA or valeur is pd.NaT or valeur != valeur else valeur


def frame_records(frame: pd.DataFrame) -> list[Row]:
    """The rows as dictionaries, missing values as None."""
    titles = tuple(frame.columns)
    # Column by column: a good deal faster than row by row.
    contents = [[known(v) for v in frame[c].tolist()] for c in titles]
    return [dict(zip(titles, values, strict=True)) for values in zip(*contents, strict=True)]
