"""An agency's form, filled, as LibreOffice opens it: its own formulas computed, its chart and its shape there."""

import zipfile

import pytest

from cls_workbook.office.agency_form import fill
from cls_workbook.reports.consolidation.consolidation_workbook import workbook
from cls_workbook.workbook import writer
from tests.support.agency_form_by_hand import form
from tests.support.written_result import CONTRAT, result


def test_the_formulas_of_a_filled_form_are_computed_and_nothing_of_it_is_lost(libreoffice, tmp_path):
    writer.write(workbook(result()), tmp_path / "C.xlsx")
    (tmp_path / "essai.toml").write_text(CONTRAT, encoding="utf-8")
    fill(tmp_path / "C.xlsx", form(tmp_path / "f.xlsx"), tmp_path / "rempli.xlsx", tmp_path / "essai.toml")
    with libreoffice.open(tmp_path / "rempli.xlsx") as document:
        page, fiches = document.values("Bilan", as_shown=True), document.values("Les fiches")
        document.save(tmp_path / "repris.xlsx")
        assert document.protected_sheets() == ["Bilan"]
    assert page["B5"].valeur == 0.75  # 3 of 4
    assert page["B11"].valeur == pytest.approx(3000.5 + 0.25004167 + 150 + 1500.25)
    assert page["B2"].as_shown.startswith("14/03/")
    assert page["B10"].nature == "texte"
    assert fiches["C4"].valeur == len("Consulter près de chez soi") and fiches["E10"].valeur == 3
    with zipfile.ZipFile(tmp_path / "repris.xlsx") as package:
        assert any(nom.startswith("xl/charts/chart") for nom in package.namelist())
        assert "À signer" in package.read("xl/drawings/drawing1.xml").decode()


def test_a_form_that_libreoffice_saved_is_filled_as_well(libreoffice, tmp_path):
    writer.write(workbook(result()), tmp_path / "C.xlsx")
    (tmp_path / "essai.toml").write_text(CONTRAT, encoding="utf-8")
    with libreoffice.open(form(tmp_path / "f.xlsx")) as document:
        saved = document.save(tmp_path / "g.xlsx")
    done = fill(tmp_path / "C.xlsx", saved, tmp_path / "rempli.xlsx", tmp_path / "essai.toml")
    assert done.anomalies == []
    with libreoffice.open(done.path) as document:
        page, fiches = document.values("Bilan"), document.values("Les fiches")
    assert (page["B5"].valeur, page["B6"].valeur) == (0.75, 3000.5)  # not what the saved form came to before
    assert [fiches[cell].valeur for cell in ("A4", "D5", "E10")] == ["1.1", "Reportée", 3]
