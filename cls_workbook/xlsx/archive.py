"""The archive that a workbook is: parts taken out and put into another as they stand, compressed once.

What ``assembler`` writes is what Python's ``zipfile`` would, byte for byte; it cannot copy a part without compressing it again.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import NamedTuple

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


def comprimer(contenu: bytes) -> Part:
    compresseur = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return Part(zlib.crc32(contenu), len(contenu), compresseur.compress(contenu) + compresseur.flush())


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
