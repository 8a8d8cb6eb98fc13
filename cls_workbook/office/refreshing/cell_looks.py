"""The same style but for one trait, as a step says it: a number format, a colour, a letter, an alignment, a rule."""

from __future__ import annotations

from typing import Any

from cls_workbook.office.annotation.fault_styles import ArchiveStyles, plain_fill
from cls_workbook.office.annotation.returned_package import nom
from cls_workbook.office.annotation.xml_tree import Element

# Number formats that every Excel knows by a rank of its own.
_KNOWN_FORMATS = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "@": 49}
_FIRST_OWN_FORMAT = 164
_FONT_ORDER = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color"),
    *("name", "family", "charset", "scheme"),
)
_BORDER_ORDER = ("start", "left", "end", "right", "top", "bottom", "diagonal", "vertical", "horizontal")
_THICKNESSES = {"hairline": "hair"}
_ALIGNMENTS = {"wrap_text": "wrapText", "horizontal_alignment": "horizontal", "vertical_alignment": "vertical"}


class CellLooks(ArchiveStyles):
    """Each style is made once, whoever asks for it."""

    _known: dict[tuple[int, Any], int]

    def looking(self, rank: int, trait: Any) -> int:
        """The rank of the style ``rank`` with a trait more: ``(name, value)`` of a step « format », or ``("rule",
        thickness, colour)``."""
        known = self.__dict__.setdefault("_known", {})
        if (rank, trait) not in known:
            known[rank, trait] = self._made(rank, *trait)
        return int(known[rank, trait])

    def _made(self, rank: int, trait: str, *value: Any) -> int:
        if trait == "color":
            return self.fill_cell(rank, plain_fill(value[0]))
        xf = self._xf(rank).copy()
        if trait == "number_format":
            xf.set("numFmtId", str(self._number_format(value[0])))
            xf.set("applyNumberFormat", "1")
        elif trait == "rule":
            xf.set("borderId", str(self._ruled(int(xf.get("borderId", 0)), *value)))
            xf.set("applyBorder", "1")
        elif trait in _ALIGNMENTS:
            _alignment(xf).set(_ALIGNMENTS[trait], "1" if value[0] is True else str(value[0]))
            xf.set("applyAlignment", "1")
        else:
            xf.set("fontId", str(self._lettered(int(xf.get("fontId", 0)), trait, value[0])))
            xf.set("applyFont", "1")
        return self._add("cellXfs", xf)

    def _number_format(self, code: str) -> int:
        if code in _KNOWN_FORMATS:
            return _KNOWN_FORMATS[code]
        formats = self.root.find(nom("numFmts"))
        if formats is None:
            formats = Element(nom("numFmts"))
            self.root.insert(0, formats)
        told = {e.get("formatCode", ""): int(e.get("numFmtId", 0)) for e in formats}
        if code not in told:
            told[code] = max([_FIRST_OWN_FORMAT - 1, *told.values()]) + 1
            formats.add(nom("numFmt"), numFmtId=str(told[code]), formatCode=code)
            formats.set("count", str(len(formats)))
        return told[code]

    def _lettered(self, font_rank: int, trait: str, value: object) -> int:
        """``font.bold``, ``font.italic``, ``font.size`` in points, ``font.color`` as #RRGGBB."""
        font = self._lists["fonts"][font_rank].copy()
        tag = {"font.bold": "b", "font.italic": "i", "font.size": "sz", "font.color": "color"}[trait]
        for former in font.findall(nom(tag)):
            former.detach()
        if tag in ("b", "i"):
            told = Element(nom(tag)) if value else None
        elif tag == "sz":
            told = Element(nom(tag), val=str(value))
        else:
            told = Element(nom(tag), rgb=f"FF{str(value).lstrip('#').upper()}")
        told_all = [*font, *([told] if told is not None else [])]
        font.replace_children(sorted(told_all, key=lambda e: _FONT_ORDER.index(e.local_name)))
        return self._add("fonts", font)

    def _ruled(self, border_rank: int, thickness: str, color: str) -> int:
        border = self._lists["borders"][border_rank].copy()
        for former in border.findall(nom("bottom")):
            former.detach()
        rule = Element(nom("bottom"), style=_THICKNESSES.get(thickness, thickness))
        if color:
            rule.add(nom("color"), rgb=f"FF{color.lstrip('#').upper()}")
        border.replace_children(sorted([*border, rule], key=lambda e: _BORDER_ORDER.index(e.local_name)))
        return self._add("borders", border)


def _alignment(xf: Element) -> Element:
    found = xf.find(nom("alignment"))
    if found is None:
        found = Element(nom("alignment"))
        xf.insert(0, found)
    return found
