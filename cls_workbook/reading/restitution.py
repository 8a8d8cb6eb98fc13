"""Hidden keys that were erased, given back to their rows: only where everything printed stands as it was sent.

Rows of the returned sheet count from 0. A row without printed text is known by those that surround it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from cls_workbook.reading.egalite import memes
from cls_workbook.reading.reperes import Attendue


def restituer(lignes: Sequence[Sequence], colonne: int, lus: Sequence[tuple[int, str]], attendues: Iterable[Attendue], imprimes: Set[str]) -> list[tuple[int, str]]:
    """The rows (row, key) whose key is missing and that nothing else could be.

    ``colonne``: where the keys stand, or stood (-1: their column was deleted). ``lus``: the keys that are still there. ``imprimes``: every
    text printed on the sheet.
    """
    connues = {cle: i for i, cle in lus}
    prises = {i for i, _ in lus}
    rendues: list[tuple[int, str]] = []
    muettes: list[tuple[int, str]] = []  # rows without text, since the last one that is known
    decalage = 0
    for attendue in attendues:
        ici = connues.get(attendue.cle)
        i = attendue.numero - 1 + decalage
        libre = 0 <= i < len(lignes) and i not in prises
        if ici is None and not attendue.textes and libre:
            if not _porte_un_imprime(lignes[i], attendue, imprimes):
                muettes.append((i, attendue.cle))
            continue
        if ici is None and not (libre and _imprimee(lignes[i], colonne, attendue)):
            muettes = []
            continue
        if ici is None:
            rendues += [*muettes, (i, attendue.cle)]
        else:
            nouveau = ici - (attendue.numero - 1)
            rendues += muettes if nouveau == decalage else []
            decalage = nouveau
        muettes = []
    return rendues


def _porte_un_imprime(ligne: Sequence, attendue: Attendue, imprimes: Set[str]) -> bool:
    """Was another row copied over this one, on which nothing was printed?"""
    choix = {c for p in attendue.places for c in p.choix}
    return any(isinstance(v, str) and v in imprimes and v not in choix for v in ligne)


def _imprimee(ligne: Sequence, colonne: int, attendue: Attendue) -> bool:
    """Does the row hold every text that was printed there?"""
    return all((j := c - 1 + colonne) < len(ligne) and memes(ligne[j], t) for c, t in attendue.textes.items())
