"""What must be mended in the workbook: sheet, cell, what is wrong, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from cls_workbook.domain.verification.fault import FAULT
from cls_workbook.french import NBSP, typography

QUOTE_MAX = 80  # characters of what was typed that a message repeats


@dataclass(frozen=True, slots=True, order=True)
class AuthoredPlace:
    """``order``: rank of the sheet, row and column, so that faults are told as one reads. ``cell`` "": the whole
    sheet.
    """

    order: tuple[int, int, int]
    sheet: str
    cell: str = ""
    column: str = ""

    def __str__(self) -> str:
        column = f" ({self.column})" if self.column else ""
        return f"feuille « {self.sheet} »" + (f", cellule {self.cell}{column}" if self.cell else "")


@dataclass(frozen=True, slots=True)
class ImportFinding:
    location: AuthoredPlace
    message: str
    remedy: str = ""
    gravite: str = FAULT

    def __str__(self) -> str:
        remedy = f" {self.remedy[:1].upper()}{self.remedy[1:]}" if self.remedy else ""
        return typography(f"{self.location} : {self.message}{remedy}")


def found(raw: object) -> str:
    """« … », as a message cites what was typed."""
    texte = " ".join(str(raw).split())
    short = texte if len(texte) <= QUOTE_MAX else texte[: QUOTE_MAX - 1] + "…"
    return f"«{NBSP}{short}{NBSP}»"
