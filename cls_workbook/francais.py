"""How French is written and compared: amounts, rates and dates as sheets and messages show them; texts folded.

Pure. Nothing here judges what was typed: see ``saisie``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

NBSP = "\u00a0"
CENTIME = Decimal("0.01")
CHOIX_CITES = 12
NOMS_CITES = 20


def nombre_fr(nombre: Decimal | int | float | None, decimales: int | None = None) -> str:
    """« 1 234,5 »; "" for None. ``decimales`` fixes how many are shown (half-up); else as many as the number has."""
    if nombre is None:
        return ""
    exact = nombre if isinstance(nombre, Decimal) else Decimal(str(nombre))
    if decimales is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)
    texte = f"{exact + 0:,f}"  # + 0: no « -0 »
    if decimales is None and "." in texte:
        texte = texte.rstrip("0").rstrip(".")
    return texte.replace(",", NBSP).replace(".", ",")


def montant_fr(montant: Decimal | int | None) -> str:
    """« 1 234,56 € »; « 1 234 € » for whole euros; "" for None."""
    if montant is None:
        return ""
    arrondi = Decimal(montant).quantize(CENTIME, rounding=ROUND_HALF_UP)
    return f"{nombre_fr(arrondi, 0 if arrondi == arrondi.to_integral_value() else 2)}{NBSP}€"


def taux_fr(taux: Decimal | float | None, decimales: int | None = None) -> str:
    """« 12,5 % » for 0.125; "" for None."""
    return "" if taux is None else f"{nombre_fr(Decimal(str(taux)) * 100, decimales)}{NBSP}%"


def date_fr(jour: date | None) -> str:
    """« 15/03/2025 »; "" for None."""
    return "" if jour is None else f"{jour.day:02}/{jour.month:02}/{jour.year:04}"


def enumere(mots: Iterable[str], limite: int = CHOIX_CITES) -> str:
    """« a », « b » … each in guillemets, at most ``limite`` of them."""
    return liste([f"«{NBSP}{mot}{NBSP}»" for mot in mots], limite)


def liste(mots: Sequence[str], limite: int = NOMS_CITES) -> str:
    """a, b, c… at most ``limite`` of them, then how many more there are."""
    cites, reste = ", ".join(mots[:limite]), len(mots) - limite
    return cites if reste <= 0 else f"{cites} et {nombre_fr(reste)} autre{'s' if reste > 1 else ''}"


# --- Characters -----------------------------------------------------------------------------------------------------

_ESPACES = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_APOSTROPHES = "’‘ʼ＇‛`´"
_TIRETS = "‐‑‒–—―−﹣－"
_SENS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # can make a text read backwards
_INVISIBLES = _SENS + "\u200b\u200c\u200d\u2060\ufeff\u00ad"

POUR_NOMBRE = str.maketrans(
    dict.fromkeys(_ESPACES, " ")
    | dict.fromkeys("’ʼ＇", "'")
    | {"−": "-", "－": "-", "＋": "+", "．": ".", "，": ",", "％": "%"}
    | {chr(0xFF10 + n): str(n) for n in range(10)}
)
_POUR_CHOIX = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_TIRETS, "-"))
_RETIRES = str.maketrans(dict.fromkeys(_INVISIBLES))


@lru_cache(maxsize=5_000)  # the same labels, choices and names come back in every return
def plier(texte: str) -> str:
    """The text without what two people type differently: case, accents, apostrophes, hyphens, spaces, last stop."""
    # Apostrophes first: NFKC would make a space and an accent of « ´ ».
    plat = unicodedata.normalize("NFKC", sans_invisibles(texte).translate(_POUR_CHOIX)).casefold()
    plat = plat.replace("œ", "oe").replace("æ", "ae")
    sans_accent = "".join(c for c in unicodedata.normalize("NFKD", plat) if not unicodedata.combining(c))
    return " ".join(sans_accent.split()).rstrip(" .,;:!")


def de(nom: str) -> str:
    """« de Chenôve », « d’Ahuy », « du Creusot », « des Ulis »: elided before a vowel, and before h as most place names are."""
    for article, contracte in (("Le ", "du "), ("Les ", "des ")):
        if nom.startswith(article):
            return contracte + nom[len(article) :]
    return f"d’{nom}" if plier(nom)[:1] in "aeiouyh" else f"de {nom}"


def sans_invisibles(texte: str) -> str:
    """Without the characters of no width that come with a copy from a web page or a PDF."""
    return texte.translate(_RETIRES)


def sans_controle(texte: str) -> str:
    """Without what no sheet can hold (control characters, lone surrogates) or show (changes of direction)."""
    if texte.isprintable():  # the common case: nothing to look for
        return texte
    lignes = texte.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lignes if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _SENS and c not in "\ufeff\ufffe\uffff"))


# --- Typography -----------------------------------------------------------------------------------------------------

_AVANT = re.compile(r" (?=[:;!?»€%])")


@lru_cache(maxsize=5_000)  # the same sentences come back on every sheet
def typographie(texte: str) -> str:
    """The same sentence with the non-breaking spaces that French wants."""
    return _AVANT.sub(NBSP, texte).replace("« ", f"«{NBSP}")


def combien(nombre: int, nom: str) -> str:
    """« 1 contrat », « 12 contrats »; in French, zero is singular."""
    return f"{nombre} {nom}{'s' * (nombre > 1)}"
