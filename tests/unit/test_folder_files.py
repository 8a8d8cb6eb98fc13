"""What lies in a folder of returns: files of the system, e-mails, shortcuts, names that look the same."""

from __future__ import annotations

import email.message
import unicodedata

import pytest

from cls_workbook.anomalies import Anomalie
from cls_workbook.errors import Refusal
from cls_workbook.pipeline.settling import find, requests
from cls_workbook.reading import return_files
from cls_workbook.reading.mail_attachments import attached_names
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reports.consolidation.consolidation_workbook import _place
from tests.support.small_workbook import blank, contrats, filled, items_read, read

SEVEN = {"1.1/mesures/1.1-I01/valeur": 7}


def read_folder(folder) -> dict[str, list[tuple[str, str]]]:
    """Name of each file that is looked at → [(gravity, code)]."""
    retours = return_files.read(return_files.retours_in([folder]), ReturnReader(contrats))
    return {retour.file: [(a.gravite, a.code) for a in retour.anomalies] for retour in retours}


@pytest.mark.parametrize(
    "nom",
    [
        *("Thumbs.db", "desktop.ini", "Desktop.ini", "Icon\r", ".DS_Store", "._retour.xlsx", "~$retour.xlsx"),
        *(".~lock.retour.xlsx#", "__MACOSX/retour.xlsx", ".Trash-1000/files/retour.xlsx", ".git/config"),
    ],
)
def test_what_a_system_left_is_no_return_and_nothing_is_said_of_it(tmp_path, nom):
    filled(tmp_path, SEVEN)
    (tmp_path / nom).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / nom).write_bytes(b"\x00\x01")
    assert read_folder(tmp_path) == {"retour.xlsx": []}


@pytest.mark.parametrize(
    "nom",
    ["retour.lnk", "retour.xlsx.url", "retour.xlsx.crdownload", "retour.xlsx.part", "a.tmp", "a.gsheet", "a.xlsx~"],
)
def test_a_shortcut_or_an_unfinished_download_is_an_information(tmp_path, nom):
    filled(tmp_path, SEVEN)
    (tmp_path / nom).write_bytes(b"\x00\x01")
    assert read_folder(tmp_path) == {"retour.xlsx": [], nom: [("information", "FICHIER_LAISSE_DE_COTE")]}


def test_a_return_whose_name_begins_with_a_dot_is_read(tmp_path):
    assert items_read(read(filled(tmp_path, SEVEN, nom=".retour.xlsx"))) == SEVEN
    assert read_folder(tmp_path) == {".retour.xlsx": []}


def test_a_return_in_a_hidden_folder_is_told(tmp_path):
    (tmp_path / ".anciens").mkdir()
    filled(tmp_path / ".anciens", SEVEN)
    assert read_folder(tmp_path) == {".anciens/retour.xlsx": [("information", "FICHIER_LAISSE_DE_COTE")]}


# --- e-mails --------------------------------------------------------------------------------------------------------


def told_of(path) -> Anomalie:
    (anomalie,) = read(path).anomalies
    assert anomalie.code == "FICHIER_ILLISIBLE"
    return anomalie


@pytest.mark.parametrize("with_return", [True, False])
def test_an_email_is_called_so_and_its_attachment_is_named(tmp_path, with_return):
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "partenaire@exemple.fr", "cls@exemple.fr", "Notre retour"
    message.set_content("Ci-joint.")
    if with_return:
        content = blank(tmp_path).read_bytes()
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename="retour.xlsx")
    path = tmp_path / "courriel.eml"
    path.write_bytes(message.as_bytes())
    anomalie = told_of(path)
    assert "courriel" in anomalie.found and ("avec un classeur" in anomalie.found) is with_return
    assert ("pièce jointe" in anomalie.remedy) is with_return


def saved_email(folder, *names, more=b""):
    """An e-mail with attachments of these names, saved in the folder."""
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "partenaire@exemple.fr", "cls@exemple.fr", "Notre retour"
    message.set_content("Ci-joint.")
    for name in names:
        message.add_attachment(b"PK" * 40, maintype="application", subtype="octet-stream", filename=name)
    path = folder / "courriel.eml"
    path.write_bytes(message.as_bytes() + more)
    return path


def test_an_email_names_the_attachments_that_look_like_a_return(tmp_path):
    path = saved_email(tmp_path, "plan.pdf", "Retour été — CPAM.xlsx", "C:\\Bureau\\suivi.ODS", "logo.png", "suivi.ODS")
    anomalie = told_of(path)
    assert "2 classeurs en pièce jointe" in anomalie.found
    assert "« Retour été — CPAM.xlsx », « suivi.ODS »." in anomalie.found.replace("\u00a0", " ")
    assert "plan.pdf" not in anomalie.found and "enregistrez ces pièces jointes" in anomalie.remedy


@pytest.mark.parametrize(
    "header",
    [
        b'Content-Type: application/octet-stream; name="Retour x.xlsx"',
        b"Content-Disposition: attachment;\r\n\tfilename*0*=UTF-8''Retour%20;\r\n filename*1*=x.xlsx",
        b'content-disposition: attachment; filename="=?utf-8?B?UmV0b3VyIHgueGxzeA==?="',
        b'Content-Disposition: attachment; filename="Retour x.xlsx"',
    ],
)
def test_the_name_of_an_attachment_is_read_however_it_is_written(header):
    names = attached_names(b"From: a\r\nTo: b\r\n\r\n--x\r\n" + header + b"\r\n\r\nUEsDBA==\r\n--x--", (".xlsx",))
    assert names == ["Retour x.xlsx"]


def test_only_so_many_names_are_told_and_so_many_headers_looked_at(tmp_path):
    assert "et 2 de plus." in told_of(saved_email(tmp_path, *(f"{n}.xlsx" for n in range(7)))).found
    header = b'Content-Disposition: attachment; filename="%d.xlsx"\n'
    assert len(attached_names(b"".join(header % n for n in range(1_000)), (".xlsx",))) == 400


@pytest.mark.parametrize(
    "hostile",
    [
        b"Content-Type: " + b"(" * 1_900 + b"\n",
        b"Content-Disposition: attachment; filename*0*=" + b"%" * 3_000_000,
        b"Content-Type: a/b" + b"\n ;name*1=a" * 300_000,
        b"Content-Type:" * 200_000,
        b'Content-Disposition: attachment; filename="' + b"\x00\xff=?" * 400 + b'.xlsx"\n',
    ],
)
def test_what_is_no_header_harms_nothing(tmp_path, hostile):
    anomalie = told_of(saved_email(tmp_path, "retour.xlsx", more=b"\n" + hostile))
    assert "« retour.xlsx »" in anomalie.found.replace("\u00a0", " ")


@pytest.mark.parametrize("with_return", [True, False])
def test_an_outlook_message_is_no_old_excel_file(tmp_path, with_return):
    attached = "retour.xlsx".encode("utf-16-le") if with_return else b""
    path = tmp_path / "courriel.msg"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "__substg1.0_3001".encode("utf-16-le") + attached
    )
    assert "courriel" in told_of(path).found and ("avec un classeur" in told_of(path).found) is with_return


def test_a_text_that_is_no_email_is_still_a_text(tmp_path):
    path = tmp_path / "retour.csv"
    path.write_text("Date: 12/03/2025\nfinanceur;montant\nARS;1200\n")
    assert "texte" in told_of(path).found


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["", "février/"])
@pytest.mark.parametrize("asked", ["retour-été.xlsx", "Retour-Été.xlsx"])
def test_a_name_that_looks_the_same_is_found_whatever_its_bytes(tmp_path, folder, asked):
    decomposed, old = (unicodedata.normalize("NFD", f"{folder}retour-été.xlsx"), f"{folder}retour-\udce9t\udce9.xlsx")
    for nom in (decomposed, old):
        files = {nom: tmp_path / "x.xlsx", "autre.xlsx": tmp_path / "autre.xlsx"}
        assert find(asked, files) == nom
        (request,) = requests([f"autre.xlsx={asked}"], files)
        assert (request.nouveau, request.ancien) == (nom, "autre.xlsx")


def test_two_names_that_look_the_same_are_not_told_apart(tmp_path):
    files = {unicodedata.normalize(f, "été.xlsx"): tmp_path / f for f in ("NFC", "NFD")}
    assert find(unicodedata.normalize("NFD", "été.xlsx"), files) == unicodedata.normalize("NFD", "été.xlsx")
    with pytest.raises(Refusal, match="plusieurs"):
        find("ÉTÉ.xlsx", files)


class OneReturn:
    paths = {"retour": "retours/50 % de n° 1#2 ?.xlsx"}


def test_a_link_to_a_return_keeps_every_character_of_its_name():
    anomalie = Anomalie("bloquant", "X", "retour", "FA 1.1", ("C12",))
    assert _place(OneReturn, anomalie)[1].cible == "external:retours/50 %25 de n° 1%232 %3F.xlsx#'FA 1.1'!C12"


def test_cells_too_many_for_a_line_wrap_and_their_sheet_is_the_link():
    """A link is not cut into lines everywhere: on paper, what went beyond its column was lost."""

    def place(*cells):
        return _place(OneReturn, Anomalie("bloquant", "X", "retour", "FA 1.1", cells))

    sheet, cells = place("C12", "C13", "C14", "C15", "C16")
    assert (sheet.texte, cells) == ("FA 1.1", "C12, C13, C14, C15, C16")
    assert sheet.cible.endswith("#'FA 1.1'!C12")
    assert place("C12", "C13")[0] == "FA 1.1" and place("C12", "C13")[1].texte == "C12, C13"
