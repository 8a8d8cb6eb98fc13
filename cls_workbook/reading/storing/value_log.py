"""Typed values as they come, return after return → one frame of them.

What the plan says of an input (its block, its champ, its cell…) is worked out once for all the rows where it was filled in, and what
a sheet says (who answers), once for the sheet: a row is two ranks and a value until the frame is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cls_workbook.forms.layout import InputPlace
from cls_workbook.reading.storing.value_store import VALUES

# A column of the frame → where the plan has it.
PLAN_COLUMNS = {
    "cellule": "cell",
    "fiche": "fiche",
    "bloc": "bloc",
    "mesure": "mesure",
    "champ": "champ",
    "ligne": "line",
    "modalite": "modalite",
    "type": "type",
}
SHEET_COLUMNS = ("fichier", "feuille", "structure", "volet")


class ValueLog:
    """``note_down`` appends a row to the last sheet opened. ``ecarts``: column → row → what it says there instead of what the plan does."""

    def __init__(self) -> None:
        self.ecarts: dict[str, dict[int, str]] = {nom: {} for nom in ("cellule", "ligne", "modalite")}
        self._places: list[InputPlace] = []
        self._place_ranks: dict[int, int] = {}  # by identity: they are kept, so that it stays their own
        self._ranks: list[int] = []
        self._values: list[object] = []
        self._sheets: list[tuple[str, str, str, str]] = []
        self._years: list[int] = []
        self._starts: list[int] = []

    def __len__(self) -> int:
        return len(self._values)

    def open_up(self, annee: int, file: str, sheet: str, structure: str, volet: str) -> None:
        """What is noted from here on was typed on this sheet."""
        self._sheets.append((file, sheet, structure, volet))
        self._years.append(annee)
        self._starts.append(len(self._values))

    def note_down(self, place: InputPlace, valeur: object) -> None:
        rank = self._place_ranks.get(id(place))
        if rank is None:
            rank = self._place_ranks[id(place)] = len(self._places)
            self._places.append(place)
        self._ranks.append(rank)
        self._values.append(valeur)

    def frame(self) -> pd.DataFrame:
        """One row per value, in order; columns ``VALUES``: words as categories, ``annee`` int, ``valeur`` as it was typed."""
        ranks = np.array(self._ranks, dtype=np.intp)
        lines = np.diff([*self._starts, len(self._values)]) if self._starts else []
        worksheets = np.repeat(np.arange(len(self._sheets)), lines)
        words = {
            nom: _categories([getattr(p, attribute) for p in self._places], ranks, self.ecarts.get(nom, {}))
            for nom, attribute in PLAN_COLUMNS.items()
        }
        columns = zip(*self._sheets, strict=True) if self._sheets else ((),) * len(SHEET_COLUMNS)
        words |= {nom: _categories(content, worksheets) for nom, content in zip(SHEET_COLUMNS, columns, strict=True)}
        autres = {
            "annee": np.repeat(np.array(self._years, dtype=int), lines),
            "valeur": pd.Series(self._values, dtype=object),
        }
        return pd.DataFrame({nom: (words | autres)[nom] for nom in VALUES})


def _categories(words: Sequence[str], ranks: np.ndarray, ecarts: Mapping[int, str] | None = None) -> pd.Categorical:
    """The word of each rank; ``ecarts``: position → another word. Of plain strings: pandas' own take longer to give back."""
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int32)[ranks]
    for position, word in (ecarts or {}).items():
        codes[position] = numbers.setdefault(word, len(numbers))
    combined = pd.Categorical.from_codes(codes, pd.Index(list(numbers), dtype=object))
    return combined.remove_unused_categories() if ecarts else combined
