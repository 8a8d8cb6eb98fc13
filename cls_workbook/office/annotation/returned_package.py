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
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import NamedTuple

from cls_workbook.errors import Refusal
from cls_workbook.office.annotation import xml_tree
from cls_workbook.office.annotation.xml_tree import Element
from cls_workbook.reading.opening.xlsx_directory import relations_part

MAIN_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION_ID = f"{{{RELATIONSHIPS_NS}}}id"  # the attribute by which an element cites a relationship
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK = "xl/workbook.xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
# What follows <definedNames> in a workbook, in the order that the format wants.
AFTER_NAMES = ("calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "webPublishing", "fileRecoveryPr") + (
    "webPublishObjects",
    "extLst",
)
_DATE = (1980, 1, 1, 0, 0, 0)  # the zip format's first day: a copy bears no clock
_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, ValueError, struct.error)


class UnusualArchive(Exception):
    """The archive is readable, but not written as spreadsheets write them: it had better not be changed in place."""


def first_child(element: Element, tag: str) -> Element:
    """The first child of this name in the main namespace; UnusualArchive if there is none."""
    found = element.find(nom(tag))
    if found is None:
        raise UnusualArchive(tag)
    return found


def put_before(root: Element, element: Element, following: Sequence[str]) -> None:
    """Adds an element where the format wants it: before the first that bears one of these names, else at the end."""
    next_one = next((e for e in root if e.local_name in following), None)
    root.append(element) if next_one is None else next_one.put_before(element)


class Relation(NamedTuple):
    id: str
    type: str  # last word of the type: worksheet, comments, vmlDrawing…
    cible: str  # name of the part


def nom(tag: str) -> str:
    """``nom("c")``: the element's full name."""
    return f"{{{MAIN_NS}}}{tag}"


def parse(content: bytes) -> Element:
    """XML without entities, without network, without surprises."""
    try:
        return xml_tree.parse(content)
    except xml_tree.XmlFault as fault:
        raise UnusualArchive(str(fault)) from fault


class ReturnedPackage:
    """The parts of an .xlsx or .xlsm. ``xml`` gives a part to change; ``file_bytes`` puts everything back."""

    def __init__(self, content: bytes):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                self._parts = {i.filename: archive.read(i) for i in archive.infolist() if not i.is_dir()}
        except _DAMAGED as fault:
            raise Refusal("Le fichier est abîmé : son contenu ne se décompresse pas.") from fault
        self._trees: dict[str, Element] = {}
        if WORKBOOK not in self._parts or self.xml(WORKBOOK).tag != nom("workbook"):
            raise UnusualArchive(WORKBOOK)

    # --- parts ---

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def has(self, folder: str) -> bool:
        """Is there a part in this folder (``xl/pivotCache/``)?"""
        return any(part.startswith(folder) for part in self._parts)

    def parts(self, folder: str) -> list[str]:
        """The parts of a folder, but for relationships."""
        return [part for part in self._parts if part.startswith(folder) and "/_rels/" not in part]

    def read(self, part: str) -> bytes:
        return self._parts[part]

    def xml(self, part: str) -> Element:
        """The part as a tree; what is changed in it will be written."""
        if part not in self._trees:
            if part not in self._parts:
                raise UnusualArchive(part)
            self._trees[part] = parse(self._parts[part])
        return self._trees[part]

    def write(self, part: str, content: bytes | Element, type_: str = "") -> None:
        """Adds or replaces a part. ``type_``: its content type, for a new one."""
        self._trees.pop(part, None)
        if isinstance(content, bytes):
            self._parts[part] = content
        else:
            self._parts.setdefault(part, b"")
            self._trees[part] = content
        if type_:
            self._declare(part, type_)

    def withdraw(self, owner: str, part: str) -> None:
        """Takes out a part that ``owner`` refers to, with its relationships and its content type."""
        gone = {r.id for r in self.relations(owner) if r.cible == part}
        for element in [e for e in self.xml(relations_part(owner)) if e.get("Id") in gone]:
            element.detach()
        for absent in (part, relations_part(part)):
            self._parts.pop(absent, None)
            self._trees.pop(absent, None)
        for element in list(self.xml(_CONTENT_TYPES)):
            if element.get("PartName") == f"/{part}":
                element.detach()

    def free(self, modele: str) -> str:
        """The first unused name: ``free("xl/comments{}.xml")``."""
        taken = {p.lower() for p in self._parts}
        return next(free for n in range(1, len(taken) + 2) if (free := modele.format(n)).lower() not in taken)

    def _declare(self, part: str, type_: str) -> None:
        types, extension = self.xml(_CONTENT_TYPES), part.rpartition(".")[2]
        if extension == "vml":  # known by its extension, as every program does
            if not any((e.get("Extension") or "").lower() == extension for e in types):
                types.insert(0, Element(f"{{{_TYPES}}}Default", Extension=extension, ContentType=type_))
        else:
            types.add(f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=type_)

    # --- relationships ---

    def relations(self, part: str) -> list[Relation]:
        """What the part refers to, inside the archive."""
        file = relations_part(part)
        if file not in self._parts:
            return []
        return [
            Relation(e.get("Id", ""), e.get("Type", "").rpartition("/")[2], _absolute(part, e.get("Target", "")))
            for e in self.xml(file)
            if e.get("TargetMode") != "External"
        ]

    def add_relation(self, part: str, type_: str, cible: str, *, external: bool = False) -> str:
        """A new relationship from ``part`` to the part ``cible``, or to what is ``external``; its identifier."""
        file = relations_part(part)
        if file not in self._parts:
            root = Element(f"{{{_PACKAGE}}}Relationships")
            root.declared = {None: _PACKAGE}
            self.write(file, root)
        root = self.xml(file)
        taken = {e.get("Id") for e in root}
        free = next(i for n in range(1, len(taken) + 2) if (i := f"rId{n}") not in taken)
        # Relative: some programs read no other target.
        cible = cible if external else posixpath.relpath(cible, posixpath.dirname(part))
        told = {"Id": free, "Type": f"{RELATIONSHIPS_NS}/{type_}", "Target": cible}
        root.add(f"{{{_PACKAGE}}}Relationship", told | ({"TargetMode": "External"} if external else {}))
        return free

    def forget(self, part: str, relations: Collection[str]) -> None:
        """Takes out relationships of ``part`` by their identifiers."""
        if relations:
            for element in [e for e in self.xml(relations_part(part)) if e.get("Id") in relations]:
                element.detach()

    # --- sheets ---

    def worksheets(self) -> dict[str, str]:
        """Sheet name → part, in the order of the tabs; worksheets only."""
        targets = {r.id: r for r in self.relations(WORKBOOK) if r.type == "worksheet"}
        parts = {}
        for sheet in self.xml(WORKBOOK).findall(f"{nom('sheets')}/{nom('sheet')}"):
            relation = targets.get(sheet.get(RELATION_ID, ""))
            if relation is not None and relation.cible in self._parts:
                parts[sheet.get("name", "")] = relation.cible
        return parts

    @cached_property
    def shared_texts(self) -> list[str]:
        """The texts that cells cite by their rank."""
        part = self.part_of_type("sharedStrings")
        if part is None:
            return []
        return ["".join(t.text or "" for t in item.iter(nom("t"))) for item in self.xml(part).findall(nom("si"))]

    def part_of_type(self, type_: str) -> str | None:
        """The part that the workbook refers to by this type (``styles``, ``sharedStrings``)."""
        return next((r.cible for r in self.relations(WORKBOOK) if r.type == type_ and r.cible in self._parts), None)

    def new_sheet(self, name: str, root: Element, state: str | None = None) -> tuple[str, Element]:
        """The part of one more sheet, and what is to stand for it in the list of sheets (``state``: « hidden »…)."""
        part = self.free("xl/worksheets/sheet{}.xml")
        self.write(part, root, SHEET_TYPE)
        listed = first_child(self.xml(WORKBOOK), "sheets")
        number = max((int(e.get("sheetId", 0)) for e in listed), default=0) + 1
        said = {"name": name, "sheetId": str(number)} | ({"state": state} if state else {})
        return part, Element(nom("sheet"), said | {RELATION_ID: self.add_relation(WORKBOOK, "worksheet", part)})

    # --- the end ---

    def file_bytes(self) -> bytes:
        """The archive; parts that nobody asked to change are those that came."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in self._parts.items():
                tree = self._trees.get(part)
                if tree is not None and not (content and tree.to_bytes() == parse(content).to_bytes()):
                    content = tree.to_bytes()
                info = zipfile.ZipInfo(part, _DATE)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                archive.writestr(info, content)
        return buffer.getvalue()


def _absolute(part: str, cible: str) -> str:
    if cible.startswith("/"):
        return cible.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), cible))
