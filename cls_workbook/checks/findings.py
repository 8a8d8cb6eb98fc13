"""How a rule says what it found: one shape for every anomaly, French typography applied once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.catalogue import BY_CODE
from cls_workbook.french import typography

CONFIRM = "corrigez, ou confirmez à la coordination."
SEND_BACK = "puis renvoyez le classeur."  # what follows « corrigez » when a value is refused


def constat(
    code: str,
    line: Mapping,
    cells: Iterable[str],
    *,
    champ: str,
    found: str,
    expected: str,
    remedy: str,
    gravite: str | None = None,
    refuses_file: bool = False,
    refuses_sheet: bool = False,
) -> Anomalie:
    """An anomaly about a row that has fichier, feuille, fiche, structure. ``gravite``: where the catalogue leaves a choice.

    KeyError for a code that the catalogue lacks, ValueError for a gravity that it does not announce.
    """
    announced = BY_CODE[code].gravities
    if gravite is None and len(announced) == 1:
        gravite = announced[0]
    if gravite not in announced:
        raise ValueError(f"{code} : gravité {gravite} non annoncée par le catalogue")
    return Anomalie(
        gravite,
        code,
        line.get("fichier", ""),
        line.get("feuille", ""),
        tuple(dict.fromkeys(cells)),
        line.get("fiche", ""),
        line.get("structure", ""),
        champ,
        typography(found),
        typography(expected),
        typography(remedy),
        refuses_file,
        refuses_sheet,
    )
