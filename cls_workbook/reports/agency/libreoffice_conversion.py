"""A file in another format, through LibreOffice, in French whatever the machine speaks."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP

_TIME_LIMIT = 180  # seconds
_ELSEWHERE = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
_WITHOUT_PDF = (
    f"Sans lui{NBSP}: relancez la commande sans --pdf, ouvrez la synthèse dans Excel, puis Fichier, Exporter, Créer "
    f"PDF/XPS. "
    "La mise en page est prête."
)
_WITHOUT_ODT = f"Sans lui{NBSP}: gardez le fichier .docx, que Word et LibreOffice ouvrent et modifient tous deux."
# Decimal commas and French dates, in a profile of its own.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale"
oor:op="fuse"><value>fr-FR</value></prop></item>
</oor:items>
"""


def libreoffice() -> str | None:
    """The program, or None if it is not installed."""
    for nom in ("soffice", "libreoffice"):
        if found := shutil.which(nom):
            return found
    return next((path for path in _ELSEWHERE if os.path.isfile(path)), None)


def require_libreoffice(what: str = "Le PDF", without: str = _WITHOUT_PDF) -> str:
    """Refusal if it is not there: ``what`` needs it, ``without`` says what to do."""
    programme = libreoffice()
    if programme is None:
        raise Refusal(f"{what} demande LibreOffice, introuvable sur ce poste.", (without,))
    return programme


def to_pdf(workbook: bytes) -> bytes:
    """The PDF of an .xlsx file. Refusal if LibreOffice is missing or fails."""
    require_libreoffice()
    return converted(workbook, "xlsx", "pdf", _WITHOUT_PDF)


def require_odt() -> str:
    return require_libreoffice("Le format odt", _WITHOUT_ODT)


def to_odt(document: bytes) -> bytes:
    """The .odt of a .docx file. Refusal if LibreOffice is missing or fails."""
    require_odt()
    return converted(document, "docx", "odt", _WITHOUT_ODT)


def converted(content: bytes, kind: str, wanted: str, without: str = "") -> bytes:
    """A file of one kind (an extension) as LibreOffice saves it in another. Refusal, with what to do ``without``."""
    programme = require_libreoffice()
    with tempfile.TemporaryDirectory(prefix="cls-") as folder:
        profile = Path(folder) / "profil"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        source = Path(folder) / f"document.{kind}"
        source.write_bytes(content)
        options = ("--headless", "--norestore", f"-env:UserInstallation={profile.as_uri()}")
        command = [programme, *options, "--convert-to", wanted, "--outdir", folder, str(source)]
        try:
            subprocess.run(command, capture_output=True, timeout=_TIME_LIMIT, check=True)
            return source.with_suffix(f".{wanted}").read_bytes()
        except (OSError, subprocess.SubprocessError) as fault:
            what = "le PDF" if wanted == "pdf" else f"le fichier .{wanted}"
            raise Refusal(f"LibreOffice n’a pas pu faire {what}.", (without,) if without else ()) from fault
