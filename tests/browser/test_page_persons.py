"""Persons at the local page who do not do things in order: they drop while it computes, twice, or click twice."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from cls_workbook import demo
from cls_workbook.definition import toml_reader
from tests.support.dropped_returns import drop_retour
from tests.support.opened_pages import CONTRAT, WRONG, dropped, fits, settle, shown
from tests.support.small_workbook import DEFINITION

pytestmark = [pytest.mark.exhaustive, pytest.mark.one_browser]


@pytest.fixture(scope="module")
def returns(year) -> list[Path]:
    return sorted((year / demo.RETOURS).glob("dijon-*"))


def test_before_anybody_has_answered_a_pilotage_is_enough_and_a_synthese_is_told_where_to_go(local, year):
    local.click("#go-coordinator")
    local.files("#coordinator-files", year / "synthese-ars-2025.xlsx")
    local.wait("$('received').innerText.includes('une synthèse se dépose')")
    assert local.eval("$('consolidate').disabled")
    local.files("#coordinator-files", year / "pilotage-2025.xlsx")
    local.wait("!$('consolidate').disabled")
    settle(local)
    local.click("#consolidate")
    local.wait("document.querySelector('.figures')")
    settle(local)
    assert "0 retour reçu sur 38" in shown(local, "#coordinator-result")
    local.click("#tab-who")
    assert "reçu" not in shown(local, "#panel-who") and "manquant" in shown(local, "#panel-who")
    local.click("#received > button")


def test_what_is_dropped_while_it_computes_is_taken_in_afterwards_and_nothing_is_mixed_up(local, year, returns):
    local.click("#go-coordinator")
    dropped(local, "#coordinator-drop", *returns)
    local.wait("document.getElementById('received').innerText.includes('15 fichiers de retour')")
    settle(local)
    local.click("#consolidate")
    dropped(local, "#coordinator-drop", year / "pilotage-2025.xlsx", returns[0])
    local.wait("document.querySelector('.figures') && $('received').innerText.includes('pilotage')")
    settle(local)
    assert "35 retours reçus sur 38" in shown(local, "#coordinator-result")
    said = shown(local, "#received")
    assert "1 fichier de même nom : le dernier déposé est gardé" in said
    assert "cliquez de nouveau sur « Consolider » pour en tenir compte" in said
    local.click("#consolidate")
    local.wait("document.activeElement.className === 'bad' && $('work').hidden")
    assert "cliquez de nouveau" not in shown(local, "#received")


def test_the_two_returns_of_a_structure_are_chosen_to_be_compared_and_a_replacement_is_told_and_undone(local):
    local.click("#replacement summary")
    chosen = local.eval("[...document.querySelectorAll('#replacement select')].map(s => s.value.split('/').pop())")
    assert chosen == ["dijon-2024-2028-2025-cpts-centre-21.xlsx", "dijon-2024-2028-2025-cpts-centre-21 (2).xlsx"]
    local.click("#compare")
    local.wait("document.querySelector('#compared button')")
    settle(local)
    local.click("#compared button")
    local.wait("$('received').innerText.includes('cpts-centre-21 (2).xlsx remplace dijon')")
    settle(local)
    assert "36 retours reçus sur 38" in shown(local, "#coordinator-result")
    local.click("#received li button")
    assert "remplace" not in shown(local, "#received") and "cliquez de nouveau" in shown(local, "#received")
    local.click("#consolidate")
    local.wait("$('coordinator-result').innerText.includes('35 retours')")
    settle(local)


def test_one_return_compared_with_itself_is_not_compared(local):
    local.eval("(([a, b]) => { b.value = a.value })(document.querySelectorAll('#replacement select')); 0")
    local.eval("document.getElementById('compare').click(); 0")
    assert "deux fois le même fichier" in shown(local, "#trouble")
    local.click("#trouble button")


def test_at_two_hundred_per_cent_what_was_made_comes_up_on_the_screen(local):
    local.size(683, 384)
    local.eval("scrollTo(0, 0); document.activeElement.blur(); 0")
    local.click("#consolidate")
    local.wait("document.activeElement.className === 'bad' && $('work').hidden")
    assert local.eval("document.activeElement.getBoundingClientRect().bottom") < 200
    local.size(1366, 768)


def test_an_archive_of_returns_is_as_good_as_its_files(local, returns, tmp_path):
    local.click("#received button")
    assert local.eval("document.activeElement.id") == "coordinator-files"  # the button is gone: the focus is not
    with zipfile.ZipFile(tmp_path / "recus.zip", "w") as archive:
        for path in returns:
            archive.write(path, f"mes retours/{path.name}")
    local.files("#coordinator-files", tmp_path / "recus.zip")
    local.wait("document.getElementById('received').innerText.includes('15 fichiers de retour')")
    settle(local)
    assert local.eval("$('contract').value + $('year').value") == "dijon-2024-20282025"
    local.click("#consolidate")
    local.wait("document.querySelector('.figures')")
    settle(local)
    assert "35 retours reçus sur 38" in shown(local, "#coordinator-result")


def test_a_double_click_saves_once(local):
    click = "dispatchEvent(new MouseEvent('click', {detail: %d}))"
    local.eval("window.saved = 0; addEventListener('click', e => { if (e.target.download) saved++ }, true)")
    button = "document.querySelector(\"button[data-file='consolidation-2025.xlsx']\")"
    local.eval(f"{button}.{click % 1}; {button}.{click % 2}; 0")
    assert local.eval("saved") == 1
    local.saved("consolidation-2025.xlsx")


def test_the_button_that_work_disabled_has_the_focus_again_once_it_is_refused(local):
    local.eval("$('others').open = true; 0")
    local.eval("document.querySelector('#others [data-what=exporter]').scrollIntoView(); 0")
    local.eval("document.querySelector('#others [data-what=exporter]').focus()")
    local.eval("document.querySelector('#others .fields input').value = 'Inconnue'; 0")
    local.eval("document.activeElement.click()")
    local.wait("!$('trouble').hidden && $('work').hidden")
    assert local.eval("document.activeElement.dataset.what") == "exporter"
    assert local.eval("document.activeElement.disabled") is False
    said = "$('trouble').getBoundingClientRect()"
    assert local.eval(f"scrollY > 100 && {said}.top >= 0 && {said}.bottom < innerHeight")  # in sight from everywhere
    local.click("#trouble button")
    assert local.eval("$('trouble').hidden && document.activeElement.id") == "main"


def test_a_reader_of_screens_hears_what_goes_on_now_and_then_not_each_file(local):
    listen = "new MutationObserver(() => spoken.push($('work-said').textContent))"
    local.eval(f"window.spoken = []; {listen}.observe($('work-said'), {{childList: true}})")
    local.click("#consolidate")
    local.wait("document.activeElement.className === 'bad' && $('work').hidden")
    heard = [text for text in local.eval("spoken") if text]
    assert heard[0] == "Un instant…" and len(heard) < 15
    assert local.eval("$('work-text').getAttribute('role')") is None


def test_last_years_blank_and_foreign_files_are_told_for_what_they_are(local, year, tmp_path):
    local.click("#go-partner")
    blank = year / demo.WORKBOOKS / "dijon-2024-2028-2025-apo.xlsx"
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "vide.xlsx").write_bytes(b"")
    dropped(local, "#partner-drop", blank, tmp_path / "photo.png", tmp_path / "vide.xlsx")
    local.wait("document.querySelectorAll('#partner-result article').length === 3")
    settle(local)
    said = shown(local, "#partner-result")
    assert "année 2025" in said and "dites-le à la coordination" in said
    assert said.count("Ce fichier ne peut pas être lu") == 2
    assert "Le fichier est une image" in said and "Le fichier est vide" in said


def test_a_return_of_years_ago_asks_whether_it_is_the_right_one_and_a_right_ods_speaks_of_no_copy(
    local, returns, tmp_path
):
    drop_retour(tmp_path, toml_reader.load(CONTRAT), "cpam", nom="cpam.xlsx", annee=2024)
    (right,) = [path for path in returns if path.suffix == ".ods"]
    dropped(local, "#partner-drop", tmp_path / "cpam.xlsx", right)
    local.wait("document.querySelectorAll('#partner-result article').length === 2")
    settle(local)
    said = shown(local, "#partner-result")
    assert "celui de 2024 : est-ce bien l’année" in said and "celui de 2025" not in said
    assert said.count("Rien à corriger") == 2 and "cette copie" not in said


def test_the_year_is_read_in_a_return_that_came_before_its_definition_or_alone_after_it(local, tmp_path):
    definition = tmp_path / "essai.toml"
    definition.write_text(DEFINITION, encoding="utf-8")
    drop_retour(tmp_path, toml_reader.load(definition), "ville", nom="ville.xlsx", annee=2024)
    local.click("#go-coordinator")
    local.eval("document.querySelector('#received > button')?.click(); 0")
    campaign = "$('contract').value + $('year').value"
    local.files("#coordinator-files", tmp_path / "ville.xlsx")
    local.wait("$('received').innerText.includes('ville.xlsx') && $('work').hidden")
    local.files("#coordinator-files", definition)
    local.wait(f"{campaign} === 'essai2024'", seconds=20)
    settle(local)
    local.click("#received button")
    local.eval("$('year').value = '2025'; 0")
    local.files("#coordinator-files", tmp_path / "ville.xlsx")
    local.wait(f"{campaign} === 'essai2024'", seconds=20)
    settle(local)


def test_a_name_without_a_space_as_long_as_systems_take_widens_nothing(local, year, by_command, tmp_path):
    name = tmp_path / f"retour_{'definitif_et_corrige_' * 10}.xlsx"
    shutil.copy(year / WRONG, name)
    local.click("#go-coordinator")
    local.click("#received button")
    local.files("#coordinator-files", name)
    local.wait("!$('consolidate').disabled && $('work').hidden")
    fits("one file received", local)
    local.click("#consolidate")
    local.wait("document.querySelector('.figures') && $('work').hidden")
    for tab in ("anomalies", "who"):
        local.click(f"#tab-{tab}")
        fits(tab, local)
    local.click("#go-agency")
    local.files("#agency-files", name, by_command / "synthese-ars-2025.xlsx")
    local.wait("document.querySelector('#agency-result .bad')")
    settle(local)
    fits("agency", local)
    local.size(1366, 768)


def test_a_name_that_is_html_is_shown_as_it_is_written(local, year, tmp_path):
    name = "<img src=x onerror=alert(1)>.xlsx"
    shutil.copy(year / WRONG, tmp_path / name)
    dropped(local, "#partner-drop", tmp_path / name)
    local.wait("document.querySelector('#partner-result h3')?.textContent.startsWith('<img')")
    settle(local)
    assert local.eval("document.images.length") == 0
    local.click("#go-coordinator")
    dropped(local, "#coordinator-drop", tmp_path / name)
    settle(local)
    local.click("#consolidate")
    local.wait("$('panel-anomalies').textContent.includes('<img src=x')")
    assert local.eval("document.images.length") == 0


def test_what_is_no_workbook_is_said_to_an_agency_and_the_place_to_drop_has_the_focus(local, by_command, tmp_path):
    local.click("#go-agency")
    (tmp_path / "notice.pdf").write_bytes(b"%PDF-1.4")
    dropped(local, "#agency-drop", tmp_path / "notice.pdf")
    local.wait("!$('trouble').hidden")
    assert "déposez les synthèses reçues" in shown(local, "#trouble")
    assert local.eval("document.activeElement.id") == "agency-files"
    dropped(local, "#agency-drop", tmp_path / "notice.pdf", by_command / "synthese-ars-2025.xlsx")
    local.wait("document.querySelector('#agency-result .note')")
    assert "laissés de côté : notice.pdf" in shown(local, "#agency-result")


def test_what_was_made_of_a_right_file_does_not_stay_beside_the_refusal_of_a_wrong_one(local):
    local.click("#agency > details summary")
    for button, seen in ((0, "ce noyau est en ordre"), (1, "Comment faire")):
        local.eval(f"document.querySelectorAll('#agency-makes button')[{button}].click(); 0")
        local.wait("document.querySelector('#agency-made button:not(.saved)') && $('work').hidden")
        local.click("#agency-made button")
        saved = local.downloads / f"noyau-{button}.xlsx"
        saved.write_bytes(local.saved("description-du-noyau.xlsx"))
        local.files("#agency-files", saved)
        local.wait(f"$('agency-result').innerText.includes('{seen}') && $('work').hidden")
    assert "points à corriger" in shown(local, "#trouble")


def test_nothing_of_it_all_is_kept(local):
    caches = "(window.caches ? caches.keys() : Promise.resolve([]))"
    kept = "[localStorage.length, sessionStorage.length, document.cookie, bases.length, caught.length]"
    asked = f"(async () => {{ const bases = await indexedDB.databases(), caught = await {caches}; return {kept} }})()"
    assert local.eval(asked) == [0, 0, "", 0, 0]
