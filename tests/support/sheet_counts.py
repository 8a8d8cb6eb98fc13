"""What the sheets of a contract ask of a partner, counted: a table for the docs, before a change and after.

    python -m tests.support.sheet_counts

prints it for Dijon's contract: inputs in view and expected, screens of 1366 × 768 at 100 %, printed pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.forms.layout import FILLED, TO_FILL, SheetPlan
from cls_workbook.workbook.description import Formula, Sheet

CONTRAT, YEAR = "dijon-2024-2028", 2025
FIRST_SCREEN = (1320, 480)  # pixels of cells that a window of 1366 × 768 shows at 100 %
ROW_HEIGHT, PIXELS_PER_POINT = 15.0, 4 / 3
CHARACTER, PADDING = 7, 5  # pixels of a character of column width, of a column's padding


class SheetCount(NamedTuple):
    """``expected``: rows whose state says « rempli » or « à remplir »; ``presses``: of the Tab key, to the last answer
    that is expected; ``width``, ``height``: pixels at 100 %."""

    nom: str
    inputs: int
    expected: int
    width: int
    height: int
    pages: int
    presses: int

    @property
    def screens(self) -> float:
        return round(self.height / FIRST_SCREEN[1], 1)


def pixels_above(sheet: Sheet, row: int) -> int:
    """Pixels of the rows above ``row``."""
    return round(PIXELS_PER_POINT * sum(sheet.heights.get(n, ROW_HEIGHT) for n in range(1, row)))


def pixels_wide(sheet: Sheet) -> int:
    return round(sum(CHARACTER * w + PADDING for c, w in sheet.widths.items() if c not in sheet.hidden_columns))


def count(plan: SheetPlan) -> SheetCount:
    sheet = plan.sheet
    last = max(c.line for c in sheet.cells)
    inputs = sum(len(row.input_places) for row in plan.rows.values())
    lines = {c.line for c in sheet.cells if isinstance(c.valeur, Formula) and c.valeur.valeur in (FILLED, TO_FILL)}
    stops = sorted((place.row, place.column) for row in plan.rows.values() for place in row.input_places)
    wanted = [(c.line, c.column) for c in sheet.cells if c.line in lines and c.style.startswith("saisie:")]
    presses = stops.index(max(set(stops) & set(wanted))) + 1
    height, pages = pixels_above(sheet, last + 1), len(sheet.print_setup.page_breaks) + 1
    return SheetCount(sheet.nom, inputs, len(lines), pixels_wide(sheet), height, pages, presses)


def counts(identifier: str = CONTRAT, annee: int = YEAR) -> list[SheetCount]:
    """One per sheet that asks something of a fiche."""
    plan = forms.plan(toml_reader.load(identifier), annee)
    return [count(p) for p in plan.worksheets if p.fiche]


def table() -> Iterator[str]:
    """As the docs have it."""
    lines = counts()
    yield "| feuille | cases en vue | attendues | touches | écrans | pages A4 |"
    yield "|---|---|---|---|---|---|"
    for line in lines:
        screens = f"{line.screens:.1f}".replace(".", ",")
        yield f"| {line.nom} | {line.inputs} | {line.expected} | {line.presses} | {screens} | {line.pages} |"
    facts = (
        [x.inputs for x in lines],
        [x.expected for x in lines],
        [x.presses for x in lines],
        [x.screens for x in lines],
    )
    middle = " | ".join(f"{median(fact):g}".replace(".", ",") for fact in facts)
    few = sum(line.pages <= 4 for line in lines)
    yield f"| médiane | {middle} | {few} sur {len(lines)} en 4 pages au plus |"


if __name__ == "__main__":
    print("\n".join(table()))
