"""What cannot be understood in the coordinator's workbook is named at its cell, and nothing is guessed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from pilotage_for_tests import CONTRAT, place, saisir

from cls_workbook import pilotage
from cls_workbook.contract.definition import parse
from cls_workbook.contract.model import Contrat
from cls_workbook.entry.workbook import plan
from cls_workbook.errors import Refus
from cls_workbook.xlsx import writer


@pytest.fixture(scope="module")
def contrat() -> Contrat:
    return parse(CONTRAT, "essai.toml")


@pytest.fixture
def fichier(contrat, tmp_path) -> Path:
    """A blank pilotage workbook for 2025."""
    chemin = tmp_path / "pilotage.xlsx"
    writer.write(pilotage.classeur(contrat, 2025), chemin)
    return chemin


def fautes(fichier: Path, contrat: Contrat) -> list[str]:
    with pytest.raises(Refus) as refus:
        pilotage.lire(fichier, contrat, 2025)
    return [d.replace("\u00a0", " ") for d in refus.value.details]


@pytest.mark.parametrize(
    ("cle", "entete", "valeur", "attendu"),
    [
        ("pilotage/programmation/1.1", "Programmé 2025", "env. 12 000", "attendu : un montant en euros"),
        ("pilotage/programmation/1.2", "Engagé les années précédentes", -5, "attendu : un montant en euros, entre 0 €"),
        ("pilotage/campagne/etat", "", "presque", "attendu : un choix parmi « provisoire », « validé en COPIL »"),
        ("pilotage/campagne/limite", "", "fin janvier", "attendu : une date"),
        ("pilotage/suivi/ville", "Statut du retour", "perdu", "attendu : un choix parmi « attendu »"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_at_its_cell(fichier, contrat, cle, entete, valeur, attendu):
    cellule = saisir(fichier, {(cle, entete): valeur})[cle, entete]
    (faute,) = fautes(fichier, contrat)
    assert faute.startswith(f"feuille {cellule}")
    assert f"trouvé « {valeur} » ; " in faute and attendu in faute and "à faire : " in faute
    assert "renvoyez" not in faute  # the coordinator has nobody to send it back to


def test_all_faults_come_together_each_at_its_cell(fichier, contrat):
    cellules = saisir(fichier, {
        ("pilotage/reunions/01", "Instance"): "Conseil", ("pilotage/reunions/01", "Date"): date(2024, 12, 31),
        ("pilotage/reunions/02", "Instance"): "COPIL", ("pilotage/reunions/02", "Date"): date(2025, 4, 1),
        ("pilotage/reunions/02", "Structures conviées"): 10, ("pilotage/reunions/02", "Structures présentes"): 11,
        ("pilotage/decisions/01", "Fiche"): "9.9", ("pilotage/decisions/01", "Décision"): "maintien",
        ("pilotage/membres/operateurs/01", "Structure qui répond"): "Opérateurs",
    })  # fmt: skip
    fautives = [("pilotage/membres/operateurs/01", "Structure qui répond"), ("pilotage/reunions/01", "Instance"),
                ("pilotage/reunions/01", "Date"), ("pilotage/reunions/02", "Structures présentes"), ("pilotage/decisions/01", "Fiche")]  # fmt: skip
    trouvees = fautes(fichier, contrat)
    assert len(trouvees) == len(fautives)
    assert all(t.startswith(f"feuille {cellules[f]}") for t, f in zip(trouvees, fautives, strict=True)), trouvees


def test_a_row_that_is_begun_must_be_completed(fichier, contrat):
    saisir(fichier, {("pilotage/reunions/03", "Structures conviées"): 12})
    livre = openpyxl.load_workbook(fichier)
    attendues = [place(livre, "pilotage/reunions/03", e).coordinate for e in ("Instance", "Date")]
    assert [re.search(r"cellule (\w+)", f)[1] for f in fautes(fichier, contrat)] == attendues


def test_a_validated_state_wants_its_date(fichier, contrat):
    saisir(fichier, {("pilotage/campagne/etat", ""): "validé en COPIL"})
    (faute,) = fautes(fichier, contrat)
    assert "Date du COPIL qui valide" in faute and "trouvé rien" in faute


def test_the_maquette_is_not_typed_twice(fichier, contrat):
    cellules = saisir(fichier, {
        ("pilotage/programmation/1.1", "Programmé 2025"): 100, ("pilotage/autres/01", "Fiche"): "1.1 · Former",
        ("pilotage/autres/01", "Financeur"): "ARS", ("pilotage/autres/01", "Nature"): "Maquette ARS", ("pilotage/autres/01", "Montant 2025"): 100,
    })  # fmt: skip
    (faute,) = fautes(fichier, contrat)
    assert faute.startswith(f"feuille {cellules['pilotage/autres/01', 'Nature']}")


def test_a_formula_in_error_is_not_a_blank(fichier, contrat):
    livre = openpyxl.load_workbook(fichier)
    cellule = place(livre, "pilotage/programmation/1.1", "Programmé 2025")
    cellule.value = "=1/0"
    livre.save(fichier)
    (faute,) = fautes(fichier, contrat)
    assert f"cellule {cellule.coordinate} " in faute and "formule" in faute


def test_an_amount_moved_to_the_row_of_another_fiche_is_not_believed(fichier, contrat):
    saisir(fichier, {("pilotage/programmation/1.1", "Programmé 2025"): 100})
    livre = openpyxl.load_workbook(fichier)
    feuille = place(livre, "pilotage/programmation/1.1", "Programmé 2025").parent
    ligne = next(c.row for c in feuille["A"] if c.value == "§pilotage/programmation/1.1")
    feuille.cell(ligne, 2).value = "1.2"
    livre.save(fichier)
    (faute,) = fautes(fichier, contrat)
    assert f"cellule F{ligne}" in faute or f"cellule G{ligne}" in faute


def test_a_row_copied_with_its_hidden_key_is_not_added_silently(fichier, contrat):
    saisir(fichier, {("pilotage/programmation/1.1", "Programmé 2025"): 100})
    livre = openpyxl.load_workbook(fichier)
    cellule = place(livre, "pilotage/programmation/1.1", "Programmé 2025")
    feuille, rang = cellule.parent, cellule.row
    for source in feuille[rang]:
        if not isinstance(source.value, str) or not source.value.startswith("="):
            feuille.cell(rang + 1, source.column).value = source.value
    livre.save(fichier)
    (faute,) = fautes(fichier, contrat)
    assert re.search(rf"cellule [A-Z]{rang + 1} ", faute) and "la ligne d’origine de « 1.1 »" in faute


def test_an_amount_forced_onto_a_fiche_paid_as_a_post_is_sent_to_the_other_table(fichier, contrat):
    livre = openpyxl.load_workbook(fichier)
    cellule = place(livre, "pilotage/programmation/1.3", "Programmé 2025")
    assert cellule.protection.locked  # hatched: it takes lifting the protection
    cellule.value = 26000
    livre.save(fichier)
    (faute,) = fautes(fichier, contrat)
    assert f"cellule {cellule.coordinate} " in faute and "Autres financements programmés" in faute


def test_a_copied_sheet_is_not_read_twice(fichier, contrat):
    livre = openpyxl.load_workbook(fichier)
    livre.copy_worksheet(livre["Décisions"])
    livre.save(fichier)
    (faute,) = fautes(fichier, contrat)
    assert "« Décisions », « Décisions Copy »" in faute and "supprimez la copie" in faute


def test_a_lost_sheet_is_named(fichier, contrat):
    livre = openpyxl.load_workbook(fichier)
    del livre["Groupes"]
    livre.save(fichier)
    (faute,) = fautes(fichier, contrat)
    assert "introuvable" in faute and "Membres du groupe" in faute


@pytest.mark.parametrize("annee", [2024, 2026])
def test_a_workbook_of_another_year_is_refused(fichier, contrat, annee):
    with pytest.raises(Refus, match="autre campagne.*essai-2024-2026, 2025"):
        pilotage.lire(fichier, contrat, annee)


def test_a_workbook_of_another_contract_is_refused(fichier):
    autre = parse(CONTRAT.replace("essai-2024-2026", "autre"), "autre.toml")
    with pytest.raises(Refus, match="autre campagne"):
        pilotage.lire(fichier, autre, 2025)


def test_another_workbook_or_file_is_refused_in_one_sentence(contrat, tmp_path):
    retour = tmp_path / "retour.xlsx"
    writer.write(plan(contrat, 2025).classeur, retour)
    with pytest.raises(Refus, match="n’est pas un classeur de pilotage"):
        pilotage.lire(retour, contrat, 2025)
    texte = tmp_path / "notes.xlsx"
    texte.write_text("bonjour", encoding="utf-8")
    with pytest.raises(Refus, match="ne peut pas être lu"):
        pilotage.lire(texte, contrat, 2025)
    with pytest.raises(Refus, match="ne peut pas être lu"):
        pilotage.lire(tmp_path / "absent.xlsx", contrat, 2025)
