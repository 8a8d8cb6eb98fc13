"""Where the columns and rows of each sheet stand, and the formulas that cite them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cls_workbook.definition.asked.all_sections import REFERENCES
from cls_workbook.definition.asked.sections import FOLDED, Section
from cls_workbook.definition.authoring.filled_rows import Line
from cls_workbook.workbook.description import CellRange, Formula, address, reference

FIRST_COLUMN = 2  # column A holds hidden keys
KEYS, BANDS, EXAMPLES, HEADERS = 3, 4, 5, 6  # rows
FIRST_ROW = 7
REACH = 500  # rows that lists, colours and counts look at: far below the prepared ones, where a table grows
FORM_ROW, FORM_COLUMN = 4, 3  # of the form: its first question, its answers
ANCHOR, BASE = "indicateurs.repere", "indicateurs.base"  # computed columns: the ids that an import will give


@dataclass(frozen=True)
class DrawnGrid:
    """One sheet that is being drawn. ``lines``: what it holds; ``place``: blank rows below; ``masked``: out of sight
    until somebody needs it."""

    section: Section
    lines: list[Line]
    place: int
    masked: bool = False

    @cached_property
    def columns(self) -> dict[str, int]:
        """Key of a column → where it stands."""
        keys = [c.cle for c in self.section.boxes] + ([ANCHOR, BASE] if self.section.nom == "indicateurs" else [])
        return {cle: rank for rank, cle in enumerate(keys, FIRST_COLUMN)}

    @property
    def last(self) -> int:
        """The last row."""
        return FIRST_ROW + len(self.lines) + self.place - 1

    @property
    def end(self) -> int:
        """The last column."""
        return FIRST_COLUMN + len(self.columns) - 1

    def rows(self) -> Iterator[tuple[int, Line]]:
        """Each row and what it holds, the blank ones too."""
        blanks: list[Line] = [{}] * self.place
        return enumerate(self.lines + blanks, FIRST_ROW)

    def values(self, cle: str) -> list[object]:
        """What is written in a column, blanks left out."""
        return [line[cle] for line in self.lines if line.get(cle) is not None]

    def cell_range(self, cle: str) -> CellRange:
        """The cells of a column, from the first row of answers to the last that may ever be typed."""
        return CellRange(FIRST_ROW, self.columns[cle], max(self.last, FIRST_ROW + REACH - 1), self.columns[cle])

    def folded(self) -> tuple[int, ...]:
        """The columns of the optional bands in which nothing is written."""
        boxes = self.section.boxes
        written = {box.column.band for box in boxes if self.values(box.cle)}
        return tuple(self.columns[b.cle] for b in boxes if b.column.band in FOLDED and b.column.band not in written)

    def zone(self, cle: str) -> str:
        """« Fiches!$B$7:$B$60 », as formulas of any sheet cite a column."""
        return reference(self.section.sheet, self.cell_range(cle))

    def here(self, cle: str) -> str:
        """« $B7 »: the cell of the first row, as a conditional format of the whole column cites it."""
        return f"${address(FIRST_ROW, self.columns[cle])}"


class SectionPlan(dict[str, DrawnGrid]):
    """Name of a section → its sheet."""

    def source(self, cross_reference: str) -> str:
        """The zone that a reference is looked for in."""
        nom, champ, _ = REFERENCES[cross_reference]
        return self[nom].zone(ANCHOR if champ == "repere" else f"{nom}.{champ}")

    def known(self, cross_reference: str) -> set[object]:
        """What stands in that zone when the file leaves."""
        nom, champ, _ = REFERENCES[cross_reference]
        return set(self[nom].values("mesures.id" if champ == "repere" else f"{nom}.{champ}"))

    def names(self) -> dict[str, Formula]:
        """The defined names that drop-downs and colours cite: each zone, down to its last filled cell."""
        here = [kind for kind, referred in REFERENCES.items() if referred.section in self]
        return {name_of(kind): self._filled_zone(kind) for kind in here}

    def _filled_zone(self, cross_reference: str) -> Formula:
        zone = self.source(cross_reference)
        first = zone.partition(":")[0]
        before = FIRST_ROW - 1
        return Formula(f'{first}:INDEX({zone},MAX(1,SUMPRODUCT(MAX(({zone}<>"")*(ROW({zone})-{before})))))')


def name_of(cross_reference: str) -> str:
    """The defined name of what a reference may name. A validation may hold neither a computed range nor, like a
    conditional format, what Excel of before 2010 did not know: another sheet."""
    return f"liste_{cross_reference}"
