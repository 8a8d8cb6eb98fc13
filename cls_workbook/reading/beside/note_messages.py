"""What reading says of notes and text boxes: they may carry the answer, and are not read."""

from __future__ import annotations

from collections.abc import Iterator, Set

from cls_workbook.anomalies import A_CONFIRMER, INFORMATION, Anomalie, Place
from cls_workbook.reading.beside.annotation_lists import lines_added
from cls_workbook.reading.cells.shown import as_text
from cls_workbook.reading.locating.told import anomalie
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.reading.reading_checks import CellNote

OURS = "— Contrôle du classeur —"  # begins what an annotated copy says in a comment


def partners_part(text: str, ours: Set[str]) -> str:
    """What a partner wrote in a note that may be ours: before our mark, and the lines added below it. ``ours``: digests
    of the lines that we wrote in the file; none in a copy of before they were kept."""
    before, _, below = text.partition(OURS)
    return "\n".join(filter(None, (before.strip(), *(lines_added(below, ours) if ours else ()))))


def notes_told(location: Place, grid: Grid, inputs: Set[str], ours: Set[str]) -> Iterator[Anomalie]:
    """``inputs``: the cells of the sheet that are to be filled in; ``ours``: as ``partners_part`` wants it."""
    for cell, text in grid.notes:
        own = partners_part(text, ours)
        if not own:
            continue
        is_answer = cell in inputs
        yield anomalie(
            A_CONFIRMER if is_answer else INFORMATION,
            CellNote,
            location,
            (cell,),
            "note ou zone de texte",
            f"« {as_text(own)} »",
            "les réponses dans les cases, les précisions dans les cases de commentaire",
            "si cette note change la réponse, corrigez la case elle-même ; la note n’est pas reprise."
            if is_answer
            else "rien, si ce n’est pas une réponse : la note n’est pas reprise.",
        )
