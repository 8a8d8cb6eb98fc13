"""Ranges of the openpyxl engine: values, formats, sizes, links, fonts and borders."""

from __future__ import annotations

from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes

from tests.support import fake_excel


class Range(base_classes.Range):
    max_cells_per_read = max_cells_per_write = None
    has_array = False

    def __init__(self, sheet, a1, a2=None):
        self.sheet, self.options = sheet, None
        if isinstance(a1, Range):
            a1, a2 = a1.zone[:2], (a2 or a1).zone[2:]
        areas = a1.replace("$", "").split(",") if isinstance(a1, str) else []
        self.others = [Range(sheet, area) for area in areas[1:]]  # of an address that names several ranges
        if areas:
            left, top, right, bottom = range_boundaries(areas[0])
            a1, a2 = (top, left), (bottom, right)
        if len(a1) == 4:
            a1, a2 = a1[:2], (a1[0] + a1[2] - 1, a1[1] + a1[3] - 1)
        self.zone = (*a1, *(a2 or a1))

    api = property(lambda s: s)
    row = property(lambda s: s.zone[0])
    column = property(lambda s: s.zone[1])
    shape = property(lambda s: (s.zone[2] - s.zone[0] + 1, s.zone[3] - s.zone[1] + 1))
    coords = property(lambda s: (s.sheet.name, s.row, s.column, *s.shape))

    @property
    def address(self):
        start, end = (f"${get_column_letter(c)}${li}" for li, c in (self.zone[:2], self.zone[2:]))
        return ",".join([start if start == end else f"{start}:{end}", *(other.address for other in self.others)])

    def _each(self, do, *args, **kwargs):
        for area in (self, *self.others):
            do(self.sheet.ws, area.zone, *args, **kwargs)

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __call__(self, i, j=None):
        if j is None:
            i, j = divmod(i - 1, self.shape[1])
            i, j = i + 1, j + 1
        return Range(self.sheet, (self.row + i - 1, self.column + j - 1))

    def _values(self):
        top, left, bottom, right = self.zone
        return [[self.sheet.ws.cell(i, j).value for j in range(left, right + 1)] for i in range(top, bottom + 1)]

    @property
    def raw_value(self):
        """Values as a calculated sheet shows them; a formula that nobody calculated here shows nothing."""
        return [
            [
                None
                if isinstance(v, str)
                and v.startswith("=")
                and self.sheet.ws.cell(self.row + i, self.column + j).data_type == "f"
                else v
                for j, v in enumerate(r)
            ]
            for i, r in enumerate(self._values())
        ]

    @raw_value.setter
    def raw_value(self, valeur):
        matrix = (
            valeur if isinstance(valeur, (list, tuple)) else [[valeur] * self.shape[1] for _ in range(self.shape[0])]
        )
        fake_excel.type_matrix(self.sheet.ws, self.zone, [list(r) for r in matrix])

    @property
    def formula(self):
        return (
            tuple(tuple("" if v is None else v for v in r) for r in self._values())
            if len(self) > 1
            else (self._values()[0][0] or "")
        )

    @property
    def number_format(self):
        code = self.sheet.ws.cell(*self.zone[:2]).number_format
        return fake_excel.in_french(code) if self.sheet.book.app.french else code

    @number_format.setter
    def number_format(self, code):
        self._each(fake_excel.format_cells, fake_excel.from_french(code) if self.sheet.book.app.french else code)

    color = property(lambda s: None, lambda s, v: s._each(fake_excel.paint_cells, v))
    wrap_text = property(lambda s: None, lambda s, v: s._each(fake_excel.align, wrapText=v))
    horizontal_alignment = property(lambda s: None, lambda s, v: s._each(fake_excel.align, horizontal=v))
    vertical_alignment = property(lambda s: None, lambda s, v: s._each(fake_excel.align, vertical=v))
    font = property(lambda s: Font(s))
    borders = property(lambda s: Borders(s))

    @property
    def column_width(self):
        return self.sheet.ws.column_dimensions[get_column_letter(self.column)].width

    @column_width.setter
    def column_width(self, width):
        self._each(fake_excel.widen, width)

    @property
    def row_height(self):
        return self.sheet.ws.row_dimensions[self.row].height

    @row_height.setter
    def row_height(self, height):
        self._each(fake_excel.heighten, height)

    def clear(self):
        fake_excel.clear_cells(self.sheet.ws, self.zone)

    def clear_contents(self):
        fake_excel.clear_cells(self.sheet.ws, self.zone, formats=False)

    def insert(self, shift, copy_origin):
        assert shift == "down"
        fake_excel.insertable(self.sheet.ws, self.zone)

    def merge(self, across):
        self._each(fake_excel.merge_cells, across)

    def unmerge(self):
        fake_excel.undo_merge(self.sheet.ws, self.zone)

    def autofit(self, axis=None):
        pass

    def add_hyperlink(self, address, text_to_display=None, screen_tip=None):
        fake_excel.link_cell(self.sheet.ws, self.zone, address, text_to_display, screen_tip)


def _font_trait(nom):
    return property(lambda s: None, lambda s, v: s.zone._each(fake_excel.write_in_font, **{nom: v}))


class Font(base_classes.Font):
    def __init__(self, zone):
        self.__dict__["zone"] = zone

    bold, italic, size, color = (_font_trait(nom) for nom in ("bold", "italic", "size", "color"))


class Borders(base_classes.Borders):
    def __init__(self, zone):
        self.parent = zone

    def set(self, sides, **settings):
        for side in sides:
            self.parent._each(fake_excel.border, side, settings.get("color"), settings.get("weight"))
