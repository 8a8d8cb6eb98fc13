"""« Retours par structure »: where each structure stands, and what is to be done next; what is known is not typed."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import date

import pytest

from cls_workbook.anomalies import Anomalie
from cls_workbook.pilotage import Pilotage, Relance, SetAside
from cls_workbook.pipeline import way_back
from cls_workbook.reading.opening.returned_workbook import open_workbook
from cls_workbook.reports import table_sheets
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.summaries.follow_up.structure_returns import by_structure
from cls_workbook.tables import consolidation_tables
from cls_workbook.tables.consolidation_tables import RETOURS
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.tables.table_frames import table_frame
from tests.support.small_workbook import YEAR, filled, trial

DAY = date(2026, 2, 1)
MUTUELLE, VILLE = "Mutuelle de l’Orme", "Ville de Rivemont"
ANSWER = {"1.1/avancement/etat": "En cours", "1.1/mesures/1.1-I01/valeur": 30}
ANSWERS = {"accueil/reponse/structure": MUTUELLE} | ANSWER


def stands(folder, *relances, ecartes=()) -> dict:
    told = Pilotage(relances=relances, ecartes=tuple(SetAside(name, "un essai") for name in ecartes))
    result = way_back.consolidate_folder([folder], trial(), YEAR, day=DAY, pilotage=told)
    return {r["Structure"]: r for r in result.tables.structures.to_dict("records")}


def test_who_has_answered_for_some_of_its_fiches_is_on_one_line_with_what_it_owes(tmp_path):
    filled(tmp_path, ANSWERS, "mutuelle", "mutuelle.xlsx")
    line = stands(tmp_path)[MUTUELLE]
    assert (line["Où en est-on"], line["Reçues"], line["Fichiers"]) == ("en partie", "1.1", "mutuelle.xlsx")
    assert line["Manquantes"].startswith("2.1 (") and line["À faire"].startswith("relancer")


def test_who_has_sent_nothing_is_to_be_reminded_and_its_address_is_beside(tmp_path):
    line = stands(tmp_path, Relance("mutuelle", "", date(2026, 1, 20), courriel="sante@orme.fr"))[MUTUELLE]
    assert (line["Où en est-on"], line["Reçues"], line["Contact"]) == ("manquant", None, "sante@orme.fr")
    assert (line["Dernière relance"], line["À faire"]) == (date(2026, 1, 20), "relancer de nouveau")


def test_what_the_coordinator_holds_on_paper_is_to_be_put_in_the_folder(tmp_path):
    assert stands(tmp_path, Relance("mutuelle", "reçu"))[MUTUELLE]["À faire"] == "déposer son fichier dans le dossier"


@pytest.mark.parametrize(
    ("second", "ecartes", "state", "step"),
    [
        ({}, (), "en partie", "relancer"),
        ({"1.1/mesures/1.1-I01/valeur": 31}, (), "doublon", "demander quelle version garder"),
        ({"1.1/mesures/1.1-I01/valeur": 31}, ("b.xlsx",), "en partie", "relancer"),
        ({"1.1/mesures/1.1-I01/valeur": 31}, ("a.xlsx", "b.xlsx"), "manquant", "relancer"),
        (
            {"1.1/mesures/1.1-I02a/valeur": -4},
            ("a.xlsx",),
            "en partie",
            "relancer ; renvoyer sa copie annotée (1 point",
        ),
    ],
)
def test_two_files_of_a_structure_are_one_line(tmp_path, second, ecartes, state, step):
    filled(tmp_path, ANSWERS, "mutuelle", "a.xlsx")
    if second:
        filled(tmp_path, ANSWERS | second, "mutuelle", "b.xlsx")
    else:
        shutil.copy(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    line = stands(tmp_path, ecartes=ecartes)[MUTUELLE]
    assert (line["Où en est-on"], line["Fichiers"]) == (state, "a.xlsx, b.xlsx")
    assert line["À faire"].replace("\u00a0", " ").startswith(step)


def test_a_group_that_nobody_named_and_a_file_that_says_nothing_have_their_step(tmp_path):
    (tmp_path / "casse.xlsx").write_bytes(b"rien")
    lines = stands(tmp_path)
    group = dict.fromkeys(RETOURS.titles) | {"Fiche": "1.1", "Structure": "Communes", "Statut": "manquant"}
    table = by_structure(trial(), table_frame(RETOURS, [tuple(group.values())]), [], {}, {})
    assert "nommer ses membres" in table["À faire"][0]
    assert (lines[None]["Où en est-on"], lines[None]["Fichiers"]) == ("rejeté", "casse.xlsx")
    assert "nouvel envoi" in lines[None]["À faire"]


# --- the day on which it was saved ------------------------------------------------------------------------------------


def saved(content: bytes, properties: str, part: str = "docProps/core.xml") -> date | None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, properties if name == part else old.read(name))
    return open_workbook(made.getvalue()).saved_on()


@pytest.mark.parametrize(
    ("created", "modified", "day"),
    [
        ("2024-01-01T00:00:00Z", "2026-01-27T08:15:00Z", date(2026, 1, 27)),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", None),
        ("2024-01-01T00:00:00Z", "2026-13-45T00:00:00Z", None),
        ("2024-01-01T00:00:00Z", "hier", None),
    ],
)
def test_the_day_is_the_one_that_the_spreadsheet_wrote(tmp_path, created, modified, day):
    filled(tmp_path, ANSWERS, "mutuelle", "a.xlsx")
    properties = (
        f"<p><dcterms:created x='y'>{created}</dcterms:created><dcterms:modified>{modified}</dcterms:modified></p>"
    )
    assert saved((tmp_path / "a.xlsx").read_bytes(), properties) == day


def test_an_anomaly_of_a_whole_file_counts_once_whatever_the_number_of_fiches(tmp_path):
    filled(
        tmp_path,
        ANSWERS | {"2.1/reponse/volet": "Covoiturage", "2.1/avancement/etat": "En cours"},
        "mutuelle",
        "a.xlsx",
    )
    told = [
        Anomalie("à confirmer", "X", "a.xlsx", fiche=fiche)
        for fiche in ("", "1.1", "2.1", "9.9")  # of 9.9, this file says nothing
    ]
    retours = way_back.consolidate_folder([tmp_path], trial(), YEAR, day=DAY).tables.retours
    table = by_structure(trial(), retours, told, {}, {})
    assert list(table[table["Structure"] == MUTUELLE]["À confirmer"]) == [3]


def test_the_sheet_of_follow_up_looks_its_columns_up_where_they_stand():
    titles = STRUCTURES.titles
    assert (titles[0], titles[1], titles[3]) == ("Structure", "Où en est-on", "Manquantes")  # columns A, B and D


# --- the sheet --------------------------------------------------------------------------------------------------------


def test_it_stands_before_the_detail_and_the_digest_is_last_and_whole(tmp_path):
    result = way_back.consolidate_folder([tmp_path], trial(), YEAR, day=DAY)
    tables = [t.description for t in consolidation_workbook.tables(result)]
    assert [t.sheet for t in tables[:2]] == ["Retours par structure", "Retours"]
    assert consolidation_tables.RETOURS.titles[-1] == "Empreinte SHA-256"
    sheet = table_sheets.sheet(table_sheets.from_frame(consolidation_tables.RETOURS, result.tables.retours), "")
    assert sheet.widths[len(consolidation_tables.RETOURS.titles)] > 64


def test_its_addresses_go_no_further():
    assert STRUCTURES not in consolidation_tables.TABLES  # what exports and copies are made of
