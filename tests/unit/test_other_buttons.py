"""The other buttons: the agency's copy, the reminders, the installation; and the names that the macros call."""

from __future__ import annotations

import inspect
import sys
from datetime import date
from pathlib import Path

import pytest
import xlwings

import cls_workbook
from cls_workbook import definition, pilotage, version
from cls_workbook.button import click_installation, click_relances, click_synthese, doors, mac_permission
from cls_workbook.documents.written_documents import write_bilan, write_presentation
from cls_workbook.office.relances import relance_folder
from cls_workbook.pipeline import way_back
from cls_workbook.reports.agency import ars_copy
from tests.support import small_contrat
from tests.support.both_excels import OnOpenpyxl, RemoteExcel, both_engines, content, message, open_up, remote, whole
from tests.support.coordinator_opened import box

YEAR, DAY = 2025, date(2026, 2, 15)


@pytest.fixture
def small_campagne(tmp_path):
    reference = small_contrat.definition(tmp_path)
    small_contrat.retour(tmp_path / "retours", reference, "asso", {"1.1/mesures/1.1-I01/valeur": "une centaine"})
    return reference, tmp_path / "retours"


# --- « Synthèse ARS » -------------------------------------------------------------------------------------------------


def test_the_agency_s_copy_has_the_bytes_of_the_command_line(small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    output = excel.click(click_synthese.write_copy)
    assert output == tmp_path / "synthese-ars-2025.xlsx"
    way_back.consolidate_files([retours], str(reference), YEAR, tmp_path / "c.xlsx", day=DAY)
    ars_copy.file_copy(tmp_path / "c.xlsx", tmp_path / "s.xlsx", contrat=reference)
    assert output.read_bytes() == (tmp_path / "s.xlsx").read_bytes()
    assert "« synthese-ars-2025.xlsx » est à côté de ce classeur" in message(excel) and "Provisoire" in message(excel)


@remote
def test_the_agency_s_copy_waits_for_a_consolidation_and_for_a_place(small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours)
    assert excel.click(click_synthese.write_copy) is None
    assert "n’a pas encore été consolidé" in message(excel)
    without_location = RemoteExcel(excel.opened_book, excel.path)
    assert without_location.click(click_synthese.write_copy) is None
    assert "n’a pas d’emplacement connu" in message(without_location)
    assert not list(tmp_path.glob("synthese*"))


# --- « Bilan », « Présentation » --------------------------------------------------------------------------------------


def test_the_report_and_the_slides_have_the_bytes_of_the_command_line(small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours)
    assert excel.click(click_synthese.write_report) is None and "n’a pas encore été consolidé" in message(excel)
    excel.click(day=DAY)
    way_back.consolidate_files([retours], str(reference), YEAR, tmp_path / "c.xlsx", day=DAY)
    write_bilan(tmp_path / "c.xlsx", tmp_path / "b.docx", reference)
    write_presentation(tmp_path / "c.xlsx", tmp_path / "p.pptx", reference)
    for door, nom, same in (
        (click_synthese.write_report, "bilan-2025.docx", "b.docx"),
        (click_synthese.write_slides, "copil-2025.pptx", "p.pptx"),
    ):
        assert excel.click(door) == tmp_path / nom
        assert (tmp_path / nom).read_bytes() == (tmp_path / same).read_bytes()
        assert f"« {nom} » est à côté de ce classeur" in message(excel)


def test_without_the_libraries_of_word_the_click_says_what_to_install(small_campagne, tmp_path, monkeypatch):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours)
    excel.click(day=DAY)
    for module in ("word_file", "slides_file"):
        monkeypatch.setitem(sys.modules, f"cls_workbook.documents.{module}", None)
    for door in (click_synthese.write_report, click_synthese.write_slides):
        assert excel.click(door) is None
        assert "pip install cls-workbook[documents]" in message(excel) and message(excel).startswith("Non fait")
    assert not [*tmp_path.glob("bilan*"), *tmp_path.glob("copil*")]


# --- « Relances » -----------------------------------------------------------------------------------------------------


def test_reminders_are_those_of_the_command_line_and_the_sheet_lists_them(small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours, pilotage.Pilotage(limite=date(2026, 1, 31)))
    excel.click(click_relances.write_relances, day=DAY)
    from_command_line = way_back.write_relances_from_files(
        [str(retours)], str(reference), YEAR, tmp_path / "ligne", day=DAY, pilotage=str(tmp_path / "pilotage.xlsx")
    )
    facts, all_wanted = (
        {p.name: p.read_bytes() for p in d.iterdir()} for d in (tmp_path / "relances", tmp_path / "ligne")
    )
    assert facts == all_wanted and sorted(facts) == ["relance-ville.eml", "relances-2025.xlsx"]
    assert len(from_command_line.files) == 2
    headers, ville = excel.opened_book["Relances"].iter_rows(max_row=2, values_only=True)
    assert headers == relance_folder.RELANCES.titles
    assert (ville[0], ville[1], ville[6], ville[10]) == ("Ville", "1.1, 2.1", 15, "relance-ville.eml")  # 31/01 → 15/02
    assert "1 brouillon de message" in message(excel)


def test_once_all_have_answered_the_old_drafts_go_and_the_sheet_is_empty(small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours)
    excel.click(click_relances.write_relances, day=DAY)
    (tmp_path / "relances" / "relance-a-moi.eml").write_bytes(b"Subject: le mien\r\n\r\n")
    small_contrat.retour(retours, reference, "ville")
    excel.click(click_relances.write_relances, day=DAY)
    assert sorted(p.name for p in (tmp_path / "relances").iterdir()) == ["relance-a-moi.eml", "relances-2025.xlsx"]
    assert [c.value for c in excel.opened_book["Relances"]["A"] if c.value] == ["Structure"]
    assert "personne n’est à relancer" in message(excel)


def test_before_any_return_everybody_is_expected(small_campagne, tmp_path):
    reference, _ = small_campagne
    (tmp_path / "vide").mkdir()
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, tmp_path / "vide")
    made = excel.click(click_relances.write_relances, day=DAY)
    assert [r.respondent.id for r in made.delays] == ["asso", "ville"]


# --- « Vérifier l’installation » --------------------------------------------------------------------------------------


@both_engines
def test_verifying_changes_the_message_only_and_says_each_finding(engine, small_campagne, tmp_path):
    reference, retours = small_campagne
    excel = open_up(engine, tmp_path, reference, YEAR, retours)
    before = whole(excel.opened_book)
    findings = excel.click(click_installation.verifier)
    after = whole(excel.opened_book)
    place = box(excel.opened_book, "message").coordinate
    assert {(f, c) for f in after for c in after[f] if after[f].get(c) != before[f].get(c)} == {("Accueil", place)}
    objects = {c.objet: c.etat for c in findings}
    assert (
        objects["Python"]
        == objects["Macros"]
        == objects["Version des macros"]
        == objects["Dossier des retours"]
        == "bon"
    )
    assert (objects["Emplacement du classeur"] == "à corriger") is (
        engine is RemoteExcel
    )  # the remote engine knows no path
    assert all(str(c) in excel.alerts[-1][1] for c in findings)


def test_a_workbook_of_older_macros_and_a_lost_folder_are_found_together(small_campagne, tmp_path):
    reference, _ = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, tmp_path / "perdu")
    box(excel.opened_book, "version").value = f"cls-workbook {version.PACKAGE} · macros 0 · xlwings {version.XLWINGS}"
    faults = {c.objet: c for c in excel.click(click_installation.verifier) if c.etat == "à corriger"}
    assert set(faults) == {"Version des macros", "Dossier des retours"}
    assert "coordonner" in faults["Version des macros"].remedy
    assert excel.alerts[-1][0] == "critical" and message(excel).startswith("Non fait : 2 points à corriger.")


def test_verifying_works_where_nothing_else_does(tmp_path):
    import openpyxl

    excel = OnOpenpyxl(openpyxl.Workbook(), tmp_path / "autre.xlsx")
    assert [c.objet for c in excel.click(click_installation.verifier) if c.etat == "à corriger"] == [
        "Dossier des retours"
    ]
    assert content(excel.opened_book.active) == {}


# --- the doors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nom", ["consolider", "controler", "synthese_ars", "bilan", "presentation", "relances", "verifier"]
)
def test_a_macro_s_call_finds_its_door_and_the_workbook_that_called(nom, small_campagne, tmp_path, monkeypatch):
    reference, retours = small_campagne
    excel = open_up(OnOpenpyxl, tmp_path, reference, YEAR, retours)
    monkeypatch.setattr(xlwings.Book, "_mock_caller", excel.book, raising=False)
    (parameter,) = inspect.signature(getattr(doors, nom)).parameters.values()
    assert parameter.default is None
    exec(f"import cls_workbook.button.doors as b; b.{nom}()")  # what VBA sends
    assert excel.alerts and not message(excel).startswith("Déposez")
    assert "erreur inattendue" not in message(excel)


def test_importing_the_package_imports_nothing_else():
    import subprocess
    import sys

    code = (
        "import sys, cls_workbook; print([m for m in ('xlwings', 'pandas', 'openpyxl', "
        "'cls_workbook.pipeline.way_back') if m in sys.modules])"
    )
    root = Path(cls_workbook.__file__).parents[1]
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True
        ).stdout.strip()
        == "[]"
    )
    assert cls_workbook.consolider.__module__ == "cls_workbook.button.click_consolider"
    with pytest.raises(AttributeError):
        cls_workbook.unknown  # noqa: B018
    assert definition.load  # the package's own rooms stay where they are


@pytest.mark.parametrize(
    ("system", "refusal", "alerts"),
    [
        ("darwin", "Command failed: OSERROR: -1743 MESSAGE: The user has declined permission.", 1),
        ("darwin", "OSERROR: -1728", 0),
        ("win32", "(-1743)", 0),
    ],
)
def test_where_macos_forbids_python_to_drive_excel_a_window_of_the_system_says_it(system, refusal, alerts, monkeypatch):
    shown = []
    monkeypatch.setattr(mac_permission.sys, "platform", system)
    monkeypatch.setattr(mac_permission.subprocess, "run", lambda order, **_: shown.append(order))
    monkeypatch.setattr(doors, "_caller", lambda: (_ for _ in ()).throw(RuntimeError(refusal)))
    with pytest.raises(RuntimeError):
        doors.consolider()
    assert len(shown) == alerts
    if shown:
        assert (
            shown[0][0] == "osascript" and "Automatisation, cochez" in shown[0][-1] and "la page locale" in shown[0][-1]
        )
