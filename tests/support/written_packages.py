"""Workbooks whose XML is written by hand, part by part: an .xlsx of one sheet, an .ods of any content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ODS_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{nom}:1.0"'
    for prefix, nom in (*((n, n) for n in ("office", "table", "text", "style", "drawing")), ("fo", "xsl-fo-compatible"))
)
FORMATS = ("General", "0.00", "dd/mm/yyyy", "[h]:mm", "0%", "@")  # s="0" to s="5"; s="6" is struck out


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, content in parts.items():
            archive.writestr(nom, content)
    return buffer.getvalue()


def relations(*targets: tuple[str, str, str]) -> str:
    """(Id, kind, target) of each."""
    inside = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{t}"/>' for i, kind, t in targets)
    return f'<Relationships xmlns="{PACKAGE}">{inside}</Relationships>'


def sheet(rows: str, around: tuple[str, str] = ("", "")) -> str:
    """A worksheet; ``rows``: the inside of its ``sheetData``."""
    return f'<worksheet xmlns="{MAIN}">{around[0]}<sheetData>{rows}</sheetData>{around[1]}</worksheet>'


def workbook(*names: str) -> str:
    sheets = "".join(f'<sheet name="{nom}" sheetId="{i}" r:id="s{i}"/>' for i, nom in enumerate(names, 1))
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _styles() -> str:
    codes = "".join(f'<numFmt numFmtId="{200 + i}" formatCode="{code}"/>' for i, code in enumerate(FORMATS))
    cells = "".join(f'<xf numFmtId="{200 + i}" fontId="0"/>' for i in range(len(FORMATS)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><fonts><font/><font><strike/></font></fonts>'
        f'<cellXfs>{cells}<xf numFmtId="200" fontId="1"/></cellXfs></styleSheet>'
    )


def xlsx_parts(rows: str = "", texts: str = "<si><t>zéro</t></si><si><t>un</t></si>") -> dict[str, str | bytes]:
    """The parts of a workbook of one sheet, « Feuille »; ``rows``: the inside of its ``sheetData``."""
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
            f'{kind}+xml"/>'
            for part, kind in (
                ("xl/workbook.xml", "sheet.main"),
                ("xl/worksheets/sheet1.xml", "worksheet"),
                ("xl/styles.xml", "styles"),
                ("xl/sharedStrings.xml", "sharedStrings"),
            )
        )
        + "</Types>",
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook("Feuille"),
        "xl/_rels/workbook.xml.rels": relations(
            ("s1", "worksheet", "worksheets/sheet1.xml"),
            ("x1", "sharedStrings", "sharedStrings.xml"),
            ("x2", "styles", "styles.xml"),
        ),
        "xl/worksheets/sheet1.xml": sheet(rows),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/styles.xml": _styles(),
    }


def xlsx(rows: str = "", texts: str = "<si><t>zéro</t></si><si><t>un</t></si>") -> bytes:
    return zipped(xlsx_parts(rows, texts))


def ods(rows: str, styles: str = "", **parts: str) -> bytes:
    """One table, « Feuille »; ``rows``: what it holds; ``styles``: the inside of its automatic styles."""
    return ods_of(f'<table:table table:name="Feuille">{rows}</table:table>', styles, **parts)


def ods_of(tables: str, styles: str = "", **parts: str) -> bytes:
    content = (
        f'<office:document-content {ODS_NAMES} xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:'
        f'calcext:1.0"><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>'
        f"{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest'
            ':1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.'
            'spreadsheet"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        }
        | parts
    )
