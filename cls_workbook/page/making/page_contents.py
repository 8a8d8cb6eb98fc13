"""What the page holds of Python: the standard library, the libraries, this package; each file under its place there.

Places begin with ``std/`` (the archive of the standard library) or ``site/`` (the folder of packages).
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cls_workbook import resources
from cls_workbook.errors import Refusal
from cls_workbook.page.making.pyodide_files import INTERPRETER, PyodideFiles, described

Contents = dict[str, bytes]
# Tables of other libraries, which Pandera checks too; encodings of mainframes, of old PCs and of old Macs.
_OTHER_TABLES = ("datafusion", "ibis", "narwhals", "polars", "pyarrow", "pyspark", "xarray")
_OTHER_ENCODINGS = (
    *("cp037", "cp1006", "cp1026", "cp1125", "cp1140", "cp273", "cp424", "cp500", "cp720", "cp737", "cp775", "cp855"),
    *("cp856", "cp86", "cp874", "cp875", "hp_roman8", "koi8", "kz1048", "mac_", "palmos", "ptcp154", "tis_620"),
)
# What no command needs: tests, sources of other languages, other ways to compile, pages of help, zones of the earth.
_LEFT_OUT = (
    *("*/tests/*", "*/testing/tests/*", "*.pyi", "*.pxd", "*.pyx", "*.h", "*.c", "*.a", "*.txt", "*.typed", "*.f"),
    *("*.dist-info/*", "*/py.typed", "*/__main__.py", "*.lib", "*.ini", "*/LICENSE*"),
    *("site/numpy/f2py/*", "site/numpy/distutils/*"),
    *("site/pandas/_libs/sas*.so", "site/pandas/io/formats/templates/*", "site/pandas/conftest.py"),
    *("site/numpy/fft/*", "site/numpy/polynomial/*", "site/numpy/linalg/lapack_lite*", "site/numpy/random/_examples/*"),
    *(
        "site/numpy/_core/_[rsu]*_tests.*",
        "site/numpy/_core/_operand_flag_tests.*",
        "site/numpy/lib/recfunctions.py",
        "site/numpy/ma/mrecords.py",
    ),
    *("site/pandas/plotting/_matplotlib/*", "site/pandas/io/formats/style*", "site/pandas/io/formats/xml.py"),
    *("site/pandas/io/sas/sas*_*.py", "site/pandas/io/sas/sas7bdat.py", "site/pandas/io/clipboard/*"),
    *("site/pandas/pyproject.toml", "site/packaging/licenses/*", "*.orig", "*.rst"),
    *("site/pytz/zoneinfo/*",),
    *(f"site/pandera/*/{other}*" for other in _OTHER_TABLES),
    *("site/pandera/io/*", "site/pandera/mypy.py", "site/pandera/*/tensordict/*", "site/pandera/_cli/*"),
    *("std/ensurepip/*", "std/idlelib/*", "std/pydoc*", "std/turtle*", "std/xmlrpc/*", "std/lib2to3/*"),
    *("std/http/*", "std/urllib/r*.py", "std/xml/dom/*", "std/xml/sax/*", "std/multiprocessing/*", "std/pdb.py"),
    *("std/doctest.py", "std/bdb.py", "std/mailbox.py", "std/optparse.py", "std/pickletools.py", "std/_pydatetime.py"),
    *("std/_pyio.py", "std/imaplib.py", "std/nntplib.py", "std/poplib.py", "std/smtplib.py", "std/ftplib.py"),
    *("std/telnetlib.py", "std/cgi*.py", "std/aifc.py", "std/wave.py", "std/sunau.py", "std/modulefinder.py"),
    *("std/pstats.py", "std/*rofile.py", "std/trace.py", "std/plistlib.py", "std/asyncio/windows_*"),
    *("std/asyncio/proactor_events.py", "std/logging/config.py", "std/logging/handlers.py", "std/ctypes/macholib/*"),
    *(f"std/encodings/{kind}*" for kind in _OTHER_ENCODINGS),
    *("std/tkinter/*", "std/curses/*", "std/dbm/*", "std/venv/*", "std/wsgiref/*", "std/sqlite3/*"),
)
# Doors that a browser does not have, and documents, whose libraries it lacks.
_OTHER_DOORS = ("button/*", "cli/*", "documents/*", "__main__.py", "page/making/*")
_TEMPLATES_LEFT_OUT = ("page/*",)
_MACROS_KEPT = ("ruban.xml",)
_BESIDE = ("kept_code.py", "pydantic.py")  # modules that serve in the page only


class Component(NamedTuple):
    """A library in the page, for the list of what is inside.

    ``licence``: as SPDX writes it. ``texts``: what its authors ask to be given with it. ``places``: the files and
    folders of the page that are its own; none if it is compiled into another. ``source``: the address of its source,
    where what is given is compiled of it."""

    nom: str
    version: str
    licence: str
    origin: str
    sha256: str
    texts: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    source: str = ""


def contents(pyodide: PyodideFiles) -> tuple[Contents, list[Component]]:
    """Everything, by its place, and the libraries that it comes from. Refusal if one cannot be had as published."""
    settings = described()
    files, components = _kept(_unpacked(pyodide.core("python_stdlib.zip"), "std/")), _of_the_core(pyodide)
    for nom, (version, wheel) in pyodide.wheels().items():
        unpacked = _unpacked(wheel, "site/")
        kept = _kept(unpacked)
        files |= kept
        told = tuple(_licence_texts(unpacked.items())), _places(kept)
        components.append(Component(nom, version, settings["roues"][nom], "Pyodide", _digest(wheel), *told))
    for nom, licence in settings["installees"].items():
        version, installed = _installed(nom)
        kept = _kept(installed)
        files |= kept
        whole = _digest(b"".join(installed[place] for place in sorted(installed)))
        told = tuple(_licence_texts(installed.items())), _places(kept)
        components.append(Component(nom, version, licence, "PyPI", whole, *told))
    return dict(sorted((files | _own()).items())), components


def _of_the_core(pyodide: PyodideFiles) -> list[Component]:
    """What runs Python, and what is compiled with it: Pyodide and CPython first."""
    settings, core = described(), _digest(pyodide.core(INTERPRETER))
    library, python = _digest(pyodide.core("python_stdlib.zip")), settings["python"]
    texts, source = (_licence("MPL-2.0"),), settings["source"]
    return [
        Component("Pyodide", settings["version"], settings["licence"], "Pyodide", core, texts, (INTERPRETER,), source),
        Component("CPython", python, "PSF-2.0", "Pyodide", library, (_licence("CPython"),), ("std",)),
        *(
            Component(
                nom, c["version"], c["licence"], "Pyodide", core, (_licence(c["texte"]),), (), c.get("source", "")
            )
            for nom, c in settings["compilees"].items()
        ),
    ]


def _licence(nom: str) -> str:
    """A text that does not come with the files of Pyodide."""
    return (resources.folder("templates") / "page" / "licences" / f"{nom}.txt").read_text(encoding="utf-8")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unpacked(archive: bytes, before: str) -> Contents:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {before + i.filename: opened.read(i) for i in opened.infolist() if not i.is_dir()}


def _kept(files: Contents) -> Contents:
    return {
        place: content
        for place, content in files.items()
        if not any(fnmatch.fnmatchcase(place, pattern) for pattern in _LEFT_OUT)
    }


def _places(files: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({"/".join(place.split("/")[:2]) for place in files}))


def _licence_texts(files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    for place, content in sorted(files):
        name = PurePosixPath(place).name.upper()
        if name.startswith(("LICEN", "COPYING", "NOTICE", "AUTHORS")) and not name.endswith((".PY", ".H")):
            yield content.decode("utf-8", "replace")


def _installed(nom: str) -> tuple[str, Contents]:
    """A library as it is installed here: (version, its files). Refusal if it is not as it was installed."""
    try:
        distribution = metadata.distribution(nom)
    except metadata.PackageNotFoundError as error:
        raise Refusal(
            f"La bibliothèque « {nom} » manque : réinstallez cls-workbook (pip install cls-workbook)."
        ) from error
    files: Contents = {}
    for file in distribution.files or ():
        if file.parts[0] in ("..", "__pycache__") or "__pycache__" in file.parts:
            continue
        content = Path(str(distribution.locate_file(file))).read_bytes()
        if file.hash is not None:
            found = base64.urlsafe_b64encode(hashlib.new(file.hash.mode, content).digest()).rstrip(b"=").decode()
            if found != file.hash.value:
                raise Refusal(f"« {file} » n’est plus tel qu’il a été installé : réinstallez « {nom} ».")
        files[f"site/{file.as_posix()}"] = content
    return distribution.version, files


def _own() -> Contents:
    """This package, and the templates that it reads."""
    package = Path(__file__).resolve().parents[2]
    files = _of_folder(package, "site/cls_workbook/", "*.py", _OTHER_DOORS)
    files |= _of_folder(resources.folder("templates"), "site/cls_workbook/templates/", "*", _TEMPLATES_LEFT_OUT)
    macros = resources.folder("macros")
    files |= {f"site/cls_workbook/macros/{nom}": (macros / nom).read_bytes() for nom in _MACROS_KEPT}
    page = resources.folder("templates") / "page"
    return files | {f"site/{nom}": (page / nom).read_bytes() for nom in _BESIDE}


def _of_folder(folder: Path, before: str, pattern: str, left_out: tuple[str, ...]) -> Contents:
    names = (p.relative_to(folder).as_posix() for p in sorted(folder.rglob(pattern)) if p.is_file())
    kept = (n for n in names if not any(fnmatch.fnmatchcase(n, p) for p in left_out) and "__pycache__" not in n)
    # Inside a wheel, templates and macros are inside the package.
    inside = ("templates/", "macros/") if before == "site/cls_workbook/" else ()
    return {before + n: (folder / n).read_bytes() for n in kept if not n.startswith(inside or ("//",))}
