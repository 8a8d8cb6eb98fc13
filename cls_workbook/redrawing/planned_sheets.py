"""What will be drawn where, decided before anything is written: a table is found by its name, whatever its sheet is
called now or wherever it was moved; what stands beside it and below it is the coordinator's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from cls_workbook.errors import Refusal
from cls_workbook.french import fold
from cls_workbook.redrawing.kept_notes import Neighbours, RowKey, follow, written
from cls_workbook.redrawing.standing_sheet import StandingSheet
from cls_workbook.redrawing.value_forms import kept
from cls_workbook.workbook.description import ExcelTable, Sheet, Workbook

_DIGITS = re.compile(r"\d+")


@dataclass
class PlannedSheet:
    """One sheet to write.

    ``content`` None: the sheet is to be added. ``start``: row and column of its first cell (from 1).

    For a table, ``end``: last row of what it held before; ``right``: its last column; ``neighbours``: what stands
    beside.
    """

    sheet: Sheet
    content: StandingSheet | None = None
    start: tuple[int, int] = (1, 1)
    end: int = 0
    right: int = 0
    neighbours: Neighbours | None = None

    @property
    def nom(self) -> str:
        """As the sheet is called in the workbook."""
        return self.content.nom if self.content else self.sheet.nom

    @property
    def sheet_table(self) -> ExcelTable | None:
        return self.sheet.sheet_tables[0] if self.sheet.sheet_tables else None


def prepare(contents: Mapping[str, StandingSheet], workbook: Workbook) -> list[PlannedSheet]:
    """Refusal if a sheet of the coordinator's own bears the name of one of ours."""
    return [_plan_sheet(contents, sheet) for sheet in workbook.worksheets]


def refuse_protected(contents: Iterable[StandingSheet], names: Collection[str]) -> None:
    """Refusal if a sheet that is to be written in is protected: Excel would stop half-way."""
    locked = [c.nom for c in contents if c.nom in names and c.protected]
    if not locked:
        return
    sheets = ", ".join(f"« {nom} »" for nom in locked)
    plural = len(locked) > 1
    raise Refusal(
        f"{'Les feuilles' if plural else 'La feuille'} {sheets} {'sont protégées' if plural else 'est protégée'} : "
        "rien n’a été écrit. Ôtez la protection (onglet Révision, « Ôter la protection de la feuille »), "
        "puis recommencez."
    )


def _plan_sheet(contents: Mapping[str, StandingSheet], sheet: Sheet) -> PlannedSheet:
    sheet_table = sheet.sheet_tables[0] if sheet.sheet_tables else None
    if sheet_table and (bearing_sheet := next((c for c in contents.values() if sheet_table.nom in c.tables), None)):
        return _plan_at_table(bearing_sheet, sheet, sheet_table)
    namesake = next((c for nom, c in contents.items() if fold(nom) == fold(sheet.nom)), None)
    if namesake is None:
        return PlannedSheet(sheet)
    if namesake.lines and (sheet_table or not _is_ours(namesake, sheet)):
        raise Refusal(
            f"La feuille « {namesake.nom} » n’est pas celle de la consolidation : rien n’a été écrit. "
            "Donnez-lui un autre nom, puis recommencez."
        )
    return PlannedSheet(sheet, namesake)


def _plan_at_table(content: StandingSheet, sheet: Sheet, sheet_table: ExcelTable) -> PlannedSheet:
    top, left, bottom, right = content.tables[sheet_table.nom]
    width = max(content.width, right)
    before = [[content.valeur(i, j) for j in range(left, width + 1)] for i in range(top, bottom + 1)]
    neighbours = follow(before, sheet_table.columns, sheet_table.cle, _keys(sheet, sheet_table))
    return PlannedSheet(sheet, content, (top, left), bottom, right, neighbours)


def _keys(sheet: Sheet, sheet_table: ExcelTable) -> list[RowKey]:
    """The key of each row of the table to come; none for the blank row of an empty table."""
    ranks = [sheet_table.columns.index(c) + 1 for c in sheet_table.cle]
    texts = {(c.line, c.column): written(kept(c.valeur)) for c in sheet.cells if c.column in ranks}
    lines = range(sheet_table.cell_range.line + 1, sheet_table.cell_range.last_row + 1)
    return [tuple(texts[line, rank] for rank in ranks) for line in lines]


def _is_ours(content: StandingSheet, sheet: Sheet) -> bool:
    """Does the sheet begin as ours does, years, states and what surrounds the title apart?"""
    first = min((c for c in sheet.cells if c.valeur is not None), key=lambda c: (c.line, c.column))
    there, desired = (_pieces(v) for v in (content.valeur(first.line, first.column), first.valeur))
    return bool(there & desired)


def _pieces(texte: object) -> set[str]:
    return {m for piece in _DIGITS.sub("", str(texte)).split("·") if (m := fold(piece))}
