"""Rules on small counts, and on personal data in free text."""

import pytest

from cls_workbook.checks import controler
from tests.support.frames_from_text import A_CONFIRMER, folder, found, one_retour


@pytest.mark.parametrize(
    "headcounts, cells",
    [
        ((10, 11), ("ventilations/1.1-I03/01/effectif",)),
        ((1, 2), ("ventilations/1.1-I03/01/effectif", "ventilations/1.1-I03/02/effectif")),
        ((0, 11), None),
        ((11, 12), None),
    ],
)
def test_small_counts_of_a_sensitive_breakdown_will_be_masked(headcounts, cells):
    lines = "\n".join(
        f"ventilations/1.1-I03/0{n}/modalite M{n}\n ventilations/1.1-I03/0{n}/effectif {e}"
        for n, e in enumerate(headcounts, 1)
    )
    assert found(one_retour(lines), "PETIT_EFFECTIF") == ([("PETIT_EFFECTIF", "information", cells)] if cells else [])


def test_small_counts_of_an_ordinary_measure_are_not():
    assert found(one_retour("mesures/1.1-I01/valeur 3"), "PETIT_EFFECTIF") == []


@pytest.mark.parametrize(
    "texte, mask",
    [
        ("Écrire à j.durand@exemple.fr pour la suite", "courriel (j…@…)"),
        ("Joindre le 03 80 12 34 56", "téléphone (0…)"),
        ("Joindre le +33 6 12 34 56 78", "téléphone (+…)"),
        ("NIR 1 85 05 78 006 084 36", "numéro de sécurité sociale (1…)"),
        ("NIR 2850578006084", "numéro de sécurité sociale (2…)"),
        ("Suivi de Mme Durand en mars", "nom de personne (Mme D…)"),
        ("Vu avec M. Jean Dupont", "nom de personne (M. J…)"),
        ("Le Dr Martin intervient", "nom de personne (Dr M…)"),
        ("Relais par M. Petit, 06.12.34.56.78", "téléphone (0…), nom de personne (M. P…)"),
    ],
)
def test_personal_data_in_a_text_are_reported_and_masked(texte, mask):
    (anomalie,) = [a for a in controler(one_retour(f"qualitatif/freins {texte}")) if a.code == "DONNEE_PERSONNELLE"]
    assert (anomalie.gravite, anomalie.cells, anomalie.found) == (A_CONFIRMER, ("qualitatif/freins",), mask)


@pytest.mark.parametrize(
    "texte",
    [
        "Madame la maire et M. le préfet étaient présents",
        "Budget de 1 250 300 €, convention 2024-0123456789",
        "SIRET 242 100 410 00017",
        "Le CHU et le CCAS, 12 rue Monge, 21000",
        "Un médecin (docteur en santé publique)",
        "24 personnes le 12/03/2025 à 14 h 30",
    ],
)
def test_functions_places_and_figures_are_not_personal_data(texte):
    assert found(one_retour(f"qualitatif/freins {texte}"), "DONNEE_PERSONNELLE") == []


def test_the_address_asked_for_in_the_identity_is_not_a_finding():
    retour = folder(
        "[a.xlsx] association\n accueil/reponse/contact_courriel contact@exemple.fr\n 1.1/avancement/etat En "
        "préparation"
    )
    assert found(retour, "DONNEE_PERSONNELLE") == []
