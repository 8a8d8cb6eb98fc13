"""The consolidation workbook: its tables as others read them."""

import datetime
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from cls_workbook.reports.consolidation.consolidation_workbook import workbook
from cls_workbook.workbook import writer
from tests.support.result_headers import HEADERS, TABLES, N, frame
from tests.support.written_result import indicateurs, result
from tests.support.xlsx_lint import lint


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("consolidation") / "C.xlsx"
    writer.write(workbook(result()), path)
    return path


@pytest.fixture(scope="module")
def opened_book(file):
    return openpyxl.load_workbook(file)


def write(path, **changes):
    writer.write(workbook(result(**changes)), path)
    return openpyxl.load_workbook(path)


def column(sheet, header):
    """The cells under a header, by row number."""
    rank = next(c.column for c in sheet[1] if c.value == header)
    return {line: sheet.cell(line, rank) for line in range(2, sheet.max_row + 1)}


def test_the_sheets_come_in_the_announced_order_and_none_is_hidden(opened_book):
    assert opened_book.sheetnames == [
        "Synthèse",
        "Évolution",
        "Retours par structure",
        "Retours",
        "Anomalies",
        "Indicateurs",
        "Financement par fiche",
        "Financement par financeur",
        "Lignes de financement",
        "Mesures",
        "Réponses",
        "Normalisations",
        "Rapprochement",
        "Historique",
        "Repères",
        "Lisez-moi",
    ]
    assert {f.sheet_state for f in opened_book} == {"visible"}
    assert opened_book.active.title == "Synthèse"


@pytest.mark.parametrize("nom", TABLES)
def test_each_sheet_is_one_table_of_the_announced_name_and_headers(opened_book, nom):
    sheet = opened_book[nom]
    (table,) = sheet.tables.values()
    assert table.displayName == TABLES[nom]
    assert [c.name for c in table.tableColumns] == HEADERS[nom].split(", ")
    assert [c.value for c in sheet[1]] == HEADERS[nom].split(", ")
    assert table.ref.startswith("A1:") and table.autoFilter is not None
    assert sheet.freeze_panes is not None and sheet.freeze_panes.endswith("2")


def test_a_table_reads_as_a_plain_frame(file):
    item_read = pd.read_excel(file, sheet_name="Retours", engine="calamine")
    assert list(item_read.columns) == HEADERS["Retours"].split(", ")
    assert item_read["Statut"].tolist() == ["reçu", "manquant", "reçu", "reçu"]


def test_a_missing_value_is_an_empty_cell_and_a_zero_is_a_zero(opened_book):
    blocking = column(opened_book["Retours"], "Bloquants")
    assert [c.value for c in blocking.values()] == [1, None, 0, 0]
    assert [c.value for c in column(opened_book["Financement par fiche"], "Engagé").values()] == [
        3000.5,
        None,
        None,
        None,
    ]


def test_figures_dates_and_rates_are_typed_and_formatted(opened_book):
    engage = column(opened_book["Lignes de financement"], "Engagé")[2]
    day = column(opened_book["Lignes de financement"], "Date")[2]
    taux = column(opened_book["Indicateurs"], "Valeur")[4]
    assert (engage.value, engage.number_format) == (3000.5, '#,##0.00\\ "€"')
    assert (day.value, day.number_format) == (datetime.datetime(2025, 4, 15), "dd/mm/yyyy")
    assert (taux.value, taux.number_format) == (0.75, "0.0\\ %")


def test_a_column_of_answers_keeps_the_type_of_each(opened_book):
    values = [c.value for c in column(opened_book["Réponses"], "Valeur").values()]
    assert values[1] == "En cours"
    assert values[2] == datetime.datetime(2025, 2, 1)
    assert values[7] == 52000
    formats = [c.number_format for c in column(opened_book["Réponses"], "Valeur").values()]
    assert formats[7] == '#,##0.00\\ "€"'  # money of « depenses »
    assert formats[8] == "#,##0"  # but not its ETP


def test_what_a_partner_typed_is_text_even_if_it_looks_like_a_formula(opened_book):
    found = {c.value: c.data_type for c in column(opened_book["Anomalies"], "Trouvé").values()}
    assert found == {"=1+1": "s", "vide": "s"}


def test_gravity_is_said_by_a_word_and_by_a_colour_most_serious_first(opened_book):
    cells = list(column(opened_book["Anomalies"], "Gravité").values())
    assert [c.value for c in cells] == ["bloquant", "à confirmer"]
    assert len({c.fill.fgColor.rgb for c in cells}) == 2


def test_the_cells_of_an_anomaly_are_named_together(opened_book):
    assert [c.value for c in column(opened_book["Anomalies"], "Cellule").values()] == ["D45", "D12, E12"]


def test_the_cell_of_an_anomaly_is_a_link_only_where_the_return_can_be_found(tmp_path, opened_book):
    assert all(c.hyperlink is None for c in column(opened_book["Anomalies"], "Cellule").values())
    findable = write(tmp_path / "C.xlsx", paths={"asso-secret.xlsx": "retours/asso-secret.xlsx"})
    link = column(findable["Anomalies"], "Cellule")[2]
    assert link.value == "D45"
    assert (link.hyperlink.target.replace("\\", "/"), link.hyperlink.location) == (
        "retours/asso-secret.xlsx",
        "'FA 1.1'!D45",
    )


def test_an_empty_table_has_its_headers_and_one_blank_row(tmp_path):
    sheet = write(tmp_path / "C.xlsx", normalisations=frame("Normalisations"), anomalies=())["Normalisations"]
    (table,) = sheet.tables.values()
    assert table.ref == "A1:G2"
    assert [c.value for c in sheet[2]] == [None] * 7


def test_what_pandas_calls_missing_is_an_empty_cell_too(tmp_path):
    lines = frame("Financement par financeur", ("Agence", pd.NA, float("nan"), Decimal("1.10"), N))
    sheet = write(tmp_path / "C.xlsx", par_financeur=lines)["Financement par financeur"]
    assert [c.value for c in sheet[2]] == ["Agence", None, None, 1.1, None]


def test_a_text_too_long_for_a_cell_says_where_the_rest_is(tmp_path):
    long_rows = indicateurs()
    long_rows.loc[4, "Valeur"] = "mot " * 10_000
    valeur = column(write(tmp_path / "C.xlsx", indicateurs=long_rows)["Indicateurs"], "Valeur")[6].value
    assert valeur.startswith("mot mot") and valeur.endswith("[suite : feuille Mesures]")


def test_a_long_text_gets_a_row_high_enough(tmp_path):
    long_rows = indicateurs()
    long_rows.loc[4, "Valeur"] = "Une phrase assez longue pour tenir sur plusieurs lignes. " * 5
    sheet = write(tmp_path / "C.xlsx", indicateurs=long_rows)["Indicateurs"]
    assert sheet.row_dimensions[6].height > 80
    assert sheet.row_dimensions[2].height is None


def test_the_workbook_says_what_it_is_and_what_its_sheets_hold(opened_book):
    texts = [c.value for line in opened_book["Lisez-moi"].iter_rows() for c in line if c.value is not None]
    assert "Contrat d’essai 2024-2026 (essai)" in texts
    assert "3 reçus sur 4" in texts
    for nom in (*TABLES, "Repères"):
        assert nom in texts


def test_excel_has_nothing_to_repair_and_two_runs_give_the_same_bytes(file):
    assert lint(file) == []
    assert writer.to_bytes(workbook(result())) == file.read_bytes()


def test_the_one_sentence_of_the_command_line(tmp_path):
    bilan = result().bilan().replace("\u00a0", " ")
    assert bilan == (
        "3 retours reçus sur 4 ; anomalies : 1 bloquant, 1 à confirmer, 0 information ; "
        "des valeurs bloquantes sont hors des totaux."
    )
    assert replace(result(), anomalies=()).bilan().replace("\u00a0", " ").endswith("0 information.")
