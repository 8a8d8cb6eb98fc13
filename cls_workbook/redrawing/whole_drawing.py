"""The result sheets of a coordinator's workbook, drawn again: all the steps of a click, and what there is to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cls_workbook.french import date_fr
from cls_workbook.redrawing import last_drawing
from cls_workbook.redrawing.kept_notes import OrphanNote, written
from cls_workbook.redrawing.planned_sheets import PlannedSheet, prepare, refuse_protected
from cls_workbook.redrawing.sheet_steps import DrawnSheet, draw
from cls_workbook.redrawing.standing_sheet import StandingSheet
from cls_workbook.redrawing.steps import Step, on
from cls_workbook.workbook.description import CellRange, Workbook

NOTES = "Notes conservées"
_NOTE_HEADERS = ("Feuille", "Ligne", "Colonne", "Note", "Conservée le")
COUNTED_FROM_1904 = (
    "Ce classeur compte les jours depuis 1904, comme d’anciens Mac : ses dates seraient fausses de quatre ans, "
    "rien n’a été écrit. Décochez « Utiliser le calendrier depuis 1904 » (Options, Options avancées), "
    "puis recommencez."
)


@dataclass(frozen=True)
class WholeDrawing:
    """``orphans``: the notes whose row is gone, each with the sheet that it stood in."""

    contents: Mapping[str, StandingSheet]
    planned: Sequence[PlannedSheet]
    drawn: Sequence[DrawnSheet]
    orphans: Sequence[tuple[str, OrphanNote]]

    @classmethod
    def of(cls, contents: Mapping[str, StandingSheet], workbook: Workbook, home: str) -> WholeDrawing:
        """``workbook``: the sheets to draw; ``home``: the sheet that says what came of it. Refusal if one of those to
        be written in is protected, or is not ours."""
        planned = prepare(contents, workbook)
        drawn = [d for p in planned for d in draw(p, contents, last_drawing.read(contents))]
        orphans = [(p.nom, o) for p in planned if p.neighbours for o in p.neighbours.orphans]
        names = {d.nom for d in drawn} | {home, last_drawing.SHEET} | ({NOTES} if orphans else set())
        refuse_protected(contents.values(), names)
        return cls(contents, planned, drawn, orphans)

    def steps(self, day: date) -> list[Step]:
        """None where nothing changes. ``day``: when notes without a row were kept."""
        steps = [*(step for one in self.drawn for step in one.steps), *self._kept_notes(day)]
        if not steps:
            return []
        traces = last_drawing.read(self.contents) | {one.nom: one.trace for one in self.drawn}
        return [*last_drawing.forgotten(self.contents), *steps, *last_drawing.remembered(self.contents, traces)]

    def remarks(self) -> Iterator[str]:
        """Sentences, each with a space before it."""
        if notes := len(self.orphans):
            yield f" {notes} note{'s' * (notes > 1)} dont la ligne a disparu : voir la feuille « {NOTES} »."
        for one in self.drawn:
            if one.lost_filters:
                columns = ", ".join(f"« {titre} »" for titre in one.lost_filters)
                yield f" Feuille « {one.nom} » : filtre ôté (colonne {columns}), il ne montrerait plus rien."

    def _kept_notes(self, day: date) -> list[Step]:
        """Appends the notes whose row is gone to a sheet that only grows."""
        if not self.orphans:
            return []
        content = self.contents.get(NOTES)
        lines = [[nom, o.line, o.column, written(o.note), date_fr(day)] for nom, o in self.orphans]
        if content is None:
            lines.insert(0, list(_NOTE_HEADERS))
        first = len(content.lines) + 1 if content else 1
        zone = CellRange(first, 1, first + len(lines) - 1, len(_NOTE_HEADERS))
        return [
            *([] if content else [Step("add_sheet", NOTES)]),
            on(NOTES, "format", [zone], ("number_format", "@")),
            on(NOTES, "values", [zone], lines),
        ]
