"""The bytes of a returned file → its sheets: values as stored, and which cells hold a formula or an error.

Everything that could make reading dangerous or slow is refused here, before a spreadsheet library sees the file.
Values come from calamine, which gives the same blank for an empty cell, for ``#REF!`` and for a formula that was
never computed: the XML of the sheets tells them apart.
"""

from __future__ import annotations

import itertools
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cls_workbook.errors import Refus
from cls_workbook.xlsx.sheets import adresse

TAILLE_MAX = 30_000_000  # bytes of a file; a filled workbook weighs 0.2 to 1 million
GONFLE_MAX = 250_000_000  # bytes once inflated
RATIO_MAX, RATIO_SUR = 400, 5_000_000  # a part that swells more than this, from this size on, is no spreadsheet
PARTIES_MAX = 5_000
_TETE, _CHIFFREE = 30, 0x1  # bytes before the name of a part in a zip; the flag of an encrypted one
CELLULES_MAX = 1_000_000  # of the rectangle from A1 to the last value of a sheet: calamine holds it all

_REFAIRE = "Enregistrez à nouveau le classeur au format .xlsx ou .ods depuis votre tableur, puis renvoyez-le."
_ORIGINAL = "Renvoyez le classeur d’origine, rempli, au format .xlsx ou .ods."


@dataclass(slots=True)
class Grille:
    """One sheet: ``lignes`` from A1, blanks as "". ``speciales``: (row, column), from 0, of each cell that holds a formula
    or an error → its formula (None: an error without formula) and whether it is in error."""

    nom: str
    lignes: list[list]
    speciales: Mapping[tuple[int, int], Speciale]


class Speciale(NamedTuple):
    formule: str | None
    erreur: bool


class Classeur:
    """An opened file, sheet by sheet. Refus (with the remedy as detail) if it cannot or must not be read."""

    def __init__(self, contenu: bytes):
        parties = _parties(contenu)
        self._tableur = _Ods(parties) if "content.xml" in parties else _Xlsx(parties)
        self._tableur.verifier()
        self._calamine = _ouvrir(contenu)
        feuilles = [f for f in self._calamine.sheets_metadata if f.typ == SheetTypeEnum.WorkSheet]
        self.noms = [f.name for f in feuilles]
        self.cachees = {f.name for f in feuilles if f.visible != SheetVisibleEnum.Visible}

    def grilles(self, sauf: str = "") -> Iterator[tuple[str, list[list]]]:
        """(name, rows) of each worksheet, in the order of the tabs. ``sauf``: a sheet to leave out if it is hidden."""
        for nom in self.noms:
            if nom != sauf or nom not in self.cachees:
                yield nom, _lignes(self._calamine, nom)

    def grille(self, nom: str, lignes: list[list]) -> Grille:
        return Grille(nom, lignes, self._tableur.speciales(nom))


# --- What the file is -----------------------------------------------------------------------------------------------


def _parties(contenu: bytes) -> dict[str, bytes]:
    """The XML parts of a workbook, inflated, once the directory of the zip has been judged."""
    if not contenu:
        raise Refus("Le fichier est vide (0 octet).", (_ORIGINAL,))
    if len(contenu) > TAILLE_MAX:
        raise Refus(
            f"Le fichier pèse {len(contenu) // 1_000_000} Mo ; la limite est {TAILLE_MAX // 1_000_000} Mo.",
            ("Retirez les images et les feuilles ajoutées, puis renvoyez-le.",),
        )
    if not contenu.startswith(b"PK\x03\x04"):
        raise Refus(*_autre_format(contenu))
    try:
        with zipfile.ZipFile(BytesIO(contenu)) as archive:
            _juger(archive)
            return {partie.filename: _lire(contenu, partie) for partie in archive.infolist() if _utile(partie.filename)}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, struct.error) as faute:
        raise Refus("Le fichier est abîmé : son contenu ne se décompresse pas.", (_REFAIRE,)) from faute


def _autre_format(contenu: bytes) -> tuple[str, tuple[str, ...]]:
    """What a file that is no zip is, and the remedy."""
    if contenu.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in contenu:
            return "Le classeur est protégé par un mot de passe à l’ouverture.", (
                "Retirez le mot de passe (Fichier, Informations, Protéger le classeur), enregistrez, puis renvoyez-le.",
            )
        return "Le fichier est à l’ancien format Excel (.xls).", ("Ouvrez-le, enregistrez-le au format .xlsx, puis renvoyez-le.",)
    if contenu.lstrip()[:5] == b"%PDF-":
        return "Le fichier est un PDF : les réponses ne peuvent pas y être lues.", (_ORIGINAL,)
    if contenu.lstrip()[:200].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        return "Le fichier est une page web ou un fichier XML, quelle que soit son extension.", (_REFAIRE,)
    if b"\x00" not in contenu[:4096]:
        return "Le fichier est un texte (par exemple .csv), quelle que soit son extension.", (_ORIGINAL,)
    return "Le fichier n’est pas un classeur, ou il est abîmé.", (_REFAIRE,)


def _juger(archive: zipfile.ZipFile) -> None:
    parties = archive.infolist()
    noms = {p.filename for p in parties}
    if len(noms) != len(parties) or len(parties) > PARTIES_MAX:
        raise Refus("Le fichier est abîmé : son sommaire interne est incohérent.", (_REFAIRE,))
    gonfle = sum(p.file_size for p in parties)
    bombe = any(p.file_size > RATIO_SUR and p.file_size > RATIO_MAX * max(1, p.compress_size) for p in parties)
    if gonfle > GONFLE_MAX or bombe:
        raise Refus(
            f"Le fichier est anormalement volumineux une fois décompressé ({gonfle // 1_000_000} Mo).",
            ("Supprimez les lignes et feuilles inutiles, ou reportez vos réponses dans le classeur d’origine.",),
        )
    if "xl/workbook.xml" in noms or ("content.xml" in noms and _est_un_ods(archive)):
        return
    if "xl/workbook.bin" in noms:
        raise Refus("Le fichier est au format binaire d’Excel (.xlsb).", ("Ouvrez-le, enregistrez-le au format .xlsx, puis renvoyez-le.",))
    if "word/document.xml" in noms:
        raise Refus("Le fichier est un document Word.", (_ORIGINAL,))
    raise Refus("Le fichier est une archive ou un document qui n’est pas un classeur, quelle que soit son extension.", (_ORIGINAL,))


def _est_un_ods(archive: zipfile.ZipFile) -> bool:
    manifeste = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
    if b"encryption-data" in manifeste:
        raise Refus("Le classeur est protégé par un mot de passe à l’ouverture.", ("Enregistrez-le sans mot de passe, puis renvoyez-le.",))
    return "mimetype" not in archive.namelist() or b"spreadsheet" in archive.read("mimetype")


def _utile(nom: str) -> bool:
    """The parts that calamine will inflate: reading them here first proves that the sizes announced are true."""
    return nom in ("content.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels") or bool(
        re.fullmatch(r"xl/(sharedStrings|styles|worksheets/.*)\.xml", nom, re.IGNORECASE)
    )


def _lire(contenu: bytes, partie: zipfile.ZipInfo) -> bytes:
    """One part, inflated. BadZipFile if it is not what the directory of the zip announces.

    ``ZipFile.read`` does the same in small pieces, and takes three times as long.
    """
    debut = partie.header_offset + _TETE
    nom, supplement = struct.unpack_from("<2H", contenu, debut - 4)
    debut += nom + supplement
    brut = contenu[debut : debut + partie.compress_size]
    if partie.flag_bits & _CHIFFREE or partie.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(partie.filename)
    gonflee = brut if partie.compress_type == zipfile.ZIP_STORED else zlib.decompressobj(-zlib.MAX_WBITS).decompress(brut, partie.file_size + 1)
    if len(gonflee) != partie.file_size or zlib.crc32(gonflee) != partie.CRC:
        raise zipfile.BadZipFile(partie.filename)
    if b"<!" in gonflee and (b"<!DOCTYPE" in gonflee or b"<!ENTITY" in gonflee):
        raise Refus("Le fichier contient une déclaration DOCTYPE, qu’aucun tableur n’écrit.", (_REFAIRE,))
    return gonflee


def _ouvrir(contenu: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(BytesIO(contenu))
    except (CalamineError, OSError, ValueError) as faute:
        raise Refus("Le fichier est abîmé : le classeur ne s’ouvre pas.", (_REFAIRE,)) from faute


def _lignes(classeur: CalamineWorkbook, nom: str) -> list[list]:
    try:
        return classeur.get_sheet_by_name(nom).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as faute:
        raise Refus(f"Le fichier est abîmé : la feuille « {nom} » ne se lit pas.", (_REFAIRE,)) from faute


def _refuser_si_trop_etendue(nom: str, ligne: int, colonne: int) -> None:
    """A single value at the far end of a sheet makes a rectangle of billions of cells."""
    if ligne * colonne > CELLULES_MAX:
        raise Refus(
            f"La feuille « {nom} » contient une saisie très loin de son contenu, jusqu’à la cellule {adresse(ligne, colonne)}.",
            ("Supprimez cette saisie (Ctrl+Fin y mène), enregistrez, puis renvoyez le classeur.",),
        )


# --- .xlsx, .xlsm ---------------------------------------------------------------------------------------------------

_REPERE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LOIN = re.compile(rb' r="(?:[A-Z]{2,3}|[A-Z][0-9]{5})')
_VALUEE = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^>]*(?<!/)>")
_ADRESSE, _ERREUR = b'<c r="', b't="e"'


class _Xlsx:
    def __init__(self, parties: dict[str, bytes]):
        self._feuilles = _feuilles_xlsx(parties)

    def verifier(self) -> None:
        for nom, xml in self._feuilles.items():
            # Most sheets stay within A1:Z9999, which is never too much: their cells are not looked at.
            if (_LOIN.search(xml) or b"r='" in xml) and (valuees := _VALUEE.findall(xml)):
                colonnes = {lettres.decode() for lettres, _ in valuees}
                _refuser_si_trop_etendue(nom, max(int(c) for _, c in valuees), max(map(_rang, colonnes)))

    def speciales(self, nom: str) -> dict[tuple[int, int], Speciale]:
        xml = self._feuilles.get(nom, b"")
        trouvees = None if _ERREUR in xml else _formules(xml)
        return _speciales_xlsx(xml) if trouvees is None else trouvees


def _formules(xml: bytes) -> dict[tuple[int, int], Speciale] | None:
    """The formulas, found between the lines: twenty times faster than reading the XML. None if it is not as usual."""
    if b"<worksheet" not in xml[:4096]:
        return None
    trouvees: dict[tuple[int, int], Speciale] = {}
    morceaux = xml.split(b"<f")
    for avant, apres in itertools.pairwise(morceaux):
        if apres[:1] not in (b">", b" ", b"/"):
            continue  # another element, such as <formula1>
        repere, guillemet, reste = avant[avant.rfind(_ADRESSE) + len(_ADRESSE) :].partition(b'"')
        place = _place(repere) if guillemet and reste.find(b">") == len(reste) - 1 and _ADRESSE in avant else None
        if place is None:
            return None
        trouvees[place] = _formule(apres.partition(b">")[2].partition(b"<")[0] if apres[:1] != b"/" else b"")
    return trouvees


@lru_cache(maxsize=20_000)  # the same cells and formulas come back in every return
def _place(repere: bytes) -> tuple[int, int] | None:
    trouve = _REPERE.fullmatch(repere.decode("ascii", "replace"))
    return (int(trouve.group(2)) - 1, _rang(trouve.group(1)) - 1) if trouve else None


@lru_cache(maxsize=20_000)
def _formule(texte: bytes) -> Speciale:
    return Speciale(unescape(texte.decode("utf-8", "replace")), False)


@cache
def _rang(lettres: str) -> int:
    rang = 0
    for lettre in lettres:
        rang = rang * 26 + ord(lettre) - 64
    return rang


def _feuilles_xlsx(parties: dict[str, bytes]) -> dict[str, bytes]:
    """Sheet name → XML, through the relationships of the workbook."""
    cibles: dict[str, str] = {}
    for balise, attributs in _balises(parties.get("xl/_rels/workbook.xml.rels", b"")):
        if balise == "Relationship":
            cible = attributs.get("Target", "")
            cibles[attributs.get("Id", "")] = cible.lstrip("/") if cible.startswith("/") else f"xl/{cible}"
    feuilles = {}
    for balise, attributs in _balises(parties["xl/workbook.xml"]):
        if balise == "sheet":
            relation = next((v for k, v in attributs.items() if k.rpartition("}")[2] == "id" and "}" in k), "")
            feuilles[attributs.get("name", "")] = parties.get(cibles.get(relation, ""), b"")
    return feuilles


def _balises(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """(local name, attributes) of every element."""
    trouvees: list[tuple[str, dict[str, str]]] = []
    lecteur = expat.ParserCreate(namespace_separator="}")
    lecteur.StartElementHandler = lambda nom, attributs: trouvees.append((nom.rpartition("}")[2], attributs))
    _analyser(lecteur, xml)
    return trouvees


def _analyser(lecteur: expat.XMLParserType, xml: bytes) -> None:
    try:
        lecteur.Parse(xml, True)
    except (expat.ExpatError, ValueError) as faute:
        raise Refus("Le fichier est abîmé : une de ses parties n’est pas du XML lisible.", (_REFAIRE,)) from faute


def _speciales_xlsx(xml: bytes) -> dict[tuple[int, int], Speciale]:
    """Formulas and errors, element by element: for any writer, whatever its prefixes, with or without addresses."""
    trouvees: dict[tuple[int, int], Speciale] = {}
    place, ligne, colonne, texte = (-1, -1), -1, -1, None

    def debut(nom: str, attributs: dict[str, str]) -> None:
        nonlocal place, ligne, colonne, texte
        balise = nom.rpartition("}")[2]
        if balise == "row":
            numero = attributs.get("r", "")
            ligne, colonne = int(numero) - 1 if numero.isdecimal() else ligne + 1, -1
        elif balise == "c":
            repere = _REPERE.fullmatch(attributs.get("r", ""))
            colonne = _rang(repere.group(1)) - 1 if repere else colonne + 1
            place = ligne, colonne
            if attributs.get("t") == "e":
                trouvees[place] = Speciale(None, True)
        elif balise == "f":
            texte = ""

    def fin(nom: str) -> None:
        nonlocal texte
        if texte is not None and nom.rpartition("}")[2] == "f":
            trouvees[place] = Speciale(texte, place in trouvees)
            texte = None

    def caracteres(morceau: str) -> None:
        nonlocal texte
        if texte is not None:
            texte += morceau

    lecteur = expat.ParserCreate(namespace_separator="}")
    lecteur.StartElementHandler, lecteur.EndElementHandler, lecteur.CharacterDataHandler = debut, fin, caracteres
    _analyser(lecteur, xml)
    return trouvees


# --- .ods -----------------------------------------------------------------------------------------------------------


class _Ods:
    """``content.xml`` holds every sheet: one pass notes the formulas, the errors and how far the values go."""

    def __init__(self, parties: dict[str, bytes]):
        self._feuilles: dict[str, dict[tuple[int, int], Speciale]] = {}
        self._etendues: dict[str, tuple[int, int]] = {}
        self._feuille, self._ligne, self._colonne, self._repetees, self._niveau = "", 0, 0, 1, 0
        lecteur = expat.ParserCreate()
        lecteur.StartElementHandler, lecteur.EndElementHandler = self._debut, self._fin
        _analyser(lecteur, parties["content.xml"])

    def verifier(self) -> None:
        for nom, (ligne, colonne) in self._etendues.items():
            _refuser_si_trop_etendue(nom, ligne, colonne)

    def speciales(self, nom: str) -> dict[tuple[int, int], Speciale]:
        return self._feuilles.get(nom, {})

    def _debut(self, balise: str, attributs: dict[str, str]) -> None:
        if balise in ("table:table-cell", "table:covered-table-cell"):
            self._cellule(attributs)
        elif balise == "table:table-row":
            self._repetees, self._colonne = int(attributs.get("table:number-rows-repeated", 1)), 0
        elif balise == "table:table":
            self._niveau += 1
            if self._niveau == 1:  # a table inside a cell is none of ours
                self._feuille, self._ligne = attributs.get("table:name", ""), 0
                self._feuilles[self._feuille], self._etendues[self._feuille] = {}, (0, 0)

    def _fin(self, balise: str) -> None:
        if balise == "table:table-row":
            self._ligne += self._repetees
        elif balise == "table:table":
            self._niveau -= 1

    def _cellule(self, attributs: dict[str, str]) -> None:
        largeur = int(attributs.get("table:number-columns-repeated", 1))
        formule = attributs.get("table:formula")
        nature = attributs.get("office:value-type") or attributs.get("calcext:value-type")
        erreur = attributs.get("calcext:value-type") == "error"
        if nature:
            ligne, colonne = self._etendues[self._feuille]
            fin = self._ligne + self._repetees, self._colonne + largeur
            self._etendues[self._feuille] = max(ligne, fin[0]), max(colonne, fin[1])
        if formule is not None or erreur:
            # A formula is rarely repeated, and never far: what is beyond will be refused.
            for ligne in range(self._ligne, self._ligne + min(self._repetees, 1000)):
                for colonne in range(self._colonne, self._colonne + min(largeur, 100)):
                    self._feuilles[self._feuille][ligne, colonne] = Speciale(formule, erreur)
        self._colonne += largeur
