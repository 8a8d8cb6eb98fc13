"""CSV for a French Excel, and the table of actions: what is in the files, byte by byte where it matters."""

import csv
import io
import json

import pytest

from cls_workbook.cli.commands import main
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.consolidation.consolidation_workbook import workbook
from cls_workbook.tables.consolidation_tables import HISTORY
from cls_workbook.workbook import writer
from tests.support.result_headers import frame
from tests.support.written_result import CONTRAT, result, tricky_mesures

frictionless = pytest.importorskip("frictionless")
N = None
SAID = """
themes = ["sante-mentale"]
objectifs = ["Rapprocher les soins", "Prévenir l’abandon"]
public = "Habitants de plus de 60 ans"
[[fiches.indicateurs]]
id = "1.1-I"
"""


def past(annee, objet, fiche, valeur):
    return (annee, objet, fiche, "1", *[N] * 7, valeur, *[N] * 4)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """(consolidation, definition): 2025, which remembers 2024 of two fiches, one of which the contract has no more."""
    folder = tmp_path_factory.mktemp("campaign")
    history = frame(
        HISTORY.titles,
        past(2024, "État", "1.1", "En préparation"),
        past(2024, "Engagé", "1.1", 1200.5),
        past(2024, "Versé", "9.9", 70),
        past(2025, "État", "1.1", "En cours"),
    )
    writer.write(workbook(result(mesures=tricky_mesures(), history=history)), folder / "C.xlsx")
    definition = CONTRAT.replace('[[fiches.indicateurs]]\nid = "1.1-I"\n', SAID.lstrip(), 1)
    (folder / "essai.toml").write_text(definition, encoding="utf-8")
    return folder / "C.xlsx", folder / "essai.toml"


@pytest.fixture(scope="module")
def exported(campaign, tmp_path_factory):
    cible = tmp_path_factory.mktemp("excel") / "D"
    consolidation, definition = map(str, campaign)
    asked = ["exporter", consolidation, "--format", "csv-excel", "--sortie", str(cible), "--contrat", definition]
    assert main(asked) == 0
    return cible


def rows(file):
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_file_opens_in_columns_with_its_accents(exported):
    content = (exported / "financements.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf" + "Année;Fiche;Structure;Financeur;Nature;Prévu;".encode())
    assert content.count(b"\r\n") == 3


def test_numbers_have_a_decimal_comma_dates_are_french_and_missing_stays_empty(exported):
    first, second = rows(exported / "financements.csv")
    assert [first[c] for c in ("Année", "Prévu", "Engagé", "Date")] == ["2025", "4000,00", "3000,50", "15/04/2025"]
    assert [second[c] for c in ("Prévu", "Référence", "Date")] == ["", "", ""]
    (adhesion,) = (r for r in rows(exported / "indicateurs.csv") if r["Mesure"] == "1.1-I03")
    assert (adhesion["Valeur"], adhesion["Numérateur"]) == ("0,75", "30")


def test_no_text_is_a_formula_and_a_negative_number_stays_one(exported):
    values = [r["Valeur"] for r in rows(exported / "mesures.csv")]
    assert values == ["'=1+1", "'+33 3", " '@cmd", "''cité", "-5", "sans - danger"]


def test_a_validator_reads_the_numbers_and_the_dates(exported):
    report = frictionless.validate(str(exported / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    described = json.loads((exported / "datapackage.json").read_text(encoding="utf-8"))
    assert "virgule décimale" in described["description"] and "point décimal" not in described["description"]


def test_an_action_has_a_row_a_year_this_one_then_those_that_are_remembered(exported):
    actions = rows(exported / "actions.csv")
    assert [(r["Fiche"], r["Année"], r["État"], r["Engagé"], r["Versé"]) for r in actions] == [
        ("1.1", "2025", "En cours", "3000,50", "1500,25"),
        ("1.1", "2024", "En préparation", "1200,50", ""),
        ("1.2", "2025", "Reportée", "", ""),
        ("2.1", "2025", "sans retour", "", ""),
        ("9.9", "2024", "", "", "70,00"),
    ]


def test_an_action_says_what_it_wants_for_whom_where_and_who_carries_it(exported):
    this_year, last_year, *_ = (
        {k: v.replace("\u00a0", " ") for k, v in r.items()} for r in rows(exported / "actions.csv")
    )
    expected = {
        "Contrat": "essai",
        "Territoire du contrat": "Pays d’essai",
        "Titre": "Consulter près de chez soi",
        "Titre de l’axe": "Soigner",
        "Thèmes": "Santé mentale",
        "Objectifs": "Rapprocher les soins ; Prévenir l’abandon",
        "Public": "Habitants de plus de 60 ans",
        "Porteurs": "Association ; Ville",
    }
    for row in (this_year, last_year):
        assert {c: row[c] for c in expected} == expected
    assert this_year["Lieux touchés"] == "Fleury ; Les Tilleuls"
    assert last_year["Lieux touchés"] == ""  # nobody remembers


def test_columns_are_chosen_for_one_table_or_for_all(campaign, tmp_path):
    consolidation, definition = map(str, campaign)
    asked = ["exporter", consolidation, "--format", "csv-excel", "--contrat", definition, "--sortie"]
    one = ["--colonnes", "actions=Fiche, Année,engage"]
    assert main([*asked, str(tmp_path / "une"), *one]) == 0
    assert sorted(p.name for p in (tmp_path / "une").iterdir()) == ["actions.csv", "datapackage.json"]
    assert list(rows(tmp_path / "une" / "actions.csv")[0]) == ["Fiche", "Année", "Engagé"]
    assert main([*asked, str(tmp_path / "toutes"), "--colonnes", "Structure", "--colonnes", "Anomalies=Code"]) == 0
    assert list(rows(tmp_path / "toutes" / "retours.csv")[0]) == ["Structure"]
    assert list(rows(tmp_path / "toutes" / "anomalies.csv")[0]) == ["Structure", "Code"]
    assert not (tmp_path / "toutes" / "indicateurs.csv").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [("Rien", "La colonne « Rien »"), ("rien=Fiche", "La table « rien »"), ("actions=Mesure", "La colonne")],
)
def test_a_column_that_is_not_there_is_refused_and_nothing_is_written(campaign, tmp_path, capsys, asked, said):
    consolidation, definition = map(str, campaign)
    chosen = ["--contrat", definition, "--sortie", str(tmp_path / "D"), "--colonnes", asked]
    assert main(["exporter", consolidation, "--format", "csv-excel", *chosen]) == 2
    assert said in capsys.readouterr().err.replace("\u00a0", " ") and not (tmp_path / "D").exists()


def test_the_other_formats_write_every_column(campaign, tmp_path):
    asked = ["--sortie", str(tmp_path / "D"), "--colonnes", "Fiche"]
    assert main(["exporter", str(campaign[0]), "--format", "csv", *asked]) == 2


def test_without_the_definition_or_of_a_synthese_there_are_no_actions_and_it_is_said(campaign, tmp_path, capsys):
    assert main(["exporter", str(campaign[0]), "--format", "csv-excel", "--sortie", str(tmp_path / "C")]) == 0
    assert "--contrat" in capsys.readouterr().out
    writer.write(ars_copy.workbook(result()), tmp_path / "S.xlsx")
    assert main(["exporter", str(tmp_path / "S.xlsx"), "--format", "csv-excel", "--sortie", str(tmp_path / "S")]) == 0
    assert "demande une consolidation" in capsys.readouterr().out
    assert not (tmp_path / "C" / "actions.csv").exists() and not (tmp_path / "S" / "actions.csv").exists()


def test_an_export_replaces_the_former_one(campaign, tmp_path):
    asked = ["exporter", str(campaign[0]), "--sortie", str(tmp_path / "D"), "--format"]
    assert main([*asked, "csv"]) == 0 and main([*asked, "csv-excel"]) == 0 and main([*asked, "csv"]) == 0
