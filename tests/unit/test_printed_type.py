"""The smallest type that each kind of sheet prints on A4, in LibreOffice, whose columns are wider than Excel's."""

from datetime import date

import pytest

from cls_workbook import forms, pilotage
from cls_workbook.definition import toml_reader
from cls_workbook.office.annotation import anomaly_list_sheet
from cls_workbook.office.coordinator import coordinator_workbook, home_sheet, workstation
from cls_workbook.pilotage import Pilotage, pilotage_sheets
from cls_workbook.reports import table_sheets
from cls_workbook.reports.synthese.synthese_pieces import FIRST, UNITS, Board
from cls_workbook.tables.consolidation_tables import TABLES
from cls_workbook.tables.described_columns import TableColumn
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.workbook import look
from cls_workbook.workbook.description import PRINTED_WIDTH, Sheet, printed_width

DIJON = toml_reader.load("dijon-2024-2028")


def scale(sheet: Sheet, columns=()):
    widths = {c: w for c, w in sheet.widths.items() if c not in sheet.hidden_columns and (not columns or c in columns)}
    whole = sheet.print_setup.width * PRINTED_WIDTH / sum(map(printed_width, widths.values()))
    return min(100, int(100 * whole)) / 100  # LibreOffice keeps whole hundredths


def least(sheet: Sheet):
    """Points of the smallest text that a reader sees."""
    seen = [c.style for c in sheet.cells if c.valeur is not None and c.column not in (1, *sheet.hidden_columns)]
    return min(look.style(style)["font_size"] for style in seen) * scale(sheet)


BOARD = coordinator_workbook.describe(DIJON, 2025, Pilotage(), home_sheet.InitialAccueil(""), workstation.Workstation())
HOMES = [*pilotage.workbook(DIJON, 2025, Pilotage()).worksheets, BOARD[0]]


@pytest.mark.parametrize("sheet", HOMES, ids=lambda s: s.nom)
def test_the_coordinator_s_sheets_are_printed_in_eight_points(sheet):
    if sheet.etat == "visible":
        assert least(sheet) >= 8


def test_a_table_of_the_programme_is_not_cut_where_the_next_page_has_room_for_it():
    (sheet,) = (s for s in pilotage.workbook(DIJON, 2025, Pilotage()).worksheets if s.nom == "Programmation")
    last_headers = max(c.line for c in sheet.cells if c.style.startswith("entete"))
    assert last_headers - 5 < max(sheet.print_setup.page_breaks) < last_headers  # between two tables


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


def widest(column: TableColumn):
    """Characters of a column whose texts are as long as they come."""
    texts = max(map(len, column.choix)) + 2 if column.choix else column.max_width
    least = table_sheets._width(column, [{column.titre: date(2025, 12, 31)}] if column.type == "date" else [])
    return max(least, min(texts, column.max_width)) if column.type in ("texte", "mixte") else least


@pytest.mark.parametrize("table", [t for t in (STRUCTURES, *TABLES) if t.printed], ids=lambda t: t.sheet)
def test_what_a_person_prints_of_a_consolidation_holds_on_the_width_of_a_page(table):
    printed = table.columns[: table.printed_columns or None]
    assert 9 * int(100 * PRINTED_WIDTH / sum(printed_width(widest(c)) for c in printed)) / 100 >= 8
    assert {"Contact", "À faire", "À confirmer", "Valeur", "Engagé", "Réalisation"} & {c.titre for c in printed}


def test_values_that_one_looks_for_do_not_print_with_the_report():
    unprinted = {t.sheet for t in TABLES if not t.printed}
    assert {"Mesures", "Réponses", "Rapprochement", "Historique", "Repères"} <= unprinted
    sheet = table_sheets.sheet(table_sheets.TableSheet(next(t for t in TABLES if t.sheet == "Mesures"), []), "essai")
    assert sheet.print_setup.zone.column > len(sheet.sheet_tables[0].columns) + 100


def test_the_foot_of_a_page_stays_readable_where_libreoffice_scales_it_with_the_sheet():
    assert look.charte()["impression"]["taille"] * 0.8 >= 8
