"""The copy for the ARS: the Synthèse alone, and nothing that must not leave."""

import shutil
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from resultat_ecrit import CONTRAT, resultat
from xlsx_lint import lint

from cls_workbook.errors import Refus
from cls_workbook.results import pdf
from cls_workbook.results.ars_copy import copie, relire
from cls_workbook.results.consolidated import classeur
from cls_workbook.results.resultat import enregistrements
from cls_workbook.summaries.historique import HISTORIQUE, termes
from cls_workbook.xlsx import writer


@pytest.fixture(scope="module")
def definition(tmp_path_factory):
    chemin = tmp_path_factory.mktemp("contrat") / "essai.toml"
    chemin.write_text(CONTRAT, encoding="utf-8")
    return chemin


@pytest.fixture(scope="module")
def consolidation(tmp_path_factory):
    chemin = tmp_path_factory.mktemp("consolidation") / "C.xlsx"
    writer.write(classeur(resultat()), chemin)
    return chemin


@pytest.fixture
def copiee(tmp_path, consolidation, definition):
    (fichier,) = copie(consolidation, tmp_path / "S.xlsx", contrat=definition)
    return fichier


def modifier(consolidation, sortie, geste):
    livre = openpyxl.load_workbook(consolidation)
    geste(livre)
    livre.save(sortie)
    return sortie


def cellules(feuille):
    return {c.coordinate: (c.value, c.number_format) for ligne in feuille.iter_rows() for c in ligne if c.value is not None}


def test_it_is_the_synthese_to_the_last_cell_and_chart(consolidation, copiee):
    origine, copie_ = openpyxl.load_workbook(consolidation)["Synthèse"], openpyxl.load_workbook(copiee)
    assert copie_.sheetnames[0] == copie_.active.title == "Synthèse"
    assert all(nom.startswith("Données ") for nom in copie_.sheetnames[1:])
    assert cellules(copie_["Synthèse"]) == cellules(origine)
    assert len(copie_["Synthèse"]._charts) == len(origine._charts) == 4
    assert len(copie_["Synthèse"].merged_cells.ranges) == len(origine.merged_cells.ranges)


def test_last_year_s_terms_are_read_again_for_the_mask(tmp_path, definition):
    """Last year's rate shows only where it is known to speak of many: the copy knows as much as the Synthèse did."""
    faite = resultat()
    rangs = [{"Année": faite.annee - 1, "Objet": "Mesure", "Fiche": "1.1", "Libellé": m, "Agrégation": "RATIO", "Mesure": m, "Valeur": Decimal("0.25"), "Numérateur": n, "Dénominateur": d} for m, n, d in (("1.1-T", 2, 8), ("1.1-U", 25, 100))]
    memoire = pd.DataFrame([[r.get(c) for c in HISTORIQUE] for r in rangs], columns=list(HISTORIQUE), dtype=object)
    writer.write(classeur(replace(faite, historique=memoire)), tmp_path / "C.xlsx")
    assert termes(relire(tmp_path / "C.xlsx", definition).historique, faite.annee - 1) == {"1.1-T": (2, 8), "1.1-U": (25, 100)}


def test_it_holds_values_only(copiee):
    for feuille in openpyxl.load_workbook(copiee).worksheets:
        assert feuille.sheet_state == "visible"
        assert not any(c.data_type == "f" or c.hyperlink for ligne in feuille.iter_rows() for c in ligne)
        assert not feuille.data_validations.dataValidation
        assert not any(d.hidden for d in (*feuille.column_dimensions.values(), *feuille.row_dimensions.values()))
    assert lint(copiee) == []


def test_nothing_that_must_not_leave_is_anywhere_in_the_file(copiee):
    with zipfile.ZipFile(copiee) as archive:
        noms = archive.namelist()
        contenu = "".join(archive.read(n).decode("utf-8", "replace") for n in noms)
    for interdit in ("asso-secret", "ville-secret", "Durand", "03 80 12", "contact@asso.example", "CONV-1"):
        assert interdit not in contenu, interdit
    assert not any("vba" in n.lower() or "externalLink" in n for n in noms)


def test_what_is_read_back_is_what_was_written(consolidation, definition):
    lue, ecrite = relire(consolidation, definition), resultat()
    for nom in ("retours", "indicateurs", "par_fiche", "par_financeur", "financements", "reponses", "avancement", "gouvernance", "territoire"):
        assert enregistrements(getattr(lue, nom)) == enregistrements(getattr(ecrite, nom)), nom
    for nom in ("annee", "jour", "explications", "a_preciser", "reserves", "decisions", "valide_le", "precedent", "etat"):
        assert getattr(lue, nom) == getattr(ecrite, nom), nom


def test_a_validated_consolidation_stays_validated(tmp_path, definition):
    from datetime import date

    writer.write(classeur(resultat(valide_le=date(2026, 4, 2))), tmp_path / "C.xlsx")
    assert relire(tmp_path / "C.xlsx", definition).etat == "Validé en COPIL le 02/04/2026"


def test_a_consolidation_saved_again_by_a_spreadsheet_still_serves(tmp_path, consolidation, definition, copiee):
    resauvee = modifier(consolidation, tmp_path / "C2.xlsx", lambda livre: None)
    copie(resauvee, tmp_path / "S2.xlsx", contrat=definition)
    assert (tmp_path / "S2.xlsx").read_bytes() == copiee.read_bytes()


def test_two_copies_are_the_same_bytes(tmp_path, consolidation, definition, copiee):
    copie(consolidation, tmp_path / "encore.xlsx", contrat=definition)
    assert (tmp_path / "encore.xlsx").read_bytes() == copiee.read_bytes()


def refus(*arguments, **reste):
    with pytest.raises(Refus) as leve:
        copie(*arguments, **reste)
    return str(leve.value).replace("\u00a0", " ")


def test_another_workbook_is_refused(tmp_path):
    openpyxl.Workbook().save(tmp_path / "autre.xlsx")
    assert "n’est pas une consolidation" in refus(tmp_path / "autre.xlsx", tmp_path / "S.xlsx")
    assert "introuvable ou illisible" in refus(tmp_path / "absent.xlsx", tmp_path / "S.xlsx")
    assert not (tmp_path / "S.xlsx").exists()


def test_a_consolidation_that_lost_a_sheet_or_a_column_is_refused_by_its_name(tmp_path, consolidation, definition):
    sans = modifier(consolidation, tmp_path / "sans.xlsx", lambda livre: livre.remove(livre["Repères"]))
    assert "la feuille « Repères » manque" in refus(sans, tmp_path / "S.xlsx", contrat=definition)

    def renommer(livre):
        livre["Indicateurs"]["J1"] = "Autre chose"

    sans = modifier(consolidation, tmp_path / "sans2.xlsx", renommer)
    assert "feuille « Indicateurs » : colonne Valeur introuvable" in refus(sans, tmp_path / "S.xlsx", contrat=definition)


def test_a_contract_that_does_not_ship_must_be_given_and_be_the_right_one(tmp_path, consolidation):
    assert "indiquez sa définition par --contrat" in refus(consolidation, tmp_path / "S.xlsx")
    autre = tmp_path / "autre.toml"
    autre.write_text(CONTRAT.replace('id = "essai"', 'id = "autre"'), encoding="utf-8")
    assert "celle du contrat « essai », la définition celle de « autre »" in refus(consolidation, tmp_path / "S.xlsx", contrat=autre)


def test_a_definition_that_lost_a_measure_is_refused(tmp_path, consolidation):
    moindre = tmp_path / "moindre.toml"
    moindre.write_text(CONTRAT.replace("1.2-I01", "1.2-I09"), encoding="utf-8")
    assert "1.2-I01" in refus(consolidation, tmp_path / "S.xlsx", contrat=moindre)


def test_the_copy_never_replaces_the_consolidation(consolidation, definition):
    avant = consolidation.read_bytes()
    assert "remplacerait la consolidation" in refus(consolidation, consolidation, contrat=definition)
    assert consolidation.read_bytes() == avant


def test_without_libreoffice_the_pdf_is_refused_and_nothing_is_written(tmp_path, consolidation, definition, monkeypatch):
    monkeypatch.setattr(pdf, "libreoffice", lambda: None)
    with pytest.raises(Refus) as leve:
        copie(consolidation, tmp_path / "S.xlsx", contrat=definition, pdf=True)
    assert "Excel" in leve.value.details[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_with_libreoffice_a_pdf_comes_with_the_copy(tmp_path, consolidation, definition):
    fichiers = copie(consolidation, tmp_path / "S.xlsx", contrat=definition, pdf=True)
    assert fichiers == [tmp_path / "S.xlsx", tmp_path / "S.pdf"]
    assert (tmp_path / "S.pdf").read_bytes().startswith(b"%PDF")
