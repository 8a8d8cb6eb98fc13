"""What the reading of one sheet gives: its answers, what is said of them, and where those that moved stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from cls_workbook.anomalies import Anomalie
from cls_workbook.entry.layout import Emplacement
from cls_workbook.reading.gabarit import Saisie


class Lue(NamedTuple):
    """An input of a row of the returned sheet, and what is there."""

    place: Emplacement
    ligne: int
    colonne: int
    brut: object


@dataclass
class FeuilleLue:
    """What one sheet gave. ``deplacements``: key → cell, for inputs that are not where the plan has them."""

    nom: str
    groupe: str
    saisies: list[Saisie] = field(default_factory=list)
    anomalies: list[Anomalie] = field(default_factory=list)
    deplacements: dict[str, str] = field(default_factory=dict)
    refusees: int = 0  # typed inputs that were not taken: the sheet was answered all the same

    @property
    def vide(self) -> bool:
        return not self.saisies and not self.refusees
