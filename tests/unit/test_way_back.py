"""The whole way back, on the shipped contract: files in, one ``Result`` and one workbook out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from cls_workbook import pilotage
from cls_workbook.definition import toml_reader
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.engines.several_processes import Processes
from cls_workbook.engines.this_process import SingleProcess
from cls_workbook.errors import Refusal
from cls_workbook.fast_paths import offprint
from cls_workbook.forms import examples
from cls_workbook.pipeline import campaign, single_returns, way_back
from cls_workbook.reading import return_files
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.workbook import writer
from tests.support.dropped_returns import DAY, YEAR, consolider, drop_retour, plan_of

EXPECTED = 34  # of Dijon in 2025: 35 answers, of which the two of the EMAS team come as one


@pytest.fixture(scope="module")
def dijon():
    return toml_reader.load("dijon-2024-2028")


def test_every_value_typed_is_in_exactly_one_table_or_in_an_anomaly(tmp_path, dijon):
    plan = plan_of(dijon, "apo")
    typed_values = examples.make_answers(plan, seed="apo") | {
        "3.1/financement/01/engage": "env. 12 000",
        "3.1/mesures/3.1-I08/valeur": "une centaine",
    }
    drop_retour(tmp_path, dijon, "apo", typed_values)
    result = consolider(tmp_path, dijon)
    places = {p.cle: (p.sheet, p.cell) for p in plan.input_places()}
    all_expected = {places[cle] for cle in typed_values}
    mesures = set(zip(result.tables.mesures.frame()["Feuille"], result.tables.mesures.frame()["Cellule"], strict=True))
    reponses = set(
        zip(result.tables.reponses.frame()["Feuille"], result.tables.reponses.frame()["Cellule"], strict=True)
    )
    refused_ones = {(a.sheet, c) for a in result.anomalies if a.gravite == "bloquant" for c in a.cells}
    lines = {
        (sheet, cell)
        for sheet, cell_range in zip(
            result.tables.financements.frame()["Feuille"], result.tables.financements.frame()["Cellule"], strict=True
        )
        for cell in cells_of(cell_range)
    } & all_expected - refused_ones
    assert all_expected == mesures | reponses | lines | (refused_ones & all_expected)
    assert not (mesures & reponses or mesures & lines or reponses & lines or (mesures | reponses) & refused_ones)
    assert {places["3.1/financement/01/engage"], places["3.1/mesures/3.1-I08/valeur"]} <= refused_ones


def cells_of(cell_range: str) -> set[str]:
    return {
        c.coordinate
        for piece in cell_range.replace(" ", "").split(",")
        for row in openpyxl.Workbook().active[piece + (":" + piece if ":" not in piece else "")]
        for c in row
    }


def test_two_versions_of_a_return_are_both_set_aside_and_say_so(tmp_path, dijon):
    drop_retour(tmp_path, dijon, "cpam")
    drop_retour(tmp_path, dijon, "cpam", {"1.1/mesures/1.1-I02a/valeur": 99}, nom="cpam (2).xlsx")
    drop_retour(tmp_path, dijon, "ars")
    result = consolider(tmp_path, dijon)
    assert {(a.file, a.fiche) for a in result.anomalies if a.code == "DOUBLON_DE_RETOUR"} == {
        ("cpam.xlsx", "1.1"),
        ("cpam (2).xlsx", "1.1"),
    }
    statuts = result.tables.retours[
        (result.tables.retours["Fiche"] == "1.1") & (result.tables.retours["Structure"] == "CPAM")
    ]
    assert statuts["Statut"].tolist() == ["doublon", "doublon"]
    assert "CPAM" not in set(result.tables.mesures.frame()["Structure"])
    # the agency's four answers count; CPAM's, set aside, is still among what is expected
    assert result.received_and_expected() == (4, EXPECTED)


def test_the_same_file_twice_counts_once(tmp_path, dijon):
    drop_retour(tmp_path, dijon, "apo")
    alone = consolider(tmp_path, dijon)
    (tmp_path / "copie de apo.xlsx").write_bytes((tmp_path / "apo.xlsx").read_bytes())
    double = consolider(tmp_path, dijon)
    assert double.tables.par_fiche["Engagé"].tolist() == alone.tables.par_fiche["Engagé"].tolist()
    assert sorted(double.tables.retours.loc[double.tables.retours["Fichier"].notna(), "Statut"]) == ["doublon", "reçu"]
    assert [a.gravite for a in double.anomalies if a.code == "DOUBLON_DE_RETOUR"] == ["à confirmer"]


def test_the_same_return_saved_again_counts_once(tmp_path, dijon):
    """Its bytes are others (another tab is in front): its answers are the same."""
    drop_retour(tmp_path, dijon, "apo")
    alone = consolider(tmp_path, dijon)
    book = openpyxl.load_workbook(tmp_path / "apo.xlsx")
    book.active = 2
    book.save(tmp_path / "copie de apo.xlsx")
    double = consolider(tmp_path, dijon)
    assert double.tables.par_fiche["Engagé"].tolist() == alone.tables.par_fiche["Engagé"].tolist()
    assert [a.gravite for a in double.anomalies if a.code == "DOUBLON_DE_RETOUR"] == ["à confirmer"]


def test_a_return_of_another_year_is_refused_whole(tmp_path, dijon):
    drop_retour(tmp_path, dijon, "apo", annee=2024)
    result = consolider(tmp_path, dijon)
    assert [(a.code, a.file) for a in result.anomalies if a.gravite == "bloquant"] == [("HORS_CAMPAGNE", "apo.xlsx")]
    assert (
        result.tables.mesures.frame().empty
        and result.tables.reponses.frame().empty
        and result.tables.financements.frame().empty
    )
    assert "rejeté" in set(result.tables.retours["Statut"])


def test_files_that_are_no_workbook_are_named_and_the_others_still_count(tmp_path, dijon):
    drop_retour(tmp_path, dijon, "apo")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7 rien")
    (tmp_path / "vide.xlsx").write_bytes(b"")
    (tmp_path / "~$apo.xlsx").write_bytes(b"verrou")
    result = consolider(tmp_path, dijon)
    assert sorted(a.file for a in result.anomalies if a.code == "FICHIER_ILLISIBLE") == ["notes.pdf", "vide.xlsx"]
    assert result.received_and_expected()[0] == 1


@pytest.mark.exhaustive  # every engine is compared on a small contract (test_engines.py)
def test_one_process_or_two_give_the_same_tables(tmp_path, dijon):
    for structure in ("apo", "ars", "cpam"):
        drop_retour(tmp_path, dijon, structure)
    files = return_files.retours_in([tmp_path])
    one, two = (
        way_back.consolider(return_files.read(files, ReturnReader(KnownContrats(dijon)), engine), dijon, YEAR, day=DAY)
        for engine in (SingleProcess(), Processes(2))
    )
    assert writer.to_bytes(consolidation_workbook.workbook(one)) == writer.to_bytes(
        consolidation_workbook.workbook(two)
    )


def test_money_adds_up_to_the_cent_over_the_returns(tmp_path, dijon):
    drop_retour(
        tmp_path,
        dijon,
        "apo",
        {
            "3.1/financement/01/engage": Decimal("1234.56"),
            "3.1/financement/01/verse": Decimal("1000.01"),
            "3.1/depenses/total": Decimal("2000.02"),
        },
    )
    fiche = consolider(tmp_path, dijon).tables.par_fiche.set_index("Fiche").loc["3.1"]
    assert (fiche["Montant contrat"], fiche["Engagé"], fiche["Reste à engager"]) == (
        30000,
        Decimal("1234.56"),
        Decimal("28765.44"),
    )


def test_named_members_of_a_group_are_expected_in_its_place(tmp_path, dijon):
    drop_retour(tmp_path, dijon, "apo")
    saisies = pilotage.Pilotage(membres={"communes": ("Commune de Chenôve",), "operateurs": ("Sedap",)})
    result = consolider(tmp_path, dijon, pilotage=saisies)
    expected_returns = set(zip(result.tables.retours["Fiche"], result.tables.retours["Structure"], strict=True))
    assert {("3.3", "Commune de Chenôve"), ("4.4", "Commune de Chenôve"), ("3.2", "Sedap")} <= expected_returns
    assert not any(s in ("Communes", "Opérateurs de prévention") for _, s in expected_returns)


def test_the_second_year_reads_the_first(tmp_path, dijon):
    for annee, valeur in ((2024, 40), (2025, 100)):
        (tmp_path / str(annee)).mkdir()
        drop_retour(tmp_path / str(annee), dijon, "apo", {"3.1/mesures/3.1-I08/valeur": valeur}, annee=annee)
    first = tmp_path / "c2024.xlsx"
    way_back.consolidate_files([tmp_path / "2024"], dijon.id, 2024, first, day=date(2025, 2, 1))
    second = way_back.consolidate_files(
        [tmp_path / "2025"], dijon.id, 2025, tmp_path / "c2025.xlsx", day=DAY, precedent=str(first)
    )
    shipped = second.tables.indicateurs.set_index("Mesure").loc["3.1-I08"]
    assert (shipped["Valeur n-1"], shipped["Valeur"]) == (40, 100)
    # 3 000 € engaged each year by the plausible answers (30 000 over five years, one porteur at half the cost)
    engages = [
        pd.read_excel(c, sheet_name="Financement par fiche", engine="calamine").set_index("Fiche").loc["3.1", "Engagé"]
        for c in (first, tmp_path / "c2025.xlsx")
    ]
    remaining = second.tables.par_fiche.set_index("Fiche").loc["3.1", "Reste à engager"]
    assert remaining == 30000 - Decimal(str(sum(engages)))
    place = next(p for p in plan_of(dijon, "apo").input_places() if p.cle == "3.1/mesures/3.1-I08/valeur")
    assert (place.cell,) in [a.cells for a in second.anomalies if a.code == "EVOLUTION_FORTE"]


def test_the_consolidation_is_never_read_as_a_return(tmp_path, dijon):
    drop_retour(tmp_path, dijon, "apo")
    output = tmp_path / "consolidation.xlsx"
    for _ in range(2):
        result = way_back.consolidate_files([tmp_path], dijon.id, YEAR, output, day=DAY)
    assert "consolidation.xlsx" not in {a.file for a in result.anomalies}


def test_an_empty_folder_is_a_campaign_that_nobody_has_answered(tmp_path, dijon):
    result = way_back.consolidate_files([tmp_path], dijon.id, YEAR, tmp_path / "C.xlsx", day=DAY)
    assert set(result.tables.retours["Statut"]) == {"manquant"}
    assert result.received_and_expected() == (0, EXPECTED)
    assert {a.code for a in result.anomalies} == {"RETOUR_MANQUANT", "GROUPE_NON_NOMME"}
    assert set(result.tables.indicateurs["Couverture"].str.split(" \\(").str[0]) == {"aucun retour"}


def test_without_a_campaign_there_is_nothing_to_check_in_an_empty_folder(tmp_path):
    with pytest.raises(Refusal, match="Déposez-y les retours"):
        single_returns.controler([str(tmp_path)])
    with pytest.raises(Refusal, match="n’existe pas"):
        return_files.retours_in([tmp_path / "nulle part"])


def test_single_returns_are_checked_without_a_campaign(tmp_path, dijon):
    drop_retour(tmp_path, dijon, "clsm-franco-basaglia", {"2.1/satisfaction/2.1-I04a/satisfaits": 95})
    anomalies = single_returns.controler([str(tmp_path / "clsm-franco-basaglia.xlsx")])
    assert [a.code for a in anomalies if a.gravite == "bloquant"] == ["SATISFACTION_INCOHERENTE"]
    assert not any(a.code == "RETOUR_MANQUANT" for a in anomalies)


def test_a_blank_return_is_told_and_not_counted(tmp_path, dijon):
    plan = plan_of(dijon, "apo")
    (tmp_path / "apo.xlsx").write_bytes(next(iter(offprint.produce([plan.workbook]))))
    result = consolider(tmp_path, dijon)
    assert [(a.gravite, a.file) for a in result.anomalies if a.code == "RETOUR_VIDE"] == [("à confirmer", "apo.xlsx")]
    assert result.received_and_expected()[0] == 0


def test_in_how_many_batches_returns_are_read_changes_nothing(tmp_path, dijon, monkeypatch):
    retours = tmp_path / "retours"
    retours.mkdir()
    for rank, structure in enumerate(("apo", "acodege", "ars", "apo", "sdat")):
        own = {"3.1/mesures/3.1-I08/valeur": f"env. {rank}"} if structure == "apo" else {}
        drop_retour(retours, dijon, structure, own, nom=f"{rank}-{structure}.xlsx")
    (retours / "abime.xlsx").write_bytes(b"PK\x03\x04rien")
    workbooks = []
    for per_batch in (250, 2):
        monkeypatch.setattr(campaign, "PER_BATCH", per_batch)
        output = tmp_path / f"{per_batch}.xlsx"
        way_back.consolidate_files([retours], "dijon-2024-2028", YEAR, output, day=DAY)
        workbooks.append(output.read_bytes())
    assert workbooks[0] == workbooks[1]
