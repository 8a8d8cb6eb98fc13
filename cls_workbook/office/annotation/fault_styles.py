"""The styles of a returned workbook: the same cell in another colour, those of a sheet brought from elsewhere."""

from __future__ import annotations

import re

from cls_workbook.office.annotation.returned_package import ReturnedPackage, UnusualArchive, first_child, nom
from cls_workbook.office.annotation.xml_tree import Element

_FIRST_FILE_FORMAT = 164  # number formats from this rank on are defined by each file
_WITHOUT_FORMAT = (0, 49)  # « Standard », « Texte »
_FILL = re.compile(r"(\w+)\|([\w=;.]*)\|([\w=;.]*)")
_ATTRIBUTES = ("rgb", "theme", "indexed", "tint", "auto")


class ArchiveStyles:
    """``xl/styles.xml`` of one archive. Ranks are those of ``cellXfs``, which cells cite."""

    def __init__(self, package: ReturnedPackage):
        part = package.part_of_type("styles")
        if part is None:
            raise UnusualArchive("xl/styles.xml")
        self.root = package.xml(part)
        self._lists = {tag: first_child(self.root, tag) for tag in ("fonts", "fills", "borders", "cellXfs")}
        self._fills: dict[str, int] = {}
        self._recolored: dict[tuple[int, int], int] = {}
        self._formatted: dict[tuple[int, int], int] = {}

    def _add(self, tag: str, element: Element) -> int:
        listing = self._lists[tag]
        listing.append(element)
        listing.set("count", str(len(listing)))
        return len(listing) - 1

    def _xf(self, rank: int) -> Element:
        if not 0 <= rank < len(self._lists["cellXfs"]):
            raise UnusualArchive(f"style {rank}")
        return self._lists["cellXfs"][rank]

    # --- backgrounds ---

    def fill(self, rank: int) -> str:
        """The background of a style in one word, to be given back to ``fill_cell``: ``solid|rgb=FFFFF6D6|``."""
        numero = int(self._xf(rank).get("fillId", 0))
        motif = self._lists["fills"][numero].find(nom("patternFill")) if numero < len(self._lists["fills"]) else None
        if motif is None:
            return "none||"
        colors = [motif.find(nom(c)) for c in ("fgColor", "bgColor")]
        told = (";".join(f"{a}={c.get(a)}" for a in _ATTRIBUTES if c is not None and c.get(a)) for c in colors)
        return f"{motif.get('patternType', 'none')}|{'|'.join(told)}"

    def fill_cell(self, rank: int, fill: str) -> int:
        """The rank of the same style on another background."""
        if fill not in self._fills:
            self._fills[fill] = self._add("fills", _element(fill))
        cle = rank, self._fills[fill]
        if cle not in self._recolored:
            xf = self._xf(rank).copy()
            xf.set("fillId", str(self._fills[fill]))
            xf.set("applyFill", "1")
            self._recolored[cle] = self._add("cellXfs", xf)
        return self._recolored[cle]

    # --- number formats ---

    def formatted(self, rank: int, numero: int) -> int:
        """The rank of the same style with a number format of Excel's own; a style that has one keeps it."""
        xf = self._xf(rank)
        if int(xf.get("numFmtId", 0)) not in _WITHOUT_FORMAT:
            return rank
        if (rank, numero) not in self._formatted:
            double = xf.copy()
            double.set("numFmtId", str(numero))
            double.set("applyNumberFormat", "1")
            self._formatted[rank, numero] = self._add("cellXfs", double)
        return self._formatted[rank, numero]

    # --- a sheet from elsewhere ---

    def importer(self, other: ArchiveStyles, rank: int) -> int:
        """The rank here of a style of another archive."""
        source = other._xf(rank)
        xf = source.copy()
        for tag, attribute in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
            xf.set(attribute, str(self._add(tag, other._lists[tag][int(source.get(attribute, 0))].copy())))
        xf.set("xfId", "0")
        if int(source.get("numFmtId", 0)) >= _FIRST_FILE_FORMAT:
            xf.set("numFmtId", "0")
        return self._add("cellXfs", xf)


def plain_fill(color: str) -> str:
    """A plain background of colour ``#RRGGBB``, as ``ArchiveStyles.fill`` writes it but for what each program adds."""
    return f"solid|rgb=FF{color.lstrip('#').upper()}|indexed=64"


def _element(fill: str) -> Element:
    known = _FILL.fullmatch(fill)
    pattern, *colors = known.groups() if known else ("none",)
    element = Element(nom("fill"))
    motif = element.add(nom("patternFill"), patternType=pattern)
    for tag, color in zip(("fgColor", "bgColor"), colors, strict=False):
        if attributes := dict(a.split("=", 1) for a in color.split(";") if a.partition("=")[0] in _ATTRIBUTES):
            motif.add(nom(tag), attributes)
    return element
