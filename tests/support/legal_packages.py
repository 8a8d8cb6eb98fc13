"""Workbooks composed at random of legal XML shapes, and the values that they hold; a seed gives the same ones again."""

from __future__ import annotations

import random
import re
from collections.abc import Collection
from html import escape

from tests.support.written_packages import MAIN, relations, sheet, workbook, xlsx_parts, zipped

Value = float | str | bool
TEXTS = ("oui", "été", "a & b", "1 < 2", "douze", "12", "x  y", "Œuvre", "l’an", "0012")
COLUMNS = "ABCDEFGH"


class Composed:
    """``content``: the bytes of an .xlsx; ``values``: sheet → address → what it holds; ``shapes``: what was done.
    ``without``: what is not."""

    def __init__(self, seed: int, number_of_sheets: int, without: Collection[str] = ()):
        self._random, self._texts, self.shapes = random.Random(seed), list[str](), set[str]()
        self._without = without
        names = [f"Feuille {n}" for n in range(1, number_of_sheets + 1)]
        self.values: dict[str, dict[str, Value]] = {name: {} for name in names}
        parts = xlsx_parts()
        del parts["xl/worksheets/sheet1.xml"]
        kept = str(parts.pop("[Content_Types].xml"))
        links = [("x1", "sharedStrings", "sharedStrings.xml"), ("x2", "styles", "styles.xml")]
        types = ""
        for rank, name in enumerate(names, 1):
            target = f"../donnees/d{rank}.xml" if self._shape("relative target") else f"worksheets/sheet{rank}.xml"
            target = f"./feuilles/f{rank}.xml" if self._shape("target from here", 0.2) else target
            part = re.sub(r"^xl/\.\./", "", f"xl/{target}").replace("/./", "/")
            parts[part] = self._encoded(self._prefixed(sheet(self._rows(self.values[name]), self._around())))
            links.append((f"s{rank}", "worksheet", target))
            types += (
                f'<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.'
                'spreadsheetml.worksheet+xml"/>'
            )
        parts["[Content_Types].xml"] = re.sub(r"<Override PartName=\"/xl/worksheets[^>]*>", types, kept)
        parts["xl/workbook.xml"] = self._encoded(workbook(*names))
        parts["xl/_rels/workbook.xml.rels"] = relations(*links)
        parts["xl/sharedStrings.xml"] = self._encoded(
            self._prefixed(f'<sst xmlns="{MAIN}">{"".join(self._texts)}</sst>')
        )
        self.content = zipped(parts)

    def _shape(self, name: str, share: float = 0.3) -> bool:
        if self._random.random() >= share or name in self._without:
            return False
        self.shapes.add(name)
        return True

    def _rows(self, values: dict[str, Value]) -> str:
        rows, row = "", 0
        while row < 8:
            row += self._random.choice((1, 1, 1, 3))
            if self._shape("empty row"):
                rows += f'<row r="{row}"/>'
                continue
            columns = sorted(self._random.sample(range(len(COLUMNS)), self._random.randint(0, 5)))
            without_address = columns == list(range(len(columns))) and self._shape("cells without address")
            cells = ""
            for column in columns:
                address = f"{COLUMNS[column]}{row}"
                values[address], content = self._cell()
                cells += content.replace("<c", "<c" if without_address else f'<c r="{address}"', 1)
            spans = ' spans="1:8" ht="15" customHeight="1"' if self._shape("attributes of a row") else ""
            space = "\n  " if self._shape("white space") else ""
            rows += f'<row r="{row}"{spans}>{space}{cells}{space}</row>'
        return rows

    def _cell(self) -> tuple[Value, str]:
        kind = self._random.randrange(6)
        if kind == 0:
            value = self._random.random() < 0.5
            return value, f'<c t="b"><v>{int(value)}</v></c>'
        if kind <= 2:
            number = self._random.choice((self._random.randint(-50, 5000), self._random.randint(1, 999) / 4))
            return float(number), f"<c><v>{self._written(str(number))}</v></c>"
        text = self._random.choice(TEXTS)
        if kind == 3:
            return text, f'<c t="str"><v>{self._written(text)}</v></c>'
        if kind == 4:
            return text, f'<c t="inlineStr"><is>{self._runs(text)}</is></c>'
        self._texts.append(f"<si>{self._runs(text)}</si>")
        return text, f'<c t="s"><v>{len(self._texts) - 1}</v></c>'

    def _runs(self, text: str) -> str:
        phonetic = '<rPh sb="0" eb="1"><t>zz</t></rPh>' if self._shape("phonetic run", 0.2) else ""
        if not self._shape("runs"):
            return f'<t xml:space="preserve">{self._written(text)}</t>{phonetic}'
        cut = self._random.randint(1, len(text) - 1)
        pieces = (f'<r><t xml:space="preserve">{self._written(t)}</t></r>' for t in (text[:cut], text[cut:]))
        return "".join(pieces) + phonetic

    def _written(self, text: str) -> str:
        if self._shape("CDATA", 0.15):
            return f"<![CDATA[{text}]]>"
        if self._shape("character references", 0.15):
            return "".join(f"&#{ord(c)};" for c in text)
        cut = self._random.randint(0, len(text))
        middle = "<!--9-->" if self._shape("comment in a value", 0.1) else ""
        return escape(text[:cut], quote=False) + middle + escape(text[cut:], quote=False)

    def _around(self) -> tuple[str, str]:
        before = '<dimension ref="A1:H20"/>' if self._shape("dimension") else ""
        hidden = "<!--<sheetData><row r='1'><c r='A1'><v>9</v></c></row></sheetData>-->"
        before += hidden if self._shape("table in a comment") else ""
        after = "<extLst><ext uri='{x}'/></extLst>" if self._shape("extLst") else ""
        return before, after

    def _prefixed(self, xml: str) -> str:
        if not self._shape("prefix", 0.25):
            return xml
        pieces = re.split(r"(<!--.*?-->|<!\[CDATA\[.*?\]\]>)", xml, flags=re.DOTALL)
        pieces = [p if p.startswith("<!") else re.sub(r"<(/?)(\w)", r"<\1x:\2", p) for p in pieces]
        return "".join(pieces).replace("xmlns=", "xmlns:x=", 1)

    def _encoded(self, xml: str) -> bytes:
        if self._shape("UTF-16", 0.15):
            return ('<?xml version="1.0" encoding="UTF-16"?>' + xml).encode("utf-16")
        if self._shape("BOM", 0.15):
            return ("\ufeff" + xml).encode()
        return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml).encode()
