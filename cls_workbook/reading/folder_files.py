"""What lies in a folder of returns and is none: left out without a word where a system made it, told otherwise."""

from __future__ import annotations

from pathlib import PurePosixPath

from cls_workbook.anomalies import INFORMATION, Anomalie, Place
from cls_workbook.reading.locating.told import anomalie
from cls_workbook.reading.reading_checks import FileLeftAside

WORKBOOKS = (".xlsx", ".xlsm", ".ods")
_SYSTEM_FILES = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "icon\uf00d"))
_LOCKS = ("~$", "._", ".~")  # of Excel, of macOS, of LibreOffice
_THROWN_AWAY = (".trash", "__macosx")
_ASIDE = {
    **dict.fromkeys(
        (".lnk", ".url", ".webloc", ".desktop", ".gsheet"), "un raccourci vers un fichier, et non le fichier"
    ),
    ".tmp": "un fichier temporaire",
    **dict.fromkeys((".crdownload", ".part", ".partial", ".download"), "un téléchargement interrompu"),
}


def is_of_the_system(nom: str) -> bool:
    """Is it no document of anyone's? ``nom``: from the folder of returns on, with « / »."""
    *folders, last = nom.split("/")
    if last.casefold() in _SYSTEM_FILES or is_a_lock(last):
        return True
    if any(folder.casefold().startswith(_THROWN_AWAY) for folder in folders):
        return True
    is_hidden = last.startswith(".") or any(folder.startswith(".") for folder in folders)
    return is_hidden and PurePosixPath(last).suffix.casefold() not in WORKBOOKS


def is_a_lock(nom: str) -> bool:
    """Does a spreadsheet leave it beside a workbook while it is open? « *.xlsx » names those too."""
    return nom.startswith(_LOCKS)


def left_aside(nom: str) -> Anomalie | None:
    """What is said of a file that is not read, for its name alone; None if it is to be read."""
    *folders, last = nom.split("/")
    hidden = next((f"un classeur dans un dossier masqué, « {f} »" for f in folders if f.startswith(".")), "")
    backup = "une copie de secours" if last.endswith("~") else ""
    what = hidden or backup or _ASIDE.get(PurePosixPath(last).suffix.casefold(), "")
    if not what:
        return None
    return anomalie(
        INFORMATION,
        FileLeftAside,
        Place(nom),
        (),
        "",
        what,
        "un classeur de suivi au format .xlsx, .xlsm ou .ods, dans un dossier visible",
        "rien, si ce n’est pas un retour ; sinon, déposez le classeur lui-même dans le dossier des retours.",
    )
