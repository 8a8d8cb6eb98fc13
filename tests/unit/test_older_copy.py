"""A copy for the agency of before (format 1, as it was written then): read as it is. What it does not say stays
unknown; what a copy of today says of its amounts is said in the region too."""

from __future__ import annotations

from decimal import Decimal as D
from pathlib import Path

import openpyxl
import pytest

from cls_workbook.reports import table_reading
from cls_workbook.reports.agency import agency_tables
from cls_workbook.reports.agency.agency_data_read import OtherVersion, data_tables
from cls_workbook.reports.exports import export_source
from cls_workbook.reports.region.region_workbook import gather
from tests.support.lived_campagnes import NBSP, definition, live
from tests.support.written_result import CONTRAT

OLD = Path(__file__).parents[1] / "golden" / "agency-copy-format-1.xlsx"  # of 2025; 1.1: 10 000 engaged, 4 000 paid


def records(sheet):
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows if any(v is not None for v in row)]


def test_its_figures_are_read_and_what_is_left_is_worked_out():
    tables = data_tables(OLD, table_reading.open_up(OLD))
    (contrat,) = tables[agency_tables.CONTRAT].lines
    assert (contrat["Format"], contrat["Maquette"], contrat["Reste à engager"]) == (1, 20000, 10000)
    of_fiche = {r["Fiche"]: r for r in tables[agency_tables.FINANCEMENT].lines}
    expected = {"Engagé": D(10000), "Versé": D(4000), "Coût réalisé": D(16000), "Cofinancements": D(3000)}
    assert {c: of_fiche["1.1"][c] for c in expected} == expected
    assert (of_fiche["1.1"]["Reste à verser"], of_fiche["1.1"]["Taux constaté"]) == (None, None)  # 25 % was of the paid
    assert tables[agency_tables.RESERVES].lines == tables[agency_tables.LEFT_TO_PAY].lines == []


def test_it_is_exported():
    assert export_source.read(OLD)


def test_a_version_that_is_not_known_is_still_refused(tmp_path):
    book = openpyxl.load_workbook(OLD)
    book["Données contrat"]["B2"] = 3
    book.save(tmp_path / "S.xlsx")
    with pytest.raises(OtherVersion, match="format 3, attendu 2"):
        data_tables(tmp_path / "S.xlsx", table_reading.open_up(tmp_path / "S.xlsx"))


def test_a_region_holds_it_beside_a_copy_of_today_whose_reserves_it_shows(tmp_path):
    """2026: an aid of 40 000 € to the post, for a rule that stops at 30 000 €."""
    saisies = {
        "2.1/financement/01/financeur": "Agence",
        "2.1/financement/01/nature": "Hors maquette",
        "2.1/financement/01/engage": 40000,
        "2.1/depenses/total": 90000,
        "2.1/poste/depense_eligible": 80000,
        "2.1/poste/quotite": 1,
        "2.1/poste/mois": 12,
    }
    year = live(tmp_path, definition(tmp_path, CONTRAT), 2026, {"ville": saisies})
    gather([OLD, year.synthese], tmp_path / "R.xlsx")
    region = openpyxl.load_workbook(tmp_path / "R.xlsx")
    engaged = {(r["Année"], r["Nature"]): r["Engagé"] for r in records(region["Financement"])}
    assert engaged[2025, "Maquette"] == 10000 and engaged[2026, "Poste de coordination"] == 40000
    said = [(r["Année"], r["Fiche"], r["Genre"], r["Réserve"].replace(NBSP, " ")) for r in records(region["Réserves"])]
    beyond = "Fiche 2.1, compté au-delà d’une règle : 40 000 €, soit 10 000 € de trop (attendu : 30 000 € au plus "
    (declared,) = (r for r in said if r[2] == "à confirmer")
    assert declared[:2] == (2026, "2.1") and declared[3].startswith(beyond)
    of_the_rule = "aide engagée de 40 000 €, soit 10 000 € de plus que les 30 000 € que permet la règle"
    assert [r[:2] for r in said if r[2] == "règle" and of_the_rule in r[3]] == [(2026, "2.1")]
    page = [str(v).replace(NBSP, " ") for row in region["Région"].iter_rows(values_only=True) for v in row if v]
    assert any(t.startswith(beyond) for t in page) and any(of_the_rule in t for t in page)
    synthese = openpyxl.load_workbook(year.synthese)["Synthèse"]
    printed = {str(v).replace(NBSP, " ") for row in synthese.iter_rows(values_only=True) for v in row if v}
    assert any(declared[3] in text for text in printed)  # word for word
