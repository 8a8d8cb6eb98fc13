"""A return filled on an older template of the same year: answers are carried over where keys allow,
the rest is listed.
"""

from __future__ import annotations

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.anomalies import A_CONFIRMER
from cls_workbook.definition import toml_reader
from cls_workbook.reading.storing.typed_frames import type_values
from cls_workbook.workbook import writer
from tests.support.small_workbook import DEFINITION, YEAR, items_read, read, trial

FICHE = "FA 1.1"
PERSONS, HOURS, VENUES = (f"1.1/mesures/1.1-{m}/valeur" for m in ("I01", "I02a", "I02b"))


@pytest.fixture
def filled_before(tmp_path):
    """Writes and reads a return made from the contract as it was, with ``remplacements`` in its definition."""

    def fill_cell(saisies: dict[str, object], *remplacements: tuple[str, str]):
        definition = DEFINITION
        for now, before in remplacements:
            assert now in definition
            definition = definition.replace(now, before)
        plan = forms.plan(toml_reader.parse(definition, "essai"), YEAR)
        writer.write(plan.workbook, tmp_path / "ancien.xlsx")
        opened_book = openpyxl.load_workbook(tmp_path / "ancien.xlsx")
        places = {p.cle: p for p in plan.input_places()}
        for cle, valeur in saisies.items():
            opened_book[FICHE][places[cle].cell] = valeur
        opened_book.save(tmp_path / "ancien.xlsx")
        return read(tmp_path / "ancien.xlsx"), places

    return fill_cell


def statements(retour):
    return [(a.gravite, a.code, a.cells) for a in retour.anomalies]


ONE_MORE = (
    '    { id = "1.1-I02a"',
    '    { id = "1.1-I99", libelle = "Affiches posées", type = "entier", agregation = "FLUX" },\n    { id = "1.1-I02a"',
)
HOURS_ONLY = (
    '    { id = "1.1-I02a", libelle = "Heures de permanence", type = "decimal", agregation = "FLUX", '
    'unite = "heure" },\n'
)


def test_a_measure_added_since_is_asked_for_and_the_others_are_carried_over(filled_before):
    retour, _ = filled_before({PERSONS: 7, VENUES: 3}, (HOURS_ONLY, ""))
    assert items_read(retour) == {PERSONS: 7, VENUES: 3}
    assert statements(retour) == [(A_CONFIRMER, "HORS_CAMPAGNE", ())]
    found = retour.anomalies[0].found.replace("\u00a0", " ")
    assert "2 réponses reprises (1.1 : 2)" in found and "Heures de permanence" in found and "1 question de" in found


def test_an_answer_to_a_measure_removed_since_is_pointed_at(filled_before):
    retour, before = filled_before({PERSONS: 7, "1.1/mesures/1.1-I99/valeur": 12, VENUES: 3}, ONE_MORE)
    assert items_read(retour) == {PERSONS: 7, VENUES: 3}
    assert statements(retour)[1:] == [(A_CONFIRMER, "SAISIE_HORS_CADRE", (before["1.1/mesures/1.1-I99/valeur"].cell,))]


def test_an_answer_to_a_measure_renamed_since_is_carried_over_and_asked_about(filled_before):
    retour, before = filled_before(
        {PERSONS: 7, HOURS: 2.5}, ('libelle = "Heures de permanence"', 'libelle = "Heures d’ouverture"')
    )
    assert items_read(retour) == {PERSONS: 7, HOURS: 2.5}
    assert statements(retour)[1:] == [(A_CONFIRMER, "ANCRES_EN_DESACCORD", (before[HOURS].cell,))]
    assert "Heures d’ouverture" in retour.anomalies[1].found and "Heures de permanence" in retour.anomalies[1].expected


def test_an_answer_in_another_unit_is_asked_about(filled_before):
    retour, before = filled_before({HOURS: 2.5}, ('unite = "heure"', 'unite = "jour"'))
    assert statements(retour)[1:] == [(A_CONFIRMER, "ANCRES_EN_DESACCORD", (before[HOURS].cell,))]


def test_two_categories_that_changed_places_are_refused_not_exchanged(filled_before):
    young, adults = ("1.1/ventilations/1.1-I02c/01/effectif", "1.1/ventilations/1.1-I02c/02/effectif")
    retour, before = filled_before({young: 5, adults: 8}, ('["Jeunes", "Adultes",', '["Adultes", "Jeunes",'))
    assert items_read(retour) == {}
    assert {before[young].cell, before[adults].cell} <= {c for a in retour.anomalies for c in a.cells}


def test_the_rows_that_a_partner_named_for_a_removed_breakdown_are_pointed_at(filled_before):
    saisies = {"1.1/ventilations/1.1-I99/01/nom": "Salle des fêtes", "1.1/ventilations/1.1-I99/02/nom": "Gymnase"}
    with_details = (ONE_MORE[0], ONE_MORE[1].replace('"FLUX" }', '"ENTITES", ventilation = "lieu" }', 1))
    retour, before = filled_before(saisies, with_details)
    assert {before[c].cell for c in saisies} <= {c for a in retour.anomalies for c in a.cells}


def test_carried_answers_are_typed_as_today(filled_before):
    retour, _ = filled_before(
        {HOURS: 2.5},
        (
            'type = "decimal", agregation = "FLUX", unite = "heure"',
            'type = "entier", agregation = "FLUX", unite = "heure"',
        ),
    )
    typed_returns = type_values([retour], trial())
    assert [str(v) for v in typed_returns.values["valeur"]] == ["2.5"]


def test_the_same_template_is_no_other_version(filled_before):
    retour, _ = filled_before({PERSONS: 7})
    assert (items_read(retour), retour.anomalies) == ({PERSONS: 7}, ())
