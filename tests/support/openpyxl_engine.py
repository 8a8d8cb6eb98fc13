"""An xlwings engine over openpyxl: like desktop Excel, what was written is read back. BSD parts of xlwings only.

``workbook(opened_book)`` gives the ``xlwings.Book`` of an openpyxl workbook. What the engine does not know raises
NotImplementedError, as xlwings' base classes do.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os

import openpyxl
import xlwings
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes

from tests.support import fake_excel
from tests.support.openpyxl_range import Range


class Engine:
    name = type = "openpyxl"
    apps: list = []

    @staticmethod
    def clean_value_data(data, datetime_builder, empty_as, number_builder, err_to_str):
        def item_read(v):
            if v is None or v == "":
                return empty_as
            if isinstance(v, bool):
                return v
            if isinstance(v, (int, float)):
                return number_builder(v) if number_builder else float(v)  # COM: every number is a float
            if isinstance(v, str) and v in fake_excel.ERROR_TEXTS:
                return v if err_to_str else None
            if isinstance(v, dt.datetime):
                return datetime_builder(
                    year=v.year,
                    month=v.month,
                    day=v.day,
                    hour=v.hour,
                    minute=v.minute,
                    second=v.second,
                    microsecond=0,
                    tzinfo=None,
                )
            return v

        return [[item_read(v) for v in row] for row in data]

    @staticmethod
    def prepare_xl_data_element(x, options):
        assert x is None or type(x) in (str, int, float, bool, dt.datetime), f"COM ne connaît pas {type(x)}"
        return x


engine = Engine()


def _setting(nom):
    return property(lambda s: s._settings.get(nom), lambda s, v: s.change(nom, v))


class App(base_classes.App):
    numbers = itertools.count(os.getpid() * 1000)

    def __init__(self):
        self.alerts, self._settings = [], {"display_alerts": True, "screen_updating": True, "calculation": "automatic"}
        self.pid = next(self.numbers)
        self.busy = 0  # how many calls it still refuses
        self.french = False  # does it read and say number formats as a French Excel?
        self.stuck = set()  # settings that it will not change
        engine.apps[:] = [self]
        if "openpyxl" not in [e.name for e in xlwings.engines]:
            xlwings.engines.add(xlwings.Engine(impl=engine))
        xlwings.engines["openpyxl"].activate()

    engine, pid = engine, None
    display_alerts, screen_updating, calculation, status_bar = map(
        _setting, ("display_alerts", "screen_updating", "calculation", "status_bar")
    )

    def change(self, nom, valeur):
        if nom in self.stuck:
            raise fake_excel.ExcelRefusal(f"{nom} ne change pas")
        self._settings[nom] = valeur

    def answer(self):
        """What any call meets first."""
        if self.busy:
            self.busy -= 1
            raise fake_excel.BusyExcel("Appel rejeté par l’appelé")

    def alert(self, prompt, title, buttons, mode, callback):
        assert buttons in (None, "ok"), "une question n’a pas de réponse sur tous les moteurs"
        self.alerts.append((mode, prompt))


class Book(base_classes.Book):
    def __init__(self, opened_book, path):
        self.opened_book, self.path, self._app = opened_book, str(path), App()

    app = property(lambda s: s._app)
    api = property(lambda s: s.opened_book)
    name = property(lambda s: s.path.rsplit("/", 1)[-1])
    fullname = property(lambda s: s.path)
    sheets = property(lambda s: Sheets(s))

    def save(self, path=None, password=None):
        self._app.answer()
        fake_excel.save(self.opened_book)


class OwnWords:
    """What Excel on Windows says of a sheet in words of its own."""

    def __init__(self, ws):
        self.ws = ws

    ProtectContents = property(lambda s: bool(s.ws.protection.sheet))
    FilterMode = property(lambda s: bool(fake_excel.hidden_by_filters(s.ws)))

    def ShowAllData(self):
        for table in self.ws.tables.values():
            fake_excel.unfilter_table(table)


class Sheets(base_classes.Sheets):
    def __init__(self, book):
        self.book = book

    def __call__(self, cle):
        if isinstance(cle, int):
            return Sheet(self.book, self.book.opened_book.worksheets[cle - 1])
        return next(
            Sheet(self.book, ws) for ws in self.book.opened_book.worksheets if ws.title.casefold() == cle.casefold()
        )

    def __len__(self):
        return len(self.book.opened_book.worksheets)

    def __iter__(self):
        return (Sheet(self.book, ws) for ws in self.book.opened_book.worksheets)

    def add(self, before=None, after=None, name=None):
        if name.casefold() in [ws.title.casefold() for ws in self.book.opened_book.worksheets]:
            raise fake_excel.ExcelRefusal("une feuille porte déjà ce nom")
        return Sheet(self.book, self.book.opened_book.create_sheet(name, after.index))


class Sheet(base_classes.Sheet):
    def __init__(self, book, ws):
        self._book, self.ws = book, ws

    api = property(lambda s: OwnWords(s.ws))
    book = property(lambda s: s._book)
    index = property(lambda s: s._book.opened_book.worksheets.index(s.ws) + 1)
    name = property(lambda s: s.ws.title)
    visible = property(
        lambda s: s.ws.sheet_state == "visible", lambda s, v: setattr(s.ws, "sheet_state", "visible" if v else "hidden")
    )
    tables = property(lambda s: Tables(s))
    charts = property(lambda s: Charts(s))
    cells = property(lambda s: Range(s, (1, 1), (1_048_576, 16_384)))

    def range(self, a1, a2=None):
        self._book._app.answer()
        return Range(self, a1, a2)

    @property
    def used_range(self):
        top, left, bottom, right = fake_excel.used_zone(self.ws) or (1, 1, 1, 1)
        return Range(self, (top, left), (bottom, right))

    def clear(self):
        fake_excel.clear_cells(self.ws, fake_excel.used_zone(self.ws) or (1, 1, 1, 1))


class Collection(base_classes.Collection):
    def __init__(self, sheet):
        self.sheet = sheet

    parent = property(lambda s: s.sheet)

    def __len__(self):
        return len(list(iter(self)))

    def __call__(self, cle):
        return list(self)[cle - 1] if isinstance(cle, int) else next(e for e in self if e.name == cle)

    def __contains__(self, cle):
        return any(e.name == cle for e in self)


class Tables(Collection, base_classes.Tables):
    def __iter__(self):
        return iter([OpenTable(self.sheet, t) for t in self.sheet.ws.tables.values()])

    def add(
        self,
        source_type=None,
        source=None,
        link_source=None,
        has_headers=None,
        destination=None,
        table_style_name=None,
        name=None,
    ):
        fake_excel.add_excel_table(self.sheet.ws, source.impl.zone, name, table_style_name)
        return self(name)


class OpenTable(base_classes.Table):
    def __init__(self, sheet, table):
        self.sheet, self.table = sheet, table

    name = property(lambda s: s.table.name)
    parent = property(lambda s: s.sheet)
    range = property(lambda s: Range(s.sheet, s.table.ref))
    show_totals = property(lambda s: bool(s.table.totalsRowCount), lambda s, v: s._totals(v))

    def _totals(self, all_wanted):
        """As Excel: the row comes and goes below the body, and remembers what it held."""
        left, top, right, bottom = range_boundaries(self.table.ref)
        ws = self.sheet.ws
        if all_wanted and not self.show_totals:
            bottom += 1
            fake_excel.type_matrix(ws, (bottom, left, bottom, right), [self.table.all_kept])
        elif self.show_totals and not all_wanted:
            self.table.all_kept = [ws.cell(bottom, c).value for c in range(left, right + 1)]
            fake_excel.clear_cells(ws, (bottom, left, bottom, right), formats=False)
            bottom -= 1
        self.table.totalsRowCount = int(all_wanted)
        self.table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"

    autofilter = property(lambda s: AutoFilter(s))

    def resize(self, zone):
        fake_excel.resize_table(self.sheet.ws, self.table, zone.impl.zone)


class AutoFilter(base_classes.AutoFilter):
    def __init__(self, open_table):
        self.ws, self.table = open_table.sheet.ws, open_table.table

    @property
    def criteria(self):
        left, _, right, _ = range_boundaries(self.table.ref)
        there = getattr(self.table, "criteria", {})
        return [base_classes.empty_autofilter_criteria(i) | there.get(i, {}) for i in range(1, right - left + 2)]

    def apply_values(self, field, values):
        keeps = set(values).__contains__
        fake_excel.filter_table(self.ws, self.table, field, keeps, {"type": "values", "values": list(values)})

    def apply_comparison(self, field, operator, value1, value2):
        assert operator == "equal_to"
        criterion = {"type": "comparison", "operator": operator, "value1": value1}
        fake_excel.filter_table(self.ws, self.table, field, (value1 or "").__eq__, criterion)

    def clear(self, field):
        fake_excel.unfilter_table(self.table, field)


class Charts(Collection, base_classes.Charts):
    def __iter__(self):
        return iter([Chart(self.sheet, c) for c in self.sheet.ws._charts])

    def add(
        self, left, top, width, height, chart_type=None, source=None, plot_by=None, name=None, anchor=None, style=None
    ):
        anchor_cell = f"{get_column_letter(anchor.column)}{anchor.row}"
        return Chart(
            self.sheet,
            fake_excel.draw(
                self.sheet.ws, chart_type.removesuffix("_clustered"), source.sheet.ws, source.zone, name, anchor_cell
            ),
        )


class Chart(base_classes.Chart):
    def __init__(self, sheet, drawing):
        self.sheet, self.drawing = sheet, drawing

    name = property(lambda s: getattr(s.drawing, "nom", "Graphique 1"))
    title = property(lambda s: s.drawing.title, lambda s, v: setattr(s.drawing, "title", v))

    def delete(self):
        self.sheet.ws._charts.remove(self.drawing)

    @property
    def series(self):
        return Series(self.sheet, self.drawing)


class Series(Collection):
    def __init__(self, sheet, drawing):
        self.sheet, self.drawing = sheet, drawing

    def __iter__(self):
        return iter([ChartSeries(s) for s in self.drawing.series])


class ChartSeries(base_classes.ChartSeries):
    def __init__(self, one_series):
        self.one_series = one_series

    fill_color = property(
        lambda s: None, lambda s, v: setattr(s.one_series.graphicalProperties, "solidFill", fake_excel._argb(v)[2:])
    )


def workbook(opened_book: openpyxl.Workbook, path="Classeur.xlsm") -> xlwings.Book:
    return xlwings.Book(impl=Book(opened_book, path))
