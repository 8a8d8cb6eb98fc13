"""« 42 % » typed in a cell is kept as 0.42: never taken for a count, an amount or a number of hours."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest
from classeurs import cellule, essai, lire, modifie, places, rempli

from cls_workbook.reading import classeur, frames
from cls_workbook.reading.pourcentages import Pourcentage, formats_de_pourcentage
from cls_workbook.reading.saisie import Comprise, Incomprise, comprendre

FICHE = "FA 1.1"
CASES = {"1.1/mesures/1.1-I01/valeur": 1, "1.1/mesures/1.1-I02a/valeur": 0.42, "1.1/financement/01/engage": 0.5, "1.1/taux/1.1-I03a/numerateur": 1}


def en_pourcentages(livre) -> None:
    for cle, valeur in CASES.items():
        livre[FICHE][cellule(cle)].value = valeur
        livre[FICHE][cellule(cle)].number_format = "0%"


def lues(chemin):
    lot = frames.typer([lire(chemin)], essai())
    return {(a.code, a.cellules, a.trouve.replace("\u00a0", " ")) for a in lot.anomalies if a.fiche}, set(lot.valeurs["cellule"])


ATTENDUES = {
    ("NOMBRE_ILLISIBLE", (cellule("1.1/mesures/1.1-I01/valeur"),), "« 100 % »"), ("NOMBRE_ILLISIBLE", (cellule("1.1/mesures/1.1-I02a/valeur"),), "« 42 % »"),
    ("MONTANT_ILLISIBLE", (cellule("1.1/financement/01/engage"),), "« 50 % »"), ("NOMBRE_ILLISIBLE", (cellule("1.1/taux/1.1-I03a/numerateur"),), "« 100 % »"),
}  # fmt: skip


@pytest.mark.parametrize("vite", [True, False], ids=["short way", "by calamine"])
def test_a_percentage_is_no_count_and_no_amount(tmp_path, monkeypatch, vite):
    if not vite:
        monkeypatch.setattr(classeur, "contenu", lambda *_: None)
    assert lues(modifie(rempli(tmp_path, {}), en_pourcentages)) == (ATTENDUES, set())


@pytest.mark.parametrize("forme", ["xlsx", "ods"])
def test_a_percentage_typed_in_libreoffice_neither(tmp_path, libreoffice, forme):
    with libreoffice.open(rempli(tmp_path, {})) as document:
        document.unprotect(FICHE)
        document.put(FICHE, {cellule(c): v for c, v in CASES.items()})
        for cle in CASES:
            document.number_format(FICHE, cellule(cle), "0%")
        chemin = document.save(tmp_path / f"rendu.{forme}")
    assert lues(chemin) == (ATTENDUES, set())


def test_what_is_computed_as_a_rate_is_left_alone(tmp_path):
    """The template shows its own rates as percentages: nothing is said of them."""
    remplis = {"1.1/taux/1.1-I03a/numerateur": 9, "1.1/taux/1.1-I03a/denominateur": 36}
    assert lues(rempli(tmp_path, remplis)) == (set(), {places()[c].cellule for c in remplis})


def test_the_formats_that_show_a_percentage(tmp_path):
    livre = openpyxl.Workbook()
    formats = ("General", "0%", "0.00%", "0.0 %", '0" % environ"', "0\\%", "[Red]0%;-0%", "#,##0.00", "0%")
    for rang, code in enumerate(formats, 1):
        livre.active.cell(rang, 1, 1).number_format = code
    livre.save(tmp_path / "f.xlsx")
    with zipfile.ZipFile(tmp_path / "f.xlsx") as archive:
        styles = archive.read("xl/styles.xml")
    assert formats_de_pourcentage(styles) == {b"1", b"2", b"3", b"6"}
    assert formats_de_pourcentage(b"<styleSheet") == frozenset()


def test_a_rate_may_be_a_percentage_and_a_text_says_it_as_it_shows():
    assert comprendre(Pourcentage(0.125), "taux").valeur == comprendre(0.125, "taux").valeur
    assert isinstance(comprendre(Pourcentage(12), "montant"), Incomprise)
    assert comprendre(Pourcentage(0.125), "texte") == Comprise("12,5\u00a0%", "nombre lu comme un texte")
    assert Pourcentage("inf").montre() == "inf"
