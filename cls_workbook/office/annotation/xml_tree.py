"""A small tree of XML, on the standard library's expat: what is not changed is written as it was read.

Names keep their prefixes and declarations stay where they stand, which the standard library's own trees lose: a part
of Excel's cites prefixes inside attributes (``mc:Ignorable="x14ac"``), and is damaged without their declaration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar, overload
from xml.parsers import expat

XML_NS = "http://www.w3.org/XML/1998/namespace"
DEPTH_MAX = 200  # elements inside each other: a sheet has four
_STEPS = re.compile(r"(?:\{[^}]*\})?[^/]+")
_IN_TEXT = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
_IN_ATTRIBUTE = _IN_TEXT | {ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}
_HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"

D = TypeVar("D")
_Put = Callable[[str], object]
Scope = dict[str | None, str]  # prefix (None: the default) → namespace


class XmlFault(ValueError):
    """Not XML, or more than a workbook needs: a document type, a depth without end."""


class Element:
    """``tag``: ``{namespace}name``; ``""`` for a comment or an instruction, which ``text`` holds as it was written.

    ``text``: what stands before the first child; ``tail``: what follows the element, inside its parent.
    """

    __slots__ = ("tag", "attrib", "text", "tail", "children", "parent", "declared", "_prefix", "_prefixes")

    def __init__(self, tag: str, attrib: Mapping[str, str] | None = None, **more: str):
        self.tag, self.attrib = tag, {**(attrib or {}), **more}
        self.text: str | None = None
        self.tail: str | None = None
        self.children: list[Element] = []
        self.parent: Element | None = None
        self.declared: Scope = {}  # by this very element
        self._prefix: str | None = None  # as it was written
        self._prefixes: dict[str, str] = {}  # those of the attributes

    # --- what it holds ---

    @overload
    def get(self, name: str) -> str | None: ...

    @overload
    def get(self, name: str, default: D) -> str | D: ...

    def get(self, name: str, default: D | None = None) -> str | D | None:
        return self.attrib.get(name, default)

    def set(self, name: str, value: str) -> None:
        self.attrib[name] = value

    @property
    def local_name(self) -> str:
        return self.tag.rpartition("}")[2]

    def __len__(self) -> int:
        return len(self.children)

    def __iter__(self) -> Iterator[Element]:
        return iter(self.children.copy())

    def __getitem__(self, rank: int) -> Element:
        return self.children[rank]

    def iter(self, tag: str) -> Iterator[Element]:
        """The elements of this name, this one among them, at any depth, in order."""
        if self.tag == tag:
            yield self
        for child in self:
            yield from child.iter(tag)

    def all_text(self) -> str:
        """All its text, end to end."""
        pieces = [self.text or ""] if self.tag else []
        for child in self.children:
            pieces += [child.all_text(), child.tail or ""]
        return "".join(pieces)

    def findall(self, path: str) -> list[Element]:
        """``{namespace}a/{namespace}b``: its grandchildren b, in order."""
        here = [self]
        for step in _STEPS.findall(path):
            here = [child for element in here for child in element.children if child.tag == step]
        return here

    def find(self, path: str) -> Element | None:
        return next(iter(self.findall(path)), None)

    def findtext(self, path: str, default: str) -> str:
        found = self.find(path)
        return default if found is None else found.text or ""

    # --- what is changed in it ---

    def detach(self) -> None:
        """Takes it out of its parent, with the text that follows it."""
        if self.parent is not None:
            self.parent.children = [child for child in self.parent.children if child is not self]
            self.parent = None

    def insert(self, rank: int, element: Element) -> None:
        element.detach()
        element.parent = self
        scope = self._scope()
        element.declared = {prefix: uri for prefix, uri in element.declared.items() if scope.get(prefix) != uri}
        self.children.insert(rank, element)

    def append(self, element: Element) -> None:
        self.insert(len(self.children), element)

    def add(self, tag: str, attrib: Mapping[str, str] | None = None, **more: str) -> Element:
        """A new last child."""
        child = Element(tag, attrib, **more)
        self.append(child)
        return child

    def put_before(self, element: Element) -> None:
        """``element`` becomes its neighbour, just before it."""
        element.detach()
        if self.parent is not None:
            self.parent.insert(next(i for i, child in enumerate(self.parent.children) if child is self), element)

    def replace_children(self, elements: Iterable[Element]) -> None:
        kept = list(elements)
        for child in self:
            child.detach()
        for element in kept:
            self.append(element)

    def copy(self) -> Element:
        """The same, hanging nowhere."""
        double = Element(self.tag, self.attrib)
        double.text, double.tail, double.declared = self.text, self.tail, dict(self.declared)
        double._prefix, double._prefixes = self._prefix, dict(self._prefixes)
        for child in self.children:
            grown = child.copy()
            grown.parent = double
            double.children.append(grown)
        return double

    def _scope(self) -> Scope:
        """Every declaration in force here."""
        above = self.parent._scope() if self.parent is not None else {}
        return {**above, **self.declared} if self.declared else above

    # --- as bytes ---

    def to_bytes(self) -> bytes:
        """UTF-8, with its declaration."""
        pieces = [_HEAD]
        self._write(pieces.append, {None: "", "xml": XML_NS})
        return "".join(pieces).encode()

    def _write(self, put: _Put, above: Scope) -> None:
        if not self.tag:
            put(self.text or "")
            return
        scope, added = ({**above, **self.declared}, dict(self.declared)) if self.declared else (above, {})
        names = [_written(self.tag, self._prefix, scope, added, is_attribute=False)]
        names += [_written(name, self._prefixes.get(name), scope, added, is_attribute=True) for name in self.attrib]
        scope = {**scope, **added} if added else scope
        put(f"<{names[0]}")
        for prefix, uri in added.items():
            put(f' xmlns{":" if prefix else ""}{prefix or ""}="{uri.translate(_IN_ATTRIBUTE)}"')
        for name, value in zip(names[1:], self.attrib.values(), strict=True):
            put(f' {name}="{value.translate(_IN_ATTRIBUTE)}"')
        if self.text is None and not self.children:
            put("/>")
            return
        put(f">{(self.text or '').translate(_IN_TEXT)}")
        for child in self.children:
            child._write(put, scope)
            if child.tail:
                put(child.tail.translate(_IN_TEXT))
        put(f"</{names[0]}>")


def _written(full_name: str, prefix: str | None, scope: Scope, added: Scope, is_attribute: bool) -> str:
    """The name with a prefix that stands for its namespace where it is written; declared in ``added`` if none does."""
    uri, _, local = full_name[1:].rpartition("}") if full_name.startswith("{") else ("", "", full_name)
    if not uri and (is_attribute or not scope[None]):
        return local
    known = {**scope, **added}
    if known.get(prefix) != uri or (is_attribute and prefix is None):
        candidates = [p for p, there in known.items() if there == uri and not (is_attribute and p is None)]
        if not candidates:
            candidates = [next(f"ns{n}" for n in range(len(known) + 1) if f"ns{n}" not in known)] if uri else [None]
            added[candidates[0]] = uri
        prefix = candidates[0]
    return f"{prefix}:{local}" if prefix else local


def parse(content: bytes) -> Element:
    """The root. XmlFault if it is not XML, or has a document type. No entity, no network."""
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise XmlFault(str(fault)) from fault
    except (LookupError, UnicodeError) as fault:  # an encoding that nobody knows
        raise XmlFault(str(fault)) from fault
    return reader.root.children[0]


class _Reader:
    """``root``: stands above the root that is read, so that every element has a parent while it is read."""

    def __init__(self) -> None:
        self.root = Element("document")
        self._path, self._scopes = [self.root], [Scope({None: "", "xml": XML_NS})]
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = self.parser.ordered_attributes = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.CommentHandler = lambda text: self._other(f"<!--{text}-->")
        self.parser.ProcessingInstructionHandler = lambda target, text: self._other(
            f"<?{target} {text}".rstrip() + "?>"
        )
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise XmlFault("DOCTYPE")

    def _start(self, name: str, attributes: list[str]) -> None:
        if len(self._path) > DEPTH_MAX:
            raise XmlFault(f"plus de {DEPTH_MAX} éléments l’un dans l’autre")
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        declared: Scope = {k[6:] or None: pairs.pop(k) for k in [*pairs] if k == "xmlns" or k.startswith("xmlns:")}
        scope = {**self._scopes[-1], **declared} if declared else self._scopes[-1]
        element = Element("")
        element.tag, element._prefix, element.declared = *_full(name, scope, is_attribute=False), declared
        for written, value in pairs.items():
            full_name, prefix = _full(written, scope, is_attribute=True)
            element.attrib[full_name] = value
            if prefix:
                element._prefixes[full_name] = prefix
        element.parent = self._path[-1]
        element.parent.children.append(element)
        self._path.append(element)
        self._scopes.append(scope)

    def _end(self, _name: str) -> None:
        self._path.pop()
        self._scopes.pop()
        if len(self._path) == 1:
            self.root.children[0].parent = None

    def _text(self, text: str) -> None:
        here = self._path[-1]
        if here.children:
            here.children[-1].tail = (here.children[-1].tail or "") + text
        else:
            here.text = (here.text or "") + text

    def _other(self, written: str) -> None:
        if len(self._path) > 1:  # beside the root, nothing is kept
            note = Element("")
            note.text, note.parent = written, self._path[-1]
            note.parent.children.append(note)


def _full(written: str, scope: Scope, is_attribute: bool) -> tuple[str, str | None]:
    """``x:c`` → ``{namespace}c`` and its prefix. XmlFault for a prefix that is not declared."""
    prefix, _, local = written.rpartition(":")
    if prefix and prefix not in scope:
        raise XmlFault(written)
    uri = scope[prefix or None] if prefix or not is_attribute else ""
    return f"{{{uri}}}{local}" if uri else local, prefix or None
