"""« Vérifier l’installation »: is everything that the button needs in place? Facts in, findings out; each failure names its remedy."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cls_workbook import version
from cls_workbook.coordination.accueil import Versions
from cls_workbook.francais import typographie

PYTHON_MINIMUM = (3, 11)
BIBLIOTHEQUES = ("numpy", "pandas", "pandera", "python_calamine", "tqdm", "xlsxwriter", "openpyxl")
CHEMIN_MAX = 218  # characters: Excel opens no file whose path is longer
BON, A_SAVOIR, A_CORRIGER = "bon", "à savoir", "à corriger"
_SYNCHRONISES = ("onedrive", "sharepoint", "://")


@dataclass(frozen=True)
class Constat:
    """One finding. ``remede``: what to do, "" if nothing."""

    etat: str
    objet: str
    constat: str
    remede: str = ""

    def __str__(self) -> str:
        return typographie(f"[{self.etat}] {self.objet} : {self.constat}" + (f" → {self.remede}" if self.remede else ""))


@dataclass(frozen=True)
class Faits:
    """What is known of the computer and of the workbook.

    ``python``: version of the interpreter that answers; ``interprete``: its path; ``xlwings``: version installed, "" if none;
    ``absentes``: libraries that cannot be found. ``classeur``: what the workbook says of its versions, None without workbook;
    ``chemin``: its path as Excel gives it, "" if unknown. ``dossier``: of the returns, None if unknown; ``defaut``: why.
    ``par_excel``: was it asked by a macro? Then macros are allowed.
    """

    python: tuple[int, ...]
    interprete: str
    xlwings: str = version.XLWINGS
    absentes: tuple[str, ...] = ()
    classeur: Versions | None = None
    chemin: str = ""
    dossier: Path | None = None
    defaut: str = ""
    par_excel: bool = False


def constater(**plus) -> Faits:
    """The facts of this computer; ``plus``: those of the workbook."""
    try:
        xlwings = importlib.metadata.version("xlwings")
    except importlib.metadata.PackageNotFoundError:
        xlwings = ""
    absentes = tuple(b for b in BIBLIOTHEQUES if importlib.util.find_spec(b) is None)
    return Faits(sys.version_info[:3], sys.executable or "", xlwings, absentes, **plus)


def verifier(faits: Faits) -> list[Constat]:
    """Every finding, the good ones too, in the order in which one would repair."""
    return [*_python(faits), *_versions(faits), *_macros(faits), *_emplacement(faits), *_dossier(faits)]


def bilan(constats: Iterable[Constat]) -> str:
    """One sentence."""
    nombre = sum(c.etat == A_CORRIGER for c in constats)
    return "tout est en ordre." if not nombre else f"{nombre} point{'s' * (nombre > 1)} à corriger."


# --- One subject at a time ----------------------------------------------------------------------------------------------


def _python(faits: Faits) -> Iterable[Constat]:
    numero, voulu = (".".join(map(str, v)) for v in (faits.python, PYTHON_MINIMUM))
    lieu = f"Python {numero}, {faits.interprete or 'emplacement inconnu'}"
    if faits.python >= PYTHON_MINIMUM:
        yield Constat(BON, "Python", lieu)
    else:
        yield Constat(A_CORRIGER, "Python", lieu, f"installez Python {voulu} ou plus récent, puis refaites le classeur avec la commande « coordonner »")
    if faits.absentes:
        yield Constat(A_CORRIGER, "Bibliothèques", f"introuvables : {', '.join(faits.absentes)}", _installer(faits))
    else:
        yield Constat(BON, "Bibliothèques", "toutes présentes")


def _versions(faits: Faits) -> Iterable[Constat]:
    if not faits.xlwings:
        yield Constat(A_CORRIGER, "xlwings", "n’est pas installé pour ce Python", _installer(faits))
    elif faits.xlwings != version.XLWINGS:
        yield Constat(A_CORRIGER, "xlwings", f"version {faits.xlwings}, le classeur est fait pour la {version.XLWINGS}", f"« {_python_pip(faits)} xlwings=={version.XLWINGS} »")
    else:
        yield Constat(BON, "xlwings", f"version {faits.xlwings}")
    if faits.classeur is None:
        return
    refaire = "refaites le classeur avec la commande « coordonner » : un autre nom, et --pilotage suivi de celui-ci pour reprendre vos saisies ; puis consolidez"
    for objet, dite, voulue in (
        ("Version de l’outil", faits.classeur.paquet, version.PAQUET), ("Version des macros", faits.classeur.macros, version.MACROS),
        ("Module xlwings du classeur", faits.classeur.xlwings, version.XLWINGS),
    ):  # fmt: skip
        if dite == voulue:
            yield Constat(BON, objet, f"{dite}, comme le classeur")
        else:
            yield Constat(A_CORRIGER, objet, f"{voulue} sur ce poste, {dite or 'rien'} dans le classeur", refaire)


def _macros(faits: Faits) -> Iterable[Constat]:
    if faits.par_excel:
        yield Constat(BON, "Macros", "autorisées : c’est une macro qui pose la question")
    else:
        yield Constat(
            A_SAVOIR, "Macros", "rien ne peut être dit d’ici",
            "ouvrez le classeur dans Excel et cliquez sur « Vérifier l’installation » ; si rien ne se passe, fermez-le, clic droit sur le fichier, Propriétés, « Débloquer »",
        )  # fmt: skip


def _emplacement(faits: Faits) -> Iterable[Constat]:
    """Where the workbook lies: synchronised folders and long paths are what users stumble on."""
    if faits.classeur is None and not faits.chemin:
        return
    if not faits.chemin:
        yield Constat(
            A_CORRIGER, "Emplacement du classeur", "inconnu sur ce poste : jamais enregistré, ou ouvert depuis OneDrive ou SharePoint",
            "enregistrez-le dans un dossier de l’ordinateur, hors synchronisation, ou écrivez des chemins complets sur l’Accueil",
        )  # fmt: skip
        return
    if any(mot in faits.chemin.lower() for mot in _SYNCHRONISES):
        yield Constat(
            A_SAVOIR, "Emplacement du classeur", f"dossier synchronisé ({faits.chemin})",
            "clic droit sur le dossier, « Toujours conserver sur cet appareil » ; sinon des retours peuvent manquer",
        )  # fmt: skip
    elif len(faits.chemin) > CHEMIN_MAX:
        yield Constat(A_CORRIGER, "Emplacement du classeur", f"chemin de {len(faits.chemin)} caractères, Excel en accepte {CHEMIN_MAX}", "rapprochez le dossier de la racine du disque")
    else:
        yield Constat(BON, "Emplacement du classeur", faits.chemin)
    parent = Path(faits.chemin).parent
    if "://" not in faits.chemin and not _peut_ecrire(parent):
        yield Constat(A_CORRIGER, "Écriture", f"impossible dans « {parent} »", "déplacez le classeur dans un dossier où vous pouvez écrire (la synthèse et les relances s’y rangent)")


def _dossier(faits: Faits) -> Iterable[Constat]:
    if faits.defaut:
        yield Constat(A_CORRIGER, "Dossier des retours", faits.defaut)
    elif faits.dossier is not None:
        nombre = sum(1 for p in faits.dossier.iterdir() if not p.name.startswith((".", "~$")))
        yield Constat(BON, "Dossier des retours", f"« {faits.dossier} » se lit ; {nombre} élément{'s' * (nombre > 1)}")


def _peut_ecrire(dossier: Path) -> bool:
    """Tried for good: the rights that a system announces are not always those that it gives."""
    try:
        with tempfile.TemporaryFile(dir=dossier):
            return True
    except OSError:
        return False


def _installer(faits: Faits) -> str:
    return f"dans le dossier de l’outil, « {_python_pip(faits)} . »"


def _python_pip(faits: Faits) -> str:
    return f"{'py' if os.name == 'nt' else faits.interprete or 'python3'} -m pip install"
