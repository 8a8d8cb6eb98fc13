"""Locked cells whose content the contract alone does not tell: last year's figures and states, what was taken up, the campaign's texts.

What such a cell held when the workbook left is kept by its identification sheet (``contract.rappels``); a template of before
that says nothing of it, and then only what could not have been printed there is known to be typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cls_workbook.contract.reprises import est_memoire
from cls_workbook.reading.egalite import identique, memes

NOMBRE, TEXTE, MEMOIRE = "nombre", "texte", "mémoire"
Rappels = Mapping[str, object]  # key of a row → what was printed in its free cell


class Libre(NamedTuple):
    """``cle``: key of its row. ``imprime``: what the contract alone prints there, "" if nothing."""

    cle: str
    nature: str
    imprime: str = ""


def imprime(libre: Libre, rappels: Rappels | None) -> object:
    """What was printed there, as far as is known."""
    return libre.imprime if rappels is None else rappels.get(libre.cle, libre.imprime)


def admis(lu: object, libre: Libre, rappels: Rappels | None) -> bool:
    """May this stand in such a cell? What may not was typed by someone."""
    if libre.nature == MEMOIRE:
        return lu == "" or est_memoire(lu)
    if rappels is not None:
        return lu == (fait := imprime(libre, rappels)) or identique(lu, fait)
    if libre.nature == NOMBRE:
        return not isinstance(lu, str) or lu == ""
    # the campaign may add what was programmed to the line that recalls the contract's amounts
    return not libre.imprime or memes(lu, libre.imprime) or (isinstance(lu, str) and lu.startswith(f"{libre.imprime} · "))
