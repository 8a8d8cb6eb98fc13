"""How reading tells what it found and cannot settle: where, what was found, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cls_workbook.anomalies import Anomalie, Check, Place
from cls_workbook.french import typography
from cls_workbook.reading.cells.shown import QUOTED_MAX

PER_SHEET_AND_CODE = 20  # beyond, one anomaly names all the other cells


def anomalie(
    gravite: str,
    check: type[Check],
    place: Place,
    cells: Iterable[str],
    champ: str,
    found: str,
    expected: str,
    remedy: str,
    **followups: bool,
) -> Anomalie:
    return check.anomalie(
        place, cells, champ=champ, found=found, expected=expected, remedy=remedy, gravite=gravite, **followups
    )


def limit_anomalies(anomalies: Sequence[Anomalie]) -> list[Anomalie]:
    """At most 20 of a kind on a sheet, then one that names all the other cells."""
    kept: list[Anomalie] = []
    followups: dict[tuple[str, str, str], list[Anomalie]] = {}
    counts: dict[tuple[str, str, str], int] = {}
    for a in anomalies:
        cle = a.sheet, a.code, a.gravite
        counts[cle] = counts.get(cle, 0) + 1
        if counts[cle] <= PER_SHEET_AND_CODE or not a.cells or a.refuses_sheet:
            kept.append(a)
        else:
            followups.setdefault(cle, []).append(a)
    for others in followups.values():
        a = others[0]
        cells = [c for other in others for c in other.cells]
        found = (
            f"{len(others)} autres cellules de cette feuille dans le même cas : "
            + ", ".join(x.found for x in others[:QUOTED_MAX])
            + "…"
        )
        kept.append(replace(a, cells=tuple(dict.fromkeys(cells)), found=typography(found)))
    return kept
