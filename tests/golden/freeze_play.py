"""A scene: a folder where commands are run as a user runs them, and what every command said and left there."""

from __future__ import annotations

import importlib
import io
import os
import re
import runpy
import signal
import subprocess
import sys
import tempfile
import traceback
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import openpyxl

from tests.golden import freeze_dump

READERS = ("consolider", "controler", "relances")
ROOT = Path(__file__).resolve().parents[2]
LONGEST = 3600  # seconds of a command, on however busy a machine
# A fixed clock and fixed words, whatever the computer.
BYTECODE = {
    "PYTHONPYCACHEPREFIX": os.path.join(tempfile.gettempdir(), "freeze-bytecode")
}  # compiled once, outside the checkout
SAVED_AT = (2026, 1, 31, 12, 0, 0)
LANGUAGE = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "120", "PYTHONUTF8": "1"}


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLS_", "LC_"))}
    return kept | LANGUAGE | BYTECODE | {"PYTHONPATH": str(ROOT)}


class Scene:
    """``outputs``: name → (bytes whose fingerprint is frozen, readable text)."""

    def __init__(self, name: str, folder: Path):
        self.name, self.folder = name, folder / name
        self.folder.mkdir(parents=True)
        self.inputs: set[Path] = set()
        self.outputs: dict[str, tuple[bytes, str]] = {}

    def path(self, name: str) -> Path:
        """Where a file that the scene types itself goes: it is no output."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.inputs.add(path)
        return path

    def run(self, label: str, *arguments: object) -> str:
        """Runs a command in the folder of the scene, with paths relative to it. Freezes and returns what it printed.

        Where it reads returns, one process does, unless the scene says otherwise.
        """
        words = [str(a) for a in arguments]
        if words and words[0] in READERS and not {"--processus", "--help"} & set(words):
            words += ["--processus", "1"]
        several = words[:1] == ["demo"] or _after("--processus", words) not in (
            "",
            "1",
        )  # such a command starts processes of its own
        play = play_apart if hasattr(os, "fork") and not several else play_anew
        code, printed, complained = play(words, self.folder)
        said = f"$ cls-workbook {' '.join(words)}\nexit code {code}\n"
        self.text(f"commands/{label}", f"{said}--- stdout\n{printed}--- stderr\n{complained}")
        return printed

    def text(self, name: str, text: str) -> None:
        plain = self.anonymous(text)
        self._keep(name, plain.encode(), plain)

    def anonymous(self, text: str) -> str:
        """Without what belongs to this computer: the temporary folder, the interpreter and its version."""
        version = ".".join(map(str, sys.version_info[:3]))
        for real, shown in (
            (str(self.folder), "<folder>"),
            (sys.executable, "<python>"),
            (f"Python {version}", "Python <version>"),
        ):
            text = text.replace(real, shown)
        return text

    def _keep(self, name: str, data: bytes, text: str) -> None:
        if name in self.outputs:
            raise ValueError(f"{self.name}: two outputs named {name}")
        self.outputs[name] = (data, text)

    def close(self) -> Iterator[tuple[str, str, str]]:
        """Every output: its name, its fingerprint, its text. A file in the folder is an output unless it was typed."""
        for path in sorted(self.folder.rglob("*")):
            name = f"files/{path.relative_to(self.folder).as_posix()}"
            if path.is_dir() and not any(path.iterdir()):
                self._keep(f"{name}/(empty)", b"", "an empty folder\n")
            elif path.is_file() and path not in self.inputs:
                data = path.read_bytes()
                self._keep(name, data, freeze_dump.dump(path.name, data))
        for name in sorted(self.outputs):
            data, text = self.outputs[name]
            yield f"{self.name}/{name}", freeze_dump.sha256(data), text


# --- One command ----------------------------------------------------------------------------------------------------


def play_anew(words: list[str], folder: Path) -> tuple[int, str, str]:
    """In a new Python: exit code, stdout, stderr."""
    command = [sys.executable, "-m", "cls_workbook", *words]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, timeout=LONGEST, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def play_apart(words: list[str], folder: Path) -> tuple[int, str, str]:
    """The same in a copy of this process, which has loaded the libraries but not the package: four times as fast."""
    preload()
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complained:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if not child:
            _be_the_command(words, folder, printed.fileno(), complained.fileno())
        _, status = os.waitpid(child, 0)
        printed.seek(0)
        complained.seek(0)
        return (
            os.waitstatus_to_exitcode(status),
            printed.read().decode("utf-8", "replace"),
            complained.read().decode("utf-8", "replace"),
        )


def _be_the_command(words: list[str], folder: Path, printed: int, complained: int) -> NoReturn:
    code: object = 1
    try:
        signal.alarm(LONGEST)
        os.dup2(printed, 1)
        os.dup2(complained, 2)
        sys.stdout, sys.stderr = (open(fd, "w", encoding="utf-8", closefd=False) for fd in (1, 2))  # noqa: SIM115
        os.chdir(folder)
        os.environ.update(environment())
        sys.argv[1:] = words
        runpy.run_module("cls_workbook", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as left:
        code = left.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def preload() -> None:
    """The libraries that the package may want, none of the package's own modules."""
    for library in ("pandas", "openpyxl", "pandera.pandas", "xlsxwriter", "lxml.etree", "python_calamine", "tqdm"):
        with suppress(ImportError):
            importlib.import_module(library)
    with suppress(ImportError):
        from tqdm import tqdm

        tqdm.get_lock()  # once here, rather than a semaphore in each copy


def _after(option: str, words: list[str]) -> str:
    return words[words.index(option) + 1] if option in words else ""


def slug(name: str) -> str:
    """A structure's id or name, as file names spell it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "-")).strip("-")


# --- Files that are typed --------------------------------------------------------------------------------------------


def edit(source: Path, target: Path, change: Callable[[openpyxl.Workbook], None]) -> None:
    """Opens a workbook as a partner would, changes it, saves it elsewhere; the same bytes at any time of day."""
    book = openpyxl.load_workbook(source, keep_vba=source.suffix == ".xlsm")
    change(book)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(timeless(book))


def timeless(book: openpyxl.Workbook) -> bytes:
    """What openpyxl saves, without its clock and without compression."""
    saved, result = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == freeze_dump.CLOCK:
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-31T12:00:00Z", data)
            target.writestr(zipfile.ZipInfo(name, SAVED_AT), data)
    return result.getvalue()


def type_pilotage(book: openpyxl.Workbook, inputs: dict[str, dict[str, object]]) -> None:
    """Hidden key of a row → column → value. A key that is not there is a fault of the scene."""
    missing = set(inputs)
    for sheet in book:
        for row in range(1, sheet.max_row + 1):
            key = str(sheet.cell(row, 1).value or "").removeprefix("§pilotage/")
            for column, value in inputs.get(key, {}).items():
                sheet[f"{column}{row}"] = value
                missing.discard(key)
    if missing:
        raise ValueError(f"no such row in the pilotage: {sorted(missing)}")


def as_ods(source: Path) -> bytes:
    """The values of a workbook as the simplest OpenDocument spreadsheet; formulas are left blank."""
    from xml.sax.saxutils import escape

    body = ""
    for sheet in openpyxl.load_workbook(source):
        rows = "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in sheet.iter_rows()
        )
        body += f'<table:table table:name="{escape(sheet.title)}">{rows}</table:table>'
    oasis = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(f' xmlns:{n}="{oasis}:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} office:version="1.2"><office:body>'
    )
    content += f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{p}" manifest:media-type="{t}"/>'
        for p, t in (("/", kind), ("content.xml", "text/xml"))
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{oasis}:manifest:1.0" manifest:version="1.2">{entries}</manifest:manifest>'
    )
    return _stored({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _ods_cell(cell: openpyxl.cell.Cell) -> str:
    from datetime import date
    from xml.sax.saxutils import escape

    value = cell.value
    if value is None or getattr(cell, "data_type", "") == "f":
        return "<table:table-cell/>"
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    if isinstance(value, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()[:10]}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def _stored(parts: dict[str, str]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, SAVED_AT), text)
    return result.getvalue()
