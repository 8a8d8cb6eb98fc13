"""What the package answers in the page: the files of the commands, byte for byte, and plain data for the screen."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from cls_workbook import forms, resources
from cls_workbook.definition import toml_reader
from cls_workbook.page.desk.file_kinds import kind_of
from cls_workbook.page.desk.requests import Desk
from cls_workbook.reading.locating.workbook_model import WorkbookModels
from tests.support import shared_models
from tests.support.desk_requests import CAMPAIGN, DAY, ask, command, lay_out_campaign, of_folder, unzipped
from tests.support.dropped_returns import drop_retour
from tests.support.noyau_contrats import definition_with
from tests.support.small_workbook import DEFINITION, filled


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Path:
    """The folder of a request: a definition that does not ship, two returns of which one is faulty."""
    monkeypatch.chdir(tmp_path)
    lay_out_campaign()
    return tmp_path


def test_a_consolidation_and_its_copy_are_those_of_the_commands(desk):
    said = ask("consolider", **CAMPAIGN)
    assert said["files"] == ["consolidation-2025.xlsx", "synthese-ars-2025.xlsx"]
    made = [Path(name).read_bytes() for name in said["files"]]
    campaign = ("--contrat", "essai.toml", "--annee", "2025")
    command("consolider", "retours", *campaign, "--sortie", "consolidation-2025.xlsx", "--date", DAY)
    command("synthese", "consolidation-2025.xlsx", "--sortie", "synthese-ars-2025.xlsx", "--contrat", "essai.toml")
    assert made == [Path(name).read_bytes() for name in said["files"]]


def test_what_a_request_taught_serves_the_next_unless_the_definition_has_changed_since(desk, monkeypatch):
    planned, plan = [], forms.plan
    monkeypatch.setattr(WorkbookModels, "__init__", shared_models.AS_SHIPPED)
    monkeypatch.setattr(forms, "plan", lambda *year: planned.append(year) or plan(*year))
    same = Desk()
    files = ["essai.toml", *CAMPAIGN["retours"]]
    assert ask("trier", desk=same, files=files, contrat="essai.toml")["campaigns"]
    for _ in range(2):
        said = ask("consolider", desk=same, **CAMPAIGN)
    assert ask("controler", desk=same, contrat="essai.toml", retours=CAMPAIGN["retours"])["results"]
    assert len(planned) == 1
    made = Path("consolidation-2025.xlsx").read_bytes()

    definition = Path("essai.toml").read_text(encoding="utf-8")
    Path("essai.toml").write_text(definition.replace("Ville de Rivemont", "Commune de Rivemont"), encoding="utf-8")
    other = ask("consolider", desk=same, **CAMPAIGN)
    assert len(planned) == 2 and other != said
    remade = Path("consolidation-2025.xlsx").read_bytes()
    assert other == ask("consolider", **CAMPAIGN)
    assert Path("consolidation-2025.xlsx").read_bytes() == remade != made


def test_a_definition_that_is_read_again_and_again_lets_no_other_be_forgotten(desk, monkeypatch):
    monkeypatch.setattr(WorkbookModels, "__init__", shared_models.AS_SHIPPED)
    models, elsewhere = WorkbookModels(), Path("autre.toml")
    elsewhere.write_text(definition_with(), encoding="utf-8")
    other = models.of(toml_reader.load(elsewhere), 2025)
    assert len({id(models.of(toml_reader.load("essai.toml"), 2025)) for _ in range(20)}) == 1
    assert models.of(toml_reader.load(elsewhere), 2025) is other


def test_the_board_tells_who_has_answered_what_blocks_and_where(desk):
    said = ask("consolider", **CAMPAIGN)
    assert said["agence"] == "l’agence"  # the definition names none
    assert {s["structure"]: s["fichiers"] for s in said["structures"]}["Ville de Rivemont"] == ["ville.xlsx"]
    assert said["gravites"]["bloquant"] == sum(a["gravite"] == "bloquant" for a in said["anomalies"]) > 0
    place = next(a for a in said["anomalies"] if a["code"] == "NOMBRE_ILLISIBLE")
    assert (place["fichier"], place["feuille"], place["fiche"]) == ("ville.xlsx", "FA 1.1", "1.1")
    assert place["cellules"] and "env. 30" in place["trouve"]
    assert [f["fiche"] for f in said["fiches"]][:1] == ["1.1"]
    assert said["fiches"][0]["Montant contrat"].replace("\u00a0", " ").replace("\u202f", " ") == "20 000 €"


def test_a_structure_that_answered_twice_is_expected_once(desk):
    filled(Path("retours"), {"1.1/mesures/1.1-I01/valeur": 13}, "mutuelle", nom="autre version.xlsx")
    said = ask("consolider", **CAMPAIGN)
    (twice,) = [s for s in said["structures"] if s["statut"] == "doublon"]
    assert (twice["structure"], len(twice["fichiers"])) == ("Mutuelle de l’Orme", 2)
    assert sum(s["attendus"] for s in said["structures"]) == said["attendus"]


def test_an_action_announced_without_a_fiche_has_its_title_on_the_board(desk):
    announced = '[[a_programmer]]\ntitre = "Ouvrir une maison des habitants"\naxe = "2"\n'
    Path("essai.toml").write_text(DEFINITION + announced, encoding="utf-8")
    *_, last = ask("consolider", **CAMPAIGN)["fiches"]
    assert (last["titre"], last["etat"]) == ("Ouvrir une maison des habitants", "À programmer")


def test_each_file_is_told_as_it_is_begun_and_the_end_of_reading_too(desk):
    told = []
    ask("consolider", lambda done, name: told.append((done, name)), **CAMPAIGN)
    assert told == [(1, "retours/mutuelle.xlsx"), (2, "retours/ville.xlsx"), (2, "")]


def test_a_file_that_hung_before_is_one_blocking_anomaly_and_the_others_are_read(desk):
    said = ask("consolider", given_up=["retours/ville.xlsx"], **CAMPAIGN)
    (lost,) = [a for a in said["anomalies"] if a["fichier"] == "ville.xlsx"]
    assert lost["code"] == "FICHIER_ILLISIBLE" and "ne se termine pas" in lost["trouve"]
    assert {s["structure"]: s["fichiers"] for s in said["structures"]}["Mutuelle de l’Orme"] == ["mutuelle.xlsx"]


def test_a_partner_gets_anomalies_and_the_annotated_copy_of_the_command(desk):
    said = ask("controler", contrat="essai.toml", retours=CAMPAIGN["retours"])
    assert [r["file"] for r in said["results"]] == ["mutuelle.xlsx", "ville.xlsx"]
    unreadable = [[a["fichier"] for a in r["anomalies"] if a["code"] == "NOMBRE_ILLISIBLE"] for r in said["results"]]
    assert unreadable == [[], ["ville.xlsx"]]
    made = {name: Path(name).read_bytes() for name in said["files"]}
    command(
        "controler", "retours/mutuelle.xlsx", "retours/ville.xlsx", "--contrat", "essai.toml", "--annoter", "copies"
    )
    assert made == {f"copies/{name}": content for name, content in of_folder("copies").items()}


def test_what_cannot_be_read_has_no_copy_and_says_why(desk):
    Path("retours/ville.xlsx").write_bytes(b"PK\x03\x04")
    said = ask("controler", contrat="essai.toml", retours=["retours/ville.xlsx"])
    lost = next(r for r in said["results"] if r["file"] == "ville.xlsx")
    assert lost["copy"] is None and "pas de copie annotée" in lost["remarks"][0]


@pytest.mark.parametrize(
    ("what", "archive", "folder", "arguments"),
    [
        (
            "annoter",
            "copies-annotees-2025.zip",
            "c",
            ("controler", "retours", "--contrat", "essai.toml", "--annoter", "c"),
        ),
        (
            "generer",
            "classeurs-2025.zip",
            "g",
            ("generer", "--par-structure", "--sortie", "g", "--contrat", "essai.toml", "--annee", "2025"),
        ),
        (
            "relancer",
            "relances-2025.zip",
            "r",
            ("relances", "retours", "--sortie", "r", "--contrat", "essai.toml", "--annee", "2025", "--date", DAY),
        ),
    ],
)
def test_an_archive_holds_what_the_command_writes(desk, what, archive, folder, arguments):
    assert ask(what, **CAMPAIGN)["files"] == [archive]
    command(*arguments)
    assert unzipped(archive) == of_folder(folder) != {}


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("pilotage", ("pilotage", "--sortie", "pilotage-2025.xlsx")),
        ("coordonner", ("coordonner", "--sortie", "coordination-2025.xlsm")),
        ("dictionnaire", ("dictionnaire", "--format", "xlsx", "--sortie", "dictionnaire-2025.xlsx")),
        (
            "noms-formulaire",
            ("dictionnaire", "--pour-modele", "--format", "xlsx", "--sortie", "noms-formulaire-2025.xlsx"),
        ),
    ],
)
def test_a_workbook_of_the_year_is_that_of_the_command(desk, what, arguments):
    (name,) = ask(what, **CAMPAIGN)["files"]
    made = Path(name).read_bytes()
    Path(name).unlink()
    command(*arguments, "--contrat", "essai.toml", "--annee", "2025")
    assert made == Path(name).read_bytes()


def test_the_coordinators_own_workbook_comes_back_as_the_command_refreshes_it(desk):
    ask("coordonner", **CAMPAIGN)
    Path("coordination-2025.xlsm").rename("ancien.xlsm")
    given = CAMPAIGN | {"pilotage": "ancien.xlsm"}
    (name,) = ask("rafraichir", **given)["files"]
    made = Path(name).read_bytes()
    Path(name).unlink()
    order = ("coordonner", "--pilotage", "ancien.xlsm", "--retours", "retours", "--sortie", name, "--date", DAY)
    command(*order, "--contrat", "essai.toml", "--annee", "2025")
    assert made == Path(name).read_bytes()


def test_the_refreshed_workbook_takes_a_replacement_too(desk, capsys):
    ask("coordonner", **CAMPAIGN)
    filled(Path("retours"), {"1.1/mesures/1.1-I01/valeur": 34}, "mutuelle", nom="corrige.xlsx")
    replaced = "mutuelle.xlsx=corrige.xlsx"
    order = ("coordonner", "--retours", "retours", "--remplacer", replaced, "--sortie", "coordination-2025.xlsm")
    command(*order, "--contrat", "essai.toml", "--annee", "2025", "--date", DAY)
    said = capsys.readouterr().out.replace("\u00a0", " ")
    assert "corrige.xlsx remplace mutuelle.xlsx" in said and "« 12 » → « 34 »" in said


def test_a_corrected_return_is_compared_without_a_thread_then_replaces_the_other(desk, monkeypatch):
    monkeypatch.setattr(threading.Thread, "start", lambda thread: pytest.fail("a browser has no thread"))
    filled(Path("retours"), {"1.1/mesures/1.1-I01/valeur": 34}, "mutuelle", nom="corrige.xlsx")
    both = ["retours/mutuelle.xlsx", "retours/corrige.xlsx"]
    lines = ask("comparer", contrat="essai.toml", files=both)["lines"]
    assert any("12" in line and "34" in line for line in lines)
    given = CAMPAIGN | {"retours": [*both, "retours/ville.xlsx"]}
    replaced = ask("consolider", **given, to_replace=["mutuelle.xlsx=corrige.xlsx"])
    fichiers = {s["structure"]: s["fichiers"] for s in replaced["structures"]}["Mutuelle de l’Orme"]
    assert "corrige.xlsx" in fichiers and not [a for a in replaced["anomalies"] if a["code"] == "RETOUR_EN_DOUBLE"]


def test_a_region_is_that_of_the_command(desk):
    ask("consolider", **CAMPAIGN)
    Path("recues").mkdir()
    Path("synthese-ars-2025.xlsx").rename("recues/synthese.xlsx")
    told = []
    said = ask("region", lambda done, name: told.append(name), retours=["recues/synthese.xlsx"])
    made = Path("region.xlsx").read_bytes()
    command("region", "recues", "--sortie", "region.xlsx")
    assert made == Path("region.xlsx").read_bytes() and said["retained"] == [{"contrat": "essai", "annee": 2025}]
    assert told == ["recues/synthese.xlsx", ""]


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """A desk with nothing on it."""
    monkeypatch.chdir(tmp_path)
    Path("retours").mkdir()
    return tmp_path


def test_a_contract_that_takes_a_noyau_in_and_its_region_are_those_of_the_commands(own):
    shutil.copy(resources.folder("templates") / "noyaux" / "noyau-exemple.toml", "noyau.toml")
    Path("contrat.toml").write_text(definition_with("noyau.toml"), encoding="utf-8")
    drop_retour(Path("retours"), toml_reader.load("contrat.toml"), "asso")
    said = ask("trier", files=["noyau.toml", "contrat.toml", "retours/asso.xlsx"])
    assert list(said["kinds"].values()) == ["noyau", "definition", "retour"]
    assert ask("importer", files=["contrat.toml"])["contrat"]["id"] == "essai"
    (unknown,) = ask("controler", retours=["retours/asso.xlsx"])["results"]
    assert "n’est pas livré" in str(unknown["anomalies"]) and "Donnez sa définition (.toml)" in str(
        unknown["anomalies"]
    )
    definitions = ["noyau.toml", "contrat.toml"]
    (checked,) = ask("controler", retours=["retours/asso.xlsx"], files=definitions)["results"]
    assert checked["copy"] == "copies/asso-annote.xlsx"
    said = ask("consolider", contrat="contrat.toml", annee=2025, iso_day=DAY, retours=["retours/asso.xlsx"])
    made = [Path(name).read_bytes() for name in said["files"]]
    order = ("retours", "--contrat", "contrat.toml", "--annee", "2025", "--sortie", "consolidation-2025.xlsx")
    command("consolider", *order, "--date", DAY)
    command("synthese", "consolidation-2025.xlsx", "--sortie", "synthese-ars-2025.xlsx", "--contrat", "contrat.toml")
    assert made == [Path(name).read_bytes() for name in said["files"]]
    Path("recues").mkdir()
    Path("synthese-ars-2025.xlsx").rename("recues/synthese.xlsx")
    assert ask("region", retours=["recues/synthese.xlsx"])["files"] == ["region.xlsx", "entretiens.zip", "relances.zip"]
    region = Path("region.xlsx").read_bytes()
    command("region", "recues", "--sortie", "region.xlsx", "--entretiens", "e", "--relances", "r")
    assert region == Path("region.xlsx").read_bytes()
    assert (unzipped("entretiens.zip"), unzipped("relances.zip")) == (of_folder("e"), of_folder("r"))


def test_a_noyau_is_described_then_read_and_one_with_a_fault_is_refused(own):
    (name,) = ask("modele-noyau", noyau="noyau-exemple")["files"]
    assert kind_of(name) == "description-noyau"
    (made,) = ask("importer-noyau", files=[name])["files"]
    command("noyau", "importer", name, "--sortie", "autre.toml")
    assert Path(made).read_bytes() == Path("autre.toml").read_bytes() and kind_of(made) == "noyau"
    assert ask("importer-noyau", files=[made])["titre"] == "Noyau commun d’exemple"
    faulty = Path(made).read_text(encoding="utf-8").replace('theme = "', 'theme = "in', 1)
    Path(made).write_text(faulty, encoding="utf-8")
    assert any("N-01" in line for line in ask("importer-noyau", files=[made])["details"])


def test_a_described_contract_becomes_a_definition(desk):
    (name,) = ask("modele", contrat="essai.toml")["files"]
    assert kind_of(name) == "description"
    said = ask("importer", files=[name])
    assert said["contrat"] == {"id": "essai", "titre": "Contrat local de santé d’essai", "annees": [2024, 2025, 2026]}
    made = Path(said["files"][0]).read_bytes()
    command("contrat", "importer", name, "--sortie", "autre.toml")
    assert made == Path("autre.toml").read_bytes()


def test_dropped_files_are_sorted_and_say_of_which_campaign_they_are(desk):
    ask("consolider", **CAMPAIGN)
    ask("pilotage", **CAMPAIGN)
    ask("coordonner", **CAMPAIGN)
    Path("note.pdf").write_bytes(b"%PDF")
    files = [
        *CAMPAIGN["retours"],
        "essai.toml",
        "consolidation-2025.xlsx",
        "synthese-ars-2025.xlsx",
        "pilotage-2025.xlsx",
    ]
    said = ask("trier", files=[*files, "coordination-2025.xlsm", "note.pdf"])
    kinds = ["retour", "retour", "definition", "consolidation", "synthese", "pilotage", "pilotage", "retour"]
    assert list(said["kinds"].values()) == kinds
    assert said["campaigns"] == {"consolidation-2025.xlsx": ["essai", 2025], "retours/ville.xlsx": ["essai", 2025]}


def test_a_refusal_is_its_sentence(desk):
    said = ask("consolider", **(CAMPAIGN | {"annee": 1999}))
    assert "ne couvre pas l’année 1999" in said["refusal"] and said["files"] == []


def test_a_fault_of_ours_is_a_sentence_and_a_report(desk):
    said = ask("inconnu")
    assert said["fault"].startswith("L’outil est en faute, pas vous.")
    assert "KeyError: 'inconnu'" in said["report"]
