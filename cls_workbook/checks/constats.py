"""How a rule says what it found: one shape for every anomaly, French typography applied once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.catalogue import PAR_CODE
from cls_workbook.francais import typographie

CONFIRMER = "corrigez, ou confirmez à la coordination."
RENVOYER = "puis renvoyez le classeur."  # what follows « corrigez » when a value is refused


def constat(
    code: str,
    ligne: Mapping,
    cellules: Iterable[str],
    *,
    champ: str,
    trouve: str,
    attendu: str,
    a_faire: str,
    gravite: str | None = None,
    refuse_fichier: bool = False,
    refuse_feuille: bool = False,
) -> Anomalie:
    """An anomaly about a row that has fichier, feuille, fiche, structure. ``gravite``: where the catalogue leaves a choice.

    KeyError for a code that the catalogue lacks, ValueError for a gravity that it does not announce.
    """
    annoncees = PAR_CODE[code].gravites
    if gravite is None and len(annoncees) == 1:
        gravite = annoncees[0]
    if gravite not in annoncees:
        raise ValueError(f"{code} : gravité {gravite} non annoncée par le catalogue")
    return Anomalie(
        gravite, code, ligne.get("fichier", ""), ligne.get("feuille", ""), tuple(dict.fromkeys(cellules)),
        ligne.get("fiche", ""), ligne.get("structure", ""), champ, typographie(trouve), typographie(attendu),
        typographie(a_faire), refuse_fichier, refuse_feuille,
    )  # fmt: skip
