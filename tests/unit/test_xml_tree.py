"""The tree of annotated copies: it writes what lxml writes, byte for byte."""

from __future__ import annotations

import copy
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree

from cls_workbook.office.annotation import xml_tree
from cls_workbook.office.annotation.xml_tree import Element, XmlFault, parse
from tests.support.annotated_copies import faulty

NAMESPACES = ("urn:a", "urn:b", "urn:c")
PREFIXES = ("", "x", "y")
TEXTS = some.text("ab é€\t\n&<>\"'\u00a0\U0001f600", max_size=6)


def as_lxml_writes(content: bytes) -> bytes:
    careful = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    return etree.tostring(etree.fromstring(content, careful), xml_declaration=True, encoding="UTF-8", standalone=True)


@some.composite
def documents(draw, depth: int = 0) -> str:
    """XML in which prefixes are declared, declared again, used by names and by attributes."""
    declared = draw(some.dictionaries(some.sampled_from(PREFIXES), some.sampled_from(NAMESPACES), max_size=3))
    if depth == 0:  # every prefix is declared somewhere
        declared = dict.fromkeys(PREFIXES, NAMESPACES[0]) | declared
    written = "".join(f' xmlns{":" if p else ""}{p}="{u}"' for p, u in declared.items())
    prefix = draw(some.sampled_from(PREFIXES))
    name = f"{prefix}:e" if prefix else "e"
    values = draw(some.dictionaries(some.sampled_from(("k", "x:k", "xml:space")), TEXTS, max_size=3))
    written += "".join(f' {k}="{_escaped(v)}"' for k, v in values.items())
    others = some.sampled_from(("<!-- mot -->", "<?mot suite?>", "<![CDATA[a<b]]>", "&#13;"))
    below = documents(depth + 1) if depth < 3 else others
    pieces = draw(some.lists(TEXTS.map(_escaped) | others | below, max_size=3))
    return f"<{name}{written}>{''.join(pieces)}</{name}>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@given(documents())
def test_what_is_read_is_written_as_lxml_does(document):
    assert parse(document.encode()).to_bytes() == as_lxml_writes(document.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_whatever_the_encoding(encoding):
    document = f'<?xml version="1.0" encoding="{encoding}"?><a b="é">à<c></c></a>'.encode(encoding)
    assert parse(document).to_bytes() == as_lxml_writes(document)


def test_every_part_of_a_workbook_comes_out_as_lxml_writes_it(tmp_path):
    content = faulty(tmp_path).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(n) for n in archive.namelist() if n.endswith((".xml", ".rels", ".vml"))]
    assert len(parts) > 10
    assert [parse(p).to_bytes() for p in parts] == [as_lxml_writes(p) for p in parts]


def test_what_is_added_takes_the_prefix_that_stands_for_its_namespace():
    document = b'<x:a xmlns:x="urn:a" xmlns:y="urn:b"><x:b/></x:a>'
    mine, theirs = parse(document), etree.fromstring(document)
    mine.add("{urn:a}c", {"{urn:b}k": "1"}).add("{urn:b}d").text = ""
    etree.SubElement(etree.SubElement(theirs, "{urn:a}c", {"{urn:b}k": "1"}), "{urn:b}d").text = ""
    mine.insert(0, mine[1].copy())
    theirs.insert(0, copy.deepcopy(theirs[1]))
    assert mine.to_bytes() == etree.tostring(theirs, xml_declaration=True, encoding="UTF-8", standalone=True)


def test_a_namespace_that_nobody_declares_is_declared_where_it_is_used():
    root = parse(b"<a/>")
    root.append(Element("{urn:a}b", {"{urn:b}k": "1"}))
    again = parse(root.to_bytes())
    assert (again[0].tag, again[0].attrib) == ("{urn:a}b", {"{urn:b}k": "1"})


def test_an_element_without_namespace_stays_without():
    root = parse(b'<a xmlns="urn:a"/>')
    root.append(Element("b"))
    assert [e.tag for e in parse(root.to_bytes())] == ["b"]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<a>",
        b"<a/><b/>",
        b"<x:a/>",
        b'<a x:k="1"/>',
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY e "boum">]><a>&e;</a>',
        b'<?xml version="1.0" encoding="nulle-part"?><a/>',
        b"<a>" * (xml_tree.DEPTH_MAX + 1) + b"</a>" * (xml_tree.DEPTH_MAX + 1),
    ],
)
def test_what_is_not_a_plain_part_is_refused(document):
    with pytest.raises(XmlFault):
        parse(document)


def test_the_text_of_a_comment_is_not_text():
    assert parse(b"<a>un<!-- mot --><b>deux</b>trois</a>").all_text() == "undeuxtrois"
