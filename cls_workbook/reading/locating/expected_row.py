"""A keyed row as it was sent out: what is printed, locked, computed and asked there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from cls_workbook.domain import entry_questions
from cls_workbook.domain.asked import compte_rendu_questions
from cls_workbook.forms.layout import FILLED, TO_FILL, InputPlace, KeyedRow
from cls_workbook.forms.layout import MEMORY as MEMORY_COLUMN
from cls_workbook.reading.locating.still_printed import MEMORY, NUMBER, TEXT, FreeCell
from cls_workbook.workbook.description import Cell, Formula, Link

HOME, IDENTIFICATION = "accueil", "identification"
# The sheets that ask something of several fiches: each is named by the block that it asks.
TERRITORY, COMPTE_RENDU = entry_questions.TERRITORY.nom, compte_rendu_questions.COMPTE_RENDU.nom
COMMON = (TERRITORY, COMPTE_RENDU)
NOT_A_FICHE = ("identite", compte_rendu_questions.REPARTITION.nom)  # what a compte rendu says of the structure
INFORMATION_PREFIX = "accueil/information/"  # rows whose text depends on the campaign


def fiche_of(groupe: str) -> str:
    """The fiche that a group of rows is about, "" for those that are about all."""
    return "" if groupe in (HOME, *COMMON) else groupe


def groupe_of(cle: str) -> str:
    """The group of the sheet on which the input of this key stands."""
    groupe, _, rest = cle.partition("/")
    bloc = rest.partition("/")[0]
    return bloc if bloc in COMMON else groupe


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """A keyed row as it was sent out; columns count from 1.

    ``texts``: what is printed. ``facts``: locked values that must come back unchanged. ``calculations``: formulas, of
    which
    ``suivi`` (0: none) only says « rempli »; ``tally``: the row counts among the answers expected.
    ``free_cells``: its columns whose locked content the contract alone does not tell.
    """

    cle: str
    prefix: str  # the key of the table, or of the form, that the row is part of
    numero: int
    role: str
    label: str
    label_column: int
    places: tuple[InputPlace, ...]
    texts: dict[int, str]
    facts: dict[int, object]
    calculations: frozenset[int]
    suivi: int
    tally: bool
    free_cells: dict[int, FreeCell]

    def is_of(self, fiches: Collection[str]) -> bool:
        """Is it in a workbook with these fiches? (none: it is not known which)"""
        groupe, about, *_ = *self.cle.split("/"), ""
        if groupe == COMPTE_RENDU and about not in NOT_A_FICHE:
            return not fiches or about in fiches
        of_one = fiches and self.places and groupe == TERRITORY
        return not of_one or self.places[0].fiche in fiches

    @property
    def by_header(self) -> bool:
        return bool(self.places) and self.places[0].anchor_cell == "entete"


class CountedAnswer(NamedTuple):
    """An answer expected. ``asked_for``: keys of the inputs that make it; ``statut``: of the one that says why not;
    ``detail``: of its breakdown."""

    mesure: str
    asked_for: tuple[str, ...]
    statut: str
    detail: str

    @classmethod
    def of(cls, expected_row: ExpectedRow) -> CountedAnswer:
        mesure = next((p.mesure for p in expected_row.places if p.mesure), "")
        asked_for = tuple(p.cle for p in expected_row.places if p.obligatoire)
        return cls(
            mesure, asked_for, f"{expected_row.cle}/statut", expected_row.cle.replace("/mesures/", "/ventilations/")
        )


def expected_row(cle: str, row: KeyedRow, cells: list[Cell]) -> ExpectedRow:
    """``cells``: those of its row."""
    texts: dict[int, str] = {}
    suivi, tally, free_cells = 0, False, {}
    inputs = {p.column for p in row.input_places}
    for _, column, value, style in cells:
        if isinstance(value, (str, Link)) and column > 1:
            texts[column] = value if isinstance(value, str) else value.texte
        elif isinstance(value, Formula) and f'"{FILLED}"' in value.texte and "COUNTIF" not in value.texte:
            suivi, tally = column, value.valeur in (FILLED, TO_FILL)
        if column == row.reminder:
            # what the contract says of it is the beginning of what the campaign prints there; of its informations, it
            # says nothing
            kind = NUMBER if style.startswith("repere:") and style != "repere:texte" else TEXT
            free_cells[column] = FreeCell(
                cle, kind, "" if value is None or cle.startswith(INFORMATION_PREFIX) else str(value)
            )
        elif value is None and column == MEMORY_COLUMN and column not in inputs:
            free_cells[column] = FreeCell(cle, MEMORY)
    return ExpectedRow(
        cle,
        cle.rpartition("/")[0],
        row.numero,
        row.role,
        row.label,
        row.label_column,
        tuple(row.input_places),
        {c: t for c, t in texts.items() if c not in inputs and c != row.reminder},
        dict(row.anchors),
        frozenset(row.calculations),
        suivi,
        tally,
        free_cells,
    )
