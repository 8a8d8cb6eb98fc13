"""What cannot be understood in the coordinator's workbook is named at its cell, and nothing is guessed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from cls_workbook import pilotage
from cls_workbook.definition.toml_reader import parse
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.forms.year_workbook import plan
from cls_workbook.workbook import writer
from tests.support.pilotage_typist import CONTRAT, enter_value, place


@pytest.fixture(scope="module")
def contrat() -> Contrat:
    return parse(CONTRAT, "essai.toml")


@pytest.fixture
def file(contrat, tmp_path) -> Path:
    """A blank pilotage workbook for 2025."""
    path = tmp_path / "pilotage.xlsx"
    writer.write(pilotage.workbook(contrat, 2025), path)
    return path


def faults(file: Path, contrat: Contrat) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        pilotage.read(file, contrat, 2025)
    return [d.replace("\u00a0", " ") for d in refusal.value.details]


@pytest.mark.parametrize(
    ("cle", "header", "valeur", "expected"),
    [
        ("pilotage/programmation/1.1", "Programmé 2025", "env. 12 000", "attendu : un montant en euros"),
        ("pilotage/programmation/1.2", "Engagé les années précédentes", -5, "attendu : un montant en euros, entre 0 €"),
        ("pilotage/campagne/etat", "", "presque", "attendu : un choix parmi « provisoire », « validé en COPIL »"),
        ("pilotage/campagne/limite", "", "fin janvier", "attendu : une date"),
        ("pilotage/suivi/ville", "Statut du retour", "perdu", "attendu : un choix parmi « reçu »"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_at_its_cell(file, contrat, cle, header, valeur, expected):
    cell = enter_value(file, {(cle, header): valeur})[cle, header]
    (fault,) = faults(file, contrat)
    assert fault.startswith(f"feuille {cell}")
    assert f"trouvé « {valeur} » ; " in fault and expected in fault and "à faire : " in fault
    assert "renvoyez" not in fault  # the coordinator has nobody to send it back to


def test_all_faults_come_together_each_at_its_cell(file, contrat):
    cells = enter_value(
        file,
        {
            ("pilotage/reunions/01", "Instance"): "Conseil",
            ("pilotage/reunions/01", "Date"): date(2024, 12, 31),
            ("pilotage/reunions/02", "Instance"): "COPIL",
            ("pilotage/reunions/02", "Date"): date(2025, 4, 1),
            ("pilotage/reunions/02", "Structures conviées"): 10,
            ("pilotage/reunions/02", "Structures présentes"): 11,
            ("pilotage/decisions/01", "Fiche"): "9.9",
            ("pilotage/decisions/01", "Décision"): "maintien",
            ("pilotage/membres/operateurs/01", "Structure qui répond"): "Opérateurs",
        },
    )
    at_fault = [
        ("pilotage/membres/operateurs/01", "Structure qui répond"),
        ("pilotage/reunions/01", "Instance"),
        ("pilotage/reunions/01", "Date"),
        ("pilotage/reunions/02", "Structures présentes"),
        ("pilotage/decisions/01", "Fiche"),
    ]
    all_found = faults(file, contrat)
    assert len(all_found) == len(at_fault)
    assert all(t.startswith(f"feuille {cells[f]}") for t, f in zip(all_found, at_fault, strict=True)), all_found


def test_a_row_that_is_begun_must_be_completed(file, contrat):
    enter_value(file, {("pilotage/reunions/03", "Structures conviées"): 12})
    opened_book = openpyxl.load_workbook(file)
    all_expected = [place(opened_book, "pilotage/reunions/03", e).coordinate for e in ("Instance", "Date")]
    assert [re.search(r"cellule (\w+)", f)[1] for f in faults(file, contrat)] == all_expected


def test_a_validated_state_wants_its_date(file, contrat):
    enter_value(file, {("pilotage/campagne/etat", ""): "validé en COPIL"})
    (fault,) = faults(file, contrat)
    assert "Date du COPIL qui valide" in fault and "trouvé rien" in fault


def test_the_maquette_is_not_typed_twice(file, contrat):
    cells = enter_value(
        file,
        {
            ("pilotage/programmation/1.1", "Programmé 2025"): 100,
            ("pilotage/autres/01", "Fiche"): "1.1 · Former",
            ("pilotage/autres/01", "Financeur"): "ARS",
            ("pilotage/autres/01", "Nature"): "Maquette ARS",
            ("pilotage/autres/01", "Montant 2025"): 100,
        },
    )
    (fault,) = faults(file, contrat)
    assert fault.startswith(f"feuille {cells['pilotage/autres/01', 'Nature']}")


def test_a_formula_in_error_is_not_a_blank(file, contrat):
    opened_book = openpyxl.load_workbook(file)
    cell = place(opened_book, "pilotage/programmation/1.1", "Programmé 2025")
    cell.value = "=1/0"
    opened_book.save(file)
    (fault,) = faults(file, contrat)
    assert f"cellule {cell.coordinate} " in fault and "formule" in fault


def test_an_amount_moved_to_the_row_of_another_fiche_is_not_believed(file, contrat):
    enter_value(file, {("pilotage/programmation/1.1", "Programmé 2025"): 100})
    opened_book = openpyxl.load_workbook(file)
    sheet = place(opened_book, "pilotage/programmation/1.1", "Programmé 2025").parent
    line = next(c.row for c in sheet["A"] if c.value == "§pilotage/programmation/1.1")
    sheet.cell(line, 2).value = "1.2"
    opened_book.save(file)
    (fault,) = faults(file, contrat)
    assert f"cellule F{line}" in fault or f"cellule G{line}" in fault


def test_a_row_copied_with_its_hidden_key_is_not_added_silently(file, contrat):
    enter_value(file, {("pilotage/programmation/1.1", "Programmé 2025"): 100})
    opened_book = openpyxl.load_workbook(file)
    cell = place(opened_book, "pilotage/programmation/1.1", "Programmé 2025")
    sheet, rank = cell.parent, cell.row
    for source in sheet[rank]:
        if not isinstance(source.value, str) or not source.value.startswith("="):
            sheet.cell(rank + 1, source.column).value = source.value
    opened_book.save(file)
    (fault,) = faults(file, contrat)
    assert re.search(rf"cellule [A-Z]{rank + 1} ", fault) and "la ligne d’origine de « 1.1 »" in fault


def test_an_amount_forced_onto_a_fiche_paid_as_a_post_is_sent_to_the_other_table(file, contrat):
    opened_book = openpyxl.load_workbook(file)
    cell = place(opened_book, "pilotage/programmation/1.3", "Programmé 2025")
    assert cell.protection.locked  # hatched: it takes lifting the protection
    cell.value = 26000
    opened_book.save(file)
    (fault,) = faults(file, contrat)
    assert f"cellule {cell.coordinate} " in fault and "Autres financements programmés" in fault


def test_a_copied_sheet_is_not_read_twice(file, contrat):
    opened_book = openpyxl.load_workbook(file)
    opened_book.copy_worksheet(opened_book["Décisions"])
    opened_book.save(file)
    (fault,) = faults(file, contrat)
    assert "« Décisions », « Décisions Copy »" in fault and "supprimez la copie" in fault


def test_a_lost_sheet_is_named(file, contrat):
    opened_book = openpyxl.load_workbook(file)
    del opened_book["Groupes"]
    opened_book.save(file)
    (fault,) = faults(file, contrat)
    assert "introuvable" in fault and "Membres du groupe" in fault


@pytest.mark.parametrize("annee", [2024, 2026])
def test_a_workbook_of_another_year_is_refused(file, contrat, annee):
    with pytest.raises(Refusal, match="autre campagne.*essai-2024-2026, 2025"):
        pilotage.read(file, contrat, annee)


def test_a_workbook_of_another_contract_is_refused(file):
    other = parse(CONTRAT.replace("essai-2024-2026", "autre"), "autre.toml")
    with pytest.raises(Refusal, match="autre campagne"):
        pilotage.read(file, other, 2025)


def test_another_workbook_or_file_is_refused_in_one_sentence(contrat, tmp_path):
    retour = tmp_path / "retour.xlsx"
    writer.write(plan(contrat, 2025).workbook, retour)
    with pytest.raises(Refusal, match="n’est pas un classeur de pilotage"):
        pilotage.read(retour, contrat, 2025)
    texte = tmp_path / "notes.xlsx"
    texte.write_text("bonjour", encoding="utf-8")
    with pytest.raises(Refusal, match="ne peut pas être lu"):
        pilotage.read(texte, contrat, 2025)
    with pytest.raises(Refusal, match="ne peut pas être lu"):
        pilotage.read(tmp_path / "absent.xlsx", contrat, 2025)
