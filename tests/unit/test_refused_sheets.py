"""What the writer refuses, what Excel could not hold, and what then becomes of the file."""

from __future__ import annotations

import os

import pytest

from cls_workbook.errors import Refusal
from cls_workbook.fast_paths import row_writer
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import (
    CellRange,
    ConditionalFormat,
    ExcelTable,
    Formula,
    Link,
    Validation,
    Workbook,
)
from tests.support.sheets_of_cells import read_back, sheet

LONG = "x" * 256
CHOICE_LIST = {"cell_ranges": [CellRange(1, 1, 1, 1)], "type": "liste"}


@pytest.mark.parametrize(
    ("page", "word"),
    [
        (lambda: sheet(nom="a/b"), "nom de feuille « a/b »"),
        (lambda: sheet(nom="x" * 32), "1 à 31 caractères"),
        (lambda: sheet(nom="'citée'"), "pas permis"),
        (lambda: sheet(nom="History"), "réserve"),
        (lambda: sheet((1, 1, "x" * 32_768, "cellule")), "Essai », A1 : texte de 32768"),
        (lambda: sheet((1, 1, "é😀" * 11_000, "cellule")), "texte de 33000"),
        (lambda: sheet((0, 1, 5, "cellule")), "n'existe pas dans Excel"),
        (lambda: sheet((1, 16_385, "x", "cellule")), "n'existe pas dans Excel"),
        (lambda: sheet((1, 1, object(), "cellule")), "A1 : une cellule ne peut pas contenir un objet object"),
        (lambda: sheet((1, 1, float("inf"), "cellule")), "infini"),
        (lambda: sheet((1, 1, Formula("=A2", 0), "cellule")), "commençant par"),
        (lambda: sheet((1, 1, Link("javascript:1", "x"), "lien")), "lien de nature inconnue"),
        (lambda: sheet((3, 2, "a", "cellule"), (3, 2, "b", "cellule")), "B3 est écrite deux fois"),
        (lambda: sheet((1, 2, "perdu", "cellule"), merges=[CellRange(1, 1, 1, 3)]), "B1 a une valeur cachée"),
        (lambda: sheet(merges=[CellRange(1, 1, 1, 3), CellRange(1, 3, 2, 3)]), "la fusion C1:C2 en recouvre une autre"),
        (lambda: sheet(merges=[CellRange(1, 1, 1, 1)]), "cellule seule"),
        (lambda: sheet(validations=[Validation(**CHOICE_LIST, source=("a",), prompt=LONG)]), "256 caractères pour 255"),
        (lambda: sheet(validations=[Validation(**CHOICE_LIST, source=("a",), error=LONG)]), "256 caractères pour 255"),
        (
            lambda: sheet(validations=[Validation(**CHOICE_LIST, source=("a",), titre="x" * 33)]),
            "33 caractères pour 32",
        ),
        (lambda: sheet(validations=[Validation(**CHOICE_LIST, source=("a",) * 129)]), "liste de plus de 255"),
        (lambda: sheet(validations=[Validation(**CHOICE_LIST, source=("oui, si", "non"))]), "virgule"),
        (lambda: sheet(validations=[Validation(**CHOICE_LIST)]), "liste sans choix"),
        (lambda: sheet(validations=[Validation([], "entier")]), "sans plage"),
        (lambda: sheet(conditional_formats=[ConditionalFormat(CellRange(1, 1, 1, 1), "=A1", "bon")]), "commençant par"),
        (
            lambda: sheet(sheet_tables=[ExcelTable("A1", CellRange(1, 1, 2, 1), ("x",))]),
            "« A1 » ne peut pas être un nom",
        ),
        (lambda: sheet(sheet_tables=[ExcelTable("T", CellRange(1, 1, 2, 2), ("x", "X"))]), "« X » donné deux fois"),
        (lambda: sheet(sheet_tables=[ExcelTable("T", CellRange(1, 1, 2, 2), ("x",))]), "1 en-têtes pour 2 colonnes"),
        (
            lambda: sheet((1, 1, "y", "entete"), sheet_tables=[ExcelTable("T", CellRange(1, 1, 2, 1), ("x",))]),
            "A1 devrait être « x »",
        ),
        (
            lambda: sheet(
                sheet_tables=[ExcelTable("T", CellRange(1, 1, 2, 1), ("x",))], merges=[CellRange(2, 1, 3, 1)]
            ),
            "le touche",
        ),
        (lambda: sheet(etat="masquee"), "au moins une feuille visible"),
    ],
)
def test_what_excel_could_not_hold_is_refused(page, word):
    for to_bytes in (writer.to_bytes, row_writer.to_bytes):
        with pytest.raises(ValueError) as fault:
            to_bytes(Workbook([page()], "Essai"))
        assert word in str(fault.value).replace("\xa0", " ")


def test_two_sheets_or_names_alike_but_for_case_are_refused():
    with pytest.raises(ValueError, match="donné deux fois"):
        writer.to_bytes(Workbook([sheet(nom="FA 1"), sheet(nom="fa 1")], "t"))
    with pytest.raises(ValueError, match="feuille absente"):
        writer.to_bytes(Workbook([sheet()], "t", names={"statuts": ("Listes", CellRange(1, 1, 1, 1))}))


def test_an_unknown_style_is_an_error_of_ours_not_a_plain_cell():
    with pytest.raises(KeyError, match="inconnu"):
        writer.to_bytes(Workbook([sheet((1, 1, "x", "inconnu"))], "t"))


def test_beyond_excel_s_limit_of_links_the_text_stays(monkeypatch):
    monkeypatch.setattr("cls_workbook.workbook.plain_page.LINKS_MAX", 1)
    page = read_back(sheet(*[(i, 1, Link("internal:'Essai'!A1", f"lien {i}"), "lien") for i in (1, 2)]))["Essai"]
    assert [page.cell(i, 1).value for i in (1, 2)] == ["lien 1", "lien 2"]
    assert [page.cell(i, 1).hyperlink is not None for i in (1, 2)] == [True, False]


def test_a_file_appears_whole_in_a_folder_that_is_made(tmp_path):
    cible = tmp_path / "sous" / "dossier" / "essai.xlsx"
    writer.write(Workbook([sheet()], "t"), cible)
    assert cible.read_bytes() == writer.to_bytes(Workbook([sheet()], "t"))
    assert [p.name for p in cible.parent.iterdir()] == ["essai.xlsx"]


def test_a_file_open_elsewhere_is_refused_and_left_as_it_was(tmp_path, monkeypatch):
    cible = tmp_path / "essai.xlsx"
    cible.write_bytes(b"avant")

    def locked_file(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", locked_file)
    with pytest.raises(Refusal, match="ouvert dans Excel"):
        writer.write(Workbook([sheet()], "t"), cible)
    assert cible.read_bytes() == b"avant"
    assert list(tmp_path.iterdir()) == [cible]


def test_a_workbook_that_cannot_be_made_leaves_the_old_file(tmp_path):
    cible = tmp_path / "essai.xlsx"
    cible.write_bytes(b"avant")
    with pytest.raises(ValueError):
        writer.write(Workbook([sheet((1, 1, object(), "cellule"))], "t"), cible)
    assert cible.read_bytes() == b"avant"


def test_a_folder_or_a_path_through_a_file_is_refused(tmp_path):
    with pytest.raises(Refusal, match="est un dossier"):
        writer.write(Workbook([sheet()], "t"), tmp_path)
    (tmp_path / "fichier").write_text("x")
    with pytest.raises(Refusal, match="ne peut pas être écrit"):
        writer.write(Workbook([sheet()], "t"), tmp_path / "fichier" / "essai.xlsx")


def test_a_mistake_that_xlsxwriter_only_warns_about_stops_the_writing(monkeypatch):
    monkeypatch.setattr(
        writer, "_validate", lambda page, validation: page.data_validation(0, 0, 0, 0, {"validate": "?"})
    )
    with pytest.raises(ValueError, match="Unknown validation type"):
        writer.to_bytes(Workbook([sheet(validations=[Validation([CellRange(1, 1, 1, 1)], "entier")])], "t"))
