"""The lint is itself tested: a sound file, one defect injected at a time, and the sentence that names it."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest

from cls_workbook.workbook import writer
from cls_workbook.workbook.description import (
    CellRange,
    Chart,
    ChartSeries,
    ConditionalFormat,
    ExcelTable,
    Formula,
    Link,
    Sheet,
    Validation,
    Workbook,
)
from tests.support import xlsx_lint
from tests.support.formula_grammar import formula_grammar_faults
from tests.support.injected_defects import BESIDE, DEFECTS, injected

SHEET_1, SHEET_2, TABLE = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/tables/table1.xml"
WORKBOOK_PART, SHARED_STRINGS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"


@cache
def sound_bytes() -> bytes:
    """A file with one of everything that the lint looks at."""
    fiche = Sheet("FA 1.2", merges=[CellRange(1, 1, 1, 3), CellRange(2, 1, 2, 3)], tab_color="accent", protected=True)
    fiche.widths, fiche.heights, fiche.frozen_at, fiche.zoom = {1: 30, 2: 20}, {4: 20}, (2, 1), 100
    fiche.print_setup.left_footer = "Pied"
    fiche.write(1, 1, "Fiche", "bloc")
    fiche.write(2, 1, "Sous-titre", "sous_titre")
    fiche.write(4, 1, 5, "saisie:entier")
    fiche.write(4, 2, Formula('IF(A4>0,SUM(A4,statuts),"=;(")', 5), "calcul:entier")
    fiche.write(5, 1, Link("internal:'Données'!A1", "Données"), "lien")
    fiche.validations = [
        Validation([CellRange(4, 1, 4, 1)], "entier", minimum=0, maximum=9, titre="T", prompt="Invite", error="Erreur")
    ]
    fiche.conditional_formats = [ConditionalFormat(CellRange(4, 1, 4, 1), 'A4=""', "erreur")]
    data = Sheet("Données")
    for i, nom in enumerate(("Axe", "Engagé"), 1):
        data.write(1, i, nom, "entete")
        data.write(2, i, i, "cellule:entier")
    data.sheet_tables = [ExcelTable("Montants", CellRange(1, 1, 2, 2), ("Axe", "Engagé"))]
    one_series = ChartSeries("Engagé", ("Données", CellRange(2, 1, 2, 1)), ("Données", CellRange(2, 2, 2, 2)))
    data.charts = [Chart("colonnes", "Titre", [one_series], 5, 1, 300, 200, "alt")]
    names = {"statuts": ("FA 1.2", CellRange(4, 1, 4, 1)), "autres": ("Données", CellRange(2, 1, 2, 1))}
    return writer.to_bytes(Workbook([fiche, data], "Sain", names=names))


def damaged(part: str, before: str, after: str) -> bytes:
    """The sound file with ``before`` replaced once by ``after`` in a part."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound_bytes())) as source, zipfile.ZipFile(output, "w") as cible:
        for info in source.infolist():
            texte = source.read(info).decode()
            if info.filename == part:
                assert before in texte, f"{before} n'est pas dans {part} : {texte[:3000]}"
                texte = texte.replace(before, after, 1)
            cible.writestr(info, texte)
    return output.getvalue()


def test_a_sound_file_has_no_fault():
    assert xlsx_lint.lint(sound_bytes()) == []


def test_a_path_is_linted_as_bytes_are(tmp_path):
    (tmp_path / "sain.xlsx").write_bytes(sound_bytes())
    assert xlsx_lint.lint(tmp_path / "sain.xlsx") == []


PROMPT = 'prompt="Invite"'


@pytest.mark.parametrize(
    ("part", "before", "after", "sentence"),
    [
        (SHEET_1, "</sheetData>", "</sheetdata>", "sheet1.xml is not well-formed"),
        (STYLES, "<styleSheet", "<style", "styles.xml is not well-formed"),
        (
            "xl/_rels/workbook.xml.rels",
            "worksheets/sheet2.xml",
            "worksheets/sheet9.xml",
            "leads to worksheets/sheet9.xml",
        ),
        ("xl/_rels/workbook.xml.rels", 'Id="rId2"', 'Id="rId1"', "gives the id rId1 twice"),
        ("xl/worksheets/_rels/sheet2.xml.rels", "tables/table1", "tables/table7", "leads to ../tables/table7.xml"),
        (WORKBOOK_PART, 'r:id="rId2"', 'r:id="rId99"', "uses the relationship rId99, which is not declared"),
        (
            "[Content_Types].xml",
            'PartName="/xl/tables/table1.xml"',
            'PartName="/xl/tables/t.xml"',
            "t.xml, which does not exist",
        ),
        (
            "[Content_Types].xml",
            'PartName="/xl/tables/table1.xml"',
            'PartName="/xl/t.xml"',
            "table1.xml has no content type of its own",
        ),
        (SHEET_1, '<c r="A4" s="', '<c r="A4" s="9', "A4 has the style"),
        (STYLES, 'fontId="1"', 'fontId="91"', "uses fontId 91, beyond the last"),
        (STYLES, 'numFmtId="164" formatCode', 'numFmtId="165" formatCode', "number format 164, which is not declared"),
        (SHEET_1, 'dxfId="0"', 'dxfId="4"', "conditional format uses the style 4"),
        (SHEET_1, 't="s"><v>0</v>', 't="s"><v>99</v>', "shows the shared string 99"),
        (SHARED_STRINGS, "uniqueCount=", 'uniqueCount="77" old=', "uniqueCount says 77 shared strings"),
        (SHARED_STRINGS, "<t>Fiche</t>", f"<t>{'x' * 32768}</t>", "is longer than 32767 characters"),
        (WORKBOOK_PART, 'name="Données"', 'name="Donn/es"', "“Donn/es” is not one that Excel takes"),
        (WORKBOOK_PART, 'name="Données"', f'name="{"x" * 32}"', "is not one that Excel takes"),
        (WORKBOOK_PART, 'name="Données"', 'name="fa 1.2"', "Two sheets are called “fa 1.2”"),
        (WORKBOOK_PART, 'sheetId="2"', 'sheetId="1"', "Two sheets have the same sheetId"),
        (WORKBOOK_PART, 'name="FA 1.2" ', 'name="FA 1.2" state="hidden" ', "The active sheet (number 0) is hidden"),
        (WORKBOOK_PART, ">'FA 1.2'!$A$4<", ">'FA 9'!$A$4<", "Name statuts: the sheet “FA 9” does not exist"),
        (WORKBOOK_PART, ">'FA 1.2'!$A$4<", ">#REF!<", "Name statuts: the formula has lost a reference"),
        (WORKBOOK_PART, 'name="autres"', 'name="Statuts"', "The name statuts is defined twice"),
        (WORKBOOK_PART, 'name="autres"', 'name="AB12"', "“AB12” cannot be a defined name"),
        (SHEET_1, PROMPT, f'prompt="{"x" * 256}"', "prompt is longer than 255 characters"),
        (SHEET_1, 'promptTitle="T"', f'promptTitle="{"x" * 33}"', "promptTitle is longer than 32"),
        (SHEET_1, 'error="Erreur"', f'error="{"😀" * 128}"', "error is longer than 255"),
        (SHEET_1, "<formula1>0<", "<formula1>=0<", "validation of A4: the formula begins with “=”"),
        (SHEET_1, "<formula1>0<", f'<formula1>"{"x" * 256}"<', "the list is longer than 255 characters"),
        (SHEET_1, 'sqref="A4"', 'sqref="A4:A1"', "“A4:A1” is not an area"),
        (SHEET_1, 'mergeCell ref="A2:C2"', 'mergeCell ref="A1:B2"', "overlap"),
        (SHEET_1, 'mergeCell ref="A2:C2"', 'mergeCell ref="A2"', "the merge A2 is not an area of several cells"),
        (SHEET_1, "IF(A4", "SI(A4", "B4: the function SI is not known"),
        (SHEET_1, "IF(A4&gt;0", "XLOOKUP(A4", "the function XLOOKUP is not known"),
        (SHEET_1, "SUM(A4", "_xlfn.TEXTJOIN(A4", "the function _xlfn.TEXTJOIN is not known"),
        (SHEET_1, "SUM(A4,", "SUM(A4;", "arguments are parted by “;”"),
        (SHEET_1, "SUM(A4,statuts)", "SUM(A4,statut)", "“statut” is neither a cell nor a defined name"),
        (SHEET_1, "SUM(A4,statuts)", "SUM(A4,Feuil1!A1)", "the sheet “Feuil1” does not exist"),
        (SHEET_1, "SUM(A4,statuts)", "SUM(A4,#REF!)", "B4: the formula has lost a reference"),
        (SHEET_1, "SUM(A4,statuts)", "SUM(A4,statuts", "the parentheses do not match"),
        (
            SHEET_1,
            "location=\"'Données'!A1\"",
            "location=\"'Autre'!A1\"",
            "link of A5: the sheet “Autre” does not exist",
        ),
        (SHEET_1, '<row r="5"', '<row r="3"', "row 3 comes after row 4"),
        (SHEET_1, '<c r="B4"', '<c r="A4"', "the cell A4 is out of place in row 4"),
        (SHEET_1, '<c r="B4"', '<c r="XFE4"', "the cell XFE4 is out of place in row 4"),
        (SHEET_1, "<v>5</v></c>", "<v>cinq</v></c>", "A4 should be a number and holds “cinq”"),
        (TABLE, 'name="Engagé"', 'name="Engage"', "the column “Engage” has “Engagé” as its header cell"),
        (TABLE, 'name="Engagé"', 'name="axe"', "two columns have the same name"),
        (TABLE, 'displayName="Montants"', 'displayName="statuts"', "is given to two tables or to a range"),
        (TABLE, ' ref="A1:B2" ', ' ref="A1:B1" ', "has no room for a header and a row"),
        (TABLE, '<autoFilter ref="A1:B2"', '<autoFilter ref="A2:B2"', "the filter is over another range"),
        (
            SHEET_2,
            "<drawing",
            '<mergeCells count="1"><mergeCell ref="B2:C2"/></mergeCells><drawing',
            "cells are merged inside it",
        ),
        ("xl/charts/chart1.xml", "Données!$B$2", "Perdue!$B$2", "chart1.xml: the sheet “Perdue” does not exist"),
    ],
)
def test_an_injected_defect_is_found(part, before, after, sentence):
    faults = xlsx_lint.lint(damaged(part, before, after))
    assert any(sentence in fault for fault in faults), faults


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.kind)
def test_a_defect_that_any_file_can_bear_is_found(defect):
    broken = injected(sound_bytes(), defect)
    assert broken is not None, "the sound file cannot bear it"
    faults = xlsx_lint.lint(broken)
    assert any(defect.sentence in fault for fault in faults), faults


@pytest.mark.parametrize(
    "formula",
    [
        'IF(A4="","",COUNTIF($K:$K,"à remplir")/2%)',
        "SUM('FA 1.2'!A4:B5,statuts,-A4^2,+A4)&\"x\"",
        'AND((A4="")=(A5=""),TRUE,NOT(ISBLANK(A4))=FALSE)',
        'SUMPRODUCT(--((A4:A5<>"")+(B4:B5<>"")>0))',
        "INDEX(A4:B5,,1)+SUM({1,2;3,4})+SUM(4:5)",
        "A4:INDEX(A4:A5,2)",
        "IF(N(A4)=0,#N/A,1.5E+3)",
    ],
)
def test_a_formula_that_excel_takes_has_no_fault(formula):
    assert list(formula_grammar_faults(formula)) == []


def test_a_name_may_be_several_ranges_and_a_computed_one():
    assert list(formula_grammar_faults("'FA 1.2'!$A:$B,'FA 1.2'!$4:$6", "name")) == []
    assert list(formula_grammar_faults("A4:INDEX(A4:A5,2)", "name")) == []


def test_each_kind_of_defect_is_of_its_own():
    kinds = [defect.kind for defect in (*DEFECTS, *BESIDE)]
    assert len(kinds) == len(set(kinds)) >= 60


def test_a_broken_archive_is_said_to_be_broken():
    (fault,) = xlsx_lint.lint(sound_bytes()[:-100])
    assert "not a sound zip archive" in fault


def test_a_part_without_a_content_type_is_found():
    output = io.BytesIO(sound_bytes())
    with zipfile.ZipFile(output, "a") as archive:
        archive.writestr("xl/media/image.tiff", b"")
    assert xlsx_lint.lint(output.getvalue()) == ["The part xl/media/image.tiff has no content type."]
