"""The local page against CPython with one process, on the same returns: ratios of one run. Not a test.

    CLS_PYODIDE=FOLDER NODE_PATH=… python -m tests.support.page_benchmark [--retours 100] [--tours 3] [--page cls.html]

Prints a Markdown table. What is imported or started once is apart; both take turns, so that a machine that slows down
slows both.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from cls_workbook import demo
from cls_workbook.engines.this_process import SingleProcess
from cls_workbook.page.making.page_writing import make
from cls_workbook.pipeline.way_back import consolidate_files
from cls_workbook.reports.agency.ars_copy import file_copy
from tests.support import pyodide_folder
from tests.support.browser import Browser

CONTRAT, YEAR, DAY = "dijon-2024-2028", 2025, date(2026, 3, 2)
SETTLED = "document.getElementById('work').hidden && document.documentElement.dataset.state === 'ready'"
CLICK = """(async () => { const start = performance.now();
const said = await ask(...about('consolider')); if (trouble(said)) throw new Error(said.refusal || said.report);
return performance.now() - start })()"""


def returns(folder: Path, nombre: int) -> list[Path]:
    """The demo's returns, as many times as it takes."""
    demo.play(folder / "demo")
    models = sorted((folder / "demo" / demo.RETOURS).glob("*.xlsx"))
    (folder / "retours").mkdir()
    rank = range(nombre)
    return [Path(shutil.copy(models[n % len(models)], folder / "retours" / f"{n:05}.xlsx")) for n in rank]


def by_python(folder: Path) -> float:
    start = time.perf_counter()
    result = folder / "consolidation.xlsx"
    consolidate_files([str(folder / "retours")], CONTRAT, YEAR, result, day=DAY, engine=SingleProcess())
    file_copy(result, folder / "synthese.xlsx")
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--retours", type=int, default=100)
    parser.add_argument("--tours", type=int, default=3)
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        page = asked.page or folder / "cls.html"
        if asked.page is None:
            make(str(pyodide_folder.folder()), page)
        files = returns(folder, asked.retours)
        print(f"| {asked.retours} retours | page, s | CPython, un processus, s | rapport |\n|---|---|---|---|")
        for name in ("chromium", "firefox"):
            with Browser(name, folder / name) as driven:
                driven.open(page.resolve().as_uri())
                driven.wait(SETTLED)
                driven.click("#go-coordinator")
                driven.files("#coordinator-files", *files)
                driven.wait("!document.getElementById('consolidate').disabled")
                driven.eval(CLICK)  # the first time, each learns
                by_python(folder)
                rounds = [(float(str(driven.eval(CLICK))) / 1000, by_python(folder)) for _ in range(asked.tours)]
                here, there = (statistics.median(times) for times in zip(*rounds, strict=True))
                print(f"| {name} | {here:.1f} | {there:.1f} | {here / there:.2f} |")
        print(f"\nTaille de la page : {page.stat().st_size / 1e6:.1f} Mo.")


if __name__ == "__main__":
    main()
