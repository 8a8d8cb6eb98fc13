"""An xlwings engine over openpyxl: like desktop Excel, what was written is read back. BSD parts of xlwings only.

``classeur(livre)`` gives the ``xlwings.Book`` of an openpyxl workbook. What the engine does not know raises
NotImplementedError, as xlwings' base classes do.
"""

from __future__ import annotations

import datetime as dt

import faux_excel
import openpyxl
import xlwings
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes


class Engine:
    name = type = "openpyxl"
    apps: list = []

    @staticmethod
    def clean_value_data(data, datetime_builder, empty_as, number_builder, err_to_str):
        def lue(v):
            if v is None or v == "":
                return empty_as
            if isinstance(v, bool):
                return v
            if isinstance(v, (int, float)):
                return number_builder(v) if number_builder else float(v)  # COM: every number is a float
            if isinstance(v, str) and v in faux_excel.ERREURS:
                return v if err_to_str else None
            if isinstance(v, dt.datetime):
                return datetime_builder(year=v.year, month=v.month, day=v.day, hour=v.hour, minute=v.minute, second=v.second, microsecond=0, tzinfo=None)
            return v

        return [[lue(v) for v in rangee] for rangee in data]

    @staticmethod
    def prepare_xl_data_element(x, options):
        assert x is None or type(x) in (str, int, float, bool, dt.datetime), f"COM ne connaît pas {type(x)}"
        return x


moteur = Engine()


class App(base_classes.App):
    def __init__(self):
        self.alertes, self._reglages = [], {"display_alerts": True, "screen_updating": True, "calculation": "automatic"}
        moteur.apps[:] = [self]
        if "openpyxl" not in [e.name for e in xlwings.engines]:
            xlwings.engines.add(xlwings.Engine(impl=moteur))
        xlwings.engines["openpyxl"].activate()

    engine, pid = moteur, -99
    display_alerts = property(lambda s: s._reglages["display_alerts"], lambda s, v: s._reglages.update(display_alerts=v))
    screen_updating = property(lambda s: s._reglages["screen_updating"], lambda s, v: s._reglages.update(screen_updating=v))
    calculation = property(lambda s: s._reglages["calculation"], lambda s, v: s._reglages.update(calculation=v))

    def alert(self, prompt, title, buttons, mode, callback):
        assert buttons in (None, "ok"), "une question n’a pas de réponse sur tous les moteurs"
        self.alertes.append((mode, prompt))


class Book(base_classes.Book):
    def __init__(self, livre, chemin):
        self.livre, self.chemin, self._app = livre, str(chemin), App()

    app = property(lambda s: s._app)
    api = property(lambda s: s.livre)
    name = property(lambda s: s.chemin.rsplit("/", 1)[-1])
    fullname = property(lambda s: s.chemin)
    sheets = property(lambda s: Sheets(s))

    def save(self, path=None, password=None):
        faux_excel.enregistrer(self.livre)


class Sheets(base_classes.Sheets):
    def __init__(self, book):
        self.book = book

    def __call__(self, cle):
        if isinstance(cle, int):
            return Sheet(self.book, self.book.livre.worksheets[cle - 1])
        return next(Sheet(self.book, ws) for ws in self.book.livre.worksheets if ws.title.casefold() == cle.casefold())

    def __len__(self):
        return len(self.book.livre.worksheets)

    def __iter__(self):
        return (Sheet(self.book, ws) for ws in self.book.livre.worksheets)

    def add(self, before=None, after=None, name=None):
        if name.casefold() in [ws.title.casefold() for ws in self.book.livre.worksheets]:
            raise faux_excel.RefusDExcel("une feuille porte déjà ce nom")
        return Sheet(self.book, self.book.livre.create_sheet(name, after.index))


class Sheet(base_classes.Sheet):
    def __init__(self, book, ws):
        self._book, self.ws = book, ws

    api = property(lambda s: s.ws)
    book = property(lambda s: s._book)
    index = property(lambda s: s._book.livre.worksheets.index(s.ws) + 1)
    name = property(lambda s: s.ws.title)
    visible = property(lambda s: s.ws.sheet_state == "visible", lambda s, v: setattr(s.ws, "sheet_state", "visible" if v else "hidden"))
    tables = property(lambda s: Tables(s))
    charts = property(lambda s: Charts(s))
    cells = property(lambda s: Range(s, (1, 1), (1_048_576, 16_384)))

    def range(self, a1, a2=None):
        return Range(self, a1, a2)

    @property
    def used_range(self):
        haut, gauche, bas, droite = faux_excel.zone_utilisee(self.ws) or (1, 1, 1, 1)
        return Range(self, (haut, gauche), (bas, droite))

    def clear(self):
        faux_excel.vider(self.ws, faux_excel.zone_utilisee(self.ws) or (1, 1, 1, 1))


class Collection(base_classes.Collection):
    def __init__(self, feuille):
        self.feuille = feuille

    parent = property(lambda s: s.feuille)

    def __len__(self):
        return len(list(iter(self)))

    def __call__(self, cle):
        return list(self)[cle - 1] if isinstance(cle, int) else next(e for e in self if e.name == cle)

    def __contains__(self, cle):
        return any(e.name == cle for e in self)


class Tables(Collection, base_classes.Tables):
    def __iter__(self):
        return iter([TableOuverte(self.feuille, t) for t in self.feuille.ws.tables.values()])

    def add(self, source_type=None, source=None, link_source=None, has_headers=None, destination=None, table_style_name=None, name=None):
        faux_excel.ajouter_un_tableau(self.feuille.ws, source.impl.zone, name, table_style_name)
        return self(name)


class TableOuverte(base_classes.Table):
    def __init__(self, feuille, table):
        self.feuille, self.table = feuille, table

    name = property(lambda s: s.table.name)
    parent = property(lambda s: s.feuille)
    range = property(lambda s: Range(s.feuille, s.table.ref))
    show_totals = property(lambda s: bool(s.table.totalsRowCount), lambda s, v: s._totaux(v))

    def _totaux(self, voulus):
        """As Excel: the row comes and goes below the body, and remembers what it held."""
        gauche, haut, droite, bas = range_boundaries(self.table.ref)
        ws = self.feuille.ws
        if voulus and not self.show_totals:
            bas += 1
            faux_excel.taper(ws, (bas, gauche, bas, droite), [self.table.gardes])
        elif self.show_totals and not voulus:
            self.table.gardes = [ws.cell(bas, c).value for c in range(gauche, droite + 1)]
            faux_excel.vider(ws, (bas, gauche, bas, droite), formats=False)
            bas -= 1
        self.table.totalsRowCount = int(voulus)
        self.table.ref = f"{get_column_letter(gauche)}{haut}:{get_column_letter(droite)}{bas}"

    def resize(self, zone):
        faux_excel.redimensionner(self.feuille.ws, self.table, zone.impl.zone)


class Charts(Collection, base_classes.Charts):
    def __iter__(self):
        return iter([Chart(self.feuille, c) for c in self.feuille.ws._charts])

    def add(self, left, top, width, height, chart_type=None, source=None, plot_by=None, name=None, anchor=None, style=None):
        ancre = f"{get_column_letter(anchor.column)}{anchor.row}"
        return Chart(self.feuille, faux_excel.dessiner(self.feuille.ws, chart_type.removesuffix("_clustered"), source.sheet.ws, source.zone, name, ancre))


class Chart(base_classes.Chart):
    def __init__(self, feuille, dessin):
        self.feuille, self.dessin = feuille, dessin

    name = property(lambda s: getattr(s.dessin, "nom", "Graphique 1"))
    title = property(lambda s: s.dessin.title, lambda s, v: setattr(s.dessin, "title", v))

    def delete(self):
        self.feuille.ws._charts.remove(self.dessin)

    @property
    def series(self):
        return Series(self.feuille, self.dessin)


class Series(Collection):
    def __init__(self, feuille, dessin):
        self.feuille, self.dessin = feuille, dessin

    def __iter__(self):
        return iter([Serie(s) for s in self.dessin.series])


class Serie(base_classes.ChartSeries):
    def __init__(self, serie):
        self.serie = serie

    fill_color = property(lambda s: None, lambda s, v: setattr(s.serie.graphicalProperties, "solidFill", faux_excel._argb(v)[2:]))


class Range(base_classes.Range):
    max_cells_per_read = max_cells_per_write = None
    has_array = False

    def __init__(self, feuille, a1, a2=None):
        self.sheet, self.options = feuille, None
        if isinstance(a1, Range):
            a1, a2 = a1.zone[:2], (a2 or a1).zone[2:]
        if isinstance(a1, str):
            gauche, haut, droite, bas = range_boundaries(a1.replace("$", ""))
            a1, a2 = (haut, gauche), (bas, droite)
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
        debut, fin = (f"${get_column_letter(c)}${li}" for li, c in (self.zone[:2], self.zone[2:]))
        return debut if debut == fin else f"{debut}:{fin}"

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __call__(self, i, j=None):
        if j is None:
            i, j = divmod(i - 1, self.shape[1])
            i, j = i + 1, j + 1
        return Range(self.sheet, (self.row + i - 1, self.column + j - 1))

    def _valeurs(self):
        haut, gauche, bas, droite = self.zone
        return [[self.sheet.ws.cell(i, j).value for j in range(gauche, droite + 1)] for i in range(haut, bas + 1)]

    @property
    def raw_value(self):
        """Values as a calculated sheet shows them; a formula that nobody calculated here shows nothing."""
        return [[None if isinstance(v, str) and v.startswith("=") and self.sheet.ws.cell(self.row + i, self.column + j).data_type == "f" else v
                 for j, v in enumerate(r)] for i, r in enumerate(self._valeurs())]  # fmt: skip

    @raw_value.setter
    def raw_value(self, valeur):
        matrice = valeur if isinstance(valeur, (list, tuple)) else [[valeur] * self.shape[1] for _ in range(self.shape[0])]
        faux_excel.taper(self.sheet.ws, self.zone, [list(r) for r in matrice])

    @property
    def formula(self):
        return tuple(tuple("" if v is None else v for v in r) for r in self._valeurs()) if len(self) > 1 else (self._valeurs()[0][0] or "")

    number_format = property(lambda s: s.sheet.ws.cell(*s.zone[:2]).number_format, lambda s, v: faux_excel.formater(s.sheet.ws, s.zone, v))
    color = property(lambda s: None, lambda s, v: faux_excel.colorier(s.sheet.ws, s.zone, v))
    wrap_text = property(lambda s: None, lambda s, v: faux_excel.aligner(s.sheet.ws, s.zone, wrapText=v))
    horizontal_alignment = property(lambda s: None, lambda s, v: faux_excel.aligner(s.sheet.ws, s.zone, horizontal=v))
    vertical_alignment = property(lambda s: None, lambda s, v: faux_excel.aligner(s.sheet.ws, s.zone, vertical=v))
    font = property(lambda s: Font(s))
    borders = property(lambda s: Borders(s))

    @property
    def column_width(self):
        return self.sheet.ws.column_dimensions[get_column_letter(self.column)].width

    @column_width.setter
    def column_width(self, largeur):
        for colonne in range(self.zone[1], self.zone[3] + 1):
            self.sheet.ws.column_dimensions[get_column_letter(colonne)].width = largeur

    @property
    def row_height(self):
        return self.sheet.ws.row_dimensions[self.row].height

    @row_height.setter
    def row_height(self, hauteur):
        for ligne in range(self.zone[0], self.zone[2] + 1):
            self.sheet.ws.row_dimensions[ligne].height = hauteur

    def clear(self):
        faux_excel.vider(self.sheet.ws, self.zone)

    def clear_contents(self):
        faux_excel.vider(self.sheet.ws, self.zone, formats=False)

    def insert(self, shift, copy_origin):
        assert shift == "down"
        faux_excel.inserer(self.sheet.ws, self.zone)

    def merge(self, across):
        faux_excel.fusionner(self.sheet.ws, self.zone, across)

    def unmerge(self):
        faux_excel.defusionner(self.sheet.ws, self.zone)

    def autofit(self, axis=None):
        pass

    def add_hyperlink(self, address, text_to_display=None, screen_tip=None):
        faux_excel.lier(self.sheet.ws, self.zone, address, text_to_display, screen_tip)


def _trait_de_police(nom):
    return property(lambda s: None, lambda s, v: faux_excel.ecrire_en(s.zone.sheet.ws, s.zone.zone, **{nom: v}))


class Font(base_classes.Font):
    def __init__(self, zone):
        self.__dict__["zone"] = zone

    bold, italic, size, color = (_trait_de_police(nom) for nom in ("bold", "italic", "size", "color"))


class Borders(base_classes.Borders):
    def __init__(self, zone):
        self.parent = zone

    def set(self, sides, **reglages):
        for cote in sides:
            faux_excel.border(self.parent.sheet.ws, self.parent.zone, cote, reglages.get("color"), reglages.get("weight"))


def classeur(livre: openpyxl.Workbook, chemin="Classeur.xlsm") -> xlwings.Book:
    return xlwings.Book(impl=Book(livre, chemin))
