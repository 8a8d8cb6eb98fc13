"""What a column and a sheet of the workbook are, and how both follow from the model.

A ``Column`` names a field of a class of the model: its type, whether it is a list and whether it must be there are
the model's. A ``Section`` is a sheet: one row an object of its class.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cls_workbook.domain.definition_keys import Key, keys_of
from cls_workbook.french import typography

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

EMPTY_ROWS = 40  # rows of room beyond what is filled in
ESSENTIAL, DETAILS, LIFETIME, IDENTIFIERS = "L’essentiel", "Précisions", "Années et décisions", "Repères"


@dataclass(frozen=True)
class SectionColumn:
    """One field, as a column (or as a line of the form).

    ``cross_reference``: what it names (a key of ``cross_references``); ``choix``: a closed list (see ``choix``).
    ``anchor``: a number or code that a spreadsheet would spoil by reading it as a number or a date.
    ``boxes``: for a list, how many columns take one item each; what is beyond goes in one more, parted by « ; ».
    ``deduced``: what is understood when it is left blank, though the model needs it; "" if nothing is.
    """

    champ: str
    titre: str
    aide: str
    example: str = ""
    width: float = 18
    band: str = DETAILS
    cross_reference: str | None = None
    choix: str | None = None
    anchor: bool = False
    format: str = ""  # montant, taux, annee, jour_mois, insee, chiffres
    boxes: int = 0
    deduced: str = ""
    part: str = ""  # a field of what shares the row: "mesures" on that of an indicator, "evolution" on the form
    meant_for: tuple[str, ...] = ()  # types of rule for which the field counts; (): all
    unique: bool = False
    maximum: int = 1  # the greatest rate

    def __post_init__(self) -> None:
        for texte in ("titre", "aide", "example", "deduced"):
            object.__setattr__(self, texte, typography(getattr(self, texte)))


class ColumnBox(NamedTuple):
    """A column of a sheet. ``rank``: from 1 for the columns of a list that has several, 0 for its last or for a sole
    column.
    """

    cle: str
    titre: str
    column: SectionColumn
    rank: int = 0

    @property
    def sole(self) -> bool:
        """Does it hold one item (or the field is no list)?"""
        return self.rank > 0 or not self.column.boxes


@dataclass(frozen=True)
class Section:
    """A sheet. ``parent``: its rows belong to a fiche, which their first column names, in this field of it."""

    nom: str
    sheet: str
    class_: type[DataclassInstance]
    aide: str
    columns: tuple[SectionColumn, ...]
    parent: str = ""
    part_class: type[DataclassInstance] | None = None  # what columns of a ``part`` are fields of
    lines: int = EMPTY_ROWS
    frozen_columns: int = 1  # columns that stay in view
    form: bool = False

    def __post_init__(self) -> None:
        for texte in ("aide", "sheet"):
            object.__setattr__(self, texte, typography(getattr(self, texte)))

    def class_of(self, column: SectionColumn) -> type[DataclassInstance]:
        return self.part_class if column.part and self.part_class else self.class_

    def key(self, column: SectionColumn) -> Key:
        """What the definition may hold there; the number of the parent fiche is a text."""
        if self.is_parent(column):
            return Key(str, False, dataclasses.MISSING)
        return keys_of(self.class_of(column))[column.champ]

    def is_parent(self, column: SectionColumn) -> bool:
        return bool(self.parent) and column is self.columns[0]

    def obligatoire(self, column: SectionColumn) -> bool:
        """Must the cell be filled in, once something else in its row is? (A measure may be absent from its row.)"""
        return self.key(column).obligatoire and not column.deduced

    def default(self, column: SectionColumn) -> object:
        default = self.key(column).default
        return None if default is dataclasses.MISSING else default

    @cached_property
    def boxes(self) -> tuple[ColumnBox, ...]:
        return tuple(self._slots())

    def _slots(self) -> Iterator[ColumnBox]:
        for column in self.columns:
            cle = f"{column.part or self.nom}.{column.champ}"
            for rank in range(1, column.boxes + 1):
                yield ColumnBox(f"{cle}.{rank}", f"{column.titre} {rank}", column, rank)
            yield (
                ColumnBox(f"{cle}.suite", typography(f"{column.titre} : les autres"), column)
                if column.boxes
                else ColumnBox(cle, column.titre, column)
            )

    def column(self, champ: str, part: str = "") -> SectionColumn:
        return next(c for c in self.columns if (c.champ, c.part) == (champ, part))

    def box(self, champ: str, part: str = "") -> ColumnBox:
        """The (first) column of a field."""
        return next(c for c in self.boxes if (c.column.champ, c.column.part) == (champ, part))
