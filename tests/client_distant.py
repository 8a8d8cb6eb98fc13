"""Plays the task pane (Office.js) of xlwings' remote engine, on an openpyxl workbook.

One click: the whole workbook goes to Python as JSON, a list of actions comes back, they are applied in order. The engine
reads nothing but that first picture. An action that this client does not know raises: nothing is taken for granted.
The engine's licence (PolyForm) is for non-commercial use and for tests such as these; nothing that ships needs it.
"""

from __future__ import annotations

import datetime as dt
import json

import faux_excel
import openpyxl
import xlwings
from openpyxl.utils import get_column_letter, range_boundaries

DISPONIBLE = "remote" in [moteur.name for moteur in xlwings.engines]
_VISIBILITE = {"visible": "Visible", "hidden": "Hidden", "veryHidden": "VeryHidden"}


class ClientDistant:
    def __init__(self, livre: openpyxl.Workbook):
        self.livre, self.alertes, self.actions = livre, [], []

    def cliquer(self, fonction, **plus):
        """Runs ``fonction(book, **plus)`` as the server would, then applies what it asked for; what it returned."""
        book = xlwings.Book(json=json.loads(json.dumps(self._image(), allow_nan=False)))
        try:
            resultat = fonction(book, **plus)
            self.actions = json.loads(json.dumps(book.json(), allow_nan=False))["actions"]
        finally:
            book.close()
        for action in self.actions:
            getattr(self, f"_{action['func']}")(action, *(action["args"] or []))
        return resultat

    # --- what the client sends ---

    def _image(self) -> dict:
        feuilles = [self._image_de(ws) for ws in self.livre.worksheets]
        classeur = {"name": "Classeur.xlsm", "active_sheet_index": 0, "selection": "A1", "calculation": "Automatic"}
        return {"client": "Office.js", "version": xlwings.__version__, "book": classeur, "names": [], "sheets": feuilles}

    def _image_de(self, ws) -> dict:
        zone = faux_excel.zone_utilisee(ws)
        haut, gauche, bas, droite = zone or (1, 1, 1, 1)
        valeurs = [[_en_json(ws.cell(i, j)) for j in range(1, droite + 1)] for i in range(1, bas + 1)] if zone else [[""]]
        return {
            "name": ws.title, "visibility": _VISIBILITE[ws.sheet_state], "show_gridlines": True, "print_area": None, "notes": [],
            "notes_supported": True, "values": valeurs, "pictures": [], "shapes": [], "pivot_tables": [],
            "used_range_address": f"{get_column_letter(gauche)}{haut}:{get_column_letter(droite)}{bas}" if zone else None,
            "used_range_row_count": bas - haut + 1, "used_range_column_count": droite - gauche + 1,
            "charts": [{"name": getattr(c, "nom", f"Graphique {i}"), "chart_type": "BarClustered", "left": 0, "top": 0, "width": 1, "height": 1} for i, c in enumerate(ws._charts, 1)],
            "tables": [_image_du_tableau(t) for t in ws.tables.values()],
        }  # fmt: skip

    # --- what it does with each action ---

    def _ws(self, action):
        return self.livre.worksheets[action["sheet_position"]]

    def _zone(self, action):
        ligne, colonne = action["start_row"] + 1, action["start_column"] + 1
        return self._ws(action), (ligne, colonne, ligne + action["row_count"] - 1, colonne + action["column_count"] - 1)

    def _save(self, *_):
        faux_excel.enregistrer(self.livre)

    def _setValues(self, action, *_):
        faux_excel.taper(*self._zone(action), action["values"])

    def _rangeClear(self, action, *_):
        faux_excel.vider(*self._zone(action))

    def _rangeClearContents(self, action, *_):
        faux_excel.vider(*self._zone(action), formats=False)

    def _rangeInsert(self, action, sens, _):
        assert sens == "down"
        faux_excel.inserer(*self._zone(action))

    def _rangeMerge(self, action, par_ligne):
        faux_excel.fusionner(*self._zone(action), par_ligne)

    def _rangeUnmerge(self, action, *_):
        faux_excel.defusionner(*self._zone(action))

    def _setNumberFormat(self, action, format_):
        faux_excel.formater(*self._zone(action), format_)

    def _setRangeColor(self, action, couleur):
        faux_excel.colorier(*self._zone(action), couleur)

    def _setFontProperty(self, action, nom, valeur):
        faux_excel.ecrire_en(*self._zone(action), **{nom: valeur})

    def _setWrapText(self, action, retour):
        faux_excel.aligner(*self._zone(action), wrapText=retour)

    def _setHorizontalAlignment(self, action, valeur):
        faux_excel.aligner(*self._zone(action), horizontal=valeur.lower())

    def _setVerticalAlignment(self, action, valeur):
        faux_excel.aligner(*self._zone(action), vertical=valeur.lower())

    def _setBorderProperty(self, action, cote, nom, valeur):
        reglage = {"color": {"couleur": valeur}, "weight": {"epaisseur": str(valeur).lower()}}.get(nom, {})
        faux_excel.border(*self._zone(action), cote, **reglage)

    def _setColumnWidth(self, action, points):
        ws, (_, gauche, _, droite) = self._zone(action)
        for colonne in range(gauche, droite + 1):
            ws.column_dimensions[get_column_letter(colonne)].width = round((points - 3.75) / 5.25, 2)  # Office.js counts in points

    def _setRowHeight(self, action, points):
        ws, (haut, _, bas, _) = self._zone(action)
        for ligne in range(haut, bas + 1):
            ws.row_dimensions[ligne].height = points

    def _setAutofit(self, action, *_):
        pass

    def _addHyperlink(self, action, adresse, texte, infobulle):
        assert texte is not None and infobulle is not None, "le client appelle toString() sur les deux"
        faux_excel.lier(*self._zone(action), adresse, texte, infobulle)

    def _addSheet(self, action, rang, nom):
        if nom.casefold() in [ws.title.casefold() for ws in self.livre.worksheets]:
            raise faux_excel.RefusDExcel("une feuille porte déjà ce nom")
        self.livre.create_sheet(nom, rang)

    def _sheetClear(self, action, *_):
        ws = self._ws(action)
        faux_excel.vider(ws, faux_excel.zone_utilisee(ws) or (1, 1, 1, 1))

    def _setSheetVisibility(self, action, valeur):
        self._ws(action).sheet_state = {v: k for k, v in _VISIBILITE.items()}[valeur]

    def _addTable(self, action, adresse, entetes, style, nom):
        gauche, haut, droite, bas = range_boundaries(adresse.replace("$", ""))
        faux_excel.ajouter_un_tableau(self._ws(action), (haut, gauche, bas, droite), nom, style)

    def _table(self, action, rang):
        return list(self._ws(action).tables.values())[rang]

    def _resizeTable(self, action, rang, adresse):
        gauche, haut, droite, bas = range_boundaries(adresse.replace("$", ""))
        faux_excel.redimensionner(self._ws(action), self._table(action, rang), (haut, gauche, bas, droite))

    def _addChart(self, action, nom, type_, feuille, adresse, gauche, haut, largeur, hauteur, sens, ancre, style):
        assert sens == "Columns" and largeur > 0 and hauteur > 0
        c0, l0, c1, l1 = range_boundaries(adresse.replace("$", ""))
        faux_excel.dessiner(self._ws(action), type_, self.livre[feuille], (l0, c0, l1, c1), nom, ancre.replace("$", ""))

    def _setChartTitle(self, action, rang, titre):
        self._ws(action)._charts[rang].title = titre

    def _deleteChart(self, action, rang):
        del self._ws(action)._charts[rang]

    def _alert(self, action, texte, titre, boutons, mode, _):
        assert boutons == "ok", "le client n’attend pas de réponse"
        self.alertes.append((mode, texte))

    def _setScreenUpdating(self, action, *_):
        pass

    def _setCalculation(self, action, *_):
        pass

    def _setDisplayAlerts(self, action, *_):
        pass


def _en_json(cellule):
    """As Office.js has it: whole numbers without a point, dates with their hour, a formula as nothing (it was not calculated)."""
    valeur = cellule.value
    if valeur is None or (isinstance(valeur, str) and cellule.data_type == "f"):
        return ""
    if isinstance(valeur, dt.datetime):
        return valeur.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(valeur, float) and valeur.is_integer():
        return int(valeur)
    return valeur


def _image_du_tableau(table) -> dict:
    gauche, haut, droite, bas = range_boundaries(table.ref)
    a, z, totaux = get_column_letter(gauche), get_column_letter(droite), bool(table.totalsRowCount)
    return {
        "name": table.name, "range_address": table.ref, "row_count": bas - haut + 1, "column_count": droite - gauche + 1,
        "columns": [c.name for c in table.tableColumns], "header_row_range_address": f"{a}{haut}:{z}{haut}",
        "data_body_range_address": f"{a}{haut + 1}:{z}{bas - totaux}", "total_row_range_address": f"{a}{bas}:{z}{bas}" if totaux else None,
        "show_headers": True, "show_totals": totaux, "table_style": "", "show_autofilter": True,
    }  # fmt: skip
