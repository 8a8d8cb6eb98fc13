"""What must be mended in the workbook: sheet, cell, what is wrong, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from cls_workbook.contract.faute import A_CONFIRMER, FAUTE
from cls_workbook.francais import NBSP, typographie

__all__ = ["A_CONFIRMER", "FAUTE", "Constat", "Lieu", "trouve"]

CITATION_MAX = 80  # characters of what was typed that a message repeats


@dataclass(frozen=True, slots=True, order=True)
class Lieu:
    """``ordre``: rank of the sheet, row and column, so that faults are told as one reads. ``cellule`` "": the whole sheet."""

    ordre: tuple[int, int, int]
    feuille: str
    cellule: str = ""
    colonne: str = ""

    def __str__(self) -> str:
        colonne = f" ({self.colonne})" if self.colonne else ""
        return f"feuille « {self.feuille} »" + (f", cellule {self.cellule}{colonne}" if self.cellule else "")


@dataclass(frozen=True, slots=True)
class Constat:
    lieu: Lieu
    message: str
    remede: str = ""
    gravite: str = FAUTE

    def __str__(self) -> str:
        suite = f" {self.remede[:1].upper()}{self.remede[1:]}" if self.remede else ""
        return typographie(f"{self.lieu} : {self.message}{suite}")


def trouve(brut: object) -> str:
    """« … », as a message cites what was typed."""
    texte = " ".join(str(brut).split())
    court = texte if len(texte) <= CITATION_MAX else texte[: CITATION_MAX - 1] + "…"
    return f"«{NBSP}{court}{NBSP}»"
