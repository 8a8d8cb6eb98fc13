"""The formulas of a file, and what each engine makes of them: the value kept in the file (worked out by Python when it
was written), what Formulon computes (as a French Excel 365 does), what LibreOffice computes.

A cell is (sheet, address). A blank and an empty text are the same to the eye, as are the spaces of French numbers.
"""

from __future__ import annotations

import importlib.util
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.lint_parts import RELATION_ID, area, find, relations, tag

FRENCH_EXCEL = "mac-365-fr_FR"  # the French profile that was measured against Excel; that of Windows is derived from it
Place = tuple[str, str]
Shown = str | float


def needed(name: str, present: bool) -> None:
    """Skips the test where an engine is absent; in continuous integration, fails it."""
    if not present:
        reason = f"{name} n’est pas installé"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


def has_formulon() -> bool:
    return importlib.util.find_spec("formulon") is not None


def shown(value: object) -> Shown:
    """A value as one sees it."""
    if value is None or isinstance(value, str):
        return " ".join((value or "").replace("\u202f", " ").replace("\u00a0", " ").split(" "))
    return float(value)  # type: ignore[arg-type]


def kept(file: Path) -> dict[Place, Shown]:
    """Each cell that holds a formula, and the value that was written with it."""
    with zipfile.ZipFile(file) as archive:
        names = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        trees = {n: ET.fromstring(archive.read(n)) for n in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", *names)}
    targets = relations(trees, "xl/workbook.xml")
    sheets = {
        sheet.get("name", ""): trees[targets[sheet.get(RELATION_ID, "")]]
        for sheet in find(trees["xl/workbook.xml"], "sheet")
    }
    return {
        (name, cell.get("r", "")): _kept(cell)
        for name, tree in sheets.items()
        for cell in find(tree, "c")
        if any(tag(child) == "f" for child in cell)
    }


def _kept(cell: ET.Element) -> Shown:
    value = "".join(child.text or "" for child in cell if tag(child) == "v")
    return shown(value if cell.get("t") in ("str", "e") or not value else float(value))


def in_formulon(file: Path, places: Mapping[Place, object]) -> dict[Place, Shown]:
    """What Formulon shows in these cells once everything is computed again."""
    import formulon

    with formulon.Workbook.load(file.read_bytes()) as book:
        book.set_excel_profile_id(FRENCH_EXCEL)
        book.recalc()
        ranks = {book.sheet_name(rank): rank for rank in range(book.sheet_count())}
        return {(sheet, cell): _in_formulon(book, ranks[sheet], cell) for sheet, cell in places}


def _in_formulon(book, rank: int, cell: str) -> Shown:
    line, column, *_ = area(cell)  # type: ignore[misc]
    value = book.get_value(rank, line - 1, column - 1)
    return f"erreur {value.error_code}" if value.error_code else shown(value.to_python())


def in_libreoffice(libreoffice, file: Path, places: Mapping[Place, object]) -> dict[Place, Shown]:
    """What LibreOffice shows in these cells once everything is computed again."""
    with libreoffice.open(file) as document:
        document.recalc()
        sheets = {sheet: document.values(sheet) for sheet in {sheet for sheet, _ in places}}
    return {
        (sheet, cell): f"erreur {found.error}" if (found := sheets[sheet][cell]).error else shown(found.valeur)
        for sheet, cell in places
    }


def apart(first: Mapping[Place, Shown], second: Mapping[Place, Shown]) -> set[Place]:
    """Where two engines do not show the same; numbers to twelve figures."""
    return {place for place, value in first.items() if not _alike(value, second[place])}


def _alike(a: Shown, b: Shown) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return abs(a - b) <= 1e-12 * max(1.0, abs(a), abs(b))
