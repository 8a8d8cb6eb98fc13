"""How cells look in the open workbook: the charte, through xlwings,
one call for each rectangle that shares something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

from cls_workbook.button.rectangles import rectangles
from cls_workbook.workbook import look
from cls_workbook.workbook.description import Cell, Link

if TYPE_CHECKING:
    import xlwings

    from cls_workbook.workbook.description import CellRange

TEXT, GENERAL = "@", "General"
_VERTICAL: dict[str, Vertical] = {"vcenter": "center", "top": "top", "bottom": "bottom"}
_THICKNESSES: dict[int, Thickness] = {1: "thin", 2: "medium", 3: "thin", 5: "thick", 7: "hairline"}

RangeOf = Callable[["CellRange"], "xlwings.Range"]
Horizontal = Literal["left", "center", "right"]
Vertical = Literal["top", "center", "bottom"]
Thickness = Literal["hairline", "thin", "medium", "thick"]


def formats(cells: Iterable[Cell]) -> dict[tuple[int, int], str]:
    """The number format of each cell.

    What is text is « @ », so that nothing typed by a partner is ever taken for a formula.

    A blank takes the format of the cell above: fewer rectangles, and nothing to show anyway.
    """
    hits: dict[tuple[int, int], str] = {}
    for line, column, valeur, style in cells:
        if isinstance(valeur, (str, Link)):
            hits[line, column] = TEXT
        elif valeur is None and (line - 1, column) in hits:
            hits[line, column] = hits[line - 1, column]
        else:
            hits[line, column] = look.style(style).get("num_format", GENERAL)
    return hits


def set_formats(cells: Iterable[Cell], zone: RangeOf) -> None:
    for cell_range, format_ in rectangles(formats(cells)):
        if format_ != GENERAL:  # what was cleared is General already
            zone(cell_range).number_format = format_


def style_cells(cells: Iterable[Cell], zone: RangeOf, *, align: bool) -> None:
    """Background, font, wrapping and rules. ``align`` False: figures right and texts left, as Excel does by itself."""
    styles = {(c.line, c.column): look.style(c.style) for c in cells}
    for read, put in _TRAITS.items():
        if align or read is not _horizontal:
            wanted = {place: value for place, style in styles.items() if (value := read(style)) is not None}
            for cell_range, value in rectangles(wanted):
                put(zone(cell_range), value)


# --- One trait at a time: what the style says of it (None: nothing), and how it is put on a range ---------------------


def _fill(style: look.Settings) -> str | None:
    return style.get("bg_color")


def _color(style: look.Settings) -> str | None:
    return style.get("font_color")


def _size(style: look.Settings) -> float | None:
    return style.get("font_size")


def _bold(style: look.Settings) -> bool | None:
    return style.get("bold")


def _italic(style: look.Settings) -> bool | None:
    return style.get("italic")


def _retour(style: look.Settings) -> bool | None:
    return style.get("text_wrap")


def _horizontal(style: look.Settings) -> Horizontal | None:
    return style.get("align")


def _vertical(style: look.Settings) -> Vertical | None:
    return _VERTICAL.get(style.get("valign", ""))


def _thin_rule(style: look.Settings) -> tuple[Thickness, str] | None:
    """(thickness, colour) of the rule under a cell."""
    thickness = style.get("bottom", style.get("border"))
    color: str = style["bottom_color"] if "bottom_color" in style else style.get("border_color", "")
    return (_THICKNESSES[thickness], color) if thickness else None


def _set_color(zone: xlwings.Range, color: str) -> None:
    zone.font.color = color


def _set_size(zone: xlwings.Range, size: float) -> None:
    zone.font.size = size


def _set_bold(zone: xlwings.Range, bold: bool) -> None:
    zone.font.bold = bold


def _set_italic(zone: xlwings.Range, italic: bool) -> None:
    zone.font.italic = italic


def _set_fill(zone: xlwings.Range, color: str) -> None:
    zone.color = color


def _set_wrap(zone: xlwings.Range, retour: bool) -> None:
    zone.wrap_text = retour


def _align(zone: xlwings.Range, horizontal: Horizontal) -> None:
    zone.horizontal_alignment = horizontal


def _align_vertically(zone: xlwings.Range, vertical: Vertical) -> None:
    zone.vertical_alignment = vertical


def _draw_rule_below(zone: xlwings.Range, rule: tuple[Thickness, str]) -> None:
    thickness, color = rule
    sides = ["edge_bottom", "inside_horizontal"] if zone.shape[0] > 1 else ["edge_bottom"]
    if thickness == "thin":  # as a new rule is
        zone.borders.set(sides, line_style="continuous", color=color)
    else:
        zone.borders.set(sides, line_style="continuous", color=color, weight=thickness)


_TRAITS: dict[Callable[[look.Settings], Any], Callable[[xlwings.Range, Any], None]] = {
    _fill: _set_fill,
    _color: _set_color,
    _size: _set_size,
    _bold: _set_bold,
    _italic: _set_italic,
    _retour: _set_wrap,
    _horizontal: _align,
    _vertical: _align_vertically,
    _thin_rule: _draw_rule_below,
}
