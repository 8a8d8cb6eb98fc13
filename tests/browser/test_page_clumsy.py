"""What a person gives to the wrong place of the local page, or is nothing for it: each is answered by what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cls_workbook import demo
from cls_workbook.definition import toml_reader
from tests.support.opened_pages import CONTRAT, dropped, settle, shown

pytestmark = [pytest.mark.exhaustive, pytest.mark.one_browser]
AT_REST = "$('work').hidden && !job && !queue.length"
IN_TROUBLE = f"!$('trouble').hidden && {AT_REST}"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory) -> Path:
    """Files that are nothing for the page."""
    here = tmp_path_factory.mktemp("autres")
    (here / "ancien.xls").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes(3000)
    )
    (here / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 photo")
    (here / "notice.pdf").write_bytes(b"%PDF-1.4")
    (here / "tableau.csv").write_text("a;b\n1;2\n")
    (here / "faux.toml").write_text("ceci n’est pas une définition [[", encoding="utf-8")
    return here


@pytest.mark.parametrize(
    ("name", "what", "place"),
    [
        ("synthese-ars-2025.xlsx", "une copie pour l’ARS", "« Je suis l’ARS »"),
        ("consolidation-2025.xlsx", "une consolidation", "« Je coordonne »"),
        ("pilotage-2025.xlsx", "le classeur de la coordination", "« Je coordonne »"),
    ],
)
def test_a_workbook_that_is_no_return_is_told_to_a_partner_with_where_it_goes(local, year, name, what, place):
    local.click("#go-partner")
    local.files("#partner-files", year / name)
    local.wait(f"document.querySelector('#partner-result h3')?.textContent === '{name}'")
    settle(local)
    said = shown(local, "#partner-result")
    assert f"Ce n’est pas un retour, mais {what} : déposez ce fichier dans {place}" in said
    assert "Points relevés" not in said and "ne peut pas être lu" not in said


def test_returns_given_to_an_agency_are_told_where_they_go(local, year):
    local.click("#go-agency")
    a_return = next(iter(sorted((year / demo.RETOURS).glob("dijon-*"))))
    local.files("#agency-files", a_return, year / "pilotage-2025.xlsx")
    local.wait(IN_TROUBLE)
    told = shown(local, "#trouble")
    assert f"« {a_return.name} ». Ce n’est pas une synthèse, mais le retour d’un partenaire" in told
    assert "« Je réponds » ou « Je coordonne »" in told and "mais le classeur de la coordination" in told
    local.files("#agency-files", year / "synthese-ars-2025.xlsx", a_return)
    local.wait("document.querySelector('#agency-result table')")
    settle(local)
    assert "mais le retour d’un partenaire : déposez ce fichier" in shown(local, "#agency-result")


@pytest.mark.parametrize("way", ["partner", "agency"])
def test_a_definition_with_faults_is_told_at_once_and_does_not_stay_in_the_way(local, year, foreign, way):
    local.click(f"#go-{way}")
    local.files(f"#{way}-files", foreign / "faux.toml")
    local.wait(IN_TROUBLE)
    told = shown(local, "#trouble")
    assert told.startswith("faux.toml n’est pas un fichier TOML lisible, ligne 1") and "retours/" not in told
    right = year / ("synthese-ars-2025.xlsx" if way == "agency" else f"{demo.RETOURS}/{CONTRAT}-2025-ars.xlsx")
    local.files(f"#{way}-files", right)
    local.wait(f"document.querySelector('#{way}-result article, #{way}-result button[data-file]')")
    settle(local)


def test_a_definition_with_faults_given_to_a_coordinator_is_named_as_it_was_dropped(local, foreign):
    local.click("#go-coordinator")
    local.files("#coordinator-files", foreign / "faux.toml")
    local.wait(IN_TROUBLE)
    assert shown(local, "#trouble").startswith("faux.toml n’est pas un fichier TOML lisible, ligne 1")


def test_a_definition_alone_waits_for_its_returns(local, year, tmp_path):
    local.click("#go-partner")
    shutil.copy(toml_reader.shipped()[CONTRAT], tmp_path / "contrat.toml")
    local.files("#partner-files", tmp_path / "contrat.toml")
    local.wait("document.querySelector('#partner-result .note')")
    settle(local)
    assert "Définition reçue : déposez maintenant votre classeur" in shown(local, "#partner-result")


def test_what_is_no_workbook_is_named_for_what_it_is(local, foreign):
    local.click("#go-partner")
    others = [foreign / name for name in ("ancien.xls", "photo.jpg", "notice.pdf", "tableau.csv")]
    dropped(local, "#partner-drop", *others)
    local.wait("document.querySelectorAll('#partner-result article').length === 4")
    settle(local)
    said = shown(local, "#partner-result")
    for found in ("à l’ancien format Excel", "est une image", "est un PDF", "est un texte"):
        assert found in said, found
    local.click("#go-agency")
    dropped(local, "#agency-drop", *others)
    local.wait(IN_TROUBLE)
    assert "déposez les synthèses reçues" in shown(local, "#trouble")


def test_three_hundred_returns_at_once_are_sorted(local, year, tmp_path):
    models = sorted((year / demo.RETOURS).glob("dijon-*.xlsx"))
    copies = [Path(shutil.copy(models[n % len(models)], tmp_path / f"{n:03}.xlsx")) for n in range(300)]
    local.click("#go-coordinator")
    local.eval("document.querySelector('#received button')?.click(); 0")
    local.files("#coordinator-files", *copies)
    local.wait("ofKind('retour').length === 300")
    settle(local)
