"""Last year's consolidation, the returns and the pilotage in one drop: what is made is the command line's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cls_workbook import demo, forms
from cls_workbook.cli.commands import main
from cls_workbook.pipeline.way_out import load_contrat
from tests.support.dropped_returns import drop_retour
from tests.support.opened_pages import CONTRAT, DAY, accessible, dropped, files_of, parts, settle, shown

pytestmark = [pytest.mark.exhaustive, pytest.mark.one_browser]
LAST, CONSOLIDATED = "consolidation-2024.xlsx", "consolidation-2025.xlsx"


@pytest.fixture(scope="module")
def two_years(year, tmp_path_factory) -> Path:
    """2024 as every structure may have answered it, consolidated; what the command line makes of 2025 after it."""
    here, before = tmp_path_factory.mktemp("annees"), Path.cwd()
    (here / "retours-2024").mkdir()
    contrat = load_contrat(CONTRAT, 2024)
    for structure in forms.repondants(contrat):
        drop_retour(here / "retours-2024", contrat, structure.id, annee=2024)
    shutil.copytree(year / demo.RETOURS, here / "retours")
    shutil.copy(year / "pilotage-2025.xlsx", here)
    campaign = ["--contrat", CONTRAT, "--annee", "2025", "--pilotage", "pilotage-2025.xlsx", "--precedent", LAST]
    os.chdir(here)
    try:
        of_2024 = ["--contrat", CONTRAT, "--annee", "2024", "--sortie", LAST, "--date", "2025-03-03"]
        main(["consolider", "retours-2024", *of_2024])
        main(["consolider", "retours", *campaign, "--sortie", CONSOLIDATED, "--date", DAY])
        main(["synthese", CONSOLIDATED, "--sortie", "synthese-ars-2025.xlsx"])
        main(["relances", "retours", *campaign, "--sortie", "relances", "--date", DAY])
        main(["generer", *campaign, "--par-structure", "--sortie", "classeurs"])
        main(["coordonner", *campaign, "--sortie", "coordination-2025.xlsm"])
    finally:
        os.chdir(before)
    return here


def made(local, what: str, name: str, where: str) -> dict[str, bytes]:
    """The parts of what the page makes on demand, once it is saved."""
    local.click(f"button[data-what={what}]")
    local.wait(f"document.querySelector(\"#{where} button[data-file='{name}']\")")
    settle(local)
    local.click(f"#{where} button[data-file]")
    return parts(local.saved(name))


def same_parts(zipped: dict[str, bytes], folder: Path) -> None:
    there = files_of(folder)
    assert zipped.keys() == there.keys() and len(there) > 2
    for name, content in zipped.items():
        assert parts(content) == parts(there[name]) if name.endswith(".xlsx") else content == there[name], name


def test_last_year_dropped_with_the_returns_is_compared_with_as_the_command_line_does(local, two_years):
    local.click("#go-coordinator")
    returns = sorted((two_years / "retours").iterdir())
    dropped(local, "#coordinator-drop", two_years / LAST, two_years / "pilotage-2025.xlsx", *returns)
    local.wait("!document.getElementById('consolidate').disabled")
    said = shown(local, "#received")
    assert local.eval("ofKind('retour').length") == len(returns)
    assert f"1 consolidation : {LAST}" in said and "1 pilotage" in said
    assert local.eval("$('contract').value + $('year').value") == CONTRAT + "2025"
    assert local.eval("$('consolidate').textContent") == "Consolider"
    local.click("#consolidate")
    local.wait("document.querySelector('.figures')")
    settle(local)
    for name in (CONSOLIDATED, "synthese-ars-2025.xlsx"):
        local.click(f"button[data-file='{name}']")
        assert parts(local.saved(name)) == parts((two_years / name).read_bytes()), name
    accessible(local)


def test_its_reminders_are_those_of_the_command_line_too(local, two_years):
    local.eval("$('others').open = true; 0")
    drafts = made(local, "relancer", "relances-2025.zip", "made")
    there = files_of(two_years / "relances")
    assert drafts.keys() == there.keys()
    for name, content in drafts.items():
        if not name.endswith((".xlsx", ".eml")):
            assert content == there[name], name


def test_next_years_workbooks_hold_last_years_values_as_those_of_the_command_line(local, two_years):
    local.eval("$('makes').closest('details').open = true; 0")
    same_parts(made(local, "generer", "classeurs-2025.zip", "year-made"), two_years / "classeurs")
    coordination = made(local, "coordonner", "coordination-2025.xlsm", "year-made")
    assert coordination == parts((two_years / "coordination-2025.xlsm").read_bytes())


def test_without_last_year_the_results_are_others(two_years, by_command):
    """Else the tests above would show nothing."""
    assert parts((two_years / CONSOLIDATED).read_bytes()) != parts((by_command / CONSOLIDATED).read_bytes())
