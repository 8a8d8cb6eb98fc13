"""The XML of one sheet of an .xlsx → its values, formulas and errors, in a single pass.

Spreadsheets all write a sheet in the same few shapes, which two regular expressions take apart four times as fast as a
reader of spreadsheets does. Whatever has another shape (prefixes, comments, inline or rich text, hours, durations…) is
not guessed at: ``None``, and the file is left to calamine. What is read here is what calamine would have read.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from cls_workbook.reading.formats_de_date import Formats


class Contenu(NamedTuple):
    """One sheet, by address (b"C14"). ``valeurs``: float, str, bool or date; no blank, but a text may be empty.
    ``formules``: as written in the XML, empty for one that is told by another cell."""

    valeurs: dict[bytes, object]
    formules: dict[bytes, bytes]
    erreurs: set[bytes]


# --- A part, as spreadsheets write them -----------------------------------------------------------------------------

_TETE = re.compile(
    rb"(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF-8|utf-8)[\"'])?(?: standalone=[\"']\w+[\"'])? ?\?>\s*)?<(\w+)[ >]"
)


def _corps(xml: bytes, racine: bytes) -> int:
    """Where the root element begins, for a part in UTF-8, without prefix, of elements and texts only; else -1."""
    tete = _TETE.match(xml)
    if tete is None or tete.group(1) != racine or b"<!" in xml or xml.find(b"<?", tete.end()) >= 0:
        return -1
    return tete.start(1)


# --- Shared texts ---------------------------------------------------------------------------------------------------

_TEXTE = re.compile('<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_BORDS_BLANCS = ("<t> ", "<t>\n", "<t>\t", " </t>", "\n</t>", "\t</t>", "&#")
_A_ROGNER = re.compile(r"<t>(?:[ \t\n]|&#|[^<]*(?:[ \t\n]|&#\w+;)</t>)")
_CODE = re.compile("_x[0-9A-Fa-f]{4}_")
_rangs: list[bytes] = []


def textes_partages(xml: bytes) -> dict[bytes, str] | None:
    """Index, as a cell writes it → text. None if one of them is not a plain text. ``xml``: the part ``xl/sharedStrings.xml``."""
    debut = _corps(xml, b"sst")
    try:
        ecrit = xml[debut:].decode("utf-8") if debut >= 0 else "\r"
    except UnicodeDecodeError:
        return None
    textes = _TEXTE.findall(ecrit)
    if "\r" in ecrit or len(textes) != ecrit.count("<si") or ecrit.count("</") != 2 * len(textes) + 1 or ("_x" in ecrit and _CODE.search(ecrit)):
        return None
    if any(bord in ecrit for bord in _BORDS_BLANCS) and _A_ROGNER.search(ecrit):
        return None  # outer spaces that are not said to be meant
    if "&" in ecrit:
        try:
            textes = [_sans_entites(t) if "&" in t else t for t in textes]
        except ValueError:
            return None
    _rangs.extend(b"%d" % rang for rang in range(len(_rangs), len(textes)))
    return dict(zip(_rangs, textes, strict=False))


_REFERENCE = re.compile("&(?:(lt|gt|quot|apos|amp)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NOMMEES = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}


@lru_cache(maxsize=5_000)
def _sans_entites(texte: str) -> str:
    """ValueError for anything but the five entities of XML and the number of a plain character."""
    net, nombre = _REFERENCE.subn(_reference, texte)
    if nombre != texte.count("&"):
        raise ValueError(texte)
    return net


def _reference(trouvee: re.Match[str]) -> str:
    nom, decimal, hexadecimal = trouvee.groups()
    if nom:
        return _NOMMEES[nom]
    caractere = chr(int(decimal) if decimal else int(hexadecimal, 16))  # ValueError beyond Unicode
    if caractere not in "\t\n" and not caractere.isprintable():
        raise ValueError(caractere)
    return caractere


# --- Cells ----------------------------------------------------------------------------------------------------------

_VIDE, _DEBUT, _FIN = b"<sheetData/>", b"<sheetData>", b"</sheetData>"
# Address, other attributes, start of the formula, formula, value. A blank cell has no content, and is passed over.
_CELLULE = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"([^/>]*)>(?:(<f(?:[ /][^>]*)?>)(?:([^<]*)</f>)?)?(?:<v>([^<]*)</v>|<v ?/>)?</c>')
_ATTRIBUTS = re.compile(rb'(?: s="([0-9]+)")?(?: t="(s|n|str|b|e)")?')
_NOMBRE = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]{1,3})?")
_LOGIQUES = {b"1": True, b"0": False}
_JOURS = 61, 2_958_465  # from 1 March 1900, after the day that never was, to 31 December 9999
_ORIGINE = date(1899, 12, 30)


def contenu(xml: bytes, textes: dict[bytes, str], formats: Formats) -> Contenu | None:
    """The cells of a sheet. None if its XML is not of the usual shape, or if a value is better left to calamine."""
    if _corps(xml, b"worksheet") < 0:
        return None
    debut, fin = xml.find(_DEBUT), xml.rfind(_FIN)
    if debut < 0 or fin < debut or xml.find(_DEBUT, debut + 1) >= 0:
        return Contenu({}, {}, set()) if debut < 0 and xml.count(_VIDE) == 1 else None
    corps = xml[debut + len(_DEBUT) : fin]
    cellules = _CELLULE.findall(corps)
    # Every cell that holds something was taken apart in full, and nothing but cells was passed over.
    fermees, autres = corps.count(b"</c>"), sum(map(corps.count, (b"</row>", b"</v>", b"</f>")))
    if len(cellules) != fermees or corps.count(b"</") != fermees + autres:
        return None
    if corps.count(b"<v") != fermees and b't="str"' in corps:
        return None  # a text that was not written is not an empty text
    try:
        return _contenu(cellules, textes, formats)
    except (KeyError, ValueError):
        return None


def _contenu(cellules: list[tuple[bytes, ...]], textes: dict[bytes, str], formats: Formats) -> Contenu | None:
    valeurs: dict[bytes, object] = {}
    formules: dict[bytes, bytes] = {}
    erreurs: set[bytes] = set()
    natures: dict[bytes, tuple[bytes, bytes]] = {}
    for adresse, attributs, debut, formule, ecrit in cellules:
        if attributs not in natures:
            natures[attributs] = _nature(attributs)
        style, nature = natures[attributs]
        if nature == b"s":
            if ecrit:
                valeurs[adresse] = textes[ecrit]
        elif nature == b"n":
            if ecrit:
                valeurs[adresse] = _nombre(ecrit, style, formats)
        elif nature == b"str":
            valeurs[adresse] = _chaine(ecrit)
        elif nature == b"b":
            valeurs[adresse] = _LOGIQUES[ecrit]
        else:
            valeurs[adresse] = ""
            erreurs.add(adresse)
        if debut:
            formules[adresse] = formule
    return Contenu(valeurs, formules, erreurs)


def _nature(attributs: bytes) -> tuple[bytes, bytes]:
    """(index of the format, type) of a cell. ValueError if it has other attributes."""
    lus = _ATTRIBUTS.fullmatch(attributs)
    if lus is None:
        raise ValueError(attributs)
    return lus.group(1) or b"", lus.group(2) or b"n"


def _nombre(ecrit: bytes, style: bytes, formats: Formats) -> float | date:
    """ValueError for what is no plain number, and for hours and durations."""
    if not _NOMBRE.fullmatch(ecrit) or style in formats.durees:
        raise ValueError(ecrit)
    nombre = float(ecrit)
    if style not in formats.dates:
        return nombre
    if not _JOURS[0] <= nombre <= _JOURS[1] or not nombre.is_integer():
        raise ValueError(ecrit)
    return _ORIGINE + timedelta(days=int(nombre))


def _chaine(ecrit: bytes) -> str:
    texte = ecrit.decode("utf-8")
    if "\r" in texte or ("_x" in texte and _CODE.search(texte)):
        raise ValueError(texte)
    return _sans_entites(texte) if "&" in texte else texte
