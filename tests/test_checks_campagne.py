"""Checks 1, 3, 4, 5, 23 to 25 and 42: returns, structures, years."""

import pytest
from frames_for_tests import dossier, pilotage, precedent, trouve
from test_checks_avancement import A_CONFIRMER, BLOQUANT, un_retour

from cls_workbook.checks import controler, controler_retour


@pytest.mark.parametrize("faits, fautif", [("annee=2024", True), ("contrat=autre", True), ("modele=0", True), ("", False)])
def test_a_return_of_another_campaign_is_refused_whole_and_said_once(faits, fautif):
    anomalies = controler(dossier(f"[a.xlsx] association {faits}\n 1.1/mesures/1.1-I02/valeur 1\n 1.1/mesures/1.1-I02/dont_qpv 2\n 1.2/avancement/etat En cours", modele="1"))
    if fautif:
        assert [(a.code, a.gravite, a.fichier, a.refuse_fichier) for a in anomalies] == [("HORS_CAMPAGNE", BLOQUANT, "a.xlsx", True)]
    else:
        assert "HORS_CAMPAGNE" not in [a.code for a in anomalies]


@pytest.mark.parametrize("structure, fiche, fautif", [
    ("association", "1.1", False), ("association", "1.4", True), ("Inconnue", "1.1", True),
    ("Commune de Valcourt", "1.6", False), ("Commune d’ailleurs", "1.6", True),
])  # fmt: skip
def test_a_structure_answers_for_a_fiche_that_it_carries(structure, fiche, fautif):
    retour = dossier(f"[a.xlsx] {structure}\n accueil/reponse/structure {structure}\n {fiche}/avancement/etat En préparation")
    attendues = [("STRUCTURE_INATTENDUE", A_CONFIRMER, ("reponse/structure",))] if fautif else []
    assert trouve(retour, "STRUCTURE_INATTENDUE") == attendues


def test_named_members_replace_their_group():
    attendus = [("1.6", "Commune de Fleury-les-Eaux", "", False)]
    retour = "[a.xlsx] {}\n accueil/reponse/structure {}\n 1.6/avancement/etat En préparation"
    assert trouve(dossier(retour.format(*["Commune de Fleury-les-Eaux"] * 2), attendus=attendus), "STRUCTURE_INATTENDUE") == []
    assert trouve(dossier(retour.format(*["Commune de Valcourt"] * 2), attendus=attendus), "STRUCTURE_INATTENDUE") == [
        ("STRUCTURE_INATTENDUE", A_CONFIRMER, ("reponse/structure",))
    ]


@pytest.mark.parametrize("nom, fautif", [("commune de FLEURY-les-Eaux", False), ("commune de FLEURY", True)])
def test_a_structure_that_writes_its_name_otherwise_is_the_one_expected(nom, fautif):
    attendus = [("1.6", "Commune de Fleury-les-Eaux", "", False)]
    retour = dossier(f"[a.xlsx] {nom}\n accueil/reponse/structure {nom}\n 1.6/avancement/etat En préparation", attendus=attendus)
    assert {code for code, *_ in trouve(retour, "STRUCTURE_INATTENDUE", "RETOUR_MANQUANT")} == ({"STRUCTURE_INATTENDUE", "RETOUR_MANQUANT"} if fautif else set())


@pytest.mark.parametrize("entete, saisi, fautif", [
    ("association / Cours", "Cours", False), ("association / Étude", "Étude", True), ("association", None, True), ("association", "?? CHOIX_INCONNU", False),
])  # fmt: skip
def test_a_structure_answers_for_its_own_volet(entete, saisi, fautif):
    volet = f"1.3/reponse/volet {saisi}\n" if saisi else ""
    retour = dossier(f"[a.xlsx] {entete}\n {volet} 1.3/avancement/etat En préparation")
    attendues = [("VOLET_INATTENDU", A_CONFIRMER, ("reponse/volet",))] if fautif else []
    assert trouve(retour, "VOLET_INATTENDU") == attendues


def doublons(texte):
    anomalies = [a for a in controler(dossier(texte)) if a.code == "DOUBLON_DE_RETOUR"]
    return [(a.gravite, a.fichier, a.feuille, a.refuse_fichier, a.refuse_feuille) for a in anomalies]


def test_two_different_returns_for_the_same_fiche_are_both_refused_for_that_fiche():
    texte = "[a.xlsx] association\n 1.1/mesures/1.1-I01/valeur 1\n 1.2/avancement/etat En cours\n [b.xlsx] association\n 1.1/mesures/1.1-I01/valeur 2"
    assert doublons(texte) == [(BLOQUANT, "a.xlsx", "FA 1.1", False, True), (BLOQUANT, "b.xlsx", "FA 1.1", False, True)]


def test_a_copy_of_a_return_is_set_aside_and_its_mistakes_are_said_once():
    texte = "[{}] association sha256=1234\n 1.1/mesures/1.1-I02/valeur 1\n 1.1/mesures/1.1-I02/dont_qpv 2\n"
    texte = texte.format("b.xlsx") + texte.format("a.xlsx")
    assert doublons(texte) == [(A_CONFIRMER, "b.xlsx", "", True, False)]
    assert len(trouve(dossier(texte), "QPV_SUPERIEUR_AU_TOTAL")) == 1


def test_two_structures_or_two_volets_are_no_duplicate():
    assert doublons("[a.xlsx] association\n 1.1\n [b.xlsx] ville\n 1.1") == []
    assert doublons("[a.xlsx] association / Cours\n 1.3\n [b.xlsx] association / Étude\n 1.3") == []


def test_returns_in_conflict_do_not_count_twice_in_what_is_added_up():
    texte = "".join(f"[{n}.xlsx] association\n 1.1/financement/01/financeur Agence\n 1.1/financement/01/nature Maquette\n 1.1/financement/01/engage 15000\n" for n in "ab")
    assert trouve(dossier(texte), "CONTRAT_DEPASSE") == []  # 15 000 of 20 000, twice declared


def test_an_expected_return_that_did_not_come_is_to_be_confirmed():
    attendus = [("1.1", "association", "", False), ("1.1", "ville", "", False)]
    (anomalie,) = [a for a in controler(dossier("[a.xlsx] association\n 1.1", attendus=attendus)) if a.code == "RETOUR_MANQUANT"]
    assert (anomalie.gravite, anomalie.fichier, anomalie.fiche, anomalie.structure) == (A_CONFIRMER, "", "1.1", "ville")


def test_a_return_is_expected_for_each_volet():
    attendus = [("1.3", "association", "Cours", False), ("1.3", "association", "Étude", False)]
    (anomalie,) = [a for a in controler(dossier("[a.xlsx] association / Cours\n 1.3", attendus=attendus)) if a.code == "RETOUR_MANQUANT"]
    assert "Étude" in anomalie.trouve


def test_a_group_that_nobody_named_is_not_a_missing_return():
    anomalies = trouve(dossier("", attendus=[("1.6", "communes", "", True)]), "RETOUR_MANQUANT", "GROUPE_NON_NOMME")
    assert anomalies == [("GROUPE_NON_NOMME", A_CONFIRMER, ())]


@pytest.mark.parametrize("reunions, instances", [
    ({"Comité technique": 1, "COPIL": 1}, ["Comité technique"]), ({"Comité technique": 2, "COPIL": 1}, []), ({"COPIL": 0}, ["COPIL"]), ({}, []),
])  # fmt: skip
def test_each_body_meets_as_often_as_the_contract_says(reunions, instances):
    anomalies = [a for a in controler(dossier("", pilotage=pilotage(reunions=reunions))) if a.code == "GOUVERNANCE_SOUS_LE_MINIMUM"]
    assert [(a.gravite, a.champ) for a in anomalies] == [(A_CONFIRMER, nom) for nom in instances]


# --- against last year ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("avant, valeur, fautif", [(20, 31, True), (20, 30, False), (20, 9, True), (20, 10, False), (4, 13, False), (4, 14, True), (0, 10, True), (0, 9, False)])
def test_a_change_over_half_and_ten_units_is_to_be_confirmed(avant, valeur, fautif):
    dernier = precedent(f"[z.xlsx] association\n 1.1/mesures/1.1-I01/valeur {avant}")
    attendues = [("EVOLUTION_FORTE", A_CONFIRMER, ("mesures/1.1-I01/valeur",))] if fautif else []
    assert trouve(un_retour(f"mesures/1.1-I01/valeur {valeur}", precedent=dernier), "EVOLUTION_FORTE") == attendues


@pytest.mark.parametrize("valeur, fautif", [(2, True), (3, False), (4, False)])
def test_a_stock_that_falls_is_to_be_confirmed(valeur, fautif):
    dernier = precedent("[z.xlsx] association\n 1.1/mesures/1.1-I05/valeur 3")
    attendues = [("STOCK_EN_BAISSE", A_CONFIRMER, ("mesures/1.1-I05/valeur",))] if fautif else []
    assert trouve(un_retour(f"mesures/1.1-I05/valeur {valeur}", precedent=dernier), "STOCK_EN_BAISSE", "EVOLUTION_FORTE") == attendues


def test_another_structure_of_the_fiche_is_not_compared_with_this_one():
    dernier = precedent("[z.xlsx] ville\n 1.1/mesures/1.1-I01/valeur 500")
    assert trouve(un_retour("mesures/1.1-I01/valeur 1", precedent=dernier), "EVOLUTION_FORTE") == []


@pytest.mark.parametrize("troisieme, fautif", [(7, True), (8, False)])
def test_a_fiche_where_every_figure_is_last_year_s_may_be_a_copy(troisieme, fautif):
    dernier = precedent("[z.xlsx] association\n 1.1/mesures/1.1-I01/valeur 5\n 1.1/mesures/1.1-I02/valeur 6\n 1.1/mesures/1.1-I05/valeur 7")
    cellules = ("mesures/1.1-I01/valeur", "mesures/1.1-I02/valeur", "mesures/1.1-I05/valeur")
    retour = un_retour(f"{cellules[0]} 5\n {cellules[1]} 6\n {cellules[2]} {troisieme}", precedent=dernier)
    assert trouve(retour, "IDENTIQUE_A_L_ANNEE_PRECEDENTE") == ([("IDENTIQUE_A_L_ANNEE_PRECEDENTE", A_CONFIRMER, cellules)] if fautif else [])


def test_two_equal_figures_may_be_chance():
    texte = "[a.xlsx] association\n 1.1/mesures/1.1-I01/valeur 5\n 1.1/mesures/1.1-I02/valeur 6"
    assert trouve(dossier(texte, precedent=precedent(texte)), "IDENTIQUE_A_L_ANNEE_PRECEDENTE") == []


# --- between structures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("valeur, commentaire, fautif", [(3, "forum de rentrée", True), (3, "Forum d’été", False), (2, "Forum de rentrée", False)])
def test_the_same_figure_with_the_same_comment_may_be_one_event(valeur, commentaire, fautif):
    texte = "[a.xlsx] association\n 1.1/mesures/1.1-I01/valeur 3\n 1.1/mesures/1.1-I01/commentaire Forum de rentrée\n"
    texte += f"[b.xlsx] ville\n 1.1/mesures/1.1-I01/valeur {valeur}\n 1.1/mesures/1.1-I01/commentaire {commentaire}"
    anomalies = [a for a in controler(dossier(texte)) if a.code == "EVENEMENT_DECLARE_DEUX_FOIS"]
    assert [(a.gravite, a.fichier, a.cellules) for a in anomalies] == ([(A_CONFIRMER, "b.xlsx", ("mesures/1.1-I01/valeur",))] if fautif else [])


@pytest.mark.parametrize("second, fautif", [(2, True), (1, False)])
def test_the_same_detail_may_be_one_event(second, fautif):
    detail = "1.1/mesures/1.1-I03/valeur {0}\n 1.1/ventilations/1.1-I03/01/modalite A\n 1.1/ventilations/1.1-I03/01/effectif 4\n"
    detail += "1.1/ventilations/1.1-I03/02/modalite B\n 1.1/ventilations/1.1-I03/02/effectif {1}\n"
    texte = "[a.xlsx] association\n" + detail.format(6, 2) + "[b.xlsx] ville\n" + detail.format(4 + second, second)
    cellules = ("mesures/1.1-I03/valeur", "ventilations/1.1-I03/01/effectif", "ventilations/1.1-I03/02/effectif")
    assert trouve(dossier(texte), "EVENEMENT_DECLARE_DEUX_FOIS") == ([("EVENEMENT_DECLARE_DEUX_FOIS", A_CONFIRMER, cellules)] if fautif else [])


@pytest.mark.parametrize("combien", [10, 11])
def test_what_many_declare_alike_is_said_once_at_the_first_of_them(combien):
    pareil = "1.1/mesures/1.1-I01/valeur 3\n 1.1/mesures/1.1-I01/commentaire Forum de rentrée\n"
    texte = f"[a.xlsx] association\n {pareil}" + f"[a2.xlsx] association\n {pareil}" + "".join(f"[b{n:02}.xlsx] Commune {n}\n {pareil}" for n in range(combien))
    dites = [(a.fichier, a.trouve) for a in controler_retour(dossier(texte)) if a.code == "EVENEMENT_DECLARE_DEUX_FOIS"]
    if combien == 10:
        assert dites == [(f"b{n:02}.xlsx", "même déclaration dans a.xlsx\xa0: Ateliers") for n in range(10)]
    else:
        assert dites == [("a.xlsx", "même déclaration dans 11 autres retours, dont b00.xlsx, b01.xlsx, b02.xlsx\xa0: Ateliers")]


def test_a_single_return_is_checked_without_a_campaign():
    codes = {a.code for a in controler_retour(dossier("[a.xlsx] association annee=2024\n 1.1/mesures/1.1-I02/valeur 1\n 1.1/mesures/1.1-I02/dont_qpv 2", attendus=[("1.1", "ville", "", False)]))}
    assert "QPV_SUPERIEUR_AU_TOTAL" in codes
    assert codes.isdisjoint({"HORS_CAMPAGNE", "RETOUR_MANQUANT", "DOUBLON_DE_RETOUR"})
