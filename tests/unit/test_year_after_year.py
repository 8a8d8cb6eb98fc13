"""Five years of a contract that lives, each read against the one before: what chains, what is added, what is not.

Two fiches of the shipped contract of five years, with what happens to one: a fiche added in the third year by the COPIL
(an action that was to be programmed), another abandoned after it, an amount revised by an avenant in the fourth. The
expected figures are worked out from ``LIVED`` by plain sums.
"""

from __future__ import annotations

from decimal import Decimal as D

import openpyxl
import pytest

from cls_workbook.definition import toml_reader
from cls_workbook.domain.verification.whole_contract import verifier
from cls_workbook.errors import Refusal
from tests.support.lived_campagnes import NBSP, by_year, definition, lines, live, opened_book, statements, written

YEARS = (2024, 2025, 2026, 2027, 2028)
ADDITION = """
[[decisions]]
id = "copil-2025"
instance = "COPIL"
date = 2025-12-04
objet = "Nouvelle fiche 3.6, fin de la fiche 3.1"
[[decisions]]
id = "avenant-1"
instance = "avenant"
date = 2026-11-20
reference = "AV-2026-01"

[[fiches]]
numero = "3.6"
titre = "Accompagner la parentalité en matière de santé"
axe = "3"
porteurs = ["apo"]
depuis = 2026
decision = "copil-2025"
[[fiches.indicateurs]]
id = "3.6-I01"
libelle = "Nombre d’ateliers"
type = "compte"
[[fiches.indicateurs.mesures]]
id = "3.6-I01"
libelle = "Ateliers"
type = "entier"
agregation = "FLUX"
cle = true

[[revisions]]
depuis = 2027
objet = "fiche"
cible = "1.2"
champ = "montant"
valeur = "60 000"
decision = "avenant-1"
[[revisions]]
depuis = 2027
objet = "contrat"
champ = "maquette"
valeur = "60 000"
decision = "avenant-1"
"""  # 75 000 + 15 000 of 1.2 - 30 000 of 3.1, which has ended

# year → (permanences, habitants, engaged, paid) of 1.2; None: nothing typed
LIVED = {
    2024: (40, 120, D(15000), D(10000)),
    2025: (52, 135, D("14500.50"), D("14500.50")),
    2026: (48, 150, D(12000), D(12000)),
    2027: (None, 160, D(9000), None),
    2028: (60, 155, None, D(4000)),
}
WORKSHOPS = {2026: 6, 2027: 9, 2028: 11}
DISORDERS = {2024: D(5000), 2025: D(5000), 2026: D(2500)}  # engaged on 3.1, which ends in 2026


def total_of(values):
    known = [v for v in values if v is not None]
    return sum(known) if known else None


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> str:
    texte = opened_book("dijon-2024-2028", "1.2", "3.1")
    for before, after in (
        ('numero = "3.1"\n', 'numero = "3.1"\njusque = 2026\ndecision = "copil-2025"\n'),
        (
            'titre = "Accompagner la parentalité en matière de santé"\n',
            'titre = "Accompagner la parentalité en matière de santé"\ndevient = "3.6"\n',
        ),
    ):
        assert texte.count(before) == 1, before
        texte = texte.replace(before, after)
    return definition(tmp_path_factory.mktemp("contrat"), texte + ADDITION)


def reponses(annee: int) -> dict[str, dict[str, object]]:
    permanences, inhabitants, engage, verse = LIVED[annee]
    mediation = {
        "1.2/avancement/etat": "En cours",
        "1.2/avancement/realisation": "Totale",
        "1.2/mesures/1.2-I03/valeur": permanences,
        "1.2/mesures/1.2-I04/valeur": inhabitants,
        "1.2/financement/01/financeur": "ARS",
        "1.2/financement/01/nature": "Maquette ARS",
        "1.2/financement/01/engage": engage,
        "1.2/financement/01/verse": verse,
    }
    apo: dict[str, object] = {}
    if annee in DISORDERS:
        apo |= {
            "3.1/avancement/etat": "Abandonnée" if annee == 2026 else "En cours",
            "3.1/avancement/realisation": "Partielle",
        }
        apo |= {
            "3.1/financement/01/financeur": "ARS",
            "3.1/financement/01/nature": "Maquette ARS",
            "3.1/financement/01/engage": DISORDERS[annee],
        }
    if annee in WORKSHOPS:
        apo |= {
            "3.6/avancement/etat": "En cours",
            "3.6/avancement/realisation": "Totale",
            "3.6/mesures/3.6-I01/valeur": WORKSHOPS[annee],
        }
    return {"centres-soins-infirmiers": {c: v for c, v in mediation.items() if v is not None}, "apo": apo}


@pytest.fixture(scope="module")
def five_years(tmp_path_factory, reference):
    folder, years_lived, precedent = tmp_path_factory.mktemp("cinq-ans"), {}, None
    for annee in YEARS:
        years_lived[annee] = live(folder, reference, annee, reponses(annee), precedent)
        precedent = years_lived[annee].consolidation
    return years_lived


# --- the contract of each year --------------------------------------------------------------------------------------


def test_the_living_definition_has_no_fault_and_no_change_to_confirm(reference):
    faults = verifier(toml_reader.load(reference))
    assert [
        str(f) for f in faults if f.gravite == "faute" or "avenant" in f.message and "demande un" in f.message
    ] == []


def test_each_year_expects_the_fiches_of_that_year(five_years):
    fiches = {a: {r["Fiche"] for r in lines(v.result.tables.par_fiche)} for a, v in five_years.items()}
    assert [("3.1" in fiches[a], "3.6" in fiches[a]) for a in YEARS] == [
        (True, False),
        (True, False),
        (True, True),
        (False, True),
        (False, True),
    ]
    announced = {a: len(lines(v.result.tables.par_fiche, Fiche="à programmer")) for a, v in five_years.items()}
    assert announced == {2024: 6, 2025: 6, 2026: 5, 2027: 5, 2028: 5}


def test_the_synthese_of_a_year_shows_the_contract_of_that_year(five_years):
    before, after = (written(five_years[a].synthese) for a in (2025, 2027))
    titre = "Accompagner la parentalité en matière de santé"
    assert any(titre in t for t in before) and "3.6" not in before and {"3.6", titre} <= after
    assert "Prévenir les troubles du langage chez les enfants" in before - after


# --- money over the years -------------------------------------------------------------------------------------------


def test_what_is_left_to_engage_takes_in_every_year_and_the_amount_in_force(five_years):
    for annee in YEARS:
        (fiche,) = lines(five_years[annee].result.tables.par_fiche, Fiche="1.2")
        montant = 60000 if annee >= 2027 else 45000
        engage = sum(LIVED[a][2] or 0 for a in YEARS if a <= annee)
        assert (fiche["Montant contrat"], fiche["Reste à engager"]) == (montant, montant - engage)
    assert fiche["Reste à engager"] == D("9499.50")  # 60 000 - (15 000 + 14 500,50 + 12 000 + 9 000)


def test_no_engagement_of_earlier_years_is_unknown(five_years):
    assert not [p for a in YEARS[1:] for p in statements(five_years[a]) if "ne sont pas connus" in p]


def test_the_history_keeps_each_year_of_each_amount(five_years):
    last = five_years[2028]
    assert by_year(last, Objet="Engagé", Fiche="1.2") == {a: v[2] for a, v in LIVED.items() if v[2] is not None}
    assert by_year(last, Objet="Versé", Fiche="1.2") == {a: v[3] for a, v in LIVED.items() if v[3] is not None}
    assert by_year(last, Objet="Montant contrat", Fiche="1.2") == {
        2024: 45000,
        2025: 45000,
        2026: 45000,
        2027: 60000,
        2028: 60000,
    }
    assert by_year(last, Objet="Engagé", Fiche="3.1") == DISORDERS
    assert by_year(last, Objet="État", Fiche="3.1") == {2024: "En cours", 2025: "En cours", 2026: "Abandonnée"}


# --- measures over the years ------------------------------------------------------------------------------------------


def test_last_years_value_is_the_one_of_last_year_only(five_years):
    last_year_values = {
        a: lines(five_years[a].result.tables.indicateurs, Mesure="1.2-I03")[0]["Valeur n-1"] for a in YEARS
    }
    assert last_year_values == {2024: None, 2025: 40, 2026: 52, 2027: 48, 2028: None}  # nothing was typed in 2027


@pytest.fixture(scope="module")
def last_evolution(five_years):
    """The sheet Évolution of the last year."""
    return openpyxl.load_workbook(five_years[2028].consolidation)["Évolution"]


def row_of(page, libelle: str) -> list[object]:
    """The row of the sheet that begins so, blanks left out."""
    for rank in page.iter_rows(values_only=True):
        values = [v for v in rank if v is not None]
        if values and str(values[0]).startswith(libelle):
            return [v.replace(NBSP, " ") if isinstance(v, str) else v for v in values]
    raise AssertionError(libelle)


def test_a_flow_is_added_over_the_years_that_gave_it(last_evolution):
    permanences = [v[0] for v in LIVED.values()]
    assert row_of(last_evolution, "1.2 · Permanences") == [
        "1.2 · Permanences",
        40,
        52,
        48,
        60,
        "permanence",
        0,
        total_of(permanences),
        "somme de 2024 à 2028, sans 2027",
    ]
    assert row_of(last_evolution, "3.6 · Ateliers")[1:5] == [6, 9, 11, 26]


def test_people_are_a_series_never_a_sum(last_evolution):
    line = row_of(last_evolution, "1.2 · Habitants rencontrés")
    assert line[1:6] == [120, 135, 150, 160, 155]
    assert 720 not in line and line[-1].startswith("série : une même personne peut revenir")


def test_a_fiche_that_ended_stays_in_the_evolution_with_what_it_engaged(last_evolution):
    line = row_of(last_evolution, "3.1 · Prévenir les troubles du langage chez les enfants (retirée)")
    assert line[1:] == ["Abandonnée (2026)", 30000, 5000, 5000, 2500, 12500]


def test_the_contract_as_a_whole_is_a_row_a_year_and_a_total(last_evolution):
    engages = {a: total_of([LIVED[a][2], DISORDERS.get(a)]) for a in YEARS}
    ranks = [[v for v in rank if v is not None] for rank in last_evolution.iter_rows(values_only=True)]
    head = next(r for r in ranks if r and r[0] == "Année")
    place = head.index("Engagé sur la maquette")
    assert [r[place] for r in ranks if r and r[0] in ("2024", "2025", "2026")][:3] == [
        engages[2024],
        float(engages[2025]),
        engages[2026],
    ]
    assert next(r for r in ranks if r and r[0] == "Cumul")[-2:] == [
        float(total_of(engages.values())),
        40500.5,
    ]  # paid: 10 000 + 14 500,50 + 12 000 + 4 000


def test_the_evolution_has_native_charts(last_evolution):
    assert len(last_evolution._charts) >= 2


# --- the right consolidation ------------------------------------------------------------------------------------------


def test_the_consolidation_of_another_year_or_contract_is_refused(tmp_path, five_years, reference):
    with pytest.raises(Refusal, match="est la consolidation de 2026"):
        live(tmp_path, reference, 2026, reponses(2026), five_years[2026].consolidation)
    with pytest.raises(Refusal, match="est la consolidation du contrat « dijon-2024-2028 »"):
        live(
            tmp_path / "x", "dijon-solidarites-2024-2027", 2025, {"dijon-metropole": {}}, five_years[2024].consolidation
        )


def test_a_year_without_consolidation_keeps_the_history_but_has_no_last_year(tmp_path, five_years, reference):
    leap = live(tmp_path, reference, 2026, reponses(2026), five_years[2024].consolidation)
    (permanences,) = lines(leap.result.tables.indicateurs, Mesure="1.2-I03")
    assert permanences["Valeur n-1"] is None
    assert by_year(leap, Objet="Mesure", Mesure="1.2-I03") == {2024: 40, 2026: 48}
    evolution = written(leap.consolidation, "Évolution")
    assert any("Aucune consolidation n’est connue pour 2025" in t for t in evolution)
    assert "Cumul, sans 2025" in evolution and "somme de 2024 à 2026, sans 2025" in evolution
