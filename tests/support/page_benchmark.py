"""The local page against CPython with one process, and against a bare Pyodide: ratios of one run. Not a test.

    CLS_PYODIDE=FOLDER NODE_PATH=… python -m tests.support.page_benchmark [--retours 100] [--tours 3] [--memoire]

Prints Markdown tables. What is compared takes turns, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from unittest import mock

import psutil

from cls_workbook import demo
from cls_workbook.engines.this_process import SingleProcess
from cls_workbook.page.making import page_writing
from cls_workbook.page.making.bytecode import compiled
from cls_workbook.page.making.page_contents import Contents
from cls_workbook.page.making.pyodide_files import PyodideFiles
from cls_workbook.pipeline.way_back import consolidate_files
from cls_workbook.reports.agency.ars_copy import file_copy
from tests.support import pyodide_folder
from tests.support.browser import Browser
from tests.support.opened_pages import SETTLED

CONTRAT, YEAR, DAY = "dijon-2024-2028", 2025, date(2026, 3, 2)
BROWSERS = ("chromium", "firefox")
CONSOLIDATED = """(async () => { const start = performance.now();
const said = await ask(...about('consolider')); if (trouble(said)) throw new Error(said.refusal || said.report);
return performance.now() - start })()"""
STARTED = """(async () => { worker.terminate(); const start = performance.now(); await startWorker();
while (!ready) await new Promise(done => setTimeout(done, 2)); return performance.now() - start })()"""
_IMPORTED = "import os, pandas"  # the line of the worker after which a bare Pyodide is ready
_OF_PANDAS = ("numpy", "pandas", "dateutil", "pytz", "six")
_AT_REST = 5  # seconds: what the page imports once it is ready
_MIB = 2**20


def returns(folder: Path, nombre: int) -> list[Path]:
    """The demo's returns, as many times as it takes."""
    if not (folder / "demo").exists():
        with contextlib.redirect_stdout(io.StringIO()):
            demo.play(folder / "demo")
    models = sorted((folder / "demo" / demo.RETOURS).glob("*.xlsx"))
    (folder / f"retours-{nombre}").mkdir()
    rank = range(nombre)
    return [Path(shutil.copy(models[n % len(models)], folder / f"retours-{nombre}" / f"{n:05}.xlsx")) for n in rank]


def bare(path: Path) -> Path:
    """A page whose worker holds Python, NumPy and pandas from the same bytecode, and imports pandas: nothing else."""
    source = page_writing._source

    def of_pandas(files: Contents, pyodide: PyodideFiles) -> tuple[Contents, Contents]:
        first, later = compiled(files, pyodide)
        everything = sorted((first | later).items())
        return {p: c for p, c in everything if p.startswith("std/") or p.split("/")[1].split(".")[0] in _OF_PANDAS}, {}

    def worker(name: str) -> str:
        text = source(name)
        before, found, after = text.partition(_IMPORTED)
        if name != "worker.js":
            return text
        assert found, "the worker does not import pandas as it did"
        _, _, rest = after.partition("`);")
        complete = next(line for line in rest.splitlines() if "requests.everything()" in line)
        return f"{before}import pandas`);{rest.replace(complete, '')}"

    with mock.patch.object(page_writing, "compiled", of_pandas), mock.patch.object(page_writing, "_source", worker):
        page_writing.make(str(pyodide_folder.folder()), path)
    return path


@contextlib.contextmanager
def opened(name: str, page: Path, folder: Path) -> Iterator[Browser]:
    with Browser(name, folder / name) as driven:
        driven.open(page.resolve().as_uri())
        driven.wait(SETTLED)
        yield driven


def give(driven: Browser, files: list[Path]) -> None:
    driven.click("#go-coordinator")
    driven.files("#coordinator-files", *files)
    driven.wait("!document.getElementById('consolidate').disabled")


def by_commands(folder: Path, nombre: int) -> float:
    """As ``consolider``, then ``synthese`` on its file, do it."""
    start = time.perf_counter()
    result = folder / "consolidation.xlsx"
    consolidate_files([str(folder / f"retours-{nombre}")], CONTRAT, YEAR, result, day=DAY, engine=SingleProcess())
    file_copy(result, folder / "synthese.xlsx")
    return time.perf_counter() - start


def by_same_functions(folder: Path, nombre: int) -> float:
    """As the page does it: both at once."""
    start = time.perf_counter()
    source, made = str(folder / f"retours-{nombre}"), {"engine": SingleProcess(), "synthese": folder / "synthese.xlsx"}
    consolidate_files([source], CONTRAT, YEAR, folder / "consolidation.xlsx", day=DAY, **made)
    return time.perf_counter() - start


def timed(driven: Browser, expression: str) -> float:
    return float(str(driven.eval(expression))) / 1000


def consolidations(page: Path, folder: Path, nombre: int, rounds: int) -> None:
    files = returns(folder, nombre)
    print(f"| {nombre} retours | page, s | CPython, un processus, s | rapport (de chaque tour) |\n|---|---|---|---|")
    natives = {"deux commandes": by_commands, "mêmes fonctions": by_same_functions}
    for name in BROWSERS:
        with opened(name, page, folder) as driven:
            give(driven, files)
            first = timed(driven, CONSOLIDATED)  # each learns
            by_commands(folder, nombre)
            times = [
                (timed(driven, CONSOLIDATED), [f(folder, nombre) for f in natives.values()]) for _ in range(rounds)
            ]
            for rank, how in enumerate(natives):
                _tell(f"{name}, {how}", [(here, there[rank]) for here, there in times])
            _tell(f"{name}, la première fois, deux commandes", [(first, there[0]) for _, there in times])


def starts(page: Path, folder: Path, rounds: int) -> None:
    other = bare(folder / "nu.html")
    print("\n| prêt dans le worker | page, s | Pyodide et pandas, s | rapport (de chaque tour) |\n|---|---|---|---|")
    for name in BROWSERS:
        with opened(name, page, folder) as ours, opened(name, other, folder) as theirs:
            times = []
            for _ in range(rounds + 1):
                time.sleep(_AT_REST)
                one = timed(ours, STARTED)
                time.sleep(_AT_REST)
                times.append((one, timed(theirs, STARTED)))
            _tell(name, times[1:])


def _tell(name: str, rounds: list[tuple[float, float]]) -> None:
    here, there = (statistics.median(times) for times in zip(*rounds, strict=True))
    ratio = statistics.median(a / b for a, b in rounds)
    print(f"| {name} | {here:.1f} | {there:.1f} | {ratio:.2f} ({', '.join(f'{a / b:.2f}' for a, b in rounds)}) |")


def peak(pid: int) -> float:
    """MiB: the largest that the process of the page has been (its neighbours draw, or keep the browser)."""
    sizes = []
    for process in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(OSError, StopIteration):
            status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            sizes.append(int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024)
    return max(sizes)


def memories(page: Path, folder: Path) -> None:
    print("\n| Mio | Python | JavaScript, worker | JavaScript, page | processus, au plus |\n|---|---|---|---|---|")
    for name in BROWSERS:
        for nombre in (0, 15, 300, 1000):
            with opened(name, page, folder) as driven:
                time.sleep(_AT_REST)
                if nombre:
                    give(driven, returns(folder, nombre))
                    timed(driven, CONSOLIDATED)
                used = driven.memory()
                heaps = [f"{used[k] / _MIB:.0f}" if k in used else "" for k in ("python", "worker", "page")]
                what = f"{name}, {nombre} retours" if nombre else f"{name}, prêt"
                print(f"| {what} | {' | '.join(heaps)} | {peak(used['pid']):.0f} |")
        for left in folder.glob("retours-*"):
            shutil.rmtree(left)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--retours", type=int, default=100)
    parser.add_argument("--tours", type=int, default=3)
    parser.add_argument("--memoire", action="store_true")
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        page = asked.page or folder / "cls.html"
        if asked.page is None:
            page_writing.make(str(pyodide_folder.folder()), page)
        if asked.memoire:
            memories(page, folder)
        else:
            consolidations(page, folder, asked.retours, asked.tours)
            starts(page, folder, asked.tours)
        print(f"\nTaille de la page : {page.stat().st_size / 1e6:.1f} Mo.")


if __name__ == "__main__":
    main()
