"""The quick reader of sheets: what it reads is what the plain one reads, and calamine, cell by cell; what it does not
know it leaves alone.
"""

from __future__ import annotations

import datetime
import io
import random
import re
import zipfile

import pytest
import xlsxwriter
from python_calamine import CalamineError

from cls_workbook import forms
from cls_workbook.errors import Refusal
from cls_workbook.fast_paths.sheet_xml import SheetXmlReader
from cls_workbook.forms import examples
from cls_workbook.reading.opening.cell_formats import cell_formats
from cls_workbook.reading.opening.returned_workbook import Opener, open_workbook
from cls_workbook.reading.opening.xml_walk import Budget
from cls_workbook.reading.opening.zip_parts import ZipParts
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.workbook import writer
from tests.support.both_readers import _exact, by_calamine, fast, same_by_both, typed_values
from tests.support.small_workbook import YEAR, contrats, filled, read, trial

# --- a workbook of one sheet, its XML written by hand ---------------------------------------------------------------

_FORMATS = ("General", "0.00", "dd/mm/yyyy", "[h]:mm", "@", '"jour" 0', "d mmmm yyyy", "hh:mm")  # s="0" to s="7"
NATURES = {2: "date", 3: "durée", 6: "date", 7: "heure"}


def _model() -> dict[str, bytes]:
    buffer = io.BytesIO()
    opened_book = xlsxwriter.Workbook(buffer)
    page = opened_book.add_worksheet("Feuille")
    for rank, code in enumerate(_FORMATS):
        page.write(rank, 0, "x" if rank else "un texte", opened_book.add_format({"num_format": code}) if rank else None)
    opened_book.close()
    with zipfile.ZipFile(buffer) as archive:
        return {nom: archive.read(nom) for nom in archive.namelist()}


TEMPLATE = _model()
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
NAMES = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def file_bytes(
    rows: bytes = b"", texts: tuple[bytes, ...] = (b"<si><t>zero</t></si>", b"<si><t>un</t></si>"), **parts: bytes
) -> bytes:
    """``rows``: the inside of ``sheetData``; ``texts``: the shared texts; ``parts``: feuille or sst, whole parts."""
    contents = TEMPLATE | {
        SHEET: parts.get(
            "sheet",
            b'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet %s><sheetData>%s</sheetData></worksheet>'
            % (NAMES, rows),
        ),
        TEXTS: parts.get("sst", b"<sst %s>%s</sst>" % (NAMES, b"".join(texts))),
        "xl/workbook.xml": parts.get("workbook", TEMPLATE["xl/workbook.xml"]),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for nom, content in contents.items():
            archive.writestr(nom, content)
    return buffer.getvalue()


def formats_of(styles: bytes):
    return cell_formats([styles], Budget())


# --- files as spreadsheets save them --------------------------------------------------------------------------------


def test_every_sheet_of_a_return_written_by_the_project_is_read_quickly_and_exactly():
    for structure in (None, *forms.repondants(trial())):
        plan = forms.plan(trial(), YEAR, structure)
        examples.fill_cell(plan, examples.make_answers(plan, seed="7"))
        content = writer.to_bytes(plan.workbook)
        assert same_by_both(content) == [f.nom for f in plan.workbook.worksheets]


def test_returns_saved_by_openpyxl_are_read_exactly_quickly_or_not(tmp_path):
    same_by_both(filled(tmp_path, typed_values(1)).read_bytes())


def test_both_readers_give_the_same_return(tmp_path):
    plain = ReturnReader(contrats, fast=False)
    for structure in ("mutuelle", "ville"):
        plan = forms.plan(trial(), YEAR, next(r for r in forms.repondants(trial()) if r.id == structure))
        examples.fill_cell(plan, examples.make_answers(plan, seed=structure) | {"1.1/depenses/total": 12.5})
        writer.write(plan.workbook, tmp_path / "retour.xlsx")
        short = read(tmp_path / "retour.xlsx")
        assert plain.read(tmp_path / "retour.xlsx") == short
        assert len(short.saisies) > 30


# --- single cells ---------------------------------------------------------------------------------------------------

NUMBERS = (
    b"12",
    b"-0",
    b"0.1",
    b"1E-7",
    b"1.5E+20",
    b"123456789012345678",
    b"0.30000000000000004",
    b"4.9406564584124654E-324",
    b"1e400",
    b"1E400",
    b"+5",
    b".5",
    b"5.",
    b" 12 ",
    b"1_0",
    b"nan",
    b"inf",
    b"abc",
    b"0x1F",
    b"",
    b"1,5",
    "１２".encode(),
)
SERIES = (
    b"0",
    b"0.5",
    b"1",
    b"59",
    b"60",
    b"61",
    b"45000",
    b"45000.25",
    b"44999.999999999",
    b"2958465",
    b"2958466",
    b"-1",
    b"1E4",
)


@pytest.mark.parametrize("written", [*NUMBERS, *SERIES])
@pytest.mark.parametrize("nature", [b"", b' t="n"'])
def test_a_number_in_any_format_is_what_calamine_says_or_is_left_to_it(written, nature):
    for style in range(len(_FORMATS) + 2):
        same_by_both(file_bytes(b'<row r="1"><c r="A1" s="%d"%s><v>%s</v></c></row>' % (style, nature, written)))


@pytest.mark.parametrize("style", range(len(_FORMATS)))
def test_plain_numbers_and_whole_days_are_read_quickly(style):
    grids = fast(file_bytes(b'<row r="1"><c r="A1" s="%d"><v>45000</v></c></row>' % style))
    if NATURES.get(style) == "durée":
        assert grids == {}
    else:
        expected = datetime.date(2023, 3, 15) if style in NATURES else 45000.0
        assert grids["Feuille"].lines == [[expected]]


CELLS = (
    b'<c r="B2" t="s"><v>1</v></c>',
    b'<c r="B2" t="s"><v>01</v></c>',
    b'<c r="B2" t="s"><v>9</v></c>',
    b'<c r="B2" t="s"><v></v></c>',
    b'<c r="B2" t="s"/>',
    b'<c r="B2" t="b"><v>1</v></c>',
    b'<c r="B2" t="b"><v>0</v></c>',
    b'<c r="B2" t="b"><v>true</v></c>',
    b'<c r="B2" t="e"><v>#REF!</v></c>',
    b'<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    b'<c r="B2" t="d"><v>2025-01-02</v></c>',
    b'<c r="B2" t="str"><v>a &amp; b &lt;c&gt; &quot;d&apos;</v></c>',
    b'<c r="B2" t="str"><v>&#233;&eacute;</v></c>',
    b'<c r="B2" t="str"><v>12</v></c>',
    b'<c r="B2" t="str"><v> a </v></c>',
    b'<c r="B2" t="str"><v>a\r\nb</v></c>',
    b'<c r="B2" t="str"><v>a_x000D_b</v></c>',
    b'<c r="B2" t="str"><f>A1</f><v></v></c>',
    b'<c r="B2" t="str"><f>A1</f></c>',
    b'<c r="B2" t="str"><f>A1</f><v/></c>',
    b'<c r="B2"><f>A1</f></c>',
    b'<c r="B2"><f>A1</f><v/></c>',
    b'<c r="B2"><f/><v>3</v></c>',
    b'<c r="B2"><f></f><v>3</v></c>',
    b'<c r="B2"><f t="shared" ref="B2:B9" si="0">A1&gt;2</f><v>3</v></c>',
    b'<c r="B2"><f t="shared" si="0"/><v>3</v></c>',
    b'<c r="B2"><f>IF(A1>2,"&lt;","\xc3\xa9")</f><v>3</v></c>',
    b'<c r="B2"><f ca="1" aca="false" >A1</f><v>3</v></c>',
    b'<c r="B2" t="inlineStr"><is><t>ici</t></is></c>',
    b'<c r="B2" t="inlineStr"><is><r><t>i</t></r><r><t>ci</t></r></is></c>',
    b'<c r="B2" t="zz"><v>1</v></c>',
    b"<c r='B2' t='s'><v>1</v></c>",
    b'<c t="s" r="B2"><v>1</v></c>',
    b'<c r="B2"  t="s"><v>1</v></c>',
    b'<c r="B2" t="s" ><v>1</v></c>',
    b'<c r="B2" cm="1"><v>1</v></c>',
    b"<c><v>1</v></c><c><v>2</v></c>",
    b'<c r="b2"><v>1</v></c>',
    b'<c r="B02"><v>1</v></c>',
    b'<c r="$B$2"><v>1</v></c>',
    b'<c r="B0"><v>1</v></c>',
    b'<c r="C2"><v>1</v></c><c r="A2"><v>2</v></c>',
    b'<c r="B2"><v>1</v></c><c r="B2"><v>2</v></c>',
    b'<c r="B2"><v>1</v><v>2</v></c>',
    b'<c r="A7"><v>1</v></c>',
    b'<c r="B2"><v>1<!-- un --></v></c>',
    b'<c r="B2" t="str"><v><![CDATA[<a>]]></v></c>',
    b'<!-- <c r="B2"><v>1</v></c> -->',
    b'<c r="B2"><?p x?><v>1</v></c>',
    b'<c r="B2"><v >1</v></c>',
    b'<c r="B2" ><v>1</v></c>',
    b'<c r="B2">\n<v>1</v>\n</c>',
    b'<c r="B2" s="1"></c>',
    b'<c r="B2" s="1" />',
    b'<c r="B2"><v>1</v><extLst/></c>',
    b'<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="B2"><x:v>1</x:v></x:c>',
)


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_of_any_shape_is_what_calamine_says_or_is_left_to_it(cell):
    neighbours = (b'<c r="A1"><v>7</v></c>', b'<c r="D9"><v>9</v></c>')
    content = file_bytes(
        b'<row r="1">%s</row><row r="2">%s</row><row r="9">%s</row>' % (neighbours[0], cell, neighbours[1])
    )
    same_by_both(content)


def test_the_shapes_that_spreadsheets_write_are_read_quickly():
    items_read = [c for c in CELLS if fast(file_bytes(b'<row r="2">%s</row>' % c))]
    assert {CELLS[0], CELLS[5], CELLS[8], CELLS[9], CELLS[11], CELLS[17], CELLS[24], CELLS[25], CELLS[26]} <= set(
        items_read
    )


# --- shared texts ---------------------------------------------------------------------------------------------------

TEXT_CASES = (
    b"<si><t>plat</t></si>",
    "<si><t>l\u2019\u00e9t\u00e9\u00a0: \u0153uvre \U0001f600</t></si>".encode(),
    b"<si><t></t></si>",
    b"<si><t/></si>",
    b"<si/>",
    b'<si><t xml:space="preserve">  a  </t></si>',
    b"<si><t>  a</t></si>",
    b"<si><t>a\n</t></si>",
    "<si><t>\u00a0a\u202f</t></si>".encode(),
    b"<si><t>a\nb\tc</t></si>",
    b"<si><t>a\r\nb</t></si>",
    b"<si><t>a&amp;b &lt;c&gt; &quot;d&quot; &apos;e&apos;</t></si>",
    b"<si><t>&amp;lt; &amp;amp;</t></si>",
    b"<si><t>&#233;&#xE9;</t></si>",
    b"<si><t>a&#10;b</t></si>",
    b"<si><t>&#10;b</t></si>",
    b"<si><t>a&#9;</t></si>",
    b"<si><t>a&#13;b</t></si>",
    b"<si><t>&#0;</t></si>",
    b"<si><t>&#xD800;</t></si>",
    b"<si><t>&#1114112;</t></si>",
    b"<si><t>&#150;&#xA0;</t></si>",
    b'<si><t xml:space="preserve">&#10;a&#32;&#x1F600;</t></si>',
    b"<si><t>&#38;lt;</t></si>",
    b"<si><t>&#a;&#;</t></si>",
    b"<si><t>a_x000D_b</t></si>",
    b"<si><t>_x005F_x000D_</t></si>",
    b"<si><t>taux_x</t></si>",
    b"<si><t>_x00e9_</t></si>",
    b'<si><r><rPr><b/></rPr><t>a</t></r><r><t xml:space="preserve"> b</t></r></si>',
    b'<si><t>a</t><rPh sb="0" eb="1"><t>zz</t></rPh><phoneticPr fontId="1"/></si>',
    b"<si><t>a<!-- x -->b</t></si>",
    b"<si><t><![CDATA[<a>]]></t></si>",
    b"<si><t>a</t><t>b</t></si>",
    b"<si><t xml:space='preserve'> a </t></si>",
    b"<si>\n<t>a</t>\n</si>",
    b"<si><t>&nbsp;</t></si>",
    b"<si><t>A & B</t></si>",
    b"<si><t>\xff</t></si>",
    b"<si><t>a]]>b</t></si>",
)


@pytest.mark.parametrize("texte", TEXT_CASES)
def test_a_shared_text_of_any_shape_is_what_calamine_says_or_is_left_to_it(texte):
    content = file_bytes(
        b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>',
        texts=(b"<si><t>avant</t></si>", texte),
    )
    same_by_both(content)


def test_plain_texts_are_read_quickly():
    for texte in (
        *TEXT_CASES[:3],
        TEXT_CASES[5],
        TEXT_CASES[8],
        TEXT_CASES[9],
        TEXT_CASES[11],
        TEXT_CASES[12],
        b"<si><t>taux_x</t></si>",
        b"<si><t>a&#10;b</t></si>",
    ):
        assert fast(file_bytes(b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>', texts=(texte,)))


# --- whole parts ----------------------------------------------------------------------------------------------------

ROW_XML = b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
ORDINARY = b'<worksheet %s><dimension ref="A1"/><sheetData>%s</sheetData></worksheet>' % (NAMES, ROW_XML)


@pytest.mark.parametrize(
    ("sheet", "is_read_fast"),
    [
        (ORDINARY, True),
        (b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + ORDINARY, True),
        (b"<?xml version='1.0' encoding='utf-8'?>\n" + ORDINARY, True),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + ORDINARY, False),
        (b'<?xml version="1.0" encoding="UTF-16"?>' + ORDINARY, False),
        (b"\xef\xbb\xbf" + ORDINARY, False),
        (ORDINARY.decode().encode("utf-16"), False),
        (b"<!-- un -->" + ORDINARY, False),
        (re.sub(rb"<(/?)(\w)", rb"<\1x:\2", ORDINARY).replace(b"xmlns=", b"xmlns:x="), False),
        (ORDINARY.replace(b"<sheetData>", b"<sheetData >"), False),
        (ORDINARY.replace(b"</sheetData>", b"</sheetData><sheetData>%s</sheetData>" % ROW_XML), False),
        (ORDINARY.replace(b"<sheetData>%s</sheetData>" % ROW_XML, b"<sheetData/>"), True),
        (ORDINARY.replace(b"</row></sheetData></worksheet>", b""), False),
    ],
    ids=[
        "plain",
        "Excel",
        "openpyxl",
        "Latin-1",
        "said UTF-16",
        "BOM",
        "UTF-16",
        "comment",
        "prefix",
        "space",
        "twice",
        "empty",
        "cut",
    ],
)
def test_a_sheet_whose_xml_is_unusual_is_left_to_calamine(sheet, is_read_fast):
    content = file_bytes(sheet=sheet)
    assert (
        bool(fast(content) if not is_read_fast else same_by_both(content)) is is_read_fast
        if b"</sheetData>" in sheet or is_read_fast
        else True
    )


def test_a_sheet_in_an_encoding_that_nobody_knows_is_refused():
    """One of twenty thousand broken files: « cTF-8 » ended the command."""
    content = file_bytes(sheet=b'<?xml version="1.0" encoding="cTF-8"?>' + ORDINARY)
    assert fast(content) == {}
    with pytest.raises(Refusal, match="abîmé"):
        [g.lines for g in open_workbook(content).grids()]


def test_days_counted_from_1904_are_left_to_calamine():
    since_1904 = TEMPLATE["xl/workbook.xml"].replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    content = file_bytes(b'<row r="1"><c r="A1" s="2"><v>45000</v></c></row>', workbook=since_1904)
    assert fast(content) == {}
    assert [g.lines for g in open_workbook(content).grids()] == [[[datetime.date(2027, 3, 16)]]]


def test_the_formats_that_show_dates_are_those_that_calamine_takes_for_dates():
    none = [frozenset()] * 3
    assert formats_of(TEMPLATE["xl/styles.xml"]) == (frozenset((b"2", b"6", b"7")), frozenset((b"3",)), *none)
    for broken in (b"<styleSheet", b"", b"<styleSheet/>"):
        with pytest.raises(Refusal):
            formats_of(broken)


# --- anything at all ------------------------------------------------------------------------------------------------


def test_a_sheet_changed_at_random_is_read_as_calamine_reads_it_or_left_to_it():
    """Pieces of XML taken out, doubled or replaced: never a value that calamine does not give."""
    rng = random.Random(8)
    plan = forms.plan(trial(), YEAR)
    examples.fill_cell(plan, examples.make_answers(plan, seed="3"))
    parts = ZipParts(writer.to_bytes(plan.workbook))
    source, sst = parts["xl/worksheets/sheet3.xml"], parts[TEXTS]
    start, end = source.find(b"<sheetData>") + 11, source.find(b"</sheetData>")
    tokens = re.findall(rb"<[^>]*>|[^<]+", source[start:end])
    values_read = 0
    for _ in range(200):
        change = list(tokens)
        for _ in range(rng.choice((1, 1, 2, 5))):
            where = rng.randrange(len(change))
            change[where] = rng.choice(
                (
                    b"",
                    change[where] * 2,
                    rng.choice(tokens),
                    change[where].replace(b'"', b"'"),
                    change[where].upper(),
                    b"<v>" + change[where],
                )
            )
        content = file_bytes(b"".join(change), sst=sst)
        try:
            all_expected = by_calamine(content)
        except CalamineError:
            continue  # broken XML: nothing to compare with
        values_read += bool(fast(content))
        if fast(content):
            assert _exact(fast(content)["Feuille"].lines) == _exact(all_expected["Feuille"])
    assert values_read > 10
    quick = SheetXmlReader()
    assert quick.content(source, quick.shared_texts(sst), formats_of(TEMPLATE["xl/styles.xml"])) is not None


# --- what is remembered ---------------------------------------------------------------------------------------------


def test_what_a_reader_remembers_stays_bounded_and_changes_nothing(monkeypatch):
    monkeypatch.setattr("cls_workbook.fast_paths.sheet_xml.ROWS_MAX", 3)
    monkeypatch.setattr("cls_workbook.fast_paths.sheet_xml.RANKS_MAX", 1)
    opener = Opener()
    for number in range(10):
        rows = b'<row r="1"><c r="%c1"><v>%d</v></c><c r="Z1" t="s"><v>1</v></c></row>' % (65 + number, number)
        (grid,) = opener.open(file_bytes(rows)).grids()
        assert grid.values == {b"%c1" % (65 + number): float(number), b"Z1": "un"}
        assert len(opener._quick._rows) <= 3
