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
from hypothesis import given, settings
from hypothesis import strategies as st
from pilotage_for_tests import CONTRAT, PLEIN, place, saisir
from xlsx_lint import lint

from cls_workbook import pilotage
from cls_workbook.contract.definition import parse
from cls_workbook.contract.model import Contrat
from cls_workbook.entry.workbook import repondants
from cls_workbook.pilotage import Decision, Financement, Pilotage, Relance, Reunion
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


# --- What is drawn --------------------------------------------------------------------------------------------------


def test_a_blank_workbook_says_nothing(fichier, contrat):
    assert pilotage.lire(fichier, contrat, 2025) == Pilotage()


def test_what_is_drawn_is_what_is_read(contrat, tmp_path):
    chemin = tmp_path / "plein.xlsx"
    writer.write(pilotage.classeur(contrat, 2025, PLEIN), chemin)
    assert pilotage.lire(chemin, contrat, 2025) == PLEIN


TEXTES = st.text(st.characters(exclude_categories=("C", "Z")), max_size=60) | st.sampled_from(("=1+1", "-3", "@x", "1.1", "§clé", "<r>a</r>"))
CENTIMES = st.integers(0, 99_999_999_999).map(lambda n: Decimal(n) / 100)


@given(montant=CENTIMES, texte=TEXTES, jour=st.dates(date(2025, 1, 1), date(2025, 12, 31)), convies=st.integers(0, 500))
@settings(max_examples=25, deadline=None)
def test_any_amount_text_or_date_comes_back_as_it_was(contrat, tmp_path_factory, montant, texte, jour, convies):
    donne = Pilotage(
        programme={("1.1", ""): montant}, engage_anterieur={"1.2": montant}, contact=texte,
        reunions=(Reunion("COPIL", jour, convies, convies, texte),), decisions=(Decision("", "autre", jour, texte, texte, texte),),
    )  # fmt: skip
    chemin = tmp_path_factory.getbasetemp() / "quelconque.xlsx"
    writer.write(pilotage.classeur(contrat, 2025, donne), chemin)
    assert pilotage.lire(chemin, contrat, 2025) == donne


def test_excel_would_find_nothing_to_repair(contrat):
    assert lint(writer.to_bytes(pilotage.classeur(contrat, 2025))) == []
    assert lint(writer.to_bytes(pilotage.classeur(contrat, 2025, PLEIN))) == []


def test_the_same_inputs_give_the_same_bytes(contrat):
    assert writer.to_bytes(pilotage.classeur(contrat, 2025, PLEIN)) == writer.to_bytes(pilotage.classeur(contrat, 2025, PLEIN))


def test_every_sheet_is_protected_without_password_and_prints_one_page_wide(fichier):
    for feuille in openpyxl.load_workbook(fichier):
        assert feuille.protection.sheet and not feuille.protection.password, feuille.title
        assert feuille.sheet_properties.pageSetUpPr.fitToPage, feuille.title
        assert feuille.page_setup.fitToHeight in (0, "0") and feuille.page_setup.fitToWidth in (None, 1), feuille.title


def test_the_list_of_a_group_proposes_its_candidates_first_then_known_structures(fichier):
    livre = openpyxl.load_workbook(fichier)
    cellule = place(livre, "pilotage/membres/operateurs/01", "Structure qui répond")
    validation = next(v for v in cellule.parent.data_validations.dataValidation if cellule.coordinate in v.sqref)
    premiere, derniere = re.findall(r"\$([A-Z]+)\$(\d+)", validation.formula1)
    choix = [livre["Listes"][f"{premiere[0]}{n}"].value for n in range(int(premiere[1]), int(derniere[1]) + 1)]
    assert choix == ["Alpha", "Bêta", "Gamma", "ARS", "Ville d’Essai"]
    assert not validation.showErrorMessage or validation.errorStyle == "warning"


def test_figures_computed_by_formulas_are_there_before_any_recalculation(contrat, tmp_path):
    chemin = tmp_path / "plein.xlsx"
    writer.write(pilotage.classeur(contrat, 2025, PLEIN), chemin)
    livre = openpyxl.load_workbook(chemin, data_only=True)
    # 30 000 of the contract - 5 000 engaged before - 1 234,56 programmed
    assert place(livre, "pilotage/programmation/1.1", "Reste à programmer").value == 23765.44
    assert place(livre, "pilotage/programmation/fin", "Programmé 2025").value == 1234.56
    assert place(livre, "pilotage/reunions/01", "Participation").value == pytest.approx(21 / 36)
    textes = {str(c.value).replace("\u00a0", " ") for c in livre["Gouvernance"]["F"]}
    assert {"minimum atteint", "2 à tenir"} <= textes


def test_a_contract_without_fiche_nor_list_has_a_workbook_too(tmp_path):
    vide = parse('[contrat]\nid = "vide"\ntitre = "Vide"\nnom_court = "Vide"\nannees = [2025]\nterritoire = "Vide"\n', "vide.toml")
    chemin = tmp_path / "vide.xlsx"
    writer.write(pilotage.classeur(vide, 2025), chemin)
    assert lint(chemin) == []
    saisir(chemin, {("pilotage/reunions/01", "Instance"): "Assemblée", ("pilotage/reunions/01", "Date"): date(2025, 5, 6)})
    assert pilotage.lire(chemin, vide, 2025) == Pilotage(reunions=(Reunion("Assemblée", date(2025, 5, 6)),))


def test_drawing_and_its_adaptor_bring_neither_pandas_nor_openpyxl():
    code = (
        "import sys; from cls_workbook import pilotage; from cls_workbook.xlsx import writer; pilotage.campagne(pilotage.Pilotage());"
        "print([m for m in ('pandas', 'pandera', 'openpyxl', 'xlwings') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


# --- What is typed --------------------------------------------------------------------------------------------------


def test_what_is_typed_is_what_is_read(fichier, contrat):
    saisir(fichier, {
        ("pilotage/campagne/etat", ""): "validé en COPIL", ("pilotage/campagne/date_validation", ""): "3 février 2026",
        ("pilotage/campagne/limite", ""): date(2026, 1, 31), ("pilotage/campagne/contact", ""): "Coordination",
        ("pilotage/membres/operateurs/02", "Structure qui répond"): "Bêta",
        ("pilotage/membres/operateurs/02", "Seulement pour la fiche (facultatif)"): "1.1 · Former",
        ("pilotage/membres/operateurs/05", "Structure qui répond"): "Foyer rural",
        ("pilotage/programmation/1.1", "Programmé 2025"): "12 000,50 €",
        ("pilotage/programmation/1.2", "Engagé les années précédentes"): 0,
        ("pilotage/autres/01", "Fiche"): "1.2", ("pilotage/autres/01", "Financeur"): "région",
        ("pilotage/autres/01", "Nature"): "Cofinancement", ("pilotage/autres/01", "Montant 2025"): 800,
        ("pilotage/reunions/01", "Instance"): "COPIL", ("pilotage/reunions/01", "Date"): "20/11/2025",
        ("pilotage/reunions/01", "Structures conviées"): 10, ("pilotage/reunions/01", "Structures présentes"): 0,
        ("pilotage/decisions/01", "Décision"): "avenant", ("pilotage/decisions/01", "Fiche"): "FA 1.2",
        ("pilotage/suivi/ville", "Statut du retour"): "à corriger",
        ("pilotage/suivi_autres/01", "Structure"): "Mairie d’Essai", ("pilotage/suivi_autres/01", "Date de relance"): date(2026, 1, 9),
    })  # fmt: skip
    assert pilotage.lire(fichier, contrat, 2025) == Pilotage(
        membres={"operateurs": ("Bêta", "Foyer rural"), ("operateurs", "1.1"): ("Bêta", "Foyer rural"), ("operateurs", "1.2"): ("Foyer rural",)},
        programme={("1.1", ""): Decimal("12000.50"), ("1.2", "region"): Decimal("800")},
        financements=(Financement("1.2", "region", "Cofinancement", Decimal("800")),),
        engage_anterieur={"1.2": Decimal("0")},
        reunions=(Reunion("COPIL", date(2025, 11, 20), 10, 0),),
        decisions=(Decision("1.2", "avenant"),),
        relances=(Relance("ville", "à corriger"), Relance("ville", "", date(2026, 1, 9))),
        etat="validé", date_validation=date(2026, 2, 3), limite=date(2026, 1, 31), contact="Coordination",
    )  # fmt: skip


def test_a_member_written_twice_counts_once(fichier, contrat):
    saisir(fichier, {
        ("pilotage/membres/operateurs/01", "Structure qui répond"): "Ville d’Essai",
        ("pilotage/membres/operateurs/02", "Structure qui répond"): "mairie d'essai",
        ("pilotage/membres/operateurs/03", "Structure qui répond"): "Alpha",
        ("pilotage/membres/operateurs/04", "Structure qui répond"): "ALPHA",
    })  # fmt: skip
    assert pilotage.lire(fichier, contrat, 2025).membres == {"operateurs": ("Ville d’Essai", "Alpha")}


def test_a_row_inserted_in_a_table_is_read(fichier, contrat):
    saisir(fichier, {("pilotage/decisions/02", "Décision"): "abandon"})
    livre = openpyxl.load_workbook(fichier)
    cellule = place(livre, "pilotage/decisions/02", "Décision")
    feuille, rang, colonne = cellule.parent, cellule.row, cellule.column
    feuille.insert_rows(rang)  # the new row, which has no key, stands above
    feuille.cell(rang, colonne).value = "report"
    livre.save(fichier)
    assert [d.decision for d in pilotage.lire(fichier, contrat, 2025).decisions] == ["report", "abandon"]


def test_sheets_are_found_under_any_name_and_in_any_order_with_a_column_inserted(fichier, contrat):
    saisir(fichier, {("pilotage/programmation/1.1", "Programmé 2025"): 7})
    livre = openpyxl.load_workbook(fichier)
    for rang, feuille in enumerate(livre.worksheets):
        feuille.title = f"Onglet {rang}"
    livre["Onglet 2"].insert_cols(4)
    livre.move_sheet("Onglet 0", 4)
    livre.create_sheet("Retours", 0)["A1"] = "autre chose"
    livre.save(fichier)
    assert pilotage.lire(fichier, contrat, 2025) == Pilotage(programme={("1.1", ""): Decimal(7)})


# --- Who uses it ----------------------------------------------------------------------------------------------------


def test_the_entry_workbooks_take_members_programme_limit_and_contact():
    campagne = pilotage.campagne(PLEIN)
    assert campagne.programme == {"1.1": Decimal("1234.56"), "1.2": Decimal("0.00")}  # the maquette only
    assert (campagne.limite, campagne.contact) == ("31/01/2026", "Coordination, 03 00 00 00 00")
    assert campagne.membres == PLEIN.membres


def test_a_member_restricted_to_a_fiche_is_expected_on_it_alone(contrat):
    attendus = {r.nom: [numero for numero, _ in r.fiches] for r in repondants(contrat, PLEIN.membres)}
    assert attendus == {"Ville d’Essai": ["1.1", "1.3"], "Alpha": ["1.1", "1.2"], "Maison des aînés": ["1.1"]}


def test_the_checks_take_amounts_by_funder_and_meetings_by_instance(contrat):
    controles = pilotage.pour_controles(PLEIN, contrat)
    assert controles.programmes == {
        ("1.1", "ars"): Decimal("1234.56"), ("1.2", "ars"): Decimal(0), ("1.1", "region"): Decimal(3000), ("1.1", "Mécène"): Decimal(10),
    }  # fmt: skip
    assert controles.hors_maquette == {("1.3", "ars"): Decimal(26000)}
    assert controles.reunions == {"COPIL": 2, "Comité technique": 0}


def test_meetings_are_unknown_until_one_is_typed(contrat):
    assert pilotage.pour_controles(Pilotage(), contrat).reunions == {}


def test_what_was_typed_survives_libreoffice_and_ods(libreoffice, contrat, tmp_path):
    chemin = tmp_path / "plein.xlsx"
    writer.write(pilotage.classeur(contrat, 2025, PLEIN), chemin)
    for extension in ("xlsx", "ods"):
        sortie = tmp_path / f"sorti.{extension}"
        libreoffice.convert(chemin, sortie)
        assert pilotage.lire(sortie, contrat, 2025) == PLEIN, extension
