"""A chart that Office draws and a person can edit: the same bars for the report and for the slides."""

from __future__ import annotations

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.datalabel import DataLabels
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.util import Pt

from cls_workbook.documents.document_parts import Bars
from cls_workbook.workbook import look, writer
from cls_workbook.workbook.description import Sheet, Workbook


def chart_data(bars: Bars) -> CategoryChartData:
    data = CategoryChartData(number_format=bars.number_format)
    data.categories = bars.categories
    for nom, values, _ in bars.series:
        data.add_series(nom, values)
    return data


def chart_type(bars: Bars) -> XL_CHART_TYPE:
    return XL_CHART_TYPE.BAR_STACKED if bars.stacked else XL_CHART_TYPE.BAR_CLUSTERED


def figures_workbook(bars: Bars) -> bytes:
    """The workbook behind the chart: what opens when a person edits its figures. The same bytes every time."""
    sheet = Sheet("Sheet1")
    for rank, nom in enumerate(bars.categories, 2):
        sheet.write(rank, 1, nom, "dense")
    for column, (nom, values, _) in enumerate(bars.series, 2):
        sheet.write(1, column, nom, "dense")
        for rank, valeur in enumerate(values, 2):
            sheet.write(rank, column, valeur, "dense")
    return writer.to_bytes(Workbook([sheet], bars.caption))


def dress(chart: Chart, bars: Bars, points: float) -> None:
    """Our colours and sizes; categories from the top; a legend where there are several series."""
    _positive_axes(chart)
    font, _ = look.font()
    chart.font.name, chart.font.size = font, Pt(points)
    chart.font.color.rgb = _rgb("encre")
    chart.has_title = False
    chart.has_legend = len(bars.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.category_axis.reverse_order = True
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.format.line.color.rgb = _rgb("gris")
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, 100 if bars.stacked else -5
    for drawn, (_, _, color) in zip(plot.series, bars.series, strict=True):
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.rgb = _rgb(color)
        _label(drawn.data_labels, bars, color, points)


def _positive_axes(chart: Chart) -> None:
    """python-pptx numbers axes below zero, which the schema of charts does not take."""
    for element in chart._chartSpace.iter():
        if str(element.tag).endswith(("}axId", "}crossAx")):
            element.set("val", str(abs(int(element.get("val", "0")))))


def _label(labels: DataLabels, bars: Bars, color: str, points: float) -> None:
    """The figure on each bar; none on an empty one."""
    labels.show_value, labels.number_format_is_linked = True, False
    labels.number_format = f"{bars.number_format};;"
    labels.font.size = Pt(points)
    if bars.stacked:
        inks = ("blanc", "encre")
        labels.font.color.rgb = _rgb(max(inks, key=lambda ink: look.contrast(look.color(ink), look.color(color))))


def _rgb(color: str) -> RGBColor:
    return RGBColor.from_string(look.color(color).lstrip("#"))
