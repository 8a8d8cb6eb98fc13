"""What Excel does to a sheet when it is driven from outside, on openpyxl's cells: how a value is typed,
what is refused.

The two doubles (``remote_client``, ``openpyxl_engine``) stand on this one model of Excel; each brings xlwings' own way
to it. Ranges are (first row, first column, last row, last column), from 1.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import re

import openpyxl
from openpyxl.cell import MergedCell
from openpyxl.chart import BarChart, LineChart, PieChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

TEXT = "@"
ERROR_TEXTS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2})?")
_THICKNESSES = {"hairline": "hair", "thin": "thin", "medium": "medium", "thick": "thick"}
_SIDES = {
    "edge_bottom": "bottom",
    "edge_top": "top",
    "edge_left": "left",
    "edge_right": "right",
    "inside_horizontal": "bottom",
    "inside_vertical": "right",
}


class BusyExcel(Exception):
    """What a call gets while a cell is being typed in or a window is open (RPC_E_CALL_REJECTED)."""

    hresult = -2147418111


class ExcelRefusal(Exception):
    """What Excel answers when it will not: a protected cell, a table over another, a matrix of the wrong shape."""


def cells(ws, zone):
    top, left, bottom, right = zone
    if (bottom - top + 1) * (right - left + 1) > 2_000_000:
        raise ExcelRefusal("zone trop grande")
    held, protected = ws._cells, ws.protection.sheet
    for line in range(top, bottom + 1):
        for column in range(left, right + 1):
            cell = held.get((line, column)) or ws.cell(line, column)
            if protected and cell.protection.locked:
                raise ExcelRefusal(f"feuille protégée : {ws.title}!{cell.coordinate}")
            yield cell


# --- values ---


def type_matrix(ws, zone, matrix):
    """``matrix``: a row of values for each row of the range; None and "" empty a cell."""
    top, left, bottom, right = zone
    if len(matrix) != bottom - top + 1 or any(len(r) != right - left + 1 for r in matrix):
        raise ExcelRefusal(f"matrice {len(matrix)}×{len(matrix[0])} pour la zone {zone}")
    hidden = hidden_by_filters(ws)
    for cell in cells(ws, zone):
        if cell.row not in hidden:  # as reported: while a filter is on, a block goes to the rows that are seen
            _type_one(cell, matrix[cell.row - top][cell.column - left])


def _type_one(cell, valeur):
    """As if it had been typed: text in a « @ » cell stays text, elsewhere it becomes what it looks like."""
    if isinstance(cell, MergedCell):
        return  # under a merge: Excel keeps nothing there
    if isinstance(valeur, str) and valeur and cell.number_format != TEXT:
        if valeur.startswith("="):
            cell.value = valeur
            return
        valeur = _guess(cell, valeur)
    if isinstance(valeur, (int, float)) and not isinstance(valeur, bool) and cell.number_format == TEXT:
        valeur = str(valeur)  # a number sent to a text cell is kept as text
    if isinstance(valeur, (int, float)) and not isinstance(valeur, bool) and is_date_format(cell.number_format):
        valeur = from_excel(valeur)  # a serial number, shown and read as a date
    cell.value = None if valeur == "" else valeur
    if isinstance(cell.value, str):
        cell.data_type = "e" if cell.value in ERROR_TEXTS and cell.number_format != TEXT else "s"


def _guess(cell, texte):
    if _NUMBER.fullmatch(texte):
        return float(texte)
    if _DATE.fullmatch(texte):
        if cell.number_format == "General":
            cell.number_format = "yyyy-mm-dd"
        return dt.datetime.fromisoformat(texte)
    if texte.startswith("'"):
        return texte[1:]
    return {"TRUE": True, "FALSE": False}.get(texte.upper(), texte)


def clear_cells(ws, zone, formats=True):
    for cell in cells(ws, zone):
        if not isinstance(cell, MergedCell):
            cell.value = None
            cell.hyperlink = None if formats else cell.hyperlink
    if formats:
        _style_cells(ws, zone, ("style", "Normal"), lambda cell: setattr(cell, "style", "Normal"))


def link_cell(ws, zone, address, texte, tooltip):
    for cell in cells(ws, zone):
        if address.startswith("#"):
            cell.hyperlink = f"#{address[1:]}"
        else:
            cell.hyperlink = address
        cell.hyperlink.tooltip = tooltip
        _type_one(cell, texte)


def insertable(ws, zone):
    """The range and what stands below it go down; tables that stand below follow."""
    top, left, bottom, right = zone
    height = bottom - top + 1
    for table in ws.tables.values():
        c0, l0, c1, l1 = range_boundaries(table.ref)
        if l0 < top <= l1 and not (c1 < left or right < c0) and top != l1 + 1:
            raise ExcelRefusal("l’opération décalerait une partie d’un tableau")
        if l0 >= top and left <= c0 and c1 <= right:
            table.ref = f"{get_column_letter(c0)}{l0 + height}:{get_column_letter(c1)}{l1 + height}"
    last = max(ws.max_row, top)
    ws.move_range(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{last}", rows=height)


def merge_cells(ws, zone, by_row):
    top, left, bottom, right = zone
    for start, end in [(line, line) for line in range(top, bottom + 1)] if by_row else [(top, bottom)]:
        # merge_cells() is slow, and so is add(): it compares each range with all the others.
        ws.merged_cells.ranges.add(CellRange(min_row=start, min_col=left, max_row=end, max_col=right))


def undo_merge(ws, zone):
    top, left, bottom, right = zone
    for cell_range in list(ws.merged_cells.ranges):
        if not (
            cell_range.max_row < top
            or bottom < cell_range.min_row
            or cell_range.max_col < left
            or right < cell_range.min_col
        ):
            ws.merged_cells.remove(cell_range)


# --- tables ---


def add_excel_table(ws, zone, nom, style):
    top, left, bottom, right = zone
    if any(nom in sheet.tables for sheet in ws.parent.worksheets):
        raise ExcelRefusal(f"un tableau « {nom} » existe déjà")
    _without_overlap(ws, zone)
    table = Table(displayName=nom, name=nom, ref=_a1(zone))
    table.tableStyleInfo = TableStyleInfo(name=style, showRowStripes=True)
    _headers(ws, table)
    ws.add_table(table)


def resize_table(ws, table, zone):
    """As ListObject.Resize: the header stays on its row, the headers are texts and differ."""
    if range_boundaries(table.ref)[1] != zone[0]:
        raise ExcelRefusal("la ligne d’en-tête d’un tableau ne change pas")
    _without_overlap(ws, zone, except_for=table)
    table.ref = _a1(zone)
    if table.autoFilter:
        table.autoFilter.ref = table.ref
    _headers(ws, table)


def hidden_by_filters(ws) -> set[int]:
    return {row for table in ws.tables.values() for rows in getattr(table, "hidden", {}).values() for row in rows}


def filter_table(ws, table, field, keeps, criterion):
    """Hides the rows of which ``keeps`` does not want the value of a column; they stay so until the filter goes."""
    left, top, _, bottom = range_boundaries(table.ref)
    if not hasattr(table, "hidden"):
        table.hidden, table.criteria = {}, {}
    rows = range(top + 1, bottom + 1)
    table.hidden[field] = [i for i in rows if not keeps(shown(ws.cell(i, left + field - 1).value))]
    table.criteria[field] = criterion


def unfilter_table(table, field=None):
    for each in ("hidden", "criteria"):
        kept = getattr(table, each, {})
        for one in list(kept) if field is None else [field]:
            kept.pop(one, None)


def shown(valeur) -> str:
    return "" if valeur is None else str(valeur)


def _headers(ws, table):
    c0, l0, c1, _ = range_boundaries(table.ref)
    names = []
    for column in range(c0, c1 + 1):
        cell = ws.cell(l0, column)
        cell.value = str(cell.value or f"Colonne{column - c0 + 1}")
        names.append(cell.value)
    if len({n.casefold() for n in names}) != len(names):
        raise ExcelRefusal(f"deux en-têtes de même nom : {names}")
    table.tableColumns = [TableColumn(id=i, name=n) for i, n in enumerate(names, 1)]


def _without_overlap(ws, zone, except_for=None):
    top, left, bottom, right = zone
    for other in ws.tables.values():
        c0, l0, c1, l1 = range_boundaries(other.ref)
        if other is not except_for and not (c1 < left or right < c0 or l1 < top or bottom < l0):
            raise ExcelRefusal("un tableau ne peut pas en recouvrir un autre")


def _a1(zone):
    top, left, bottom, right = zone
    return f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"


# --- what is seen ---


def _style_cells(ws, zone, look, alter):
    """``alter(cell)`` once for each ``look`` given to each style found: openpyxl is slow at giving a style."""
    known = ws.parent.__dict__.setdefault("_known_looks", {})
    for cell in cells(ws, zone):
        both = look, cell._style.tobytes() if cell._style else b""
        if both in known:
            cell._style = known[both].__copy__()
        else:
            alter(cell)
            known[both] = copy.copy(cell._style)


def format_cells(ws, zone, format_):
    _style_cells(ws, zone, ("format", format_), lambda cell: setattr(cell, "number_format", format_))


def paint_cells(ws, zone, color):
    fill = PatternFill("solid", fgColor=_argb(color)) if color else PatternFill()
    _style_cells(ws, zone, ("fill", color and _argb(color)), lambda cell: setattr(cell, "fill", fill))


def write_in_font(ws, zone, **font):
    """bold, italic, size, color (``#RRGGBB``)."""
    wanted = {
        {"bold": "b", "italic": "i", "size": "sz"}.get(k, k): _argb(v) if k == "color" else v for k, v in font.items()
    }

    def alter(cell):
        cell.font = Font(**{k: getattr(cell.font, k) for k in ("name", "sz", "b", "i", "color")} | wanted)

    _style_cells(ws, zone, ("font", *wanted.items()), alter)


def align(ws, zone, **settings):
    def alter(cell):
        cell.alignment = Alignment(
            **{k: getattr(cell.alignment, k) for k in ("horizontal", "vertical", "wrapText")} | settings
        )

    _style_cells(ws, zone, ("alignment", *settings.items()), alter)


def widen(ws, zone, width):
    for column in range(zone[1], zone[3] + 1):
        ws.column_dimensions[get_column_letter(column)].width = width


def heighten(ws, zone, height):
    for line in range(zone[0], zone[2] + 1):
        ws.row_dimensions[line].height = height


def border(ws, zone, side, color=None, thickness=None):
    def alter(cell):
        before = getattr(cell.border, _SIDES[side]) or Side()
        stroke = Side(
            style=_THICKNESSES.get(thickness) or before.style or "thin", color=_argb(color) if color else before.color
        )
        cell.border = Border(
            **{c: getattr(cell.border, c) for c in ("left", "right", "top", "bottom")} | {_SIDES[side]: stroke}
        )

    _style_cells(ws, zone, ("border", side, color and _argb(color), thickness), alter)


def draw(ws, type_, source_ws, zone, nom, anchor_cell):
    """A chart over the columns of a block whose first row and first column are labels."""
    top, left, bottom, right = zone
    drawing = {"l": LineChart, "p": PieChart}.get(type_.lower()[0], BarChart)()
    drawing.add_data(
        Reference(source_ws, min_col=left + 1, max_col=right, min_row=top, max_row=bottom), titles_from_data=True
    )
    drawing.set_categories(Reference(source_ws, min_col=left, min_row=top + 1, max_row=bottom))
    drawing.nom = nom
    ws.add_chart(drawing, anchor_cell)
    return drawing


def _argb(color):
    if isinstance(color, (tuple, list)):
        color = "#" + "".join(f"{c:02X}" for c in color)
    return "FF" + color.lstrip("#").upper()


# --- number formats of a French Excel ---

_FRENCH = {"d": "j", "y": "a", ",": "\u202f", ".": ","}


def in_french(code):
    return "Standard" if code == "General" else _letters_for(code, _FRENCH)


def from_french(code):
    """A code of files that is taken for a French one gives something else, as it would."""
    return "General" if code == "Standard" else _letters_for(code, {v: k for k, v in _FRENCH.items()})


def _letters_for(code, letters):
    pieces = re.split(r'("[^"]*"|\\.)', code)  # what is quoted stays as it is
    return "".join(p if i % 2 else "".join(letters.get(c, c) for c in p) for i, p in enumerate(pieces))


# --- what is read ---


def used_zone(ws):
    """Rows and columns that hold something; None for a blank sheet."""
    places = [(c.row, c.column) for c in ws._cells.values() if c.value is not None]
    if not places:
        return None
    lines, columns = [p[0] for p in places], [p[1] for p in places]
    return min(lines), min(columns), max(lines), max(columns)


def save(opened_book: openpyxl.Workbook) -> None:
    """What a disk would hold, kept beside the open workbook where a test has put a disk there."""
    if hasattr(opened_book, "on_disk"):
        disk = io.BytesIO()
        opened_book.save(disk)
        opened_book.on_disk = disk.getvalue()
