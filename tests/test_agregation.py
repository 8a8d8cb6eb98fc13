"""One figure from several answers, code by code, and from several years."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retours_ecrits import bloc, cite, contrat, dit, ligne, mesure, saisie, texte, valeurs

from cls_workbook.contract.model import Commune
from cls_workbook.summaries.activity import sur_les_annees, ventilations

# --- FLUX, PERSONNES ---


def test_flows_are_summed_over_structures():
    assert ligne(contrat(mesure("FLUX")), dit("a", 3), dit("b", 4), dit("c", 5))["Valeur"] == 12


def test_estimates_are_told():
    essai = contrat(mesure("FLUX"), porteurs=("a", "b"))
    assert ligne(essai, dit("a", 3, statut="estimé"), dit("b", 4))["Réserve"] == "en partie estimé"
    assert ligne(essai, dit("a", 3, statut="estimé"), dit("b", 4, statut="estimé"))["Réserve"] == "estimé"
    assert ligne(essai, dit("a", 3, statut="réel"), dit("b", 4))["Réserve"] is None


def test_people_are_participations_unless_all_attest_that_none_counts_twice():
    essai = contrat(mesure("PERSONNES"), porteurs=("a", "b"))
    attestes = ligne(essai, dit("a", 30, double_compte="oui"), dit("b", 12, double_compte="oui"))
    assert (attestes["Valeur"], attestes["Réserve"]) == (42, None)
    doute = ligne(essai, dit("a", 30, double_compte="oui"), dit("b", 12, double_compte="ne sait pas"))
    assert doute["Valeur"] == 42
    assert doute["Réserve"] == "participations (absence de double compte non attestée par 1 retour sur 2)"


def test_one_structure_alone_attests_too():
    essai = contrat(mesure("PERSONNES"), porteurs=("a",))
    assert ligne(essai, dit("a", 30, double_compte="oui"))["Réserve"] is None
    assert ligne(essai, dit("a", 30))["Réserve"] == "participations (absence de double compte non attestée)"


def test_of_which_in_qpv_is_never_added_to_the_figure():
    assert ligne(contrat(mesure("PERSONNES"), porteurs=("a",)), dit("a", 30, dont_qpv=11, double_compte="oui"))["Valeur"] == 30


# --- ENTITES, STOCK ---


@pytest.mark.parametrize("code", ["ENTITES", "STOCK"])
def test_one_answer_is_the_count(code):
    assert ligne(contrat(mesure(code), porteurs=("a",)), dit("a", 9))["Valeur"] == 9


@pytest.mark.parametrize("code", ["ENTITES", "STOCK"])
def test_entities_without_names_are_not_added(code):
    rangee = ligne(contrat(mesure(code)), dit("a", 5), dit("b", 4))
    # at least the largest, 5; at most all different, 5 + 4 = 9
    assert (rangee["Valeur"], rangee["Réserve"]) == (None, "non dédoublonné : entre 5 et 9")
    assert rangee["Couverture"] == "partiel (2 sur 3)"


def test_entities_named_by_all_are_counted_once():
    rangee = ligne(
        contrat(mesure("ENTITES"), porteurs=("a", "b")),
        cite("a", 3, "Foyer de l’Étoile", "Crèche Saint-Éloi", "MJC"), cite("b", 2, "foyer  de l'etoile", "Creche Saint Eloi"),
    )  # fmt: skip
    # 3 + 2 = 5 declared, the two of b are two of a: 3
    assert (rangee["Valeur"], rangee["Réserve"]) == (3, "noms distincts (total des déclarations : 5)")


def test_names_that_do_not_cover_the_count_prove_nothing():
    rangee = ligne(contrat(mesure("ENTITES"), porteurs=("a", "b")), cite("a", 3, "MJC", "Foyer"), cite("b", 1, "MJC"))
    assert (rangee["Valeur"], rangee["Réserve"]) == (None, "non dédoublonné : entre 3 et 4")


def test_a_commune_has_one_identity_however_it_is_written():
    essai = contrat(
        mesure("ENTITES", communes=True), porteurs=("a", "b"), communes=(Commune("01001", "Val-Fleuri", nom_imprime="Val-le-Vieux"),)
    )
    assert ligne(essai, cite("a", 1, "Commune de Val Fleuri"), cite("b", 1, "Val-le-Vieux"))["Valeur"] == 1


# --- RATIO ---


def test_a_rate_is_a_sum_over_a_sum_never_a_mean_of_rates():
    rangee = ligne(
        contrat(mesure("RATIO", "taux"), porteurs=("a", "b")),
        bloc("taux", "a", numerateur=1, denominateur=2), bloc("taux", "b", numerateur=9, denominateur=10),
    )  # fmt: skip
    # (1 + 9) / (2 + 10) = 10 / 12, not the mean of 50 % and 90 %
    assert (rangee["Numérateur"], rangee["Dénominateur"]) == (10, 12)
    assert rangee["Valeur"] == Decimal(10) / Decimal(12)


def test_a_return_that_gives_one_term_only_does_not_enter():
    rangee = ligne(
        contrat(mesure("RATIO", "taux"), porteurs=("a", "b")),
        bloc("taux", "a", numerateur=3, denominateur=4), bloc("taux", "b", numerateur=9),
    )  # fmt: skip
    assert (rangee["Valeur"], rangee["Couverture"]) == (Decimal("0.75"), "partiel (1 sur 2)")


def test_a_denominator_of_the_contract_counts_once():
    rangee = ligne(
        contrat(mesure("RATIO", "taux", denominateur=Decimal(40), numerateur_decimal=True), porteurs=("a", "b")),
        bloc("taux", "a", numerateur=Decimal("20.5")), bloc("taux", "b", numerateur=Decimal("15.5")),
    )  # fmt: skip
    # (20,5 + 15,5) / 40 = 36 / 40 = 90 %
    assert (rangee["Valeur"], rangee["Réserve"]) == (Decimal("0.9"), "dénominateur du contrat (40) compté une fois")


def test_a_rate_given_by_its_breakdown_only_is_the_sum_of_its_rows():
    rangee = ligne(
        contrat(mesure("RATIO", "taux", ventilation="instance"), porteurs=("a",)),
        saisie("a", "1.1", {
            "ventilations/M/01/modalite": "COPIL", "ventilations/M/01/numerateur": 20, "ventilations/M/01/denominateur": 36,
            "ventilations/M/02/modalite": "Comité", "ventilations/M/02/numerateur": 7, "ventilations/M/02/denominateur": 9,
            "ventilations/M/03/modalite": "Groupe", "ventilations/M/03/numerateur": 5,
        }),
    )  # fmt: skip
    # 20 + 7 = 27 over 36 + 9 = 45: 60 %; the third row has no denominator
    assert (rangee["Numérateur"], rangee["Dénominateur"], rangee["Valeur"]) == (27, 45, Decimal("0.6"))
    assert rangee["Réserve"] == "somme des catégories"


def test_a_rate_over_zero_is_empty():
    rangee = ligne(contrat(mesure("RATIO", "taux"), porteurs=("a",)), bloc("taux", "a", numerateur=0, denominateur=0))
    assert (rangee["Valeur"], rangee["Réserve"]) == (None, "dénominateur nul")


def test_two_definitions_of_one_rate_are_told():
    rangee = ligne(
        contrat(mesure("RATIO", "taux"), porteurs=("a", "b")),
        bloc("taux", "a", numerateur=1, denominateur=2, definition="assidus / inscrits"),
        bloc("taux", "b", numerateur=1, denominateur=2, definition="assidus / reçus"),
    )  # fmt: skip
    assert rangee["Réserve"] == "définitions du taux différentes selon les retours"


# --- MOYENNE, SATISFACTION ---


def test_an_average_is_weighted_by_what_it_rests_on():
    rangee = ligne(
        contrat(mesure("MOYENNE", "moyenne", unite="mois"), porteurs=("a", "b")),
        bloc("durees", "a", moyenne=Decimal("6"), effectif=30, unite="jours"), bloc("durees", "b", moyenne=Decimal("10"), effectif=10, unite="jours"),
    )  # fmt: skip
    # (6 × 30 + 10 × 10) / 40 = 280 / 40 = 7, not 8; the unit is the one that was chosen
    assert (rangee["Valeur"], rangee["Unité"], rangee["Réserve"]) == (7, "jours", None)


def test_averages_in_two_units_do_not_mix():
    rangee = ligne(
        contrat(mesure("MOYENNE", "moyenne"), porteurs=("a", "b")),
        bloc("durees", "a", moyenne=Decimal("6"), effectif=30, unite="mois"), bloc("durees", "b", moyenne=Decimal("10"), effectif=10, unite="jours"),
    )  # fmt: skip
    assert (rangee["Valeur"], rangee["Réserve"]) == (None, "unités différentes : « mois », « jours »")


def test_an_average_without_weight_stays_out_of_a_weighted_one():
    rangee = ligne(
        contrat(mesure("MOYENNE", "moyenne"), porteurs=("a", "b")),
        bloc("durees", "a", moyenne=Decimal("6"), effectif=30, unite="mois"), bloc("durees", "b", moyenne=Decimal("10"), unite="mois"),
    )  # fmt: skip
    assert (rangee["Valeur"], rangee["Couverture"]) == (6, "partiel (1 sur 2)")
    assert rangee["Réserve"] == "1 moyenne sans effectif, non comptée ; 1 retour sans valeur retenue"


def test_one_average_alone_needs_no_weight_but_says_so():
    rangee = ligne(contrat(mesure("MOYENNE", "moyenne"), porteurs=("a",)), bloc("durees", "a", moyenne=Decimal("7.5"), unite="mois"))
    assert (rangee["Valeur"], rangee["Réserve"]) == (Decimal("7.5"), "effectif non renseigné")


def note(structure, satisfaits, repondants, echelle):
    return bloc("satisfaction", structure, satisfaits=satisfaits, repondants=repondants, **({"echelle": echelle} if echelle else {}))


def test_satisfaction_is_a_sum_over_a_sum_on_one_scale():
    rangee = ligne(
        contrat(mesure("SATISFACTION", "satisfaction"), porteurs=("a", "b")),
        note("a", 8, 10, "Échelle de 1 à 5"), note("b", 10, 30, "Échelle de 1 à 5"),
    )  # fmt: skip
    # (8 + 10) / (10 + 30) = 18 / 40 = 45 %
    assert (rangee["Numérateur"], rangee["Dénominateur"], rangee["Valeur"], rangee["Réserve"]) == (18, 40, Decimal("0.45"), None)


@pytest.mark.parametrize(
    ("une", "autre", "reserve"),
    [
        ("Échelle de 1 à 4", "Échelle de 1 à 5", "échelles différentes : « Échelle de 1 à 4 », « Échelle de 1 à 5 »"),
        ("Échelle de 1 à 4", None, "échelles différentes : « Échelle de 1 à 4 », « non précisée »"),
        ("Autre", "Autre", "échelles non comparables : « Autre »"),
    ],
)
def test_scales_that_differ_or_may_differ_give_no_figure(une, autre, reserve):
    rangee = ligne(contrat(mesure("SATISFACTION", "satisfaction"), porteurs=("a", "b")), note("a", 8, 10, une), note("b", 10, 30, autre))
    assert (rangee["Valeur"], rangee["Numérateur"], rangee["Réserve"]) == (None, None, reserve)


# --- JALON, UNION, TEXTE, ventilation ---


def test_a_milestone_is_where_the_least_advanced_structure_stands():
    rangee = ligne(
        contrat(mesure("JALON", "jalon")),
        bloc("jalons", "a", jalon="Atteint", date=datetime.date(2025, 2, 1)), bloc("jalons", "b", jalon="Engagé", date=datetime.date(2025, 6, 30)),
    )  # fmt: skip
    assert rangee["Valeur"] == "Engagé"
    assert rangee["Réserve"] == "au 30/06/2025 ; états différents : Alpha (Atteint), Bêta (Engagé)"


def test_a_milestone_reached_by_all_has_the_last_date():
    rangee = ligne(
        contrat(mesure("JALON", "jalon"), porteurs=("a", "b")),
        bloc("jalons", "a", jalon="Atteint", date=datetime.date(2025, 2, 1)), bloc("jalons", "b", jalon="Atteint", date=datetime.date(2025, 9, 3)),
    )  # fmt: skip
    assert (rangee["Valeur"], rangee["Réserve"]) == ("Atteint", "au 03/09/2025")


def test_lists_are_united_without_counting():
    rangee = ligne(
        contrat(mesure("UNION", "liste"), porteurs=("a", "b")),
        saisie("a", "1.1", {"ventilations/M/01/modalite": "Ateliers", "ventilations/M/02/modalite": "Forum santé"}),
        saisie("b", "1.1", {"ventilations/M/01/modalite": "ateliers", "ventilations/M/02/modalite": "Théâtre"}),
    )  # fmt: skip
    assert texte(rangee["Valeur"]) == "Ateliers ; Forum santé ; Théâtre"
    assert rangee["Couverture"] == "complet (2 sur 2)"


def test_texts_stand_side_by_side_with_the_name_of_who_wrote_them():
    rangee = ligne(contrat(mesure("TEXTE", "texte"), porteurs=("a", "b")), bloc("textes", "a", texte="Bien."), bloc("textes", "b", texte="Mieux."))
    assert texte(rangee["Valeur"]) == "Alpha : Bien.\nBêta : Mieux."


def test_a_measure_that_is_a_breakdown_is_the_total_of_its_rows():
    essai = contrat(mesure("FLUX", "ventilation", ventilation="type"), porteurs=("a", "b"))
    retours = (
        saisie("a", "1.1", {"ventilations/M/01/modalite": "x", "ventilations/M/01/effectif": 4, "ventilations/M/02/modalite": "y", "ventilations/M/02/effectif": 6}),
        saisie("b", "1.1", {"ventilations/M/01/modalite": "X", "ventilations/M/01/effectif": 5, "ventilations/M/02/modalite": "z"}),
    )
    assert ligne(essai, *retours)["Valeur"] == 15  # (4 + 6) + 5
    detail = ventilations(essai, valeurs(*retours))
    assert detail[["modalite", "effectif"]].values.tolist() == [["x", 9], ["y", 6], ["z", None]]  # 4 + 5; 6; a blank stays blank


def test_the_rows_of_a_breakdown_that_allows_several_answers_are_said_not_to_be_persons():
    rangee = ligne(
        contrat(mesure("PERSONNES", "ventilation", ventilation="profil", reponses_multiples=True), porteurs=("a",)),
        saisie("a", "1.1", {"ventilations/M/01/modalite": "x", "ventilations/M/01/effectif": 4}),
    )  # fmt: skip
    assert rangee["Réserve"] == "participations (absence de double compte non attestée) ; total des catégories (réponses multiples possibles)"


# --- over the years ---


def test_flows_add_up_over_the_years_and_say_when_a_year_is_missing():
    assert sur_les_annees("FLUX", {2024: 5, 2025: 7}) == (12, "somme de 2024 à 2025")
    assert sur_les_annees("FLUX", {2024: 5, 2025: None, 2026: 7}) == (12, "somme de 2024 à 2026, partielle (2 années sur 3)")
    assert sur_les_annees("FLUX", {2024: None}) == (None, "aucune année renseignée")


@pytest.mark.parametrize("code", ["PERSONNES", "MOYENNE", "SATISFACTION"])
def test_people_averages_and_satisfaction_are_a_series(code):
    valeur, explication = sur_les_annees(code, {2024: 5, 2025: 7})
    assert valeur is None
    assert explication.startswith("série")


def test_a_stock_is_its_last_value_and_the_gap_to_the_first():
    valeur, explication = sur_les_annees("STOCK", {2024: 3, 2025: 5, 2026: None}, initiale=Decimal(2))
    # 5 in 2025, 5 - 2 = + 3
    assert (valeur, texte(explication)) == (5, "dernière valeur connue (2025), écart à la valeur initiale : +3")


def test_entities_over_the_years_are_distinct_names_or_a_range():
    assert sur_les_annees("ENTITES", {2024: {"MJC", "Foyer"}, 2025: {"mjc", "CPAM"}})[0] == 3
    valeur, explication = sur_les_annees("ENTITES", {2024: 4, 2025: 6})
    assert (valeur, texte(explication)) == (None, "non dédoublonné : entre 6 et 10")


def test_rates_over_the_years_need_their_terms():
    assert sur_les_annees("RATIO", {2024: (1, 2), 2025: (8, 10)})[0] == Decimal("0.75")  # 9 / 12
    assert sur_les_annees("RATIO", {2024: Decimal("0.5"), 2025: Decimal("0.8")})[0] is None


def test_a_milestone_over_the_years_is_its_last_state():
    assert sur_les_annees("JALON", {2024: "Engagé", 2025: "Atteint", 2026: None}) == ("Atteint", "dernier état connu (2025)")


def test_lists_and_texts_over_the_years_are_put_together():
    assert texte(sur_les_annees("UNION", {2024: "Ateliers\u00a0; Forum", 2025: "forum\u00a0; Théâtre"})[0]) == "Ateliers ; Forum ; Théâtre"
    assert texte(sur_les_annees("TEXTE", {2024: "Bien.", 2025: "Mieux."})[0]) == "2024 : Bien.\n2025 : Mieux."


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=1, max_size=5))
def test_a_flow_over_the_years_is_unknown_only_when_every_year_is(serie):
    connues = [n for n in serie if n is not None]
    assert sur_les_annees("FLUX", dict(enumerate(serie, 2024)))[0] == (sum(connues) if connues else None)
