"""Themes and priorities: what a region compares contracts by."""

from cls_workbook.definition import toml_reader
from cls_workbook.domain.themes import priorites, shipped_themes, themes
from cls_workbook.domain.verification.list_faults import compared_themes
from tests.support.written_result import CONTRAT

FICHE = 'numero = "1.1"\n'


def faults(definition: str) -> list[str]:
    return [str(f) for f in compared_themes(toml_reader.parse(definition, "essai"))]


def with_changes(fiche: str = "", contrat: str = "") -> str:
    """The small contract, with further lines on its first fiche, and further tables."""
    return CONTRAT.replace(FICHE, FICHE + fiche, 1) + contrat


def test_a_fiche_may_name_shipped_themes_and_a_contract_may_add_its_own():
    definition = with_changes(
        'themes = ["sante-mentale", "thermalisme"]\n', '[[themes]]\nid = "thermalisme"\nlibelle = "Thermalisme"\n'
    )
    assert faults(definition) == []
    assert themes(toml_reader.parse(definition, "essai"))["thermalisme"] == "Thermalisme"


def test_a_theme_that_nobody_defines_is_a_fault_at_its_place():
    (fault,) = faults(with_changes('themes = ["sante-mental"]\n'))
    assert fault.startswith("contrat.fiches[1] (1.1).themes[1]")
    assert "sante-mentale" in fault


def test_the_theme_of_a_measure_must_exist_too():
    (fault,) = faults(CONTRAT.replace('id = "1.1-I04",', 'id = "1.1-I04", theme = "inconnu",'))
    assert "1.1-I04" in fault and "inconnu" in fault


def test_priorities_are_the_contracts_own():
    good_text = with_changes('priorites = ["p1"]\n', '[[priorites]]\nid = "p1"\nlibelle = "Réduire les inégalités"\n')
    assert faults(good_text) == []
    assert priorites(toml_reader.parse(good_text, "essai")) == {"p1": "Réduire les inégalités"}
    (fault,) = faults(with_changes('priorites = ["p1"]\n'))
    assert "la priorité" in fault


def test_a_shipped_theme_keeps_its_label():
    (fault,) = faults(with_changes(contrat='[[themes]]\nid = "sante-mentale"\nlibelle = "Psychiatrie"\n'))
    assert "thème livré" in fault


def test_the_shipped_list_has_each_theme_once():
    assert len(shipped_themes()) == len(set(shipped_themes().values())) >= 18


def test_the_example_contract_says_the_themes_of_all_its_fiches_and_of_some_measures():
    contrat = toml_reader.load("dijon-2024-2028")
    assert all(f.themes for f in contrat.fiches)
    assert len([m for f in contrat.fiches for m in f.mesures if m.theme]) == 18
    assert list(compared_themes(contrat)) == []
