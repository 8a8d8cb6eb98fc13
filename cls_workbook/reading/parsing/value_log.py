"""Typed values as they come, return after return → one frame of them.

What the plan says of an input (its block, its champ, its cell…) is worked out once for all the rows where it was filled
in, and what a sheet says (who answers), once for the sheet: a row is two ranks and a value until the frame is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cls_workbook.forms.layout import InputPlace
from cls_workbook.reading.parsing.typing_of_cells import TypedValue

VALUES = (
    "annee",
    "fichier",
    "feuille",
    "cellule",
    "fiche",
    "structure",
    "volet",
    "bloc",
    "mesure",
    "champ",
    "ligne",
    "modalite",
    "type",
    "valeur",
)
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
    """``note_down`` appends a row to the last sheet opened."""

    def __init__(self) -> None:
        # Column → row → what it says there instead of what the plan does.
        self._otherwise: dict[str, dict[int, str]] = {nom: {} for nom in ("cellule", "ligne", "modalite")}
        self._places: list[InputPlace] = []
        self._cells: list[str] = []
        self._ranks_of_year: dict[int, dict[str, int]] = {}  # year → key of an input → its rank
        self._known: dict[str, int] = {}  # that of the year of the last sheet
        self._ranks: list[int] = []
        self._values: list[object] = []
        self._sheets: list[tuple[str, str, str, str]] = []
        self._years: list[int] = []
        self._starts: list[int] = []

    def open_up(self, annee: int, file: str, sheet: str, structure: str, volet: str) -> None:
        """What is noted from here on was typed on this sheet."""
        self._known = self._ranks_of_year.setdefault(annee, {})
        self._sheets.append((file, sheet, structure, volet))
        self._years.append(annee)
        self._starts.append(len(self._values))

    def note_down(self, value: TypedValue) -> None:
        typed, place, row = value.typed, value.place, len(self._values)
        rank = self._known.get(place.cle)
        if rank is None:
            rank = self._known[place.cle] = len(self._places)
            self._places.append(place)
            self._cells.append(place.cell)
        if typed.cell != self._cells[rank]:
            self._otherwise["cellule"][row] = typed.cell
        if typed.line != place.line:  # of a row that the partner added
            self._otherwise["ligne"][row] = typed.line
        if value.modalite:
            self._otherwise["modalite"][row] = value.modalite
        self._ranks.append(rank)
        self._values.append(value.valeur)

    def frame(self) -> pd.DataFrame:
        """One row per value, in order; columns ``VALUES``: words as categories, ``annee`` int, ``valeur`` as it was
        typed."""
        ranks = np.array(self._ranks, dtype=np.intp)
        lines = np.diff([*self._starts, len(self._values)]) if self._starts else np.zeros(0, dtype=np.intp)
        worksheets = np.repeat(np.arange(len(self._sheets)), lines)
        columns: dict[str, Any] = {
            nom: _categories([getattr(p, attribute) for p in self._places], ranks, self._otherwise.get(nom, {}))
            for nom, attribute in PLAN_COLUMNS.items()
        }
        of_sheets = zip(*self._sheets, strict=True) if self._sheets else ((),) * len(SHEET_COLUMNS)
        columns |= {nom: _categories(words, worksheets) for nom, words in zip(SHEET_COLUMNS, of_sheets, strict=True)}
        columns["annee"] = np.repeat(np.array(self._years, dtype=np.int64), lines)
        columns["valeur"] = pd.Series(self._values, dtype=object)
        return pd.DataFrame({nom: columns[nom] for nom in VALUES}, columns=pd.Index(VALUES, dtype=object))


def _categories(
    words: Sequence[str], ranks: np.ndarray[Any, Any], otherwise: Mapping[int, str] | None = None
) -> pd.Categorical:
    """The word of each rank; ``otherwise``: position → another word. Of plain strings: pandas' own take longer to
    give back."""
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int32)[ranks]
    for position, word in (otherwise or {}).items():
        codes[position] = numbers.setdefault(word, len(numbers))
    column = pd.Categorical.from_codes(codes, pd.Index(list(numbers), dtype=object))
    return column.remove_unused_categories() if otherwise else column
