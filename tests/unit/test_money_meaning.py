"""What the figures of money mean: two years of the contract that ships, lived from the workbooks that partners fill to
the region's; every figure worked out by hand beside it.
"""

from __future__ import annotations

from decimal import Decimal as D
from types import SimpleNamespace

import openpyxl
import pytest

from cls_workbook.definition.toml_reader import load
from cls_workbook.reports import table_reading
from cls_workbook.reports.agency import agency_tables
from cls_workbook.reports.consolidation import previous_year
from cls_workbook.reports.region.region_workbook import gather
from cls_workbook.summaries.balances import remainders
from cls_workbook.summaries.value_tables import as_frame
from tests.support.lived_campagnes import NBSP, lines, live, statements, written

DIJON = "dijon-2024-2028"
MAQUETTE, COFI, VALO = "Maquette ARS", "Cofinancement", "Valorisation"


def funded(fiche: str, *funding: tuple[str, str, dict[str, int]], **depenses: int) -> dict[str, object]:
    """What a partner types of its money for a fiche."""
    saisies: dict[str, object] = {f"{fiche}/depenses/{poste}": montant for poste, montant in depenses.items()}
    for rank, (financeur, nature, amounts) in enumerate(funding, 1):
        prefix = f"{fiche}/financement/{rank:02d}"
        saisies |= {f"{prefix}/financeur": financeur, f"{prefix}/nature": nature}
        saisies |= {f"{prefix}/{champ}": montant for champ, montant in amounts.items()}
    return saisies


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """2024: 10 000 € engaged and 4 000 € paid on 3.1 (30 000 € in the contract), 6 000 € on 3.5, which has no amount.
    2025: on 3.1, 11 250 € more, and 9 000 € paid; on 2.1, a grant without a cost, a cost without a grant, and lines
    whose nature is not that of their funder."""
    folder = tmp_path_factory.mktemp("argent")
    of_2024 = {
        "apo": funded(
            "3.1",
            ("ARS", MAQUETTE, {"engage": 10000, "verse": 4000}),
            ("Ville de Dijon", COFI, {"engage": 12000, "verse": 12000}),
            total=16000,
        ),
        "ville-dijon": funded("3.5", ("ARS", MAQUETTE, {"engage": 6000})),
    }
    first = live(folder, DIJON, 2024, of_2024)
    of_2025 = {
        "apo": funded("3.1", ("ARS", MAQUETTE, {"engage": 11250, "verse": 9000}), total=9000),
        "dijon-metropole": funded("2.1", ("Dijon métropole", VALO, {"engage": 300, "verse": 300}), total=10000),
        "clsm-franco-basaglia": funded(
            "2.1",
            ("ARS", MAQUETTE, {"engage": 16000}),
            ("Ville de Dijon", MAQUETTE, {"engage": 500, "verse": 200}),
            ("ARS", COFI, {"engage": 700}),
        ),
    }
    second = live(folder, DIJON, 2025, of_2025, first.consolidation)
    gather([first.synthese, second.synthese], folder / "R.xlsx")
    region = openpyxl.load_workbook(folder / "R.xlsx")
    return SimpleNamespace(first=first, second=second, region=region, folder=folder)


def fiche(year, numero):
    (row,) = lines(year.result.tables.par_fiche, Fiche=numero)
    return row


def records(sheet):
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def data(path, table):
    return table_reading.table(path, table_reading.open_up(path), table).lines


def printed(path, sheet="Synthèse"):
    """Every text and figure of a printed sheet, row by row."""
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [[v.replace(NBSP, " ") if isinstance(v, str) else v for v in row if v is not None] for row in rows]


def row_of(path, first_cells, sheet="Synthèse"):
    return next(r for r in printed(path, sheet) if r[: len(first_cells)] == first_cells)


# --- what is left ---------------------------------------------------------------------------------------------------


def test_what_is_left_to_engage_is_the_same_everywhere(lived):
    assert fiche(lived.first, "3.1")["Reste à engager"] == 20000  # 30 000 - 10 000
    assert fiche(lived.first, "3.5")["Reste à engager"] is None
    total = row_of(lived.first.synthese, ["Total de la maquette"])
    assert total[-2] == 336350  # 346 350 - 10 000; the 6 000 of 3.5 are of no amount of the contract
    (contrat,) = data(lived.first.synthese, agency_tables.CONTRAT)
    assert contrat["Reste à engager"] == 336350
    assert "aucun engagement connu pour 5 fiches dotées sur 6" in contrat["Réserve"].replace(NBSP, " ")
    assert "6 000 € engagés depuis le début sur 1 fiche sans montant" in contrat["Réserve"].replace(NBSP, " ")
    # 346 350 - (10 000 + 11 250) - 16 000
    (maquette,) = records(lived.region["Maquettes"])
    assert (maquette["Reste à engager"], maquette["Engagé cumulé"]) == (309100, 43250)  # 16 000 + 11 250 + 16 000
    assert row_of(lived.second.synthese, ["Total de la maquette"])[-2] == 309100
    assert fiche(lived.second, "3.1")["Reste à engager"] == 8750


def test_what_is_left_to_pay_runs_over_the_years(lived):
    assert fiche(lived.first, "3.1")["Reste à verser"] == 6000  # 10 000 - 4 000
    assert fiche(lived.second, "3.1")["Reste à verser"] == 8250  # 21 250 - 13 000
    assert fiche(lived.second, "2.1")["Reste à verser"] is None  # nobody says what was paid
    assert list(lived.second.result.tables.par_fiche.columns)[9:12] == [
        "Reste à engager",
        "Reste à verser",
        "ARS hors maquette",
    ]
    assert row_of(lived.second.synthese, ["Total de la maquette"])[-1] == 8250  # the two others are not known
    (maquette,) = records(lived.region["Maquettes"])
    assert maquette["Reste à verser"] == 8250
    assert "reste à verser : non connu pour 2 fiches sur 3" in maquette["Réserve"].replace(NBSP, " ")  # 2.1 and 3.5
    of_fiche = {(r["Année"], r["Fiche"]): r["Reste à verser"] for r in records(lived.region["Financement par fiche"])}
    assert (of_fiche[2024, "3.1"], of_fiche[2025, "3.1"], of_fiche[2025, "3.5"]) == (6000, 8250, None)
    assert row_of(lived.second.consolidation, ["3.1 · Prévenir les troubles du langage chez les enfants"], "Évolution")[
        -3:
    ] == [21250, 8750, 8250]


def test_what_is_left_to_pay_is_said_by_fiche_and_funder(lived):
    expected = {
        ("2.1", "ARS", MAQUETTE): (16000, None, None),
        ("2.1", "Ville de Dijon", COFI): (500, 200, 300),
        ("2.1", "ARS", COFI): (700, None, None),
        ("3.1", "ARS", MAQUETTE): (21250, 13000, 8250),
        ("3.1", "Ville de Dijon", COFI): (12000, 12000, 0),
        ("3.5", "ARS", MAQUETTE): (6000, None, None),
    }  # what is valued is not money
    titles = ("Engagé depuis le début", "Versé depuis le début", "Reste à verser")

    def by_line(rows):
        return {(r["Fiche"], r["Financeur"], r["Nature"]): tuple(r[t] for t in titles) for r in rows}

    assert by_line(data(lived.second.synthese, agency_tables.LEFT_TO_PAY)) == expected
    in_region = [r for r in records(lived.region["Restes à verser"]) if r["Année"] == 2025]
    assert by_line(in_region) == expected
    for path, sheet in ((lived.second.synthese, "Synthèse"), (lived.second.consolidation, "Évolution")):
        assert row_of(path, ["3.1", "ARS", MAQUETTE], sheet) == ["3.1", "ARS", MAQUETTE, 21250, 13000, 8250]


def test_a_consolidation_of_before_the_column_still_gives_last_year_s_figures(lived):
    book = openpyxl.load_workbook(lived.first.consolidation)
    sheet = book["Financement par fiche"]
    rank = [c.value for c in sheet[1]].index("Reste à verser") + 1
    sheet.tables.clear()
    sheet.delete_cols(rank)
    book.save(lived.folder / "ancienne.xlsx")
    past = previous_year.read(lived.folder / "ancienne.xlsx")
    assert previous_year.engage_to_date(past)["3.1"] == 10000
    rows = previous_year.history(past, lived.first.result.contrat)
    assert [r["Valeur"] for r in rows if (r["Objet"], r["Fiche"]) == ("Versé", "3.1")] == [4000]


# --- rates ----------------------------------------------------------------------------------------------------------


def test_a_rate_rests_on_the_returns_that_say_both_terms(lived):
    assert fiche(lived.first, "3.1")["Taux constaté"] == D("0.625")  # 10 000 / 16 000
    assert fiche(lived.second, "2.1")["Taux constaté"] is None  # 16 000 of one, a cost of 10 000 of the other
    of_fiche = {r["Fiche"]: r for r in data(lived.second.synthese, agency_tables.FINANCEMENT)}
    assert of_fiche["2.1"]["Périmètre du taux"] == "0 retour sur 2"
    assert (of_fiche["3.1"]["Taux constaté"], of_fiche["3.1"]["Périmètre du taux"]) == (D("1.25"), "1 retour sur 1")


def test_beyond_the_whole_cost_is_said(lived):
    said = [s for s in statements(lived.second) if "au-delà de 100 %" in s]
    assert said == [
        "Fiche 3.1 : taux constaté de 125,0 %, au-delà de 100 % : 11 250 € attribués pour un coût de 9 000 € "
        "(1 retour sur 1), à vérifier."
    ]
    line = next(r for r in printed(lived.second.synthese) if "au-delà de 100 %" in r)
    assert line == ["3.1", line[1], 1.25, "1 retour sur 1", 11250, 9000, "au-delà de 100 %"]
    texts = written(lived.second.synthese, "Synthèse")
    assert not [t for t in texts if "9 000 €" in t and "taux constaté" in t]  # the table has it, once
    assert [t for t in texts if t.endswith(" ; au-delà de 100 %, il est à vérifier.")]


# --- words ----------------------------------------------------------------------------------------------------------


def test_another_funder_s_money_is_never_the_agency_s(lived):
    row = fiche(lived.second, "2.1")
    assert row["Engagé"] == 16000
    assert row["Cofinancements"] == 1200  # 500 of the town + 700 typed as co-funding
    codes = {a.code: a for a in lived.second.result.anomalies}
    assert codes["NATURE_DOUTEUSE"].gravite == codes["AGENCE_EN_COFINANCEMENT"].gravite == "à confirmer"
    assert (
        "Fiche 2.1 : « Ville de Dijon » saisi avec la nature « Maquette ARS », 500 € engagés : compté en "
        "« Cofinancement », à confirmer." in statements(lived.second)
    )
    of_agency = "Fiche 2.1 : « ARS » saisi avec la nature « Cofinancement », 700 € engagés : compté en "
    assert f"{of_agency}« Cofinancement », à confirmer." in statements(lived.second)
    assert any(of_agency in str(r["Réserve"]).replace(NBSP, " ") for r in records(lived.region["Réserves"]))


def test_what_is_valued_is_in_no_sum_of_what_was_paid(lived):
    paid = {(r["Financeur"], r["Nature"]): r["Versé"] for r in lines(lived.second.result.tables.par_financeur)}
    assert paid["Dijon métropole", VALO] is None
    assert paid["ARS", MAQUETTE] == 9000
    assert "Fiche 2.1 : 300 € saisis comme versés d’une valorisation : dans aucune somme versée." in statements(
        lived.second
    )
    (typed,) = lines(as_frame(lived.second.result.tables.financements), Nature=VALO)
    assert typed["Versé"] == 300  # kept with its line
    gaps = [r for r in lines(lived.second.result.tables.reconciliation) if r["Écart inexpliqué"]]
    assert gaps == []


def test_the_synthese_says_that_these_are_declarations(lived):
    assert any("déclarés par les porteurs" in t for t in written(lived.second.synthese, "Synthèse"))


# --- the first page -------------------------------------------------------------------------------------------------


def test_the_first_page_says_on_what_the_totals_rest(lived):
    """Engaged 16 000 (10 000 + 6 000) stands beside paid 4 000: nobody says what was paid on 3.5."""
    said = written(lived.first.synthese, "Synthèse")
    assert (
        "Maquette 346 350 € ; engagé 16 000 € (3 %, hors 6 000 € sur 1 fiche sans montant) ; versé 4 000 € (1 %) ; "
        "engagement connu pour 1 des 6 fiches dotées." in said
    )
    (total,) = lines(lived.first.result.summaries.totaux, **{"Sous-total": "Maquette"})
    assert "6 000 € engagés sur 1 fiche sans versement connu" in total["Réserve"].replace(NBSP, " ")
    assert any("5 fiches dotées sur 6" in t for t in said)


@pytest.fixture(scope="module")
def solidarites(tmp_path_factory):
    """The métropole brings 500 € beside the contract, and a foundation, by mistake, 40 € under it."""
    saisies = funded(
        "1",
        ("État", "Crédits du contrat", {"engage": 1000, "verse": 1000}),
        ("Dijon métropole", "Crédits du contrat", {"engage": 1000}),
        ("Dijon métropole", "Hors contrat", {"engage": 500}),
        total=2500,
    ) | funded("2", ("Fondation", "Crédits du contrat", {"engage": 40}), total=40)
    folder = tmp_path_factory.mktemp("solidarites")
    return live(folder, "dijon-solidarites-2024-2027", 2024, {"dijon-metropole": saisies})


def test_names_of_natures_and_of_who_pays_are_those_of_the_contract(solidarites):
    synthese, evolution = written(solidarites.synthese, "Synthèse"), written(solidarites.consolidation, "Évolution")
    assert "Hors contrat" in synthese
    read_me = written(solidarites.consolidation, "Lisez-moi")
    assert not [t for t in synthese | evolution | read_me if "ARS" in t.replace("’", " ").split()]
    assert any("ce que lira l’État" in t for t in read_me)
    assert "La maquette du contrat et le coût des actions, année par année" in evolution
    assert [r["Sous-total"] for r in lines(solidarites.result.summaries.totaux)][1:] == [
        "Hors contrat",
        "Cofinancement",
        "Valorisation (sans versement)",
    ]
    money = ("Engagé", "ARS hors maquette", "Cofinancements")
    assert [fiche(solidarites, "1")[t] for t in money] == [2000, 500, None]
    assert [fiche(solidarites, "2")[t] for t in money] == [None, None, 40]
    # 2 765 000 in all - 2 000: the contract gives its money as a whole
    assert row_of(solidarites.synthese, ["Total de la maquette"])[-2:] == [2763000, 1000]


# --- without a campaign ---------------------------------------------------------------------------------------------


def fiches(*rows):
    titles = ("Fiche", "Montant contrat", "Engagé", "Versé", "Reste à engager", "Reste à verser")
    return [dict(zip(titles, row, strict=True)) for row in rows]


def test_nothing_known_is_not_the_whole_maquette():
    none_known = remainders.left_to_engage(D(50), fiches(("1", D(50), None, None, None, None)))
    assert none_known == (None, "aucun engagement connu sur une fiche dotée")
    exceeded = remainders.left_to_engage(D(50), fiches(("1", D(50), D(60), None, D(-10), None)))
    assert exceeded == (D(-10), "")
    assert remainders.left_to_engage(None, fiches(("1", None, D(60), None, None, None))) == (None, "")
    assert remainders.left_to_engage(D(50), fiches(("1", None, D(60), None, None, None)), {"1": D(60)}).montant == D(
        -10
    )


def test_what_is_paid_without_an_engagement_is_said():
    rows = fiches(("1", D(9), D(5), D(2), D(4), D(3)), ("2", D(9), None, D(3), None, None))
    assert remainders.paid_beside_engaged(rows).replace(NBSP, " ") == (
        "3 € versés sur 1 fiche sans engagement connu dans l’année"
    )
    assert remainders.paid_beside_engaged(rows[:1]) == ""
    assert remainders.left_to_pay(rows) == (D(3), "non connu pour 1 fiche sur 2")


def test_the_words_that_an_older_consolidation_has_are_the_same_funder():
    contrat = load(DIJON)
    rows = [
        {"Objet": objet, "Année": annee, "Fiche": "3.1", "Financeur": nom, "Nature": MAQUETTE, "Valeur": D(montant)}
        for annee, nom, objet, montant in (
            (2024, "ARS BFC", "Engagé par financeur", 10),
            (2024, "ars", "Versé par financeur", 4),
            (2025, "ARS", "Versé par financeur", 5),
            (2025, "Mécène", "Engagé par financeur", 7),  # not the agency's: co-funding
        )
    ]
    left = {(r["Financeur"], r["Nature"]): r["Reste à verser"] for r in remainders.by_financeur(contrat, rows)}
    assert left == {("ARS", MAQUETTE): 1, ("Mécène", COFI): None}
