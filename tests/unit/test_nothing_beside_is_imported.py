"""What lies in the current folder is never run: neither by a click nor by a worksheet function.

The very command lines of xlwings' module, as our build leaves it, are run where a partner's files lie.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from macros import build

NEIGHBOURS = ("pandas", "numpy", "xlwings", "cls_workbook", "sitecustomize", "os", "json", "win32com")
ASKED = "import cls_workbook.button.doors, cls_workbook.button.worksheet_functions, pandas"


def module(name: str) -> str:
    return next(m.source for m in build.modules(is_addin=False) if m.nom == name)


def spoken(expression: str, **said: str) -> str:
    """The text that a VBA expression of literals and names makes."""
    pieces = re.findall(r'"(?:[^"]|"")*"|\w+', expression)
    return "".join(p[1:-1].replace('""', '"') if p[0] == '"' else said[p] for p in pieces)


def assigned(source: str, variable: str) -> str:
    """What the first assignment of a command to Python gives to a variable."""
    return next(
        line.partition(" = ")[2]
        for line in source.splitlines()
        if line.strip().startswith(f"{variable} = ") and " -c " in line
    )


@pytest.fixture
def folder(tmp_path):
    for name in NEIGHBOURS:
        (tmp_path / f"{name}.py").write_text(f"open('run-{name}', 'w').close()\nraise SystemExit('{name} beside')\n")
    return tmp_path


def run(command: str, folder) -> None:
    done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [p.name for p in folder.glob("run-*")] == []


def first_words() -> str:
    return re.search(r'SANS_DOSSIER_COURANT As String = "(.*)"', module("ClsPython"))[1]


def test_a_click_runs_nothing_of_the_current_folder(folder):
    command = spoken(
        assigned(module("xlwings"), "RunCommand"),
        CondaCmd="",
        PythonInterpreter=sys.executable,
        PYTHONPATH="False;K.xlsm;K.xlsm;;;;",  # as it is without a setting: its last piece is the current folder
        PythonCommand=first_words() + ASKED,
    )
    run(command, folder)


def test_a_worksheet_function_runs_nothing_of_the_current_folder(folder):
    tail = spoken(assigned(module("xlwings"), "tail"), LicenseKeyEnvString="", PYTHONPATH="False;K.xlsm;K.xlsm;;;;")
    assert "xlwings.serve(" in tail
    run(sys.executable + re.sub(r"xlwings\.serve\('\$\(CLSID\)'\)", ASKED, tail), folder)


def test_a_command_typed_there_runs_nothing_of_it(folder):
    (folder / "cls_workbook.py").unlink()  # « -m » itself would take it, without -P
    run(f"{sys.executable} -m cls_workbook anomalies > /dev/null", folder)


def test_a_mac_is_told_so_too():
    assert 'ParameterString + "|" + PythonInterpreter + " -P"' in module("xlwings")


def test_these_neighbours_would_be_run_otherwise(folder):
    """The test can fail: as xlwings publishes it, the same line runs what lies there."""
    source = build.read(build.SOURCES / "xlwings" / "xlwings.bas")
    said = {"CondaCmd": "", "PythonInterpreter": sys.executable, "PYTHONPATH": "False;;;;;;", "PythonCommand": ASKED}
    subprocess.run(["sh", "-c", spoken(assigned(source, "RunCommand"), **said)], cwd=folder, capture_output=True)
    assert list(folder.glob("run-*"))
