"""The cells that a coordinator types to describe a contract, counted: a table for the docs.

    python -m tests.support.typed_cells [DEFINITION…]

prints it for the five contracts of the tests, or for other definitions. What the import deduces (identifiers, ranks,
the only way of bringing together) is not typed, and not counted.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from cls_workbook.definition import load
from cls_workbook.definition.asked.all_sections import SECTION_BY_NAME, SECTIONS
from cls_workbook.definition.asked.sections import FOLDED, ColumnBox, Section
from cls_workbook.definition.authoring import coded_choices, filled_rows
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.verification.fiche_faults import ALLOWED_AGGREGATIONS
from tests.support.other_definitions import ALL

INDICATEURS = "indicateurs"
_USUAL_STATES = {coded_choices.words("etats_du_montant", code) for code in ("chiffre", "vide")}
OF_FICHES = tuple(s for s in SECTIONS if s.nom == "fiches" or (s.parent and s.nom != INDICATEURS))


class CellCount(NamedTuple):
    """How many fiches and indicators a contract has, and the cells typed for all of them, and for the rest."""

    fiches: int
    indicateurs: int
    of_fiches: int
    of_indicateurs: int
    of_the_rest: int

    @property
    def per_fiche(self) -> float:
        return round(self.of_fiches / self.fiches, 1)

    @property
    def per_indicateur(self) -> float:
        return round(self.of_indicateurs / self.indicateurs, 1) if self.indicateurs else 0


def is_typed(box: ColumnBox, row: filled_rows.Line) -> bool:
    """Is something there that the import would not have found by itself?"""
    if row.get(box.cle) is None:
        return False
    kind = coded_choices.code("types_de_mesure", str(row.get("mesures.type")))
    found_otherwise = {
        "mesures.agregation": len(ALLOWED_AGGREGATIONS.get(kind or "", ())) == 1,
        "mesures.libelle": row.get("mesures.libelle") == row.get("indicateurs.libelle"),
        "financement.montant_etat": row.get("financement.montant_etat") in _USUAL_STATES,
        "indicateurs.imprime": True,  # the tests mark so what is written for them
    }
    return not found_otherwise.get(box.cle, bool(box.column.deduced))


def typed(section: Section, rows: list[filled_rows.Line]) -> int:
    """A row that names its fiche and says nothing of it need not be there."""
    by_row = [sum(is_typed(box, row) for box in section.boxes) for row in rows]
    return sum(n for n in by_row if n > 1 or not section.parent)


def count(contrat: Contrat) -> CellCount:
    rows = filled_rows.lines(contrat)
    by_section = {s.nom: typed(s, rows[s.nom]) for s in SECTIONS if s.nom not in ("themes", "listes")}
    of_fiches, of_indicateurs = sum(by_section[s.nom] for s in OF_FICHES), by_section[INDICATEURS]
    indicateurs = sum(len(f.indicateurs) for f in contrat.fiches)
    rest = sum(by_section.values()) - of_fiches - of_indicateurs
    return CellCount(len(contrat.fiches), indicateurs, of_fiches, of_indicateurs, rest)


def table(references: list[str]) -> list[str]:
    rows = [
        "| contrat | fiches | indicateurs | cases par fiche | cases par indicateur | le reste |",
        "|---|" + "---|" * 5,
    ]
    for reference in references:
        contrat = load(reference)
        n = count(contrat)
        figures = (f"{figure}".replace(".", ",") for figure in (n.per_fiche, n.per_indicateur))
        cells = (contrat.nom_court, n.fiches, n.indicateurs, *figures, n.of_the_rest)
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return rows


def required(nom: str) -> list[str]:
    """The columns of a sheet that no row can do without."""
    return [box.titre for box in SECTION_BY_NAME[nom].boxes if box.required]


def in_view(nom: str) -> list[str]:
    """Those that are not folded."""
    return [box.titre for box in SECTION_BY_NAME[nom].boxes if box.column.band not in FOLDED]


if __name__ == "__main__":
    print(*table(sys.argv[1:] or ALL), sep="\n")
