"""The rows of a consolidation: of its tables by their headers, of printed sheets by the header above each row."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl

Row = dict[str, Any]


def table(sheet: Any) -> list[Row]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def printed_rows(sheet: Any, first_titles: Iterable[str]) -> list[Row]:
    """Column → value, of each row under a header that begins so."""
    header: dict[int, str] = {}
    rows = []
    for cells in sheet.iter_rows(values_only=True):
        filled = {place: valeur for place, valeur in enumerate(cells) if valeur is not None}
        first = next(iter(filled.values()), None)
        if first in first_titles and all(isinstance(v, str) for v in filled.values()) and len(filled) > 1:
            header = {place: str(valeur) for place, valeur in filled.items()}
        elif header and len(filled) > 1 and filled.keys() - {min(filled)} <= header.keys():
            row = {titre: filled.get(place) for place, titre in header.items()}
            rows.append(row | {next(iter(row)): first})  # a total begins where it has room
        elif filled and not str(first).isdigit():  # a year of which nothing is known ends no table
            header = {}
    return rows


def refusals(consolidation: Path) -> list[Row]:
    """The anomalies that refuse what they point at."""
    sheet = openpyxl.load_workbook(consolidation, read_only=True)["Anomalies"]
    return [row for row in table(sheet) if row["Gravité"] == "bloquant"]


def refused_cells(rows: Iterable[Row], file: str) -> set[tuple[str, str]]:
    """(sheet, cell) of what is refused in a return."""
    its_own = (row for row in rows if row["Fichier"] == file)
    return {(row["Feuille"], cell) for row in its_own for cell in row["Cellule"].split(", ")}
