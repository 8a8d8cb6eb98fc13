"""The workbook that ``coordonner`` makes, consolidated through xlwings (an engine over openpyxl), saved: it still works."""

from __future__ import annotations

import zipfile
from datetime import date

import moteur_openpyxl
import openpyxl
import pytest
from excel_simule import ExcelSimule
from pyopenvba import check_file
from test_conductor import deposer
from xlsx_lint import lint

import cls_workbook
from cls_workbook import contract, version
from cls_workbook.coordination import accueil
from cls_workbook.coordination.fabrication import coordonner
from cls_workbook.coordination.poste import Poste

CONTRAT, ANNEE, JOUR = "dijon-2024-2028", 2025, date(2026, 2, 15)
PYTHON = "C:\\Python312\\python.exe"


@pytest.fixture(scope="module")
def avant(tmp_path_factory):
    """The workbook as made, with one return in its folder."""
    dijon = contract.load(CONTRAT)
    chemin, dossier = coordonner(dijon, CONTRAT, ANNEE, tmp_path_factory.mktemp("campagne") / "K.xlsm", sur=Poste(PYTHON))
    deposer(dossier, dijon, "apo", {"3.1/financement/01/engage": "env. 12 000"})
    return chemin


@pytest.fixture(scope="module")
def apres(avant):
    """The same, consolidated and saved beside it."""
    livre = openpyxl.load_workbook(avant, keep_vba=True)
    book = moteur_openpyxl.classeur(livre, avant)
    cls_workbook.consolider(book, jour=JOUR)
    assert [mode for mode, _ in book.impl.app.alertes] == ["info"], book.impl.app.alertes
    livre.save(avant.with_name("K2.xlsm"))
    return avant.with_name("K2.xlsm")


def test_the_tables_are_filled_in_the_sheets_that_were_there(avant, apres):
    vierge, rempli = openpyxl.load_workbook(avant), openpyxl.load_workbook(apres)
    assert set(vierge.sheetnames) <= set(rempli.sheetnames)
    retours = list(rempli["Retours"].iter_rows(min_row=2, values_only=True))
    assert {ligne[3] for ligne in retours} == {"reçu", "manquant"}
    assert [r[1] for r in rempli["Anomalies"].iter_rows(min_row=2, values_only=True) if r[0] == "bloquant"] == ["MONTANT_ILLISIBLE"]
    assert rempli["Synthèse"].max_row > 20


def test_accueil_says_what_was_done(apres):
    dites = accueil.valeurs([list(r) for r in openpyxl.load_workbook(apres)["Accueil"].iter_rows(values_only=True)])
    assert dites["derniere"].date() == JOUR and "reçu" in dites["bilan"] and dites["message"].startswith(accueil.FAIT)
    assert dites["dossier"] == "retours" and accueil.lire_versions(dites["version"]).macros == version.MACROS


def test_macros_buttons_and_ribbon_are_still_there(avant, apres):
    with zipfile.ZipFile(avant) as a, zipfile.ZipFile(apres) as b:
        for partie in ("xl/vbaProject.bin", "customUI/customUI.xml"):
            assert a.read(partie) == b.read(partie)
        assert b.read("_rels/.rels").decode().count("2006/relationships/ui/extensibility") == 1
        boutons = [b.read(n).decode().count("<x:FmlaMacro>") for n in b.namelist() if n.endswith(".vml")]
        assert boutons == [5]
    assert check_file(apres).ok
    # openpyxl leaves a picture's content type that nothing uses; the rest is as Excel wants it.
    assert [faute for faute in lint(apres) if "vml" in faute.lower() or "vba" in faute.lower()] == []


def test_a_click_in_the_saved_workbook_reaches_python(apres):
    excel = ExcelSimule(apres, (PYTHON,))
    excel.cliquer("Consolider")
    assert excel.commandes == ["import cls_workbook.excel.bouton as b; b.consolider()"]
