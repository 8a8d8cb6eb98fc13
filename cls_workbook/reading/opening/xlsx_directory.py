"""Where the sheets of an .xlsx are: its relations, followed as Excel follows them, whatever the parts are called."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from cls_workbook.errors import Refusal
from cls_workbook.reading.opening.xml_names import RELATION_IDS, RELATIONS, main_tree
from cls_workbook.reading.opening.xml_walk import IGNORED, Attributes, Budget, State, XmlWalk, damaged
from cls_workbook.reading.opening.zip_parts import SAVE_AGAIN

ROOT_RELATIONS = "_rels/.rels"
USUAL_WORKBOOK = "xl/workbook.xml"


class ReturnedSheet(NamedTuple):
    nom: str
    hidden: bool
    part: str


class XlsxDirectory(NamedTuple):
    """``texts``, ``styles``: parts that the sheets share, "" if there is none; ``since_1904``: where its days begin."""

    worksheets: tuple[ReturnedSheet, ...]
    texts: str
    styles: str
    since_1904: bool


class PackageRelation(NamedTuple):
    """``kind``: « worksheet », « styles »…; ``part``: "" if it is not in the file."""

    kind: str
    part: str


def relations_part(part: str) -> str:
    """Where the relations of a part are."""
    folder, nom = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{nom}.rels")


def workbook_part(root_relations: bytes) -> str:
    """The part that is the workbook. Refusal if several are. ``root_relations``: the part ``_rels/.rels``, if there is
    one."""
    if not root_relations:
        return USUAL_WORKBOOK
    found = relations(root_relations, "").values()
    parts = {relation.part for relation in found if relation.kind == "officeDocument"}
    if len(parts) > 1:
        raise ambiguous("il contient deux classeurs")
    return parts.pop() if parts else USUAL_WORKBOOK


def relations(xml: bytes, part: str) -> dict[str, PackageRelation]:
    """Id → relation of a part. ``xml``: the part that holds them. Refusal if it is no XML, or if two have one Id."""
    walk = _RelationsWalk(posixpath.dirname(part))
    walk.walk([xml] if xml else [])
    return walk.found


def directory(workbook: bytes, its_relations: bytes, part: str) -> XlsxDirectory:
    """``workbook``: the part of that name, and its relations. Refusal if they do not say plainly where the sheets
    are."""
    targets = relations(its_relations, part) if its_relations else {}
    walk = _WorkbookWalk()
    walk.walk([workbook])
    worksheets = []
    for nom, hidden, identifier in walk.worksheets:
        kind, sheet_part = targets.get(identifier, PackageRelation("", ""))
        if not sheet_part:
            raise damaged(f"la feuille « {nom} » n’y est pas")
        if kind == "worksheet":
            worksheets.append(ReturnedSheet(nom, hidden, sheet_part))
    for what, several in (("nom", [f.nom.casefold() for f in worksheets]), ("contenu", [f.part for f in worksheets])):
        if len(set(several)) < len(several):
            raise ambiguous(f"deux feuilles y ont le même {what}")
    texts, styles = (_only(targets.values(), kind) for kind in ("sharedStrings", "styles"))
    return XlsxDirectory(tuple(worksheets), texts, styles, walk.since_1904)


def _only(targets: Iterable[PackageRelation], kind: str) -> str:
    parts = {relation.part for relation in targets if relation.kind == kind}
    if len(parts) > 1:
        raise ambiguous("une de ses parties y est deux fois")
    return parts.pop() if parts else ""


def ambiguous(what: str) -> Refusal:
    """Of a file that two programs do not read alike."""
    return Refusal(f"Le fichier ne se lit pas de la même façon dans tous les tableurs : {what}.", (SAVE_AGAIN,))


class _RelationsWalk(XmlWalk):
    """``found``: Id → relation."""

    tree = {
        "": {f"{RELATIONS}}}Relationships": "relations"},
        "relations": {f"{RELATIONS}}}Relationship": "relation"},
        "relation": {},
        IGNORED: {},
    }

    def __init__(self, folder: str):
        super().__init__(Budget(tags=50_000))
        self.found: dict[str, PackageRelation] = {}
        self._folder = folder
        self.entering = {"relation": self._relation}

    def other(self, nom: str) -> State:
        raise damaged("le sommaire de ses parties contient autre chose")

    def _relation(self, attributes: Attributes) -> None:
        identifier, target = attributes.get("Id", ""), attributes.get("Target", "")
        if identifier in self.found:
            raise ambiguous("deux de ses parties ont le même identifiant")
        outside = attributes.get("TargetMode") == "External"
        kind = attributes.get("Type", "").rpartition("/")[2]
        self.found[identifier] = PackageRelation(kind, "" if outside or not target else resolved(target, self._folder))


def resolved(target: str, folder: str) -> str:
    """The part that a relation means: from its own folder, or from the root of the file."""
    path = unquote(target.replace("\\", "/").partition("#")[0])
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")


class _WorkbookWalk(XmlWalk):
    """``worksheets``: (name, is it hidden?, identifier of its relation), in the order of the tabs."""

    tree = main_tree(
        {
            "": {"workbook": "workbook"},
            "workbook": {"workbookPr": "properties", "sheets": "sheets"},
            "sheets": {"sheet": "sheet"},
        }
    )

    def __init__(self) -> None:
        super().__init__(Budget(tags=200_000))
        self.worksheets: list[tuple[str, bool, str]] = []
        self.since_1904, self._lists = False, 0
        self.entering = {"properties": self._properties, "sheets": self._begin_list, "sheet": self._sheet}

    def other(self, nom: str) -> State:
        local = nom.rpartition("}")[2]
        if self.state in ("", "sheets", "sheet") or local in ("sheets", "sheet"):
            raise ambiguous(f"la liste de ses feuilles contient une balise « {local} »")
        return super().other(nom)

    def _properties(self, attributes: Attributes) -> None:
        self.since_1904 = attributes.get("date1904", "0") in ("1", "true", "on")

    def _begin_list(self, attributes: Attributes) -> None:
        self._lists += 1
        if self._lists > 1:
            raise ambiguous("il contient deux listes de feuilles")

    def _sheet(self, attributes: Attributes) -> None:
        identifier = next((attributes[nom] for nom in RELATION_IDS if nom in attributes), "")
        hidden = attributes.get("state", "visible") != "visible"
        self.worksheets.append((attributes.get("name", ""), hidden, identifier))
