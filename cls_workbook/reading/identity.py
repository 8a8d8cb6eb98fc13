"""What a returned file says it is: the hidden identification sheet, and sheets that are ours whatever became of
their keys."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from cls_workbook.domain import locked_facts
from cls_workbook.errors import Refusal
from cls_workbook.forms.layout import FICHE_SEPARATOR, MARK
from cls_workbook.reading.cells.shown import quoted
from cls_workbook.reading.locating.column_finder import keys
from cls_workbook.reading.locating.expected_row import IDENTIFICATION
from cls_workbook.reading.locating.retour import TypedInput
from cls_workbook.reading.locating.still_printed import Reminders
from cls_workbook.reading.locating.workbook_model import WorkbookModel
from cls_workbook.reading.opening.grids import Grid, Row

_YEAR = re.compile("(?:19|20)[0-9]{2}")
RESEMBLANCE = 0.5  # share of a sheet's texts that must be ours for the sheet to be ours
COVERAGE = 0.25  # share of our texts that it must bear: a few of our words do not make one of our sheets


class SheetInFile:
    """A sheet of the file. ``announcement``: what its first cell says that it is about; ``saisies``: its inputs, if
    it is that, as sent."""

    def __init__(self, grid: Grid):
        self.grid = grid
        first = grid.values.get(b"A1", "")
        self.announcement = first[1:].partition("/")[0] if isinstance(first, str) and first[:1] == MARK else ""
        self.saisies: list[TypedInput] | None = None

    @cached_property
    def anchors(self) -> tuple[int, list[tuple[int, str]]]:
        """Column of the keys, [(row, key)]."""
        return keys(self.grid)

    @cached_property
    def groupe(self) -> str:
        """What most of its keys are about; "" if it has none."""
        counts = Counter(cle.partition("/")[0] for _, cle in self.anchors[1]).most_common(1)
        return counts[0][0] if counts else ""


class Identity(NamedTuple):
    """``rappels``: what it says that the campaign printed in its locked cells (see ``domain.locked_facts``)."""

    contrat: str
    annee: int
    modele: str
    structure: str
    fiches: tuple[str, ...]
    carried_over: frozenset[str]
    rappels: Reminders | None


def identity_of(worksheets: Iterable[SheetInFile]) -> Identity | None:
    """None if nothing says what the file is. Refusal if two things are said."""
    facts = _facts(worksheets)
    if not facts:
        return None
    texts = {nom: {str(v).strip() for v in values} for nom, values in facts.items()}
    annees = {v.partition(".")[0] for v in texts.get("annee", ())}
    if len(texts.get("contrat", ())) != 1 or len(annees) != 1 or not _YEAR.fullmatch(next(iter(annees))):
        raise Refusal(
            "La feuille d’identification (masquée) a été modifiée : le contrat et l’année ne s’y lisent plus.",
            ("Reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",),
        )
    if len(gathered := sorted(texts.get("structure", ()))) > 1:
        raise Refusal(
            f"Le fichier réunit plusieurs retours : {quoted(s or 'le classeur général' for s in gathered)}.",
            ("Renvoyez chaque classeur dans son propre fichier, sans y ajouter les feuilles d’un autre.",),
        )
    one = {nom: next(iter(values)) for nom, values in texts.items() if len(values) == 1}
    return Identity(
        one["contrat"],
        int(next(iter(annees))),
        one.get("modele", ""),
        one.get("structure", ""),
        tuple(f for f in one.get("fiches", "").split(FICHE_SEPARATOR) if f),
        frozenset(one.get("reprises", "").split()),
        locked_facts.read(one.get("rappels", "").splitlines()),
    )


def _facts(worksheets: Iterable[SheetInFile]) -> dict[str, list[object]]:
    """What the sheets say that the file is: name → values."""
    facts: dict[str, list[object]] = {}
    for sheet in worksheets:
        column, anchors = sheet.anchors
        for i, cle in anchors:
            if cle.startswith(f"{IDENTIFICATION}/"):
                nom = cle.partition("/")[2]
                facts.setdefault(nom, []).append(_fact(sheet.grid.lines[i], column, nom))
    return facts


def _fact(line: Row, column: int, nom: str) -> object:
    """The value at the right of its printed name; all of them, one a line, of what may take several cells."""
    j = line.index(nom) if nom in line else column + 1
    if nom == "rappels":
        return "\n".join(v for v in line[j + 1 :] if isinstance(v, str) and v)
    return line[j + 1] if j + 1 < len(line) else ""


def texts_of(grid: Grid) -> set[str]:
    return {v for v in grid.values.values() if type(v) is str and v}


def resembling_annex(texts: set[str], modele: WorkbookModel) -> str:
    """The name of the annex of ours that a sheet with these texts is, or ""."""
    return next((nom for nom, annex in modele.annexes.items() if annex.resembles(texts)), "")


def resembling_group(texts: set[str], modele: WorkbookModel) -> str:
    """The sheet of ours (``accueil`` or fiche) that most of these texts were printed on, and that they make a good
    part of; or ""."""
    if len(texts) < 3:
        return ""
    groupe = max(modele.texts, key=lambda groupe: len(texts & modele.texts[groupe]))
    common = len(texts & modele.texts[groupe])
    return groupe if common >= max(RESEMBLANCE * len(texts), COVERAGE * modele.printed[groupe]) else ""
