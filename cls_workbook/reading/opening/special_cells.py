"""A cell that holds a formula or an error, and where it stands."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple

_CELL_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384


class SpecialCell(NamedTuple):
    formula: str | None
    error: bool


@lru_cache(maxsize=20_000)  # the same cells come back in every return
def place(anchor: bytes) -> tuple[int, int]:
    """b"C14" → (13, 2); ValueError for anything else."""
    match = _CELL_ADDRESS.fullmatch(anchor.decode("ascii", "replace"))
    if match is None:
        raise ValueError(anchor)
    return int(match.group(2)) - 1, _rank(match.group(1)) - 1


@lru_cache(maxsize=20_000)
def written_place(anchor: str) -> tuple[int, int]:
    """« C14 » → (13, 2); ValueError for anything else, and beyond the last cell of a sheet."""
    line, column = place(anchor.encode())
    if line >= MAX_ROWS or column >= MAX_COLUMNS:
        raise ValueError(anchor)
    return line, column


def formula(text: bytes) -> str:
    """A formula as the XML writes it → as a person would."""
    return unescape(text.decode("utf-8", "replace"))


@lru_cache(maxsize=MAX_COLUMNS)
def _rank(letters: str) -> int:
    rank = 0
    for letter in letters:
        rank = rank * 26 + ord(letter) - 64
    return rank
