"""The sheets of a workbook that is open elsewhere, read as those of a file are: the same two questions, the same answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from cls_workbook.reading.classeur import Grille
from cls_workbook.reading.formules import Speciale

ERREURS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"))


@dataclass(frozen=True)
class Feuilles:
    """``nom``: of the workbook, for messages. ``lignes``: sheet → its rows from A1, blanks as "" and errors as their text.

    Answers like ``classeur.Classeur``. What is open is calculated: its formulas are not told from values, but for errors.
    """

    nom: str
    lignes: Mapping[str, list[list]]

    def grilles(self) -> Iterator[Grille]:
        return (GrilleOuverte(nom, lignes) for nom, lignes in self.lignes.items())


class GrilleOuverte(Grille):
    """One of these sheets."""

    def __init__(self, nom: str, lignes: list[list]):
        self.nom, self.lignes = nom, lignes

    @cached_property
    def speciales(self) -> Mapping[tuple[int, int], Speciale]:
        places = ((i, j, v) for i, rangee in enumerate(self.lignes) for j, v in enumerate(rangee))
        return {(i, j): Speciale(None, True) for i, j, v in places if isinstance(v, str) and v in ERREURS}
