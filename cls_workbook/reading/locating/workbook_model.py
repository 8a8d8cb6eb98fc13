"""What a reader expects to find in the workbook of a contract and a year: keyed rows, printed texts, locked facts.

Compiled once for a reader from the plan that drew the workbook; what a sheet prints, when a return first asks for it.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Mapping, Set
from typing import NamedTuple

from cls_workbook import forms
from cls_workbook.bounded_memory import EachOnce
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.forms.layout import InputPlace, SheetPlan
from cls_workbook.french import fold
from cls_workbook.reading.locating.expected_row import COMMON, HOME, CountedAnswer, ExpectedRow, expected_row
from cls_workbook.reading.locating.sheet_template import SheetTemplate
from cls_workbook.workbook.description import Cell, Formula, Link, Sheet

MODELS_KEPT, VERSIONS_KEPT = 8, 64
CAMPAGNE_LIST = "structures"  # the list that the members named by the coordination make longer


class Annex(NamedTuple):
    """A sheet of ours that asks nothing. ``headers``: folded → its column, from 1. ``computed``: columns of formulas.

    ``numbers``: column → the printed texts that are numbers. ``open_columns``: what the campaign alone prints there.
    """

    visible: bool
    texts: frozenset[str]
    headers: Mapping[str, int]
    computed: frozenset[int]
    numbers: Mapping[int, frozenset[str]]
    open_columns: frozenset[int]

    @classmethod
    def of(cls, sheet: Sheet) -> Annex:
        by_row: dict[int, dict[str, int]] = {}
        numbers: dict[int, set[str]] = {}
        for cell in sheet.cells:
            text = printed_text(cell.valeur)
            if text:
                by_row.setdefault(cell.line, {})[fold(text)] = cell.column
            if text[:1].isdecimal() or text[1:2].isdecimal():
                numbers.setdefault(cell.column, set()).add(text)
        headers = max(by_row.values(), key=len)  # no row holds more texts
        return cls(
            sheet.etat == "visible",
            _texts(sheet.cells),
            headers,
            frozenset(c.column for c in sheet.cells if isinstance(c.valeur, Formula)),
            {column: frozenset(texts) for column, texts in numbers.items()},
            frozenset(column for header, column in headers.items() if header == CAMPAGNE_LIST),
        )

    def resembles(self, texts: Set[str]) -> bool:
        """Does a sheet with these texts bear most of its headers?"""
        present = {fold(text) for text in texts}
        return 2 * sum(header in present for header in self.headers) > len(self.headers)


class WorkbookModel:
    """The expected rows by key, and the printed texts of each sheet.

    ``extensible``: prefix of a table that may grow → its first row.
    """

    def __init__(self, contrat: Contrat, annee: int, fast: bool = True):
        """``fast``: sheets that came back as they were sent may be read the short way."""
        plan = forms.plan(contrat, annee)
        self.contrat, self.annee, self._fast = contrat, annee, fast
        self.rows: dict[str, ExpectedRow] = {}
        self.extensible: dict[str, ExpectedRow] = {}
        self.headers: dict[str, ExpectedRow] = {}
        for sheet in plan.worksheets:
            self._add_rows(sheet)
        self._drawn = {next(iter(sheet.rows)).partition("/")[0]: sheet for sheet in plan.worksheets}
        self.groups = {groupe: tuple(sheet.rows) for groupe, sheet in self._drawn.items()}
        # A return has few of the fiches, and the texts of a sheet that came back as sent are not looked at.
        self.texts = EachOnce(self._drawn, lambda groupe: _texts(self._drawn[groupe].sheet.cells))
        self.printed = EachOnce(self._drawn, self._printed_on)  # how many texts are
        self.ambiguous = EachOnce(self._drawn, self._ambiguous_in)  # printed on a sheet, and choices of its inputs
        self.counted = EachOnce(self._drawn, lambda g: [CountedAnswer.of(a) for a in self.expected(g) if a.tally])
        self.sheet_templates = EachOnce(self._drawn, self._template_of)
        drawn = {f.sheet.nom for f in plan.worksheets}
        annexes = {f.nom: f for f in plan.workbook.worksheets if f.nom not in drawn and f.cells}
        self.annexes = EachOnce(annexes, lambda nom: Annex.of(annexes[nom]))
        self.places = {p.cle: p for a in self.rows.values() for p in a.places}
        self._fingerprints: dict[tuple[str, ...], str] = {}

    def _add_rows(self, sheet: SheetPlan) -> None:
        by_row: dict[int, list[Cell]] = {}
        for cell in sheet.sheet.cells:
            by_row.setdefault(cell.line, []).append(cell)
        for cle, row in sheet.rows.items():
            self.rows[cle] = row_here = expected_row(cle, row, by_row.get(row.numero, []))
            if row.role == "entete":
                self.headers[row_here.prefix] = row_here
            if row_here.prefix in sheet.extensible and row_here.places:
                self.extensible.setdefault(row_here.prefix, row_here)

    def expected(self, groupe: str, fiches: Collection[str] = ()) -> list[ExpectedRow]:
        """The rows of a sheet, in a workbook with these fiches (all of them if none is named)."""
        if not self.asks(groupe, fiches):
            return []
        return [row for cle in self.groups[groupe] if (row := self.rows[cle]).is_of(fiches)]

    def asks(self, groupe: str, fiches: Collection[str] = ()) -> bool:
        """Is there such a sheet in a workbook with these fiches? One about several is there for those that it asks
        something of."""
        rows = (row for cle in self.groups[groupe] if (row := self.rows[cle]).is_of(fiches))
        return any(groupe not in COMMON or any(p.fiche for p in row.places) for row in rows)

    def _printed_on(self, groupe: str) -> int:
        return len({printed_text(c.valeur) for c in self._drawn[groupe].sheet.cells} - {""})

    def _ambiguous_in(self, groupe: str) -> frozenset[str]:
        return self.texts[groupe] & {choix for a in self.expected(groupe) for p in a.places for choix in p.choix}

    def _template_of(self, groupe: str) -> SheetTemplate:
        rows = self.expected(groupe)
        free_cells = {(a.numero, column): free for a in rows for column, free in a.free_cells.items()}
        return SheetTemplate(self._drawn[groupe], rows, free_cells, self._fast)

    def place(self, cle: str) -> InputPlace | None:
        """The input of that key; for a row that a partner added to a table, the input of its first row."""
        place = self.places.get(cle)
        if place is None:
            row, _, champ = cle.rpartition("/")
            modele = self.extensible.get(row.rpartition("/")[0])
            place = next((p for p in modele.places if p.champ == champ), None) if modele else None
        return place

    def version(self, fiches: tuple[str, ...]) -> str:
        """The version that a workbook with these fiches bears, when it was made from this very contract."""
        if fiches not in self._fingerprints:
            if len(self._fingerprints) >= VERSIONS_KEPT:
                self._fingerprints.clear()
            groups = (HOME, *(g for g in self.groups if g in fiches), *(g for g in self.groups if g in COMMON))
            rows = (row for g in groups for row in self.expected(g, fiches))
            self._fingerprints[fiches] = forms.version((p for row in rows for p in row.places), self.annee)
        return self._fingerprints[fiches]


def printed_text(valeur: object) -> str:
    """What a cell prints, if it is a text; "" otherwise."""
    return valeur if isinstance(valeur, str) else valeur.texte if isinstance(valeur, Link) else ""


def _texts(cells: Iterable[Cell]) -> frozenset[str]:
    """Every printed text, as printed and folded."""
    texts = {text for c in cells if (text := printed_text(c.valeur))}
    return frozenset(texts | {fold(t) for t in texts})


class WorkbookModels:
    """What is expected of the workbooks of a few contracts and years, each compiled once (a tenth of a second).

    Passed along by those who read; stays behind when it is sent to another process. ``fast``: as ``WorkbookModel``.
    """

    def __init__(self, fast: bool = True):
        self._fast = fast
        self._models: list[tuple[Contrat, WorkbookModel]] = []

    def __reduce__(self) -> tuple[type[WorkbookModels], tuple[bool]]:
        return WorkbookModels, (self._fast,)

    def of(self, contrat: Contrat, annee: int) -> WorkbookModel:
        """That of this contract, as it is in ``annee``."""
        contrat = in_year(contrat, annee)
        for same in (operator.is_, operator.eq):  # to compare whole contracts takes longer than to read a return
            for known, model in self._models:
                if model.annee == annee and same(known, contrat):
                    return model if known is contrat else self._keep(contrat, model)
        return self._keep(contrat, WorkbookModel(contrat, annee, self._fast))

    def _keep(self, contrat: Contrat, model: WorkbookModel) -> WorkbookModel:
        """``contrat``: that of the model, or its equal, which takes its place and is told at once the next time."""
        self._models[:] = [(known, kept) for known, kept in self._models if kept is not model]
        del self._models[: max(0, len(self._models) + 1 - MODELS_KEPT)]
        self._models.append((contrat, model))
        return model
