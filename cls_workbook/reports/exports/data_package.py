"""A Data Package (Frictionless, version 1): one file a table, and the descriptor that says what each column is.

Same workbook, same bytes: no clock, no random identifier. The folder appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from cls_workbook import csv_texts
from cls_workbook.errors import Refusal
from cls_workbook.french import date_fr, typography
from cls_workbook.reports.exports import table_schema
from cls_workbook.reports.exports.export_source import ExportSource, read
from cls_workbook.reports.exports.whole_folder import DESCRIPTOR, MARK, whole_folder
from cls_workbook.reports.table_reading import TableRead
from cls_workbook.tables.described_columns import DescribedTable

VERSION = "1"
CSV, PARQUET = "csv", "parquet"
_DIALECT = {
    "delimiter": ",",
    "lineTerminator": csv_texts.LINE_END,
    "quoteChar": '"',
    "doubleQuote": True,
    "header": True,
}
_MEDIA_TYPES = {CSV: "text/csv", PARQUET: "application/vnd.apache.parquet"}
_FORMS = {
    "csv-excel": "Montants en euros, au centime, avec la virgule décimale ; taux en part (0,1 pour 10 %) ; dates en "
    "jj/mm/aaaa ; textes en UTF-8 avec marque d’ordre (BOM) ; point-virgule entre les colonnes."
}
_PLAIN_FORM = (
    "Montants en euros, au centime, avec le point décimal ; taux en part (0.1 pour 10 %) ; dates en AAAA-MM-JJ ; "
    "textes en UTF-8."
)
_RULES = ("Une valeur refusée au contrôle (anomalie bloquante) n’est dans aucune table de valeurs ni aucun total.",)
_SCOPES = {
    "consolidation": "Ces tables contiennent les réponses entières, petits effectifs compris : elles restent chez la "
    "coordination. Les coordonnées de qui a répondu n’y sont pas. "
    "Pour diffuser, exportez plutôt la synthèse.",
    "synthèse": "Ces tables sont celles de la synthèse transmise à l’ARS : petits effectifs masqués, aucune donnée "
    "personnelle.",
}


def exporter(path: str | Path, folder: str | Path, format_: str) -> list[Path]:
    """Writes the tables of a workbook and their descriptor into ``folder``; the files made. ``format_``: csv or
    parquet.

    Refusal if the workbook is not one of ours, if the folder holds something else, or if the library for Parquet is
    missing.
    """
    if format_ == PARQUET:
        _require_pyarrow()
    source, folder = read(path), Path(folder)
    with whole_folder(folder) as provisoire:
        resource_entries = []
        for table, item_read in source.tables.items():
            nom = f"{table.file}.{format_}"
            (_write_csv if format_ == CSV else _write_parquet)(table, item_read, provisoire / nom)
            resource_entries.append(_resource_entry(table, source, provisoire / nom, format_))
        write_descriptor(provisoire, descriptor(source, resource_entries, format_))
    return [folder / r["path"] for r in resource_entries] + [folder / DESCRIPTOR]


def write_descriptor(folder: Path, content: dict[str, object]) -> None:
    (folder / DESCRIPTOR).write_text(
        json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n"
    )


def descriptor(source: ExportSource, resource_entries: list[dict[str, Any]], format_: str) -> dict[str, object]:
    """The content of ``datapackage.json``."""
    sentences = [
        f"Les tables de la {source.kind} {source.annee} du contrat « {source.titre} », faite le {date_fr(source.day)} "
        f"({source.etat}).",
        "Une case vide veut dire « non connu », jamais zéro.",
        _FORMS.get(format_, _PLAIN_FORM),
        *_RULES,
        _SCOPES[source.kind],
        *[csv_texts.NEUTRALIZATION] * (format_ != PARQUET),
    ]
    return {
        "profile": "data-package" if format_ == PARQUET else "tabular-data-package",
        "name": f"{source.contrat}-{source.annee}-{'consolidation' if source.kind == 'consolidation' else 'synthese'}",
        "title": f"{source.titre} — {source.annee}",
        "description": typography(" ".join(sentences)),
        "version": VERSION,
        "created": f"{source.day.isoformat()}T00:00:00Z",
        MARK: {"contract": source.contrat, "year": source.annee, "state": source.etat, "kind": source.kind},
        "sources": [{"title": source.path.name, "hash": f"sha256:{source.digest}"}],
        "resources": resource_entries,
    }


def _resource_entry(table: DescribedTable, source: ExportSource, file: Path, format_: str) -> dict[str, Any]:
    content = file.read_bytes()
    resource_entry: dict[str, Any] = {
        "profile": "tabular-data-resource" if format_ == CSV else "data-resource",
        "name": table.file,
        "path": file.name,
        "title": table.sheet,
        "description": table.aide,
        "format": format_,
        "mediatype": _MEDIA_TYPES[format_],
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "sources": [{"title": f"{source.path.name}, feuille « {source.tables[table].sheet} »"}],
    }
    if format_ == CSV:
        resource_entry |= {"bytes": len(content), "encoding": "utf-8", "dialect": _DIALECT}
    return resource_entry | {"schema": table_schema.schema(table, {t.nom: t for t in source.tables})}


# --- Files ------------------------------------------------------------------------------------------------------------


def _write_csv(table: DescribedTable, item_read: TableRead, file: Path) -> None:
    input_fields = table_schema.input_fields(table)
    with file.open("w", encoding="utf-8", newline="") as output:
        rows = (table_schema.row(input_fields, line) for line in item_read.lines)
        csv_texts.write(output, [c.nom for c in input_fields], rows)


def _require_pyarrow() -> None:
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise Refusal(
            "Le format Parquet demande la bibliothèque pyarrow : installez-la par « pip install cls-workbook[parquet] "
            "», ou choisissez --format csv."
        ) from error


def _write_parquet(table: DescribedTable, item_read: TableRead, file: Path) -> None:
    """Money as exact decimals, dates as dates; what is missing is null. Title, unit and sentence go with each
    column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "entier": pa.int64(),
        "annee": pa.int32(),
        "nombre": pa.float64(),
        "taux": pa.float64(),
        "montant": pa.decimal128(18, 2),
        "date": pa.date32(),
    }
    columns, input_fields = [], []
    for champ in table_schema.input_fields(table):
        type_ = types.get(champ.type, pa.string())
        values = [champ.valeur(line[champ.column.titre]) for line in item_read.lines]
        if type_ == pa.float64():
            values = [None if v is None else float(v) for v in values]
        notes = {"title": champ.column.titre, "description": champ.aide} | (
            {"unit": champ.column.unite} if champ.column.unite else {}
        )
        input_fields.append(pa.field(champ.nom, type_, metadata=notes))
        columns.append(pa.array(values, type=type_))
    pq.write_table(pa.Table.from_arrays(columns, schema=pa.schema(input_fields)), file, compression="zstd")
