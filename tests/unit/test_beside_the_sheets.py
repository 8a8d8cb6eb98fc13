"""What stands elsewhere than in the sheets that ask: sheets of the partner's own, ours that ask nothing."""

from __future__ import annotations

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.workbook import writer
from tests.support.annotated_copies import annotate, faulty, read_back
from tests.support.small_workbook import DEFINITION, YEAR, all_found, filled, modified, read, trial

SAID = {"accueil/reponse/structure": "Ville de Rivemont", "1.1/mesures/1.1-I01/valeur": 7}


def found_after(folder, modify, structure="ville"):
    """[(gravity, code, sheet, cells)] of a return once ``modify`` has changed it."""
    retour = read(modified(filled(folder, SAID, structure), modify))
    return [(a.gravite, a.code, a.sheet, a.cells) for a in retour.anomalies]


def sheet_with(*rows):
    def add(opened_book):
        sheet = opened_book.create_sheet("Suite")
        for row in rows:
            sheet.append(row)

    return add


# --- the partner's own ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 2, 5])
def test_funding_lines_on_a_sheet_of_ones_own_are_to_be_confirmed_at_their_cells(tmp_path, times):
    rows = [("CPAM", "Cofinancement", 1200 + rank) for rank in range(times)]
    cells = tuple(f"{column}{line}" for line in range(1, times + 1) for column in "ABC")
    assert found_after(tmp_path, sheet_with(*rows)) == [("à confirmer", "SAISIE_HORS_CADRE", "Suite", cells)]


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ([("CPAM", "cofinancements", 1200), ("ARS", "maquette", 800)], ("A1", "B1", "C1", "A2", "B2", "C2")),
        ([("CPAM", "Cofinancement", "12 k€")], ("A1", "B1", "C1")),
        ([("1 200 €", "CPAM")], ("A1", "B1")),
        ([("Financeur", "Engagé"), ("Mutuelle", 1200)], ("A2", "B2")),
        ([("Financeur", "CPAM"), ("Nature", "autre"), ("Engagé", 1200)], ("A3", "B3")),
        ([("CPAM : 1 200 euros",)], ("A1",)),
    ],
)
def test_funding_lines_in_other_words_or_another_order_are_too(tmp_path, rows, cells):
    assert found_after(tmp_path, sheet_with(*rows)) == [("à confirmer", "SAISIE_HORS_CADRE", "Suite", cells)]


def test_a_working_document_is_an_information(tmp_path):
    document = sheet_with(("Personnes rencontrées", 12, 14), ("Total", 26), ("ARS", 300))
    assert found_after(tmp_path, document) == [("information", "SAISIE_HORS_CADRE", "Suite", ())]
    (told,) = read(modified(filled(tmp_path, SAID, "ville"), document)).anomalies
    assert "« Personnes rencontrées | 12 | 14 »" in told.found.replace("\u00a0", " ")


def test_a_document_that_borrows_a_few_of_our_words_is_not_taken_for_a_fiche_without_its_keys(tmp_path):
    words = [c.valeur for c in forms.plan(trial(), YEAR).workbook.worksheets[2].cells if isinstance(c.valeur, str)]
    document = sheet_with(*((word, 10) for word in words[5:12] if not word.startswith("§")))
    assert {f[:3] for f in found_after(tmp_path, document)} == {("information", "SAISIE_HORS_CADRE", "Suite")}


# --- ours, that ask nothing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1234, 12.5, True, "une remarque"])
@pytest.mark.parametrize("sheet", ["Sommaire", "Listes"])
def test_whatever_is_typed_there_is_to_be_confirmed_at_its_cell(tmp_path, sheet, value):
    found = found_after(tmp_path, lambda opened_book: opened_book[sheet].__setitem__("S9", value))
    assert found == [("à confirmer", "SAISIE_HORS_CADRE", sheet, ("S9",))]


def test_the_members_that_the_coordination_named_are_no_addition(tmp_path):
    campagne = forms.WorkbookContext(membres={"communes": ("Commune nouvelle", "Le Relais")})
    path = tmp_path / "retour.xlsx"
    path.write_bytes(writer.to_bytes(forms.plan(trial(), YEAR, None, campagne).workbook))
    assert all_found(read(path)) == []


@pytest.mark.parametrize("structure", ["", "ville", "mutuelle"])
def test_our_printed_digits_saved_as_numbers_are_still_ours(tmp_path, structure):
    """Some spreadsheets make numbers of « 1 », « 1.1 » or « 50 % » when they open a file."""
    changed = []

    def as_numbers(opened_book: openpyxl.Workbook) -> None:
        for sheet in opened_book:
            for cell in (c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)):
                digits = cell.value.replace("\u00a0", "").replace(" ", "").replace("€", "").replace(",", ".")
                number = digits.removesuffix("%")
                if number.replace(".", "", 1).isdecimal() and not cell.value.startswith("§"):
                    cell.value = float(number) / (100 if digits.endswith("%") else 1)
                    changed.append(cell.coordinate)

    assert found_after(tmp_path, as_numbers, structure) == []
    assert len(changed) >= 7  # five steps of Accueil, two fiches of the Sommaire


def test_another_number_in_place_of_our_digits_is_told(tmp_path):
    found = found_after(tmp_path, lambda opened_book: opened_book["Accueil"].__setitem__("B13", 21))
    assert found == [("à confirmer", "SAISIE_HORS_CADRE", "Accueil", ("B13",))]


# --- the list of an annotated copy ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def contrat(tmp_path_factory):
    file = tmp_path_factory.mktemp("contrat") / "essai.toml"
    file.write_text(DEFINITION, encoding="utf-8")
    return str(file)


def typed_on_the_list(contrat, folder, cell="", value=None):
    """What is said of the list of a copy in which ``value`` was typed, and of nothing else."""
    _, file_copy, _ = annotate(contrat, faulty(folder), folder / "copies")
    if cell:
        modified(file_copy, lambda opened_book: opened_book["Anomalies"].__setitem__(cell, value))
    return [found for found in read_back(contrat, file_copy) if found[1] == "Anomalies"]


def test_the_list_of_a_copy_says_nothing_as_long_as_nobody_types_on_it(contrat, tmp_path):
    assert typed_on_the_list(contrat, tmp_path) == []


@pytest.mark.parametrize(
    ("cell", "value"), [("G12", "15"), ("G12", 15), ("K12", "en fait 15"), ("C60", 15), ("B12", 15)]
)
def test_a_correction_typed_on_the_list_is_to_be_confirmed_at_its_cell(contrat, tmp_path, cell, value):
    assert typed_on_the_list(contrat, tmp_path, cell, value) == [("SAISIE_HORS_CADRE", "Anomalies", (cell,))]
