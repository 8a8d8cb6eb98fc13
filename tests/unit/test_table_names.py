"""The names of tables and forms: one each, where it says, in every file; a return is read with or without them."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.fast_paths import offprint
from cls_workbook.forms.columns import END, STATE, C
from cls_workbook.forms.layout import FormPage, SheetPlan
from cls_workbook.forms.table_names import name_tables
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import CellRange, Sheet, Workbook, reference
from tests.support.small_workbook import all_found, filled, items_read, modified, plan, read, trial
from tests.support.xlsx_lint import lint


def named(content: bytes) -> dict[str, dict[str, str]]:
    """Sheet → its own names, as openpyxl reads them; quotes, which a sheet's name may need, are left out."""
    book = openpyxl.load_workbook(BytesIO(content))
    return {
        s.title: {n: d.attr_text.replace("'", "") for n, d in s.defined_names.items()} for s in book if s.defined_names
    }


def told(workbook: Workbook) -> dict[str, dict[str, str]]:
    """The same, as the description says."""
    return {
        s.nom: {n: reference(s.nom, r).replace("'", "") for n, r in s.names.items()}
        for s in workbook.worksheets
        if s.names
    }


# --- which names ----------------------------------------------------------------------------------------------------


def test_each_table_has_a_name_from_its_headers_to_its_last_row():
    found = 0
    for sheet in plan().worksheets:
        for header in (row for row in sheet.rows.values() if row.role == "entete"):
            prefix = header.cle.removesuffix("#")
            last = max(row.numero for cle, row in sheet.rows.items() if cle.startswith(prefix))
            (area,) = [r for r in sheet.sheet.names.values() if r.line == header.numero]
            assert (area.column, area.last_row) == (STATE, last), header.cle
            found += 1
    assert found > 10


def test_each_column_of_a_table_has_a_title_but_for_what_precedes_comments():
    for sheet in plan().worksheets:
        titles = {(c.line, c.column): c.valeur for c in sheet.sheet.cells}
        for header in (row.numero for row in sheet.rows.values() if row.role == "entete"):
            (last,) = [r.last_column for r in sheet.sheet.names.values() if r.line == header]
            row = [titles.get((header, column)) for column in range(STATE, last + 1)]
            while row[-1] == "Commentaire" or (row[-1] is None and last == END):
                row.pop()
            assert None not in row, (sheet.sheet.nom, row)


def test_each_input_stands_in_one_named_table_or_form():
    for sheet in plan().worksheets:
        for place in (p for row in sheet.rows.values() for p in row.input_places):
            around = [n for n, r in sheet.sheet.names.items() if _holds(r, place)]
            assert len(around) == 1, (sheet.sheet.nom, place.cell, around)


def _holds(area: CellRange, place: forms.InputPlace) -> bool:
    return area.line <= place.row <= area.last_row and area.column <= place.column <= area.last_column


def test_names_are_the_titles_on_the_sheet():
    names = next(p for p in plan().worksheets if p.fiche == "1.1").sheet.names
    assert {"Essentiel", "Ce_qui_a_été_compté", "Financements_de_l_année", "Dépenses_réalisées"} <= names.keys()


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["Types d’actions menées"], ["Types_d_actions_menées"]),
        (["Présents / conviés (%)"], ["Présents_conviés"]),
        (["Actions", "actions", "Actions"], ["Actions", "actions_2", "Actions_3"]),
        (["2025"], ["Tableau_2025"]),
        (["A12", "L1C1", "R"], ["Tableau_A12", "Tableau_L1C1", "Tableau_R"]),
        (["« » — ?"], ["Tableau"]),
        (["E\u0301coles"], ["Écoles"]),
        (["Un titre " + "bien long " * 20], ["Un_titre" + "_bien_long" * 5]),
        (["x" * 300], ["x" * 60]),
    ],
)
def test_a_title_makes_names_that_spreadsheets_take_whatever_the_sheet_is_called(titles, expected):
    page = FormPage(SheetPlan(Sheet("F!o’o & d'o"), ""), {}, {}, 2025)
    for titre in titles:
        page.titled[page.line] = titre, END
        page.texte(C, titre, "libelle")
        page.next_row()
    name_tables(page)
    workbook = Workbook([page.sheet], "Noms")
    assert told(workbook) == {"F!o’o & d'o": {n: f"F!o’o & do!$B${r}:$L${r}" for r, n in enumerate(expected, 1)}}
    content = writer.to_bytes(workbook)
    assert named(content) == told(workbook) and lint(content) == []


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"A12": CellRange(1, 1, 2, 2)}, "ne peut pas être un nom"),
        ({"Actions": CellRange(1, 1, 2, 2), "actions": CellRange(3, 1, 4, 2)}, "donné deux fois"),
        ({"Actions": CellRange(2, 1, 1, 2)}, "n'existe pas"),
    ],
)
def test_a_name_that_excel_would_refuse_is_told_before_a_file_is_written(names, message):
    with pytest.raises(ValueError, match=message):
        writer.to_bytes(Workbook([Sheet("F", names=names)], "Noms"))


# --- in every file --------------------------------------------------------------------------------------------------


def test_the_workbook_of_each_structure_names_its_own_sheets():
    plans = [forms.plan(trial(), 2025, r) for r in (None, *forms.repondants(trial()))]
    for drawn, content in zip(plans, offprint.produce([p.workbook for p in plans]), strict=True):
        assert named(content) == told(drawn.workbook), drawn.respondent


# --- a return -------------------------------------------------------------------------------------------------------


def drop(book: openpyxl.Workbook) -> None:
    for sheet in book:
        sheet.defined_names.clear()


def spoil(book: openpyxl.Workbook) -> None:
    for sheet in book:
        for name in sheet.defined_names.values():
            name.attr_text = "#REF!"


def copy(book: openpyxl.Workbook) -> None:
    own = book["FA 1.1"]
    for sheet in (f for f in book if f is not own):
        for name, target in own.defined_names.items():
            sheet.defined_names.setdefault(name, target)


@pytest.mark.parametrize("change", [drop, spoil, copy])
def test_a_return_is_read_whatever_became_of_its_names(tmp_path, change):
    answers = {"1.1/avancement/etat": "En cours", "1.1/mesures/1.1-I01/valeur": 12, "1.1/financement/01/engage": 100}
    as_sent = read(filled(tmp_path, answers))
    assert items_read(as_sent)["1.1/mesures/1.1-I01/valeur"] == 12
    changed = read(modified(filled(tmp_path, answers, nom="autre.xlsx"), change))
    assert (items_read(changed), all_found(changed)) == (items_read(as_sent), all_found(as_sent))
