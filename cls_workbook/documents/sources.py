"""Where the figures of a document are in the consolidation: the line under each table, the speaker's notes."""

from __future__ import annotations

from cls_workbook.french import listing
from cls_workbook.tables import consolidation_tables as described
from cls_workbook.tables.described_columns import DescribedTable


def of_tables(*tables: DescribedTable) -> str:
    """« consolidation, feuilles Indicateurs et Historique »."""
    names = [t.sheet for t in tables]
    *first, last = names
    return f"consolidation, feuille{'s' * bool(first)} {listing(first)}{' et ' * bool(first)}{last}"


PROGRESS = of_tables(described.RETOURS, described.ANCHORS)
SUMMARIES = of_tables(described.HISTORY, described.INDICATEURS)
INDICATORS = of_tables(described.INDICATEURS)
MONEY = of_tables(described.FINANCEMENT_FICHES)
FUNDERS = of_tables(described.FINANCEMENT_FINANCEURS)
GOVERNANCE = of_tables(described.ANCHORS)
TERRITORY = of_tables(described.ANSWERS)
ANSWERS = of_tables(described.ANSWERS)
ANCHORS = of_tables(described.ANCHORS)
RETOURS = of_tables(described.RETOURS)
