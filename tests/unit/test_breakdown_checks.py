"""Check 14."""

import pytest

from cls_workbook.checks import controler
from tests.support.frames_from_text import A_CONFIRMER, BLOCKING, found, one_retour


def broken_down(mesure: str, total, headcounts, champ: str = "effectif"):
    lines = [f"mesures/{mesure}/valeur {total}"] if total is not None else []
    for rank, effectif in enumerate(headcounts, 1):
        lines += [
            f"ventilations/{mesure}/{rank:02d}/modalite Catégorie {rank}",
            f"ventilations/{mesure}/{rank:02d}/{champ} {effectif}",
        ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "total, headcounts, faulty",
    [
        (10, (6, 5), True),
        (10, (6, 3), True),
        (10, (6, 4), False),
        (10, (), False),  # a breakdown is not compulsory
        (None, (6, 4), False),
        (10, (6, "?? NOMBRE_ILLISIBLE"), False),  # its total is not known
    ],
)
def test_a_breakdown_makes_the_count(total, headcounts, faulty):
    cells = ("ventilations/1.1-I03/01/effectif", "ventilations/1.1-I03/02/effectif")  # the total counts
    all_expected = [("VENTILATION_DIFFERENTE_DU_TOTAL", BLOCKING, cells)] if faulty else []
    assert (
        found(one_retour(broken_down("1.1-I03", total, headcounts)), "VENTILATION_DIFFERENTE_DU_TOTAL") == all_expected
    )


@pytest.mark.parametrize(
    "headcounts, cells",
    [((9, 9), None), ((9, 11), ("ventilations/1.1-I07/02/effectif", "ventilations/1.1-I07/01/effectif"))],
)
def test_with_several_answers_only_one_category_may_not_exceed_the_count(headcounts, cells):
    all_expected = [("MODALITE_SUPERIEURE_AU_TOTAL", BLOCKING, cells)] if cells else []
    anomalies = found(
        one_retour(broken_down("1.1-I07", 10, headcounts)),
        "MODALITE_SUPERIEURE_AU_TOTAL",
        "VENTILATION_DIFFERENTE_DU_TOTAL",
    )
    assert anomalies == all_expected


def test_the_two_terms_of_a_rate_are_broken_down_alike():
    lines = "taux/1.2-I01/numerateur 5\n taux/1.2-I01/denominateur 10\n"
    detail = (
        "ventilations/1.2-I01/01/modalite Enfants\n ventilations/1.2-I01/01/numerateur 5\n "
        "ventilations/1.2-I01/01/denominateur "
    )
    cells = ("ventilations/1.2-I01/01/numerateur", "ventilations/1.2-I01/01/denominateur")
    assert found(one_retour(lines + detail + "9", "1.2"), "VENTILATION_DIFFERENTE_DU_TOTAL") == [
        ("VENTILATION_DIFFERENTE_DU_TOTAL", BLOCKING, cells)
    ]
    assert found(one_retour(lines + detail + "10", "1.2"), "VENTILATION_DIFFERENTE_DU_TOTAL") == []


def test_the_total_that_counts_is_named_with_its_cell():
    given = one_retour(broken_down("1.1-I03", 10, (6, 5)))
    (anomalie,) = [a for a in controler(given) if a.code == "VENTILATION_DIFFERENTE_DU_TOTAL"]
    said = anomalie.found.replace("\u00a0", " ")
    assert said == "valeur 2025 : 10 (cellule mesures/1.1-I03/valeur) ; total du détail : 11"


@pytest.mark.parametrize("total, gravite", [(1, BLOCKING), (3, A_CONFIRMER), (2, None)])
def test_more_names_than_counted_is_blocking_and_fewer_is_to_be_confirmed(total, gravite):
    names = ("ventilations/1.1-I04/01/nom", "ventilations/1.1-I04/02/nom")
    lines = f"mesures/1.1-I04/valeur {total}\n {names[0]} Le Relais\n {names[1]} La Passerelle"
    cells = names if gravite == BLOCKING else ("mesures/1.1-I04/valeur", *names)  # what is blocking refuses the names
    all_expected = [("LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL", gravite, cells)] if gravite else []
    assert found(one_retour(lines), "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL") == all_expected


def test_the_same_name_typed_twice_is_one_name():
    lines = "mesures/1.1-I04/valeur 1\n ventilations/1.1-I04/01/nom Le Relais\n ventilations/1.1-I04/02/nom le relais"
    assert found(one_retour(lines), "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL") == []


def test_a_figure_without_its_category_is_to_be_confirmed():
    rank = "ventilations/1.1-I03/01/"
    all_expected = [("CATEGORIE_NON_NOMMEE", A_CONFIRMER, (rank + "modalite", rank + "effectif"))]
    assert found(one_retour(f"{rank}effectif 4"), "CATEGORIE_NON_NOMMEE") == all_expected
    assert found(one_retour(f"{rank}effectif 4\n {rank}modalite Autre"), "CATEGORIE_NON_NOMMEE") == []
