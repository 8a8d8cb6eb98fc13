"""A folder written whole or not at all. At every moment the former one, or the new one, stands in its place."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from operator import and_
from pathlib import Path

from cls_workbook.errors import Refusal, system_reason
from cls_workbook.workbook import saving

DESCRIPTOR = "datapackage.json"
MARK = "cls-workbook"  # key of the descriptor: this folder is ours, and may be made again
_FROM_HERE, _EXCHANGE = -100, 2  # of Linux's renameat2; macOS's renamex_np has the same number for the same thing


@contextmanager
def whole_folder(cible: Path) -> Iterator[Path]:
    """A fresh folder to write into, which takes the place of ``cible`` at the end; after a failure nothing has changed.

    Refusal if ``cible`` is a file, holds anything but an earlier export, or cannot be written.
    """
    provisoire = saving.partial_beside(cible)
    try:
        cible.parent.mkdir(parents=True, exist_ok=True)
        _bring_back(cible)
        _verify(cible)
        saving.sweep(cible.parent)
        provisoire.mkdir(mode=0o700 if cible.exists() else 0o777)
        with _being_written(provisoire):
            yield provisoire
            _finish(provisoire, cible)
            _take_place_of(provisoire, cible)
        saving.synced(cible.parent)
    except OSError as fault:
        raise Refusal(
            f"Le dossier « {cible} » ne peut pas être écrit ({system_reason(fault)}). Choisissez un autre "
            f"emplacement, puis recommencez."
        ) from fault
    finally:
        shutil.rmtree(provisoire, ignore_errors=True)


@contextmanager
def _being_written(folder: Path) -> Iterator[None]:
    if sys.platform == "win32":  # which opens no folder
        yield
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        with saving.held(number):
            yield
    finally:
        os.close(number)


def _verify(cible: Path) -> None:
    if cible.is_file():
        raise Refusal(f"« {cible} » est un fichier : indiquez un nom de dossier.")
    if cible.is_dir() and any(cible.iterdir()) and not _is_earlier_export(cible):
        raise Refusal(f"Le dossier « {cible} » contient déjà autre chose : indiquez-en un autre avec --sortie.")


def _is_earlier_export(folder: Path) -> bool:
    """Is everything in the folder what an earlier export said it wrote?"""
    try:
        descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        announcements = {r["path"] for r in descriptor["resources"]} | {DESCRIPTOR}
        return MARK in descriptor and {p.name for p in folder.iterdir()} <= announcements
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _finish(provisoire: Path, cible: Path) -> None:
    """The files are on the disk, and what was private in the earlier folder is so in this one."""
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in cible.iterdir()} if cible.is_dir() else {}
    for file in provisoire.iterdir():
        with file.open("rb+") as written:
            os.fsync(written.fileno())
        if modes:
            file.chmod(modes.get(file.name, reduce(and_, modes.values())))
    if cible.is_dir():
        shutil.copymode(cible, provisoire)


def _take_place_of(provisoire: Path, cible: Path) -> None:
    if not cible.exists():
        os.replace(provisoire, cible)
    elif not _exchange(provisoire, cible):
        _replace_in_two_moves(provisoire, cible)


def _exchange(one: Path, other: Path) -> bool:
    """The two folders change places in one move; False where this system, or this drive, knows no such move."""
    import ctypes

    try:
        system = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return bool(system.renamex_np(os.fsencode(one), os.fsencode(other), _EXCHANGE) == 0)
        return bool(system.renameat2(_FROM_HERE, os.fsencode(one), _FROM_HERE, os.fsencode(other), _EXCHANGE) == 0)
    except (AttributeError, OSError, TypeError):  # no such function; no such library
        return False


def _replace_in_two_moves(provisoire: Path, cible: Path) -> None:
    """A run killed between the two leaves the former folder aside: the next one puts it back first."""
    ancien = _set_aside_as(cible)
    os.replace(cible, ancien)
    try:
        os.replace(provisoire, cible)
    except BaseException:
        os.replace(ancien, cible)
        raise
    shutil.rmtree(ancien, ignore_errors=True)


def _set_aside_as(cible: Path) -> Path:
    return cible.parent / f".{hashlib.sha256(os.fsencode(cible.name)).hexdigest()[:12]}.ancien"


def _bring_back(cible: Path) -> None:
    ancien = _set_aside_as(cible)
    if not ancien.exists():
        return
    if cible.exists():  # killed later still: the new one was already in place
        shutil.rmtree(ancien, ignore_errors=True)
    else:
        os.replace(ancien, cible)
