"""How French is written and compared: amounts, rates and dates as sheets and messages show them; texts folded.

Pure. Nothing here judges what was typed: see ``typed``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

TYPE_CHECKING = False  # as type checkers know it: --help reads this module
if TYPE_CHECKING:
    from datetime import date

NBSP = "\u00a0"
CENT = Decimal("0.01")
CHOICES_CITED = 12
NAMES_CITED = 20


def number_fr(nombre: Decimal | int | float | None, decimals: int | None = None) -> str:
    """« 1 234,5 »; "" for None. ``decimals`` fixes how many are shown (half-up); else as many as the number has."""
    if nombre is None:
        return ""
    exact = nombre if isinstance(nombre, Decimal) else Decimal(str(nombre))
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    texte = f"{exact + 0:,f}"  # + 0: no « -0 »
    if decimals is None and "." in texte:
        texte = texte.rstrip("0").rstrip(".")
    return texte.replace(",", NBSP).replace(".", ",")


def amount_fr(montant: Decimal | int | None) -> str:
    """« 1 234,56 € »; « 1 234 € » for whole euros; "" for None."""
    if montant is None:
        return ""
    rounded = Decimal(montant).quantize(CENT, rounding=ROUND_HALF_UP)
    return f"{number_fr(rounded, 0 if rounded == rounded.to_integral_value() else 2)}{NBSP}€"


def rate_fr(taux: Decimal | float | None, decimals: int | None = None) -> str:
    """« 12,5 % » for 0.125; "" for None."""
    return "" if taux is None else f"{number_fr(Decimal(str(taux)) * 100, decimals)}{NBSP}%"


def date_fr(day: date | None) -> str:
    """« 15/03/2025 »; "" for None."""
    return "" if day is None else f"{day.day:02}/{day.month:02}/{day.year:04}"


def quoted_list(words: Iterable[str], limite: int = CHOICES_CITED) -> str:
    """« a », « b » … each in guillemets, at most ``limite`` of them."""
    return listing([f"«{NBSP}{word}{NBSP}»" for word in words], limite)


def listing(words: Sequence[str], limite: int = NAMES_CITED) -> str:
    """a, b, c… at most ``limite`` of them, then how many more there are."""
    quoted, remaining = ", ".join(words[:limite]), len(words) - limite
    return quoted if remaining <= 0 else f"{quoted} et {number_fr(remaining)} autre{'s' if remaining > 1 else ''}"


def all_of(words: Sequence[str]) -> str:
    """« a », « a et b », « a, b et c »."""
    *first, last = words or ("",)
    return f"{', '.join(first)}{' et ' * bool(first)}{last}"


# --- Characters -----------------------------------------------------------------------------------------------------

_SPACES = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_APOSTROPHES = "’‘ʼ＇‛`´"
_HYPHENS = "‐‑‒–—―−﹣－"
_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # can make a text read backwards
_INVISIBLES = _DIRECTIONS + "\u200b\u200c\u200d\u2060\ufeff\u00ad"

FOR_NUMBER = str.maketrans(
    dict.fromkeys(_SPACES, " ")
    | dict.fromkeys("’ʼ＇", "'")
    | {"−": "-", "－": "-", "＋": "+", "．": ".", "，": ",", "％": "%"}
    | {chr(0xFF10 + n): str(n) for n in range(10)}
)
FIRST_ACCENT = "\u0300"  # no character before it combines with another
_FOR_CHOICE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_HYPHENS, "-"))
_WITHOUT_INVISIBLES = str.maketrans(dict.fromkeys(_INVISIBLES))


@lru_cache(maxsize=5_000)  # the same labels, choices and names come back in every return
def fold(texte: str) -> str:
    """The text without what two people type differently: case, accents, apostrophes, hyphens, spaces, last stop."""
    # Apostrophes first: NFKC would make a space and an accent of « ´ ».
    flat = unicodedata.normalize("NFKC", without_invisibles(texte).translate(_FOR_CHOICE)).casefold()
    flat = flat.replace("œ", "oe").replace("æ", "ae")
    if not flat.isascii():
        decomposed = unicodedata.normalize("NFKD", flat)
        flat = "".join([c for c in decomposed if c < FIRST_ACCENT or not unicodedata.combining(c)])
    return " ".join(flat.split()).rstrip(" .,;:!")


def same_look(nom: str) -> str:
    """The name of a file as two people see it alike: accents composed or not (macOS), or written in the bytes of an old
    archive."""
    try:
        seen = nom.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        seen = nom.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        seen = nom
    return unicodedata.normalize("NFC", seen)


# Beginnings, folded, of names of places and structures whose h is aspirated; every other h is silent.
_ASPIRATED = re.compile(
    r"haut|halles?\b|halte|ham(eau)?\b|handi|hangar|hasard|havre|hay|hague\b|hainaut|honfleur|hors\b|houdan|houilles|"
    r"houles|huit|huningue|hurepoix|hutte"
)


def of(nom: str) -> str:
    """« de Chenôve », « d’Ahuy », « du Creusot », « des Ulis », « d’Hérouville », « de Hauteville »: elided before a
    vowel, and before an h that is not aspirated, as most place names are.
    """
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if nom.startswith(article):
            return contracted + nom[len(article) :]
    flat = fold(nom)
    elided = flat[:1] in "aeiouyh" and not _ASPIRATED.match(flat)
    return f"d’{nom}" if elided else f"de {nom}"


def without_invisibles(texte: str) -> str:
    """Without the characters of no width that come with a copy from a web page or a PDF."""
    return texte.translate(_WITHOUT_INVISIBLES)


def without_control_characters(texte: str) -> str:
    """Without what no sheet can hold (control characters, lone surrogates) or show (changes of direction)."""
    if texte.isprintable():  # the common case: nothing to look for
        return texte
    lines = texte.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c
        for c in lines
        if c in "\n\t"
        or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _DIRECTIONS and c not in "\ufeff\ufffe\uffff")
    )


# --- Typography -----------------------------------------------------------------------------------------------------

_SPACE_BEFORE = re.compile(r" (?=[:;!?»€%])")


@lru_cache(maxsize=5_000)  # the same sentences come back on every sheet
def typography(texte: str) -> str:
    """The same sentence with the non-breaking spaces that French wants."""
    return _SPACE_BEFORE.sub(NBSP, texte).replace("« ", f"«{NBSP}")


def how_many(nombre: int | Decimal, nom: str) -> str:
    """« 1 ligne écrite », « 12 lignes écrites »: every word agrees; in French, zero is singular."""
    plural = "s" * (nombre >= 2)
    return f"{number_fr(nombre)} {' '.join(word + plural for word in nom.split(' '))}"
