"""Who pays what, as the contract prints it: a State call for projects is never the agency's money."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.cli.commands import main
from cls_workbook.definition.authoring.authoring_workbook import workbook
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.documents.bilan_tables import money_tables
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.reports.region import region_workbook
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.workbook import writer
from tests.support.lived_campagnes import LivedYear, definition, lines, live, written
from tests.support.other_definitions import AUBERVILLIERS, parsed, plain, text
from tests.support.sheet_rows import table

PRINTED = (
    "État, politique de la ville, Appel à projets, 2018 : 60 000 € (appel à projets, non acquis, "
    "appel à projets annuel du contrat de ville) ; ARS (FIR), Maquette ARS : à définir ; "
    "CPAM 93 : à moyens constants ; Ville, Temps d’agents : 4 500,50 € (en nature) ; financeur à définir : 1 000 €."
)


def test_the_sheet_prints_each_funder_with_what_is_sure():
    workbook_ = forms.plan(parsed(AUBERVILLIERS), 2018).workbook
    (sheet,) = [s for s in workbook_.worksheets if s.nom == "FA B1.1"]
    texts = [plain(c.valeur) for c in sheet.cells if isinstance(c.valeur, str)]
    assert f"Prévu au contrat : {PRINTED}" in texts
    assert [t for t in texts if "60 000" in t] == [f"Prévu au contrat : {PRINTED}"]
    assert "Montant ARS Île-de-France au contrat : non renseigné" in texts


def test_the_synthese_prints_it_too(lived):
    assert f"• Fiche B1.1 : {PRINTED}" in written(lived.first.synthese)


def test_the_bilan_prints_the_lines_of_its_year(lived):
    for year, won in ((lived.first, True), (lived.second, False)):
        said = " ".join(plain(getattr(part, "texte", "")) for part in money_tables(Portrait(year.result)))
        assert ("60 000 € (appel à projets, non acquis" in said) is won and "CPAM 93 : à moyens constants" in said


def test_it_makes_the_trip_through_the_description_workbook(tmp_path):
    contrat = parsed(AUBERVILLIERS)
    writer.write(workbook(contrat, 2), tmp_path / "description.xlsx")
    assert importer(tmp_path / "description.xlsx").contrat == contrat


@pytest.mark.parametrize(
    ("ancien", "nouveau", "said"),
    [
        ('financeur = "etat", nature', 'financeur = "etta", nature', "le financeur « etta » n’existe pas"),
        ('nature = "temps"', 'nature = "tems"', "la nature « tems » n’existe pas"),
        ("annee = 2018, montant", "annee = 2028, montant", "2028 n’est pas une année du contrat"),
        ("{ montant = 1000 }", '{ mention = "peut-être" }', "le montant manque"),
        ('etat = "moyens_constants"', 'etat = "promis"', "« promis » n’est pas une valeur connue"),
    ],
)
def test_a_line_that_does_not_hold_is_told_at_its_place(ancien, nouveau, said):
    faults = [plain(f) for f in verifier(parsed(AUBERVILLIERS, (ancien, nouveau))) if f.gravite == "faute"]
    assert len(faults) == 1 and "contrat.fiches[3] (B1.1).lignes[" in faults[0] and said in faults[0]


@pytest.mark.parametrize(("montant", "said"), [(20000, []), (20500, ["20 500 €", "20 000 €"])])
def test_the_amount_of_a_fiche_agrees_with_its_lines_of_the_maquette(montant, said):
    printed = OF_A_2_1.replace("{ montant = 20000", f"{{ montant = {montant}")
    told = [f for f in verifier(parsed(AUBERVILLIERS, (SCREENED, SCREENED + printed))) if "ses lignes" in f.message]
    assert [f.gravite for f in told] == ["à confirmer"] * bool(said)
    assert all(amount in plain(f.message) for f in told for amount in said)


# --- two years, through every door ---

# Of the agency, 20 000 € in all; of the town, 8 000 € for 2019 alone.
OF_A_2_1 = """
financement = { montant = 20000, montant_etat = "chiffre" }
lignes = [
    { financeur = "ars-fir", nature = "maquette", montant = 20000 },
    { financeur = "ville", nature = "aap", annee = 2019, montant = 8000, etat = "enveloppe" },
]
"""
SCREENED = 'titre = "Dépistage bucco-dentaire en milieu scolaire"\n'
STATE, NOT_WON = "État, politique de la ville", "appel à projets, non acquis"


class TwoYears(NamedTuple):
    reference: str
    first: LivedYear
    second: LivedYear
    region: Path
    region_of_2018: Path

    def files(self) -> list[Path]:
        years = (self.first, self.second)
        return [*(y.consolidation for y in years), *(y.synthese for y in years), self.region, self.region_of_2018]


def granted(*amounts: tuple[str, str, int]) -> dict[str, object]:
    titles = ("financeur", "nature", "engage")
    return {
        f"A.2.1/financement/{rank:02d}/{t}": v
        for rank, line in enumerate(amounts, 1)
        for t, v in zip(titles, line, strict=True)
    }


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> TwoYears:
    """Engaged by the agency 5 000 € in 2018 and 6 000 € in 2019; by the town 3 000 € in 2019."""
    folder = tmp_path_factory.mktemp("prevus")
    reference = definition(folder, text(AUBERVILLIERS).replace(SCREENED, SCREENED + OF_A_2_1))
    agency = ("ARS (FIR)", "Maquette ARS")
    first = live(folder, reference, 2018, {"ville": granted((*agency, 5000))})
    town = ("Ville", "Appel à projets", 3000)
    second = live(folder, reference, 2019, {"ville": granted((*agency, 6000), town)}, precedent=first.consolidation)
    regions = folder / "region.xlsx", folder / "region-2018.xlsx"
    for path, years in zip(regions, ((first, second), (first,)), strict=True):
        region_workbook.gather([y.synthese for y in years], path)
    return TwoYears(reference, first, second, *regions)


COLUMNS = ("Fiche", "Financeur", "Année de la ligne", "Montant", "État", "Acquis", "Engagé", "Reste à engager")
N, SURE = None, "montant chiffré"
OF_EVERY_YEAR = [
    ("B1.1", "ARS (FIR)", N, N, "à définir", "non", N, N),
    ("B1.1", "CPAM 93", N, N, "à moyens constants", "non", N, N),
    ("B1.1", "Ville", N, 4500.5, "en nature", "non", N, N),
    ("B1.1", N, N, 1000, SURE, "oui", N, N),
]
IN_2018 = [
    ("A.2.1", "ARS (FIR)", N, 20000, SURE, "oui", 5000, 15000),
    ("B1.1", STATE, 2018, 60000, NOT_WON, "non", N, N),
    *OF_EVERY_YEAR,
]
IN_2019 = [
    ("A.2.1", "ARS (FIR)", N, 20000, SURE, "oui", 11000, 9000),
    ("A.2.1", "Ville", 2019, 8000, "enveloppe", "oui", 3000, 5000),
    *OF_EVERY_YEAR,
]


def planned(path: Path, sheet: str, **keys: object) -> list[tuple]:
    rows = [
        r for r in table(openpyxl.load_workbook(path, read_only=True)[sheet]) if all(r[k] == v for k, v in keys.items())
    ]
    return [tuple(r[c] for c in COLUMNS) for r in rows]


def test_each_year_has_its_lines_in_the_table_the_copy_and_the_region(lived):
    for annee, year, expected in ((2018, lived.first, IN_2018), (2019, lived.second, IN_2019)):
        assert planned(year.consolidation, "Financements prévus") == expected
        assert planned(year.synthese, "Données financements prévus") == expected
        assert planned(lived.region, "Financements prévus", Année=annee) == expected


def test_what_is_left_agrees_with_the_fiche(lived):
    for year, left in ((lived.first, 15000), (lived.second, 9000)):
        (fiche,) = lines(year.result.tables.par_fiche, Fiche="A.2.1")
        assert (fiche["Montant contrat"], fiche["Reste à engager"]) == (20000, left)


def test_the_sheet_of_a_year_prints_the_lines_of_that_year_alone():
    contrat = parsed(AUBERVILLIERS, (SCREENED, SCREENED + OF_A_2_1))
    for annee, shown in ((2018, {"60 000"}), (2019, {"8 000"}), (2020, set())):
        texts = [plain(c.valeur) for s in forms.plan(contrat, annee).workbook.worksheets for c in s.cells]
        assert {amount for amount in ("60 000", "8 000") if any(amount in t for t in texts)} == shown


def rows_of(path: Path) -> Iterator[tuple[str, str]]:
    """(sheet, all that a row says)."""
    for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
        for row in sheet.iter_rows(values_only=True):
            yield sheet.title, plain(" | ".join(str(v) for v in row if v is not None))


def test_a_call_for_projects_named_first_is_never_the_agency_s(lived):
    """Whatever row of whatever file says 60 000 €, says whose, and that it is not won."""
    said = [(sheet, row) for path in lived.files() for sheet, row in rows_of(path) if "60000" in row or "60 000" in row]
    assert {sheet for sheet, _ in said} == {
        *("Synthèse", "Financements prévus", "Données financements prévus", "Région", "Évolution")
    }
    for sheet, row in said:
        own = row[row.index(STATE) :] if STATE in row else ""
        assert NOT_WON in own and "ARS" not in own.split("60 000")[0].split("60000")[0], (sheet, row)


def test_no_total_holds_what_is_not_won(lived):
    for year in (lived.first, lived.second):
        assert all(r["Contrat"] in (None, 20000) for r in lines(year.result.summaries.totaux))
        assert {r["Montant contrat"] for r in lines(year.result.tables.par_fiche)} == {None, 20000}
    assert {r["Maquette"] for r in table(openpyxl.load_workbook(lived.region)["Contrats"])} == {20000}


def test_the_region_has_one_row_a_funder_and_state(lived):
    """In 2019, the last year; the agency's 20 000 € stand apart from what is to be defined."""
    rows = [[c for c in row if c is not None] for row in openpyxl.load_workbook(lived.region)["Région"].values]
    start = next(n for n, row in enumerate(rows) if row and str(row[0]).startswith("Ce que les contrats prévoient"))
    assert rows[start + 2 : start + 8] == [  # contracts, lines, those without amount, amount, what is left
        ["à définir", SURE, 1, 1, 0, 1000],
        ["ARS (FIR)", SURE, 1, 1, 0, 20000, 9000],
        ["ARS (FIR)", "à définir", 1, 1, 1],
        ["CPAM 93", "à moyens constants", 1, 1, 1],
        ["Ville", "enveloppe", 1, 1, 0, 8000, 5000],
        ["Ville", "en nature", 1, 1, 0, 4500.5],
    ]


@pytest.mark.parametrize(("source", "file"), [("consolidation", ""), ("synthese", "donnees_")])
def test_the_exports_have_it(lived, tmp_path, source, file):
    path, name = getattr(lived.first, source), f"{file}financements_prevus"
    for format_, start, amount, separator in (
        ("csv", "utf-8", "60000.00", ","),
        ("csv-excel", "utf-8-sig", "60000,00", ";"),
    ):
        folder = tmp_path / format_
        asked = ["--contrat", lived.reference] if format_ == "csv-excel" else []
        assert main(["exporter", str(path), "--format", format_, *asked, "--sortie", str(folder)]) == 0
        with (folder / f"{name}.csv").open(encoding=start, newline="") as opened:
            (state,) = [row for row in csv.reader(opened, delimiter=separator) if STATE in row]
        assert amount in state and NOT_WON in state and "non" in state
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        assert name in {r["name"] for r in package["resources"]}
