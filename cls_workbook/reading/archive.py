"""The bytes of a returned file → its parts, inflated when they are asked for.

Everything that could make reading dangerous or slow is refused here, before anything else sees the file: a part is
never larger than the directory of the zip announced, and what the directory announces has been judged.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from functools import lru_cache
from io import BytesIO

from zlib_ng import zlib_ng  # inflates twice as fast

from cls_workbook.errors import Refus

TAILLE_MAX = 30_000_000  # bytes of a file; a filled workbook weighs 0.2 to 1 million
GONFLE_MAX = 250_000_000  # bytes once inflated
RATIO_MAX, RATIO_SUR = 400, 5_000_000  # a part that swells more than this, from this size on, is no spreadsheet
PARTIES_MAX = 5_000
COMMUNE_MAX = 200_000  # bytes of a part that is kept for the next file
_TETE, _CHIFFREE = 30, 0x1  # bytes before the name of a part in a zip; the flag of an encrypted one
_COMMUNES = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
REFAIRE = "Enregistrez à nouveau le classeur au format .xlsx ou .ods depuis votre tableur, puis renvoyez-le."
_ORIGINAL = "Renvoyez le classeur d’origine, rempli, au format .xlsx ou .ods."
_ABIME = ("Le fichier est abîmé : son contenu ne se décompresse pas.", (REFAIRE,))
_PIEGES = tuple("<!DOCTYPE".encode(codage) for codage in ("utf-16-le", "utf-16-be"))  # nothing is declared outside a DOCTYPE
_FAUTES = (zipfile.BadZipFile, zlib.error, zlib_ng.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, struct.error)


class Parties:
    """The parts of a workbook by name. Refus (with the remedy as detail) for a file that cannot or must not be read."""

    def __init__(self, contenu: bytes):
        _refuser_si_autre_chose(contenu)
        self.contenu = contenu
        try:
            with zipfile.ZipFile(BytesIO(contenu)) as archive:
                _juger(archive)
                self._annoncees = {partie.filename: partie for partie in archive.infolist()}
        except _FAUTES as faute:
            raise Refus(*_ABIME) from faute
        self._lues: dict[str, bytes] = {}

    def __contains__(self, nom: str) -> bool:
        return nom in self._annoncees

    def __getitem__(self, nom: str) -> bytes:
        """A part, inflated; empty if there is none of that name."""
        if nom not in self._lues:
            try:
                self._lues[nom] = _lire(self.contenu, self._annoncees[nom]) if nom in self._annoncees else b""
            except _FAUTES as faute:
                raise Refus(*_ABIME) from faute
        return self._lues[nom]

    def eprouver(self) -> None:
        """Inflates all that calamine will inflate: proves that the sizes announced are true, and that there is no DOCTYPE."""
        for nom in self._annoncees:
            if _utile(nom):
                self[nom]


# --- What the file is -----------------------------------------------------------------------------------------------


def _refuser_si_autre_chose(contenu: bytes) -> None:
    if not contenu:
        raise Refus("Le fichier est vide (0 octet).", (_ORIGINAL,))
    if len(contenu) > TAILLE_MAX:
        raise Refus(
            f"Le fichier pèse plus de {TAILLE_MAX // 1_000_000} Mo, la limite.",
            ("Retirez les images et les feuilles ajoutées, puis renvoyez-le.",),
        )
    if not contenu.startswith(b"PK\x03\x04"):
        raise Refus(*_autre_format(contenu))


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
        return "Le fichier est une page web ou un fichier XML, quelle que soit son extension.", (REFAIRE,)
    if b"\x00" not in contenu[:4096]:
        return "Le fichier est un texte (par exemple .csv), quelle que soit son extension.", (_ORIGINAL,)
    return "Le fichier n’est pas un classeur, ou il est abîmé.", (REFAIRE,)


def _juger(archive: zipfile.ZipFile) -> None:
    parties = archive.infolist()
    noms = {p.filename for p in parties}
    if len(noms) != len(parties) or len(parties) > PARTIES_MAX:
        raise Refus("Le fichier est abîmé : son sommaire interne est incohérent.", (REFAIRE,))
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
    gonfler = _gonfler_une_fois if partie.filename in _COMMUNES and partie.file_size < COMMUNE_MAX else _gonfler
    return gonfler(brut, partie.compress_type == zipfile.ZIP_DEFLATED, partie.file_size, partie.CRC)


def _gonfler(brut: bytes, comprimee: bool, taille: int, controle: int) -> bytes:
    gonflee = zlib_ng.decompressobj(-zlib_ng.MAX_WBITS).decompress(brut, taille + 1) if comprimee else brut
    if len(gonflee) != taille or zlib_ng.crc32(gonflee) != controle:
        raise zipfile.BadZipFile("taille ou somme de contrôle")
    # A lone character is looked for ten times as fast, and most parts have none.
    if (b"!" in gonflee and b"<!DOCTYPE" in gonflee) or (b"\x00" in gonflee and any(piege in gonflee for piege in _PIEGES)):
        raise Refus("Le fichier contient une déclaration DOCTYPE, qu’aucun tableur n’écrit.", (REFAIRE,))
    return gonflee


_gonfler_une_fois = lru_cache(maxsize=24)(_gonfler)  # the same bytes come back in the returns of many senders
