"""Where the columns and rows of each sheet stand, and the formulas that cite them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from cls_workbook.definition.asked.all_sections import REFERENCES
from cls_workbook.definition.asked.sections import ColumnBox, Section
from cls_workbook.definition.authoring.filled_rows import Line
from cls_workbook.workbook.description import CellRange, address, reference

FIRST_COLUMN = 2  # column A holds hidden keys
KEYS, BANDS, EXAMPLES, HEADERS = 3, 4, 5, 6  # rows
FIRST_ROW = 7
FORM_ROW, FORM_COLUMN = 4, 3  # of the form: its first question, its answers
ANCHOR, BASE = "indicateurs.repere", "indicateurs.base"  # computed columns: the ids that an import will give


@dataclass
class DrawnGrid:
    """One sheet that is being drawn. ``lines``: what it holds; ``place``: blank rows below; ``last``: the last of
    them.
    """

    section: Section
    lines: list[Line]
    place: int
    columns: dict[str, int] = field(init=False)
    last: int = field(init=False)

    def __post_init__(self) -> None:
        keys = [c.cle for c in self.section.boxes] + ([ANCHOR, BASE] if self.section.nom == "indicateurs" else [])
        self.columns = {cle: FIRST_COLUMN + i for i, cle in enumerate(keys)}
        self.last = FIRST_ROW + len(self.lines) + self.place - 1

    @property
    def end(self) -> int:
        """The last column."""
        return max(self.columns.values())

    def cell_range(self, cle: str) -> CellRange:
        """The cells of a column, from the first row of answers to the last."""
        return CellRange(FIRST_ROW, self.columns[cle], self.last, self.columns[cle])

    def zone(self, cle: str) -> str:
        """« Fiches!$B$7:$B$60 », as formulas of any sheet cite a column."""
        return reference(self.section.sheet, self.cell_range(cle))

    def here(self, cle: str) -> str:
        """« $B7 »: the cell of the first row, as a conditional format of the whole column cites it."""
        return f"${address(FIRST_ROW, self.columns[cle])}"


class SectionPlan(dict[str, DrawnGrid]):
    """Name of a rubrique → its sheet."""

    def source(self, cross_reference: str) -> str:
        """The zone that a reference is looked for in."""
        nom, champ = REFERENCES[cross_reference]
        return self[nom].zone(ANCHOR if champ == "repere" else self[nom].section.box(champ).cle)

    def listing(self, cross_reference: str) -> str:
        """The formula of a drop-down: the same zone, down to its last filled cell."""
        zone = self.source(cross_reference)
        first = zone.partition(":")[0]
        before = FIRST_ROW - 1
        return f'={first}:INDEX({zone},MAX(1,SUMPRODUCT(MAX(({zone}<>"")*(ROW({zone})-{before})))))'


def saisies(box: ColumnBox, lines: list[Line]) -> list[str]:
    """What is written in a column, blanks left out."""
    return [str(line[box.cle]) for line in lines if line.get(box.cle) is not None]
