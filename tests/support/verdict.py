"""What became of every typed value of a file: read exactly, pointed at by an anomaly, lost, or wrong."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from python_calamine import CalamineWorkbook

from cls_workbook import forms
from cls_workbook.anomalies import BLOCKING, Anomalie
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from tests.support.gestures import ANYWHERE, REFUSED, Due, Page
from tests.support.players import cell

READ, REPORTED, LOST, WRONG = "lue", "signalée", "perdue", "fausse"


@dataclass(frozen=True)
class Setting:
    """A contract and the plan of the workbook that is filled in, for a campaign."""

    contrat: Contrat
    plan: forms.WorkbookPlan
    campagne: forms.WorkbookContext | None = None

    @cached_property
    def places(self) -> dict[str, forms.InputPlace]:
        return {p.cle: p for p in self.plan.input_places()}

    @cached_property
    def extensible(self) -> frozenset[str]:
        return frozenset(p for f in self.plan.worksheets for p in f.extensible)

    @cached_property
    def reader(self) -> ReturnReader:
        return ReturnReader(self.contrats)

    def contrats(self, identifier: str) -> Contrat:
        if identifier != self.contrat.id:
            raise Refusal(f"Le contrat « {identifier} » n’est pas livré.")
        return self.contrat

    def read(self, path: Path) -> ReadBack:
        """The file as the tool understands it, up to the typed values; no rule of the contract is checked."""
        retour = self.reader.read(path)
        if not retour.contrat:
            return ReadBack({}, list(retour.anomalies))
        typed_returns = typed_frames.type_values([retour], self.contrat)
        columns = ("feuille", "cellule", "fiche", "bloc", "mesure", "champ", "ligne", "valeur")
        items_read = zip(*(typed_returns.values[c] for c in columns), strict=True)
        return ReadBack(
            {(f, c): remaining for f, c, *remaining in items_read},
            typed_returns.anomalies,
            frozenset(retour.worksheets.values()),
        )


@dataclass(frozen=True)
class ReadBack:
    """``values``: (sheet, cell) → fiche, bloc, mesure, champ, ligne, valeur. ``worksheets``: those that were read."""

    values: Mapping[tuple[str, str], list]
    anomalies: list[Anomalie]
    worksheets: frozenset[str] = frozenset()

    @cached_property
    def by_sheet(self) -> Mapping[str, Mapping[str, list]]:
        """Sheet → cell → the same."""
        worksheets: dict[str, dict[str, list]] = {}
        for (sheet, here), item_read in self.values.items():
            worksheets.setdefault(sheet, {})[here] = item_read
        return worksheets

    def pointed_at(self, sheet: str, *, blocking_only: bool = False) -> set[str]:
        return {
            c
            for a in self.anomalies
            if a.sheet == sheet and (not blocking_only or a.gravite == BLOCKING)
            for c in a.cells
        }

    def refused(self, page: Page, fiche: str) -> bool:
        """Is the file, this sheet, or what it says of this fiche, refused as a whole?"""
        return any(
            a.refuses_file or (a.refuses_sheet and (a.sheet == page.nom or a.fiche == fiche)) for a in self.anomalies
        )

    def told_as_a_whole(self, page: Page, fiche: str) -> bool:
        """Is the sheet, which was not read, told as such?"""
        return self.refused(page, fiche) or (
            page.nom not in self.worksheets and any(a.sheet == page.nom for a in self.anomalies)
        )


@dataclass
class Verdict:
    """``details``: (state, sheet and cell, what it was) of all that was not simply read."""

    etats: Counter[str] = field(default_factory=Counter)
    false_alarms: list[str] = field(default_factory=list)
    details: list[tuple[str, str, str]] = field(default_factory=list)

    def count_up(self, etat: str, where: str, what: object) -> None:
        self.etats[etat] += 1
        if etat != READ:
            self.details.append((etat, where, str(what)))

    def faults(self) -> list[tuple[str, str, str]]:
        return [d for d in self.details if d[0] in (LOST, WRONG)]

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(self.etats + other.etats, self.false_alarms + other.false_alarms, self.details + other.details)


def judge(setting: Setting, page: Page, reading: ReadBack) -> Verdict:
    """What became of what stands on one sheet."""
    verdict = Verdict()
    pointed_at, blocked_cells = reading.pointed_at(page.nom), reading.pointed_at(page.nom, blocking_only=True)
    refused = {f: reading.refused(page, f) for f in {page.fiche, *(p.fiche for p in setting.places.values())}}
    items_read = reading.by_sheet.get(page.nom, {})
    right_ones: dict[str, list] = {}
    for place, due in page.dues.items():
        here = cell(*place)
        item_read, where = items_read.get(here), f"{page.nom}!{here}"
        fiche = _fiche(setting, page, due)
        if (
            item_read is not None
            and here not in blocked_cells
            and not refused[fiche]
            and _is_exact(setting, due, item_read)
        ):
            right_ones[here] = item_read
            verdict.count_up(READ, where, due.raw)
            if here in pointed_at and not due.touched:
                verdict.false_alarms.append(where)
        elif due.invisible and item_read is None:
            continue  # under a merged cell: nobody sees it any more, and Excel drops it
        elif here in pointed_at or reading.told_as_a_whole(page, fiche):
            verdict.count_up(REPORTED, where, due.raw)
        elif due.file_copy and any(_is_exact(setting, due, other) for other in reading.values.values()):
            verdict.count_up(READ, where, due.raw)
        else:
            verdict.count_up(LOST if item_read is None else WRONG, where, f"{due.cle} = {due.raw!r} lu {item_read}")
    typed_values = {cell(*p) for p in page.dues}
    for here, item_read in items_read.items():
        if here not in typed_values and here not in pointed_at and not refused[item_read[0]]:
            verdict.count_up(WRONG, f"{page.nom}!{here}", f"rien n’y est saisi, lu {item_read}")
    for here in _mixed_up(setting, page, right_ones):
        verdict.count_up(
            WRONG, f"{page.nom}!{here}", "les valeurs d’une même ligne sont séparées, ou celles de deux lignes réunies"
        )
    return verdict


def _fiche(setting: Setting, page: Page, due: Due) -> str:
    """What a value is about: one sheet asks something of every fiche."""
    place = setting.places.get(due.cle)
    return place.fiche if place and place.bloc == "territoire" else page.fiche


def _is_exact(setting: Setting, due: Due, item_read: list) -> bool:
    if not due.cle or due.meaning is REFUSED:
        return False
    fiche, bloc, mesure, champ, line, valeur = item_read
    if due.cle == ANYWHERE:
        return are_equal(valeur, due.meaning)
    place = setting.places[due.cle]
    same_line = line == place.line or _prefix(due.cle) in setting.extensible
    return (
        same_line
        and (fiche, bloc, mesure, champ) == (place.fiche, place.bloc, place.mesure, place.champ)
        and are_equal(valeur, due.meaning)
    )


def _prefix(cle: str) -> str:
    return cle.rpartition("/")[0].rpartition("/")[0]


def are_equal(item_read: object, meaning: object) -> bool:
    if isinstance(meaning, datetime.date):
        return item_read == meaning
    if isinstance(meaning, (int, float, Decimal)) and isinstance(item_read, (int, Decimal)):
        return Decimal(item_read) == Decimal(str(meaning))
    if isinstance(meaning, str) and isinstance(item_read, str):
        return item_read == "".join(c for c in meaning if c != "\r").strip()
    return str(item_read) == str(meaning)


def _mixed_up(setting: Setting, page: Page, right_ones: Mapping[str, list]) -> Iterator[str]:
    """Tables that may grow: what stands on one row of the sheet is one line of the answer, and nothing else is."""
    lines: dict[tuple[str, int], set[str]] = {}
    for (rank, column), due in page.dues.items():
        if (
            due.cle not in ("", ANYWHERE)
            and _prefix(due.cle) in setting.extensible
            and cell(rank, column) in right_ones
        ):
            lines.setdefault((_prefix(due.cle), rank), set()).add(right_ones[cell(rank, column)][4])
    already_seen: Counter[tuple[str, str]] = Counter(
        (prefix, nom) for (prefix, _), names in lines.items() for nom in names
    )
    for (prefix, rank), names in lines.items():
        if len(names) != 1 or already_seen[prefix, next(iter(names))] > 1:
            yield cell(rank, 1)


def elsewhere(page: Page, workbook: CalamineWorkbook) -> list[str]:
    """Cells where the file does not hold what the notebook of gestures says: it is the test that would be wrong."""
    lines = workbook.get_sheet_by_name(page.nom).to_python(skip_empty_area=False)
    absent_ones = []
    for (rank, column), due in page.dues.items():
        value_read = lines[rank - 1][column - 1] if rank <= len(lines) and column <= len(lines[rank - 1]) else ""
        without_value = isinstance(due.raw, str) and due.raw[:1] in ("=", "#")  # neither formulas nor errors have one
        if value_read == "" and not (without_value or due.invisible):
            absent_ones.append(f"{page.nom}!{cell(rank, column)} : {due.raw!r}")
    return absent_ones
