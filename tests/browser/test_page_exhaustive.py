"""More of the local page in a real browser: a contract with a noyau, contracts described, a year to try it on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cls_workbook import resources
from cls_workbook.cli.commands import main
from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.contrat_years import in_year
from tests.support.dropped_returns import drop_retour
from tests.support.noyau_contrats import definition_with
from tests.support.opened_pages import DAY, accessible, files_of, parts, pictured, settle, shown

pytestmark = pytest.mark.exhaustive


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


def test_a_year_to_try_the_page_on_is_that_of_the_command(local, year):
    local.click("#go-coordinator")
    local.click(".inputs summary")
    local.click("button[data-what=demo]")
    local.wait("document.querySelector('#year-made button[data-file]')")
    settle(local)
    local.click("#year-made button[data-file]")
    made = parts(local.saved("demo-cls.zip"))
    there = {n: c for n, c in files_of(year).items() if Path(n).name not in ("abime.xlsx", "hostile.xlsx")}
    assert made.keys() == there.keys() and len(made) > 30
    for name, content in made.items():
        assert parts(content) == parts(there[name]) if name.endswith("sx") else content == there[name], name
    accessible(local)


def test_lists_and_workbooks_that_describe_are_made_as_asked(local, tmp_path):
    local.eval("listForm.value = 'csv'; listStructure.value = 'apo'; choose('dijon-2024-2028', 2025); 0")
    for what, name in (("dictionnaire", "dictionnaire-2025.csv"), ("anomalies", "anomalies.txt")):
        local.click(f"button[data-what={what}]")
        local.wait(f"document.querySelector(\"#year-made button[data-file='{name}']\")")
        settle(local)
        local.click("#year-made button[data-file]")
    order = ["--contrat", "dijon-2024-2028", "--annee", "2025", "--structure", "apo", "--format", "csv"]
    main(["dictionnaire", *order, "--sortie", str(tmp_path / "d.csv")])
    assert local.saved("dictionnaire-2025.csv") == (tmp_path / "d.csv").read_bytes()
    assert b"MONTANT_ILLISIBLE" in local.saved("anomalies.txt")


def test_last_years_consolidation_leaves_the_year_that_was_chosen(local, by_command):
    """It is dropped to prepare the next one; chosen for no other year, it is the one to resume."""
    local.eval("document.querySelector('#received button')?.click(); choose('dijon-2024-2028', 2026); 0")
    local.files("#coordinator-files", by_command / "consolidation-2025.xlsx")
    local.wait("document.getElementById('received').innerText.includes('consolidation')")
    settle(local)
    assert local.eval("$('year').value") == "2026"
    local.eval("document.querySelector('#received button').click(); choose('dijon-2024-2028', 2024); 0")
    local.files("#coordinator-files", by_command / "consolidation-2025.xlsx")
    local.wait("$('consolidate').textContent === 'Reprendre la consolidation 2025'")
