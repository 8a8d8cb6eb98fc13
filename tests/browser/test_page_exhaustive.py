"""More of the local page in a real browser: what is resumed, stopped or hangs, a contract with a noyau, contracts
described, a year to try it on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cls_workbook import demo, resources
from cls_workbook.cli.commands import main
from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.contrat_years import in_year
from tests.support.changed_pages import changed, with_python
from tests.support.dropped_returns import drop_retour
from tests.support.noyau_contrats import definition_with
from tests.support.opened_pages import (
    CONTRAT,
    DAY,
    SETTLED,
    accessible,
    files_of,
    opened,
    parts,
    pictured,
    settle,
    shown,
)

pytestmark = pytest.mark.exhaustive
HANGING = """
from cls_workbook.reading.return_reader import ReturnReader
read = ReturnReader.read_content
def hang(self, content, name, *others):
    while name.endswith("apo.xlsx"):
        pass
    return read(self, content, name, *others)
ReturnReader.read_content = hang"""
# Only that file is given little time: on a busy machine any other may take long.
IMPATIENT_UNTIL_ITS_WORKER_ENDS = """(() => {
  const root = document.documentElement, usual = root.dataset.delay;
  root.dataset.delay = '1';
  const look = setInterval(() => { if (!ready) { root.dataset.delay = usual; clearInterval(look); } }, 20);
})()"""


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


@pytest.fixture
def dropped(local, year) -> None:
    """The coordinator's page holds the files of the year."""
    local.click("#go-coordinator")
    if not local.eval("ofKind('retour').length"):
        local.files("#coordinator-files", *sorted((year / "2-retours-recus").iterdir()), year / "pilotage-2025.xlsx")
    local.wait("!document.getElementById('consolidate').disabled")


def test_a_coordinators_own_workbook_comes_back_refreshed_and_two_returns_are_compared(local, dropped, year, tmp_path):
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


def test_a_consolidation_made_before_is_resumed_with_logos_and_its_tables_for_other_tools(
    local, dropped, year, by_command
):
    local.click("#received button")
    local.files("#coordinator-files", by_command / "consolidation-2025.xlsx")
    local.wait("document.getElementById('consolidate').textContent === 'Reprendre la consolidation 2025'")
    local.click("#consolidate")
    local.wait("document.querySelector('#coordinator-result .figures')")
    settle(local)
    assert "35 retours reçus sur 38" in shown(local, "#coordinator-result")
    local.click("button[data-file='synthese-ars-2025.xlsx']")
    synthese = (by_command / "synthese-ars-2025.xlsx").read_bytes()
    assert parts(local.saved("synthese-ars-2025.xlsx")) == parts(synthese)
    local.click("#others summary")
    local.files("#logo-files", by_command / "logos" / "ville.png")
    local.wait("document.querySelector('#made button[data-file^=synthese]')")
    local.eval("document.querySelector('#others .fields input').value = 'Fiche,Statut'; 0")
    local.click("#made button[data-file]")
    assert parts(local.saved("synthese-ars-2025.xlsx")) == parts((by_command / "avec-logos.xlsx").read_bytes())
    local.click("button[data-what=exporter]")
    local.wait("document.querySelector('#made button[data-file^=export]')")
    settle(local)
    local.click("#made button[data-file]")
    assert parts(local.saved("export-csv-excel-consolidation-2025.zip")) == files_of(by_command / "export")
    accessible(local)
    local.click("#received button")
    local.files("#coordinator-files", *sorted((year / "2-retours-recus").iterdir()), year / "pilotage-2025.xlsx")
    local.wait("document.getElementById('consolidate').textContent === 'Consolider'")
    settle(local)


def test_what_is_under_way_can_be_stopped_and_done_again(local, dropped):
    local.eval("document.getElementById('consolidate').click(); document.getElementById('work-stop').click(); 0")
    local.wait("!document.getElementById('trouble').hidden")
    assert "Arrêté" in shown(local, "#trouble")
    local.wait(SETTLED)
    local.click("#consolidate")
    local.wait("document.getElementById('trouble').hidden && document.getElementById('work').hidden")
    settle(local)


def test_a_file_that_really_hangs_costs_that_file_and_the_others_are_read(local, page, year, tmp_path):
    hanging = changed(page, tmp_path / "hangs.html", with_python(HANGING))
    with opened(local.name, hanging.as_uri(), tmp_path) as driven:
        driven.click("#go-coordinator")
        driven.files("#coordinator-files", *sorted((year / demo.RETOURS).iterdir()))
        driven.wait("!document.getElementById('consolidate').disabled")
        driven.click("#consolidate")
        driven.wait("document.getElementById('work-text').textContent.includes('apo')")
        driven.eval(IMPATIENT_UNTIL_ITS_WORKER_ENDS)
        driven.wait(
            "job === null && document.getElementById('panel-anomalies')?.textContent.includes('ne se termine pas')"
        )
        settle(driven)
        driven.click("#tab-anomalies")
        lines = shown(driven, "#panel-anomalies").split("bloquant")
        assert any("apo.xlsx" in line and "ne se termine pas" in line for line in lines)
        assert "34 retours reçus sur 38" in shown(driven, "#coordinator-result")


def test_a_contract_with_a_noyau_goes_the_three_ways_and_its_region_is_that_of_the_command_line(local, regional):
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
    local.wait("ofKind('retour').length === 2")
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
    local.eval("$('makes').closest('details').open = true; 0")
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
