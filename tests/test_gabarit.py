"""The short way to read a sheet that came back as it was sent: it must say what the long way says, or nothing."""

from __future__ import annotations

import random

import pytest
from classeurs import cellule, lire, modifie, places, rempli, valeur_valide

from cls_workbook.reading import gabarit, reperage

FICHE = "FA 1.1"


def _rempli_au_hasard(dossier, graine: int):
    hasard = random.Random(graine)
    return rempli(dossier, {cle: valeur_valide(place, hasard) for cle, place in places().items() if hasard.random() < 0.6})


def _sans_le_long_chemin(monkeypatch) -> None:
    def interdit(*_):
        raise AssertionError("the sheet was read cell by cell")

    monkeypatch.setattr(reperage, "_Lecture", interdit)


@pytest.mark.parametrize("graine", range(3))
def test_untouched_sheets_are_read_the_same_by_the_short_way_and_by_the_long_way(tmp_path, monkeypatch, graine):
    chemin = _rempli_au_hasard(tmp_path, graine)
    with monkeypatch.context() as contexte:
        _sans_le_long_chemin(contexte)
        court = lire(chemin)
    monkeypatch.setattr(gabarit.Gabarit, "saisies", lambda *_: None)
    assert len(court.saisies) > 50
    assert court == lire(chemin)


@pytest.mark.parametrize(
    "changer",
    [
        lambda livre: livre[FICHE].__setitem__("B2", "Un autre titre"),
        lambda livre: livre[FICHE].__setitem__("M60", "une remarque"),
        lambda livre: livre[FICHE].__setitem__("B300", "une remarque"),
        lambda livre: livre[FICHE].insert_rows(20),
        lambda livre: livre[FICHE].__setitem__(cellule("1.1/mesures/1.1-I01/valeur"), "=20+22"),
    ],
    ids=["printed text", "beside", "below", "inserted row", "formula in an input"],
)
def test_a_sheet_that_differs_anywhere_else_goes_the_long_way(tmp_path, monkeypatch, changer):
    chemin = modifie(_rempli_au_hasard(tmp_path, 0), changer)
    _sans_le_long_chemin(monkeypatch)
    with pytest.raises(AssertionError, match="cell by cell"):
        lire(chemin)
