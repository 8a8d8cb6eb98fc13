"""What one sees on opening the workbook that describes a contract, and what follows as its tables grow."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from cls_workbook.definition.asked.all_sections import REFERENCES, SECTIONS
from cls_workbook.definition.asked.sections import FOLDED
from cls_workbook.definition.authoring.section_grid import REACH
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.domain.model import LEVELS
from cls_workbook.errors import Refusal
from tests.support.authoring_typist import FIRST, blank_book, columns, fill_cell, flat, shipped_bytes, where
from tests.support.other_definitions import ALL, plain
from tests.support.typed_cells import in_view as columns_in_view
from tests.support.typed_cells import required, table


@pytest.fixture(scope="module")
def book():
    return blank_book()


@pytest.fixture(scope="module")
def dijon():
    return openpyxl.load_workbook(io.BytesIO(shipped_bytes("dijon-2024-2028")))


def in_view(book) -> list[str]:
    return [sheet.title for sheet in book if sheet.sheet_state == "visible"]


def test_ten_sheets_are_in_view_at_first(book):
    needed = ["Axes", "Structures", "Communes", "Financeurs", "Fiches", "Montants", "Indicateurs"]
    assert in_view(book) == ["Mode d’emploi", "Contrat", *needed, "Vérification"]


def test_the_first_sheet_names_those_that_wait_and_says_how_to_show_them(book):
    guide = book["Mode d’emploi"]
    said = {plain(c.value) for row in guide.iter_rows() for c in row if c.value is not None}
    assert any("clic droit sur un onglet, puis « Afficher… »" in t and "LibreOffice" in t for t in said)
    waiting = {r.sheet for r in SECTIONS} - set(in_view(book))
    assert len(waiting) > 12
    by_name = {c.value: c for row in guide.iter_rows() for c in row if c.value in waiting}
    assert by_name.keys() == waiting
    for cell in by_name.values():  # a link to a sheet that is out of sight leads nowhere
        assert cell.hyperlink is None and guide.cell(cell.row, 5).value.endswith(", masquée")


def test_a_sheet_that_says_something_is_in_view(dijon):
    shown = set(in_view(dijon))
    assert {"Signataires", "QPV", "Instances", "Cibles", "Règles", "À programmer", "Natures"} <= shown
    assert not {"Décisions", "Révisions", "Financements prévus", "Enveloppes", "Aide"} & shown


def folded(sheet) -> set[str]:
    """Headers of the columns that are out of sight, one click away."""
    headers = {c.column: flat(c.value) for c in sheet[FIRST - 1] if c.value}
    hidden = [d for d in sheet.column_dimensions.values() if d.outlineLevel == 1 and d.hidden]
    return {headers[n] for d in hidden for n in range(d.min, d.max + 1)}


@pytest.mark.parametrize("section", [r for r in SECTIONS if not r.form], ids=lambda r: r.nom)
def test_optional_columns_are_folded_and_needed_ones_never(book, section):
    shown_by_the_tool = {"themes": {"Repères"}, "natures": {"Précisions", "Repères"}}.get(section.nom, set())
    optional = [b for b in section.boxes if b.column.band in set(FOLDED) - shown_by_the_tool]
    assert folded(book[section.sheet]) == {flat(b.titre) for b in optional}
    assert not [b for b in optional if b.required]
    if optional:
        assert "Le + au-dessus des colonnes" in plain(book[section.sheet]["B2"].value)


def test_a_band_in_which_something_is_written_is_open(dijon):
    sheet = dijon["Fiches"]
    assert "Autres axes" not in folded(sheet) and "Sous-titre" not in folded(sheet)
    assert {"À partir de", "Jusqu’à", "Décidé par"} <= folded(sheet)


def test_natures_come_filled_with_the_usual_ones_explained(book, tmp_path):
    where_ = columns(book["Natures"])
    rows = [
        [book["Natures"][f"{where_[t]}{line}"].value for t in ("Libellé", "Ce qui en relève")] for line in range(7, 12)
    ]
    assert [r[0] for r in rows] == ["Maquette", "Hors maquette", "Cofinancement", "Valorisation", None]
    assert all(r[1] and len(r[1]) > 40 for r in rows[:4])
    natures = importer(fill_cell(tmp_path / "d.xlsx")).contrat.money.natures
    # the small contract typed its own first one over « Maquette »
    assert [n.libelle for n in natures] == ["Crédits ARS", "Hors maquette", "Cofinancement", "Valorisation"]
    assert tuple(n.niveau for n in natures) == LEVELS and all(n.aide for n in natures)


@pytest.mark.parametrize("section", [r for r in SECTIONS if not r.form], ids=lambda r: r.nom)
def test_lists_and_colours_follow_far_below_the_prepared_rows(book, section):
    sheet = book[section.sheet]
    least = FIRST + REACH - 1
    ends = {r.max_row for v in sheet.data_validations.dataValidation for r in v.sqref.ranges if r.min_row == FIRST}
    ends |= {r.max_row for c in sheet.conditional_formatting for r in c.sqref.ranges}
    assert ends == {least}


@pytest.mark.parametrize("kind", REFERENCES)
def test_a_name_typed_below_the_prepared_rows_is_offered(book, kind):
    target = book.defined_names[f"liste_{kind}"].attr_text
    assert {int(n) for n in re.findall(r":\$[A-Z]+\$(\d+)", target)} == {FIRST + REACH - 1}


def test_the_check_counts_far_below_the_prepared_rows(book):
    formulas = [c.value for row in book["Vérification"].iter_rows() for c in row if str(c.value).startswith("=")]
    cited = [
        range_boundaries(r.replace("$", ""))[3] for f in formulas for r in re.findall(r"\$[A-Z]+\$7:\$[A-Z]+\$\d+", f)
    ]
    assert len(cited) > 60 and set(cited) == {FIRST + REACH - 1}


def test_sixty_fiches_and_a_hundred_and_twenty_eight_communes_have_their_rows(book):
    prepared = {nom: book[nom].tables[f"T_{nom.lower()}"].ref for nom in ("Fiches", "Communes", "Structures")}
    rows = {nom: range_boundaries(ref)[3] - FIRST + 1 for nom, ref in prepared.items()}
    assert rows["Fiches"] >= 60 and rows["Communes"] >= 128 and rows["Structures"] >= 60


def test_all_that_is_missing_is_told_at_the_first_try(tmp_path):
    """The faults, then what is only to confirm: nothing new comes once they are mended."""
    path = fill_cell(
        tmp_path / "d.xlsx", Fiches={"C7": None, "E8": None}, Contrat={where("Contrat", "Territoire"): None}
    )
    with pytest.raises(Refusal) as refusal:
        importer(path)
    first = [plain(d) for d in refusal.value.details]
    assert [d.split(" :")[0] for d in first[:2]] == [
        "feuille « Contrat », cellule C7 (Territoire)",
        "feuille « Fiches », cellule C7 (Titre)",
    ]
    later = importer(fill_cell(tmp_path / "m.xlsx", Fiches={"E8": None}))
    mended = {plain(n) for n in later.a_confirmer}
    assert mended and {d.removeprefix("à confirmer : ") for d in first[2:]} == mended
    assert any("cellule E8" in n and "le porteur est à désigner" in n for n in mended)


@pytest.mark.parametrize("typed", ["à désigner", "A DÉSIGNER", "porteur à désigner", "À définir"])
def test_a_porteur_may_be_typed_as_still_to_be_named(tmp_path, typed):
    described = importer(fill_cell(tmp_path / "d.xlsx", Fiches={"E9": typed}))
    assert described.contrat.par_fiche["2.1"].porteurs == ()
    assert [n for n in described.a_confirmer if "cellule E9" in n and "à désigner" in n]


def test_few_cells_are_needed_of_a_fiche_and_of_an_indicator():
    """What came with other contracts is optional, and folded."""
    assert [plain(t) for t in required("fiches")] == ["Numéro", "Titre"]
    assert [plain(t) for t in required("indicateurs")] == ["Fiche", "Indicateur, tel qu’imprimé", "Sorte de saisie"]
    assert (len(columns_in_view("fiches")), len(columns_in_view("indicateurs"))) == (8, 10)


def test_the_cells_that_a_coordinator_types_are_those_of_the_docs():
    page = (Path(__file__).parents[2] / "docs" / "charge-de-saisie.md").read_text(encoding="utf-8")
    assert "\n".join(table(ALL)) in page
