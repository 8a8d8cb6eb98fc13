"""The sheets of a workbook that is open elsewhere, read as those of a file are: the same two questions, the same answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cls_workbook.reading.archive import Grille, Speciale

ERREURS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"))


@dataclass(frozen=True)
class Feuilles:
    """``nom``: of the workbook, for messages. ``lignes``: sheet → its rows from A1, blanks as "" and errors as their text.

    Answers like ``archive.Classeur``. What is open is calculated: its formulas are not told from values, but for errors.
    """

    nom: str
    lignes: Mapping[str, list[list]]

    def grilles(self) -> Iterator[tuple[str, list[list]]]:
        yield from self.lignes.items()

    def grille(self, nom: str, lignes: list[list]) -> Grille:
        erreurs = {(i, j): Speciale(None, True) for i, rangee in enumerate(lignes) for j, v in enumerate(rangee) if isinstance(v, str) and v in ERREURS}
        return Grille(nom, lignes, erreurs)
