"""What was printed at a place of a returned sheet, wherever its rows are now; and which printed texts are gone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

from cls_workbook.reading.colonnes import Reperee
from cls_workbook.reading.reperes import INFORMATIONS
from cls_workbook.xlsx.sheets import adresse

# Rows and columns count from 0.
Imprime = Callable[[int, int], str]


def imprime_en(imprimes: Mapping[tuple[int, int], str], reperees: Sequence[Reperee], colonne_cles: int) -> Imprime:
    """A function: the text that was printed at a place of the returned sheet ("" if none, or not known).

    A row is known by its key, the others by the last keyed row above them.
    """
    reperes, rangs = [i for i, _ in reperees], [a.numero - 1 for _, a in reperees]

    def imprime(i: int, j: int) -> str:
        rang = bisect_right(reperes, i) - 1
        if rang < 0 and reperes and reperes[0] != rangs[0]:
            return ""
        ligne = i if rang < 0 else rangs[rang] + i - reperes[rang]
        return imprimes.get((ligne, j - colonne_cles), "")

    return imprime


def effaces(reperees: Sequence[Reperee], blanche: Callable[[int, int], bool], colonne: Callable[[int], int], imprime: Imprime) -> list[tuple[str, str, str]]:
    """(cell, "", text) of the keyed rows whose printed text is blank now; labels and headers are told with what they anchor.

    ``blanche``: is a cell blank, and not accounted for? ``colonne``: a planned column → where it is.
    """
    trouves = []
    for i, attendue in reperees:
        if attendue.role == "entete" or attendue.cle.startswith(INFORMATIONS):
            continue
        ancres = {attendue.colonne_etiquette, *(p.colonne - 1 for p in attendue.places if not attendue.par_entete)}
        for planifiee in attendue.textes.keys() - ancres - attendue.faits.keys():
            j = colonne(planifiee)
            if blanche(i, j) and (avant := imprime(i, j)):
                trouves.append((i, j, avant))
    return [(adresse(i + 1, j + 1), "", avant) for i, j, avant in sorted(trouves)]
