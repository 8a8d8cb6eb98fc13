"""What the page makes of a consolidation or a Synthèse that is already made, and of nothing: as the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cls_workbook import demo
from cls_workbook.engines.this_thread import ThisThread
from tests.support import small_comptes_rendus
from tests.support.agency_form_by_hand import form
from tests.support.desk_requests import CAMPAIGN, ask, command, lay_out_campaign, of_folder, unzipped
from tests.support.dropped_returns import drop_retour
from tests.support.small_pictures import png

CONSOLIDATION, SYNTHESE = "consolidation-2025.xlsx", "synthese-ars-2025.xlsx"
OF_IT = {"contrat": "essai.toml", "annee": 2025, "files": [CONSOLIDATION]}
OWN = ("--contrat", "essai.toml")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A campaign consolidated once: its folder, and what the screen was told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("campagne"))
        lay_out_campaign()
        yield Path.cwd(), ask("consolider", **CAMPAIGN)


@pytest.fixture
def desk(made, tmp_path, monkeypatch) -> Path:
    """A copy of that folder."""
    shutil.copytree(made[0], tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_consolidation_made_before_is_shown_again_and_gives_the_same_synthese(made, desk):
    was, synthese = made[1], Path(SYNTHESE).read_bytes()
    Path(SYNTHESE).unlink()
    again = ask("reprendre", **OF_IT)
    assert again["files"] == [SYNTHESE] and Path(SYNTHESE).read_bytes() == synthese
    assert {k for k in was if was[k] != again[k]} <= {"files", "anomalies"}
    shown = ("gravite", "code", "fichier", "feuille", "cellules", "fiche", "champ", "trouve", "attendu", "remede")
    assert [[a[k] for k in shown] for a in again["anomalies"]] == [[a[k] for k in shown] for a in was["anomalies"]]


def test_the_synthese_bears_the_chosen_logos(desk):
    Path("logos").mkdir()
    Path("logos/ville.png").write_bytes(png(20, 10))
    said = ask("synthese", **(OF_IT | {"files": [CONSOLIDATION, "logos/ville.png"]}))
    command("synthese", CONSOLIDATION, "--logos", "logos", "--sortie", "autre.xlsx", *OWN)
    assert Path(said["files"][0]).read_bytes() == Path("autre.xlsx").read_bytes()
    assert "xl/media/image1.png" in unzipped("autre.xlsx")


@pytest.mark.parametrize("workbook", [CONSOLIDATION, SYNTHESE])
def test_an_export_holds_the_tables_of_a_workbook(desk, workbook):
    given = {"contrat": "essai.toml", "files": [workbook]}
    (name,) = ask("exporter", **given)["files"]
    command("exporter", workbook, "--format", "csv", "--sortie", "e")
    assert name == f"export-csv-{Path(workbook).stem}.zip" and unzipped(name) == of_folder("e") != {}
    said = ask("exporter", format="csv-excel", **given)
    command("exporter", workbook, "--format", "csv-excel", *OWN, "--sortie", "e")
    assert unzipped(said["files"][0]) == of_folder("e")
    assert ("actions.csv" in of_folder("e")) is not bool(said["remarks"])


def test_an_export_keeps_the_chosen_columns(desk):
    chosen = ["Fiche", "actions=Fiche"]
    (name,) = ask("exporter", format="csv-excel", columns=chosen, **OF_IT)["files"]
    asked = [word for columns in chosen for word in ("--colonnes", columns)]
    command("exporter", CONSOLIDATION, "--format", "csv-excel", *asked, *OWN, "--sortie", "e")
    assert unzipped(name) == of_folder("e")
    assert of_folder("e")["mesures.csv"].decode("utf-8-sig").splitlines()[0] == "Fiche"
    refusal = ask("exporter", format="csv", columns=chosen, **OF_IT)["refusal"].replace("\u00a0", " ")
    assert refusal.startswith("Seul le CSV pour Excel a des colonnes à choisir : l’autre export les écrit toutes.")
    assert "n’existe pas" in ask("exporter", format="csv-excel", columns=["Météo"], **OF_IT)["refusal"]


def test_the_subsidies_of_a_funder_are_exported_as_the_law_has_them(desk):
    assert "--siret" in ask("exporter", format="scdl", financeur="ville", **OF_IT)["refusal"]
    said = ask("exporter", format="scdl", financeur="ville", siret="21210231300013", **OF_IT)
    order = ("--format", "scdl", "--financeur", "ville", "--siret", "21210231300013", *OWN, "--sortie", "e")
    command("exporter", CONSOLIDATION, *order)
    assert unzipped(said["files"][0]) == of_folder("e") and "écrite" in said["bilan"]


def test_an_agencys_form_is_filled_as_the_command_fills_it(desk):
    form(Path("modele.xlsx"))
    said = ask("formulaire", **(OF_IT | {"files": [CONSOLIDATION, "modele.xlsx"]}))
    command("synthese", CONSOLIDATION, "--modele", "modele.xlsx", "--sortie", "autre.xlsx", *OWN)
    assert Path("formulaire-2025.xlsx").read_bytes() == Path("autre.xlsx").read_bytes()
    assert sum("rien n’est connu" in line for line in said["remarks"]) == 4


def test_a_region_reads_the_consolidation_of_a_contract_whose_definition_is_given(desk):
    Path("recues").mkdir()
    Path(CONSOLIDATION).rename(f"recues/{CONSOLIDATION}")
    given = {"retours": [f"recues/{CONSOLIDATION}"]}
    assert "refusal" in ask("region", **given)
    ask("region", files=["essai.toml"], **given)
    made_here = Path("region.xlsx").read_bytes()
    command("region", "recues", *OWN, "--sortie", "region.xlsx")
    assert made_here == Path("region.xlsx").read_bytes()


def test_comptes_rendus_come_from_returns_and_from_the_consolidation_alike(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("retours").mkdir()
    contrat = small_comptes_rendus.contrat(tmp_path)
    drop_retour(Path("retours"), contrat, "asso", small_comptes_rendus.ANSWERS)
    given = {"contrat": "subventions.toml", "annee": 2025, "iso_day": CAMPAIGN["iso_day"]}
    assert ask("consolider", **given, retours=["retours/asso.xlsx"])["comptes_rendus"] is True
    assert ask("reprendre", **given, files=[CONSOLIDATION])["comptes_rendus"] is True
    command("compte-rendu", "retours", "--contrat", "subventions.toml", "--annee", "2025", "--sortie", "c")
    assert len(of_folder("c")) == 2
    for sources in ({"retours": ["retours/asso.xlsx"]}, {"files": [CONSOLIDATION]}):
        (name,) = ask("comptes-rendus", **given, **sources)["files"]
        assert unzipped(name) == of_folder("c")


@pytest.mark.parametrize(
    ("what", "given", "arguments"),
    [
        ("dictionnaire", {"format": "csv", "structure": "mutuelle"}, ("--structure", "mutuelle", "--format", "csv")),
        ("dictionnaire", {"format": "json"}, ()),
        ("noms-formulaire", {"format": "csv"}, ("--pour-modele", "--format", "csv")),
    ],
)
def test_a_list_of_the_year_is_that_of_the_command(desk, what, given, arguments):
    (name,) = ask(what, **CAMPAIGN, **given)["files"]
    command("dictionnaire", *OWN, "--annee", "2025", *arguments, "--sortie", f"autre{Path(name).suffix}")
    assert Path(name).read_bytes() == Path(f"autre{Path(name).suffix}").read_bytes()


def test_a_structure_that_nothing_is_asked_of_is_refused_with_those_that_are(desk):
    assert "mutuelle" in ask("dictionnaire", **CAMPAIGN, structure="mairie-annexe")["refusal"]


@pytest.mark.parametrize(
    ("what", "given", "arguments"),
    [
        ("modele", {}, ("contrat", "modele")),
        ("modele-noyau", {}, ("noyau", "modele")),
        ("modele-noyau", {"noyau": "noyau-exemple"}, ("noyau", "modele", "--noyau", "noyau-exemple")),
    ],
)
def test_a_workbook_that_describes_is_that_of_the_command(desk, what, given, arguments):
    (name,) = ask(what, **given)["files"]
    command(*arguments, "--sortie", "autre.xlsx")
    assert Path(name).read_bytes() == Path("autre.xlsx").read_bytes()


def test_a_dropped_definition_is_verified_as_by_the_command(desk, capsys):
    definition = Path("essai.toml").read_text(encoding="utf-8")
    said = ask("importer", files=["essai.toml"])
    command("contrat", "verifier", "essai.toml")
    *findings, _count = capsys.readouterr().out.splitlines()
    assert said["notices"] == findings
    Path("essai.toml").write_text(definition.replace('porteurs = ["ville"', 'porteurs = ["villa"', 1), encoding="utf-8")
    refused = ask("importer", files=["essai.toml"])
    assert "comporte des fautes" in refused["refusal"] and "villa" in str(refused["details"])


def test_all_that_is_checked_is_told_as_by_the_command(desk, capsys):
    (name,) = ask("anomalies")["files"]
    command("anomalies")
    assert Path(name).read_text(encoding="utf-8") == capsys.readouterr().out


def test_a_year_to_try_the_page_on_is_the_demo_read_without_a_thread(desk, monkeypatch):
    def play(folder, engine):
        assert isinstance(engine, ThisThread)
        Path(folder).mkdir()
        (Path(folder) / "LISEZ-MOI.txt").write_text("Une année.", encoding="utf-8")
        print("Une année.")

    monkeypatch.setattr(demo, "play", play)  # its files are looked at by the tests of the demo
    (name,) = ask("demo")["files"]
    assert unzipped(name) == {"LISEZ-MOI.txt": "Une année.".encode()}
