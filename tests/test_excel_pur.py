"""The pure parts of the open workbook: notes that follow their row, rectangles of cells alike."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from cls_workbook.excel.notes import Orpheline, ecrit, suivre
from cls_workbook.excel.rectangles import rectangles
from cls_workbook.reading.feuilles import Feuilles

COLONNES, CLE = ("Code", "Valeur"), ("Code",)


def test_a_note_goes_where_its_row_goes():
    avant = [["Code", "Valeur", "Note"], ["a", 1.0, "vu"], ["b", 2.0, ""]]
    suite = suivre(avant, COLONNES, CLE, [("b",), ("z",), ("a",)])
    assert (suite.entetes, suite.lignes, suite.a_ecrire, suite.orphelines) == (["Note"], [[""], [""], ["vu"]], True, [])


def test_nothing_is_written_where_nothing_moves():
    avant = [["Code", "Valeur", "Note"], ["a", 1.0, "vu"], ["b", 2.0, ""]]
    assert not suivre(avant, COLONNES, CLE, [("a",), ("b",), ("c",)]).a_ecrire


def test_a_note_without_a_row_is_kept_with_what_the_row_said():
    avant = [["Code", "Valeur", "", "Note"], ["a", 1.0, "ici", "vu"]]
    suite = suivre(avant, COLONNES, CLE, [("b",)])
    assert suite.orphelines == [Orpheline("a", "", "ici"), Orpheline("a", "Note", "vu")]


def test_rows_of_one_key_pair_in_order():
    avant = [["Code", "Valeur", "Note"], ["a", 1, "un"], ["a", 2, "deux"]]
    assert suivre(avant, COLONNES, CLE, [("a",), ("c",), ("a",)]).lignes == [["un"], [""], ["deux"]]


def test_a_column_put_in_the_middle_is_moved_to_the_right_with_its_notes():
    avant = [["Code", "Note", "Valeur"], ["a", "vu", 1]]
    suite = suivre(avant, COLONNES, CLE, [("a",)])
    assert (suite.entetes, suite.lignes, suite.a_ecrire) == (["Note"], [["vu"]], True)


def test_values_are_written_alike_by_every_engine():
    assert [ecrit(v) for v in (1, 1.0, 1.5, None, "", True, dt.datetime(2026, 2, 1), dt.date(2026, 2, 1), "a\r\nb")] == [
        "1", "1", "1.5", "", "", "True", "01/02/2026", "01/02/2026", "a\nb",
    ]  # fmt: skip


@given(st.dictionaries(st.tuples(st.integers(1, 6), st.integers(1, 6)), st.sampled_from("xyz")))
def test_rectangles_cover_each_cell_once_with_its_value(cases):
    couvertes = {}
    for plage, valeur in rectangles(cases):
        for ligne in range(plage.ligne, plage.ligne_fin + 1):
            for colonne in range(plage.colonne, plage.colonne_fin + 1):
                assert (ligne, colonne) not in couvertes
                couvertes[ligne, colonne] = valeur
    assert couvertes == cases


def test_a_block_of_one_value_is_one_rectangle():
    assert len(list(rectangles({(i, j): "x" for i in range(1, 5) for j in range(1, 9)}))) == 1


def test_an_error_in_an_open_workbook_is_known_as_one():
    lignes = [["", "#REF!"], ["texte", 1.0]]
    (grille,) = Feuilles("k", {"F": lignes}).grilles()
    assert [place for place, s in grille.speciales.items() if s.erreur] == [(0, 1)]
