"""How much room a text takes: the charte's font is Calibri, whose characters each have their width.

Lets a row be just as high as its text needs, before any spreadsheet has seen it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

# Widths of Calibri's characters (Carlito's are the same) in thousandths of an em, rounded up to the next twenty.
_CLASSES = {
    240: " 'ijlìíîï\u202f", 260: ",.I·ÌÍÎÏ’", 280: ":;", 320: "()-J[]f{}", 340: "!t°", 360: "r", 400: "/\\sz",
    420: '"L', 440: "cxºç", 460: "FSkvy|ÿ", 480: "?Zagàáâãäå", 500: "#*+<=>ETY_e~×ÈÉÊËèéêë–•", 520: "$0123456789KPX\u00a0«»€",
    540: "CbdhnopquÇñòóôõöùúûü", 560: "BR", 580: "AVÀÁÂÃÄ", 620: "D", 640: "GH", 660: "NUÙÚÛÜ", 680: "OQÒÓÔÖ", 720: "%w&…",
    800: "m", 860: "Mœ", 900: "ŒW@", 920: "—←→",
}  # fmt: skip
_LARGEURS = {caractere: largeur for largeur, caracteres in _CLASSES.items() for caractere in caracteres}
_AUTRE = 560
_GRAS = 1.04  # bold is that much wider
_BLANC = 4.0  # points that a cell keeps on its two sides
_RETRAIT = 6.8  # points of an indent of one
_CHIFFRE = 5.25  # points of a digit in 11 points: the unit of column widths


@lru_cache(maxsize=20_000)  # the same words and labels come back on every sheet
def largeur(texte: str, taille: float, gras: bool = False) -> float:
    """Points that the text takes on one line."""
    return sum(_LARGEURS.get(c, _AUTRE) for c in texte) / 1000 * taille * (_GRAS if gras else 1)


def place(colonnes: float, retrait: int = 1) -> float:
    """Points that a cell ``colonnes`` characters wide leaves to its text."""
    return colonnes * _CHIFFRE + 3.75 - _BLANC - _RETRAIT * retrait


def lignes(texte: object, points: float, taille: float, gras: bool = False) -> int:
    """How many lines the text makes in a cell that leaves it ``points``."""
    return sum(_lignes(paragraphe, points, taille, gras) for paragraphe in str("" if texte is None else texte).split("\n"))


def _lignes(paragraphe: str, points: float, taille: float, gras: bool) -> int:
    nombre, pris, blanc = 1, 0.0, largeur(" ", taille, gras)
    for mot in paragraphe.split(" "):
        for morceau in _morceaux(largeur(mot, taille, gras), points):
            if pris and pris + blanc + morceau > points:
                nombre, pris = nombre + 1, morceau
            else:
                pris += (blanc if pris else 0) + morceau
    return nombre


def _morceaux(mot: float, points: float) -> Iterator[float]:
    """A word wider than its cell is broken."""
    while mot > points > 0:
        yield points
        mot -= points
    yield mot
