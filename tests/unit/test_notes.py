"""Notes, discussions and text boxes may carry the answer: told at their cell, never read, never ours."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment

from cls_workbook.pipeline import single_returns
from cls_workbook.reading.beside.annotation_lists import digests
from cls_workbook.reading.beside.note_messages import OURS, partners_part
from cls_workbook.reading.opening.ods_sheets import ods_sheets
from cls_workbook.reading.opening.xml_walk import Budget
from tests.support.annotated_copies import annotate, faulty, read_back
from tests.support.small_workbook import DEFINITION, filled, items_read, modified, places, read

SAID = {"1.1/mesures/1.1-I01/valeur": 12}
WHERE = places()["1.1/mesures/1.1-I01/valeur"]
VALUE = WHERE.cell
THREADED = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="{cell}" id="{{1}}"><text>en fait 15</text></threadedComment></ThreadedComments>'
)
BOX = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor>'
    f"<xdr:from><xdr:col>{WHERE.column - 1}</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row>{WHERE.row - 1}</xdr:row>"
    "</xdr:from>"
    "<xdr:to><xdr:col>9</xdr:col><xdr:row>22</xdr:row></xdr:to><xdr:sp><xdr:txBody>"
    "<a:p><a:r><a:t>en fait </a:t></a:r><a:r><a:t>15</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    "</xdr:twoCellAnchor></xdr:wsDr>"
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://x/relationships/{kind}" Target="../beside.xml"/></Relationships>'
)


def found_in(path) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(a.gravite, a.code, a.cells, a.found) for a in read(path).anomalies]


def with_part(folder, kind: str, xml: str):
    """A return whose first fiche has one more part beside its sheet."""
    path = filled(folder, SAID)
    with zipfile.ZipFile(path, "a") as archive:
        assert "xl/worksheets/_rels/sheet3.xml.rels" not in archive.namelist()
        archive.writestr("xl/worksheets/_rels/sheet3.xml.rels", RELATIONS.format(kind=kind))
        archive.writestr("xl/beside.xml", xml)
    return path


def test_a_note_on_an_input_is_to_be_confirmed_and_one_elsewhere_is_an_information(tmp_path):
    def write_notes(book):
        book["FA 1.1"][VALUE].comment = Comment("en fait 15", "Un partenaire")
        book["FA 1.1"]["B3"].comment = Comment("bonjour", "Un partenaire")
        book["Sommaire"]["D4"].comment = Comment("voir la fiche", "Un partenaire")

    path = modified(filled(tmp_path, SAID), write_notes)
    assert sorted(found_in(path)) == [
        ("information", "NOTE_A_LIRE", ("B3",), "«\u00a0bonjour\u00a0»"),
        ("information", "NOTE_A_LIRE", ("D4",), "«\u00a0voir la fiche\u00a0»"),
        ("à confirmer", "NOTE_A_LIRE", (VALUE,), "«\u00a0en fait 15\u00a0»"),
    ]
    assert items_read(read(path)) == SAID


def test_a_discussion_is_told_as_a_note_is(tmp_path):
    path = with_part(tmp_path, "threadedComment", THREADED.format(cell=VALUE))
    assert found_in(path) == [("à confirmer", "NOTE_A_LIRE", (VALUE,), "«\u00a0en fait 15\u00a0»")]


def test_a_text_box_is_told_at_the_cell_that_it_begins_on(tmp_path):
    assert found_in(with_part(tmp_path, "drawing", BOX)) == [
        ("à confirmer", "NOTE_A_LIRE", (VALUE,), "«\u00a0en fait 15\u00a0»")
    ]


def test_notes_and_text_boxes_of_an_ods_are_none_of_the_text_of_its_cells():
    names = ("office", "table", "text", "drawing")
    declared = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    xml = (
        f"<office:document-content {declared}><office:body><office:spreadsheet><table:table table:name='FA 1.1'>"
        "<table:table-row><table:table-cell/><table:table-cell><office:annotation><creator>Moi</creator>"
        "<text:p>en <text:span>fait</text:span></text:p><text:p>15</text:p></office:annotation>"
        "<drawing:frame><drawing:text-box><text:p>vu</text:p></drawing:text-box></drawing:frame>"
        "<text:p>douze</text:p></table:table-cell></table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    (sheet,) = ods_sheets([xml.encode()], Budget())
    assert sheet.notes == [("B1", "en fait\n15"), ("B1", "vu")]
    assert sheet.found.lines() == [["", "douze"]]


def test_our_own_comments_on_an_annotated_copy_are_no_notes(tmp_path):
    contrat = tmp_path / "essai.toml"
    contrat.write_text(DEFINITION, encoding="utf-8")
    path = faulty(tmp_path)
    _, file_copy, _ = annotate(str(contrat), path, tmp_path / "copies")
    assert "NOTE_A_LIRE" not in {code for code, _, _ in read_back(str(contrat), file_copy)}

    modified(path, lambda book: setattr(book["FA 1.1"][VALUE], "comment", Comment("en fait 15", "Un partenaire")))
    _, file_copy, _ = annotate(str(contrat), path, tmp_path / "copies")
    assert ("NOTE_A_LIRE", "FA 1.1", (VALUE,)) in read_back(str(contrat), file_copy)


def annotated(folder):
    """(contract, an annotated copy of a faulty return)."""
    contrat = folder / "essai.toml"
    contrat.write_text(DEFINITION, encoding="utf-8")
    _, file_copy, _ = annotate(str(contrat), faulty(folder), folder / "copies")
    return str(contrat), file_copy


def add_to_our_comment(path, cell_name, text):
    def add(book):
        note = book["FA 1.1"][cell_name].comment
        assert note.text.startswith(OURS)
        book["FA 1.1"][cell_name].comment = Comment(text(note.text), "Un partenaire")

    modified(path, add)


@pytest.mark.parametrize(
    "text",
    [
        lambda ours: f"{ours}\nen fait 15",
        lambda ours: ours.replace(OURS, f"{OURS} en fait 15"),
        lambda ours: ours.replace("À faire", "en fait 15\nÀ faire"),
        lambda ours: f"en fait 15\n{ours}",
    ],
)
def test_what_a_partner_adds_inside_our_comment_is_told_at_its_cell(tmp_path, text):
    contrat, file_copy = annotated(tmp_path)
    add_to_our_comment(file_copy, VALUE, text)
    found = [a for a in single_returns.controler([str(file_copy)], contrat) if a.code == "NOTE_A_LIRE"]
    assert [(a.gravite, a.cells, a.found) for a in found] == [("à confirmer", (VALUE,), "«\u00a0en fait 15\u00a0»")]


def test_a_line_of_ours_that_a_partner_completes_is_told_whole(tmp_path):
    contrat, file_copy = annotated(tmp_path)
    add_to_our_comment(file_copy, VALUE, lambda ours: ours.replace("env. 30\u00a0»", "env. 30\u00a0» : 31"))
    (found,) = [a for a in single_returns.controler([str(file_copy)], contrat) if a.code == "NOTE_A_LIRE"]
    assert "Trouvé" in found.found and found.found.endswith(": 31\u00a0»")


def test_what_was_added_to_our_comment_stays_in_the_next_copy_and_is_told_again(tmp_path):
    contrat, file_copy = annotated(tmp_path)
    add_to_our_comment(file_copy, VALUE, lambda ours: f"{ours}\nen fait 15")
    _, second, _ = annotate(contrat, file_copy, tmp_path / "encore")
    assert read_back(contrat, second).count(("NOTE_A_LIRE", "FA 1.1", (VALUE,))) == 1
    note = openpyxl.load_workbook(second)["FA 1.1"][VALUE].comment.text
    assert note.startswith(f"en fait 15\n\n{OURS}") and note.count(OURS) == 1


def test_a_comment_of_ours_whose_lines_were_not_kept_is_not_told():
    assert partners_part(f"{OURS}\nBLOQUANT", set()) == ""
    assert partners_part(f"{OURS}\nBLOQUANT", set(digests(["BLOQUANT"]))) == ""
