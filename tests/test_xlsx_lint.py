"""The lint is itself tested: a sound file, one defect injected at a time, and the sentence that names it."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest
import xlsx_lint

from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import (
    Classeur,
    Feuille,
    Formule,
    Graphique,
    Lien,
    MiseEnForme,
    Plage,
    Serie,
    Tableau,
    Validation,
)

FEUILLE_1, FEUILLE_2, TABLE = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/tables/table1.xml"
LIVRE, CHAINES, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"


@cache
def sain() -> bytes:
    """A file with one of everything that the lint looks at."""
    fiche = Feuille("FA 1.2", fusions=[Plage(1, 1, 1, 3), Plage(2, 1, 2, 3)])
    fiche.ecrire(1, 1, "Fiche", "bloc")
    fiche.ecrire(2, 1, "Sous-titre", "sous_titre")
    fiche.ecrire(4, 1, 5, "saisie:entier")
    fiche.ecrire(4, 2, Formule('IF(A4>0,SUM(A4,statuts),"=;(")', 5), "calcul:entier")
    fiche.ecrire(5, 1, Lien("internal:'Données'!A1", "Données"), "lien")
    fiche.validations = [Validation([Plage(4, 1, 4, 1)], "entier", minimum=0, titre="T", invite="Invite", erreur="Erreur")]
    fiche.mises_en_forme = [MiseEnForme(Plage(4, 1, 4, 1), 'A4=""', "erreur")]
    donnees = Feuille("Données")
    for i, nom in enumerate(("Axe", "Engagé"), 1):
        donnees.ecrire(1, i, nom, "entete")
        donnees.ecrire(2, i, i, "cellule:entier")
    donnees.tableaux = [Tableau("Montants", Plage(1, 1, 2, 2), ("Axe", "Engagé"))]
    serie = Serie("Engagé", ("Données", Plage(2, 1, 2, 1)), ("Données", Plage(2, 2, 2, 2)))
    donnees.graphiques = [Graphique("colonnes", "Titre", [serie], 5, 1, 300, 200, "alt")]
    noms = {"statuts": ("FA 1.2", Plage(4, 1, 4, 1)), "autres": ("Données", Plage(2, 1, 2, 1))}
    return writer.to_bytes(Classeur([fiche, donnees], "Sain", noms=noms))


def abime(partie: str, avant: str, apres: str) -> bytes:
    """The sound file with ``avant`` replaced once by ``apres`` in a part."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sain())) as source, zipfile.ZipFile(sortie, "w") as cible:
        for info in source.infolist():
            texte = source.read(info).decode()
            if info.filename == partie:
                assert avant in texte, f"{avant} n'est pas dans {partie} : {texte[:3000]}"
                texte = texte.replace(avant, apres, 1)
            cible.writestr(info, texte)
    return sortie.getvalue()


def test_a_sound_file_has_no_fault():
    assert xlsx_lint.lint(sain()) == []


def test_a_path_is_linted_as_bytes_are(tmp_path):
    (tmp_path / "sain.xlsx").write_bytes(sain())
    assert xlsx_lint.lint(tmp_path / "sain.xlsx") == []


PROMPT = 'prompt="Invite"'


@pytest.mark.parametrize(
    ("partie", "avant", "apres", "phrase"),
    [
        (FEUILLE_1, "</sheetData>", "</sheetdata>", "sheet1.xml is not well-formed"),
        (STYLES, "<styleSheet", "<style", "styles.xml is not well-formed"),
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "worksheets/sheet9.xml", "leads to worksheets/sheet9.xml"),
        ("xl/_rels/workbook.xml.rels", 'Id="rId2"', 'Id="rId1"', "gives the id rId1 twice"),
        ("xl/worksheets/_rels/sheet2.xml.rels", "tables/table1", "tables/table7", "leads to ../tables/table7.xml"),
        (LIVRE, 'r:id="rId2"', 'r:id="rId99"', "uses the relationship rId99, which is not declared"),
        ("[Content_Types].xml", 'PartName="/xl/tables/table1.xml"', 'PartName="/xl/tables/t.xml"', "t.xml, which does not exist"),
        ("[Content_Types].xml", 'PartName="/xl/tables/table1.xml"', 'PartName="/xl/t.xml"', "table1.xml has no content type of its own"),
        (FEUILLE_1, '<c r="A4" s="', '<c r="A4" s="9', "A4 has the style"),
        (STYLES, 'fontId="1"', 'fontId="91"', "uses fontId 91, beyond the last"),
        (STYLES, 'numFmtId="164" formatCode', 'numFmtId="165" formatCode', "number format 164, which is not declared"),
        (FEUILLE_1, 'dxfId="0"', 'dxfId="4"', "conditional format uses the style 4"),
        (FEUILLE_1, 't="s"><v>0</v>', 't="s"><v>99</v>', "shows the shared string 99"),
        (CHAINES, "uniqueCount=", 'uniqueCount="77" old=', "uniqueCount says 77 shared strings"),
        (CHAINES, "<t>Fiche</t>", f"<t>{'x' * 32768}</t>", "is longer than 32767 characters"),
        (LIVRE, 'name="Données"', 'name="Donn/es"', "“Donn/es” is not one that Excel takes"),
        (LIVRE, 'name="Données"', f'name="{"x" * 32}"', "is not one that Excel takes"),
        (LIVRE, 'name="Données"', 'name="fa 1.2"', "Two sheets are called “fa 1.2”"),
        (LIVRE, 'sheetId="2"', 'sheetId="1"', "Two sheets have the same sheetId"),
        (LIVRE, 'name="FA 1.2" ', 'name="FA 1.2" state="hidden" ', "The active sheet (number 0) is hidden"),
        (LIVRE, ">'FA 1.2'!$A$4<", ">'FA 9'!$A$4<", "Name statuts: the sheet “FA 9” does not exist"),
        (LIVRE, ">'FA 1.2'!$A$4<", ">#REF!<", "Name statuts: the formula has lost a reference"),
        (LIVRE, 'name="autres"', 'name="Statuts"', "The name statuts is defined twice"),
        (LIVRE, 'name="autres"', 'name="AB12"', "“AB12” cannot be a defined name"),
        (FEUILLE_1, PROMPT, f'prompt="{"x" * 256}"', "prompt is longer than 255 characters"),
        (FEUILLE_1, 'promptTitle="T"', f'promptTitle="{"x" * 33}"', "promptTitle is longer than 32"),
        (FEUILLE_1, 'error="Erreur"', f'error="{"😀" * 128}"', "error is longer than 255"),
        (FEUILLE_1, "<formula1>0<", "<formula1>=0<", "validation of A4: the formula begins with “=”"),
        (FEUILLE_1, "<formula1>0<", f'<formula1>"{"x" * 256}"<', "the list is longer than 255 characters"),
        (FEUILLE_1, 'sqref="A4"', 'sqref="A4:A1"', "“A4:A1” is not an area"),
        (FEUILLE_1, 'mergeCell ref="A2:C2"', 'mergeCell ref="A1:B2"', "overlap"),
        (FEUILLE_1, 'mergeCell ref="A2:C2"', 'mergeCell ref="A2"', "the merge A2 is not an area of several cells"),
        (FEUILLE_1, "IF(A4", "SI(A4", "B4: the function SI is not known"),
        (FEUILLE_1, "IF(A4&gt;0", "XLOOKUP(A4", "the function XLOOKUP is not known"),
        (FEUILLE_1, "SUM(A4", "_xlfn.TEXTJOIN(A4", "the function _xlfn.TEXTJOIN is not known"),
        (FEUILLE_1, "SUM(A4,", "SUM(A4;", "arguments are parted by “;”"),
        (FEUILLE_1, "SUM(A4,statuts)", "SUM(A4,statut)", "“statut” is neither a cell nor a defined name"),
        (FEUILLE_1, "SUM(A4,statuts)", "SUM(A4,Feuil1!A1)", "the sheet “Feuil1” does not exist"),
        (FEUILLE_1, "SUM(A4,statuts)", "SUM(A4,#REF!)", "B4: the formula has lost a reference"),
        (FEUILLE_1, "SUM(A4,statuts)", "SUM(A4,statuts", "the parentheses do not match"),
        (FEUILLE_1, "location=\"'Données'!A1\"", "location=\"'Autre'!A1\"", "link of A5: the sheet “Autre” does not exist"),
        (FEUILLE_1, '<row r="5"', '<row r="3"', "row 3 comes after row 4"),
        (FEUILLE_1, '<c r="B4"', '<c r="A4"', "the cell A4 is out of place in row 4"),
        (FEUILLE_1, '<c r="B4"', '<c r="XFE4"', "the cell XFE4 is out of place in row 4"),
        (FEUILLE_1, "<v>5</v></c>", "<v>cinq</v></c>", "A4 should be a number and holds “cinq”"),
        (TABLE, 'name="Engagé"', 'name="Engage"', "the column “Engage” has “Engagé” as its header cell"),
        (TABLE, 'name="Engagé"', 'name="axe"', "two columns have the same name"),
        (TABLE, 'displayName="Montants"', 'displayName="statuts"', "is given to two tables or to a range"),
        (TABLE, ' ref="A1:B2" ', ' ref="A1:B1" ', "has no room for a header and a row"),
        (TABLE, '<autoFilter ref="A1:B2"', '<autoFilter ref="A2:B2"', "the filter is over another range"),
        (FEUILLE_2, "<drawing", '<mergeCells count="1"><mergeCell ref="B2:C2"/></mergeCells><drawing', "cells are merged inside it"),
        ("xl/charts/chart1.xml", "Données!$B$2", "Perdue!$B$2", "chart1.xml: the sheet “Perdue” does not exist"),
    ],
)
def test_an_injected_defect_is_found(partie, avant, apres, phrase):
    fautes = xlsx_lint.lint(abime(partie, avant, apres))
    assert any(phrase in faute for faute in fautes), fautes


def test_a_broken_archive_is_said_to_be_broken():
    (faute,) = xlsx_lint.lint(sain()[:-100])
    assert "not a sound zip archive" in faute


def test_a_part_without_a_content_type_is_found():
    sortie = io.BytesIO(sain())
    with zipfile.ZipFile(sortie, "a") as archive:
        archive.writestr("xl/media/image.tiff", b"")
    assert xlsx_lint.lint(sortie.getvalue()) == ["The part xl/media/image.tiff has no content type."]
