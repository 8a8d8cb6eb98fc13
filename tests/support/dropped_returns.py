"""Returns dropped in a folder, filled with plausible answers, and their consolidation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cls_workbook import forms
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.domain.model import Contrat
from cls_workbook.fast_paths import offprint
from cls_workbook.forms import examples
from cls_workbook.pipeline import way_back
from cls_workbook.reading import return_files
from cls_workbook.reading.return_reader import ReturnReader

YEAR, DAY = 2025, date(2026, 2, 15)


def plan_of(contrat: Contrat, structure: str, annee: int = YEAR) -> forms.WorkbookPlan:
    return forms.plan(contrat, annee, next(r for r in forms.repondants(contrat) if r.id == structure))


def drop_retour(
    folder: Path, contrat: Contrat, structure: str, own: dict | None = None, nom: str | None = None, annee: int = YEAR
) -> str:
    """A return of one structure, filled with plausible answers and ``own``; returns its file name."""
    plan = plan_of(contrat, structure, annee)
    examples.fill_cell(plan, examples.make_answers(plan, seed=structure) | (own or {}))
    nom = nom or f"{structure}.xlsx"
    (folder / nom).write_bytes(next(iter(offprint.produce([plan.workbook]))))
    return nom


def consolider(folder: Path, contrat: Contrat, annee: int = YEAR, **extra):
    retours = return_files.read(return_files.retours_in([folder]), ReturnReader(KnownContrats(contrat)))
    return way_back.consolider(retours, contrat, annee, day=DAY, **extra)
