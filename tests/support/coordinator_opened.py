"""A coordinator's workbook for tests, as ``coordonner`` makes it, opened; and its Accueil, read by its keys."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from cls_workbook import pilotage
from cls_workbook.definition import toml_reader
from cls_workbook.office.coordinator import home_rows, making, workstation
from cls_workbook.workbook import writer


def workbook(path: Path, reference: str, annee: int, saisies: pilotage.Pilotage | None = None) -> openpyxl.Workbook:
    """Written at ``path``, with what the coordinator typed, and opened; the folder « retours » is made beside it."""
    contrat, source = toml_reader.load(reference), None
    if saisies:
        source = path.with_name("pilotage.xlsx")
        writer.write(pilotage.workbook(contrat, annee, saisies), source)
    making.coordonner(
        contrat,
        reference,
        annee,
        path,
        pilotage=str(source) if source else None,
        on=workstation.Workstation("python", "python"),
    )
    return openpyxl.load_workbook(path, keep_vba=True)


def box(opened_book: openpyxl.Workbook, nom: str):
    """The cell of Accueil that answers ``nom``."""
    sheet = opened_book["Accueil"]
    place = home_rows.find([list(r) for r in sheet.iter_rows(values_only=True)])[nom]
    return sheet.cell(*place)
