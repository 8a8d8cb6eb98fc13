"""What a sheet of the workbook and its columns are: the type of a column, whether it is a list and whether it must be
filled in are those of the field of the model that it asks for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from cls_workbook.domain.definition_keys import Key
from cls_workbook.french import typography

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

EMPTY_ROWS = 40  # rows of room beyond what is filled in
ESSENTIAL, LIFETIME = "L’essentiel", "Années et décisions"
# The columns that are out of sight until somebody needs them, or has filled one in.
FOLDED = ("Précisions", "Selon la sorte de saisie", "Tel qu’imprimé", LIFETIME, "Repères")
RARE, FILLED_ALREADY = "si le contrat en a", "déjà remplie"  # the needs of sheets that wait out of sight
NOBODY = "à désigner"  # where a porteur is named: nobody is, yet


@dataclass(frozen=True)
class SectionColumn:
    """One field, as a column (or as a line of the form).

    ``cle``: « fiches.titre », or « mesures.type » where ``part`` names what shares the row (measures, on that of their
    indicator; the thresholds of evolution, on the form). ``key``: what the definition may hold there.
    ``cross_reference``: what it names (a key of ``REFERENCES``); ``choix``: a closed list (of ``coded_choices``).
    ``proposed``: a list (of ``coded_choices``) that its drop-down proposes, whatever else may be typed.
    ``anchor``: a number or code that a spreadsheet would spoil by reading it as a number or a date.
    ``boxes``: for a list, how many columns take one item each; what is beyond goes in one more, parted by « ; ».
    ``deduced``: what is understood when it is left blank, though the model needs it; "" if nothing is.
    """

    champ: str
    titre: str
    aide: str
    cle: str
    key: Key
    band: str
    part: str = ""
    example: str = ""
    width: float = 18
    cross_reference: str | None = None
    choix: str | None = None
    proposed: str = ""
    anchor: bool = False
    format: str = ""  # montant, taux, annee, jour_mois, insee, departement, chiffres
    boxes: int = 0
    deduced: str = ""
    meant_for: tuple[str, ...] = ()  # types of rule for which the field counts; (): all
    unique: bool = False
    maximum: int = 1  # the greatest rate
    is_parent: bool = False  # the number of the fiche that the row belongs to

    @property
    def required(self) -> bool:
        """Must the cell be filled in, once something else in its row is? (A measure may be absent from its row.)"""
        return self.key.obligatoire and not self.deduced

    @property
    def default(self) -> object:
        return None if self.key.default is dataclasses.MISSING else self.key.default

    @property
    def closed_list(self) -> str:
        """The list that its only value is one of; "" where it is free."""
        return "" if self.key.is_list else self.choix or ("oui_non" if self.key.type is bool else "")


class ColumnBox(NamedTuple):
    """A column of a sheet. ``rank``: from 1 for the columns of a list that has several, 0 for its last or for a sole
    column.
    """

    cle: str
    titre: str
    column: SectionColumn
    rank: int = 0

    @property
    def is_first(self) -> bool:
        """Is it the only column of its field, or the first of several?"""
        return self.rank == 1 or not self.column.boxes

    @property
    def required(self) -> bool:
        return self.column.required and self.is_first

    @property
    def reference(self) -> str:
        """What its only item refers to; "" where it names nothing, or several."""
        return self.column.cross_reference or "" if self.rank or not self.column.key.is_list else ""


@dataclass(frozen=True)
class Described:
    """What a workbook describes: a contract, or a regional noyau. ``nom``: that of its form, and of the command that
    makes it; ``guide``: the words of its first sheet."""

    nom: str
    sections: tuple[Section, ...]
    guide: Mapping[str, Any]

    @cached_property
    def by_name(self) -> dict[str, Section]:
        return {section.nom: section for section in self.sections}


@dataclass(frozen=True)
class Section:
    """A sheet: one row an object of ``class_``. ``nom``: the field of the contract that holds them; where they have a
    ``parent``, the field of a fiche, and their first column names that fiche."""

    nom: str
    sheet: str
    class_: type[DataclassInstance]
    aide: str
    columns: tuple[SectionColumn, ...]
    need: str = RARE
    lines: int = EMPTY_ROWS
    frozen_columns: int = 1  # columns that stay in view
    of: str = "contrat"  # what the workbook describes

    @property
    def form(self) -> bool:
        """Is it one object, a question a line?"""
        return self.nom in ("contrat", "noyau")

    @property
    def parent(self) -> bool:
        return self.columns[0].is_parent

    @cached_property
    def boxes(self) -> tuple[ColumnBox, ...]:
        return tuple(box for column in self.columns for box in _boxes(column))

    def own_columns(self, part: str = "") -> list[SectionColumn]:
        """Those of what the row is, or of the part that shares it; the number of the parent fiche is neither."""
        return [c for c in self.columns if c.part == part and not c.is_parent]

    def column(self, champ: str, part: str = "") -> SectionColumn:
        return next(c for c in self.columns if (c.champ, c.part) == (champ, part))

    def box(self, champ: str, part: str = "") -> ColumnBox:
        """The (first) column of a field."""
        return next(c for c in self.boxes if (c.column.champ, c.column.part) == (champ, part))


def _boxes(column: SectionColumn) -> Iterator[ColumnBox]:
    for rank in range(1, column.boxes + 1):
        yield ColumnBox(f"{column.cle}.{rank}", f"{column.titre} {rank}", column, rank)
    if column.boxes:
        yield ColumnBox(f"{column.cle}.suite", typography(f"{column.titre} : les autres"), column)
    else:
        yield ColumnBox(column.cle, column.titre, column)
