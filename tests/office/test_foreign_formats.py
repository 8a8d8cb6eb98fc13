"""Formats in which a spreadsheet can save a return and that are not read: each is named."""

from __future__ import annotations

import pytest

from tests.support.small_workbook import filled, read

SEVEN = {"1.1/mesures/1.1-I01/valeur": 7}


@pytest.fixture(scope="module")
def opened(libreoffice, tmp_path_factory):
    """A filled workbook of one fiche, open in LibreOffice."""
    with libreoffice.open(filled(tmp_path_factory.mktemp("formats"), SEVEN)) as document:
        yield document


@pytest.mark.parametrize(
    ("nom", "password", "word"),
    [
        ("retour.xls", "", "ancien format"),
        ("retour.csv", "", "texte"),
        ("retour.pdf", "", "PDF"),
        ("retour.fods", "", "XML"),
        ("retour.html", "", "page web"),
        ("secret.ods", "secret", "mot de passe"),
    ],
)
def test_what_a_spreadsheet_saves_in_another_format_is_told_by_its_name(opened, tmp_path, nom, password, word):
    path = opened.save(tmp_path / nom, password)
    for extension in ("", ".xlsx"):  # renamed, it says the same
        renamed = path.rename(f"{path}{extension}")
        (anomalie,) = read(renamed).anomalies
        assert (anomalie.code, anomalie.refuses_file) == ("FICHIER_ILLISIBLE", True)
        assert word in anomalie.found and anomalie.remedy
        path = renamed
