"""Names of elements, whatever the prefixes that a file writes them under: of an .xlsx (in the namespace that Excel
writes, and in the strict one), of an .ods."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.reading.opening.xml_walk import IGNORED, State

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
RELATION_IDS = tuple(
    f"{ns}}}id"
    for ns in (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
)
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
NAMESPACES = {
    "office": f"{_OASIS}office:1.0",
    "table": f"{_OASIS}table:1.0",
    "text": f"{_OASIS}text:1.0",
    "style": f"{_OASIS}style:1.0",
    "draw": f"{_OASIS}drawing:1.0",
    "fo": f"{_OASIS}xsl-fo-compatible:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


def main_tree(tree: Mapping[State, Mapping[str, State]]) -> dict[State, dict[str, State]]:
    """A tree of states whose names are of the main namespace, whichever of both; every state in it may be entered."""
    states = {state for names in tree.values() for state in names.values()} | tree.keys() | {IGNORED}
    return {
        state: {
            f"{namespace}}}{nom}": inside for nom, inside in tree.get(state, {}).items() for namespace in (MAIN, STRICT)
        }
        for state in states
    }


def full(nom: str) -> str:
    """« table:name » → « urn:…table:1.0}name »."""
    prefix, _, local = nom.partition(":")
    return f"{NAMESPACES[prefix]}}}{local}"


def ods_tree(tree: dict[State, dict[str, State]]) -> dict[State, dict[str, State]]:
    """A tree of states by full names; every state in it may be entered."""
    states = {state for names in tree.values() for state in names.values()} | tree.keys() | {IGNORED}
    return {state: {full(nom): inside for nom, inside in tree.get(state, {}).items()} for state in states}
