"""The coordinator's workbook: what is drawn, what is typed, and who uses it."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cls_workbook import pilotage
from cls_workbook.definition.toml_reader import parse
from cls_workbook.domain.model import Contrat
from cls_workbook.forms.year_workbook import repondants
from cls_workbook.pilotage import CopilDecision, Financement, Meeting, Pilotage, Relance
from cls_workbook.workbook import writer
from tests.support.pilotage_typist import CONTRAT, FULL_PILOTAGE, enter_value, place
from tests.support.xlsx_lint import lint


@pytest.fixture(scope="module")
def contrat() -> Contrat:
    return parse(CONTRAT, "essai.toml")


@pytest.fixture
def file(contrat, tmp_path) -> Path:
    """A blank pilotage workbook for 2025."""
    path = tmp_path / "pilotage.xlsx"
    writer.write(pilotage.workbook(contrat, 2025), path)
    return path


# --- What is drawn --------------------------------------------------------------------------------------------------


def test_a_blank_workbook_says_nothing(file, contrat):
    assert pilotage.read(file, contrat, 2025) == Pilotage()


def test_what_is_drawn_is_what_is_read(contrat, tmp_path):
    path = tmp_path / "plein.xlsx"
    writer.write(pilotage.workbook(contrat, 2025, FULL_PILOTAGE), path)
    assert pilotage.read(path, contrat, 2025) == FULL_PILOTAGE


def test_excel_would_find_nothing_to_repair(contrat):
    assert lint(writer.to_bytes(pilotage.workbook(contrat, 2025))) == []
    assert lint(writer.to_bytes(pilotage.workbook(contrat, 2025, FULL_PILOTAGE))) == []


def test_the_same_inputs_give_the_same_bytes(contrat):
    assert writer.to_bytes(pilotage.workbook(contrat, 2025, FULL_PILOTAGE)) == writer.to_bytes(
        pilotage.workbook(contrat, 2025, FULL_PILOTAGE)
    )


def test_every_sheet_is_protected_without_password_and_prints_one_page_wide(file):
    for sheet in openpyxl.load_workbook(file):
        assert sheet.protection.sheet and not sheet.protection.password, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.page_setup.fitToHeight in (0, "0") and sheet.page_setup.fitToWidth in (None, 1), sheet.title


def test_the_list_of_a_group_proposes_its_candidates_first_then_known_structures(file):
    opened_book = openpyxl.load_workbook(file)
    cell = place(opened_book, "pilotage/membres/operateurs/01", "Structure qui répond")
    validation = next(v for v in cell.parent.data_validations.dataValidation if cell.coordinate in v.sqref)
    first, last = re.findall(r"\$([A-Z]+)\$(\d+)", validation.formula1)
    choix = [opened_book["Listes"][f"{first[0]}{n}"].value for n in range(int(first[1]), int(last[1]) + 1)]
    assert choix == ["Alpha", "Bêta", "Gamma", "ARS", "Ville d’Essai"]
    assert not validation.showErrorMessage or validation.errorStyle == "warning"


def test_figures_computed_by_formulas_are_there_before_any_recalculation(contrat, tmp_path):
    path = tmp_path / "plein.xlsx"
    writer.write(pilotage.workbook(contrat, 2025, FULL_PILOTAGE), path)
    opened_book = openpyxl.load_workbook(path, data_only=True)
    # 30 000 of the contract - 5 000 engaged before - 1 234,56 programmed
    assert place(opened_book, "pilotage/programmation/1.1", "Reste à programmer").value == 23765.44
    assert place(opened_book, "pilotage/programmation/fin", "Programmé 2025").value == 1234.56
    assert place(opened_book, "pilotage/reunions/01", "Participation").value == pytest.approx(21 / 36)
    texts = {str(c.value).replace("\u00a0", " ") for c in opened_book["Gouvernance"]["F"]}
    assert {"minimum atteint", "2 à tenir"} <= texts


def test_a_contract_without_fiche_nor_list_has_a_workbook_too(tmp_path):
    empty = parse(
        '[contrat]\nid = "vide"\ntitre = "Vide"\nnom_court = "Vide"\nannees = [2025]\nterritoire = "Vide"\n',
        "vide.toml",
    )
    path = tmp_path / "vide.xlsx"
    writer.write(pilotage.workbook(empty, 2025), path)
    assert lint(path) == []
    enter_value(
        path, {("pilotage/reunions/01", "Instance"): "Assemblée", ("pilotage/reunions/01", "Date"): date(2025, 5, 6)}
    )
    assert pilotage.read(path, empty, 2025) == Pilotage(reunions=(Meeting("Assemblée", date(2025, 5, 6)),))


def test_drawing_and_its_adaptor_bring_neither_pandas_nor_openpyxl():
    code = (
        "import sys; from cls_workbook import pilotage; from cls_workbook.workbook import writer; "
        "pilotage.campagne(pilotage.Pilotage());"
        "print([m for m in ('pandas', 'pandera', 'openpyxl', 'xlwings') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


# --- What is typed --------------------------------------------------------------------------------------------------


def test_what_is_typed_is_what_is_read(file, contrat):
    enter_value(
        file,
        {
            ("pilotage/campagne/etat", ""): "validé en COPIL",
            ("pilotage/campagne/date_validation", ""): "3 février 2026",
            ("pilotage/campagne/limite", ""): date(2026, 1, 31),
            ("pilotage/campagne/contact", ""): "Coordination",
            ("pilotage/membres/operateurs/02", "Structure qui répond"): "Bêta",
            ("pilotage/membres/operateurs/02", "Seulement pour la fiche (facultatif)"): "1.1 · Former",
            ("pilotage/membres/operateurs/05", "Structure qui répond"): "Foyer rural",
            ("pilotage/programmation/1.1", "Programmé 2025"): "12 000,50 €",
            ("pilotage/programmation/1.2", "Engagé les années précédentes"): 0,
            ("pilotage/autres/01", "Fiche"): "1.2",
            ("pilotage/autres/01", "Financeur"): "région",
            ("pilotage/autres/01", "Nature"): "Cofinancement",
            ("pilotage/autres/01", "Montant 2025"): 800,
            ("pilotage/reunions/01", "Instance"): "COPIL",
            ("pilotage/reunions/01", "Date"): "20/11/2025",
            ("pilotage/reunions/01", "Structures conviées"): 10,
            ("pilotage/reunions/01", "Structures présentes"): 0,
            ("pilotage/decisions/01", "Décision"): "avenant",
            ("pilotage/decisions/01", "Fiche"): "FA 1.2",
            ("pilotage/suivi/ville", "Statut du retour"): "à corriger",
            ("pilotage/suivi_autres/01", "Structure"): "Mairie d’Essai",
            ("pilotage/suivi_autres/01", "Date de relance"): date(2026, 1, 9),
        },
    )
    assert pilotage.read(file, contrat, 2025) == Pilotage(
        membres={
            "operateurs": ("Bêta", "Foyer rural"),
            ("operateurs", "1.1"): ("Bêta", "Foyer rural"),
            ("operateurs", "1.2"): ("Foyer rural",),
        },
        programme={("1.1", ""): Decimal("12000.50"), ("1.2", "region"): Decimal("800")},
        financements=(Financement("1.2", "region", "Cofinancement", Decimal("800")),),
        engage_anterieur={"1.2": Decimal("0")},
        reunions=(Meeting("COPIL", date(2025, 11, 20), 10, 0),),
        decisions=(CopilDecision("1.2", "avenant"),),
        relances=(Relance("ville", "à corriger"), Relance("ville", "", date(2026, 1, 9))),
        etat="validé",
        date_validation=date(2026, 2, 3),
        limite=date(2026, 1, 31),
        contact="Coordination",
    )


def test_a_member_written_twice_counts_once(file, contrat):
    enter_value(
        file,
        {
            ("pilotage/membres/operateurs/01", "Structure qui répond"): "Ville d’Essai",
            ("pilotage/membres/operateurs/02", "Structure qui répond"): "mairie d'essai",
            ("pilotage/membres/operateurs/03", "Structure qui répond"): "Alpha",
            ("pilotage/membres/operateurs/04", "Structure qui répond"): "ALPHA",
        },
    )
    assert pilotage.read(file, contrat, 2025).membres == {"operateurs": ("Ville d’Essai", "Alpha")}


def test_a_row_inserted_in_a_table_is_read(file, contrat):
    enter_value(file, {("pilotage/decisions/02", "Décision"): "abandon"})
    opened_book = openpyxl.load_workbook(file)
    cell = place(opened_book, "pilotage/decisions/02", "Décision")
    sheet, rank, column = cell.parent, cell.row, cell.column
    sheet.insert_rows(rank)  # the new row, which has no key, stands above
    sheet.cell(rank, column).value = "report"
    opened_book.save(file)
    assert [d.decision for d in pilotage.read(file, contrat, 2025).decisions] == ["report", "abandon"]


def test_sheets_are_found_under_any_name_and_in_any_order_with_a_column_inserted(file, contrat):
    enter_value(file, {("pilotage/programmation/1.1", "Programmé 2025"): 7})
    opened_book = openpyxl.load_workbook(file)
    for rank, sheet in enumerate(opened_book.worksheets):
        sheet.title = f"Onglet {rank}"
    opened_book["Onglet 2"].insert_cols(4)
    opened_book.move_sheet("Onglet 0", 4)
    opened_book.create_sheet("Retours", 0)["A1"] = "autre chose"
    opened_book.save(file)
    assert pilotage.read(file, contrat, 2025) == Pilotage(programme={("1.1", ""): Decimal(7)})


# --- Who uses it ----------------------------------------------------------------------------------------------------


def test_the_entry_workbooks_take_members_programme_limit_and_contact():
    campagne = pilotage.campagne(FULL_PILOTAGE)
    assert campagne.programme == {"1.1": Decimal("1234.56"), "1.2": Decimal("0.00")}  # the maquette only
    assert (campagne.limite, campagne.contact) == ("31/01/2026", "Coordination, 03 00 00 00 00")
    assert campagne.membres == FULL_PILOTAGE.membres


def test_a_member_restricted_to_a_fiche_is_expected_on_it_alone(contrat):
    expected_returns = {r.nom: [numero for numero, _ in r.fiches] for r in repondants(contrat, FULL_PILOTAGE.membres)}
    assert expected_returns == {"Ville d’Essai": ["1.1", "1.3"], "Alpha": ["1.1", "1.2"], "Maison des aînés": ["1.1"]}


def test_the_checks_take_amounts_by_funder_and_meetings_by_instance(contrat):
    checks_part = pilotage.for_checks(FULL_PILOTAGE, contrat)
    assert checks_part.programmes == {
        ("1.1", "ars"): Decimal("1234.56"),
        ("1.2", "ars"): Decimal(0),
        ("1.1", "region"): Decimal(3000),
        ("1.1", "Mécène"): Decimal(10),
    }
    assert checks_part.hors_maquette == {("1.3", "ars"): Decimal(26000)}
    assert checks_part.reunions == {"COPIL": 2, "Comité technique": 0}


def test_meetings_are_unknown_until_one_is_typed(contrat):
    assert pilotage.for_checks(Pilotage(), contrat).reunions == {}
