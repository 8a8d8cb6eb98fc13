"""Contracts of several kinds in one region: called by their names, compared where their units allow it."""

from __future__ import annotations

import openpyxl
import pytest

from cls_workbook.reports.region import region_workbook
from tests.support.lived_campagnes import definition, live, written
from tests.support.other_definitions import AUBERVILLIERS, BARONNIES, PTSM, plain, text
from tests.support.sheet_rows import table


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """The PTSM took the tool in 2023; Baronnies counts meetings where Aubervilliers counts persons met."""
    folder = tmp_path_factory.mktemp("region")
    late = definition(folder, text(PTSM).replace('debut_annee = "12-03"', 'debut_annee = "12-03"\noutil_depuis = 2023'))
    met = text(BARONNIES).replace('unite = "réunion" }', 'unite = "réunion", theme = "mediation-personnes" }')
    other = definition(folder, met, "baronnies.toml")
    years = [
        live(folder / "ptsm", late, 2023, {"ch-niort": {"1/mesures/1-I03/valeur": 25}}),
        live(folder / "baronnies", other, 2025, {"cls": {"1/mesures/1-I01/valeur": 4}}),
        live(folder / "aubervilliers", AUBERVILLIERS, 2018, {"ccas": {"B1.1/mesures/B1.1-I01/valeur": 230}}),
    ]
    region_workbook.gather([y.synthese for y in years], folder / "region.xlsx")
    return folder / "region.xlsx"


def rows(region, sheet: str) -> list[dict]:
    return [r for r in table(openpyxl.load_workbook(region)[sheet]) if r["Contrat"]]


def test_the_region_is_titled_by_the_kinds_of_its_contracts(region):
    assert "Région : Contrat local de santé ; Projet territorial de santé mentale" in written(region, "Région")
    assert {(r["Contrat"], r["Type"]) for r in rows(region, "Contrats")} == {
        ("ptsm-deux-sevres-2021-2026", "Projet territorial de santé mentale"),
        ("baronnies-2025-2030", "Contrat local de santé"),
        ("aubervilliers-2018-2022", "Contrat local de santé"),
    }


def test_years_before_the_tool_are_not_absent(region):
    absent = {(r["Contrat"], r["Année"]) for r in rows(region, "Retards") if r["Quoi"] == "synthèse absente"}
    # up to 2025, the last year of the region; Aubervilliers ends in 2022
    assert absent == {("ptsm-deux-sevres-2021-2026", a) for a in (2024, 2025)} | {
        ("aubervilliers-2018-2022", a) for a in (2019, 2020, 2021, 2022)
    }
    (ptsm,) = [r for r in rows(region, "Maquettes") if r["Contrat"].startswith("ptsm")]
    assert (ptsm["Années absentes"], "2021, 2022" in plain(ptsm["Réserve"])) == ("2023", True)


def test_measures_of_one_theme_and_two_units_are_named_and_not_compared(region):
    assert [(r["Contrat"], r["Mesure"], r["Unité"]) for r in rows(region, "Mesures non comparables")] == [
        ("aubervilliers-2018-2022", "B1.1-I01", "personne"),
        ("baronnies-2025-2030", "1-I01", "réunion"),
    ]
    assert rows(region, "Mesures comparées") == []
    said = [t for t in written(region, "Région") if "ne se comparent pas" in t]
    assert len(said) == 1 and "B1.1-I01 (unité : personne)" in said[0] and "1-I01 (unité : réunion)" in said[0]
