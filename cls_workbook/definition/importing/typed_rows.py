"""Rows of cells → rows of typed fields, names still as written: the first half of an import."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cls_workbook.definition.asked.sections import ColumnBox
from cls_workbook.definition.authoring import written_list
from cls_workbook.definition.importing import authored_values
from cls_workbook.definition.importing.authored_tables import CELL_IN_ERROR, DescriptionWorkbook, RawTable
from cls_workbook.definition.importing.authored_values import CellError, Doubtful
from cls_workbook.definition.importing.import_finding import AuthoredPlace

Item = tuple[object, AuthoredPlace]


@dataclass
class TypedRow:
    """One row. ``items``: key of a field (« fiches.porteurs ») → its values, each with its cell; a field that is blank
    is absent. ``doubtful``: what a cell holds that may be another number in disguise. ``touched``: fields in which
    something was written, understood or not."""

    table: RawTable
    numero: int
    items: dict[str, list[Item]] = field(default_factory=dict)
    doubtful: dict[str, Doubtful] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def cle(self, champ: str, part: str = "") -> str:
        return f"{part or self.table.section.nom}.{champ}"

    def values(self, champ: str, part: str = "") -> list[object]:
        """What was understood of a field."""
        return [v for v, _ in self.items.get(self.cle(champ, part), ())]

    def texts(self, champ: str, part: str = "") -> tuple[str, ...]:
        """The same as texts; what is doubtful is none."""
        return tuple(str(v) for v in self.values(champ, part) if v not in (None, "") and not isinstance(v, Doubtful))

    def texte(self, champ: str, part: str = "") -> str:
        """The sole value of a field; "" if it is blank or could not be understood."""
        return next(iter(self.texts(champ, part)), "")

    def put(self, champ: str, valeur: object, part: str = "") -> None:
        """What is understood where nothing was written."""
        self.items[self.cle(champ, part)] = [(valeur, self.location(champ, part))]

    def location(self, champ: str, part: str = "") -> AuthoredPlace:
        return self.table.location(self.numero, self.table.section.box(champ, part).cle)

    def empty(self, champ: str, part: str = "") -> bool:
        return self.cle(champ, part) not in self.touched

    @property
    def here(self) -> AuthoredPlace:
        return self.table.location(self.numero, self.table.section.boxes[0].cle)


def type_values(workbook: DescriptionWorkbook) -> dict[str, list[TypedRow]]:
    """Name of a section → its rows; what cannot be understood goes to the faults of the workbook."""
    return {
        nom: [_row(table, numero, raw_values, workbook) for numero, raw_values in table.lines]
        for nom, table in workbook.tables.items()
    }


def _row(table: RawTable, numero: int, raw_values: dict[str, object], workbook: DescriptionWorkbook) -> TypedRow:
    row = TypedRow(table, numero)
    for box in table.section.boxes:
        raw, column = raw_values.get(box.cle), box.column
        if raw is None:
            continue
        row.touched.add(column.cle)
        if raw is CELL_IN_ERROR:
            continue
        location = table.location(numero, box.cle)
        for valeur in _values_of(box, raw):
            if isinstance(valeur, CellError):
                workbook.add_fault(location, *valeur)
            elif isinstance(valeur, Doubtful) and not column.cross_reference:
                workbook.add_fault(location, *valeur.error)
                row.doubtful[column.cle] = valeur
            else:
                row.items.setdefault(column.cle, []).append((valeur, location))
    return row


def _values_of(box: ColumnBox, raw: object) -> Iterable[object]:
    """The values that one cell holds: one, or the items of a list."""
    column = box.column
    if column.champ == "annees":
        return authored_values.annees(raw)
    one_a_cell = box.rank or column.cle.startswith("listes.")
    is_list = column.key.is_list and not one_a_cell and isinstance(raw, str)
    items = written_list.split(str(raw)) if is_list else (raw,)
    return [authored_values.read(column, i) for i in items if not authored_values.says_nobody(column, i)]
