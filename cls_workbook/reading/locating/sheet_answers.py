"""What the reading of one sheet gives: its answers, what is said of them, and where those that moved stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from cls_workbook.anomalies import Anomalie
from cls_workbook.forms.layout import InputPlace
from cls_workbook.reading.locating.unchanged_sheet import TypedInput


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
    refused_ones: int = 0  # typed inputs that were not taken: the sheet was answered all the same

    @property
    def empty(self) -> bool:
        return not self.saisies and not self.refused_ones
