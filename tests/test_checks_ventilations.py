"""Check 14."""

import pytest
from frames_for_tests import trouve
from test_checks_avancement import A_CONFIRMER, BLOQUANT, un_retour


def ventile(mesure: str, total, effectifs, champ: str = "effectif"):
    lignes = [f"mesures/{mesure}/valeur {total}"] if total is not None else []
    for rang, effectif in enumerate(effectifs, 1):
        lignes += [f"ventilations/{mesure}/{rang:02d}/modalite Catégorie {rang}", f"ventilations/{mesure}/{rang:02d}/{champ} {effectif}"]
    return "\n".join(lignes)


@pytest.mark.parametrize("total, effectifs, fautif", [
    (10, (6, 5), True),
    (10, (6, 3), True),
    (10, (6, 4), False),
    (10, (), False),  # a breakdown is not compulsory
    (None, (6, 4), False),
    (10, (6, "?? NOMBRE_ILLISIBLE"), False),  # its total is not known
])
def test_a_breakdown_makes_the_count(total, effectifs, fautif):
    cellules = ("mesures/1.1-I03/valeur", "ventilations/1.1-I03/01/effectif", "ventilations/1.1-I03/02/effectif")
    attendues = [("VENTILATION_DIFFERENTE_DU_TOTAL", BLOQUANT, cellules)] if fautif else []
    assert trouve(un_retour(ventile("1.1-I03", total, effectifs)), "VENTILATION_DIFFERENTE_DU_TOTAL") == attendues


@pytest.mark.parametrize("effectifs, cellules", [
    ((9, 9), None),
    ((9, 11), ("mesures/1.1-I07/valeur", "ventilations/1.1-I07/02/effectif")),
])
def test_with_several_answers_only_one_category_may_not_exceed_the_count(effectifs, cellules):
    attendues = [("MODALITE_SUPERIEURE_AU_TOTAL", BLOQUANT, cellules)] if cellules else []
    anomalies = trouve(un_retour(ventile("1.1-I07", 10, effectifs)), "MODALITE_SUPERIEURE_AU_TOTAL", "VENTILATION_DIFFERENTE_DU_TOTAL")
    assert anomalies == attendues


def test_the_two_terms_of_a_rate_are_broken_down_alike():
    lignes = "taux/1.2-I01/numerateur 5\n taux/1.2-I01/denominateur 10\n"
    detail = "ventilations/1.2-I01/01/modalite Enfants\n ventilations/1.2-I01/01/numerateur 5\n ventilations/1.2-I01/01/denominateur "
    cellules = ("taux/1.2-I01/denominateur", "ventilations/1.2-I01/01/denominateur")
    assert trouve(un_retour(lignes + detail + "9", "1.2"), "VENTILATION_DIFFERENTE_DU_TOTAL") == [("VENTILATION_DIFFERENTE_DU_TOTAL", BLOQUANT, cellules)]
    assert trouve(un_retour(lignes + detail + "10", "1.2"), "VENTILATION_DIFFERENTE_DU_TOTAL") == []


@pytest.mark.parametrize("total, gravite", [(1, BLOQUANT), (3, A_CONFIRMER), (2, None)])
def test_more_names_than_counted_is_blocking_and_fewer_is_to_be_confirmed(total, gravite):
    noms = ("ventilations/1.1-I04/01/nom", "ventilations/1.1-I04/02/nom")
    lignes = f"mesures/1.1-I04/valeur {total}\n {noms[0]} Le Relais\n {noms[1]} La Passerelle"
    attendues = [("LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL", gravite, ("mesures/1.1-I04/valeur", *noms))] if gravite else []
    assert trouve(un_retour(lignes), "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL") == attendues


def test_the_same_name_typed_twice_is_one_name():
    lignes = "mesures/1.1-I04/valeur 1\n ventilations/1.1-I04/01/nom Le Relais\n ventilations/1.1-I04/02/nom le relais"
    assert trouve(un_retour(lignes), "LISTE_DE_NOMS_DIFFERENTE_DU_TOTAL") == []


def test_a_figure_without_its_category_is_to_be_confirmed():
    rang = "ventilations/1.1-I03/01/"
    attendues = [("CATEGORIE_NON_NOMMEE", A_CONFIRMER, (rang + "modalite", rang + "effectif"))]
    assert trouve(un_retour(f"{rang}effectif 4"), "CATEGORIE_NON_NOMMEE") == attendues
    assert trouve(un_retour(f"{rang}effectif 4\n {rang}modalite Autre"), "CATEGORIE_NON_NOMMEE") == []
