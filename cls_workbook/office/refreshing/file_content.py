"""What the file of a coordinator's workbook holds, as the click reads it of the open one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from cls_workbook.office.annotation.returned_package import ReturnedPackage, nom
from cls_workbook.office.annotation.xml_tree import Element
from cls_workbook.office.refreshing.sheet_charts import SheetCharts
from cls_workbook.office.refreshing.sheet_tables import TableParts
from cls_workbook.reading.opening.returned_workbook import own_workbook
from cls_workbook.redrawing.standing_sheet import StandingSheet


def standing_sheets(path: Path, package: ReturnedPackage) -> dict[str, StandingSheet]:
    """Every sheet, in the order of the tabs. ``package``: the same file."""
    parts = package.worksheets()
    return {
        grid.nom: _standing(package, parts[grid.nom], grid.nom, grid.lines, grid.special_cells.keys())
        for grid in own_workbook(path)
        if grid.nom in parts
    }


def _standing(
    package: ReturnedPackage, part: str, sheet: str, lines: list[list[object]], special: Iterable[tuple[int, int]]
) -> StandingSheet:
    root, tables = package.xml(part), TableParts(package, part)
    content = StandingSheet(
        sheet,
        _rows(lines),
        protected=_is_protected(root.find(nom("sheetProtection"))),
        charts=SheetCharts(package, part).names(),
        filtered=root.find(f"{nom('autoFilter')}/{nom('filterColumn')}") is not None,
    )
    for table in tables.roots:
        zone = tables.zone(table)
        content.tables[table] = (*zone,)
        content.totals |= {table} if tables.has_totals(table) else frozenset()
        content.filters[table] = tables.filters(table)
    if content.tables:
        content.formulas = frozenset((i + 1, j + 1) for i, j in special)
    return content


def _rows(lines: list[list[object]]) -> list[list[object]]:
    rows = [[_as_open(v) for v in row] for row in lines]
    while rows and not any(v != "" for v in rows[-1]):
        rows.pop()
    return rows


def _as_open(value: object) -> object:
    """A day as Excel says it: with its hour."""
    return datetime(value.year, value.month, value.day) if type(value) is date else value


def _is_protected(element: Element | None) -> bool:
    return element is not None and element.get("sheet") in ("1", "true")
