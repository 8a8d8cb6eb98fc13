"""The « Données … » sheets of an agency's copy, read back; their version is looked at before anything else."""

from __future__ import annotations

from pathlib import Path

from cls_workbook.errors import Refusal
from cls_workbook.french import fold
from cls_workbook.reports import table_reading
from cls_workbook.reports.agency import agency_tables
from cls_workbook.reports.table_reading import RowsBySheet, TableRead
from cls_workbook.summaries.balances.remainders import left_to_engage
from cls_workbook.tables.described_columns import DescribedTable


class OtherVersion(Refusal):
    """The workbook is ours, of another version."""


def data_tables(path: str | Path, worksheets: RowsBySheet) -> dict[DescribedTable, TableRead]:
    """Every table of the copy. Refusal if it is of another version, or if one is missing or damaged."""
    check_format(path, _format(worksheets), *agency_tables.READABLE)
    tables = {
        t: TableRead(t.sheet, [], [])
        if t.optional and not table_reading.has_table(worksheets, t)
        else table_reading.table(path, worksheets, t)
        for t in agency_tables.TABLES
    }
    _complete(tables)
    return tables


def _complete(tables: dict[DescribedTable, TableRead]) -> None:
    """A copy of before the remainders: the total is worked out of its fiches; its rates were of what was paid, and are
    not shown beside those of today."""
    (contrat,), (places,) = tables[agency_tables.CONTRAT].lines, tables[agency_tables.CONTRAT].places
    fiches = tables[agency_tables.FINANCEMENT]
    if "Reste à engager" not in places:
        contrat["Reste à engager"], contrat["Réserve"] = left_to_engage(contrat["Maquette"], fiches.lines)
    for line, there in zip(fiches.lines, fiches.places, strict=True):
        if "Périmètre du taux" not in there:
            line["Taux constaté"] = None


def _format(worksheets: RowsBySheet) -> object:
    """Another version may have other columns: only this one is looked for."""
    for nom, lines in worksheets.items():
        if fold(nom) == fold(agency_tables.CONTRAT.sheet):
            for champ, valeur in (line[i : i + 2] for line in lines for i in range(len(line) - 1)):
                if champ == "Format":
                    return int(valeur) if isinstance(valeur, float) and valeur.is_integer() else valeur
    return None


def check_format(path: str | Path, found: object, *readable: int) -> None:
    """OtherVersion if the version is none of those that are read, today's last."""
    if found not in readable:
        raise OtherVersion(
            f"« {path} » est d’une autre version (format {found or 'inconnu'}, attendu {readable[-1]}). Refaites ce "
            f"classeur avec cette version-ci."
        )
