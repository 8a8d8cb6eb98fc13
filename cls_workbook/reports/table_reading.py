"""Described tables read back from a workbook, whoever saved it last: found by their headers, never by an address.

Each value comes as its column's type says, and keeps its place: a figure can be followed to file, sheet and cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from cls_workbook.domain.subsidies import rounded
from cls_workbook.errors import Refusal
from cls_workbook.french import fold
from cls_workbook.reading.opening.returned_workbook import own_workbook
from cls_workbook.tables.described_columns import VERTICAL_HEADERS, DescribedTable, Row, TableColumn
from cls_workbook.workbook.description import CellRange, address

RowsBySheet = dict[str, list[list[object]]]
HEADER_ROWS = 30  # how far down a header may have been pushed
_ORIGIN = date(1899, 12, 30)


@dataclass(frozen=True)
class TableRead:
    """``lines``: title → value, missing = None; ``places``: for each of them, title → (row, column) in the sheet."""

    sheet: str
    lines: list[Row]
    places: list[dict[str, tuple[int, int]]]

    def cells(self, rank: int, titles: Iterable[str]) -> str:
        """Where these columns of a row stand: « D12 », or « D12:F12 » from the first to the last."""
        corners = sorted(self.places[rank][t] for t in titles if t in self.places[rank])
        return CellRange(*corners[0], *corners[-1]).a1()

    def choose(self, ranks: Iterable[int]) -> TableRead:
        """The same table with these rows only."""
        kept = list(ranks)
        return TableRead(self.sheet, [self.lines[r] for r in kept], [self.places[r] for r in kept])


_UNREADABLE = (
    "« {path} » est introuvable ou illisible. {why}Indiquez un classeur produit par « consolider » ou « synthese »."
)


def open_up(path: str | Path, refusal: str = _UNREADABLE) -> RowsBySheet:
    """Sheet name → rows of cells as they are. Refusal if the file is not a workbook that can be read."""
    try:
        return {grid.nom: grid.lines for grid in own_workbook(path)}
    except (OSError, Refusal) as error:
        folder = "C’est un dossier. " if Path(path).is_dir() else ""
        why = f"{error} " if isinstance(error, Refusal) else folder
        raise Refusal(refusal.replace("{path}", str(path)).replace("{why}", why)) from error


def has_table(worksheets: RowsBySheet, description: DescribedTable) -> bool:
    """Is there a sheet of this name, whatever its content?"""
    return any(fold(nom) == fold(description.sheet) for nom in worksheets)


def table(path: str | Path, worksheets: RowsBySheet, description: DescribedTable) -> TableRead:
    """The table of a workbook; one of a record has its titles down a column.

    Refusal, with the place, if it is missing, incomplete, or holds what its columns do not accept.
    """
    nom, header, columns = _find(path, worksheets, description)
    rows = enumerate(worksheets[nom][header:], header + 1)

    def valeur(column: TableColumn, line: int, rank: int, raw: object) -> object:
        return _value(f"« {path} », feuille « {nom} », cellule {address(line, rank)} ({column.titre})", column, raw)

    if description.vertical:
        champ, place = (columns[t] for t in VERTICAL_HEADERS)
        found = {
            str(cells[champ - 1]).strip(): (numero, cells[place - 1] if place <= len(cells) else "")
            for numero, cells in rows
            if champ <= len(cells)
        }
        if lacking := [t for t in description.needed if t not in found]:
            raise Refusal(f"« {path} », feuille « {nom} » : ligne {', '.join(lacking)} introuvable. {_REMEDY}")
        present = [c for c in description.columns if c.titre in found]
        record = {c.titre: valeur(c, found[c.titre][0], place, found[c.titre][1]) for c in present}
        there = {c.titre: (found[c.titre][0], place) for c in present}
        return TableRead(nom, [dict.fromkeys(description.titles) | record], [there])
    lines, places = [], []
    for numero, cells in rows:
        raw = {t: cells[c - 1] if c <= len(cells) else "" for t, c in columns.items()}
        if any(v != "" for v in raw.values()):
            record = {
                c.titre: valeur(c, numero, columns[c.titre], raw[c.titre])
                for c in description.columns
                if c.titre in columns
            }
            lines.append(dict.fromkeys(description.titles) | record)
            places.append({t: (numero, column) for t, column in columns.items()})
    return TableRead(nom, lines, places)


def _find(path: str | Path, worksheets: RowsBySheet, description: DescribedTable) -> tuple[str, int, dict[str, int]]:
    """(sheet, row of the header, title → column), both counted from 1."""
    same_name = [nom for nom in worksheets if fold(nom) == fold(description.sheet)]
    wanted = VERTICAL_HEADERS if description.vertical else description.titles
    absent = needed = VERTICAL_HEADERS if description.vertical else description.needed
    for nom in same_name or worksheets:
        for numero, cells in enumerate(worksheets[nom][:HEADER_ROWS], 1):
            places: dict[str, int] = {}
            for column, cell in enumerate(cells, 1):
                places.setdefault(str(cell).strip(), column)
            lacking = tuple(t for t in needed if t not in places)
            if not lacking:
                return nom, numero, {t: places[t] for t in wanted if t in places}
            absent = min(absent, lacking, key=len)
    if not same_name or absent == needed:
        raise Refusal(f"« {path} » : la feuille « {description.sheet} » manque ou n’a plus ses en-têtes. {_REMEDY}")
    raise Refusal(f"« {path} », feuille « {description.sheet} » : colonne {', '.join(absent)} introuvable. {_REMEDY}")


_REMEDY = "Le fichier vient d’une autre version ou a été modifié : refaites-le."


# --- Values -----------------------------------------------------------------------------------------------------------


def _value(place: str, column: TableColumn, raw: Any) -> Any:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        if column.obligatoire:
            raise Refusal(f"{place} : la case est vide. {_REMEDY}")
        return None
    try:
        valeur = _READERS[column.type](raw)
    except (ValueError, ArithmeticError, InvalidOperation) as error:
        expected = _EXPECTED.get(column.type, "un texte")
        raise Refusal(f"{place} : trouvé « {raw} », {expected} est attendu. {_REMEDY}") from error
    if (column.choix and valeur not in column.choix) or (column.minimum is not None and valeur < column.minimum):
        raise Refusal(f"{place} : la valeur « {raw} » n’est pas possible. {_REMEDY}")
    return valeur


def rows_as_they_are(description: DescribedTable, lines: Sequence[Sequence[object]]) -> tuple[list[Row], list[str]]:
    """The rows of a sheet whose first one has the headers, to the last digit, and the titles that it lacks.

    Nothing is refused: what a column does not expect is kept, a title that the sheet lacks is None in every row. It is
    told, but for a column that was added since.
    """
    places = {str(titre): rank for rank, titre in enumerate(lines[0])}
    columns = [(c, places.get(c.titre, -1)) for c in description.columns]
    rows = [
        {c.titre: _as_it_is(c, line[rank]) if 0 <= rank < len(line) else None for c, rank in columns}
        for line in lines[1:]
    ]
    lacking = [c.titre for c, rank in columns if rank < 0 and not c.added]
    return [r for r in rows if any(v is not None for v in r.values())], lacking


def _as_it_is(column: TableColumn, raw: Any) -> Any:
    """Texts as texts, whole numbers as int, others exact, amounts to the cent again: a sheet keeps binary numbers."""
    if raw is None or raw == "":
        return None
    if column.type == "texte":
        return _text(raw)
    if isinstance(raw, float):
        exact = Decimal(repr(raw))
        return int(raw) if raw.is_integer() else rounded(exact) if column.type == "montant" else exact
    return raw.date() if isinstance(raw, datetime) else raw


def _text(raw: object) -> str:
    if isinstance(raw, datetime):
        raw = raw.date()
    return str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)


def _number(raw: object) -> int | Decimal:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise ValueError
    # Twelve significant digits: a spreadsheet that saves again may change the fifteenth.
    return int(raw) if float(raw).is_integer() else Decimal(f"{raw:.12g}")


def _amount(raw: object) -> Decimal:
    _number(raw)
    return rounded(Decimal(repr(raw)))


def _integer(raw: object) -> int:
    nombre = _number(raw)
    if not isinstance(nombre, int):
        raise ValueError
    return nombre


def _date(raw: object) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    # A cell that lost its date format shows the number of days.
    return raw if isinstance(raw, date) else _ORIGIN + timedelta(days=_integer(raw))


def _mixed(raw: object) -> object:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _number(raw)
    return _date(raw) if isinstance(raw, date) else str(raw)


_READERS: dict[str, Callable[[Any], Any]] = {
    "texte": _text,
    "empreinte": _text,
    "entier": _integer,
    "annee": _integer,
    "nombre": _number,
    "date": _date,
    "mixte": _mixed,
    "montant": _amount,
    "taux": lambda raw: Decimal(_number(raw)),
}
_EXPECTED = {
    "entier": "un nombre entier",
    "annee": "une année",
    "nombre": "un nombre",
    "montant": "un montant en euros",
    "taux": "un taux",
    "date": "une date",
}
