"""The cells of one sheet of an archive: values, looks, sizes, merges, links, changed as Excel would change them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cls_workbook.office.annotation.annotated_sheet import place
from cls_workbook.office.annotation.returned_package import RELATION_ID, ReturnedPackage, first_child, nom, put_before
from cls_workbook.office.annotation.xml_tree import XML_NS, Element
from cls_workbook.office.refreshing.cell_looks import CellLooks
from cls_workbook.workbook.description import CellRange, address

Place = tuple[int, int]
# What a sheet is made of, in the order that the format wants.
ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells"),
    *("phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors"),
    *("smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
# What looks like an escape of the format, and is the text itself.
_LIKE_ESCAPE = re.compile(r"_(x[0-9a-fA-F]{4}_)")


class SheetCells:
    """``nom``: of the sheet. Rows and columns count from 1; ``save`` puts the cells back in their part."""

    def __init__(self, package: ReturnedPackage, sheet: str, part: str, looks: CellLooks):
        self.package, self.nom, self.part, self.looks = package, sheet, part, looks
        self.root = package.xml(part)
        data = first_child(self.root, "sheetData")
        self.rows = {int(row.get("r", 0)): row for row in data}
        self.cells = {place(cell.get("r", "")): cell for row in data for cell in row}

    def save(self) -> None:
        """The cells again in their rows, in order."""
        data = first_child(self.root, "sheetData")
        by_row: dict[int, list[Element]] = {line: [] for line in self.rows}
        for line, column in sorted(self.cells):
            cell = self.cells[line, column]
            cell.set("r", address(line, column))
            by_row.setdefault(line, []).append(cell)
        data.children = []
        for line in sorted(by_row):
            row = self.row(line)
            row.attrib.pop("spans", None)
            row.children, row.parent = by_row[line], data
            for cell in row.children:
                cell.parent = row
            data.children.append(row)
        if (extent := self.root.find(nom("dimension"))) is not None:
            extent.detach()

    def section(self, tag: str) -> Element:
        """A part of the sheet, added where the format wants it if there is none."""
        found = self.root.find(nom(tag))
        if found is None:
            found = Element(nom(tag))
            put_before(self.root, found, ORDER[ORDER.index(tag) + 1 :])
        return found

    # --- values ---

    def text(self, line: int, column: int) -> str:
        """What a cell holds, as text; "" of one that is blank."""
        cell = self.cells.get((line, column))
        if cell is None:
            return ""
        if cell.get("t") == "s":
            return self.package.shared_texts[int(cell.findtext(nom("v"), "0"))]
        return "".join(t.text or "" for t in cell.iter(nom("t" if cell.get("t") == "inlineStr" else "v")))

    def put(self, at: Place, value: object) -> None:
        """None, text, number or bool, in the look that the cell has."""
        if value is None and at not in self.cells:
            return
        cell = self._cell(at)
        cell.attrib.pop("t", None)
        cell.children = []
        if value is None:
            return
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            piece = cell.add(nom("is")).add(nom("t"))
            piece.text = _LIKE_ESCAPE.sub(r"_x005F_\1", value)
            piece.set(f"{{{XML_NS}}}space", "preserve")
            return
        if isinstance(value, bool):
            cell.set("t", "b")
        cell.add(nom("v")).text = repr(value) if isinstance(value, float) else str(int(value))  # type: ignore[call-overload]

    def _cell(self, at: Place) -> Element:
        if at not in self.cells:
            self.cells[at] = Element(nom("c"))
        return self.cells[at]

    def row(self, line: int) -> Element:
        if line not in self.rows:
            self.rows[line] = Element(nom("row"), r=str(line))
        return self.rows[line]

    # --- looks ---

    def look(self, zone: CellRange, trait: Any) -> None:
        for at in zone.places():
            cell = self._cell(at)
            cell.set("s", str(self.looks.looking(int(cell.get("s", 0)), trait)))

    def clear(self, zone: CellRange, *, formats: bool) -> None:
        """Without ``formats``, what the cells hold only; else their look and their links too."""
        for at in self._inside(zone):
            self.put(at, None)
            if formats:
                self.cells[at].attrib.pop("s", None)
        if formats:
            self._withdraw_links(zone)

    def _inside(self, zone: CellRange) -> list[Place]:
        return [p for p in (zone.places() if zone.last_row < 5_000 else self.cells) if p in self.cells and _in(p, zone)]

    def widen(self, zone: CellRange, width: float) -> None:
        """``width`` in characters. A group of columns is told one by one, from then on."""
        columns = self.section("cols")
        told: dict[int, Element] = {}
        for group in columns:
            first, last = int(group.get("min", 1)), int(group.get("max", 1))
            for column in range(first, min(last, zone.last_column) + 1):
                told[column] = _columns(group, column, column)
            if last > zone.last_column:
                start = max(first, zone.last_column + 1)
                told[start] = _columns(group, start, last)
        for column in range(zone.column, zone.last_column + 1):
            one = told.setdefault(column, _columns(Element(nom("col")), column, column))
            one.attrib |= {"width": f"{int(round(width * 7 + 5) / 7 * 256) / 256:.16G}", "customWidth": "1"}
        columns.children = []
        for column in sorted(told):
            columns.append(told[column])

    def heighten(self, zone: CellRange, height: float | None) -> None:
        """In points; None: as high as what the row holds asks for."""
        for line in range(zone.line, zone.last_row + 1):
            if height is not None:
                self.row(line).attrib |= {"ht": f"{height:.16G}", "customHeight": "1"}
            elif line in self.rows:
                for attribute in ("ht", "customHeight"):
                    self.rows[line].attrib.pop(attribute, None)

    def fit(self, zone: CellRange, known: Mapping[int, float]) -> None:
        """As high as what each row holds asks for: ``known``, in points, which Excel is free to measure again. A row
        without a height is measured by Excel when it opens, not by LibreOffice."""
        self.heighten(zone, None)
        for line in range(zone.line, zone.last_row + 1):
            if line in known:
                self.row(line).set("ht", f"{known[line]:.16G}")

    # --- merges ---

    def merge(self, zone: CellRange, *, across: bool) -> None:
        merges = self.section("mergeCells")
        lines = range(zone.line, zone.last_row + 1)
        for one in [zone._replace(line=i, last_row=i) for i in lines] if across else [zone]:
            merges.children.append(merged := Element(nom("mergeCell"), ref=one.a1()))
            merged.parent = merges
        merges.set("count", str(len(merges)))

    def unmerge(self, zone: CellRange) -> None:
        self._take_out("mergeCells", lambda merged: meet(cell_range(merged.get("ref", "")), zone))

    # --- links ---

    def link(self, at: Place, target: str, text: str, tip: str) -> None:
        """``target``: an address, a file, or « #feuille!A1 »."""
        self.put(at, text)
        told = {"ref": address(*at), "display": text, "tooltip": tip}
        if target.startswith("#"):
            self.section("hyperlinks").add(nom("hyperlink"), told | {"location": target[1:]})
        else:
            relation = self.package.add_relation(self.part, "hyperlink", target, external=True)
            self.section("hyperlinks").add(nom("hyperlink"), told | {RELATION_ID: relation})

    def _withdraw_links(self, zone: CellRange) -> None:
        gone = self._take_out("hyperlinks", lambda link: _in(place(link.get("ref", "").partition(":")[0]), zone))
        self.package.forget(self.part, [relation for link in gone if (relation := link.get(RELATION_ID))])

    def _take_out(self, tag: str, chosen: Callable[[Element], bool]) -> list[Element]:
        """The children of a section that are chosen leave it; a section that is empty goes too."""
        section = self.root.find(nom(tag))
        if section is None:
            return []
        gone = [e for e in section.children if chosen(e)]
        section.children = [e for e in section.children if not any(e is one for one in gone)]
        if not section.children:
            section.detach()
        elif section.get("count"):
            section.set("count", str(len(section)))
        return gone

    # --- rows that go down ---

    def push_down(self, zone: CellRange) -> None:
        """What stands in the columns of ``zone``, from its first row on, goes down by its height."""
        height = zone.last_row - zone.line + 1
        moving = {p: c for p, c in self.cells.items() if p[0] >= zone.line and zone.column <= p[1] <= zone.last_column}
        self.cells = {p: c for p, c in self.cells.items() if p not in moving}
        self.cells |= {(line + height, column): cell for (line, column), cell in moving.items()}


def cell_range(a1: str) -> CellRange:
    first, _, last = a1.replace("$", "").partition(":")
    return CellRange(*place(first), *place(last or first))


def meet(one: CellRange, other: CellRange) -> bool:
    return not (
        one.last_row < other.line
        or other.last_row < one.line
        or one.last_column < other.column
        or other.last_column < one.column
    )


def _columns(group: Element, first: int, last: int) -> Element:
    one = group.copy()
    one.attrib |= {"min": str(first), "max": str(last)}
    return one


def _in(at: Place, zone: CellRange) -> bool:
    return zone.line <= at[0] <= zone.last_row and zone.column <= at[1] <= zone.last_column
