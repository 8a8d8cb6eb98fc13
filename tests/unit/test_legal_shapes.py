"""Whatever XML and zips allow is read as a person sees it; what two spreadsheets would show differently is refused, by
its name."""

from __future__ import annotations

import datetime
import io
import pickle
import re
import zipfile

import pytest

from cls_workbook.errors import Refusal
from cls_workbook.reading.cells.accepted_input import Understood
from cls_workbook.reading.cells.marked_text import MarkedText
from cls_workbook.reading.cells.parse_values import understand
from cls_workbook.reading.opening.returned_workbook import Opener
from tests.support.written_packages import MAIN, ods, ods_of, relations, sheet, workbook, xlsx, xlsx_parts, zipped

DAY = datetime.date(2025, 3, 15)


def cells(content: bytes) -> dict[str, object]:
    """What the only sheet of a file holds, by address; both ways of reading say the same."""
    quick, plain = (
        {k.decode(): v for g in Opener(fast).open(content).grids() for k, v in g.values.items() if v != ""}
        for fast in (True, False)
    )
    assert {k: (v, type(v)) for k, v in quick.items()} == {k: (v, type(v)) for k, v in plain.items()}
    return plain


def refusal(content: bytes) -> str:
    """The sentence that refuses a file, whichever the way."""
    sentences = []
    for fast in (True, False):
        with pytest.raises(Refusal) as refused:
            list(Opener(fast).open(content).grids())
        assert refused.value.details
        sentences.append(str(refused.value))
    assert sentences[0] == sentences[1]
    return sentences[0]


def a1(content: str, attributes: str = "") -> bytes:
    return xlsx(f'<row r="1"><c r="A1"{attributes}>{content}</c></row>')


# --- one cell -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "attributes", "value"),
    [
        ("<v>7<!--9-->9</v>", "", 79.0),
        ("<v>&#57;</v>", "", 9.0),
        ("<v><![CDATA[12]]></v>", "", 12.0),
        ("<v>1<?p x?>2</v>", "", 12.0),
        ("<v> 12\n</v>", "", 12.0),
        ("<v>+.5</v>", "", 0.5),
        ("<v>&#x31;</v>", ' t="s"', "un"),
        ("<v>a<!--b-->c</v>", ' t="str"', "ac"),
        ("<v>a&amp;_x0041_</v>", ' t="str"', "a&A"),
        ("<is><t>a</t><rPh sb='0' eb='1'><t>zz</t></rPh></is>", ' t="inlineStr"', "a"),
        ("<is><r><t>a</t></r><r><t xml:space='preserve'> b</t></r></is>", ' t="inlineStr"', "a b"),
        ("<v>2025-03-15</v>", ' t="d"', DAY),
        ("<v>2025-03-15T00:00:00.000Z</v>", ' t="d"', DAY),
        ("<v>2025-03-14T23:00:00.000Z</v>", ' t="d"', "2025-03-14T23:00:00.000Z"),
        ("<v>45731</v>", ' s="2"', DAY),
        ("<v>45730.999999999</v>", ' s="2"', DAY),
        ("<v>-24210041000017</v>", ' s="2"', -24210041000017.0),
        ("<v>3</v><extLst><ext uri='x'/></extLst>", "", 3.0),
    ],
)
def test_a_cell_is_read_as_it_shows_however_its_xml_is_written(content, attributes, value):
    assert cells(a1(content, attributes)) == {"A1": value}


@pytest.mark.parametrize(
    ("content", "attributes", "word"),
    [
        ("<v>1</v><v>2</v>", "", "deux valeurs"),
        ("<v>1</v><is><t>2</t></is>", ' t="inlineStr"', "contenu"),
        ("<v>1</v><extLst><v>2</v></extLst>", "", "hors de sa place"),
        ("<x:v xmlns:x='autre'>2</x:v><v>1</v>", "", "balise « v »"),
        ("<v>1</v><mc:Choice xmlns:mc='mc'><v>2</v></mc:Choice>", "", "Choice"),
        ("<v>1<b/>2</v>", "", "balise « b »"),
        ("<v>1,5</v>", "", "mal écrit"),
        ("<v>true</v>", ' t="b"', "mal écrit"),
        ("<v>1</v>", ' t="zz"', "mal écrit"),
        ("<v>9</v>", ' t="s"', "texte qui n’y est pas"),
    ],
)
def test_a_cell_that_two_spreadsheets_show_differently_is_refused_by_its_name(content, attributes, word):
    assert word in refusal(a1(content, attributes))


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "A1 y est deux fois"),
        ('<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>', "A2 y est deux fois"),
        ('<row r="2"><c r="A7"><v>1</v></c></row>', "A7 y est dans la ligne 2"),
        ('<row r="1"><c r="a1"><v>1</v></c></row>', "hors de toute feuille"),
        ('<row r="1"/><c r="A1"><v>1</v></c>', "balise « c »"),
        ('<row r="1"><c r="A1"><v>1</v></c><sheetData/></row>', "balise « sheetData »"),
    ],
)
def test_rows_that_contradict_themselves_are_refused(rows, word):
    assert word in refusal(xlsx(rows))


def test_cells_and_rows_without_address_follow_each_other():
    rows = '<row><c><v>1</v></c><c r="D1"><v>4</v></c><c><v>5</v></c></row><row><c><v>6</v></c></row>'
    assert cells(xlsx(rows)) == {"A1": 1.0, "D1": 4.0, "E1": 5.0, "A2": 6.0}


# --- one sheet ------------------------------------------------------------------------------------------------------

ROW, OTHER = '<row r="1"><c r="A1"><v>1</v></c></row>', '<row r="1"><c r="A1"><v>9</v></c></row>'


def with_sheet(xml: str | bytes) -> bytes:
    return zipped(xlsx_parts() | {"xl/worksheets/sheet1.xml": xml})


@pytest.mark.parametrize(
    "xml",
    [
        sheet(ROW, (f"<!--<sheetData>{OTHER}</sheetData>-->", "")),
        sheet(ROW, ("", f"<!--<sheetData>{OTHER}</sheetData>-->")),
        f'<worksheet xmlns="{MAIN}"><!--<sheetData>{OTHER}</sheetData>--><sheetData >{ROW}</sheetData ></worksheet>',
        sheet(ROW).replace(" xmlns", " x='&lt;sheetData>' xmlns"),
        re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet(ROW)).replace("xmlns=", "xmlns:x="),
        sheet(ROW).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
        '<?xml version="1.0" encoding="UTF-16"?>'.encode("utf-16") + sheet(ROW).encode("utf-16-le"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>' + sheet(ROW)).encode("latin-1"),
        "\ufeff" + sheet(ROW),
    ],
    ids=["comment before", "after", "hidden by spaces", "attribute", "prefix", "strict", "UTF-16", "Latin-1", "BOM"],
)
def test_a_sheet_of_any_legal_shape_is_read_as_it_shows(xml):
    assert cells(with_sheet(xml)) == {"A1": 1.0}


@pytest.mark.parametrize(
    ("xml", "word"),
    [
        (sheet(ROW, ("", f"<sheetData>{OTHER}</sheetData>")), "deux tableaux"),
        (sheet(ROW, (f"<x><sheetData>{OTHER}</sheetData></x>", "")), "hors de sa place"),
        (sheet(ROW, (f"<extLst><ext><sheetData>{OTHER}</sheetData></ext></extLst>", "")), "hors de sa place"),
        (sheet(ROW, (f"<y:sheetData xmlns:y='autre'>{OTHER}</y:sheetData>", "")), "hors de sa place"),
        (sheet(ROW).replace(MAIN, "autre"), "n’est pas une feuille"),
        (sheet(ROW).replace("worksheet", "chartsheet"), "n’est pas une feuille"),
    ],
)
def test_a_sheet_that_two_spreadsheets_show_differently_is_refused_by_its_name(xml, word):
    assert word in refusal(with_sheet(xml))


# --- one package ----------------------------------------------------------------------------------------------------


def moved(target: str, part: str) -> bytes:
    """The sheet is the part ``part``, which its relation calls ``target``."""
    parts = xlsx_parts(ROW)
    parts[part] = parts.pop("xl/worksheets/sheet1.xml")
    parts["xl/_rels/workbook.xml.rels"] = relations(("s1", "worksheet", target))
    return zipped(parts)


@pytest.mark.parametrize(
    ("target", "part"),
    [
        ("./worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("../xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("worksheets/Sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("feuilles/la%20mienne.xml", "xl/feuilles/la mienne.xml"),
        ("../data/s.xml", "data/s.xml"),
    ],
)
def test_relations_are_followed_whatever_the_parts_are_called(target, part):
    assert cells(moved(target, part)) == {"A1": 1.0}


def test_the_workbook_is_the_part_that_the_root_relation_names():
    parts = xlsx_parts(ROW)
    for nom in ("workbook.xml", "_rels/workbook.xml.rels", "worksheets/sheet1.xml"):
        parts[f"classeur/{nom}"] = parts[f"xl/{nom}"]
    parts["xl/worksheets/sheet1.xml"] = sheet(OTHER)
    parts["_rels/.rels"] = relations(("r1", "officeDocument", "classeur/workbook.xml"))
    assert cells(zipped(parts)) == {"A1": 1.0}


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels"])
def test_any_part_may_be_in_utf_16(part):
    parts = xlsx_parts('<row r="1"><c r="A1" s="2"><v>45731</v></c><c r="B1" t="s"><v>0</v></c></row>')
    parts[part] = ('<?xml version="1.0" encoding="UTF-16"?>' + parts[part]).encode("utf-16")
    assert cells(zipped(parts)) == {"A1": DAY, "B1": "zéro"}


SECOND = {"xl/worksheets/sheet2.xml": sheet(OTHER)}


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        (
            {"_rels/.rels": relations(("a", "officeDocument", "xl/workbook.xml"), ("b", "officeDocument", "x.xml"))},
            "deux classeurs",
        ),
        (
            {
                "xl/_rels/workbook.xml.rels": relations(
                    *[("s1", "worksheet", f"worksheets/sheet{i}.xml") for i in (1, 2)]
                )
            }
            | SECOND,
            "même identifiant",
        ),
        (
            {
                "xl/workbook.xml": workbook("Feuille", "feuille"),
                "xl/_rels/workbook.xml.rels": relations(
                    *[(f"s{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in (1, 2)]
                ),
            }
            | SECOND,
            "même nom",
        ),
        ({"xl/workbook.xml": workbook("Feuille").replace("<sheets>", "<sheets/><sheets>")}, "deux listes"),
        (
            {"xl/workbook.xml": workbook("Feuille").replace("<sheet ", '<x:sheet xmlns:x="y" name="z"/><sheet ')},
            "balise « sheet »",
        ),
        ({"xl/_rels/workbook.xml.rels": relations(("s1", "worksheet", "absent.xml"))}, "n’y est pas"),
        ({"content.xml": "<x/>"}, "deux classeurs"),
        ({"XL/worksheets/SHEET1.xml": sheet(OTHER)}, "incohérent"),
    ],
)
def test_a_package_that_two_spreadsheets_open_differently_is_refused_by_its_name(parts, word):
    assert word in refusal(zipped(xlsx_parts(ROW) | parts))


# --- .ods -----------------------------------------------------------------------------------------------------------


def text_cell(inside: str, attributes: str = "") -> bytes:
    return ods(
        f'<table:table-row><table:table-cell office:value-type="string"{attributes}>{inside}</table:table-cell>'
        "</table:table-row>",
        '<style:style style:name="b"><style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="h"><style:text-properties style:text-position="super 58%"/></style:style>',
    )


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<text:p>12<text:tab/>13</text:p>", "12\t13"),
        ("<text:p>12<text:line-break/>13</text:p>", "12\n13"),
        ("<text:p>12</text:p><text:p>13</text:p>", "12\n13"),
        ('<text:p>a<text:s text:c="3"/>b  c\n d</text:p>', "a   b  c d"),
        ("<text:p> a <text:span>b</text:span> <text:a>c</text:a> </text:p>", "a b c"),
        (
            "<text:p>12<drawing:frame><drawing:text-box><text:p>34</text:p></drawing:text-box></drawing:frame></text:p>",
            "12",
        ),
        (
            "<drawing:frame><drawing:text-box><text:p>34</text:p></drawing:text-box></drawing:frame><text:p>12</text:p>",
            "12",
        ),
        ("<office:annotation><text:p>en fait 15</text:p></office:annotation><text:p>12</text:p>", "12"),
        ("<text:p>12<text:note><text:note-body><text:p>x</text:p></text:note-body></text:note>3</text:p>", "123"),
    ],
)
def test_a_text_of_an_ods_is_read_as_it_shows(inside, text):
    assert cells(text_cell(inside)) == {"A1": text}


def test_an_ods_is_read_whatever_its_white_space_and_its_prefixes_and_without_its_mimetype():
    content = ods(
        '\n <table:table-row>\n  <table:table-cell office:value-type="float" office:value="12"> <text:p>12</text:p>\n'
        " </table:table-cell> </table:table-row>\n"
    )
    assert cells(content) == {"A1": 12.0}

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {nom: archive.read(nom).decode() for nom in archive.namelist() if nom != "mimetype"}
    parts["content.xml"] = (
        parts["content.xml"]
        .replace("table:", "t:")
        .replace("xmlns:table=", "xmlns:t=")
        .replace("opendocument:xmlns:t:1.0", "opendocument:xmlns:table:1.0")
    )
    assert cells(zipped(parts)) == {"A1": 12.0}


def test_two_tables_of_one_name_are_refused():
    table = '<table:table table:name="A"><table:table-row/></table:table>'
    assert "même nom" in refusal(ods_of(table + table.replace('"A"', '"a"')))


def test_two_contents_of_one_cell_are_refused():
    assert "deux textes" in refusal(text_cell("<text:p>7</text:p>", ' office:string-value="9"'))


@pytest.mark.parametrize(
    ("attributes", "value"),
    [
        ('float" office:value="1.5', 1.5),
        ('currency" office:value="1200', 1200.0),
        ('date" office:date-value="2025-03-15', DAY),
        ('date" office:date-value="2025-03-15T10:30:00', datetime.datetime(2025, 3, 15, 10, 30)),
        ('time" office:time-value="PT10H30M00S', datetime.time(10, 30)),
        ('time" office:time-value="PT36H30M00S', datetime.timedelta(hours=36, minutes=30)),
        ('boolean" office:boolean-value="true', True),
    ],
)
def test_a_value_of_an_ods_is_read_by_its_type(attributes, value):
    row = f'<table:table-row><table:table-cell office:value-type="{attributes}"/></table:table-row>'
    assert cells(ods(row)) == {"A1": value}


@pytest.mark.parametrize(
    "attributes", ['float" office:value="1,5', "float", 'date" office:date-value="15/03/2025', "zz"]
)
def test_a_value_of_an_ods_that_no_spreadsheet_writes_is_refused_at_its_cell(attributes):
    row = f'<table:table-row><table:table-cell office:value-type="{attributes}"/></table:table-row>'
    assert "A1" in refusal(ods(row))


# --- what is struck out, what is raised -----------------------------------------------------------------------------


def run(text: str, properties: str = "") -> str:
    return f"<r><rPr>{properties}</rPr><t xml:space='preserve'>{text}</t></r>"


STRIKE, RAISE = "<strike/>", '<vertAlign val="superscript"/>'


@pytest.mark.parametrize(
    ("runs", "kept", "raised"),
    [
        (run("12", STRIKE) + run("345"), "345", False),
        (run("1 200", STRIKE) + run("350,00"), "350,00", False),
        (run("12") + run("3", RAISE), "123", True),
        (run("1") + run("er", RAISE), None, False),
        (run("12", '<strike val="0"/>') + run("345", "<b/>"), None, False),
        (run(" ", STRIKE) + run("345"), None, False),
    ],
)
def test_a_text_whose_format_changes_what_it_says_is_marked(runs, kept, raised):
    for content in (
        xlsx('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', f"<si>{runs}</si>"),
        a1(f"<is>{runs}</is>", ' t="inlineStr"'),
    ):
        (text,) = cells(content).values()
        assert (getattr(text, "kept", None), getattr(text, "raised", False)) == (kept, raised)


@pytest.mark.parametrize(
    ("content", "marked"),
    [
        (a1("<v>12</v>", ' s="6"'), MarkedText("12", "")),
        (text_cell('<text:p><text:span text:style-name="b">12</text:span>345</text:p>'), MarkedText("12345", "345")),
        (text_cell('<text:p>12<text:span text:style-name="h">3</text:span></text:p>'), MarkedText("123", "123", True)),
        (text_cell("<text:p>12</text:p>", ' table:style-name="b"'), MarkedText("12", "")),
    ],
)
def test_a_cell_that_is_struck_out_is_marked(content, marked):
    assert cells(content) == {"A1": marked}


@pytest.mark.parametrize(
    ("raw", "type_", "said"),
    [
        (MarkedText("12345", "345"), "entier", ("NOMBRE_ILLISIBLE", None)),
        (MarkedText("1 200350,00", "350,00"), "montant", ("MONTANT_ILLISIBLE", None)),
        (MarkedText("123", "123", raised=True), "entier", ("NOMBRE_ILLISIBLE", None)),
        (MarkedText("15/03/2025", ""), "date", ("DATE_ILLISIBLE", None)),
        (MarkedText("En coursAchevé", "Achevé"), "liste", ("CHOIX_INCONNU", None)),
        (MarkedText("21210231700014", "700014"), "code", ("NOMBRE_ILLISIBLE", None)),
        (MarkedText("beaucouppeu de monde", "peu de monde"), "texte", ("TEXTE_BARRE", "peu de monde")),
        (MarkedText("rien", ""), "texte", ("TEXTE_BARRE", None)),
    ],
)
def test_what_is_struck_out_or_raised_is_asked_again(raw, type_, said):
    outcome = understand(raw, type_, choix=("En cours", "Achevé") if type_ == "liste" else ())
    assert (outcome.check.code, outcome.valeur) == said and outcome.remedy


def test_a_raised_digit_in_a_text_is_a_text():
    assert understand(MarkedText("30 m2", "30 m2", raised=True), "texte") == Understood("30 m2")


def test_two_texts_of_the_same_characters_struck_out_otherwise_are_not_the_same():
    one, other = MarkedText("12345", "345"), MarkedText("12345", "123")
    assert one != other and one == "12345" == other
    assert pickle.loads(pickle.dumps(one)).kept == "345"


@pytest.mark.parametrize(
    ("first_day", "days"),
    [
        ("1904-01-01", 1_462),
        ("1900-01-01", 2),
        ("1899-12-30", 0),
        ("1904-01-01T00:00:00", 1_462),
        ("", 0),
        ("demain", 0),
    ],
)
def test_an_ods_says_where_its_days_begin(first_day, days):
    settings = (
        f'<table:calculation-settings><table:null-date table:date-value="{first_day}"/></table:calculation-settings>'
    )
    (grid,) = Opener().open(ods_of(f'{settings}<table:table table:name="Feuille"/>')).grids()
    assert grid.first_day == days
