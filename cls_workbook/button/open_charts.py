"""The charts of a drawn sheet, through what every engine of xlwings can do:
each reads a block of a hidden sheet (one for each drawn sheet).

The cells of the Synthèse are merged, which Excel's « source data » does not understand; the block holds the same
figures. Colours are given where the engine can; the rest of the dress (labels, grid) is that of Excel. The charts that
the tool drew before, or that came with the workbook, bear ``PREFIX`` in their name and are replaced; the coordinator's
are not.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING

from cls_workbook.workbook import look
from cls_workbook.workbook.description import Chart, Sheet

if TYPE_CHECKING:
    import xlwings

PREFIX = "CLS "
SHEET = "Graphiques · {}"  # one for each drawn sheet
POINTS_PER_PIXEL = 0.75
_TYPES = {"barres": "bar_{}", "colonnes": "column_{}", "courbes": "line", "secteurs": "pie"}


def draw(page: xlwings.Sheet, sheet: Sheet) -> None:
    if not sheet.charts:
        return
    for ancien in reversed(list(page.charts)):
        if ancien.name.startswith(PREFIX):
            ancien.delete()
    data, line = _data_sheet(page.book, SHEET.format(sheet.nom)), 1
    for rank, chart in enumerate(sheet.charts, 1):
        bloc = _block(sheet, chart)
        source = data.range((line, 1), (line + len(bloc) - 1, len(bloc[0])))
        source.columns[0].number_format = "@"
        source.rows[0].number_format = "@"
        source.value = bloc
        _draw_one(page, chart, source, f"{PREFIX}{rank}")
        line += len(bloc) + 1


def _draw_one(page: xlwings.Sheet, chart: Chart, source: xlwings.Range, nom: str) -> None:
    drawing = page.charts.add(
        width=chart.width * POINTS_PER_PIXEL,
        height=chart.height * POINTS_PER_PIXEL,
        chart_type=_TYPES[chart.type].format("stacked" if chart.stacked else "clustered"),
        source=source,
        plot_by="columns",
        name=nom,
        anchor=page.range((chart.line, chart.column)),
    )
    drawing.title = chart.titre
    with suppress(NotImplementedError):  # an engine that does not tell its series apart keeps Excel's colours
        for rank, one_series in enumerate(chart.series, 1):
            if one_series.color:
                drawing.series(rank).fill_color = look.color(one_series.color)


def _block(sheet: Sheet, chart: Chart) -> list[list[object]]:
    """Header, then one row a category: the figures that the chart's ranges hold in the description."""
    values = {(c.line, c.column): c.valeur for c in sheet.cells}
    _, categories = chart.series[0].categories
    bloc: list[list[object]] = [["", *(one_series.nom for one_series in chart.series)]]
    for rank in range(categories.last_row - categories.line + 1):
        numbers = [
            values.get((one_series.values[1].line + rank, one_series.values[1].column)) for one_series in chart.series
        ]
        label = values.get((categories.line + rank, categories.column))
        bloc.append(
            [
                "" if label is None else str(label),
                *(float(n) if isinstance(n, (Real, Decimal)) else None for n in numbers),
            ]
        )
    return bloc


def _data_sheet(book: xlwings.Book, nom: str) -> xlwings.Sheet:
    for sheet in book.sheets:
        if sheet.name == nom:
            sheet.clear()
            return sheet
    sheet = book.sheets.add(nom, after=book.sheets[len(book.sheets) - 1])
    sheet.visible = False
    return sheet
