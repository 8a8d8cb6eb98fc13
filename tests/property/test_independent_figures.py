"""Thousands of figures, on years filled at random, equal those of a program that knows nothing of the package."""

from __future__ import annotations

import tomllib

import pytest

from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from tests.support import compared_figures, random_years, sheet_rows
from tests.support.independent_figures import counted_once, measures
from tests.support.independent_typing import understand

# What may be refused in these years: a detail that contradicts its figure, a rate without one of its terms, an answer
# without a state. What breaks a rule of the contract is never refused: a cost, a grant, a session too full.
REFUSALS = {
    "VENTILATION_DIFFERENTE_DU_TOTAL",
    "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL",
    "POSTES_DIFFERENTS_DU_TOTAL",
    "DENOMINATEUR_MANQUANT",
    "ETAT_NON_RENSEIGNE",
}


# Added to those of the contracts, by how the measures are brought together.
TARGETS = {
    "FLUX": "valeur = 40\ncumulee = true",
    "PERSONNES": "valeur = 4000\ncumulee = true\nannee = 2025",
    "ENTITES": "valeur = 2\nau_plus = true\nchaque_annee = true",
    "RATIO": "valeur = 0.5\nchaque_annee = true",
}


@pytest.fixture(
    params=[
        pytest.param(("dijon-2024-2028", 2), id="Dijon", marks=pytest.mark.exhaustive),
        pytest.param(("dijon-solidarites-2024-2027", 4), id="Solidarités"),
    ]
)
def compared(request, tmp_path):
    contrat, how_many = request.param
    text = with_targets(toml_reader.shipped()[contrat].read_text(encoding="utf-8"))
    text = text.replace("seuil_petits_effectifs = 10", "seuil_petits_effectifs = 60")  # more of them are small
    definition, reference = tomllib.loads(text), tmp_path / "contrat.toml"
    reference.write_text(text, encoding="utf-8")
    years, codes, precedent = {}, set(), None
    for annee in range(2024, 2024 + how_many):
        (tmp_path / str(annee)).mkdir()
        year = random_years.live(main, tmp_path / str(annee), reference, definition, annee, precedent)
        precedent, rows = year.consolidation, sheet_rows.refusals(year.consolidation)
        codes |= {row["Code"] for row in rows}
        returns = [
            understand(s, year.dictionary, typed, sheet_rows.refused_cells(rows, f"{s}.xlsx"))
            for s, typed in year.typed.items()
        ]
        returns = counted_once(definition, returns)
        years[annee] = returns, compared_figures.Written(year.consolidation)
    years = with_what_leaves(years, reference, tmp_path)
    return contrat, compared_figures.compare(definition, years), codes


def with_targets(text):
    definition = tomllib.loads(text)
    wanted = {c["mesure"] for c in definition.get("cibles", ())}
    added = [
        f'[[cibles]]\nmesure = "{id_}"\n{TARGETS[mesure["agregation"]]}\n'
        for id_, (_, mesure) in measures(definition).items()
        if mesure["agregation"] in TARGETS and id_ not in wanted
    ]
    return "\n".join([text, *added])


def with_what_leaves(years, reference, folder):
    """The same, with the copy that the agency receives each year, and the workbook of its region."""
    copies, region = folder / "copies", folder / "region.xlsx"
    copies.mkdir()
    for annee, (returns, written) in years.items():
        copy, named = copies / f"{annee}.xlsx", ["--contrat", str(reference)]
        assert main(["synthese", str(written.consolidation), *named, "--sortie", str(copy)]) == 0
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
    known, masked = {"dijon-2024-2028": (3300, 6), "dijon-solidarites-2024-2027": (900, 0)}[contrat]
    assert comparison.known >= known and comparison.masked >= masked
