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
from xlsx_lint import lint

from cls_workbook.contract.definition import parse
from cls_workbook.entry.dictionary import COLONNES, dictionnaire, ecrire
from cls_workbook.entry.workbook import Repondant, plan
from cls_workbook.errors import Refus
from cls_workbook.xlsx import writer

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
def classeur(contrat):
    return plan(contrat, 2025)


@pytest.fixture(scope="module")
def lignes(classeur):
    return dictionnaire(classeur)


def entree(lignes: list[dict], cle: str) -> dict:
    (trouvee,) = [ligne for ligne in lignes if ligne["cle"] == cle]
    return trouvee


def test_there_is_one_entry_per_input_with_the_public_names(classeur, lignes):
    assert [ligne["cle"] for ligne in lignes] == [e.cle for e in classeur.emplacements()]
    assert len({ligne["cle"] for ligne in lignes}) == len(lignes)
    assert {tuple(ligne) for ligne in lignes} == {(
        "cle", "fiche", "bloc", "mesure", "champ", "libelle", "type", "unite", "choix", "min", "max", "obligatoire",
        "feuille", "cellule", "structures",
    )}  # fmt: skip


def test_the_entries_are_the_unlocked_cells_of_the_file_and_no_other(classeur, lignes, tmp_path):
    chemin = tmp_path / "essai.xlsx"
    writer.write(classeur.classeur, chemin)
    livre = openpyxl.load_workbook(chemin)
    ouvertes = {
        (feuille.title, cellule.coordinate)
        for feuille in livre
        for rangee in feuille.iter_rows()
        for cellule in rangee
        # a merged input is one entry, at its first cell
        if not cellule.protection.locked and not isinstance(cellule, openpyxl.cell.cell.MergedCell)
    }
    assert {(ligne["feuille"], ligne["cellule"]) for ligne in lignes} == ouvertes


def test_an_entry_says_what_is_asked(lignes):
    valeur = entree(lignes, "1.1/mesures/1.1-I01/valeur")
    assert valeur | {"cellule": ""} == {
        "cle": "1.1/mesures/1.1-I01/valeur", "fiche": "1.1", "bloc": "mesures", "mesure": "1.1-I01", "champ": "valeur",
        "libelle": "=SOMME(formations) — Valeur 2025", "type": "entier", "unite": "formation", "choix": [], "min": 0, "max": 23,
        "obligatoire": True, "feuille": "FA 1.1", "cellule": "", "structures": ["ville", "operateurs"],
    }  # fmt: skip


def test_lists_carry_their_choices_in_order(lignes):
    assert entree(lignes, "1.1/mesures/1.1-I01/statut")["choix"] == ["réel", "estimé", "non disponible", "sans objet"]
    assert entree(lignes, "1.2/reponse/volet")["choix"] == ["Étude", "Bilan"]
    assert entree(lignes, "1.1/financement/02/financeur")["choix"] == ["Région"]
    assert entree(lignes, "1.1/taux/1.1-I02/numerateur")["choix"] == []


def test_a_text_has_its_greatest_length_as_maximum(lignes):
    assert entree(lignes, "1.1/qualitatif/freins")["max"] == 1500


def test_structures_are_those_that_may_answer(lignes):
    assert entree(lignes, "1.1/avancement/etat")["structures"] == ["ville", "operateurs"]
    assert entree(lignes, "1.2/avancement/etat")["structures"] == ["foyer", "ville"]
    assert entree(lignes, "accueil/reponse/structure")["structures"] == ["ville", "operateurs", "foyer"]


def test_a_group_stands_as_its_named_members(classeur):
    lignes = dictionnaire(classeur, {"operateurs": ("FOYER", "Alpha", "Maison")})
    assert entree(lignes, "1.1/avancement/etat")["structures"] == ["ville", "foyer", "Alpha", "Maison"]


def test_a_member_named_for_another_fiche_does_not_answer_for_this_one(classeur):
    lignes = dictionnaire(classeur, {"operateurs": ("Foyer", "Alpha"), ("operateurs", "1.1"): ("Alpha",)})
    assert entree(lignes, "1.1/avancement/etat")["structures"] == ["ville", "Alpha"]


def test_the_dictionary_of_a_structure_holds_its_fiches_and_itself_only(contrat):
    lignes = dictionnaire(plan(contrat, 2025, Repondant("foyer", "Foyer", (("1.2", "Étude"),))))
    assert {ligne["fiche"] for ligne in lignes} == {"", "1.2"}
    assert {tuple(ligne["structures"]) for ligne in lignes} == {("foyer",)}


# --- Formats --------------------------------------------------------------------------------------------------------


def test_json_gives_the_same_objects_back(lignes, tmp_path):
    sortie = tmp_path / "d.json"
    ecrire(lignes, "json", sortie)
    texte = sortie.read_text(encoding="utf-8")
    assert json.loads(texte) == lignes
    assert "Équivalents" in texte  # letters, not escapes


def test_json_goes_to_the_standard_output_as_utf8_without_pandas():
    code = "import sys; from cls_workbook.entry import dictionary; dictionary.ecrire([{'a': 'é'}], 'json'); sys.exit('pandas' in sys.modules or 'xlsxwriter' in sys.modules)"
    fait = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[1])})
    assert json.loads(fait.stdout.decode("utf-8")) == [{"a": "é"}]


def test_csv_opens_in_a_french_excel(lignes, tmp_path):
    sortie = tmp_path / "d.csv"
    ecrire(lignes, "csv", sortie)
    brut = sortie.read_bytes()
    assert brut.startswith(b"\xef\xbb\xbf")
    lues = list(csv.DictReader(io.StringIO(brut.decode("utf-8-sig")), delimiter=";"))
    assert len(lues) == len(lignes) and tuple(lues[0]) == COLONNES
    valeur = next(ligne for ligne in lues if ligne["cle"] == "1.1/mesures/1.1-I01/valeur")
    assert (valeur["min"], valeur["max"], valeur["obligatoire"], valeur["structures"]) == ("0", "23", "oui", "ville | operateurs")
    assert next(ligne for ligne in lues if ligne["cle"] == "1.1/financement/01/engage")["max"] == "999999999,99"


def test_csv_neutralises_what_a_spreadsheet_would_compute(lignes, tmp_path):
    sortie = tmp_path / "d.csv"
    ecrire(lignes, "csv", sortie)
    valeur = next(ligne for ligne in csv.DictReader(io.StringIO(sortie.read_text("utf-8-sig")), delimiter=";") if ligne["champ"] == "valeur")
    assert valeur["libelle"] == "'=SOMME(formations) — Valeur 2025"


def test_xlsx_is_one_table_of_texts(lignes, tmp_path):
    sortie = tmp_path / "d.xlsx"
    ecrire(lignes, "xlsx", sortie)
    assert lint(sortie) == []
    feuille = openpyxl.load_workbook(sortie)["Dictionnaire"]
    assert feuille.tables["Dictionnaire"].ref == f"A1:O{len(lignes) + 1}"
    rangee = next(r for r in feuille.iter_rows(values_only=True) if r[0] == "1.1/mesures/1.1-I01/valeur")
    assert rangee[5] == "=SOMME(formations) — Valeur 2025" and rangee[1] == "1.1" and rangee[10] == 23
    assert all(c.data_type != "f" for r in feuille.iter_rows() for c in r)


def test_the_same_plan_gives_the_same_bytes(contrat, lignes, tmp_path):
    for format_ in ("json", "csv", "xlsx"):
        premier, second = tmp_path / f"1.{format_}", tmp_path / f"2.{format_}"
        ecrire(lignes, format_, premier)
        ecrire(dictionnaire(plan(contrat, 2025)), format_, second)
        assert premier.read_bytes() == second.read_bytes()


def test_a_workbook_is_not_written_on_the_screen(lignes):
    with pytest.raises(Refus, match="--sortie"):
        ecrire(lignes, "xlsx")
