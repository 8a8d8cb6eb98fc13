"""What is clicked in the tests of the button, and what the command line makes of the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl

from cls_workbook.pipeline import way_back
from cls_workbook.tables import consolidation_tables
from cls_workbook.tables.structure_table import STRUCTURES
from tests.support import small_contrat
from tests.support.both_excels import content

YEAR, DAY, DIJON = 2025, date(2026, 2, 15), "dijon-2024-2028"
UNASKED = {
    "Remplacements",
    "Financements prévus",
    "Comptes rendus",
    "Noyau régional",
    "Noyau par catégorie",
}  # of these contracts, nothing of the kind
SHEETS = (
    "Synthèse",
    STRUCTURES.sheet,
    "Évolution",
    *(f for f in consolidation_tables.SHEETS.values() if f not in UNASKED),
    "Lisez-moi",
)


def on_command_line(retours, reference, output, annee=YEAR, **extra) -> openpyxl.Workbook:
    way_back.consolidate_files([retours], str(reference), annee, output, day=DAY, **extra)
    return openpyxl.load_workbook(output)


def assert_same_sheets(opened_book, expected):
    for sheet in expected:
        assert content(opened_book[sheet.title]) == content(sheet), sheet.title
        assert {t.name: t.ref for t in opened_book[sheet.title].tables.values()} == {
            t.name: t.ref for t in sheet.tables.values()
        }


def row_of(sheet, **cle) -> int:
    """The row of a table whose columns hold these values."""
    ranks = {c.value: c.column for c in sheet[1]}
    return next(
        li for li in range(2, sheet.max_row + 1) if all(sheet.cell(li, ranks[k]).value == v for k, v in cle.items())
    )


def half_answered(folder: Path) -> tuple[Path, Path]:
    """A campaign of four answers, half of them there: its definition, and the folder of its returns."""
    reference = small_contrat.definition(folder)
    small_contrat.retour(folder / "retours", reference, "asso", {"1.1/mesures/1.1-I01/valeur": "une centaine"})
    return reference, folder / "retours"
