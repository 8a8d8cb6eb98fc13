"""The dictionary: one entry per input of the workbook, at its true place, in three formats."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from cls_workbook.definition.toml_reader import load, parse
from cls_workbook.errors import Refusal
from cls_workbook.forms.dictionary import COLUMNS, dictionnaire, write
from cls_workbook.forms.year_workbook import Respondent, plan
from cls_workbook.workbook import writer
from tests.support.xlsx_lint import lint

CONTRAT = """
[contrat]
id = "essai"
titre = "Contrat d’essai"
nom_court = "Essai"
annees = [2025]
territoire = "Essai"

[[structures]]
id = "ville"
nom = "Ville"

[[structures]]
id = "foyer"
nom = "Foyer"

[[structures]]
id = "operateurs"
nom = "Opérateurs"
groupe = true
candidats = ["Foyer", "Alpha"]

[[financeurs]]
id = "region"
nom = "Région"

[[natures]]
id = "cofi"
libelle = "Cofinancement"
niveau = "cofinancement"

[[axes]]
numero = "1"
titre = "Axe"

[[fiches]]
numero = "1.1"
titre = "Former"
axe = "1"
porteurs = ["ville", "operateurs"]

[[fiches.indicateurs]]
id = "1.1-I01"
libelle = "=SOMME(formations)"
type = "compte"

[[fiches.indicateurs.mesures]]
id = "1.1-I01"
libelle = "=SOMME(formations)"
type = "entier"
agregation = "FLUX"
unite = "formation"
maximum = 23

[[fiches.indicateurs]]
id = "1.1-I02"
libelle = "Assiduité"
type = "taux"

[[fiches.indicateurs.mesures]]
id = "1.1-I02"
libelle = "Assiduité"
type = "taux"
agregation = "RATIO"

[[fiches]]
numero = "1.2"
titre = "Étudier"
axe = "1"
porteurs = ["foyer", "ville"]

[[fiches.volets]]
id = "etude"
nom = "Étude"
porteurs = ["foyer"]

[[fiches.volets]]
id = "bilan"
nom = "Bilan"
porteurs = ["ville"]
"""


@pytest.fixture(scope="module")
def contrat():
    return parse(CONTRAT, "essai.toml")


@pytest.fixture(scope="module")
def workbook(contrat):
    return plan(contrat, 2025)


@pytest.fixture(scope="module")
def lines(workbook):
    return dictionnaire(workbook)


def entry(lines: list[dict], cle: str) -> dict:
    (found_one,) = [line for line in lines if line["cle"] == cle]
    return found_one


def test_there_is_one_entry_per_input_with_the_public_names(workbook, lines):
    assert [line["cle"] for line in lines] == [e.cle for e in workbook.input_places()]
    assert len({line["cle"] for line in lines}) == len(lines)
    assert {tuple(line) for line in lines} == {
        (
            "cle",
            "fiche",
            "bloc",
            "mesure",
            "champ",
            "libelle",
            "type",
            "unite",
            "choix",
            "min",
            "max",
            "obligatoire",
            "feuille",
            "cellule",
            "structures",
        )
    }


def test_the_entries_are_the_unlocked_cells_of_the_file_and_no_other(workbook, lines, tmp_path):
    path = tmp_path / "essai.xlsx"
    writer.write(workbook.workbook, path)
    opened_book = openpyxl.load_workbook(path)
    open_ones = {
        (sheet.title, cell.coordinate)
        for sheet in opened_book
        for row in sheet.iter_rows()
        for cell in row
        # a merged input is one entry, at its first cell
        if not cell.protection.locked and not isinstance(cell, openpyxl.cell.cell.MergedCell)
    }
    assert {(line["feuille"], line["cellule"]) for line in lines} == open_ones


def test_an_entry_says_what_is_asked(lines):
    valeur = entry(lines, "1.1/mesures/1.1-I01/valeur")
    assert valeur | {"cellule": ""} == {
        "cle": "1.1/mesures/1.1-I01/valeur",
        "fiche": "1.1",
        "bloc": "mesures",
        "mesure": "1.1-I01",
        "champ": "valeur",
        "libelle": "=SOMME(formations) — Valeur 2025",
        "type": "entier",
        "unite": "formation",
        "choix": [],
        "min": 0,
        "max": 23,
        "obligatoire": True,
        "feuille": "FA 1.1",
        "cellule": "",
        "structures": ["ville", "operateurs"],
    }


def test_the_label_of_a_figure_says_what_the_contract_wants_of_it():
    lines = dictionnaire(plan(load("dijon-2024-2028"), 2025))
    told = {line["cle"]: line["libelle"] for line in lines if " — Cible" in line["libelle"]}
    assert {cle: libelle.partition(" — Cible")[2].replace("\u00a0", " ") for cle, libelle in told.items()} == {
        "2.3/mesures/2.3-C01/valeur": " 2028 : 23 communes",
        "2.3/taux/2.3-I03c/numerateur": " de chaque année : 100 %",
    }


def test_lists_carry_their_choices_in_order(lines):
    assert entry(lines, "1.1/mesures/1.1-I01/statut")["choix"] == ["réel", "estimé", "non disponible", "sans objet"]
    assert entry(lines, "1.2/reponse/volet")["choix"] == ["Étude", "Bilan"]
    assert entry(lines, "1.1/financement/02/financeur")["choix"] == ["Région"]
    assert entry(lines, "1.1/taux/1.1-I02/numerateur")["choix"] == []


def test_a_text_has_its_greatest_length_as_maximum(lines):
    assert entry(lines, "1.1/qualitatif/freins")["max"] == 1500


def test_structures_are_those_that_may_answer(lines):
    assert entry(lines, "1.1/avancement/etat")["structures"] == ["ville", "operateurs"]
    assert entry(lines, "1.2/avancement/etat")["structures"] == ["foyer", "ville"]
    assert entry(lines, "accueil/reponse/structure")["structures"] == ["ville", "operateurs", "foyer"]


def test_a_group_stands_as_its_named_members(workbook):
    lines = dictionnaire(workbook, {"operateurs": ("FOYER", "Alpha", "Maison")})
    assert entry(lines, "1.1/avancement/etat")["structures"] == ["ville", "foyer", "Alpha", "Maison"]


def test_a_member_named_for_another_fiche_does_not_answer_for_this_one(workbook):
    lines = dictionnaire(workbook, {"operateurs": ("Foyer", "Alpha"), ("operateurs", "1.1"): ("Alpha",)})
    assert entry(lines, "1.1/avancement/etat")["structures"] == ["ville", "Alpha"]


def test_the_dictionary_of_a_structure_holds_its_fiches_and_itself_only(contrat):
    lines = dictionnaire(plan(contrat, 2025, Respondent("foyer", "Foyer", (("1.2", "Étude"),))))
    assert {line["fiche"] for line in lines} == {"", "1.2"}
    assert {tuple(line["structures"]) for line in lines} == {("foyer",)}


# --- Formats --------------------------------------------------------------------------------------------------------


def test_json_gives_the_same_objects_back(lines, tmp_path):
    output = tmp_path / "d.json"
    write(lines, "json", output)
    texte = output.read_text(encoding="utf-8")
    assert json.loads(texte) == lines
    assert "Équivalents" in texte  # letters, not escapes


def test_json_goes_to_the_standard_output_as_utf8_without_pandas():
    code = (
        "import sys; from cls_workbook.forms import dictionary; dictionary.write([{'a': 'é'}], 'json'); "
        "sys.exit('pandas' in sys.modules or 'xlsxwriter' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert json.loads(done.stdout.decode("utf-8")) == [{"a": "é"}]


def test_csv_opens_in_a_french_excel(lines, tmp_path):
    output = tmp_path / "d.csv"
    write(lines, "csv", output)
    raw = output.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    items_read = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert len(items_read) == len(lines) and tuple(items_read[0]) == COLUMNS
    valeur = next(line for line in items_read if line["cle"] == "1.1/mesures/1.1-I01/valeur")
    assert (valeur["min"], valeur["max"], valeur["obligatoire"], valeur["structures"]) == (
        "0",
        "23",
        "oui",
        "ville | operateurs",
    )
    assert next(line for line in items_read if line["cle"] == "1.1/financement/01/engage")["max"] == "999999999,99"


def test_csv_neutralises_what_a_spreadsheet_would_compute(lines, tmp_path):
    output = tmp_path / "d.csv"
    write(lines, "csv", output)
    valeur = next(
        line
        for line in csv.DictReader(io.StringIO(output.read_text("utf-8-sig")), delimiter=";")
        if line["champ"] == "valeur"
    )
    assert valeur["libelle"] == "'=SOMME(formations) — Valeur 2025"


def test_xlsx_is_one_table_of_texts(lines, tmp_path):
    output = tmp_path / "d.xlsx"
    write(lines, "xlsx", output)
    assert lint(output) == []
    sheet = openpyxl.load_workbook(output)["Dictionnaire"]
    assert sheet.tables["Dictionnaire"].ref == f"A1:O{len(lines) + 1}"
    row = next(r for r in sheet.iter_rows(values_only=True) if r[0] == "1.1/mesures/1.1-I01/valeur")
    assert row[5] == "=SOMME(formations) — Valeur 2025" and row[1] == "1.1" and row[10] == 23
    assert all(c.data_type != "f" for r in sheet.iter_rows() for c in r)


def test_the_same_plan_gives_the_same_bytes(contrat, lines, tmp_path):
    for format_ in ("json", "csv", "xlsx"):
        first_one, second = tmp_path / f"1.{format_}", tmp_path / f"2.{format_}"
        write(lines, format_, first_one)
        write(dictionnaire(plan(contrat, 2025)), format_, second)
        assert first_one.read_bytes() == second.read_bytes()


def test_a_workbook_is_not_written_on_the_screen(lines):
    with pytest.raises(Refusal, match="--sortie"):
        write(lines, "xlsx")
