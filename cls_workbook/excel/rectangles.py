"""Cells that share something, as few rectangles as a scan finds: each call to the open workbook costs a millisecond. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVar

from cls_workbook.xlsx.sheets import Plage

T = TypeVar("T")


def rectangles(cases: Mapping[tuple[int, int], T]) -> Iterator[tuple[Plage, T]]:
    """(row, column) → what it is given; each rectangle of equal values once, none overlapping. Row by row from the top left."""
    par_colonne: dict[int, list[int]] = defaultdict(list)
    for ligne, colonne in cases:
        par_colonne[colonne].append(ligne)
    morceaux: dict[tuple[int, int, T], list[int]] = defaultdict(list)
    for colonne in sorted(par_colonne):
        for debut, fin in _suites(cases, colonne, sorted(par_colonne[colonne])):
            morceaux[debut, fin, cases[debut, colonne]].append(colonne)
    for (debut, fin, valeur), colonnes in sorted(morceaux.items(), key=lambda m: (m[0][0], m[1][0])):
        gauche = colonnes[0]
        for colonne, suivante in zip(colonnes, [*colonnes[1:], None], strict=True):
            if suivante != colonne + 1:
                yield Plage(debut, gauche, fin, colonne), valeur
                gauche = suivante


def _suites(cases: Mapping[tuple[int, int], T], colonne: int, lignes: list[int]) -> Iterator[tuple[int, int]]:
    """First and last row of each run of equal values, rows that follow each other."""
    debut = lignes[0]
    for ligne, suivante in zip(lignes, [*lignes[1:], None], strict=True):
        if suivante != ligne + 1 or cases[suivante, colonne] != cases[ligne, colonne]:
            yield debut, ligne
            debut = suivante
