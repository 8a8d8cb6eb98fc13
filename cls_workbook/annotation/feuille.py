"""One sheet of a returned workbook, changed in place: the style of a cell, the comments, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from lxml import etree

from cls_workbook.annotation.paquet import LIENS, Inhabituel, Paquet, nom

_ADRESSE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# What follows <legacyDrawing> in a sheet, in the order that the format wants.
_APRES_LE_DESSIN = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
LARGEUR_PAR_DEFAUT, HAUTEUR_PAR_DEFAUT = 64, 20  # pixels


def place(adresse: str) -> tuple[int, int]:
    """``D14`` → (14, 4). Inhabituel if it is not an address."""
    lue = _ADRESSE.fullmatch(adresse)
    if lue is None:
        raise Inhabituel(adresse)
    colonne = 0
    for lettre in lue.group(1):
        colonne = colonne * 26 + ord(lettre) - 64
    return int(lue.group(2)), colonne


class FeuilleOuverte:
    """``partie``: the sheet's part. Rows and columns count from 1."""

    def __init__(self, paquet: Paquet, partie: str):
        self.paquet, self.partie = paquet, partie
        self.racine = paquet.xml(partie)
        if self.racine.tag != nom("worksheet"):
            raise Inhabituel(partie)

    @cached_property
    def _lignes(self) -> dict[int, etree._Element]:
        donnees = self.racine.find(nom("sheetData"))
        if donnees is None or any("r" not in ligne.attrib for ligne in donnees):
            raise Inhabituel(self.partie)
        return {int(ligne.get("r")): ligne for ligne in donnees}

    # --- cells ---

    def cellules(self) -> Iterator[tuple[str, int]]:
        """(address, rank of the style) of every cell that is written."""
        for ligne in self._lignes.values():
            for cellule in ligne:
                yield cellule.get("r", ""), int(cellule.get("s", 0))

    def textes(self, partages: list[str], colonnes: set[int]) -> Iterator[tuple[str, str]]:
        """(address, text) of the texts in some columns."""
        for ligne in self._lignes.values():
            for cellule in ligne:
                adresse = cellule.get("r", "")
                if not adresse or (nature := cellule.get("t")) not in ("s", "inlineStr", "str"):
                    continue
                if place(adresse)[1] not in colonnes:
                    continue
                if nature == "s":
                    rang = cellule.findtext(nom("v"), "")
                    yield adresse, partages[int(rang)] if rang.isdecimal() and int(rang) < len(partages) else ""
                else:
                    yield adresse, "".join(t.text or "" for t in cellule.iter(nom("t") if nature == "inlineStr" else nom("v")))

    def style(self, adresse: str) -> int:
        return int(self._cellule(adresse).get("s", 0))

    def styler(self, adresse: str, rang: int) -> None:
        self._cellule(adresse).set("s", str(rang))

    def _cellule(self, adresse: str) -> etree._Element:
        """The cell, made blank in its place if it is not written."""
        rang, colonne = place(adresse)
        ligne = self._ligne(rang)
        suivante = len(ligne)
        for position, cellule in enumerate(ligne):
            la = place(cellule.get("r", ""))[1]
            if la == colonne:
                return cellule
            if la > colonne:
                suivante = position
                break
        cellule = etree.Element(nom("c"), r=adresse)
        if ligne.get("s") and ligne.get("customFormat") == "1":
            cellule.set("s", ligne.get("s"))
        ligne.insert(suivante, cellule)
        return cellule

    def _ligne(self, rang: int) -> etree._Element:
        if rang not in self._lignes:
            apres = next((li for r, li in sorted(self._lignes.items()) if r > rang), None)
            neuve = etree.Element(nom("row"), r=str(rang))
            self.racine.find(nom("sheetData")).append(neuve) if apres is None else apres.addprevious(neuve)
            self._lignes[rang] = neuve
        return self._lignes[rang]

    # --- sizes, to place a comment ---

    @cached_property
    def largeurs(self) -> dict[int, int]:
        """Column → pixels, for those that are told; a hidden one has none."""
        trouvees = {}
        for groupe in self.racine.iterfind(f"{nom('cols')}/{nom('col')}"):
            cachee = groupe.get("hidden") in ("1", "true")
            pixels = 0 if cachee else int(float(groupe.get("width", 9)) * 7 + 5)
            trouvees |= dict.fromkeys(range(int(groupe.get("min")), min(int(groupe.get("max")), int(groupe.get("min")) + 60) + 1), pixels)
        return trouvees

    def hauteur(self, rang: int) -> int:
        ligne = self._lignes.get(rang)
        if ligne is None:
            return HAUTEUR_PAR_DEFAUT
        return 0 if ligne.get("hidden") in ("1", "true") else int(float(ligne.get("ht", 15)) * 4 / 3)

    # --- what hangs on the sheet ---

    def partie_liee(self, type_: str) -> str | None:
        return next((r.cible for r in self.paquet.relations(self.partie) if r.type == type_ and r.cible in self.paquet), None)

    def partie_du_dessin(self) -> str | None:
        """The VML part that draws the comments."""
        dessin = self.racine.find(nom("legacyDrawing"))
        if dessin is None:
            return None
        relation = next((r for r in self.paquet.relations(self.partie) if r.id == dessin.get(f"{{{LIENS}}}id")), None)
        if relation is None or relation.cible not in self.paquet:
            raise Inhabituel("legacyDrawing")
        return relation.cible

    def accrocher_le_dessin(self, partie: str) -> None:
        dessin = etree.Element(nom("legacyDrawing"), {f"{{{LIENS}}}id": self.paquet.relier(self.partie, "vmlDrawing", partie)})
        suite = next((e for e in self.racine if etree.QName(e).localname in _APRES_LE_DESSIN), None)
        self.racine.append(dessin) if suite is None else suite.addprevious(dessin)

    def deselectionner(self) -> None:
        for vue in self.racine.iterfind(f"{nom('sheetViews')}/{nom('sheetView')}"):
            vue.attrib.pop("tabSelected", None)
