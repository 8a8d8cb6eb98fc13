"""A workbook's archive, part by part: what is not changed goes back as it came, byte for byte.

Spreadsheet libraries drop what they do not know when they save: Excel's own drop-downs on another sheet, a partner's
pictures, text boxes, form controls. Here a sheet is changed in its XML, and nothing else is touched.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from typing import NamedTuple

from lxml import etree

from cls_workbook.errors import Refus

PRINCIPAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LIENS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PAQUET = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SOMMAIRE = "[Content_Types].xml"
CLASSEUR = "xl/workbook.xml"
TYPE_FEUILLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_DATE = (1980, 1, 1, 0, 0, 0)  # the zip format's first day: a copy bears no clock


class Inhabituel(Exception):
    """The archive is readable, but not written as spreadsheets write them: it had better not be changed in place."""


class Relation(NamedTuple):
    id: str
    type: str  # last word of the type: worksheet, comments, vmlDrawing…
    cible: str  # name of the part


def nom(balise: str) -> str:
    """``nom("c")``: the element's full name."""
    return f"{{{PRINCIPAL}}}{balise}"


def analyser(contenu: bytes) -> etree._Element:
    """XML without entities, without network, without surprises."""
    try:
        return etree.fromstring(contenu, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True))
    except etree.XMLSyntaxError as faute:
        raise Inhabituel(str(faute)) from faute


class Paquet:
    """The parts of an .xlsx or .xlsm. ``xml`` gives a part to change; ``octets`` puts everything back."""

    def __init__(self, contenu: bytes):
        try:
            with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
                self._parties = {i.filename: archive.read(i) for i in archive.infolist() if not i.is_dir()}
        except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, ValueError, struct.error) as faute:
            raise Refus("Le fichier est abîmé : son contenu ne se décompresse pas.") from faute
        self._arbres: dict[str, etree._Element] = {}
        if CLASSEUR not in self._parties or self.xml(CLASSEUR).tag != nom("workbook"):
            raise Inhabituel(CLASSEUR)

    # --- parts ---

    def __contains__(self, partie: str) -> bool:
        return partie in self._parties

    def noms(self) -> list[str]:
        return list(self._parties)

    def lire(self, partie: str) -> bytes:
        return self._parties[partie]

    def xml(self, partie: str) -> etree._Element:
        """The part as a tree; what is changed in it will be written."""
        if partie not in self._arbres:
            if partie not in self._parties:
                raise Inhabituel(partie)
            self._arbres[partie] = analyser(self._parties[partie])
        return self._arbres[partie]

    def ecrire(self, partie: str, contenu: bytes | etree._Element, type_: str = "") -> None:
        """Adds or replaces a part. ``type_``: its content type, for a new one."""
        self._arbres.pop(partie, None)
        if isinstance(contenu, bytes):
            self._parties[partie] = contenu
        else:
            self._parties.setdefault(partie, b"")
            self._arbres[partie] = contenu
        if type_:
            self._declarer(partie, type_)

    def retirer(self, partie: str) -> None:
        """Takes a part out, with its relationships and its content type."""
        for absent in (partie, _relations_de(partie)):
            self._parties.pop(absent, None)
            self._arbres.pop(absent, None)
        for element in list(self.xml(_SOMMAIRE)):
            if element.get("PartName") == f"/{partie}":
                element.getparent().remove(element)

    def libre(self, modele: str) -> str:
        """The first unused name: ``libre("xl/comments{}.xml")``."""
        pris = {p.lower() for p in self._parties}
        return next(libre for n in range(1, len(pris) + 2) if (libre := modele.format(n)).lower() not in pris)

    def _declarer(self, partie: str, type_: str) -> None:
        types, extension = self.xml(_SOMMAIRE), partie.rpartition(".")[2]
        if extension == "vml":  # known by its extension, as every program does
            if not any((e.get("Extension") or "").lower() == extension for e in types):
                types.insert(0, etree.Element(f"{{{_TYPES}}}Default", Extension=extension, ContentType=type_))
        else:
            etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{partie}", ContentType=type_)

    # --- relationships ---

    def relations(self, partie: str) -> list[Relation]:
        """What the part refers to, inside the archive."""
        fichier = _relations_de(partie)
        if fichier not in self._parties:
            return []
        return [
            Relation(e.get("Id", ""), e.get("Type", "").rpartition("/")[2], _absolu(partie, e.get("Target", "")))
            for e in self.xml(fichier)
            if e.get("TargetMode") != "External"
        ]

    def relier(self, partie: str, type_: str, cible: str) -> str:
        """A new relationship from ``partie`` to the part ``cible``; its identifier."""
        fichier = _relations_de(partie)
        if fichier not in self._parties:
            self.ecrire(fichier, etree.Element(f"{{{_PAQUET}}}Relationships", nsmap={None: _PAQUET}))
        racine = self.xml(fichier)
        pris = {e.get("Id") for e in racine}
        libre = next(i for n in range(1, len(pris) + 2) if (i := f"rId{n}") not in pris)
        etree.SubElement(racine, f"{{{_PAQUET}}}Relationship", Id=libre, Type=f"{LIENS}/{type_}", Target=f"/{cible}")
        return libre

    def delier(self, partie: str, identifiant: str) -> None:
        for element in list(self.xml(_relations_de(partie))):
            if element.get("Id") == identifiant:
                element.getparent().remove(element)

    # --- sheets ---

    def feuilles(self) -> dict[str, str]:
        """Sheet name → part, in the order of the tabs; worksheets only."""
        cibles = {r.id: r for r in self.relations(CLASSEUR) if r.type == "worksheet"}
        trouvees = {}
        for feuille in self.xml(CLASSEUR).iterfind(f"{nom('sheets')}/{nom('sheet')}"):
            relation = cibles.get(feuille.get(f"{{{LIENS}}}id", ""))
            if relation is not None and relation.cible in self._parties:
                trouvees[feuille.get("name", "")] = relation.cible
        return trouvees

    def partie_de_type(self, type_: str) -> str | None:
        """The part that the workbook refers to by this type (``styles``, ``sharedStrings``)."""
        return next((r.cible for r in self.relations(CLASSEUR) if r.type == type_ and r.cible in self._parties), None)

    # --- the end ---

    def octets(self) -> bytes:
        """The archive; parts that nobody asked to change are those that came."""
        tampon = io.BytesIO()
        with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
            for partie, contenu in self._parties.items():
                arbre = self._arbres.get(partie)
                if arbre is not None and etree.tostring(arbre) != etree.tostring(analyser(contenu) if contenu else etree.Element("vide")):
                    contenu = etree.tostring(arbre, xml_declaration=True, encoding="UTF-8", standalone=True)
                info = zipfile.ZipInfo(partie, _DATE)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                archive.writestr(info, contenu)
        return tampon.getvalue()


def _relations_de(partie: str) -> str:
    dossier, fichier = posixpath.split(partie)
    return posixpath.join(dossier, "_rels", f"{fichier}.rels")


def _absolu(partie: str, cible: str) -> str:
    return cible.lstrip("/") if cible.startswith("/") else posixpath.normpath(posixpath.join(posixpath.dirname(partie), cible))
