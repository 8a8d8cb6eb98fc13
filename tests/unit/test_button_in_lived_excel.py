"""The button in an Excel that people live in: filtered, protected, busy, French, stopped half-way."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cls_workbook import pilotage
from cls_workbook.button import click_installation, excel_patience, player
from cls_workbook.pipeline import way_back
from tests.support import fake_excel, small_contrat
from tests.support.both_excels import OnOpenpyxl, RemoteExcel, content, either_engine, message, open_up, whole
from tests.support.coordinator_opened import box

YEAR, DAY = 2025, date(2026, 2, 15)
OTHERS = ("Synthèse", "Graphiques · Synthèse", "Accueil")  # sheets that are protected, where every case is played
TOO_MANY = {"1.1/mesures/1.1-I01/valeur": "beaucoup"}


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory):
    """A campaign of four answers, half of them there, consolidated once: its folder, its workbook as a file."""
    folder = tmp_path_factory.mktemp("lived")
    reference = small_contrat.definition(folder)
    small_contrat.retour(folder / "retours", reference, "asso", {"1.1/mesures/1.1-I01/valeur": "une centaine"})
    excel = open_up(OnOpenpyxl, folder, reference, YEAR, folder / "retours")
    excel.click(day=DAY)
    excel.opened_book.save(folder / "consolidated.xlsm")
    return folder, (folder / "consolidated.xlsm").read_bytes()


@pytest.fixture
def opened(tmp_path, engine, consolidated):
    """It is opened again, and returns may come and go."""
    folder, on_disk = consolidated
    shutil.copytree(folder / "retours", tmp_path / "retours")
    (tmp_path / "K.xlsm").write_bytes(on_disk)
    book = openpyxl.load_workbook(tmp_path / "K.xlsm", keep_vba=True)
    box(book, "dossier").value = str(tmp_path / "retours")
    excel = engine(book, tmp_path / "K.xlsm")
    excel.reference, excel.retours = folder / "essai.toml", tmp_path / "retours"
    return excel


def on_command_line(excel) -> openpyxl.Workbook:
    output = excel.path.parent / "ligne.xlsx"
    way_back.consolidate_files([excel.retours], str(excel.reference), YEAR, output, day=DAY)
    return openpyxl.load_workbook(output)


def app_of(excel):
    return excel.book.impl.app


def filter_column(excel, sheet: str, field: int, *values: str) -> None:
    ws = excel.opened_book[sheet]
    (table,) = ws.tables.values()
    fake_excel.filter_table(ws, table, field, set(values).__contains__, {"type": "values", "values": list(values)})


def filters_of(excel, sheet: str) -> dict:
    (table,) = excel.opened_book[sheet].tables.values()
    return {field: criterion["values"] for field, criterion in getattr(table, "criteria", {}).items()}


# --- filters ----------------------------------------------------------------------------------------------------------


@either_engine
def test_a_filter_left_on_a_table_keeps_no_value_from_being_written(opened):
    filter_column(opened, "Anomalies", 1, "information")
    filter_column(opened, "Mesures", 2, "9.9")
    small_contrat.retour(opened.retours, opened.reference, "ville", TOO_MANY, nom="aaa.xlsx")
    opened.click(day=DAY)
    expected = on_command_line(opened)
    for nom in ("Anomalies", "Mesures", "Retours"):
        assert content(opened.opened_book[nom]) == content(expected[nom]), nom


@pytest.mark.parametrize("engine", [OnOpenpyxl])
def test_a_filter_is_put_back_where_it_still_shows_something(opened):
    filter_column(opened, "Anomalies", 1, "bloquant", "information")
    filter_column(opened, "Mesures", 2, "1.1")
    small_contrat.retour(opened.retours, opened.reference, "ville", TOO_MANY, nom="aaa.xlsx")
    opened.click(day=DAY)
    assert filters_of(opened, "Anomalies") == {1: ["bloquant"]}
    assert filters_of(opened, "Mesures") == {2: ["1.1"]}
    assert "filtre" not in message(opened)


@pytest.mark.parametrize("engine", [OnOpenpyxl])
def test_a_filter_that_would_hide_every_row_goes_and_is_told(opened):
    filter_column(opened, "Anomalies", 11, "NOMBRE_ILLISIBLE")
    small_contrat.retour(opened.retours, opened.reference, "asso")  # corrected
    opened.click(day=DAY)
    assert filters_of(opened, "Anomalies") == {}
    assert "Feuille « Anomalies » : filtre ôté (colonne « Code »), il ne montrerait plus rien." in message(opened)


# --- protection -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", [OnOpenpyxl])
@pytest.mark.parametrize("nom", ["Indicateurs", *(pytest.param(n, marks=pytest.mark.exhaustive) for n in OTHERS)])
def test_a_protected_sheet_is_named_before_anything_is_written(opened, nom):
    small_contrat.retour(opened.retours, opened.reference, "ville")
    opened.opened_book[nom].protection.sheet = True
    before = whole(opened.opened_book)
    assert opened.click(day=DAY) is None
    after = whole(opened.opened_book)
    assert {n for n in after if after[n] != before[n]} <= {"Accueil"}
    alert = opened.alerts[-1][1].replace("\u00a0", " ")
    assert f"La feuille « {nom} » est protégée : rien n’a été écrit. Ôtez la protection (onglet Révision" in alert


@pytest.mark.parametrize("engine", [RemoteExcel])
def test_where_nobody_says_that_a_sheet_is_protected_it_stops_before_anything_has_changed(opened):
    small_contrat.retour(opened.retours, opened.reference, "ville")
    opened.opened_book["Repères"].protection.sheet = True  # one of the last
    before = whole(opened.opened_book)
    with pytest.raises(fake_excel.ExcelRefusal, match="Repères"):
        opened.click(day=DAY)
    assert whole(opened.opened_book) == before


@pytest.mark.parametrize("engine", [OnOpenpyxl])
def test_a_workbook_that_counts_its_days_from_1904_is_not_written_in(opened):
    opened.opened_book.Date1904 = True
    before = whole(opened.opened_book)["Mesures"]
    small_contrat.retour(opened.retours, opened.reference, "ville")
    assert opened.click(day=DAY) is None
    assert "compte les jours depuis 1904" in message(opened)
    assert whole(opened.opened_book)["Mesures"] == before


# --- an Excel that is busy --------------------------------------------------------------------------------------------


@pytest.fixture
def waits(monkeypatch):
    """The pauses, which are not waited for."""
    pauses: list[float] = []
    monkeypatch.setattr(excel_patience.time, "sleep", pauses.append)
    return pauses


@pytest.mark.parametrize("engine", [OnOpenpyxl])
def test_an_excel_that_is_busy_for_a_moment_is_waited_for(opened, waits):
    small_contrat.retour(opened.retours, opened.reference, "ville")
    app_of(opened).busy = 7
    opened.click(day=DAY)
    expected = on_command_line(opened)
    assert content(opened.opened_book["Mesures"]) == content(expected["Mesures"])
    assert len(waits) == 7 and message(opened).startswith("Fait")


@pytest.mark.parametrize("engine", [OnOpenpyxl])
def test_an_excel_that_stays_busy_is_refused_in_french_after_a_bounded_time(opened, waits):
    before = whole(opened.opened_book)
    app_of(opened).busy = 10_000
    assert opened.click(day=DAY) is None
    assert sum(waits) <= 3 * excel_patience.SECONDS  # to put it back, to read it, to say it
    said = opened.alerts[-1][1].replace("\u00a0", " ")
    assert said.startswith("Excel est resté occupé : une cellule est en cours de saisie")
    assert "Rien n’a été écrit." in said
    assert whole(opened.opened_book) == before


@pytest.mark.parametrize("engine", [OnOpenpyxl])
def test_busy_half_way_says_that_sheets_are_partly_done_and_the_next_click_does_them_all(opened, waits, monkeypatch):
    small_contrat.retour(opened.retours, opened.reference, "ville")
    write = player._ACTIONS["values"]

    def then_busy(playing, page, zone, rows):
        if page.name == "Mesures":
            app_of(opened).busy = 10_000
        write(playing, page, zone, rows)

    monkeypatch.setitem(player._ACTIONS, "values", then_busy)
    assert opened.click(day=DAY) is None
    said = opened.alerts[-1][1].replace("\u00a0", " ")
    assert "Les feuilles sont en partie refaites : validez la cellule (Entrée)" in said
    monkeypatch.setitem(player._ACTIONS, "values", write)
    app_of(opened).busy = 0
    opened.click(day=DAY)
    expected = on_command_line(opened)
    for nom in ("Mesures", "Retours", "Repères"):
        assert content(opened.opened_book[nom]) == content(expected[nom])


@pytest.mark.parametrize("engine", [RemoteExcel])
def test_where_all_is_sent_at_once_an_excel_that_is_busy_takes_nothing(opened):
    before = whole(opened.opened_book)
    opened.client.busy = True
    with pytest.raises(fake_excel.BusyExcel):
        opened.click(day=DAY)
    assert whole(opened.opened_book) == before


# --- as it was --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", [OnOpenpyxl])
def test_excel_comes_back_as_it_was_even_when_one_setting_will_not(opened):
    app = app_of(opened)
    app.calculation, app.status_bar = "semiautomatic", "Python travaille"
    small_contrat.retour(opened.retours, opened.reference, "ville")
    set_back = app.change

    def stubborn(nom, valeur):
        if nom == "screen_updating" and valeur:
            raise fake_excel.ExcelRefusal("non")
        set_back(nom, valeur)

    app.change = stubborn
    opened.click(day=DAY)
    assert (app.calculation, app.screen_updating, app.status_bar) == ("semiautomatic", False, False)
    app.change = set_back
    opened.click(day=DAY)  # nothing to write: it is put back all the same
    assert app.screen_updating


def left_suspended(excel) -> Path:
    """As Python leaves it when it is stopped half-way."""
    app = app_of(excel)
    app.calculation, app.screen_updating = "manual", False
    reminder = Path(tempfile.gettempdir()) / f"cls-workbook-excel-{app.pid}.json"
    reminder.write_text(json.dumps({"screen_updating": True, "calculation": "automatic"}))
    return reminder


@pytest.mark.parametrize("engine", [OnOpenpyxl])
@pytest.mark.parametrize("door", ["Consolider", "Vérifier"])
def test_an_excel_left_suspended_by_a_python_that_was_stopped_is_repaired(opened, door):
    reminder = left_suspended(opened)
    if door == "Consolider":
        opened.click(day=DAY)
    else:
        findings = opened.click(click_installation.verifier)
        assert "remis comme ils étaient" in next(str(f) for f in findings if f.objet == "Excel")
    assert (app_of(opened).calculation, app_of(opened).screen_updating) == ("automatic", True)
    assert not reminder.exists()


# --- a French Excel ---------------------------------------------------------------------------------------------------


@either_engine
def test_dates_and_amounts_are_shown_as_such_by_an_excel_that_speaks_french(tmp_path, engine):
    reference = small_contrat.definition(tmp_path)
    small_contrat.retour(tmp_path / "retours", reference, "asso")
    excel = open_up(
        engine,
        tmp_path,
        reference,
        YEAR,
        tmp_path / "retours",
        pilotage.Pilotage(programme={("1.1", ""): Decimal("5000.5")}),
    )
    excel.reference, excel.retours = reference, tmp_path / "retours"
    if engine is OnOpenpyxl:
        app_of(excel).french = True
    excel.click(day=DAY)
    output = tmp_path / "ligne.xlsx"
    way_back.consolidate_files(
        [excel.retours], str(reference), YEAR, output, day=DAY, pilotage=str(tmp_path / "pilotage.xlsx")
    )
    expected = openpyxl.load_workbook(output)
    for sheet in expected:
        assert content(excel.opened_book[sheet.title]) == content(sheet), sheet.title
    amount = excel.opened_book["Financement par fiche"]["E2"]
    assert (amount.value, amount.number_format) == (5000.5, '#,##0.00\\ "€"')
