"""Files that are no workbook, or a dangerous or damaged one: one sentence and a remedy, never an exception."""

from __future__ import annotations

import io
import random
import zipfile

import openpyxl
import pytest

from cls_workbook.anomalies import BLOCKING
from cls_workbook.fast_paths.sheet_xml import NO_FORMATS
from cls_workbook.reading.opening import zip_parts
from cls_workbook.reading.opening.xlsx_sheet import SharedContent, xlsx_sheet
from cls_workbook.reading.opening.xml_walk import Budget
from tests.support.small_workbook import all_found, blank, cell, filled, items_read, modified, read

FICHE = "FA 1.1"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512


def _zip(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened_book:
        for nom, content in parts.items():
            opened_book.writestr(nom.replace("__", "/").replace("_x", ".x"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("nom", "content", "word"),
    [
        ("vide.xlsx", b"", "vide"),
        ("ancien.xls", _OLE, "ancien format"),
        ("protege.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        ("donnees.csv", b"Fiche;Valeur\n1.2;14\n", "texte"),
        ("renomme.xlsx", b"Fiche;Valeur\n1.2;14\n", "texte"),
        ("imprime.pdf", b"%PDF-1.7\n...", "PDF"),
        ("page.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "page web"),
        ("image.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00", "une image"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(range(16, 200)), "une image"),
        ("inconnu.xlsx", b"\x07\x02" * 40, "pas un classeur"),
        ("retours.7z", b"7z\xbc\xaf\x27\x1c", "une archive"),
        ("retours.zip", _zip(ville_xlsx=b"PK"), "une archive, qui contient « ville.xlsx »"),
        ("tronque.xlsx", b"PK\x03\x04" + b"\x00" * 40, "abîmé"),
        ("lettre.xlsx", _zip(word__document_xml=b"<w/>"), "Word"),
        ("binaire.xlsb", _zip(**{"xl__workbook.bin": b"\x00"}), "xlsb"),
        ("archive.zip", _zip(other=b"rien"), "archive"),
    ],
)
def test_a_file_that_is_no_workbook_gets_one_sentence_and_a_remedy(tmp_path, nom, content, word):
    (tmp_path / nom).write_bytes(content)
    retour = read(tmp_path / nom)
    assert [(a.gravite, a.code, a.file, a.refuses_file) for a in retour.anomalies] == [
        (BLOCKING, "FICHIER_ILLISIBLE", nom, True)
    ]
    assert word in retour.anomalies[0].found.replace("\u00a0", " ") and retour.anomalies[0].remedy
    assert retour.saisies == () and len(retour.sha256) == 64


def test_a_missing_file_is_said(tmp_path):
    assert all_found(read(tmp_path / "absent.xlsx")) == [("FICHIER_ILLISIBLE", "", ())]


def test_a_workbook_with_a_password_in_ods_is_said(tmp_path):
    content = _zip(
        mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
        content_xml=b"?",
        **{"META-INF/manifest_xml": b"<manifest:encryption-data/>"},
    )
    (tmp_path / "protege.ods").write_bytes(content)
    assert "mot de passe" in read(tmp_path / "protege.ods").anomalies[0].found


def _with_part(path, nom, transform):
    """The same zip, one part changed."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as cible:
        for part in source.namelist():
            content = source.read(part)
            cible.writestr(part, transform(content) if part == nom else content)
    return path


def test_a_zip_bomb_is_refused_before_it_is_inflated(tmp_path, monkeypatch):
    path = _with_part(blank(tmp_path), "xl/styles.xml", lambda xml: xml + b" " * 20_000_000)
    assert "volumineux" in read(path).anomalies[0].found
    monkeypatch.setattr(zip_parts, "FILE_SIZE_MAX", 1000)
    assert "Mo" in read(blank(tmp_path)).anomalies[0].found


def test_a_part_larger_than_the_directory_says_is_refused(tmp_path):
    path = blank(tmp_path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as opened_book:
        size = opened_book.getinfo("xl/sharedStrings.xml").file_size
    anchor = content.rfind(b"xl/sharedStrings.xml") - 46  # its entry in the central directory
    content[anchor + 24 : anchor + 28] = (size // 2).to_bytes(4, "little")
    path.write_bytes(content)
    assert all_found(read(path)) == [("FICHIER_ILLISIBLE", "", ())]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet3.xml"])
def test_a_doctype_is_refused(tmp_path, part):
    trap = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    path = _with_part(blank(tmp_path), part, lambda xml: xml.replace(b"?>", b"?>" + trap, 1))
    assert "DOCTYPE" in read(path).anomalies[0].found


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_doctype_is_refused_in_any_encoding(tmp_path, encoding):
    def trap(xml: bytes) -> bytes:
        body = xml.decode().partition("?>")[2]
        return f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]>{body}'.encode(encoding)

    assert "DOCTYPE" in read(_with_part(blank(tmp_path), "xl/workbook.xml", trap)).anomalies[0].found


@pytest.mark.parametrize(
    ("number", "code"), [(1e20, "[h]:mm"), (-24_210_041_000_017, "dd/mm/yyyy"), (2_958_466, "dd/mm/yyyy"), (-1, "h:mm")]
)
def test_a_day_or_a_duration_beyond_the_calendar_is_read_as_its_number(tmp_path, number, code):
    def alter(opened_book):
        opened_book[FICHE][cell("1.1/partenaires/01/nom")] = number
        opened_book[FICHE][cell("1.1/partenaires/01/nom")].number_format = code

    retour = read(modified(blank(tmp_path), alter))
    assert ([s.raw for s in retour.saisies], retour.anomalies) == ([number], ())


def test_a_broken_sheet_is_refused_not_read_as_empty(tmp_path):
    path = _with_part(blank(tmp_path), "xl/worksheets/sheet3.xml", lambda xml: xml[: len(xml) // 2] + b"<")
    assert all_found(read(path)) == [("FICHIER_ILLISIBLE", "", ())]


def test_a_value_at_the_far_end_of_a_sheet_is_refused_by_its_address(tmp_path):
    retour = read(filled(tmp_path, {}, elsewhere={f"{FICHE}!XFD1048576": "x"}))
    assert [a.code for a in retour.anomalies] == ["FICHIER_ILLISIBLE"]
    assert "XFD1048576" in retour.anomalies[0].found


def test_a_good_workbook_under_another_extension_is_read(tmp_path):
    path = filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}).rename(tmp_path / "retour.ods")
    assert items_read(read(path)) == {"1.1/mesures/1.1-I01/valeur": 7}


def test_any_other_workbook_is_not_ours(tmp_path):
    opened_book = openpyxl.Workbook()
    opened_book.active["A1"] = "Budget"
    opened_book.save(tmp_path / "budget.xlsx")
    retour = read(tmp_path / "budget.xlsx")
    assert all_found(retour) == [("FICHIER_ILLISIBLE", "", ())]
    assert "identification" in retour.anomalies[0].found


def test_reading_never_raises_on_a_damaged_file(tmp_path):
    rng, sound_bytes = random.Random(4), filled(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}).read_bytes()
    for _ in range(60):
        file_bytes = bytearray(sound_bytes)
        for _ in range(rng.choice((1, 5, 40))):
            file_bytes[rng.randrange(len(file_bytes))] = rng.randrange(256)
        (tmp_path / "abime.xlsx").write_bytes(
            file_bytes[: rng.randrange(1, len(file_bytes) + 1)] if rng.random() < 0.3 else file_bytes
        )
        retour = read(tmp_path / "abime.xlsx")
        assert {a.code for a in retour.anomalies} <= {
            "FICHIER_ILLISIBLE",
            "ANCRES_EN_DESACCORD",
            "SAISIE_HORS_CADRE",
            "PREREMPLI_MODIFIE",
            "HORS_CAMPAGNE",
        }


# --- formulas and errors --------------------------------------------------------------------------------------------

SHEET = b"""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="2"><c r="B2" s="1" t="str"><f>A1&amp;"b"</f><v>b</v></c><c r="C2"><v>1</v></c><c r="AB2"><f t="shared" \
si="0"/><v>2</v></c></row>
</sheetData><dataValidations><dataValidation><formula1>A1</formula1></dataValidation></dataValidations></worksheet>"""
FORMULAS = {(1, 1): ('A1&"b"', False), (1, 27): ("", False)}


def special_cells(xml: bytes) -> dict:
    """The formulas and errors of a sheet, from its XML."""
    return xlsx_sheet([xml], "Feuille", SharedContent([], NO_FORMATS), Budget()).special_cells


def test_formulas_are_told_from_values_and_from_rules_of_validation():
    assert special_cells(SHEET) == FORMULAS


def test_prefixed_elements_and_missing_addresses_are_read():
    prefixed = (
        SHEET.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")
    )
    assert special_cells(prefixed) == FORMULAS
    without_address = (
        prefixed.replace(b' r="B2"', b"").replace(b' r="2"', b"").replace(b"AB2", b"AB1").replace(b"C2", b"C1")
    )
    assert special_cells(without_address)[0, 0] == ('A1&"b"', False)


def test_an_error_is_told_from_a_blank():
    with_changes = SHEET.replace(b'<c r="C2"><v>1</v>', b'<c r="C2" t="e"><v>#REF!</v>').replace(b't="str"', b't="e"')
    assert special_cells(with_changes) == {(1, 1): ('A1&"b"', True), (1, 2): (None, True), (1, 27): ("", False)}
