"""Money: exact to the cent, level by level, nature by nature, against what the contract prints."""

import pytest

from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.announced.contrat_parts import ActionToProgramme, Financeur
from cls_workbook.domain.definition_keys import changed
from cls_workbook.domain.model import Fiche, FicheFinancement
from cls_workbook.summaries.funding import par_fiche, par_financeur, totaux
from cls_workbook.summaries.funding_rules import explications
from cls_workbook.tables.consolidation_tables import FINANCEMENT_FICHES, FINANCEMENT_FINANCEURS
from cls_workbook.tables.summary_tables import TOTALS
from tests.support.money_rules import COFI, MAQUETTE, OUTSIDE, POST, VALO, D, first, texte, trial
from tests.support.written_frames import contrat, money, values

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


# --- against the contract ---


@pytest.mark.parametrize(
    "by_avenant, to_do", [(("montants",), "avenant à prévoir"), (("axes", "duree"), "à décider par le COPIL")]
)
def test_going_over_the_contract_is_told(by_avenant, to_do):
    v = values(money("a", "1.1", ("ARS", MAQUETTE, {"engage": D(20000)})))
    contrat = changed(trial(D(45000)), avenant_requis=by_avenant)
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
