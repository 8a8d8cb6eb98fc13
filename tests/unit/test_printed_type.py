"""The smallest type that each kind of sheet prints on A4, in LibreOffice, whose columns are wider than Excel's."""

import pytest

from cls_workbook import forms, pilotage
from cls_workbook.definition import toml_reader
from cls_workbook.office.annotation import anomaly_list_sheet
from cls_workbook.pilotage import Pilotage, pilotage_sheets
from cls_workbook.reports import table_sheets
from cls_workbook.reports.synthese.synthese_pieces import FIRST, UNITS, Board
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.workbook import look
from cls_workbook.workbook.description import PRINTED_WIDTH, Sheet, printed_width

DIJON = toml_reader.load("dijon-2024-2028")


def scale(sheet: Sheet, columns=()):
    widths = {c: w for c, w in sheet.widths.items() if c not in sheet.hidden_columns and (not columns or c in columns)}
    return min(1, sheet.print_setup.width * PRINTED_WIDTH / sum(map(printed_width, widths.values())))


def least(sheet: Sheet):
    """Points of the smallest text that a reader sees."""
    seen = [c.style for c in sheet.cells if c.valeur is not None and c.column not in (1, *sheet.hidden_columns)]
    return min(look.style(style)["font_size"] for style in seen) * scale(sheet)


@pytest.mark.parametrize("sheet", pilotage.workbook(DIJON, 2025, Pilotage()).worksheets, ids=lambda s: s.nom)
def test_the_coordinator_s_sheets_are_printed_in_eight_points(sheet):
    if sheet.etat == "visible":
        assert least(sheet) >= 8


def test_the_follow_up_is_too_where_it_says_what_the_consolidation_knows():
    widths = pilotage_sheets.FOLLOW_UP_BESIDE_A_CONSOLIDATION
    assert 10 * PRINTED_WIDTH / sum(map(printed_width, widths)) >= 8


def test_the_partner_s_front_sheets_are():
    plan = forms.plan(DIJON, 2025, next(r for r in forms.repondants(DIJON) if r.id == "apo"))
    for sheet in plan.workbook.worksheets:
        if sheet.etat == "visible":
            assert least(sheet) >= 8, sheet.nom


def test_the_list_of_an_annotated_copy_is():
    page = anomaly_list_sheet.sheet("retour.xlsx", [], lambda _: None, [], "Anomalies")
    pills = min(look.style(style)["font_size"] for style in anomaly_list_sheet.STYLES.values())
    assert min(least(page), pills * scale(page)) >= 8


def test_the_synthese_is():
    board = Board("Synthèse")
    assert 9 * scale(board.sheet, range(FIRST, FIRST + UNITS)) >= 8


def test_the_structures_hold_on_one_page_with_their_contact():
    """Where every column is as wide as it may be."""
    printed = STRUCTURES.columns[: STRUCTURES.printed_columns]
    assert "Contact" in [c.titre for c in printed]
    assert table_sheets._pages_wide([c.max_width for c in printed], 1) == 1


def test_the_foot_of_a_page_stays_readable_where_libreoffice_scales_it_with_the_sheet():
    assert look.charte()["impression"]["taille"] * 0.8 >= 8
