"""What is typed is what is read: every input, random valid values, through openpyxl and through LibreOffice."""

from __future__ import annotations

import random
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from cls_workbook.workbook import writer
from tests.support import small_workbook
from tests.support.small_workbook import (
    YEAR,
    contrats,
    items_read,
    modified,
    plan,
    random_values,
    read,
    trial,
    valid_value,
)

# as they are sent: what is drawn is looked at here
filled = partial(small_workbook.filled, ornate=True)
blank = partial(small_workbook.blank, ornate=True)

READING_BACK = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(seed=st.integers(0, 2**32))
@READING_BACK
def test_every_value_typed_in_every_input_is_read_back(tmp_path, seed):
    all_expected = random_values(seed)
    retour = read(filled(tmp_path, all_expected))
    assert items_read(retour) == all_expected
    assert retour.anomalies == ()


@given(seed=st.integers(0, 2**32), part=st.floats(0.02, 0.6))
@READING_BACK
def test_blank_inputs_stay_blank(tmp_path, seed, part):
    rng = random.Random(seed)
    already_there = ("/structure", "/volet")  # a structure's own workbook comes with them
    all_expected = {
        c: v for c, v in random_values(seed, "ville").items() if rng.random() < part or c.endswith(already_there)
    }
    retour = read(filled(tmp_path, all_expected, "ville"))
    assert items_read(retour) == all_expected
    assert retour.anomalies == ()


@pytest.mark.parametrize("structure", ["", *(r.id for r in forms.repondants(trial()))])
def test_a_blank_workbook_says_nothing(tmp_path, structure):
    retour = read(blank(tmp_path, structure))
    assert retour.anomalies == ()
    # A structure's own workbook comes with its identity, and its volet where it has only one.
    assert {c.rpartition("/")[2] for c in items_read(retour)} <= ({"structure", "volet"} if structure else set())


def test_what_the_campaign_adds_to_a_workbook_is_no_change(tmp_path):
    respondent = forms.repondants(trial(), {"communes": ("Commune de Clairvaux",)})[0]
    campagne = forms.WorkbookContext(
        membres={"communes": ("Commune de Clairvaux", "Centre social du Port")},
        programme={"1.1": Decimal(1234)},
        precedent={"1.1-I01": 40, "1.1-I02a": Decimal("7.5"), "1.1-I03a": Decimal("0.4"), "1.1-I06": "Engagé"},
        limite="31 mars 2026",
        contact="Le service santé, 01 02 03 04 05",
    )
    for who in (None, respondent):
        path = tmp_path / "campagne.xlsx"
        writer.write(forms.plan(trial(), YEAR, who, campagne).workbook, path)
        assert read(path).anomalies == ()


def test_the_shipped_contract_is_read_back_in_full(tmp_path):
    dijon = toml_reader.load("dijon-2024-2028")
    filled_plan, rng = forms.plan(dijon, 2025), random.Random(3)
    writer.write(filled_plan.workbook, tmp_path / "dijon.xlsx")
    all_expected = {e.cle: (e, valid_value(e, rng)) for e in filled_plan.input_places()}

    def fill_cell(opened_book):
        for place, valeur in all_expected.values():
            opened_book[place.sheet][place.cell] = valeur

    retour = ReturnReader(toml_reader.load).read(modified(tmp_path / "dijon.xlsx", fill_cell))
    assert items_read(retour) == {cle: valeur for cle, (_, valeur) in all_expected.items()}
    assert retour.anomalies == ()
    typed_returns = typed_frames.type_values([retour], dijon)
    assert len(typed_returns.values) == len(all_expected) and typed_returns.anomalies == []
    assert (typed_returns.retours["champs_renseignes"] == typed_returns.retours["champs_attendus"]).all()


# --- a partner's edits, with a real spreadsheet ---------------------------------------------------------------------


def test_reading_in_another_process_gives_the_same(tmp_path):
    paths = [filled(tmp_path, random_values(g), nom=f"r{g}.xlsx") for g in (1, 2)]
    with ProcessPoolExecutor(1) as executor:
        elsewhere = list(executor.map(ReturnReader(contrats).read, paths))
    assert elsewhere == [read(c) for c in paths]
    assert plan().modele == elsewhere[0].modele
