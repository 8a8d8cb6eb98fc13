"""Workbooks of legal XML shapes, composed at random: they are read as what they hold, as other readers show them, or
refused by name."""

from __future__ import annotations

import io
import os

import pytest
from openpyxl.utils import get_column_letter
from python_calamine import load_workbook

from cls_workbook.errors import Refusal
from cls_workbook.reading.opening.returned_workbook import Opener
from tests.support.legal_packages import Composed

FILES, SHEETS = int(os.environ.get("CLS_LEGAL_PACKAGES", "4")), 8  # opened by LibreOffice; ten times as many by us
# What calamine does not open, or reads otherwise than a spreadsheet does.
BEYOND_CALAMINE = (
    "UTF-16",
    "relative target",
    "target from here",
    "comment in a value",
    "CDATA",
    "character references",
)
BEYOND_LIBREOFFICE = ("target from here",)  # « ./x.xml »: it shows an empty sheet, Excel the sheet


def read(content: bytes, fast: bool) -> dict[str, dict[str, object]]:
    grids = Opener(fast).open(content).grids()
    return {g.nom: {where.decode(): v for where, v in g.values.items() if v != ""} for g in grids}


def read_by_calamine(content: bytes) -> dict[str, dict[str, object]]:
    book = load_workbook(io.BytesIO(content))
    return {
        nom: {
            f"{get_column_letter(j)}{i}": value
            for i, row in enumerate(book.get_sheet_by_name(nom).to_python(skip_empty_area=False), 1)
            for j, value in enumerate(row, 1)
            if value != ""
        }
        for nom in book.sheet_names
    }


@pytest.mark.parametrize("fast", [True, False], ids=["quick", "plain"])
@pytest.mark.parametrize("seed", range(10 * FILES))
def test_a_workbook_of_any_legal_shapes_is_read_as_what_it_holds(seed, fast):
    composed = Composed(seed, SHEETS)
    try:
        assert read(composed.content, fast) == composed.values, composed.shapes
    except Refusal as refusal:
        assert refusal.details, refusal


@pytest.mark.parametrize("seed", range(10 * FILES))
def test_calamine_shows_the_same_where_it_opens_them(seed):
    composed = Composed(seed, SHEETS, BEYOND_CALAMINE)
    assert read_by_calamine(composed.content) == composed.values == read(composed.content, True), composed.shapes


def test_every_shape_is_composed_and_none_of_them_is_refused():
    shapes = set[str]()
    for seed in range(10):
        composed = Composed(seed, SHEETS)
        assert read(composed.content, True) == composed.values
        shapes |= composed.shapes
    assert len(shapes) == 17 and set(BEYOND_CALAMINE) <= shapes


@pytest.mark.parametrize("seed", range(FILES))
def test_libreoffice_shows_the_same(libreoffice, tmp_path, seed):
    composed = Composed(seed, SHEETS, BEYOND_LIBREOFFICE)
    path = tmp_path / "composed.xlsx"
    path.write_bytes(composed.content)
    with libreoffice.open(path) as document:
        for nom, held in composed.values.items():
            shown = {where: cell.valeur for where, cell in document.values(nom).items()}
            assert shown == {w: float(v) if isinstance(v, bool) else v for w, v in held.items()}, (nom, composed.shapes)
