"""What the writer puts in a file, read back through openpyxl or from the XML itself."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from cls_workbook.fast_paths import row_writer
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import (
    CellRange,
    Chart,
    ChartSeries,
    ConditionalFormat,
    ExcelTable,
    Formula,
    Link,
    PrintSetup,
    Sheet,
    Validation,
    Workbook,
)
from tests.support import xlsx_lint
from tests.support.sheets_of_cells import read_back, sheet


def cell(valeur, style="cellule", **options) -> openpyxl.cell.Cell:
    """One value written in B2 and read back."""
    return read_back(sheet((2, 2, valeur, style)), **options)["Essai"]["B2"]


@pytest.mark.parametrize(
    ("as_written", "item_read"),
    [
        ("Santé mentale — l’été", "Santé mentale — l’été"),
        ("01234", "01234"),
        (12, 12),
        (Decimal("12345.67"), 12345.67),
        (Decimal("0.1"), 0.1),
        (-3.5, -3.5),
        (True, True),
        (None, None),
        (float("nan"), None),
        ("", None),
    ],
)
def test_what_is_described_is_what_is_read(as_written, item_read):
    assert cell(as_written).value == item_read


def test_a_date_is_a_date():
    item_read = cell(date(2026, 3, 15), "saisie:date")
    assert item_read.is_date
    assert item_read.value.date() == date(2026, 3, 15)


@pytest.mark.parametrize(
    "texte", ["=1+1", "{=1+1}", "+33 1 23", "@SUM(A1)", "http://exemple.fr", "internal:A1", "TRUE"]
)
def test_a_text_stays_a_text_whatever_it_looks_like(texte):
    item_read = cell(texte)
    assert (item_read.value, item_read.hyperlink) == (texte, None)
    with zipfile.ZipFile(io.BytesIO(writer.to_bytes(Workbook([sheet((1, 1, texte, "cellule"))], "t")))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("texte", "value_read"),
    [
        ("a\x00b\x07c", "a\ufffdb\ufffdc"),
        ("seul \ud800 ici", "seul \ufffd ici"),
        ("une\r\ndeux\rtrois", "une\ndeux\ntrois"),
        ("<r><t>gras</t></r>", "<r><t>gras</t></r>"),
        ("<r>cassé & <b></r>", "<r>cassé & <b></r>"),
        ("_x0041_", "_x0041_"),
        ("  bords  ", "  bords  "),
        ("a & b < c > \"d\" 'e'", "a & b < c > \"d\" 'e'"),
    ],
)
def test_a_text_that_xml_cannot_hold_is_made_safe(texte, value_read):
    assert cell(texte).value == value_read


def test_an_integer_that_excel_would_round_is_kept_as_text():
    assert cell(123456789012345678).value == "123456789012345678"
    assert cell(999_999_999_999_999).value == 999_999_999_999_999


@pytest.mark.parametrize(
    ("valeur", "item_read"),
    [
        (True, True),
        ("à remplir", "à remplir"),
        (Decimal("12.5"), 12.5),
        (0, 0),
        (date(2026, 1, 1), 46023),
        (None, None),
    ],
)
def test_a_formula_carries_the_value_that_it_shows(valeur, item_read):
    assert cell(Formula("IF(A1=1,A2,A3)", valeur), values=True).value == item_read
    assert cell(Formula("IF(A1=1,A2,A3)", valeur)).value == "=IF(A1=1,A2,A3)"


def test_a_link_has_its_text_its_target_and_its_tip():
    item_read = cell(Link("internal:'Essai'!A1", "=Retour", "Revenir au début"), "lien")
    assert (item_read.value, item_read.hyperlink.location, item_read.hyperlink.tooltip) == (
        "=Retour",
        "'Essai'!A1",
        "Revenir au début",
    )
    assert cell(Link("external:retours/ccas.xlsx", "ccas"), "lien").hyperlink.target == "retours\\ccas.xlsx"


def test_styles_are_those_of_the_charte_and_shared():
    opened_book = read_back(sheet((1, 1, 5, "saisie:montant"), (2, 1, 6, "saisie:montant"), (3, 1, 7, "calcul:entier")))
    first, second_cell, third = (opened_book["Essai"].cell(i, 1) for i in (1, 2, 3))
    assert first.number_format == '#,##0.00\\ "€"'
    assert (first.protection.locked, third.protection.locked) == (False, True)
    assert first.fill.fgColor.rgb == "FFFFF6D6"
    assert first._style == second_cell._style


def test_a_sheet_has_its_widths_panes_tab_and_protection():
    page = read_back(
        sheet(
            (1, 1, "clé", "cle"),
            widths={1: 5, 3: 40.5},
            heights={2: 33},
            hidden_columns=(1,),
            frozen_at=(5, 3),
            tab_color="accent",
            protected=True,
            insert_rows=True,
            zoom=90,
            selection=(6, 4),
        )
    )["Essai"]
    assert (page.column_dimensions["A"].hidden, page.column_dimensions["C"].hidden) == (True, False)
    assert page.column_dimensions["C"].width == pytest.approx(40.5, abs=0.8)
    assert page.row_dimensions[2].height == 33
    assert page.freeze_panes == "D6"
    assert page.sheet_properties.tabColor.rgb == "FF0B4F5C"
    assert (page.sheet_view.zoomScale, page.sheet_view.showGridLines) == (90, False)
    assert [s.activeCell for s in page.sheet_view.selection if s.pane == "bottomRight"] == ["D6"]
    protection = page.protection
    assert protection.sheet and protection.password is None
    # In the file, False means « allowed ».
    allowed = (protection.insertRows, protection.formatColumns, protection.formatRows, protection.selectLockedCells)
    assert allowed == (False, False, False, False)
    assert protection.deleteRows is True
    # A partner may attach a link to an answer, and sort the lines that are typed.
    assert (protection.insertHyperlinks, protection.sort, protection.autoFilter) == (False, False, False)


def test_rows_may_not_be_inserted_unless_said():
    assert read_back(sheet(protected=True))["Essai"].protection.insertRows is True
    assert read_back(sheet())["Essai"].protection.sheet is False


def test_sheets_are_hidden_and_the_first_visible_one_opens():
    opened_book = read_back(
        sheet(nom="A", etat="tres_masquee"), sheet(nom="B", etat="masquee"), sheet(nom="C"), sheet(nom="D")
    )
    assert [p.sheet_state for p in opened_book] == ["veryHidden", "hidden", "visible", "visible"]
    assert opened_book.active.title == "C"
    assert read_back(sheet(nom="A"), sheet(nom="B"), active_sheet="B").active.title == "B"


def test_a_merge_gives_its_style_to_the_cells_it_covers():
    page = read_back(sheet((1, 1, "Bandeau", "bloc"), merges=[CellRange(1, 1, 2, 3)]))["Essai"]
    assert [str(zone) for zone in page.merged_cells.ranges] == ["A1:C2"]
    xml = zipfile.ZipFile(
        io.BytesIO(writer.to_bytes(Workbook([sheet((1, 1, "x", "bloc"), merges=[CellRange(1, 1, 2, 3)])], "t")))
    )
    assert xml.read("xl/worksheets/sheet1.xml").count(b'<c r="') == 6


def _validation(**settings):
    settings = {"cell_ranges": [CellRange(2, 2, 4, 2), CellRange(9, 3, 9, 3)]} | settings
    page = read_back(sheet(validations=[Validation(**settings)]), sheet((1, 1, "oui", "cellule"), nom="Listes"))[
        "Essai"
    ]
    (validation,) = page.data_validations.dataValidation
    assert str(validation.sqref) == "B2:B4 C9"
    return validation


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"type": "entier", "minimum": 0}, ("whole", "greaterThanOrEqual", "0", None)),
        ({"type": "montant", "minimum": Decimal("0"), "maximum": Decimal("99.5")}, ("decimal", None, "0", "99.5")),
        ({"type": "decimal", "maximum": 10}, ("decimal", "lessThanOrEqual", "10", None)),
        ({"type": "decimal"}, ("decimal", "greaterThanOrEqual", "-1000000000000000", None)),
        # 1 January 2026 is day 46023, 31 December day 46387.
        (
            {"type": "date", "minimum": date(2026, 1, 1), "maximum": date(2026, 12, 31)},
            ("date", None, "46023", "46387"),
        ),
        ({"type": "texte", "maximum": 500}, ("textLength", "lessThanOrEqual", "500", None)),
        ({"type": "liste", "source": "=Listes!$A$1:$A$2"}, ("list", None, "Listes!$A$1:$A$2", None)),
        ({"type": "liste", "source": ("oui", "non")}, ("list", None, '"oui,non"', None)),
    ],
)
def test_a_validation_says_what_is_accepted(settings, expected):
    validation = _validation(**settings)
    assert (validation.type, validation.operator, validation.formula1, validation.formula2) == expected
    assert (validation.allow_blank, validation.showErrorMessage) == (True, True)


def test_a_validation_speaks_to_the_person_typing():
    validation = _validation(
        type="entier",
        titre="Effectif",
        prompt="Un nombre entier.",
        error_title="Non",
        error="Un entier, s’il vous plaît.",
    )
    assert (validation.promptTitle, validation.prompt) == ("Effectif", "Un nombre entier.")
    assert (validation.errorTitle, validation.error) == ("Non", "Un entier, s’il vous plaît.")
    assert validation.errorStyle in (None, "stop")


def test_a_list_that_proposes_lets_other_values_in():
    assert _validation(type="liste", source=("a", "b"), strict=False).showErrorMessage is False
    assert _validation(type="liste", source=("a", "b"), strict=False, error="Autre ?").errorStyle == "warning"


def test_a_prompt_alone_forbids_nothing():
    validation = _validation(type="libre", prompt="SIRET : 14 chiffres.")
    assert (validation.type, validation.prompt) == (None, "SIRET : 14 chiffres.")


def test_a_conditional_format_applies_its_formula_over_its_range():
    page = read_back(sheet(conditional_formats=[ConditionalFormat(CellRange(2, 2, 9, 2), 'B2=""', "erreur")]))["Essai"]
    ((zone, (rule,)),) = ((str(z.sqref), r) for z, r in page.conditional_formatting._cf_rules.items())
    assert (zone, rule.formula, rule.dxf.font.b) == ("B2:B9", ['B2=""'], True)


HEADERS = ("Fiche", "Engagé")


def _sheet_table(*lines, end=None, **settings) -> Sheet:
    cells = [(1, i, nom, "entete") for i, nom in enumerate(HEADERS, 1)] + list(lines)
    cell_range = CellRange(1, 1, end or 1 + len(lines), 2)
    return sheet(*cells, sheet_tables=[ExcelTable("Financements", cell_range, HEADERS)], **settings)


def test_a_table_keeps_its_cells_and_their_formats():
    page = read_back(_sheet_table((2, 1, "1.2", "cellule:code"), (2, 2, Decimal("12.5"), "cellule:montant"), end=2))[
        "Essai"
    ]
    sheet_table = page.tables["Financements"]
    assert (sheet_table.ref, sheet_table.autoFilter.ref, [c.name for c in sheet_table.tableColumns]) == (
        "A1:B2",
        "A1:B2",
        list(HEADERS),
    )
    assert (page["A1"].value, page["A1"].font.b, page["A2"].value, page["B2"].value) == ("Fiche", True, "1.2", 12.5)
    assert page["B2"].number_format == '#,##0.00\\ "€"'


def test_two_tables_may_not_share_a_name_nor_a_table_overlap_another():
    two = [ExcelTable("T", CellRange(1, i, 3, i), ("x",)) for i in (1, 3)]
    with pytest.raises(ValueError, match="« T » donné deux fois"):
        writer.to_bytes(Workbook([sheet(sheet_tables=two)], "t"))
    two = [ExcelTable(f"T{i}_", CellRange(1 + 2 * i, 1, 4 + 2 * i, 1), ("x",)) for i in (0, 1)]
    with pytest.raises(ValueError, match="en touche un autre"):
        writer.to_bytes(Workbook([sheet(sheet_tables=two)], "t"))


def test_an_empty_table_has_one_blank_row():
    page = read_back(_sheet_table())["Essai"]
    assert page.tables["Financements"].ref == "A1:B2"
    assert page["A2"].value is None


@pytest.mark.parametrize(
    ("nature", "tag"),
    [("barres", "barChart"), ("colonnes", "barChart"), ("courbes", "lineChart"), ("secteurs", "pieChart")],
)
def test_a_chart_is_native_titled_described_and_coloured(nature, tag):
    page = sheet(*[(i, 1, f"Axe {i}", "cellule") for i in (1, 2)], *[(i, 2, 10 * i, "cellule:entier") for i in (1, 2)])
    one_series = ChartSeries("Engagé", ("Essai", CellRange(1, 1, 2, 1)), ("Essai", CellRange(1, 2, 2, 2)))
    page.charts = [Chart(nature, "Engagé par axe", [one_series], 4, 2, 480, 288, "Engagé : axe 1, 10 ; axe 2, 20")]
    content = writer.to_bytes(Workbook([page], "t"))
    assert xlsx_lint.lint(content) == []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        drawing, anchor_cell = (
            archive.read("xl/charts/chart1.xml").decode(),
            archive.read("xl/drawings/drawing1.xml").decode(),
        )
    assert f"<c:{tag}>" in drawing
    assert "Engagé par axe" in drawing and "<c:f>Essai!$B$1:$B$2</c:f>" in drawing
    assert "<c:v>20</c:v>" in drawing  # the values shown without recalculating
    assert 'srgbClr val="0B4F5C"' in drawing and 'typeface="Calibri"' in drawing
    assert 'descr="Engagé : axe 1, 10 ; axe 2, 20"' in anchor_cell
    assert "<xdr:from><xdr:col>1</xdr:col>" in anchor_cell


@pytest.mark.parametrize(
    ("value_format", "titre", "label"),
    [("montant_rond", "Engagé (en euros)", "#,##0"), ("taux", "Engagé", "0.0%"), ("entier", "Engagé", "#,##0")],
)
def test_a_label_is_one_word_that_libreoffice_does_not_break_and_the_title_says_its_unit(value_format, titre, label):
    one_series = ChartSeries("A", ("Essai", CellRange(1, 1, 2, 1)), ("Essai", CellRange(1, 2, 2, 2)))
    page = sheet(charts=[Chart("barres", "Engagé", [one_series], 4, 2, 400, 300, "alt", value_format)])
    with zipfile.ZipFile(io.BytesIO(writer.to_bytes(Workbook([page], "t")))) as archive:
        drawing = archive.read("xl/charts/chart1.xml").decode()
    labels = drawing[drawing.index("<c:dLbls>") : drawing.index("</c:dLbls>")]
    assert f'formatCode="{label}"' in labels and f">{titre}<" in drawing


def test_bars_are_read_from_top_to_bottom_and_stack_when_asked():
    one_series = ChartSeries("A", ("Essai", CellRange(1, 1, 2, 1)), ("Essai", CellRange(1, 2, 2, 2)))
    page = sheet(charts=[Chart("barres", "T", [one_series, one_series], 4, 2, 400, 300, "alt", stacked=True)])
    with zipfile.ZipFile(io.BytesIO(writer.to_bytes(Workbook([page], "t")))) as archive:
        drawing = archive.read("xl/charts/chart1.xml").decode()
    assert '<c:barDir val="bar"/><c:grouping val="stacked"/>' in drawing
    categories = drawing[drawing.index("<c:catAx>") : drawing.index("</c:catAx>")]
    assert '<c:orientation val="maxMin"/>' in categories


def test_a_sheet_prints_on_a4_one_page_wide():
    print_setup = PrintSetup(True, (4, 5), CellRange(1, 2, 40, 9), "CLS & santé", [12, 30])
    page = read_back(sheet((1, 2, "x", "titre"), print_setup=print_setup))["Essai"]
    setup_read = page.page_setup
    assert (
        setup_read.paperSize,
        setup_read.orientation,
        setup_read.fitToHeight,
        page.sheet_properties.pageSetUpPr.fitToPage,
    ) == (9, "landscape", 0, True)
    assert (page.print_title_rows, page.print_area) == ("$4:$5", "'Essai'!$B$1:$I$40")
    assert [leap.id for leap in page.row_breaks.brk] == [12, 30]
    assert page.print_options.horizontalCentered
    assert page.oddFooter.left.text.endswith("CLS && santé")
    assert page.oddFooter.right.text.endswith("Page &P / &N") or page.oddFooter.right.text.endswith(
        "Page &[Page] / &[Pages]"
    )
    assert read_back(sheet(print_setup=PrintSetup(landscape=False)))["Essai"].page_setup.orientation == "portrait"


def test_names_and_properties_are_written():
    opened_book = read_back(
        sheet(nom="L’été 1"), names={"statuts": ("L’été 1", CellRange(1, 1, 4, 1))}, subject="Bilan"
    )
    assert opened_book.defined_names["statuts"].attr_text == "'L’été 1'!$A$1:$A$4"
    assert (opened_book.properties.title, opened_book.properties.subject) == ("Essai", "Bilan")
    assert opened_book.properties.language == "fr-FR"
    assert opened_book.calculation.fullCalcOnLoad is True


def test_two_runs_give_the_same_bytes():
    page = _sheet_table((2, 1, "1.2", "cellule"), (2, 2, 5, "cellule:entier"), end=2)
    one_series = ChartSeries("A", ("Essai", CellRange(2, 1, 2, 1)), ("Essai", CellRange(2, 2, 2, 2)))
    page.charts = [Chart("secteurs", "T", [one_series], 4, 4, 400, 300, "alt")]
    workbook = Workbook([page], "Essai")
    first_one = writer.to_bytes(workbook)
    assert first_one == writer.to_bytes(workbook)
    with zipfile.ZipFile(io.BytesIO(first_one)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2024-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_writing_adds_little_to_what_xlsxwriter_does():
    """Calls of our own are counted rather than seconds: about one a cell."""
    page = sheet(*[(i, j, f"texte {i}", "cellule") for i in range(1, 101) for j in range(1, 11)])
    workbook, calls = Workbook([page], "t"), 0

    def count_up(frame, event, _):
        nonlocal calls
        calls += event == "call" and "cls_workbook" in frame.f_code.co_filename

    sys.setprofile(count_up)
    try:
        row_writer.to_bytes(workbook)
    finally:
        sys.setprofile(None)
    assert calls < 1.5 * len(page.cells)
