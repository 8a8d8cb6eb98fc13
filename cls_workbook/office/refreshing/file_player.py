"""Does what a list of steps says (``redrawing.steps``) in an archive. What only Excel can do is refused beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cls_workbook.errors import Refusal
from cls_workbook.office.annotation.returned_package import (
    MAIN_NS,
    RELATIONSHIPS_NS,
    WORKBOOK,
    ReturnedPackage,
    first_child,
    nom,
    parse,
)
from cls_workbook.office.annotation.xml_tree import Element
from cls_workbook.office.refreshing.cell_looks import CellLooks
from cls_workbook.office.refreshing.sheet_cells import SheetCells, cell_range, meet
from cls_workbook.office.refreshing.sheet_charts import SheetCharts
from cls_workbook.office.refreshing.sheet_tables import VALUES, TableParts
from cls_workbook.redrawing import chart_steps
from cls_workbook.redrawing.standing_sheet import ColumnFilter
from cls_workbook.redrawing.steps import Step
from cls_workbook.workbook.description import CellRange, Sheet

_BLANK_SHEET = f'<worksheet xmlns="{MAIN_NS}" xmlns:r="{RELATIONSHIPS_NS}"><sheetData/></worksheet>'.encode()


class FilePlayer:
    """``described``: the sheets that are drawn, by the name that each has in the workbook: their charts are drawn from
    them."""

    def __init__(self, package: ReturnedPackage, described: Mapping[str, Sheet]):
        self.package, self.described = package, described
        self.looks = CellLooks(package)
        self.pages = {
            sheet: _DrawnPart(package, sheet, part, self.looks) for sheet, part in package.worksheets().items()
        }

    def refuse_what_only_excel_can(self, steps: Iterable[Step]) -> None:
        """Refusal if rows would have to go down that formulas look at, or that other things stand on."""
        for step in steps:
            if step.action == "insert":
                pushed = cell_range(step.zones[0])
                if self.pages[step.sheet].is_held_below(pushed) or self._is_cited(step.sheet):
                    raise Refusal(
                        f"Feuille « {step.sheet} » : sous le tableau, qui grandit, se trouvent des formules ou des "
                        "éléments que seul Excel sait descendre ; rien n’a été écrit. Cliquez sur « Consolider » dans "
                        "Excel, ou déplacez ce qui est sous le tableau à sa droite ou sur une autre feuille, puis "
                        "recommencez."
                    )

    def _is_cited(self, sheet: str) -> bool:
        quoted = sheet.replace("'", "''")
        texts = (f.text or "" for page in self.pages.values() for f in page.cells.root.iter(nom("f")))
        return any(f"{sheet}!" in text or f"{quoted}'!" in text for text in texts)

    def play(self, steps: Sequence[Step]) -> None:
        charts: dict[str, list[Step]] = {}
        for step in steps:
            if step.action == "add_sheet":
                self._add_sheet(step.sheet, hidden=bool(step.detail))
            elif step.action == "chart":
                charts.setdefault(step.sheet, []).append(step)
            else:
                page = self.pages[step.sheet]
                for zone in step.zones or ("A1",):
                    _ACTIONS[step.action](page, cell_range(zone), step.detail)
        for sheet, drawn in charts.items():
            self._draw(sheet, drawn)

    def write(self, sheet: str, line: int, column: int, value: object) -> None:
        self.pages[sheet].cells.put((line, column), value)

    def file_bytes(self) -> bytes:
        for page in self.pages.values():
            page.cells.save()
        self._recalculated()
        return self.package.file_bytes()

    def _recalculated(self) -> None:
        """Formulas of theirs look at what was drawn: whoever opens the file computes them again."""
        if (chain := self.package.part_of_type("calcChain")) is not None:
            self.package.withdraw(WORKBOOK, chain)
        settings = self.package.xml(WORKBOOK).find(nom("calcPr"))
        if settings is not None:
            settings.set("fullCalcOnLoad", "1")

    def _draw(self, sheet: str, steps: Sequence[Step]) -> None:
        described, page = self.described[sheet], self.pages[sheet]
        data, _ = chart_steps.data_sheet(described)
        sources = {step.detail["name"]: cell_range(step.detail["source"][1]) for step in steps}
        page.charts.draw(page.cells, described, data, sources)

    def _add_sheet(self, sheet: str, *, hidden: bool) -> None:
        """After the last."""
        part, element = self.package.new_sheet(sheet, parse(_BLANK_SHEET), "hidden" if hidden else None)
        first_child(self.package.xml(WORKBOOK), "sheets").append(element)
        self.pages[sheet] = _DrawnPart(self.package, sheet, part, self.looks)


class _DrawnPart:
    """One sheet. ``aside``: rows of totals that are not shown for a while: table → column → cell."""

    def __init__(self, package: ReturnedPackage, sheet: str, part: str, looks: CellLooks):
        self.cells = SheetCells(package, sheet, part, looks)
        self.tables, self.charts = TableParts(package, part), SheetCharts(package, part)
        self.aside: dict[str, dict[int, Element]] = {}

    def is_held_below(self, pushed: CellRange) -> bool:
        below, root = pushed._replace(last_row=1_048_576), self.cells.root
        formulas = any(
            c.find(nom("f")) is not None and meet(CellRange(*p, *p), below) for p, c in self.cells.cells.items()
        )
        held = [e.get("ref", "") for e in root.findall(f"{nom('mergeCells')}/{nom('mergeCell')}")]
        held += [e.get("ref", "") for e in root.findall(f"{nom('hyperlinks')}/{nom('hyperlink')}")]
        held += [table.get("ref", "") for table in self.tables.roots.values()]
        return formulas or root.find(nom("legacyDrawing")) is not None or any(meet(cell_range(r), below) for r in held)

    def titles(self, zone: CellRange) -> list[str]:
        """The headers of a table over ``zone``; one that is blank is given a name, as Excel would."""
        titles = []
        for column in range(zone.column, zone.last_column + 1):
            title = self.cells.text(zone.line, column) or f"Colonne{column - zone.column + 1}"
            self.cells.put((zone.line, column), title)
            titles.append(title)
        return titles

    def place_table(self, zone: CellRange, table: str) -> None:
        self.tables.place(table, zone, self.titles(zone))

    def add_table(self, zone: CellRange, detail: tuple[str, str]) -> None:
        self.tables.add(self.cells, *detail, zone, self.titles(zone))

    def show_totals(self, _zone: CellRange, detail: tuple[str, bool]) -> None:
        """The row comes and goes below the body, and keeps what it held."""
        table, shown = detail
        zone, cells = self.tables.zone(table), self.cells.cells
        end, columns = zone.last_row + 1, range(zone.column, zone.last_column + 1)
        if not shown:
            self.aside[table] = {c: cells.pop((end, c)) for c in columns if (end, c) in cells}
        elif table in self.aside:
            cells.update({(end, column): cell for column, cell in self.aside.pop(table).items()})
        self.tables.place(table, zone, self.titles(zone), totals=shown)

    def unfilter(self, _zone: CellRange, table: str) -> None:
        if table:
            self.tables.unfilter(table)
            zone = self.tables.zone(table)
        else:
            found = self.cells.section("autoFilter")
            zone = cell_range(found.get("ref", ""))
            found.children = []
        for line in range(zone.line, zone.last_row + 1):
            if line in self.cells.rows:
                self.cells.rows[line].attrib.pop("hidden", None)

    def filter(self, _zone: CellRange, detail: tuple[str, ColumnFilter]) -> None:
        table, one = detail
        self.tables.filter_again(table, one)
        zone = self.tables.zone(table)
        wanted = one.values if one.kind == VALUES else (one.value1 or "",)
        for line in range(zone.line + 1, zone.last_row + 1):
            if self.cells.text(line, zone.column + one.field - 1) not in wanted:
                self.cells.row(line).set("hidden", "1")

    def format(self, zone: CellRange, detail: tuple[str, Any]) -> None:
        trait, value = detail
        if trait == "row_height":
            self.cells.heighten(zone, value)
        elif trait == "column_width":
            self.cells.widen(zone, value)
        else:
            self.cells.look(zone, (trait, value))

    def values(self, zone: CellRange, rows: list[list[object]]) -> None:
        for line, row in enumerate(rows, zone.line):
            for column, value in enumerate(row, zone.column):
                self.cells.put((line, column), value)


_ACTIONS: dict[str, Callable[[_DrawnPart, CellRange, Any], object]] = {
    "unfilter": _DrawnPart.unfilter,
    "filter": _DrawnPart.filter,
    "totals": _DrawnPart.show_totals,
    "insert": lambda page, zone, _: page.cells.push_down(zone),
    "clear": lambda page, zone, _: page.cells.clear(zone, formats=True),
    "clear_contents": lambda page, zone, _: page.cells.clear(zone, formats=False),
    "unmerge": lambda page, zone, _: page.cells.unmerge(zone),
    "autofit": lambda page, zone, known: page.cells.fit(zone, known),
    "format": _DrawnPart.format,
    "rule": lambda page, zone, rule: page.cells.look(zone, ("rule", *rule[:2])),
    "merge": lambda page, zone, across: page.cells.merge(zone, across=across),
    "values": _DrawnPart.values,
    "link": lambda page, zone, detail: page.cells.link(zone[:2], *detail),
    "add_table": _DrawnPart.add_table,
    "resize_table": _DrawnPart.place_table,
    "erase_charts": lambda page, _zone, names: page.charts.erase(names),
}
