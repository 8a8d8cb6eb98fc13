"""Turns the text of this folder into what Excel loads: the VBA project of the workbook, and the add-in.

    python -m macros.build

Needs pyOpenVBA (extra « test »), but neither Excel nor Windows. The same text gives the same bytes.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from pyopenvba import ExcelFile, VBAModuleKind
from pyopenvba.cfb import CFB

from cls_workbook.definition.toml_reader import load, shipped
from cls_workbook.office.coordinator import addin, coordinator_workbook, home_sheet, workstation
from cls_workbook.pilotage import Pilotage
from cls_workbook.workbook import writer
from cls_workbook.workbook.excel_limits import WORKBOOK_CODE_NAME
from cls_workbook.workbook.macro_package import WORKBOOK_TYPE

SOURCES = Path(__file__).parent
OUTPUT = SOURCES.parent / "templates"
# [MS-OVBA] 2.3.4.1: no compiled copy is there, Excel compiles the sources when it opens the file.
NO_COMPILED_COPY = bytes.fromhex("CC61FFFF000000")

TYPE_WITHOUT_MACROS = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

# xlwings' own modules, but for these lines: its messages become ours. Each must be there exactly once.
PATCHES = {
    "Sub ShowError(FileName As String": "Sub ShowErrorDeXlwings(FileName As String",
    'MsgBox "Could not find Interpreter!", vbCritical': "PythonIntrouvable PYTHON_WIN",
    (
        "MsgBox \"To enable RunPython, please run 'xlwings runpython install' in a terminal once and try again.\", "
        "vbCritical"
    ): "LiaisonMacAbsente",
    'Application.StatusBar = "Running..."': "AnnoncerTravail",
    # Nothing that lies in the current folder is imported: neither by a click nor by a worksheet function.
    'PythonInterpreter & " -B -c ""import': 'PythonInterpreter & " -B -P -c ""import',
    'ParameterString + "|" + PythonInterpreter': 'ParameterString + "|" + PythonInterpreter + " -P"',
    'tail = " -B -c ""import sys, os;"': 'tail = " -B -P -c ""import sys, os;"',
    'PYTHONPATH & "\\"");import xlwings;': 'PYTHONPATH & "\\"");sys.path[:]=filter(None,sys.path);import xlwings;',
}
# The add-in reads the same settings as the workbook.
ADDIN_PATCHES = PATCHES | {'PROJECT_NAME As String = "myaddin"': 'PROJECT_NAME As String = "xlwings"'}


class Module(NamedTuple):
    nom: str
    class_: bool
    source: str  # as Excel exports it: CRLF


def modules(is_addin: bool) -> Iterator[Module]:
    """What the workbook, or the add-in, carries besides the modules of its sheets."""
    folders = ("commun", "complement" if is_addin else "classeur")
    for file in sorted(f for d in folders for f in (SOURCES / d).iterdir() if f.suffix in (".bas", ".cls")):
        yield Module(file.stem, file.suffix == ".cls", read(file))
    xlwings = read(SOURCES / "xlwings" / ("xlwings_custom_addin.bas" if is_addin else "xlwings.bas"))
    yield Module("xlwings", False, patch(xlwings, ADDIN_PATCHES if is_addin else PATCHES))
    yield Module("Dictionary", True, read(SOURCES / "xlwings" / "Dictionary.cls"))


def read(file: Path) -> str:
    """The text of a module. ValueError unless it is ASCII with the line ends that VBA wants."""
    texte = file.read_bytes().decode("ascii")
    if texte.count("\n") != texte.count("\r\n") or texte.count("\r") != texte.count("\r\n"):
        raise ValueError(f"{file.name} : fins de ligne CRLF attendues")
    return texte


def patch(texte: str, retouched: Mapping[str, str]) -> str:
    for ancien, new in retouched.items():
        if texte.count(ancien) != 1:
            raise ValueError(
                f"« {ancien} » : attendu une fois dans le module de xlwings, trouvé {texte.count(ancien)} fois"
            )
        texte = texte.replace(ancien, f"{new} ' changed by cls-workbook" if new.startswith("MsgBox") else new)
    return texte


def project(worksheets: list[str], is_addin: bool = False) -> bytes:
    """``vbaProject.bin`` for a workbook whose sheets have these code names, in their order."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "squelette.xlsm"
        path.write_bytes(_skeleton(worksheets))
        with ExcelFile(path) as opened_book:
            vba = opened_book.add_vba_project()
            for module in modules(is_addin):
                if module.nom == WORKBOOK_CODE_NAME:
                    opened_book.set_module(WORKBOOK_CODE_NAME, _header_text(module.source, True))
                else:
                    nature = VBAModuleKind.other if module.class_ else VBAModuleKind.standard
                    vba.add_module(
                        module.nom, _header_text(module.source, False) if module.class_ else module.source, kind=nature
                    )
            for module in vba.modules:
                module.dirty = True  # written from its text
            opened_book.save()
        with ExcelFile(path) as opened_book:
            file_bytes = opened_book._zip.read("xl/vbaProject.bin")
    cfb = CFB.from_bytes(file_bytes)
    cfb.write_stream_in_storage("VBA", "_VBA_PROJECT", NO_COMPILED_COPY)
    return cfb.to_bytes()


def _skeleton(worksheets: list[str]) -> bytes:
    """An empty workbook whose sheets have these code names: the library makes a module for each."""
    buffer = io.BytesIO()
    opened_book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    opened_book.set_vba_name(WORKBOOK_CODE_NAME)
    for code in worksheets:
        opened_book.add_worksheet().set_vba_name(code)
    opened_book.close()
    output = io.BytesIO()
    with zipfile.ZipFile(buffer) as ancien, zipfile.ZipFile(output, "w") as new:
        for nom in ancien.namelist():
            new.writestr(nom, ancien.read(nom).replace(TYPE_WITHOUT_MACROS, WORKBOOK_TYPE.encode()))
    return output.getvalue()


def _header_text(source: str, modifiable: bool) -> str:
    """The two attributes that Excel keeps in the stream of a class and leaves out of the file that it exports."""
    extra = rf"\1Attribute VB_TemplateDerived = False\r\nAttribute VB_Customizable = {modifiable}\r\n"
    return re.sub(r"(Attribute VB_Exposed = \w+\r\n)(?!Attribute VB_TemplateDerived)", extra, source, count=1)


def workbook_sheets() -> list[str]:
    """Code names of the sheets, which are the same whatever the contract."""
    reference = next(iter(shipped()))
    contrat = load(reference)
    return [
        f.code_name
        for f in coordinator_workbook.describe(
            contrat, contrat.annees[0], Pilotage(), home_sheet.InitialAccueil(reference), workstation.Workstation()
        )
    ]


def build(output: Path = OUTPUT) -> list[Path]:
    """Writes both artefacts; returns their paths."""
    contents = {
        coordinator_workbook.VBA_PROJECT: project(workbook_sheets()),
        addin.FILE: writer.to_bytes(
            addin.describe(
                workstation.Workstation(),
                project([f.code_name for f in addin.worksheets(workstation.Workstation())], True),
            )
        ),
    }
    for nom, content in contents.items():
        writer.save(content, output / nom)
    return [output / nom for nom in contents]


if __name__ == "__main__":
    for file in build(Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT):
        print(file)
