"""Logos from a folder: which files, how large, where they stand at the head of the Synthèse."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP
from cls_workbook.reports.synthese.synthese_pieces import FIRST, POINT, UNITS, Board
from cls_workbook.reports.synthese.text_heights import PIXELS
from cls_workbook.workbook.description import Picture

KINDS = (".png", ".jpg", ".jpeg")
MIN_BYTES, MAX_BYTES = 44, 5_000_000
ROW = 42.0  # points
SCREEN, _METRE = 96.0, 0.0254  # pixels of an inch of screen; metres of an inch
_INCHES = {1: 1.0, 2: 2.54}  # a JPEG's unit of density → by inch
_MARGIN = 4  # pixels around a logo
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # the markers after which a JPEG says its size


class Logo(NamedTuple):
    """``width`` and ``height`` in pixels, as a spreadsheet shows it; ``nom``: of its file, without its kind."""

    nom: str
    content: bytes
    width: float
    height: float


def logos_in(folder: str | Path | None) -> list[Logo]:
    """Those of a folder, by name. Refusal if it does not exist, holds none, or holds one that cannot be read."""
    if folder is None:
        return []
    folder = Path(folder)
    if not folder.is_dir():
        raise Refusal(f"Le dossier de logos «{NBSP}{folder}{NBSP}» n’existe pas.")
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in KINDS)
    if not files:
        raise Refusal(f"Aucun logo (.png ou .jpg) dans «{NBSP}{folder}{NBSP}».")
    return [_read(path) for path in files]


def _read(path: Path) -> Logo:
    content = path.read_bytes() if MIN_BYTES <= path.stat().st_size <= MAX_BYTES else b""
    size = _png_size(content) or _jpeg_size(content)
    if size is None or not min(size):
        raise Refusal(f"«{NBSP}{path.name}{NBSP}» n’est pas une image PNG ou JPEG lisible, de 5 Mo au plus.")
    return Logo(path.stem, content, *size)


def _png_size(content: bytes) -> tuple[float, float] | None:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    place = content.find(b"pHYs")
    if place < 0 or content[place + 12 : place + 13] != b"\x01":
        return width, height
    by_metre = struct.unpack(">II", content[place + 4 : place + 12])
    return _shown(width, by_metre[0] * _METRE), _shown(height, by_metre[1] * _METRE)


def _jpeg_size(content: bytes) -> tuple[float, float] | None:
    place, by_inch = (2 if content[:2] == b"\xff\xd8" else len(content)), (SCREEN, SCREEN)
    while place + 9 < len(content) and content[place] == 0xFF:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        if marker == 0xE0 and content[place + 11] in _INCHES:
            unit = _INCHES[content[place + 11]]
            across, down = struct.unpack(">HH", content[place + 12 : place + 16])
            by_inch = across * unit, down * unit
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return _shown(width, by_inch[0]), _shown(height, by_inch[1])
        place += 2 + length
    return None


def _shown(pixels: int, by_inch: float) -> float:
    """Pixels of the screen that a spreadsheet gives to an image that says how dense it is."""
    return pixels * SCREEN / by_inch if by_inch else float(pixels)


def draw(board: Board, logos: Sequence[Logo]) -> None:
    """Side by side in equal rooms, each as large as its room allows; nothing where there is none."""
    if not logos:
        return
    room = max(1, UNITS // len(logos))
    wide, high = room * PIXELS - 2 * _MARGIN, ROW * POINT - 2 * _MARGIN
    for rank, logo in enumerate(logos[:UNITS]):
        scale = min(wide / logo.width, high / logo.height)
        board.sheet.pictures.append(Picture(board.line, FIRST + rank * room, logo.content, scale, f"Logo : {logo.nom}"))
    board.empty(ROW)
