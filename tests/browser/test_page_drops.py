"""Folders and archives given to the local page: what is of someone is taken in, whatever lies beside it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cls_workbook import demo
from cls_workbook.cli.commands import main
from tests.support.browser import Browser
from tests.support.dropped_folders import as_entries, closed
from tests.support.opened_pages import CONTRAT, DAY, dropped, parts, settle, shown

pytestmark = pytest.mark.exhaustive
BESIDE = (
    ".~lock.apo.xlsx#",
    "~$apo.xlsx",
    "Thumbs.db",
    ".DS_Store",
    "desktop.ini",
    "reçus en mars/~$autre.xlsx",
    "reçus en mars/.~lock.autre.ods#",
    "reçus en mars/__MACOSX/._apo.xlsx",
)
RETURNS = "ofKind('retour').map(([path]) => path).sort()"


@pytest.fixture(scope="module")
def received(year, by_command, tmp_path_factory) -> Path:
    """A folder as it is received: folders in it, what systems and spreadsheets leave there; and its consolidation."""
    here, before = tmp_path_factory.mktemp("recu"), Path.cwd()
    folder = here / "mes retours"
    (folder / "reçus en mars" / "encore").mkdir(parents=True)
    (folder / "reçus en mars" / "__MACOSX").mkdir()
    for rank, path in enumerate(sorted((year / demo.RETOURS).glob("dijon-*"))):
        shutil.copy(path, folder / ("", "reçus en mars", "reçus en mars/encore")[rank % 3])
    for name in BESIDE:
        (folder / name).write_bytes(b"x")
    os.chdir(here)
    try:
        order = ["--contrat", CONTRAT, "--annee", "2025", "--sortie", "consolidation-2025.xlsx", "--date", DAY]
        main(["consolider", "mes retours", *order])
    finally:
        os.chdir(before)
    shutil.copytree(folder, here / "synthèses" / "de la région")
    for path in (here / "synthèses").rglob("dijon-*"):
        path.unlink()
    shutil.copy(by_command / "synthese-ars-2025.xlsx", here / "synthèses" / "de la région")
    return here


def chosen(driven: Browser, way: str, folder: Path) -> None:
    driven.files(f"#{way}-folder", folder)


def let_go(driven: Browser, way: str, folder: Path) -> None:
    driven.drop(f"#{way}-drop", folder)


def entered(driven: Browser, way: str, folder: Path) -> None:
    as_entries(driven, f"#{way}-drop", folder)


@pytest.mark.parametrize("give", [chosen, let_go, entered])
def test_a_folder_with_folders_in_it_gives_the_command_lines_results_and_nothing_of_systems(local, received, give):
    if local.name == "firefox" and give is not entered:
        pytest.skip("the protocol that drives it gives no folder to a page")
    local.click("#go-coordinator")
    local.eval("document.querySelector('#received button')?.click(); 0")
    give(local, "coordinator", received / "mes retours")
    local.wait("!document.getElementById('consolidate').disabled")
    returns = (p.relative_to(received).as_posix() for p in (received / "mes retours").rglob("dijon-*"))
    assert local.eval(RETURNS) == sorted(returns)
    local.click("#consolidate")
    local.wait("document.querySelector('#coordinator-result .figures')")
    settle(local)
    local.click("button[data-file='consolidation-2025.xlsx']")
    there = (received / "consolidation-2025.xlsx").read_bytes()
    assert parts(local.saved("consolidation-2025.xlsx")) == parts(there)


@pytest.mark.parametrize("give", [chosen, entered])
def test_an_agencys_folder_is_as_good_and_nothing_of_systems_is_told(local, received, give):
    if local.name == "firefox" and give is chosen:
        pytest.skip("the protocol that drives it gives no folder to a page")
    local.click("#go-agency")
    local.eval("$('agency-result').replaceChildren(); 0")
    give(local, "agency", received / "synthèses")
    local.wait("document.querySelector('#agency-result button[data-file]')")
    settle(local)
    said = shown(local, "#agency-result")
    assert "1 synthèse retenue, de 1 contrat" in said and "laissés de côté" not in said and "écartés" not in said


def test_a_partners_folder_is_read_file_by_file(local, received):
    local.click("#go-partner")
    entered(local, "partner", received / "mes retours")
    local.wait("document.querySelectorAll('#partner-result article').length === 15")
    settle(local)
    assert "~$" not in shown(local, "#partner-result") and "Thumbs" not in shown(local, "#partner-result")


def test_more_files_than_a_browser_gives_at_once_all_come(local, tmp_path):
    (tmp_path / "notes").mkdir()
    for rank in range(230):
        (tmp_path / "notes" / f"{rank}.txt").write_bytes(b"x")
    local.click("#go-coordinator")
    local.eval("document.querySelector('#received button')?.click(); 0")
    entered(local, "coordinator", tmp_path / "notes")
    local.wait("ofKind('retour').length === 230")
    settle(local)
    local.eval("document.querySelector('#received button').click(); 0")


@pytest.mark.parametrize("way", ["partner", "coordinator", "agency"])
def test_a_folder_that_may_not_be_opened_or_holds_nothing_says_what_to_do(local, tmp_path, way):
    local.click(f"#go-{way}")
    closed(local, f"#{way}-drop")
    local.wait("!$('trouble').hidden && $('work').hidden")
    button = "un fichier" if way == "partner" else "un dossier"
    assert f"utilisez le bouton « Choisir {button} »" in shown(local, "#trouble")
    for name in ("Thumbs.db", "~$retour.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    dropped(local, f"#{way}-drop", tmp_path / "Thumbs.db", tmp_path / "~$retour.xlsx")
    local.wait("!$('trouble').hidden && $('work').hidden && $('trouble').textContent.startsWith('Rien')")
    assert "déposez des fichiers" in shown(local, "#trouble")
    dropped(local, f"#{way}-drop")
    local.wait("!$('trouble').hidden && $('work').hidden")
    assert "déposez des fichiers" in shown(local, "#trouble")
