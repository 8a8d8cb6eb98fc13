"""The button « Consolider », where it cannot do what is asked: what it says, and what it leaves as it was."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest

from cls_workbook.button import player
from cls_workbook.pipeline import way_back
from tests.support import openpyxl_engine
from tests.support.both_excels import OnOpenpyxl, either_engine, message, open_up, whole
from tests.support.clicks import DAY, DIJON, YEAR, half_answered
from tests.support.coordinator_opened import box


@pytest.fixture
def small_campagne(tmp_path):
    return half_answered(tmp_path)


def refusal_shown(excel, before) -> str:
    """The sentence of a refused click, once it is sure that nothing but the message has changed."""
    after = whole(excel.opened_book)
    place = box(excel.opened_book, "message").coordinate
    for nom in after:
        assert {c: v for c, v in after[nom].items() if (nom, c) != ("Accueil", place)} == {
            c: v for c, v in before[nom].items() if (nom, c) != ("Accueil", place)
        }
    assert list(after) == list(before)
    mode, alert = excel.alerts[-1]
    assert mode == "critical" and message(excel).casefold() == f"Non fait : {alert}".replace("\u00a0", " ").casefold()
    return message(excel)


@either_engine
def test_a_folder_that_cannot_be_used_leaves_the_sheets_as_they_were(engine, small_campagne, tmp_path, monkeypatch):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    for folder, remedy in (
        (tmp_path / "nulle part", "n’existe pas. Créez-le"),
        (reference, "est un fichier. Indiquez le dossier"),
        (retours, "ne peut pas être lu (il est protégé, ou ouvert dans un autre programme). Vérifiez vos droits"),
    ):
        if folder == retours:
            monkeypatch.setattr("os.listdir", lambda _: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
        box(excel.opened_book, "dossier").value = str(folder)
        before = whole(excel.opened_book)
        assert excel.click(day=DAY) is None
        sentence = refusal_shown(excel, before)
        assert remedy in sentence and box(excel.opened_book, "dossier").coordinate in sentence


@either_engine
def test_an_empty_folder_is_a_campaign_that_nobody_has_answered(engine, small_campagne, tmp_path):
    reference, _ = small_campagne
    (tmp_path / "vide").mkdir()
    excel = open_up(engine, tmp_path, reference, YEAR, tmp_path / "vide")
    result = excel.click(day=DAY)
    assert set(result.tables.retours["Statut"]) == {"manquant"}
    assert "0 retour reçu sur" in message(excel)


@either_engine
def test_a_workbook_of_another_year_is_refused(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    box(excel.opened_book, "annee").value = 2026
    before = whole(excel.opened_book)
    assert excel.click(day=DAY) is None
    assert "dit l’année 2026, mais ses feuilles sont celles de 2025" in refusal_shown(excel, before)


@either_engine
@pytest.mark.parametrize(
    ("nom", "valeur", "expected"),
    [
        ("annee", 2031, "ne couvre pas l’année 2031"),
        ("annee", "l’an dernier", "n’est pas une année"),
        ("contrat", "cls-inconnu", "Le contrat « cls-inconnu » est introuvable"),
        ("contrat", DIJON, "celle du contrat « dijon-2024-2028 », le classeur est celui de « essai »"),
        ("precedent", "/nulle/part.xlsx", "est introuvable. Indiquez la consolidation de l’an dernier"),
        ("etat", "on verra", "à corriger"),
    ],
)
def test_what_accueil_says_wrong_is_named(engine, nom, valeur, expected, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    if nom == "contrat" and valeur == "cls-inconnu":
        expected = "cls-inconnu"
    box(excel.opened_book, nom).value = valeur
    before = whole(excel.opened_book)
    assert excel.click(day=DAY) is None
    assert expected in refusal_shown(excel, before)


@either_engine
def test_a_workbook_that_is_no_coordinator_s_is_left_alone(engine, tmp_path):
    opened_book = openpyxl.Workbook()
    opened_book.active["A1"] = "mes courses"
    excel = engine(opened_book, tmp_path / "courses.xlsx")
    assert excel.click(day=DAY) is None
    assert whole(opened_book) == {"Sheet": {"A1": ("mes courses", "s")}}
    assert "n’est pas celui de la coordination" in excel.alerts[-1][1].replace("\u00a0", " ")


@either_engine
def test_a_sheet_of_the_coordinator_s_own_that_bears_our_name_is_not_written_over(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    del excel.opened_book["Normalisations"]
    excel.opened_book.create_sheet("Normalisations")["A1"] = "mes notes"
    before = whole(excel.opened_book)
    assert excel.click(day=DAY) is None
    assert "La feuille « Normalisations » n’est pas celle de la consolidation" in refusal_shown(excel, before)


@either_engine
def test_a_failure_that_nobody_foresaw_ends_with_words_too(engine, small_campagne, tmp_path, monkeypatch):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    monkeypatch.setattr(way_back, "consolidate_folder", lambda *_, **__: 1 / 0)
    before = whole(excel.opened_book)
    assert excel.click(day=DAY) is None
    said = refusal_shown(excel, before)
    assert "erreur inattendue" in said
    details = Path(re.search(r"Les détails sont dans «\s(.+)\s»", said)[1])
    assert "ZeroDivisionError" in details.read_text(encoding="utf-8")
    details.unlink()


def test_excel_that_stops_half_way_leaves_the_file_as_it_was(small_campagne, tmp_path, monkeypatch):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours)
    excel.opened_book.create_sheet("Mes calculs")["B2"] = "à garder"
    before, excel.opened_book.on_disk = whole(excel.opened_book), b""
    write = player._ACTIONS["values"]

    def on_failure(playing, page, zone, rows):
        if page.name == "Indicateurs":
            raise RuntimeError("Excel ne répond plus")
        write(playing, page, zone, rows)

    monkeypatch.setitem(player._ACTIONS, "values", on_failure)
    assert excel.click(day=DAY) is None
    assert whole(excel.opened_book)["Retours"] != before["Retours"]
    assert whole(openpyxl.load_workbook(io.BytesIO(excel.opened_book.on_disk))) == before
    assert "Excel ne répond plus" in message(excel) and "sans l’enregistrer" in message(excel)


def test_a_workbook_that_cannot_be_saved_is_not_written_in(small_campagne, tmp_path, monkeypatch):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours)
    monkeypatch.setattr(openpyxl_engine.Book, "save", lambda *_: 1 / 0)
    before = whole(excel.opened_book)
    assert excel.click(day=DAY) is None
    assert "ne peut pas être enregistré" in refusal_shown(excel, before)
