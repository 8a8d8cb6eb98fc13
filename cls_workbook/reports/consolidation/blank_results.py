"""The sheets of a consolidation that has not been made yet: tables with their headers, and a Synthèse to come.

The coordinator's workbook leaves with them; the button then fills the same sheets, which formulas may already cite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cls_workbook.domain.model import Contrat
from cls_workbook.french import typography
from cls_workbook.reports.consolidation import consolidation_workbook, evolution_sheet
from cls_workbook.reports.consolidation.consolidated_result import NORMALISATIONS, Result, empty
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.summaries import activity, funding, what_counts
from cls_workbook.workbook.description import PrintSetup, Sheet

WAITING_NOTICE = "Cette feuille se remplira à la première consolidation : bouton « Consolider » de la feuille Accueil, ou de l’onglet CLS."


def worksheets(contrat: Contrat, annee: int) -> list[Sheet]:
    """Synthèse, Évolution, the tables in the order of their tabs, Lisez-moi: what ``consolidated.workbook`` has, without a result."""
    nom = contrat.year_name(annee)
    footer = f"{contrat.nom_court} · consolidation {nom}"
    pages = [_waiting_sheet(synthese_sheet.NAME, f"Synthèse {nom}", "accent", footer)]
    pages.append(_waiting_sheet(evolution_sheet.NAME, f"Évolution jusqu’en {nom}", "accent", footer))
    pages += [consolidation_workbook.sheet_of(replace(table, lines=[]), footer) for table in _tables(contrat, annee)]
    pages.append(_waiting_sheet(consolidation_workbook.READ_ME_SHEET, f"Consolidation {nom}", "gris", footer))
    return pages


def _tables(contrat: Contrat, annee: int) -> Iterator[consolidation_workbook.TableSheet]:
    frames = {
        "retours": what_counts.RETOURS,
        "normalisations": NORMALISATIONS,
        "mesures": what_counts.MESURES,
        "reponses": what_counts.ANSWERS,
        "indicateurs": activity.INDICATEURS,
        "financements": what_counts.FINANCEMENTS,
        "par_fiche": funding.BY_FICHE,
        "par_financeur": funding.BY_FINANCEUR,
        "avancement": activity.PROGRESS,
        "gouvernance": activity.GOVERNANCE,
        "territoire": activity.TERRITORY,
        "totaux": funding.TOTALS,
    }
    nothing = Result(contrat, annee, date(annee, 12, 31), **{nom: empty(columns) for nom, columns in frames.items()})
    return consolidation_workbook.tables(nothing)


def _waiting_sheet(nom: str, titre: str, tab: str, footer: str) -> Sheet:
    sheet = Sheet(nom, tab_color=tab, widths={1: 3, 2: 110})
    sheet.write(1, 2, titre, "titre")
    sheet.write(3, 2, typography(WAITING_NOTICE), "note")
    sheet.heights = {1: 34, 3: 30}
    sheet.print_setup = PrintSetup(left_footer=f"{footer} · {nom}")
    return sheet
