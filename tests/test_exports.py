"""Exports in CSV and Parquet, read back by other libraries: a Data Package validator, pandas, pyarrow."""

import csv
import datetime
import json
from decimal import Decimal as D

import openpyxl
import pytest
from resultat_ecrit import cadre, mesures_piegees, resultat

from cls_workbook.errors import Refus
from cls_workbook.exports import dossier, paquet, schema
from cls_workbook.results import ars_copy, consolidated, descriptions
from cls_workbook.xlsx import writer

frictionless = pytest.importorskip("frictionless")
TABLES = [t for t in descriptions.TABLES if not t.optionnelle]
pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def consolidation(tmp_path_factory):
    chemin = tmp_path_factory.mktemp("consolidation") / "C.xlsx"
    writer.write(consolidated.classeur(resultat(mesures=mesures_piegees())), chemin)
    return chemin


@pytest.fixture(scope="module")
def synthese(tmp_path_factory):
    chemin = tmp_path_factory.mktemp("synthese") / "S.xlsx"
    writer.write(ars_copy.classeur(resultat()), chemin)
    return chemin


@pytest.fixture(scope="module")
def en_csv(tmp_path_factory, consolidation):
    cible = tmp_path_factory.mktemp("csv") / "D"
    paquet.exporter(consolidation, cible, "csv")
    return cible


@pytest.fixture(scope="module")
def en_parquet(tmp_path_factory, consolidation):
    cible = tmp_path_factory.mktemp("parquet") / "D"
    paquet.exporter(consolidation, cible, "parquet")
    return cible


def descripteur(cible):
    return json.loads((cible / "datapackage.json").read_text(encoding="utf-8"))


def ressource(cible, nom):
    return next(r for r in descripteur(cible)["resources"] if r["name"] == nom)


def champ(cible, table, nom):
    return next(c for c in ressource(cible, table)["schema"]["fields"] if c["name"] == nom)


def lignes(cible, nom):
    with (cible / f"{nom}.csv").open(encoding="utf-8", newline="") as fichier:
        return list(csv.DictReader(fichier))


# --- the package ------------------------------------------------------------------------------------------------------


def test_a_validator_of_data_packages_finds_nothing_to_say(en_csv, tmp_path, synthese):
    rapport = frictionless.validate(str(en_csv / "datapackage.json"))
    assert rapport.valid, rapport.flatten(["type", "message"])
    assert rapport.stats["tasks"] == len(TABLES)
    paquet.exporter(synthese, tmp_path / "S", "csv")
    rapport = frictionless.validate(str(tmp_path / "S" / "datapackage.json"))
    assert rapport.valid, rapport.flatten(["type", "message"])


@pytest.mark.parametrize(("fichier", "vrai", "faux", "erreur"), [
    ("financements.csv", "26000.00", "vingt-six mille", "type-error"),
    ("financements.csv", "26000.00", "-26000.00", "constraint-error"),
    ("indicateurs.csv", ",FLUX,", ",AUTRE,", "constraint-error"),
    ("mesures.csv", "1.1-I05", "9.9-I99", "foreign-key"),
])  # fmt: skip
def test_the_validator_would_have_spoken(en_csv, tmp_path, fichier, vrai, faux, erreur):
    """The schemas say something: a file that breaks one is refused."""
    for nom, contenu in contenus(en_csv).items():
        (tmp_path / nom).write_bytes(contenu)
    avant = (en_csv / fichier).read_bytes().decode()
    assert vrai in avant
    (tmp_path / fichier).write_bytes(avant.replace(vrai, faux).encode())
    decrit = descripteur(en_csv)
    for r in decrit["resources"]:  # what is looked for is the schema, not the hash
        del r["hash"], r["bytes"]
    (tmp_path / "datapackage.json").write_text(json.dumps(decrit), encoding="utf-8")
    assert erreur in {e[0] for e in frictionless.validate(str(tmp_path / "datapackage.json")).flatten(["type"])}


def test_a_field_says_its_title_its_unit_its_bounds_and_where_it_comes_from(en_csv):
    assert champ(en_csv, "financements", "engage") == {
        "name": "engage", "type": "number", "title": "Engagé", "description": "Montant acquis par une convention ou une décision, en euros.",
        "unit": "EUR", "source": {"sheet": "Lignes de financement", "table": "Financements", "column": "Engagé"}, "constraints": {"minimum": 0},
    }  # fmt: skip
    assert champ(en_csv, "retours", "statut")["constraints"]["enum"][:2] == ["reçu", "manquant"]
    assert champ(en_csv, "financements", "annee")["type"] == "year"
    assert ressource(en_csv, "indicateurs")["schema"]["primaryKey"] == ["mesure"]
    assert ressource(en_csv, "mesures")["schema"]["foreignKeys"] == [{"fields": ["mesure"], "reference": {"resource": "indicateurs", "fields": ["mesure"]}}]


def test_the_package_says_what_it_was_made_from(en_csv, consolidation):
    import hashlib

    decrit = descripteur(en_csv)
    assert decrit["sources"] == [{"title": "C.xlsx", "hash": f"sha256:{hashlib.sha256(consolidation.read_bytes()).hexdigest()}"}]
    assert decrit["created"] == "2026-03-14T00:00:00Z"
    assert schema.NEUTRALISATION in decrit["description"]


def test_every_column_of_the_workbook_is_in_the_export(en_csv):
    for table in TABLES:
        with (en_csv / f"{table.fichier}.csv").open(encoding="utf-8", newline="") as fichier:
            entete = next(csv.reader(fichier))
        assert [c for c in entete if not c.endswith("_nombre")] == [c.nom for c in table.colonnes]


# --- values -----------------------------------------------------------------------------------------------------------


def test_missing_stays_empty_money_is_exact_and_dates_are_iso(en_csv):
    premiere, seconde = lignes(en_csv, "financements")
    assert (premiere["engage"], premiere["date"], premiere["annee"]) == ("3000.50", "2025-04-15", "2025")
    assert (seconde["prevu"], seconde["date"], seconde["reference"]) == ("", "", "")


def test_a_mixed_column_comes_with_its_number(en_csv):
    par_champ = {r["champ"]: r for r in lignes(en_csv, "reponses")}
    assert (par_champ["total"]["valeur"], par_champ["total"]["valeur_nombre"]) == ("52000", "52000")
    assert (par_champ["etat"]["valeur"], par_champ["etat"]["valeur_nombre"]) == ("En cours", "")
    assert par_champ["date_debut"]["valeur"] == "2025-02-01"


def test_a_text_that_looks_like_a_formula_is_neutralised_and_can_be_found_again(en_csv):
    valeurs = [r["valeur"] for r in lignes(en_csv, "mesures")]
    assert valeurs == ["'=1+1", "'+33 3", "' @cmd", "''cité", "-5", "sans - danger"]
    assert [v[1:] if v.startswith("'") else v for v in valeurs] == ["=1+1", "+33 3", " @cmd", "'cité", "-5", "sans - danger"]


def test_how_to_reach_who_answered_stays_behind(en_csv):
    for fichier in en_csv.iterdir():
        assert "contact@asso.example" not in fichier.read_text(encoding="utf-8")


def test_pandas_reads_the_csv_with_the_types_that_are_said(en_csv):
    import pandas as pd

    lu = pd.read_csv(en_csv / "financement_fiches.csv", dtype={"fiche": str})
    assert lu.loc[0, "engage"] == 3000.5 and lu["engage"].isna().tolist() == [False, True, True, True]


# --- Parquet ----------------------------------------------------------------------------------------------------------


def test_pyarrow_reads_exact_money_dates_and_missing_values(en_parquet):
    table = pq.read_table(en_parquet / "financements.parquet").to_pylist()
    assert (table[0]["engage"], table[0]["date"], table[0]["annee"]) == (D("3000.50"), datetime.date(2025, 4, 15), 2025)
    assert (table[1]["prevu"], table[1]["date"]) == (None, None)


def test_parquet_keeps_texts_as_they_are(en_parquet):
    assert pq.read_table(en_parquet / "mesures.parquet").column("valeur").to_pylist() == ["=1+1", "+33 3", " @cmd", "'cité", "-5", "sans - danger"]


def test_both_formats_have_the_same_columns_rows_and_titles(en_csv, en_parquet):
    for table in TABLES:
        lu = pq.read_table(en_parquet / f"{table.fichier}.parquet")
        assert lu.num_rows == len(lignes(en_csv, table.fichier))
        champs = ressource(en_parquet, table.fichier)["schema"]["fields"]
        assert [c["name"] for c in champs] == lu.column_names
        assert lu.schema.field(0).metadata[b"title"].decode() == table.colonnes[0].titre
    engage = pq.read_table(en_parquet / "financements.parquet").schema.field("engage")
    assert engage.metadata[b"unit"] == b"EUR"


def test_the_descriptor_of_parquet_is_a_sound_one(en_parquet):
    assert not list(frictionless.Package.metadata_validate(descripteur(en_parquet)))


def test_without_pyarrow_parquet_is_refused_with_a_remedy(tmp_path, consolidation, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(Refus, match=r"cls-workbook\[parquet\]"):
        paquet.exporter(consolidation, tmp_path / "D", "parquet")
    assert not (tmp_path / "D").exists()


# --- the folder -------------------------------------------------------------------------------------------------------


def contenus(cible):
    return {p.name: p.read_bytes() for p in cible.iterdir()}


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_two_exports_are_the_same_bytes_and_the_second_takes_the_place_of_the_first(tmp_path, consolidation, format_):
    paquet.exporter(consolidation, tmp_path / "D", format_)
    avant = contenus(tmp_path / "D")
    paquet.exporter(consolidation, tmp_path / "D", format_)
    assert contenus(tmp_path / "D") == avant
    assert [p.name for p in tmp_path.iterdir()] == ["D"]


def test_a_workbook_saved_by_a_spreadsheet_gives_the_same_tables(tmp_path, consolidation, en_csv):
    livre = openpyxl.load_workbook(consolidation)
    livre.move_sheet("Mesures", -5)
    livre.save(tmp_path / "C.xlsx")
    paquet.exporter(tmp_path / "C.xlsx", tmp_path / "D", "csv")
    assert {n: c for n, c in contenus(tmp_path / "D").items() if n.endswith(".csv")} == {n: c for n, c in contenus(en_csv).items() if n.endswith(".csv")}


def test_a_failure_leaves_nothing_and_changes_nothing(tmp_path, consolidation, monkeypatch):
    paquet.exporter(consolidation, tmp_path / "D", "csv")
    avant = contenus(tmp_path / "D")

    def echouer(*_):
        raise OSError(28, "plus de place")

    monkeypatch.setattr(paquet, "ecrire_descripteur", echouer)
    for cible in ("D", "E"):
        with pytest.raises(Refus, match="ne peut pas être écrit"):
            paquet.exporter(consolidation, tmp_path / cible, "csv")
    assert contenus(tmp_path / "D") == avant
    assert [p.name for p in tmp_path.iterdir()] == ["D"]


def test_a_swap_that_fails_puts_the_earlier_export_back(tmp_path, consolidation, monkeypatch):
    paquet.exporter(consolidation, tmp_path / "D", "csv")
    avant, vrai = contenus(tmp_path / "D"), dossier.os.replace

    def un_sur_deux(source, cible):
        if str(source).endswith(".partiel"):
            raise OSError(13, "refusé")
        vrai(source, cible)

    monkeypatch.setattr(dossier.os, "replace", un_sur_deux)
    with pytest.raises(Refus):
        paquet.exporter(consolidation, tmp_path / "D", "csv")
    assert contenus(tmp_path / "D") == avant


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, consolidation):
    (tmp_path / "D").mkdir()
    (tmp_path / "D" / "notes.txt").write_text("à garder", encoding="utf-8")
    with pytest.raises(Refus, match="contient déjà autre chose"):
        paquet.exporter(consolidation, tmp_path / "D", "csv")
    paquet.exporter(consolidation, tmp_path / "E", "csv")
    (tmp_path / "E" / "notes.txt").write_text("à garder", encoding="utf-8")
    with pytest.raises(Refus, match="contient déjà autre chose"):
        paquet.exporter(consolidation, tmp_path / "E", "csv")


# --- what is refused --------------------------------------------------------------------------------------------------


def refus(tmp_path, geste, consolidation):
    livre = openpyxl.load_workbook(consolidation)
    geste(livre)
    livre.save(tmp_path / "autre.xlsx")
    with pytest.raises(Refus) as leve:
        paquet.exporter(tmp_path / "autre.xlsx", tmp_path / "D", "csv")
    assert not (tmp_path / "D").exists()
    return str(leve.value)


def test_a_foreign_an_older_or_a_damaged_workbook_gets_one_sentence(tmp_path, consolidation):
    def reperer(livre, champ_, valeur):
        feuille = livre["Repères"]
        ligne = next(r for r in range(2, feuille.max_row + 1) if feuille.cell(r, 3).value == champ_)
        feuille.cell(ligne, 4).value = valeur

    openpyxl.Workbook().save(tmp_path / "vide.xlsx")
    with pytest.raises(Refus, match="ni une consolidation, ni une synthèse"):
        paquet.exporter(tmp_path / "vide.xlsx", tmp_path / "D", "csv")
    with pytest.raises(Refus, match="introuvable ou illisible"):
        paquet.exporter(tmp_path / "absent.xlsx", tmp_path / "D", "csv")
    assert "autre version (format 99, attendu 1)" in refus(tmp_path, lambda li: reperer(li, "format", 99), consolidation)
    assert "la feuille « Mesures » manque" in refus(tmp_path, lambda li: li.remove(li["Mesures"]), consolidation)
    phrase = refus(tmp_path, lambda li: li["Lignes de financement"].__setitem__("G2", "beaucoup"), consolidation)
    assert "cellule G2 (Engagé) : trouvé « beaucoup »" in phrase


def test_a_campaign_without_any_return_exports_empty_tables(tmp_path):
    rien = resultat(mesures=cadre("Mesures"), financements=cadre("Lignes de financement"), reponses=cadre("Réponses"), normalisations=cadre("Normalisations"), anomalies=())
    writer.write(consolidated.classeur(rien), tmp_path / "C.xlsx")
    paquet.exporter(tmp_path / "C.xlsx", tmp_path / "D", "csv")
    paquet.exporter(tmp_path / "C.xlsx", tmp_path / "P", "parquet")
    assert frictionless.validate(str(tmp_path / "D" / "datapackage.json")).valid
    assert pq.read_table(tmp_path / "P" / "mesures.parquet").num_rows == 0
