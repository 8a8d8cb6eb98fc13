"""The button, on the tests' two doubles of Excel: every door of the ribbon, and the workbook that it leaves.

What is frozen of a workbook is its text as openpyxl saves it, the saving's own clock left out. The day is fixed by
fixing ``time.time``, which ``date.today`` reads, so that the doors are called as the macros call them, without a date.
"""

from __future__ import annotations

import importlib
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("XLWINGS_LICENSE_KEY", "noncommercial")  # read when xlwings is first imported: its remote engine

import openpyxl

from tests.golden import freeze_dump
from tests.golden.freeze_play import Scene, edit, type_pilotage
from tests.golden.freeze_returns import Answers, type_answers
from tests.golden.freeze_scenes import DIJON_PILOTAGE, trial_pilotage, typed_definition
from tests.golden.freeze_steps import DAY, DIJON, Inputs, campaign, workbooks

NOON = 1_771_156_800.0  # 15 February 2026, 12:00 UTC
# What is used of the project: the doors that the macros call, and the modules of the tests that hold the doubles.
# Imported when they are needed: a command of a scene starts without the package.
DOORS = "cls_workbook.button.doors"
CLICKS = ("verifier", "controler", "consolider", "synthese_ars", "relances")
SPEAKING = ("verifier", "synthese_ars")  # doors that only say something
DESKTOP, REMOTE = "openpyxl_engine", "remote_client"
FOLDER, CONTRACT, LAST_YEAR = "Dossier des retours", "Définition du contrat", "Consolidation de l’an dernier"


class Excel:
    """A workbook open in one of the two doubles."""

    def __init__(self, double: str, path: Path):
        self.double, self.book = double, openpyxl.load_workbook(path, keep_vba=True)
        module = importlib.import_module(f"tests.support.{double}")
        if double == REMOTE:
            self.client = module.RemoteClient(self.book)
        else:
            self.opened = module.workbook(self.book, path)

    def click(self, door: Callable[[Any], object]) -> None:
        if self.double == REMOTE:
            self.client.click(door)
        else:
            door(self.opened)

    @property
    def alerts(self) -> list[tuple[str, str]]:
        return self.client.alerts if self.double == REMOTE else self.opened.impl.app.alerts

    def say(self, label: str, value: object) -> None:
        """Types the answer to a question of Accueil: the cell beside its label."""
        (cell,) = [c for row in self.book["Accueil"].iter_rows() for c in row if c.value == label]
        self.book["Accueil"].cell(cell.row, cell.column + 1).value = value

    def dump(self) -> str:
        saved = io.BytesIO()
        self.book.save(saved)
        return freeze_dump.dump("book.xlsx", saved.getvalue(), by_openpyxl=True)


@contextmanager
def fixed_day() -> Iterator[None]:
    clock, time.time = time.time, lambda: NOON
    try:
        if date.today() != DAY:
            raise RuntimeError("this Python does not read the day from time.time: the button cannot be frozen")
        yield
    finally:
        time.time = clock


def click_all(
    scene: Scene, name: str, excel: Excel, typed: dict[str, object], clicks: tuple[str, ...] = CLICKS
) -> None:
    """Clicks each button in turn; after each what was said, and the workbook if it changes more than the message."""
    doors = importlib.import_module(DOORS)
    for label, value in typed.items():
        excel.say(label, value)
    for rank, door in enumerate(clicks, 1):
        said = io.StringIO()
        with fixed_day(), redirect_stderr(said):
            excel.click(getattr(doors, door))
        alerts = "".join(f"[{mode}] {text}\n" for mode, text in excel.alerts[-1:])
        book = excel.dump() if door not in SPEAKING or rank == len(clicks) else ""
        scene.text(f"{name}/{excel.double}/{rank}-{door}", f"{alerts}{said.getvalue()}\n{book}")


def typed_returns(scene: Scene, contract: str, year: int, structures: slice) -> None:
    made = workbooks(scene, contract, year)
    for rank, (structure, path, entries) in enumerate(made[structures]):
        answers = Answers(entries, year, structure)
        values = answers.awkward() if rank % 2 else answers.coherent()
        edit(path, scene.path(f"retours/{path.name}"), lambda book, e=entries, v=values: type_answers(book, e, v))
    scene.path("retours/notes.pdf").write_bytes(b"%PDF-1.7 rien")


def play(scene: Scene, contract: str, inputs: Inputs, structures: slice, definition: str) -> list[Excel]:
    """Both doubles, with every door clicked."""
    typed_returns(scene, contract, 2025, structures)
    scene.run("coordonner", "coordonner", *campaign(contract, 2025), "--sortie", "vierge.xlsm")
    opened = []
    for double in (DESKTOP, REMOTE):
        path = scene.path(f"{double}/k.xlsm")
        edit(scene.folder / "vierge.xlsm", path, lambda book: type_pilotage(book, inputs))
        opened.append(Excel(double, path))
        clicks = CLICKS if double == DESKTOP or contract != DIJON else ("consolider",)
        click_all(scene, "clics", opened[-1], {FOLDER: str(scene.folder / "retours"), CONTRACT: definition}, clicks)
    return opened


def button_dijon(scene: Scene) -> None:
    play(scene, DIJON, DIJON_PILOTAGE, slice(0, 6), DIJON)


def button_trial(scene: Scene) -> None:
    """The clicks; a click again, with notes beside the tables and fewer returns; and what is refused."""
    contract = typed_definition(scene)
    definition, returns = {CONTRACT: str(scene.folder / contract)}, scene.folder / "retours"
    for excel in play(scene, contract, trial_pilotage(2025), slice(0, 3), definition[CONTRACT]):
        note(excel.book)
        first = min(returns.glob("*.xlsx"))
        hidden = first.rename(first.with_suffix(".parti"))
        click_all(scene, "encore", excel, {}, ("consolider", "synthese_ars", "relances"))
        hidden.rename(first)
        blank = Excel(excel.double, scene.folder / excel.double / "k.xlsm")
        click_all(
            scene,
            "refus",
            blank,
            definition | {FOLDER: str(scene.folder / "nulle part")},
            ("synthese_ars", "consolider", "verifier"),
        )
        click_all(scene, "precedent-absent", blank, {FOLDER: str(returns), LAST_YEAR: "absent.xlsx"}, ("consolider",))


def note(book: openpyxl.Workbook) -> None:
    for name in ("Anomalies", "Retours", "Mesures"):
        sheet = book[name]
        column = sheet.max_column + 2
        for row in range(1, sheet.max_row + 1, 3):
            sheet.cell(row, column).value = "Suivi" if row == 1 else f"vu, ligne {row}"
        sheet.cell(sheet.max_row + 3, 1).value = "Relu par la coordination"


SCENES: dict[str, Callable[[Scene], None]] = {"bouton-dijon": button_dijon, "bouton-essai": button_trial}
