"""The short way to read a sheet that came back as it was sent: it must say what the long way says, or nothing."""

from __future__ import annotations

import random

import pytest

from cls_workbook.reading.locating import sheet_locator
from cls_workbook.reading.return_reader import ReturnReader
from tests.support.small_workbook import cell, contrats, filled, modified, places, read, valid_value

FICHE = "FA 1.1"


def _filled_at_random(folder, seed: int):
    rng = random.Random(seed)
    return filled(folder, {cle: valid_value(place, rng) for cle, place in places().items() if rng.random() < 0.6})


def _without_long_way(monkeypatch) -> None:
    def forbidden(*_):
        raise AssertionError("the sheet was read cell by cell")

    monkeypatch.setattr(sheet_locator, "_SheetReading", forbidden)


@pytest.mark.parametrize("seed", range(3))
def test_untouched_sheets_are_read_the_same_by_the_short_way_and_by_the_long_way(tmp_path, monkeypatch, seed):
    path = _filled_at_random(tmp_path, seed)
    with monkeypatch.context() as context:
        _without_long_way(context)
        short = read(path)
    assert len(short.saisies) > 50
    assert short == ReturnReader(contrats, fast=False).read(path)


@pytest.mark.parametrize(
    "alter",
    [
        lambda opened_book: opened_book[FICHE].__setitem__("B2", "Un autre titre"),
        lambda opened_book: opened_book[FICHE].__setitem__("M60", "une remarque"),
        lambda opened_book: opened_book[FICHE].__setitem__("B300", "une remarque"),
        lambda opened_book: opened_book[FICHE].insert_rows(20),
        lambda opened_book: opened_book[FICHE].__setitem__(cell("1.1/mesures/1.1-I01/valeur"), "=20+22"),
    ],
    ids=["printed text", "beside", "below", "inserted row", "formula in an input"],
)
def test_a_sheet_that_differs_anywhere_else_goes_the_long_way(tmp_path, monkeypatch, alter):
    path = modified(_filled_at_random(tmp_path, 0), alter)
    _without_long_way(monkeypatch)
    with pytest.raises(AssertionError, match="cell by cell"):
        read(path)
