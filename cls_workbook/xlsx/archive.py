"""The archive that a workbook is: parts taken out and put into another as they stand, compressed once.

What ``assembler`` writes is what Python's ``zipfile`` would, byte for byte; it cannot copy a part without compressing it again.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

USUEL, VITE = zlib.Z_DEFAULT_COMPRESSION, zlib.Z_BEST_SPEED
_JOUR = (1 << 5) | 1  # 1 January 1980, the format's first day, as XlsxWriter writes it
_SYSTEME = zipfile.ZipInfo().create_system
_VERSION = 20  # of the format: files deflated
_DROITS = 0o600 << 16
# zip's own structures (APPNOTE 4.3.7, 4.3.12, 4.3.16)
_ENTETE, _REPERTOIRE, _FIN = struct.Struct("<4s5H3L2H"), struct.Struct("<4s2B5H3L5H2L"), struct.Struct("<4s4H2LH")


class Part(NamedTuple):
    """A part as it stands in an archive."""

    controle: int  # CRC-32 of the content
    taille: int  # of the content, in bytes
    comprime: bytes

    def entete(self, nom: bytes) -> tuple[int, ...]:
        """What is said of it both before it and in the directory."""
        return (_VERSION, 0, zipfile.ZIP_DEFLATED, 0, _JOUR, self.controle, len(self.comprime), self.taille, len(nom), 0)


class Reserve:
    """A long text put aside piece by piece, compressed as it comes: it is never whole in memory."""

    MORCEAU = 1 << 18  # characters

    def __init__(self) -> None:
        self._morceaux: list[str] = []
        self._taille = 0
        self._comprimes: list[bytes] = []

    def ajouter(self, morceau: str) -> None:
        self._morceaux.append(morceau)
        self._taille += len(morceau)
        if self._taille >= self.MORCEAU:
            self._comprimes.append(zlib.compress(self.texte().encode(), 1))
            self._morceaux, self._taille = [], 0

    @property
    def longue(self) -> bool:
        """Is there more of it than what ``texte`` gives?"""
        return bool(self._comprimes)

    def texte(self) -> str:
        """What has not been compressed yet: all, unless ``longue``."""
        return "".join(self._morceaux)

    def __iter__(self) -> Iterator[bytes]:
        yield from map(zlib.decompress, self._comprimes)
        yield self.texte().encode()


def comprimer(contenu: bytes, niveau: int = USUEL) -> Part:
    """``niveau``: ``VITE`` takes a third of the time, for a part a tenth larger or so."""
    return comprimer_par_morceaux((contenu,), niveau)


def comprimer_par_morceaux(morceaux: Iterable[bytes], niveau: int = USUEL) -> Part:
    """The same part as if the pieces had been one."""
    compresseur, controle, taille, comprimes = zlib.compressobj(niveau, wbits=-zlib.MAX_WBITS), 0, 0, []
    for morceau in morceaux:
        controle, taille = zlib.crc32(morceau, controle), taille + len(morceau)
        comprimes.append(compresseur.compress(morceau))
    return Part(controle, taille, b"".join([*comprimes, compresseur.flush()]))


def comprimer_le_debut(contenu: bytes, queue: Part) -> Part:
    """A part that ends as ``queue``, which is compressed already: what comes before it is, and nothing refers from one to the other."""
    compresseur, debut = zlib.compressobj(wbits=-zlib.MAX_WBITS), contenu[: len(contenu) - queue.taille]
    return Part(zlib.crc32(contenu), len(contenu), compresseur.compress(debut) + compresseur.flush(zlib.Z_FULL_FLUSH) + queue.comprime)


def completer(archive: bytes, ou: bytes, reserves: Mapping[str, Reserve]) -> bytes:
    """The archive with each reserve in its part, in the middle of ``ou``, which is there once: an element without content."""
    contenus, milieu = extraire(archive), ou.index(b"</")
    parts = {nom: part for nom, (_, part) in contenus.items()}
    for nom, reserve in reserves.items():
        avant, apres = contenus[nom][0].split(ou)
        parts[nom] = comprimer_par_morceaux(chain([avant + ou[:milieu]], reserve, [ou[milieu:] + apres]))
    return assembler(parts.items())


def extraire(archive: bytes) -> dict[str, tuple[bytes, Part]]:
    """Name → content, and the part as it stands, in the order of the archive; every one is deflated."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as lue:
        for info in lue.infolist():
            *_, nom, plus = _ENTETE.unpack_from(archive, info.header_offset)
            debut = info.header_offset + _ENTETE.size + nom + plus
            parts[info.filename] = lue.read(info), Part(info.CRC, info.file_size, archive[debut : debut + info.compress_size])
    return parts


def assembler(parts: Iterable[tuple[str, Part]]) -> bytes:
    """The archive of these parts, in their order. Names are ASCII."""
    tampon, repertoire = io.BytesIO(), []
    for texte, part in parts:
        nom = texte.encode("ascii")
        entete, debut = part.entete(nom), tampon.tell()
        tampon.write(_ENTETE.pack(b"PK\3\4", *entete) + nom + part.comprime)
        repertoire.append(_REPERTOIRE.pack(b"PK\1\2", _VERSION, _SYSTEME, *entete, 0, 0, 0, _DROITS, debut) + nom)
    debut, final = tampon.tell(), b"".join(repertoire)
    tampon.write(final + _FIN.pack(b"PK\5\6", 0, 0, len(repertoire), len(repertoire), len(final), debut, 0))
    return tampon.getvalue()
