"""LibreOffice for the tests: one instance, started once, that opens workbooks and edits them as partners do.

    with libreoffice.open(path) as doc:
        doc.type("FA 1.2", {"D14": "12 000,50", "D15": "15/03/2026"})
        doc.save(folder / "retour.ods")

Its Python module (``uno``) belongs to another interpreter, hence the child process ``lo_pilote.py``.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

PILOTE = Path(__file__).with_name("lo_pilote.py")
DELAI = 120  # seconds for one order; the slowest takes a few


class Panne(RuntimeError):
    """LibreOffice refused an order, or no longer answers."""


class Cellule(NamedTuple):
    """``nature``: nombre (dates are numbers), texte or formule. ``valeur``: None for an error.

    ``formule`` in English with « ; ». ``erreur``: 0, or LibreOffice's number. ``affiche``: as shown, where asked.
    """

    nature: str
    valeur: float | str | None
    formule: str = ""
    erreur: int = 0
    affiche: str | None = None


@cache
def programmes() -> tuple[str, str] | None:
    """(soffice, an interpreter that has ``uno``), or None where one of them is missing."""
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        return None
    a_cote = Path(soffice).resolve().with_name("python")
    for python in ("/usr/bin/python3", str(a_cote), sys.executable, shutil.which("python3")):
        if python and Path(python).exists():
            essai = subprocess.run([python, "-c", "import uno"], capture_output=True, timeout=60)
            if essai.returncode == 0:
                return soffice, python
    return None


def pages_of_pdf(fichier: Path) -> int:
    """Number of pages of a PDF made by LibreOffice, whose page objects are not compressed."""
    return len(re.findall(rb"/Type\s*/Page\b", fichier.read_bytes()))


class LibreOffice:
    """One LibreOffice with a French profile of its own in ``dossier``. Panne if it does not start."""

    def __init__(self, dossier: Path):
        self.dossier = dossier
        self._enfant: subprocess.Popen[bytes] | None = None
        self._departs = 0

    def open(self, fichier: Path | str) -> Document:
        """The file in a hidden window. A LibreOffice that an earlier test has brought down is started again."""
        if self._enfant is None or self._enfant.poll() is not None:
            self._start()
        return Document(self, self.ask("open", fichier=str(Path(fichier).resolve())))

    def pdf(self, fichier: Path | str, sortie: Path) -> int:
        """Prints the file to ``sortie``; number of pages."""
        with self.open(fichier) as document:
            return document.pdf(sortie)

    def convert(self, fichier: Path | str, sortie: Path) -> Path:
        """Opens and saves, without a change: what a partner's « Save as » does to a file."""
        with self.open(fichier) as document:
            document.recalc()
            return document.save(sortie)

    def ask(self, ordre: str, **parametres: Any) -> Any:
        """The answer to one order (see ``lo_pilote``). Panne after ``DELAI`` seconds: nothing may hang a test run."""
        if self._enfant is None or self._enfant.stdin is None:
            raise Panne("LibreOffice is not running")
        try:
            self._enfant.stdin.write(json.dumps({"ordre": ordre, **parametres}).encode() + b"\n")
            self._enfant.stdin.flush()
        except BrokenPipeError as faute:
            self.kill()
            raise Panne("LibreOffice has stopped") from faute
        return self._answer()

    def _answer(self) -> Any:
        assert self._enfant is not None and self._enfant.stdout is not None
        with selectors.DefaultSelector() as attente:
            # One order, one line: nothing is ever left in the buffer, so that the pipe tells whether to wait.
            attente.register(self._enfant.stdout, selectors.EVENT_READ)
            ligne = self._enfant.stdout.readline() if attente.select(DELAI) else b""
        if not ligne:
            self.kill()
            raise Panne(f"LibreOffice has stopped, or does not answer any more\n{self._log_tail()}")
        reponse = json.loads(ligne)
        if "erreur" in reponse:
            raise Panne(reponse["erreur"])
        return reponse["ok"]

    def _log_tail(self) -> str:
        return (self.dossier / "pilote.log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def _start(self) -> None:
        trouves = programmes()
        if trouves is None:
            raise Panne("soffice or its uno module is missing")
        soffice, python = trouves
        self.kill()
        self._departs += 1
        profil = self.dossier / f"profil-{self._departs}"
        with (self.dossier / "pilote.log").open("ab") as journal:
            self._enfant = subprocess.Popen(
                [python, str(PILOTE), soffice, str(profil)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=journal,
                start_new_session=True,  # soffice is two processes: they end together, by their group
                env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")},
            )  # fmt: skip
        self._answer()

    def quit(self) -> None:
        """Asks politely, then kills."""
        if self._enfant is not None and self._enfant.stdin is not None:
            self._enfant.stdin.close()
            with suppress(subprocess.TimeoutExpired):  # the kill below is for this case
                self._enfant.wait(20)
        self.kill()

    def kill(self) -> None:
        if self._enfant is None:
            return
        with suppress(ProcessLookupError):  # the whole group has ended by itself
            os.killpg(self._enfant.pid, signal.SIGKILL)
        self._enfant.wait()
        for tuyau in (self._enfant.stdin, self._enfant.stdout):
            if tuyau is not None and not tuyau.closed:
                with suppress(BrokenPipeError):  # an order that nobody will read
                    tuyau.close()
        self._enfant = None

    def __enter__(self) -> LibreOffice:
        return self

    def __exit__(self, *_: object) -> None:
        self.quit()


class Document:
    """One open workbook. Rows, columns and positions of ranges are written as on screen (``A1``, row 1)."""

    def __init__(self, libreoffice: LibreOffice, numero: int):
        self._libreoffice, self._numero = libreoffice, numero

    def _ask(self, ordre: str, **parametres: Any) -> Any:
        return self._libreoffice.ask(ordre, document=self._numero, **parametres)

    def type(self, feuille: str, saisies: dict[str, str]) -> None:
        """Texts as typed at a French keyboard: « 12,5 » is a number, « 15/03/2026 » a date, « =A1 » a formula.

        As LibreOffice's own interface does, a cell with the text format keeps everything as text.
        Unlike it, validation and protection are not asked.
        """
        self._ask("type", feuille=feuille, saisies=saisies)

    def put(self, feuille: str, valeurs: dict[str, float | str | None]) -> None:
        """Numbers and texts set as such; None empties the cell."""
        self._ask("put", feuille=feuille, valeurs=valeurs)

    def values(self, feuille: str, affiche: bool = False) -> dict[str, Cellule]:
        """Address → cell, for each cell that is not empty. ``affiche``: with the texts on screen, which is slow."""
        cellules = self._ask("values", feuille=feuille, affiche=affiche)
        return {f"{get_column_letter(c + 1)}{ligne + 1}": Cellule(*reste) for c, ligne, *reste in cellules}

    def macros(self) -> dict[str, list]:
        """``modules`` of the VBA project, ``codes`` of the sheets, ``buttons``: [sheet, label, the script that it calls]."""
        return self._ask("macros")

    def recalc(self) -> None:
        """Computes every formula again, whatever value the file came with."""
        self._ask("recalc")

    def save(self, fichier: Path, mot_de_passe: str = "") -> Path:
        """A copy as .xlsx, .ods, .xls, .csv…, after the extension; asked for ``mot_de_passe`` when it is opened."""
        self._ask("save", fichier=str(Path(fichier).resolve()), mot_de_passe=mot_de_passe)
        return Path(fichier)

    def pdf(self, fichier: Path) -> int:
        """Prints to ``fichier`` (.pdf); number of pages."""
        return pages_of_pdf(self.save(fichier))

    def sheets(self) -> list[str]:
        return [nom for nom, _, _ in self._ask("sheets")]

    def hidden_sheets(self) -> list[str]:
        return [nom for nom, visible, _ in self._ask("sheets") if not visible]

    def protected_sheets(self) -> list[str]:
        return [nom for nom, _, protegee in self._ask("sheets") if protegee]

    def unprotect(self, feuille: str, mot_de_passe: str = "") -> bool:
        return self._ask("unprotect", feuille=feuille, mot_de_passe=mot_de_passe)

    def insert_rows(self, feuille: str, rang: int, nombre: int = 1) -> None:
        """New rows before row ``rang``."""
        self._ask("insert_rows", feuille=feuille, rang=rang, nombre=nombre)

    def delete_rows(self, feuille: str, rang: int, nombre: int = 1) -> None:
        self._ask("delete_rows", feuille=feuille, rang=rang, nombre=nombre)

    def insert_columns(self, feuille: str, rang: int, nombre: int = 1) -> None:
        """New columns before column ``rang`` (1 for A)."""
        self._ask("insert_columns", feuille=feuille, rang=rang, nombre=nombre)

    def delete_columns(self, feuille: str, rang: int, nombre: int = 1) -> None:
        self._ask("delete_columns", feuille=feuille, rang=rang, nombre=nombre)

    def rename_sheet(self, feuille: str, nom: str) -> None:
        self._ask("rename_sheet", feuille=feuille, nom=nom)

    def move_sheet(self, feuille: str, position: int) -> None:
        """Before the sheet that is at ``position`` (0 for the first)."""
        self._ask("move_sheet", feuille=feuille, position=position)

    def copy_sheet(self, feuille: str, nom: str, position: int) -> None:
        self._ask("copy_sheet", feuille=feuille, nom=nom, position=position)

    def add_sheet(self, feuille: str, position: int = 0) -> None:
        self._ask("add_sheet", feuille=feuille, position=position)

    def show_sheet(self, feuille: str, visible: bool) -> None:
        self._ask("show_sheet", feuille=feuille, visible=visible)

    def delete_sheet(self, feuille: str) -> None:
        self._ask("delete_sheet", feuille=feuille)

    def extract(self, *feuilles: str) -> Document:
        """A new workbook with copies of these sheets (« Move or copy to a new document »)."""
        return Document(self._libreoffice, self._ask("extract", feuilles=feuilles))

    def extract_values(self, *feuilles: str) -> Document:
        """A new workbook with the values of these sheets, and nothing else."""
        return Document(self._libreoffice, self._ask("extract_values", feuilles=feuilles))

    def import_sheet(self, autre: Document, feuille: str, nom: str) -> None:
        """Copies a sheet of another open workbook at the end of this one, as ``nom``."""
        self._ask("import_sheet", autre=autre._numero, feuille=feuille, nom=nom)

    def copy_across(self, feuille: str, zone: str, autre: str, vers: str) -> None:
        """Copy on one sheet, paste on another."""
        self._ask("copy_across", feuille=feuille, zone=zone, autre=autre, vers=vers)

    def protect(self, feuille: str = "", mot_de_passe: str = "") -> None:
        """A sheet; without name, the structure of the workbook."""
        self._ask("protect", feuille=feuille, mot_de_passe=mot_de_passe)

    def sort(self, feuille: str, zone: str, colonne: int = 0, decroissant: bool = False) -> None:
        """Sorts the rows of ``zone`` by one of its columns (0 for its first)."""
        self._ask("sort", feuille=feuille, zone=zone, colonne=colonne, decroissant=decroissant)

    def merge(self, feuille: str, zone: str) -> None:
        self._ask("merge", feuille=feuille, zone=zone)

    def unmerge(self, feuille: str, zone: str) -> None:
        self._ask("unmerge", feuille=feuille, zone=zone)

    def note(self, feuille: str, cellule: str, texte: str) -> None:
        self._ask("note", feuille=feuille, cellule=cellule, texte=texte)

    def paint(self, feuille: str, zone: str, couleur: int) -> None:
        """The background, as 0xRRGGBB."""
        self._ask("paint", feuille=feuille, zone=zone, couleur=couleur)

    def number_format(self, feuille: str, zone: str, code: str) -> None:
        """``code`` as an English Excel writes it."""
        self._ask("number_format", feuille=feuille, zone=zone, code=code)

    def filter(self, feuille: str, zone: str) -> None:
        self._ask("filter", feuille=feuille, zone=zone)

    def freeze(self, feuille: str) -> None:
        """Every formula of the sheet gives way to its value (« Paste special, values »)."""
        self._ask("freeze", feuille=feuille)

    def hide_rows(self, feuille: str, rang: int, nombre: int = 1) -> None:
        self._ask("hide_rows", feuille=feuille, rang=rang, nombre=nombre)

    def hide_columns(self, feuille: str, rang: int, nombre: int = 1, masquees: bool = True) -> None:
        self._ask("hide_columns", feuille=feuille, rang=rang, nombre=nombre, masquees=masquees)

    def copy(self, feuille: str, zone: str, vers: str) -> None:
        """Copy and paste within the sheet."""
        self._ask("copy", feuille=feuille, zone=zone, vers=vers)

    def cut(self, feuille: str, zone: str, vers: str) -> None:
        """Cut and paste within the sheet."""
        self._ask("cut", feuille=feuille, zone=zone, vers=vers)

    def close(self) -> None:
        self._ask("close")

    def __enter__(self) -> Document:
        return self

    def __exit__(self, faute: type[BaseException] | None, *_: object) -> None:
        # After a breakdown there is nothing to close, and the first fault is the one to tell.
        if faute is None or not issubclass(faute, Panne):
            self.close()
