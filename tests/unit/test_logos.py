"""Logos at the head of the Synthèse: from a folder, in proportion, and nothing where none is given."""

import struct

import openpyxl
import pytest

from cls_workbook.errors import Refusal
from cls_workbook.reports.synthese import logos, synthese_sheet
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Workbook
from tests.support.small_pictures import png
from tests.support.written_result import result


def jpeg(width, height, by_inch):
    """Its head only: what says its size."""
    jfif = b"JFIF\0\1\1" + struct.pack(">BHHBB", 1, by_inch, by_inch, 0, 0)
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    parts = (
        b"\xff\xe0" + struct.pack(">H", len(jfif) + 2) + jfif,
        b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame,
    )
    return b"\xff\xd8" + b"".join(parts) + bytes(100) + b"\xff\xd9"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b-ville.png").write_bytes(png(200, 100))
    (tmp_path / "a-agence.PNG").write_bytes(png(400, 400, by_metre=11811))  # 300 pixels an inch
    (tmp_path / "c-region.jpg").write_bytes(jpeg(300, 150, 150))
    (tmp_path / "lisez-moi.txt").write_text("rien")
    return tmp_path


def test_images_are_taken_by_name_with_the_size_at_which_a_spreadsheet_shows_them(folder):
    found = logos.logos_in(folder)
    assert [logo.nom for logo in found] == ["a-agence", "b-ville", "c-region"]
    assert [(round(logo.width), round(logo.height)) for logo in found] == [(128, 128), (200, 100), (192, 96)]


def test_each_is_shown_in_proportion_within_its_room_with_its_name(folder, tmp_path):
    sheet = synthese_sheet.sheet(result(), logos.logos_in(folder))
    path = tmp_path / "S.xlsx"
    writer.write(Workbook([sheet], "Synthèse"), path)
    shown = openpyxl.load_workbook(path).active._images
    assert len(shown) == 3
    assert [p.alt_text for p in sheet.pictures] == ["Logo : a-agence", "Logo : b-ville", "Logo : c-region"]
    # 42 points less the margins: 48 pixels high, each
    heights = [logo.height for logo in logos.logos_in(folder)]
    assert [round(h * p.scale) for h, p in zip(heights, sheet.pictures, strict=True)] == [48] * 3
    assert {p.line for p in sheet.pictures} == {4} and sheet.heights[4] == 42


def test_without_a_folder_nothing_is_drawn():
    assert logos.logos_in(None) == []
    sheet = synthese_sheet.sheet(result())
    assert sheet.pictures == [] and not [c for c in sheet.cells if "logo" in str(c.valeur).lower()]


@pytest.mark.parametrize("content", [b"", b"GIF89a", png(10, 10)[:20], b"\xff\xd8\xff"])
def test_what_is_no_image_is_refused_by_name(tmp_path, content):
    (tmp_path / "faux.png").write_bytes(content)
    with pytest.raises(Refusal, match="faux.png"):
        logos.logos_in(tmp_path)


def test_a_folder_without_logos_is_refused(tmp_path):
    with pytest.raises(Refusal, match="Aucun logo"):
        logos.logos_in(tmp_path)
    with pytest.raises(Refusal, match="n’existe pas"):
        logos.logos_in(tmp_path / "absent")
