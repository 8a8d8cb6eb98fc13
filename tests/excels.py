"""The two Excels that the button is tried on, behind one pair of gloves: ``cliquer`` and ``alertes``."""

from __future__ import annotations

from pathlib import Path

import client_distant
import moteur_openpyxl
import openpyxl
import pytest
from coordination_for_tests import case, classeur

import cls_workbook


class SurOpenpyxl:
    """Desktop-like: an engine of xlwings over openpyxl, which reads what it wrote."""

    def __init__(self, livre: openpyxl.Workbook, chemin: Path):
        self.livre, self.chemin, self.book = livre, chemin, moteur_openpyxl.classeur(livre, chemin)

    def cliquer(self, action=cls_workbook.consolider, **plus):
        return action(self.book, **plus)

    @property
    def alertes(self) -> list[tuple[str, str]]:
        return self.book.impl.app.alertes


class Distant:
    """xlwings' remote engine, and a client that applies what it asks for. It does not know where the workbook lies."""

    def __init__(self, livre: openpyxl.Workbook, chemin: Path):
        self.livre, self.chemin, self.client = livre, chemin, client_distant.ClientDistant(livre)

    def cliquer(self, action=cls_workbook.consolider, **plus):
        return self.client.cliquer(action, **plus)

    @property
    def alertes(self) -> list[tuple[str, str]]:
        return self.client.alertes


a_distance = pytest.mark.skipif(not client_distant.DISPONIBLE, reason="this xlwings has no remote engine")
les_deux = pytest.mark.parametrize("moteur", [SurOpenpyxl, pytest.param(Distant, marks=a_distance)], ids=["openpyxl", "distant"])


def ouvrir(moteur, dossier: Path, reference: str, annee: int, retours: object, saisies=None):
    """The coordinator's workbook of a contract and a year, made in ``dossier`` and opened; Accueil names ``retours``."""
    chemin = dossier / "coordination.xlsm"
    livre = classeur(chemin, str(reference), annee, saisies)
    case(livre, "dossier").value = str(retours)
    case(livre, "contrat").value = str(reference)
    return moteur(livre, chemin)


def contenu(feuille) -> dict[str, tuple]:
    """Cell → its value; for a text that it is one, for a figure or a date how it is shown."""
    return {
        c.coordinate: (_comme_en_fichier(c.value), c.data_type if isinstance(c.value, str) else c.number_format)
        for c in feuille._cells.values() if c.value is not None
    }  # fmt: skip


def _comme_en_fichier(valeur: object) -> object:
    """A file keeps 16 digits of a figure."""
    return float(f"{valeur:.16G}") if isinstance(valeur, float) else valeur


def tout(livre) -> dict[str, dict]:
    return {feuille.title: contenu(feuille) for feuille in livre}


def message(excel) -> str:
    """The last message of Accueil, with ordinary spaces."""
    return str(case(excel.livre, "message").value).replace("\u00a0", " ")
