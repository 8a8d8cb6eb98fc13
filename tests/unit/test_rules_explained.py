"""What the rules of money make of the figures, against the printed ones: shares of a post, unit costs, caps, parity."""

import pytest

from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.model import Fiche, Indicateur, Mesure
from cls_workbook.domain.subsidies import payable_for_post
from cls_workbook.summaries.declared_posts import DeclaredPost
from cls_workbook.summaries.funding_rules import (
    expected_cost,
    explications,
    occupation,
    parity,
    post_explanation,
    session_bounds,
)
from tests.support.money_rules import COFI, MAQUETTE, OUTSIDE, POST, PSSM, VALO, D, texte, trial
from tests.support.written_frames import contrat, money, typed, values
from tests.support.written_rules import written_rule

# --- the share of a post ---


@pytest.mark.parametrize(
    ("expenditure", "etp", "aide", "told"),
    [
        ("52000", "1", "26000", "aide possible de 26 000 € (50 % de 52 000 €)."),
        ("60000", "1", "30000", "aide possible de 30 000 € (50 % de 60 000 €)."),  # just at the cap: nothing is cut
        (
            "75000",
            "1",
            "30000",
            "(50 % de 75 000 € ; plafond annuel atteint, l’aide couvre 40 % de la dépense).",
        ),  # 30 000 / 75 000
        (
            "90000",
            "1.5",
            "30000",
            "(assiette ramenée de 1,5 à 1 ETP, soit 60 000 € ; 50 % de 60 000 €).",
        ),  # 90 000 / 1,5
        ("30000", "0.5", "15000", "aide possible de 15 000 € (50 % de 30 000 €)."),
        ("40000", "0.4", "0", "0,4 ETP : poste non éligible, le minimum est de 0,5 ETP."),
        ("52000.01", "1", "26000.01", "aide possible de 26 000,01 €"),  # 26 000,005 rounds up
    ],
)
def test_the_share_of_a_post_is_the_printed_rule(expenditure, etp, aide, told):
    assert payable_for_post(POST, D(expenditure), D(etp)) == D(aide)
    assert told in texte([post_explanation(POST, DeclaredPost(D(expenditure), D(etp)))])[0]


def test_a_post_of_unknown_size_is_told():
    assert "quotité non renseignée" in post_explanation(POST, DeclaredPost(D(52000)))


def test_the_post_is_explained_from_what_the_return_spent():
    poste = trial(numero="5.1", regles=(POST,))
    post = {"poste/depense_eligible": D(75000), "poste/quotite": D(1), "poste/mois": D(12)}
    v = values(money("a", "5.1", total=D(90000), etp=D(2)), typed("a", "5.1", post))
    assert texte(explications(poste, 2025, v, previous_cumulated={}, programme={("5.1", "ars"): D(30000)})) == [
        (
            "Fiche 5.1 : pour une dépense éligible de 75 000 €, aide possible de 30 000 € (50 % de 75 000 € ; "
            "plafond annuel atteint, l’aide couvre 40 % de la dépense)."
        ),
        "Fiche 5.1 : 30 000 € programmés hors maquette.",
    ]


# --- unit costs, capacity ---


def test_a_session_costs_the_unit_price_of_each_person_all_included():
    assert expected_cost(PSSM, 16) == 4000  # 16 x 250, the manual is in the 250
    assert expected_cost(PSSM, 20, formateurs=2) == 8000  # 20 x 250 + 2 x 1 500
    assert session_bounds(PSSM) == (2000, 4000)  # 8 x 250 to 16 x 250


def sessions(participants, nombre, formateurs=None, petits_effectifs=False):
    def of(identifier):
        return Indicateur(
            identifier,
            "i",
            "compte",
            (Mesure(identifier, "m", "entier", "FLUX", petits_effectifs=petits_effectifs and identifier == "P"),),
        )

    fiche = Fiche("2.2", "Action", "1", porteurs=("a",), indicateurs=(of("P"), of("S")))
    saisies = {"mesures/P/valeur": participants, "mesures/S/valeur": nombre} | (
        {"complements/formateurs": formateurs} if formateurs else {}
    )
    return texte(
        explications(
            contrat(fiche=fiche, regles=(PSSM,)), 2025, values(typed("a", "2.2", saisies)), previous_cumulated={}
        )
    )


def test_the_expected_cost_of_sessions_is_explained():
    assert sessions(20, 2) == [
        "Fiche 2.2 : coût attendu 5 000 € (20 personnes à 250 €) ; 2 sessions, de 2 000 € à 4 000 € chacune."
    ]
    assert sessions(20, 1, formateurs=1) == [
        # 20 x 250 + 1 500 = 6 500; one session holds 16
        (
            "Fiche 2.2 : coût attendu 6 500 € (20 personnes à 250 € et 1 formateur à 1 500 €) ; 1 session, "
            "de 2 000 € à 4 000 € chacune, pour 16 personnes au plus."
        )
    ]


def test_what_a_rule_makes_of_few_persons_does_not_tell_how_many_they_are():
    """The sentences go to the agency: 750 € at 250 € each is three persons."""
    assert sessions(3, 1, petits_effectifs=True) == ["Fiche 2.2 : coût attendu non détaillé (effectif masqué)."]
    assert sessions(20, 2, petits_effectifs=True) == sessions(20, 2)


def per_person(participants, petits_effectifs, engage=None):
    mesure = Mesure("P", "m", "entier", "FLUX", petits_effectifs=petits_effectifs)
    fiche = Fiche("2.2", "Action", "1", porteurs=("a",), indicateurs=(Indicateur("P", "i", "compte", (mesure,)),))
    regles = (
        written_rule(
            "p",
            "aide",
            "Forfait",
            fiche="2.2",
            financeur="ville",
            base="personne",
            cout_unitaire=D(50),
            mesure_participants="P",
        ),
        written_rule("t", "aide", "Part", fiche="2.2", financeur="ars", base="depense", taux=D(1)),
    )
    lines = (
        {
            "financement/01/financeur": "Ville de Rivemont",
            "financement/01/nature": COFI,
            "financement/01/engage": engage,
        }
        if engage
        else {}
    )
    saisies = {"mesures/P/valeur": participants, "depenses/total": D(1000)} | lines
    return texte(
        explications(
            contrat(fiche=fiche, regles=regles), 2025, values(typed("a", "2.2", saisies)), previous_cumulated={}
        )
    )


def test_an_aid_for_each_of_few_persons_is_not_worked_out_before_others():
    # 3 x 50 = 150, and 1 000 - 150 = 850 would tell it as well
    assert per_person(3, False) == [
        "Fiche 2.2 : aide possible de 150 € (3 personnes à 50 €).",
        (
            "Fiche 2.2 : aide possible de 850 € (100 % de 1 000 € ; les aides ne dépassent pas le coût de 1 000 €, "
            "dont 150 € financés par ailleurs)."
        ),
    ]
    assert per_person(3, True) == ["Fiche 2.2 : aide calculée sur un effectif masqué."] * 2
    assert (
        per_person(3, True, D(400))[0]
        == "Fiche 2.2 : aide de 400 €, au-dessus de ce que permet la règle (effectif masqué)."
    )
    assert (
        per_person(3, True, D(100))[0] == "Fiche 2.2 : aide de 100 €, dans les limites de la règle (effectif masqué)."
    )


def test_occupation_is_places_in_use_over_capacity():
    rule = written_rule("c", "capacite", "Capacité", capacite=D(40))
    assert occupation(rule, D("37.5")) == D("0.9375")
    assert occupation(rule, None) is None


def test_the_shipped_capacity_rule_reads_the_rate_and_not_the_number_of_people():
    dijon = load("dijon-2024-2028")
    v = values(typed("sdat", "2.3", {"taux/2.3-I03c/numerateur": D("37"), "mesures/2.3-I01/valeur": 120}))
    assert texte(explications(dijon, 2025, v, previous_cumulated={})) == [
        "Fiche 2.3 : occupation de 92,5 %, 37 sur une capacité de 40."
    ]


# --- caps and equal shares ---


def test_a_capped_aid_is_explained():
    trial_with_rule = trial(
        regles=(
            written_rule(
                "m",
                "plafond",
                "Animateur",
                fiche="1.1",
                financeur="ars",
                plafond_annuel=D(10000),
                duree_ans=3,
                plafond_total=D(30000),
            ),
        )
    )
    v = values(money("a", "1.1", ("ARS", OUTSIDE, {"engage": D(12000)})))
    assert texte(explications(trial_with_rule, 2025, v, previous_cumulated={})) == [
        "Fiche 1.1 : aide de 12 000 €, soit 2 000 € de plus que les 10 000 € que permet la règle ; le montant déclaré "
        "reste compté (plafond de 10 000 € par an)."
    ]
    already = {2022: D(10000), 2023: D(10000), 2024: D(10000)}
    assert texte(explications(trial_with_rule, 2025, v, previous_cumulated={}, previous_subsidies={"m": already})) == [
        "Fiche 1.1 : aide de 12 000 €, que la règle ne permet pas (aucune aide après 2024, 3 années sont passées) ; "
        "elle reste comptée."
    ]


def with_parity():
    rule = written_rule("e", "parite", "Parité", financeurs=("ars", "ville"))
    return rule, contrat(
        fiches=tuple(Fiche(n, "Action", "1", porteurs=("a",)) for n in ("1.1", "1.2", "1.3")), regles=(rule,)
    )


def test_equal_shares_are_tested_on_each_fiche_and_on_the_year():
    rule, trial_with_rule = with_parity()
    v = values(
        money(
            "a",
            "1.1",
            ("ARS", MAQUETTE, {"engage": D(100)}),
            ("Ville de Rivemont", COFI, {"engage": D("100.01")}),
            ("Mécène", COFI, {"engage": D(999)}),
        ),
        money(
            "a",
            "1.2",
            ("ARS", MAQUETTE, {"engage": D(100)}),
            ("Ville de Rivemont", COFI, {"engage": D(80)}),
            ("Ville de Rivemont", VALO, {"engage": D(20)}),
        ),
        money("a", "1.3", ("ARS", MAQUETTE, {"engage": D(50)})),
    )
    table = parity(trial_with_rule, rule, v)
    # 1.1 one cent apart: within tolerance; 1.2 lacks 20 in cash; 1.3 cannot be told; total 250 against 180,01
    assert table[["fiche", "ecart", "respectee"]].values.tolist() == [
        ["1.1", D("0.01"), True],
        ["1.2", D(20), False],
        ["1.3", None, None],
        ["total", D("69.99"), False],
    ]
    assert texte(explications(trial_with_rule, 2025, v, previous_cumulated={}))[-3:] == [
        "Fiche 1.2 : parité non respectée, écart de 20 € (ARS 100 €, Ville de Rivemont 80 €).",
        "Fiche 1.3 : parité non vérifiable, aucun montant engagé de « Ville de Rivemont ».",
        "Total de l’année : parité non respectée, écart de 69,99 € (ARS 250 €, Ville de Rivemont 180,01 €).",
    ]


def test_without_money_there_is_no_parity_to_test():
    rule, trial_with_rule = with_parity()
    assert parity(trial_with_rule, rule, values()).empty
