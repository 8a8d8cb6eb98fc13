"""What was locked and came back otherwise: formulas, printed texts; and whatever stands where nothing should.

Rows and columns of the returned sheet count from 0.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cls_workbook.anomalies import Anomalie, Place
from cls_workbook.forms.layout import FILLED, MARK, TO_CORRECT, TO_FILL
from cls_workbook.french import fold
from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.locating import cell_messages, formula_comparison
from cls_workbook.reading.locating.column_finder import ColumnMap, LocatedRow
from cls_workbook.reading.locating.expected_row import INFORMATION_PREFIX, ExpectedRow
from cls_workbook.reading.locating.still_printed import are_same
from cls_workbook.reading.locating.workbook_model import WorkbookModel
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.workbook.description import address

PrintedAt = Callable[[int, int], str]


def changed_formulas(
    location: Place, grid: Grid, all_expected: Mapping[tuple[int, int], str], in_place: bool
) -> list[Anomalie]:
    """One anomaly for all the formulas of a sheet that are not those ``all_expected``."""
    all_found = list(formula_comparison.changed(grid.special_cells, all_expected, in_place))
    return [cell_messages.changed_formulas(location, all_found)] if all_found else []


@dataclass
class LockedCells:
    """A sheet whose inputs were found. ``accounted``: cells accounted for, to which this adds; ``set_aside``: rows
    that are told whole."""

    location: Place
    grid: Grid
    modele: WorkbookModel
    groupe: str
    columns: ColumnMap
    key_column: int
    located_rows: list[LocatedRow]
    accounted: set[tuple[int, int]]
    set_aside: set[int]
    campagne: Mapping[tuple[int, int], str]  # what the campaign printed, where it is no longer

    def _at(self, i: int, j: int) -> object:
        line = self.grid.lines[i]
        return line[j] if 0 <= j < len(line) else ""

    def calculations(self) -> list[Anomalie]:
        """Formulas that compute something else; computed cells that now hold a typed value."""
        formulas: dict[tuple[int, int], str] = {}
        overwritten: list[tuple[int, int, int, ExpectedRow]] = []
        for i, expected_row in self.located_rows:
            where = self.columns.of_table(expected_row.prefix) if expected_row.by_header else self.columns.general
            for column in expected_row.calculations:
                j = where(column)
                if j is None or j == self.key_column:
                    continue
                if (i, j) in self.grid.special_cells:
                    formulas[i, j] = self._formula(expected_row, column)
                elif self._at(i, j) != "" and (i, j) not in self.accounted:
                    self.accounted.add((i, j))
                    overwritten.append((i, j, column, expected_row))
        return self._changed_formulas(formulas) + self._overwritten_formulas(overwritten, len(formulas))

    def _formula(self, expected_row: ExpectedRow, column: int) -> str:
        return self.modele.sheet_templates[self.groupe].formula_texts.get((expected_row.numero - 1, column - 1), "")

    def _changed_formulas(self, formulas: Mapping[tuple[int, int], str]) -> list[Anomalie]:
        if not self.columns.is_exact:  # a formula may be its neighbour's
            return []
        in_place = self.key_column == 0 and all(i + 1 == a.numero for i, a in self.located_rows)
        all_expected = {(i, j): texte for (i, j), texte in formulas.items() if texte and i not in self.set_aside}
        return changed_formulas(self.location, self.grid, all_expected, in_place)

    def _overwritten_formulas(
        self, overwritten: list[tuple[int, int, int, ExpectedRow]], formula_count: int
    ) -> list[Anomalie]:
        """A file saved « values only » has lost all its formulas: said once."""
        if len(overwritten) > max(3, formula_count):
            return [cell_messages.lost_formulas(self.location, [address(i + 1, j + 1) for i, j, _, _ in overwritten])]
        return [
            cell_messages.overwritten_formula(
                self.location,
                address(i + 1, j + 1),
                expected_row,
                column,
                self._at(i, j),
                formula_comparison.in_words(self._formula(expected_row, column)),
            )
            for i, j, column, expected_row in overwritten
            if expected_row.suivi != column or self._at(i, j) not in (FILLED, TO_FILL, TO_CORRECT)
        ]

    def outside_inputs(self) -> list[Anomalie]:
        """Whatever is neither an input, nor printed, nor computed; printed texts that were retouched or erased."""
        texts, ambiguous = self.modele.texts[self.groupe], self.modele.ambiguous[self.groupe]
        all_found: list[tuple[str, object, str]] = []
        special_cells, accounted, held = self.grid.special_cells, self.accounted, {i for i, _ in self.located_rows}
        from_model = printed_at(
            self.modele.sheet_templates[self.groupe].all_printed, self.located_rows, self.key_column
        )

        def printed(i: int, j: int) -> str:
            return self.campagne.get((i, j)) or from_model(i, j)

        for i, line in enumerate(self.grid.lines):
            for j, valeur in enumerate(line):
                if valeur == "" or (i, j) in accounted or (i, j) in special_cells:
                    continue
                if valeur in ambiguous and (
                    i not in held or printed(i, j) != valeur
                ):  # printed, but not there: it may have been chosen
                    all_found.append((address(i + 1, j + 1), valeur, ""))
                    continue
                if valeur in texts or (
                    isinstance(valeur, str) and (valeur[:1] == MARK or is_blank(valeur) or fold(valeur) in texts)
                ):
                    continue
                if isinstance(valeur, float) and are_same(valeur, printed(i, j)):  # its digits, saved as a number
                    continue
                all_found.append((address(i + 1, j + 1), valeur, printed(i, j)))
        retouched = [t for t in all_found if cell_messages.is_retouch(*t[1:])]
        whole_rows = [(i, a) for i, a in self.located_rows if i not in self.set_aside]
        blanks = (
            erased_texts(whole_rows, self._is_blank_at, self.columns.general, printed) if self.columns.is_exact else []
        )
        statements = (
            [cell_messages.retouched_texts(self.location, [*retouched, *blanks])] if retouched or blanks else []
        )
        return statements + cell_messages.outside_inputs(self.location, [t for t in all_found if t not in retouched])

    def _is_blank_at(self, i: int, j: int) -> bool:
        return self._at(i, j) == "" and (i, j) not in self.accounted and (i, j) not in self.grid.special_cells


# --- what was printed where -----------------------------------------------------------------------------------------


def printed_at(
    all_printed: Mapping[tuple[int, int], str], located_rows: Sequence[LocatedRow], key_column: int
) -> PrintedAt:
    """A function: the text that was printed at a place of the returned sheet ("" if none, or not known).

    A row is known by its key, the others by the last keyed row above them.
    """
    anchors, ranks = [i for i, _ in located_rows], [a.numero - 1 for _, a in located_rows]

    def printed(i: int, j: int) -> str:
        rank = bisect_right(anchors, i) - 1
        if rank < 0 and anchors and anchors[0] != ranks[0]:
            return ""
        line = i if rank < 0 else ranks[rank] + i - anchors[rank]
        return all_printed.get((line, j - key_column), "")

    return printed


def erased_texts(
    located_rows: Sequence[LocatedRow],
    is_blank_at: Callable[[int, int], bool],
    column: Callable[[int], int],
    printed: PrintedAt,
) -> list[tuple[str, str, str]]:
    """(cell, "", text) of the keyed rows whose printed text is blank now; labels and headers are told with what they
    anchor.

    ``is_blank_at``: is a cell blank, and not accounted for? ``column``: a planned column → where it is.
    """
    hits = []
    for i, expected_row in located_rows:
        if expected_row.role == "entete" or expected_row.cle.startswith(INFORMATION_PREFIX):
            continue
        anchored_columns = {
            expected_row.label_column,
            *(p.column - 1 for p in expected_row.places if not expected_row.by_header),
        }
        for planned_column in expected_row.texts.keys() - anchored_columns - expected_row.facts.keys():
            j = column(planned_column)
            if is_blank_at(i, j) and (before := printed(i, j)):
                hits.append((i, j, before))
    return [(address(i + 1, j + 1), "", before) for i, j, before in sorted(hits)]
