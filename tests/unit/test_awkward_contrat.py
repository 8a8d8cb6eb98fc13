"""A contract with all that is awkward in contracts, through a whole year: 60 fiches, 80 structures, long twin titles,
numbers with letters and spaces, overseas codes, a year that runs from September to August."""

from __future__ import annotations

import re
from datetime import date

import openpyxl
import pytest

from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.domain.verification.whole_contract import verifier
from tests.support.lived_campagnes import NBSP, by_year, definition, lines, live, written
from tests.support.xlsx_lint import lint

NUMEROS = [
    f"{letter}.{rank}{following}" for letter in "ABCDE" for rank in range(1, 7) for following in ("", " bis")
]  # 60
LONG = "L’accès aux soins / l’aller-vers, c’est-à-dire ‘l’hors-les-murs’ "
TITLES = {
    n: (LONG + f"pour le public n° {rank} ; " + "prévention / dépistage d’abord, " * 6)[:199] + "."
    for rank, n in enumerate(NUMEROS)
}


def difficult(structures: int = 80) -> str:
    texte = """
[contrat]
id = "difficile"
titre = "Contrat d’outre-mer et d’ailleurs : « tout ce qui gêne »"
nom_court = "Difficile"
annees = [2024, 2025, 2026]
debut_annee = "09-01"
territoire = "L’Île / le Continent"
coordination = "s-1"
communes = [{ code_insee = "97411", nom = "Saint-Denis" }, { code_insee = "2A004", nom = "Ajaccio" }, \
{ code_insee = "01004", nom = "Ambérieu-en-Bugey" }]
financeurs = [{ id = "f", nom = "L’Agence d’Outre-mer" }]
natures = [{ id = "m", libelle = "Crédits / maquette", niveau = "maquette" }]
"""
    texte += "".join(
        f'[[axes]]\nnumero = "{a}"\ntitre = "Axe {a} : l’essentiel / le reste"\n' for a in "ABCDEF"
    )  # F has no fiche
    texte += "".join(
        f'[[structures]]\nid = "s-{n}"\nnom = "Structure n° {n} de l’Île"\n' for n in range(1, structures + 1)
    )
    for rank, numero in enumerate(NUMEROS):
        porteurs = sorted({f"s-{1 + rank % structures}", f"s-{1 + (rank + 20) % structures}"})
        texte += (
            f'[[fiches]]\nnumero = "{numero}"\ntitre = "{TITLES[numero]}"\naxe = "{numero[0]}"\nporteurs = {porteurs}\n'
        ).replace("'", '"')
        how_many = {0: 60, 1: 0}.get(rank, 1)  # A.1 asks 60, A.1 bis nothing
        for i in range(how_many):
            code = f"{numero.replace(' ', '-')}-{i + 1}"
            texte += (
                f'[[fiches.indicateurs]]\nid = "{code}"\nlibelle = "Nombre d’actions / de séances n° {i + 1}"\n'
                'type = "compte"\n'
            )
            texte += (
                f'[[fiches.indicateurs.mesures]]\nid = "{code}"\nlibelle = "Actions / séances n° {i + 1}"\ntype = '
                '"entier"\nagregation = "FLUX"\n'
            )
    return texte


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("difficile")


@pytest.fixture(scope="module")
def reference(folder) -> str:
    return definition(folder, difficult())


@pytest.fixture(scope="module")
def workbooks(folder, reference):
    assert (
        main(["generer", "--contrat", reference, "--annee", "2025", "--par-structure", "--sortie", str(folder / "out")])
        == 0
    )
    return folder / "out"


@pytest.fixture(scope="module")
def annees(folder, reference):
    """2024-2025: A.1 by two structures; 2025-2026: the same and A.3 bis, one date in the school year, one after it."""
    a1 = {f"A.1/mesures/A.1-{i}/valeur": i for i in range(1, 61)} | {
        "A.1/avancement/etat": "En cours",
        "A.1/avancement/realisation": "Totale",
    }
    first = live(folder / "vie", reference, 2024, {"s-1": a1})
    a3 = {
        "A.3 bis/avancement/etat": "Réalisée",
        "A.3 bis/avancement/realisation": "Totale",
        "A.3 bis/avancement/date_fin_reelle": date(2026, 6, 30),
        "A.3 bis/mesures/A.3-bis-1/valeur": 12,
        "A.3 bis/territoire/97411/commune": "x",
        "A.3 bis/territoire/2A004/commune": "x",
    }
    late_values = {
        "A.1/avancement/etat": "Réalisée",
        "A.1/avancement/realisation": "Totale",
        "A.1/avancement/date_fin_reelle": date(2026, 9, 1),
        "A.1/mesures/A.1-60/valeur": 100,
    }
    return first, live(
        folder / "vie", reference, 2025, {"s-1": a1, "s-6": a3, "s-21": late_values}, first.consolidation
    )


def test_the_definition_has_no_fault(reference):
    contrat = toml_reader.load(reference)
    assert (len(contrat.fiches), len(contrat.structures), {len(f.titre) for f in contrat.fiches}) == (60, 80, {200})
    assert len({f.titre[:31] for f in contrat.fiches}) == 1
    assert [str(f) for f in verifier(contrat) if f.gravite == "faute"] == []


def test_every_fiche_has_its_sheet_and_every_structure_its_workbook(workbooks):
    assert len(list(workbooks.glob("*.xlsx"))) == 81
    opened_book = openpyxl.load_workbook(workbooks / "difficile-2025.xlsx", read_only=True)
    assert [n for n in opened_book.sheetnames if n.startswith("FA ")] == [f"FA {n}" for n in NUMEROS]


def test_the_workbooks_break_no_rule_of_excel(workbooks):
    for nom in ("difficile-2025.xlsx", "difficile-2025-s-1.xlsx", "difficile-2025-s-6.xlsx"):
        assert lint((workbooks / nom).read_bytes()) == []


def test_titles_years_and_codes_are_shown_whole(workbooks):
    texts = written(workbooks / "difficile-2025-s-6.xlsx", "FA A.3 bis")
    assert f"Fiche A.3 bis · {TITLES['A.3 bis']}".replace(NBSP, " ") in texts
    assert {"Valeur 2025-2026", "Valeur 2024-2025", "Réalisation du programme 2025-2026"} <= texts
    assert {"Saint-Denis", "Ajaccio"} <= written(workbooks / "difficile-2025-s-6.xlsx", "Territoires")


def test_sixty_measures_come_back_and_are_added(annees):
    _, second = annees
    (last,) = lines(second.result.tables.indicateurs, Mesure="A.1-60")
    assert (last["Valeur n-1"], last["Valeur"]) == (60, 160)  # 60 + 100
    assert len([r for r in lines(second.result.tables.indicateurs, Fiche="A.1") if r["Valeur"] is not None]) == 60


def test_a_year_that_is_not_the_calendars_bounds_its_dates(annees):
    _, second = annees
    (outside,) = [a for a in second.result.anomalies if a.code == "DATE_HORS_PERIODE"]
    assert outside.fiche == "A.1" and "01/09/2026" in outside.found  # 30/06/2026 is in the year, 01/09/2026 is not


def test_overseas_communes_keep_their_codes(annees):
    _, second = annees
    assert {r["code"] for r in lines(second.result.summaries.territoire, type="commune")} == {"97411", "2A004"}


def test_years_are_named_and_chained_in_the_evolution(annees):
    _, second = annees
    assert by_year(second, Objet="Mesure", Mesure="A.1-60") == {2024: 60, 2025: 160}
    assert {"2024-2025", "2025-2026", "Évolution 2024-2025 à 2025-2026"} <= written(second.consolidation, "Évolution")


def test_the_synthese_shows_every_fiche_even_those_without_answer(annees):
    texts = written(annees[1].synthese)
    assert set(NUMEROS) <= texts and any(t.startswith("Synthèse annuelle 2025-2026") for t in texts)
    for path in (annees[1].synthese, annees[1].consolidation):
        assert lint(path.read_bytes()) == []


def test_an_axe_without_fiche_and_a_fiche_without_indicator_are_said_not_hidden(annees):
    texts = written(annees[1].synthese)
    assert any(re.search("Axe F", t) for t in texts) and "aucune mesure au contrat" in texts


def test_a_single_structure_answers_everything(tmp_path):
    reference = definition(tmp_path, difficult(1))
    annee = live(
        tmp_path,
        reference,
        2024,
        {
            "s-1": {
                "E.6 bis/avancement/etat": "En cours",
                "E.6 bis/avancement/realisation": "Nulle",
                "E.6 bis/mesures/E.6-bis-1/valeur": 0,
            }
        },
    )
    assert annee.result.received_and_expected() == (1, 60)
    assert [r["Valeur"] for r in lines(annee.result.tables.indicateurs, Fiche="E.6 bis")] == [0]
