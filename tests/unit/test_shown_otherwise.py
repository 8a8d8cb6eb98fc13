"""A cell that shows something else than it keeps: in white, in tiny letters, in thousands, or not at all."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest

from cls_workbook.reading.cells.marked_text import OtherwiseShown
from cls_workbook.reading.cells.parse_values import understand
from cls_workbook.reading.opening.cell_formats import cell_formats
from cls_workbook.reading.opening.returned_workbook import open_workbook
from cls_workbook.reading.opening.xml_walk import Budget
from tests.support import small_workbook as small
from tests.support.written_packages import MAIN, ods, xlsx


def first_cell(content: bytes) -> object:
    (grid,) = open_workbook(content).grids()
    return grid.lines[0][0]


def run(text: str, properties: str = "") -> str:
    return f"<r><rPr>{properties}</rPr><t xml:space='preserve'>{text}</t></r>"


@pytest.mark.parametrize(
    ("properties", "is_seen"),
    [
        ('<color rgb="FFFFFFFF"/>', False),
        ('<color theme="0"/>', False),
        ('<color indexed="9"/>', False),
        ('<sz val="1"/>', False),
        ('<color theme="0" tint="-0.5"/>', True),
        ('<color rgb="FFFF0000"/>', True),
        ('<sz val="11"/>', True),
    ],
)
def test_a_part_that_nobody_sees_is_not_read_as_the_rest(properties, is_seen):
    runs = run("12") + run("3", properties)
    text = first_cell(xlsx('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', f"<si>{runs}</si>"))
    assert getattr(text, "kept", "123") == ("123" if is_seen else "12")
    outcome = understand(text, "entier")
    assert outcome.valeur == (123 if is_seen else None)
    assert is_seen or "ne se voit pas" in outcome.remedy


@pytest.mark.parametrize(
    "properties", ['fo:color="#ffffff"', 'fo:font-size="1pt"', 'text:display="none"', 'fo:color="#FFFFFF"']
)
def test_neither_is_it_in_an_ods(properties):
    styles = f'<style:style style:name="w" style:family="text"><style:text-properties {properties}/></style:style>'
    text = '<text:p>12<text:span text:style-name="w">3</text:span></text:p>'
    row = f'<table:table-row><table:table-cell office:value-type="string">{text}</table:table-cell></table:table-row>'
    assert first_cell(ods(row, styles)).kept == "12"


@pytest.mark.parametrize(
    ("code", "is_shown"),
    [
        ("#,##0,", False),  # 12 000 is shown as 12
        ('0.0,,"M"', False),
        ('0" k€"', False),
        ('0\\ "K€"', False),
        ('0.0" M€"', False),
        ('0" milliers d’euros"', False),
        ('0"000"', False),  # 12 is shown as 12000
        (";;;", False),
        ('"vu"', False),
        ("#,##0", True),
        ('#,##0.00\\ "€"', True),
        ("#,##0\\ [$€-40C];[Red]-#,##0\\ [$€-40C]", True),
        ('0" m2"', True),
        ('0" km"', True),
        ('0" personnes"', True),
        ("General", True),
        ("@", True),
    ],
)
def test_a_format_that_shows_another_number_is_known(code, is_shown):
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="200" formatCode={quoteattr(code)}/></numFmts>'
        '<cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>'
    )
    assert (cell_formats([styles.encode()], Budget()).otherwise == frozenset()) is is_shown


@pytest.mark.parametrize(
    ("value", "shown", "is_same"),
    [
        ("5", "5 k€", False),
        ("5000", "5", False),
        ("1200000", "1,2", False),
        ("5000", "5 000 €", True),
        ("1000", "1,000", True),
        ("5", "", True),
    ],
)
def test_a_number_that_an_ods_shows_otherwise_is_known(value, shown, is_same):
    cell = f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{shown}</text:p>'
    found = first_cell(ods(f"<table:table-row>{cell}</table:table-cell></table:table-row>"))
    assert found == float(value) and isinstance(found, OtherwiseShown) is not is_same


def test_an_amount_that_its_cell_shows_in_thousands_is_asked_again(tmp_path):
    key = "1.1/financement/01/engage"
    path = small.filled(tmp_path, {key: 5})
    where = small.places()[key]

    def in_thousands(book):
        book[where.sheet][where.cell].number_format = '0" k€"'

    (typed,) = [s for s in small.read(small.modified(path, in_thousands)).saisies if s.cle == key]
    outcome = understand(typed.raw, "montant")
    assert outcome.check.code == "MONTANT_ILLISIBLE" and "montre autre chose" in outcome.remedy
