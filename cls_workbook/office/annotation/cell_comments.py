"""Comments on the cells of a sheet, added to those that a partner wrote and taken away again without touching these."""

from __future__ import annotations

import re
from collections.abc import Callable, Set

from cls_workbook.french import without_control_characters
from cls_workbook.office.annotation.annotated_sheet import DEFAULT_WIDTH, OpenSheet, place
from cls_workbook.office.annotation.returned_package import first_child, nom
from cls_workbook.office.annotation.xml_tree import Element, parse
from cls_workbook.reading.beside.annotation_lists import lines_added
from cls_workbook.reading.beside.note_messages import OURS

MARK = OURS
AUTHOR = "Contrôle du classeur"
_NOTES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
WIDTH, LINE, CHARACTERS = 340, 17, 52  # pixels, pixels, characters on a line of a comment
MAX_TEXT = 1500
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_NEW_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{n}"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" '
    'style="position:absolute;width:{width}pt;height:{height}pt;z-index:{rank};visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" '
    'obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox><x:ClientData '
    'ObjectType="Note"><x:MoveWithCells/>'
    "<x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{line}</x:Row>"
    "<x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_SHAPES = re.compile(r"<v:shape\s[^<]*(?:<(?!/?v:shape[\s>])[^<]*)*</v:shape>")
_SHAPE_IDS = re.compile(r'_x0000_s(\d+)"')


def as_written(addition: str) -> str:
    """What ``put`` writes of a text below our mark."""
    return without_control_characters(addition)[:MAX_TEXT]


class SheetComments:
    """The comments of one sheet, an address each."""

    def __init__(self, sheet: OpenSheet):
        self.sheet, self.package = sheet, sheet.package
        self.part = sheet.linked_part("comments")
        # A discussion of recent Excel has a comment as its shadow, which must stay what it is.
        self.discussions = sheet.linked_part("threadedComment") is not None

    def _list(self) -> Element:
        return first_child(self._root(), "commentList")

    def _root(self) -> Element:
        if self.part is None:
            self.part = self.package.free("xl/comments{}.xml")
            root = parse(f'<comments xmlns="{nom("")[1:-1]}"><authors/><commentList/></comments>'.encode())
            self.package.write(self.part, root, _NOTES_TYPE)
            self.package.add_relation(self.sheet.part, "comments", self.part)
        return self.package.xml(self.part)

    def _by_cell(self) -> dict[str, Element]:
        return {} if self.part is None else {n.get("ref", ""): n for n in self._list()}

    def put(self, texts: dict[str, str]) -> None:
        """Adds a comment to each of these cells, after the partner's own where there is one."""
        if not texts:
            return
        existing, author, new = self._by_cell(), str(self._author()), []
        for address, texte in texts.items():
            note = existing.get(address)
            if note is not None and self.discussions:
                continue
            if note is None:
                note = self._list().add(nom("comment"), ref=address, authorId=author)
                note.add(nom("text"))
                new.append((address, texte))
            self._complete(first_child(note, "text"), texte)
        if new:
            listing = self._list()
            listing.replace_children(sorted(listing, key=lambda n: place(n.get("ref", ""))))
            self._draw(new)

    def _author(self) -> int:
        authors = first_child(self._root(), "authors")
        names = [a.text for a in authors]
        if AUTHOR not in names:
            authors.add(nom("author")).text = AUTHOR
            names.append(AUTHOR)
        return names.index(AUTHOR)

    def _complete(self, texte: Element, addition: str) -> None:
        for child in list(texte):
            if child.tag == nom("t"):  # plain text: a run, as the others
                child.detach()
                _add_run(texte, child.text or "")
        separator = "\n\n" if len(texte) else ""
        _add_run(texte, f"{separator}{MARK}\n", bold=True)
        _add_run(texte, as_written(addition))

    # --- shapes ---

    def _draw(self, notes: list[tuple[str, str]]) -> None:
        part = self.sheet.drawing_part()
        if part is None:
            part = self.package.free("xl/drawings/vmlDrawing{}.vml")
            self.package.write(part, _NEW_DRAWING.format(n=_number_of(part)).encode(), _DRAWING_TYPE)
            self.sheet.attach_drawing(part)
        drawing = self._read_drawing(part)
        last = max(map(int, _SHAPE_IDS.findall(drawing)), default=1024 * _number_of(part))
        shapes = "" if "_x0000_t202" in drawing else _SHAPE_TYPE
        shapes += "".join(self._shape(*note, last + rank, rank) for rank, note in enumerate(notes, 1))
        head, end, tail = drawing.rpartition("</xml>")
        self.package.write(part, (head + shapes + end + tail).encode())

    def _read_drawing(self, part: str) -> str:
        """As text: what programs write there is not always XML."""
        return self.package.read(part).decode("utf-8", "replace")

    def _shape(self, address: str, texte: str, identifier: int, rank: int) -> str:
        line, column = place(address)
        lines = 2 + sum(1 + len(piece) // CHARACTERS for piece in texte.split("\n"))
        height = LINE * lines + 8
        right, right_offset = _advance(column + 1, WIDTH, lambda c: self.sheet.widths.get(c, DEFAULT_WIDTH))
        bottom, bottom_offset = _advance(line, height, self.sheet.height)
        anchor = f"{column}, 12, {max(line - 1, 0)}, 4, {right - 1}, {right_offset}, {bottom - 1}, {bottom_offset}"
        size = {"width": WIDTH * 3 // 4, "height": height * 3 // 4}
        return _SHAPE.format(id=identifier, rank=rank, anchor=anchor, line=line - 1, column=column - 1, **size)

    # --- taking away ---

    def withdraw(self, ours: Set[str]) -> None:
        """Takes away what ``put`` had added, in this copy or in one that a spreadsheet has saved since; what a partner
        added below our mark stays. ``ours``: digests of the lines that we wrote, none where they were not kept."""
        for address, note in self._by_cell().items():
            texte = note.find(nom("text"))
            if texte is None or MARK not in texte.all_text():
                continue
            added = lines_added(texte.all_text().partition(MARK)[2], ours) if ours else []
            is_kept = _cut(texte)
            if added:
                _add_run(texte, "\n" * is_kept + "\n".join(added))
            elif not is_kept:
                note.detach()
                self._erase_shape(address)
        self._drop_if_empty()

    def _erase_shape(self, address: str) -> None:
        part = self.sheet.drawing_part()
        if part is None:
            return
        line, column = place(address)
        note_there = ('ObjectType="Note"', f"<x:Row>{line - 1}</x:Row>", f"<x:Column>{column - 1}</x:Column>")
        drawing = self._read_drawing(part)
        kept = _SHAPES.sub(lambda m: "" if all(sign in m[0] for sign in note_there) else m[0], drawing)
        self.package.write(part, kept.encode())

    def _drop_if_empty(self) -> None:
        """An empty list of comments is no part at all."""
        if self.part is None or len(self._list()):
            return
        self.package.withdraw(self.sheet.part, self.part)
        drawing = self.sheet.drawing_part()
        if drawing and not _SHAPES.search(self._read_drawing(drawing)):
            for element in self.sheet.root.findall(nom("legacyDrawing")):
                element.detach()
            self.package.withdraw(self.sheet.part, drawing)
        self.part = None


def _number_of(part: str) -> int:
    return int(re.sub(r"\D", "", part.rpartition("/")[2]) or 1)


def _advance(start: int, pixels: int, size: Callable[[int], int]) -> tuple[int, int]:
    """(row or column reached, pixels into it) so many pixels further."""
    remaining = pixels + 12
    while remaining > size(start):
        remaining -= size(start)
        start += 1
    return start, remaining


def _add_run(texte: Element, content: str, bold: bool = False) -> None:
    run = texte.add(nom("r"))
    run_format = run.add(nom("rPr"))
    if bold:
        run_format.add(nom("b"))
    run_format.add(nom("sz"), val="9")
    run_format.add(nom("rFont"), val="Calibri")
    piece = run.add(nom("t"))
    piece.text = content
    piece.set(_SPACE, "preserve")


def _cut(texte: Element) -> bool:
    """Keeps what stands before our mark; was there anything?"""
    kept, cut = [], False
    for child in texte:
        piece = child if child.tag == nom("t") else child.find(nom("t"))
        content = (piece.text or "") if piece is not None else ""
        if piece is not None and MARK in content:
            piece.text, cut = content.partition(MARK)[0].rstrip(), True
            kept += [child.copy()] if piece.text else []
            break
        kept.append(child.copy())
    if not cut:  # the mark was cut between two runs: all of it, up to the mark, as one
        before = texte.all_text().partition(MARK)[0].rstrip()
        texte.replace_children(())
        if before:
            _add_run(texte, before)
        return bool(before)
    texte.replace_children(kept)
    return bool(texte.all_text().strip())
