"""Money: exact to the cent, level by level, nature by nature, and the rules of the contracts against printed
figures.
"""

import dataclasses
from decimal import Decimal

import pytest

from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.model import ActionToProgramme, Fiche, FicheFinancement, Financeur, Indicateur, Mesure
from cls_workbook.domain.subsidies import payable_for_post
from cls_workbook.summaries.declared_posts import DeclaredPost
from cls_workbook.summaries.funding import par_fiche, par_financeur, totaux
from cls_workbook.summaries.funding_rules import (
    expected_cost,
    explications,
    occupation,
    parity,
    post_explanation,
    session_bounds,
)
from cls_workbook.tables.consolidation_tables import FINANCEMENT_FICHES, FINANCEMENT_FINANCEURS
from cls_workbook.tables.summary_tables import TOTALS
from tests.support.written_frames import contrat, money, typed, values
from tests.support.written_rules import written_rule

D = Decimal
MAQUETTE, OUTSIDE, COFI, VALO = "Maquette ARS", "ARS hors maquette", "Cofinancement", "Valorisation"
POST = written_rule(
    "p",
    "poste",
    "Poste",
    fiche="5.1",
    financeur="ars",
    taux=D("0.5"),
    plafond_annuel=D(30000),
    etp_min=D("0.5"),
    etp_assiette_max=D(1),
    hors_maquette=True,
)
PSSM = written_rule(
    "s",
    "cout_unitaire",
    "Sessions",
    fiche="2.2",
    cout_unitaire=D(250),
    participants_min=8,
    participants_max=16,
    mesure_participants="P",
    mesure_sessions="S",
    complement_formateurs="formateurs",
    cout_formateur=D(1500),
)


def texte(sentences):
    return [p.replace("\u00a0", " ") for p in sentences]


def trial(montant=None, numero="1.1", **extra):
    fiche = Fiche(
        numero,
        "Action",
        "1",
        porteurs=("a", "b"),
        financement=FicheFinancement(montant=montant, **extra.pop("financement", {})),
    )
    return contrat(fiche=extra.pop("fiche", fiche), **extra)


def first(contrat_, *retours, **extra):
    return par_fiche(contrat_, 2025, values(*retours), **extra).iloc[0].to_dict()


# --- by fiche ---


def test_every_fiche_has_a_line_then_the_actions_to_programme():
    dijon = load("dijon-2024-2028")
    table = par_fiche(dijon, 2025, values())
    assert tuple(table.columns) == FINANCEMENT_FICHES.titles
    assert table["Fiche"].tolist() == [f.numero for f in dijon.fiches] + ["à programmer"] * 6
    assert table["Axe"].tolist()[-6:] == ["1", "1", "1", "3", "3", "3"]
    # only six fiches print an amount; the others stay empty whatever their state
    assert dict(zip(table["Fiche"], table["Montant contrat"], strict=True)) | {"à programmer": None} == {
        f.numero: None for f in dijon.fiches
    } | {"1.2": 45000, "2.1": 20000, "2.2": 40000, "2.3": 171350, "3.1": 30000, "3.3": 40000, "à programmer": None}
    assert table[["Programmé", "Engagé", "Versé", "Reste à engager", "Cofinancements"]].isna().all(axis=None)


def test_each_nature_has_its_own_column_and_levels_do_not_mix():
    fiche = first(
        trial(D(45000)),
        money(
            "a",
            "1.1",
            ("ARS", MAQUETTE, {"prevu": D("15000"), "engage": D("12000.40"), "verse": D("6000.20")}),
            ("ARS", OUTSIDE, {"engage": D("700")}),
            ("Ville de Rivemont", COFI, {"engage": D("5000.05")}),
            total=D("20000"),
        ),
        money(
            "b",
            "1.1",
            ("ARS", MAQUETTE, {"engage": D("1000.10")}),
            ("Ville de Rivemont", COFI, {"engage": D("0.95")}),
            ("Ville de Rivemont", VALO, {"engage": D("300")}),
            total=D("4000.80"),
        ),
    )
    assert fiche["Engagé"] == D("13000.50")  # 12 000,40 + 1 000,10
    assert fiche["Versé"] == D("6000.20")  # b gave none
    assert (fiche["ARS hors maquette"], fiche["Cofinancements"], fiche["Valorisation"]) == (
        D("700"),
        D("5001.00"),
        D("300"),
    )
    assert fiche["Coût réalisé"] == D("24000.80")
    assert fiche["Taux constaté"] == D("13000.50") / D("24000.80")  # attributed / cost: both returns say both
    assert fiche["Reste à engager"] == D("31999.50")  # 45 000 - 13 000,50


def test_a_blank_amount_stays_blank_and_a_zero_stays_a_zero():
    fiche = first(trial(D(45000)), money("a", "1.1", ("ARS", MAQUETTE, {"verse": D("0.00")}), total=D("0.00")))
    assert (
        fiche["Engagé"],
        fiche["Versé"],
        fiche["Coût réalisé"],
        fiche["Taux constaté"],
        fiche["Reste à engager"],
    ) == (None, 0, 0, None, None)


def test_what_earlier_years_engaged_is_taken_off_what_remains():
    retour = money("a", "1.1", ("ARS", MAQUETTE, {"engage": D("15000")}))
    assert first(trial(D(45000)), retour, previous_cumulated={"1.1": D("12000.01")})["Reste à engager"] == D("17999.99")
    assert first(trial(D(45000)), previous_cumulated={"1.1": D("12000.01")})["Reste à engager"] == D("32999.99")
    assert first(trial(None), retour)["Reste à engager"] is None


def test_another_year_does_not_enter():
    v = values(money("a", "1.1", ("ARS", MAQUETTE, {"engage": D("15000")}))).assign(annee=2024)
    assert par_fiche(trial(D(45000)), 2025, v)["Engagé"].tolist() == [None]


def test_only_the_agency_s_programme_stands_beside_the_maquette():
    programme = {("1.1", "ars"): D("9000"), ("1.1", "ville"): D("4000"), ("9.9", "ars"): D("1")}
    assert first(trial(D(45000)), programme=programme)["Programmé"] == D("9000")
    assert first(trial(D(45000)), programme={("1.1", ""): D("7000")})["Programmé"] == D("7000")


def test_without_a_total_the_cost_is_the_sum_of_its_posts():
    assert first(trial(), money("a", "1.1", personnel=D("100.10"), achats=D("20.05")))["Coût réalisé"] == D("120.15")
    assert first(trial(), money("a", "1.1", personnel=D("100.10"), total=D("500")))["Coût réalisé"] == D("500")


def test_the_observed_rate_has_only_the_agency_s_money_above_the_line():
    two = trial(
        D(10000), financeurs=(Financeur("ars", "ARS", structure="ars"), Financeur("ville", "Ville de Rivemont"))
    )
    fiche = first(
        two,
        money(
            "a",
            "1.1",
            ("ARS", MAQUETTE, {"engage": D(265), "verse": D(200)}),
            ("Ville de Rivemont", MAQUETTE, {"engage": D(100), "verse": D(100)}),
            total=D(1000),
        ),
    )
    assert (fiche["Engagé"], fiche["Versé"], fiche["Taux constaté"]) == (D(265), D(200), D("0.265"))
    assert fiche["Cofinancements"] == D(100)  # the town's money is none of the ARS's, whatever nature was typed


def test_the_aid_to_the_post_is_outside_the_maquette_even_if_typed_inside():
    poste = trial(numero="5.1", regles=(POST,))
    retour = money(
        "a",
        "5.1",
        ("ARS", MAQUETTE, {"engage": D(26000), "verse": D(25000)}),
        ("Ville de Rivemont", COFI, {"engage": D(26000)}),
        total=D(50000),
    )
    fiche = first(poste, retour, programme={("5.1", "ars"): D(30000)})
    assert (fiche["Programmé"], fiche["Engagé"], fiche["Versé"]) == (None, None, None)
    assert (fiche["ARS hors maquette"], fiche["Cofinancements"], fiche["Taux constaté"]) == (
        D(26000),
        D(26000),
        D("0.52"),
    )
    assert par_financeur(poste, values(retour))["Nature"].tolist() == [OUTSIDE, COFI]
    sentences = texte(explications(poste, 2025, values(retour), previous_cumulated={}))
    assert sentences[0] == (
        "Fiche 5.1 : 1 ligne saisie en maquette, comptée hors maquette : "
        "l’aide au poste vient en plus du montant du contrat."
    )


# --- by funder, by subtotal ---


def test_funders_and_natures_come_in_the_order_of_the_contract_with_unknown_ones_last():
    v = values(
        money(
            "a",
            "1.1",
            ("Mécène", COFI, {"engage": D("10.10")}),
            ("Ville de Rivemont", COFI, {"engage": D(5), "verse": D(2)}),
            ("ARS", OUTSIDE, {"prevu": D(3)}),
        ),
        money(
            "b",
            "1.1",
            ("ARS", MAQUETTE, {"engage": D(1)}),
            ("ville de  rivemont", COFI, {"verse": D("2.50")}),
            (None, None, {"verse": D(9)}),
        ),
    )
    table = par_financeur(trial(), v)
    assert tuple(table.columns) == FINANCEMENT_FINANCEURS.titles
    assert table.values.tolist() == [
        ["ARS", MAQUETTE, None, D(1), None],
        ["ARS", OUTSIDE, D(3), None, None],
        ["Ville de Rivemont", COFI, None, D(5), D("4.50")],  # 2 + 2,50
        [None, None, None, None, D(9)],
        ["Mécène", COFI, None, D("10.10"), None],
    ]


def test_a_line_without_nature_enters_no_subtotal_but_is_told():
    v = values(money("a", "1.1", ("ARS", None, {"engage": D("1000.50")})))
    table = par_fiche(trial(D(5000)), 2025, v)
    assert table[["Engagé", "ARS hors maquette", "Cofinancements", "Valorisation"]].values.tolist() == [[None] * 4]
    assert texte(explications(trial(D(5000)), 2025, v, previous_cumulated={})) == [
        "Fiche 1.1 : 1 ligne de financement sans nature (engagé 1 000,50 €), hors de tous les sous-totaux."
    ]


def test_the_maquette_of_the_shipped_contract_is_what_its_deliberation_prints():
    dijon = load("dijon-2024-2028")
    table = totaux(dijon, par_fiche(dijon, 2025, values()))
    assert tuple(table.columns) == TOTALS.titles
    # 45 000 + 20 000 + 40 000 + 171 350 + 30 000 + 40 000
    assert table["Contrat"].tolist() == [D(346350), None, None, None, None]
    assert table["Sous-total"].tolist()[1] == "Poste de coordination (hors maquette)"
    assert table["Réserve"].iloc[0].startswith("programmé connu pour 0 fiche dotée sur 6")


def test_subtotals_stay_apart_and_differences_compare_like_with_like():
    two = contrat(
        fiches=tuple(
            Fiche(n, "Action", "1", porteurs=("a",), financement=FicheFinancement(montant=D(1000)))
            for n in ("1.1", "1.2", "5.1")
        ),
        regles=(POST,),
        maquette=D(2500),
    )
    v = values(
        money("a", "1.1", ("ARS", MAQUETTE, {"engage": D(900), "verse": D(450)}), ("ARS", OUTSIDE, {"engage": D(40)})),
        money(
            "a",
            "1.2",
            ("ARS", MAQUETTE, {"engage": D(300)}),
            ("Ville de Rivemont", COFI, {"engage": D(70)}),
            ("Ville de Rivemont", VALO, {"engage": D(7)}),
        ),
        money("a", "5.1", ("ARS", OUTSIDE, {"engage": D(26000)})),
    )
    table = totaux(two, par_fiche(two, 2025, v, programme={("1.1", "ars"): D(1000)}))
    assert table["Engagé"].tolist() == [D(1200), D(26000), D(40), D(70), D(7)]  # 900 + 300; nothing adds them
    maquette = table.iloc[0]
    # programmed against engaged: only 1.1 has both, 900 - 1 000 = -100 €, -10 %; engaged against paid: 450 - 900, -50 %
    assert (maquette["Écart engagé - programmé"], maquette["Écart engagé - programmé (%)"]) == (D(-100), D("-0.1"))
    assert (maquette["Écart versé - engagé"], maquette["Écart versé - engagé (%)"]) == (D(-450), D("-0.5"))
    reserve = texte([maquette["Réserve"]])[0]
    assert "le contrat annonce 2 500 €, les fiches font 3 000 €" in reserve
    assert "écart engagé - programmé sur 1 fiche" in reserve


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


# --- against the contract ---


@pytest.mark.parametrize(
    "by_avenant, to_do", [(("montants",), "avenant à prévoir"), (("axes", "duree"), "à décider par le COPIL")]
)
def test_going_over_the_contract_is_told(by_avenant, to_do):
    v = values(money("a", "1.1", ("ARS", MAQUETTE, {"engage": D(20000)})))
    contrat = dataclasses.replace(trial(D(45000)), avenant_requis=by_avenant)
    assert texte(explications(contrat, 2025, v, previous_cumulated={"1.1": D(30000)})) == [
        (
            "Fiche 1.1 : 50 000 € engagés depuis le début du contrat pour 45 000 € prévus, "
            f"soit 5 000 € de trop ({to_do})."
        )
    ]
    assert par_fiche(trial(D(45000)), 2025, v, previous_cumulated={"1.1": D(30000)})["Reste à engager"].tolist() == [
        D(-5000)
    ]


def test_money_after_the_last_year_it_was_promised_for_is_told():
    short = trial(D(45000), financement={"duree_ans": 1})
    v = values(money("a", "1.1", ("ARS", MAQUETTE, {"engage": D(20000)})))
    assert texte(explications(short, 2025, v, previous_cumulated={})) == [
        "Fiche 1.1 : montant prévu sur 1 an à compter de 2024, rien n’est attendu de la maquette en 2025."
    ]


def test_without_the_earlier_years_what_remains_is_said_to_be_incomplete():
    assert texte(explications(trial(), 2025, values())) == [
        "Les engagements des années antérieures ne sont pas connus : le reste à engager ne tient compte que de 2025."
    ]
    assert explications(trial(), 2024, values()) == []


def test_the_actions_to_programme_have_no_money():
    table = par_fiche(contrat(a_programmer=(ActionToProgramme("1", "Plus tard"),)), 2025, values())
    assert table.iloc[-1].dropna().to_dict() == {"Fiche": "à programmer", "Axe": "1"}
