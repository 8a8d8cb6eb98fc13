"""The workbook that is exported: which of ours it is, its tables, what it says of itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cls_workbook.errors import Refusal
from cls_workbook.reports import table_reading
from cls_workbook.reports.agency import agency_tables
from cls_workbook.reports.agency.agency_data_read import check_format, data_tables
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.table_reading import RowsBySheet, TableRead
from cls_workbook.tables import consolidation_tables
from cls_workbook.tables.described_columns import DescribedTable

# What stays with the coordination: how to reach who answered.
_CONTACTS = frozenset(("contact_fonction", "contact_courriel"))


@dataclass(frozen=True)
class ExportSource:
    """``kind``: consolidation or synthèse. ``day``: when it was made; ``etat``: « provisoire » or « validé »."""

    path: Path
    digest: str
    kind: str
    contrat: str
    titre: str
    annee: int
    day: date
    etat: str
    tables: dict[DescribedTable, TableRead]


def read(path: str | Path) -> ExportSource:
    """A consolidation workbook or an agency's copy, as we wrote it or as a spreadsheet saved it. Refusal if it is
    neither, or of another version."""
    path = Path(path)
    worksheets = table_reading.open_up(path)
    if table_reading.has_table(worksheets, agency_tables.CONTRAT):
        return _synthese(path, worksheets)
    if table_reading.has_table(worksheets, consolidation_tables.ANCHORS):
        return _consolidation(path, worksheets)
    raise Refusal(
        f"« {path} » n’est ni une consolidation, ni une synthèse de cette version. Indiquez un classeur produit par « "
        f"consolider » ou « synthese »."
    )


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _consolidation(path: Path, worksheets: RowsBySheet) -> ExportSource:
    anchors = table_reading.table(path, worksheets, consolidation_tables.ANCHORS)
    identity = {
        str(r["Champ"]): r["Valeur"] for r in anchors.lines if r["Rubrique"] == consolidation_workbook.IDENTIFICATION
    }
    check_format(path, identity.get("format"), consolidation_workbook.CONSOLIDATION_FORMAT)
    contrat, annee, day = str(identity.get("contrat") or ""), identity.get("année"), identity.get("date")
    if not isinstance(annee, int) or not isinstance(day, date) or not contrat:
        raise Refusal(
            f"« {path} », feuille « {anchors.sheet} » : le contrat, l’année ou la date manquent. Refaites la "
            f"consolidation."
        )
    present = [t for t in consolidation_tables.TABLES if not t.optional or table_reading.has_table(worksheets, t)]
    tables = {t: _without_contact(t, table_reading.table(path, worksheets, t)) for t in present}
    etat = agency_tables.VALIDE if identity.get("validé le") else agency_tables.PROVISOIRE
    titre = str(identity.get("titre") or "")
    return ExportSource(path, digest(path), "consolidation", contrat, titre, annee, day, etat, tables)


def _synthese(path: Path, worksheets: RowsBySheet) -> ExportSource:
    tables = data_tables(path, worksheets)
    (contrat,) = tables[agency_tables.CONTRAT].lines
    titre, day, etat = contrat["Titre"], contrat["Consolidé le"], contrat["État"]
    return ExportSource(path, digest(path), "synthèse", contrat["Contrat"], titre, contrat["Année"], day, etat, tables)


def _without_contact(table: DescribedTable, item_read: TableRead) -> TableRead:
    if table is not consolidation_tables.ANSWERS:
        return item_read
    return item_read.choose(rank for rank, r in enumerate(item_read.lines) if r["Champ"] not in _CONTACTS)
