"""One workbook per structure for little more than the price of one: sheets are rendered once, then shared.

A « mother » workbook holds every sheet that any child needs. A child takes some of them, under its own
names, with some cells replaced; its parts are cut out of the mother's archive, still compressed where nothing
changes. What a child shows is what ``writer`` would have written for it (a test compares them); the first child
is so to the byte.

Only for sheets without drawing, table or external link: entry workbooks have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cls_workbook.fast_paths import row_writer, shared_parts
from cls_workbook.workbook.cell_values import escaped, safe_text
from cls_workbook.workbook.description import Cell, Formula, Sheet, Workbook, address

_SHARED_STRING_CELL = re.compile(rb' t="s"><v>(\d+)</v>')
_TEXTS = re.compile(rb"<si>[^<]*(?:<(?!/?si>)[^<]*)*</si>")
_SHARED_STRINGS = "xl/sharedStrings.xml"
_NO_TEXT = b"<si><t></t></si>"
_NAME = re.compile(r'<definedName name="([^"]+)" localSheetId="(\d+)"([^>]*)>([^<]*)</definedName>')
_AREAS = re.compile(r"!(\$[$:A-Z0-9]+)(?=,|$)")
_APOSTROPHE = "'"
_SHEET = re.compile(r'<sheet name="([^"]*)" sheetId="\d+"((?: state="\w+")?) r:id="rId\d+"/>')
_TYPE = re.compile(r'(<Override PartName="/xl/worksheets/sheet)(\d+)(\.xml"[^>]*/>)')
_LINK = re.compile(r'(<Relationship Id="rId)(\d+)("[^>]*/>)')


@dataclass(frozen=True, slots=True)
class _OffprintPart:
    """One sheet of a child: its name there, its name in the mother, and the cells that differ."""

    nom: str
    source: str
    differences: tuple[Cell, ...] = ()


def produce(workbooks: list[Workbook]) -> Iterable[bytes]:
    """The bytes of each workbook, in order. Sheets that several workbooks share are rendered once. Two sheets are
    shared when they bear the same name and differ only in the values of some cells."""
    if len(workbooks) == 1:
        yield row_writer.to_bytes(workbooks[0])
        return
    worksheets: dict[str, Sheet] = {}
    variants: dict[str, list[str]] = {}
    children = [[_place_sheet(f, worksheets, variants) for f in workbook.worksheets] for workbook in workbooks]
    mother = _Mother(row_writer.to_bytes(replace(workbooks[0], worksheets=list(worksheets.values()), names={})))
    for rank, (workbook, parts) in enumerate(zip(workbooks, children, strict=True)):
        # The first is the same file whether others follow or not. Of these, no two have the same texts, blanks for the
        # most part: to press them as small as can be would take longer than all the rest.
        yield mother.detach(workbook, parts, shared_parts.FAST if rank else shared_parts.USUAL)


def _place_sheet(sheet: Sheet, worksheets: dict[str, Sheet], variants: dict[str, list[str]]) -> _OffprintPart:
    """Finds the sheet in the mother, or adds it there under a free name. ``variants``: name in children → in hers."""
    for source in variants.setdefault(sheet.nom, []):
        if (differences := _differences(worksheets[source], sheet)) is not None:
            return _OffprintPart(sheet.nom, source, differences)
    source = f"{len(worksheets)}" if sheet.nom in worksheets else sheet.nom
    worksheets[source] = replace(sheet, nom=source)
    variants[sheet.nom].append(source)
    return _OffprintPart(sheet.nom, source)


def _differences(one: Sheet, other: Sheet) -> tuple[Cell, ...] | None:
    """The cells of ``other`` that hold something else than those of ``one``; None if more than values differ."""
    if len(one.cells) != len(other.cells) or other.charts or other.sheet_tables:
        return None
    if replace(one, cells=[], nom=other.nom) != replace(other, cells=[]):
        return None
    pairs = [(u, a) for u, a in zip(one.cells, other.cells, strict=True) if u is not a and u != a]
    if any(u[:2] != a[:2] or u.style != a.style or not _is_replaceable(u.valeur, a.valeur) for u, a in pairs):
        return None
    return tuple(a for _, a in pairs)


def _is_replaceable(before: object, after: object) -> bool:
    """Can the cell's XML be replaced: a value by a value, or a formula by itself with another result?"""
    if isinstance(before, Formula) and isinstance(after, Formula):
        return before.texte == after.texte
    return all(v is None or type(v) in (str, int, float, Decimal) for v in (before, after))


class _Mother:
    """The mother's archive, its parts uncompressed once."""

    def __init__(self, content: bytes):
        self.parts = shared_parts.extract(content)
        # a part that a child leaves as it was is copied compressed
        self.made = dict(self.parts.values())
        self.used_texts: dict[bytes, list[bytes]] = {}
        self.tails: dict[bytes, shared_parts.Part] = {}
        self.workbook = self._read("xl/workbook.xml")
        self.texts = {texte: rank for rank, texte in enumerate(_TEXTS.findall(self.parts[_SHARED_STRINGS][0]))}
        worksheets = [(_unescaped(nom), etat) for nom, etat in _SHEET.findall(self.workbook)]
        self.ranks = {nom: rank for rank, (nom, _) in enumerate(worksheets)}
        self.etats = dict(worksheets)

    def _read(self, nom: str) -> str:
        return self.parts[nom][0].decode()

    def detach(self, workbook: Workbook, chosen: list[_OffprintPart], niveau: int) -> bytes:
        """A child: the mother's parts in their order, some replaced. ``niveau``: how its texts are compressed."""
        texts = _OffprintTexts(self.texts)
        sources = [self.parts[_sheet_path(self.ranks[p.source] + 1)][0] for p in chosen]
        worksheets = [_replace_in(source, p.differences, texts) for source, p in zip(sources, chosen, strict=True)]
        shared = texts.part([rank for sheet in worksheets for rank in self._used_texts(sheet)])
        contents = {nom: texte.encode() for nom, texte in self._small_parts(workbook, chosen)}
        contents |= {_sheet_path(rank): sheet for rank, sheet in enumerate(worksheets, 1)}
        pairs = [(sheet, p.differences) for sheet, p in zip(worksheets, chosen, strict=True) if p.differences]
        changed = {sheet: max(cell.line for cell in differences) for sheet, differences in pairs}
        removed = {_sheet_path(rank) for rank in range(len(chosen) + 1, len(self.ranks) + 1)}

        def compressed(nom: str) -> shared_parts.Part:
            if nom == _SHARED_STRINGS:
                return shared_parts.compress(shared, niveau)
            content = contents.get(nom, self.parts[nom][0])
            return self._compressed(content, changed.get(content, 0))

        return shared_parts.assemble((nom, compressed(nom)) for nom in self.parts if nom not in removed)

    def _small_parts(self, workbook: Workbook, chosen: list[_OffprintPart]) -> Iterator[tuple[str, str]]:
        """What says which sheets there are, and the title."""
        for nom, motif in (("[Content_Types].xml", _TYPE), ("xl/_rels/workbook.xml.rels", _LINK)):
            yield nom, _without_sheets(self._read(nom), motif, len(chosen), len(self.ranks))
        names = self._defined_names(chosen)
        yield "xl/workbook.xml", self._workbook(chosen, names)
        yield "docProps/app.xml", self._application(chosen, names)
        title, core = f"<dc:title>{escaped(workbook.titre)}</dc:title>", "docProps/core.xml"
        yield core, re.sub("<dc:title>[^<]*</dc:title>", lambda _: title, self._read(core))

    def _used_texts(self, sheet: bytes) -> list[bytes]:
        """The ranks of the texts that a sheet shows. Those of a sheet of the mother are looked for once."""
        if sheet not in self.made:
            return _SHARED_STRING_CELL.findall(sheet)
        if sheet not in self.used_texts:
            self.used_texts[sheet] = _SHARED_STRING_CELL.findall(sheet)
        return self.used_texts[sheet]

    def _compressed(self, content: bytes, line: int) -> shared_parts.Part:
        """``line``: the last row of a sheet that changes; what comes after it is compressed once for all children."""
        if content in self.made:
            return self.made[content]
        following = content.find(b"<row ", content.find(b'<row r="%d"' % line) + 1) if line else -1
        if following < 0:
            return shared_parts.compress(content)
        tail = content[following:]
        if tail not in self.tails:
            self.tails[tail] = shared_parts.compress(tail)
        return shared_parts.compress_start(content, self.tails[tail])

    def _defined_names(self, chosen: list[_OffprintPart]) -> list[tuple[str, str, str]]:
        """(name, its sheet in quotes, XML) of the mother's names that concern the child's sheets."""
        place = {self.ranks[p.source]: (n, _in_quotes(p.nom)) for n, p in enumerate(chosen)}
        names = []
        for nom, rank, extra, cible in _NAME.findall(self.workbook):
            if int(rank) in place:
                n, sheet = place[int(rank)]
                attributes = f'name="{nom}" localSheetId="{n}"{extra}'
                target = ",".join(f"{sheet}!{area}" for area in _AREAS.findall(cible))  # columns, then rows
                names.append((nom, sheet, f"<definedName {attributes}>{target}</definedName>"))
        # in the order of XlsxWriter
        return sorted(names, key=lambda n: f"{n[0].removeprefix('_xlnm.')}::{n[1].lstrip(_APOSTROPHE)}".lower())

    def _workbook(self, chosen: list[_OffprintPart], printed: list[tuple[str, str, str]]) -> str:
        """``workbook.xml`` with the child's sheets, and the names that concern them."""
        worksheets = "".join(
            f'<sheet name="{_escape_attribute(p.nom)}" sheetId="{n}"{self.etats[p.source]} r:id="rId{n}"/>'
            for n, p in enumerate(chosen, 1)
        )
        xml = re.sub("<sheets>.*</sheets>", lambda _: f"<sheets>{worksheets}</sheets>", self.workbook)
        defined = f"<definedNames>{''.join(x for _, _, x in printed)}</definedNames>" if printed else ""
        return re.sub("<definedNames>.*</definedNames>", lambda _: defined, xml)

    def _application(self, chosen: list[_OffprintPart], printed: list[tuple[str, str, str]]) -> str:
        """``app.xml``: how many sheets and names, and what they are called."""
        worksheets = [escaped(p.nom) for p in chosen if "veryHidden" not in self.etats[p.source]]
        names = [f"{sheet}!{nom.removeprefix('_xlnm.')}" for nom, sheet, _ in printed]
        counts = [(what, len(n)) for what, n in (("Worksheets", worksheets), ("Named Ranges", names)) if n]
        pairs = "".join(
            f"<vt:variant><vt:lpstr>{what}</vt:lpstr></vt:variant><vt:variant><vt:i4>{n}</vt:i4></vt:variant>"
            for what, n in counts
        )
        titles = "".join(f"<vt:lpstr>{titre}</vt:lpstr>" for titre in worksheets + names)
        said = (
            f'<HeadingPairs><vt:vector size="{2 * len(counts)}" baseType="variant">{pairs}</vt:vector></HeadingPairs>'
            f'<TitlesOfParts><vt:vector size="{len(worksheets) + len(names)}" baseType="lpstr">{titles}</vt:vector>'
            "</TitlesOfParts>"
        )
        return re.sub("<HeadingPairs>.*</TitlesOfParts>", lambda _: said, self._read("docProps/app.xml"))


class _OffprintTexts:
    """The shared texts of a child. Those of the mother keep their ranks, so that a sheet which changes nothing else is
    not touched at all; what the child does not show is left blank: no other structure's words leave with it."""

    def __init__(self, mother: dict[bytes, int]):
        self._ranks = dict(mother)  # its own copy: ``add`` lengthens it

    def part(self, used_texts: Sequence[bytes]) -> bytes:
        """The part that holds them. ``used_texts``: the ranks that cells show, each time that they do."""
        shown, all_of_them = set(map(int, used_texts)), list(self._ranks)
        texts = [_NO_TEXT] * (max(shown, default=-1) + 1)
        for rank in shown:
            texts[rank] = all_of_them[rank]
        head = (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst '
            b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="%d" uniqueCount="%d">'
        )
        return head % (len(used_texts), len(texts)) + b"".join(texts) + b"</sst>"

    def add(self, texte: str) -> int:
        """Rank of a text among the mother's, or after hers."""
        kept = ' xml:space="preserve"' if texte != texte.strip() else ""
        is_rich = texte.startswith("<r>") and texte.endswith("</r>")  # see cell_values.safe_text
        element = (f"<si>{texte}</si>" if is_rich else f"<si><t{kept}>{escaped(texte)}</t></si>").encode()
        return self._ranks.setdefault(element, len(self._ranks))


def _replace_in(sheet: bytes, differences: tuple[Cell, ...], texts: _OffprintTexts) -> bytes:
    for cell in differences:
        location = address(cell.line, cell.column)
        start = f'<c r="{location}"'.encode()
        found = re.search(start + rb'( s="\d+")?[^>]*?(?:/>|>(<f>.*?</f>)?<v>.*?</v></c>)', sheet)
        if found is None:
            raise ValueError(f"la cellule {location} manque à la feuille partagée")
        fresh = start + (found[1] or b"") + _end_of_cell(cell.valeur, found[2] or b"", texts)
        sheet = sheet[: found.start()] + fresh + sheet[found.end() :]
    return sheet


def _end_of_cell(valeur: object, formula: bytes, texts: _OffprintTexts) -> bytes:
    """What follows the style in the XML of a cell. ``formula``: the element that was there."""
    if isinstance(valeur, Formula):
        # as XlsxWriter does: an empty result without a type makes every program compute it
        type_ = b' t="str"' if isinstance(valeur.valeur, str) and valeur.valeur else b""
        return type_ + b">" + formula + b"<v>" + escaped(str(valeur.valeur)).encode() + b"</v></c>"
    if valeur is None or valeur == "":
        return b"/>"
    if isinstance(valeur, str):
        return b' t="s"><v>%d</v></c>' % texts.add(safe_text(valeur))
    assert isinstance(valeur, (int, float, Decimal)), valeur
    nombre = f"{valeur if type(valeur) is int else float(valeur):.16G}"  # as XlsxWriter writes it
    return f"><v>{nombre}</v></c>".encode()


# --- small parts ----------------------------------------------------------------------------------------------------


def _sheet_path(rank: int) -> str:
    return f"xl/worksheets/sheet{rank}.xml"


def _without_sheets(xml: str, motif: re.Pattern[str], nombre: int, before: int) -> str:
    """A list of parts cut to ``nombre`` sheets out of ``before``; what comes after them is numbered anew."""

    def keep(m: re.Match[str]) -> str:
        rank = int(m[2])
        return m[0] if rank <= nombre else "" if rank <= before else f"{m[1]}{rank - before + nombre}{m[3]}"

    return motif.sub(keep, xml)


def _in_quotes(nom: str) -> str:
    return escaped(nom if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", nom) else "'" + nom.replace("'", "''") + "'")


def _escape_attribute(texte: str) -> str:
    return escaped(texte).replace('"', "&quot;")


def _unescaped(texte: str) -> str:
    return texte.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
