"""Which cells hold a formula or an error, and how far a sheet goes, where calamine gives the values.

It gives the same blank for an empty cell, for ``#REF!`` and for a formula that was never computed: the XML of the
sheets tells them apart.
"""

from __future__ import annotations

import itertools
import re
from functools import cache, lru_cache
from html import unescape
from typing import NamedTuple
from xml.parsers import expat

from cls_workbook.errors import Refus
from cls_workbook.reading.archive import REFAIRE
from cls_workbook.xlsx.sheets import adresse

CELLULES_MAX = 1_000_000  # of the rectangle from A1 to the last value of a sheet: it is held in memory


class Speciale(NamedTuple):
    formule: str | None
    erreur: bool


def refuser_si_trop_etendue(nom: str, ligne: int, colonne: int) -> None:
    """A single value at the far end of a sheet makes a rectangle of billions of cells."""
    if ligne * colonne > CELLULES_MAX:
        raise Refus(
            f"La feuille « {nom} » contient une saisie très loin de son contenu, jusqu’à la cellule {adresse(ligne, colonne)}.",
            ("Supprimez cette saisie (Ctrl+Fin y mène), enregistrez, puis renvoyez le classeur.",),
        )


# --- .xlsx, .xlsm ---------------------------------------------------------------------------------------------------

_REPERE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_POSITION = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]*)([0-9]+)[\"']")  # of a row or of a cell
_VALUEE = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]+)([0-9]+)[\"'][^>]*(?<!/)>")
_SANS_ADRESSE = re.compile(rb"<(?:\w+:)?c(?:>|\s(?![^>]*\br\s*=)[^>]*>)")
LIGNES_MAX, COLONNES_MAX = 1_048_576, 16_384
_ADRESSE, _ERREUR = b'<c r="', b't="e"'


class SpecialesXlsx:
    """``feuilles``: name → XML; ``pourcentages``: the formats that show one."""

    def __init__(self, feuilles: dict[str, bytes], pourcentages: frozenset[bytes] = frozenset()):
        self._feuilles, self._pourcentages = feuilles, pourcentages

    def verifier(self) -> None:
        for nom, xml in self._feuilles.items():
            positions = set(_POSITION.findall(xml))
            if any(len(n) > 7 or int(n) > LIGNES_MAX or len(c) > 3 or _rang(c.decode().upper()) > COLONNES_MAX for c, n in positions):
                raise Refus(f"Le fichier est abîmé : la feuille « {nom} » place des cellules hors de toute feuille.", (REFAIRE,))
            # A cell without address stands in its row, after the one before it.
            valuees = _VALUEE.findall(xml) + ([(c or b"Z", n) for c, n in positions] if _SANS_ADRESSE.search(xml) else [])
            if valuees:
                refuser_si_trop_etendue(nom, max(int(n) for _, n in valuees), max(_rang(c.decode().upper()) for c in {c for c, _ in valuees}))

    def speciales(self, nom: str) -> dict[tuple[int, int], Speciale]:
        xml = self._feuilles.get(nom, b"")
        trouvees = None if _ERREUR in xml else _formules(xml)
        return _speciales_xlsx(xml) if trouvees is None else trouvees

    def pourcentages(self, nom: str) -> list[tuple[int, int]]:
        xml = self._feuilles.get(nom, b"")
        return _au_format(xml, self._pourcentages) if any(b'"%s"' % style in xml for style in self._pourcentages) else []


def _formules(xml: bytes) -> dict[tuple[int, int], Speciale] | None:
    """The formulas, found between the lines: twenty times faster than reading the XML. None if it is not as usual."""
    if b"<worksheet" not in xml[:4096]:
        return None
    trouvees: dict[tuple[int, int], Speciale] = {}
    morceaux = xml.split(b"<f")
    for avant, apres in itertools.pairwise(morceaux):
        if apres[:1] not in (b">", b" ", b"/"):
            continue  # another element, such as <formula1>
        repere, guillemet, reste = avant[avant.rfind(_ADRESSE) + len(_ADRESSE) :].partition(b'"')
        ou = place(repere) if guillemet and reste.find(b">") == len(reste) - 1 and _ADRESSE in avant else None
        if ou is None:
            return None
        trouvees[ou] = _formule(apres.partition(b">")[2].partition(b"<")[0] if apres[:1] != b"/" else b"")
    return trouvees


@lru_cache(maxsize=20_000)  # the same cells and formulas come back in every return
def place(repere: bytes) -> tuple[int, int] | None:
    """b"C14" → (13, 2); None for anything else."""
    trouve = _REPERE.fullmatch(repere.decode("ascii", "replace"))
    return (int(trouve.group(2)) - 1, _rang(trouve.group(1)) - 1) if trouve else None


@lru_cache(maxsize=20_000)
def _formule(texte: bytes) -> Speciale:
    return Speciale(formule(texte), False)


def formule(texte: bytes) -> str:
    """A formula as the XML writes it → as a person would."""
    return unescape(texte.decode("utf-8", "replace"))


@cache
def _rang(lettres: str) -> int:
    rang = 0
    for lettre in lettres:
        rang = rang * 26 + ord(lettre) - 64
    return rang


def analyser(lecteur: expat.XMLParserType, xml: bytes) -> None:
    """Refus if it is not XML."""
    try:
        lecteur.Parse(xml, True)
    except (expat.ExpatError, ValueError) as faute:
        raise Refus("Le fichier est abîmé : une de ses parties n’est pas du XML lisible.", (REFAIRE,)) from faute


class _Marche:
    """From cell to cell. ``ou``: (row, column) of the one that it is in, from 0."""

    def __init__(self):
        self.ou = (-1, -1)

    def entre(self, nom: str, attributs: dict[str, str]) -> bool:
        """Is this element a cell? One without address stands after the one before it; so does a row."""
        balise, adresse_ecrite = nom.rpartition("}")[2], attributs.get("r", "")
        ligne, colonne = self.ou
        if balise == "row":
            self.ou = int(adresse_ecrite) - 1 if adresse_ecrite.isdecimal() else ligne + 1, -1
        elif balise == "c":
            repere = _REPERE.fullmatch(adresse_ecrite)
            self.ou = ligne, _rang(repere.group(1)) - 1 if repere else colonne + 1
        return balise == "c"


def _speciales_xlsx(xml: bytes) -> dict[tuple[int, int], Speciale]:
    """Formulas and errors, element by element: for any writer, whatever its prefixes, with or without addresses."""
    trouvees: dict[tuple[int, int], Speciale] = {}
    marche, texte = _Marche(), None

    def debut(nom: str, attributs: dict[str, str]) -> None:
        nonlocal texte
        if marche.entre(nom, attributs) and attributs.get("t") == "e":
            trouvees[marche.ou] = Speciale(None, True)
        elif nom.rpartition("}")[2] == "f":
            texte = ""

    def fin(nom: str) -> None:
        nonlocal texte
        if texte is not None and nom.rpartition("}")[2] == "f":
            trouvees[marche.ou] = Speciale(texte, marche.ou in trouvees)
            texte = None

    def caracteres(morceau: str) -> None:
        nonlocal texte
        if texte is not None:
            texte += morceau

    lecteur = expat.ParserCreate(namespace_separator="}")
    lecteur.StartElementHandler, lecteur.EndElementHandler, lecteur.CharacterDataHandler = debut, fin, caracteres
    analyser(lecteur, xml)
    return trouvees


def _au_format(xml: bytes, styles: frozenset[bytes]) -> list[tuple[int, int]]:
    """The cells in one of these formats."""
    trouvees: list[tuple[int, int]] = []
    voulus = {style.decode() for style in styles}
    marche = _Marche()

    def debut(nom: str, attributs: dict[str, str]) -> None:
        if marche.entre(nom, attributs) and attributs.get("s") in voulus:
            trouvees.append(marche.ou)

    lecteur = expat.ParserCreate(namespace_separator="}")
    lecteur.StartElementHandler = debut
    analyser(lecteur, xml)
    return trouvees


# --- .ods -----------------------------------------------------------------------------------------------------------


class SpecialesOds:
    """``content.xml`` holds every sheet: one pass notes the formulas, the errors and how far the values go."""

    def __init__(self, contenu: bytes):
        self._feuilles: dict[str, dict[tuple[int, int], Speciale]] = {}
        self._etendues: dict[str, tuple[int, int]] = {}
        self._pourcentages: dict[str, list[tuple[int, int]]] = {}
        self._feuille, self._ligne, self._colonne, self._repetees, self._niveau = "", 0, 0, 1, 0
        lecteur = expat.ParserCreate()
        lecteur.StartElementHandler, lecteur.EndElementHandler = self._debut, self._fin
        analyser(lecteur, contenu)

    def verifier(self) -> None:
        for nom, (ligne, colonne) in self._etendues.items():
            refuser_si_trop_etendue(nom, ligne, colonne)

    def speciales(self, nom: str) -> dict[tuple[int, int], Speciale]:
        return self._feuilles.get(nom, {})

    def pourcentages(self, nom: str) -> list[tuple[int, int]]:
        return self._pourcentages.get(nom, [])

    def _debut(self, balise: str, attributs: dict[str, str]) -> None:
        if balise in ("table:table-cell", "table:covered-table-cell"):
            self._cellule(attributs)
        elif balise == "table:table-row":
            self._repetees, self._colonne = int(attributs.get("table:number-rows-repeated", 1)), 0
        elif balise == "table:table":
            self._niveau += 1
            if self._niveau == 1:  # a table inside a cell is none of ours
                self._feuille, self._ligne = attributs.get("table:name", ""), 0
                self._feuilles[self._feuille], self._etendues[self._feuille] = {}, (0, 0)

    def _fin(self, balise: str) -> None:
        if balise == "table:table-row":
            self._ligne += self._repetees
        elif balise == "table:table":
            self._niveau -= 1

    def _cellule(self, attributs: dict[str, str]) -> None:
        largeur = int(attributs.get("table:number-columns-repeated", 1))
        formule = attributs.get("table:formula")
        nature = attributs.get("office:value-type") or attributs.get("calcext:value-type")
        erreur = attributs.get("calcext:value-type") == "error"
        if nature:
            ligne, colonne = self._etendues[self._feuille]
            fin = self._ligne + self._repetees, self._colonne + largeur
            self._etendues[self._feuille] = max(ligne, fin[0]), max(colonne, fin[1])
        if formule is not None or erreur or nature == "percentage":
            # A formula is rarely repeated, and never far: what is beyond will be refused.
            for ligne in range(self._ligne, self._ligne + min(self._repetees, 1000)):
                for colonne in range(self._colonne, self._colonne + min(largeur, 100)):
                    if formule is not None or erreur:
                        self._feuilles[self._feuille][ligne, colonne] = Speciale(formule, erreur)
                    else:
                        self._pourcentages.setdefault(self._feuille, []).append((ligne, colonne))
        self._colonne += largeur
