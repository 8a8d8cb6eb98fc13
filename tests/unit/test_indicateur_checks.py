"""What is answered for each measure: values, rates, satisfaction, QPV."""

import pytest

from cls_workbook.definition import toml_reader
from tests.support.frames_from_text import A_CONFIRMER, BLOCKING, CONTRAT, folder, found, one_retour

INFORMATION = "information"


def not_filled_in(lines, fiche="1.1"):
    return [cells for _, _, cells in found(one_retour(lines, fiche), "VALEUR_NON_RENSEIGNEE")]


def test_a_value_left_empty_without_a_statut_is_named_at_its_own_cell():
    filled = "\n".join(f"mesures/1.1-I0{n}/valeur 1" for n in (1, 3, 5, 6, 7))
    lines = filled + "\n mesures/1.1-I02/commentaire on verra\n mesures/1.1-I04/statut sans objet"
    assert not_filled_in(lines) == [("mesures/1.1-I02/valeur",)]


@pytest.mark.parametrize(
    "typed", ["valeur 0", "statut non disponible", "statut sans objet", "valeur ?? NOMBRE_ILLISIBLE"]
)
def test_zero_or_a_statut_answers_and_what_reading_refused_is_not_missing(typed):
    lines = "mesures/1.1-I02/valeur 3\n mesures/1.1-I01/" + typed
    assert ("mesures/1.1-I01/valeur",) not in not_filled_in(lines)


@pytest.mark.parametrize("statut", ["réel", "estimé"])
def test_a_statut_that_promises_a_value_does_not_replace_it(statut):
    assert ("mesures/1.1-I01/valeur",) in not_filled_in(f"mesures/1.1-I02/valeur 3\n mesures/1.1-I01/statut {statut}")


def test_each_kind_of_measure_says_what_is_missing():
    lines = "jalons/1.2-I04/jalon Engagé\n satisfaction/1.2-I03/repondants 12\n durees/1.2-I05/moyenne 4,5"
    assert not_filled_in(lines, "1.2") == [
        ("durees/1.2-I05/effectif",),
        ("satisfaction/1.2-I03/satisfaits",),
        ("taux/1.2-I01/numerateur",),
        ("taux/1.2-I02/numerateur",),
        ("textes/1.2-I06/texte",),
        ("ventilations/1.2-I07/01/modalite",),
    ]


def test_a_return_that_answers_no_measure_gets_one_anomaly_not_seven():
    assert len(not_filled_in("avancement/etat En préparation")) == 1
    assert len(not_filled_in("avancement/etat En préparation")[0]) == 7


@pytest.mark.parametrize("etat", ["Non démarrée", "Reportée", "Abandonnée", "En cours"])
def test_nothing_is_asked_of_an_action_that_did_not_take_place_and_another_rule_speaks_of_one_that_did(etat):
    assert not_filled_in(f"avancement/etat {etat}") == []


def test_a_fiche_shared_by_volets_gets_one_anomaly_for_all_its_blanks():
    anomalies = found(folder("[a.xlsx] association / Cours\n 1.3/mesures/1.3-I01/valeur 2"), "VALEUR_NON_RENSEIGNEE")
    assert [len(cells) for _, _, cells in anomalies] == [5]


@pytest.mark.parametrize(
    "volet, cells",
    [
        ("Cours", [("mesures/1.3-I02/valeur",)]),
        (
            "Étude",
            [
                (
                    "mesures/1.3-I04/valeur",
                    "mesures/1.3-I05/valeur",
                    "taux/1.3-I03/numerateur",
                    "ventilations/1.3-I06/01/effectif",
                )
            ],
        ),
    ],
)
def test_a_volet_is_asked_for_its_own_measures_only(volet, cells):
    contrat = toml_reader.parse(
        CONTRAT.replace('id = "1.3"\n', 'id = "1.3"\nvolet = "cours"\n').replace(
            'id = "1.3-places"\n', 'id = "1.3-places"\nvolet = "etude"\n'
        ),
        "essai",
    )
    anomalies = found(
        folder(
            f"[a.xlsx] association / {volet}\n 1.3/avancement/etat En préparation\n 1.3/mesures/1.3-I01/valeur 2",
            contrat,
        ),
        "VALEUR_NON_RENSEIGNEE",
    )
    assert [tuple(sorted(c)) for _, _, c in anomalies] == cells


@pytest.mark.parametrize(
    "lines, cells",
    [
        (
            "mesures/1.1-I01/valeur 4\n mesures/1.1-I01/statut sans objet",
            ("mesures/1.1-I01/valeur", "mesures/1.1-I01/statut"),
        ),
        ("mesures/1.1-I01/valeur 4\n mesures/1.1-I01/statut estimé", None),
        ("mesures/1.1-I01/statut sans objet", None),
    ],
)
def test_a_value_contradicts_a_statut_that_says_there_is_none(lines, cells):
    all_expected = [("STATUT_CONTRADICTOIRE", A_CONFIRMER, cells)] if cells else []
    assert found(one_retour(lines), "STATUT_CONTRADICTOIRE") == all_expected


@pytest.mark.parametrize(
    "dont_qpv, all_expected",
    [
        (13, [("QPV_SUPERIEUR_AU_TOTAL", BLOCKING, ("mesures/1.1-I02/dont_qpv",))]),
        (12, []),
        (1, []),
        (0, [("QPV_NUL", A_CONFIRMER, ("mesures/1.1-I02/dont_qpv",))]),
    ],
)
def test_inhabitants_of_a_qpv_are_part_of_the_count(dont_qpv, all_expected):
    lines = f"mesures/1.1-I02/valeur 12\n mesures/1.1-I02/dont_qpv {dont_qpv}"
    assert found(one_retour(lines), "QPV_SUPERIEUR_AU_TOTAL", "QPV_NUL") == all_expected


def test_no_inhabitant_of_a_qpv_among_nobody_or_where_none_is_expected_is_no_finding():
    assert found(one_retour("mesures/1.1-I02/valeur 0\n mesures/1.1-I02/dont_qpv 0"), "QPV_NUL") == []
    assert (
        found(folder("[a.xlsx] association\n 1.3/mesures/1.3-I02/valeur 9\n 1.3/mesures/1.3-I02/dont_qpv 0"), "QPV_NUL")
        == []
    )


TWO = ("taux/1.2-I01/numerateur", "taux/1.2-I01/denominateur")


@pytest.mark.parametrize(
    "numerateur, denominateur, all_expected",
    [
        (11, 10, [("NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR", BLOCKING, TWO)]),
        (10, 10, []),
        (3, 0, [("DENOMINATEUR_NUL", BLOCKING, TWO)]),
        (3, None, [("DENOMINATEUR_MANQUANT", BLOCKING, TWO)]),
        (3, "?? NOMBRE_ILLISIBLE", []),
        (None, 10, []),
    ],
)
def test_a_rate_has_a_denominator_that_its_numerator_does_not_exceed(numerateur, denominateur, all_expected):
    lines = [
        f"taux/1.2-I01/{n} {v}"
        for n, v in (("numerateur", numerateur), ("denominateur", denominateur))
        if v is not None
    ]
    assert (
        found(
            one_retour("\n".join(lines), "1.2"),
            "NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR",
            "DENOMINATEUR_NUL",
            "DENOMINATEUR_MANQUANT",
        )
        == all_expected
    )


@pytest.mark.parametrize(
    "numerateur, denominateur, code",
    [
        (5, 4, "NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR"),
        (5, 0, "DENOMINATEUR_NUL"),
        (5, None, "DENOMINATEUR_MANQUANT"),
        (4, 4, None),
    ],
)
def test_the_rate_of_a_category_obeys_the_same_rules(numerateur, denominateur, code):
    rank = "ventilations/1.2-I01/01/"
    lines = f"{rank}modalite Enfants\n {rank}numerateur {numerateur}\n" + (
        f"{rank}denominateur {denominateur}" if denominateur is not None else ""
    )
    all_expected = [(code, BLOCKING, (rank + "numerateur", rank + "denominateur"))] if code else []
    codes = ("NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR", "DENOMINATEUR_NUL", "DENOMINATEUR_MANQUANT")
    assert found(one_retour(lines, "1.2"), *codes) == all_expected


@pytest.mark.parametrize(
    "numerateur, denominateur, faulty",
    [
        ("0,265", 40, True),
        ("26,5", 100, True),
        ("26,5", 40, False),  # a mean of 26,5 among 40
        ("1", 40, False),
        ("0", 40, False),
    ],
)
def test_a_rate_typed_in_place_of_the_count_is_refused(numerateur, denominateur, faulty):
    lines = f"taux/1.2-I02/numerateur {numerateur}\n taux/1.2-I02/denominateur {denominateur}"
    all_expected = [("TAUX_SAISI", BLOCKING, ("taux/1.2-I02/numerateur",))] if faulty else []
    assert found(one_retour(lines, "1.2"), "TAUX_SAISI", "NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR") == all_expected


@pytest.mark.parametrize(
    "questionnaires, repondants, satisfaits, input_fields",
    [
        (50, 20, 21, ("satisfaits", "repondants")),
        (19, 20, 10, ("repondants", "questionnaires")),
        (19, 20, 21, ("satisfaits", "repondants", "questionnaires")),
        (20, None, 21, ("satisfaits", "questionnaires")),
        (20, 20, 20, None),
        (None, 20, 20, None),
    ],
)
def test_satisfied_people_answered_and_those_who_answered_were_asked(
    questionnaires, repondants, satisfaits, input_fields
):
    numbers = {"questionnaires": questionnaires, "repondants": repondants, "satisfaits": satisfaits}
    lines = "\n".join(f"satisfaction/1.2-I03/{n} {v}" for n, v in numbers.items() if v is not None)
    all_expected = (
        [("SATISFACTION_INCOHERENTE", BLOCKING, tuple(f"satisfaction/1.2-I03/{c}" for c in input_fields))]
        if input_fields
        else []
    )
    assert found(one_retour(lines, "1.2"), "SATISFACTION_INCOHERENTE") == all_expected


@pytest.mark.parametrize("repondants, faulty", [(4, True), (5, False)])
def test_few_answers_are_for_information(repondants, faulty):
    lines = f"satisfaction/1.2-I03/repondants {repondants}\n satisfaction/1.2-I03/satisfaits 3"
    all_expected = [("REPONDANTS_PEU_NOMBREUX", INFORMATION, ("satisfaction/1.2-I03/repondants",))] if faulty else []
    assert found(one_retour(lines, "1.2"), "REPONDANTS_PEU_NOMBREUX") == all_expected


@pytest.mark.parametrize("valeur, faulty", [(3, True), (2, False)])
def test_no_more_communes_than_the_territory_has(valeur, faulty):
    all_expected = [("VALEUR_HORS_LIMITES", BLOCKING, ("mesures/1.1-I06/valeur",))] if faulty else []
    assert found(one_retour(f"mesures/1.1-I06/valeur {valeur}"), "VALEUR_HORS_LIMITES") == all_expected


@pytest.mark.parametrize(
    "nom, faulty",
    [
        ("Ailleurs", True),
        ("Fleury-les-Eaux", False),
        ("commune de FLEURY LES EAUX", False),
        ("Ville de Valcourt", False),
    ],
)
def test_a_commune_named_is_one_of_the_territory(nom, faulty):
    cell = "ventilations/1.1-I06/01/nom"
    all_expected = [("COMMUNE_INCONNUE", BLOCKING, (cell,))] if faulty else []
    assert found(one_retour(f"mesures/1.1-I06/valeur 1\n {cell} {nom}"), "COMMUNE_INCONNUE") == all_expected


@pytest.mark.parametrize(
    "cle", ["mesures/1.1-I01/valeur", "depenses/total", "financement/01/verse", "durees/1.2-I05/moyenne"]
)
def test_a_negative_figure_that_reading_let_through_is_refused_by_the_schema(cle):
    fiche = "1.2" if "1.2" in cle else "1.1"
    assert found(one_retour(f"{cle} -1", fiche), "VALEUR_NEGATIVE") == [("VALEUR_NEGATIVE", BLOCKING, (cle,))]
    assert found(one_retour(f"{cle} 0", fiche), "VALEUR_NEGATIVE") == []
