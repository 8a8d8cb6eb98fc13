"""A workbook as it prints, through LibreOffice, in French whatever the machine speaks."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from cls_workbook.errors import Refus
from cls_workbook.francais import NBSP

_DELAI = 180  # seconds
_AILLEURS = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
_SANS_PDF = (
    f"Sans lui{NBSP}: relancez la commande sans --pdf, ouvrez la synthèse dans Excel, puis Fichier, Exporter, Créer PDF/XPS. "
    "La mise en page est prête."
)
# Decimal commas and French dates, in a profile of its own.
_REGLAGES = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>fr-FR</value></prop></item>
</oor:items>
"""


def libreoffice() -> str | None:
    """The program, or None if it is not installed."""
    for nom in ("soffice", "libreoffice"):
        if trouve := shutil.which(nom):
            return trouve
    return next((chemin for chemin in _AILLEURS if os.path.isfile(chemin)), None)


def exiger_libreoffice() -> str:
    programme = libreoffice()
    if programme is None:
        raise Refus("Le PDF demande LibreOffice, introuvable sur ce poste.", (_SANS_PDF,))
    return programme


def en_pdf(classeur: bytes) -> bytes:
    """The PDF of an .xlsx file. Refus if LibreOffice is missing or fails."""
    programme = exiger_libreoffice()
    with tempfile.TemporaryDirectory(prefix="cls-") as dossier:
        profil = Path(dossier) / "profil"
        (profil / "user").mkdir(parents=True)
        (profil / "user" / "registrymodifications.xcu").write_text(_REGLAGES, encoding="utf-8")
        source = Path(dossier) / "synthese.xlsx"
        source.write_bytes(classeur)
        commande = [programme, "--headless", "--norestore", f"-env:UserInstallation={profil.as_uri()}", "--convert-to", "pdf", "--outdir", dossier, str(source)]
        try:
            subprocess.run(commande, capture_output=True, timeout=_DELAI, check=True)
            return source.with_suffix(".pdf").read_bytes()
        except (OSError, subprocess.SubprocessError) as faute:
            raise Refus("LibreOffice n’a pas pu faire le PDF.", (_SANS_PDF,)) from faute
