"""The bytes of a returned file → its parts, inflated when they are asked for.

Everything that could make reading dangerous or slow is refused here, before anything else sees the file: a part is
never larger than the directory of the zip announced, and what the directory announces has been judged.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import NamedTuple

from cls_workbook.bounded_memory import Memory
from cls_workbook.errors import Refusal
from cls_workbook.reading.mail_attachments import attached_names

FILE_SIZE_MAX = 30_000_000  # bytes of a file; a filled workbook weighs 0.2 to 1 million
INFLATED_MAX = 250_000_000  # bytes once inflated
RATIO_MAX, RATIO_FROM_SIZE = 400, 5_000_000  # a part that swells more than this, from this size on, is no spreadsheet
PARTS_MAX = 5_000
SHARED_PART_MAX = 200_000  # bytes of a part that is kept for the next file
KEPT_PART_MAX = 2_000_000  # bytes of a part that is kept while its file is read
SHARED_PARTS_KEPT = 24  # the same bytes come back in the returns of many senders
_HEAD = 30  # bytes before the name of a part in a zip
_ENCRYPTED, _UTF_8 = 0x1, 0x800  # flags of a part: it is encrypted, its name is in UTF-8
_SHARED_PARTS = ("_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
_MAIL_HEADERS = re.compile(
    rb"(?mi)^(?:return-path|received|delivered-to|message-id|mime-version|from|to|subject|date|x-[\w-]{1,60}):[ \t]"
)
ATTACHED = (".xlsx", ".xlsm", ".ods")
_NAMES_TOLD = 5  # of the attachments of an e-mail
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_ARCHIVES = (b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b")
UNPACK = "Décompressez-la, déposez les classeurs qu’elle contient dans le dossier des retours, puis retirez-la."
SAVE_AGAIN = "Enregistrez à nouveau le classeur au format .xlsx ou .ods depuis votre tableur, puis renvoyez-le."
SEND_ORIGINAL = "Renvoyez le classeur d’origine, rempli, au format .xlsx ou .ods."
DOCTYPE_FOUND = ("Le fichier contient une déclaration DOCTYPE, qu’aucun tableur n’écrit.", (SAVE_AGAIN,))
_PIECE = 65_536  # bytes inflated at a time
_DAMAGED = ("Le fichier est abîmé : son contenu ne se décompresse pas.", (SAVE_AGAIN,))
_TRAPS = tuple(
    "<!DOCTYPE".encode(encoding) for encoding in ("utf-16-le", "utf-16-be")
)  # nothing is declared outside a DOCTYPE
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


class Deflated(NamedTuple):
    """A part as the zip holds it, and what its directory announces."""

    raw: bytes
    compressed: bool
    size: int
    check: int


SharedParts = Memory[Deflated, bytes]


def shared_parts() -> SharedParts:
    """The small parts that come back in file after file, inflated once."""
    return Memory(_inflate, SHARED_PARTS_KEPT, SHARED_PART_MAX, lambda part: max(part.size, len(part.raw)))


class ZipParts:
    """The parts of a workbook by name, whatever its case. Refusal (with the remedy as detail) if it cannot or must not
    be read."""

    def __init__(self, content: bytes, shared: SharedParts | None = None):
        """``shared``: what is remembered from one file to the next."""
        _refuse_if_something_else(content)
        self._content, self._shared = content, shared
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                _judge(archive)
                self._announced = {_folded(part.filename): part for part in archive.infolist()}
        except _FAULTS as fault:
            raise Refusal(*_DAMAGED) from fault
        self._already_read: dict[str, bytes] = {}

    def __contains__(self, nom: str) -> bool:
        return _folded(nom) in self._announced

    def workbooks(self) -> list[str]:
        """The names of the workbooks that it holds, if it is an archive of files."""
        names = (part.filename.replace("\\", "/").rpartition("/")[2] for part in self._announced.values())
        return sorted(nom for nom in names if nom.casefold().endswith(ATTACHED))

    def size(self, nom: str) -> int:
        """Bytes of a part, once inflated."""
        return self._announced[_folded(nom)].file_size if nom in self else 0

    def __getitem__(self, nom: str) -> bytes:
        """A part, inflated; empty if there is none of that name."""
        if nom in self._already_read or nom not in self:
            return self._already_read.get(nom, b"")
        try:
            deflated = self._deflated(nom)
            shared = self._shared if nom in _SHARED_PARTS else None
            inflated = _inflate(deflated) if shared is None else shared[deflated]
        except _FAULTS as fault:
            raise Refusal(*_DAMAGED) from fault
        if len(inflated) <= KEPT_PART_MAX:
            self._already_read[nom] = inflated
        return inflated

    def pieces(self, nom: str) -> Iterator[bytes]:
        """The same, piece after piece: what is large is never whole in memory."""
        if self.size(nom) <= KEPT_PART_MAX:
            yield self[nom]
            return
        try:
            yield from _inflate_by_pieces(self._deflated(nom))
        except _FAULTS as fault:
            raise Refusal(*_DAMAGED) from fault

    def _deflated(self, nom: str) -> Deflated:
        return _deflated(self._content, self._announced[_folded(nom)])


# --- What the file is -----------------------------------------------------------------------------------------------


def _refuse_if_something_else(content: bytes) -> None:
    if not content:
        raise Refusal("Le fichier est vide (0 octet).", (SEND_ORIGINAL,))
    if len(content) > FILE_SIZE_MAX:
        raise Refusal(
            f"Le fichier pèse plus de {FILE_SIZE_MAX // 1_000_000} Mo, la limite.",
            ("Retirez les images et les feuilles ajoutées, puis renvoyez-le.",),
        )
    if not content.startswith(b"PK\x03\x04"):
        raise Refusal(*_other_format(content))


def _other_format(content: bytes) -> tuple[str, tuple[str, ...]]:
    """What a file that is no zip is, and the remedy."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return "Le classeur est protégé par un mot de passe à l’ouverture.", (
                "Retirez le mot de passe (Fichier, Informations, Protéger le classeur), enregistrez, puis renvoyez-le.",
            )
        if "__substg1.0_".encode("utf-16-le") in content:
            return _mail(any(suffix.encode("utf-16-le") in content for suffix in ATTACHED))
        return "Le fichier est à l’ancien format Excel (.xls).", (
            "Ouvrez-le, enregistrez-le au format .xlsx, puis renvoyez-le.",
        )
    if content.lstrip()[:5] == b"%PDF-":
        return "Le fichier est un PDF : les réponses ne peuvent pas y être lues.", (SEND_ORIGINAL,)
    if content.lstrip()[:200].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        return "Le fichier est une page web ou un fichier XML, quelle que soit son extension.", (SAVE_AGAIN,)
    if len(_MAIL_HEADERS.findall(content[:16_384])) >= 2:
        seems_attached = any(suffix.encode() in content for suffix in (*ATTACHED, "spreadsheetml.sheet"))
        return _mail(seems_attached, attached_names(content, ATTACHED))
    if content.startswith(_IMAGES):
        return "Le fichier est une image : les réponses ne peuvent pas y être lues.", (SEND_ORIGINAL,)
    if content.startswith(_ARCHIVES):
        return "Le fichier est une archive.", (UNPACK,)
    if not any(character < 9 for character in content[:4096]):
        return "Le fichier est un texte (par exemple .csv), quelle que soit son extension.", (SEND_ORIGINAL,)
    return "Le fichier n’est pas un classeur, ou il est abîmé.", (SAVE_AGAIN,)


def _mail(with_workbook: bool, names: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """``with_workbook``: does it seem to carry one? ``names``: of those that it carries, where they are known."""
    if names:
        told = ", ".join(f"« {name} »" for name in names[:_NAMES_TOLD])
        more = f" et {rest} de plus" if (rest := len(names) - _NAMES_TOLD) > 0 else ""
        how_many = "un classeur" if len(names) == 1 else f"{len(names)} classeurs"
        which = "cette pièce jointe" if len(names) == 1 else "ces pièces jointes"
        return f"Le fichier est un courriel, avec {how_many} en pièce jointe : {told}{more}.", (
            f"Ouvrez ce courriel, enregistrez {which} dans le dossier des retours, puis retirez-en le courriel.",
        )
    if not with_workbook:
        return "Le fichier est un courriel, sans classeur en pièce jointe.", (SEND_ORIGINAL,)
    return "Le fichier est un courriel, avec un classeur en pièce jointe.", (
        "Ouvrez ce courriel, enregistrez sa pièce jointe dans le dossier des retours, puis retirez-en le courriel.",
    )


def _judge(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {_folded(p.filename) for p in parts}
    if len(names) != len(parts) or len(parts) > PARTS_MAX:
        raise Refusal("Le fichier est abîmé : son sommaire interne est incohérent.", (SAVE_AGAIN,))
    inflated_size = sum(p.file_size for p in parts)
    is_bomb = any(p.file_size > RATIO_FROM_SIZE and p.file_size > RATIO_MAX * max(1, p.compress_size) for p in parts)
    if inflated_size > INFLATED_MAX or is_bomb:
        raise Refusal(
            f"Le fichier est anormalement volumineux une fois décompressé ({inflated_size // 1_000_000} Mo).",
            ("Supprimez les lignes et feuilles inutiles, ou reportez vos réponses dans le classeur d’origine.",),
        )


def _folded(nom: str) -> str:
    """Names of parts are the same whatever their case; some programs write them the Windows way."""
    return nom.replace("\\", "/").lower()


def _deflated(content: bytes, part: zipfile.ZipInfo) -> Deflated:
    """One part, as it lies in the zip. BadZipFile if it is not what the directory announces.

    ``ZipFile.read`` does the same in small pieces, and takes three times as long.
    """
    start = part.header_offset + _HEAD
    name_length, extra_length = struct.unpack_from("<2H", content, start - 4)
    if content[start : start + name_length] != _name_of(part):  # some programs go by this name
        raise zipfile.BadZipFile(part.filename)
    start += name_length + extra_length
    if part.flag_bits & _ENCRYPTED or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(part.filename)
    raw = content[start : start + part.compress_size]
    return Deflated(raw, part.compress_type == zipfile.ZIP_DEFLATED, part.file_size, part.CRC)


def _name_of(part: zipfile.ZipInfo) -> bytes:
    """The name of a part, as the directory of the zip writes it."""
    return part.orig_filename.encode("utf-8" if part.flag_bits & _UTF_8 else "cp437")


def _inflate_by_pieces(part: Deflated) -> Iterator[bytes]:
    """What ``_inflate`` gives; whoever reads XML refuses a DOCTYPE by itself."""
    given = checked = 0
    for piece in _inflated_pieces(part.raw) if part.compressed else _slices(part.raw):
        given, checked = given + len(piece), zlib.crc32(piece, checked)
        if given > part.size:
            break
        yield piece
    if given != part.size or checked != part.check:
        raise zipfile.BadZipFile("taille ou somme de contrôle")


def _slices(raw: bytes) -> Iterator[bytes]:
    return (raw[start : start + _PIECE] for start in range(0, len(raw), _PIECE))


def _inflated_pieces(raw: bytes) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for remaining in _slices(raw):
        while remaining:
            yield inflater.decompress(remaining, _PIECE)
            remaining = inflater.unconsumed_tail
    while piece := inflater.decompress(b"", _PIECE):
        yield piece


def _inflate(part: Deflated) -> bytes:
    raw, compressed, size, check = part
    inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, size + 1) if compressed else raw
    if len(inflated) != size or zlib.crc32(inflated) != check:
        raise zipfile.BadZipFile("taille ou somme de contrôle")
    # A lone character is looked for ten times as fast, and most parts have none.
    if (b"!" in inflated and b"<!DOCTYPE" in inflated) or (
        b"\x00" in inflated and any(trap in inflated for trap in _TRAPS)
    ):
        raise Refusal(*DOCTYPE_FOUND)
    return inflated
