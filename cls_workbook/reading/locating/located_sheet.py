"""One returned sheet, its rows and columns found: what was taken from it so far, and which of its cells are accounted
for.

Rows and columns of the returned sheet count from 0.
"""

from __future__ import annotations

from functools import cached_property

from cls_workbook.anomalies import Anomalie, Place
from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.locating import cell_messages
from cls_workbook.reading.locating.column_finder import ColumnMap, LocatedRow
from cls_workbook.reading.locating.expected_row import ExpectedRow, fiche_of
from cls_workbook.reading.locating.retour import ReadInput, ReadSheet, TypedInput
from cls_workbook.reading.locating.still_printed import Reminders, are_same, is_identical
from cls_workbook.reading.locating.workbook_model import WorkbookModel
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.workbook.description import address


class LocatedSheet:
    """``output``: what it gives; ``located_rows``: its keyed rows, each with what it should be."""

    def __init__(
        self,
        grid: Grid,
        column: int,
        anchors: list[tuple[int, str]],
        modele: WorkbookModel,
        file: str,
        groupe: str,
        same_version: bool,
        printed_facts: Reminders | None,
    ):
        self.printed_facts = printed_facts
        self.grid, self.lines, self.modele, self.same_version = grid, grid.lines, modele, same_version
        self.output, self.fiches = ReadSheet(grid.nom, groupe), tuple[str, ...]()  # the fiches of the workbook
        self.location = Place(file, grid.nom, fiche_of(groupe))
        self.key_column, self.keys = column, anchors
        self.its_own = {c for _, c in anchors if c in modele.rows and c.partition("/")[0] == groupe}
        self.located_rows: list[LocatedRow] = [(i, modele.rows[c]) for i, c in self.keys if c in self.its_own]
        self.columns = ColumnMap(self.lines, self.key_column, self.located_rows)
        self.accounted: set[tuple[int, int]] = set()  # cells accounted for
        self.set_aside: set[int] = set()  # rows whose key and label do not agree: told as such, and as nothing else
        self.disagreements: dict[str, tuple[list[str], list[str]]] = {}  # prefix → (cells, what was found)
        self.additions: dict[tuple[str, str], int] = {}
        self.reworded: list[
            tuple[int, str, str]
        ] = []  # rows whose question another version printed otherwise: then, now
        self.without_heading: list[tuple[str, object]] = []  # typed in rows whose label went with its column
        self.changed_reminders: list[Anomalie] = []  # of another version too: the workbook itself says what it printed
        self.all_printed: dict[tuple[int, int], str] = {}  # texts of the campaign that are no longer there
        self.orphans: list[tuple[str, object]] = []  # typed under a header row that did not come back

    @cached_property
    def headings_gone(self) -> bool:
        """Was the column of the labels deleted? No row has its own any more."""
        with_label = [(i, row) for i, row in self.located_rows if row.label and row.places]
        return len(with_label) > 1 and not any(are_same(v, row.label) for i, row in with_label for v in self.lines[i])

    def at(self, i: int, j: int) -> object:
        line = self.lines[i]
        return line[j] if 0 <= j < len(line) else ""

    def foreign_columns(self, i: int, expected_row: ExpectedRow) -> list[int]:
        """Columns of a row of a table that hold neither what was printed there, nor a formula."""
        texts, ambiguous = self.modele.texts[self.output.groupe], self.modele.ambiguous[self.output.groupe]
        for column, done in expected_row.facts.items():
            if is_identical(self.at(i, j := self.columns.general(column)), done):
                self.accounted.add((i, j))
        return [
            k
            for k, v in enumerate(self.lines[i])
            if k != self.key_column
            and not is_blank(v)
            and (v not in texts or v in ambiguous)
            and (i, k) not in self.accounted
            and (i, k) not in self.grid.special_cells
        ]

    def take(self, inputs: list[ReadInput], line: str | None = None) -> None:
        """Takes the inputs of a row. ``line``: its name where the partner added it."""
        for place, i, j, raw in inputs:
            self.accounted.add((i, j))
            special = self.grid.special_cells.get((i, j))
            in_place = line is None and j + 1 == place.column and i + 1 == place.row
            if in_place and raw == "" and special is None:
                continue
            cell = address(i + 1, j + 1)
            cle = place.cle if line is None else f"{place.cle.rsplit('/', 2)[0]}/{line}/{place.champ}"
            if not in_place:
                self.output.moved_inputs[cle] = cell
            if special:
                self.output.refused_inputs += 1
                self.output.anomalies.append(cell_messages.formula(self.location, cell, place.libelle, special, raw))
            elif not is_blank(raw):
                if place.type == "date" and isinstance(raw, float):
                    raw += self.grid.first_day
                self.output.saisies.append(
                    TypedInput(cle, self.grid.nom, cell, raw, place.line if line is None else line)
                )

    def account_for(self, inputs: list[ReadInput]) -> None:
        self.accounted.update((read_input.line, read_input.column) for read_input in inputs)

    def added_row_name(self, prefix: str, after: str) -> str:
        rank = self.additions[prefix, after] = self.additions.get((prefix, after), 0) + 1
        return f"{after}+{rank}"
