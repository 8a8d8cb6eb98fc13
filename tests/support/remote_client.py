"""Plays the task pane (Office.js) of xlwings' remote engine, on an openpyxl workbook.

One click: the whole workbook goes to Python as JSON, a list of actions comes back, they are applied in order. The
engine reads nothing but that first picture. An action that this client does not know raises: nothing is taken for
granted. The engine's licence (PolyForm) is for non-commercial use and for tests such as these; nothing that ships needs
it.
"""

from __future__ import annotations

import datetime as dt
import json

import openpyxl
import xlwings
from openpyxl.utils import get_column_letter, range_boundaries

from tests.support import fake_excel

AVAILABLE = "remote" in [engine.name for engine in xlwings.engines]
_VISIBILITY = {"visible": "Visible", "hidden": "Hidden", "veryHidden": "VeryHidden"}


class RemoteClient:
    def __init__(self, opened_book: openpyxl.Workbook):
        self.opened_book, self.alerts, self.actions = opened_book, [], []
        self.busy = False  # is a cell being typed in?

    def click(self, function, **extra):
        """Runs ``function(book, **extra)`` as the server would, then applies what it asked for; what it returned."""
        book = xlwings.Book(json=json.loads(json.dumps(self._image(), allow_nan=False)))
        try:
            result = function(book, **extra)
            self.actions = json.loads(json.dumps(book.json(), allow_nan=False))["actions"]
        finally:
            book.close()
        if self.busy:
            raise fake_excel.BusyExcel("InvalidOperationInCellEditMode")
        for action in self.actions:
            getattr(self, f"_{action['func']}")(action, *(action["args"] or []))
        return result

    # --- what the client sends ---

    def _image(self) -> dict:
        worksheets = [self._image_of_sheet(ws) for ws in self.opened_book.worksheets]
        workbook = {"name": "Classeur.xlsm", "active_sheet_index": 0, "selection": "A1", "calculation": "Automatic"}
        return {
            "client": "Office.js",
            "version": xlwings.__version__,
            "book": workbook,
            "names": [],
            "sheets": worksheets,
        }

    def _image_of_sheet(self, ws) -> dict:
        zone = fake_excel.used_zone(ws)
        top, left, bottom, right = zone or (1, 1, 1, 1)
        values = (
            [[_as_json(ws.cell(i, j)) for j in range(1, right + 1)] for i in range(1, bottom + 1)] if zone else [[""]]
        )
        return {
            "name": ws.title,
            "visibility": _VISIBILITY[ws.sheet_state],
            "show_gridlines": True,
            "print_area": None,
            "notes": [],
            "notes_supported": True,
            "values": values,
            "pictures": [],
            "shapes": [],
            "pivot_tables": [],
            "used_range_address": f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
            if zone
            else None,
            "used_range_row_count": bottom - top + 1,
            "used_range_column_count": right - left + 1,
            "charts": [
                {
                    "name": getattr(c, "nom", f"Graphique {i}"),
                    "chart_type": "BarClustered",
                    "left": 0,
                    "top": 0,
                    "width": 1,
                    "height": 1,
                }
                for i, c in enumerate(ws._charts, 1)
            ],
            "tables": [_image_of_table(t) for t in ws.tables.values()],
        }

    # --- what it does with each action ---

    def _ws(self, action):
        return self.opened_book.worksheets[action["sheet_position"]]

    def _zone(self, action):
        line, column = action["start_row"] + 1, action["start_column"] + 1
        return self._ws(action), (line, column, line + action["row_count"] - 1, column + action["column_count"] - 1)

    def _save(self, *_):
        fake_excel.save(self.opened_book)

    def _setValues(self, action, *_):
        fake_excel.type_matrix(*self._zone(action), action["values"])

    def _rangeClear(self, action, *_):
        fake_excel.clear_cells(*self._zone(action))

    def _rangeClearContents(self, action, *_):
        fake_excel.clear_cells(*self._zone(action), formats=False)

    def _rangeInsert(self, action, meaning, _):
        assert meaning == "down"
        fake_excel.insertable(*self._zone(action))

    def _rangeMerge(self, action, by_row):
        fake_excel.merge_cells(*self._zone(action), by_row)

    def _rangeUnmerge(self, action, *_):
        fake_excel.undo_merge(*self._zone(action))

    def _setNumberFormat(self, action, format_):
        fake_excel.format_cells(*self._zone(action), format_)

    def _setRangeColor(self, action, color):
        fake_excel.paint_cells(*self._zone(action), color)

    def _setFontProperty(self, action, nom, valeur):
        fake_excel.write_in_font(*self._zone(action), **{nom: valeur})

    def _setWrapText(self, action, retour):
        fake_excel.align(*self._zone(action), wrapText=retour)

    def _setHorizontalAlignment(self, action, valeur):
        fake_excel.align(*self._zone(action), horizontal=valeur.lower())

    def _setVerticalAlignment(self, action, valeur):
        fake_excel.align(*self._zone(action), vertical=valeur.lower())

    def _setBorderProperty(self, action, side, nom, valeur):
        setting = {"color": {"color": valeur}, "weight": {"thickness": str(valeur).lower()}}.get(nom, {})
        fake_excel.border(*self._zone(action), side, **setting)

    def _setColumnWidth(self, action, points):
        fake_excel.widen(*self._zone(action), round((points - 3.75) / 5.25, 2))  # Office.js counts in points

    def _setRowHeight(self, action, points):
        fake_excel.heighten(*self._zone(action), points)

    def _setAutofit(self, action, *_):
        pass

    def _addHyperlink(self, action, address, texte, tooltip):
        assert texte is not None and tooltip is not None, "le client appelle toString() sur les deux"
        fake_excel.link_cell(*self._zone(action), address, texte, tooltip)

    def _addSheet(self, action, rank, nom):
        if nom.casefold() in [ws.title.casefold() for ws in self.opened_book.worksheets]:
            raise fake_excel.ExcelRefusal("une feuille porte déjà ce nom")
        self.opened_book.create_sheet(nom, rank)

    def _sheetClear(self, action, *_):
        ws = self._ws(action)
        fake_excel.clear_cells(ws, fake_excel.used_zone(ws) or (1, 1, 1, 1))

    def _setSheetVisibility(self, action, valeur):
        self._ws(action).sheet_state = {v: k for k, v in _VISIBILITY.items()}[valeur]

    def _addTable(self, action, address, headers, style, nom):
        left, top, right, bottom = range_boundaries(address.replace("$", ""))
        fake_excel.add_excel_table(self._ws(action), (top, left, bottom, right), nom, style)

    def _table(self, action, rank):
        return list(self._ws(action).tables.values())[rank]

    def _resizeTable(self, action, rank, address):
        left, top, right, bottom = range_boundaries(address.replace("$", ""))
        fake_excel.resize_table(self._ws(action), self._table(action, rank), (top, left, bottom, right))

    def _clearAutoFilterTable(self, action, rank, field):
        fake_excel.unfilter_table(self._table(action, rank), field)

    def _addChart(self, action, nom, type_, sheet, address, left, top, width, height, meaning, anchor_cell, style):
        assert meaning == "Columns" and width > 0 and height > 0
        c0, l0, c1, l1 = range_boundaries(address.replace("$", ""))
        fake_excel.draw(
            self._ws(action), type_, self.opened_book[sheet], (l0, c0, l1, c1), nom, anchor_cell.replace("$", "")
        )

    def _setChartTitle(self, action, rank, titre):
        self._ws(action)._charts[rank].title = titre

    def _deleteChart(self, action, rank):
        del self._ws(action)._charts[rank]

    def _alert(self, action, texte, titre, buttons, mode, _):
        assert buttons == "ok", "le client n’attend pas de réponse"
        self.alerts.append((mode, texte))

    def _setScreenUpdating(self, action, *_):
        pass

    def _setCalculation(self, action, *_):
        pass

    def _setDisplayAlerts(self, action, *_):
        pass


def _as_json(cell):
    """As Office.js has it: whole numbers without a point, dates with their hour,
    a formula as nothing (it was not calculated).
    """
    valeur = cell.value
    if valeur is None or (isinstance(valeur, str) and cell.data_type == "f"):
        return ""
    if isinstance(valeur, dt.datetime):
        return valeur.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(valeur, float) and valeur.is_integer():
        return int(valeur)
    return valeur


def _image_of_table(table) -> dict:
    left, top, right, bottom = range_boundaries(table.ref)
    a, z, totaux = get_column_letter(left), get_column_letter(right), bool(table.totalsRowCount)
    return {
        "name": table.name,
        "range_address": table.ref,
        "row_count": bottom - top + 1,
        "column_count": right - left + 1,
        "columns": [c.name for c in table.tableColumns],
        "header_row_range_address": f"{a}{top}:{z}{top}",
        "data_body_range_address": f"{a}{top + 1}:{z}{bottom - totaux}",
        "total_row_range_address": f"{a}{bottom}:{z}{bottom}" if totaux else None,
        "show_headers": True,
        "show_totals": totaux,
        "table_style": "",
        "show_autofilter": True,
    }
