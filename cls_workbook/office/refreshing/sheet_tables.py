"""The Excel tables of one sheet of an archive: their zone, their columns, their row of totals, their filters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cls_workbook.office.annotation.returned_package import RELATION_ID, ReturnedPackage, UnusualArchive, nom
from cls_workbook.office.annotation.xml_tree import Element
from cls_workbook.office.refreshing.sheet_cells import SheetCells, cell_range
from cls_workbook.redrawing.standing_sheet import ColumnFilter
from cls_workbook.workbook.description import CellRange

_TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
VALUES, COMPARISON, EQUAL, UNKNOWN = "values", "comparison", "equal_to", "unknown"


@dataclass(frozen=True)
class TableParts:
    """The tables of the sheet whose part is ``sheet``, by their names."""

    package: ReturnedPackage
    sheet: str

    @cached_property
    def roots(self) -> dict[str, Element]:
        parts = [r.cible for r in self.package.relations(self.sheet) if r.type == "table"]
        roots = [self.package.xml(part) for part in parts if part in self.package]
        return {root.get("displayName", root.get("name", "")): root for root in roots}

    def zone(self, table: str) -> CellRange:
        """Its row of totals left out."""
        whole = cell_range(self.roots[table].get("ref", ""))
        return whole._replace(last_row=whole.last_row - self.has_totals(table))

    def has_totals(self, table: str) -> bool:
        return int(self.roots[table].get("totalsRowCount", 0)) > 0

    def filters(self, table: str) -> tuple[ColumnFilter, ...]:
        found = self.roots[table].find(nom("autoFilter"))
        return tuple(column_filter(e) for e in (found if found is not None else ()) if e.local_name == "filterColumn")

    def unfilter(self, table: str) -> None:
        found = self.roots[table].find(nom("autoFilter"))
        for element in list(found) if found is not None else []:
            if element.local_name == "filterColumn":
                element.detach()

    def place(self, table: str, zone: CellRange, titles: list[str], *, totals: bool | None = None) -> None:
        """Over ``zone`` without its row of totals; the columns that keep their title keep all else."""
        root = self.roots[table]
        totals = self.has_totals(table) if totals is None else totals
        root.set("ref", zone._replace(last_row=zone.last_row + totals).a1())
        for attribute, value in (("totalsRowCount", "1" if totals else ""), ("totalsRowShown", "" if totals else "0")):
            root.attrib.pop(attribute, None)
            if value:
                root.set(attribute, value)
        if (autofilter := root.find(nom("autoFilter"))) is not None:
            autofilter.set("ref", zone.a1())
        columns = root.find(nom("tableColumns"))
        if columns is None:
            raise UnusualArchive("tableColumns")
        known = {e.get("name", ""): e for e in columns}
        last = max((int(e.get("id", 0)) for e in columns), default=0)
        wanted = []
        for title in titles:
            if title not in known:
                last += 1
                known[title] = Element(nom("tableColumn"), id=str(last), name=title)
            wanted.append(known[title])
        columns.replace_children(wanted)
        columns.set("count", str(len(titles)))

    def add(self, cells: SheetCells, table: str, style: str, zone: CellRange, titles: list[str]) -> None:
        """A new table, with the buttons of its filter."""
        numbers = [int(self.package.xml(p).get("id", 0)) for p in self.package.parts("xl/tables/")]
        root = Element(nom("table"), id=str(max(numbers, default=0) + 1), name=table, displayName=table)
        root.declared = {None: nom("")[1:-1]}
        root.add(nom("autoFilter"))
        root.add(nom("tableColumns"))
        root.add(nom("tableStyleInfo"), name=style, showFirstColumn="0", showLastColumn="0", showRowStripes="1")
        part = self.package.free("xl/tables/table{}.xml")
        self.package.write(part, root, _TABLE_TYPE)
        self.roots[table] = root
        self.place(table, zone, titles)
        listed = cells.section("tableParts")
        listed.add(nom("tablePart"), {RELATION_ID: self.package.add_relation(self.sheet, "table", part)})
        listed.set("count", str(len(listed)))

    def filter_again(self, table: str, one: ColumnFilter) -> None:
        """One of the filters that ``column_filter`` understands."""
        found = self.roots[table].find(nom("autoFilter"))
        if found is None:
            return
        column = found.add(nom("filterColumn"), colId=str(one.field - 1))
        if one.kind == VALUES:
            filters = column.add(nom("filters"))
            for value in one.values:
                filters.add(nom("filter"), val=value)
        else:
            column.add(nom("customFilters")).add(nom("customFilter"), val=one.value1 or "")


def column_filter(element: Element) -> ColumnFilter:
    """What a column is filtered by. Only texts that are chosen one by one can be applied again without Excel, which
    compares figures and dates as it shows them; the rest is « unknown »."""
    field = int(element.get("colId", 0)) + 1
    chosen, custom = element.find(nom("filters")), element.find(nom("customFilters"))
    if chosen is not None and not chosen.get("blank") and all(e.local_name == "filter" for e in chosen):
        values = tuple(e.get("val", "") for e in chosen)
        if values and not any(value[:1].isdigit() or value[:1] in "-+(" for value in values):
            return ColumnFilter(field, VALUES, values)
    if custom is not None and len(custom) == 1 and custom[0].get("operator", "equal") == "equal":
        value = custom[0].get("val", "")
        if value.strip() and not value[:1].isdigit() and not set(value) & set("*?"):
            return ColumnFilter(field, COMPARISON, operator=EQUAL, value1=value)
    return ColumnFilter(field, UNKNOWN)
