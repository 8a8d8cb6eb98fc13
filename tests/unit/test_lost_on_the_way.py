"""Saved by OnlyOffice or Collabora, a workbook may lose its validations and its conditional formats: nothing depends on
them. What a partner may add on a protected sheet, a link, changes nothing either.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import asdict

import openpyxl
import pytest

from cls_workbook import forms, pilotage
from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.forms import examples
from cls_workbook.workbook import writer
from tests.support import authoring_typist
from tests.support.edit_matrix import YEAR, filled, saisies, small_setting
from tests.support.pilotage_typist import CONTRAT, FULL_PILOTAGE

LOST = re.compile(rb"(?s)<(dataValidations|conditionalFormatting)\b.*?</\1>")
FAULTS = {"entier": "une douzaine", "montant": "env. 12 000", "date": "au printemps", "liste": "aucune de celles-là"}


def stripped(content: bytes) -> bytes:
    """The file without what was lost."""
    output, lost = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            part, count = LOST.subn(b"", source.read(name))
            target.writestr(name, part)
            lost += count
    assert lost > 4
    return output.getvalue()


@pytest.fixture(scope="module")
def setting():
    return small_setting(prefilled=True)


@pytest.fixture(scope="module")
def faulty(setting):
    """A return in which one input of each kind is answered by words that mean nothing there."""
    answers = dict(saisies(setting))
    for kind, words in FAULTS.items():
        answers[next(cle for cle, place in setting.places.items() if place.type == kind and cle in answers)] = words
    # Made anew: the workbook that other tests share is lightened of what is lost here.
    plan = forms.plan(setting.contrat, YEAR, setting.plan.respondent, setting.campagne)
    examples.fill_cell(plan, answers)
    return writer.to_bytes(plan.workbook)


def test_a_return_gives_the_same_values_and_the_same_anomalies(tmp_path, setting, faulty):
    path = tmp_path / "retour.xlsx"
    path.write_bytes(faulty)
    before = setting.read(path)
    assert len(before.values) > 170 and len(before.anomalies) >= len(FAULTS) - 1
    path.write_bytes(stripped(faulty))
    after = setting.read(path)
    assert after.values == before.values
    assert [asdict(a) for a in after.anomalies] == [asdict(a) for a in before.anomalies]


def test_every_check_says_the_same_of_it(tmp_path, capsys):
    contrat = toml_reader.load("dijon-solidarites-2024-2027")
    plan = forms.plan(contrat, 2025, forms.repondants(contrat)[0])
    answers = examples.make_answers(plan)
    wrong = next(p.cle for p in plan.input_places() if p.type == "montant" and p.cle in answers)
    examples.fill_cell(plan, answers | {wrong: FAULTS["montant"]})
    whole, path, said = writer.to_bytes(plan.workbook), tmp_path / "retour.xlsx", []
    for content in (whole, stripped(whole)):
        path.write_bytes(content)
        assert main(["controler", str(path)]) == 1
        said.append(capsys.readouterr())
    assert FAULTS["montant"] in said[0].out
    assert said[0] == said[1]


def test_a_pilotage_and_a_described_contract_are_read_the_same(tmp_path):
    contrat, path = toml_reader.parse(CONTRAT, "essai.toml"), tmp_path / "classeur.xlsx"
    path.write_bytes(stripped(writer.to_bytes(pilotage.workbook(contrat, 2025, FULL_PILOTAGE))))
    assert pilotage.read(path, contrat, 2025) == FULL_PILOTAGE
    whole = authoring_typist.fill_cell(tmp_path / "entier.xlsx")
    path.write_bytes(stripped(whole.read_bytes()))
    assert importer(path) == importer(whole)


def test_a_link_attached_to_an_answer_changes_nothing(tmp_path, setting):
    path = tmp_path / "retour.xlsx"
    path.write_bytes(filled(setting, saisies(setting)))
    before = setting.read(path)
    book = openpyxl.load_workbook(path)
    place = next(p for p in setting.places.values() if p.type == "texte" and p.sheet.startswith("FA"))
    book[place.sheet][place.cell].hyperlink = "https://exemple.fr/bilan.pdf"
    book.save(path)
    after = setting.read(path)
    assert (after.values, after.anomalies) == (before.values, before.anomalies)
