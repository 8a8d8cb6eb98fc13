"""A workbook that carries macros: the VBA project and the buttons through XlsxWriter, then the ribbon into the package.

The ribbon is that of 2006, which every Excel since 2007 shows and which openpyxl keeps when it saves a workbook.
"""

from __future__ import annotations

import zipfile
from io import BytesIO

import xlsxwriter

from cls_workbook.workbook.description import Button, Macros, Workbook
from cls_workbook.workbook.excel_limits import WORKBOOK_CODE_NAME

RIBBON = "customUI/customUI.xml"
RIBBON_RELATION = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
WORKBOOK_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
ADDIN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_DATE = (1980, 1, 1, 0, 0, 0)


def attach(opened_book: xlsxwriter.Workbook, workbook: Workbook, macros: Macros) -> None:
    """The VBA project, the code names that tie it to the sheets, and the buttons, in an XlsxWriter workbook."""
    opened_book.add_vba_project(BytesIO(macros.project), True)
    opened_book.set_vba_name(WORKBOOK_CODE_NAME)
    for sheet in workbook.worksheets:
        page = opened_book.get_worksheet_by_name(sheet.nom)
        page.set_vba_name(sheet.code_name)
        for button in sheet.buttons:
            page.insert_button(button.line - 1, button.column - 1, _options(button))


def _options(button: Button) -> dict[str, object]:
    return {
        "macro": button.macro,
        "caption": button.texte,
        "width": button.width,
        "height": button.height,
        "x_offset": 2,
        "y_offset": 2,
        "description": button.alt_text,
    }


def repackage(content: bytes, macros: Macros) -> bytes:
    """The package with its ribbon, and as an add-in if it is one. The same package gives the same bytes."""
    output = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as ancien, zipfile.ZipFile(output, "w") as new:
        for nom in ancien.namelist():
            new.writestr(_entry(nom, macros), _modify(nom, ancien.read(nom), macros))
        new.writestr(_entry(RIBBON, macros), macros.ribbon)
    return output.getvalue()


def _entry(nom: str, macros: Macros) -> zipfile.ZipInfo:
    """An add-in is kept among the templates: it is not compressed, since two zlibs do not compress alike."""
    entry = zipfile.ZipInfo(nom, _DATE)
    entry.compress_type = zipfile.ZIP_STORED if macros.complement else zipfile.ZIP_DEFLATED
    entry.create_system = 0  # the same archive on every system
    return entry


def _modify(nom: str, content: bytes, macros: Macros) -> bytes:
    if nom == _RELATIONS:
        relation = f'<Relationship Id="rIdRuban" Type="{RIBBON_RELATION}" Target="{RIBBON}"/></Relationships>'
        return _replace_in(content, "</Relationships>", relation)
    if nom == _TYPES and macros.complement:
        return _replace_in(content, WORKBOOK_TYPE, ADDIN_TYPE)
    return content


def _replace_in(content: bytes, ancien: str, new: str) -> bytes:
    if content.count(ancien.encode()) != 1:
        raise ValueError(f"« {ancien} » attendu une fois dans le classeur écrit")
    return content.replace(ancien.encode(), new.encode())
