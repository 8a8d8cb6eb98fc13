"""Texts that would be HTML, read backwards or push the page off its screen: shown as texts, wherever they are shown."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.support import hostile_page
from tests.support.opened_pages import WRONG, dropped, settle, shown

pytestmark = [pytest.mark.exhaustive, pytest.mark.one_browser]
SHEET = "<img src=x onerror='a'>&\""
ELEMENTS = "document.querySelectorAll('img, iframe, object, body a:not(.skip), [onerror], [onclick]').length"
WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> list[Path]:
    """A definition, then returns on it."""
    here = tmp_path_factory.mktemp("hostile")
    reference = hostile_page.definition(here)
    return [reference, *hostile_page.files(here, reference)]


def is_only_text(local) -> None:
    """Nothing of it became an element; nothing leaves the screen, however narrow."""
    assert local.eval(ELEMENTS) == 0
    for width in (320, 1366):
        local.size(width, 768)
        assert local.eval(WIDE) <= 0, width


def test_a_coordinator_reads_them_as_texts_in_each_table_list_and_choice(local, hostile):
    local.click("#go-coordinator")
    dropped(local, "#coordinator-drop", *hostile)
    local.wait("ofKind('retour').length === 4 && $('work').hidden && !job")
    settle(local)
    assert hostile_page.HTML in local.eval("$('contract').selectedOptions[0].textContent")
    local.eval("choose('essai', 2025); buttons(); 0")
    is_only_text(local)
    local.click("#consolidate")
    local.wait("document.querySelector('.figures') && $('work').hidden && !job")
    settle(local)
    for tab in ("board", "anomalies", "who"):
        local.click(f"#tab-{tab}")
        assert hostile_page.HTML in shown(local, f"#panel-{tab}")
        is_only_text(local)
    local.eval("$('others').open = true; $('replacement').open = true; 0")
    assert local.eval("[...document.querySelectorAll('#replacement option')].some(o => o.text.includes('onerror'))")
    local.click("#compare")
    local.wait("document.querySelector('#compared li') && !job")
    assert "remplace" in shown(local, "#compared")
    is_only_text(local)
    local.eval("document.querySelectorAll('button[data-file]').forEach(b => b.classList.add('saved')); 0")


def test_a_partner_reads_them_as_texts_and_what_is_saved_has_a_name_that_every_system_takes(local, hostile):
    local.click("#go-partner")
    dropped(local, "#partner-drop", *hostile)
    local.wait("document.querySelectorAll('#partner-result article').length === 4 && !job")
    settle(local)
    assert hostile_page.HTML in shown(local, "#partner-result")
    backwards = "document.querySelector('#partner').textContent.search(/[\\u202a-\\u202e]/)"
    assert local.eval(backwards) == -1  # « gnp.xlsx » is not read « xslx.png »
    is_only_text(local)
    buttons = "document.querySelectorAll('#partner-result button[data-file]')"
    assert local.eval(f"{buttons}.length") == 2
    for rank, name in enumerate(("___img src=x onerror=alert(1)__gnp-annote.xlsx", "__.._fuite-annote.xlsx")):
        local.eval(f"{buttons}[{rank}].click()")
        assert local.saved(name).startswith(b"PK")


def test_a_sheet_named_so_is_named_as_a_text(local, year, tmp_path):
    book = openpyxl.load_workbook(year / WRONG)
    book["FA 3.1"].title = SHEET
    book.save(tmp_path / "feuille.xlsx")
    local.click("#go-partner")
    local.files("#partner-files", tmp_path / "feuille.xlsx")
    local.wait("document.querySelector('#partner-result h3')?.textContent === 'feuille.xlsx' && !job")
    settle(local)
    assert SHEET in shown(local, "#partner-result")
    is_only_text(local)


def test_an_agency_reads_them_as_texts_in_what_is_kept_set_aside_and_exported(local, year, hostile, tmp_path):
    kept = tmp_path / hostile_page.FILES[0]
    kept.write_bytes((year / "synthese-ars-2025.xlsx").read_bytes())
    local.click("#go-agency")
    dropped(local, "#agency-drop", kept, *hostile[2:])
    local.wait("document.querySelector('#agency-result table') && !job")
    settle(local)
    assert "1 synthèse retenue" in shown(local, "#agency-result") and "mais le retour" in shown(local, "#agency-result")
    local.eval("document.querySelector('#agency-result details').open = true; 0")
    assert local.eval("[...document.querySelectorAll('#agency-result option')].some(o => o.text.includes('onerror'))")
    is_only_text(local)
    local.click("#agency-result button[data-what=exporter]")
    local.wait("document.querySelector('#agency-exported button[data-file]') && !job")
    settle(local)
    is_only_text(local)
    local.click("#agency-exported button[data-file]")
    assert local.saved("export-csv-excel-___img src=x onerror=alert(1)__gnp.zip").startswith(b"PK")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("copies/retour (2).xlsx", "retour (2).xlsx"),
        ("a/..\\\\..\\\\b.xlsx", "__.._b.xlsx"),
        ("deux\\nlignes.xlsx", "deux_lignes.xlsx"),
        ("\\u202egnp.exe.xlsx", "_gnp.exe.xlsx"),
        ("é" * 250 + "-annote.xlsx", "é" * 150 + ".xlsx"),
    ],
)
def test_names_of_what_is_saved_are_made_safe(local, path, name):
    assert local.eval(f"safeName('{path}')") == name
