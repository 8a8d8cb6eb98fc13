"""Thousands of figures, on years filled at random, equal those of a program that knows nothing of the package."""

from __future__ import annotations

import tomllib

import pytest

from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from tests.support import compared_figures, random_years, sheet_rows
from tests.support.independent_figures import counted_once, understand

# What may be refused in these years: a detail that contradicts its figure, a rate without one of its terms, an answer
# without a state. What breaks a rule of the contract is never refused: a cost, a grant, a session too full.
REFUSALS = {
    "VENTILATION_DIFFERENTE_DU_TOTAL",
    "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL",
    "DENOMINATEUR_MANQUANT",
    "ETAT_NON_RENSEIGNE",
}


@pytest.fixture(params=[("dijon-2024-2028", 2), ("dijon-solidarites-2024-2027", 4)], ids=["Dijon", "Solidarités"])
def compared(request, tmp_path):
    contrat, how_many = request.param
    definition = tomllib.loads(toml_reader.shipped()[contrat].read_text(encoding="utf-8"))
    years, codes, precedent = {}, set(), None
    for annee in range(2024, 2024 + how_many):
        (tmp_path / str(annee)).mkdir()
        year = random_years.live(main, tmp_path / str(annee), definition, annee, precedent)
        precedent, rows = year.consolidation, sheet_rows.refusals(year.consolidation)
        codes |= {row["Code"] for row in rows}
        returns = [
            understand(s, year.dictionary, typed, sheet_rows.refused_cells(rows, f"{s}.xlsx"))
            for s, typed in year.typed.items()
        ]
        returns = counted_once(definition, returns)
        years[annee] = returns, compared_figures.Written(year.consolidation)
    if "maquette" in definition["contrat"]:
        years = with_what_leaves(years, tmp_path)
    return contrat, compared_figures.compare(definition, years), codes


def with_what_leaves(years, folder):
    """The same, with the copy that the agency receives each year, and the workbook of its region."""
    copies, region = folder / "copies", folder / "region.xlsx"
    copies.mkdir()
    for annee, (returns, written) in years.items():
        copy = copies / f"{annee}.xlsx"
        assert main(["synthese", str(written.consolidation), "--sortie", str(copy)]) == 0
        years[annee] = returns, written._replace(copy=copy)
    assert main(["region", str(copies), "--sortie", str(region)]) == 0
    returns, written = years[max(years)]
    return years | {max(years): (returns, written._replace(region=region))}


def test_every_figure_equals_the_one_computed_apart(compared):
    contrat, comparison, codes = compared
    assert comparison.differences == []
    assert codes <= REFUSALS
    # enough are figures, and not blanks on both sides; fewer for Dijon since it asks no amount expected, no cost
    # by post and no double count, and gives three rows to a table
    assert comparison.known >= {"dijon-2024-2028": 2900, "dijon-solidarites-2024-2027": 700}[contrat]
