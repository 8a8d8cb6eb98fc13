"""Described tables as frames. Object columns only: an int stays an int, a Decimal exact, and a missing value None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from cls_workbook.tables.described_columns import DescribedTable, Row


def table_frame(table: DescribedTable, lines: Iterable[Sequence[object]] = ()) -> pd.DataFrame:
    """The frame of a table; ``lines``: the values of each row, in the order of its columns."""
    rows = list(lines)
    # One array, of which pandas need not look for the types: ten times as fast on small tables.
    values = np.fromiter(chain.from_iterable(rows), dtype=object).reshape(len(rows), len(table.titles))
    return pd.DataFrame(values, columns=pd.Index(table.titles, dtype=object), dtype=object, copy=False)


def frame_of_rows(table: DescribedTable, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """The same from rows by title; a title that a row does not have is missing there."""
    return table_frame(table, [[row.get(titre) for titre in table.titles] for row in rows])


def known(valeur: Any) -> Any:
    """None for what pandas calls missing (NaN, NA, NaT); the value itself otherwise."""
    return None if valeur is None or valeur is pd.NA or valeur is pd.NaT or valeur != valeur else valeur


def frame_records(frame: pd.DataFrame) -> list[Row]:
    """The rows as dictionaries, missing values as None."""
    titles = tuple(frame.columns)
    # Of one array: pandas takes longer to hand out a column than most tables have rows.
    contents = frame.to_numpy(dtype=object)
    missing = pd.isna(contents)  # what ``known`` says of each
    if missing.any():
        contents = contents.copy()
        contents[missing] = None
    return [dict(zip(titles, values, strict=True)) for values in contents.tolist()]
