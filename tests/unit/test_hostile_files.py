"""A hostile, broken or foreign file harms nothing: no traceback, no hang, no swollen memory, nothing run,
nothing written.
"""

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

from cls_workbook.engines.local_engines import LocalEngine
from cls_workbook.errors import Refusal
from cls_workbook.pipeline.way_back import consolider
from cls_workbook.reading import return_files
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.workbook import writer
from cls_workbook.workbook.saving import save
from tests.support.small_workbook import blank, contrats, filled, items_read, places, read, trial
from tests.support.swollen_workbooks import SWOLLEN

ROOT = Path(__file__).parents[2]
SEVEN = {"1.1/mesures/1.1-I01/valeur": 7}


def test_hundreds_of_broken_workbooks_give_no_traceback_no_hang_and_no_swollen_memory(tmp_path):
    """In a process of its own, whose memory is bounded (see ``reading_fuzz``; thousands more by hand)."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.reading_fuzz", "120", "3"],
        capture_output=True,
        text=True,
        timeout=3600,  # a hang, on however busy a machine: it takes four seconds on a quiet one
        env=environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"[1-9]\d+ \.xlsx, [1-9]\d+ \.ods", done.stdout)  # both formats were broken


@pytest.mark.parametrize(
    "nom",
    [
        "retour-PC-DE-MARIE.xlsx",
        "retour (copie de conflit de Marie 2026-02-03).xlsx",
        "retour (1).xlsx",
        "Copie de retour.xlsx",
        "retour (lecture seule).xlsx",
        "retour.XLSX",
        "retour",
        "retour.xlsx.xlsx",
        "récap’ été – « final » v2.xlsx",
    ],
)
def test_a_return_is_read_whatever_name_it_bears(tmp_path, nom):
    assert items_read(read(filled(tmp_path, SEVEN).rename(tmp_path / nom))) == SEVEN


@pytest.mark.exhaustive
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="le système ne dit pas la mémoire prise")
def test_small_files_that_swell_are_refused_before_they_fill_the_memory(tmp_path):
    """Texts, rows, cells, sheets and repetitions by the million; counts announced that are not there."""

    def run(what: str) -> list[str]:
        command = [sys.executable, "-m", "tests.support.swollen_workbooks", what, str(tmp_path)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        done = subprocess.run(command, capture_output=True, text=True, timeout=3600, env=environment)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    run("write")
    *said, memory = run("read")
    assert int(memory) < 300  # MiB, Python and this project included
    assert [line.partition(" |")[0] for line in said] == list(SWOLLEN)
    harmless = {"texts announced", "rows with a number", "a format of brackets"}
    assert {line.partition(" |")[0] for line in said if "| lu, " in line} == harmless


@pytest.mark.skipif(sys.platform == "win32", reason="Windows n’a pas de tels noms")
def test_a_name_in_the_bytes_of_an_old_archive_costs_nothing_to_the_others(tmp_path):
    filled(tmp_path, SEVEN, nom="bon.xlsx")
    (tmp_path / "bon.xlsx").with_name(os.fsdecode(b"r\xe9ponse.xlsx")).write_bytes((tmp_path / "bon.xlsx").read_bytes())
    retours = list(return_files.read(return_files.retours_in([tmp_path]), ReturnReader(contrats)))
    assert [(r.file, items_read(r)) for r in retours] == [("bon.xlsx", SEVEN), ("réponse (autre encodage).xlsx", SEVEN)]
    result = consolider(retours, trial(), 2025, day=datetime.date(2026, 4, 1))
    writer.write(consolidation_workbook.workbook(result), tmp_path / "C.xlsx")
    assert (tmp_path / "C.xlsx").exists()


# --- folders --------------------------------------------------------------------------------------------------------


def test_a_folder_of_thousands_of_mixed_files_neither_stops_nor_fills_the_memory(tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as letter:
        letter.writestr("word/document.xml", "<w/>")
    contents = {
        ".png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 4000,
        ".docx": archive.getvalue(),
        ".csv": b"a;b\n" * 500,
        ".pdf": b"%PDF-1.7" * 300,
        ".xlsx": b"PK\x03\x04" + b"?" * 900,
    }
    for rank in range(1000):
        for extension, content in contents.items():
            (tmp_path / f"{rank}{extension}").write_bytes(content)
    (tmp_path / "~$500.xlsx").write_bytes(b"verrou")
    filled(tmp_path, SEVEN, nom="999z.xlsx")
    read(tmp_path / "999z.xlsx")  # the contract is compiled once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    values_read = refused_ones = 0
    for retour in return_files.read(return_files.retours_in([tmp_path]), ReturnReader(contrats), LocalEngine(1)):
        values_read += items_read(retour) == SEVEN
        refused_ones += [a.code for a in retour.anomalies] == ["FICHIER_ILLISIBLE"]
    assert (values_read, refused_ones) == (1, 5000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


def test_a_huge_file_is_not_read_into_memory(tmp_path):
    with (tmp_path / "film.xlsx").open("wb") as stream:
        stream.truncate(40_000_000_000)  # takes no room on the disk
    (anomalie,) = read(tmp_path / "film.xlsx").anomalies
    assert "30 Mo" in anomalie.found.replace("\u00a0", " ")


def test_links_of_a_folder_are_never_followed(tmp_path):
    outside, folder = tmp_path / "dehors", tmp_path / "retours"
    outside.mkdir()
    folder.mkdir()
    filled(outside, SEVEN, nom="secret.xlsx")
    filled(folder, SEVEN, nom="retour.xlsx")
    (folder / "lien.xlsx").symlink_to(outside / "secret.xlsx")
    (folder / "liens").symlink_to(outside)
    (folder / "boucle").symlink_to(folder)
    (folder / "mort.xlsx").symlink_to(tmp_path / "absent.xlsx")
    assert list(return_files.retours_in([folder])) == ["retour.xlsx"]


# --- inside the zip -------------------------------------------------------------------------------------------------


def _with_parts(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "a") as opened_book:
        for nom, content in parts.items():
            opened_book.writestr(nom.replace("__", "/"), content)
    return path


def test_paths_that_leave_the_zip_are_ignored(tmp_path):
    folder = tmp_path / "un" / "deux"
    folder.mkdir(parents=True)
    path = _with_parts(
        filled(folder, SEVEN), **{"../../vole.txt": b"x", "/tmp/vole.txt": b"x", "xl/../../vole.txt": b"x"}
    )
    assert items_read(read(path)) == SEVEN
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["deux", "retour.xlsx", "un"]


def test_macros_and_links_to_other_workbooks_are_left_alone(tmp_path):
    parts = {
        "xl/vbaProject.bin": b"\x00macro",
        "xl/externalLinks/externalLink1.xml": b"<!DOCTYPE x SYSTEM 'http://exemple.fr/x'><x/>",
        "customUI/customUI14.xml": b"<",
    }
    assert items_read(read(_with_parts(filled(tmp_path, SEVEN), **parts))) == SEVEN


# --- what goes out ----------------------------------------------------------------------------------------------------

ATTACKS = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://exemple.fr")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "<r><t>gras</t></r>",
    "x" * 40_000,
)


def test_a_formula_of_a_partner_is_never_a_formula_in_what_is_written(tmp_path):
    input_fields = [f"1.1/qualitatif/{c}" for c in ("realisations", "ecarts", "freins", "leviers", "perspectives")] + [
        f"1.1/partenaires/0{i}/nom" for i in (1, 2, 3)
    ]
    path = blank(tmp_path, "mutuelle")
    opened_book = openpyxl.load_workbook(path)
    for cle, attack in zip(input_fields, ATTACKS, strict=True):
        box = opened_book[places()[cle].sheet][places()[cle].cell]
        box.value = attack[:32_767]
        box.data_type = "s"
    opened_book["FA 1.1"]["M3"] = "=1+1|cmd"
    opened_book["FA 1.1"]["M3"].data_type = "s"  # typed outside the inputs: cited by an anomaly
    opened_book.save(path)
    result = consolider([read(path)], trial(), 2025, day=datetime.date(2026, 4, 1))
    writer.write(consolidation_workbook.workbook(result), tmp_path / "C.xlsx")
    written_ones = [
        c
        for sheet in openpyxl.load_workbook(tmp_path / "C.xlsx")
        for row in sheet.iter_rows()
        for c in row
        if c.value is not None
    ]
    assert [
        c.coordinate for c in written_ones if c.data_type == "f" and ("cmd" in str(c.value) or "http" in str(c.value))
    ] == []
    texts = {c.value for c in written_ones if c.data_type != "f"}
    assert {ATTACKS[0], "+1+1", "@SUM(A1)"} <= texts
    assert all(len(str(c.value)) <= 32_767 for c in written_ones)


# --- a full disk, a crash ---------------------------------------------------------------------------------------------


def _full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def _interrupted_writing(path: Path, content: bytes) -> int:
    with path.open("wb") as stream:
        stream.write(content[: len(content) // 2])
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("objet", "function", "failure", "fault"),
    [
        (os, "replace", _full_disk, Refusal),
        (Path, "write_bytes", _full_disk, Refusal),
        (Path, "write_bytes", _interrupted_writing, KeyboardInterrupt),
        (os, "replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "ouvert")), Refusal),
    ],
    ids=["full disk at the end", "full disk", "interrupted", "open in Excel"],
)
def test_a_failure_in_the_middle_of_writing_leaves_the_former_file_whole(
    tmp_path, monkeypatch, objet, function, failure, fault
):
    blank(tmp_path, nom="C.xlsx")
    before = (tmp_path / "C.xlsx").read_bytes()
    with monkeypatch.context() as during:
        during.setattr(objet, function, failure)
        with pytest.raises(fault):
            save(b"neuf" * 1000, tmp_path / "C.xlsx")
    assert (tmp_path / "C.xlsx").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["C.xlsx"]


@pytest.mark.parametrize("position", [b"ZZZ99999999", b"XFE1", b"A1048577", b"A4294967296"])
def test_a_cell_outside_of_any_sheet_is_refused_before_its_rectangle_is_made(tmp_path, position):
    path = blank(tmp_path)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as source, zipfile.ZipFile(path, "w") as cible:
        for nom in source.namelist():
            xml = source.read(nom)
            trap = b'<row r="9999"><c r="%s" t="inlineStr"><is><t>x</t></is></c></row></sheetData>' % position
            cible.writestr(nom, xml.replace(b"</sheetData>", trap) if nom == "xl/worksheets/sheet3.xml" else xml)
    (anomalie,) = read(path).anomalies
    assert anomalie.code == "FICHIER_ILLISIBLE" and "FA 1.1" in anomalie.found
