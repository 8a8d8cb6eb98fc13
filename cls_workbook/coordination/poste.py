"""What xlwings must know of a computer: where its Python is. Written in the workbook's ``xlwings.conf`` sheet."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

from cls_workbook.francais import typographie
from cls_workbook.xlsx.sheets import Feuille

FEUILLE = "xlwings.conf"  # the name is xlwings'
_VIDE_PERMIS = ("PYTHONPATH",)


class Poste(NamedTuple):
    """Paths of the interpreters ("": not known, xlwings then looks for ``python`` in the PATH) and of the package."""

    interprete_win: str = ""
    interprete_mac: str = ""
    pythonpath: str = ""


def ce_poste() -> Poste:
    """This computer, this interpreter; the folder of the package too where pip did not install it."""
    interprete = sys.executable or ""
    if interprete.lower().endswith("pythonw.exe"):  # a graphical interpreter has nowhere to say what fails
        interprete = interprete[: -len("pythonw.exe")] + "python.exe"
    dossier = Path(__file__).resolve().parents[2]
    installes = {Path(sysconfig.get_path(nom)).resolve() for nom in ("purelib", "platlib")}
    chemin = "" if dossier in installes else str(dossier)
    if os.name == "nt":
        return Poste(interprete_win=interprete, pythonpath=chemin)
    if sys.platform == "darwin":
        return Poste(interprete_mac=interprete, pythonpath=chemin)
    return Poste()  # no Excel here: another computer will open the workbook


def feuille(poste: Poste) -> Feuille:
    """The settings as xlwings reads them: a name in column A, from A1 on without a gap; its value in column B."""
    reglages = {
        "INTERPRETER_WIN": poste.interprete_win,
        "INTERPRETER_MAC": poste.interprete_mac,
        "PYTHONPATH": poste.pythonpath,
        # The folder of a workbook is no place to import code from: what a partner sends lands there.
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    }
    # A setting that is there but blank would hide the one of the user's own configuration file.
    gardes = {nom: valeur for nom, valeur in reglages.items() if valeur or nom in _VIDE_PERMIS}
    page = Feuille(FEUILLE, etat="masquee", largeurs={1: 34, 2: 70, 4: 80})
    for ligne, (nom, valeur) in enumerate(gardes.items(), 1):
        page.ecrire(ligne, 1, nom, "cellule:code")
        page.ecrire(ligne, 2, valeur or None, "cellule:code")
    page.ecrire(1, 4, typographie("Réglages de la liaison entre Excel et Python : ne renommez pas cette feuille. « Vérifier l’installation » la met à jour."), "aide_ligne")
    return page
