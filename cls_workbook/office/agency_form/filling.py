"""A form being filled: each of its names is followed to its cell, each header row to the rows below it."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import NamedTuple

from cls_workbook.anomalies import Anomalie, Check, Place
from cls_workbook.checks.form_checks import FormNameOfAnotherYear, FormPlace, NothingForForm, UnknownFormName
from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP, fold, how_many
from cls_workbook.office.agency_form.form_file import DefinedName, FormFile
from cls_workbook.office.agency_form.form_names import OF_TABLE, PREFIX, TABLES
from cls_workbook.office.agency_form.form_values import FormValues
from cls_workbook.tables.described_columns import DescribedTable, TableColumn
from cls_workbook.workbook.description import MAX_ROWS, CellRange, address

Cell = tuple[str, int, int]  # sheet, row, column


class _Value(NamedTuple):
    valeur: object
    type_: str
    like: str = ""


class Filling:
    """``known``: the names that any year of the contract knows. ``anomalies``: what could not be filled, and why."""

    def __init__(self, form: FormFile, values: FormValues, known: Collection[str]):
        self._form, self._values, self._known = form, values, known
        self._written: dict[Cell, _Value] = {}
        self.anomalies: list[Anomalie] = []

    def fill(self) -> None:
        """Writes in the form's cells. Refusal, before any is written, if it has no name of ours or if a table has no
        room."""
        names = [n for n in self._form.names if n.nom.lower().startswith(PREFIX)]
        if not names:
            raise Refusal(
                f"«{NBSP}{self._form.name}{NBSP}» n’a aucun nom qui commence par {PREFIX}{NBSP}: rien n’y dit où va "
                f"quoi. Donnez aux cases à remplir les noms que liste «{NBSP}dictionnaire --pour-modele{NBSP}»."
            )
        for name in names:
            if not name.nom.lower().startswith(OF_TABLE):
                self._figure(name)
        for name in names:
            if name.nom.lower().startswith(OF_TABLE):
                self._table(name)
        for (sheet, line, column), (valeur, type_, like) in self._written.items():
            self._form.put(sheet, address(line, column), valeur, type_, like)

    def _tell(self, check: type[Check], name: DefinedName, found: str, remedy: str = "", cell: str = "") -> None:
        cells = (cell or name.there.a1(),) if name.there else ()
        where = Place(self._form.name, name.sheet)
        self.anomalies.append(check.anomalie(where, cells, f"nom {name.nom}", found, remedy=remedy))

    # --- one figure ---

    def _figure(self, name: DefinedName) -> None:
        asked = self._values.names.get(name.nom.lower())
        if asked is None:
            self._tell_unknown(name, name.nom, [*self._known])
            return
        place = self._one_cell(name)
        if place is None:
            return
        valeur = self._values.of(asked)
        if valeur is None:
            why = "petit effectif masqué" if self._values.masked(asked) else "rien n’est connu"
            self._tell(NothingForForm, name, f"{why} ({asked.objet}, {asked.column.titre})")
        self._written[place] = _Value(valeur, asked.column.type)

    def _tell_unknown(self, name: DefinedName, said: str, possible: list[str]) -> None:
        if said.lower() in self._known:
            self._tell(FormNameOfAnotherYear, name, said)
            return
        near = get_close_matches(said.lower(), possible, 1, 0.75)
        remedy = f"le plus proche est {near[0]} : corrigez le nom dans le formulaire, puis recommencez." if near else ""
        self._tell(UnknownFormName, name, said, remedy)

    def _one_cell(self, name: DefinedName) -> Cell | None:
        """The cell that a name leads to, the first of a merged one; None, and an anomaly, if it cannot be filled."""
        there = name.there
        if there is None:
            self._tell(FormPlace, name, name.reference or "aucune case")
            return None
        whole = next((m for m in self._form.merged(name.sheet) if _meet(m, there)), None)
        if there[:2] != there[2:] and there != whole:
            self._tell(FormPlace, name, f"{name.reference} : plusieurs cases")
            return None
        line, column = (whole or there)[:2]
        if self._form.formula(name.sheet, address(line, column)):
            self._tell(FormPlace, name, "une formule du formulaire, qui est gardée")
        elif (name.sheet, line, column) in self._written:
            self._tell(FormPlace, name, "une case qu’un autre nom remplit déjà")
        else:
            return name.sheet, line, column
        return None

    # --- a table ---

    def _table(self, name: DefinedName) -> None:
        table = TABLES.get(name.nom.lower())
        there = name.there
        if table is None:
            self._tell_unknown(name, name.nom, list(TABLES))
        elif there is None or there.line != there.last_row:
            remedy = "redéfinissez ce nom sur la seule ligne d’en-tête de la table, puis recommencez."
            self._tell(FormPlace, name, name.reference or "aucune case", remedy)
        else:
            columns = self._columns(name, there, table)
            rows = self._values.tables[table]
            self._find_room(name, there, columns, len(rows))
            for line, row in enumerate(rows, there.line + 1):
                for rank, column in columns.items():
                    like = address(there.line + 1, rank)
                    self._written[name.sheet, line, rank] = _Value(row.get(column.titre), column.type, like)

    def _columns(self, name: DefinedName, header: CellRange, table: DescribedTable) -> dict[int, TableColumn]:
        """Rank of each column of the form whose header is a title of the table → that column. Others are told, blank
        headers are not."""
        by_title = {fold(c.titre): c for c in table.columns} | {c.nom: c for c in table.columns}
        columns = {}
        for rank in range(header.column, header.last_column + 1):
            cell = address(header.line, rank)
            said = " ".join(self._form.text(name.sheet, cell).split())
            if fold(said) in by_title:
                columns[rank] = by_title[fold(said)]
            elif said:
                remedy = f"écrivez l’un de ces titres : {', '.join(table.titles)} ; ou laissez l’en-tête hors du nom."
                self._tell(UnknownFormName, name, said, remedy, cell)
        return columns

    def _find_room(self, name: DefinedName, header: CellRange, columns: Collection[int], rows: int) -> None:
        """Refusal if these rows would run over something of the form, which stays where it is."""
        last = header.line + rows
        for rank in columns if rows else ():
            below = CellRange(header.line + 1, rank, last, rank)
            for line, column in below.places():
                if line > MAX_ROWS or self._taken(name.sheet, line, column):
                    self._refuse(name, rows, f"la case {address(line, column)} n’est pas vide")
            for merged in self._form.merged(name.sheet):
                if _meet(merged, below) and (merged.line != merged.last_row or merged.column != rank):
                    self._refuse(name, rows, f"les cases {merged.a1()} sont fusionnées")
            for table, totals in self._form.excel_tables(name.sheet):
                if _meet(table, below) and last > table.last_row - totals:
                    self._refuse(name, rows, f"le tableau Excel {table.a1()} s’arrête avant")

    def _taken(self, sheet: str, line: int, column: int) -> bool:
        return (sheet, line, column) in self._written or self._form.filled(sheet, address(line, column))

    def _refuse(self, name: DefinedName, rows: int, why: str) -> None:
        raise Refusal(
            f"Rien n’est écrit{NBSP}: la table {name.nom} (feuille «{NBSP}{name.sheet}{NBSP}») demande "
            f"{how_many(rows, 'ligne')} sous son en-tête, et {why}. Faites-lui de la place dans le formulaire, puis "
            f"recommencez."
        )


def _meet(one: CellRange, other: CellRange) -> bool:
    return (
        one.line <= other.last_row
        and other.line <= one.last_row
        and one.column <= other.last_column
        and other.column <= one.last_column
    )
