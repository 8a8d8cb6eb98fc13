"""Files that are no workbook, or a dangerous or damaged one: one sentence and a remedy, never an exception."""

from __future__ import annotations

import io
import random
import zipfile

import openpyxl
import pytest
from classeurs import lire, lues, modifie, rempli, trouvees, vierge

from cls_workbook.anomalies import BLOQUANT
from cls_workbook.reading import archive, formules

FICHE = "FA 1.1"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512


def _zip(**parties: bytes) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as livre:
        for nom, contenu in parties.items():
            livre.writestr(nom.replace("__", "/").replace("_x", ".x"), contenu)
    return tampon.getvalue()


@pytest.mark.parametrize(
    ("nom", "contenu", "mot"),
    [
        ("vide.xlsx", b"", "vide"),
        ("ancien.xls", _OLE, "ancien format"),
        ("protege.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        ("donnees.csv", b"Fiche;Valeur\n1.2;14\n", "texte"),
        ("renomme.xlsx", b"Fiche;Valeur\n1.2;14\n", "texte"),
        ("imprime.pdf", b"%PDF-1.7\n...", "PDF"),
        ("page.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "page web"),
        ("image.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00", "pas un classeur"),
        ("tronque.xlsx", b"PK\x03\x04" + b"\x00" * 40, "abîmé"),
        ("lettre.xlsx", _zip(word__document_xml=b"<w/>"), "Word"),
        ("binaire.xlsb", _zip(**{"xl__workbook.bin": b"\x00"}), "xlsb"),
        ("archive.zip", _zip(autre=b"rien"), "archive"),
    ],
)
def test_a_file_that_is_no_workbook_gets_one_sentence_and_a_remedy(tmp_path, nom, contenu, mot):
    (tmp_path / nom).write_bytes(contenu)
    retour = lire(tmp_path / nom)
    assert [(a.gravite, a.code, a.fichier, a.refuse_fichier) for a in retour.anomalies] == [(BLOQUANT, "FICHIER_ILLISIBLE", nom, True)]
    assert mot in retour.anomalies[0].trouve and retour.anomalies[0].a_faire
    assert retour.saisies == () and len(retour.sha256) == 64


def test_a_missing_file_is_said(tmp_path):
    assert trouvees(lire(tmp_path / "absent.xlsx")) == [("FICHIER_ILLISIBLE", "", ())]


def test_a_workbook_with_a_password_in_ods_is_said(tmp_path):
    contenu = _zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"?", **{"META-INF/manifest_xml": b"<manifest:encryption-data/>"})
    (tmp_path / "protege.ods").write_bytes(contenu)
    assert "mot de passe" in lire(tmp_path / "protege.ods").anomalies[0].trouve


def _avec_partie(chemin, nom, transformer):
    """The same zip, one part changed."""
    source = zipfile.ZipFile(io.BytesIO(chemin.read_bytes()))
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as cible:
        for partie in source.namelist():
            contenu = source.read(partie)
            cible.writestr(partie, transformer(contenu) if partie == nom else contenu)
    return chemin


def test_a_zip_bomb_is_refused_before_it_is_inflated(tmp_path, monkeypatch):
    chemin = _avec_partie(vierge(tmp_path), "xl/styles.xml", lambda xml: xml + b" " * 20_000_000)
    assert "volumineux" in lire(chemin).anomalies[0].trouve
    monkeypatch.setattr(archive, "TAILLE_MAX", 1000)
    assert "Mo" in lire(vierge(tmp_path)).anomalies[0].trouve


def test_a_part_larger_than_the_directory_says_is_refused(tmp_path):
    chemin = vierge(tmp_path)
    contenu = bytearray(chemin.read_bytes())
    with zipfile.ZipFile(io.BytesIO(contenu)) as livre:
        taille = livre.getinfo("xl/sharedStrings.xml").file_size
    repere = contenu.rfind(b"xl/sharedStrings.xml") - 46  # its entry in the central directory
    contenu[repere + 24 : repere + 28] = (taille // 2).to_bytes(4, "little")
    chemin.write_bytes(contenu)
    assert trouvees(lire(chemin)) == [("FICHIER_ILLISIBLE", "", ())]


@pytest.mark.parametrize("partie", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet3.xml"])
def test_a_doctype_is_refused(tmp_path, partie):
    piege = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    chemin = _avec_partie(vierge(tmp_path), partie, lambda xml: xml.replace(b"?>", b"?>" + piege, 1))
    assert "DOCTYPE" in lire(chemin).anomalies[0].trouve


@pytest.mark.parametrize("codage", ["utf-16", "utf-16-be"])
def test_a_doctype_is_refused_in_any_encoding(tmp_path, codage):
    def piege(xml: bytes) -> bytes:
        corps = xml.decode().partition("?>")[2]
        return f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]>{corps}'.encode(codage)

    assert "DOCTYPE" in lire(_avec_partie(vierge(tmp_path), "xl/workbook.xml", piege)).anomalies[0].trouve


def test_a_duration_beyond_reason_is_refused_not_raised(tmp_path):
    def changer(livre):
        livre[FICHE]["C60"] = 1e20
        livre[FICHE]["C60"].number_format = "[h]:mm"

    assert trouvees(lire(modifie(vierge(tmp_path), changer))) == [("FICHIER_ILLISIBLE", "", ())]


def test_a_broken_sheet_is_refused_not_read_as_empty(tmp_path):
    chemin = _avec_partie(vierge(tmp_path), "xl/worksheets/sheet3.xml", lambda xml: xml[: len(xml) // 2] + b"<")
    assert trouvees(lire(chemin)) == [("FICHIER_ILLISIBLE", "", ())]


def test_a_value_at_the_far_end_of_a_sheet_is_refused_by_its_address(tmp_path):
    retour = lire(rempli(tmp_path, {}, ailleurs={f"{FICHE}!XFD1048576": "x"}))
    assert [a.code for a in retour.anomalies] == ["FICHIER_ILLISIBLE"]
    assert "XFD1048576" in retour.anomalies[0].trouve


def test_a_good_workbook_under_another_extension_is_read(tmp_path):
    chemin = rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}).rename(tmp_path / "retour.ods")
    assert lues(lire(chemin)) == {"1.1/mesures/1.1-I01/valeur": 7}


def test_any_other_workbook_is_not_ours(tmp_path):
    livre = openpyxl.Workbook()
    livre.active["A1"] = "Budget"
    livre.save(tmp_path / "budget.xlsx")
    retour = lire(tmp_path / "budget.xlsx")
    assert trouvees(retour) == [("FICHIER_ILLISIBLE", "", ())]
    assert "identification" in retour.anomalies[0].trouve


def test_reading_never_raises_on_a_damaged_file(tmp_path):
    hasard, sain = random.Random(4), rempli(tmp_path, {"1.1/mesures/1.1-I01/valeur": 7}).read_bytes()
    for _ in range(60):
        octets = bytearray(sain)
        for _ in range(hasard.choice((1, 5, 40))):
            octets[hasard.randrange(len(octets))] = hasard.randrange(256)
        (tmp_path / "abime.xlsx").write_bytes(octets[: hasard.randrange(1, len(octets) + 1)] if hasard.random() < 0.3 else octets)
        retour = lire(tmp_path / "abime.xlsx")
        assert {a.code for a in retour.anomalies} <= {"FICHIER_ILLISIBLE", "ANCRES_EN_DESACCORD", "SAISIE_HORS_CADRE", "PREREMPLI_MODIFIE", "HORS_CAMPAGNE"}


# --- formulas and errors --------------------------------------------------------------------------------------------

FEUILLE = b"""<?xml version="1.0"?><worksheet xmlns="m"><sheetData>
<row r="2"><c r="B2" s="1" t="str"><f>A1&amp;"b"</f><v>b</v></c><c r="C2"><v>1</v></c><c r="AB2"><f t="shared" si="0"/><v>2</v></c></row>
</sheetData><dataValidations><dataValidation><formula1>A1</formula1></dataValidation></dataValidations></worksheet>"""


def test_the_quick_look_at_the_xml_and_the_slow_one_agree():
    attendues = {(1, 1): ('A1&"b"', False), (1, 27): ("", False)}
    assert formules._formules(FEUILLE) == attendues
    assert formules._speciales_xlsx(FEUILLE) == attendues


def test_prefixed_elements_and_missing_addresses_are_read_by_the_slow_look():
    prefixee = FEUILLE.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")
    sans_adresse = prefixee.replace(b' r="B2"', b"").replace(b' r="2"', b"")
    assert formules._formules(prefixee) is None
    assert formules._speciales_xlsx(prefixee) == {(1, 1): ('A1&"b"', False), (1, 27): ("", False)}
    assert formules._speciales_xlsx(sans_adresse)[0, 0] == ('A1&"b"', False)


def test_an_error_is_told_from_a_blank():
    avec = FEUILLE.replace(b'<c r="C2"><v>1</v>', b'<c r="C2" t="e"><v>#REF!</v>').replace(b't="str"', b't="e"')
    assert formules._speciales_xlsx(avec) == {(1, 1): ('A1&"b"', True), (1, 2): (None, True), (1, 27): ("", False)}
