"""A small contract as a coordinator would type it in the authoring workbook, and how to type it."""

from __future__ import annotations

import copy
import io
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter

from cls_workbook.definition import load
from cls_workbook.definition.authoring.authoring_guide import HELP_SHEET, VERIFICATION
from cls_workbook.definition.authoring.authoring_workbook import workbook
from cls_workbook.definition.authoring.section_sheets import CHOICES, INSTRUCTIONS_SHEET
from cls_workbook.definition.importing.definition_import import TO_CONFIRM, importer
from cls_workbook.errors import Refusal
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Workbook, address, letter

HEADERS, FIRST = 6, 7  # rows, as printed
# blank rows below what is written, where a test needs no more: a sheet with room for a whole contract costs five times
# as much
ROOM = 5

ANSWERS = {
    "Titre du contrat": "Contrat local de santé des Étangs 2025-2027",
    "Nom court": "CLS des Étangs",
    "Territoire": "Pays des Étangs",
    "Années": "2025-2027",
    "Maquette": 30000,
}
# Sheet → headers → rows: what a person types, in the order in which the first sheet advises.
INPUTS: dict[str, list[dict[str, object]]] = {
    "Axes": [{"Numéro": "1", "Titre": "Soins"}, {"Numéro": "2", "Titre": "Prévention"}],
    "Structures": [
        {"Nom": "ARS", "Statut": "public"},
        {"Nom": "CCAS des Étangs"},
        {"Nom": "CPTS de l’Étang", "Autres noms": "CPTS ; la CPTS"},
    ],
    "Communes": [{"Code INSEE": "01004", "Nom": "Ambre"}],
    "Financeurs": [{"Nom": "ARS", "Structure": "ARS"}],
    "Natures": [{"Libellé": "Crédits ARS", "Total dont elle fait partie": "maquette du contrat"}],
    "Fiches": [
        {
            "Numéro": "1.1",
            "Titre": "Recevoir sans rendez-vous",
            "Axe": "1",
            "Porteur 1": "CPTS de l’Étang",
            "Porteur 2": "CCAS des Étangs",
        },
        {"Numéro": "1.10", "Titre": "Aller vers", "Axe": "1", "Porteur 1": "CCAS des Étangs"},
        {"Numéro": "2.1", "Titre": "Bouger", "Axe": "2", "Porteur 1": "CCAS des Étangs"},
    ],
    "Montants": [{"Fiche": "1.1", "Montant": 20000, "Taux": 0.5}, {"Fiche": "2.1", "Montant": 10000}],
    "Indicateurs": [
        {
            "Fiche": "1.1",
            "Indicateur, tel qu’imprimé": "Nombre et type de personnes reçues",
            "Ce qu’il faut saisir": "Personnes reçues",
            "Sorte de saisie": "nombre entier",
            "Comment rassembler": "personnes (participations)",
            "Unité": "personne",
            "Détail par": "âge",
            "Catégories du détail": "moins de 18 ans ; 18 ans et plus",
        },
        {
            "Fiche": "1.1",
            "Ce qu’il faut saisir": "Taux de retour",
            "Sorte de saisie": "taux (numérateur et dénominateur)",
        },
        {
            "Fiche": "2.1",
            "Indicateur, tel qu’imprimé": "Séances",
            "Sorte de saisie": "nombre entier",
            "Comment rassembler": "s’additionne (actions, séances…)",
            "Unité": "séance",
        },
    ],
}


@cache
def blank_bytes() -> bytes:
    """The blank workbook, as a coordinator receives it."""
    return writer.to_bytes(workbook())


@cache
def blank_book() -> openpyxl.Workbook:
    """The same as openpyxl reads it; not to be changed."""
    return openpyxl.load_workbook(io.BytesIO(blank_bytes()))


@cache
def shipped_bytes(identifier: str) -> bytes:
    """The workbook filled in with a shipped contract."""
    return writer.to_bytes(workbook(load(identifier), ROOM))


def blank(path: Path) -> Path:
    path.write_bytes(blank_bytes())
    return path


def short(path: Path) -> Path:
    """The same with fewer blank rows."""
    writer.write(_short(), path)
    return path


def opened_book(identifier: str, path: Path) -> Path:
    path.write_bytes(shipped_bytes(identifier))
    return path


def flat(texte: object) -> str:
    """A header as it reads: no star, ordinary spaces."""
    return str(texte).replace("\u00a0", " ").removesuffix("*").strip()


def columns(sheet, line: int = HEADERS) -> dict[str, str]:
    """Header → letter of its column, in a sheet as openpyxl reads it."""
    return {flat(c.value): get_column_letter(c.column) for c in sheet[line] if c.value}


@cache
def _short() -> Workbook:
    """The blank workbook with fewer blank rows; not to be changed."""
    return workbook(place=ROOM)


@cache
def where(nom: str, titre: str, line: int = FIRST) -> str:
    """The address under a header, or of the answer to a question of the sheet Contrat."""
    cells = next(f.cells for f in _short().worksheets if f.nom == nom)
    if nom == "Contrat":
        return next(f"C{c.line}" for c in cells if c.column == 2 and flat(c.valeur) == titre)
    return next(f"{letter(c.column)}{line}" for c in cells if c.line == HEADERS and flat(c.valeur) == titre)


@cache
def places() -> dict[str, dict[str, object]]:
    """Sheet → address → value, for all that ``ANSWERS`` and ``INPUTS`` say."""
    all_found: dict[str, dict[str, object]] = {}
    for sheet in _short().worksheets:
        if sheet.nom == "Contrat":
            all_found["Contrat"] = {where("Contrat", question): v for question, v in ANSWERS.items()}
        elif sheet.nom in INPUTS:
            all_found[sheet.nom] = {
                where(sheet.nom, t, FIRST + rank): v
                for rank, line in enumerate(INPUTS[sheet.nom])
                for t, v in line.items()
            }
    return all_found


# Typed in a cell that has lost its text format, a number and a date are what the spreadsheet makes of them.
STYLES = {float: "saisie:nombre", datetime: "saisie:date"}


def fill_cell(path: Path, **corrections: dict[str, object]) -> Path:
    """The blank workbook with the small contract; ``corrections``: sheet → address → value typed instead (None
    empties).
    """
    path.write_bytes(_filled(corrections) if corrections else _uncorrected())
    return path


@cache
def _uncorrected() -> bytes:
    return _filled({})


def without_trimmings(complete: Workbook) -> Workbook:
    """A copy without what no import reads: half the price of writing."""
    worksheets = [
        copy.copy(f)
        for f in complete.worksheets
        if f.nom not in (INSTRUCTIONS_SHEET, HELP_SHEET, VERIFICATION, CHOICES)
    ]
    for sheet in worksheets:
        sheet.validations, sheet.conditional_formats = [], []
    return replace(complete, worksheets=worksheets, names={}, active_sheet=worksheets[0].nom)


def _filled(corrections: dict[str, dict[str, object]]) -> bytes:
    lean_workbook = (
        without_trimmings(_short())
        if corrections
        else replace(_short(), worksheets=[copy.copy(f) for f in _short().worksheets])
    )
    for sheet in lean_workbook.worksheets:
        sheet.cells = list(sheet.cells)
        saisies = places().get(sheet.nom, {}) | corrections.get(sheet.nom, {})
        for rank, cell in enumerate(sheet.cells):
            where = address(cell.line, cell.column)
            if where in saisies:
                valeur = saisies.pop(where)
                sheet.cells[rank] = cell._replace(valeur=valeur, style=STYLES.get(type(valeur), cell.style))
        assert not saisies, f"{sheet.nom}: no such cells {sorted(saisies)}"
    return writer.to_bytes(lean_workbook)


def faults(path: Path) -> list[str]:
    """What an import says must be mended, with ordinary spaces; nothing if the workbook is accepted. What is only to
    confirm is left out."""
    try:
        importer(path)
    except Refusal as refusal:
        return [d.replace("\u00a0", " ") for d in refusal.details if not d.startswith(TO_CONFIRM)]
    return []
