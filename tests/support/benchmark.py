"""The benchmark: ratios against a floor measured in the same run, never absolute times. Not a test.

    python -m tests.support.benchmark [--contrat dijon-2024-2028] [--retours 1000] [--tours 5] [--echelle]

Prints a Markdown table. Each figure is the median over the rounds; floor and subject take turns, so that a
machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from xml.parsers import expat

import xlsxwriter

from cls_workbook import forms, pilotage
from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat
from cls_workbook.engines.engine_protocol import Engine
from cls_workbook.engines.local_engines import LocalEngine
from cls_workbook.forms import examples
from cls_workbook.pipeline import way_out
from cls_workbook.workbook import look, writer
from cls_workbook.workbook.description import Formula, Link

ONE_PROCESS, TWO_PROCESSES = LocalEngine(1), LocalEngine(2)

# --- generation -----------------------------------------------------------------------------------------------------


def generer(identifier: str, annee: int, by_structure: bool = False) -> None:
    """What the command does, files written."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in way_out.generer(identifier, annee, folder, by_structure=by_structure):
            pass


def in_a_copy(function: Callable[[], object]) -> Callable[[], None]:
    """``function`` in a copy of this process: like a command, it starts without what an earlier one has learned."""

    def run() -> None:
        copy = os.fork()
        if not copy:
            code = 1
            try:
                function()
                code = 0
            finally:
                os._exit(code)
        if os.waitpid(copy, 0)[1]:
            raise RuntimeError("the copy of this process has failed")

    return run


def floor_of(identifier: str, annee: int) -> tuple[list, dict[str, dict]]:
    """What bare XlsxWriter is given for the year's workbook: its cells, its styles."""
    workbook = forms.plan(toml_reader.load(identifier), annee).workbook
    return instructions(workbook), {c.style: look.style(c.style) for f in workbook.worksheets for c in f.cells}


def instructions(workbook) -> list:
    """The same cells as plain XlsxWriter calls: (sheet, [(method, row, column, arguments, style)])."""
    worksheets = []
    for sheet in workbook.worksheets:
        calls = []
        for line, column, valeur, style in sheet.cells:
            if isinstance(valeur, Formula):
                call_made = ("write_formula", ("=" + valeur.texte,), str(valeur.valeur))
            elif isinstance(valeur, Link):
                call_made = ("write_url", (valeur.cible,), valeur.texte)
            elif valeur is None or valeur == "":
                call_made = ("write_blank", (None,), None)
            elif isinstance(valeur, str):
                call_made = ("write_string", (valeur,), None)
            elif isinstance(valeur, date):
                call_made = ("write_datetime", (valeur,), None)
            else:
                call_made = ("write_number", (float(valeur) if isinstance(valeur, Decimal) else valeur,), None)
            calls.append((line - 1, column - 1, style, *call_made))
        worksheets.append((sheet.nom, calls))
    return worksheets


def bare_workbook(worksheets: list, styles: dict[str, dict]) -> bytes:
    """Bare XlsxWriter: the same cells and formats, nothing planned, nothing checked."""
    buffer = BytesIO()
    opened_book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    formats = {nom: opened_book.add_format(properties) for nom, properties in styles.items()}
    for nom, calls in worksheets:
        page = opened_book.add_worksheet(nom)
        for line, column, style, method, arguments, last in calls:
            if last is None:
                getattr(page, method)(line, column, *arguments, formats[style])
            else:
                getattr(page, method)(line, column, *arguments, formats[style], last)
    opened_book.close()
    return buffer.getvalue()


def measure_generation(identifier: str, annee: int, rounds: int) -> list[tuple[str, float, str]]:
    with ProcessPoolExecutor(1) as elsewhere:  # planned here, it would be known beforehand
        worksheets, styles = elsewhere.submit(floor_of, identifier, annee).result()
    repondants = forms.repondants(toml_reader.load(identifier))

    timings = time_them(
        {
            "nu": in_a_copy(lambda: bare_workbook(worksheets, styles)),
            "complet": in_a_copy(lambda: generer(identifier, annee)),
            "structures": in_a_copy(lambda: generer(identifier, annee, by_structure=True)),
        },
        rounds,
    )
    one_more = (timings["structures"] - timings["complet"]) / len(repondants)
    return [
        ("Classeur de l’année / XlsxWriter nu, mêmes cellules", timings["complet"] / timings["nu"], "1,3"),
        ("Un classeur de structure de plus / classeur de l’année", one_more / timings["complet"], "0,05"),
    ]


# --- a thousand returns ---------------------------------------------------------------------------------------------


def campagne(identifier: str, nombre: int) -> tuple[Contrat, dict[str, tuple[str, ...]]]:
    """The contract, and a group of it that stands for ``nombre`` structures."""
    contrat = toml_reader.load(identifier)
    groupe = next(s for s in contrat.structures if s.groupe)
    return contrat, {groupe.id: tuple(f"Structure {n:05d}" for n in range(nombre))}


def write_retours(identifier: str, annee: int, nombre: int, folder: Path) -> None:
    contrat, membres = campagne(identifier, nombre)
    expected_returns = [r for r in forms.repondants(contrat, membres) if r.nom.startswith("Structure ")]
    for start in range(0, len(expected_returns), 50):
        plans = [forms.plan(contrat, annee, r) for r in expected_returns[start : start + 50]]
        for plan in plans:
            examples.fill_cell(plan, examples.make_answers(plan, seed=plan.respondent.id))
            writer.write(plan.workbook, folder / f"{forms.file_name(plan.respondent.id)}.xlsx")


def bare_parsing(folder: Path) -> None:
    """Unzip every part, and parse the XML ones with expat: what no reader can do without."""
    for file in sorted(folder.iterdir()):
        with zipfile.ZipFile(file) as archive:
            for nom in archive.namelist():
                content = archive.read(nom)
                if nom.endswith((".xml", ".rels")):
                    expat.ParserCreate().Parse(content, True)


def consolider(identifier: str, annee: int, nombre: int, folder: Path, engine: Engine = ONE_PROCESS):
    from cls_workbook import pilotage
    from cls_workbook.pipeline import way_back

    contrat, membres = campagne(identifier, nombre)
    saisies = pilotage.Pilotage(membres=membres)
    result = way_back.consolidate_folder(
        [folder], contrat, annee, day=date(annee + 1, 2, 1), pilotage=saisies, engine=engine
    )
    received, _ = result.received_and_expected()
    assert received >= nombre, f"{received} retours reconnus sur {nombre}"
    return result


def measure_retours(
    identifier: str, annee: int, nombre: int, rounds: int, folder: Path
) -> list[tuple[str, float, str]]:
    # In another process: what writing a thousand workbooks leaves in memory would weigh on what is measured here.
    arguments = ["--write", folder, "--contrat", identifier, "--annee", str(annee), "--retours", str(nombre)]
    subprocess.run([sys.executable, "-m", "tests.support.benchmark", *arguments], check=True)
    two = partial(consolider, identifier, annee, nombre, folder, TWO_PROCESSES)
    timings = time_them(
        {
            "plancher": lambda: bare_parsing(folder),
            "un": lambda: consolider(identifier, annee, nombre, folder),
            "deux": two,
        },
        rounds,
    )
    with dask_cluster() as engine:  # apart: a cluster takes time even while it waits
        side_by_side = (
            time_them(
                {"deux": two, "grappe": partial(consolider, identifier, annee, nombre, folder, engine=engine)}, rounds
            )
            if engine
            else {}
        )
    lines = [
        (f"{nombre} retours, un processus / décompression et analyse XML", timings["un"] / timings["plancher"], "1,4"),
        (
            f"{nombre} retours, deux processus / décompression et analyse XML",
            timings["deux"] / timings["plancher"],
            "1,0",
        ),
        (f"Mémoire au plus haut pour {nombre} retours (Mio)", memory(identifier, annee, nombre, folder), "300"),
        (
            f"Classeur de consolidation de {nombre} retours / XlsxWriter nu, mêmes cellules",
            apart("--ratio", identifier, annee, nombre, folder)[0],
            "0,5",
        ),
        (
            f"Mémoire au plus haut pour {nombre} retours, classeur de consolidation écrit (Mio)",
            apart("--drawn", identifier, annee, nombre, folder)[1],
            "250",
        ),
    ]
    if side_by_side:
        lines.insert(
            2,
            (
                f"{nombre} retours, grappe Dask de deux machines / deux processus",
                side_by_side["grappe"] / side_by_side["deux"],
                "1,3",
            ),
        )
    return lines


@contextmanager
def dask_cluster():
    """The engine of a Dask cluster of two workers, on this machine; None where Dask is not installed."""
    try:
        from distributed import LocalCluster
    except ImportError:
        yield None
        return
    from cls_workbook.engines.dask_cluster import DaskEngine

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        yield DaskEngine(cluster.scheduler_address)


def measure_scale(identifier: str, annee: int, nombre: int, folder: Path) -> list[tuple[str, float, str]]:
    """Ten times as many returns: one run of each, in processes of their own,
    the floor of the small ones being long enough.
    """
    ten = folder / "dix"
    ten.mkdir()
    write_retours(identifier, annee, 10 * nombre, ten)
    one = folder / "un"
    one.mkdir()
    for file in sorted(ten.iterdir())[:nombre]:
        (one / file.name).hardlink_to(file)
    small_runs, large_run = (
        [alone(identifier, annee, n, d) for _ in range(rounds)]
        for n, d, rounds in ((nombre, one, 3), (10 * nombre, ten, 1))
    )
    timings, peak = (statistics.median(p[rank] for p in small_runs) for rank in (0, 1))
    return [
        (f"{10 * nombre} retours / {nombre} retours, un processus, temps", large_run[0][0] / timings, "10,5"),
        (f"Mémoire au plus haut pour {10 * nombre} retours (Mio)", large_run[0][1], "300"),
        (f"Mémoire, {10 * nombre} retours / {nombre} retours", large_run[0][1] / peak, "1,1"),
    ]


def memory(identifier: str, annee: int, nombre: int, folder: Path) -> float:
    return alone(identifier, annee, nombre, folder)[1]


def alone(identifier: str, annee: int, nombre: int, folder: Path) -> tuple[float, float]:
    """(seconds, peak memory in MiB) of one consolidation in a process of its own."""
    return apart("--alone", identifier, annee, nombre, folder)


def apart(what: str, identifier: str, annee: int, nombre: int, folder: Path) -> tuple[float, float]:
    """(what is measured, peak memory in MiB) of one run of this file in a process of its own; ``what``: its option."""
    output = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.support.benchmark",
            what,
            folder,
            "--contrat",
            identifier,
            "--annee",
            str(annee),
            "--retours",
            str(nombre),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    mesure, mebibytes = output.split()
    return float(mesure), float(mebibytes)


def draw(result) -> None:
    """The consolidation workbook, from the figures to the file, as the command does it."""
    from cls_workbook.reports.consolidation import consolidation_workbook

    with tempfile.TemporaryDirectory() as folder:
        writer.write(consolidation_workbook.workbook(result), Path(folder) / "consolidation.xlsx")


def ratio_to_xlsxwriter(result, rounds: int) -> float:
    from cls_workbook.reports.consolidation import consolidation_workbook

    workbook = consolidation_workbook.workbook(result)
    worksheets, styles = (
        instructions(workbook),
        {c.style: look.style(c.style) for f in workbook.worksheets for c in f.cells},
    )
    timings = time_them({"nu": lambda: bare_workbook(worksheets, styles), "complet": lambda: draw(result)}, rounds)
    return timings["complet"] / timings["nu"]


def peak_memory() -> float:
    """Of this process, in MiB.

    Where ``/proc`` is: what getrusage says is also that of the process which started this one.
    """
    statut = Path("/proc/self/status")
    if statut.is_file():
        return next(int(line.split()[1]) for line in statut.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- what is presented ----------------------------------------------------------------------------------------------


SUBSIDISED = 4  # fiches of which a compte rendu financier is asked


def measure_documents(identifier: str, annee: int, rounds: int) -> list[tuple[str, float, str]]:
    """Each document, from the file of a year in which all answer, against what writing that file takes."""
    from cls_workbook.documents.written_documents import write_bilan, write_presentation
    from cls_workbook.office.agency_form import fill
    from cls_workbook.pipeline import way_back
    from cls_workbook.pipeline.statement_files import statements
    from tests.support.agency_form_by_hand import NAMES, form

    contrat = toml_reader.load(identifier)
    inputs = pilotage.Pilotage(comptes_rendus=tuple(f.numero for f in contrat.actions[:SUBSIDISED]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "retours").mkdir()
        for respondent in forms.repondants(contrat):
            plan = forms.plan(contrat, annee, respondent, pilotage.campagne(inputs))
            examples.fill_cell(plan, examples.make_answers(plan, seed=respondent.id))
            writer.write(plan.workbook, folder / "retours" / f"{forms.file_name(respondent.id)}.xlsx")
        writer.write(pilotage.workbook(contrat, annee, inputs), folder / "pilotage.xlsx")
        names = {nom: there for nom, there in NAMES.items() if "Les fiches" not in there}
        book, blank = folder / "consolidation.xlsx", form(folder / "formulaire.xlsx", names)
        day = date(annee + 1, 2, 1)
        result = way_back.consolidate_files(
            [folder / "retours"], identifier, annee, book, day=day, pilotage=str(folder / "pilotage.xlsx")
        )
        made = statements([book], identifier, annee).contents
        timings = time_them(
            {
                "classeur": lambda: draw(result),
                f"Comptes rendus financiers ({len(made)})": lambda: statements([book], identifier, annee),
                "Bilan (Word)": lambda: write_bilan(book, folder / "bilan.docx"),
                "Présentation (PowerPoint)": lambda: write_presentation(book, folder / "copil.pptx"),
                "Formulaire de l’agence": lambda: fill(book, blank, folder / "rempli.xlsx"),
            },
            rounds,
        )
    floor = timings.pop("classeur")
    return [(f"{nom} / classeur de consolidation écrit", seconds / floor, "2,0") for nom, seconds in timings.items()]


# --- the stopwatch --------------------------------------------------------------------------------------------------


def time_them(subjects: dict, rounds: int) -> dict[str, float]:
    """Median seconds of each subject; they take turns."""
    collected: dict[str, list[float]] = {nom: [] for nom in subjects}
    for subject in subjects.values():
        subject()  # a first round warms imports and caches, uncounted
    for _ in range(rounds):
        for nom, subject in subjects.items():
            gc.collect()
            start = time.perf_counter()
            subject()
            collected[nom].append(time.perf_counter() - start)
    return {nom: statistics.median(values) for nom, values in collected.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contrat", default="dijon-2024-2028")
    parser.add_argument("--annee", type=int, default=2025)
    parser.add_argument("--retours", type=int, default=1000)
    parser.add_argument("--tours", type=int, default=5)
    parser.add_argument("--echelle", action="store_true", help="also ten times as many returns (half an hour)")
    parser.add_argument("--documents", action="store_true", help="only the documents")
    parser.add_argument("--alone", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--drawn", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--ratio", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--write", metavar="FOLDER", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if folder := chosen.alone or chosen.drawn or chosen.ratio:
        start = time.perf_counter()
        result = consolider(chosen.contrat, chosen.annee, chosen.retours, Path(folder))
        if chosen.drawn:
            draw(result)
        mesure = ratio_to_xlsxwriter(result, chosen.tours) if chosen.ratio else time.perf_counter() - start
        print(mesure, peak_memory())
        return
    if chosen.write:
        write_retours(chosen.contrat, chosen.annee, chosen.retours, Path(chosen.write))
        return
    if chosen.documents:
        print_table(measure_documents(chosen.contrat, chosen.annee, chosen.tours), chosen.tours)
        return
    with tempfile.TemporaryDirectory() as folder:
        retour_figures = measure_retours(chosen.contrat, chosen.annee, chosen.retours, chosen.tours, Path(folder))
    lines = measure_generation(chosen.contrat, chosen.annee, max(chosen.tours, 9)) + retour_figures
    lines += measure_documents(chosen.contrat, chosen.annee, chosen.tours)
    if chosen.echelle:
        with tempfile.TemporaryDirectory() as folder:
            lines += measure_scale(chosen.contrat, chosen.annee, chosen.retours, Path(folder))
    print_table(lines, chosen.tours)


def print_table(lines: list[tuple[str, float, str]], rounds: int) -> None:
    print(f"\n{os.cpu_count()} cœurs, Python {sys.version.split()[0]}, {rounds} tours\n")
    print("| Mesure | Rapport | But |\n|---|---:|---:|")
    for nom, valeur, goal in lines:
        print(f"| {nom} | {valeur:.2f} | ≤ {goal} |".replace(".", ","))


if __name__ == "__main__":
    main()
