"""What a workbook holds and what is wanted → plain steps: what is told, what is kept, what is left alone."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from cls_workbook.errors import Refusal
from cls_workbook.redrawing import last_drawing
from cls_workbook.redrawing.planned_sheets import prepare, refuse_protected
from cls_workbook.redrawing.sheet_steps import draw
from cls_workbook.redrawing.standing_sheet import ColumnFilter, StandingSheet
from cls_workbook.redrawing.table_filters import filters_to_put_back
from cls_workbook.redrawing.value_forms import as_read, as_written, is_plain_text
from cls_workbook.workbook.description import CellRange, ExcelTable, Sheet, Workbook

TITLES = ("Code", "Montant", "Vu le")


def table(*rows) -> Sheet:
    sheet = Sheet("Suivi", sheet_tables=[ExcelTable("Suivi", CellRange(1, 1, len(rows) + 1, 3), TITLES, ("Code",))])
    for line, row in enumerate((TITLES, *rows), 1):
        for column, (value, style) in enumerate(zip(row, ("texte", "montant", "date"), strict=True), 1):
            sheet.write(line, column, value, "cellule:texte" if line == 1 else f"cellule:{style}")
    return sheet


def standing(*rows, **extra) -> StandingSheet:
    lines = [list(row) for row in (TITLES, *rows)]
    return StandingSheet("Suivi", lines, {"Suivi": (1, 1, len(lines), 3)}, filters={"Suivi": ()}, **extra)


def drawn(sheet: Sheet, content: StandingSheet | None = None, trace: str = ""):
    contents = {content.nom: content} if content else {}
    (planned,) = prepare(contents, Workbook([sheet], "Suivi"))
    (one,) = draw(planned, contents, {"Suivi": trace})
    return one


FIRST = (("a", 12.5, datetime(2026, 2, 1)), ("=b", 3, None))


def test_steps_are_plain_data_with_addresses_serials_and_texts_that_stay_texts():
    steps = drawn(table(*FIRST)).steps
    assert json.loads(json.dumps(steps))
    (values,) = (s for s in steps if s.action == "values")
    assert values.zones == ("A1:C3",)
    assert values.detail == [list(TITLES), ["a", 12.5, 46054], ["=b", 3, None]]  # 1 February 2026
    formats = {s.detail[1]: s.zones for s in steps if s.action == "format" and s.detail[0] == "number_format"}
    assert formats == {"@": ("A1:A3",), '#,##0.00\\ "€"': ("B2:B3",), "dd/mm/yyyy": ("C2",)}
    order = [s.action for s in steps]
    assert order.index("format") < order.index("values") < order.index("add_table")


def test_what_did_not_change_is_not_written_again():
    trace = drawn(table(*FIRST)).trace
    assert drawn(table(*FIRST), standing(("a", 12.5, datetime(2026, 2, 1)), ("=b", 3.0, "")), trace).steps == []


def test_only_the_rows_that_changed_are_written_where_the_look_stays():
    trace = drawn(table(*FIRST)).trace
    content = standing(("a", 12.5, datetime(2026, 2, 1)), ("=b", 3.0, ""))
    (step,) = drawn(table(FIRST[0], ("=b", 4, None)), content, trace).steps
    assert (step.action, step.zones, step.detail) == ("values", ("A3:C3",), [["=b", 4, None]])


@pytest.mark.parametrize(
    "rows",
    [
        [("=b", 3.0, ""), ("a", 12.5, datetime(2026, 2, 1))],  # sorted: looks went with their rows
        [("a", 12.5, datetime(2026, 2, 1)), ("=b", 99.0, "")],  # typed over
    ],
)
def test_a_sheet_that_somebody_touched_is_drawn_whole(rows):
    trace = drawn(table(*FIRST)).trace
    assert "clear" in [s.action for s in drawn(table(*FIRST), standing(*rows), trace).steps]


def test_a_drawing_that_did_not_end_leaves_no_print():
    contents = {last_drawing.SHEET: StandingSheet(last_drawing.SHEET, [["X", "y", "", "", "", "Suivi", "p q"]])}
    assert last_drawing.read(contents) == {"Suivi": "p q"}
    (step,) = last_drawing.forgotten(contents)
    assert (step.action, step.zones) == ("clear_contents", ("F1:G1",))


def test_protected_sheets_are_named_together():
    sheets = [StandingSheet(nom, [], protected=True) for nom in ("Un", "Deux", "Le mien")]
    with pytest.raises(Refusal, match="« Un », « Deux » sont protégées : rien n’a été écrit"):
        refuse_protected(sheets, {"Un", "Deux"})
    refuse_protected([StandingSheet("Un", [], protected=None)], {"Un"})


@pytest.mark.parametrize(
    ("left", "back"),
    [
        (ColumnFilter(1, "values", ("a", "z")), ColumnFilter(1, "values", ("a",))),
        (ColumnFilter(1, "values", ("z",)), None),
        (ColumnFilter(1, "comparison", operator="equal_to", value1="a"), "same"),
        (ColumnFilter(1, "comparison", operator="equal_to", value1="z"), None),
        (ColumnFilter(1, "comparison", operator="equal_to", value1="*a*"), None),  # « contient »
        (ColumnFilter(2, "comparison", operator="greater_than", value1="10"), "same"),
        (ColumnFilter(2, "values", ("12,50 €",)), "same"),  # shown so, kept as a figure
        (ColumnFilter(2, "top_items", how_many=10), "same"),
        (ColumnFilter(2, "unknown"), None),  # a colour
    ],
)
def test_a_filter_comes_back_where_it_still_makes_sense(left, back):
    content = standing(*FIRST)
    (planned,) = prepare({"Suivi": content}, Workbook([table(*FIRST)], "Suivi"))
    texts = [list(TITLES), ["a", "12.5", "01/02/2026"], ["=b", "3", ""]]
    kept, lost = filters_to_put_back([left], planned, texts)
    expected = left if back == "same" else back
    assert kept == ([expected] if expected else [])
    assert lost == (() if expected else (TITLES[left.field - 1],))


def test_a_filter_follows_its_column():
    content = standing()
    content.lines[0] = ["Montant", "Code", "Vu le"]
    (planned,) = prepare({"Suivi": content}, Workbook([table(*FIRST)], "Suivi"))
    kept, _ = filters_to_put_back([ColumnFilter(2, "values", ("a",))], planned, [list(TITLES), ["a", "", ""]])
    assert kept == [ColumnFilter(1, "values", ("a",))]


def test_dates_are_serial_numbers_and_read_as_dates():
    days = datetime(1900, 3, 1), datetime(2026, 2, 15, 12)
    assert [as_written(v) for v in (*days, "", True)] == [61, 46068.5, None, True]
    assert as_read(datetime(2026, 2, 15)) == "15/02/2026" and as_read(None) == as_read("") == ""


DOUBTFUL = ["=1", "+1", "-", "@x", "'x", "1er mars", "mars 26", "vrai", "TRUE", "#N/A", " x", "(1)"]


@pytest.mark.parametrize("texte", DOUBTFUL)
def test_a_text_that_excel_could_take_for_something_else_is_no_plain_text(texte):
    assert not is_plain_text(texte)
    assert is_plain_text("Oui, en partie") and is_plain_text("véritable")
