"""The sum of what returns say is the consolidated total, or the difference is told: to the cent,
by another arithmetic.
"""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cls_workbook.pipeline import way_back
from cls_workbook.pipeline.settling import ReplacementRequest
from cls_workbook.reading.parsing.value_log import VALUES
from cls_workbook.summaries.reconciling import reconciliation
from tests.support.read_retours import retour
from tests.support.small_workbook import YEAR, plan, trial, valid_value

DAY = date(2026, 2, 1)


def consolider(*retours, to_replace=()):
    return way_back.consolider(retours, trial(), YEAR, day=DAY, to_replace=to_replace)


def lines(result) -> dict:
    return {(r["Fiche"], r["Mesure"], r["Colonne"]): r for r in result.tables.reconciliation.to_dict("records")}


I1, H, E = "1.1/mesures/1.1-I01/valeur", "1.1/mesures/1.1-I02a/valeur", "1.1/financement/{:02}/engage"
ETAT = {"1.1/avancement/etat": "En cours"}


def test_what_is_summed_is_the_total_and_it_is_said():
    r = lines(consolider(retour("a", "ville", ETAT | {H: 12.25}), retour("b", "mutuelle", ETAT | {H: 7.5})))[
        "1.1", "1.1-I02a", "Valeur"
    ]
    assert (r["Somme des retours"], r["Total consolidé"], r["Écart inexpliqué"], r["Valeurs saisies"]) == (
        Decimal("19.75"),
        Decimal("19.75"),
        0,
        2,
    )
    assert r["Explication"] == "la somme des retours est le total"


def test_a_refused_value_is_the_difference():
    r = lines(
        consolider(
            retour("a", "ville", {"2.1/reponse/volet": "Navettes", "2.1/mesures/2.1-I01/valeur": 40}),
            retour("b", "mutuelle", {"2.1/mesures/2.1-I01/valeur": 900}),
        )
    )
    line = r["2.1", "2.1-I01", "Valeur"]  # at most 500: reading refuses 900, whose amount is then not known
    assert (line["Somme des retours"], line["Total consolidé"], line["Écart inexpliqué"]) == (40, 40, 0)
    assert "1 saisie illisible" in line["Explication"]


def test_a_value_that_a_check_refuses_is_known_and_taken_off():
    taux = {"1.1/taux/1.1-I03b/numerateur": 9}
    r = lines(
        consolider(
            retour(
                "a", "ville", ETAT | {"1.1/taux/1.1-I03a/numerateur": 9, "1.1/taux/1.1-I03a/denominateur": 4} | taux
            ),
            retour("b", "mutuelle", ETAT | {"1.1/taux/1.1-I03a/numerateur": 2, "1.1/taux/1.1-I03a/denominateur": 5}),
        )
    )
    line = r["1.1", "1.1-I03a", "Numérateur"]
    assert (line["Somme des retours"], line["Refusées"], line["Total consolidé"], line["Écart inexpliqué"]) == (
        11,
        9,
        2,
        0,
    )


def test_duplicates_and_replaced_returns_each_have_their_column():
    two = [
        retour("a", "ville", ETAT | {H: 10}),
        retour("b", "ville", ETAT | {H: 11}),
        retour("c", "mutuelle", ETAT | {H: 1}),
    ]
    r = lines(consolider(*two))["1.1", "1.1-I02a", "Valeur"]
    assert (r["Somme des retours"], r["Écartées"], r["Remplacées"], r["Total consolidé"], r["Écart inexpliqué"]) == (
        22,
        21,
        None,
        1,
        0,
    )
    r = lines(consolider(*two, to_replace=[ReplacementRequest("b", "a")]))["1.1", "1.1-I02a", "Valeur"]
    assert (r["Somme des retours"], r["Écartées"], r["Remplacées"], r["Total consolidé"], r["Écart inexpliqué"]) == (
        22,
        None,
        10,
        12,
        0,
    )


def test_places_that_cannot_be_told_apart_have_no_total_and_it_is_said():
    locations = "1.1/mesures/1.1-I02b/valeur"
    r = lines(consolider(retour("a", "ville", ETAT | {locations: 5}), retour("b", "mutuelle", ETAT | {locations: 4})))[
        "1.1", "1.1-I02b", "Valeur"
    ]
    assert (r["Somme des retours"], r["Mises à part"], r["Total consolidé"], r["Écart inexpliqué"]) == (9, 9, None, 0)
    assert "entre 5 et 9" in r["Explication"]


def test_estimates_and_doubtful_counts_are_said():
    statut = {"1.1/mesures/1.1-I01/statut": "estimé"}
    r = lines(
        consolider(
            retour("a", "ville", ETAT | statut | {I1: 30}),
            retour("b", "mutuelle", ETAT | {I1: 12, "1.1/mesures/1.1-I01/double_compte": "oui"}),
        )
    )
    explanation = r["1.1", "1.1-I01", "Valeur"]["Explication"]
    # two returns: what each attests of its own says nothing of the other one
    assert "dont 30 estimé" in explanation and "dont 42 sans garantie contre le double compte" in explanation


def test_money_is_reconciled_to_the_cent_whatever_its_nature():
    rows_a = {
        E.format(1): 0.1,
        "1.1/financement/01/nature": "Maquette ARS",
        "1.1/financement/01/financeur": "ARS",
        E.format(2): 0.2,
        "1.1/financement/02/nature": "Cofinancement",
        E.format(3): 1000.07,
    }
    r = lines(consolider(retour("a", "ville", ETAT | rows_a)))
    total, fiche = r[None, None, "Engagé"], r["1.1", None, "Engagé"]
    assert (total["Somme des retours"], total["Total consolidé"], total["Écart inexpliqué"]) == (
        Decimal("1000.37"),
        Decimal("1000.37"),
        0,
    )
    assert (fiche["Total consolidé"], fiche["Mises à part"], fiche["Écart inexpliqué"]) == (
        Decimal("0.30"),
        Decimal("1000.07"),
        0,
    )
    assert "sans nature" in fiche["Explication"]


def test_a_difference_that_nothing_explains_is_an_anomaly():
    result = consolider(retour("a", "ville", ETAT | {H: 10}))
    false_one = result.tables.indicateurs.copy()
    false_one.loc[false_one["Mesure"] == "1.1-I02a", "Valeur"] = Decimal(11)
    empty = pd.DataFrame([], columns=list(VALUES), dtype=object)
    table = reconciliation.reconciliation(
        trial(),
        SimpleNamespace(values=empty, addresses=lambda _: {}),
        (),
        (),
        false_one,
        result.tables.par_fiche,
        result.tables.par_financeur,
    )
    (anomalie,) = [a for a in reconciliation.unexplained(table) if "Heures" in a.champ]
    assert (anomalie.gravite, anomalie.code, anomalie.fiche) == ("bloquant", "ECART_INEXPLIQUE", "1.1")


@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
def test_whatever_is_typed_nothing_is_unexplained_and_the_sums_are_those_of_a_pocket_calculator(seed):
    rng = random.Random(seed)
    retours, typed_values = [], []
    for file, structure in (("a", "ville"), ("b", "mutuelle"), ("c", "ville"), ("d", "mutuelle")):
        part = rng.choice((0.1, 0.5, 0.9))
        places = [p for p in plan(structure).input_places() if p.fiche and rng.random() < part]
        saisies = {
            p.cle: "illisible" if rng.random() < 0.05 and p.type in ("entier", "montant") else valid_value(p, rng)
            for p in places
        }
        retours.append(retour(file, structure, saisies))
        typed_values.append(saisies)
    chosen_ones = retours[: rng.choice((2, 3, 4))]
    to_replace = [ReplacementRequest("c", "a", lenient=True)] if len(chosen_ones) > 2 and rng.random() < 0.5 else []
    result = consolider(*chosen_ones, to_replace=to_replace)
    table = result.tables.reconciliation
    assert [r for r in table.to_dict("records") if r["Écart inexpliqué"]] == []
    engages = [
        Decimal(str(v))
        for s in typed_values[: len(chosen_ones)]
        for c, v in s.items()
        if "/financement/" in c and c.endswith("/engage") and v != "illisible"
    ]
    (line,) = [r for r in table.to_dict("records") if r["Fiche"] is None and r["Colonne"] == "Engagé"]
    assert (line["Somme des retours"] or 0) == sum(engages)
    assert sum(1 for a in result.anomalies if a.code == "ECART_INEXPLIQUE") == 0


@pytest.mark.parametrize("champ", ["Écart inexpliqué", "Somme des retours", "Total consolidé", "Explication"])
def test_the_table_stands_in_the_consolidation_workbook(champ):
    from cls_workbook.reports.consolidation import consolidation_workbook

    names = {
        t.description.nom: t.description
        for t in consolidation_workbook.tables(consolider(retour("a", "ville", ETAT | {H: 10})))
    }
    assert champ in names["Rapprochement"].titles
