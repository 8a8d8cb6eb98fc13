"""No cell of a CSV is a formula, however a spreadsheet splits it; and every text can be had back."""

import csv
import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cls_workbook import csv_texts
from cls_workbook.csv_texts import formula_start, neutralized, restored

SIGNS = "=+-@＝＋－＠"
PIECES = st.sampled_from([*SIGNS, *" ;,|\t\n\r\u00a0\u202f\u200b'\"", "a", "1", "cmd", "\r\n"])
TEXTS = st.one_of(st.lists(PIECES, max_size=9).map("".join), st.text(max_size=12))


def cells_as_some_spreadsheet_splits_them(written: str):
    """(separator, cell) in all the ways: quotes kept in mind or not, each separator, each way to end a line."""
    for separator in ";,\t|":
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator):
            yield from ((separator, cell) for cell in row)
    for line in re.split("[\r\n]", written):
        for separator in (";", ",", "\t", "|", " "):
            yield from ((separator, cell) for cell in line.split(separator))


def would_be_computed(separator: str, cell: str) -> bool:
    shown = cell.lstrip(' \u00a0\u202f\u200b\t"')
    alone = separator == " " and len(shown.strip('" \t')) < 2  # « a - b » split at its blanks
    return shown[:1] in tuple(SIGNS) and not alone


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from(",;"))
@settings(max_examples=200, deadline=None)
@example(["note;=cmd|' /C calc'!A0"], ",")
@example(["x", 'a;"=cmd'], ",")
@example(["x\n=cmd"], ",")
@example(["x\r\n\t  +cmd"], ";")
@example(["voir @SUM(A1)"], ",")
def test_no_cell_begins_a_formula_however_the_file_is_split(texts, delimiter):
    output = io.StringIO()
    csv_texts.write(output, [], [[neutralized(t) for t in texts]], delimiter)
    for separator, cell in cells_as_some_spreadsheet_splits_them(output.getvalue()):
        assert not would_be_computed(separator, cell), (separator, cell)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
@example("' =x")
@example("\u200b'=x")
@example(" '@a")
@example("\t=a;'=b; '' -c")
def test_every_text_can_be_had_back_and_no_two_become_one(text):
    assert restored(neutralized(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("note;=cmd", "note;'=cmd"),
        ("note; =cmd", "note; '=cmd"),
        ("a,+1", "a,'+1"),
        ("a\n- un atelier", "a\n'- un atelier"),
        ("tél. +33 3", "tél. '+33 3"),
        ("sans - danger", "sans - danger"),
        ("rendez-vous, l'été ; c'est dit", "rendez-vous, l'été ; c'est dit"),
        ("prénom@exemple.fr", "prénom@exemple.fr"),
        ("", ""),
        ("'cité", "''cité"),
        ("\t", "'\t"),
    ],
)
def test_an_apostrophe_stands_where_a_formula_could_begin_and_nowhere_else(text, written):
    assert neutralized(text) == written


def test_the_sign_that_would_begin_a_formula_is_named():
    assert [formula_start(t) for t in ("=a", "a;-b", "'cité", "2025-12", "a - b")] == ["=", "-", None, None, None]
