"""How cells look in the open workbook: the charte through xlwings, one call for each rectangle of one look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

from cls_workbook.button.rectangles import rectangles
from cls_workbook.workbook import look
from cls_workbook.workbook.description import Cell, Link

if TYPE_CHECKING:
    import xlwings

    from cls_workbook.workbook.description import CellRange

TEXT, GENERAL = "@", "General"
# What a style says → where a range keeps it. Where there is no alignment, figures stand right and texts left.
_ALIGNMENT = "align"
_TRAITS = {
    "bg_color": "color",
    "font_color": "font.color",
    "font_size": "font.size",
    "bold": "font.bold",
    "italic": "font.italic",
    "text_wrap": "wrap_text",
    _ALIGNMENT: "horizontal_alignment",
    "valign": "vertical_alignment",
}
Thickness = Literal["hairline", "thin", "medium", "thick"]
_THICKNESSES: dict[int, Thickness] = {1: "thin", 2: "medium", 3: "thin", 5: "thick", 7: "hairline"}

RangeOf = Callable[["CellRange"], "xlwings.Range"]


def set_formats(cells: Iterable[Cell], zone: RangeOf) -> None:
    """The number format of each cell. What is text is « @ », so that nothing typed by a partner is ever taken for a
    formula. A blank takes the format of the cell above: fewer rectangles, and nothing to show anyway."""
    formats: dict[tuple[int, int], str] = {}
    for line, column, valeur, style in cells:
        if isinstance(valeur, (str, Link)):
            formats[line, column] = TEXT
        elif valeur is None and (line - 1, column) in formats:
            formats[line, column] = formats[line - 1, column]
        else:
            formats[line, column] = look.style(style).get("num_format", GENERAL)
    for cell_range, format_ in rectangles(formats):
        if format_ != GENERAL:  # what was cleared is General already
            zone(cell_range).number_format = format_


def style_cells(cells: Iterable[Cell], zone: RangeOf, *, align: bool) -> None:
    """Background, font, wrapping and rules. ``align`` False: figures right and texts left, as Excel does by itself."""
    styles = {(c.line, c.column): look.style(c.style) for c in cells}
    for trait, attribute in _TRAITS.items():
        if align or trait != _ALIGNMENT:
            for cell_range, value in rectangles({p: s[trait] for p, s in styles.items() if trait in s}):
                target = zone(cell_range)
                owner = target.font if attribute.startswith("font.") else target
                setattr(owner, attribute.removeprefix("font."), "center" if value == "vcenter" else value)
    for cell_range, rule in rectangles({p: rule for p, s in styles.items() if (rule := _rule_below(s))}):
        _draw_rule_below(zone(cell_range), *rule)


def _rule_below(style: look.Settings) -> tuple[Thickness, str] | None:
    thickness = style.get("bottom", style.get("border"))
    color: str = style["bottom_color"] if "bottom_color" in style else style.get("border_color", "")
    return (_THICKNESSES[thickness], color) if thickness else None


def _draw_rule_below(zone: xlwings.Range, thickness: Thickness, color: str) -> None:
    sides = ["edge_bottom", "inside_horizontal"] if zone.shape[0] > 1 else ["edge_bottom"]
    if thickness == "thin":  # as a new rule is
        zone.borders.set(sides, line_style="continuous", color=color)
    else:
        zone.borders.set(sides, line_style="continuous", color=color, weight=thickness)
