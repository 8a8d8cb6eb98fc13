"""Rows of cells → rows of typed fields, names still as written: the first half of an import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cls_workbook.definition.asked.sections import ColumnBox, Section
from cls_workbook.definition.authoring import written_list
from cls_workbook.definition.importing import authored_values
from cls_workbook.definition.importing.authored_tables import CELL_IN_ERROR, DescriptionWorkbook, RawTable
from cls_workbook.definition.importing.authored_values import CellError, Doubtful
from cls_workbook.definition.importing.import_finding import AuthoredPlace, ImportFinding

Item = tuple[object, AuthoredPlace]


@dataclass
class TypedRow:
    """One row. ``items``: field (``fiches.porteurs``) → its values, each with its cell; a field that is blank is
    absent.
    """

    table: RawTable
    numero: int
    items: dict[str, list[Item]] = field(default_factory=dict)
    doubtful: dict[str, Doubtful] = field(
        default_factory=dict
    )  # what a cell holds that may be another number in disguise
    touched: set[str] = field(default_factory=set)  # fields in which something was written, understood or not

    def cle(self, champ: str, part: str = "") -> str:
        return f"{part or self.table.section.nom}.{champ}"

    def valeur(self, champ: str, part: str = "") -> object:
        """The sole value of a field; None if it is blank or could not be understood."""
        return next((v for v, _ in self.items.get(self.cle(champ, part), ())), None)

    def texte(self, champ: str, part: str = "") -> str:
        valeur = self.valeur(champ, part)
        return "" if valeur is None or isinstance(valeur, Doubtful) else str(valeur)

    def put(self, champ: str, valeur: object, part: str = "") -> None:
        """What is understood where nothing was written."""
        self.items[self.cle(champ, part)] = [(valeur, self.location(champ, part))]

    def location(self, champ: str, part: str = "") -> AuthoredPlace:
        box = self.table.section.box(champ, part)
        return self.table.location(self.numero, box.cle)

    def empty(self, champ: str, part: str = "") -> bool:
        return self.cle(champ, part) not in self.touched

    @property
    def here(self) -> AuthoredPlace:
        return self.table.location(self.numero, self.table.section.boxes[0].cle)


def type_values(workbook: DescriptionWorkbook) -> dict[str, list[TypedRow]]:
    """Name of a rubrique → its rows; what cannot be understood goes to the faults of the workbook."""
    return {
        nom: [_row(table, numero, raw_values, workbook) for numero, raw_values in table.lines]
        for nom, table in workbook.tables.items()
    }


def _row(table: RawTable, numero: int, raw_values: dict[str, object], workbook: DescriptionWorkbook) -> TypedRow:
    row = TypedRow(table, numero)
    for box in table.section.boxes:
        raw = raw_values.get(box.cle)
        if raw is None:
            continue
        column = box.column
        cle = row.cle(column.champ, column.part)
        row.touched.add(cle)
        if raw is CELL_IN_ERROR:
            continue
        location = table.location(numero, box.cle)
        for valeur in _items(table.section, box, raw):
            if isinstance(valeur, CellError):
                workbook.faults.append(ImportFinding(location, valeur.message, valeur.remedy))
            elif isinstance(valeur, Doubtful) and not column.cross_reference:
                workbook.faults.append(ImportFinding(location, *valeur.error))
                row.doubtful[cle] = valeur
            else:
                row.items.setdefault(cle, []).append((valeur, location))
    return row


def _items(section: Section, box: ColumnBox, raw: object) -> Iterator[object]:
    """The values that one cell holds: one, or the items of a list."""
    key = section.key(box.column)
    if box.column.champ == "annees":
        items_read = authored_values.annees(raw)
        yield from (
            items_read if isinstance(items_read, tuple) and not isinstance(items_read, CellError) else (items_read,)
        )
    elif key.is_list and not box.rank and section.nom != "listes" and isinstance(raw, str):
        for item in written_list.split(raw):
            yield authored_values.read(box.column, key.type, item)
    else:
        yield authored_values.read(box.column, key.type, raw)
