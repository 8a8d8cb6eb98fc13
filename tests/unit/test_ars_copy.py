"""The copy for the ARS: the Synthèse alone, and nothing that must not leave."""

import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from cls_workbook.errors import Refusal
from cls_workbook.reports.agency import libreoffice_conversion
from cls_workbook.reports.agency.ars_copy import file_copy, read_back
from cls_workbook.reports.consolidation.consolidation_workbook import workbook
from cls_workbook.summaries.history import terms
from cls_workbook.tables.consolidation_tables import HISTORY
from cls_workbook.tables.table_frames import frame_of_rows, frame_records
from cls_workbook.workbook import writer
from tests.support.written_result import CONTRAT, result
from tests.support.xlsx_lint import lint


@pytest.fixture(scope="module")
def definition(tmp_path_factory):
    path = tmp_path_factory.mktemp("contrat") / "essai.toml"
    path.write_text(CONTRAT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def consolidation(tmp_path_factory):
    path = tmp_path_factory.mktemp("consolidation") / "C.xlsx"
    writer.write(workbook(result()), path)
    return path


@pytest.fixture
def synthese_copied(tmp_path, consolidation, definition):
    (file,) = file_copy(consolidation, tmp_path / "S.xlsx", contrat=definition)
    return file


def modify(consolidation, output, gesture):
    opened_book = openpyxl.load_workbook(consolidation)
    gesture(opened_book)
    opened_book.save(output)
    return output


def cells(sheet):
    return {c.coordinate: (c.value, c.number_format) for line in sheet.iter_rows() for c in line if c.value is not None}


def test_it_is_the_synthese_to_the_last_cell_and_chart(consolidation, synthese_copied):
    origin, copied_workbook = openpyxl.load_workbook(consolidation)["Synthèse"], openpyxl.load_workbook(synthese_copied)
    assert copied_workbook.sheetnames[0] == copied_workbook.active.title == "Synthèse"
    # no Évolution: this consolidation remembers no year
    assert all(nom.startswith("Données ") for nom in copied_workbook.sheetnames[1:])
    assert cells(copied_workbook["Synthèse"]) == cells(origin)
    assert len(copied_workbook["Synthèse"]._charts) == len(origin._charts) == 2
    assert len(copied_workbook["Synthèse"].merged_cells.ranges) == len(origin.merged_cells.ranges)


def test_last_year_s_terms_are_read_again_for_the_mask(tmp_path, definition):
    """Last year's rate shows only where it is known to speak of many: the copy knows as much as the Synthèse did."""
    made_one = result()
    ranks = [
        {
            "Année": made_one.annee - 1,
            "Objet": "Mesure",
            "Fiche": "1.1",
            "Libellé": m,
            "Agrégation": "RATIO",
            "Mesure": m,
            "Valeur": Decimal("0.25"),
            "Numérateur": n,
            "Dénominateur": d,
        }
        for m, n, d in (("1.1-T", 2, 8), ("1.1-U", 25, 100))
    ]
    memory = frame_of_rows(HISTORY, ranks)
    writer.write(workbook(replace(made_one, tables=replace(made_one.tables, history=memory))), tmp_path / "C.xlsx")
    assert terms(read_back(tmp_path / "C.xlsx", definition).tables.history, made_one.annee - 1) == {
        "1.1-T": (2, 8),
        "1.1-U": (25, 100),
    }


def test_it_holds_values_only(synthese_copied):
    for sheet in openpyxl.load_workbook(synthese_copied).worksheets:
        assert sheet.sheet_state == "visible"
        assert not any(c.data_type == "f" or c.hyperlink for line in sheet.iter_rows() for c in line)
        assert not sheet.data_validations.dataValidation
        assert not any(d.hidden for d in (*sheet.column_dimensions.values(), *sheet.row_dimensions.values()))
    assert lint(synthese_copied) == []


def test_nothing_that_must_not_leave_is_anywhere_in_the_file(synthese_copied):
    with zipfile.ZipFile(synthese_copied) as archive:
        names = archive.namelist()
        content = "".join(archive.read(n).decode("utf-8", "replace") for n in names)
    for forbidden in ("asso-secret", "ville-secret", "Durand", "03 80 12", "contact@asso.example", "CONV-1"):
        assert forbidden not in content, forbidden
    assert not any("vba" in n.lower() or "externalLink" in n for n in names)


def test_what_is_read_back_is_what_was_written(consolidation, definition):
    item_read, as_written = read_back(consolidation, definition), result()
    for nom in ("retours", "indicateurs", "par_fiche", "par_financeur", "financements", "reponses"):
        assert frame_records(getattr(item_read.tables, nom)) == frame_records(getattr(as_written.tables, nom)), nom
    for nom in ("avancement", "gouvernance", "territoire"):
        assert frame_records(getattr(item_read.summaries, nom)) == frame_records(getattr(as_written.summaries, nom)), (
            nom
        )
    assert item_read.notes == as_written.notes
    for nom in ("annee", "day", "validated_on", "precedent", "etat"):
        assert getattr(item_read, nom) == getattr(as_written, nom), nom


def test_a_validated_consolidation_stays_validated(tmp_path, definition):
    from datetime import date

    writer.write(workbook(result(validated_on=date(2026, 4, 2))), tmp_path / "C.xlsx")
    assert read_back(tmp_path / "C.xlsx", definition).etat == "Validé en COPIL le 02/04/2026"


def test_a_consolidation_saved_again_by_a_spreadsheet_still_serves(
    tmp_path, consolidation, definition, synthese_copied
):
    saved_again = modify(consolidation, tmp_path / "C2.xlsx", lambda opened_book: None)
    file_copy(saved_again, tmp_path / "S2.xlsx", contrat=definition)
    assert (tmp_path / "S2.xlsx").read_bytes() == synthese_copied.read_bytes()


def test_two_copies_are_the_same_bytes(tmp_path, consolidation, definition, synthese_copied):
    file_copy(consolidation, tmp_path / "encore.xlsx", contrat=definition)
    assert (tmp_path / "encore.xlsx").read_bytes() == synthese_copied.read_bytes()


def refusal(*arguments, **remaining):
    with pytest.raises(Refusal) as raised:
        file_copy(*arguments, **remaining)
    return str(raised.value).replace("\u00a0", " ")


def test_another_workbook_is_refused(tmp_path):
    openpyxl.Workbook().save(tmp_path / "autre.xlsx")
    assert "n’est pas une consolidation" in refusal(tmp_path / "autre.xlsx", tmp_path / "S.xlsx")
    assert "introuvable ou illisible" in refusal(tmp_path / "absent.xlsx", tmp_path / "S.xlsx")
    assert not (tmp_path / "S.xlsx").exists()


def test_a_consolidation_that_lost_a_sheet_or_a_column_is_refused_by_its_name(tmp_path, consolidation, definition):
    without = modify(
        consolidation, tmp_path / "sans.xlsx", lambda opened_book: opened_book.remove(opened_book["Repères"])
    )
    assert "la feuille « Repères » manque" in refusal(without, tmp_path / "S.xlsx", contrat=definition)

    def rename(opened_book):
        opened_book["Indicateurs"]["K1"] = "Autre chose"

    without = modify(consolidation, tmp_path / "sans2.xlsx", rename)
    assert "feuille « Indicateurs » : colonne Valeur introuvable" in refusal(
        without, tmp_path / "S.xlsx", contrat=definition
    )


def test_a_consolidation_of_before_the_targets_still_serves(tmp_path, consolidation, definition, synthese_copied):
    def undo(opened_book):
        sheet = opened_book["Indicateurs"]
        assert sheet["I1"].value == "Cible"
        sheet.tables.clear()
        sheet.delete_cols(9)

    (file,) = file_copy(modify(consolidation, tmp_path / "C.xlsx", undo), tmp_path / "S.xlsx", contrat=definition)
    assert openpyxl.load_workbook(file).sheetnames == openpyxl.load_workbook(synthese_copied).sheetnames


def test_a_contract_that_does_not_ship_must_be_given_and_be_the_right_one(tmp_path, consolidation):
    assert "indiquez sa définition par --contrat" in refusal(consolidation, tmp_path / "S.xlsx")
    other = tmp_path / "autre.toml"
    other.write_text(CONTRAT.replace('id = "essai"', 'id = "autre"'), encoding="utf-8")
    assert "celle du contrat « essai », la définition celle de « autre »" in refusal(
        consolidation, tmp_path / "S.xlsx", contrat=other
    )


def test_a_definition_that_lost_a_measure_is_refused(tmp_path, consolidation):
    lesser = tmp_path / "moindre.toml"
    lesser.write_text(CONTRAT.replace("1.2-I01", "1.2-I09"), encoding="utf-8")
    assert "1.2-I01" in refusal(consolidation, tmp_path / "S.xlsx", contrat=lesser)


def test_the_copy_never_replaces_the_consolidation(consolidation, definition):
    before = consolidation.read_bytes()
    assert "remplacerait la consolidation" in refusal(consolidation, consolidation, contrat=definition)
    assert consolidation.read_bytes() == before


def test_without_libreoffice_the_pdf_is_refused_and_nothing_is_written(
    tmp_path, consolidation, definition, monkeypatch
):
    monkeypatch.setattr(libreoffice_conversion, "libreoffice", lambda: None)
    with pytest.raises(Refusal) as raised:
        file_copy(consolidation, tmp_path / "S.xlsx", contrat=definition, pdf=True)
    assert "Excel" in raised.value.details[0]
    assert list(tmp_path.iterdir()) == []
