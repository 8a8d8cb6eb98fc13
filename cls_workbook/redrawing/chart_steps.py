"""The charts of a drawn sheet: each reads a block of a hidden sheet (one for each drawn sheet).

The cells of the Synthèse are merged, which Excel's « source data » does not understand; the block holds the same
figures. Colours are given where the engine can; the rest of the dress (labels, grid) is that of Excel. The charts that
the tool drew before, or that came with the workbook, bear ``PREFIX`` in their name and are replaced; the coordinator's
are not.
"""

from __future__ import annotations

from decimal import Decimal
from numbers import Real

from cls_workbook.redrawing.steps import Step
from cls_workbook.workbook import look
from cls_workbook.workbook.description import Cell, CellRange, Chart, Sheet, address

PREFIX = "CLS "
SHEET = "Graphiques · {}"  # one for each drawn sheet
POINTS_PER_PIXEL = 0.75
_TYPES = {"barres": "bar_{}", "colonnes": "column_{}", "courbes": "line", "secteurs": "pie"}


def data_sheet(sheet: Sheet) -> tuple[Sheet, list[CellRange]]:
    """The hidden sheet that the charts read, and the block of each."""
    data, line, blocks = Sheet(SHEET.format(sheet.nom), etat="masquee"), 1, []
    for chart in sheet.charts:
        block = _block(sheet, chart)
        blocks.append(CellRange(line, 1, line + len(block) - 1, len(block[0])))
        data.cells = [
            *data.cells,
            *(Cell(line + i, j, v, "cellule:texte") for i, row in enumerate(block) for j, v in enumerate(row, 1)),
        ]
        line += len(block) + 1
    return data, blocks


def chart_steps(sheet: Sheet, blocks: list[CellRange], former: tuple[str, ...]) -> list[Step]:
    """``blocks``: what each chart reads, in ``data_sheet``; ``former``: names of the charts that stand there."""
    ours = [nom for nom in former if nom.startswith(PREFIX)]
    steps = [Step("erase_charts", sheet.nom, detail=ours)] if ours else []
    for rank, (chart, block) in enumerate(zip(sheet.charts, blocks, strict=True), 1):
        detail = {
            "name": f"{PREFIX}{rank}",
            "title": chart.titre,
            "kind": _TYPES[chart.type].format("stacked" if chart.stacked else "clustered"),
            "width": chart.width * POINTS_PER_PIXEL,
            "height": chart.height * POINTS_PER_PIXEL,
            "source": [SHEET.format(sheet.nom), block.a1()],
            "colors": [look.color(s.color) if s.color else "" for s in chart.series],
        }
        steps.append(Step("chart", sheet.nom, (address(chart.line, chart.column),), detail))
    return steps


def _block(sheet: Sheet, chart: Chart) -> list[list[object]]:
    """Header, then one row a category: the figures that the chart's ranges hold in the description."""
    values = {(c.line, c.column): c.valeur for c in sheet.cells}
    _, categories = chart.series[0].categories
    block: list[list[object]] = [["", *(one_series.nom for one_series in chart.series)]]
    for rank in range(categories.last_row - categories.line + 1):
        numbers = [
            values.get((one_series.values[1].line + rank, one_series.values[1].column)) for one_series in chart.series
        ]
        label = values.get((categories.line + rank, categories.column))
        block.append(
            [
                "" if label is None else str(label),
                *(float(n) if isinstance(n, (Real, Decimal)) else None for n in numbers),
            ]
        )
    return block
