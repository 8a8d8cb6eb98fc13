"""Annotated copies that a partner corrects in LibreOffice, and copies of .ods returns."""

from __future__ import annotations

import openpyxl
import pytest
from openpyxl.comments import Comment

from cls_workbook.pipeline import single_returns
from tests.support.annotated_copies import annotate, correct, faulty, filled, read_back, refused_ones
from tests.support.hostile_texts import ATTACKS, FICHE, NEW_NAME, WHERE, formulas, simple
from tests.support.small_workbook import DEFINITION, cell, modified, places


@pytest.fixture(scope="module")
def contrat(tmp_path_factory):
    """The small contract, as a definition that does not ship."""
    file = tmp_path_factory.mktemp("contrat") / "essai.toml"
    file.write_text(DEFINITION, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_the_copy_corrected_in_libreoffice_reads_clean(contrat, libreoffice, tmp_path, extension):
    _, file_copy, _ = annotate(contrat, faulty(tmp_path), tmp_path / "copies")
    where = places("ville")
    with libreoffice.open(file_copy) as document:
        for cle, valeur in (
            ("1.1/mesures/1.1-I01/valeur", "30"),
            ("1.1/financement/01/engage", "1000"),
            ("1.1/financement/01/prevu", "12000"),
        ):
            document.type(where[cle].sheet, {where[cle].cell: valeur})
        corrected = document.save(tmp_path / f"corrigee.{extension}")
    assert refused_ones(read_back(contrat, corrected)) == []


def test_annotating_again_after_libreoffice_and_an_inserted_row_gives_the_colours_back(contrat, libreoffice, tmp_path):
    retour = faulty(tmp_path)
    _, file_copy, _ = annotate(contrat, retour, tmp_path / "copies")
    where = places("ville")["1.1/mesures/1.1-I01/valeur"]
    with libreoffice.open(file_copy) as document:
        document.unprotect(where.sheet)
        document.insert_rows(where.sheet, 3, 1)
        document.type(where.sheet, {f"{where.cell[0]}{where.row + 1}": "30"})
        document.save(tmp_path / "corrigee.xlsx")
    _, second, _ = annotate(contrat, tmp_path / "corrigee.xlsx", tmp_path / "secondes")
    box = openpyxl.load_workbook(second)[where.sheet][f"{where.cell[0]}{where.row + 1}"]
    assert (box.value, box.comment) == (30, None)
    assert box.fill.fgColor.rgb == openpyxl.load_workbook(retour)[where.sheet][where.cell].fill.fgColor.rgb
    assert box.number_format == openpyxl.load_workbook(retour)[where.sheet][where.cell].number_format


def test_an_ods_return_gives_an_xlsx_with_its_answers_and_says_so(contrat, libreoffice, tmp_path):
    retour = libreoffice.convert(faulty(tmp_path), tmp_path / "retour.ods")
    anomalies, file_copy, lines = annotate(contrat, retour, tmp_path / "copies")
    assert file_copy.name == "retour-annote.xlsx" and ".ods" in lines[1] and ".xlsx" in lines[1]
    opened_book, where = openpyxl.load_workbook(file_copy), places("ville")
    assert opened_book["FA 1.1"][where["1.1/mesures/1.1-I01/valeur"].cell].value == "env. 30"
    assert (
        opened_book["FA 1.1"][where["1.1/financement/01/engage"].cell].value is None
    )  # a formula: what it showed is in the comment
    assert "1+1" in opened_book["FA 1.1"][where["1.1/financement/01/engage"].cell].comment.text
    assert ".ods" in " ".join(str(c.value) for c in opened_book.worksheets[0]["B"])
    correct(contrat, file_copy, anomalies)
    assert refused_ones(read_back(contrat, file_copy)) == []


def test_rows_added_in_an_ods_find_a_place_in_the_copy(contrat, libreoffice, tmp_path):
    where = places("ville")
    with libreoffice.open(faulty(tmp_path)) as document:
        document.unprotect("FA 1.1")
        rank = where["1.1/financement/02/financeur"].row
        document.insert_rows("FA 1.1", rank, 1)
        document.type(
            "FA 1.1",
            {
                f"{where['1.1/financement/01/financeur'].cell[0]}{rank}": "Ville de Rivemont",
                f"{where['1.1/financement/01/engage'].cell[0]}{rank}": "500",
            },
        )
        document.save(tmp_path / "retour.ods")
    _, file_copy, _ = annotate(contrat, tmp_path / "retour.ods", tmp_path / "copies")
    sheet = openpyxl.load_workbook(file_copy)["FA 1.1"]
    line = where["1.1/financement/02/financeur"].row
    assert sheet[f"{where['1.1/financement/01/financeur'].cell[0]}{line}"].value == "Ville de Rivemont"
    assert sheet[where["1.1/financement/02/engage"].cell].value == 500


def test_hostile_texts_stay_texts_in_the_copy_of_an_ods_return(contrat, tmp_path, libreoffice):
    blank = filled(tmp_path, {"accueil/reponse/structure": "Ville de Rivemont"}, "ville")
    with libreoffice.open(blank) as document:
        document.unprotect(FICHE)
        document.put(
            FICHE,
            {cell(cle): attack for cle, attack in zip(WHERE, ATTACKS, strict=True)}
            | {f"D{200 + r}": a for r, a in enumerate(ATTACKS)},
        )
        document.rename_sheet(FICHE, NEW_NAME)
        retour = document.save(tmp_path / "retour.ods")
    ((_, (file_copy, *_), _),) = single_returns.annotate([str(retour)], tmp_path / "copies", contrat)
    opened_book = openpyxl.load_workbook(file_copy)
    quoted = [simple(c.value) for line in opened_book.worksheets[0].iter_rows() for c in line if c.value is not None]
    assert all(any(simple(a) in texte for texte in quoted) for a in ATTACKS)
    assert {simple(texte).lstrip("=") for _, _, texte in formulas(opened_book)} & {
        simple(a).lstrip("=") for a in ATTACKS
    } == set()
    assert not [f for f in formulas(opened_book) if f[0] == opened_book.sheetnames[0]]


def test_what_is_added_inside_our_comment_is_told_in_every_saved_form(contrat, libreoffice, tmp_path):
    _, file_copy, _ = annotate(contrat, faulty(tmp_path), tmp_path / "copies")
    value = places("ville")["1.1/mesures/1.1-I01/valeur"].cell

    def add(book):
        ours = book["FA 1.1"][value].comment.text
        book["FA 1.1"][value].comment = Comment(f"{ours}\nen fait 15", "Un partenaire")

    modified(file_copy, add)
    with libreoffice.open(file_copy) as document:
        saved = [document.save(tmp_path / f"encore.{form}") for form in ("ods", "xlsx")]
    for path in saved:
        told = [(a.cells, a.found) for a in single_returns.controler([str(path)], contrat) if a.code == "NOTE_A_LIRE"]
        assert told == [((value,), "«\u00a0en fait 15\u00a0»")], path.name
