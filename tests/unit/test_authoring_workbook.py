"""The workbook in which a contract is described: nothing of the model is forgotten, and a person can fill it in."""

from __future__ import annotations

import dataclasses
import io
import re

import openpyxl
import pytest

from cls_workbook.definition import load, parse, shipped
from cls_workbook.definition.asked.all_sections import REFERENCES, SECTION_BY_NAME, SECTIONS
from cls_workbook.definition.authoring import coded_choices
from cls_workbook.definition.authoring.authoring_workbook import workbook
from cls_workbook.definition.importing.deductions import INDICATEUR_TYPES, identifier, letters
from cls_workbook.domain import model
from cls_workbook.domain.definition_keys import keys_of
from cls_workbook.domain.verification.fiche_faults import ALLOWED_AGGREGATIONS
from cls_workbook.workbook import writer
from tests.support import recomputed
from tests.support.authoring_typist import FIRST, HEADERS, ROOM, blank_book, blank_bytes, columns, flat, shipped_bytes
from tests.support.xlsx_lint import lint

DATA_FORMULA = '=HYPERLINK("http://exemple.example")'


@pytest.fixture(scope="module")
def opened_book():
    return blank_book()


# --- The whole model ------------------------------------------------------------------------------------------------


def classes(depuis: type = model.Contrat) -> list[type]:
    """Every class that a contract is made of."""
    everything = [depuis]
    for key in keys_of(depuis).values():
        if dataclasses.is_dataclass(key.type):
            everything += [c for c in classes(key.type) if c not in everything]
    return everything


# What has no column of its own: (class, field).
WITHOUT_COLUMN = {
    (model.Indicateur, "mesures"),  # they share the rows of their indicator
    (model.Contrat, "evolution"),  # its thresholds are answers of the sheet Contrat
}


@pytest.mark.parametrize("class_", classes(), ids=lambda c: c.__name__)
def test_each_field_of_the_model_has_a_column_or_a_reason(class_):
    asked = {c.champ for r in SECTIONS for part in ("", "mesures", "evolution") for c in own(r, part, class_)}
    sheets = {r.nom for r in SECTIONS if class_ is (model.Fiche if r.parent else model.Contrat)}
    for champ in keys_of(class_):
        assert champ in asked | sheets or (class_, champ) in WITHOUT_COLUMN, f"{champ} n’est demandé nulle part"
    assert asked <= set(keys_of(class_))


def own(section, part: str, class_: type) -> list:
    """The columns of a sheet that are fields of the class."""
    of_part = keys_of(section.class_)[part].type if part in keys_of(section.class_) else section.class_
    return section.own_columns(part) if of_part is class_ else []


def test_each_closed_list_has_words_of_its_own_and_no_two_alike():
    for listing, codes in coded_choices.CHOICES.items():
        assert len(set(codes.values())) == len(codes), listing
        for code, words in codes.items():
            assert coded_choices.code(listing, words) == coded_choices.code(listing, code) == code
            assert "_" not in words and not words.isupper() or listing in ("instances", "plans"), words


def test_a_sort_of_measure_without_an_obvious_indicator_is_a_count():
    assert set(model.MESURE_TYPES) == set(INDICATEUR_TYPES) | {"entier", "decimal"}
    assert set(INDICATEUR_TYPES.values()) <= set(model.INDICATEUR_TYPES)
    assert set(ALLOWED_AGGREGATIONS) == set(model.MESURE_TYPES)


def test_no_two_columns_of_a_sheet_bear_the_same_title():
    for section in SECTIONS:
        titles = [box.titre.casefold() for box in section.boxes]
        assert len(set(titles)) == len(titles), section.nom


@pytest.mark.parametrize(
    ("name", "id_"), [("CCAS d’Essai (74)", "ccas-d-essai-74"), ("  École  Œuvre ", "ecole-oeuvre"), ("★", "")]
)
def test_an_identifier_is_made_of_a_name(name, id_):
    assert identifier(name) == id_


def test_measures_are_lettered_like_columns():
    assert [letters(n) for n in (0, 25, 26, 27, 51, 52)] == ["a", "z", "aa", "ab", "az", "ba"]


# --- A workbook that a person can fill in ---------------------------------------------------------------------------


def test_it_opens_on_what_to_do_in_which_order(opened_book):
    assert opened_book.active.title == opened_book.sheetnames[0] == "Mode d’emploi"
    links = [
        c.hyperlink.location.split("!")[0].strip("'")
        for line in opened_book.active.iter_rows()
        for c in line
        if c.hyperlink
    ]
    in_view = {sheet.title for sheet in opened_book if sheet.sheet_state == "visible"}
    assert set(links) == in_view - {"Mode d’emploi"}


@pytest.mark.parametrize("identifier", ["", *(pytest.param(i, marks=pytest.mark.exhaustive) for i in shipped())])
def test_excel_would_find_nothing_to_repair(identifier):
    assert lint(shipped_bytes(identifier) if identifier else blank_bytes()) == []


def test_the_same_contract_gives_the_same_bytes():
    assert writer.to_bytes(workbook()) == blank_bytes()
    assert writer.to_bytes(workbook(load("besancon-2016-2018"), ROOM)) == shipped_bytes("besancon-2016-2018")


@pytest.mark.parametrize("section", [r for r in SECTIONS if not r.form], ids=lambda r: r.nom)
def test_a_sheet_shows_what_it_needs_and_keeps_its_headers_in_view(opened_book, section):
    sheet = opened_book[section.sheet]
    frozen_row = int(re.sub("[A-Z]", "", sheet.freeze_panes))
    assert frozen_row == FIRST and sheet.column_dimensions["A"].hidden and sheet.row_dimensions[3].hidden
    for cell in sheet[HEADERS]:
        box = next((c for c in section.boxes if flat(c.titre) == flat(cell.value)), None)
        if box is not None:
            assert str(cell.value).endswith("*") == (box.required and not box.cle.endswith(".suite")), cell.value
    assert (
        sheet.page_setup.orientation == "landscape"
        and int(sheet.page_setup.paperSize) == 9
        and sheet.print_title_rows == "$4:$6"
    )


def validations(sheet) -> dict[str, object]:
    """Letter of a column → what its cells of answers accept."""
    return {
        re.match("[A-Z]+", str(cell_range))[0]: v
        for v in sheet.data_validations.dataValidation
        for cell_range in v.sqref.ranges
        if cell_range.min_row == FIRST
    }  # type: ignore[index]


def behind(opened_book, name: str) -> str:
    """What a defined name stands for. A validation holds nothing else: Excel takes away one whose range is computed,
    and a conditional format that looks at another sheet."""
    assert re.fullmatch(r"\w+", name)
    return opened_book.defined_names[name].attr_text


@pytest.mark.parametrize("section", [r for r in SECTIONS if not r.form], ids=lambda r: r.nom)
def test_each_column_says_what_it_wants_and_each_name_is_chosen_from_a_list(opened_book, section):
    sheet = opened_book[section.sheet]
    where, regles = columns(sheet), validations(sheet)
    for box in section.boxes:
        rule = regles[where[flat(box.titre)]]
        assert rule.prompt and rule.promptTitle
        if box.column.cross_reference and (box.rank or not box.column.key.is_list):
            named_in = SECTION_BY_NAME[REFERENCES[box.column.cross_reference].section].sheet
            assert rule.type == "list" and named_in in behind(opened_book, rule.formula1).replace("'", "")
            assert rule.errorStyle == "warning" and "liste" in rule.error
        elif box.column.choix and not box.column.key.is_list:
            assert rule.type == "list" and behind(opened_book, rule.formula1).startswith("'Choix'!")


def test_numbers_that_a_spreadsheet_would_spoil_stand_in_text_cells(opened_book):
    for section in (r for r in SECTIONS if not r.form):
        where = columns(opened_book[section.sheet])
        for box in section.boxes:
            if box.column.anchor or box.column.key.type is str:
                assert opened_book[section.sheet][f"{where[flat(box.titre)]}{FIRST}"].number_format == "@", box.cle


def test_there_is_room_for_a_whole_contract(opened_book):
    lines = {r.nom: opened_book[r.sheet].tables[f"T_{r.nom}"].ref for r in SECTIONS if not r.form}
    end = {nom: int(re.search(r"\d+$", ref)[0]) - HEADERS for nom, ref in lines.items()}  # type: ignore[index]
    assert end["fiches"] >= 40 and end["indicateurs"] >= 120 and end["structures"] >= 40


def test_nothing_of_a_contract_is_written_as_a_formula():
    contrat = parse(
        f"""
        [contrat]
        id = "essai"
        titre = '{DATA_FORMULA}'
        nom_court = "+1"
        annees = [2025]
        territoire = "-2"
        [[axes]]
        numero = "1.10"
        titre = '{DATA_FORMULA}'
        [[structures]]
        id = "a"
        nom = "@a"
        alias = ["=1;2", "01/02"]
    """,
        "essai",
    )
    opened_book = openpyxl.load_workbook(io.BytesIO(writer.to_bytes(workbook(contrat, ROOM))))
    assert (opened_book["Axes"]["B7"].value, opened_book["Axes"]["B7"].data_type) == ("1.10", "s")
    assert opened_book["Structures"]["D7"].value == '"=1;2" ; 01/02'
    formulas = {
        (f.title, c.coordinate) for f in opened_book for line in f.iter_rows() for c in line if c.data_type == "f"
    }
    assert {nom for nom, _ in formulas} == {"Indicateurs", "Vérification"}  # the computed columns, the counts
    assert {re.match("[A-Z]+", c)[0] for nom, c in formulas if nom == "Indicateurs"} == {
        columns(opened_book["Indicateurs"])[t] for t in ("Repère retenu", "Base du repère")
    }  # type: ignore[index]
    assert DATA_FORMULA in [c.value for c in opened_book["Contrat"]["C"]]


def test_a_filled_workbook_shows_its_counts_at_once():
    """Dijon: 16 fiches, 84 indicators and 2 of ours, 10 fiches without amount, 346 350 € as the contract announces."""
    opened_book = openpyxl.load_workbook(io.BytesIO(shipped_bytes("dijon-2024-2028")), data_only=True, read_only=True)
    counts = {
        flat(line[1].value): line[2].value for line in opened_book["Vérification"].iter_rows(min_row=5, max_row=14)
    }
    assert counts == {
        "Fiches décrites": 16,
        "Indicateurs décrits": 86,
        "Chiffres à saisir chaque année": 97,
        "Porteurs à désigner": 0,
        "Fiches sans indicateur": 0,
        "Axes sans fiche": 0,
        "Fiches sans montant": 10,
        "Somme des montants des fiches": 346350,
        "Maquette annoncée sur la feuille Contrat": 346350,
        "Écart entre les deux": 0,
    }


@pytest.mark.exhaustive  # Formulon takes seven seconds to start
@pytest.mark.parametrize("written", ["2;3", "2; 3"])
def test_an_axe_that_a_fiche_serves_beside_its_own_has_a_fiche(tmp_path, written):
    """21 is no other axe's number, whatever ends or begins so."""
    axes = "".join(f'[[axes]]\nnumero = "{n}"\ntitre = "Axe {n}"\n' for n in ("1", "2", "3", "4", "21"))
    fiches = ("1.1", ["2", "3"]), ("1.2", ["4"])
    numbered = "".join(
        f'[[fiches]]\nnumero = "{n}"\ntitre = "Action"\naxe = "1"\nautres_axes = {o}\n' for n, o in fiches
    )
    head = '[contrat]\nid = "e"\ntitre = "E"\nnom_court = "E"\nannees = [2025]\nterritoire = "T"\n'
    path, contrat = tmp_path / "description.xlsx", parse(f"{head}{axes}{numbered}", "essai")
    writer.write(workbook(contrat, ROOM), path)
    opened_book = openpyxl.load_workbook(path)
    (cell,) = [c for line in opened_book["Fiches"].iter_rows() for c in line if c.value == "2 ; 3"]
    cell.value = written
    (place,) = [c for c in opened_book["Vérification"]["B"] if flat(str(c.value)) == "Axes sans fiche"]
    place = "Vérification", f"C{place.row}"
    assert recomputed.kept(path)[place] == 1
    opened_book.save(path)
    recomputed.needed("Formulon", recomputed.has_formulon())
    assert recomputed.in_formulon(path, {place: None}) == {place: 1}
