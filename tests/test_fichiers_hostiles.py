"""A hostile, broken or foreign file harms nothing: no traceback, no hang, no swollen memory, nothing run, nothing written."""

from __future__ import annotations

import datetime
import errno
import io
import os
import re
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from classeurs import contrats, essai, lire, lues, places, rempli, vierge

from cls_workbook.conductor import consolider
from cls_workbook.errors import Refus
from cls_workbook.reading import lecture
from cls_workbook.results import consolidated
from cls_workbook.xlsx import writer

ICI = Path(__file__).parent
SEPT = {"1.1/mesures/1.1-I01/valeur": 7}


@pytest.fixture(scope="module")
def ouvert(libreoffice, tmp_path_factory):
    """A filled workbook of one fiche, open in LibreOffice."""
    with libreoffice.open(rempli(tmp_path_factory.mktemp("formats"), SEPT)) as document:
        yield document


def test_hundreds_of_broken_workbooks_give_no_traceback_no_hang_and_no_swollen_memory(tmp_path):
    """In a process of its own, whose memory is bounded (see ``fuzz_lecture``; thousands more by hand)."""
    environnement = os.environ | {"PYTHONPATH": os.pathsep.join([str(ICI.parent), os.environ.get("PYTHONPATH", "")])}
    fait = subprocess.run([sys.executable, str(ICI / "fuzz_lecture.py"), "120", "3"], capture_output=True, text=True, timeout=300, env=environnement)
    assert (fait.returncode, fait.stderr) == (0, "")
    assert re.search(r"[1-9]\d+ \.xlsx, [1-9]\d+ \.ods", fait.stdout)  # both formats were broken


@pytest.mark.parametrize(
    ("nom", "mot_de_passe", "mot"),
    [
        ("retour.xls", "", "ancien format"), ("retour.csv", "", "texte"), ("retour.pdf", "", "PDF"), ("retour.fods", "", "XML"), ("retour.html", "", "page web"),
        ("secret.ods", "secret", "mot de passe"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_saves_in_another_format_is_told_by_its_name(ouvert, tmp_path, nom, mot_de_passe, mot):
    chemin = ouvert.save(tmp_path / nom, mot_de_passe)
    for extension in ("", ".xlsx"):  # renamed, it says the same
        renomme = chemin.rename(f"{chemin}{extension}")
        (anomalie,) = lire(renomme).anomalies
        assert (anomalie.code, anomalie.refuse_fichier) == ("FICHIER_ILLISIBLE", True)
        assert mot in anomalie.trouve and anomalie.a_faire
        chemin = renomme


@pytest.mark.parametrize(
    "nom",
    [
        "retour-PC-DE-MARIE.xlsx", "retour (copie de conflit de Marie 2026-02-03).xlsx", "retour (1).xlsx", "Copie de retour.xlsx", "retour (lecture seule).xlsx",
        "retour.XLSX", "retour", "retour.xlsx.xlsx", "récap’ été – « final » v2.xlsx",
    ],
)  # fmt: skip
def test_a_return_is_read_whatever_name_it_bears(tmp_path, nom):
    assert lues(lire(rempli(tmp_path, SEPT).rename(tmp_path / nom))) == SEPT


# --- folders --------------------------------------------------------------------------------------------------------


def test_a_folder_of_thousands_of_mixed_files_neither_stops_nor_fills_the_memory(tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as lettre:
        lettre.writestr("word/document.xml", "<w/>")
    contenus = {".png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 4000, ".docx": archive.getvalue(), ".csv": b"a;b\n" * 500, ".pdf": b"%PDF-1.7" * 300, ".xlsx": b"PK\x03\x04" + b"?" * 900}
    for rang in range(1000):
        for extension, contenu in contenus.items():
            (tmp_path / f"{rang}{extension}").write_bytes(contenu)
    (tmp_path / "~$500.xlsx").write_bytes(b"verrou")
    rempli(tmp_path, SEPT, nom="999z.xlsx")
    lire(tmp_path / "999z.xlsx")  # the contract is compiled once
    avant = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lus = refuses = 0
    for retour in lecture.lire(lecture.retours_dans([tmp_path]), contrats, processus=1):
        lus += lues(retour) == SEPT
        refuses += [a.code for a in retour.anomalies] == ["FICHIER_ILLISIBLE"]
    assert (lus, refuses) == (1, 5000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - avant < 100_000  # KiB


def test_a_huge_file_is_not_read_into_memory(tmp_path):
    with (tmp_path / "film.xlsx").open("wb") as flux:
        flux.truncate(40_000_000_000)  # takes no room on the disk
    (anomalie,) = lire(tmp_path / "film.xlsx").anomalies
    assert "30 Mo" in anomalie.trouve.replace("\u00a0", " ")


def test_links_of_a_folder_are_never_followed(tmp_path):
    dehors, dossier = tmp_path / "dehors", tmp_path / "retours"
    dehors.mkdir()
    dossier.mkdir()
    rempli(dehors, SEPT, nom="secret.xlsx")
    rempli(dossier, SEPT, nom="retour.xlsx")
    (dossier / "lien.xlsx").symlink_to(dehors / "secret.xlsx")
    (dossier / "liens").symlink_to(dehors)
    (dossier / "boucle").symlink_to(dossier)
    (dossier / "mort.xlsx").symlink_to(tmp_path / "absent.xlsx")
    assert list(lecture.retours_dans([dossier])) == ["retour.xlsx"]


# --- inside the zip -------------------------------------------------------------------------------------------------


def _avec_parties(chemin: Path, **parties: bytes) -> Path:
    with zipfile.ZipFile(chemin, "a") as livre:
        for nom, contenu in parties.items():
            livre.writestr(nom.replace("__", "/"), contenu)
    return chemin


def test_paths_that_leave_the_zip_are_ignored(tmp_path):
    dossier = tmp_path / "un" / "deux"
    dossier.mkdir(parents=True)
    chemin = _avec_parties(rempli(dossier, SEPT), **{"../../vole.txt": b"x", "/tmp/vole.txt": b"x", "xl/../../vole.txt": b"x"})
    assert lues(lire(chemin)) == SEPT
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["deux", "retour.xlsx", "un"]


def test_macros_and_links_to_other_workbooks_are_left_alone(tmp_path):
    parties = {"xl/vbaProject.bin": b"\x00macro", "xl/externalLinks/externalLink1.xml": b"<!DOCTYPE x SYSTEM 'http://exemple.fr/x'><x/>", "customUI/customUI14.xml": b"<"}
    assert lues(lire(_avec_parties(rempli(tmp_path, SEPT), **parties))) == SEPT


# --- what goes out ----------------------------------------------------------------------------------------------------

ATTAQUES = ("=cmd|' /C calc'!A0", "=HYPERLINK(\"http://exemple.fr\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "<r><t>gras</t></r>", "x" * 40_000)


def test_a_formula_of_a_partner_is_never_a_formula_in_what_is_written(tmp_path):
    champs = [f"1.1/qualitatif/{c}" for c in ("realisations", "ecarts", "freins", "leviers", "perspectives")] + [f"1.1/partenaires/0{i}/nom" for i in (1, 2, 3)]
    chemin = vierge(tmp_path, "mutuelle")
    livre = openpyxl.load_workbook(chemin)
    for cle, attaque in zip(champs, ATTAQUES, strict=True):
        case = livre[places()[cle].feuille][places()[cle].cellule]
        case.value = attaque[:32_767]
        case.data_type = "s"
    livre["FA 1.1"]["M3"] = "=1+1|cmd"
    livre["FA 1.1"]["M3"].data_type = "s"  # typed outside the inputs: cited by an anomaly
    livre.save(chemin)
    resultat = consolider([lire(chemin)], essai(), 2025, jour=datetime.date(2026, 4, 1))
    writer.write(consolidated.classeur(resultat), tmp_path / "C.xlsx")
    ecrites = [c for feuille in openpyxl.load_workbook(tmp_path / "C.xlsx") for rangee in feuille.iter_rows() for c in rangee if c.value is not None]
    assert [c.coordinate for c in ecrites if c.data_type == "f" and ("cmd" in str(c.value) or "http" in str(c.value))] == []
    textes = {c.value for c in ecrites if c.data_type != "f"}
    assert {ATTAQUES[0], "+1+1", "@SUM(A1)"} <= textes
    assert all(len(str(c.value)) <= 32_767 for c in ecrites)


# --- a full disk, a crash -----------------------------------------------------------------------------------------------


def _disque_plein(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def _ecriture_interrompue(chemin: Path, contenu: bytes) -> int:
    with chemin.open("wb") as flux:
        flux.write(contenu[: len(contenu) // 2])
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("objet", "fonction", "panne", "faute"),
    [
        (os, "replace", _disque_plein, Refus), (Path, "write_bytes", _disque_plein, Refus),
        (Path, "write_bytes", _ecriture_interrompue, KeyboardInterrupt), (os, "replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "ouvert")), Refus),
    ],
    ids=["full disk at the end", "full disk", "interrupted", "open in Excel"],
)  # fmt: skip
def test_a_failure_in_the_middle_of_writing_leaves_the_former_file_whole(tmp_path, monkeypatch, objet, fonction, panne, faute):
    vierge(tmp_path, nom="C.xlsx")
    avant = (tmp_path / "C.xlsx").read_bytes()
    with monkeypatch.context() as pendant:
        pendant.setattr(objet, fonction, panne)
        with pytest.raises(faute):
            writer.enregistrer(b"neuf" * 1000, tmp_path / "C.xlsx")
    assert (tmp_path / "C.xlsx").read_bytes() == avant
    assert [p.name for p in tmp_path.iterdir()] == ["C.xlsx"]


@pytest.mark.parametrize("position", [b"ZZZ99999999", b"XFE1", b"A1048577", b"A4294967296"])
def test_a_cell_outside_of_any_sheet_is_refused_before_its_rectangle_is_made(tmp_path, position):
    chemin = vierge(tmp_path)
    with zipfile.ZipFile(io.BytesIO(chemin.read_bytes())) as source, zipfile.ZipFile(chemin, "w") as cible:
        for nom in source.namelist():
            xml = source.read(nom)
            piege = b'<row r="9999"><c r="%s" t="inlineStr"><is><t>x</t></is></c></row></sheetData>' % position
            cible.writestr(nom, xml.replace(b"</sheetData>", piege) if nom == "xl/worksheets/sheet3.xml" else xml)
    (anomalie,) = lire(chemin).anomalies
    assert anomalie.code == "FICHIER_ILLISIBLE" and "FA 1.1" in anomalie.trouve
