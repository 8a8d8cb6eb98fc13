"""Filters that a coordinator left on a table: which of them still make sense once its rows are new."""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.redrawing.kept_notes import written
from cls_workbook.redrawing.planned_sheets import PlannedSheet
from cls_workbook.redrawing.standing_sheet import ColumnFilter

_NEEDS = {  # kind → what it cannot do without
    "values": "values",
    "comparison": "operator",
    "top_items": "how_many",
    "bottom_items": "how_many",
    "top_percent": "percent",
    "bottom_percent": "percent",
}


def filters_to_put_back(
    filters: Sequence[ColumnFilter], planned: PlannedSheet, texts: Sequence[Sequence[str]]
) -> tuple[list[ColumnFilter], tuple[str, ...]]:
    """Those that can be put back, on the column that bears the title again; titles of the columns that lose theirs.

    A choice of texts of which none is there any more would hide every row. ``texts``: the rows to come, headers first.
    """
    assert planned.content is not None and planned.sheet_table is not None
    top, left = planned.start
    beside = planned.neighbours.headers if planned.neighbours else []
    titles = [*planned.sheet_table.columns, *map(written, beside)]
    back, lost = [], []
    for one in filters:
        title = written(planned.content.valeur(top, left + one.field - 1))
        place = titles.index(title) if title in titles else -1
        moved = _still_sensible(one, place, texts) if place >= 0 else None
        if moved:
            back.append(moved)
        else:
            lost.append(title)
    return back, tuple(lost)


def _still_sensible(one: ColumnFilter, place: int, texts: Sequence[Sequence[str]]) -> ColumnFilter | None:
    need = _NEEDS.get(one.kind)
    if not need or not getattr(one, need):
        return None  # colours, periods: nobody can say them again
    moved = one._replace(field=place + 1)
    there = {row[place] for row in texts[1:]} if place < len(texts[0]) else None
    if one.operator in ("equal_to", "not_equal_to"):
        value = one.value1 or ""
        known = there is None or value in there or _is_figure(value)
        pattern = "*" in value or "?" in value  # « contient » : said again, it would be taken word for word
        return moved if (known or one.operator == "not_equal_to") and not pattern else None
    if one.kind != "values" or there is None:
        return moved
    remaining = tuple(v for v in one.values if v in there or _is_figure(v))
    return moved._replace(values=remaining) if remaining else None


def _is_figure(texte: str) -> bool:
    """A figure or a date is told as it is shown: it cannot be looked for among the values."""
    return texte[:1].isdigit() or texte[:1] in "-+("
