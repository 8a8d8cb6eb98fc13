"""What xlwings must know of a computer: where its Python is. Written in the workbook's ``xlwings.conf`` sheet."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

from cls_workbook.french import typography
from cls_workbook.workbook import look
from cls_workbook.workbook.description import Sheet

SHEET = "xlwings.conf"  # the name is xlwings'
SPECIMENS = 9  # column of the cells that show each number format; at the right of each, its code
_EMPTY_ALLOWED = ("PYTHONPATH",)
_HELP = (
    "Réglages de la liaison entre Excel et Python : ne renommez pas cette feuille. « Vérifier l’installation » la "
    "met à jour."
)


class Workstation(NamedTuple):
    """Paths of the interpreters ("": not known, xlwings then looks for ``python`` in the PATH) and of the package."""

    interpreter_win: str = ""
    interpreter_mac: str = ""
    pythonpath: str = ""


def this_workstation() -> Workstation:
    """This computer, this interpreter; the folder of the package too where pip did not install it."""
    interpreter = sys.executable or ""
    if interpreter.lower().endswith("pythonw.exe"):  # a graphical interpreter has nowhere to say what fails
        interpreter = interpreter[: -len("pythonw.exe")] + "python.exe"
    folder = Path(__file__).resolve().parents[3]
    installed = {Path(sysconfig.get_path(nom)).resolve() for nom in ("purelib", "platlib")}
    path = "" if folder in installed else str(folder)
    if os.name == "nt":
        return Workstation(interpreter_win=interpreter, pythonpath=path)
    if sys.platform == "darwin":
        return Workstation(interpreter_mac=interpreter, pythonpath=path)
    return Workstation()  # no Excel here: another computer will open the workbook


def sheet(workstation: Workstation) -> Sheet:
    """The settings as xlwings reads them: a name in column A, from A1 on without a gap; its value in column B."""
    settings = {
        "INTERPRETER_WIN": workstation.interpreter_win,
        "INTERPRETER_MAC": workstation.interpreter_mac,
        "PYTHONPATH": workstation.pythonpath,
        # The folder of a workbook is no place to import code from: what a partner sends lands there.
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    }
    # A setting that is there but blank would hide the one of the user's own configuration file.
    told = {nom: valeur for nom, valeur in settings.items() if valeur or nom in _EMPTY_ALLOWED}
    page = Sheet(SHEET, etat="masquee", widths={1: 34, 2: 70, 4: 80})
    for line, (nom, valeur) in enumerate(told.items(), 1):
        page.write(line, 1, nom, "cellule:code")
        page.write(line, 2, valeur or None, "cellule:code")
    page.write(1, 4, typography(_HELP), "aide_ligne")
    for line, (code, style) in enumerate(look.number_formats().items(), 1):
        page.write(line, SPECIMENS, 1, style)
        page.write(line, SPECIMENS + 1, code, "cellule:code")
    return page
