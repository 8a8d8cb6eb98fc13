"""The charts of one sheet of an archive: their names, those that go, those that are drawn by our own writer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from cls_workbook.office.annotation.returned_package import RELATION_ID, ReturnedPackage
from cls_workbook.office.annotation.xml_tree import Element
from cls_workbook.office.refreshing.sheet_cells import SheetCells
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import CellRange, Chart, Sheet, Workbook

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"


@dataclass(frozen=True)
class SheetCharts:
    """Of the sheet whose part is ``sheet``."""

    package: ReturnedPackage
    sheet: str

    @property
    def _part(self) -> str | None:
        parts = [r.cible for r in self.package.relations(self.sheet) if r.type == "drawing"]
        return parts[0] if parts and parts[0] in self.package else None

    def names(self) -> tuple[str, ...]:
        if self._part is None:
            return ()
        return tuple(_name(anchor).get("name", "") for anchor in self.package.xml(self._part) if _holds_chart(anchor))

    def erase(self, names: Collection[str]) -> None:
        """Pictures, shapes and other charts stay."""
        if (part := self._part) is None:
            return
        charts = {r.id: r.cible for r in self.package.relations(part) if r.type == "chart"}
        for anchor in self.package.xml(part):
            if _holds_chart(anchor) and _name(anchor).get("name", "") in names:
                relation = next(anchor.iter(_CHART)).get(RELATION_ID, "")
                anchor.detach()
                if relation in charts:
                    self.package.withdraw(part, charts[relation])

    def draw(self, cells: SheetCells, described: Sheet, data: Sheet, sources: dict[str, CellRange]) -> None:
        """The charts of ``described``, each by its name in ``sources``, on a block of the sheet ``data``."""
        drawn = ReturnedPackage(writer.to_bytes(_apart(cells.nom, described, data, list(sources.values()))))
        (source,) = [r.cible for r in drawn.relations(drawn.worksheets()[cells.nom]) if r.type == "drawing"]
        charts = {r.id: r.cible for r in drawn.relations(source)}
        part = self._part or self._add_drawing(cells, drawn.xml(source))
        root = self.package.xml(part)
        taken = max((int(e.get("id", 0)) for e in root.iter(f"{_DRAWING}cNvPr")), default=0)
        for rank, (anchor, name) in enumerate(zip(drawn.xml(source), sources, strict=True), 1):
            moved = anchor.copy()
            _name(moved).attrib |= {"id": str(taken + rank), "name": name}
            chart = next(moved.iter(_CHART))
            copy = self.package.free("xl/charts/chart{}.xml")
            self.package.write(copy, drawn.read(charts[chart.get(RELATION_ID, "")]), _CHART_TYPE)
            chart.set(RELATION_ID, self.package.add_relation(part, "chart", copy))
            root.append(moved)

    def _add_drawing(self, cells: SheetCells, model: Element) -> str:
        blank = model.copy()
        blank.children = []
        part = self.package.free("xl/drawings/drawing{}.xml")
        self.package.write(part, blank, _DRAWING_TYPE)
        cells.section("drawing").set(RELATION_ID, self.package.add_relation(self.sheet, "drawing", part))
        return part


def _apart(name: str, described: Sheet, data: Sheet, blocks: list[CellRange]) -> Workbook:
    """A workbook of these charts alone, which read their blocks."""
    charts = [_reading(chart, data.nom, block) for chart, block in zip(described.charts, blocks, strict=True)]
    page = Sheet(name, widths=described.widths, heights=described.heights, charts=charts)
    return Workbook([page, Sheet(data.nom, cells=data.cells)], name)


def _reading(chart: Chart, data: str, block: CellRange) -> Chart:
    def column(rank: int) -> tuple[str, CellRange]:
        return data, CellRange(block.line + 1, block.column + rank, block.last_row, block.column + rank)

    series = [s._replace(categories=column(0), values=column(rank)) for rank, s in enumerate(chart.series, 1)]
    return replace(chart, series=series)


def _holds_chart(anchor: Element) -> bool:
    return next(anchor.iter(_CHART), None) is not None


def _name(anchor: Element) -> Element:
    return next(anchor.iter(f"{_DRAWING}cNvPr"))
