"""The worksheet functions, called as Excel's UDF server calls them: numbers are floats, blanks None,
ranges lists of rows.
"""

from __future__ import annotations

import pytest

from cls_workbook.button import worksheet_functions as f

DIJON = "dijon-2024-2028"


def plain_spaces(texte):
    return texte.replace("\u00a0", " ")


def test_the_share_of_a_post_is_half_within_the_cap():
    assert f.cls_part_de_poste(50_000.0, 1.0, "5.1", DIJON) == 25_000.0
    assert f.cls_part_de_poste(80_000.0, 1.0, "5.1", DIJON) == 30_000.0  # half would be 40 000, the cap is 30 000
    assert f.cls_part_de_poste(50_000.0, 0.4, "5.1", DIJON) == 0.0  # under half a post: not eligible
    assert f.cls_part_de_poste(50_000.0, None, "5.1", DIJON) == 25_000.0
    assert f.cls_part_de_poste(50_000.0, 1.0, 5.1, DIJON) == 25_000.0  # Excel took the number of the fiche for a figure


def test_a_gap_is_a_share_of_the_start():
    assert f.cls_ecart(200.0, 150.0) == -0.25
    assert f.cls_ecart(3.0, 3.0) == 0.0


def test_the_rate_counts_fiches_that_had_something_to_do():
    cell_range = [["Totale"], ["totale "], ["Partielle"], ["Nulle"], ["Rien de programmé"], [None]]
    assert f.cls_taux_de_realisation(cell_range) == 0.5  # 2 of 4
    assert f.cls_taux_de_realisation(cell_range, True) == 0.75  # 3 of 4


def test_parity_is_kept_to_the_cent_or_within_what_is_admitted():
    assert f.cls_parite([[100.0, 100.01]]) == "respectée"
    assert plain_spaces(f.cls_parite([[100.0], [1_350.5]])) == "non respectée : écart de 1 250,50 €"
    assert f.cls_parite([[100.0], [1_350.5]], 2_000.0) == "respectée"


@pytest.mark.parametrize(
    "call_made",
    [
        lambda: f.cls_part_de_poste(None, 1.0, "5.1", DIJON),
        lambda: f.cls_ecart(None, 1.0),
        lambda: f.cls_ecart(1.0, " "),
        lambda: f.cls_taux_de_realisation([[None], [""]]),
        lambda: f.cls_parite([[None, 5.0]]),
    ],
)
def test_a_blank_gives_a_blank(call_made):
    assert call_made() == ""


@pytest.mark.parametrize(
    ("call_made", "sentence"),
    [
        (lambda: f.cls_part_de_poste("cher", 1.0, "5.1", DIJON), "#la dépense n’est pas un nombre : « cher »"),
        (
            lambda: f.cls_part_de_poste(1.0, 1.0, "1.1", DIJON),
            "#la fiche « 1.1 » n’a pas de règle de poste dans ce contrat",
        ),
        (lambda: f.cls_part_de_poste(-1.0, 1.0, "5.1", DIJON), "#la dépense est négative"),
        (lambda: f.cls_part_de_poste(1.0, 1.0, "5.1", "inconnu"), "#Le contrat « inconnu » est introuvable"),
        (lambda: f.cls_part_de_poste(1.0, 1.0, "5.1", None), "#le contrat n’est pas dit"),
        (lambda: f.cls_ecart(0.0, 1.0), "#le départ est nul"),
        (lambda: f.cls_taux_de_realisation([["fait"]]), "#réalisation inconnue : « fait » ; au choix : Totale"),
        (lambda: f.cls_parite([[1.0]]), "#la parité compare deux montants au moins"),
    ],
)
def test_what_cannot_be_computed_is_said_in_french(call_made, sentence):
    assert plain_spaces(call_made()).startswith(sentence)


def test_each_function_documents_itself_and_its_arguments():
    for nom in ("cls_part_de_poste", "cls_taux_de_realisation", "cls_ecart", "cls_parite"):
        assert getattr(f, nom).__doc__
