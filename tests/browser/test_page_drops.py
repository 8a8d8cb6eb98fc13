"""Folders and archives given to the local page: what is of someone is taken in, whatever lies beside it."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from cls_workbook import demo
from cls_workbook.cli.commands import main
from tests.support.browser import Browser
from tests.support.dropped_folders import as_entries, closed
from tests.support.opened_pages import CONTRAT, DAY, dropped, parts, settle, shown

pytestmark = [pytest.mark.exhaustive, pytest.mark.one_browser]
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


# --- archives ---------------------------------------------------------------------------------------------------------


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture(scope="module")
def returns(year) -> list[bytes]:
    return [path.read_bytes() for path in sorted((year / demo.RETOURS).glob("dijon-*"))]


def given_to_coordinator(local, archive: Path, count: int) -> None:
    local.click("#go-coordinator")
    local.eval("document.querySelector('#received button')?.click(); $('trouble').hidden = true; 0")
    local.files("#coordinator-files", archive)
    local.wait(f"ofKind('retour').length === {count} && $('work').hidden && !job", seconds=90)


def test_the_pages_own_archive_of_the_years_workbooks_is_understood_the_three_ways(local, tmp_path):
    local.click("#go-coordinator")
    local.eval("document.querySelector('#received button')?.click(); choose('dijon-2024-2028', 2025); 0")
    local.eval("$('makes').closest('details').open = true; 0")
    local.click("button[data-what=generer]")
    local.wait("document.querySelector('#year-made button[data-file]')")
    settle(local)
    local.click("#year-made button[data-file]")
    content = local.saved("classeurs-2025.zip")
    (tmp_path / "classeurs-2025.zip").write_bytes(content)
    count = len(parts(content))
    given_to_coordinator(local, tmp_path / "classeurs-2025.zip", count)
    assert local.eval("$('contract').value + $('year').value") == CONTRAT + "2025"
    local.click("#consolidate")
    local.wait("document.querySelector('#coordinator-result .figures')")
    settle(local)
    assert "0 retour reçu sur" in shown(local, "#coordinator-result")
    local.click("#go-partner")
    local.files("#partner-files", tmp_path / "classeurs-2025.zip")
    local.wait(f"document.querySelectorAll('#partner-result article').length === {count}")
    settle(local)
    assert "ne peut pas être lu" not in shown(local, "#partner-result")
    local.click("#go-agency")
    local.files("#agency-files", tmp_path / "classeurs-2025.zip")
    local.wait("!$('trouble').hidden && $('work').hidden")
    told = shown(local, "#trouble")
    assert "Ce n’est pas une synthèse, mais le retour d’un partenaire" in told and "« Je coordonne »" in told


def test_archives_in_an_archive_are_opened_three_deep_and_the_next_is_told(local, returns, tmp_path):
    deep = packed(tmp_path / "n0.zip", {"plus-bas.xlsx": returns[0]})
    for depth in range(1, 4):
        inside = {f"lot-{depth}.zip": deep.read_bytes(), f"retour-{depth}.xlsx": returns[depth]}
        deep = packed(tmp_path / f"n{depth}.zip", inside)
    given_to_coordinator(local, deep, 3)
    local.wait("!$('trouble').hidden")
    told = shown(local, "#trouble")
    assert "lot-1.zip" in told and "décompressez-la, et déposez les classeurs" in told


def test_a_locked_workbook_in_an_archive_is_named_and_the_others_are_read(local, returns, tmp_path):
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(2000)
    files = {"a/retour.xlsx": returns[0], "b/retour.xlsx": returns[1], "verrou.xlsx": locked, "notice.pdf": b"%PDF"}
    archive = packed(tmp_path / "envoi.zip", files)
    given_to_coordinator(local, archive, 3)
    local.wait("!$('trouble').hidden")
    assert "« notice.pdf », de « envoi.zip » : ni un classeur" in shown(local, "#trouble")
    assert local.eval(RETURNS) == ["envoi/a/retour.xlsx", "envoi/b/retour.xlsx", "envoi/verrou.xlsx"]
    local.click("#go-partner")
    local.files("#partner-files", archive)
    local.wait("document.querySelectorAll('#partner-result article').length === 3 && $('work').hidden")
    said = shown(local, "#partner-result")
    assert "a/retour.xlsx" in said and "b/retour.xlsx" in said and "protégé par un mot de passe" in said


def test_names_that_lead_out_of_an_archive_stay_in_the_page_and_two_archives_of_one_name_are_two(
    local, returns, tmp_path
):
    given_to_coordinator(local, packed(tmp_path / "x.zip", {"../../a.xlsx": returns[0], "a.xlsx": returns[1]}), 2)
    assert local.eval(RETURNS) == ["x/a (2).xlsx", "x/a.xlsx"]
    (tmp_path / "recu" / "suite").mkdir(parents=True)
    packed(tmp_path / "recu" / "suite" / "retours.zip", {"a.xlsx": returns[1]})
    packed(tmp_path / "recu" / "retours.zip", {"a.xlsx": returns[0]})
    (tmp_path / "recu" / "a.xlsx").write_bytes(returns[2])
    local.eval("document.querySelector('#received button').click(); 0")
    entered(local, "coordinator", tmp_path / "recu")
    local.wait("ofKind('retour').length === 3")
    settle(local)
    assert local.eval(RETURNS) == ["recu/a.xlsx", "retours (2)/a.xlsx", "retours/a.xlsx"]


def test_a_bomb_in_an_archive_costs_itself_and_one_of_all_proportion_is_refused(local, returns, tmp_path):
    bomb = packed(tmp_path / "bombe.xlsx", {"xl/workbook.xml": bytes(300_000_000)}).read_bytes()
    archive = packed(tmp_path / "envoi.zip", {"bombe.xlsx": bomb, "retour.xlsx": returns[0]})
    local.click("#go-partner")
    local.files("#partner-files", archive)
    local.wait("document.querySelectorAll('#partner-result article').length === 2")
    settle(local)
    assert "anormalement volumineux une fois décompressé" in shown(local, "#partner-result")
    zeros = bytes(29_000_000)
    huge = packed(tmp_path / "enorme.zip", {f"{rank}.xlsx": zeros for rank in range(40)})
    local.files("#partner-files", huge)
    local.wait("!$('trouble').hidden && $('work').hidden")
    assert "« enorme.zip » contient plus de" in shown(local, "#trouble")


def test_two_thousand_returns_in_an_archive_are_sorted(local, returns, tmp_path):
    files = {f"d{rank % 7}/retour-{rank:04}.xlsx": returns[rank % len(returns)] for rank in range(2000)}
    given_to_coordinator(local, packed(tmp_path / "tous.zip", files), 2000)
    settle(local)
    local.eval("document.querySelector('#received button').click(); 0")
