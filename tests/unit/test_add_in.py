"""The add-in, as the command line puts it where Excel starts."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cls_workbook import version
from cls_workbook.cli.commands import main
from cls_workbook.errors import Refusal
from cls_workbook.office.coordinator import addin, workstation
from tests.support.xlsx_lint import lint


@pytest.mark.parametrize(
    ("system", "environ", "location"),
    [
        ("win32", {"APPDATA": "{tmp}"}, ("Microsoft", "Excel", "XLSTART")),
        (
            "darwin",
            {"HOME": "{tmp}"},
            (
                "Library",
                "Group Containers",
                "UBF8T346G9.Office",
                "User Content.localized",
                "Startup.localized",
                "Excel",
            ),
        ),
    ],
)
def test_the_add_in_goes_where_excel_starts(system, environ, location, tmp_path):
    files, following = addin.installer(None, system, {k: v.format(tmp=tmp_path) for k, v in environ.items()})
    assert files[0] == tmp_path.joinpath(*location, "cls-workbook.xlam") and files[0].is_file()
    assert any("rouvrez" in sentence for sentence in following)
    if system == "darwin":
        [script] = files[1:]
        assert (
            script
            == tmp_path
            / "Library"
            / "Application Scripts"
            / "com.microsoft.Excel"
            / f"xlwings-{version.XLWINGS}.applescript"
        )
        assert b"VbaHandler" in script.read_bytes()
    else:
        assert len(files) == 1


def test_elsewhere_the_command_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    assert (
        subprocess.run(
            [sys.executable, "-m", "cls_workbook", "complement", "installer"],
            capture_output=True,
            cwd=Path(__file__).parents[2],
        ).returncode
        == 2
    )
    with pytest.raises(Refusal, match="--sortie DOSSIER"):
        addin.installer(None, "linux", {})


def test_the_add_in_can_just_be_written(tmp_path, capsys):
    assert main(["complement", "installer", "--sortie", str(tmp_path)]) == 0
    assert "XLSTART" in capsys.readouterr().out
    assert lint(tmp_path / "cls-workbook.xlam") == []


def test_the_add_in_calls_the_python_of_its_computer(tmp_path, monkeypatch):
    on = workstation.Workstation("C:\\Python312\\python.exe", "", "")
    monkeypatch.setattr(workstation, "this_workstation", lambda: on)
    [file] = addin.installer(tmp_path)[0]
    with zipfile.ZipFile(file) as archive:
        assert b"C:\\Python312\\python.exe" in archive.read("xl/sharedStrings.xml")
