"""Sources → bytecode, by the very Python that will run it: the page starts twice as fast, and is no larger for it."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from cls_workbook import resources
from cls_workbook.errors import OwnFault, Refusal
from cls_workbook.page.making.page_contents import Contents
from cls_workbook.page.making.pyodide_files import CORE, LOCK, PyodideFiles


def compiled(files: Contents, pyodide: PyodideFiles) -> tuple[Contents, Contents]:
    """The same, with ``.pyc`` in place of ``.py``: the standard library and what the page opens before it is ready; the
    rest. Refusal where Node.js is missing."""
    node = shutil.which("node")
    if node is None:
        raise Refusal(
            "La page se fabrique avec Node.js (18 ou plus récent), qui manque ici : installez-le, puis recommencez. "
            "Ceux qui ouvriront la page n’en ont pas besoin."
        )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in (*CORE, LOCK):
            (folder / name).write_bytes(pyodide.core(name))
        (folder / "files.zip").write_bytes(stored(files))
        script = resources.folder("templates") / "page" / "compile.mjs"
        run = subprocess.run(
            [node, str(script), str(folder), str(folder / "files.zip"), str(folder / "result.zip")],
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise OwnFault(f"la compilation de la page a échoué : {run.stderr[-2000:]}")
        with zipfile.ZipFile(folder / "result.zip") as made:
            done = {name: made.read(name) for name in made.namelist()}
    opened = set(done.pop("opened").decode().splitlines())
    everything = dict(sorted(({p: c for p, c in files.items() if not p.endswith(".py")} | done).items()))
    first = {p: c for p, c in everything.items() if p.startswith("std/") or p in opened}
    return first, {p: c for p, c in everything.items() if p not in first}


def stored(files: Contents) -> bytes:
    """An archive without compression, nor clock."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()
