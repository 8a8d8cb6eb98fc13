"""What Excel does to a sheet when it is driven from outside, on openpyxl's cells: how a value is typed, what is refused.

The two doubles (``client_distant``, ``moteur_openpyxl``) stand on this one model of Excel; each brings xlwings' own way to it.
Ranges are (first row, first column, last row, last column), from 1.
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
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

TEXTE = "@"
ERREURS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
_NOMBRE = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2})?")
_EPAISSEURS = {"hairline": "hair", "thin": "thin", "medium": "medium", "thick": "thick"}
_COTES = {"edge_bottom": "bottom", "edge_top": "top", "edge_left": "left", "edge_right": "right", "inside_horizontal": "bottom", "inside_vertical": "right"}


class RefusDExcel(Exception):
    """What Excel answers when it will not: a protected cell, a table over another, a matrix of the wrong shape."""


def cellules(ws, zone):
    haut, gauche, bas, droite = zone
    if (bas - haut + 1) * (droite - gauche + 1) > 2_000_000:
        raise RefusDExcel("zone trop grande")
    for ligne in range(haut, bas + 1):
        for colonne in range(gauche, droite + 1):
            cellule = ws.cell(ligne, colonne)
            if ws.protection.sheet and cellule.protection.locked:
                raise RefusDExcel(f"feuille protégée : {ws.title}!{cellule.coordinate}")
            yield cellule


# --- values ---


def taper(ws, zone, matrice):
    """``matrice``: a row of values for each row of the range; None and "" empty a cell."""
    haut, gauche, bas, droite = zone
    if len(matrice) != bas - haut + 1 or any(len(r) != droite - gauche + 1 for r in matrice):
        raise RefusDExcel(f"matrice {len(matrice)}×{len(matrice[0])} pour la zone {zone}")
    for cellule in cellules(ws, zone):
        _taper(cellule, matrice[cellule.row - haut][cellule.column - gauche])


def _taper(cellule, valeur):
    """As if it had been typed: text in a « @ » cell stays text, elsewhere it becomes what it looks like."""
    if isinstance(cellule, MergedCell):
        return  # under a merge: Excel keeps nothing there
    if isinstance(valeur, str) and valeur and cellule.number_format != TEXTE:
        if valeur.startswith("="):
            cellule.value = valeur
            return
        valeur = _devine(cellule, valeur)
    if isinstance(valeur, (int, float)) and not isinstance(valeur, bool) and cellule.number_format == TEXTE:
        valeur = str(valeur)  # a number sent to a text cell is kept as text
    cellule.value = None if valeur == "" else valeur
    if isinstance(cellule.value, str):
        cellule.data_type = "e" if cellule.value in ERREURS and cellule.number_format != TEXTE else "s"


def _devine(cellule, texte):
    if _NOMBRE.fullmatch(texte):
        return float(texte)
    if _DATE.fullmatch(texte):
        if cellule.number_format == "General":
            cellule.number_format = "yyyy-mm-dd"
        return dt.datetime.fromisoformat(texte)
    if texte.startswith("'"):
        return texte[1:]
    return {"TRUE": True, "FALSE": False}.get(texte.upper(), texte)


def vider(ws, zone, formats=True):
    for cellule in cellules(ws, zone):
        if not isinstance(cellule, MergedCell):
            cellule.value = None
            cellule.hyperlink = None if formats else cellule.hyperlink
        if formats:
            cellule.style = "Normal"


def lier(ws, zone, adresse, texte, infobulle):
    for cellule in cellules(ws, zone):
        if adresse.startswith("#"):
            cellule.hyperlink = f"#{adresse[1:]}"
        else:
            cellule.hyperlink = adresse
        cellule.hyperlink.tooltip = infobulle
        _taper(cellule, texte)


def inserer(ws, zone):
    """The range and what stands below it go down; tables that stand below follow."""
    haut, gauche, bas, droite = zone
    hauteur = bas - haut + 1
    for table in ws.tables.values():
        c0, l0, c1, l1 = range_boundaries(table.ref)
        if l0 < haut <= l1 and not (c1 < gauche or droite < c0) and haut != l1 + 1:
            raise RefusDExcel("l’opération décalerait une partie d’un tableau")
        if l0 >= haut and gauche <= c0 and c1 <= droite:
            table.ref = f"{get_column_letter(c0)}{l0 + hauteur}:{get_column_letter(c1)}{l1 + hauteur}"
    dernier = max(ws.max_row, haut)
    ws.move_range(f"{get_column_letter(gauche)}{haut}:{get_column_letter(droite)}{dernier}", rows=hauteur)


def fusionner(ws, zone, par_ligne):
    haut, gauche, bas, droite = zone
    for debut, fin in [(ligne, ligne) for ligne in range(haut, bas + 1)] if par_ligne else [(haut, bas)]:
        ws.merged_cells.add(CellRange(min_row=debut, min_col=gauche, max_row=fin, max_col=droite))  # merge_cells() is slow


def defusionner(ws, zone):
    haut, gauche, bas, droite = zone
    for plage in list(ws.merged_cells.ranges):
        if not (plage.max_row < haut or bas < plage.min_row or plage.max_col < gauche or droite < plage.min_col):
            ws.merged_cells.remove(plage)


# --- tables ---


def ajouter_un_tableau(ws, zone, nom, style):
    haut, gauche, bas, droite = zone
    if any(nom in feuille.tables for feuille in ws.parent.worksheets):
        raise RefusDExcel(f"un tableau « {nom} » existe déjà")
    _sans_recouvrement(ws, zone)
    table = Table(displayName=nom, name=nom, ref=_a1(zone))
    table.tableStyleInfo = TableStyleInfo(name=style, showRowStripes=True)
    _entetes(ws, table)
    ws.add_table(table)


def redimensionner(ws, table, zone):
    """As ListObject.Resize: the header stays on its row, the headers are texts and differ."""
    if range_boundaries(table.ref)[1] != zone[0]:
        raise RefusDExcel("la ligne d’en-tête d’un tableau ne change pas")
    _sans_recouvrement(ws, zone, sauf=table)
    table.ref = _a1(zone)
    if table.autoFilter:
        table.autoFilter.ref = table.ref
    _entetes(ws, table)


def _entetes(ws, table):
    c0, l0, c1, _ = range_boundaries(table.ref)
    noms = []
    for colonne in range(c0, c1 + 1):
        cellule = ws.cell(l0, colonne)
        cellule.value = str(cellule.value or f"Colonne{colonne - c0 + 1}")
        noms.append(cellule.value)
    if len({n.casefold() for n in noms}) != len(noms):
        raise RefusDExcel(f"deux en-têtes de même nom : {noms}")
    table.tableColumns = [TableColumn(id=i, name=n) for i, n in enumerate(noms, 1)]


def _sans_recouvrement(ws, zone, sauf=None):
    haut, gauche, bas, droite = zone
    for autre in ws.tables.values():
        c0, l0, c1, l1 = range_boundaries(autre.ref)
        if autre is not sauf and not (c1 < gauche or droite < c0 or l1 < haut or bas < l0):
            raise RefusDExcel("un tableau ne peut pas en recouvrir un autre")


def _a1(zone):
    haut, gauche, bas, droite = zone
    return f"{get_column_letter(gauche)}{haut}:{get_column_letter(droite)}{bas}"


# --- what is seen ---


def _habiller(ws, zone, changer):
    """``changer(cell)`` once for each look found in the range: openpyxl is slow at giving a style."""
    faits = {}
    for cellule in cellules(ws, zone):
        avant = tuple(cellule._style or ())
        if avant in faits:
            cellule._style = copy.copy(faits[avant])
        else:
            changer(cellule)
            faits[avant] = cellule._style


def formater(ws, zone, format_):
    _habiller(ws, zone, lambda cellule: setattr(cellule, "number_format", format_))


def colorier(ws, zone, couleur):
    fond = PatternFill("solid", fgColor=_argb(couleur)) if couleur else PatternFill()
    _habiller(ws, zone, lambda cellule: setattr(cellule, "fill", fond))


def ecrire_en(ws, zone, **police):
    """bold, italic, size, color (``#RRGGBB``)."""
    voulu = {{"bold": "b", "italic": "i", "size": "sz"}.get(k, k): _argb(v) if k == "color" else v for k, v in police.items()}

    def changer(cellule):
        cellule.font = Font(**{k: getattr(cellule.font, k) for k in ("name", "sz", "b", "i", "color")} | voulu)

    _habiller(ws, zone, changer)


def aligner(ws, zone, **reglages):
    def changer(cellule):
        cellule.alignment = Alignment(**{k: getattr(cellule.alignment, k) for k in ("horizontal", "vertical", "wrapText")} | reglages)

    _habiller(ws, zone, changer)


def border(ws, zone, cote, couleur=None, epaisseur=None):
    def changer(cellule):
        avant = getattr(cellule.border, _COTES[cote]) or Side()
        trait = Side(style=_EPAISSEURS.get(epaisseur) or avant.style or "thin", color=_argb(couleur) if couleur else avant.color)
        cellule.border = Border(**{c: getattr(cellule.border, c) for c in ("left", "right", "top", "bottom")} | {_COTES[cote]: trait})

    _habiller(ws, zone, changer)


def dessiner(ws, type_, source_ws, zone, nom, ancre):
    """A chart over the columns of a block whose first row and first column are labels."""
    haut, gauche, bas, droite = zone
    dessin = {"l": LineChart, "p": PieChart}.get(type_.lower()[0], BarChart)()
    dessin.add_data(Reference(source_ws, min_col=gauche + 1, max_col=droite, min_row=haut, max_row=bas), titles_from_data=True)
    dessin.set_categories(Reference(source_ws, min_col=gauche, min_row=haut + 1, max_row=bas))
    dessin.nom = nom
    ws.add_chart(dessin, ancre)
    return dessin


def _argb(couleur):
    if isinstance(couleur, (tuple, list)):
        couleur = "#" + "".join(f"{c:02X}" for c in couleur)
    return "FF" + couleur.lstrip("#").upper()


# --- what is read ---


def zone_utilisee(ws):
    """Rows and columns that hold something; None for a blank sheet."""
    places = [(c.row, c.column) for c in ws._cells.values() if c.value is not None]
    if not places:
        return None
    lignes, colonnes = [p[0] for p in places], [p[1] for p in places]
    return min(lignes), min(colonnes), max(lignes), max(colonnes)


def enregistrer(livre: openpyxl.Workbook) -> None:
    """What a disk would hold, kept beside the open workbook."""
    disque = io.BytesIO()
    livre.save(disque)
    livre.sur_le_disque = disque.getvalue()
