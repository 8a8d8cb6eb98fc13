"""The book in which the values of many returns wait: what is written is what is taken up,
in the order of the returns.
"""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from cls_workbook.errors import Refusal
from cls_workbook.reading.storing import value_store
from cls_workbook.reading.storing.value_store import VALUES, ValueStore
from cls_workbook.reports.table_sheets import FrameRows
from cls_workbook.summaries.value_tables import mesures_table
from tests.support.frames_from_text import trial_contrat


def line(file, champ, valeur, bloc="mesures", mesure="1.1-I01", fiche="1.1", cell="C4"):
    return (2025, file, f"FA {fiche}", cell, fiche, "ville", "", bloc, mesure, champ, "", "", "entier", valeur)


def frame(*lines):
    return pd.DataFrame(list(lines), columns=list(VALUES)).astype({"valeur": object})


def of(*batches):
    kept_store = ValueStore()
    for lines in batches:
        kept_store.add(frame(*lines))
    return kept_store


A = [
    line("a", "valeur", 3),
    line("a", "engage", Decimal("10.50"), "financement", "", cell="D9"),
    line("a", "statut", "réel", cell="E4"),
]
B = [line("b", "texte", "été", "textes", "1.2-I01", "1.2"), line("b", "valeur", 4)]


def test_all_comes_back_in_the_order_of_the_returns():
    pd.testing.assert_frame_equal(
        of(A, [], B).read().astype(object), frame(*A, *B).astype(object), check_column_type=False
    )


def test_a_chapter_holds_its_rows_over_all_batches_and_no_other():
    values_read = of(A, B).read(lambda c: c.mesure == "1.1-I01")
    assert list(zip(values_read["fichier"], values_read["champ"], values_read["valeur"], strict=True)) == [
        ("a", "valeur", 3),
        ("a", "statut", "réel"),
        ("b", "valeur", 4),
    ]


def test_chapters_of_one_batch_are_put_back_in_order():
    assert [v for (v,) in of(A, B).lines(lambda c: c.fiche == "1.1", "valeur")] == [3, Decimal("10.50"), "réel", 4]


def test_only_the_champs_asked_for_are_gone_through():
    assert list(of(A, B).lines(lambda _: True, "fichier", "valeur", input_fields=("valeur", "inconnu"))) == [
        ("a", 3),
        ("b", 4),
    ]
    assert list(of(A, B).lines(lambda _: True, "fichier", input_fields=("inconnu",))) == []


def test_types_are_kept_an_int_stays_an_int_and_a_decimal_exact():
    (whole, montant, _) = of(A).read()["valeur"]
    assert (type(whole), repr(montant)) == (int, "Decimal('10.50')")


def test_texts_alone_stay_the_very_texts_that_were_given():
    (texte,) = of(B).read(lambda c: c.bloc == "textes", ("fichier", "valeur"))["valeur"].array
    assert of(B).read(lambda c: c.bloc == "textes")["valeur"].dtype == object and type(texte) is str


def test_a_frame_may_hold_some_champs_only():
    value_read = of(A, B).read(names=("valeur", "fichier"), input_fields=("valeur",))
    assert list(value_read.columns) == ["valeur", "fichier"] and list(
        zip(value_read["fichier"], value_read["valeur"], strict=True)
    ) == [("a", 3), ("b", 4)]


def test_a_chapter_that_comes_late_is_no_part_of_the_batches_before_it():
    kept_store = of(A, B, A)
    assert [v for (v,) in kept_store.lines(lambda c: c.bloc == "textes", "valeur")] == ["été"]
    assert [len(t) for t in kept_store.per_batch(lambda c: c.bloc == "mesures")] == [2, 1, 2]


def test_what_is_refused_once_then_again_stays_out():
    kept_store = of(A, B)
    without = kept_store.without({"a"}, lambda *place: place == ("a", "1.1", "FA 1.1", "E4")).without(
        {"b"}, lambda file, fiche, *_: fiche == "1.2"
    )
    assert list(without.read()["valeur"]) == [3, Decimal("10.50"), 4]
    assert len(kept_store.read()) == 5


def test_the_returns_asked_for_come_whole():
    assert list(of(A, B).of_files({"b", "absent"})["valeur"]) == ["été", 4]


def test_nothing_said_is_an_empty_frame():
    empty = ValueStore().read()
    assert tuple(empty.columns) == VALUES and empty.empty and not ValueStore().told(lambda _: True)


def test_a_long_book_goes_to_a_file_and_says_the_same(monkeypatch):
    monkeypatch.setattr(value_store, "IN_MEMORY_MAX", 10)
    assert list(of(A, B).read()["valeur"]) == [3, Decimal("10.50"), "réel", "été", 4]


@pytest.mark.parametrize(
    "fault", [OSError(28, "No space left on device"), FileNotFoundError(2, "No usable temporary directory found")]
)
def test_a_full_disk_or_no_place_to_write_is_a_refusal_in_french(monkeypatch, fault):
    def disk_full(*_):
        raise fault

    kept_store = ValueStore()
    monkeypatch.setattr(kept_store._file, "write", disk_full)
    with pytest.raises(Refusal, match="ne peut pas être écrit .* Libérez de la place"):
        kept_store.add(frame(*A))


def test_what_is_worked_out_once_is_so_for_each_object_it_depends_on():
    kept_store, counts = of(A), []
    for _ in range(3):  # a new object may take the identity of one that is gone
        assert kept_store.once("mot", lambda: counts.append(1) or len(counts), [object()]) == len(counts)
    own = [0]
    assert len(counts) == 3 and kept_store.once("mot", lambda: 4, own) == kept_store.once("mot", lambda: 5, own) == 4


def test_a_table_made_batch_after_batch_has_the_rows_of_the_whole():
    statements = [[line(nom, "valeur", 3), line(nom, "statut", "estimé", cell="E4")] for nom in ("a", "b", "c")]
    table = mesures_table(trial_contrat(), of(*statements))
    assert [len(part) for part in table.parts()] == [2, 2, 2]
    pd.testing.assert_frame_equal(pd.concat(table.parts(), ignore_index=True), table.frame())
    lines = FrameRows(table)
    assert len(lines) == 6 and lines[:3] == list(lines)[:3] and lines[5]["Fichier"] == "c"
    assert {li["Statut"] for li in lines} == {"estimé"}


def test_a_page_is_taken_up_once_and_a_view_without_what_is_refused_has_pages_of_its_own(monkeypatch):
    taken_up, real = [], value_store.pickle.loads
    monkeypatch.setattr(value_store.pickle, "loads", lambda content: taken_up.append(content) or real(content))
    book = of(A, B)
    assert len(book.read()) == len(book.read()) == 5
    once = len(taken_up)
    assert len(set(taken_up)) == once  # never the same page twice
    without = book.without({"a"}, lambda file, *_: file == "a")
    assert list(without.read()["valeur"]) == ["été", 4]
    assert len(book.read()) == 5 and len(taken_up) == 2 * once


def test_pages_are_let_go_of_where_they_would_be_too_many(monkeypatch):
    monkeypatch.setattr(value_store, "_PAGES_KEPT", 1)
    book = of(A, B)
    assert len(book.read()) == len(book.read()) == 5 and len(book._kept) == 1
