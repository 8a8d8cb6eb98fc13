"""What the cells of one sheet hold, as they are found: rows, formulas, errors."""

from __future__ import annotations

from cls_workbook.errors import Refusal
from cls_workbook.reading.opening.special_cells import SpecialCell
from cls_workbook.reading.opening.xml_walk import Budget
from cls_workbook.workbook.description import address

Row = list[object]
_SAVE_AS_XLSX = (
    "Ouvrez le classeur dans Excel ou LibreOffice, vérifiez cette feuille, enregistrez-le à nouveau au format .xlsx, "
    "puis renvoyez-le."
)


def seen_differently(nom: str, what: str) -> Refusal:
    """Of a sheet that two programs do not read alike."""
    return Refusal(
        f"La feuille « {nom} » ne se lit pas de la même façon dans tous les tableurs : {what}.", (_SAVE_AS_XLSX,)
    )


class FoundCells:
    """``rows``: row, from 0 → what it holds up to its last value, blanks as ""; ``special_cells``: by (row, column)."""

    def __init__(self, nom: str, budget: Budget):
        self._nom, self._budget = nom, budget
        self.rows: dict[int, Row] = {}
        self.special_cells: dict[tuple[int, int], SpecialCell] = {}

    def put(self, line: int, column: int, value: object, special: SpecialCell | None) -> None:
        """``value``: "" for a blank. Refusal if the cell is there already, or if there are too many."""
        self._budget.take_written(1)
        row = self.rows.get(line)
        if row is None:
            row = self.rows[line] = []
        missing = column - len(row)
        if (missing < 0 and row[column] != "") or (line, column) in self.special_cells:
            raise seen_differently(self._nom, f"la cellule {address(line + 1, column + 1)} y est deux fois")
        if special is not None:
            self._budget.take_formula()
            self.special_cells[line, column] = special
        if missing < 0:
            row[column] = value
        elif value != "":
            self._budget.take_cells(missing)
            row.extend([""] * missing)
            row.append(value)

    def all_special(self) -> dict[tuple[int, int], SpecialCell]:
        """``special_cells``, to whoever asks."""
        return self.special_cells

    def lines(self) -> list[Row]:
        """The rows from A1 to the last value. Refusal if it stands too far."""
        height = 1 + max((i for i, row in self.rows.items() if row), default=-1)
        width = max(map(len, self.rows.values()), default=0)
        specials = self.special_cells
        beyond = [(1 + max(i for i, _ in specials), 1 + max(j for _, j in specials))] if specials else []
        self._budget.take_rectangle(self._nom, *(max(sizes) for sizes in zip((height, width), *beyond, strict=True)))
        for row in self.rows.values():
            row.extend([""] * (width - len(row)))
        return [self.rows.get(i) or [""] * width for i in range(height)]
