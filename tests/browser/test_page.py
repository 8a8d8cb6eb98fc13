"""The local page in real browsers: what it makes is what the command line makes, and it asks nobody for anything."""

from __future__ import annotations

import http.server
import os
import re
import shutil
import subprocess
import threading
import zipfile
from functools import partial
from pathlib import Path

import pytest

from cls_workbook import demo, resources
from cls_workbook.cli.commands import main
from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.page.making.page_writing import make
from cls_workbook.pipeline import single_returns
from tests.support import browser as browsers
from tests.support import pyodide_folder
from tests.support.agency_form_by_hand import form
from tests.support.dropped_returns import drop_retour
from tests.support.noyau_contrats import definition_with
from tests.support.opened_pages import DAY, SETTLED, accessible, opened, parts, pictured, settle, shown

WRONG = "2-retours-recus/dijon-2024-2028-2025-apo.xlsx"  # two inputs that are no figures
CONTRAT = "dijon-2024-2028"
BROWSERS = ["chromium", pytest.param("firefox", marks=pytest.mark.exhaustive)]
HANGING = """
from cls_workbook.reading.return_reader import ReturnReader
read = ReturnReader.read_content
def hang(self, content, name, *others):
    while name.endswith("apo.xlsx"):
        pass
    return read(self, content, name, *others)
ReturnReader.read_content = hang"""


def _required(reason: str) -> None:
    """Skipped where something is missing; in continuous integration, a failure."""
    if reason:
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    folder = pyodide_folder.folder()
    _required("" if folder else f"{pyodide_folder.VARIABLE} names no folder of Pyodide's files")
    _required("" if shutil.which("node") else "Node.js is not installed")
    path = tmp_path_factory.mktemp("page") / "cls.html"
    make(str(folder), path)
    return path


@pytest.fixture(scope="module")
def year(tmp_path_factory) -> Path:
    """A whole year: returns, pilotage; and two files that are no returns."""
    folder = tmp_path_factory.mktemp("annee") / "demo"
    demo.play(folder)
    (folder / "2-retours-recus" / "abime.xlsx").write_bytes(b"PK\x03\x04 coupe")
    with zipfile.ZipFile(folder / "2-retours-recus" / "hostile.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>')
    return folder


@pytest.fixture(scope="module")
def by_command(year, tmp_path_factory) -> Path:
    """What the command line makes of the same files, where the page has them."""
    here, before = tmp_path_factory.mktemp("commande"), Path.cwd()
    shutil.copytree(year / "2-retours-recus", here / "retours")
    shutil.copy(year / "pilotage-2025.xlsx", here)
    campaign = ["--contrat", CONTRAT, "--annee", "2025", "--pilotage", "pilotage-2025.xlsx"]
    os.chdir(here)
    try:
        main(["consolider", "retours", *campaign, "--sortie", "consolidation-2025.xlsx", "--date", DAY])
        main(["synthese", "consolidation-2025.xlsx", "--sortie", "synthese-ars-2025.xlsx"])
        main(["controler", f"retours/{Path(WRONG).name}", "--annoter", "copies"])
        form(Path("modele.xlsx"), {"cls_titre": "Bilan!$B$1:$D$1", "cls_retours_recus": "Bilan!$B$3"})
        main(["synthese", "consolidation-2025.xlsx", "--modele", "modele.xlsx", "--sortie", "formulaire-2025.xlsx"])
        main(["region", "synthese-ars-2025.xlsx", "--sortie", "region.xlsx"])
        main(["relances", "retours", *campaign, "--sortie", "relances", "--date", DAY])
    finally:
        os.chdir(before)
    return here


@pytest.fixture(scope="module", params=BROWSERS)
def local(request, page, tmp_path_factory):
    """The page, opened from a file as by a double click."""
    _required(browsers.missing(request.param))
    with opened(request.param, page.as_uri(), tmp_path_factory.mktemp("enregistres")) as driven:
        yield driven


# --- the three ways in ------------------------------------------------------------------------------------------------


def test_a_partner_sees_what_to_correct_and_saves_the_annotated_copy_of_the_command_line(local, year, by_command):
    local.files("#partner-files", year / WRONG)
    local.wait("document.querySelector('#partner-result article')")
    settle(local)
    said = shown(local, "#partner-result")
    assert "2 points à corriger" in said
    assert (
        re.search(r"FA 3\.1 · [A-Z]\d+", said)
        and "« env. 12 000 »" in said
        and "saisissez le montant en chiffres" in said
    )
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


def test_a_coordinator_consolidates_and_saves_what_the_command_line_makes(local, year, by_command):
    local.click("#go-coordinator")
    files = sorted((year / "2-retours-recus").iterdir())
    local.files("#coordinator-files", *files, year / "pilotage-2025.xlsx")
    local.wait("!document.getElementById('consolidate').disabled")
    assert f"{len(files)} retours" in shown(local, "#received")
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


def test_a_coordinators_own_workbook_comes_back_refreshed_and_two_returns_are_compared(local, year, tmp_path):
    if local.name != "chromium":
        pytest.skip("the same Python as in the other browser")
    campaign = ["--contrat", CONTRAT, "--annee", "2025"]
    own, made = tmp_path / "ancien.xlsm", tmp_path / "coordination-2025.xlsm"
    main(["coordonner", *campaign, "--pilotage", str(year / "pilotage-2025.xlsx"), "--sortie", str(own)])
    local.files("#coordinator-files", own)
    local.wait("document.getElementById('received').innerText.includes('2 pilotages')")
    local.click("#consolidate")
    local.wait("document.querySelector('button[data-what=rafraichir]:not([disabled])')")
    local.click("button[data-what=rafraichir]")
    local.wait("document.querySelector('#made button[data-file$=xlsm]')")
    settle(local)
    local.click("#made button[data-file]")
    there = tmp_path / "retours"
    shutil.copytree(year / "2-retours-recus", there, dirs_exist_ok=True)
    order = ["coordonner", *campaign, "--pilotage", str(own), "--retours", str(there), "--sortie", str(made)]
    main([*order, "--date", DAY])
    assert parts(local.saved(made.name)) == parts(made.read_bytes())
    local.click("#replacement summary")
    twice = [f"retours/dijon-2024-2028-2025-cpts-centre-21{more}.xlsx" for more in ("", " (2)")]
    selects = "document.querySelectorAll('#replacement select')"
    local.eval(f"{twice}.forEach((path, i) => {{ {selects}[i].value = path }})")
    local.click("#compare")
    local.wait("document.querySelector('#compared li') || !document.getElementById('trouble').hidden")
    settle(local)
    accessible(local)


def test_an_agency_gets_its_region(local, by_command):
    local.click("#go-agency")
    local.files("#agency-files", by_command / "synthese-ars-2025.xlsx")
    local.wait("document.querySelector('#agency-result button[data-file]')")
    settle(local)
    assert "1 synthèse retenue, de 1 contrat" in shown(local, "#agency-result")
    pictured(local, "region")
    local.click("#agency-result button[data-file]")
    assert parts(local.saved("region.xlsx")) == parts((by_command / "region.xlsx").read_bytes())
    accessible(local)


@pytest.fixture(scope="module")
def regional(tmp_path_factory) -> Path:
    """A contract that takes a noyau in, two returns of it, one with a fault on the common sheet; and what the command
    line makes of them."""
    here, before = tmp_path_factory.mktemp("noyau"), Path.cwd()
    os.chdir(here)
    try:
        shutil.copy(resources.folder("templates") / "noyaux" / "noyau-exemple.toml", "noyau.toml")
        Path("contrat.toml").write_text(definition_with("noyau.toml"), encoding="utf-8")
        Path("retours").mkdir()
        contrat = in_year(load("contrat.toml"), 2026)
        drop_retour(Path("retours"), contrat, "asso", annee=2026)
        wrong = {"Noyau/mesures/N-02/valeur": "une dizaine"}
        drop_retour(Path("retours"), contrat, "ccas", wrong, annee=2026)
        order = ["--contrat", "contrat.toml", "--annee", "2026", "--sortie", "consolidation-2026.xlsx", "--date", DAY]
        main(["consolider", "retours", *order])
        told = ["--sortie", "synthese-ars-2026.xlsx", "--contrat", "contrat.toml"]
        main(["synthese", "consolidation-2026.xlsx", *told])
        main(["region", "synthese-ars-2026.xlsx", "--sortie", "region.xlsx", "--entretiens", "entretiens"])
    finally:
        os.chdir(before)
    return here


@pytest.mark.exhaustive
def test_a_contract_with_a_noyau_goes_the_three_ways_and_its_region_is_that_of_the_command_line(local, regional):
    if local.name != "chromium":
        pytest.skip("the same Python as in the other browser")
    definitions = [regional / "noyau.toml", regional / "contrat.toml"]
    local.click("#go-partner")
    local.files("#partner-files", *definitions)
    local.wait("document.querySelector('#partner-result .note')")
    assert "Définition reçue" in shown(local, "#partner-result")
    local.files("#partner-files", regional / "retours" / "ccas.xlsx")
    local.wait("document.querySelector('#partner-result h3')?.textContent === 'ccas.xlsx'")
    settle(local)
    assert "Noyau régional" in shown(local, "#partner-result") and "« une dizaine »" in shown(local, "#partner-result")
    pictured(local, "noyau-partenaire")

    local.click("#go-coordinator")
    local.eval("document.querySelector('#received button')?.click(); 0")
    local.files("#coordinator-files", *definitions, *sorted((regional / "retours").iterdir()))
    local.wait("document.getElementById('received').innerText.includes('2 retours')")
    settle(local)
    assert "1 noyau" in shown(local, "#received")
    assert (
        local.eval("document.getElementById('contract').value + document.getElementById('year').value") == "essai2026"
    )
    local.click("#consolidate")
    local.wait("document.querySelector(\"button[data-file='consolidation-2026.xlsx']\")")
    settle(local)
    pictured(local, "noyau-coordination")
    for name in ("consolidation-2026.xlsx", "synthese-ars-2026.xlsx"):
        local.click(f"button[data-file='{name}']")
        assert parts(local.saved(name)) == parts((regional / name).read_bytes()), name

    local.click("#go-agency")
    local.files("#agency-files", regional / "synthese-ars-2026.xlsx")
    local.wait("document.querySelector(\"#agency-result button[data-file='entretiens.zip']\")")
    settle(local)
    pictured(local, "noyau-region")
    local.click("#agency-result button[data-file='region.xlsx']")
    assert parts(local.saved("region.xlsx")) == parts((regional / "region.xlsx").read_bytes())
    local.click("#agency-result button[data-file='entretiens.zip']")
    (made,) = parts(local.saved("entretiens.zip")).items()
    assert made[0] == "entretien-essai.xlsx"
    assert parts(made[1]) == parts((regional / "entretiens" / made[0]).read_bytes())
    local.eval("document.querySelector('#agency details').open = true; 0")
    local.files("#agency-files", regional / "noyau.toml")
    local.wait("document.querySelector('#agency-result .note')")
    assert "ce noyau est en ordre" in shown(local, "#agency-result")
    accessible(local)


def test_what_the_page_holds_is_listed_with_licences(local):
    local.click("#about-open")
    rows = shown(local, "#components")
    assert "pandas" in rows and "BSD-3-Clause" in rows and "MPL-2.0" in rows
    accessible(local)
    local.click("#components-save")
    assert b'"bomFormat": "CycloneDX"' in local.saved("cls-composants.cdx.json")
    local.click("#about-close")


def test_closing_with_results_that_were_not_saved_asks_first(local):
    local.eval("unsaved.clear()")
    asks = "(e => { dispatchEvent(e); return e.defaultPrevented })(new Event('beforeunload', {cancelable: true}))"
    assert local.eval(asks) is False
    local.eval("unsaved.add('consolidation-2025.xlsx')")
    assert local.eval(asks) is True
    local.eval("unsaved.clear()")


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


def test_what_is_under_way_can_be_stopped_and_done_again(local):
    local.click("#go-coordinator")
    local.wait("!document.getElementById('consolidate').disabled")
    local.eval("document.getElementById('consolidate').click(); document.getElementById('work-stop').click(); 0")
    local.wait("!document.getElementById('trouble').hidden")
    assert "Arrêté" in shown(local, "#trouble")
    local.wait(SETTLED)
    local.click("#consolidate")
    local.wait("document.getElementById('trouble').hidden && document.getElementById('work').hidden")
    settle(local)


def test_a_file_that_really_hangs_costs_that_file_and_the_others_are_read(local):
    if local.name != "chromium":
        pytest.skip("the protocol that drives it does not reach the worker")
    local.click("#go-coordinator")
    local.wait("!document.getElementById('consolidate').disabled")
    local.python(HANGING)
    local.eval("document.documentElement.dataset.delay = '6'; 0")
    local.click("#consolidate")
    local.wait("document.getElementById('work-text').textContent.includes('apo')")
    local.wait("job === null && document.getElementById('panel-anomalies').textContent.includes('ne se termine pas')")
    settle(local)
    local.eval("document.documentElement.dataset.delay = '60'; 0")
    local.click("#tab-anomalies")
    lines = shown(local, "#panel-anomalies").split("bloquant")
    assert any("apo.xlsx" in line and "ne se termine pas" in line for line in lines)
    assert "34 retours reçus sur 38" in shown(local, "#coordinator-result")


# --- nothing leaves ---------------------------------------------------------------------------------------------------


def test_nothing_was_asked_of_any_network_and_no_policy_was_broken(local, page):
    log = local.log()
    assert {address.partition(":")[0] for address in log["asked"]} <= {"file", "blob", "data"}
    if local.name == "chromium":  # the other's log does not see files
        assert log["asked"].count(page.as_uri()[:100]) == 1
    assert [line for line in log["said"] if "ne se termine pas" not in line] == []  # Python told of the hung return


@pytest.mark.parametrize(
    ("script", "libraries"), [("page.js", "es2022,dom,dom.iterable"), ("worker.js", "es2022,webworker")]
)
def test_its_scripts_are_of_the_types_that_they_say(script, libraries):
    compiler = Path(os.environ.get("NODE_PATH", ""), "typescript", "bin", "tsc")
    _required("" if shutil.which("node") and compiler.exists() else "npm's typescript is not in NODE_PATH")
    path = str(resources.folder("templates") / "page" / script)
    options = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--lib", libraries]
    found = subprocess.run(["node", str(compiler), *options, path], capture_output=True, text=True)
    assert found.stdout + found.stderr == ""


class _Recorder(http.server.SimpleHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("name", BROWSERS)
def test_served_by_an_intranet_it_works_as_well_and_its_policy_lets_nothing_out(name, page, year, tmp_path):
    _required(browsers.missing(name))
    _Recorder.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Recorder, directory=str(page.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    try:
        with opened(name, f"{here}/cls.html", tmp_path) as driven:
            driven.files("#partner-files", year / WRONG)
            driven.wait("document.querySelector('#partner-result article')")
            assert "2 points à corriger" in shown(driven, "#partner-result")
            tries = (
                f"fetch('{here}/fuite').catch(() => 0)",
                f"new Image().src = '{here}/fuite'",
                f"navigator.sendBeacon('{here}/fuite', 'x')",
                f"(() => {{ const x = new XMLHttpRequest(); x.open('GET', '{here}/fuite'); x.send() }})()",
            )
            for attempt in tries:
                driven.eval(f"(() => {{ try {{ {attempt} }} catch (e) {{}} return 0 }})()")
            driven.wait("true")
    finally:
        server.shutdown()
    assert [path for path in _Recorder.asked if path != "/favicon.ico"] == ["/cls.html"]
