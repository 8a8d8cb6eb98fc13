"""What is read, or was filled in by somebody, is not replaced by what a command writes."""

from __future__ import annotations

import pytest

from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.pilotage import Pilotage, workbook
from cls_workbook.workbook.writer import write
from tests.support.small_contrat import YEAR, definition, retour


@pytest.fixture
def campagne(tmp_path):
    """The definition; one return in « retours »."""
    reference = definition(tmp_path)
    retour(tmp_path / "retours", reference, "asso")
    return reference


def test_no_return_is_replaced_by_the_consolidation(tmp_path, campagne, capsys):
    target = tmp_path / "retours" / "asso.xlsx"
    before = target.read_bytes()
    for source in (target.parent, target):
        options = "--contrat", str(campagne), "--annee", str(YEAR), "--sortie", str(target)
        assert main(["consolider", str(source), *options]) == 2
        assert "serait perdu" in capsys.readouterr().err
    assert target.read_bytes() == before


def test_last_year_s_consolidation_is_not_replaced_by_this_year_s(tmp_path, campagne, capsys):
    (tmp_path / "C.xlsx").write_bytes(b"PK")
    options = "--contrat", str(campagne), "--annee", str(YEAR), "--precedent", str(tmp_path / "C.xlsx")
    assert main(["consolider", str(tmp_path / "retours"), *options, "--sortie", str(tmp_path / "C.xlsx")]) == 2
    assert "C.xlsx" in capsys.readouterr().err and (tmp_path / "C.xlsx").read_bytes() == b"PK"


def test_a_workbook_that_came_back_filled_is_not_made_blank_again(tmp_path, campagne, capsys):
    command = ["generer", "--contrat", str(campagne), "--annee", str(YEAR), "--par-structure", "--sortie"]
    folder = tmp_path / "classeurs"
    assert main([*command, str(folder)]) == main([*command, str(folder)]) == 0  # blank ones are made again
    filled = folder / f"essai-{YEAR}-asso.xlsx"
    filled.write_bytes((tmp_path / "retours" / "asso.xlsx").read_bytes())
    before = filled.read_bytes()
    assert main([*command, str(folder)]) == 2
    assert filled.name in capsys.readouterr().err and filled.read_bytes() == before


def test_a_filled_pilotage_is_not_made_blank_again(tmp_path, campagne, capsys):
    path = tmp_path / "P.xlsx"
    command = ["pilotage", "--contrat", str(campagne), "--annee", str(YEAR), "--sortie", str(path)]
    assert main(command) == main(command) == 0
    write(workbook(toml_reader.load(campagne), YEAR, Pilotage(contact="la coordination")), path)
    before = path.read_bytes()
    assert main(command) == 2
    assert "serait perdu" in capsys.readouterr().err and path.read_bytes() == before
