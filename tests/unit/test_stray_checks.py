"""A total typed as one more line; a measure of another volet; a sheet of another year, or out of sight."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest

from cls_workbook import checks, forms
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.definition import toml_reader
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from cls_workbook.workbook import writer
from tests.support.small_workbook import DEFINITION, YEAR, cell, filled, items_read, modified, places, read, trial

VILLE = {"accueil/reponse/structure": "Ville de Rivemont"}


def anomalies_of(retour, contrat):
    typed = typed_frames.type_values([retour], contrat)
    given = CheckInput(
        contrat, YEAR, typed.values, typed.retours, anomalies=tuple(typed.anomalies), addresses=typed.addresses(contrat)
    )
    return [*typed.anomalies, *checks.check_retour(given)]


def found(retour, *codes, contrat=None):
    """[(code, gravity, cells)] of these codes."""
    anomalies = anomalies_of(retour, contrat or trial())
    return [(a.code, a.gravite, a.cells) for a in anomalies if a.code in codes]


# --- totals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nom",
    [
        *("Total", "TOTAL :", "total général", "Sous-total", "sous total cofinancements", "Totaux", "Montant total"),
        *("Grand total", "S/total", "-- Total --", "Financements totaux", "Cumul 2025", "Ensemble des financeurs"),
    ],
)
def test_a_total_typed_as_a_funding_line_counts_nowhere(tmp_path, nom):
    line = {"01/financeur": "ARS", "01/nature": "Maquette ARS", "01/engage": 100, "02/financeur": nom, "02/engage": 100}
    retour = read(filled(tmp_path, VILLE | {f"1.1/financement/{c}": v for c, v in line.items()}))
    assert found(retour, "TOTAL_SAISI_EN_LIGNE", "LIGNE_DE_FINANCEMENT_INCOMPLETE") == [
        ("TOTAL_SAISI_EN_LIGNE", "bloquant", tuple(cell(f"1.1/financement/02/{c}") for c in ("financeur", "engage")))
    ]


@pytest.mark.parametrize("nom", ["Total Énergies", "Fondation Total", "Totalité", "CPAM", "Ensemble Harmonie"])
def test_a_funder_whose_name_is_close_is_a_funder(tmp_path, nom):
    said = {"1.1/financement/02/financeur": nom, "1.1/financement/02/engage": 100}
    assert found(read(filled(tmp_path, VILLE | said)), "TOTAL_SAISI_EN_LIGNE") == []


def test_a_total_typed_as_a_category_counts_nowhere(tmp_path):
    said = {"1.1/ventilations/1.1-I03a/02/modalite": "Total", "1.1/ventilations/1.1-I03a/02/numerateur": 4}
    retour = read(filled(tmp_path, VILLE | said))
    assert found(retour, "TOTAL_SAISI_EN_LIGNE") == [
        ("TOTAL_SAISI_EN_LIGNE", "bloquant", tuple(places()[cle].cell for cle in said))
    ]


# --- volets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("structure", "volet", "expected"),
    [
        ("Mutuelle de l’Orme", "Covoiturage", [("VALEUR_D_UN_AUTRE_VOLET", "bloquant")]),
        ("Ville de Rivemont", "Covoiturage", [("VALEUR_D_UN_AUTRE_VOLET", "bloquant")]),
        ("Ville de Rivemont", "Navettes", []),
        ("Ville de Rivemont", "Navettes + Covoiturage", []),
    ],
)
def test_a_value_of_another_volet_is_refused_even_where_the_structure_bears_both(tmp_path, structure, volet, expected):
    contrat = toml_reader.parse(DEFINITION.replace('id = "2.1-I01"\n', 'id = "2.1-I01"\n  volet = "a"\n', 1), "essai")
    plan = forms.plan(contrat, YEAR)
    where = {p.cle: p for p in plan.input_places()}
    path = tmp_path / "retour.xlsx"
    path.write_bytes(writer.to_bytes(plan.workbook))
    said = {"accueil/reponse/structure": structure, "2.1/reponse/volet": volet, "2.1/mesures/2.1-I01/valeur": 120}
    modified(path, lambda book: [book[where[c].sheet].__setitem__(where[c].cell, v) for c, v in said.items()])
    retour = ReturnReader(lambda _: contrat).read(path)
    cells = (where["2.1/mesures/2.1-I01/valeur"].cell,)
    assert found(retour, "VALEUR_D_UN_AUTRE_VOLET", contrat=contrat) == [(*e, cells) for e in expected]


# --- another year ---------------------------------------------------------------------------------------------------


def test_last_years_filled_sheet_pasted_over_this_years_is_refused_whole(tmp_path):
    plan = forms.plan(trial(), YEAR - 1)
    last_year = openpyxl.load_workbook(io.BytesIO(writer.to_bytes(plan.workbook)))["FA 1.1"]
    for cle, value in {"avancement/etat": "En cours", "depenses/total": 555, "qualitatif/freins": "La neige"}.items():
        last_year[cell(f"1.1/{cle}")] = value

    def paste(book):
        sheet = book["FA 1.1"]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        for source in (c for row in last_year.iter_rows() for c in row if c.value is not None):
            sheet[source.coordinate] = source.value

    retour = read(modified(filled(tmp_path, VILLE | {"2.1/qualitatif/freins": "La météo"}), paste))
    (anomalie,) = retour.anomalies
    assert (anomalie.code, anomalie.gravite, anomalie.sheet) == ("HORS_CAMPAGNE", "bloquant", "FA 1.1")
    assert anomalie.refuses_sheet and str(YEAR - 1) in anomalie.found
    assert set(anomalie.cells) == {cell(f"1.1/{c}") for c in ("avancement/etat", "depenses/total", "qualitatif/freins")}


def test_a_year_corrected_by_hand_in_one_title_is_a_retouched_text(tmp_path):
    def retouch(book):
        book["FA 1.1"]["B2"] = book["FA 1.1"]["B2"].value.replace(str(YEAR), str(YEAR - 1))

    retour = read(modified(filled(tmp_path, VILLE | {"1.1/qualitatif/freins": "La neige"}), retouch))
    assert [a.code for a in retour.anomalies] == ["TEXTE_IMPRIME_MODIFIE"]


# --- out of sight ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_the_hidden_twin_of_a_blank_sheet_is_not_the_answer(tmp_path, state):
    def add_twin(book):
        twin = book.copy_worksheet(book["FA 2.1"])
        twin.sheet_state = state
        twin[cell("2.1/mesures/2.1-I01/valeur")] = 99

    retour = read(modified(filled(tmp_path, VILLE), add_twin))
    (anomalie,) = retour.anomalies
    assert (anomalie.code, anomalie.gravite, anomalie.cells) == (
        "ANCRES_EN_DESACCORD",
        "bloquant",
        (cell("2.1/mesures/2.1-I01/valeur"),),
    )
    assert "2.1/mesures/2.1-I01/valeur" not in items_read(retour)


def test_a_fiche_that_is_hidden_and_has_no_other_sheet_is_read(tmp_path):
    path = filled(tmp_path, VILLE | {"2.1/mesures/2.1-I01/valeur": 99})
    retour = read(modified(path, lambda book: setattr(book["FA 2.1"], "sheet_state", "hidden")))
    assert items_read(retour)["2.1/mesures/2.1-I01/valeur"] == 99 and retour.anomalies == ()


# --- the file's own calendar ----------------------------------------------------------------------------------------


def test_days_are_counted_as_the_file_counts_them_whatever_the_format_of_the_cell(tmp_path):
    day, started, ended = datetime.date(2025, 3, 15), *(f"1.1/avancement/date_{c}" for c in ("debut", "fin_prevue"))

    def count_from_1904(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        sheet = book[places()[started].sheet]
        sheet[cell(started)] = day
        sheet[cell(ended)] = 44_269  # of the same day, counted from 1904
        sheet[cell(ended)].number_format = "General"

    path = modified(filled(tmp_path, VILLE | {"1.1/mesures/1.1-I01/valeur": 44_269}), count_from_1904)
    values = typed_frames.type_values([read(path)], trial()).values
    by_cell = dict(zip(values["cellule"], values["valeur"], strict=True))
    assert (by_cell[cell(started)], by_cell[cell(ended)]) == (day, day)
    assert by_cell[cell("1.1/mesures/1.1-I01/valeur")] == 44_269
