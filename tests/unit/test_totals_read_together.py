"""The co-funding of the post made 74 000 € on one page and 100 000 € on the next: totals that are read together rest on
the same lines, or say on the spot where they do not. Synthèse, tables, agency's copy and region; by hand."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import openpyxl
import pytest

from cls_workbook.reports import table_reading
from cls_workbook.reports.agency import agency_tables
from cls_workbook.reports.region.region_workbook import gather
from cls_workbook.tables import consolidation_tables
from tests.support.lived_campagnes import NBSP, lines, live, short

DIJON = "dijon-2024-2028"
OUTSIDE, COFI, VALO = "ARS hors maquette", "Cofinancement", "Valorisation"


def funded(fiche: str, *funding: tuple[str, str, int]) -> dict[str, object]:
    saisies: dict[str, object] = {}
    for rank, line in enumerate(funding, 1):
        titles = ("financeur", "nature", "engage")
        saisies |= {f"{fiche}/financement/{rank:02d}/{t}": v for t, v in zip(titles, line, strict=True)}
    return saisies


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Co-funding: 50 000 € on 3.1 and 24 000 € on 2.1, that is 74 000 €, and 26 000 € for the post (5.1). Of the
    agency beside the maquette: 7 000 € on 3.1 and 20 000 € for the post. Valued: 400 € on 2.1, 300 € for the post."""
    folder = tmp_path_factory.mktemp("ensemble")
    year = live(
        folder,
        short(folder, DIJON, "2.1", "3.1", "5.1"),
        2025,
        {
            "apo": funded("3.1", ("Ville de Dijon", COFI, 50000), ("ARS", OUTSIDE, 7000)),
            "clsm-franco-basaglia": funded("2.1", ("Ville de Dijon", COFI, 24000), ("Dijon métropole", VALO, 400)),
            "dijon-metropole": funded(
                "5.1", ("Dijon métropole", COFI, 26000), ("ARS", OUTSIDE, 20000), ("Dijon métropole", VALO, 300)
            ),
        },
    )
    gather([year.synthese], folder / "R.xlsx")
    return SimpleNamespace(year=year, region=openpyxl.load_workbook(folder / "R.xlsx"))


def printed(sheet):
    """Rows of a printed sheet, without its blanks."""
    rows = sheet.iter_rows(values_only=True)
    return [[v.replace(NBSP, " ") if isinstance(v, str) else v for v in row if v is not None] for row in rows]


def row_of(rows, first: str):
    return next(row for row in rows if row and row[0] == first)


def by_nature(rows, titre: str = "Engagé"):
    sums: dict[str, int] = {}
    for r in rows:
        sums[r["Nature"]] = sums.get(r["Nature"], 0) + r[titre]
    return sums


BY_FINANCEUR = {OUTSIDE: 27000, COFI: 100000, VALO: 700}


def test_tables_of_the_consolidation(lived):
    assert by_nature(lines(lived.year.result.tables.par_financeur)) == BY_FINANCEUR
    fiches = lines(lived.year.result.tables.par_fiche)
    assert sum(r["Cofinancements"] or 0 for r in fiches) == 100000
    totaux = {r["Sous-total"]: (r["Engagé"], r["Réserve"]) for r in lines(lived.year.result.summaries.totaux)}
    assert {nom: (m, r and r.replace(NBSP, " ")) for nom, (m, r) in totaux.items() if nom != "Maquette"} == {
        "Poste de coordination (hors maquette)": (20000, None),
        "ARS hors maquette": (7000, None),
        "Cofinancement": (100000, "dont 26 000 € au poste de coordination"),
        "Valorisation (sans versement)": (700, "dont 300 € au poste de coordination"),
    }


def test_the_pages_of_the_synthese(lived):
    rows = printed(openpyxl.load_workbook(lived.year.synthese)["Synthèse"])
    # In the block of each fiche, an amount beside its nature; then the subtotals, each with what it holds of the post.
    named = [(of, amount) for row in rows for of, amount in pairwise(row) if isinstance(amount, int)]
    blocks = {nature: [amount for of, amount in named if of == nature] for nature in ("Cofinancements", VALO)}
    assert blocks == {"Cofinancements": [24000, 50000, 26000], VALO: [400, 300]}
    assert row_of(rows, "Poste de coordination (hors maquette)") == ["Poste de coordination (hors maquette)", 20000]
    assert row_of(rows, OUTSIDE) == [OUTSIDE, 7000]
    assert row_of(rows, COFI) == [COFI, 100000, "dont 26 000 € au poste de coordination"]
    valued = "Valorisation (sans versement)"
    assert row_of(rows, valued) == [valued, 700, "dont 300 € au poste de coordination"]
    assert row_of(rows, "ARS — ARS hors maquette")[1] == 27000
    said = [text for row in rows for text in row if isinstance(text, str)]
    beside = "« ARS hors maquette », par financeur : dont 20 000 € au poste de coordination."
    assert any(text.endswith(beside) for text in said)


def test_the_agency_s_copy(lived):
    sheets = table_reading.open_up(lived.year.synthese)

    def data(table):
        return table_reading.table(lived.year.synthese, sheets, table).lines

    assert by_nature(data(agency_tables.FINANCEURS)) == BY_FINANCEUR
    assert sum(r["Cofinancements"] or 0 for r in data(agency_tables.FINANCEMENT)) == 100000
    assert {r["Fiche"]: r["ARS hors maquette"] for r in data(agency_tables.FINANCEMENT) if r["Poste"] == "oui"} == {
        "5.1": 20000
    }
    assert [r["Aide engagée"] for r in data(agency_tables.POSTS)] == [20000]


def test_the_region(lived):
    header, *rows = lived.region["Financement"].iter_rows(values_only=True)
    records = [dict(zip(header, row, strict=True)) for row in rows]
    assert {r["Nature"]: (r["Engagé"], (r["Réserve"] or "").replace(NBSP, " ")) for r in records if r["Engagé"]} == {
        "Poste de coordination": (20000, ""),
        "Hors maquette": (7000, ""),
        "Cofinancements": (100000, "dont 26 000 € au poste de coordination"),
        "Valorisation": (700, "dont 300 € au poste de coordination"),
    }
    page = printed(lived.region["Région"])
    assert row_of(page, "Cofinancements") == ["Cofinancements", 100000]
    told = [text for row in page for text in row if isinstance(text, str) and "dont 26 000 €" in text]
    assert told and told[0].startswith("Cofinancements, ")


def test_the_funders_of_a_fiche_are_those_of_the_typed_lines(lived):
    typed = table_reading.table(
        lived.year.consolidation, table_reading.open_up(lived.year.consolidation), consolidation_tables.FINANCEMENTS
    ).lines
    assert by_nature(typed) == BY_FINANCEUR
