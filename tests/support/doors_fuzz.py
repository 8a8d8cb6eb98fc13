"""Breaks what is read beside returns: ``python -m tests.support.doors_fuzz NUMBER [SEED [KEPT]]``.

The pilotage, last year's consolidation, a synthèse and the description of a contract, of the demo, broken as
``reading_fuzz`` breaks returns. Each door may refuse, and nothing else, within ``fuzz_limits``.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from cls_workbook import pilotage
from cls_workbook.definition import toml_reader
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.errors import Refusal
from cls_workbook.reports.consolidation import previous_year
from cls_workbook.reports.exports import export_source
from cls_workbook.reports.region import agency_copies
from tests.support.fuzz_limits import Limits
from tests.support.reading_fuzz import damage

CONTRAT, YEAR = "dijon-2024-2028", 2025


def _last_year(path: Path) -> None:
    contrat = toml_reader.load(CONTRAT)
    previous_year.for_workbooks(path, contrat, YEAR + 1)
    previous_year.for_checks(previous_year.read(path), contrat)


def _region(path: Path) -> None:
    list(agency_copies.read({path.name: path}, {}))
    export_source.read(path)


DOORS: dict[str, Callable[[Path], object]] = {
    "pilotage-2025.xlsx": lambda path: pilotage.read(path, toml_reader.load(CONTRAT), YEAR),
    "consolidation-2025.xlsx": _last_year,
    "synthese-ars-2025.xlsx": _region,
    "description.xlsx": importer,
}


def _sound_files(folder: Path) -> dict[str, bytes]:
    for command in (
        ["demo", "--sortie", str(folder)],
        ["contrat", "modele", "--sortie", str(folder / "description.xlsx"), "--contrat", CONTRAT],
    ):
        subprocess.run([sys.executable, "-m", "cls_workbook", *command], check=True, capture_output=True)
    return {nom: (folder / nom).read_bytes() for nom in DOORS}


def main(number: int, seed: int = 1, kept: str = "") -> int:
    """The number of files that made a door fail; they are left in the folder ``kept``."""
    rng, outcomes = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as provisional, contextlib.redirect_stderr(sys.stdout):
        sound = _sound_files(Path(provisional))
        for nom, read in DOORS.items():  # what is loaded once, is before the clock runs
            read(Path(provisional, nom))
        limits = Limits(kept)
        for rank in range(number):
            nom = rng.choice(list(DOORS))
            path = Path(provisional, f"abime-{nom}")
            path.write_bytes(damage(sound[nom], rng))
            with limits.around(f"fichier {rank} de la graine {seed}, {nom}", path):
                try:
                    DOORS[nom](path)
                    outcomes[f"{nom} lu"] += 1
                except Refusal:
                    outcomes[f"{nom} refusé"] += 1
    print(dict(outcomes), limits.said())
    return limits.faults


if __name__ == "__main__":
    sys.exit(min(1, main(*map(int, sys.argv[1:3]), *sys.argv[3:4])))
