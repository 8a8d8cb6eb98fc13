"""How cells look: the charte as steps, the same thing said once of all the rectangles that share it.

In a table, what differs from row to row only where it cannot be seen is the same in the whole column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from cls_workbook.redrawing.rectangles import Place, rectangles
from cls_workbook.redrawing.value_forms import is_plain_text
from cls_workbook.workbook import look
from cls_workbook.workbook.description import Cell, CellRange, Link

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
_THICKNESSES = {1: "thin", 2: "medium", 3: "thin", 5: "thick", 7: "hairline"}

# (action, detail) → the ranges that it is for
Gathered = dict[tuple[str, Any], list[CellRange]]


def formats(
    cells: Iterable[Cell], covered: Sequence[Cell], *, align: bool
) -> Iterator[tuple[str, Any, list[CellRange]]]:
    """(action, detail, ranges) of the number formats, then of the looks. ``covered``: the cells under a merge, in the
    style of its first. ``align`` False: figures right and texts left, as Excel does by itself."""
    cells = list(cells)
    gathered: Gathered = defaultdict(list)
    for cell_range, format_ in _number_formats(cells, covered):
        gathered["format", ("number_format", format_)].append(cell_range)
    for detail, cell_range in _looks([*cells, *covered], align=align):
        gathered[detail].append(cell_range)
    for (action, detail), cell_ranges in gathered.items():
        yield action, detail, cell_ranges


def _number_formats(cells: Iterable[Cell], covered: Iterable[Cell]) -> Iterator[tuple[CellRange, str]]:
    """What is text is « @ », so that nothing typed by a partner is ever taken for a formula. A blank, and a text that
    could be nothing else, may have the format of its neighbours."""
    boxes: dict[Place, str] = {}
    plain: list[Place] = []
    free = [(c.line, c.column) for c in covered]
    for line, column, valeur, style in cells:
        if valeur is None or valeur == "":
            free.append((line, column))
        elif not isinstance(valeur, (str, Link)):
            boxes[line, column] = look.style(style).get("num_format", GENERAL)
        elif is_plain_text(valeur if isinstance(valeur, str) else valeur.texte):
            plain.append((line, column))
        else:
            boxes[line, column] = TEXT
    figures = {column for (_, column), format_ in boxes.items() if format_ != TEXT}
    for place in plain:  # a column of texts is one of texts, whatever they are
        if place[1] in figures:
            free.append(place)
        else:
            boxes[place] = TEXT
    for cell_range, format_ in rectangles(boxes, free):
        if format_ != GENERAL:  # what was cleared is General already
            yield cell_range, format_


def _looks(cells: Iterable[Cell], *, align: bool) -> Iterator[tuple[tuple[str, Any], CellRange]]:
    """Background, font, wrapping and rules. What a blank would look like if it held something is free."""
    styles = {(c.line, c.column): look.style(c.style) for c in cells}
    blank = {(c.line, c.column) for c in cells if c.valeur is None or c.valeur == ""}
    no_text = {(c.line, c.column) for c in cells if not isinstance(c.valeur, (str, Link))}
    for trait, attribute in _TRAITS.items():
        if not align and trait == _ALIGNMENT:
            continue
        unseen: Collection[Place] = {"bg_color": set(), "text_wrap": no_text}.get(trait, blank)
        for cell_range, value in _seen(styles, trait, unseen):
            yield ("format", (attribute, "center" if value == "vcenter" else value)), cell_range
    rules = {p: rule for p, s in styles.items() if (rule := _rule_below(s))}
    for cell_range, rule in rectangles(rules):
        yield ("rule", (*rule, cell_range.line != cell_range.last_row)), cell_range


def _seen(
    styles: Mapping[Place, look.Settings], trait: str, unseen: Collection[Place]
) -> Iterator[tuple[CellRange, Any]]:
    boxes = {p: value for p, s in styles.items() if (value := s.get(trait)) is not None and p not in unseen}
    yield from rectangles(boxes, unseen)


def _rule_below(style: look.Settings) -> tuple[str, str] | None:
    thickness = style.get("bottom", style.get("border"))
    color: str = style["bottom_color"] if "bottom_color" in style else style.get("border_color", "")
    return (_THICKNESSES[thickness], color) if thickness else None
