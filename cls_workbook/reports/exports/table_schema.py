"""Described columns → a table schema (Frictionless Table Schema 1), and values → their text in a CSV.

Titles, types, units and bounds come from the same descriptions as the sheets; nothing is described here again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from cls_workbook.csv_texts import neutralized
from cls_workbook.french import typography
from cls_workbook.tables.described_columns import DescribedTable, TableColumn

TYPES = {
    "texte": "string",
    "empreinte": "string",
    "mixte": "string",
    "entier": "integer",
    "annee": "year",
    "nombre": "number",
    "montant": "number",
    "taux": "number",
    "date": "date",
}
_NUMBER = " (nombre)"
_MIXED_HELP = typography(" Écrite telle quelle : un nombre avec le point décimal, une date en AAAA-MM-JJ, ou un texte.")
_NUMBER_HELP = typography("La même valeur quand c’est un nombre ; vide sinon.")
_FINGERPRINT_PATTERN = "^[0-9a-f]{64}$"


class SchemaField:
    """One column of an export: a described column, or the number that a mixed column may hold."""

    def __init__(self, column: TableColumn, nombre: bool = False):
        self.column, self.nombre = column, nombre
        self.nom = column.nom + ("_nombre" if nombre else "")

    @property
    def type(self) -> str:
        """A type of ``columns.TYPES``."""
        return "nombre" if self.nombre else self.column.type

    @property
    def aide(self) -> str:
        return _NUMBER_HELP if self.nombre else self.column.aide + (_MIXED_HELP if self.type == "mixte" else "")

    def valeur(self, raw_value: Any) -> Any:
        """The value as the column has it: a mixed one as text."""
        if self.nombre:
            return raw_value if isinstance(raw_value, (int, Decimal)) else None
        return raw_value if self.type != "mixte" or raw_value is None else as_text(raw_value)

    def descriptor(self, table: DescribedTable) -> dict[str, object]:
        """The field of a table schema."""
        column = self.column
        champ: dict[str, object] = {
            "name": self.nom,
            "type": TYPES[self.type],
            "title": column.titre + (_NUMBER if self.nombre else ""),
            "description": self.aide,
        }
        if column.unite:
            champ["unit"] = column.unite
        champ["source"] = {"sheet": table.sheet, "table": table.nom, "column": column.titre}
        if constraints := {} if self.nombre else _constraints(column, table):
            champ["constraints"] = constraints
        return champ


def input_fields(table: DescribedTable) -> list[SchemaField]:
    """The columns of the export, in order; a mixed one is followed by its number."""
    return [
        champ
        for c in table.columns
        for champ in ([SchemaField(c), SchemaField(c, nombre=True)] if c.type == "mixte" else [SchemaField(c)])
    ]


def _constraints(column: TableColumn, table: DescribedTable) -> dict[str, object]:
    constraints: dict[str, object] = {}
    if column.obligatoire or column.titre in table.cle:
        constraints["required"] = True
    if table.cle == (column.titre,):
        constraints["unique"] = True
    if column.choix:
        constraints["enum"] = list(column.choix)
    if column.minimum is not None:
        constraints["minimum"] = int(column.minimum)
    if column.type == "empreinte":
        constraints["pattern"] = _FINGERPRINT_PATTERN
    return constraints


def schema(table: DescribedTable, tables: dict[str, DescribedTable]) -> dict[str, object]:
    """The table schema; ``tables``: table name → the tables of the package, that it may refer to."""
    result: dict[str, object] = {"fields": [c.descriptor(table) for c in input_fields(table)], "missingValues": [""]}
    names = {c.titre: c.nom for c in table.columns}
    if table.cle:
        result["primaryKey"] = [names[t] for t in table.cle]
    cross_references = [
        {
            "fields": [names[titre]],
            "reference": {
                "resource": tables[other].file,
                "fields": [c.nom for c in tables[other].columns if c.titre == to],
            },
        }
        for titre, other, to in table.cross_references
        if other in tables
    ]
    if cross_references:
        result["foreignKeys"] = cross_references
    return result


# --- Text of values ---------------------------------------------------------------------------------------------------


def as_text(valeur: object) -> str:
    """A number with a decimal point, a date as AAAA-MM-JJ, a text as it is, "" for what is missing."""
    if valeur is None:
        return ""
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, Decimal):
        return f"{valeur:f}"
    return str(valeur)


def row(export_fields: list[SchemaField], line: dict[str, object]) -> Iterator[str]:
    """A row of the CSV."""
    for champ in export_fields:
        raw_value = line[champ.column.titre]
        valeur = champ.valeur(raw_value)
        yield neutralized(valeur) if isinstance(valeur, str) and isinstance(raw_value, str) else as_text(valeur)
