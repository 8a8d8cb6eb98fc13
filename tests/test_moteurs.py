"""Whoever does the work: the same results, in the same order, and a death or an endless work that cost one element."""

from __future__ import annotations

import datetime
import gc
import logging
import os
from functools import partial
from pathlib import Path

import pytest
from classeurs import ANNEE, essai, rempli
from travaux import (
    ContratsQuiTuent,
    carres,
    dormir,
    dormir_sans_ramasser,
    le_37,
    lentement,
    manquer_de_memoire,
    mourir,
    mourir_la_premiere_fois,
    qui,
    refuser,
    s_obstiner,
)

from cls_workbook.conductor import consolider, consolider_dossier
from cls_workbook.errors import Refus
from cls_workbook.moteurs import DELAI, choisir
from cls_workbook.moteurs.local import PAR_PROCESSUS, Local, Processus, UnProcessus
from cls_workbook.moteurs.promesse import Cause, Moteur, Panne
from cls_workbook.reading import lecture, reader
from cls_workbook.results import consolidated
from cls_workbook.xlsx import writer

NOMBRES = [list(range(debut, debut + 5)) for debut in range(0, 50, 5)]
UN, DEUX, COMME_WINDOWS = {"this process": UnProcessus()}, {"two processes": Processus(2)}, {"two processes, started as on Windows": Processus(2, demarrage="spawn")}


def chacun(moteurs: dict) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("moteur", moteurs.values(), ids=moteurs.keys())


def faits(moteur: Moteur, travail, tranches=NOMBRES) -> list[tuple[object, object]]:
    """(element, its result) of each, in the order in which they came."""
    trouves = []
    for elements, resultat in moteur.appliquer(travail, tranches):
        if isinstance(resultat, Panne):
            assert (resultat.element,) == tuple(elements)
            resultat = [resultat.cause]
        trouves += zip(elements, resultat, strict=True)
    return trouves


# --- order, exceptions ------------------------------------------------------------------------------------------------


@chacun(UN | DEUX | COMME_WINDOWS)
def test_results_come_in_the_order_of_the_elements(moteur):
    assert faits(moteur, carres) == [(n, n * n) for n in range(50)]


@chacun(UN | DEUX)
def test_what_the_work_raises_is_raised_to_the_one_who_asked(moteur):
    with pytest.raises(Refus, match="n’est pas livré") as refus:
        faits(moteur, partial(le_37, mal=refuser))
    assert refus.value.details == ("indiquez-le",)


@chacun(UN | DEUX)
def test_batches_are_taken_as_results_are_asked_for_so_that_memory_does_not_grow_with_the_files(moteur):
    prises = []
    resultats = moteur.appliquer(carres, (prises.append(t) or t for t in NOMBRES * 10))
    next(resultats)
    assert len(prises) <= 6  # of 100: three for each of two processes
    resultats.close()


def test_a_second_process_is_started_only_when_there_is_work_enough(monkeypatch):
    monkeypatch.setattr("cls_workbook.moteurs.local.coeurs", lambda: 2)

    def processus_pour(nombre: int) -> int:
        return len({pid for _, pid in faits(Local(), qui, [[n] for n in range(nombre)])} - {os.getpid()})

    assert processus_pour(PAR_PROCESSUS - 1) == 0
    assert processus_pour(PAR_PROCESSUS) >= 1


def test_where_no_process_may_start_everything_is_done_in_this_one(monkeypatch, caplog):
    def interdit(*_, **__):
        raise PermissionError(13, "forbidden here")

    monkeypatch.setattr("cls_workbook.moteurs.local.ProcessPoolExecutor", interdit)
    assert faits(Processus(2), carres) == [(n, n * n) for n in range(50)]
    assert "tout est lu par un seul" in caplog.text


@pytest.mark.parametrize(
    ("souhaits", "remede"),
    [
        ({"nom": "dask"}, "--adresse tcp://serveur:8786"),
        ({"nom": "dask", "adresse": "tcp://s:1", "processus": 2}, "Retirez-le"),
        ({"adresse": "tcp://s:1"}, "--moteur dask"),
        ({"processus": 0}, "au moins 1"),
        ({"delai": 0.0}, "en secondes"),
        ({"delai": float("nan")}, "en secondes"),
    ],
)
def test_wishes_that_contradict_each_other_are_refused(souhaits, remede):
    with pytest.raises(Refus, match=remede):
        choisir(**souhaits)


def test_what_is_wished_is_what_is_had():
    assert choisir() == Local(None, DELAI)
    assert choisir(processus=3, delai=5.0) == Local(3, 5.0)


# --- death, endless work ----------------------------------------------------------------------------------------------


@chacun(DEUX | COMME_WINDOWS)
def test_an_element_that_kills_its_worker_costs_itself_alone(moteur, caplog):
    assert faits(moteur, partial(le_37, mal=mourir)) == [(n, Cause.ARRET if n == 37 else n * n) for n in range(50)]
    assert "Un processus de travail s’est arrêté" in caplog.text


@chacun(DEUX)
def test_a_worker_killed_in_the_middle_costs_nothing(moteur, tmp_path, caplog):
    assert faits(moteur, partial(le_37, mal=partial(mourir_la_premiere_fois, tmp_path / "temoin"))) == [(n, n * n) for n in range(50)]
    assert [r.levelno for r in caplog.records] == [logging.WARNING]


@pytest.mark.parametrize(
    ("moteur", "mal"),
    [(UnProcessus(0.3), dormir), (Processus(2, 0.3), dormir), (Processus(2, 0.3), s_obstiner)],
    ids=["this process", "two processes", "two processes, in C code that never yields"],
)
def test_an_element_that_never_ends_costs_itself_alone(moteur, mal):
    assert faits(moteur, partial(le_37, mal=mal)) == [(n, Cause.DELAI if n == 37 else n * n) for n in range(50)]


def test_what_is_left_behind_does_not_leave_the_memory_uncollected():
    faits(UnProcessus(0.3), partial(le_37, mal=dormir_sans_ramasser))
    assert gc.isenabled()


@chacun(UN | DEUX)
def test_an_element_that_wants_too_much_memory_costs_itself_alone(moteur):
    assert faits(moteur, partial(le_37, mal=manquer_de_memoire)) == [(n, Cause.MEMOIRE if n == 37 else n * n) for n in range(50)]


def test_the_one_that_does_harm_is_found_among_many_in_few_batches():
    tailles = []

    def compter(nombres):
        tailles.append(len(nombres))
        return le_37(nombres, manquer_de_memoire)

    assert faits(UnProcessus(), compter, [list(range(250))]) == [(n, Cause.MEMOIRE if n == 37 else n * n) for n in range(250)]
    assert len(tailles) < 30  # not 251


@pytest.mark.parametrize("moteur", [UnProcessus(0.6), Processus(2, 0.6)], ids=["this process", "two processes"])
def test_the_time_limit_is_that_of_one_element_not_of_a_batch(moteur):
    assert list(moteur.appliquer(lentement, [list(range(5))])) == [([0, 1, 2, 3, 4], [0, 1, 4, 9, 16])]


# --- returns ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def retours(tmp_path_factory) -> dict[str, Path]:
    """Five returns of the small contract, one of which is no workbook."""
    dossier = tmp_path_factory.mktemp("retours")
    for rang, structure in enumerate(("ville", "mutuelle", "ville", "mutuelle")):
        rempli(dossier, {"1.1/mesures/1.1-I01/valeur": 10 + rang}, structure, nom=f"{structure}-{rang}.xlsx")
    (dossier / "note.pdf").write_bytes(b"%PDF-1.7")
    return lecture.retours_dans([dossier])


def consolidation(retours, moteur, definitions=None) -> bytes:
    lus = lecture.lire(retours, definitions or lecture.Contrats(essai()), moteur=moteur)
    return writer.to_bytes(consolidated.classeur(consolider(lus, essai(), ANNEE, jour=datetime.date(2026, 4, 1))))


def test_every_engine_gives_the_same_workbook_byte_for_byte_even_if_a_worker_is_killed(retours, tmp_path, caplog):
    attendu = consolidation(retours, UnProcessus())
    for moteur in (DEUX | COMME_WINDOWS).values():
        assert consolidation(retours, moteur) == attendu
    assert not caplog.records
    assert consolidation(retours, Processus(2), ContratsQuiTuent(essai(), tmp_path / "temoin")) == attendu
    assert "Un processus de travail s’est arrêté" in caplog.text


def test_a_return_that_never_ends_is_one_blocking_anomaly_and_the_others_are_read(retours, monkeypatch, caplog):
    lire = reader.contenu_de
    monkeypatch.setattr(reader, "contenu_de", lambda chemin: dormir() if chemin.name == "ville-2.xlsx" else lire(chemin))
    lus = {r.fichier: r for r in lecture.lire(retours, lecture.Contrats(essai()), moteur=UnProcessus(1))}
    assert [n for n, r in lus.items() if r.contrat] == ["mutuelle-1.xlsx", "mutuelle-3.xlsx", "ville-0.xlsx"]
    (anomalie,) = lus["ville-2.xlsx"].anomalies
    assert (anomalie.code, anomalie.gravite, anomalie.refuse_fichier) == ("FICHIER_ILLISIBLE", "bloquant", True)
    assert "ne se termine pas dans le temps accordé" in anomalie.trouve and "Enregistrez à nouveau" in anomalie.a_faire
    assert [m for m in caplog.messages if m.startswith("ville-2.xlsx")]


def test_a_file_set_aside_is_set_aside_alike_by_every_engine_and_the_rest_is_consolidated(retours, monkeypatch):
    lire = reader.contenu_de
    monkeypatch.setattr(reader, "contenu_de", lambda chemin: manquer_de_memoire() if chemin.name == "mutuelle-3.xlsx" else lire(chemin))
    dossier = next(iter(retours.values())).parent

    def resultat(moteur):
        return consolider_dossier([dossier], essai(), ANNEE, jour=datetime.date(2026, 4, 1), moteur=moteur)

    un, deux = resultat(UnProcessus()), resultat(Processus(2))
    assert [(a.fichier, a.trouve) for a in un.anomalies if "mémoire" in a.trouve] == [("mutuelle-3.xlsx", "La lecture de ce fichier demande plus de mémoire qu’il n’y en a.")]
    assert "mutuelle-1.xlsx" in set(un.retours["Fichier"]) and "mutuelle-3.xlsx" not in set(un.mesures["Fichier"])
    assert writer.to_bytes(consolidated.classeur(un)) == writer.to_bytes(consolidated.classeur(deux))
