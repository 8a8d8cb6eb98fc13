"""One figure from several answers, code by code, and from several years."""

import datetime
from decimal import Decimal

import pytest

from cls_workbook.domain.placed.place_model import Commune
from cls_workbook.summaries.activity import ventilations
from cls_workbook.summaries.years.over_the_years import sur_les_annees
from tests.support.written_frames import bloc, contrat, line, mesure, quoted, texte, told, typed, values

# --- FLUX, PERSONNES ---


def test_flows_are_summed_over_structures():
    assert line(contrat(mesure("FLUX")), told("a", 3), told("b", 4), told("c", 5))["Valeur"] == 12


def test_estimates_are_told():
    trial = contrat(mesure("FLUX"), porteurs=("a", "b"))
    assert line(trial, told("a", 3, statut="estimé"), told("b", 4))["Réserve"] == "en partie estimé"
    assert line(trial, told("a", 3, statut="estimé"), told("b", 4, statut="estimé"))["Réserve"] == "estimé"
    assert line(trial, told("a", 3, statut="réel"), told("b", 4))["Réserve"] is None


ADDED_UP = "participations additionnées sur 2 retours, et non personnes différentes"


def test_people_of_two_returns_are_participations_whatever_each_attests():
    """No structure knows whom the other one counts: 100 and 100 may be the same 100."""
    trial = contrat(mesure("PERSONNES"), porteurs=("a", "b"))
    attested = line(trial, told("a", 100, double_compte="oui"), told("b", 100, double_compte="oui"))
    assert (attested["Valeur"], attested["Réserve"]) == (200, ADDED_UP)
    doubt = line(trial, told("a", 30, double_compte="oui"), told("b", 12, double_compte="ne sait pas"))
    assert (doubt["Valeur"], doubt["Réserve"]) == (
        42,
        f"{ADDED_UP} ; absence de double compte non attestée par 1 retour sur 2",
    )


def test_people_that_one_return_of_two_counts_are_not_added_up():
    trial = contrat(mesure("PERSONNES"), porteurs=("a", "b"))
    row = line(trial, told("a", 100, double_compte="oui"), told("b", statut="non disponible"))
    assert (row["Valeur"], row["Réserve"]) == (100, "1 non disponible")


def test_one_structure_alone_attests_too():
    trial = contrat(mesure("PERSONNES"), porteurs=("a",))
    assert line(trial, told("a", 30, double_compte="oui"))["Réserve"] is None
    assert line(trial, told("a", 30))["Réserve"] == "participations (absence de double compte non attestée)"


def test_of_which_in_qpv_is_never_added_to_the_figure():
    assert (
        line(contrat(mesure("PERSONNES"), porteurs=("a",)), told("a", 30, dont_qpv=11, double_compte="oui"))["Valeur"]
        == 30
    )


# --- ENTITES, STOCK ---


@pytest.mark.parametrize("code", ["ENTITES", "STOCK"])
def test_one_answer_is_the_count(code):
    assert line(contrat(mesure(code), porteurs=("a",)), told("a", 9))["Valeur"] == 9


@pytest.mark.parametrize("code", ["ENTITES", "STOCK"])
def test_entities_without_names_are_not_added(code):
    row = line(contrat(mesure(code)), told("a", 5), told("b", 4))
    # at least the largest, 5; at most all different, 5 + 4 = 9
    assert (row["Valeur"], row["Réserve"]) == (None, "non dédoublonné : entre 5 et 9")
    assert row["Couverture"] == "partiel (2 sur 3)"


@pytest.mark.parametrize("code", ["ENTITES", "STOCK"])
def test_a_structure_that_counts_none_hides_no_double_count(code):
    # 3 + 0: nothing could be counted twice
    row = line(contrat(mesure(code), porteurs=("a", "b", "c")), told("a", 3), told("b", 0), told("c", 0))
    assert (row["Valeur"], row["Réserve"], row["Couverture"]) == (3, None, "complet (3 sur 3)")
    assert line(contrat(mesure(code), porteurs=("a", "b")), told("a", 0), told("b", 0))["Valeur"] == 0


def test_entities_named_by_all_are_counted_once():
    row = line(
        contrat(mesure("ENTITES"), porteurs=("a", "b")),
        quoted("a", 3, "Foyer de l’Étoile", "Crèche Saint-Éloi", "MJC"),
        quoted("b", 2, "foyer  de l'etoile", "Creche Saint Eloi"),
    )
    # 3 + 2 = 5 declared, the two of b are two of a: 3
    assert (row["Valeur"], row["Réserve"]) == (3, "noms distincts (total des déclarations : 5)")


def test_names_that_do_not_cover_the_count_prove_nothing():
    row = line(contrat(mesure("ENTITES"), porteurs=("a", "b")), quoted("a", 3, "MJC", "Foyer"), quoted("b", 1, "MJC"))
    assert (row["Valeur"], row["Réserve"]) == (None, "non dédoublonné : entre 3 et 4")


def test_a_commune_has_one_identity_however_it_is_written():
    trial = contrat(
        mesure("ENTITES", communes=True),
        porteurs=("a", "b"),
        communes=(Commune("01001", "Val-Fleuri", nom_imprime="Val-le-Vieux"),),
    )
    assert line(trial, quoted("a", 1, "Commune de Val Fleuri"), quoted("b", 1, "Val-le-Vieux"))["Valeur"] == 1


# --- RATIO ---


def test_a_rate_is_a_sum_over_a_sum_never_a_mean_of_rates():
    row = line(
        contrat(mesure("RATIO", "taux"), porteurs=("a", "b")),
        bloc("taux", "a", numerateur=1, denominateur=2),
        bloc("taux", "b", numerateur=9, denominateur=10),
    )
    # (1 + 9) / (2 + 10) = 10 / 12, not the mean of 50 % and 90 %
    assert (row["Numérateur"], row["Dénominateur"]) == (10, 12)
    assert row["Valeur"] == Decimal(10) / Decimal(12)


def test_a_return_that_gives_one_term_only_does_not_enter():
    row = line(
        contrat(mesure("RATIO", "taux"), porteurs=("a", "b")),
        bloc("taux", "a", numerateur=3, denominateur=4),
        bloc("taux", "b", numerateur=9),
    )
    assert (row["Valeur"], row["Couverture"]) == (Decimal("0.75"), "partiel (1 sur 2)")


def test_a_denominator_of_the_contract_counts_once():
    row = line(
        contrat(mesure("RATIO", "taux", denominateur=Decimal(40), numerateur_decimal=True), porteurs=("a", "b")),
        bloc("taux", "a", numerateur=Decimal("20.5")),
        bloc("taux", "b", numerateur=Decimal("15.5")),
    )
    # (20,5 + 15,5) / 40 = 36 / 40 = 90 %
    assert (row["Valeur"], row["Réserve"]) == (Decimal("0.9"), "dénominateur du contrat (40) compté une fois")


def test_a_rate_given_by_its_breakdown_only_is_the_sum_of_its_rows():
    row = line(
        contrat(mesure("RATIO", "taux", ventilation="instance"), porteurs=("a",)),
        typed(
            "a",
            "1.1",
            {
                "ventilations/M/01/modalite": "COPIL",
                "ventilations/M/01/numerateur": 20,
                "ventilations/M/01/denominateur": 36,
                "ventilations/M/02/modalite": "Comité",
                "ventilations/M/02/numerateur": 7,
                "ventilations/M/02/denominateur": 9,
                "ventilations/M/03/modalite": "Groupe",
                "ventilations/M/03/numerateur": 5,
            },
        ),
    )
    # 20 + 7 = 27 over 36 + 9 = 45: 60 %; the third row has no denominator
    assert (row["Numérateur"], row["Dénominateur"], row["Valeur"]) == (27, 45, Decimal("0.6"))
    assert row["Réserve"] == "somme des catégories"


def test_a_rate_over_zero_is_empty():
    row = line(contrat(mesure("RATIO", "taux"), porteurs=("a",)), bloc("taux", "a", numerateur=0, denominateur=0))
    assert (row["Valeur"], row["Réserve"]) == (None, "dénominateur nul")


def test_two_definitions_of_one_rate_are_told():
    row = line(
        contrat(mesure("RATIO", "taux"), porteurs=("a", "b")),
        bloc("taux", "a", numerateur=1, denominateur=2, definition="assidus / inscrits"),
        bloc("taux", "b", numerateur=1, denominateur=2, definition="assidus / reçus"),
    )
    assert row["Réserve"] == "définitions du taux différentes selon les retours"


# --- MOYENNE, SATISFACTION ---


def test_an_average_is_weighted_by_what_it_rests_on():
    row = line(
        contrat(mesure("MOYENNE", "moyenne", unite="mois"), porteurs=("a", "b")),
        bloc("durees", "a", moyenne=Decimal("6"), effectif=30, unite="jours"),
        bloc("durees", "b", moyenne=Decimal("10"), effectif=10, unite="jours"),
    )
    # (6 × 30 + 10 × 10) / 40 = 280 / 40 = 7, not 8; the unit is the one that was chosen
    assert (row["Valeur"], row["Unité"], row["Réserve"]) == (7, "jours", None)


def test_averages_in_two_units_do_not_mix():
    row = line(
        contrat(mesure("MOYENNE", "moyenne"), porteurs=("a", "b")),
        bloc("durees", "a", moyenne=Decimal("6"), effectif=30, unite="mois"),
        bloc("durees", "b", moyenne=Decimal("10"), effectif=10, unite="jours"),
    )
    assert (row["Valeur"], row["Réserve"]) == (None, "unités différentes : « mois », « jours »")


def test_an_average_without_weight_stays_out_of_a_weighted_one():
    row = line(
        contrat(mesure("MOYENNE", "moyenne"), porteurs=("a", "b")),
        bloc("durees", "a", moyenne=Decimal("6"), effectif=30, unite="mois"),
        bloc("durees", "b", moyenne=Decimal("10"), unite="mois"),
    )
    assert (row["Valeur"], row["Couverture"]) == (6, "partiel (1 sur 2)")
    assert row["Réserve"] == "1 moyenne sans effectif, non comptée ; 1 retour sans valeur retenue"


def test_one_average_alone_needs_no_weight_but_says_so():
    row = line(
        contrat(mesure("MOYENNE", "moyenne"), porteurs=("a",)),
        bloc("durees", "a", moyenne=Decimal("7.5"), unite="mois"),
    )
    assert (row["Valeur"], row["Réserve"]) == (Decimal("7.5"), "effectif non renseigné")


def note(structure, satisfaits, repondants, echelle):
    return bloc(
        "satisfaction",
        structure,
        satisfaits=satisfaits,
        repondants=repondants,
        **({"echelle": echelle} if echelle else {}),
    )


def test_satisfaction_is_a_sum_over_a_sum_on_one_scale():
    row = line(
        contrat(mesure("SATISFACTION", "satisfaction"), porteurs=("a", "b")),
        note("a", 8, 10, "Échelle de 1 à 5"),
        note("b", 10, 30, "Échelle de 1 à 5"),
    )
    # (8 + 10) / (10 + 30) = 18 / 40 = 45 %
    assert (row["Numérateur"], row["Dénominateur"], row["Valeur"], row["Réserve"]) == (18, 40, Decimal("0.45"), None)


@pytest.mark.parametrize(
    ("one", "other", "reserve"),
    [
        ("Échelle de 1 à 4", "Échelle de 1 à 5", "échelles différentes : « Échelle de 1 à 4 », « Échelle de 1 à 5 »"),
        ("Échelle de 1 à 4", None, "échelles différentes : « Échelle de 1 à 4 », « non précisée »"),
        ("Autre", "Autre", "échelles non comparables : « Autre »"),
    ],
)
def test_scales_that_differ_or_may_differ_give_no_figure(one, other, reserve):
    row = line(
        contrat(mesure("SATISFACTION", "satisfaction"), porteurs=("a", "b")),
        note("a", 8, 10, one),
        note("b", 10, 30, other),
    )
    assert (row["Valeur"], row["Numérateur"], row["Réserve"]) == (None, None, reserve)


# --- JALON, UNION, TEXTE, ventilation ---


def test_a_milestone_is_where_the_least_advanced_structure_stands():
    row = line(
        contrat(mesure("JALON", "jalon")),
        bloc("jalons", "a", jalon="Atteint", date=datetime.date(2025, 2, 1)),
        bloc("jalons", "b", jalon="Engagé", date=datetime.date(2025, 6, 30)),
    )
    assert row["Valeur"] == "Engagé"
    assert row["Réserve"] == "au 30/06/2025 ; états différents : Alpha (Atteint), Bêta (Engagé)"


def test_a_milestone_reached_by_all_has_the_last_date():
    row = line(
        contrat(mesure("JALON", "jalon"), porteurs=("a", "b")),
        bloc("jalons", "a", jalon="Atteint", date=datetime.date(2025, 2, 1)),
        bloc("jalons", "b", jalon="Atteint", date=datetime.date(2025, 9, 3)),
    )
    assert (row["Valeur"], row["Réserve"]) == ("Atteint", "au 03/09/2025")


def test_lists_are_united_without_counting():
    row = line(
        contrat(mesure("UNION", "liste"), porteurs=("a", "b")),
        typed("a", "1.1", {"ventilations/M/01/modalite": "Ateliers", "ventilations/M/02/modalite": "Forum santé"}),
        typed("b", "1.1", {"ventilations/M/01/modalite": "ateliers", "ventilations/M/02/modalite": "Théâtre"}),
    )
    assert texte(row["Valeur"]) == "Ateliers ; Forum santé ; Théâtre"
    assert row["Couverture"] == "complet (2 sur 2)"


def test_texts_stand_side_by_side_with_the_name_of_who_wrote_them():
    row = line(
        contrat(mesure("TEXTE", "texte"), porteurs=("a", "b")),
        bloc("textes", "a", texte="Bien."),
        bloc("textes", "b", texte="Mieux."),
    )
    assert texte(row["Valeur"]) == "Alpha : Bien.\nBêta : Mieux."


def test_a_measure_that_is_a_breakdown_is_the_total_of_its_rows():
    trial = contrat(mesure("FLUX", "ventilation", ventilation="type"), porteurs=("a", "b"))
    retours = (
        typed(
            "a",
            "1.1",
            {
                "ventilations/M/01/modalite": "x",
                "ventilations/M/01/effectif": 4,
                "ventilations/M/02/modalite": "y",
                "ventilations/M/02/effectif": 6,
            },
        ),
        typed(
            "b",
            "1.1",
            {"ventilations/M/01/modalite": "X", "ventilations/M/01/effectif": 5, "ventilations/M/02/modalite": "z"},
        ),
    )
    assert line(trial, *retours)["Valeur"] == 15  # (4 + 6) + 5
    detail = ventilations(trial, values(*retours))
    assert detail[["modalite", "effectif"]].values.tolist() == [
        ["x", 9],
        ["y", 6],
        ["z", None],
    ]  # 4 + 5; 6; a blank stays blank


def test_the_rows_of_a_breakdown_that_allows_several_answers_are_said_not_to_be_persons():
    row = line(
        contrat(mesure("PERSONNES", "ventilation", ventilation="profil", reponses_multiples=True), porteurs=("a",)),
        typed("a", "1.1", {"ventilations/M/01/modalite": "x", "ventilations/M/01/effectif": 4}),
    )
    assert row["Réserve"] == (
        "participations (absence de double compte non attestée) ; total des catégories (réponses multiples possibles)"
    )


# --- over the years ---


def test_flows_add_up_over_the_years_and_say_when_a_year_is_missing():
    assert sur_les_annees("FLUX", {2024: 5, 2025: 7}) == (12, "somme de 2024 à 2025")
    assert sur_les_annees("FLUX", {2024: 5, 2025: None, 2026: 7}) == (12, "somme de 2024 à 2026, sans 2025")
    assert sur_les_annees("FLUX", {2024: None}) == (None, "aucune année renseignée")


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({2024, 2028}, "de 2024 à 2028, sans 2025 à 2027"),
        ({2025, 2028}, "de 2025 à 2028, sans 2024, 2026 et 2027"),
        ({2024, 2025, 2027, 2028}, "de 2024 à 2028, sans 2026"),
        ({2026}, "de 2026, sans 2024, 2025, 2027 et 2028"),
    ],
)
def test_a_sum_names_the_years_that_it_leaves_out(known, said):
    assert sur_les_annees("FLUX", {a: 5 if a in known else None for a in range(2024, 2029)})[1] == f"somme {said}"


def test_a_sum_calls_the_years_as_the_contract_does():
    _, said = sur_les_annees("FLUX", {2024: 5, 2025: None, 2026: 6}, year_name=lambda a: f"{a}-{a + 1}")
    assert said == "somme de 2024-2025 à 2026-2027, sans 2025-2026"


@pytest.mark.parametrize("code", ["PERSONNES", "MOYENNE", "SATISFACTION"])
def test_people_averages_and_satisfaction_are_a_series(code):
    valeur, explanation = sur_les_annees(code, {2024: 5, 2025: 7})
    assert valeur is None
    assert explanation.startswith("série")


def test_a_stock_is_its_last_value_and_the_gap_to_the_first():
    valeur, explanation = sur_les_annees("STOCK", {2024: 3, 2025: 5, 2026: None}, initial=Decimal(2))
    # 5 in 2025, 5 - 2 = + 3
    assert (valeur, texte(explanation)) == (5, "dernière valeur connue (2025), écart à la valeur initiale : +3")


def test_entities_over_the_years_are_distinct_names_or_a_range():
    assert sur_les_annees("ENTITES", {2024: {"MJC", "Foyer"}, 2025: {"mjc", "CPAM"}})[0] == 3
    valeur, explanation = sur_les_annees("ENTITES", {2024: 4, 2025: 6})
    assert (valeur, texte(explanation)) == (None, "non dédoublonné : entre 6 et 10, de 2024 à 2025")


def test_a_year_that_counts_no_entity_hides_no_double_count():
    three = {"MJC", "Foyer", "CPAM"}
    # what a sheet keeps of a year at 0: the figure, and no name
    assert sur_les_annees("ENTITES", {2024: three, 2025: 0}) == (3, "noms distincts de 2024 à 2025")
    assert sur_les_annees("ENTITES", {2024: three, 2025: set(), 2026: {"mjc"}})[0] == 3
    assert sur_les_annees("ENTITES", {2024: 0, 2025: 3}) == (3, "une seule année en compte (2025)")
    assert sur_les_annees("ENTITES", {2024: 0, 2025: 0})[0] == 0
    assert sur_les_annees("ENTITES", {2024: 3, 2025: None}) == (3, "une seule année renseignée (2024)")
    assert texte(sur_les_annees("ENTITES", {2024: three, 2025: 0, 2026: 2, 2027: None})[1]) == (
        "non dédoublonné : entre 3 et 5, de 2024 à 2026, sans 2027"
    )


def test_rates_over_the_years_need_their_terms():
    assert sur_les_annees("RATIO", {2024: (1, 2), 2025: (8, 10)})[0] == Decimal("0.75")  # 9 / 12
    assert sur_les_annees("RATIO", {2024: Decimal("0.5"), 2025: Decimal("0.8")})[0] is None


def test_a_milestone_over_the_years_is_its_last_state():
    assert sur_les_annees("JALON", {2024: "Engagé", 2025: "Atteint", 2026: None}) == (
        "Atteint",
        "dernier état connu (2025)",
    )


def test_lists_and_texts_over_the_years_are_put_together():
    assert (
        texte(sur_les_annees("UNION", {2024: "Ateliers\u00a0; Forum", 2025: "forum\u00a0; Théâtre"})[0])
        == "Ateliers ; Forum ; Théâtre"
    )
    assert texte(sur_les_annees("TEXTE", {2024: "Bien.", 2025: "Mieux."})[0]) == "2024 : Bien.\n2025 : Mieux."
