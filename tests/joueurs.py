"""Plays gestures (``gestes``) in a workbook opened by openpyxl, or in LibreOffice."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable

from gestes import Geste, Zone
from libreoffice import Document
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

JAUNE = PatternFill("solid", fgColor="00FFD966")
ORIGINE = datetime.date(1899, 12, 30)


def cellule(ligne: int, colonne: int) -> str:
    return f"{get_column_letter(colonne)}{ligne}"


def plage(zone: Zone) -> str:
    return f"{cellule(zone.haut, zone.gauche)}:{cellule(zone.bas, zone.droite)}"


def en_serie(jour: datetime.date) -> int:
    return (jour.date() if isinstance(jour, datetime.datetime) else jour).toordinal() - ORIGINE.toordinal()


class ParOpenpyxl:
    """On one sheet. openpyxl moves no merged range: they are undone first, as partners do who insert in a form."""

    def __init__(self, feuille: Worksheet):
        self.feuille = feuille

    def jouer(self, gestes: Iterable[Geste]) -> None:
        for geste in gestes:
            getattr(self, geste.nom)(*geste.arguments)

    def _sans_fusions(self) -> None:
        for zone in list(self.feuille.merged_cells.ranges):
            self.feuille.unmerge_cells(str(zone))

    def inserer_lignes(self, rang: int, nombre: int) -> None:
        self._sans_fusions()
        self.feuille.insert_rows(rang, nombre)

    def supprimer_lignes(self, rang: int, nombre: int) -> None:
        self._sans_fusions()
        self.feuille.delete_rows(rang, nombre)

    def inserer_colonnes(self, rang: int, nombre: int) -> None:
        self._sans_fusions()
        self.feuille.insert_cols(rang, nombre)

    def supprimer_colonnes(self, rang: int, nombre: int) -> None:
        self._sans_fusions()
        self.feuille.delete_cols(rang, nombre)

    def deplacer(self, zone: Zone, vers: tuple[int, int]) -> None:
        self._sans_fusions()
        valeurs = self._valeurs(zone)
        self._poser(zone, [[None] * len(ligne) for ligne in valeurs], (zone.haut, zone.gauche))
        self._poser(zone, valeurs, vers)

    def copier(self, zone: Zone, vers: tuple[int, int]) -> None:
        self._sans_fusions()
        self._poser(zone, self._valeurs(zone), vers)

    def trier(self, zone: Zone, colonne: int, decroissant: bool, ordre: tuple[int, ...]) -> None:
        self._sans_fusions()
        valeurs = self._valeurs(zone)
        self._poser(zone, [valeurs[ligne - zone.haut] for ligne in ordre], (zone.haut, zone.gauche))

    def _valeurs(self, zone: Zone) -> list[list]:
        return [[self.feuille.cell(i, j).value for j in range(zone.gauche, zone.droite + 1)] for i in range(zone.haut, zone.bas + 1)]

    def _poser(self, zone: Zone, valeurs: list[list], vers: tuple[int, int]) -> None:
        for i, ligne in enumerate(valeurs):
            for j, valeur in enumerate(ligne):
                self.feuille.cell(vers[0] + i, vers[1] + j).value = valeur

    def fusionner(self, zone: Zone) -> None:
        self.feuille.merge_cells(plage(zone))

    def defusionner(self, zone: Zone) -> None:
        self.feuille.unmerge_cells(plage(zone))

    def ecrire(self, ligne: int, colonne: int, brut: object) -> None:
        case = self.feuille.cell(ligne, colonne)
        case.value = brut
        if isinstance(brut, str) and brut[:1] in ("=", "#"):
            case.data_type = "s"  # a text that looks like a formula or an error
        if isinstance(brut, (int, float)) and case.is_date:
            case.number_format = "General"

    def formule(self, ligne: int, colonne: int, texte: str) -> None:
        self.feuille.cell(ligne, colonne).value = texte

    def masquer_lignes(self, rang: int, nombre: int) -> None:
        for i in range(rang, rang + nombre):
            self.feuille.row_dimensions[i].hidden = True

    def masquer_colonnes(self, rang: int, nombre: int) -> None:
        self._colonnes(rang, nombre, True)

    def montrer_colonnes(self, rang: int, nombre: int) -> None:
        self._colonnes(rang, nombre, False)

    def _colonnes(self, rang: int, nombre: int, masquees: bool) -> None:
        for j in range(rang, rang + nombre):
            self.feuille.column_dimensions[get_column_letter(j)].hidden = masquees

    def filtrer(self, zone: Zone) -> None:
        self.feuille.auto_filter.ref = plage(zone)

    def noter(self, ligne: int, colonne: int, texte: str) -> None:
        self.feuille.cell(ligne, colonne).comment = Comment(texte, "Un partenaire")

    def colorer(self, zone: Zone) -> None:
        peinte = None
        for i in range(zone.haut, zone.bas + 1):
            for j in range(zone.gauche, zone.droite + 1):
                case = self.feuille.cell(i, j)
                if peinte is not None and not case.has_style:
                    case._style = copy.copy(peinte._style)  # a hundred times as fast
                    continue
                nue = not case.has_style
                case.fill = JAUNE
                peinte = case if nue else peinte

    def formater(self, zone: Zone, format_: str) -> None:
        for i in range(zone.haut, zone.bas + 1):
            for j in range(zone.gauche, zone.droite + 1):
                self.feuille.cell(i, j).number_format = format_


class ParLibreOffice:
    """On one sheet of an open document, its protection lifted."""

    def __init__(self, document: Document, feuille: str):
        self.document, self.nom = document, feuille

    def jouer(self, gestes: Iterable[Geste]) -> None:
        for geste in gestes:
            getattr(self, geste.nom)(*geste.arguments)

    def inserer_lignes(self, rang: int, nombre: int) -> None:
        self.document.insert_rows(self.nom, rang, nombre)

    def supprimer_lignes(self, rang: int, nombre: int) -> None:
        self.document.delete_rows(self.nom, rang, nombre)

    def inserer_colonnes(self, rang: int, nombre: int) -> None:
        self.document.insert_columns(self.nom, rang, nombre)

    def supprimer_colonnes(self, rang: int, nombre: int) -> None:
        self.document.delete_columns(self.nom, rang, nombre)

    def deplacer(self, zone: Zone, vers: tuple[int, int]) -> None:
        self.document.cut(self.nom, plage(zone), cellule(*vers))

    def copier(self, zone: Zone, vers: tuple[int, int]) -> None:
        self.document.copy(self.nom, plage(zone), cellule(*vers))

    def trier(self, zone: Zone, colonne: int, decroissant: bool, ordre: tuple[int, ...]) -> None:
        self.document.sort(self.nom, plage(zone), colonne - zone.gauche, decroissant)

    def fusionner(self, zone: Zone) -> None:
        self.document.merge(self.nom, plage(zone))

    def defusionner(self, zone: Zone) -> None:
        self.document.unmerge(self.nom, plage(zone))

    def ecrire(self, ligne: int, colonne: int, brut: object) -> None:
        valeur = en_serie(brut) if isinstance(brut, datetime.date) else brut
        self.document.put(self.nom, {cellule(ligne, colonne): valeur})

    def formule(self, ligne: int, colonne: int, texte: str) -> None:
        self.document.type(self.nom, {cellule(ligne, colonne): texte})

    def masquer_lignes(self, rang: int, nombre: int) -> None:
        self.document.hide_rows(self.nom, rang, nombre)

    def masquer_colonnes(self, rang: int, nombre: int) -> None:
        self.document.hide_columns(self.nom, rang, nombre, True)

    def montrer_colonnes(self, rang: int, nombre: int) -> None:
        self.document.hide_columns(self.nom, rang, nombre, False)

    def filtrer(self, zone: Zone) -> None:
        self.document.filter(self.nom, plage(zone))

    def noter(self, ligne: int, colonne: int, texte: str) -> None:
        self.document.note(self.nom, cellule(ligne, colonne), texte)

    def colorer(self, zone: Zone) -> None:
        self.document.paint(self.nom, plage(zone), 0xFFD966)

    def formater(self, zone: Zone, format_: str) -> None:
        self.document.number_format(self.nom, plage(zone), format_)
