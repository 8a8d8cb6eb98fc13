"""« Vérifier l’installation »: is all that the button needs in place? Facts in, findings and their remedies out."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cls_workbook import version
from cls_workbook.french import typography
from cls_workbook.office.coordinator.home_rows import Versions

PYTHON_MINIMUM = (3, 11)
LIBRARIES = ("numpy", "pandas", "pandera", "tqdm", "xlsxwriter", "openpyxl")
PATH_MAX = 218  # characters: Excel opens no file whose path is longer
GOOD, GOOD_TO_KNOW, TO_CORRECT = "bon", "à savoir", "à corriger"
# Folders that a synchronisation may empty or lock; a library of SharePoint or Teams lies under the body's name, in a
# folder called after the team and its « Documents » or « Général ».
_SYNCED = re.compile(
    r"onedrive|sharepoint|://|dropbox|google ?drive|mon drive|icloud|clouddocs|cloudstorage|nextcloud"
    r"|[\\/][^\\/]+ - (?:documents|général|general|documents partagés)(?:[\\/]|$)",
    re.IGNORECASE,
)
_REMAKE = (
    "refaites le classeur avec la commande « coordonner » : un autre nom, et --pilotage suivi de celui-ci pour "
    "reprendre vos saisies ; puis consolidez"
)
_UNBLOCK = (
    "ouvrez le classeur dans Excel et cliquez sur « Vérifier l’installation » ; si rien ne se passe, fermez-le, clic "
    "droit sur le fichier, Propriétés, « Débloquer »"
)
_SAVE_IT = (
    "enregistrez-le dans un dossier de l’ordinateur, hors synchronisation, ou écrivez des chemins complets sur "
    "l’Accueil"
)
_KEEP_ON_DEVICE = (
    "une copie hors du dossier synchronisé (par exemple dans C:\\CLS) marche toujours ; sinon, clic droit sur le "
    "dossier, « Toujours conserver sur cet appareil », sans quoi des retours peuvent manquer"
)
_FROM_STORE = (
    "s’il devient introuvable après une mise à jour, installez celui de python.org et cliquez de nouveau sur "
    "« Vérifier l’installation »"
)
_SAME_BITS = "si les fonctions de feuille ne répondent pas, installez un Python qui ait les bits d’Office"
_MOVE_IT = "déplacez le classeur dans un dossier où vous pouvez écrire (la synthèse et les relances s’y rangent)"


@dataclass(frozen=True)
class InstallationFinding:
    """One finding. ``remedy``: what to do, "" if nothing."""

    etat: str
    objet: str
    constat: str
    remedy: str = ""

    def __str__(self) -> str:
        return typography(f"[{self.etat}] {self.objet} : {self.constat}" + (f" → {self.remedy}" if self.remedy else ""))


@dataclass(frozen=True)
class Facts:
    """What is known of the computer and of the workbook.

    ``python``: version of the interpreter that answers; ``interpreter``: its path; ``xlwings``: version installed, ""
    if none; ``missing``: libraries that cannot be found. ``workbook``: what the workbook says of its versions, None
    without workbook; ``path``: its path as Excel gives it, "" if unknown. ``folder``: of the returns, None if unknown;
    ``default``: why. ``by_excel``: was it asked by a macro? Then macros are allowed. ``repaired``: was Excel left
    suspended by a click that did not end, and put back? ``bits``: of this Python.
    """

    python: tuple[int, ...]
    interpreter: str
    xlwings: str = version.XLWINGS
    missing: tuple[str, ...] = ()
    workbook: Versions | None = None
    path: str = ""
    folder: Path | None = None
    default: str = ""
    by_excel: bool = False
    repaired: bool = False
    bits: str = "64" if sys.maxsize > 2**32 else "32"


def gather_facts(**extra: Any) -> Facts:
    """The facts of this computer; ``extra``: those of the workbook."""
    try:
        xlwings = importlib.metadata.version("xlwings")
    except importlib.metadata.PackageNotFoundError:
        xlwings = ""
    missing = tuple(b for b in LIBRARIES if importlib.util.find_spec(b) is None)
    return Facts(sys.version_info[:3], sys.executable or "", xlwings, missing, **extra)


def verifier(facts: Facts) -> list[InstallationFinding]:
    """Every finding, the good ones too, in the order in which one would repair."""
    return [*_python(facts), *_versions(facts), *_macros(facts), *_workbook_location(facts), *_folder(facts)]


def bilan(findings: Iterable[InstallationFinding]) -> str:
    """One sentence."""
    nombre = sum(c.etat == TO_CORRECT for c in findings)
    return "tout est en ordre." if not nombre else f"{nombre} point{'s' * (nombre > 1)} à corriger."


# --- One subject at a time --------------------------------------------------------------------------------------------


def _python(facts: Facts) -> Iterable[InstallationFinding]:
    numero, wanted = (".".join(map(str, v)) for v in (facts.python, PYTHON_MINIMUM))
    location = f"Python {numero}, {facts.interpreter or 'emplacement inconnu'}"
    if facts.python >= PYTHON_MINIMUM:
        yield InstallationFinding(GOOD, "Python", location)
    else:
        remedy = f"installez Python {wanted} ou plus récent, puis refaites le classeur avec la commande « coordonner »"
        yield InstallationFinding(TO_CORRECT, "Python", location, remedy)
    if "windowsapps" in facts.interpreter.lower():
        yield InstallationFinding(GOOD_TO_KNOW, "Python", "il vient du Microsoft Store", _FROM_STORE)
    office = facts.workbook.office if facts.workbook else ""
    if office and office != facts.bits:
        constat = f"Office est en {office} bits, Python en {facts.bits} bits : les boutons n’en souffrent pas"
        yield InstallationFinding(GOOD_TO_KNOW, "Office et Python", constat, _SAME_BITS)
    if facts.missing:
        constat = f"introuvables : {', '.join(facts.missing)}"
        yield InstallationFinding(TO_CORRECT, "Bibliothèques", constat, _install_remedy(facts))
    else:
        yield InstallationFinding(GOOD, "Bibliothèques", "toutes présentes")


def _versions(facts: Facts) -> Iterable[InstallationFinding]:
    if not facts.xlwings:
        yield InstallationFinding(TO_CORRECT, "xlwings", "n’est pas installé pour ce Python", _install_remedy(facts))
    elif facts.xlwings != version.XLWINGS:
        constat = f"version {facts.xlwings}, le classeur est fait pour la {version.XLWINGS}"
        remedy = f"« {_python_pip(facts)} xlwings=={version.XLWINGS} »"
        yield InstallationFinding(TO_CORRECT, "xlwings", constat, remedy)
    else:
        yield InstallationFinding(GOOD, "xlwings", f"version {facts.xlwings}")
    if facts.workbook is None:
        return
    for objet, stated, desired in (
        ("Version de l’outil", facts.workbook.package, version.PACKAGE),
        ("Version des macros", facts.workbook.macros, version.MACROS),
        ("Module xlwings du classeur", facts.workbook.xlwings, version.XLWINGS),
    ):
        if stated == desired:
            yield InstallationFinding(GOOD, objet, f"{stated}, comme le classeur")
        else:
            constat = f"{desired} sur ce poste, {stated or 'rien'} dans le classeur"
            yield InstallationFinding(TO_CORRECT, objet, constat, _REMAKE)


def _macros(facts: Facts) -> Iterable[InstallationFinding]:
    if facts.by_excel:
        yield InstallationFinding(GOOD, "Macros", "autorisées : c’est une macro qui pose la question")
    else:
        yield InstallationFinding(GOOD_TO_KNOW, "Macros", "rien ne peut être dit d’ici", _UNBLOCK)
    if facts.repaired:
        constat = "un clic précédent a été interrompu ; le calcul et l’affichage sont remis comme ils étaient"
        yield InstallationFinding(GOOD_TO_KNOW, "Excel", constat)


def _workbook_location(facts: Facts) -> Iterable[InstallationFinding]:
    """Where the workbook lies: synchronised folders and long paths are what users stumble on."""
    if facts.workbook is None and not facts.path:
        return
    objet = "Emplacement du classeur"
    if not facts.path:
        constat = "inconnu sur ce poste : jamais enregistré, ou ouvert depuis OneDrive ou SharePoint"
        yield InstallationFinding(TO_CORRECT, objet, constat, _SAVE_IT)
        return
    if _SYNCED.search(facts.path):
        yield InstallationFinding(GOOD_TO_KNOW, objet, f"dossier synchronisé ({facts.path})", _KEEP_ON_DEVICE)
    elif len(facts.path) > PATH_MAX:
        constat = f"chemin de {len(facts.path)} caractères, Excel en accepte {PATH_MAX}"
        yield InstallationFinding(TO_CORRECT, objet, constat, "rapprochez le dossier de la racine du disque")
    else:
        yield InstallationFinding(GOOD, objet, facts.path)
    parent = Path(facts.path).parent
    if "://" not in facts.path and not _can_write(parent):
        yield InstallationFinding(TO_CORRECT, "Écriture", f"impossible dans « {parent} »", _MOVE_IT)


def _folder(facts: Facts) -> Iterable[InstallationFinding]:
    if facts.default:
        yield InstallationFinding(TO_CORRECT, "Dossier des retours", facts.default)
    elif facts.folder is not None:
        nombre = sum(1 for p in facts.folder.iterdir() if not p.name.startswith((".", "~$")))
        constat = f"« {facts.folder} » se lit ; {nombre} élément{'s' * (nombre > 1)}"
        yield InstallationFinding(GOOD, "Dossier des retours", constat)


def _can_write(folder: Path) -> bool:
    """Tried for good: the rights that a system announces are not always those that it gives."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _install_remedy(facts: Facts) -> str:
    return f"dans le dossier de l’outil, « {_python_pip(facts)} . »"


def _python_pip(facts: Facts) -> str:
    return f"{'py' if os.name == 'nt' else facts.interpreter or 'python3'} -m pip install"
