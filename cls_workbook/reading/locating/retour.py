"""A returned file, or one sheet of it, as read: what was typed there, as typed, each value with its key and its
cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from cls_workbook.anomalies import Anomalie
from cls_workbook.forms.layout import InputPlace


class TypedInput(NamedTuple):
    """A typed input. ``cle``: its key (of a row that the partner added: ``…/03+1/…``, and ``line`` says « 03+1 »)."""

    cle: str
    sheet: str
    cell: str
    raw: object
    line: str


@dataclass(frozen=True, slots=True)
class Retour:
    """One file as read. ``worksheets``: group (``accueil`` or fiche) → name of its sheet.

    ``contrat``, ``annee``, ``modele``, ``structure``, ``fiches``: what the file says it is ("" or 0 where it does not).
    ``moved_inputs``: key → cell, for inputs that stand elsewhere than planned. ``started_fiches``: fiches in which
    something was typed, even if none of it could be taken.
    """

    file: str
    path: str
    sha256: str
    contrat: str = ""
    annee: int = 0
    modele: str = ""
    structure: str = ""
    fiches: tuple[str, ...] = ()
    saisies: tuple[TypedInput, ...] = ()
    anomalies: tuple[Anomalie, ...] = ()
    worksheets: dict[str, str] = field(default_factory=dict)
    moved_inputs: dict[str, str] = field(default_factory=dict)
    started_fiches: tuple[str, ...] = ()
    carried_over: frozenset[str] = frozenset()  # fingerprints of what was filled in beforehand
    comptes_rendus: tuple[str, ...] = ()  # fiches of which the workbook itself asks one, where it is looked at alone
    saved_on: date | None = None  # as the file says, once a spreadsheet has saved it
    content: bytes = b""  # the very bytes that were read, where the reader keeps them

    def __getstate__(self) -> list[object]:
        """For another process: the inputs column by column, five times as fast as one by one."""
        return [
            tuple(zip(*valeur, strict=True)) if nom == "saisies" else valeur
            for nom, valeur in ((nom, getattr(self, nom)) for nom in self.__slots__)
        ]

    def __setstate__(self, etat: list[Any]) -> None:
        for nom, valeur in zip(self.__slots__, etat, strict=True):
            object.__setattr__(
                self, nom, tuple(map(TypedInput._make, zip(*valeur, strict=True))) if nom == "saisies" else valeur
            )


class ReadInput(NamedTuple):
    """An input of a row of the returned sheet, and what is there."""

    place: InputPlace
    line: int
    column: int
    raw: object


@dataclass
class ReadSheet:
    """What one sheet gave. ``moved_inputs``: key → cell, for inputs that are not where the plan has them."""

    nom: str
    groupe: str
    saisies: list[TypedInput] = field(default_factory=list)
    anomalies: list[Anomalie] = field(default_factory=list)
    moved_inputs: dict[str, str] = field(default_factory=dict)
    refused_inputs: int = 0  # typed inputs that were not taken: the sheet was answered all the same
    hidden: bool = False

    @property
    def empty(self) -> bool:
        return not self.saisies and not self.refused_inputs
