"""A structure against its own last year: what it is shown in its workbook, what changes too much, what was copied."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.definition_keys import changed
from cls_workbook.domain.lifetime import EvolutionThresholds
from cls_workbook.errors import Refusal
from cls_workbook.fast_paths import offprint
from cls_workbook.pipeline import way_back
from cls_workbook.reports.consolidation.previous_year import (
    PreviousConsolidation,
    carried_over,
    history,
    indicateurs,
    own_values,
    showable,
)
from cls_workbook.tables.consolidation_tables import HISTORY, INDICATEURS
from tests.support.frames_from_text import folder, found, precedent
from tests.support.read_retours import reread, retour
from tests.support.small_workbook import DEFINITION, YEAR, places, read, trial

ETAT = {"1.1/avancement/etat": "En cours"}
I1, H = "1.1/mesures/1.1-I01/valeur", "1.1/mesures/1.1-I02a/valeur"
ROW_HEIGHT, BOTTOM = "1.1/taux/1.1-I03a/numerateur", "1.1/taux/1.1-I03a/denominateur"
LINE = {
    f"1.1/financement/01/{c}": v
    for c, v in {
        "financeur": "ARS",
        "nature": "Maquette ARS",
        "prevu": 8000,
        "engage": 8000,
        "verse": 4000.5,
        "reference": "C-12",
    }.items()
}


def past_year(*saisies: dict, structures=("ville", "mutuelle")):
    retours = [retour(f"{s}.xlsx", s, ETAT | stated, YEAR - 1) for s, stated in zip(structures, saisies, strict=False)]
    return reread(way_back.consolider(retours, trial(), YEAR - 1, day=date(2025, 2, 1)))


def anomalies(past, saisies: dict, code: str, contrat=None) -> list:
    result = way_back.consolider(
        [retour("v.xlsx", "ville", ETAT | saisies)], contrat or trial(), YEAR, day=date(2026, 2, 1), precedent=past
    )
    return [a for a in result.anomalies if a.code == code]


@pytest.mark.parametrize(
    ("before", "this_year", "faulty"),
    [
        ({I1: 40}, {I1: 90}, True),
        ({I1: 40}, {I1: 55}, False),
        ({ROW_HEIGHT: 5, BOTTOM: 10}, {ROW_HEIGHT: 8, BOTTOM: 10}, True),
        ({ROW_HEIGHT: 5, BOTTOM: 10}, {ROW_HEIGHT: 7, BOTTOM: 10}, False),
        (
            {"1.1/durees/1.1-I05/moyenne": 10, "1.1/durees/1.1-I05/effectif": 3},
            {"1.1/durees/1.1-I05/moyenne": 16, "1.1/durees/1.1-I05/effectif": 3},
            True,
        ),
        (LINE, LINE | {"1.1/financement/01/engage": 12500}, True),
        (LINE, LINE | {"1.1/financement/01/engage": 11900}, False),
    ],
)
def test_what_changes_too_much_for_the_structure_itself_is_to_be_confirmed(before, this_year, faulty):
    # The other structure's figures, ten times larger, change nothing.
    all_found = anomalies(past_year(before, {I1: 400, H: 1000}), this_year, "EVOLUTION_FORTE")
    assert bool(all_found) is faulty
    if faulty:
        changed = {c for c, v in this_year.items() if before.get(c) != v}
        assert {places("ville")[c].cell for c in changed} <= set(all_found[0].cells)
        assert str(YEAR - 1) in all_found[0].found and all_found[0].gravite == "à confirmer"


def test_the_thresholds_are_the_contract_s():
    prudent = changed(trial(), evolution=EvolutionThresholds(part=Decimal("0.1"), unites=2))
    past = past_year({I1: 40})
    assert anomalies(past, {I1: 45}, "EVOLUTION_FORTE") == []
    assert len(anomalies(past, {I1: 45}, "EVOLUTION_FORTE", prudent)) == 1


def test_the_thresholds_are_read_from_a_definition():
    from tests.support.small_workbook import DEFINITION

    with_changes = DEFINITION.replace(
        'territoire = "Rivemont"',
        'territoire = "Rivemont"\nevolution = { part = 0.3, unites = 5, euros = 500, points = 0.1 }',
    )
    assert toml_reader.parse(with_changes, "essai").follow_up.evolution == EvolutionThresholds(
        Decimal("0.3"), 5, 500, Decimal("0.1")
    )
    with pytest.raises(Refusal):
        toml_reader.parse(with_changes.replace("part =", "parte ="), "essai")


def test_funding_copied_from_last_year_with_its_reference_is_to_be_confirmed():
    past = past_year(LINE)
    (found_one,) = anomalies(past, LINE, "IDENTIQUE_A_L_ANNEE_PRECEDENTE")
    assert places("ville")["1.1/financement/01/reference"].cell in found_one.cells
    assert anomalies(past, LINE | {"1.1/financement/01/reference": "C-13"}, "IDENTIQUE_A_L_ANNEE_PRECEDENTE") == []
    assert anomalies(past, LINE | {"1.1/financement/01/verse": 4000.49}, "IDENTIQUE_A_L_ANNEE_PRECEDENTE") == []


# --- who has another name this year ---------------------------------------------------------------------------------


def with_revision(objet: str, cible: str, champ: str, valeur: str):
    revision = f'{{ depuis = {YEAR}, objet = "{objet}", cible = "{cible}", champ = "{champ}", valeur = "{valeur}" }}'
    return toml_reader.parse(DEFINITION.replace("[contrat]\n", f"[contrat]\nrevisions = [{revision}]\n", 1), "essai")


def test_a_structure_that_changed_its_name_is_still_compared_with_itself():
    past, contrat = past_year({I1: 40}), with_revision("structure", "ville", "nom", "Grand Rivemont")
    (told,) = anomalies(past, {I1: 90}, "EVOLUTION_FORTE", contrat)
    assert told.structure == "ville"
    assert own_values(past, in_year(contrat, YEAR), YEAR)["ville"]["1.1-I01"] == 40
    assert in_year(contrat, YEAR).identify("Ville de Rivemont") == contrat.identify("Grand Rivemont") == "ville"


def test_a_funder_that_changed_its_name_goes_on_under_the_new_one():
    city = LINE | {"1.1/financement/01/financeur": "Ville de Rivemont", "1.1/financement/01/nature": "Cofinancement"}
    past, contrat = past_year(city), in_year(with_revision("financeur", "ville", "nom", "Grand Rivemont"), YEAR)
    kept = dataclasses.replace(
        past, tables=past.tables | {HISTORY: [{"Financeur": "Ville de Rivemont"}, {"Financeur": None}]}
    )
    assert [r["Financeur"] for r in history(kept, contrat)] == ["Grand Rivemont", None]
    assert carried_over(past, contrat)["ville"]["1.1/financement/01/financeur"] == "Grand Rivemont"
    city |= {"1.1/financement/01/financeur": "Grand Rivemont"}
    assert len(anomalies(past, city, "IDENTIQUE_A_L_ANNEE_PRECEDENTE", contrat)) == 1


def test_a_funder_that_has_left_is_not_filled_in_beforehand():
    past = past_year(LINE | {"1.1/financement/01/financeur": "Ville de Rivemont"})
    left = DEFINITION.replace('nom = "Ville de Rivemont" }]', f'nom = "Ville de Rivemont", jusque = {YEAR - 1} }}]')
    assert "1.1/financement/01/nature" in carried_over(past, trial())["ville"]
    taken_up = carried_over(past, in_year(toml_reader.parse(left, "essai"), YEAR)).get("ville", {})
    assert [cle for cle in taken_up if "financement" in cle] == []


# --- what is counted otherwise this year ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("champ", "valeur", "comparable"),
    [("unite", "séance", False), ("agregation", "FLUX", False), ("unite", "Personnes", True), ("libelle", "Vus", True)],
)
def test_a_measure_that_changed_its_unit_or_its_rule_is_compared_with_nothing(champ, valeur, comparable):
    contrat, past = with_revision("mesure", "1.1-I01", champ, valeur), past_year({I1: 40})
    assert bool(anomalies(past, {I1: 400}, "EVOLUTION_FORTE", contrat)) is comparable
    this_year = in_year(contrat, YEAR)
    assert ("1.1-I01" in indicateurs(past, this_year, YEAR)) is comparable
    assert ("1.1-I01" in own_values(past, this_year, YEAR).get("ville", {})) is comparable


# --- in the workbook that the structure receives --------------------------------------------------------------------


def past_and_campagne():
    past = past_year({I1: 40, H: 7.5, ROW_HEIGHT: 1, BOTTOM: 4, "1.1/jalons/1.1-I06/jalon": "Engagé"}, {I1: 300, H: 2})
    return past, forms.WorkbookContext(precedent=indicateurs(past, trial(), YEAR), own=own_values(past, trial(), YEAR))


def test_what_a_structure_said_is_told_apart_from_the_total():
    past, campagne = past_and_campagne()
    assert campagne.precedent["1.1-I01"] == 340
    assert campagne.own["ville"] == {
        "1.1-I01": 40,
        "1.1-I02a": Decimal("7.5"),
        "1.1-I03a": Decimal("0.25"),
        "1.1-I06": "Engagé",
    }
    assert campagne.own["mutuelle"] == {"1.1-I01": 300, "1.1-I02a": 2}


def test_the_general_workbook_does_not_show_partners_a_count_of_few_persons():
    past = past_year({I1: 3, H: 7.5, ROW_HEIGHT: 1, BOTTOM: 4}, {I1: 4})

    def sensitive(*mesures: str, threshold: int = 10):
        definition = DEFINITION.replace("[contrat]\n", f"[contrat]\nseuil_petits_effectifs = {threshold}\n", 1)
        for mesure in mesures:
            definition = definition.replace(f'{{ id = "{mesure}",', f'{{ id = "{mesure}", petits_effectifs = true,', 1)
        return showable(past, toml_reader.parse(definition, "essai"), YEAR)

    assert sensitive() == {"1.1-I01": 7, "1.1-I02a": Decimal("7.5"), "1.1-I03a": Decimal("0.25")}
    assert sensitive("1.1-I01", "1.1-I03a") == {"1.1-I02a": Decimal("7.5")}  # 7 persons; 1 of 4
    assert "1.1-I01" in sensitive("1.1-I01", threshold=6)


def test_the_general_workbook_does_not_show_what_would_give_a_small_count_away():
    """28 persons, of whom 25 and 3: the 3 is masked, and the 25 with it, or 28 less 25 would give it."""
    rows = [("1.1-I01", 28), ("1.1-I02a", 25), ("1.1-I02b", 3)]
    how = re.compile(r'(id = "1.1-I02[ab]".*?), agregation = "[A-Z]+"(?:, unite = "[^"]*")?')
    definition = how.sub(r'\1, agregation = "PERSONNES", unite = "personne"', DEFINITION)
    table = [
        {"Fiche": "1.1", "Mesure": m, "Unité": "personne", "Agrégation": "PERSONNES", "Valeur": Decimal(v)}
        for m, v in rows
    ]
    sensitive = definition.replace('{ id = "1.1-I02b",', '{ id = "1.1-I02b", petits_effectifs = true,', 1)
    past = PreviousConsolidation(Path("avant.xlsx"), {INDICATEURS: table}, {})
    assert showable(past, toml_reader.parse(sensitive, "essai"), YEAR) == {"1.1-I01": 28}
    assert showable(past, toml_reader.parse(definition, "essai"), YEAR) == dict(rows)


def shown_values(content: bytes, tmp_path) -> list:
    (tmp_path / "c.xlsx").write_bytes(content)
    assert read(tmp_path / "c.xlsx").anomalies == ()  # what the campaign adds is no change
    sheet = openpyxl.load_workbook(tmp_path / "c.xlsx")["FA 1.1"]
    # left of where this year's is given; of a rate, at the right of what makes it
    keys = {I1: -1, H: -1, ROW_HEIGHT: 4, "1.1/jalons/1.1-I06/jalon": -1}
    return [sheet[places()[cle].cell].offset(column=beside).value for cle, beside in keys.items()]


def test_each_workbook_shows_last_year_s_values_of_its_own_structure(tmp_path):
    _, campagne = past_and_campagne()
    plans = [forms.plan(trial(), YEAR, r, campagne).workbook for r in (None, *forms.repondants(trial()))]
    general, ville, mutuelle = (shown_values(content, tmp_path) for content in offprint.produce(plans))
    assert general[:3] == [340, 9.5, 0.25]
    assert ville == [40, 7.5, 0.25, "Engagé"]
    assert mutuelle == [300, 2, None, None]


def test_workbooks_with_different_values_of_last_year_still_share_their_sheets():
    """Or one workbook per structure would cost as much as the year's."""
    _, campagne = past_and_campagne()
    worksheets, variants = {}, {}
    for respondent in (None, *forms.repondants(trial())):
        for sheet in forms.plan(trial(), YEAR, respondent, campagne).workbook.worksheets:
            if sheet.nom == "FA 1.1":
                assert offprint._place_sheet(sheet, worksheets, variants).source == "FA 1.1"


def test_the_money_of_a_structure_is_compared_over_all_its_returns_for_a_fiche():
    """Two volets, two files: together, what one line was last year."""
    before = pd.DataFrame(
        [("1.3", "association", "Agence", "Maquette", None, Decimal(9000), None, None)],
        columns=["fiche", "structure", "financeur", "nature", "prevu", "engage", "verse", "reference"],
    )
    past = dataclasses.replace(precedent("[avant.xlsx] association\n1.3"), lines=before)
    texte = """
        [cours.xlsx] association / Cours
        1.3/financement/01/financeur Agence
        1.3/financement/01/nature Maquette
        1.3/financement/01/engage {}
        [etude.xlsx] association / Étude
        1.3/financement/01/financeur Agence
        1.3/financement/01/nature Maquette
        1.3/financement/01/engage 4500
    """
    assert found(folder(texte.format(4500), precedent=past), "EVOLUTION_FORTE") == []
    assert len(found(folder(texte.format(20000), precedent=past), "EVOLUTION_FORTE")) == 1
