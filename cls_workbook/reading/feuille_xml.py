"""The XML of one sheet of an .xlsx → its values, formulas and errors.

Once its values are taken out, a row has the same XML in most returns, and a printed text is the same in all: each is
taken apart once, under a strict grammar, and remembered. Whatever the grammar does not know (prefixes, comments, inline
or rich text, hours, durations…) is not guessed at: ``None``, and the file is left to calamine. What is read here is
what calamine would have read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from cls_workbook.reading.formats_de_date import FORMATS_GARDES, Formats
from cls_workbook.reading.pourcentages import Pourcentage

RETENU_MAX = 3_000  # bytes of a row or of a text that is remembered
RANGEES_MAX, TEXTES_MAX, VALEURS_MAX = 8_000, 4_000, 16_000  # how many are


class Contenu(NamedTuple):
    """One sheet, by address (b"C14"). ``valeurs``: float, str, bool or date; "" for a blank that is written.
    ``formules``: as written in the XML, empty for one that is told by another cell."""

    valeurs: dict[bytes, object]
    formules: dict[bytes, bytes]
    erreurs: frozenset[bytes]


class _Memoire(dict):
    """What is written → what ``lire`` makes of it: worked out once, and forgotten with all the others when they are too many."""

    def __init__(self, lire: Callable, entrees: int):
        super().__init__()
        self._lire, self._entrees = lire, entrees

    def __missing__(self, ecrit):
        lu = self._lire(ecrit)
        if len(ecrit) <= RETENU_MAX:
            if len(self) >= self._entrees:
                self.clear()
            self[ecrit] = lu
        return lu


_TETE = re.compile(
    rb"(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF-8|utf-8)[\"'])?(?: standalone=[\"']\w+[\"'])? ?\?>\s*)?<(\w+)(?: [^>]*)?>"
)


def _racine(xml: bytes, nom: bytes) -> int:
    """Where the inside of the root element begins; -1 if it bears another name, a prefix, or if the part is not in UTF-8."""
    tete = _TETE.match(xml)
    return tete.end() if tete and tete.group(1) == nom and not tete.group().endswith(b"/>") else -1


# --- Shared texts ---------------------------------------------------------------------------------------------------

_TEXTE = re.compile(r'(?: xml:space="(preserve)")?>([^<\r]*)')
_CODE = re.compile("_x[0-9A-Fa-f]{4}_")
_REFERENCE = re.compile("&(?:(lt|gt|quot|apos|amp)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NOMMEES = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_rangs: list[bytes] = []


def textes_partages(xml: bytes) -> dict[bytes, str] | None:
    """Index, as a cell writes it → text. None if one of them is not a plain text. ``xml``: the part ``xl/sharedStrings.xml``."""
    debut, premier, dernier, fin = _racine(xml, b"sst"), b"<si><t", b"</t></si>", b"</t></si></sst>"
    xml = xml.rstrip()
    if debut < 0 or not xml.startswith(premier, debut) or not xml.endswith(fin):
        return None
    try:
        textes = list(map(_textes.__getitem__, xml[debut + len(premier) : -len(fin)].split(dernier + premier)))
    except ValueError:
        return None
    _rangs.extend(b"%d" % rang for rang in range(len(_rangs), len(textes)))
    return dict(zip(_rangs, textes, strict=False))


def _texte_lu(xml: bytes) -> str:
    """What stands between ``<si><t`` and ``</t></si>`` → the text. ValueError for anything but a plain text."""
    ecrit = xml.decode("utf-8")
    lu = _TEXTE.fullmatch(ecrit)
    if lu is None:
        raise ValueError(ecrit)
    texte = _chaine(lu.group(2))
    if not lu.group(1) and texte.strip(" \t\n") != texte:
        raise ValueError(ecrit)  # outer spaces that are not said to be meant
    return texte


_textes = _Memoire(_texte_lu, TEXTES_MAX)


def _chaine(ecrit: str) -> str:
    """A text of the XML, references resolved. ValueError for anything but the entities of XML and plain characters."""
    if "_x" in ecrit and _CODE.search(ecrit):
        raise ValueError(ecrit)
    if "&" not in ecrit:
        return ecrit
    net, nombre = _REFERENCE.subn(_reference, ecrit)
    if nombre != ecrit.count("&"):
        raise ValueError(ecrit)
    return net


def _reference(trouvee: re.Match[str]) -> str:
    nom, decimal, hexadecimal = trouvee.groups()
    if nom:
        return _NOMMEES[nom]
    caractere = chr(int(decimal) if decimal else int(hexadecimal, 16))  # ValueError beyond Unicode
    if caractere not in "\t\n" and not caractere.isprintable():
        raise ValueError(caractere)
    return caractere


# --- Rows, once their values are taken out --------------------------------------------------------------------------


class _Rangee(NamedTuple):
    """``adresses``: of the cells that have a value, in order; ``natures``: None for a shared text, else (type, format)."""

    adresses: tuple[bytes, ...]
    natures: tuple[tuple[bytes, bytes] | None, ...]
    formules: tuple[tuple[bytes, bytes], ...]
    erreurs: tuple[bytes, ...]


_C = rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]+)")?(?: t="(s|n|str|b|e)")?'  # address, format, type
_F = rb"(<f(?:[ /][^<>]*)?>)(?:([^<]*)</f>)?"  # start of the formula, formula
_CELLULE = re.compile(rb"%s(?: ?/>|>(?:%s)?(<v>|<v ?/>)?</c>)" % (_C, _F))
_RANGEE = re.compile(rb"(?: [^<>]*)?(?:/>|>(?:%s)*</row>)" % re.sub(rb"\((?!\?)", b"(?:", _CELLULE.pattern))


def _rangee_lue(xml: bytes) -> _Rangee:
    """What follows ``<row``, with ``<v>`` in place of each value. ValueError for what is not of the usual shape."""
    if not _RANGEE.fullmatch(xml):
        raise ValueError(xml)
    adresses, natures, formules, erreurs = [], [], [], []
    for adresse, style, nature, debut, formule, valeur in _CELLULE.findall(xml):
        if debut:
            if debut.endswith(b"/>") == (formule != b"") or (nature == b"str" and not valeur):
                raise ValueError(xml)
            formules.append((adresse, formule))
        if valeur.endswith(b"/>") and nature in (b"str", b"e", b"b"):
            raise ValueError(xml)
        if valeur == b"<v>":
            adresses.append(adresse)
            natures.append(None if nature == b"s" else (nature or b"n", style))
        if valeur == b"<v>" and nature == b"e":
            erreurs.append(adresse)
    return _Rangee(tuple(adresses), tuple(natures), tuple(formules), tuple(erreurs))


_rangees = _Memoire(_rangee_lue, RANGEES_MAX)

# --- Sheets ---------------------------------------------------------------------------------------------------------

_DEBUT, _FIN, _VIDE = b"<sheetData>", b"</sheetData>", b"<sheetData/>"
_VALEUR = re.compile(rb"<v>([^<]*)</v>")
_NOMBRE = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]{1,3})?")
_LOGIQUES = {b"1": True, b"0": False}
_JOURS = 61, 2_958_465  # from 1 March 1900, after the day that never was, to 31 December 9999
_ORIGINE = date(1899, 12, 30)


def contenu(xml: bytes, textes: dict[bytes, str], formats: Formats) -> Contenu | None:
    """The cells of a sheet. None if its XML is not of the usual shape, or if a value is better left to calamine."""
    debut, fin = xml.find(_DEBUT), xml.rfind(_FIN)
    if _racine(xml, b"worksheet") < 0:
        return None
    if debut < 0 or fin < debut:
        return Contenu({}, {}, frozenset()) if debut < 0 and fin < 0 and xml.count(_VIDE) == 1 and b"<!" not in xml else None
    corps = xml[debut + len(_DEBUT) : fin]
    try:
        return _contenu(corps, textes, formats)
    except (KeyError, ValueError):
        return None


def _contenu(corps: bytes, textes: dict[bytes, str], formats: Formats) -> Contenu:
    morceaux = _VALEUR.split(corps)
    avant, *suite = b"<v>".join(morceaux[::2]).split(b"<row")
    if avant:
        raise ValueError(avant)
    rangees = list(map(_rangees.__getitem__, suite))
    adresses, natures, formules, erreurs = (chain.from_iterable(map(itemgetter(champ), rangees)) for champ in range(len(_Rangee._fields)))
    autres = _autres(formats)
    lues = [textes[ecrit] if nature is None else autres[ecrit, *nature] for nature, ecrit in zip(natures, morceaux[1::2], strict=True)]
    return Contenu(dict(zip(adresses, lues, strict=True)), dict(formules), frozenset(erreurs))


@lru_cache(maxsize=FORMATS_GARDES)
def _autres(formats: Formats) -> _Memoire:
    """(value as written, type, format) → the value of a cell that is no shared text."""
    return _Memoire(lambda cellule: _valeur(*cellule, formats), VALEURS_MAX)


def _valeur(ecrit: bytes, nature: bytes, style: bytes, formats: Formats) -> object:
    """The value of a cell that is no shared text. KeyError or ValueError for what is left to calamine."""
    match nature:
        case b"str":
            if b"\r" in ecrit:
                raise ValueError(ecrit)
            return _chaine(ecrit.decode("utf-8"))
        case b"e":
            return ""
        case b"b":
            return _LOGIQUES[ecrit]
    if not ecrit:
        return ""
    if not _NOMBRE.fullmatch(ecrit) or style in formats.durees:
        raise ValueError(ecrit)
    nombre = float(ecrit)
    if style not in formats.dates:
        return Pourcentage(nombre) if style in formats.pourcentages else nombre
    if not _JOURS[0] <= nombre <= _JOURS[1] or not nombre.is_integer():
        raise ValueError(ecrit)
    return _ORIGINE + timedelta(days=int(nombre))
