"""Tables as CSV that a French Excel opens by a double click: semicolons, decimal commas, a byte order mark, dates as
jj/mm/aaaa, headers as the sheets have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from cls_workbook import csv_texts
from cls_workbook.csv_texts import neutralized
from cls_workbook.definition import toml_reader
from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP, date_fr, fold, quoted_list
from cls_workbook.reports.agency.ars_copy import read_back
from cls_workbook.reports.exports import data_package
from cls_workbook.reports.exports.actions_table import ACTIONS, actions
from cls_workbook.reports.exports.export_source import ExportSource, read
from cls_workbook.reports.exports.table_schema import TYPES, as_text
from cls_workbook.reports.exports.whole_folder import DESCRIPTOR, whole_folder
from cls_workbook.tables.described_columns import DescribedTable, Row, TableColumn

CSV_EXCEL = "csv-excel"
_DIALECT = {"delimiter": ";", "lineTerminator": csv_texts.LINE_END, "quoteChar": '"', "doubleQuote": True}


class ExcelExport(NamedTuple):
    """``remark``: why the table of actions is not among the ``files``; "" if it is."""

    files: list[Path]
    remark: str


def exporter(
    path: str | Path, folder: str | Path, columns: Sequence[str] = (), contrat: str | Path | None = None
) -> ExcelExport:
    """Writes the tables of a workbook, and of a consolidation the table of its actions, into ``folder``.

    ``columns``: those to write, as « Fiche,Titre » for every table that has one of them, or as « actions=Fiche,Titre »
    for one table; none: all. ``contrat``: the definition, where it does not ship; without it there are no actions.
    Refusal as ``data_package.exporter``, and for a table or a column that is not there.
    """
    source = read(path)
    tables = {table: item_read.lines for table, item_read in source.tables.items()}
    remark = _add_actions(source, tables, contrat)
    chosen = _chosen(tables, columns)
    cible = Path(folder)
    with whole_folder(cible) as provisoire:
        entries = []
        for table, kept in chosen.items():
            file = provisoire / f"{table.file}.csv"
            with file.open("w", encoding="utf-8-sig", newline="") as output:
                rows = ([_shown(c, row[c.titre]) for c in kept] for row in tables[table])
                csv_texts.write(output, [neutralized(c.titre) for c in kept], rows, delimiter=";")
            entries.append(_resource_entry(table, kept))
        data_package.write_descriptor(provisoire, data_package.descriptor(source, entries, CSV_EXCEL))
    return ExcelExport([cible / f"{table.file}.csv" for table in chosen] + [cible / DESCRIPTOR], remark)


def _add_actions(source: ExportSource, tables: dict[DescribedTable, list[Row]], contrat: str | Path | None) -> str:
    if source.kind != "consolidation":
        return "La table des actions demande une consolidation : elle n’est pas écrite."
    if contrat is None and source.contrat not in toml_reader.shipped():
        return "La table des actions demande la définition du contrat (--contrat) : elle n’est pas écrite."
    tables[ACTIONS] = actions(read_back(source.path, contrat))
    return ""


# --- Columns to choose ------------------------------------------------------------------------------------------------


def _chosen(tables: Iterable[DescribedTable], asked: Sequence[str]) -> dict[DescribedTable, list[TableColumn]]:
    """The columns to write of each table to write, in the order in which they are asked."""
    if not asked:
        return {table: list(table.columns) for table in tables}
    chosen: dict[DescribedTable, list[TableColumn]] = {}
    for words in asked:
        nom, _, titles = words.rpartition("=")
        where = [t for t in tables if not nom or fold(nom) in (fold(t.sheet), fold(t.nom), t.file)]
        if not where:
            raise Refusal(
                f"La table «{NBSP}{nom}{NBSP}» n’existe pas ici. Tables : {', '.join(t.file for t in tables)}."
            )
        for titre in filter(None, (t.strip() for t in titles.split(","))):
            found = [(t, c) for t in where for c in t.columns if fold(titre) in (fold(c.titre), c.nom)]
            if not found:
                known = dict.fromkeys(c.titre for t in where for c in t.columns)
                raise Refusal(f"La colonne «{NBSP}{titre}{NBSP}» n’existe pas. Colonnes : {quoted_list(known)}.")
            for table, column in found:
                kept = chosen.setdefault(table, [])
                kept += [column] * (column not in kept)
    return {table: chosen[table] for table in tables if table in chosen}


# --- Values -----------------------------------------------------------------------------------------------------------


def _shown(column: TableColumn, valeur: object) -> str:
    """A number with a decimal comma, a date as jj/mm/aaaa, a text that is no formula; "" for what is missing."""
    if isinstance(valeur, date):
        return date_fr(valeur)
    if isinstance(valeur, str):
        return neutralized(valeur)
    if column.type == "montant" and isinstance(valeur, (int, Decimal)):
        return f"{valeur:.2f}".replace(".", ",")
    return as_text(valeur).replace(".", ",")


def _resource_entry(table: DescribedTable, columns: Sequence[TableColumn]) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": table.file,
        "path": f"{table.file}.csv",
        "title": table.sheet,
        "description": table.aide,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": _DIALECT,
        "schema": {"fields": [_field(column) for column in columns], "missingValues": [""]},
    }


def _field(column: TableColumn) -> dict[str, object]:
    field: dict[str, object] = {"name": column.titre, "type": TYPES[column.type], "description": column.aide}
    if field["type"] == "number":
        field["decimalChar"] = ","
    if field["type"] == "date":
        field["format"] = "%d/%m/%Y"
    return field
