"""A folder written whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cls_workbook.errors import Refus

DESCRIPTEUR = "datapackage.json"
MARQUE = "cls-workbook"  # key of the descriptor: this folder is ours, and may be made again


@contextmanager
def dossier_entier(cible: Path) -> Iterator[Path]:
    """A fresh folder to write into, which takes the place of ``cible`` at the end; after a failure nothing has changed.

    Refus if ``cible`` is a file, holds anything but an earlier export, or cannot be written.
    """
    _verifier(cible)
    provisoire = cible.parent / f".{secrets.token_hex(6)}.partiel"
    try:
        provisoire.mkdir(parents=True)
        yield provisoire
        _prendre_la_place(provisoire, cible)
    except OSError as faute:
        raise Refus(f"Le dossier « {cible} » ne peut pas être écrit ({faute.strerror or faute}). Choisissez un autre emplacement, puis recommencez.") from faute
    finally:
        shutil.rmtree(provisoire, ignore_errors=True)


def _verifier(cible: Path) -> None:
    if cible.is_file():
        raise Refus(f"« {cible} » est un fichier : indiquez un nom de dossier.")
    if cible.is_dir() and any(cible.iterdir()) and not _export_anterieur(cible):
        raise Refus(f"Le dossier « {cible} » contient déjà autre chose : indiquez-en un autre avec --sortie.")


def _export_anterieur(dossier: Path) -> bool:
    """Is everything in the folder what an earlier export said it wrote?"""
    try:
        descripteur = json.loads((dossier / DESCRIPTEUR).read_text(encoding="utf-8"))
        annonces = {r["path"] for r in descripteur["resources"]} | {DESCRIPTEUR}
        return MARQUE in descripteur and {p.name for p in dossier.iterdir()} <= annonces
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _prendre_la_place(provisoire: Path, cible: Path) -> None:
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
