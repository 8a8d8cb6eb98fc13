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
from cls_workbook.coordination import classeur, poste
from cls_workbook.errors import Refus
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Classeur, Feuille, Macros

FICHIER, RUBAN = "cls-workbook.xlam", "ruban_complement.xml"
_PROJET = "xl/vbaProject.bin"
# Where Excel loads what it finds, whatever the language of Office.
_DEMARRAGE_WINDOWS = ("Microsoft", "Excel", "XLSTART")
_DEMARRAGE_MAC = ("Library", "Group Containers", "UBF8T346G9.Office", "User Content.localized", "Startup.localized", "Excel")
_SCRIPTS_MAC = ("Library", "Application Scripts", "com.microsoft.Excel")


def feuilles(sur: poste.Poste) -> list[Feuille]:
    """An add-in shows no sheet; it needs one that could be, and its settings."""
    vide = Feuille("CLS")
    vide.ecrire(1, 1, "Complément CLS : l’onglet CLS du ruban.", "cellule")
    pages = [vide, poste.feuille(sur)]
    for page in pages:
        page.nom_de_code = classeur.nom_de_code(page.nom)
    return pages


def decrire(sur: poste.Poste, projet: bytes) -> Classeur:
    ruban = (resources.folder("macros") / RUBAN).read_bytes()
    return Classeur(feuilles(sur), "Complément CLS", macros=Macros(projet, ruban, complement=True))


def fabriquer(sur: poste.Poste) -> bytes:
    """The add-in, with this computer's settings in place of none."""
    with zipfile.ZipFile(BytesIO((resources.folder("templates") / FICHIER).read_bytes())) as modele:
        projet = modele.read(_PROJET)
    return writer.to_bytes(decrire(sur, projet))


def installer(dossier: str | Path | None = None, systeme: str = sys.platform, environ: Mapping[str, str] = os.environ) -> tuple[list[Path], list[str]]:
    """Writes the add-in into ``dossier``, or where Excel starts. Returns the files made, and what to do next.

    Refus where Excel has no start folder (another system than Windows and macOS) and no folder is given.
    """
    cible = Path(dossier) if dossier else dossier_de_demarrage(systeme, environ)
    fichiers = [cible / FICHIER]
    writer.enregistrer(fabriquer(poste.ce_poste()), fichiers[0])
    if dossier:
        return fichiers, _activer_soi_meme(fichiers[0])
    suite = [
        "Fermez Excel s’il est ouvert, puis rouvrez-le : l’onglet « CLS » apparaît dans le ruban.",
        "Cliquez sur « Vérifier l’installation », à droite de cet onglet.",
        "Pour l’enlever : supprimez ce fichier.",
    ]
    if systeme == "darwin":
        fichiers += _liaison_mac(environ)
    return fichiers, suite


def dossier_de_demarrage(systeme: str, environ: Mapping[str, str]) -> Path:
    """The user's own folder of workbooks that Excel opens when it starts."""
    if systeme == "win32" and environ.get("APPDATA"):
        return Path(environ["APPDATA"], *_DEMARRAGE_WINDOWS)
    if systeme == "darwin" and environ.get("HOME"):
        return Path(environ["HOME"], *_DEMARRAGE_MAC)
    raise Refus(
        "Excel n’existe pas sur ce système : le complément ne peut pas y être installé. "
        "Écrivez-le avec « complement installer --sortie DOSSIER », puis copiez-le sur l’ordinateur qui a Excel."
    )


def _activer_soi_meme(fichier: Path) -> list[str]:
    return [
        f"Copiez {fichier.name} dans le dossier de démarrage d’Excel de l’ordinateur voulu, puis rouvrez Excel.",
        "Sous Windows, ce dossier est %APPDATA%\\Microsoft\\Excel\\XLSTART (à taper dans la barre d’adresse de l’Explorateur).",
        "Ou bien, dans Excel : Fichier, Options, Compléments, Atteindre…, Parcourir…, choisissez le fichier et cochez-le.",
    ]


def _liaison_mac(environ: Mapping[str, str]) -> list[Path]:
    """The script through which Excel for Mac may call Python: xlwings brings it, Excel wants it in this folder."""
    paquet = importlib.util.find_spec("xlwings")
    dossier = Path(paquet.origin).parent if paquet and paquet.origin else Path()
    faits = []
    for script in sorted(dossier.glob("xlwings-*.applescript")):
        copie = Path(environ["HOME"], *_SCRIPTS_MAC, script.name)
        writer.enregistrer(script.read_bytes(), copie)
        faits.append(copie)
    return faits
