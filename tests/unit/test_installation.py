"""« Vérifier l’installation »: one wrong fact at a time, and the remedy that it calls for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cls_workbook import version
from cls_workbook.cli import commands
from cls_workbook.office import installation
from cls_workbook.office.coordinator.home_rows import Versions
from cls_workbook.office.installation import GOOD_TO_KNOW, TO_CORRECT, Facts, verifier
from tests.support.coordinator_opened import workbook

GOOD_VERSIONS = Versions(version.PACKAGE, version.MACROS, version.XLWINGS)


@pytest.fixture
def sound_bytes(tmp_path):
    return Facts(
        (3, 12, 1),
        "/usr/bin/python3",
        workbook=GOOD_VERSIONS,
        path=str(tmp_path / "k.xlsm"),
        folder=tmp_path,
        by_excel=True,
    )


def faults(facts) -> dict[str, str]:
    return {c.objet: c.remedy for c in verifier(facts) if c.etat == TO_CORRECT}


def test_where_all_is_well_nothing_is_to_do(sound_bytes):
    assert {c.etat for c in verifier(sound_bytes)} == {"bon"}
    assert installation.bilan(verifier(sound_bytes)) == "tout est en ordre."


@pytest.mark.parametrize(
    ("change", "objet", "remedy"),
    [
        ({"python": (3, 10, 4)}, "Python", "installez Python 3.11 ou plus récent"),
        ({"missing": ("pandera",)}, "Bibliothèques", "pip install"),
        ({"xlwings": ""}, "xlwings", "pip install"),
        ({"xlwings": "0.30.0"}, "xlwings", f"xlwings=={version.XLWINGS}"),
        ({"workbook": GOOD_VERSIONS._replace(package="0.0.1")}, "Version de l’outil", "coordonner"),
        ({"workbook": GOOD_VERSIONS._replace(macros="")}, "Version des macros", "coordonner"),
        ({"workbook": GOOD_VERSIONS._replace(xlwings="0.1")}, "Module xlwings du classeur", "coordonner"),
        ({"path": ""}, "Emplacement du classeur", "enregistrez-le dans un dossier de l’ordinateur"),
    ],
)
def test_each_fault_names_its_remedy(sound_bytes, change, objet, remedy):
    all_found = faults(replace(sound_bytes, **change))
    assert set(all_found) == {objet} and remedy in all_found[objet]


def test_a_long_path_and_a_folder_that_refuses_writing_are_told(sound_bytes, tmp_path):
    assert set(faults(replace(sound_bytes, path=str(tmp_path / ("x" * 220))))) == {"Emplacement du classeur"}
    assert set(faults(replace(sound_bytes, path=str(tmp_path / "nulle" / "part" / "k.xlsm")))) == {"Écriture"}


@pytest.mark.parametrize(
    "folder", ["OneDrive - Ville", "Équipe CLS - Documents", "CLS - Général", "Dropbox", "Mon Drive", "iCloud Drive"]
)
def test_a_synchronised_folder_is_worth_knowing_not_a_fault(sound_bytes, tmp_path, folder):
    (tmp_path / folder).mkdir()
    findings = verifier(replace(sound_bytes, path=str(tmp_path / folder / "k.xlsm")))
    assert [c.objet for c in findings if c.etat == GOOD_TO_KNOW] == ["Emplacement du classeur"]
    said = str(next(c for c in findings if c.etat == GOOD_TO_KNOW))
    assert "une copie hors du dossier synchronisé" in said and "Toujours conserver sur cet appareil" in said


def test_an_office_of_other_bits_and_a_python_of_the_store_are_worth_knowing(sound_bytes):
    store = "C:\\Users\\moi\\AppData\\Local\\Microsoft\\WindowsApps\\python.exe"
    facts = replace(sound_bytes, interpreter=store, workbook=GOOD_VERSIONS._replace(office="32"), bits="64")
    known = {c.objet: c.constat for c in verifier(facts) if c.etat == GOOD_TO_KNOW}
    assert set(known) == {"Python", "Office et Python"}
    assert "Office est en 32 bits, Python en 64 bits" in known["Office et Python"]
    assert not faults(facts)
    same = replace(facts, interpreter="C:\\Python312\\python.exe", bits="32")
    assert not [c for c in verifier(same) if c.etat == GOOD_TO_KNOW]


def test_only_a_macro_can_say_that_macros_are_allowed(sound_bytes):
    assert [c.objet for c in verifier(replace(sound_bytes, by_excel=False)) if c.etat == GOOD_TO_KNOW] == ["Macros"]


def test_the_command_looks_at_a_closed_workbook(tmp_path, capsys):
    workbook(tmp_path / "k.xlsm", "dijon-2024-2028", 2025)
    assert commands.main(["verifier-installation", "--classeur", str(tmp_path / "k.xlsm")]) == 0
    output = capsys.readouterr().out
    assert (
        f"« {tmp_path / 'retours'} » se lit".replace(" ", "\u00a0", 1).replace(" »", "\u00a0»") in output
        or str(tmp_path / "retours") in output
    )
    (tmp_path / "retours").rmdir()
    assert commands.main(["verifier-installation", "--classeur", str(tmp_path / "k.xlsm")]) == 1
    assert "Dossier des retours" in capsys.readouterr().out
    (tmp_path / "autre.xlsx").write_bytes(b"rien")
    assert commands.main(["verifier-installation", "--classeur", str(tmp_path / "autre.xlsx")]) == 2
    assert Path(tmp_path / "autre.xlsx").name in capsys.readouterr().err
