"""``generer``, as typed in a terminal: what it makes, what it prints, what it refuses, what it does not load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from tests.support.small_workbook import DEFINITION
from tests.support.xlsx_lint import lint

ROOT = Path(__file__).parents[2]
HEAVY = ("pandas", "pandera", "xlwings", "openpyxl", "numpy", "python_calamine")
STRUCTURES = [
    "ars",
    "cpts-centre-21",
    "cpts-pays-d-or",
    "cpam",
    "dijon-metropole",
    "centres-soins-infirmiers",
    "clsm-franco-basaglia",
    "sdat",
    "acodege",
    "apo",
    "mussp",
    "reppop",
    "ville-dijon",
]


def run_cli(*arguments: str, seed: str = "0") -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "cls_workbook", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed},
    )


def end(processes: subprocess.Popen) -> tuple[int, str, str]:
    output, errors = processes.communicate()
    return processes.returncode, output, errors


def generer(*arguments: str) -> tuple[int, str, str]:
    return end(run_cli("generer", *arguments))


@pytest.fixture(scope="module")
def twice(tmp_path_factory) -> tuple[Path, Path]:
    """The same campaign generated twice, in two processes that do not order their sets alike."""
    folders = tmp_path_factory.mktemp("un") / "neuf", tmp_path_factory.mktemp("deux") / "neuf"
    launched = [
        run_cli(
            "generer",
            "--contrat",
            "dijon-2024-2028",
            "--annee",
            "2025",
            "--sortie",
            str(folder),
            "--par-structure",
            seed=seed,
        )
        for folder, seed in zip(folders, ("1", "2024"), strict=True)
    ]
    for processes, folder in zip(launched, folders, strict=True):
        code, output, errors = end(processes)
        assert (code, errors) == (0, "")
        assert output.splitlines() == [str(folder / nom) for nom in names()]
    return folders


def names() -> list[str]:
    return ["dijon-2024-2028-2025.xlsx", *(f"dijon-2024-2028-2025-{s}.xlsx" for s in STRUCTURES)]


def test_one_workbook_for_all_and_one_per_structure_each_printed_on_its_line(twice):
    facts = sorted(p.name for p in twice[0].iterdir())
    assert facts == sorted(names())
    assert [forms.file_name(r.id) for r in forms.repondants(toml_reader.load("dijon-2024-2028"))] == STRUCTURES


def test_two_runs_give_the_same_bytes(twice):
    for nom in names():
        assert (twice[0] / nom).read_bytes() == (twice[1] / nom).read_bytes(), nom


def test_each_file_is_sound_and_opens(twice):
    for nom in names():
        assert lint(twice[0] / nom) == [], nom
    opened_book = openpyxl.load_workbook(twice[0] / "dijon-2024-2028-2025-apo.xlsx")
    assert opened_book.sheetnames == ["Accueil", "Sommaire", "FA 3.1", "Territoires", "Listes", "_identification"]


def test_alone_the_general_workbook_is_made(tmp_path):
    (tmp_path / "essai.toml").write_text(DEFINITION, encoding="utf-8")
    code, output, errors = generer(
        "--contrat", str(tmp_path / "essai.toml"), "--annee", "2025", "--sortie", str(tmp_path)
    )
    assert (code, output, errors) == (0, f"{tmp_path / 'essai-2025.xlsx'}\n", "")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["essai-2025.xlsx", "essai.toml"]


@pytest.mark.parametrize(
    ("contrat", "annee", "words"),
    [
        ("dijon-2024-2028", "2031", "ne couvre pas l’année 2031. Années du contrat : 2024, 2025, 2026, 2027, 2028."),
        ("inconnu", "2025", "inconnu"),
        ("absent.toml", "2025", "absent.toml"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_french_sentence_and_leaves_no_file(tmp_path, contrat, annee, words):
    code, output, errors = generer("--contrat", contrat, "--annee", annee, "--sortie", str(tmp_path / "dossier"))
    assert (code, output) == (2, "")
    assert words in errors.replace("\u00a0", " ") and "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "dossier").write_text("déjà là")
    code, output, errors = generer(
        "--contrat", "dijon-2024-2028", "--annee", "2025", "--sortie", str(tmp_path / "dossier")
    )
    assert (code, output) == (2, "") and "ne peut pas être écrit" in errors and "Traceback" not in errors
    assert (tmp_path / "dossier").read_text() == "déjà là"


def test_generating_loads_no_heavy_library(tmp_path):
    programme = (
        "import sys; from cls_workbook.cli.commands import main;"
        "code = main(['generer', '--contrat', 'dijon-2024-2028', '--annee', '2025', '--par-structure', "
        f"'--sortie', {str(tmp_path)!r}]);"
        f"print(code, sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    finished = subprocess.run([sys.executable, "-c", programme], capture_output=True, text=True, cwd=ROOT)
    assert finished.stdout.splitlines()[-1] == "0 []", finished.stderr


def test_a_name_is_made_safe_for_a_file():
    assert forms.file_name("Commune d’Ahuy / Élan & Cie") == "commune-d-ahuy-elan-cie"
    assert forms.file_name("…") == "structure"
