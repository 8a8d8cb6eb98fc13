"""The figure that a return gives for a measure, however it gives it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Here, Row, here, typed_cells
from cls_workbook.reading.storing.wide_views import total_of


class MesureCount(NamedTuple):
    """The figure given for a measure: typed, or the total of its breakdown. ``row``: one of the return's."""

    valeur: int | Decimal
    cells: tuple[str, ...]
    row: Row


def counts(given: CheckInput, ids: Collection[str | None]) -> dict[Here, dict[str, MesureCount]]:
    """(fichier, fiche) → measure → its figure, for the measures asked about that have one."""
    figures: dict[Here, dict[str, MesureCount]] = {}
    for r in given.answers.rows("mesures"):
        if r["mesure"] in ids and r["valeur"] is not None:
            figures.setdefault(here(r), {})[r["mesure"]] = MesureCount(r["valeur"], tuple(typed_cells(r, "valeur")), r)
    for (file, fiche, id_), ranks in given.answers.ventilations.items():
        if id_ not in ids or given.words.mesure(id_).type != "ventilation":
            continue
        counted = [r for r in ranks if r["effectif"] is not None]
        if counted and not given.places.any_refused(file, fiche, "ventilations", id_):
            cells = tuple(c for r in counted for c in typed_cells(r, "effectif"))
            total = total_of(r["effectif"] for r in counted)
            figures.setdefault((file, fiche), {})[id_] = MesureCount(total, cells, counted[0])
    return figures


def pairs_of_counts(
    given: CheckInput, pairs: Iterable[tuple[str | None, str | None]]
) -> Iterator[tuple[str, str, MesureCount, MesureCount]]:
    """(first id, second id, first figure, second figure), wherever a return gives both."""
    known = [(one, two) for one, two in pairs if one and two]
    for by_mesure in counts(given, {id_ for pair in known for id_ in pair}).values():
        for one, two in known:
            if one in by_mesure and two in by_mesure:
                yield one, two, by_mesure[one], by_mesure[two]
