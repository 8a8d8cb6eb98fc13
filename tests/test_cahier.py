"""The book in which the values of many returns wait: what is written is what is taken up, in the order of the returns."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from frames_for_tests import contrat_d_essai

from cls_workbook.errors import Refus
from cls_workbook.reading import cahier
from cls_workbook.reading.cahier import VALEURS, Cahier
from cls_workbook.results.tableaux import LignesDeCadre
from cls_workbook.summaries.consolidation import mesures_table


def ligne(fichier, champ, valeur, bloc="mesures", mesure="1.1-I01", fiche="1.1", cellule="C4"):
    return (2025, fichier, f"FA {fiche}", cellule, fiche, "ville", "", bloc, mesure, champ, "", "", "entier", valeur)


def cadre(*lignes):
    return pd.DataFrame(list(lignes), columns=list(VALEURS)).astype({"valeur": object})


def de(*tranches):
    tenu = Cahier()
    for lignes in tranches:
        tenu.ajouter(cadre(*lignes))
    return tenu


A = [ligne("a", "valeur", 3), ligne("a", "engage", Decimal("10.50"), "financement", "", cellule="D9"), ligne("a", "statut", "réel", cellule="E4")]
B = [ligne("b", "texte", "été", "textes", "1.2-I01", "1.2"), ligne("b", "valeur", 4)]


def test_all_comes_back_in_the_order_of_the_returns():
    pd.testing.assert_frame_equal(de(A, [], B).lire().astype(object), cadre(*A, *B).astype(object))


def test_a_chapter_holds_its_rows_over_all_batches_and_no_other():
    lus = de(A, B).lire(lambda c: c.mesure == "1.1-I01")
    assert list(zip(lus["fichier"], lus["champ"], lus["valeur"], strict=True)) == [("a", "valeur", 3), ("a", "statut", "réel"), ("b", "valeur", 4)]


def test_chapters_of_one_batch_are_put_back_in_order():
    assert [v for (v,) in de(A, B).lignes(lambda c: c.fiche == "1.1", "valeur")] == [3, Decimal("10.50"), "réel", 4]


def test_only_the_champs_asked_for_are_gone_through():
    assert list(de(A, B).lignes(lambda _: True, "fichier", "valeur", champs=("valeur", "inconnu"))) == [("a", 3), ("b", 4)]
    assert list(de(A, B).lignes(lambda _: True, "fichier", champs=("inconnu",))) == []


def test_types_are_kept_an_int_stays_an_int_and_a_decimal_exact():
    (entier, montant, _) = de(A).lire()["valeur"]
    assert (type(entier), repr(montant)) == (int, "Decimal('10.50')")


def test_texts_alone_stay_the_very_texts_that_were_given():
    (texte,) = de(B).lire(lambda c: c.bloc == "textes", ("fichier", "valeur"))["valeur"].array
    assert de(B).lire(lambda c: c.bloc == "textes")["valeur"].dtype == object and type(texte) is str


def test_a_frame_may_hold_some_champs_only():
    lu = de(A, B).lire(noms=("valeur", "fichier"), champs=("valeur",))
    assert list(lu.columns) == ["valeur", "fichier"] and list(zip(lu["fichier"], lu["valeur"], strict=True)) == [("a", 3), ("b", 4)]


def test_a_chapter_that_comes_late_is_no_part_of_the_batches_before_it():
    tenu = de(A, B, A)
    assert [v for (v,) in tenu.lignes(lambda c: c.bloc == "textes", "valeur")] == ["été"]
    assert [len(t) for t in tenu.par_tranche(lambda c: c.bloc == "mesures")] == [2, 1, 2]


def test_what_is_refused_once_then_again_stays_out():
    tenu = de(A, B)
    sans = tenu.sans({"a"}, lambda *place: place == ("a", "1.1", "FA 1.1", "E4")).sans({"b"}, lambda fichier, fiche, *_: fiche == "1.2")
    assert list(sans.lire()["valeur"]) == [3, Decimal("10.50"), 4]
    assert len(tenu.lire()) == 5


def test_the_returns_asked_for_come_whole():
    assert list(de(A, B).des_fichiers({"b", "absent"})["valeur"]) == ["été", 4]


def test_nothing_said_is_an_empty_frame():
    vide = Cahier().lire()
    assert tuple(vide.columns) == VALEURS and vide.empty and not Cahier().dit(lambda _: True)


def test_a_long_book_goes_to_a_file_and_says_the_same(monkeypatch):
    monkeypatch.setattr(cahier, "EN_MEMOIRE", 10)
    assert list(de(A, B).lire()["valeur"]) == [3, Decimal("10.50"), "réel", "été", 4]


@pytest.mark.parametrize("faute", [OSError(28, "No space left on device"), FileNotFoundError(2, "No usable temporary directory found")])
def test_a_full_disk_or_no_place_to_write_is_a_refusal_in_french(monkeypatch, faute):
    def plein(*_):
        raise faute

    tenu = Cahier()
    monkeypatch.setattr(tenu._fichier, "write", plein)
    with pytest.raises(Refus, match="ne peut pas être écrit .* Libérez de la place"):
        tenu.ajouter(cadre(*A))


def test_what_is_worked_out_once_is_so_for_each_object_it_depends_on():
    tenu, comptes = de(A), []
    for _ in range(3):  # a new object may take the identity of one that is gone
        assert tenu.une_fois("mot", lambda: comptes.append(1) or len(comptes), [object()]) == len(comptes)
    sien = [0]
    assert len(comptes) == 3 and tenu.une_fois("mot", lambda: 4, sien) == tenu.une_fois("mot", lambda: 5, sien) == 4


def test_a_table_made_batch_after_batch_has_the_rows_of_the_whole():
    dites = [[ligne(nom, "valeur", 3), ligne(nom, "statut", "estimé", cellule="E4")] for nom in ("a", "b", "c")]
    table = mesures_table(contrat_d_essai(), de(*dites))
    assert [len(partie) for partie in table.parties()] == [2, 2, 2]
    pd.testing.assert_frame_equal(pd.concat(table.parties(), ignore_index=True), table.cadre())
    lignes = LignesDeCadre(table)
    assert len(lignes) == 6 and lignes[:3] == list(lignes)[:3] and lignes[5]["Fichier"] == "c"
    assert {li["Statut"] for li in lignes} == {"estimé"}
