"""The sheet of the comptes rendus shows, while one types, the figures worked out by hand; the form prints on two
pages.
"""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from cls_workbook.pipeline.statement_files import write_statements
from tests.support import small_comptes_rendus as by_hand
from tests.support.dropped_returns import drop_retour, plan_of

SHEET = "Compte rendu"


@pytest.fixture(scope="module")
def contrat(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contrat")
    return by_hand.contrat(folder), str(folder / "subventions.toml")


def shown(libreoffice, file, contrat):
    """Key of a row of the sheet → (state, planned, realised) once everything is computed again."""
    rows = next(s for s in plan_of(contrat, "asso").worksheets if s.sheet.nom == SHEET).rows
    with libreoffice.open(file) as document:
        document.recalc()
        cells = document.values(SHEET)
        held = {cell: found.valeur or None for cell, found in cells.items()}
        values = {cle: tuple(held.get(f"{c}{row.numero}") for c in "BDE") for cle, row in rows.items()}
        assert not [cell for cell, found in cells.items() if found.error]
    return values


def test_the_sheet_shows_what_was_worked_out_by_hand(tmp_path, libreoffice, contrat):
    definition, _ = contrat
    file = tmp_path / drop_retour(
        tmp_path, definition, "asso", by_hand.ANSWERS | {"1.2/compte_rendu/60/prevision": D(3000)}
    )
    seen = shown(libreoffice, file, definition)
    charges = {n: seen[f"compte_rendu/1.1/charges/{n}"][2] for n in ("60", "64", "65", "indirectes_fixes", "total")}
    assert charges == {"60": 6000, "64": 30000, "65": 1125, "indirectes_fixes": 4500, "total": 44000}
    assert seen["compte_rendu/1.1/charges/indirectes_financieres"][2] == 75
    assert seen["compte_rendu/1.1/produits/74"][1:] == (39000, 40000)
    assert seen["compte_rendu/1.1/produits/75"][2] == 3000
    assert seen["compte_rendu/1.1/produits/total"] == (None, 39500, 44000)
    assert seen["compte_rendu/1.1/contributions/total"] == (None, 1200, 2000)
    assert seen["compte_rendu/1.2/charges/indirectes_fixes"][2] == 1500
    # planned: 15 000 against 14 000
    assert seen["compte_rendu/1.2/produits/total"] == ("à corriger", 14000, 14000)


def test_the_form_prints_on_two_pages(tmp_path, libreoffice, contrat):
    definition, reference = contrat
    drop_retour(tmp_path, definition, "asso", by_hand.ANSWERS)
    file = write_statements([str(tmp_path)], reference, 2025, tmp_path / "out")[0][0]
    assert libreoffice.pdf(file, tmp_path / "form.pdf") == 2
