"""What the contract wants a measure to reach: which target a year looks at, in which words, how far one is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.announced.contrat_parts import Cible
from cls_workbook.domain.definition_keys import changed
from cls_workbook.domain.targets import is_met, part_reached, target_in_words, target_of


@pytest.fixture(scope="module")
def dijon():
    return load("dijon-2024-2028")


def with_targets(dijon, *cibles):
    return changed(dijon, cibles=cibles)


def test_a_year_looks_at_the_next_target_that_is_due(dijon):
    near, far = Cible("1.1-I03", Decimal(4), annee=2025), Cible("1.1-I03", Decimal(8))
    contrat = with_targets(dijon, far, near)
    assert [target_of(contrat, "1.1-I03", annee) for annee in (2024, 2025, 2026, 2028)] == [near, near, far, far]
    assert target_of(contrat, "1.1-I01", 2025) is None


def test_a_target_of_every_year_comes_before_those_to_come(dijon):
    yearly = Cible("2.2-I04", Decimal(32), chaque_annee=True)
    contrat = with_targets(dijon, Cible("2.2-I04", Decimal(160), cumulee=True), yearly)
    assert all(target_of(contrat, "2.2-I04", annee) == yearly for annee in dijon.annees)


def test_a_target_that_is_past_is_looked_at_no_more(dijon):
    assert target_of(dijon, "3.2-I01", 2024).valeur == 3
    assert target_of(dijon, "3.2-I01", 2025) is None


@pytest.mark.parametrize(
    ("mesure", "cible", "words"),
    [
        ("2.3-C01", Cible("", Decimal(23)), "Cible 2028 : 23 communes"),
        ("2.3-I03c", Cible("", Decimal(1), chaque_annee=True), "Cible de chaque année : 100 %"),
        ("2.2-I04", Cible("", Decimal(160), cumulee=True), "Cible 2028, années ajoutées : 160 personnes"),
        ("2.3-I07", Cible("", Decimal("6.5"), annee=2026, au_plus=True), "Au plus, en 2026 : 6,5 mois"),
        ("1.1-I01", Cible("", Decimal(3), annee=2026), "Cible 2026 : 3 porteurs de projet"),
        ("2.3-I06", Cible("", Decimal(12), annee=2026), "Cible 2026 : 12 relais"),
    ],
)
def test_a_target_is_said_in_words(dijon, mesure, cible, words):
    assert target_in_words(cible, dijon.by_mesure[mesure][2], dijon).replace("\u00a0", " ") == words


def test_the_part_reached_is_the_value_over_the_target():
    cible = Cible("m", Decimal(23))
    assert part_reached(cible, Decimal(5)) == Decimal(5) / Decimal(23)
    assert part_reached(cible, None) is None
    assert part_reached(replace(cible, valeur=Decimal(0)), Decimal(5)) is None
    assert [is_met(cible, v) for v in (None, Decimal(22), Decimal(23))] == [None, False, True]


def test_a_ceiling_has_no_part_and_is_met_below_it():
    ceiling = Cible("m", Decimal(40), au_plus=True)
    assert part_reached(ceiling, Decimal(10)) is None
    assert [is_met(ceiling, Decimal(v)) for v in (39, 40, 41)] == [True, True, False]
