"""Formulas that came back: are they those that were sent, however a spreadsheet rewrites them; and what they do, in words.

Excel, LibreOffice and openpyxl write the same formula with other spaces, case, quotes, separators; a renamed sheet
changes its name in all of them, an inserted row its addresses; a sheet copied to a new workbook still looks at the
former one. None of that is a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from cls_workbook.reading.formules import Speciale

_MORCEAU = re.compile(
    r"""(?P<texte>"(?:[^"]|"")*")
    |(?P<feuille>(?:'(?:[^']|'')*'|(?:\[[^\]]*\])?[\w.\u00c0-\u024f]+)!)
    |(?P<adresse>\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}(?![\w(])|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?![\w(]))
    |(?P<nombre>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)
    |(?P<mot>[A-Za-z_][\w.]*)
    |(?P<autre>\S)""",
    re.VERBOSE,
)
_ODF = re.compile(r"""("(?:[^"]|"")*")|\[([^\]]*)\]|(;)""")
_ODF_FEUILLE = re.compile(r"(?:'((?:[^']|'')*)'#)?\$?('(?:[^']|'')*'|[^.:\[\]'#]*)\.(?=\$?[A-Za-z])")
_COLONNES = re.compile(r"(\$?[A-Z]{1,3})\$?1:(\$?[A-Z]{1,3})\$?1048576")  # whole columns, as some programs write them
_SOMME = re.compile(r"\bSUM\((\$?[A-Z]+\$?\d+):(\$?[A-Z]+\$?\d+)\)")
_COMPTE = re.compile(r"\bCOUNTA\((\$?[A-Z]+\$?\d+):(\$?[A-Z]+\$?\d+)\)")
_QUOTIENT = re.compile(r"(?<![\w$])(\$?[A-Z]+\$?\d+)/(\$?[A-Z]+\$?\d+)")


class Changee(NamedTuple):
    """A formula in place of another: row and column from 0."""

    ligne: int
    colonne: int
    avant: str
    apres: str


def changees(speciales: Mapping[tuple[int, int], Speciale], attendues: Mapping[tuple[int, int], str], en_place: bool) -> Iterator[Changee]:
    """The formulas of a sheet that are not those ``attendues`` at the same place.

    ``en_place`` False: rows have moved, so that addresses say nothing; what a formula does with them still does.
    A formula that lost what it spoke of (#REF!) is the trace of a deletion, told elsewhere; one that follows another
    (« shared ») has no text of its own.
    """
    for place, avant in attendues.items():
        speciale = speciales.get(place)
        if speciale is None or not speciale.formule or speciale.formule == avant or "#REF!" in speciale.formule:
            continue
        if signature(speciale.formule, en_place) != signature(avant, en_place):
            yield Changee(*place, avant, texte_lisible(speciale.formule))


@lru_cache(maxsize=20_000)  # the same formulas come back in every return
def signature(formule: str, adresses: bool = True) -> tuple[str, ...]:
    """What stays of a formula whatever program wrote it. ``adresses`` False: addresses are all alike."""
    morceaux, ailleurs = [], False
    for m in _MORCEAU.finditer(_COLONNES.sub(r"\1:\2", texte_lisible(formule))):
        nature, texte = m.lastgroup, m.group()
        if nature == "texte":
            morceaux.append(" ".join(texte.split()))
        elif nature == "adresse":
            # On another sheet, rows may have been inserted that this one knows nothing of.
            morceaux.append(texte.upper().replace("$", "") if adresses and not ailleurs else "#")
        elif nature == "nombre":
            morceaux.append(f"{float(texte):g}")
        elif nature == "mot":
            morceaux.append(texte.upper().removeprefix("_XLFN.").removeprefix("_XLWS."))
        elif nature == "autre":
            morceaux.append("," if texte == ";" else texte)
        ailleurs = nature == "feuille" or (ailleurs and (nature == "adresse" or texte == ":"))
    return _sans_plages(morceaux)


def _sans_plages(morceaux: list[str]) -> tuple[str, ...]:
    """« #:# » as « # »: a range of one row is written as one cell by some."""
    return tuple(" ".join(morceaux).replace("# : #", "#").split(" "))


@lru_cache(maxsize=20_000)
def texte_lisible(formule: str) -> str:
    """As Excel shows it in English, without the equals sign: an ODF formula is put in that form."""
    texte = formule.strip()
    odf = texte.startswith(("of:", "oooc:", "msoxl:"))
    texte = (texte.partition(":")[2] if odf else texte).lstrip("= ")
    return _ODF.sub(_du_odf, texte) if odf else texte


def _du_odf(m: re.Match[str]) -> str:
    if m.group(1):
        return m.group(1)
    if m.group(3):
        return ","
    return _ODF_FEUILLE.sub(_feuille_du_odf, m.group(2)).replace("!.", "!")


def _feuille_du_odf(m: re.Match[str]) -> str:
    fichier, feuille = m.groups()
    if not fichier:
        return f"{feuille}!" if feuille else ""
    return f"'[{fichier.rpartition('/')[2]}]{feuille.strip(chr(39))}'!"


def en_mots(formule: str) -> str:
    """What one of our formulas computes, for someone who does not read formulas."""
    nue = formule.replace("$", "")
    if m := _QUOTIENT.search(nue):
        return f"{m.group(1)} divisé par {m.group(2)}"
    if m := _SOMME.search(nue):
        return f"la somme de {m.group(1)} à {m.group(2)}"
    if m := _COMPTE.search(nue):
        return f"le nombre de cases remplies de {m.group(1)} à {m.group(2)}"
    return f"la formule « ={formule if len(formule) <= 80 else formule[:79] + '…'} »"
