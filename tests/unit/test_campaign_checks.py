"""Which returns came, from whom, for what; between structures and between years; meetings held."""

import pytest

from cls_workbook.checks import check_retour, controler
from tests.support.frames_from_text import A_CONFIRMER, BLOCKING, folder, found, one_retour, pilotage, precedent


@pytest.mark.parametrize(
    "structure, fiche, faulty",
    [
        ("association", "1.1", False),
        ("association", "1.4", True),
        ("Inconnue", "1.1", True),
        ("Commune de Valcourt", "1.6", False),
        ("Commune d’ailleurs", "1.6", True),
    ],
)
def test_a_structure_answers_for_a_fiche_that_it_carries(structure, fiche, faulty):
    retour = folder(
        f"[a.xlsx] {structure}\n accueil/reponse/structure {structure}\n {fiche}/avancement/etat En préparation"
    )
    all_expected = [("STRUCTURE_INATTENDUE", A_CONFIRMER, ("reponse/structure",))] if faulty else []
    assert found(retour, "STRUCTURE_INATTENDUE") == all_expected


def test_a_wrong_structure_chosen_once_is_said_once_with_all_its_fiches():
    answers = "".join(f"\n {fiche}/avancement/etat En préparation" for fiche in ("1.1", "1.4"))
    retours = folder(f"[a.xlsx] Inconnue\n accueil/reponse/structure Inconnue{answers}\n[b.xlsx] Autre{answers}")
    told = [(a.file, a.fiche, a.found) for a in controler(retours) if a.code == "STRUCTURE_INATTENDUE"]
    assert told[0] == ("a.xlsx", "", "Inconnue répond pour les fiches 1.1 et 1.4")
    assert {file for file, *_ in told[1:]} == {"b.xlsx"}


def test_named_members_replace_their_group():
    expected_returns = [("1.6", "Commune de Fleury-les-Eaux", "", False)]
    retour = "[a.xlsx] {}\n accueil/reponse/structure {}\n 1.6/avancement/etat En préparation"
    assert (
        found(
            folder(retour.format(*["Commune de Fleury-les-Eaux"] * 2), expected_returns=expected_returns),
            "STRUCTURE_INATTENDUE",
        )
        == []
    )
    assert found(
        folder(retour.format(*["Commune de Valcourt"] * 2), expected_returns=expected_returns), "STRUCTURE_INATTENDUE"
    ) == [("STRUCTURE_INATTENDUE", A_CONFIRMER, ("reponse/structure",))]


@pytest.mark.parametrize("nom, faulty", [("commune de FLEURY-les-Eaux", False), ("commune de FLEURY", True)])
def test_a_structure_that_writes_its_name_otherwise_is_the_one_expected(nom, faulty):
    expected_returns = [("1.6", "Commune de Fleury-les-Eaux", "", False)]
    retour = folder(
        f"[a.xlsx] {nom}\n accueil/reponse/structure {nom}\n 1.6/avancement/etat En préparation",
        expected_returns=expected_returns,
    )
    assert {code for code, *_ in found(retour, "STRUCTURE_INATTENDUE", "RETOUR_MANQUANT")} == (
        {"STRUCTURE_INATTENDUE", "RETOUR_MANQUANT"} if faulty else set()
    )


@pytest.mark.parametrize(
    "header, typed_in, faulty",
    [
        ("association / Cours", "Cours", False),
        ("association / Étude", "Étude", True),
        ("association", None, True),
        ("association", "?? CHOIX_INCONNU", False),
    ],
)
def test_a_structure_answers_for_its_own_volet(header, typed_in, faulty):
    volet = f"1.3/reponse/volet {typed_in}\n" if typed_in else ""
    retour = folder(f"[a.xlsx] {header}\n {volet} 1.3/avancement/etat En préparation")
    all_expected = [("VOLET_INATTENDU", A_CONFIRMER, ("reponse/volet",))] if faulty else []
    assert found(retour, "VOLET_INATTENDU") == all_expected


def duplicates(texte):
    anomalies = [a for a in controler(folder(texte)) if a.code == "DOUBLON_DE_RETOUR"]
    return [(a.gravite, a.file, a.sheet, a.refuses_file, a.refuses_sheet) for a in anomalies]


def test_two_different_returns_for_the_same_fiche_are_both_refused_for_that_fiche():
    texte = (
        "[a.xlsx] association\n 1.1/mesures/1.1-I01/valeur 1\n 1.2/avancement/etat En cours\n [b.xlsx] "
        "association\n 1.1/mesures/1.1-I01/valeur 2"
    )
    assert duplicates(texte) == [
        (BLOCKING, "a.xlsx", "FA 1.1", False, True),
        (BLOCKING, "b.xlsx", "FA 1.1", False, True),
    ]


def test_a_copy_of_a_return_is_set_aside_and_its_mistakes_are_said_once():
    texte = "[{}] association sha256=1234\n 1.1/mesures/1.1-I02/valeur 1\n 1.1/mesures/1.1-I02/dont_qpv 2\n"
    texte = texte.format("b.xlsx") + texte.format("a.xlsx")
    assert duplicates(texte) == [(A_CONFIRMER, "b.xlsx", "", True, False)]
    assert len(found(folder(texte), "QPV_SUPERIEUR_AU_TOTAL")) == 1


def test_two_structures_or_two_volets_are_no_duplicate():
    assert duplicates("[a.xlsx] association\n 1.1\n [b.xlsx] ville\n 1.1") == []
    assert duplicates("[a.xlsx] association / Cours\n 1.3\n [b.xlsx] association / Étude\n 1.3") == []


def test_returns_in_conflict_do_not_count_twice_in_what_is_added_up():
    texte = "".join(
        f"[{n}.xlsx] association\n 1.1/financement/01/financeur Agence\n 1.1/financement/01/nature Maquette\n "
        "1.1/financement/01/engage 15000\n"
        for n in "ab"
    )
    assert found(folder(texte), "CONTRAT_DEPASSE") == []  # 15 000 of 20 000, twice declared


def test_an_expected_return_that_did_not_come_is_to_be_confirmed():
    expected_returns = [("1.1", "association", "", False), ("1.1", "ville", "", False)]
    (anomalie,) = [
        a
        for a in controler(folder("[a.xlsx] association\n 1.1", expected_returns=expected_returns))
        if a.code == "RETOUR_MANQUANT"
    ]
    assert (anomalie.gravite, anomalie.file, anomalie.fiche, anomalie.structure) == (A_CONFIRMER, "", "1.1", "ville")


def test_a_silent_structure_is_one_line_with_its_fiches():
    """Once a structure, the article elided before its vowel; volets are named."""
    expected = [("1.1", "association", "", False), ("1.3", "association", "Cours", False), ("1.1", "ville", "", False)]
    told = [a for a in controler(folder("", expected_returns=expected)) if a.code == "RETOUR_MANQUANT"]
    words = [(a.fiche, a.structure, a.found.replace("\u00a0", " ")) for a in told]
    assert sorted(words, key=lambda w: w[1]) == [
        ("", "association", "aucun retour d’Association pour les fiches 1.1, 1.3 (volet « Cours »)"),
        ("1.1", "ville", "aucun retour de Ville pour la fiche 1.1"),
    ]


def test_a_return_is_expected_for_each_volet():
    expected_returns = [("1.3", "association", "Cours", False), ("1.3", "association", "Étude", False)]
    (anomalie,) = [
        a
        for a in controler(folder("[a.xlsx] association / Cours\n 1.3", expected_returns=expected_returns))
        if a.code == "RETOUR_MANQUANT"
    ]
    assert "Étude" in anomalie.found


def test_a_group_that_nobody_named_is_not_a_missing_return():
    anomalies = found(
        folder("", expected_returns=[("1.6", "communes", "", True)]), "RETOUR_MANQUANT", "GROUPE_NON_NOMME"
    )
    assert anomalies == [("GROUPE_NON_NOMME", A_CONFIRMER, ())]


@pytest.mark.parametrize(
    "reunions, instances",
    [
        ({"Comité technique": 1, "COPIL": 1}, ["Comité technique"]),
        ({"Comité technique": 2, "COPIL": 1}, []),
        ({"COPIL": 0}, ["COPIL"]),
        ({}, []),
    ],
)
def test_each_body_meets_as_often_as_the_contract_says(reunions, instances):
    anomalies = [
        a
        for a in controler(folder("", pilotage=pilotage(reunions=reunions)))
        if a.code == "GOUVERNANCE_SOUS_LE_MINIMUM"
    ]
    assert [(a.gravite, a.champ) for a in anomalies] == [(A_CONFIRMER, nom) for nom in instances]


# --- against last year ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before, valeur, faulty",
    [
        (20, 31, True),
        (20, 30, False),
        (20, 9, True),
        (20, 10, False),
        (4, 13, False),
        (4, 14, True),
        (0, 10, True),
        (0, 9, False),
    ],
)
def test_a_change_over_half_and_ten_units_is_to_be_confirmed(before, valeur, faulty):
    last = precedent(f"[z.xlsx] association\n 1.1/mesures/1.1-I01/valeur {before}")
    all_expected = [("EVOLUTION_FORTE", A_CONFIRMER, ("mesures/1.1-I01/valeur",))] if faulty else []
    assert found(one_retour(f"mesures/1.1-I01/valeur {valeur}", precedent=last), "EVOLUTION_FORTE") == all_expected


@pytest.mark.parametrize("valeur, faulty", [(2, True), (3, False), (4, False)])
def test_a_stock_that_falls_is_to_be_confirmed(valeur, faulty):
    last = precedent("[z.xlsx] association\n 1.1/mesures/1.1-I05/valeur 3")
    all_expected = [("STOCK_EN_BAISSE", A_CONFIRMER, ("mesures/1.1-I05/valeur",))] if faulty else []
    assert (
        found(one_retour(f"mesures/1.1-I05/valeur {valeur}", precedent=last), "STOCK_EN_BAISSE", "EVOLUTION_FORTE")
        == all_expected
    )


def test_another_structure_of_the_fiche_is_not_compared_with_this_one():
    last = precedent("[z.xlsx] ville\n 1.1/mesures/1.1-I01/valeur 500")
    assert found(one_retour("mesures/1.1-I01/valeur 1", precedent=last), "EVOLUTION_FORTE") == []


@pytest.mark.parametrize("third, faulty", [(7, True), (8, False)])
def test_a_fiche_where_every_figure_is_last_year_s_may_be_a_copy(third, faulty):
    last = precedent(
        "[z.xlsx] association\n 1.1/mesures/1.1-I01/valeur 5\n 1.1/mesures/1.1-I02/valeur 6\n "
        "1.1/mesures/1.1-I05/valeur 7"
    )
    cells = ("mesures/1.1-I01/valeur", "mesures/1.1-I02/valeur", "mesures/1.1-I05/valeur")
    retour = one_retour(f"{cells[0]} 5\n {cells[1]} 6\n {cells[2]} {third}", precedent=last)
    assert found(retour, "IDENTIQUE_A_L_ANNEE_PRECEDENTE") == (
        [("IDENTIQUE_A_L_ANNEE_PRECEDENTE", A_CONFIRMER, cells)] if faulty else []
    )


def test_two_equal_figures_may_be_chance():
    texte = "[a.xlsx] association\n 1.1/mesures/1.1-I01/valeur 5\n 1.1/mesures/1.1-I02/valeur 6"
    assert found(folder(texte, precedent=precedent(texte)), "IDENTIQUE_A_L_ANNEE_PRECEDENTE") == []


# --- between structures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "valeur, commentaire, faulty",
    [(3, "forum de rentrée", True), (3, "Forum d’été", False), (2, "Forum de rentrée", False)],
)
def test_the_same_figure_with_the_same_comment_may_be_one_event(valeur, commentaire, faulty):
    texte = "[a.xlsx] association\n 1.1/mesures/1.1-I01/valeur 3\n 1.1/mesures/1.1-I01/commentaire Forum de rentrée\n"
    texte += f"[b.xlsx] ville\n 1.1/mesures/1.1-I01/valeur {valeur}\n 1.1/mesures/1.1-I01/commentaire {commentaire}"
    anomalies = [a for a in controler(folder(texte)) if a.code == "EVENEMENT_DECLARE_DEUX_FOIS"]
    assert [(a.gravite, a.file, a.cells) for a in anomalies] == (
        [(A_CONFIRMER, "b.xlsx", ("mesures/1.1-I01/valeur",))] if faulty else []
    )


@pytest.mark.parametrize("second, faulty", [(2, True), (1, False)])
def test_the_same_detail_may_be_one_event(second, faulty):
    detail = (
        "1.1/mesures/1.1-I03/valeur {0}\n 1.1/ventilations/1.1-I03/01/modalite A\n "
        "1.1/ventilations/1.1-I03/01/effectif 4\n"
    )
    detail += "1.1/ventilations/1.1-I03/02/modalite B\n 1.1/ventilations/1.1-I03/02/effectif {1}\n"
    texte = "[a.xlsx] association\n" + detail.format(6, 2) + "[b.xlsx] ville\n" + detail.format(4 + second, second)
    cells = ("mesures/1.1-I03/valeur", "ventilations/1.1-I03/01/effectif", "ventilations/1.1-I03/02/effectif")
    assert found(folder(texte), "EVENEMENT_DECLARE_DEUX_FOIS") == (
        [("EVENEMENT_DECLARE_DEUX_FOIS", A_CONFIRMER, cells)] if faulty else []
    )


@pytest.mark.parametrize("other_count, code", [(5, "ACTIVITE_DECLAREE_DEUX_FOIS"), (6, "EVENEMENT_DECLARE_DEUX_FOIS")])
def test_returns_that_count_everything_alike_are_told_once(other_count, code):
    one = (
        "1.1/mesures/1.1-I01/valeur 3\n 1.1/mesures/1.1-I01/commentaire Forum de rentrée\n 1.1/mesures/1.1-I02/valeur "
    )
    retours = folder(f"[a.xlsx] association\n {one}5\n[b.xlsx] ville\n {one}{other_count}")
    assert [a.code for a in controler(retours) if a.code.endswith("DEUX_FOIS")] == [code]


@pytest.mark.parametrize("how_many", [10, 11])
def test_what_many_declare_alike_is_said_once_at_the_first_of_them(how_many):
    same_text = "1.1/mesures/1.1-I01/valeur 3\n 1.1/mesures/1.1-I01/commentaire Forum de rentrée\n"
    texte = (
        f"[a.xlsx] association\n {same_text}"
        + f"[a2.xlsx] association\n {same_text}"
        + "".join(f"[b{n:02}.xlsx] Commune {n}\n {same_text}" for n in range(how_many))
    )
    statements = [(a.file, a.found) for a in check_retour(folder(texte)) if a.code == "EVENEMENT_DECLARE_DEUX_FOIS"]
    if how_many == 10:
        assert statements == [(f"b{n:02}.xlsx", "même déclaration dans a.xlsx\xa0: Ateliers") for n in range(10)]
    else:
        assert statements == [
            ("a.xlsx", "même déclaration dans 11 autres retours, dont b00.xlsx, b01.xlsx, b02.xlsx\xa0: Ateliers")
        ]


def test_a_single_return_is_checked_without_a_campaign():
    codes = {
        a.code
        for a in check_retour(
            folder(
                "[a.xlsx] association\n 1.1/mesures/1.1-I02/valeur 1\n 1.1/mesures/1.1-I02/dont_qpv 2",
                expected_returns=[("1.1", "ville", "", False)],
            )
        )
    }
    assert "QPV_SUPERIEUR_AU_TOTAL" in codes
    assert codes.isdisjoint({"RETOUR_MANQUANT", "DOUBLON_DE_RETOUR"})


@pytest.mark.parametrize(
    ("siret", "faulty"),
    [
        ("73282932000074", False),
        ("73282932000075", True),  # the key
        ("7328293200007", True),  # a digit short
        ("35600000000048", False),  # La Poste
    ],
)
def test_a_siret_has_fourteen_digits_and_its_key(siret, faulty):
    anomalies = found(folder(f"[a.xlsx] association\n accueil/reponse/siret {siret}\n 1.1"), "SIRET_INVALIDE")
    assert anomalies == ([("SIRET_INVALIDE", A_CONFIRMER, ("reponse/siret",))] if faulty else [])
