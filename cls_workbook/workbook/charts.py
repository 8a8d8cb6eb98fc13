"""A ``Chart`` in the options of XlsxWriter's charts, dressed by the charte. Pure: dictionaries in and out."""

from __future__ import annotations

from typing import Any

from cls_workbook.workbook import look
from cls_workbook.workbook.description import CellRange, Chart

Options = dict[str, Any]  # of one of XlsxWriter's calls
_EUROS = '\\ "€"'  # at the end of a format
_CHART_TYPES = {"barres": "bar", "colonnes": "column", "courbes": "line", "secteurs": "pie"}
# Curves are told apart by their marks as well as by their colours.
_MARKERS = ("circle", "square", "diamond", "triangle", "long_dash", "x")


def nature(chart: Chart) -> tuple[str, str]:
    """Chart type and sub-type ("" for none); KeyError if the type is unknown."""
    subtype = "stacked" if chart.stacked and chart.type != "secteurs" else ""
    return _CHART_TYPES[chart.type], subtype


def series(chart: Chart) -> list[Options]:
    """Options of ``add_series``, one dictionary a series."""
    colors = _tints(chart)
    return [
        {
            "name": one_series.nom,
            "categories": _place(*one_series.categories),
            "values": _place(*one_series.values),
            **_stroke(chart, one_series.values[1], colors, rank),
            **({"data_labels": _data_labels(chart, colors[rank % len(colors)])} if chart.data_labels else {}),
        }
        for rank, one_series in enumerate(chart.series)
    ]


def settings(chart: Chart) -> dict[str, Options]:
    """Name of a chart's setting method → its options."""
    tints = look.charte()["graphique"]
    output: dict[str, Options] = {
        "set_title": {"name": _title(chart), "name_font": _font("graphique_titre", "accent", bold=True)}
        if chart.titre
        else {"none": True},
        "set_size": {"width": chart.width, "height": chart.height},
        "set_chartarea": {"border": {"color": look.color(tints["quadrillage"])}, "fill": {"color": "#FFFFFF"}},
        "set_legend": _legend(chart),
    }
    if chart.type != "secteurs":
        stroke = {"color": look.color(tints["trait"])}
        font = _font("graphique", tints["texte"])
        gridlines = {"visible": True, "line": {"color": look.color(tints["quadrillage"]), "width": 0.5}}
        # Bars read from top to bottom, as the table that they show.
        is_horizontal = chart.type == "barres"
        axes = ("set_y_axis", "set_x_axis") if is_horizontal else ("set_x_axis", "set_y_axis")
        output[axes[0]] = {
            "num_font": font,
            "line": stroke,
            "major_tick_mark": "none",
            "reverse": is_horizontal,
            "major_gridlines": {"visible": False},
        }
        output[axes[1]] = {
            "num_font": font,
            "num_format": _format(chart),
            "line": {"none": True},
            "major_tick_mark": "none",
            "major_gridlines": gridlines,
            # With its labels on every bar, an axis would say things twice.
            "label_position": "none" if chart.data_labels and chart.type != "courbes" else "next_to",
            **({"min": 0} if chart.from_zero else {}),
        }
    return output


def _tints(chart: Chart) -> tuple[str, ...]:
    """One colour a series: its own, or that of its rank; for a pie, the colours of the slices."""
    following = look.series()
    if chart.type == "secteurs":
        return following
    return tuple(
        look.color(s.color) if s.color else following[rank % len(following)] for rank, s in enumerate(chart.series)
    )


def _place(sheet: str, cell_range: CellRange) -> list[str | int]:
    return [sheet, cell_range.line - 1, cell_range.column - 1, cell_range.last_row - 1, cell_range.last_column - 1]


def _font(size: str, tint: str, bold: bool = False) -> Options:
    return {"name": look.font()[0], "size": look.size(size), "bold": bold, "color": look.color(tint)}


def _format(chart: Chart) -> str:
    number_format: str = look.style(f"cellule:{chart.value_format}").get("num_format", "General")
    return number_format


def _title(chart: Chart) -> str:
    """It says the unit that the labels leave out."""
    return chart.titre + (" (en euros)" if chart.data_labels and _EUROS in _format(chart) else "")


def _label_format(chart: Chart) -> str:
    """In one word: LibreOffice breaks a label at any space, over the next one."""
    return _format(chart).replace(_EUROS, "").replace("\\ ", "")


def _stroke(chart: Chart, values: CellRange, colors: tuple[str, ...], rank: int) -> Options:
    """Colours of one series; of each slice for a pie."""
    tint = colors[rank % len(colors)]
    if chart.type == "secteurs":
        nombre = max(values.last_row - values.line, values.last_column - values.column) + 1
        parts = [colors[i % len(colors)] for i in range(nombre)]
        return {"points": [{"fill": {"color": part}, "border": {"color": "#FFFFFF", "width": 1.5}} for part in parts]}
    if chart.type == "courbes":
        mark = {"type": _MARKERS[rank % len(_MARKERS)], "size": 7, "fill": {"color": tint}}
        return {"line": {"color": tint, "width": 2.25}, "marker": mark | {"border": {"color": "#FFFFFF"}}}
    return {"fill": {"color": tint}, "border": {"none": True}, "gap": 55, "overlap": 100 if chart.stacked else -8}


def _data_labels(chart: Chart, fill: str) -> Options:
    """Labels: shares for a pie, values elsewhere; inside a stacked bar, in the colour that reads best on it."""
    font = _font("graphique", "encre")
    if chart.type == "secteurs":
        return {"percentage": True, "num_format": "0%", "position": "outside_end", "leader_lines": True, "font": font}
    data_labels: Options = {"value": True, "num_format": _label_format(chart), "font": font}
    if chart.type == "courbes":
        return data_labels | {"position": "above"}
    if not chart.stacked:
        return data_labels | {"position": "outside_end"}
    is_readable = max(("blanc", "encre"), key=lambda nom: look.contrast(look.color(nom), fill))
    return data_labels | {"position": "center", "font": font | {"color": look.color(is_readable)}}


def _legend(chart: Chart) -> Options:
    if chart.type == "secteurs":
        return {"position": "right", "font": _font("graphique", "encre")}
    if len(chart.series) < 2:
        return {"none": True}
    return {"position": "bottom", "font": _font("graphique", "encre")}
