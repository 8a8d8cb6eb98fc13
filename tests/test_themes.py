"""Themes and priorities: what a region compares contracts by."""

from resultat_ecrit import CONTRAT

from cls_workbook import contract
from cls_workbook.contract.themes import priorites, themes, themes_livres, verifier

FICHE = 'numero = "1.1"\n'


def fautes(definition: str) -> list[str]:
    return [str(f) for f in verifier(contract.parse(definition, "essai"))]


def avec(fiche: str = "", contrat: str = "") -> str:
    """The small contract, with further lines on its first fiche, and further tables."""
    return CONTRAT.replace(FICHE, FICHE + fiche, 1) + contrat


def test_a_fiche_may_name_shipped_themes_and_a_contract_may_add_its_own():
    definition = avec('themes = ["sante-mentale", "thermalisme"]\n', '[[themes]]\nid = "thermalisme"\nlibelle = "Thermalisme"\n')
    assert fautes(definition) == []
    assert themes(contract.parse(definition, "essai"))["thermalisme"] == "Thermalisme"


def test_a_theme_that_nobody_defines_is_a_fault_at_its_place():
    (faute,) = fautes(avec('themes = ["sante-mental"]\n'))
    assert faute.startswith("contrat.fiches[1] (1.1).themes[1]")
    assert "sante-mentale" in faute


def test_the_theme_of_a_measure_must_exist_too():
    (faute,) = fautes(CONTRAT.replace('id = "1.1-I04",', 'id = "1.1-I04", theme = "inconnu",'))
    assert "1.1-I04" in faute and "inconnu" in faute


def test_priorities_are_the_contracts_own():
    bonne = avec('priorites = ["p1"]\n', '[[priorites]]\nid = "p1"\nlibelle = "Réduire les inégalités"\n')
    assert fautes(bonne) == []
    assert priorites(contract.parse(bonne, "essai")) == {"p1": "Réduire les inégalités"}
    (faute,) = fautes(avec('priorites = ["p1"]\n'))
    assert "la priorité" in faute


def test_a_shipped_theme_keeps_its_label():
    (faute,) = fautes(avec(contrat='[[themes]]\nid = "sante-mentale"\nlibelle = "Psychiatrie"\n'))
    assert "thème livré" in faute


def test_the_shipped_list_has_each_theme_once():
    assert len(themes_livres()) == len(set(themes_livres().values())) >= 18


def test_the_example_contract_says_the_themes_of_all_its_fiches_and_of_some_measures():
    contrat = contract.load("dijon-2024-2028")
    assert all(f.themes for f in contrat.fiches)
    assert len([m for f in contrat.fiches for m in f.mesures if m.theme]) == 18
    assert list(verifier(contrat)) == []
