"""The button « Consolider », on two doubles of Excel: what it writes is what the command line writes."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from cls_workbook import pilotage
from cls_workbook.button import click_consolider
from cls_workbook.definition import toml_reader
from tests.support import small_contrat
from tests.support.both_excels import OnOpenpyxl, both_engines, content, either_engine, message, open_up, whole
from tests.support.clicks import DAY, DIJON, SHEETS, YEAR, assert_same_sheets, half_answered, on_command_line, row_of
from tests.support.coordinator_opened import box
from tests.support.dropped_returns import drop_retour
from tests.support.lived_campagnes import short

# --- the same as the command line -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """Three fiches of a large contract."""
    return short(tmp_path_factory.mktemp("contrat"), DIJON, "1.1", "2.3", "3.1")


@pytest.fixture(scope="module")
def campagne(tmp_path_factory, reference):
    """Two returns, one with faults and a text that a spreadsheet would run; a file that is no workbook; everybody else
    missing. And what the command line makes of it.
    """
    folder, dijon = tmp_path_factory.mktemp("campagne"), toml_reader.load(reference)
    (folder / "retours").mkdir()
    drop_retour(
        folder / "retours",
        dijon,
        "apo",
        {
            "3.1/financement/01/engage": "env. 12 000",
            "3.1/avancement/motif": '=HYPERLINK("http://x")',
            "3.1/financement/01/reference": "0123",
            "3.1/financement/02/financeur": "ARS",
            "3.1/financement/02/nature": "Maquette ARS",
            "3.1/financement/02/engage": 500,  # without anything engaged, no bar
        },
    )
    drop_retour(folder / "retours", dijon, "cpam", {"1.1/mesures/1.1-I02a/valeur": 99})
    (folder / "retours" / "notes.pdf").write_bytes(b"%PDF-1.7 rien")
    return folder / "retours", on_command_line(folder / "retours", reference, folder / "consolidation.xlsx")


@pytest.fixture(scope="module")
def all_clicked(campagne, reference, tmp_path_factory):
    """Double of Excel → (the workbook once clicked, what the click gave): for tests that look at it."""

    @cache
    def clicked(engine):
        excel = open_up(engine, tmp_path_factory.mktemp("clique"), reference, YEAR, campagne[0])
        return excel, excel.click(day=DAY)

    return clicked


@both_engines
def test_every_sheet_is_that_of_the_command_line_cell_by_cell(engine, campagne, all_clicked):
    _, expected = campagne
    excel, result = all_clicked(engine)
    assert set(result.tables.retours["Statut"]) == {"reçu", "manquant", "rejeté"} and result.alerts("bloquant")
    assert_same_sheets(excel.opened_book, expected)
    assert box(excel.opened_book, "bilan").value == result.bilan()
    assert box(excel.opened_book, "derniere").value == dt.datetime(2026, 2, 15)
    assert message(excel).startswith("Fait : consolidation du 15/02/2026. 2 retours reçus sur ")
    assert [mode for mode, _ in excel.alerts] == ["info"]


@both_engines
def test_what_a_partner_typed_is_never_a_formula_and_keeps_its_zeros(engine, all_clicked):
    excel, _ = all_clicked(engine)
    cells = [c for nom in SHEETS for c in excel.opened_book[nom]._cells.values()]
    assert not [c.coordinate for c in cells if c.data_type == "f"]
    dangerous = next(c for c in excel.opened_book["Réponses"]._cells.values() if c.value == '=HYPERLINK("http://x")')
    assert (dangerous.data_type, dangerous.number_format) == ("s", "@")
    assert "0123" in [c.value for c in excel.opened_book["Lignes de financement"]._cells.values()]


@either_engine
def test_the_charts_are_drawn_once_however_often_one_clicks(engine, campagne, reference, all_clicked):
    _, expected = campagne
    excel, _ = all_clicked(engine)
    excel.click(day=DAY)
    for drawn_sheet in ("Synthèse", "Évolution"):
        assert len(excel.opened_book[drawn_sheet]._charts) == len(expected[drawn_sheet]._charts) > 0
        assert excel.opened_book[f"Graphiques · {drawn_sheet}"].sheet_state == "hidden"
    data = excel.opened_book["Graphiques · Synthèse"]
    # the first chart: the maquette in one bar, what is paid, to pay and left
    blanks = next(li for li in range(2, data.max_row + 2) if data.cell(li, 1).value is None)
    total = sum(c.value for row in data.iter_rows(2, blanks - 1, 2) for c in row if c.value is not None)
    assert total == toml_reader.load(reference).money.maquette


def test_an_anomaly_links_to_the_file_the_sheet_and_the_cell(campagne, all_clicked):
    retours, expected = campagne
    excel, _ = all_clicked(OnOpenpyxl)
    sheet = excel.opened_book["Anomalies"]
    rank = [c.value for c in sheet[1]].index("Cellule") + 1
    link = sheet.cell(row_of(sheet, Code="MONTANT_ILLISIBLE"), rank)
    file, _, location = link.hyperlink.target.partition("#")
    assert (excel.path.parent / file).resolve() == (retours / "apo.xlsx").resolve()
    assert location == f"'FA 3.1'!{link.value}"
    from_the_command = expected["Anomalies"].cell(link.row, rank).hyperlink
    assert (from_the_command.target.replace("\\", "/"), from_the_command.location) == ("retours/apo.xlsx", location)


# --- clicking again, and what was typed -------------------------------------------------------------------------------


@pytest.fixture
def small_campagne(tmp_path):
    return half_answered(tmp_path)


@either_engine
def test_a_second_click_replaces_the_first(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    names = excel.opened_book.sheetnames
    small_contrat.retour(retours, reference, "ville")
    excel.click(day=DAY)
    assert_same_sheets(excel.opened_book, on_command_line(retours, reference, tmp_path / "deux.xlsx"))
    (retours / "asso.xlsx").unlink()  # fewer rows than before: none is left over
    excel.click(day=DAY)
    assert_same_sheets(excel.opened_book, on_command_line(retours, reference, tmp_path / "un.xlsx"))
    assert excel.opened_book.sheetnames == names


@either_engine
def test_what_is_typed_in_the_open_workbook_counts_and_stays_without_being_saved(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours, pilotage.Pilotage(programme={("1.1", ""): 5000}))
    box(excel.opened_book, "etat").value = "validé en COPIL"
    sheet = excel.opened_book["Accueil"]
    sheet.cell(box(excel.opened_book, "etat").row + 1, 3).value = dt.datetime(2026, 3, 12)
    excel.opened_book.create_sheet("Mes calculs")["B2"] = "=1+1"
    before = whole(excel.opened_book)
    result = excel.click(day=DAY)
    assert result.etat == "Validé en COPIL le 12/03/2026"
    assert result.tables.par_fiche.set_index("Fiche").loc["1.1", "Programmé"] == 5000
    after = whole(excel.opened_book)
    written_ones = {box(excel.opened_book, nom).coordinate for nom in ("derniere", "bilan", "message")}
    for nom in set(before) - {*SHEETS, "xlwings.conf"}:  # where the prints of what was drawn are kept
        assert {c: v for c, v in after[nom].items() if nom != "Accueil" or c not in written_ones} == {
            c: v for c, v in before[nom].items() if nom != "Accueil" or c not in written_ones
        }, nom
    assert after["Mes calculs"] == {"B2": ("=1+1", "f")}


@either_engine
def test_what_is_typed_beside_a_row_follows_it(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    sheet = excel.opened_book["Anomalies"]
    sheet["L1"], sheet["N1"] = "Qui s’en charge", "Vu le"
    sheet.cell(row_of(sheet, Code="NOMBRE_ILLISIBLE"), 12, "à rappeler")
    sheet.cell(row_of(sheet, Code="NOMBRE_ILLISIBLE"), 14, dt.datetime(2026, 2, 1))
    # two faults come first by their file, sheet or cell: the row goes down
    small_contrat.retour(
        retours,
        reference,
        "ville",
        {"1.1/mesures/1.1-I01/valeur": "beaucoup", "1.1/mesures/1.1-I04/valeur": "peu"},
        nom="aaa.xlsx",
    )
    excel.click(day=DAY)
    row = row_of(sheet, Code="NOMBRE_ILLISIBLE", Fichier="asso.xlsx")
    assert row > 2
    assert {c.coordinate: c.value for c in sheet["L"] if c.value} == {"L1": "Qui s’en charge", f"L{row}": "à rappeler"}
    assert {c.coordinate: c.value for c in sheet["N"] if c.value} == {"N1": "Vu le", f"N{row}": dt.datetime(2026, 2, 1)}


@either_engine
def test_a_note_whose_row_is_gone_is_kept(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    sheet = excel.opened_book["Anomalies"]
    sheet["L1"] = "Suivi"
    sheet.cell(row_of(sheet, Code="NOMBRE_ILLISIBLE"), 12, "=relancée")
    sheet.cell(row_of(sheet, Code="NOMBRE_ILLISIBLE"), 12).data_type = "s"
    small_contrat.retour(retours, reference, "asso")  # corrected
    excel.click(day=DAY)
    assert "NOMBRE_ILLISIBLE" not in [c.value for c in sheet["K"]]
    assert [c.value for c in sheet["L"] if c.value] == ["Suivi"]
    headers, note = excel.opened_book["Notes conservées"].iter_rows(values_only=True)
    assert headers == ("Feuille", "Ligne", "Colonne", "Note", "Conservée le")
    assert (note[0], note[2:]) == ("Anomalies", ("Suivi", "=relancée", "15/02/2026")) and "asso.xlsx" in note[1]
    assert excel.opened_book["Notes conservées"]["D2"].data_type == "s"
    assert "1 note dont la ligne a disparu" in message(excel)


@either_engine
def test_what_stands_below_a_table_is_pushed_not_covered(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    sheet = excel.opened_book["Mesures"]
    end = sheet.max_row
    sheet.cell(end + 2, 1, "Relu par la coordination")
    small_contrat.retour(retours, reference, "ville")
    excel.click(day=DAY)
    expected = on_command_line(retours, reference, tmp_path / "c.xlsx")["Mesures"].max_row
    assert expected > end + 2
    assert sheet.cell(expected + 2, 1).value == "Relu par la coordination"


def test_formulas_beside_a_table_stay_in_place_and_a_totals_row_stays_last(small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    sheet = excel.opened_book["Financement par fiche"]
    sheet["O1"], sheet["O2"] = "Écart", "=E2-F2"
    table = sheet.tables["Financement_fiches"]
    table.all_kept = ["Total", *[None] * 13]
    excel.book.sheets["Financement par fiche"].tables["Financement_fiches"].show_totals = True
    assert sheet["A6"].value == "Total"  # three fiches and an action to come
    small_contrat.retour(retours, reference, "ville")
    excel.click(day=DAY)
    assert (sheet["O2"].value, sheet["A6"].value, table.ref, table.totalsRowCount) == ("=E2-F2", "Total", "A1:N6", 1)


@either_engine
def test_a_table_is_found_again_when_its_sheet_was_renamed_and_rows_put_above(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    sheet = excel.opened_book["Retours"]
    sheet.title = "Qui a répondu"
    table = sheet.tables["Retours"]
    sheet.move_range(f"A1:J{sheet.max_row}", rows=2)
    table.ref = f"A3:J{sheet.max_row}"
    sheet["A1"] = "Pour le COPIL"
    small_contrat.retour(retours, reference, "ville")
    excel.click(day=DAY)
    expected = list(on_command_line(retours, reference, tmp_path / "c.xlsx")["Retours"].iter_rows(values_only=True))
    assert list(sheet.iter_rows(min_row=3, values_only=True)) == expected
    assert sheet["A1"].value == "Pour le COPIL" and "Retours" not in excel.opened_book.sheetnames


def test_once_saved_the_filled_workbook_still_has_its_macros_and_serves_as_pilotage(small_campagne, tmp_path):
    import zipfile

    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours, pilotage.Pilotage(programme={("1.1", ""): 5000}))
    before = zipfile.ZipFile(excel.path).read("xl/vbaProject.bin")
    excel.click(day=DAY)
    filled = tmp_path / "rempli.xlsm"
    excel.opened_book.save(filled)
    parts = zipfile.ZipFile(filled)
    assert parts.read("xl/vbaProject.bin") == before
    assert any("customUI" in nom for nom in parts.namelist())
    assert pilotage.read(filled, toml_reader.load(reference), YEAR).programme == {("1.1", ""): 5000}


@either_engine
def test_replacements_come_and_go_with_what_the_pilotage_says(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    small_contrat.retour(retours, reference, "asso", nom="corrige.xlsx")
    excel = open_up(
        engine,
        tmp_path,
        reference,
        YEAR,
        retours,
        pilotage.Pilotage(remplacements=(pilotage.Replacement("asso.xlsx", "corrige.xlsx"),)),
    )
    excel.click(day=DAY)
    assert excel.opened_book["Remplacements"].tables["Remplacements"].ref != "A1:I2"
    assert "NOMBRE_ILLISIBLE" not in [c.value for c in excel.opened_book["Anomalies"]["K"]]
    for nom in ("asso.xlsx", "corrige.xlsx"):
        (retours / nom).unlink()
    small_contrat.retour(retours, reference, "asso", nom="corrige.xlsx")
    excel.click(day=DAY)
    assert all(c.value is None for row in excel.opened_book["Remplacements"].iter_rows(2) for c in row)


# --- what cannot be done ----------------------------------------------------------------------------------------------

# --- « Contrôler » ----------------------------------------------------------------------------------------------------


@either_engine
def test_controler_writes_the_anomalies_only(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    before = whole(excel.opened_book)
    excel.click(click_consolider.controler, day=DAY)
    after = whole(excel.opened_book)
    expected = on_command_line(retours, reference, tmp_path / "c.xlsx")
    assert after["Anomalies"] == content(expected["Anomalies"])
    assert {nom for nom in after if after[nom] != before[nom]} == {"Anomalies", "Accueil", "xlwings.conf"}
    assert message(excel).startswith("Fait : contrôle du 15/02/2026.")
