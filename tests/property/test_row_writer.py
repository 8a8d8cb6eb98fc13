"""The rows and cells that ``fast_paths.row_writer`` writes are, byte for byte,
those that XlsxWriter's documented calls write.
"""

from __future__ import annotations

import io
import re
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.format import Format
from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.worksheet import Worksheet

from cls_workbook.fast_paths import row_writer
from cls_workbook.fast_paths.shared_parts import LongText
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import (
    Cell,
    CellRange,
    Chart,
    ChartSeries,
    ExcelTable,
    Formula,
    Link,
    Sheet,
    Validation,
    WholeRows,
    Workbook,
)


def all_written(*worksheets: Sheet) -> tuple[bytes, bytes]:
    """The workbook of these sheets as we write it, and as XlsxWriter alone does."""
    workbook = Workbook(list(worksheets), "Essai")
    return row_writer.to_bytes(workbook), writer.to_bytes(workbook)


def same_bytes(*worksheets: Sheet) -> dict[str, str]:
    """Both are the same; the parts, for who wants to look."""
    ours, own = (
        {nom: z.read(nom).decode() for nom in z.namelist()}
        for z in (zipfile.ZipFile(io.BytesIO(c)) for c in all_written(*worksheets))
    )
    assert list(ours) == list(own)
    for nom, content in own.items():
        assert ours[nom] == content, nom
    assert len(set(all_written(*worksheets))) == 1
    return ours


def page(*cells, nom="Essai", **settings) -> Sheet:
    return Sheet(nom, [Cell(*c) for c in cells], **settings)


class Word(str):
    """Another library's text."""


VALUES = [
    None,
    "",
    "texte",
    "texte",
    "  bords  ",
    "a & b < c > \"d\" 'e'",
    "=1+1",
    "{=A1}",
    "http://exemple.fr",
    "_x0041_",
    "deux\nlignes",
    "a\x00b\x1fc\ufffe",
    "<r><t>gras & <b></t></r>",
    "<r>à moitié",
    "seul \ud800 ici",
    "😀",
    "une\r\ndeux\rtrois",
    "tab\tulation",
    Word("mot"),
    Word(""),
    0,
    1,
    -1,
    12,
    999_999_999_999_999,
    -999_999_999_999_999,
    10**15,
    -(10**18),
    True,
    False,
    0.1,
    -0.0,
    1 / 3,
    1e-7,
    1e21,
    123456789.123456789,
    float("nan"),
    Decimal("12345.67"),
    Decimal("0.10"),
    Decimal("-0"),
    Decimal("1E+3"),
    Decimal("NaN"),
    Fraction(1, 3),
    np.int64(7),
    np.float64(2.5),
    date(2026, 3, 15),
    date(1900, 1, 1),
    date(1900, 2, 28),
    date(1900, 3, 1),
    datetime(2026, 3, 15, 13, 45, 30),
    datetime(1900, 1, 1),
    pd.Timestamp("2026-03-15"),
    Formula("A1+1", 12),
    Formula('IF(A1<2,"a & b",A2)', "x < y & z"),
    Formula("A1", ""),
    Formula("A1", None),
    Formula("A1=1", True),
    Formula("A1=1", False),
    Formula("A1", 0),
    Formula("A1/A2", "#DIV/0!"),
    Formula("A1", "#REF"),
    Formula("A1", Decimal("12.50")),
    Formula("A1", 0.1),
    Formula("A1", 10**16),
    Formula("TODAY()", date(2026, 1, 1)),
    Formula("NOW()", datetime(2026, 1, 1, 6)),
    Formula("A1", "a\x07b\r\nc"),
    Link("internal:'Essai'!A1", "=Retour", "Revenir"),
    Link("external:retours/ccas & co.xlsx#'FA 1'!B2", "ccas"),
    Link("https://exemple.fr/a?b=c&d#e", "<site>"),
    Link("mailto:a@exemple.fr", "texte"),
    Link("internal:'Essai'!A1", ""),
]


def test_every_kind_of_value_is_written_as_xlsxwriter_does():
    styles = ("cellule", "saisie:montant", "cellule:date", "libelle")
    cells = [(n // 5 + 1, n % 5 + 1, valeur, styles[n % 4]) for n, valeur in enumerate(VALUES)]
    parts = same_bytes(page(*cells))
    assert '<c r="B5" s="2"><v>1</v></c>' in parts["xl/worksheets/sheet1.xml"]  # the oracle does write cells


@pytest.mark.parametrize(
    "cells",
    [
        [
            (40, 30, "loin", "cellule"),
            (2, 3, 5, "libelle"),
            (2, 1, "a", "titre"),
            (17, 703, "b", "cellule"),
            (16, 2, None, "cellule"),
            (33, 1, "a", "titre"),
        ],
        [
            (1, 1, "écrasé", "cellule"),
            (1, 2, 1, "titre"),
            (1, 1, 2, "libelle"),
            (1, 2, "par un texte", "cellule"),
            (3, 1, "x", "cellule"),
            (3, 1, None, "cellule"),
        ],
        [(5, 5, "seule", "cellule")],
        [],
    ],
    ids=["in any order", "twice at one place", "one", "none"],
)
@pytest.mark.parametrize(
    "heights", [{}, {1: 30.0, 2: 15, 3: 0, 18: 15.4, 60: 12.75, 16: 409}], ids=["usual rows", "heights"]
)
def test_rows_are_those_of_xlsxwriter(cells, heights):
    # Two values at one place: our lint refuses it but where a table is.
    elsewhere = (
        [] if len({c[:2] for c in cells}) == len(cells) else [ExcelTable("T", CellRange(70, 1, 72, 2), ("x", "y"))]
    )
    same_bytes(page(*cells, heights=heights, sheet_tables=elsewhere))


def test_a_table_shows_its_headers_whether_they_are_given_or_not():
    data = [(i, j, f"{i}·{j}", "cellule") for i in (3, 4) for j in (2, 3, 4)]
    headers = [(2, 2, "nom", "entete"), (2, 4, "reste", "entete"), (2, 6, Link("external:a.xlsx", "à côté"), "lien")]
    sheet_tables = [ExcelTable(nom, CellRange(2, 2, 4, 4), ("nom", "prénom", "reste")) for nom in ("T", "U")]
    parts = same_bytes(
        page(*data, sheet_tables=sheet_tables[:1]), page(*headers, *data, nom="Autre", sheet_tables=sheet_tables[1:])
    )
    assert '<c r="C2" t="s">' in parts["xl/worksheets/sheet2.xml"]


def test_merged_cells_keep_what_they_are_given_and_the_style_of_the_first():
    cells = [(2, 2, "titre", "titre"), (2, 3, None, "cellule"), (5, 1, "a", "libelle"), (20, 4, 1, "cellule")]
    same_bytes(
        page(
            *cells,
            merges=[CellRange(2, 2, 3, 5), CellRange(5, 1, 5, 9), CellRange(8, 1, 9, 2), CellRange(20, 4, 40, 4)],
        )
    )


@pytest.mark.parametrize("value_over", [None, 3, "autre", "", Link("internal:'Essai'!B2", "interne")])
def test_a_link_under_another_value_is_told_as_xlsxwriter_does(value_over):
    links = [(1, 1, Link("external:a.xlsx", "a"), "lien"), (1, 2, Link("https://exemple.fr", "b"), "lien")]
    same_bytes(
        page(
            *links,
            (1, 1, value_over, "cellule"),
            (4, 1, Link("external:c.xlsx", "c"), "lien"),
            sheet_tables=[ExcelTable("T", CellRange(9, 1, 10, 1), ("x",))],
        )
    )


def test_a_chart_keeps_the_values_that_it_shows():
    names = ["a", "", None, Link("internal:'Essai'!A1", "d"), Formula("A1", "e"), "<r>f</r>", "g", 10**17]
    values = [1, Decimal("2.50"), None, Formula("A1", 4), True, float("nan"), date(2026, 1, 1), 1 / 3]
    cells = [(i, j, v, "cellule") for j, column in ((2, names), (3, values)) for i, v in enumerate(column, 3)]
    cell_ranges = [
        (("Essai", CellRange(3, 2, 12, 2)), ("Essai", CellRange(3, 3, 12, 3))),
        (("Essai", CellRange(4, 2, 4, 5)), ("Essai", CellRange(4, 3, 4, 3))),
    ]
    drawings = [Chart("barres", "T", [ChartSeries("s", *p)], 1, 8, 400, 300, "alt") for p in cell_ranges]
    merge = [CellRange(11, 2, 11, 3)]
    parts = same_bytes(
        page(*cells, (11, 2, "k", "cellule"), merges=merge, charts=drawings),
        Sheet(
            "Autre",
            table(6, 3),
            charts=[
                Chart(
                    "colonnes",
                    "T",
                    [ChartSeries("s", ("Autre", CellRange(2, 1, 4, 1)), ("Autre", CellRange(2, 2, 4, 2)))],
                    1,
                    8,
                    400,
                    300,
                    "alt",
                )
            ],
        ),
    )
    assert "<c:v>4</c:v>" in parts["xl/charts/chart1.xml"]


def test_a_chart_keeps_a_zero_typed_or_worked_out_and_nothing_of_a_blank_cell():
    cells = [(1, 1, "a", "cellule"), (1, 2, 0, "cellule"), (1, 3, Formula("1-1", 0), "cellule"), (1, 4, "", "cellule")]
    series = ChartSeries("s", ("Essai", CellRange(1, 1, 1, 1)), ("Essai", CellRange(1, 2, 1, 4)))
    parts = same_bytes(page(*cells, charts=[Chart("barres", "T", [series], 1, 8, 400, 300, "alt")]))
    assert re.findall(r'idx="(\d)"><c:v>([^<]*)<', parts["xl/charts/chart1.xml"].partition("<c:val>")[2]) == [
        ("0", "0"),
        ("1", "0"),
    ]


def test_sheets_share_styles_and_texts_in_the_order_of_their_cells():
    first = page((3, 1, "b", "titre"), (1, 2, "a", "cellule"), (1, 1, "b", "saisie:montant"))
    same_bytes(
        first, page((2, 1, "c", "libelle"), (1, 1, "a", "titre"), nom="Deux"), page((1, 1, "a", "cellule"), nom="Trois")
    )


def test_validations_alike_are_written_once_and_the_same_everywhere():
    said = {
        "titre": "Titre « a »",
        "prompt": 'Une "invite" & <plus>\nlongue',
        "error_title": "Non",
        "error": 'sqref="ICI" ICI',
    }
    here, there = [CellRange(1, 1, 1, 1)], [CellRange(2, 1, 9, 1), CellRange(4, 3, 4, 3)]
    kinds = [
        {"type": "entier"},
        {"type": "entier", "minimum": 0},
        {"type": "entier", "minimum": 1},
        {"type": "decimal", "minimum": 1.0, "maximum": Decimal("2.5")},
        {"type": "montant", "minimum": Decimal(1)},
        {"type": "decimal", "minimum": True},
        {"type": "date", "minimum": date(2026, 1, 1), "maximum": date(2026, 12, 31)},
        {"type": "date", "minimum": "=$B$1"},
        {"type": "texte", "maximum": 12},
        {"type": "liste", "source": ("oui", "non & <peut-être>")},
        {"type": "liste", "source": "=Listes!$A$1:$A$3"},
        {"type": "liste", "source": ("a",), "strict": False},
        {"type": "libre"},
    ]
    everything = [
        Validation(cell_ranges, **kind, **texts)
        for texts in (said, {})
        for cell_ranges in (here, there)
        for kind in kinds
    ]
    parts = same_bytes(
        page(validations=everything),
        page((1, 1, "x", "cellule"), nom="Autre", validations=everything[::-1]),
        page(nom="Sans"),
    )
    assert 'count="50"' in parts["xl/worksheets/sheet2.xml"]  # « libre » without a word says nothing
    assert "dataValidations" not in parts["xl/worksheets/sheet3.xml"]


def table(nombre: int, width: int, valeur=lambda i, j: VALUES[(i * 7 + j) % len(VALUES)]) -> WholeRows:
    styles = ["cellule", "saisie:montant", "libelle"]
    return WholeRows(
        nombre,
        width,
        lambda: (
            ([valeur(i, j) for j in range(width)], [styles[(i + j) % 3] for j in range(width)]) for i in range(nombre)
        ),
    )


@pytest.mark.parametrize("piece", [1 << 18, 500], ids=["in one piece", "in pieces"])
@pytest.mark.parametrize("nombre", [1, 16, 150])
def test_rows_made_as_they_are_written_are_the_same_too(monkeypatch, piece, nombre):
    monkeypatch.setattr(LongText, "PIECE_SIZE", piece)
    heights = {1: 30.0, 12: 40.0, nombre: 21.0, nombre + 9: 18.0}
    same_bytes(
        page((2, 1, "avant", "titre")),
        Sheet("Table", table(nombre, 6), heights=heights),
        page((1, 1, "après", "entete"), nom="Après"),
    )


def test_a_row_made_as_it_is_written_says_where_it_is_at_fault():
    for faulty, word in (
        (float("inf"), "infini"),
        (Formula("=A1"), "commençant par"),
        (Link("javascript:1", "x"), "lien de nature inconnue"),
        ("x" * 32_768, "32768"),
    ):
        with pytest.raises(ValueError, match=f"« Table », B3 : .*{word}"):
            row_writer.to_bytes(
                Workbook([Sheet("Table", table(4, 3, lambda i, j, v=faulty: v if (i, j) == (2, 1) else i))], "t")
            )
    with pytest.raises(ValueError, match="n'existe pas dans Excel"):
        row_writer.to_bytes(Workbook([Sheet("Table", table(1_048_577, 1, lambda i, j: None))], "t"))


def test_a_large_table_is_never_whole_in_memory():
    tracemalloc.start()
    try:
        content = row_writer.to_bytes(Workbook([Sheet("Table", table(12_000, 8, lambda i, j: j * i % 97))], "t"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    with zipfile.ZipFile(io.BytesIO(content)) as item_read:
        entire = item_read.getinfo("xl/worksheets/sheet1.xml").file_size
    assert peak < entire


values = st.one_of(
    st.sampled_from(VALUES),
    st.text(max_size=12),
    st.integers(),
    st.floats(allow_infinity=False),
    st.booleans(),
    st.decimals(allow_infinity=False, allow_nan=False, places=2),
    st.dates(min_value=date(1900, 1, 1)),
)


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 40), st.integers(1, 30)),
        st.tuples(values, st.sampled_from(["cellule", "titre", "saisie:date"])),
        max_size=30,
    ),
    st.dictionaries(st.integers(1, 45), st.floats(0, 409), max_size=5),
    st.randoms(use_true_random=False),
)
def test_whatever_the_cells_the_bytes_are_those_of_xlsxwriter(cells, heights, rng):
    data = [(*place, *content) for place, content in cells.items()]
    rng.shuffle(data)
    ours, own = all_written(page(*data, heights=heights))
    assert ours == own


def test_beyond_the_links_that_excel_takes_both_write_the_text(monkeypatch):
    monkeypatch.setattr("cls_workbook.workbook.plain_page.LINKS_MAX", 1)
    parts = same_bytes(page(*[(i, 1, Link("https://exemple.fr", f"lien {i}"), "lien") for i in (1, 2, 3)]))
    assert parts["xl/worksheets/sheet1.xml"].count("<hyperlink ") == 1


def test_a_version_of_xlsxwriter_that_nobody_looked_at_takes_its_own_way(monkeypatch):
    monkeypatch.setattr(row_writer, "CHECKED", ())
    monkeypatch.setattr(row_writer.FastPage, "fill", lambda *_: pytest.fail("the fast way was taken"))
    workbook = Workbook([page((1, 1, "x", "cellule"))], "Essai")
    assert row_writer.to_bytes(workbook) == writer.to_bytes(workbook)


LINKED = {
    Worksheet: (
        "_write_sheet_data",
        "_write_data_validations",
        "_write_data_validation",
        "validations",
        "_get_range_data",
        "_prepare_formula",
        "_write_cell",
        "_check_dimensions",
        "table",
        "row_info",
        "hyperlinks",
        "merge",
        "fh",
        "dim_rowmin",
        "default_row_height",
        "str_table",
    ),
    SharedStringTable: ("_get_shared_string_index", "count"),
    Format: ("_get_xf_index",),
}


@pytest.mark.parametrize(("class_", "nom"), [(c, n) for c, names in LINKED.items() for n in names])
def test_what_page_relies_upon_in_xlsxwriter_is_there(class_, nom):
    opened_book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    objet = {
        Worksheet: opened_book.add_worksheet,
        SharedStringTable: lambda: opened_book.str_table,
        Format: opened_book.add_format,
    }[class_]()
    assert hasattr(objet, nom), (
        f"XlsxWriter {xlsxwriter.__version__} n'a plus {class_.__name__}.{nom} : "
        "voir cls_workbook/fast_paths/row_writer.py"
    )
