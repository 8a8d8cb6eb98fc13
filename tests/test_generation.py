"""``generer``, as typed in a terminal: what it makes, what it prints, what it refuses, what it does not load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from classeurs import DEFINITION
from xlsx_lint import lint

from cls_workbook import contract, entry

RACINE = Path(__file__).parent.parent
LOURDS = ("pandas", "pandera", "xlwings", "openpyxl", "numpy", "python_calamine")
STRUCTURES = [
    "ars", "cpts-centre-21", "cpts-pays-d-or", "cpam", "dijon-metropole", "centres-soins-infirmiers", "clsm-franco-basaglia", "sdat",
    "acodege", "apo", "mussp", "reppop", "ville-dijon",
]  # fmt: skip


def lancer(*arguments: str, graine: str = "0") -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "cls_workbook", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        cwd=RACINE, env=os.environ | {"PYTHONHASHSEED": graine},
    )  # fmt: skip


def fin(processus: subprocess.Popen) -> tuple[int, str, str]:
    sortie, erreurs = processus.communicate(timeout=60)
    return processus.returncode, sortie, erreurs


def generer(*arguments: str) -> tuple[int, str, str]:
    return fin(lancer("generer", *arguments))


@pytest.fixture(scope="module")
def deux_fois(tmp_path_factory) -> tuple[Path, Path]:
    """The same campaign generated twice, in two processes that do not order their sets alike."""
    dossiers = tmp_path_factory.mktemp("un") / "neuf", tmp_path_factory.mktemp("deux") / "neuf"
    lances = [
        lancer("generer", "--contrat", "dijon-2024-2028", "--annee", "2025", "--sortie", str(dossier), "--par-structure", graine=graine)
        for dossier, graine in zip(dossiers, ("1", "2024"), strict=True)
    ]
    for processus, dossier in zip(lances, dossiers, strict=True):
        code, sortie, erreurs = fin(processus)
        assert (code, erreurs) == (0, "")
        assert sortie.splitlines() == [str(dossier / nom) for nom in noms()]
    return dossiers


def noms() -> list[str]:
    return ["dijon-2024-2028-2025.xlsx", *(f"dijon-2024-2028-2025-{s}.xlsx" for s in STRUCTURES)]


def test_one_workbook_for_all_and_one_per_structure_each_printed_on_its_line(deux_fois):
    faits = sorted(p.name for p in deux_fois[0].iterdir())
    assert faits == sorted(noms())
    assert [entry.nom_de_fichier(r.id) for r in entry.repondants(contract.load("dijon-2024-2028"))] == STRUCTURES


def test_two_runs_give_the_same_bytes(deux_fois):
    for nom in noms():
        assert (deux_fois[0] / nom).read_bytes() == (deux_fois[1] / nom).read_bytes(), nom


def test_each_file_is_sound_and_opens(deux_fois):
    for nom in noms():
        assert lint(deux_fois[0] / nom) == [], nom
    livre = openpyxl.load_workbook(deux_fois[0] / "dijon-2024-2028-2025-apo.xlsx")
    assert livre.sheetnames == ["Accueil", "Sommaire", "FA 3.1", "Listes", "_identification"]


def test_alone_the_general_workbook_is_made(tmp_path):
    (tmp_path / "essai.toml").write_text(DEFINITION, encoding="utf-8")
    code, sortie, erreurs = generer("--contrat", str(tmp_path / "essai.toml"), "--annee", "2025", "--sortie", str(tmp_path))
    assert (code, sortie, erreurs) == (0, f"{tmp_path / 'essai-2025.xlsx'}\n", "")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["essai-2025.xlsx", "essai.toml"]


@pytest.mark.parametrize(
    ("contrat", "annee", "mots"),
    [
        ("dijon-2024-2028", "2031", "ne couvre pas l’année 2031. Années du contrat : 2024, 2025, 2026, 2027, 2028."),
        ("inconnu", "2025", "inconnu"),
        ("absent.toml", "2025", "absent.toml"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_french_sentence_and_leaves_no_file(tmp_path, contrat, annee, mots):
    code, sortie, erreurs = generer("--contrat", contrat, "--annee", annee, "--sortie", str(tmp_path / "dossier"))
    assert (code, sortie) == (2, "")
    assert mots in erreurs.replace("\u00a0", " ") and "Traceback" not in erreurs
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "dossier").write_text("déjà là")
    code, sortie, erreurs = generer("--contrat", "dijon-2024-2028", "--annee", "2025", "--sortie", str(tmp_path / "dossier"))
    assert (code, sortie) == (2, "") and "ne peut pas être écrit" in erreurs and "Traceback" not in erreurs
    assert (tmp_path / "dossier").read_text() == "déjà là"


def test_generating_loads_no_heavy_library(tmp_path):
    programme = (
        "import sys; from cls_workbook.cli import main;"
        f"code = main(['generer', '--contrat', 'dijon-2024-2028', '--annee', '2025', '--par-structure', '--sortie', {str(tmp_path)!r}]);"
        f"print(code, sorted(set({LOURDS!r}) & set(sys.modules)))"
    )
    fini = subprocess.run([sys.executable, "-c", programme], capture_output=True, text=True, cwd=RACINE, timeout=60)
    assert fini.stdout.splitlines()[-1] == "0 []", fini.stderr


def test_a_name_is_made_safe_for_a_file():
    assert entry.nom_de_fichier("Commune d’Ahuy / Élan & Cie") == "commune-d-ahuy-elan-cie"
    assert entry.nom_de_fichier("…") == "structure"
