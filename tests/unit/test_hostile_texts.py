"""Texts that a spreadsheet would compute, from a partner or from a contract: texts they stay,
in every file that quotes them.
"""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat
from cls_workbook.forms.dictionary import dictionnaire, write
from cls_workbook.pipeline import single_returns
from cls_workbook.workbook import writer
from tests.support.hostile_texts import ATTACKS, FICHE, NEW_NAME, WHERE, formulas, simple
from tests.support.small_workbook import DEFINITION, YEAR, cell, filled, modified
from tests.support.xlsx_lint import lint


@pytest.fixture(scope="module")
def definition(tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("contrat") / "essai.toml"
    file.write_text(DEFINITION, encoding="utf-8")
    return str(file)


def poison_it(opened_book) -> None:
    """Every attack in an input that does not take it, beside the sheet, and as the name of a sheet."""
    for rank, (cle, attack) in enumerate(zip(WHERE, ATTACKS, strict=True)):
        for box in (opened_book[FICHE][cell(cle)], opened_book[FICHE].cell(200 + rank, 4)):
            box.value, box.data_type = attack, "s"
    opened_book[FICHE].title = NEW_NAME


def check_the_copy(file_copy, before: set[tuple[str, str, str]]) -> None:
    opened_book = openpyxl.load_workbook(file_copy)
    listing = opened_book.worksheets[0]
    quoted = {simple(c.value) for line in listing.iter_rows() for c in line if c.value is not None}
    comments = [simple(c.comment.text) for line in opened_book[NEW_NAME].iter_rows() for c in line if c.comment]
    for attack in map(simple, ATTACKS):
        assert any(attack in texte for texte in quoted), attack
        assert any(attack in texte for texte in comments), attack
    assert {f for f in formulas(opened_book) if f[0] == listing.title} == set() and formulas(opened_book) <= before
    assert not any(link.target for sheet in opened_book for link in sheet._hyperlinks)  # links lead inside, never out
    with zipfile.ZipFile(file_copy) as archive:
        assert not [n for n in archive.namelist() if "comment" in n and b"<f>" in archive.read(n)]
        assert not any(b"exemple.invalid" in archive.read(n) for n in archive.namelist() if n.endswith(".rels"))


def test_in_the_comments_and_in_the_list_of_an_annotated_copy(definition, tmp_path):
    retour = modified(filled(tmp_path, {"accueil/reponse/structure": "Ville de Rivemont"}, "ville"), poison_it)
    before = formulas(openpyxl.load_workbook(retour))
    ((_, (file_copy, *_), _),) = single_returns.annotate([str(retour)], tmp_path / "copies", definition)
    check_the_copy(file_copy, before)
    sheet_given_back = openpyxl.load_workbook(file_copy)[NEW_NAME]
    assert [simple(sheet_given_back[cell(cle)].value) for cle in WHERE] == [
        simple(a) for a in ATTACKS
    ]  # what was typed is still there, as a text


# --- a contract that is hostile itself --------------------------------------------------------------------------------


def hostile() -> Contrat:
    """Titles, labels, names and categories that begin as formulas do."""
    replaced_texts = {
        'titre = "Contrat local de santé d’essai"': """titre = "=cmd|' /C calc'!A0" """,
        'nom_court = "CLS d’essai"': 'nom_court = "@CLS"',
        'titre = "Aller vers les habitants"': 'titre = "+1+cmd"',
        'libelle = "Heures de permanence"': 'libelle = "-1+1"',
        'libelle = "Charte signée"': 'libelle = "=1+1"',
        '"Jeunes", "Adultes"': '"=1+1", "@SUM(A1)"',
        'nom = "Mutuelle de l’Orme"': 'nom = "=Mutuelle"',
        'unite = "heure"': 'unite = "=heure"',
        'titre = "Premier axe"': 'titre = "-Premier axe"',
        'nom = "Le Port"': 'nom = "+Le Port"',
    }
    definition = DEFINITION
    for before, after in replaced_texts.items():
        assert before in definition
        definition = definition.replace(before, after)
    return toml_reader.parse(definition, "essai")


def test_the_dictionary_in_csv_of_a_hostile_contract(tmp_path):
    lines = dictionnaire(forms.plan(hostile(), YEAR))
    assert any(line["libelle"].startswith(("=", "-", "+", "@")) for line in lines)  # there is something to neutralise
    write(lines, "csv", tmp_path / "d.csv")
    items_read = list(csv.reader(io.StringIO((tmp_path / "d.csv").read_text("utf-8-sig")), delimiter=";"))
    assert [c for row in items_read for c in row if c[:1] and c[0] in "=+-@\t\r"] == []
    assert any(c.startswith("'-1+1") for row in items_read for c in row)


def test_the_workbook_of_a_hostile_contract_computes_nothing_of_it(tmp_path):
    plan = forms.plan(hostile(), YEAR)
    writer.write(plan.workbook, tmp_path / "c.xlsx")
    opened_book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    written_ones = {(f.nom, c.line, c.column): c.valeur for f in plan.workbook.worksheets for c in f.cells}
    for sheet, where, _ in formulas(opened_book):
        box = opened_book[sheet][where]
        assert type(written_ones[sheet, box.row, box.column]).__name__ == "Formula"
    texts = {c.value for f in opened_book for line in f.iter_rows() for c in line if c.data_type == "s"}
    assert {"=cmd|' /C calc'!A0", "=1+1", "=heure"} <= texts
    assert lint(tmp_path / "c.xlsx") == []
