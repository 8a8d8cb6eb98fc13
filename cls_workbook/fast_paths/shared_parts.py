"""The archive that a workbook is: parts taken out and put into another as they stand, compressed once.

What ``assemble`` writes is what Python's ``zipfile`` would, byte for byte; it cannot copy a part without compressing it
again.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

USUAL, FAST = zlib.Z_DEFAULT_COMPRESSION, zlib.Z_BEST_SPEED
_DAY = (1 << 5) | 1  # 1 January 1980, the format's first day, as XlsxWriter writes it
_SYSTEM = zipfile.ZipInfo().create_system
_VERSION = 20  # of the format: files deflated
_PERMISSIONS = 0o600 << 16
# zip's own structures (APPNOTE 4.3.7, 4.3.12, 4.3.16)
_HEADER, _DIRECTORY, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s2B5H3L5H2L"), struct.Struct("<4s4H2LH")


class Part(NamedTuple):
    """A part as it stands in an archive."""

    check: int  # CRC-32 of the content
    size: int  # of the content, in bytes
    compressed: bytes

    def header(self, nom: bytes) -> tuple[int, ...]:
        """What is said of it both before it and in the directory."""
        return (_VERSION, 0, zipfile.ZIP_DEFLATED, 0, _DAY, self.check, len(self.compressed), self.size, len(nom), 0)


class LongText:
    """A long text put aside piece by piece, compressed as it comes: it is never whole in memory."""

    PIECE_SIZE = 1 << 18  # characters

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0
        self._compressed_pieces: list[bytes] = []

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= self.PIECE_SIZE:
            self._compressed_pieces.append(zlib.compress(self.texte().encode(), 1))
            self._pieces, self._size = [], 0

    @property
    def long(self) -> bool:
        """Is there more of it than what ``texte`` gives?"""
        return bool(self._compressed_pieces)

    def texte(self) -> str:
        """What has not been compressed yet: all, unless ``long``."""
        return "".join(self._pieces)

    def __iter__(self) -> Iterator[bytes]:
        yield from map(zlib.decompress, self._compressed_pieces)
        yield self.texte().encode()


def compress(content: bytes, niveau: int = USUAL) -> Part:
    """``niveau``: ``FAST`` takes a third of the time, for a part a tenth larger or so."""
    return compress_pieces((content,), niveau)


def compress_pieces(pieces: Iterable[bytes], niveau: int = USUAL) -> Part:
    """The same part as if the pieces had been one."""
    compressor, check, size, compressed_pieces = zlib.compressobj(niveau, wbits=-zlib.MAX_WBITS), 0, 0, []
    for piece in pieces:
        check, size = zlib.crc32(piece, check), size + len(piece)
        compressed_pieces.append(compressor.compress(piece))
    return Part(check, size, b"".join([*compressed_pieces, compressor.flush()]))


def compress_start(content: bytes, tail: Part) -> Part:
    """A part that ends as ``tail``, which is compressed already: what comes before it is, and nothing refers from one
    to the other."""
    compressor, start = zlib.compressobj(wbits=-zlib.MAX_WBITS), content[: len(content) - tail.size]
    return Part(
        zlib.crc32(content),
        len(content),
        compressor.compress(start) + compressor.flush(zlib.Z_FULL_FLUSH) + tail.compressed,
    )


def complete(archive: bytes, where: bytes, reserves: Mapping[str, LongText]) -> bytes:
    """The archive with each reserve in its part, in the middle of ``where``, which is there once: an element without
    content."""
    contents, middle = extract(archive), where.index(b"</")
    parts = {nom: part for nom, (_, part) in contents.items()}
    for nom, reserve in reserves.items():
        before, after = contents[nom][0].split(where)
        parts[nom] = compress_pieces(chain([before + where[:middle]], reserve, [where[middle:] + after]))
    return assemble(parts.items())


def extract(archive: bytes) -> dict[str, tuple[bytes, Part]]:
    """Name → content, and the part as it stands, in the order of the archive; every one is deflated."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for info in opened.infolist():
            *_, nom, extra = _HEADER.unpack_from(archive, info.header_offset)
            start = info.header_offset + _HEADER.size + nom + extra
            parts[info.filename] = (
                opened.read(info),
                Part(info.CRC, info.file_size, archive[start : start + info.compress_size]),
            )
    return parts


def assemble(parts: Iterable[tuple[str, Part]]) -> bytes:
    """The archive of these parts, in their order. Names are ASCII."""
    buffer, directory = io.BytesIO(), []
    for texte, part in parts:
        nom = texte.encode("ascii")
        header, start = part.header(nom), buffer.tell()
        buffer.write(_HEADER.pack(b"PK\3\4", *header) + nom + part.compressed)
        directory.append(_DIRECTORY.pack(b"PK\1\2", _VERSION, _SYSTEM, *header, 0, 0, 0, _PERMISSIONS, start) + nom)
    start, final = buffer.tell(), b"".join(directory)
    buffer.write(final + _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), len(final), start, 0))
    return buffer.getvalue()
