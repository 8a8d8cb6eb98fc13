"""A described ``Workbook`` → .xlsx, .xlsm or .xlam, through XlsxWriter.

Same description, same bytes: no clock, no random identifier. Text is always written as text, whatever it looks like.
What Excel would refuse or cut raises ValueError before anything is written. Cells and rows are written by
``plain_page``; a caller that writes large workbooks takes ``fast_paths.row_writer``, which gives the same bytes sooner.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname

from cls_workbook.workbook import charts, look, macro_package
from cls_workbook.workbook.description import (
    MARGINS,
    CellRange,
    Chart,
    ExcelTable,
    Formula,
    Picture,
    PrintSetup,
    Sheet,
    Validation,
    Workbook,
    reference,
)
from cls_workbook.workbook.excel_limits import EXACT_INTEGER_MAX, controler
from cls_workbook.workbook.file_language import FrenchBook
from cls_workbook.workbook.plain_page import PlainPage, PlainPages
from cls_workbook.workbook.saving import require_kind, save

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
# Written in every file instead of the clock.
_CREATION = datetime(2024, 1, 1)
_A4 = 9
# On a protected sheet. A link may be attached to an answer, and unlocked rows sorted.
_ALLOWED = (
    *("select_locked_cells", "select_unlocked_cells", "format_columns", "format_rows"),
    *("insert_hyperlinks", "sort", "autofilter"),
)
_CRITERIA = {"entier": "integer", "decimal": "decimal", "montant": "decimal", "date": "date", "texte": "length"}


def write(workbook: Workbook, path: str | os.PathLike[str], pages: type[PlainPages] = PlainPages) -> None:
    """Write the workbook at ``path``, whole or not at all; missing folders are made. Refusal if the file or folder
    cannot be written, or if the name is not a workbook's; ValueError if Excel could not hold the description."""
    require_kind(path, ".xlsm" if workbook.macros else ".xlsx")
    save(to_bytes(workbook, pages), path)


def to_bytes(workbook: Workbook, pages: type[PlainPages] = PlainPages) -> bytes:
    """The workbook as the bytes of a file: .xlsx; with macros .xlsm, or .xlam. ``pages``: who writes its sheets.
    ValueError if Excel could not hold the description."""
    controler(workbook)
    # XlsxWriter reports most mistakes as a warning and skips the element: here a mistake stops.
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            content = _Rendering(workbook, pages).close()
        except (UserWarning, XlsxWriterException) as fault:
            raise ValueError(f"classeur « {workbook.titre} » : {fault}") from fault
    return macro_package.repackage(content, workbook.macros) if workbook.macros else content


class _BookFormats(dict[str, Format]):
    """Style name → XlsxWriter format, made once per workbook."""

    def __init__(self, opened_book: xlsxwriter.Workbook, properties: Callable[[str], Mapping[str, object]]):
        super().__init__()
        self._book, self._properties = opened_book, properties

    def __missing__(self, name: str) -> Format:
        self[name] = self._book.add_format(self._properties(name))
        return self[name]


def _shown_cells(workbook: Workbook) -> dict[str, set[tuple[int, int]]]:
    """Sheet → (row, column) of the cells that charts show."""
    displayed: dict[str, set[tuple[int, int]]] = {}
    for one_series in (s for f in workbook.worksheets for g in f.charts for s in g.series):
        for nom, cell_range in (one_series.categories, one_series.values):
            displayed.setdefault(nom, set()).update(cell_range.places())
    return displayed


class _Rendering:
    """One workbook being written."""

    def __init__(self, workbook: Workbook, pages: type[PlainPages]):
        font_name, _ = look.font()
        # Column widths are counted in digits of the default font: 11 points, whatever the charte's sizes.
        default = {"font_name": font_name, "font_size": 11}
        self.buffer = BytesIO()
        self.opened_book = FrenchBook(self.buffer, _OPTIONS | {"default_format_properties": default})
        self.pages = pages(self.opened_book, _BookFormats(self.opened_book, look.style))
        self.conditional_formats = _BookFormats(self.opened_book, look.dxf)
        self.shown = _shown_cells(workbook)
        self.opened_book.set_properties({"title": workbook.titre, "subject": workbook.subject, "created": _CREATION})
        self.opened_book.set_calc_mode("auto")
        self.opened_book.set_tab_ratio(80)
        for sheet in workbook.worksheets:
            self._sheet(sheet)
        if workbook.macros:
            macro_package.attach(self.opened_book, workbook, workbook.macros)
        for name, target in workbook.names.items():
            formula = target.texte if isinstance(target, Formula) else reference(*target)
            self.opened_book.define_name(name, f"={formula}")
        active = workbook.active_sheet or next(sheet.nom for sheet in workbook.worksheets if sheet.etat == "visible")
        self.opened_book.get_worksheet_by_name(active).activate()

    def close(self) -> bytes:
        self.opened_book.close()
        return self.pages.complete(self.buffer.getvalue())

    def _sheet(self, sheet: Sheet) -> None:
        page = self.pages.add(sheet.nom)
        _lay_out(page, sheet)
        _set_up_print(page, sheet.print_setup)
        # Tables first: the cells then take the place of the headers that these wrote.
        for sheet_table in sheet.sheet_tables:
            _sheet_table(page, sheet_table)
        page.fill(sheet, self.shown.get(sheet.nom, frozenset()))
        here = quote_sheetname(sheet.nom)
        # define_name() would not find a sheet whose name holds an exclamation mark
        self.opened_book.defined_names += [
            [nom, page.index, f"{here}!{cell_range.a1(absolute=True)}", False]
            for nom, cell_range in sheet.names.items()
        ]
        for validation in sheet.validations:
            _validate(page, validation)
        for rule in sheet.conditional_formats:
            line, column, last_row, last_column = rule.cell_range
            format_ = self.conditional_formats[rule.style]
            options = {"type": "formula", "criteria": f"={rule.formula}", "format": format_}
            page.conditional_format(line - 1, column - 1, last_row - 1, last_column - 1, options)
        for chart in sheet.charts:
            self._chart(page, chart)
        for picture in sheet.pictures:
            _picture(page, picture)

    def _chart(self, page: PlainPage, chart: Chart) -> None:
        nature, subtype = charts.nature(chart)
        drawing = self.opened_book.add_chart({"type": nature} | ({"subtype": subtype} if subtype else {}))
        for one_series in charts.series(chart):
            drawing.add_series(one_series)
        for setting, options in charts.settings(chart).items():
            getattr(drawing, setting)(options)
        place = {"object_position": 2, "description": chart.alt_text}
        page.insert_chart(chart.line - 1, chart.column - 1, drawing, place)


def _picture(page: PlainPage, picture: Picture) -> None:
    shown = {"image_data": BytesIO(picture.content), "x_scale": picture.scale, "y_scale": picture.scale}
    shown |= {"object_position": 2, "description": picture.alt_text}
    page.insert_image(picture.line - 1, picture.column - 1, "image", shown)


def _lay_out(page: PlainPage, sheet: Sheet) -> None:
    """Widths, heights, panes, tab, protection."""
    page.hide_gridlines(2)
    page.set_zoom(sheet.zoom)
    folded = set(sheet.folded_columns)
    after = {column + 1 for column in folded} - folded
    for column in sorted(sheet.widths.keys() | set(sheet.hidden_columns) | folded | after):
        shown: dict[str, object] = {"hidden": True} if column in folded | set(sheet.hidden_columns) else {}
        shown |= {"level": 1} if column in folded else {"collapsed": True} if column in after else {}
        page.set_column(column - 1, column - 1, sheet.widths.get(column), None, shown)
    for line, height in sheet.heights.items():
        page.set_row(line - 1, height)
    if sheet.frozen_at:
        page.freeze_panes(*sheet.frozen_at)
    if sheet.selection:
        line, column = (i - 1 for i in sheet.selection)
        page.set_selection(line, column, line, column)
    if sheet.tab_color:
        page.set_tab_color(look.color(sheet.tab_color))
    if sheet.etat == "masquee":
        page.hide()
    elif sheet.etat == "tres_masquee":
        page.very_hidden()
    if sheet.protected:
        # No password: it guards against slips, and a partner may lift it.
        page.protect("", dict.fromkeys(_ALLOWED, True) | {"insert_rows": sheet.insert_rows})


def _set_up_print(page: PlainPage, print_setup: PrintSetup) -> None:
    """A4, as many pages down as it takes."""
    page.set_paper(_A4)
    if print_setup.landscape:
        page.set_landscape()
    else:
        page.set_portrait()
    page.fit_to_pages(print_setup.width, 0)
    if print_setup.width > 1:
        page.print_across()  # what stands side by side comes out together
    page.center_horizontally()
    page.set_margins(**MARGINS)
    page.set_footer(look.page_footer(print_setup.left_footer), {"margin": 0.2, "scale_with_doc": False})
    if print_setup.repeated_rows:
        page.repeat_rows(*(line - 1 for line in print_setup.repeated_rows))
    if print_setup.repeated_columns:
        page.repeat_columns(*(column - 1 for column in print_setup.repeated_columns))
    if print_setup.zone:
        page.print_area(*(i - 1 for i in print_setup.zone))
    if print_setup.page_breaks:
        page.set_h_pagebreaks(print_setup.page_breaks)


def _sheet_table(page: PlainPage, sheet_table: ExcelTable) -> None:
    """An Excel table without a style of its own: its cells keep the charte's. Without data, it has one blank row."""
    line, column, last_row, last_column = sheet_table.cell_range
    cell_range = CellRange(line, column, max(last_row, line + 1), last_column)
    options = {"name": sheet_table.nom, "style": None, "columns": [{"header": nom} for nom in sheet_table.columns]}
    page.add_excel_table(sheet_table, cell_range, options)


def _validate(page: PlainPage, validation: Validation) -> None:
    """One validation over all its ranges."""
    v = validation
    bounds = (v.minimum, v.maximum, type(v.minimum), type(v.maximum))
    cle = (v.type, *bounds, v.source, v.titre, v.prompt, v.error_title, v.error, v.strict)
    page.validate(cle, partial(_options_of, validation), " ".join([cell_range.a1() for cell_range in v.cell_ranges]))


def _options_of(validation: Validation) -> dict[str, Any]:
    """All but where it stands, in XlsxWriter's words."""
    options = _expected(validation) | {
        "input_title": validation.titre or None,
        "input_message": validation.prompt or None,
        "show_input": bool(validation.titre or validation.prompt),
        "error_title": validation.error_title or None,
        "error_message": validation.error or None,
    }
    if not validation.strict:
        options |= {"error_type": "warning"} if validation.error else {"show_error": False}
    return options


def _expected(validation: Validation) -> dict[str, Any]:
    """What the validation accepts, in XlsxWriter's words."""
    if validation.type == "libre":
        return {"validate": "any", "show_error": False}
    if validation.type == "liste":
        source = validation.source
        return {"validate": "list", "source": source if isinstance(source, str) else list(source or ())}
    minimum, maximum = _bound(validation.minimum), _bound(validation.maximum)
    expected: dict[str, Any] = {"validate": _CRITERIA[validation.type]}
    if minimum is not None and maximum is not None:
        return expected | {"criteria": "between", "minimum": minimum, "maximum": maximum}
    if maximum is not None:
        return expected | {"criteria": "<=", "value": maximum}
    if minimum is None:
        # No bound given: any number, any date, any text that a cell can hold.
        minimum = {"date": date(1900, 1, 1), "texte": 0}.get(validation.type, -EXACT_INTEGER_MAX)
    return expected | {"criteria": ">=", "value": minimum}


def _bound(valeur: object) -> object:
    """A bound: number, date, or formula (``=B2``) as it is."""
    if isinstance(valeur, Decimal):
        return int(valeur) if valeur == valeur.to_integral_value() else float(valeur)
    return valeur
