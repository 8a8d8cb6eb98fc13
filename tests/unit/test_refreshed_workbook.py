"""« coordonner … --retours »: the file that it writes is what the button's double makes of the same workbook."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.filters import CustomFilter, CustomFilters, FilterColumn, Filters

from cls_workbook import pilotage
from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.errors import Refusal
from cls_workbook.office.annotation.returned_package import ReturnedPackage
from cls_workbook.office.coordinator import home_rows
from cls_workbook.office.coordinator.making import coordonner
from cls_workbook.office.coordinator.workstation import Workstation
from cls_workbook.pipeline.refreshed_workbook import refresh
from cls_workbook.reading.opening.returned_workbook import own_workbook
from tests.support import open_xml_sdk, small_contrat
from tests.support.both_excels import OnOpenpyxl, open_up, whole
from tests.support.xlsx_lint import lint

YEAR, DAY = 2025, date(2026, 2, 15)
FUNDING = "Financement par fiche"


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Two answers expected of each of two structures; one return is there, with a fault. The coordinator's workbook as
    it was made, and filled."""
    folder = tmp_path_factory.mktemp("campagne")
    reference = small_contrat.definition(folder)
    small_contrat.retour(folder / "retours", reference, "asso", {"1.1/mesures/1.1-I01/valeur": "une centaine"})
    unfilled, filled = folder / "ancien.xlsm", folder / "rempli.xlsm"
    coordonner(toml_reader.load(reference), str(reference), YEAR, unfilled, on=Workstation("python"))
    refresh(unfilled, [str(folder / "retours")], str(reference), YEAR, filled, day=DAY)
    return folder


@pytest.fixture
def campagne(once, tmp_path):
    """The same, where returns may come and go."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "essai.toml", tmp_path / "retours"


def opened(campagne, folder: Path, saisies=None) -> OnOpenpyxl:
    return open_up(OnOpenpyxl, folder, campagne[0], YEAR, campagne[1], saisies)


def refreshed(excel: OnOpenpyxl, campagne) -> Path:
    """The open workbook as it is, saved, refreshed without Excel."""
    former = excel.path.with_name("ancien.xlsm")
    excel.opened_book.save(former)
    output = excel.path.with_name("neuf.xlsm")
    output.unlink(missing_ok=True)
    refresh(former, [str(campagne[1])], str(campagne[0]), YEAR, output, day=DAY)
    return output


def as_seen(book: openpyxl.Workbook, *, charts: bool = True) -> dict[str, object]:
    """Everything that a person sees of each sheet, cells, looks, merges, links, tables, charts."""
    values, seen = whole(book), {}
    for sheet in book:
        looks = {a: _look(sheet[a]) for a in values[sheet.title]}
        tables = {t.name: (t.ref, t.totalsRowCount, [c.name for c in t.tableColumns]) for t in sheet.tables.values()}
        merges = sorted(str(r) for r in sheet.merged_cells.ranges)
        seen[sheet.title] = (
            values[sheet.title],
            looks,
            tables,
            merges,
            charts and len(sheet._charts),
            sheet.sheet_state,
        )
    return seen


def _look(cell) -> tuple:
    link = cell.hyperlink and (cell.hyperlink.target or "#" + cell.hyperlink.location)
    alignment, fill = cell.alignment, cell.fill.fgColor.rgb if cell.fill.fill_type else None
    font = (cell.font.b, cell.font.i, cell.font.sz, cell.font.color and cell.font.color.rgb)
    return font, fill, alignment.horizontal, bool(alignment.wrapText), cell.border.bottom.style, link


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def home_message(path: Path) -> str:
    (accueil,) = [grid for grid in own_workbook(path) if grid.nom == "Accueil"]
    return str(home_rows.values(accueil.lines)["message"]).replace("\u00a0", " ")


def typed_beside(sheet, line: int, **notes) -> None:
    for column, note in notes.items():
        sheet[f"{column}1"] = f"Note {column}"
        sheet[f"{column}{line}"] = note


def test_the_first_refreshing_is_the_first_click_cell_by_cell_and_look_by_look(campagne, tmp_path):
    excel = opened(campagne, tmp_path, pilotage.Pilotage(programme={("1.1", ""): 5000}))
    made = refreshed(excel, campagne)
    excel.click(day=DAY)
    expected = as_seen(excel.opened_book)
    assert as_seen(openpyxl.load_workbook(made)) == expected and len(expected[FUNDING][0]) > 20


def test_what_was_typed_moved_and_added_is_kept_as_a_click_keeps_it(campagne, tmp_path):
    """Notes beside rows that move and that go, a sheet of one's own, a row of totals, a formula, a line below a table,
    a sheet renamed with rows above: the second refreshing is the second click."""
    excel = opened(campagne, tmp_path)
    excel.click(day=DAY)
    book = excel.opened_book
    book.create_sheet("Mes calculs")["B2"] = "=1+1"
    typed_beside(book["Anomalies"], 2, L="à rappeler", N=dt.datetime(2026, 2, 1))
    typed_beside(book[FUNDING], 2, O="=E2-F2")
    book[FUNDING].tables["Financement_fiches"].all_kept = ["Total", *[None] * 13]
    excel.book.sheets[FUNDING].tables["Financement_fiches"].show_totals = True
    book["Mesures"].cell(book["Mesures"].max_row + 2, 1, "Relu par la coordination")
    table = book["Retours"].tables["Retours"]
    book["Retours"].move_range(f"A1:J{book['Retours'].max_row}", rows=2)
    table.ref, book["Retours"]["A1"] = f"A3:J{book['Retours'].max_row}", "Pour le COPIL"
    book["Retours"].title = "Qui a répondu"
    small_contrat.retour(campagne[1], campagne[0], "asso")  # corrected: its note has no row left
    small_contrat.retour(campagne[1], campagne[0], "ville", {"1.1/mesures/1.1-I04/valeur": "peu"})
    made = openpyxl.load_workbook(refreshed(excel, campagne))
    excel.click(day=DAY)
    assert as_seen(made, charts=False) == as_seen(book, charts=False)  # the double saves them without their name
    assert made["Notes conservées"]["D2"].value == "à rappeler" and made[FUNDING]["A6"].value == "Total"
    assert "Relu par la coordination" in [c.value for c in made["Mesures"]["A"]]
    assert made["Mes calculs"]["B2"].value == "=1+1"


def test_nothing_new_changes_nothing_and_charts_are_drawn_once_however_often(campagne, tmp_path):
    first, second, third = tmp_path / "rempli.xlsm", tmp_path / "deux.xlsm", tmp_path / "trois.xlsm"
    refresh(first, [str(campagne[1])], str(campagne[0]), YEAR, second, day=DAY)
    assert parts(second) == parts(first)
    small_contrat.retour(campagne[1], campagne[0], "ville")
    refresh(second, [str(campagne[1])], str(campagne[0]), YEAR, third, day=DAY)
    made = parts(third)
    drawings = [re.findall(rb'name="(CLS \d+)"', made[name]) for name in made if name.startswith("xl/drawings/drawing")]
    assert drawings and all(len(names) == len(set(names)) for names in drawings)
    assert sum(map(len, drawings)) == len([name for name in made if name.startswith("xl/charts/chart")])


def test_a_row_whose_text_takes_several_lines_is_high_enough_where_nobody_measures_it(campagne, tmp_path):
    """LibreOffice does not measure the rows of a file that says it is Excel's: texts ran over one another."""
    rows = openpyxl.load_workbook(tmp_path / "rempli.xlsm")["Anomalies"]
    wraps = [line for line in range(2, rows.max_row + 1) if len(str(rows.cell(line, 6).value or "")) > 60]
    assert wraps and all((rows.row_dimensions[line].height or 0) > 30 for line in wraps)


def test_macros_stay_byte_for_byte_and_excel_would_find_nothing_to_repair(campagne, tmp_path):
    made = tmp_path / "rempli.xlsm"
    before, after = parts(tmp_path / "ancien.xlsm"), parts(made)
    macros = [name for name in before if "vba" in name or "customUI" in name]
    assert len(macros) == 2 and all(after[name] == before[name] for name in macros)
    assert lint(made) == []
    if open_xml_sdk.program():
        assert open_xml_sdk.findings([made], open_xml_sdk.MICROSOFT_365) == {}


def test_a_filter_on_texts_is_put_back_and_one_that_only_excel_knows_is_told(campagne, tmp_path):
    excel = opened(campagne, tmp_path)
    excel.click(day=DAY)
    table = excel.opened_book["Retours"].tables["Retours"]
    statut, fields = table.tableColumns[3].name, table.tableColumns[6].name
    table.autoFilter.filterColumn = [
        FilterColumn(colId=3, filters=Filters(filter=["reçu"])),
        FilterColumn(
            colId=6, customFilters=CustomFilters(customFilter=[CustomFilter(operator="greaterThan", val="3")])
        ),
    ]
    assert statut == "Statut"
    small_contrat.retour(campagne[1], campagne[0], "ville", {"1.1/mesures/1.1-I04/valeur": "peu"})
    (campagne[1] / "asso.xlsx").unlink()
    made = refreshed(excel, campagne)
    sheet = openpyxl.load_workbook(made)["Retours"]
    hidden = [sheet.cell(i, 4).value for i, row in sheet.row_dimensions.items() if row.hidden]
    shown = [sheet.cell(i, 4).value for i in range(2, sheet.max_row + 1) if not sheet.row_dimensions[i].hidden]
    assert set(shown) == {"reçu"} and hidden and "reçu" not in hidden
    assert [c.colId for c in sheet.tables["Retours"].autoFilter.filterColumn] == [3]
    assert f"filtre ôté (colonne « {fields} »)" in home_message(made)


PROTECTED = ("</sheetData>", '</sheetData><sheetProtection sheet="1"/>')
FORMULA_BELOW = ("</sheetData>", '<row r="90"><c r="A90"><f>1+1</f><v>2</v></c></row></sheetData>')


@pytest.mark.parametrize(
    ("change", "words"),
    [(PROTECTED, "« Mesures » est protégée"), (FORMULA_BELOW, "que seul Excel sait descendre ; rien n’a été écrit")],
)
def test_what_only_excel_can_do_is_said_and_nothing_is_written(change, words, campagne, tmp_path):
    first, damaged = tmp_path / "rempli.xlsm", tmp_path / "autre.xlsm"
    mesures = ReturnedPackage(first.read_bytes()).worksheets()["Mesures"]
    with zipfile.ZipFile(damaged, "w") as archive:
        for name, content in parts(first).items():
            archive.writestr(name, content.decode().replace(*change) if name == mesures else content)
    small_contrat.retour(campagne[1], campagne[0], "ville")
    with pytest.raises(Refusal, match=re.escape(words)):
        refresh(damaged, [str(campagne[1])], str(campagne[0]), YEAR, tmp_path / "neuf.xlsm", day=DAY)
    assert not (tmp_path / "neuf.xlsm").exists()


@pytest.mark.parametrize(
    ("reference", "annee", "words"),
    [
        ("", 2024, "est le classeur de l’année 2025, pas de 2024"),
        ("dijon-2024-2028", 2025, "est le classeur du contrat « essai », pas de « dijon-2024-2028 »"),
    ],
)
def test_a_workbook_of_another_year_or_contract_is_refused(reference, annee, words, campagne, tmp_path):
    former = tmp_path / "ancien.xlsm"
    with pytest.raises(Refusal, match=re.escape(words)):
        refresh(former, [str(campagne[1])], reference or str(campagne[0]), annee, tmp_path / "neuf.xlsm", day=DAY)
    assert not (tmp_path / "neuf.xlsm").exists()


def test_the_command_refreshes_in_place_and_says_what_the_click_says(campagne, tmp_path, capsys):
    reference, retours = campagne
    year = ["--contrat", str(reference), "--annee", str(YEAR), "--date", DAY.isoformat()]
    path = str(tmp_path / "ancien.xlsm")
    assert main(["coordonner", *year, "--pilotage", path, "--retours", str(retours), "--sortie", path]) == 1
    said = capsys.readouterr().out
    assert "NOMBRE_ILLISIBLE" in said and "Consolidation du 15/02/2026." in said.replace("\u00a0", " ")
    assert home_message(Path(path)).startswith("Fait : consolidation du 15/02/2026. 2 retours reçus sur 4 ")


def test_a_pilotage_without_macros_is_not_refreshed(campagne, tmp_path, capsys):
    reference, retours = campagne
    year = ["--contrat", str(reference), "--annee", str(YEAR)]
    assert main(["pilotage", *year, "--sortie", str(tmp_path / "p.xlsx")]) == 0
    order = ["coordonner", *year, "--pilotage", str(tmp_path / "p.xlsx"), "--retours", str(retours)]
    assert main([*order, "--sortie", str(tmp_path / "k.xlsm")]) == 2
    assert "n’est pas un classeur de la coordination" in capsys.readouterr().err.replace("\u00a0", " ")
    assert not (tmp_path / "k.xlsm").exists()
