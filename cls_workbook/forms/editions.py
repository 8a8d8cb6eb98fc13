"""Workbooks as bytes: the year's, and one for each structure, which costs almost nothing once the first is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cls_workbook import garbage
from cls_workbook.domain.model import Contrat
from cls_workbook.fast_paths import offprint
from cls_workbook.forms.year_workbook import Respondent, WorkbookContext, file_name, file_names, plans


def produce(
    contrat: Contrat, annee: int, repondants: Sequence[Respondent | None], campagne: WorkbookContext
) -> Iterator[tuple[str, bytes]]:
    """(file name, bytes) of the workbook of each, in order; None: the year's, with every fiche."""
    with garbage.suspended():
        # in a frame of its own: what was drawn is forgotten before the collector could look through it
        yield from _produce(contrat, annee, repondants, campagne)


def _produce(
    contrat: Contrat, annee: int, repondants: Sequence[Respondent | None], campagne: WorkbookContext
) -> Iterator[tuple[str, bytes]]:
    workbooks = [plan.workbook for plan in plans(contrat, annee, repondants, campagne)]
    names = file_names(r.id for r in repondants if r)
    for respondent, content in zip(repondants, offprint.produce(workbooks), strict=True):
        whose = f"-{names[respondent.id]}" if respondent else ""
        yield f"{file_name(contrat.id)}-{annee}{whose}.xlsx", content
