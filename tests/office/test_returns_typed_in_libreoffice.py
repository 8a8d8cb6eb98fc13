"""What a partner does in LibreOffice to a return: every value is read as it was typed, or refused at its cell."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import partial

import pytest

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reading.storing import typed_frames
from cls_workbook.workbook import writer
from tests.support import small_workbook
from tests.support.both_readers import by_calamine, fast, same_by_both, typed_values
from tests.support.small_workbook import cell, items_read, places, random_values, read, rows_of, trial
from tests.support.typed_percentages import EXPECTED, FICHE, SLOTS, read_with_types

# as they are sent: what is drawn is looked at here
filled = partial(small_workbook.filled, ornate=True)
blank = partial(small_workbook.blank, ornate=True)


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_every_value_is_read_back_after_libreoffice(libreoffice, tmp_path, extension):
    all_expected = random_values(7)
    output = libreoffice.convert(filled(tmp_path, all_expected), tmp_path / f"par-libreoffice.{extension}")
    retour = read(output)
    assert items_read(retour) == all_expected
    assert retour.anomalies == ()


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_a_blank_workbook_saved_by_libreoffice_says_nothing(libreoffice, tmp_path, extension):
    output = libreoffice.convert(blank(tmp_path), tmp_path / f"vierge.{extension}")
    retour = read(output)
    assert (retour.saisies, retour.anomalies) == ((), ())


@pytest.fixture
def document(libreoffice, tmp_path):
    """The workbook filled everywhere, opened in LibreOffice; and a function that saves and reads it."""
    all_expected = random_values(11)
    with libreoffice.open(filled(tmp_path, all_expected)) as opened:
        for sheet in opened.protected_sheets():
            opened.unprotect(sheet)

        def read_back(extension: str = "xlsx"):
            return read(opened.save(tmp_path / f"modifie.{extension}"))

        opened.all_expected, opened.read_back = all_expected, read_back
        yield opened


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_inserted_rows_lose_nothing(document, extension):
    for rank in (60, 30, 10, 2):
        document.insert_rows("FA 1.1", rank, 2)
    retour = document.read_back(extension)
    assert items_read(retour) == document.all_expected
    assert retour.anomalies == ()


@pytest.mark.parametrize("column", [1, 2, 3, 6])
def test_an_inserted_column_loses_nothing(document, column):
    document.insert_columns("FA 1.1", column)
    document.insert_columns("Accueil", min(column, 4))
    retour = document.read_back()
    assert items_read(retour) == document.all_expected
    assert retour.anomalies == ()


def test_renamed_moved_and_hidden_sheets_lose_nothing(document):
    document.rename_sheet("FA 1.1", "notre fiche")
    document.move_sheet("notre fiche", 0)
    document.rename_sheet("Accueil", "Qui ?")
    document.rename_sheet("Sommaire", "Table")
    retour = document.read_back()
    assert items_read(retour) == document.all_expected
    assert retour.anomalies == ()
    assert retour.worksheets["1.1"] == "notre fiche"


def test_sorted_funding_rows_keep_each_row_together(document):
    ranks = rows_of("1.1/financement")
    start, end = (places()[f"1.1/financement/{rank}/financeur"].row for rank in (ranks[0], ranks[-1]))
    document.sort("FA 1.1", f"C{start}:I{end}", column=4, descending=True)
    retour = document.read_back()
    assert retour.anomalies == ()
    input_fields = ("financeur", "nature", "prevu", "engage", "verse", "reference", "date")
    before, after = (
        sorted(tuple(statements[f"1.1/financement/{rank}/{c}"] for c in input_fields) for rank in ranks)
        for statements in (document.all_expected, items_read(retour))
    )
    assert after == before


def test_sorted_measures_are_refused_not_misread(document):
    where = places()
    start, end = where["1.1/mesures/1.1-I01/valeur"].row, where["1.1/mesures/1.1-I02b/valeur"].row
    # Column A, hidden, is left out of the sort: every label but one moves away from its key.
    document.sort("FA 1.1", f"C{start}:K{end}", column=0, descending=True)
    retour = document.read_back()
    value_read = items_read(retour)
    false_one = [c for c, v in document.all_expected.items() if c in value_read and value_read[c] != v]
    assert false_one == []
    # The subtitle among them, without a key, was sorted too: what came on its row stands out of the inputs.
    assert {a.code for a in retour.anomalies} == {"ANCRES_EN_DESACCORD", "SAISIE_HORS_CADRE"}


def test_a_row_added_with_insert_is_one_more_line(document):
    rank = places()["1.1/financement/03/financeur"].row
    document.insert_rows("FA 1.1", rank + 1)
    document.type("FA 1.1", {f"C{rank + 1}": "Mutuelle de l’Orme", f"F{rank + 1}": "1 250,50"})
    retour = document.read_back("ods")
    assert retour.anomalies == ()
    assert items_read(retour) == document.all_expected | {
        "1.1/financement/03+1/financeur": "Mutuelle de l’Orme",
        "1.1/financement/03+1/engage": 1250.5,
    }


def test_a_sheet_sent_alone_is_refused_with_a_remedy(document, tmp_path):
    with document.extract("FA 1.1") as alone:
        retour = read(alone.save(tmp_path / "seul.xlsx"))
    assert [a.code for a in retour.anomalies] == ["FICHIER_ILLISIBLE"]
    assert "entier" in retour.anomalies[0].remedy


def test_a_formula_typed_in_libreoffice_is_refused_at_its_cell(document):
    cell = places()["1.1/depenses/personnel"].cell
    document.type("FA 1.1", {cell: "=2*600"})
    for extension in ("xlsx", "ods"):
        retour = document.read_back(extension)
        assert [(a.code, a.cells) for a in retour.anomalies] == [("FORMULE_DANS_UNE_SAISIE", (cell,))]
        assert "1 200" in retour.anomalies[0].found.replace("\u00a0", " ")
        assert "1.1/depenses/personnel" not in items_read(retour)


def test_numbers_typed_in_french_are_the_numbers_meant(document):
    where = places()
    document.type(
        "FA 1.1",
        {
            where["1.1/depenses/total"].cell: "12 345,60",
            where["1.1/depenses/etp"].cell: "0,5",
            where["1.1/avancement/date_debut"].cell: "15/03/2025",
        },
    )
    values = typed_frames.type_values([document.read_back("ods")], trial()).values
    statements = {
        c: v
        for c, v, f, b in zip(values["champ"], values["valeur"], values["fiche"], values["bloc"], strict=True)
        if f == "1.1" and b in ("depenses", "avancement")
    }
    assert statements["total"] == Decimal("12345.60") and statements["etp"] == Decimal("0.5")
    assert statements["date_debut"] == datetime.date(2025, 3, 15)


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_percentage_typed_in_libreoffice_neither(tmp_path, libreoffice, form):
    with libreoffice.open(filled(tmp_path, {})) as document:
        document.unprotect(FICHE)
        document.put(FICHE, {cell(c): v for c, v in SLOTS.items()})
        for cle in SLOTS:
            document.number_format(FICHE, cell(cle), "0%")
        path = document.save(tmp_path / f"rendu.{form}")
    assert read_with_types(path) == (EXPECTED, set())


def test_every_formula_of_the_shipped_contract_is_known_again_in_odf(tmp_path, libreoffice):
    dijon = toml_reader.load("dijon-2024-2028")
    writer.write(forms.plan(dijon, 2025).workbook, tmp_path / "d.xlsx")
    for extension in ("xlsx", "ods"):
        output = libreoffice.convert(tmp_path / "d.xlsx", tmp_path / f"s.{extension}")
        assert ReturnReader(toml_reader.load).read(output).anomalies == ()


@pytest.mark.parametrize("seed", range(2))
def test_a_return_typed_in_libreoffice_is_read_quickly_and_exactly(libreoffice, tmp_path, seed):
    with libreoffice.open(filled(tmp_path, typed_values(seed))) as document:
        document.unprotect("FA 1.1")
        # no « VRAI »: its format shows words for a number, which is left to the plain way
        document.type("FA 1.1", {"M60": "=1/0", "M61": '="é & <"&1', "M63": "1,5E-7", "M64": "  deux espaces  "})
        document.recalc()
        content = document.save(tmp_path / "retour.xlsx").read_bytes()
    assert len(same_by_both(content)) == len(by_calamine(content))
    assert fast(content)["FA 1.1"].lines[59][12] == ""
    assert fast(content)["FA 1.1"].special_cells[59, 12].error
