"""A sheet that the partner added: a document of its own, unless it goes on with one of our tables."""

from __future__ import annotations

from collections.abc import Sequence, Set

from cls_workbook.anomalies import A_CONFIRMER, INFORMATION, Anomalie, Place
from cls_workbook.french import fold
from cls_workbook.reading.cells.accepted_input import Understood
from cls_workbook.reading.cells.parse_values import is_blank, understand
from cls_workbook.reading.cells.shown import QUOTED_MAX, as_text
from cls_workbook.reading.locating.told import anomalie
from cls_workbook.reading.locating.workbook_model import WorkbookModel
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.reading.reading_checks import TypedElsewhere
from cls_workbook.workbook.description import address

CELLS_MAX = 200  # pointed at on one sheet


def added_sheet(location: Place, grid: Grid, modele: WorkbookModel) -> Anomalie | None:
    """None if it is blank."""
    filled = sum(not is_blank(v) for v in grid.values.values())
    if not filled:
        return None
    rows = [(i, line) for i, line in enumerate(grid.lines) if _is_funding_line(line, _natures(modele))]
    found = f"une feuille qui ne vient pas du modèle ({filled} cellules remplies)"
    if not rows:
        remedy = "rien, si cette feuille est un document de travail : elle n’est pas lue."
        return anomalie(
            INFORMATION, TypedElsewhere, location, (), "feuille ajoutée", found, "les feuilles du modèle", remedy
        )
    quoted = [" | ".join(as_text(v) for v in line if not is_blank(v)) for _, line in rows[:QUOTED_MAX]]
    return anomalie(
        A_CONFIRMER,
        TypedElsewhere,
        location,
        [address(i + 1, j + 1) for i, line in rows for j, v in enumerate(line) if not is_blank(v)][:CELLS_MAX],
        "feuille ajoutée",
        f"{found}, avec ce qui semble {len(rows)} ligne(s) de financement : " + ", ".join(f"« {q} »" for q in quoted),
        "les lignes de financement dans le tableau de la fiche (il peut être continué sous sa dernière ligne)",
        "reportez ces lignes dans le tableau de leur fiche si elles n’y sont pas déjà ; cette feuille n’est pas lue.",
    )


def _natures(modele: WorkbookModel) -> Set[str]:
    return {fold(c) for p in modele.places.values() if (p.bloc, p.champ) == ("financement", "nature") for c in p.choix}


def _is_funding_line(line: Sequence[object], natures: Set[str]) -> bool:
    """Does it name a nature of funding, and an amount?"""
    has_nature = any(isinstance(v, str) and len(v) <= 200 and fold(v) in natures for v in line)
    return has_nature and any(isinstance(understand(v, "montant"), Understood) for v in line)
