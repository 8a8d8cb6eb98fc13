"""Exports in CSV and Parquet, read back by other libraries: a Data Package validator, pandas, pyarrow."""

import csv
import datetime
import json
from decimal import Decimal as D

import openpyxl
import pytest

from cls_workbook import csv_texts
from cls_workbook.errors import Refusal
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.exports import data_package, whole_folder
from cls_workbook.tables import consolidation_tables
from cls_workbook.workbook import writer
from tests.support.result_headers import frame
from tests.support.written_result import result, tricky_mesures

frictionless = pytest.importorskip("frictionless")
TABLES = [t for t in consolidation_tables.TABLES if not t.optional]
pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def consolidation(tmp_path_factory):
    path = tmp_path_factory.mktemp("consolidation") / "C.xlsx"
    writer.write(consolidation_workbook.workbook(result(mesures=tricky_mesures())), path)
    return path


@pytest.fixture(scope="module")
def synthese(tmp_path_factory):
    path = tmp_path_factory.mktemp("synthese") / "S.xlsx"
    writer.write(ars_copy.workbook(result()), path)
    return path


@pytest.fixture(scope="module")
def as_csv(tmp_path_factory, consolidation):
    cible = tmp_path_factory.mktemp("csv") / "D"
    data_package.exporter(consolidation, cible, "csv")
    return cible


@pytest.fixture(scope="module")
def as_parquet(tmp_path_factory, consolidation):
    cible = tmp_path_factory.mktemp("parquet") / "D"
    data_package.exporter(consolidation, cible, "parquet")
    return cible


def descriptor(cible):
    return json.loads((cible / "datapackage.json").read_text(encoding="utf-8"))


def resource_entry(cible, nom):
    return next(r for r in descriptor(cible)["resources"] if r["name"] == nom)


def champ(cible, table, nom):
    return next(c for c in resource_entry(cible, table)["schema"]["fields"] if c["name"] == nom)


def lines(cible, nom):
    with (cible / f"{nom}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- the package ------------------------------------------------------------------------------------------------------


def test_a_validator_of_data_packages_finds_nothing_to_say(as_csv, tmp_path, synthese):
    report = frictionless.validate(str(as_csv / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    assert report.stats["tasks"] == len(TABLES)
    data_package.exporter(synthese, tmp_path / "S", "csv")
    report = frictionless.validate(str(tmp_path / "S" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])


@pytest.mark.parametrize(
    ("file", "true_one", "false_one", "error"),
    [
        ("financements.csv", "26000.00", "vingt-six mille", "type-error"),
        ("financements.csv", "26000.00", "-26000.00", "constraint-error"),
        ("indicateurs.csv", ",FLUX,", ",AUTRE,", "constraint-error"),
        ("mesures.csv", "1.1-I05", "9.9-I99", "foreign-key"),
    ],
)
def test_the_validator_would_have_spoken(as_csv, tmp_path, file, true_one, false_one, error):
    """The schemas say something: a file that breaks one is refused."""
    for nom, content in contents(as_csv).items():
        (tmp_path / nom).write_bytes(content)
    before = (as_csv / file).read_bytes().decode()
    assert true_one in before
    (tmp_path / file).write_bytes(before.replace(true_one, false_one).encode())
    described = descriptor(as_csv)
    for r in described["resources"]:  # what is looked for is the schema, not the hash
        del r["hash"], r["bytes"]
    (tmp_path / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    assert error in {e[0] for e in frictionless.validate(str(tmp_path / "datapackage.json")).flatten(["type"])}


def test_a_field_says_its_title_its_unit_its_bounds_and_where_it_comes_from(as_csv):
    assert champ(as_csv, "financements", "engage") == {
        "name": "engage",
        "type": "number",
        "title": "Engagé",
        "description": (
            "Attribué ou notifié pour l’année par une convention ou une décision, même si rien n’est encore "
            "arrivé\u00a0; en euros."
        ),
        "unit": "EUR",
        "source": {"sheet": "Lignes de financement", "table": "Financements", "column": "Engagé"},
        "constraints": {"minimum": 0},
    }
    assert champ(as_csv, "retours", "statut")["constraints"]["enum"][:2] == ["reçu", "manquant"]
    assert champ(as_csv, "financements", "annee")["type"] == "year"
    assert resource_entry(as_csv, "indicateurs")["schema"]["primaryKey"] == ["mesure"]
    assert resource_entry(as_csv, "mesures")["schema"]["foreignKeys"] == [
        {"fields": ["mesure"], "reference": {"resource": "indicateurs", "fields": ["mesure"]}}
    ]


def test_the_package_says_what_it_was_made_from(as_csv, consolidation):
    import hashlib

    described = descriptor(as_csv)
    assert described["sources"] == [
        {"title": "C.xlsx", "hash": f"sha256:{hashlib.sha256(consolidation.read_bytes()).hexdigest()}"}
    ]
    assert described["created"] == "2026-03-14T00:00:00Z"
    assert csv_texts.NEUTRALIZATION in described["description"]


def test_every_column_of_the_workbook_is_in_the_export(as_csv):
    for table in TABLES:
        with (as_csv / f"{table.file}.csv").open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert [c for c in header if not c.endswith("_nombre")] == [c.nom for c in table.columns]


# --- values -----------------------------------------------------------------------------------------------------------


def test_missing_stays_empty_money_is_exact_and_dates_are_iso(as_csv):
    first, second = lines(as_csv, "financements")
    assert (first["engage"], first["date"], first["annee"]) == ("3000.50", "2025-04-15", "2025")
    assert (second["prevu"], second["date"], second["reference"]) == ("", "", "")


def test_a_mixed_column_comes_with_its_number(as_csv):
    by_champ = {r["champ"]: r for r in lines(as_csv, "reponses")}
    assert (by_champ["total"]["valeur"], by_champ["total"]["valeur_nombre"]) == ("52000", "52000")
    assert (by_champ["etat"]["valeur"], by_champ["etat"]["valeur_nombre"]) == ("En cours", "")
    assert by_champ["date_debut"]["valeur"] == "2025-02-01"


def test_a_text_that_looks_like_a_formula_is_neutralised_and_can_be_found_again(as_csv):
    values = [r["valeur"] for r in lines(as_csv, "mesures")]
    assert values == ["'=1+1", "'+33 3", " '@cmd", "''cité", "-5", "sans - danger"]
    assert [csv_texts.restored(v) for v in values] == ["=1+1", "+33 3", " @cmd", "'cité", "-5", "sans - danger"]


def test_how_to_reach_who_answered_stays_behind(as_csv):
    for file in as_csv.iterdir():
        assert "contact@asso.example" not in file.read_text(encoding="utf-8")


def test_pandas_reads_the_csv_with_the_types_that_are_said(as_csv):
    import pandas as pd

    value_read = pd.read_csv(as_csv / "financement_fiches.csv", dtype={"fiche": str})
    assert value_read.loc[0, "engage"] == 3000.5 and value_read["engage"].isna().tolist() == [False, True, True, True]


# --- Parquet ----------------------------------------------------------------------------------------------------------


def test_pyarrow_reads_exact_money_dates_and_missing_values(as_parquet):
    table = pq.read_table(as_parquet / "financements.parquet").to_pylist()
    assert (table[0]["engage"], table[0]["date"], table[0]["annee"]) == (D("3000.50"), datetime.date(2025, 4, 15), 2025)
    assert (table[1]["prevu"], table[1]["date"]) == (None, None)


def test_parquet_keeps_texts_as_they_are(as_parquet):
    assert pq.read_table(as_parquet / "mesures.parquet").column("valeur").to_pylist() == [
        "=1+1",
        "+33 3",
        " @cmd",
        "'cité",
        "-5",
        "sans - danger",
    ]


def test_both_formats_have_the_same_columns_rows_and_titles(as_csv, as_parquet):
    for table in TABLES:
        value_read = pq.read_table(as_parquet / f"{table.file}.parquet")
        assert value_read.num_rows == len(lines(as_csv, table.file))
        input_fields = resource_entry(as_parquet, table.file)["schema"]["fields"]
        assert [c["name"] for c in input_fields] == value_read.column_names
        assert value_read.schema.field(0).metadata[b"title"].decode() == table.columns[0].titre
    engage = pq.read_table(as_parquet / "financements.parquet").schema.field("engage")
    assert engage.metadata[b"unit"] == b"EUR"


def test_the_descriptor_of_parquet_is_a_sound_one(as_parquet):
    assert not list(frictionless.Package.metadata_validate(descriptor(as_parquet)))


def test_without_pyarrow_parquet_is_refused_with_a_remedy(tmp_path, consolidation, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(Refusal, match=r"cls-workbook\[parquet\]"):
        data_package.exporter(consolidation, tmp_path / "D", "parquet")
    assert not (tmp_path / "D").exists()


# --- the folder -------------------------------------------------------------------------------------------------------


def contents(cible):
    return {p.name: p.read_bytes() for p in cible.iterdir()}


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_two_exports_are_the_same_bytes_and_the_second_takes_the_place_of_the_first(tmp_path, consolidation, format_):
    data_package.exporter(consolidation, tmp_path / "D", format_)
    before = contents(tmp_path / "D")
    data_package.exporter(consolidation, tmp_path / "D", format_)
    assert contents(tmp_path / "D") == before
    assert [p.name for p in tmp_path.iterdir()] == ["D"]


def test_a_workbook_saved_by_a_spreadsheet_gives_the_same_tables(tmp_path, consolidation, as_csv):
    opened_book = openpyxl.load_workbook(consolidation)
    opened_book.move_sheet("Mesures", -5)
    opened_book.save(tmp_path / "C.xlsx")
    data_package.exporter(tmp_path / "C.xlsx", tmp_path / "D", "csv")
    assert {n: c for n, c in contents(tmp_path / "D").items() if n.endswith(".csv")} == {
        n: c for n, c in contents(as_csv).items() if n.endswith(".csv")
    }


def test_a_failure_leaves_nothing_and_changes_nothing(tmp_path, consolidation, monkeypatch):
    data_package.exporter(consolidation, tmp_path / "D", "csv")
    before = contents(tmp_path / "D")

    def fail(*_):
        raise OSError(28, "plus de place")

    monkeypatch.setattr(data_package, "write_descriptor", fail)
    for cible in ("D", "E"):
        with pytest.raises(Refusal, match="ne peut pas être écrit"):
            data_package.exporter(consolidation, tmp_path / cible, "csv")
    assert contents(tmp_path / "D") == before
    assert [p.name for p in tmp_path.iterdir()] == ["D"]


def test_a_swap_that_fails_puts_the_earlier_export_back(tmp_path, consolidation, monkeypatch):
    data_package.exporter(consolidation, tmp_path / "D", "csv")
    before, true_one = contents(tmp_path / "D"), whole_folder.os.replace

    def every_other(source, cible):
        if str(source).endswith(".partiel"):
            raise OSError(13, "refusé")
        true_one(source, cible)

    monkeypatch.setattr(whole_folder, "_exchange", lambda one, other: False)  # as on a system that knows no such move
    monkeypatch.setattr(whole_folder.os, "replace", every_other)
    with pytest.raises(Refusal):
        data_package.exporter(consolidation, tmp_path / "D", "csv")
    assert contents(tmp_path / "D") == before


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, consolidation):
    (tmp_path / "D").mkdir()
    (tmp_path / "D" / "notes.txt").write_text("à garder", encoding="utf-8")
    with pytest.raises(Refusal, match="contient déjà autre chose"):
        data_package.exporter(consolidation, tmp_path / "D", "csv")
    data_package.exporter(consolidation, tmp_path / "E", "csv")
    (tmp_path / "E" / "notes.txt").write_text("à garder", encoding="utf-8")
    with pytest.raises(Refusal, match="contient déjà autre chose"):
        data_package.exporter(consolidation, tmp_path / "E", "csv")


# --- what is refused --------------------------------------------------------------------------------------------------


def refusal(tmp_path, gesture, consolidation):
    opened_book = openpyxl.load_workbook(consolidation)
    gesture(opened_book)
    opened_book.save(tmp_path / "autre.xlsx")
    with pytest.raises(Refusal) as raised:
        data_package.exporter(tmp_path / "autre.xlsx", tmp_path / "D", "csv")
    assert not (tmp_path / "D").exists()
    return str(raised.value)


def test_a_foreign_an_older_or_a_damaged_workbook_gets_one_sentence(tmp_path, consolidation):
    def mark(opened_book, wanted_field, valeur):
        sheet = opened_book["Repères"]
        line = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 3).value == wanted_field)
        sheet.cell(line, 4).value = valeur

    openpyxl.Workbook().save(tmp_path / "vide.xlsx")
    with pytest.raises(Refusal, match="ni une consolidation, ni une synthèse"):
        data_package.exporter(tmp_path / "vide.xlsx", tmp_path / "D", "csv")
    with pytest.raises(Refusal, match="introuvable ou illisible"):
        data_package.exporter(tmp_path / "absent.xlsx", tmp_path / "D", "csv")
    assert "autre version (format 99, attendu 1)" in refusal(tmp_path, lambda li: mark(li, "format", 99), consolidation)
    assert "la feuille « Mesures » manque" in refusal(tmp_path, lambda li: li.remove(li["Mesures"]), consolidation)
    sentence = refusal(tmp_path, lambda li: li["Lignes de financement"].__setitem__("G2", "beaucoup"), consolidation)
    assert "cellule G2 (Engagé) : trouvé « beaucoup »" in sentence


def test_a_campaign_without_any_return_exports_empty_tables(tmp_path):
    nothing = result(
        mesures=frame("Mesures"),
        financements=frame("Lignes de financement"),
        reponses=frame("Réponses"),
        normalisations=frame("Normalisations"),
        anomalies=(),
    )
    writer.write(consolidation_workbook.workbook(nothing), tmp_path / "C.xlsx")
    data_package.exporter(tmp_path / "C.xlsx", tmp_path / "D", "csv")
    data_package.exporter(tmp_path / "C.xlsx", tmp_path / "P", "parquet")
    assert frictionless.validate(str(tmp_path / "D" / "datapackage.json")).valid
    assert pq.read_table(tmp_path / "P" / "mesures.parquet").num_rows == 0
