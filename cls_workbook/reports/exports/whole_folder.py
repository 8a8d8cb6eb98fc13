"""A folder written whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cls_workbook.errors import Refusal

DESCRIPTOR = "datapackage.json"
MARK = "cls-workbook"  # key of the descriptor: this folder is ours, and may be made again


@contextmanager
def whole_folder(cible: Path) -> Iterator[Path]:
    """A fresh folder to write into, which takes the place of ``cible`` at the end; after a failure nothing has changed.

    Refusal if ``cible`` is a file, holds anything but an earlier export, or cannot be written.
    """
    _verify(cible)
    provisoire = cible.parent / f".{secrets.token_hex(6)}.partiel"
    try:
        provisoire.mkdir(parents=True)
        yield provisoire
        _take_place_of(provisoire, cible)
    except OSError as fault:
        raise Refusal(
            f"Le dossier « {cible} » ne peut pas être écrit ({fault.strerror or fault}). Choisissez un autre "
            f"emplacement, puis recommencez."
        ) from fault
    finally:
        shutil.rmtree(provisoire, ignore_errors=True)


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


def _take_place_of(provisoire: Path, cible: Path) -> None:
    if not cible.exists():
        os.replace(provisoire, cible)
        return
    ancien = provisoire.with_suffix(".ancien")
    os.replace(cible, ancien)
    try:
        os.replace(provisoire, cible)
    except OSError:
        os.replace(ancien, cible)
        raise
    shutil.rmtree(ancien, ignore_errors=True)
