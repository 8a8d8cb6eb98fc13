"""The button « Consolider », on two doubles of Excel: what it writes is what the command line writes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import client_distant
import moteur_openpyxl
import openpyxl
import pytest
from coordination_for_tests import classeur
from test_conductor import deposer

import cls_workbook
from cls_workbook import conductor, contract

ANNEE, JOUR, CONTRAT = 2025, date(2026, 2, 15), "dijon-2024-2028"


class SurOpenpyxl:
    """Desktop-like: an engine of xlwings over openpyxl."""

    def __init__(self, livre: openpyxl.Workbook, chemin: Path):
        self.livre, self.book = livre, moteur_openpyxl.classeur(livre, chemin)

    def cliquer(self, action=cls_workbook.consolider, **plus):
        return action(self.book, **plus)

    @property
    def alertes(self):
        return self.book.impl.app.alertes


class Distant:
    """xlwings' remote engine, and a client that applies what it asks for."""

    def __init__(self, livre: openpyxl.Workbook, chemin: Path):
        self.livre, self.client = livre, client_distant.ClientDistant(livre)

    def cliquer(self, action=cls_workbook.consolider, **plus):
        return self.client.cliquer(action, **plus)

    @property
    def alertes(self):
        return self.client.alertes


MOTEURS = (SurOpenpyxl, Distant)


@pytest.fixture(scope="module")
def dijon():
    return contract.load(CONTRAT)


@pytest.fixture(scope="module")
def retours(tmp_path_factory, dijon):
    """Two returns, one of them faulty, with a text that a spreadsheet would run; a file that is no workbook; the others missing."""
    dossier = tmp_path_factory.mktemp("campagne") / "retours"
    dossier.mkdir()
    deposer(dossier, dijon, "apo", {"3.1/financement/01/engage": "env. 12 000", "3.1/avancement/freins": "=HYPERLINK(\"http://x\")"})
    deposer(dossier, dijon, "cpam", {"1.1/mesures/1.1-I02a/valeur": 99})
    (dossier / "notes.pdf").write_bytes(b"%PDF-1.7 rien")
    return dossier


@pytest.fixture(scope="module")
def attendu(tmp_path_factory, retours):
    """What the command line writes from the same returns."""
    sortie = retours.parent / "consolidation.xlsx"
    conductor.consolider_fichiers([retours], CONTRAT, ANNEE, sortie, jour=JOUR, processus=1)
    return openpyxl.load_workbook(sortie)


@pytest.fixture(params=MOTEURS, ids=lambda m: m.__name__)
def ouvrir(request, tmp_path):
    def ouvrir(dossier, **plus):
        chemin = tmp_path / "coordination.xlsx"
        return request.param(classeur(chemin, CONTRAT, plus.pop("annee", ANNEE), dossier, **plus), chemin)

    return ouvrir


def contenu(feuille) -> dict[str, tuple]:
    """Cell → its value, whether it is a text, and how a figure or a date is shown."""
    vus = {}
    for cellule in feuille._cells.values():
        if cellule.value is not None:
            texte = isinstance(cellule.value, str)
            vus[cellule.coordinate] = (cellule.value, cellule.data_type if texte else cellule.number_format)
    return vus


def test_every_sheet_is_that_of_the_command_line_cell_by_cell(ouvrir, retours, attendu):
    excel = ouvrir(retours)
    excel.cliquer(jour=JOUR)
    assert excel.alertes[0][0] == "info", excel.alertes
    for feuille in attendu:
        assert contenu(excel.livre[feuille.title]) == contenu(feuille), feuille.title
        assert {t.name: t.ref for t in excel.livre[feuille.title].tables.values()} == {t.name: t.ref for t in feuille.tables.values()}
