"""Parts of a fiche with porteurs, calendar and state of their own; one sheet for all those of a structure."""

from __future__ import annotations

import pytest

from cls_workbook import forms
from cls_workbook.forms.columns import STATE
from cls_workbook.summaries.expected import expected_returns
from tests.support.lived_campagnes import lines, live, written
from tests.support.other_definitions import PTSM, parsed, plain

BOTH = "1.2 Réduire les délais d’accès au CMP + 1.4 Premiers secours en santé mentale"
NORTH = "1.2 Réduire les délais d’accès au CMP + 1.3 Équipe mobile adolescents"


def progress(etat: str, realisation: str) -> dict[str, object]:
    return {"1/avancement/etat": etat, "1/avancement/realisation": realisation}


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """CH Niort answers for 1.2 (40 appointments) and 1.4 (25 persons) on one sheet, CH Nord for 1.2 (30) and 1.3;
    the one types 14 sessions of 1.1, which are not its own, beside the 21 of Éducation nationale."""
    answers: dict[str, dict[str, object]] = {
        "ch-niort": progress("En cours", "Totale")
        | {"1/volets/delais/etat": "En cours", "1/volets/delais/realisation": "Totale"}
        | {"1/volets/secours/etat": "Reportée", "1/volets/secours/realisation": "Nulle"}
        | {"1/mesures/1-I02/valeur": 40, "1/mesures/1-I03/valeur": 25, "1/mesures/1-I01/valeur": 14},
        "ch-nord": progress("En cours", "Partielle") | {"1/mesures/1-I02/valeur": 30},
        "education": progress("Réalisée", "Totale") | {"1/mesures/1-I01/valeur": 21},
        "ght": progress("En cours", "Totale") | {"1/mesures/1-I04/valeur": 3},
    }
    return live(tmp_path_factory.mktemp("ptsm"), PTSM, 2021, answers)


def test_a_structure_owes_one_return_for_all_its_volets_and_the_pilot_one_for_the_whole_fiche():
    expected = expected_returns(parsed(PTSM), 2021)
    assert expected.loc[expected["fiche"] == "1", ["structure", "volet"]].values.tolist() == [
        ["education", "1.1 Former les acteurs du repérage"],
        ["ch-niort", BOTH],
        ["ch-nord", NORTH],
        ["ght", "Ensemble de la fiche"],
    ]


def test_those_who_answer_together_keep_the_volet_of_each():
    common = ('porteurs = ["ch-niort", "ch-nord"] }', 'porteurs = ["ch-niort", "ch-nord"], reponse_commune = true }')
    expected = expected_returns(parsed(PTSM, common), 2021)
    assert expected.loc[expected["fiche"] == "1", "volet"].tolist() == [
        "1.1 Former les acteurs du repérage",
        "1.2 Réduire les délais d’accès au CMP",
        "1.2 Réduire les délais d’accès au CMP",
        "1.3 Équipe mobile adolescents",
        "1.4 Premiers secours en santé mentale",
        "Ensemble de la fiche",
    ]


def test_all_were_received(lived):
    assert [(r["Structure"], r["Statut"]) for r in lines(lived.result.tables.retours, Fiche="1")] == [
        ("Éducation nationale", "reçu"),
        ("CH Niort", "reçu"),
        ("CH Nord Deux-Sèvres", "reçu"),
        ("GHT des Deux-Sèvres", "reçu"),
    ]


def test_a_value_of_another_volet_enters_no_total(lived):
    figures = {r["Mesure"]: (r["Valeur"], r["Couverture"]) for r in lines(lived.result.tables.indicateurs)}
    assert figures == {
        "1-I01": (21, "complet (1 sur 1)"),  # not 21 + 14
        "1-I02": (70, "complet (2 sur 2)"),  # 40 + 30
        "1-I03": (25, "complet (1 sur 1)"),
        "1-I04": (3, "partiel (1 sur 4)"),  # of no volet: asked of all four
    }
    (refused,) = [a for a in lived.result.anomalies if a.code == "VALEUR_D_UN_AUTRE_VOLET"]
    assert (refused.gravite, plain(refused.found)) == (
        "bloquant",
        f"une valeur du volet « 1.1 Former les acteurs du repérage », dans un retour du volet « {BOTH} »",
    )


def test_each_volet_has_its_state(lived):
    (line,) = lines(lived.result.summaries.avancement, fiche="1")
    assert plain(line["par_volet"]).split("\n") == [
        "1.1 Former les acteurs du repérage : Totale",
        "1.2 Réduire les délais d’accès au CMP : En cours, Partielle",  # Totale and Partielle
        "1.3 Équipe mobile adolescents : Partielle",
        "1.4 Premiers secours en santé mentale : Reportée, Nulle",
    ]
    assert any("1.4 Premiers secours en santé mentale : Reportée, Nulle" in t for t in written(lived.synthese))


def test_the_sheet_of_a_structure_comes_with_its_volets_chosen_and_their_calendars():
    contrat = parsed(PTSM)
    who = {r.id: r for r in forms.repondants(contrat)}
    plan = forms.plan(contrat, 2021, who["ch-nord"])
    cells = {(c.line, c.column): c.valeur for s in plan.workbook.worksheets if s.nom == "FA 1" for c in s.cells}
    choice = next(p for p in plan.input_places() if p.cle == "1/reponse/volet")
    assert cells[choice.row, choice.column] == NORTH and NORTH in choice.choix
    texts = {plain(v) for v in cells.values() if isinstance(v, str)}
    assert "1.3 Équipe mobile adolescents · 2023" in texts
    state = next(p for p in plan.input_places() if p.cle == "1/volets/secours/etat")
    assert cells[state.row, STATE].valeur == "autre volet"


def test_two_workbooks_of_two_volets_are_no_doubles_and_what_is_left_out_is_missing(tmp_path):
    """One sheet for 1.2 alone: 1.4 is still owed."""
    alone = {"1/reponse/volet": "1.2 Réduire les délais d’accès au CMP", "1/mesures/1-I02/valeur": 40}
    year = live(tmp_path, PTSM, 2021, {"ch-niort": alone})
    assert [(r["Volet"], r["Statut"]) for r in lines(year.result.tables.retours, Fiche="1", Structure="CH Niort")] == [
        ("1.4 Premiers secours en santé mentale", "manquant"),
        ("1.2 Réduire les délais d’accès au CMP", "reçu"),
    ]
