"""One returned sheet → what was typed in its inputs, each found by two anchors that must agree: key and printed text.

Judges no value. What stands in no input and is not ours is told, never dropped.
Rows and columns of the returned sheet count from 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cls_workbook.anomalies import Place
from cls_workbook.domain.carried_over import is_memory
from cls_workbook.forms.layout import InputPlace
from cls_workbook.french import fold
from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.cells.shown import quoted
from cls_workbook.reading.locating import cell_messages, row_messages, unplaced
from cls_workbook.reading.locating.column_finder import LocatedRow, restored_anchors
from cls_workbook.reading.locating.expected_row import INFORMATION_PREFIX, ExpectedRow, fiche_of
from cls_workbook.reading.locating.located_sheet import LocatedSheet
from cls_workbook.reading.locating.locked_cells import LockedCells, changed_formulas
from cls_workbook.reading.locating.retour import ReadInput, ReadSheet, TypedInput
from cls_workbook.reading.locating.still_printed import (
    MEMORY,
    FreeCell,
    Reminders,
    admitted,
    are_same,
    is_identical,
    printed,
)
from cls_workbook.reading.locating.workbook_model import WorkbookModel
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.workbook.description import address


def read_sheet(
    grid: Grid,
    column: int,
    anchors: list[tuple[int, str]],
    modele: WorkbookModel,
    file: str,
    groupe: str,
    same_version: bool,
    printed_facts: Reminders | None,
    fiches: tuple[str, ...] = (),
) -> ReadSheet:
    """Reads the sheet of one group (``accueil`` or a fiche), whose keys (row, key) stand in ``column``.

    ``same_version``: the workbook was made from this very contract, so that a missing row was deleted by someone.
    ``printed_facts``: what it says that the campaign printed in its locked cells (see ``domain.locked_facts``).
    ``fiches``: those of the workbook.
    """
    may_be_as_sent = same_version and column == 0 and not grid.first_day
    in_place = modele.sheet_templates[groupe].saisies(grid, printed_facts) if may_be_as_sent else None
    if in_place is not None:
        return sheet_in_place(grid, in_place, modele, file, groupe)
    all_expected = modele.expected(groupe, fiches)
    restored = []
    if same_version and len(anchors) < len(all_expected):
        restored = restored_anchors(grid.lines, column, anchors, all_expected, modele.texts[groupe])
    anchors = sorted([*anchors, *restored])
    reading = _SheetReading(grid, column, anchors, modele, file, groupe, same_version, printed_facts)
    if restored:
        erased = [address(i + 1, max(column, 0) + 1) for i, _ in restored]
        reading.output.anomalies.append(row_messages.erased_anchors(reading.location, erased, column < 0))
    reading.fiches = fiches
    reading.read()
    if same_version or reading.orphans:
        unplaced.report_absences(reading)
    if not same_version:
        unplaced.forgive(reading)
    reading.output.anomalies += reading.changed_reminders
    return reading.output


def sheet_in_place(grid: Grid, saisies: list[TypedInput], modele: WorkbookModel, file: str, groupe: str) -> ReadSheet:
    """A sheet that came back as it was sent: only its formulas may still have been changed."""
    sheet_template = modele.sheet_templates[groupe]
    # Most sheets write theirs as another one did: nothing to look at again.
    if grid.written_formulas is not None and grid.written_formulas == sheet_template.trusted_formulas:
        return ReadSheet(grid.nom, groupe, saisies)
    location = Place(file, grid.nom, fiche_of(groupe))
    anomalies = changed_formulas(location, grid, sheet_template.formula_texts, True)
    if not anomalies:
        sheet_template.trusted_formulas = grid.written_formulas
    return ReadSheet(grid.nom, groupe, saisies, anomalies)


class _SheetReading(LocatedSheet):
    """The reading of it, row after row."""

    def read(self) -> None:
        unplaced.report_unknown_rows(self)
        first_inputs: dict[str, tuple[int, list[ReadInput]]] = {}
        for i, expected_row in self.located_rows:
            inputs = self._places(i, expected_row) if expected_row.places else []
            if inputs is None:
                continue
            self._facts(i, expected_row)
            if not inputs:
                continue
            already = first_inputs.setdefault(expected_row.cle, (i, inputs))
            if already[0] == i:
                self.take(inputs)
            else:
                self._take_duplicate_row(i, expected_row, inputs, *already)
        self._take_added_rows()
        unplaced.report_lost_headers(self)
        unplaced.report_swapped_columns(self)
        unplaced.report_headerless_rows(self)
        self.output.anomalies += row_messages.disagreements(self.location, self.disagreements)
        if self.without_heading:
            self.output.anomalies.append(
                row_messages.deleted_headings(
                    self.location, [c for c, _ in self.without_heading], [v for _, v in self.without_heading]
                )
            )
        self._check_locked_cells()

    def _places(self, i: int, expected_row: ExpectedRow) -> list[ReadInput] | None:
        """The inputs of a row, with what is in them; None if its printed text does not agree with its key."""
        if expected_row.by_header:
            return self._places_in_table(i, expected_row)
        inputs = []
        for place in expected_row.places:
            libelle = self.columns.general(place.column - 1)
            if are_same(self.at(i, libelle), place.label):
                rank, j = i, self.columns.general(place.column)
            elif (elsewhere := self._elsewhere(i, expected_row, place)) is not None:
                rank, j = elsewhere
            elif self._is_reworded(i, libelle, place.label):
                rank, j = i, self.columns.general(place.column)
            else:
                self._report_disagreement(i, expected_row, libelle, place.label, [self.columns.general(place.column)])
                continue
            if (
                rank == i and j <= libelle and are_same(self.at(i, libelle), place.label)
            ):  # its column is gone: it was at the right of its label
                self._report_disagreement(i, expected_row, libelle + 1, f"la case de {place.label}", [])
                continue
            if (
                self.at(rank, j) in expected_row.texts.values()
            ):  # the input's own column is gone: its neighbour came in its place
                self._report_disagreement(rank, expected_row, j, f"la case de {place.label}", [])
                continue
            inputs.append(ReadInput(place, rank, j, self.at(rank, j)))
        return inputs or None

    def _is_reworded(self, i: int, j: int, label: str) -> bool:
        """Did another version of the template print this row's label otherwise? A label of this version tells
        another row."""
        value_read = self.at(i, j)
        if self.same_version or not isinstance(value_read, str) or is_blank(value_read) or j == self.key_column:
            return False
        if {value_read, fold(value_read)} & self.modele.texts[self.output.groupe]:
            return False
        self.accounted.add((i, j))
        self.reworded.append((i, value_read, label))
        return True

    def _elsewhere(self, i: int, expected_row: ExpectedRow, place: InputPlace) -> tuple[int, int] | None:
        """The cell at the right of the label, elsewhere in its row."""
        all_found = [(i, k + 1) for k, v in enumerate(self.lines[i]) if are_same(v, place.label)]
        return all_found[0] if len(all_found) == 1 else None

    def _places_in_table(self, i: int, expected_row: ExpectedRow) -> list[ReadInput] | None:
        where = self.columns.of_table(expected_row.prefix)
        sheet_table = self.columns.sheet_tables.get(expected_row.prefix)
        if sheet_table is None:
            return None  # said once for the table: see absences()
        if expected_row.label:
            j = where(expected_row.label_column)
            if j is None or not are_same(self.at(i, j), expected_row.label):
                elsewhere = [k for k, v in enumerate(self.lines[i]) if are_same(v, expected_row.label)]
                if not elsewhere and not (j is not None and self._is_reworded(i, j, expected_row.label)):
                    entries = [k for p in expected_row.places if (k := where(p.column)) is not None]
                    self._report_disagreement(
                        i, expected_row, self.columns.general(expected_row.label_column), expected_row.label, entries
                    )
                    return None
        if self.columns.is_exact:
            offset, line = self.key_column - 1, self.lines[i]
            return [ReadInput(p, i, p.column + offset, line[p.column + offset]) for p in expected_row.places]
        all_found = ((place, where(place.column)) for place in expected_row.places)
        return [ReadInput(place, i, j, self.at(i, j)) for place, j in all_found if j is not None]

    def _report_disagreement(
        self, i: int, expected_row: ExpectedRow, j: int, expected: str, entries: Iterable[int]
    ) -> None:
        """Key and label do not agree: what is typed in the row is named, and not taken."""
        without_heading = self.headings_gone  # said once; its neighbours came in its place
        cells, hits = ([], []) if without_heading else self.disagreements.setdefault(expected_row.prefix, ([], []))
        # In a sorted table, the values of a longer row may stand where this one has no input.
        typed_values = (
            [k for k in self.foreign_columns(i, expected_row) if k != j or without_heading]
            if expected_row.by_header or without_heading
            else [k for k in entries if not is_blank(self.at(i, k))]
        )
        self.without_heading += (
            [(address(i + 1, k + 1), self.at(i, k)) for k in typed_values] if without_heading else []
        )
        cells += [address(i + 1, k + 1) for k in dict.fromkeys([j, *typed_values])]
        hits.append(
            f"« {self.at(i, j)} » au lieu de « {expected} »"
            + (f" (saisi : {quoted(self.at(i, k) for k in typed_values)})" if typed_values else "")
        )
        self.output.refused_inputs += len(typed_values)
        self.accounted.update((i, k) for k in (j, *typed_values))
        self.set_aside.add(i)

    def _take_duplicate_row(
        self, i: int, expected_row: ExpectedRow, inputs: list[ReadInput], other: int, first_inputs: list[ReadInput]
    ) -> None:
        """A second row with the same key: a copied row."""
        typed_values = [read_input for read_input in inputs if not is_blank(read_input.raw)]
        if not typed_values:
            self.account_for(inputs)
        elif [(x.place.cle, x.raw) for x in typed_values] == [
            (x.place.cle, x.raw) for x in first_inputs if not is_blank(x.raw)
        ]:
            self.account_for(inputs)
            if expected_row.prefix in self.modele.extensible:
                self.output.anomalies.append(
                    row_messages.copied_row(
                        self.location, [address(i + 1, x.column + 1) for x in typed_values], other + 1
                    )
                )
        elif expected_row.prefix in self.modele.extensible:
            self.take(inputs, self.added_row_name(expected_row.prefix, expected_row.places[0].line))
        elif all(is_blank(x.raw) for x in first_inputs):
            self.take(inputs)
        else:
            cells = [address(x.line + 1, x.column + 1) for x in (*first_inputs, *typed_values) if not is_blank(x.raw)]
            self.account_for(inputs)
            self.output.saisies = [s for s in self.output.saisies if s.cell not in cells]
            self.output.refused_inputs += len(cells)
            self.output.anomalies.append(
                row_messages.duplicate_row(
                    self.location, cells, expected_row.label or expected_row.places[0].libelle, other + 1, i + 1
                )
            )

    def _facts(self, i: int, expected_row: ExpectedRow) -> None:
        """Printed texts are accounted for; locked facts must be what they were."""
        where = self.columns.of_table(expected_row.prefix) if expected_row.by_header else self.columns.general
        for column, free in expected_row.free_cells.items():
            deleted = self.headings_gone and column == expected_row.label_column
            if (j := where(column)) is not None and j != self.key_column and not deleted:
                self._check_free_cell(i, j, expected_row, free)
        for column, done in expected_row.facts.items():
            j = where(column)
            if j is None or j == self.key_column:
                continue
            self.accounted.add((i, j))
            value_read = self.at(i, j)
            if (
                not self.same_version
                and expected_row.places
                and isinstance(done, str)
                and not are_same(value_read, done)
            ):
                self.reworded.append((i, str(value_read), done))  # a unit, or who is counted
            elif not is_identical(value_read, done):
                self.output.anomalies.append(
                    cell_messages.changed_fact(self.location, address(i + 1, j + 1), expected_row, value_read, done)
                )

    def _check_free_cell(self, i: int, j: int, expected_row: ExpectedRow, free: FreeCell) -> None:
        """What was printed there must still be; what was typed where nothing was is told with all that stands out of
        its place."""
        value_read, done = self.at(i, j), printed(free, self.printed_facts)
        if free.nature == MEMORY:
            self.accounted.update(
                (i, k) for k, v in enumerate(self.lines[i]) if is_memory(v)
            )  # wherever a column took it
        elif admitted(value_read, free, self.printed_facts):
            self.accounted.add((i, j))
        elif expected_row.cle.startswith(INFORMATION_PREFIX):
            self.all_printed[i, j] = str(done)
        elif done != "":
            self.accounted.add((i, j))
            statements = self.output.anomalies if self.printed_facts is None else self.changed_reminders
            statements.append(
                cell_messages.changed_reminder(
                    self.location, address(i + 1, j + 1), expected_row, free, value_read, done
                )
            )

    def _check_locked_cells(self) -> None:
        locked_cells = LockedCells(
            self.location,
            self.grid,
            self.modele,
            self.output.groupe,
            self.columns,
            self.key_column,
            self.located_rows,
            self.accounted,
            self.set_aside,
            self.all_printed,
        )
        self.output.anomalies += [*locked_cells.calculations(), *locked_cells.outside_inputs()]
        if moved := self._moved_printed_texts():
            self.output.saisies = [s for s in self.output.saisies if s not in moved]
            self.output.anomalies += cell_messages.outside_inputs(self.location, [(s.cell, s.raw) for s in moved])

    def _moved_printed_texts(self) -> list[TypedInput]:
        """Inputs that hold a text which is no longer where it was printed: cut and pasted there, it answers nothing."""
        groupe = self.output.groupe
        printed_texts: Counter[object] = Counter(self.modele.sheet_templates[groupe].all_printed.values())
        ambiguous = self.modele.ambiguous[groupe]
        suspects = [s for s in self.output.saisies if s.raw in printed_texts and s.raw not in ambiguous]
        present = Counter(v for line in self.lines for v in line) if suspects else Counter[object]()
        return [s for s in suspects if present[s.raw] <= printed_texts[s.raw]]

    def _take_added_rows(self) -> None:
        """Rows without key inside a table that may grow, or just under it."""
        anchors = {i for i, _ in self.keys}
        by_table: dict[str, list[LocatedRow]] = {}
        for i, expected_row in self.located_rows:
            by_table.setdefault(expected_row.prefix, []).append((i, expected_row))
        for prefix, modele in self.modele.extensible.items():
            sheet_table = self.columns.sheet_tables.get(prefix)
            its_own = by_table.get(prefix, [])
            if sheet_table is None or not its_own:
                continue
            where = self.columns.of_table(prefix)
            places = [(p, j) for p in modele.places if (j := where(p.column)) is not None]
            last, previous_name = max(i for i, _ in its_own), "00"
            names = {i: a.places[0].line for i, a in its_own if a.places}
            ends = {
                i for i, a in its_own if a.role == "fin"
            }  # the thin last row, that the totals include: one may type in it
            for i in range(sheet_table.header + 1, last + 1):
                previous_name = names.get(i, previous_name)
                if i not in anchors or i in ends:
                    self._take_if_added(i, prefix, previous_name, places, minimum=1 if i < last else 2)
            self._take_below_table(last + 1, anchors, prefix, max(names.values(), default="00"), places)

    def _take_below_table(
        self, i: int, anchors: set[int], prefix: str, previous_name: str, places: list[tuple[InputPlace, int]]
    ) -> None:
        """What was typed on under the last row: a line if it fills several of the table's columns, not a mere note."""
        while (
            i < len(self.lines)
            and i not in anchors
            and self._take_if_added(i, prefix, previous_name, places, minimum=2)
        ):
            i += 1

    def _take_if_added(
        self, i: int, prefix: str, previous_name: str, places: list[tuple[InputPlace, int]], minimum: int
    ) -> bool:
        inputs = [ReadInput(p, i, j, self.at(i, j)) for p, j in places]
        typed_values = [x for x in inputs if not is_blank(x.raw) or (i, x.column) in self.grid.special_cells]
        known = self.modele.texts[self.output.groupe]
        if len(typed_values) < minimum or any(
            x.raw in known and x.raw not in x.place.choix
            for x in typed_values
            if isinstance(x.raw, str) and x.place.type in ("texte", "liste")
        ):
            return False
        self.take(inputs, self.added_row_name(prefix, previous_name))
        return True
