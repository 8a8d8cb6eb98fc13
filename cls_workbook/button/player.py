"""Does what a list of steps says (``redrawing.steps``), through xlwings. Knows Excel, and nothing of what is drawn."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cls_workbook.button.excel_patience import ExcelBusy, Patience
from cls_workbook.redrawing.standing_sheet import ColumnFilter
from cls_workbook.redrawing.steps import Step

if TYPE_CHECKING:
    import xlwings

ADDRESS_MAX = 255  # characters of an address that Excel takes
_POINTS_PER_CHARACTER, _MARGIN = 5.25, 3.75  # a column's width, for engines that count in points
_MANY = ("format", "rule", "merge")  # what may be done in several ranges at once


class Player:
    """``codes``: number formats as this Excel wants them told, where it differs. ``without_charts``: charts could not
    be drawn."""

    def __init__(self, book: xlwings.Book, patience: Patience, codes: Mapping[str, str] | None = None):
        self.book, self.patience, self.codes = book, patience, codes or {}
        self.without_charts = False
        self.pages = {page.name: page for page in book.sheets}
        self.in_points = getattr(book.app.engine, "type", "") == "remote"
        self.unions: bool | None = None

    def play(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if step.action == "add_sheet":
                self.patience(self._add_sheet, step)
                continue
            page, do = self.pages[step.sheet], _ACTIONS[step.action]
            for zone in self._addresses(page, step) or [""]:
                self.patience(do, self, page, zone, step.detail)

    def _addresses(self, page: xlwings.Sheet, step: Step) -> list[str]:
        """The ranges, several in one address where Excel takes that."""
        if step.action not in _MANY or len(step.zones) < 2 or not self._takes_unions(page):
            return list(step.zones)
        return list(_joined(step.zones))

    def _takes_unions(self, page: xlwings.Sheet) -> bool:
        if self.unions is None:
            self.unions = False
            with suppress(Exception):  # each engine refuses in its own way
                self.unions = self.patience(lambda: page.range("A1,C3").address == "$A$1,$C$3")
        return self.unions

    def _add_sheet(self, step: Step) -> None:
        """After the last."""
        page = self.book.sheets.add(step.sheet, after=self.book.sheets[len(self.book.sheets) - 1])
        if step.detail:
            page.visible = False
        self.pages[step.sheet] = page


def _joined(zones: Iterable[str]) -> Iterator[str]:
    texte = ""
    for zone in zones:
        if texte and len(texte) + 1 + len(zone) > ADDRESS_MAX:
            yield texte
            texte = ""
        texte = f"{texte},{zone}" if texte else zone
    yield texte


# --- one function an action -------------------------------------------------------------------------------------------


def _format(player: Player, page: xlwings.Sheet, zone: str, detail: Any) -> None:
    trait, value = detail
    target: Any = page.range(zone)
    if trait == "number_format":
        value = player.codes.get(value, value)
    elif trait == "column_width" and player.in_points:
        value = value * _POINTS_PER_CHARACTER + _MARGIN
    owner, _, attribute = trait.rpartition(".")
    setattr(getattr(target, owner) if owner else target, attribute, value)


def _rule(player: Player, page: xlwings.Sheet, zone: str, detail: Any) -> None:
    thickness, color, tall = detail
    target = page.range(zone)
    sides = ["edge_bottom", "inside_horizontal"] if tall else ["edge_bottom"]
    if thickness == "thin":  # as a new rule is
        target.borders.set(sides, line_style="continuous", color=color)
    else:
        target.borders.set(sides, line_style="continuous", color=color, weight=thickness)


def _unfilter(player: Player, page: xlwings.Sheet, zone: str, nom: str) -> None:
    if nom:
        page.tables[nom].autofilter.clear()
    elif page.api.FilterMode:
        page.api.ShowAllData()


def _filter(player: Player, page: xlwings.Sheet, zone: str, detail: tuple[str, ColumnFilter]) -> None:
    nom, one = detail
    autofilter = page.tables[nom].autofilter
    if one.kind == "values":
        autofilter.apply_values(one.field, list(one.values))
    elif one.kind == "comparison":
        autofilter.apply_comparison(one.field, one.operator, one.value1, one.value2)  # type: ignore[arg-type]
    else:  # top_items, bottom_items, top_percent, bottom_percent
        how_many = one.how_many if one.kind.endswith("items") else one.percent
        getattr(autofilter, f"apply_{one.kind}")(one.field, how_many)


def _totals(player: Player, page: xlwings.Sheet, zone: str, detail: tuple[str, bool]) -> None:
    nom, shown = detail
    page.tables[nom].show_totals = shown


def _add_table(player: Player, page: xlwings.Sheet, zone: str, detail: tuple[str, str]) -> None:
    nom, style = detail
    page.tables.add(page.range(zone), name=nom, table_style_name=style)


def _values(player: Player, page: xlwings.Sheet, zone: str, rows: list[list[object]]) -> None:
    """As they are: steps hold nothing that has to be converted, but for blanks."""
    page.range(zone).raw_value = [["" if v is None else v for v in row] for row in rows]


def _erase_charts(player: Player, page: xlwings.Sheet, zone: str, names: list[str]) -> None:
    for former in reversed(list(page.charts)):
        if former.name in names:
            former.delete()


def _chart(player: Player, page: xlwings.Sheet, zone: str, detail: dict[str, Any]) -> None:
    """A figure matters more than its drawing: what goes wrong is told, and nothing else stops."""
    nom, block = detail["source"]
    try:
        drawing = page.charts.add(
            width=detail["width"],
            height=detail["height"],
            chart_type=detail["kind"],
            source=player.pages[nom].range(block),
            plot_by="columns",
            name=detail["name"],
            anchor=page.range(zone),
        )
        if detail["title"]:
            player.patience(setattr, drawing, "title", detail["title"])
        with suppress(NotImplementedError):  # an engine that does not tell its series apart keeps Excel's colours
            for rank, color in enumerate(detail["colors"], 1):
                if color:
                    player.patience(_tint, drawing, rank, color)
    except ExcelBusy:
        raise
    except Exception:  # Excel's libraries have no one kind
        traceback.print_exc()
        player.without_charts = True


def _tint(drawing: xlwings.Chart, rank: int, color: str) -> None:
    drawing.series(rank).fill_color = color


_ACTIONS: dict[str, Callable[[Player, xlwings.Sheet, str, Any], object]] = {
    "touch": lambda player, page, zone, _: setattr(page.range(zone), "number_format", player.codes.get("@", "@")),
    "unfilter": _unfilter,
    "filter": _filter,
    "totals": _totals,
    "insert": lambda player, page, zone, _: page.range(zone).insert("down", "format_from_left_or_above"),
    "clear": lambda player, page, zone, _: page.range(zone).clear(),
    "clear_contents": lambda player, page, zone, _: page.range(zone).clear_contents(),
    "unmerge": lambda player, page, zone, _: page.range(zone).unmerge(),
    "autofit": lambda player, page, zone, _: page.range(zone).rows.autofit(),
    "format": _format,
    "rule": _rule,
    "merge": lambda player, page, zone, across: page.range(zone).merge(across=across),
    "values": _values,
    "link": lambda player, page, zone, detail: page.range(zone).add_hyperlink(*detail),
    "add_table": _add_table,
    "resize_table": lambda player, page, zone, nom: page.tables[nom].resize(page.range(zone)),
    "erase_charts": _erase_charts,
    "chart": _chart,
}
