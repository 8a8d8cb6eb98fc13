"""The local page in real browsers: what it makes is what the command line makes, and it asks nobody for anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cls_workbook import demo, resources
from cls_workbook.page.making.page_writing import SCRIPTS
from cls_workbook.pipeline import single_returns
from tests.support import browser as browsers
from tests.support.opened_pages import (
    CONTRAT,
    WRONG,
    accessible,
    files_of,
    opened,
    parts,
    pictured,
    required,
    settle,
    shown,
)
from tests.support.served_pages import served

# --- the three ways in ------------------------------------------------------------------------------------------------


def test_a_partner_sees_what_to_correct_and_saves_the_annotated_copy_of_the_command_line(local, year, by_command):
    local.files("#partner-files", year / WRONG)
    local.wait("document.querySelector('#partner-result article')")
    settle(local)
    said = shown(local, "#partner-result")
    assert "2 points à corriger" in said and "Contrat Local de Santé de Dijon métropole 2024-2028, année 2025" in said
    assert (
        re.search(r"FA 3\.1 · [A-Z]\d+", said)
        and "« env. 12 000 »" in said
        and "saisissez le montant en chiffres" in said
    )
    assert local.eval("document.querySelectorAll('#partner-result input').length") == 0  # all alike: nothing to filter
    local.click("#partner-result button[data-file]")
    name = Path(WRONG).stem + "-annote.xlsx"
    assert parts(local.saved(name)) == parts((by_command / "copies" / name).read_bytes())
    pictured(local, "partenaire")
    accessible(local)


def test_a_partner_whose_workbook_is_right_is_told_so_as_plainly(local, year):
    returns = sorted((year / demo.RETOURS).glob("dijon-*.xlsx"))
    right = next(path for path in returns if not single_returns.controler([str(path)]))
    local.files("#partner-files", right)
    local.wait(f"document.querySelector('#partner-result h3')?.textContent === '{right.name}'")
    settle(local)
    assert "Rien à corriger" in shown(local, "#partner-result")
    assert local.eval("document.querySelectorAll('#partner-result button[data-file]').length") == 0


def test_a_coordinator_consolidates_and_saves_what_the_command_line_makes(local, year, by_command):
    local.click("#go-coordinator")
    files = sorted((year / "2-retours-recus").iterdir())
    local.files("#coordinator-files", *files, year / "pilotage-2025.xlsx")
    local.wait("!document.getElementById('consolidate').disabled")
    assert f"{len(files)} fichiers de retour" in shown(local, "#received")
    assert (
        local.eval("document.getElementById('contract').value + document.getElementById('year').value")
        == CONTRAT + "2025"
    )
    pictured(local, "depot")
    if local.name == "chromium":
        local.eval("document.getElementById('consolidate').focus()")
        local.keys("Enter")
    else:  # the protocol that drives it leaves keys to a window that is not in front
        local.click("#consolidate")
    local.wait("document.querySelector('#coordinator-result .figures')")
    settle(local)
    assert "35 retours reçus sur 38" in shown(local, "#coordinator-result")
    pictured(local, "coordination")
    for name in ("consolidation-2025.xlsx", "synthese-ars-2025.xlsx"):
        local.click(f"button[data-file='{name}']")
        assert parts(local.saved(name)) == parts((by_command / name).read_bytes()), name


def test_the_list_of_anomalies_filters_by_gravity_and_fiche_and_names_the_broken_files(local):
    local.click("#tab-anomalies")
    pictured(local, "anomalies")
    list_of_them = "document.querySelector('#panel-anomalies .scroll')"
    assert local.eval(f"{list_of_them}.scrollWidth <= {list_of_them}.clientWidth")  # whole on an ordinary screen
    said = shown(local, "#panel-anomalies")
    assert "abime.xlsx" in said and "hostile.xlsx" in said and re.search(r"FA 3\.1 · [A-Z]\d+", said)
    local.eval("[...document.querySelectorAll('#panel-anomalies input')].slice(1).forEach(i => i.click())")
    blocking = local.eval("document.querySelectorAll('#panel-anomalies tbody tr').length")
    assert blocking == local.eval("document.querySelectorAll('#panel-anomalies .pill.bloquant').length") > 0
    select = "document.querySelector('#panel-anomalies select')"
    local.eval(f"{select}.value = '3.1'; {select}.dispatchEvent(new Event('change'))")
    assert 0 < local.eval("document.querySelectorAll('#panel-anomalies tbody tr').length") < blocking
    if local.name == "chromium":
        local.eval("document.getElementById('tab-anomalies').focus()")
        local.keys("ArrowRight")
        assert local.eval("document.activeElement.id") == "tab-who"
        local.keys("Home", "End")
        assert local.eval("document.activeElement.id + $('panel-who').hidden") == "tab-whofalse"
    else:
        local.click("#tab-who")
    assert "manquant" in shown(local, "#panel-who")
    accessible(local)


def test_drafts_of_reminders_are_those_of_the_command_line(local, by_command):
    local.click("#others summary")
    pictured(local, "autres-fichiers")
    local.click("button[data-what=relancer]")
    local.wait("document.querySelector('#made button[data-file]')")
    settle(local)
    local.click("#made button[data-file]")
    made = parts(local.saved("relances-2025.zip"))
    there = {
        p.relative_to(by_command / "relances").as_posix(): p
        for p in (by_command / "relances").rglob("*")
        if p.is_file()
    }
    assert made.keys() == there.keys() and len(made) > 2
    for name, content in made.items():
        if not name.endswith((".xlsx", ".eml")):
            assert content == there[name].read_bytes(), name


def test_an_agencys_form_is_filled_as_the_command_line_fills_it(local, by_command):
    local.files("#form-file", by_command / "modele.xlsx")
    local.wait("document.querySelector('#made button[data-file^=formulaire]')")
    settle(local)
    local.click("#made button[data-file]")
    assert parts(local.saved("formulaire-2025.xlsx")) == parts((by_command / "formulaire-2025.xlsx").read_bytes())


def test_an_agency_gets_its_region(local, by_command):
    local.click("#go-agency")
    local.files("#agency-files", by_command / "synthese-ars-2025.xlsx")
    local.wait("document.querySelector('#agency-result button[data-file]')")
    settle(local)
    assert "1 synthèse retenue, de 1 contrat" in shown(local, "#agency-result")
    pictured(local, "region")
    local.click("#agency-result button[data-file]")
    assert parts(local.saved("region.xlsx")) == parts((by_command / "region.xlsx").read_bytes())
    local.click("#agency-result summary")
    local.click("#agency-result button[data-what=exporter]")
    local.wait("document.querySelector('#agency-exported button[data-file]')")
    settle(local)
    local.click("#agency-exported button[data-file]")
    assert parts(local.saved("export-csv-excel-synthese-ars-2025.zip")) == files_of(by_command / "export-synthese")
    accessible(local)


def test_what_the_page_holds_is_listed_with_licences(local):
    local.click("#about-open")
    assert local.eval("document.activeElement.id") == "about-title"  # read from its beginning
    rows = shown(local, "#components")
    assert "pandas" in rows and "BSD-3-Clause" in rows and "MPL-2.0" in rows
    accessible(local)
    local.click("#components-save")
    assert b'"bomFormat": "CycloneDX"' in local.saved("cls-composants.cdx.json")
    local.click("#about-close")


def test_what_is_printed_is_the_table_without_what_only_a_screen_can_do(local):
    if local.name != "chromium":
        pytest.skip("the protocol that drives it does not print")
    local.click("#go-coordinator")
    local.size(718, 1000)  # a sheet of A4 upright, as a browser prints it
    local.medium("print")
    display = "[...document.querySelectorAll('header, .tabs, .drop, .card.more, .figures, #panel-who tr')]"
    shown_of = local.eval(f"{display}.map(e => [e.className || e.tagName, getComputedStyle(e).display])")
    assert {name for name, kind in shown_of if kind != "none"} == {"figures", "TR"}
    assert {kind for name, kind in shown_of if name == "TR"} == {"table-row"}
    local.medium("screen")


def test_what_was_compiled_when_the_page_was_made_serves_at_its_start_all_of_it(local):
    if local.name != "chromium":
        pytest.skip("the protocol that drives it does not reach the worker")
    settle(local)
    local.python("import kept_code; assert not kept_code.HELD")


def test_closing_with_results_that_were_not_saved_asks_first(local):
    local.eval("document.querySelectorAll('button[data-file]').forEach(b => b.classList.add('saved'))")
    asks = "(e => { dispatchEvent(e); return e.defaultPrevented })(new Event('beforeunload', {cancelable: true}))"
    assert local.eval(asks) is False
    local.eval("document.querySelector('button[data-file]').classList.remove('saved')")
    assert local.eval(asks) is True
    local.eval("document.querySelector('button[data-file]').classList.add('saved')")


# --- when things go wrong ---------------------------------------------------------------------------------------------


def test_a_fault_of_ours_is_a_sentence_and_a_report_to_send_and_the_page_goes_on(local, year):
    local.eval("ask({what: 'inconnu'}, new Map()).then(trouble); 0")
    local.wait("!document.getElementById('trouble').hidden")
    assert "L’outil est en faute, pas vous" in shown(local, "#trouble")
    local.eval("document.querySelector('#trouble .buttons button').click()")
    assert b"KeyError: 'inconnu'" in local.saved("rapport-cls.txt")
    local.click("#go-partner")
    local.files("#partner-files", year / WRONG)
    local.wait("document.querySelector('#partner-result h3')?.textContent.includes('apo')")


# --- nothing leaves ---------------------------------------------------------------------------------------------------


def test_nothing_was_asked_of_any_network_and_no_policy_was_broken(local, page):
    log = local.log()
    assert {address.partition(":")[0] for address in log["asked"]} <= {"file", "blob", "data"}
    if local.name == "chromium":  # the other's log does not see files
        assert log["asked"].count(page.as_uri()[:100]) == 1
    assert log["said"] == []


@pytest.mark.parametrize(
    ("scripts", "libraries"),
    [([f"scripts/{part}.js" for part in SCRIPTS], "es2022,dom,dom.iterable"), (["worker.js"], "es2022,webworker")],
)
def test_its_scripts_are_of_the_types_that_they_say(scripts, libraries):
    compiler = Path(os.environ.get("NODE_PATH", ""), "typescript", "bin", "tsc")
    required("" if shutil.which("node") and compiler.exists() else "npm's typescript is not in NODE_PATH")
    paths = [str(resources.folder("templates") / "page" / script) for script in scripts]
    options = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--lib", libraries]
    found = subprocess.run(["node", str(compiler), *options, *paths], capture_output=True, text=True)
    assert found.stdout + found.stderr == ""


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", browsers.EXECUTABLES)
def test_served_by_an_intranet_it_works_as_well_and_its_policy_lets_nothing_out(name, page, year, tmp_path):
    required(browsers.missing(name))
    with served(page.parent) as there, opened(name, f"{there.address}/{page.name}", tmp_path) as driven:
        driven.files("#partner-files", year / WRONG)
        driven.wait("document.querySelector('#partner-result article')")
        assert "2 points à corriger" in shown(driven, "#partner-result")
        tries = (
            f"fetch('{there.address}/fuite').catch(() => 0)",
            f"new Image().src = '{there.address}/fuite'",
            f"navigator.sendBeacon('{there.address}/fuite', 'x')",
            f"(() => {{ const x = new XMLHttpRequest(); x.open('GET', '{there.address}/fuite'); x.send() }})()",
        )
        for attempt in tries:
            driven.eval(f"(() => {{ try {{ {attempt} }} catch (e) {{}} return 0 }})()")
        driven.wait("true")
    assert [path for path in there.asked if path != "/favicon.ico"] == [f"/{page.name}"]
