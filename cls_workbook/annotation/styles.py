"""The styles of a returned workbook: the same cell in another colour, and the styles of a sheet brought from elsewhere."""

from __future__ import annotations

import copy
import re

from lxml import etree

from cls_workbook.annotation.paquet import Inhabituel, Paquet, nom

_FORMATS_DU_FICHIER = 164  # number formats from this rank on are defined by each file
_FOND = re.compile(r"(\w+)\|([\w=;.]*)\|([\w=;.]*)")
_ATTRIBUTS = ("rgb", "theme", "indexed", "tint", "auto")


class Styles:
    """``xl/styles.xml`` of one archive. Ranks are those of ``cellXfs``, which cells cite."""

    def __init__(self, paquet: Paquet):
        partie = paquet.partie_de_type("styles")
        if partie is None:
            raise Inhabituel("xl/styles.xml")
        self.racine = paquet.xml(partie)
        self._listes = {balise: self._liste(balise) for balise in ("fonts", "fills", "borders", "cellXfs")}
        self._fonds: dict[str, int] = {}
        self._faits: dict[tuple[int, int], int] = {}

    def _liste(self, balise: str) -> etree._Element:
        trouvee = self.racine.find(nom(balise))
        if trouvee is None:
            raise Inhabituel(balise)
        return trouvee

    def _ajouter(self, balise: str, element: etree._Element) -> int:
        liste = self._listes[balise]
        liste.append(element)
        liste.set("count", str(len(liste)))
        return len(liste) - 1

    def _xf(self, rang: int) -> etree._Element:
        if not 0 <= rang < len(self._listes["cellXfs"]):
            raise Inhabituel(f"style {rang}")
        return self._listes["cellXfs"][rang]

    # --- backgrounds ---

    def fond(self, rang: int) -> str:
        """The background of a style in one word, to be given back to ``remplir``: ``solid|rgb=FFFFF6D6|``."""
        numero = int(self._xf(rang).get("fillId", 0))
        motif = self._listes["fills"][numero].find(nom("patternFill")) if numero < len(self._listes["fills"]) else None
        if motif is None:
            return "none||"
        couleurs = [motif.find(nom(c)) for c in ("fgColor", "bgColor")]
        ecrites = [";".join(f"{a}={c.get(a)}" for a in _ATTRIBUTS if c.get(a)) if c is not None else "" for c in couleurs]
        return f"{motif.get('patternType', 'none')}|{'|'.join(ecrites)}"

    def remplir(self, rang: int, fond: str) -> int:
        """The rank of the same style on another background."""
        if fond not in self._fonds:
            self._fonds[fond] = self._ajouter("fills", _element(fond))
        cle = rang, self._fonds[fond]
        if cle not in self._faits:
            xf = copy.deepcopy(self._xf(rang))
            xf.set("fillId", str(self._fonds[fond]))
            xf.set("applyFill", "1")
            self._faits[cle] = self._ajouter("cellXfs", xf)
        return self._faits[cle]

    # --- a sheet from elsewhere ---

    def importer(self, autre: Styles, rang: int) -> int:
        """The rank here of a style of another archive."""
        source = autre._xf(rang)
        xf = copy.deepcopy(source)
        for balise, attribut in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
            xf.set(attribut, str(self._ajouter(balise, copy.deepcopy(autre._listes[balise][int(source.get(attribut, 0))]))))
        xf.set("xfId", "0")
        if int(source.get("numFmtId", 0)) >= _FORMATS_DU_FICHIER:
            xf.set("numFmtId", "0")
        return self._ajouter("cellXfs", xf)


def uni(couleur: str) -> str:
    """A plain background of colour ``#RRGGBB``, as ``Styles.fond`` writes it but for what each program adds."""
    return f"solid|rgb=FF{couleur.lstrip('#').upper()}|indexed=64"


def _element(fond: str) -> etree._Element:
    lu = _FOND.fullmatch(fond)
    element = etree.Element(nom("fill"))
    motif = etree.SubElement(element, nom("patternFill"), patternType=lu.group(1) if lu else "none")
    for balise, couleur in (("fgColor", lu.group(2)), ("bgColor", lu.group(3))) if lu else ():
        if attributs := dict(a.split("=", 1) for a in couleur.split(";") if a.partition("=")[0] in _ATTRIBUTS):
            etree.SubElement(motif, nom(balise), attributs)
    return element
