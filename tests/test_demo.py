"""The demo is the main job: a whole year from nothing, and every file explained."""

from __future__ import annotations

import openpyxl
import pytest
from xlsx_lint import lint

from cls_workbook import demo
from cls_workbook.errors import Refus


@pytest.fixture(scope="module")
def dossier(tmp_path_factory):
    dossier = tmp_path_factory.mktemp("annee") / "demo"
    demo.jouer(dossier)
    return dossier


@pytest.fixture(scope="module")
def consolidation(dossier):
    return openpyxl.load_workbook(dossier / "consolidation-2025.xlsx", data_only=True)


def lignes(classeur: openpyxl.Workbook, feuille: str) -> list[dict]:
    entetes, *suite = classeur[feuille].iter_rows(values_only=True)
    return [dict(zip(entetes, ligne, strict=True)) for ligne in suite]


def test_every_file_left_is_named_in_the_explanations(dossier):
    texte = (dossier / "LISEZ-MOI.txt").read_text(encoding="utf-8-sig")
    for fichier in [*dossier.glob("*.xlsx"), *(dossier / demo.RETOURS).iterdir()]:
        assert fichier.name in texte, fichier.name
    assert demo.CLASSEURS in texte


def test_late_faulty_double_and_libreoffice_returns_are_each_told(consolidation):
    statuts = {(r["Fiche"], r["Structure"]): r["Statut"] for r in lignes(consolidation, "Retours")}
    assert statuts["2.3", "Acodège"] == statuts["3.4", "RéPPOP"] == "manquant"
    assert statuts["1.1", "CPTS Centre-21"] == "doublon"
    assert statuts["3.4", "MUSSP"] == "reçu"
    assert [r["Fichier"] for r in lignes(consolidation, "Retours") if r["Structure"] == "MUSSP"] == ["dijon-2024-2028-2025-mussp.ods"]
    codes = {(r["Code"], r["Trouvé"]) for r in lignes(consolidation, "Anomalies")}
    assert ("MONTANT_ILLISIBLE", "«\u00a0env. 12 000\u00a0»") in codes


def test_what_was_typed_in_a_french_way_is_understood_and_written_down(consolidation):
    saisis = {r["Saisi"]: r["Retenu"] for r in lignes(consolidation, "Normalisations")}
    assert saisis["15 000,00 €"] == 15000
    assert saisis["en cours"] == "En cours"
    assert "1er mars 2024" in saisis


def test_the_example_saved_by_libreoffice_is_of_the_current_template(consolidation):
    siennes = [r for r in lignes(consolidation, "Anomalies") if r["Fichier"] and r["Fichier"].endswith(".ods") and r["Gravité"] != "information"]
    assert siennes == [], "refaites-le avec tests/rebuild_example.py"


def test_the_copy_for_the_agency_has_no_hidden_sheet_no_formula_and_no_personal_datum(dossier):
    classeur = openpyxl.load_workbook(dossier / "synthese-ars-2025.xlsx")
    premiere, *donnees = classeur
    assert premiere.title == "Synthèse" and donnees and all(f.title.startswith("Données ") for f in donnees)
    assert {f.sheet_state for f in classeur} == {"visible"}
    textes = [str(c.value) for feuille in classeur for ligne in feuille.iter_rows() for c in ligne if c.value is not None]
    assert not any(t.startswith("=") or "06 00 00" in t or "Mme Exemple" in t or ".xlsx" in t for t in textes)


def test_every_workbook_of_the_demo_is_sound(dossier):
    for fichier in dossier.rglob("*.xlsx"):
        assert lint(fichier) == [], fichier.name


def test_playing_twice_gives_the_same_bytes(dossier, tmp_path):
    demo.jouer(tmp_path / "encore")
    for fichier in dossier.rglob("*"):
        if fichier.is_file():
            assert (tmp_path / "encore" / fichier.relative_to(dossier)).read_bytes() == fichier.read_bytes(), fichier.name


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "travail.txt").write_text("à garder")
    with pytest.raises(Refus, match="contient déjà autre chose"):
        demo.jouer(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["travail.txt"]
