"""LibreOffice for the tests: one instance, started once, that opens workbooks and edits them as partners do.

    with libreoffice.open(path) as doc:
        doc.type("FA 1.2", {"D14": "12 000,50", "D15": "15/03/2026"})
        doc.save(folder / "retour.ods")

Its Python module (``uno``) belongs to another interpreter, hence the child process ``libreoffice_driver.py``.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from openpyxl.utils import get_column_letter

DRIVER = Path(__file__).with_name("libreoffice_driver.py")
TRIES = 3  # of an order that LibreOffice does not survive
LOOK_EVERY = 5.0  # seconds between two looks at a LibreOffice that is awaited
# No limit is in seconds alone, which a busy machine stretches: they are about the processor time of LibreOffice.
STILL, ALMOST_NOTHING = 180.0, 0.5  # seconds without half a second of work: it hangs
TOO_MUCH = 900.0  # seconds of work for one order, of which the slowest takes ten: it turns in circles
ORDERS_WITHOUT_TRACE = ("values", "macros", "sheets", "save", "tab_stops", "offered", "links")


class Failure(RuntimeError):
    """LibreOffice refused an order."""


class Breakdown(Failure):
    """LibreOffice has stopped or hangs, and does so again when it is started again."""


class Cell(NamedTuple):
    """``nature``: nombre (dates are numbers), texte or formule. ``valeur``: None for an error.

    ``formula`` in English with « ; ». ``error``: 0, or LibreOffice's number. ``as_shown``: as shown, where asked.
    """

    nature: str
    valeur: float | str | None
    formula: str = ""
    error: int = 0
    as_shown: str | None = None


class Offered(NamedTuple):
    """What a cell under the cursor says and accepts. ``kind``: WHOLE, DECIMAL, DATE, TEXT_LEN, LIST, ANY."""

    kind: str
    title: str
    prompt: str
    bounds: list[str]
    choices: list[str]
    strict: bool


@cache
def programmes() -> tuple[str, str] | None:
    """(soffice, an interpreter that has ``uno``), or None where one of them is missing."""
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        return None
    beside = Path(soffice).resolve().with_name("python")
    for python in ("/usr/bin/python3", str(beside), sys.executable, shutil.which("python3")):
        if python and Path(python).exists():
            trial = subprocess.run([python, "-c", "import uno"], capture_output=True)
            if trial.returncode == 0:
                return soffice, python
    return None


def pages_of_pdf(file: Path) -> int:
    """Number of pages of a PDF made by LibreOffice, whose page objects are not compressed."""
    return len(re.findall(rb"/Type\s*/Page\b", file.read_bytes()))


def processor_time(pid: int) -> float:
    """Seconds that a process and all that it started have worked."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    total = 0.0
    for member in family:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            times = member.cpu_times()
            total += times.user + times.system
    return total


class Watch:
    """Over the processes of one order: whether they still work."""

    def __init__(self, pid: int):
        self._pid = pid
        self._first = self._last = processor_time(pid)
        self._since = time.monotonic()

    def fault(self) -> str:
        """What is wrong, in words; nothing while they work."""
        now, worked = time.monotonic(), processor_time(self._pid)
        if worked - self._first > TOO_MUCH:
            return f"LibreOffice works on one order for more than {TOO_MUCH:.0f} seconds"
        if abs(worked - self._last) >= ALMOST_NOTHING:
            self._last, self._since = worked, now
        return f"LibreOffice has done nothing for {STILL:.0f} seconds" if now - self._since > STILL else ""


class LibreOffice:
    """One LibreOffice with a French profile of its own in ``folder``, started when it is first needed.

    One that dies or hangs is started again, brought where it was by the orders that led there, and asked once more:
    a test sees a ``Breakdown`` only if that does not help, and the next test finds a new LibreOffice.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self._starts = self._numbers = 0
        self._open: set[int] = set()
        self._journal: list[dict[str, Any]] = []

    def open(self, file: Path | str, csv: str = "") -> Document:
        """The file in a hidden window. ``csv``: how a CSV is to be read, as LibreOffice notes its options."""
        return self.new_document("open", file=str(Path(file).resolve()), csv=csv)

    def new_document(self, order: str, **parameters: Any) -> Document:
        """What an order that opens or makes a workbook gives."""
        self._numbers += 1
        self.ask(order, number=self._numbers, **parameters)
        return Document(self, self._numbers)

    def pdf(self, file: Path | str, output: Path) -> int:
        """Prints the file to ``output``; number of pages."""
        with self.open(file) as document:
            return document.pdf(output)

    def convert(self, file: Path | str, output: Path) -> Path:
        """Opens and saves, without a change: what a partner's « Save as » does to a file."""
        with self.open(file) as document:
            document.recalc()
            return document.save(output)

    def ask(self, order: str, **parameters: Any) -> Any:
        """The answer to one order (see ``libreoffice_driver``)."""
        line = {"order": order, **parameters}
        for trial in range(TRIES):
            try:
                if self._child is None or self._child.poll() is not None:
                    self._start()
                answer = self._obey(line)
                break
            except Breakdown:
                self.kill()
                if trial + 1 == TRIES:
                    self._forget()
                    raise
        self._remember(line)
        return answer

    def _remember(self, line: dict[str, Any]) -> None:
        if line["order"] not in ORDERS_WITHOUT_TRACE:
            self._journal.append(line)
        if "number" in line:
            self._open.add(line["number"])
        if line["order"] == "close":
            self._open.discard(line["document"])
        if not self._open:
            self._forget()

    def _forget(self) -> None:
        self._open.clear()
        self._journal.clear()

    def _obey(self, line: dict[str, Any]) -> Any:
        assert self._child is not None and self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(line).encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError as fault:
            raise Breakdown("LibreOffice has stopped") from fault
        return self._answer()

    def _answer(self) -> Any:
        assert self._child is not None and self._child.stdout is not None
        watch = Watch(self._child.pid)
        with selectors.DefaultSelector() as awaited:
            # One order, one line: nothing is ever left in the buffer, so that the pipe tells whether to wait.
            awaited.register(self._child.stdout, selectors.EVENT_READ)
            while not awaited.select(LOOK_EVERY):
                if fault := watch.fault():
                    raise Breakdown(f"{fault}\n{self._log_tail()}")
        line = self._child.stdout.readline()
        if not line:
            raise Breakdown(f"LibreOffice has stopped\n{self._log_tail()}")
        answer = json.loads(line)
        if "breakdown" in answer:
            raise Breakdown(answer["breakdown"])
        if "refusal" in answer:
            raise Failure(answer["refusal"])
        return answer["ok"]

    def _log_tail(self) -> str:
        return (self.folder / "driver.log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def _start(self) -> None:
        """Starts it, and has it do again what led to the documents that are open."""
        hits = programmes()
        if hits is None:
            raise Failure("soffice or its uno module is missing")
        soffice, python = hits
        self.kill()
        self._starts += 1
        profile = self.folder / f"profile-{self._starts}"
        with (self.folder / "driver.log").open("ab") as log_file:
            self._child = subprocess.Popen(
                [python, str(DRIVER), soffice, str(profile)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_file,
                start_new_session=True,  # soffice is two processes: they end together, by their group
                env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")},
            )
        self._answer()
        for line in self._journal:
            self._obey(line)

    def quit(self) -> None:
        """Asks politely, then kills."""
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()
            with suppress(subprocess.TimeoutExpired):  # the kill below is for this case
                self._child.wait(20)
        self.kill()

    def kill(self) -> None:
        if self._child is None:
            return
        with suppress(ProcessLookupError):  # the whole group has ended by itself
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None and not pipe.closed:
                with suppress(BrokenPipeError):  # an order that nobody will read
                    pipe.close()
        self._child = None

    def __enter__(self) -> LibreOffice:
        return self

    def __exit__(self, *_: object) -> None:
        self.quit()


class Document:
    """One open workbook. Rows, columns and positions of ranges are written as on screen (``A1``, row 1)."""

    def __init__(self, libreoffice: LibreOffice, numero: int):
        self._libreoffice, self.number = libreoffice, numero

    def _ask(self, order: str, **parameters: Any) -> Any:
        return self._libreoffice.ask(order, document=self.number, **parameters)

    def type(self, sheet: str, saisies: dict[str, str]) -> None:
        """Texts as typed at a French keyboard: « 12,5 » is a number, « 15/03/2026 » a date, « =A1 » a formula.

        As LibreOffice's own interface does, a cell with the text format keeps everything as text.
        Unlike it, validation and protection are not asked.
        """
        self._ask("type", sheet=sheet, saisies=saisies)

    def put(self, sheet: str, values: dict[str, float | str | None]) -> None:
        """Numbers and texts set as such; None empties the cell."""
        self._ask("put", sheet=sheet, values=values)

    def tab_stops(self, sheet: str) -> list[str]:
        """The cells that the Tab key stops at on a protected sheet."""
        return [f"{get_column_letter(c + 1)}{line + 1}" for c, line in self._ask("tab_stops", sheet=sheet)]

    def enter(self, sheet: str, cell: str, texte: str) -> str:
        """Types at the keyboard; what the cell then shows. It goes through, valid or not."""
        return str(self._ask("enter", sheet=sheet, cell=cell, texte=texte))

    def offered(self, sheet: str, cell: str) -> Offered:
        return Offered(**self._ask("offered", sheet=sheet, cell=cell))

    def links(self, sheet: str) -> dict[str, tuple[str, str]]:
        """Address → shown text and sheet that it leads to."""
        found = self._ask("links", sheet=sheet)
        return {f"{get_column_letter(c + 1)}{line + 1}": (texte, target) for c, line, texte, target in found}

    def judged_invalid(self, sheet: str) -> list[str]:
        """The cells that « Mark invalid data » circles. The sheet is unprotected and drawn upon: for a copy."""
        return list(self._ask("judged_invalid", sheet=sheet))

    def values(self, sheet: str, as_shown: bool = False) -> dict[str, Cell]:
        """Address → cell, for each cell that is not empty. ``as_shown``: with the texts on screen, which is slow."""
        cells = self._ask("values", sheet=sheet, as_shown=as_shown)
        return {f"{get_column_letter(c + 1)}{line + 1}": Cell(*remaining) for c, line, *remaining in cells}

    def macros(self) -> dict[str, list]:
        """``modules`` of the VBA project, ``codes`` of the sheets, ``buttons``: [sheet, label,
        the script that it calls].
        """
        return self._ask("macros")

    def recalc(self) -> None:
        """Computes every formula again, whatever value the file came with."""
        self._ask("recalc")

    def save(self, file: Path, password: str = "") -> Path:
        """A copy as .xlsx, .ods, .xls, .csv…, after the extension; asked for ``password`` when it is opened."""
        self._ask("save", file=str(Path(file).resolve()), password=password)
        return Path(file)

    def pdf(self, file: Path) -> int:
        """Prints to ``file`` (.pdf); number of pages."""
        return pages_of_pdf(self.save(file))

    def sheets(self) -> list[str]:
        return [nom for nom, _, _ in self._ask("sheets")]

    def hidden_sheets(self) -> list[str]:
        return [nom for nom, visible, _ in self._ask("sheets") if not visible]

    def protected_sheets(self) -> list[str]:
        return [nom for nom, _, protected in self._ask("sheets") if protected]

    def unprotect(self, sheet: str, password: str = "") -> bool:
        return self._ask("unprotect", sheet=sheet, password=password)

    def insert_rows(self, sheet: str, rank: int, nombre: int = 1) -> None:
        """New rows before row ``rank``."""
        self._ask("insert_rows", sheet=sheet, rank=rank, nombre=nombre)

    def delete_rows(self, sheet: str, rank: int, nombre: int = 1) -> None:
        self._ask("delete_rows", sheet=sheet, rank=rank, nombre=nombre)

    def insert_columns(self, sheet: str, rank: int, nombre: int = 1) -> None:
        """New columns before column ``rank`` (1 for A)."""
        self._ask("insert_columns", sheet=sheet, rank=rank, nombre=nombre)

    def delete_columns(self, sheet: str, rank: int, nombre: int = 1) -> None:
        self._ask("delete_columns", sheet=sheet, rank=rank, nombre=nombre)

    def rename_sheet(self, sheet: str, nom: str) -> None:
        self._ask("rename_sheet", sheet=sheet, nom=nom)

    def move_sheet(self, sheet: str, position: int) -> None:
        """Before the sheet that is at ``position`` (0 for the first)."""
        self._ask("move_sheet", sheet=sheet, position=position)

    def copy_sheet(self, sheet: str, nom: str, position: int) -> None:
        self._ask("copy_sheet", sheet=sheet, nom=nom, position=position)

    def add_sheet(self, sheet: str, position: int = 0) -> None:
        self._ask("add_sheet", sheet=sheet, position=position)

    def show_sheet(self, sheet: str, visible: bool) -> None:
        self._ask("show_sheet", sheet=sheet, visible=visible)

    def delete_sheet(self, sheet: str) -> None:
        self._ask("delete_sheet", sheet=sheet)

    def extract(self, *worksheets: str) -> Document:
        """A new workbook with copies of these sheets (« Move or copy to a new document »)."""
        return self._libreoffice.new_document("extract", document=self.number, worksheets=worksheets)

    def extract_values(self, *worksheets: str) -> Document:
        """A new workbook with the values of these sheets, and nothing else."""
        return self._libreoffice.new_document("extract_values", document=self.number, worksheets=worksheets)

    def import_sheet(self, other: Document, sheet: str, nom: str) -> None:
        """Copies a sheet of another open workbook at the end of this one, as ``nom``."""
        self._ask("import_sheet", other=other.number, sheet=sheet, nom=nom)

    def copy_across(self, sheet: str, zone: str, other: str, to: str) -> None:
        """Copy on one sheet, paste on another."""
        self._ask("copy_across", sheet=sheet, zone=zone, other=other, to=to)

    def protect(self, sheet: str = "", password: str = "") -> None:
        """A sheet; without name, the structure of the workbook."""
        self._ask("protect", sheet=sheet, password=password)

    def sort(self, sheet: str, zone: str, column: int = 0, descending: bool = False) -> None:
        """Sorts the rows of ``zone`` by one of its columns (0 for its first)."""
        self._ask("sort", sheet=sheet, zone=zone, column=column, descending=descending)

    def merge(self, sheet: str, zone: str) -> None:
        self._ask("merge", sheet=sheet, zone=zone)

    def unmerge(self, sheet: str, zone: str) -> None:
        self._ask("unmerge", sheet=sheet, zone=zone)

    def note(self, sheet: str, cell: str, texte: str) -> None:
        self._ask("note", sheet=sheet, cell=cell, texte=texte)

    def paint(self, sheet: str, zone: str, color: int) -> None:
        """The background, as 0xRRGGBB."""
        self._ask("paint", sheet=sheet, zone=zone, color=color)

    def number_format(self, sheet: str, zone: str, code: str) -> None:
        """``code`` as an English Excel writes it."""
        self._ask("number_format", sheet=sheet, zone=zone, code=code)

    def filter(self, sheet: str, zone: str) -> None:
        self._ask("filter", sheet=sheet, zone=zone)

    def freeze(self, sheet: str) -> None:
        """Every formula of the sheet gives way to its value (« Paste special, values »)."""
        self._ask("freeze", sheet=sheet)

    def hide_rows(self, sheet: str, rank: int, nombre: int = 1) -> None:
        self._ask("hide_rows", sheet=sheet, rank=rank, nombre=nombre)

    def hide_columns(self, sheet: str, rank: int, nombre: int = 1, masked: bool = True) -> None:
        self._ask("hide_columns", sheet=sheet, rank=rank, nombre=nombre, masked=masked)

    def copy(self, sheet: str, zone: str, to: str) -> None:
        """Copy and paste within the sheet."""
        self._ask("copy", sheet=sheet, zone=zone, to=to)

    def cut(self, sheet: str, zone: str, to: str) -> None:
        """Cut and paste within the sheet."""
        self._ask("cut", sheet=sheet, zone=zone, to=to)

    def close(self) -> None:
        self._ask("close")

    def __enter__(self) -> Document:
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        # After a breakdown there is nothing to close, and the first fault is the one to tell.
        if fault is None or not issubclass(fault, Breakdown):
            self.close()
