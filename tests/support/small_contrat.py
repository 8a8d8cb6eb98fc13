"""A contract of two fiches and three structures, quick to consolidate, as a file; and returns on it."""

from __future__ import annotations

from pathlib import Path

from cls_workbook.definition import toml_reader
from tests.support.dropped_returns import drop_retour
from tests.support.written_result import CONTRAT

YEAR = 2025


def definition(folder: Path) -> Path:
    path = folder / "essai.toml"
    path.write_text(CONTRAT, encoding="utf-8")
    return path


def retour(folder: Path, reference: Path, structure: str, own: dict | None = None, **extra) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return drop_retour(folder, toml_reader.load(reference), structure, own, **extra)
