"""Last year's answers filled in beforehand: what is taken up, how it shows, and that alone it is no answer."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.forms import examples, layout
from cls_workbook.forms.columns import D, F, G
from cls_workbook.forms.form_pieces import OPTIONAL_TEXT_HEIGHT, ROW_HEIGHT
from cls_workbook.forms.rows.money_rows import NO_NATURE
from cls_workbook.forms.year_workbook import WorkbookContext
from cls_workbook.pipeline import way_back
from cls_workbook.reading import return_files
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.workbook.description import Formula
from tests.support.lived_campagnes import definition, live, opened_book

DIJON = "dijon-2024-2028"
# Dijon's contract does not ask for partners or dates: fiche 3.1 of this one does.
DEFINITION = opened_book(DIJON, "1.1", "3.1").replace(
    'numero = "3.1"\n', 'numero = "3.1"\ndemandes = ["partenaires", "dates"]\n', 1
)
FORMER = {
    "accueil/reponse/siret": "77821304500017",
    "accueil/reponse/contact_fonction": "Directrice",
    "accueil/reponse/contact_courriel": "accueil@exemple.fr",
    "3.1/avancement/etat": "En cours",
    "3.1/avancement/realisation": "Totale",
    "3.1/avancement/date_debut": date(2024, 9, 2),
    "3.1/partenaires/01/nom": "Cité éducative",
    "3.1/partenaires/01/type": "Association",
    "3.1/partenaires/03/nom": "Ville de Chenôve",
    "3.1/financement/01/financeur": "ARS",
    "3.1/financement/01/nature": "Maquette ARS",
    "3.1/financement/01/engage": 6000,
    "3.1/financement/01/reference": "CONV-2024-7",
    "3.1/qualitatif/realisations": "Dépistages dans quatre écoles.",
}


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory):
    """The folder of 2025's workbooks, made with 2024's consolidation."""
    folder = tmp_path_factory.mktemp("reprises")
    contrat = definition(folder, DEFINITION)
    past = live(folder, contrat, 2024, {"apo": FORMER})
    assert (
        main(
            [
                "generer",
                "--contrat",
                contrat,
                "--annee",
                "2025",
                "--par-structure",
                "--precedent",
                str(past.consolidation),
                "--sortie",
                str(folder / "2025"),
            ]
        )
        == 0
    )
    return folder / "2025"


def saisies(path) -> dict[str, object]:
    retour = ReturnReader(KnownContrats(toml_reader.parse(DEFINITION, DIJON))).read(path)
    assert not retour.anomalies
    return {s.cle: s.raw for s in retour.saisies}


def test_what_rarely_changes_is_filled_in_and_nothing_else(workbooks):
    items_read = saisies(workbooks / f"{DIJON}-2025-apo.xlsx")
    assert {c: v for c, v in items_read.items() if c != "3.1/avancement/date_debut"} == {
        "accueil/reponse/structure": "APO",
        "accueil/reponse/siret": "77821304500017",
        "accueil/reponse/contact_fonction": "Directrice",
        "3.1/partenaires/01/nom": "Cité éducative",
        "3.1/partenaires/01/type": "Association",
        "3.1/partenaires/02/nom": "Ville de Chenôve",
        "3.1/financement/01/financeur": "ARS",
        "3.1/financement/01/nature": "Maquette ARS",
    }
    assert str(items_read["3.1/avancement/date_debut"]).startswith("2024-09-02")


def test_the_totals_of_lines_taken_up_are_kept_as_excel_computes_them(workbooks):
    """Whoever looks without computing (Protected View) sees 0 where there is a line, nothing where there is none."""
    sheet = openpyxl.load_workbook(workbooks / f"{DIJON}-2025-apo.xlsx", data_only=True)["FA 3.1"]
    totals = {
        row[D - 1].value: [cell.value or "" if cell.value != 0 else 0 for cell in row[F - 1 : G]]
        for row in sheet.iter_rows(max_col=G)
        if "/financement/total." in str(row[0].value)
    }
    assert totals.pop("Maquette ARS") == [0, 0]  # engagé, versé: Dijon does not ask for what is expected
    assert totals and all(shown == ["", ""] for shown in totals.values())


def test_a_line_taken_up_without_its_nature_says_so_at_once():
    contrat = toml_reader.load(DIJON)
    apo = next(r for r in forms.repondants(contrat) if r.id == "apo")
    taken_up = {apo.id: {"3.1/financement/01/financeur": "ARS"}}
    plan = forms.plan(contrat, 2025, apo, WorkbookContext(carried_over=taken_up))
    sheet = next(s for s in plan.workbook.worksheets if s.nom == "FA 3.1")
    shown = [c.valeur.valeur for c in sheet.cells if isinstance(c.valeur, Formula)]
    assert shown.count(NO_NATURE) == 1


def test_a_row_shows_whole_what_it_takes_up_and_what_it_is_filled_in_with():
    contrat = toml_reader.load(DIJON)
    apo = next(r for r in forms.repondants(contrat) if r.id == "apo")
    long_name = "Établissement public de coopération intercommunale de la vallée"  # two lines of the column
    taken_up = {apo.id: {"3.1/financement/01/financeur": long_name}}
    plan = forms.plan(contrat, 2025, apo, WorkbookContext(carried_over=taken_up))
    answers = {"3.1/qualitatif/freins": "Un an sans orthophoniste. " * 40, "3.1/qualitatif/leviers": "La Ville."}
    untouched = dict(plan.workbook.worksheets[2].heights)
    examples.fill_cell(plan, answers)
    (sheet,) = (w for w in plan.worksheets if w.fiche == "3.1")
    rows = ("financement/01", "financement/02", "qualitatif/freins", "qualitatif/leviers")
    tops = [plan.workbook.worksheets[2].heights[sheet.rows[f"3.1/{row}"].numero] for row in rows]
    # two lines of 12 points at least, the usual row, eight lines, the usual box
    assert 24 <= tops[0] < 36 and tops[1] == ROW_HEIGHT and 96 <= tops[2] < 120 and tops[3] == OPTIONAL_TEXT_HEIGHT
    assert untouched[sheet.rows["3.1/qualitatif/freins"].numero] == OPTIONAL_TEXT_HEIGHT


def test_another_structure_and_the_years_workbook_take_up_nothing_of_it(workbooks):
    assert saisies(workbooks / f"{DIJON}-2025-cpam.xlsx").keys() == {"accueil/reponse/structure"}
    assert saisies(workbooks / f"{DIJON}-2025.xlsx") == {}


def test_a_value_taken_up_is_an_input_that_shows(workbooks):
    page = openpyxl.load_workbook(workbooks / f"{DIJON}-2025-apo.xlsx")["FA 3.1"]
    (cell,) = [
        c for rank in page.iter_rows() for c in rank if c.value == "Cité éducative" and c.column == layout.LABEL_COLUMN
    ]
    assert not cell.protection.locked
    memory = page.cell(cell.row, layout.MEMORY)
    assert memory.value == "|Cité éducative|Association|"
    assert page.column_dimensions[memory.column_letter].hidden
    assert [
        r
        for cell_range in page.conditional_formatting
        for r in cell_range.rules
        if "SEARCH" in r.formula[0] and f"${memory.column_letter}1" in r.formula[0]
    ]


def test_alone_it_is_no_answer(workbooks):
    result = consolidated(workbooks / f"{DIJON}-2025-apo.xlsx")
    assert result.received_and_expected()[0] == 0 and len(result.tables.financements.frame()) == 0
    assert [a.code for a in result.anomalies if a.file] == ["RETOUR_VIDE"]


def test_kept_beside_an_answer_or_changed_it_counts(tmp_path, workbooks):
    opened_book = openpyxl.load_workbook(workbooks / f"{DIJON}-2025-apo.xlsx")
    (cell,) = [
        c
        for rank in opened_book["FA 3.1"].iter_rows()
        for c in rank
        if c.value == "Cité éducative" and c.column == layout.LABEL_COLUMN
    ]
    cell.value = "Cité éducative de Chenôve"
    opened_book.save(tmp_path / "apo.xlsx")
    result = consolidated(tmp_path / "apo.xlsx")
    assert result.received_and_expected()[0] == 1
    partenaires = result.tables.reponses.frame()[
        (result.tables.reponses.frame()["Bloc"] == "partenaires") & (result.tables.reponses.frame()["Champ"] == "nom")
    ]["Valeur"]
    assert list(partenaires) == ["Cité éducative de Chenôve", "Ville de Chenôve"]


def consolidated(path):
    contrat = toml_reader.parse(DEFINITION, DIJON)
    retours = return_files.read({path.name: path}, ReturnReader(KnownContrats(contrat)))
    return way_back.consolider(retours, contrat, 2025, day=date(2026, 2, 1))
