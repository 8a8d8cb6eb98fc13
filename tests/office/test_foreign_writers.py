"""A filled return, opened and saved again by programs that are neither Excel nor LibreOffice: the same values, and
nothing is said of them.

Each is tried where it is installed: Node's packages ``exceljs`` and ``xlsx`` (SheetJS), found through ``NODE_PATH``;
Gnumeric's ``ssconvert``.
"""

from __future__ import annotations

import functools
import shutil
import subprocess

import pytest

from tests.support.edit_matrix import filled, saisies, small_setting

SCRIPTS = {
    "exceljs": "const E = require('exceljs'); const b = new E.Workbook();"
    "b.xlsx.readFile(process.argv[1]).then(() => b.xlsx.writeFile(process.argv[2]));",
    "xlsx": "const X = require('xlsx'); const b = X.readFile(process.argv[1], {cellDates: DATES, cellStyles: true});"
    "X.writeFile(b, process.argv[2], {cellDates: DATES});",
}
WRITERS = [
    ("exceljs", ".xlsx", ""),
    ("xlsx", ".xlsx", "false"),
    ("xlsx", ".xlsx", "true"),
    ("xlsx", ".ods", "false"),
    ("ssconvert", ".xlsx", ""),
    ("ssconvert", ".ods", ""),
]


@functools.cache
def is_installed(writer: str) -> bool:
    if writer == "ssconvert":
        return shutil.which(writer) is not None
    node = shutil.which("node")
    command = [str(node), "-e", f"require.resolve('{writer}')"]
    return node is not None and subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


def saved_again(writer: str, source, target, dates: str) -> None:
    script = SCRIPTS.get(writer, "").replace("DATES", dates)
    command = ["node", "-e", script] if script else ["ssconvert"]
    subprocess.run([*command, str(source), str(target)], capture_output=True, timeout=120, check=True)


@pytest.mark.parametrize(("writer", "extension", "dates"), WRITERS, ids=lambda value: value or "-")
def test_what_another_program_saves_is_read_the_same_and_nothing_is_said(tmp_path, writer, extension, dates):
    if not is_installed(writer):
        pytest.skip(f"{writer} n’est pas installé")
    setting = small_setting(prefilled=True)
    source, target = tmp_path / "retour.xlsx", tmp_path / f"enregistré{extension}"
    source.write_bytes(filled(setting, saisies(setting)))
    before = setting.read(source)
    assert len(before.values) > 180 and before.anomalies == []
    saved_again(writer, source, target, dates)
    after = setting.read(target)
    assert after.values == before.values
    assert [(a.code, a.sheet, a.cells, a.found) for a in after.anomalies] == []
