"""A contract of two fiches and three structures, quick to consolidate, as a file; and returns on it."""

from __future__ import annotations

from pathlib import Path

from resultat_ecrit import CONTRAT
from test_conductor import deposer

from cls_workbook import contract

ANNEE = 2025


def definition(dossier: Path) -> Path:
    chemin = dossier / "essai.toml"
    chemin.write_text(CONTRAT, encoding="utf-8")
    return chemin


def retour(dossier: Path, reference: Path, structure: str, propres: dict | None = None, **plus) -> str:
    dossier.mkdir(parents=True, exist_ok=True)
    return deposer(dossier, contract.load(reference), structure, propres, **plus)
