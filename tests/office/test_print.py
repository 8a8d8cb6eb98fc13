"""How the entry workbook looks and prints: one palette, nothing cut, pages that end where a block ends."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from io import BytesIO
from statistics import median

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.forms import layout, pagination
from cls_workbook.reports.agency.ars_copy import file_copy
from cls_workbook.reports.consolidation.consolidation_workbook import workbook
from cls_workbook.workbook import look, text_width, writer
from cls_workbook.workbook.description import PRINTED_WIDTH, Cell, Sheet, address, printed_width
from tests.support import sheet_counts
from tests.support.written_result import CONTRAT, result

YEAR = 2025
DIJON = toml_reader.load("dijon-2024-2028")


@cache
def plan() -> forms.WorkbookPlan:
    return forms.plan(DIJON, YEAR)


@pytest.fixture(scope="module")
def opened_book() -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(writer.to_bytes(plan().workbook)))


def visible_ones(opened_book: openpyxl.Workbook) -> list[Worksheet]:
    return [f for f in opened_book.worksheets if f.sheet_state == "visible"]


# --- Look and print ---------------------------------------------------------------------------------------------------


def test_every_sheet_prints_on_a4_landscape_one_page_wide_with_its_pages_numbered(opened_book):
    for sheet in visible_ones(opened_book):
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9), sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and (
            sheet.page_setup.fitToWidth or 1,
            sheet.page_setup.fitToHeight,
        ) == (1, 0)
        assert (
            sheet.oddFooter.right.text.endswith("Page &P / &N")
            and "CLS Dijon métropole · 2025" in sheet.oddFooter.left.text
        )


def test_headers_stay_in_view_and_head_each_printed_page(opened_book):
    for sheet in visible_ones(opened_book):
        fiche = sheet.title.startswith("FA ")
        frozen = {"Accueil": "A3", "Sommaire": "A4", "Territoires": "D5"}
        titles = {"Accueil": None, "Sommaire": "$3:$3", "Territoires": "$4:$4"}
        assert sheet.freeze_panes == frozen.get(sheet.title, "D3")
        assert sheet.print_title_rows == titles.get(sheet.title, "$1:$1")
        assert not fiche or sheet["B1"].value.startswith(f"Fiche {sheet.title[3:]} · ")


def test_tabs_have_the_colour_of_their_axe(opened_book):
    ranks = {a.numero: i for i, a in enumerate(DIJON.axes, 1)}
    for fiche in DIJON.fiches:
        assert (
            opened_book[f"FA {fiche.numero}"].sheet_properties.tabColor.rgb[2:]
            == look.color(f"axe{ranks[fiche.axe]}")[1:]
        )


def test_every_colour_comes_from_the_palette_and_every_text_can_be_read(opened_book):
    palette = {v[1:].upper() for v in look.charte()["couleurs"].values()}
    already_seen = set()
    for sheet in visible_ones(opened_book):
        for cell in (c for r in sheet.iter_rows() for c in r if c.has_style):
            texte, fill = (
                cell.font.color.rgb[2:] if cell.font.color and cell.font.color.type == "rgb" else "000000",
                "FFFFFF",
            )
            if cell.fill.patternType == "solid":
                fill = cell.fill.fgColor.rgb[2:]
                assert fill in palette
            if cell.value is not None and cell.column > 1:
                already_seen.add((texte, fill))
    assert {t for t, _ in already_seen} <= palette
    assert {(t, f) for t, f in already_seen if look.contrast(f"#{t}", f"#{f}") < 4.5} == set()


def test_the_words_of_a_printed_text_are_never_cut_by_the_height_of_its_row():
    """Every wrapped text fits its row, even a little wider than Calibri makes it."""
    for sheet in (f for f in plan().workbook.worksheets if f.etat == "visible"):
        merges = {(p.line, p.column): p.last_column for p in sheet.merges}
        for line, column, valeur, style in sheet.cells:
            aspect = look.style(style)
            if not isinstance(valeur, str) or column == 1 or not aspect.get("text_wrap"):
                continue
            end = merges.get((line, column), column)
            size, bold = aspect["font_size"], aspect.get("bold", False)
            points = text_width.place(sum(sheet.widths[c] for c in range(column, end + 1)), aspect.get("indent", 0))
            need = text_width.lines(valeur, points, size, bold) * size * 1.22
            assert need <= sheet.heights.get(line, 15), (sheet.nom, address(line, column), valeur)


def test_a_text_on_one_line_ends_before_the_next_filled_cell():
    for sheet in (f for f in plan().workbook.worksheets if f.etat == "visible"):
        filled = {c[:2] for c in sheet.cells if c.valeur is not None}
        merged = {(p.line, c) for p in sheet.merges for c in range(p.column, p.last_column + 1)}
        last = max(c for c in sheet.widths)
        for line, column, valeur, style in sheet.cells:
            aspect = look.style(style)
            if not isinstance(valeur, str) or column == 1 or aspect.get("text_wrap") or (line, column) in merged:
                continue
            if aspect.get("rotation"):
                continue
            end = next((c - 1 for c in range(column + 1, last + 1) if (line, c) in filled), last)
            points = sum(text_width.place(sheet.widths[c], 0) + 4 for c in range(column, end + 1))
            assert text_width.width(valeur, aspect["font_size"], aspect.get("bold", False)) <= points, (
                sheet.nom,
                address(line, column),
                valeur,
            )


def test_the_two_or_three_sentences_that_are_asked_show_whole():
    texte = "Les partenaires se sont réunis chaque trimestre pour faire le point sur l’action. " * 4
    place = next(e for e in plan().input_places() if e.cle == "1.2/qualitatif/realisations")
    sheet = next(f for f in plan().workbook.worksheets if f.nom == place.sheet)
    merge = next(p for p in sheet.merges if (p.line, p.column) == (place.row, place.column))
    points = text_width.place(sum(sheet.widths[c] for c in range(merge.column, merge.last_column + 1)))
    assert text_width.lines(texte, points, 10) * 10 * 1.22 <= sheet.heights[place.row]


@pytest.mark.parametrize("contrat", ["dijon-2024-2028", "dijon-solidarites-2024-2027"])
def test_no_table_leaves_two_fifths_of_the_width_blank(contrat):
    """What it asks, and what stands beside it."""
    for sheet_plan in (f for f in forms.plan(toml_reader.load(contrat), YEAR).worksheets if f.fiche):
        widths = {c: w for c, w in sheet_plan.sheet.widths.items() if c not in sheet_plan.sheet.hidden_columns}
        for row in (r for r in sheet_plan.rows.values() if r.role == "entete"):
            drawn = {c.column for c in sheet_plan.sheet.cells if c.line == row.numero and c.column in widths}
            assert sum(widths[c] for c in drawn) > sum(widths.values()) * 0.6, row.cle


def test_an_amount_fits_its_cell():
    for place in plan().input_places():
        if place.type == "montant":
            sheet = next(f for f in plan().workbook.worksheets if f.nom == place.sheet)
            assert text_width.width("1 171 350,00 €", 10) <= text_width.place(sheet.widths[place.column]), place.cle


def test_a_fiche_takes_four_pages_at_most():
    pages = {f.sheet.nom: len(f.sheet.print_setup.page_breaks) + 1 for f in plan().worksheets if f.fiche}
    assert max(pages.values()) <= 4


def test_a_fiche_asks_sixty_boxes_and_a_dozen_answers_at_most():
    """On the median fiche of Dijon: see docs/charge-de-saisie.md."""
    counts = sheet_counts.counts()
    assert median(c.inputs for c in counts) <= 60 and median(c.expected for c in counts) <= 12
    assert median(c.screens for c in counts) <= 4


def test_the_first_screen_shows_what_is_wanted_and_what_is_expected():
    """Of a fiche, at 100 % on a laptop: what the contract wants, then état, réalisation, text and a measure at least,
    each with its state beside it; no column is off screen."""
    for sheet_plan in (f for f in plan().worksheets if f.fiche):
        width, height = sheet_counts.FIRST_SCREEN
        sheet, numero = sheet_plan.sheet, sheet_plan.fiche
        assert sheet_counts.pixels_wide(sheet) <= width, numero
        essential = ("identite/objectifs", "identite/resultats", "avancement/etat", "avancement/realisation")
        wanted = [f"{numero}/{cle}" for cle in (*essential, "qualitatif/realisations")]
        measures = [cle for cle, row in sheet_plan.rows.items() if any(p.mesure for p in row.input_places)]
        for cle in (*wanted, measures[0]):
            row = sheet_plan.rows.get(cle)
            assert row is None or sheet_counts.pixels_above(sheet, row.numero + 1) <= height, cle


def test_all_columns_of_a_fiche_stand_on_a_screen_in_libreoffice_too():
    """Whose characters take 7,43 pixels rather than 7, a column five more."""
    for sheet in (f.sheet for f in plan().worksheets if f.fiche):
        shown = [wide for column, wide in sheet.widths.items() if column not in sheet.hidden_columns]
        assert sum(7.43 * wide + 5 for wide in shown) <= sheet_counts.FIRST_SCREEN[0]


def test_aids_and_notes_have_eight_points_at_least_on_a4():
    for sheet_plan in (f for f in plan().worksheets if f.fiche):
        sheet = sheet_plan.sheet
        wide = sum(printed_width(v) for c, v in sheet.widths.items() if c not in sheet.hidden_columns)
        sizes = {look.style(c.style)["font_size"] for c in sheet.cells if c.valeur is not None and c.column > 1}
        assert min(sizes) * min(1, PRINTED_WIDTH / wide) >= 8, sheet_plan.fiche


LONG = "accès aux droits, médiation et accompagnement des habitants des quartiers prioritaires de la ville " * 2


def room_of(sheet: Sheet, cell: Cell, written: set[int]) -> float:
    """Points that a text has: those of its merge, of its column if it wraps, else as far as the next text."""
    merged = next((m.last_column for m in sheet.merges if (m.line, m.column) == cell[:2]), 0)
    wraps = look.style(cell.style).get("text_wrap")
    end = merged or (cell.column if wraps else min([c for c in written if c > cell.column], default=13) - 1)
    return text_width.place(sum(sheet.widths[c] for c in range(cell.column, end + 1)))


@pytest.mark.parametrize("long", [False, True])
def test_no_word_of_the_contract_is_cut_at_the_edge_of_its_cell_or_of_the_sheet(long):
    """As it is, and with 200 characters for each title, each indicator and each rule."""
    fiche, start = DIJON.par_fiche["2.3"], "2.3"
    if long:
        indicateurs = tuple(
            replace(i, libelle=LONG, mesures=tuple(replace(m, libelle=LONG) for m in i.mesures))
            for i in fiche.indicateurs
        )
        fiche = replace(fiche, titre=LONG, indicateurs=indicateurs)
    rules = tuple(replace(r, libelle=LONG, conditions=(LONG,)) for r in DIJON.regles) if long else DIJON.regles
    contrat = replace(DIJON, fiches=(fiche,), regles=rules)
    (sheet,) = (p.sheet for p in forms.plan(contrat, YEAR).worksheets if p.fiche == start)
    texts = [c for c in sheet.cells if isinstance(c.valeur, str) and 1 < c.column < 13]
    for cell in texts:
        style, room = look.style(cell.style), room_of(sheet, cell, {c.column for c in texts if c.line == cell.line})
        lines = text_width.lines(cell.valeur, room, style["font_size"], bool(style.get("bold")))
        assert lines == 1 or style.get("text_wrap"), cell
        assert lines * style["font_size"] * 1.2 <= sheet.heights.get(cell.line, 15.0) + 1, cell


@pytest.mark.parametrize("contrat", ["dijon-2024-2028", "dijon-solidarites-2024-2027"])
def test_no_table_of_a_fiche_is_cut_over_two_pages_and_no_page_holds_next_to_nothing(contrat):
    for sheet_plan in (f for f in forms.plan(toml_reader.load(contrat), YEAR).worksheets if f.fiche):
        sheet, leaps = sheet_plan.sheet, sheet_plan.sheet.print_setup.page_breaks
        assert not [n for n, area in sheet.names.items() for leap in leaps if area.line <= leap < area.last_row]
        tops = [sheet.heights.get(line, 15.0) for line in range(1, max(c.line for c in sheet.cells) + 1)]
        assert not leaps or sum(tops[leaps[-1] :]) > pagination.points_per_page(sheet) / 4, sheet.nom


def test_pages_are_cut_where_planned(libreoffice, tmp_path):
    drawn_plan = forms.plan(DIJON, YEAR, next(r for r in forms.repondants(DIJON) if r.id == "sdat"))
    writer.write(drawn_plan.workbook, tmp_path / "vide.xlsx")
    # Accueil, Sommaire and Territoires on one page each, fiche 2.3 on four
    assert libreoffice.pdf(tmp_path / "vide.xlsx", tmp_path / "vide.pdf") == 7


# --- Widths and pages, alone ------------------------------------------------------------------------------------------


def test_a_text_takes_the_lines_that_its_words_need():
    assert text_width.width("1234567890", 10) == pytest.approx(52)
    assert text_width.lines("", 100, 10) == text_width.lines(None, 100, 10) == 1
    assert text_width.lines("un\ndeux", 100, 10) == 2
    assert text_width.lines("1111 1111", 45, 10) == 1  # 9 characters: 8 × 5.2 + 2.4 = 44 points
    assert text_width.lines("1111 1111", 43, 10) == 2
    assert text_width.lines("1111111111", 26, 10) == 2  # a word too wide is broken: 52 points
    assert text_width.width("gras", 10, bold=True) > text_width.width("gras", 10)


@pytest.mark.parametrize(
    ("texte", "length", "expected"),
    [
        ("Court", 32, "Court"),
        ("Fonction de la personne qui répond", 32, "Fonction de la personne qui…"),
        ("Deux\nlignes", 32, "Deux lignes"),
        ("a" * 40, 32, "a" * 31 + "…"),
        ("😀" * 20, 32, "😀" * 15 + "…"),
    ],
)
def test_a_title_too_long_for_excel_is_cut_between_words(texte, length, expected):
    assert layout.abridge(texte, length) == expected


def sheet_of(tops: list[float]) -> Sheet:
    """Rows of these heights, on a page that takes 500 points of them."""
    sheet = Sheet("Essai", widths={1: 4, 2: 100}, hidden_columns=(1,), heights=dict(enumerate(tops, 1)))
    factor = pagination.points_per_page(sheet) / 500
    sheet.heights = {line: top * factor for line, top in sheet.heights.items()}
    return sheet


@pytest.mark.parametrize(
    ("tops", "groups", "page_breaks"),
    [
        ([100] * 5, [1, 3], []),  # one page
        ([100] * 6, [1, 4], [3]),  # a group that fits a page is not split
        ([40] * 10 + [20] * 10, [1, 11], [10]),  # though some of its rows would still fit
        ([100] * 12, [1], [5, 10]),  # a group taller than a page is
        ([100] * 6, [1], [4]),  # no row alone on the last page
    ],
)
def test_pages_are_cut_between_groups(tops, groups, page_breaks):
    sheet = sheet_of([h * 0.999 for h in tops])
    pagination.paginate(sheet, groups, len(tops))
    assert sheet.print_setup.page_breaks == page_breaks


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_with_libreoffice_a_pdf_comes_with_the_copy(tmp_path):
    (tmp_path / "essai.toml").write_text(CONTRAT, encoding="utf-8")
    writer.write(workbook(result()), tmp_path / "C.xlsx")
    files = file_copy(tmp_path / "C.xlsx", tmp_path / "S.xlsx", contrat=tmp_path / "essai.toml", pdf=True)
    assert files == [tmp_path / "S.xlsx", tmp_path / "S.pdf"]
    assert (tmp_path / "S.pdf").read_bytes().startswith(b"%PDF")
