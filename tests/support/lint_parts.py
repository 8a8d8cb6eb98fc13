"""The parts of a package, parsed, and what the rules of the lint look up in them."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache

ROWS, COLUMNS, TEXT = 1_048_576, 16_384, 32_767
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
Zone = tuple[int, int, int, int]  # first row, first column, last row, last column


class Book:
    """The parsed parts, and what many rules look up."""

    def __init__(self, trees: dict[str, ET.Element]):
        self.trees = trees
        self.root, self.styles = trees["xl/workbook.xml"], trees["xl/styles.xml"]
        targets = relations(trees, "xl/workbook.xml")
        self.entries = list(find(self.root, "sheet"))
        self.sheets = {e.get("name", ""): targets.get(e.get(RELATION_ID), "") for e in self.entries}
        self.sheet_names = {name.casefold() for name in self.sheets}
        self.names = {d.get("name", ""): d.text or "" for d in find(self.root, "definedName")}
        self.tables = [(name, tree) for name, tree in trees.items() if tag(tree) == "table"]
        self.known = {name.casefold() for name in self.names} | {
            tree.get("displayName", "").casefold() for _, tree in self.tables
        }
        self.strings = list(find(trees["xl/sharedStrings.xml"], "si")) if "xl/sharedStrings.xml" in trees else []
        self.xfs = [xf for group in find(self.styles, "cellXfs") for xf in group]
        self.dxfs = len([dxf for group in find(self.styles, "dxfs") for dxf in group])


def tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def find(root: ET.Element, name: str) -> Iterator[ET.Element]:
    """Elements of that name, whatever their namespace."""
    ending = "}" + name
    return (element for element in root.iter() if element.tag.endswith(ending) or element.tag == name)


def relations(trees: dict[str, ET.Element], part: str) -> dict[str, str]:
    """Relationship id → part it leads to (as it stands when external)."""
    folder, name = posixpath.split(part)
    tree = trees.get(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
    if tree is None:
        return {}
    return {
        r.get("Id", ""): r.get("Target", "") if r.get("TargetMode") == "External" else resolve(folder, r)
        for r in find(tree, "Relationship")
    }


def resolve(folder: str, relation: ET.Element) -> str:
    target = relation.get("Target", "")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


@lru_cache(maxsize=50_000)  # the same places come back in every sheet
def area(text: str) -> Zone | None:
    """``B2:C5`` → (2, 2, 5, 3); None if it is not an area of a sheet."""
    corners = [_ADDRESS.fullmatch(corner) for corner in text.split(":")]
    if not 1 <= len(corners) <= 2 or not all(corners):
        return None
    (c1, r1), (c2, r2) = [(_column(m[1]), int(m[2])) for m in (corners[0], corners[-1])]
    return (r1, c1, r2, c2) if r1 <= r2 <= ROWS and c1 <= c2 <= COLUMNS else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def meet(a: Zone, b: Zone) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
