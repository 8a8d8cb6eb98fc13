"""Turns the text of this folder into what Excel loads: the VBA project of the workbook, and the add-in.

    python -m macros.construire

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

from cls_workbook.contract.definition import load, shipped
from cls_workbook.coordination import classeur, complement, page, poste
from cls_workbook.pilotage import Pilotage
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.limits import CODE_DU_CLASSEUR
from cls_workbook.xlsx.macros import TYPE_CLASSEUR

SOURCES = Path(__file__).parent
SORTIE = SOURCES.parent / "templates"
# [MS-OVBA] 2.3.4.1: no compiled copy is there, Excel compiles the sources when it opens the file.
SANS_COPIE_COMPILEE = bytes.fromhex("CC61FFFF000000")

TYPE_SANS_MACRO = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

# xlwings' own modules, but for these lines: its messages become ours. Each must be there exactly once.
RETOUCHES = {
    "Sub ShowError(FileName As String": "Sub ShowErrorDeXlwings(FileName As String",
    'MsgBox "Could not find Interpreter!", vbCritical': "PythonIntrouvable PYTHON_WIN",
    "MsgBox \"To enable RunPython, please run 'xlwings runpython install' in a terminal once and try again.\", vbCritical": "LiaisonMacAbsente",
    'Application.StatusBar = "Running..."': "AnnoncerTravail",
}
# The add-in reads the same settings as the workbook.
RETOUCHES_DU_COMPLEMENT = RETOUCHES | {'PROJECT_NAME As String = "myaddin"': 'PROJECT_NAME As String = "xlwings"'}


class Module(NamedTuple):
    nom: str
    classe: bool
    source: str  # as Excel exports it: CRLF


def modules(complement_: bool) -> Iterator[Module]:
    """What the workbook, or the add-in, carries besides the modules of its sheets."""
    dossiers = ("commun", "complement" if complement_ else "classeur")
    for fichier in sorted(f for d in dossiers for f in (SOURCES / d).iterdir() if f.suffix in (".bas", ".cls")):
        yield Module(fichier.stem, fichier.suffix == ".cls", lire(fichier))
    xlwings = lire(SOURCES / "xlwings" / ("xlwings_custom_addin.bas" if complement_ else "xlwings.bas"))
    yield Module("xlwings", False, retoucher(xlwings, RETOUCHES_DU_COMPLEMENT if complement_ else RETOUCHES))
    yield Module("Dictionary", True, lire(SOURCES / "xlwings" / "Dictionary.cls"))


def lire(fichier: Path) -> str:
    """The text of a module. ValueError unless it is ASCII with the line ends that VBA wants."""
    texte = fichier.read_bytes().decode("ascii")
    if texte.count("\n") != texte.count("\r\n") or texte.count("\r") != texte.count("\r\n"):
        raise ValueError(f"{fichier.name} : fins de ligne CRLF attendues")
    return texte


def retoucher(texte: str, retouches: Mapping[str, str]) -> str:
    for ancien, neuf in retouches.items():
        if texte.count(ancien) != 1:
            raise ValueError(f"« {ancien} » : attendu une fois dans le module de xlwings, trouvé {texte.count(ancien)} fois")
        texte = texte.replace(ancien, f"{neuf} ' changed by cls-workbook" if neuf.startswith("MsgBox") else neuf)
    return texte


def projet(feuilles: list[str], complement_: bool = False) -> bytes:
    """``vbaProject.bin`` for a workbook whose sheets have these code names, in their order."""
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier) / "squelette.xlsm"
        chemin.write_bytes(_squelette(feuilles))
        with ExcelFile(chemin) as livre:
            vba = livre.add_vba_project()
            for module in modules(complement_):
                if module.nom == CODE_DU_CLASSEUR:
                    livre.set_module(CODE_DU_CLASSEUR, _en_tete(module.source, True))
                else:
                    nature = VBAModuleKind.other if module.classe else VBAModuleKind.standard
                    vba.add_module(module.nom, _en_tete(module.source, False) if module.classe else module.source, kind=nature)
            for module in vba.modules:
                module.dirty = True  # written from its text
            livre.save()
        with ExcelFile(chemin) as livre:
            octets = livre._zip.read("xl/vbaProject.bin")
    cfb = CFB.from_bytes(octets)
    cfb.write_stream_in_storage("VBA", "_VBA_PROJECT", SANS_COPIE_COMPILEE)
    return cfb.to_bytes()


def _squelette(feuilles: list[str]) -> bytes:
    """An empty workbook whose sheets have these code names: the library makes a module for each."""
    tampon = io.BytesIO()
    livre = xlsxwriter.Workbook(tampon, {"in_memory": True})
    livre.set_vba_name(CODE_DU_CLASSEUR)
    for code in feuilles:
        livre.add_worksheet().set_vba_name(code)
    livre.close()
    sortie = io.BytesIO()
    with zipfile.ZipFile(tampon) as ancien, zipfile.ZipFile(sortie, "w") as neuf:
        for nom in ancien.namelist():
            neuf.writestr(nom, ancien.read(nom).replace(TYPE_SANS_MACRO, TYPE_CLASSEUR.encode()))
    return sortie.getvalue()


def _en_tete(source: str, modifiable: bool) -> str:
    """The two attributes that Excel keeps in the stream of a class and leaves out of the file that it exports."""
    plus = rf"\1Attribute VB_TemplateDerived = False\r\nAttribute VB_Customizable = {modifiable}\r\n"
    return re.sub(r"(Attribute VB_Exposed = \w+\r\n)(?!Attribute VB_TemplateDerived)", plus, source, count=1)


def feuilles_du_classeur() -> list[str]:
    """Code names of the sheets, which are the same whatever the contract."""
    reference = next(iter(shipped()))
    contrat = load(reference)
    return [f.nom_de_code for f in classeur.decrire(contrat, contrat.annees[0], Pilotage(), page.Depart(reference), poste.Poste())]


def construire(sortie: Path = SORTIE) -> list[Path]:
    """Writes both artefacts; returns their paths."""
    contenus = {
        classeur.PROJET: projet(feuilles_du_classeur()),
        complement.FICHIER: writer.to_bytes(complement.decrire(poste.Poste(), projet([f.nom_de_code for f in complement.feuilles(poste.Poste())], True))),
    }
    for nom, contenu in contenus.items():
        writer.enregistrer(contenu, sortie / nom)
    return [sortie / nom for nom in contenus]


if __name__ == "__main__":
    for fichier in construire(Path(sys.argv[1]) if len(sys.argv) > 1 else SORTIE):
        print(fichier)
