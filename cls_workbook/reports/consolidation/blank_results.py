"""The sheets of a consolidation that has not been made yet: tables with their headers, and a Synthèse to come.

The coordinator's workbook leaves with them; the button then fills the same sheets, which formulas may already cite.
"""

from __future__ import annotations

from cls_workbook.domain.model import Contrat
from cls_workbook.french import typography
from cls_workbook.reports.consolidation import consolidation_workbook, evolution_sheet
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.synthese.synthese_pieces import FIRST, UNITS
from cls_workbook.reports.table_sheets import TableSheet, sheet
from cls_workbook.tables.consolidation_tables import TABLES
from cls_workbook.tables.described_columns import DescribedTable
from cls_workbook.tables.noyau_table import NOYAU, NOYAU_DETAIL
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.workbook.description import MAX_ROWS, CellRange, PrintSetup, Sheet

WAITING_NOTICE = (
    "Cette feuille se remplira à la première consolidation : bouton « Consolider » de la feuille "
    "Accueil, ou de l’onglet CLS."
)


def worksheets(contrat: Contrat, annee: int) -> list[Sheet]:
    """Synthèse, Évolution, the tables in the order of their tabs, Lisez-moi: what a consolidation has,
    without a result."""
    nom = contrat.follow_up.year_name(annee)
    footer = f"{contrat.nom_court} · consolidation {nom}"
    pages = [_waiting_sheet(synthese_sheet.NAME, f"Synthèse {nom}", "accent", footer)]
    pages.append(_waiting_sheet(evolution_sheet.NAME, f"Évolution jusqu’en {nom}", "accent", footer))
    noyau = (NOYAU, NOYAU_DETAIL) if contrat.regional.taken_in else ()
    drawn = [t for t in (STRUCTURES, *TABLES) if not t.optional or t in noyau]
    pages += [_waiting_table(table, footer) for table in drawn]
    pages.append(_waiting_sheet(consolidation_workbook.READ_ME_SHEET, f"Consolidation {nom}", "gris", footer))
    return pages


def _waiting_table(table: DescribedTable, footer: str) -> Sheet:
    page = sheet(TableSheet(table, []), footer)
    if table.printed_columns:
        page.print_setup.zone = CellRange(1, 1, MAX_ROWS, table.printed_columns)  # the button adds rows
    return page


def _waiting_sheet(nom: str, titre: str, tab: str, footer: str) -> Sheet:
    page = Sheet(nom, tab_color=tab, widths={1: 3, 2: 110})
    page.write(1, 2, titre, "titre")
    page.write(3, 2, typography(WAITING_NOTICE), "note")
    page.heights = {1: 34, 3: 30}
    page.print_setup = PrintSetup(left_footer=f"{footer} · {nom}")
    if nom in (synthese_sheet.NAME, evolution_sheet.NAME):  # a board will stand there, beside a margin
        page.print_setup.zone = CellRange(1, FIRST, MAX_ROWS, FIRST + UNITS - 1)
        page.print_setup.repeated_rows = (1, 1)
    return page
