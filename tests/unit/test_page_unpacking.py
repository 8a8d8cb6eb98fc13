"""An archive dropped in the page: its workbooks, wherever they stand in it, and nothing beside them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cls_workbook.page.desk import unpacking
from tests.support.desk_requests import ask


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def packed(name: str, **files: bytes) -> None:
    with zipfile.ZipFile(name, "w") as archive:
        for place, content in files.items():
            archive.writestr(place, content)


def test_its_workbooks_and_definitions_come_out_in_a_folder_of_its_name_and_the_rest_is_told(here):
    beside = {"retours/notice.pdf": b"%PDF", "__MACOSX/._ville.xlsx": b"", "retours/~$ville.xlsx": b""}
    packed("reçus.zip", **{"retours/ville.xlsx": b"1", "contrat.TOML": b"2", "cpam.ods": b"3"}, **beside)
    said = ask("deballer", files=["reçus.zip"])
    assert said["files"] == ["reçus/retours/ville.xlsx", "reçus/contrat.TOML", "reçus/cpam.ods"]
    assert [Path(name).read_bytes() for name in said["files"]] == [b"1", b"2", b"3"]
    (told,) = said["left"]
    assert "retours/notice.pdf" in told and "reçus.zip" in told and "ni un classeur" in told


def test_no_name_leads_out_of_that_folder(here):
    packed("envoi.zip", **{"../../fuite.xlsx": b"1", "/etc/fuite.xlsx": b"2", "a\\..\\b.xlsx": b"3"})
    said = ask("deballer", files=["envoi.zip"])
    assert said["files"] == ["envoi/fuite.xlsx", "envoi/etc/fuite.xlsx", "envoi/a/b.xlsx"]
    assert sorted(p.name for p in here.iterdir()) == ["envoi", "envoi.zip"]


def test_two_names_that_come_to_one_are_two_files(here):
    packed("envoi.zip", **{"../ville.xlsx": b"1", "ville.xlsx": b"2"})
    said = ask("deballer", files=["envoi.zip"])
    assert [Path(name).read_bytes() for name in said["files"]] == [b"1", b"2"]
    assert said["files"] == ["envoi/ville.xlsx", "envoi/ville (2).xlsx"]


def test_what_is_locked_damaged_or_too_large_costs_itself_alone(here, monkeypatch):
    monkeypatch.setattr(unpacking, "FILE_SIZE_MAX", 100)
    packed("envoi.zip", **{"a.xlsx": b"1", "locked.xlsx": b"2", "broken.xlsx": b"broken", "large.xlsx": b"3" * 101})
    content = bytearray(Path("envoi.zip").read_bytes())
    content[content.index(b"brokenPK")] ^= 0xFF
    content[content.index(b"locked.xlsx", content.index(b"PK\x01\x02")) - 38] |= 1  # its flags, in the directory
    Path("envoi.zip").write_bytes(content)
    said = ask("deballer", files=["envoi.zip"])
    assert said["files"] == ["envoi/a.xlsx"]
    found = {name: next(line for line in said["left"] if name in line) for name in ("locked", "broken", "large")}
    assert "mot de passe" in found["locked"] and "abîmé" in found["broken"] and "Mo" in found["large"]


def test_a_file_that_swells_beyond_what_it_announced_is_cut_there(here):
    packed("envoi.zip", **{"a.xlsx": b"0" * 1_000_000})
    content = Path("envoi.zip").read_bytes()
    announced = (1_000_000).to_bytes(4, "little")
    Path("envoi.zip").write_bytes(content.replace(announced, (10).to_bytes(4, "little")))
    said = ask("deballer", files=["envoi.zip"])
    assert said["files"] == [] and "abîmé" in said["left"][0]


def test_accents_that_windows_wrote_are_read_as_they_were_typed(here):
    packed("envoi.zip", **{"e_te_.xlsx": b"1"})
    content = Path("envoi.zip").read_bytes().replace(b"e_te_", "été__".encode("cp850"))
    Path("envoi.zip").write_bytes(content)
    assert ask("deballer", files=["envoi.zip"])["files"] == ["envoi/été__.xlsx"]


def test_of_a_folder_what_a_system_made_is_not_kept(here):
    names = [
        "r/ville.xlsx",
        "r/~$ville.xlsx",
        "r/Thumbs.db",
        "r/sous/.~lock.x.ods#",
        "r/__MACOSX/._a.xlsx",
        "r/photo.png",
    ]
    assert ask("garder", files=names)["kept"] == ["r/ville.xlsx", "r/photo.png"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 coupe"])
def test_what_cannot_be_opened_stays_whole_for_the_reader_to_say_why(here, content):
    Path("abime.zip").write_bytes(content)
    assert ask("deballer", files=["abime.zip"]) == {"files": [], "left": []}


def test_an_archive_out_of_all_proportion_is_refused_with_what_to_do(here, monkeypatch):
    monkeypatch.setattr(unpacking, "FILES_MAX", 2)
    packed("envoi.zip", **{f"{i}.xlsx": b"" for i in range(3)})
    said = ask("deballer", files=["envoi.zip"])
    assert said["files"] == [] and "en plusieurs fois" in said["refusal"]
