"""The add-in: the CLS tab for any workbook in front, put where Excel loads it by itself.

Excel trusts its own start folder: the add-in's macros are never blocked there.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from cls_workbook import resources
from cls_workbook.errors import Refusal
from cls_workbook.office.coordinator import coordinator_workbook, workstation
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Macros, Sheet, Workbook
from cls_workbook.workbook.saving import save

FILE, RIBBON = "cls-workbook.xlam", "ruban_complement.xml"
_VBA_PROJECT = "xl/vbaProject.bin"
# Where Excel loads what it finds, whatever the language of Office.
_WINDOWS_STARTUP = ("Microsoft", "Excel", "XLSTART")
_MAC_STARTUP = ("Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel",)
_MAC_SCRIPTS = ("Library", "Application Scripts", "com.microsoft.Excel")


def worksheets(on: workstation.Workstation) -> list[Sheet]:
    """An add-in shows no sheet; it needs one that could be, and its settings."""
    empty = Sheet("CLS")
    empty.write(1, 1, "Complément CLS : l’onglet CLS du ruban.", "cellule")
    pages = [empty, workstation.sheet(on)]
    for page in pages:
        page.code_name = coordinator_workbook.code_name(page.nom)
    return pages


def describe(on: workstation.Workstation, project: bytes) -> Workbook:
    ribbon = (resources.folder("macros") / RIBBON).read_bytes()
    return Workbook(worksheets(on), "Complément CLS", macros=Macros(project, ribbon, complement=True))


def make(on: workstation.Workstation) -> bytes:
    """The add-in, with this computer's settings in place of none."""
    with zipfile.ZipFile(BytesIO((resources.folder("templates") / FILE).read_bytes())) as modele:
        project = modele.read(_VBA_PROJECT)
    return writer.to_bytes(describe(on, project))


def installer(
    folder: str | Path | None = None, system: str = sys.platform, environ: Mapping[str, str] = os.environ
) -> tuple[list[Path], list[str]]:
    """Writes the add-in into ``folder``, or where Excel starts. Returns the files made, and what to do next. Refusal
    where Excel has no start folder (another system than Windows and macOS) and no folder is given."""
    cible = Path(folder) if folder else startup_folder(system, environ)
    files = [cible / FILE]
    save(make(workstation.this_workstation()), files[0])
    if folder:
        return files, _manual_activation(files[0])
    following = [
        "Fermez Excel s’il est ouvert, puis rouvrez-le : l’onglet « CLS » apparaît dans le ruban.",
        "Cliquez sur « Vérifier l’installation », à droite de cet onglet.",
        "Pour l’enlever : supprimez ce fichier.",
    ]
    if system == "darwin":
        files += _mac_bridge(environ)
    return files, following


def startup_folder(system: str, environ: Mapping[str, str]) -> Path:
    """The user's own folder of workbooks that Excel opens when it starts."""
    if system == "win32" and environ.get("APPDATA"):
        return Path(environ["APPDATA"], *_WINDOWS_STARTUP)
    if system == "darwin" and environ.get("HOME"):
        return Path(environ["HOME"], *_MAC_STARTUP)
    raise Refusal(
        "Excel n’existe pas sur ce système : le complément ne peut pas y être installé. "
        "Écrivez-le avec « complement installer --sortie DOSSIER », puis copiez-le sur l’ordinateur qui a Excel."
    )


def _manual_activation(file: Path) -> list[str]:
    return [
        f"Copiez {file.name} dans le dossier de démarrage d’Excel de l’ordinateur voulu, puis rouvrez Excel.",
        (
            "Sous Windows, ce dossier est %APPDATA%\\Microsoft\\Excel\\XLSTART (à taper dans la barre d’adresse de "
            "l’Explorateur)."
        ),
        (
            "Ou bien, dans Excel : Fichier, Options, Compléments, Atteindre…, Parcourir…, "
            "choisissez le fichier et cochez-le."
        ),
    ]


def _mac_bridge(environ: Mapping[str, str]) -> list[Path]:
    """The script through which Excel for Mac may call Python: xlwings brings it, Excel wants it in this folder."""
    package = importlib.util.find_spec("xlwings")
    folder = Path(package.origin).parent if package and package.origin else Path()
    copies = []
    for script in sorted(folder.glob("xlwings-*.applescript")):
        copies.append(Path(environ["HOME"], *_MAC_SCRIPTS, script.name))
        save(script.read_bytes(), copies[-1])
    return copies
