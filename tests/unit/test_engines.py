"""Whoever does the work: the same results, in the same order, and a death or an endless work that cost one element."""

from __future__ import annotations

import datetime
import gc
import logging
import os
from functools import partial
from pathlib import Path

import pytest

from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.engines import TIME_LIMIT
from cls_workbook.engines.engine_choice import choose
from cls_workbook.engines.engine_protocol import Cause
from cls_workbook.engines.local_engines import PER_PROCESS, LocalEngine
from cls_workbook.engines.several_processes import Processes
from cls_workbook.engines.this_process import SingleProcess
from cls_workbook.errors import Refusal
from cls_workbook.pipeline.way_back import consolidate_folder
from cls_workbook.reading import return_files, return_reader
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.workbook import writer
from tests.support.engine_runs import AROUND_37, LIMIT, NUMBERS, consolidation, facts
from tests.support.engine_work import (
    KillingContrats,
    be_stubborn,
    die,
    die_the_first_time,
    harmful_37,
    refuse,
    run_out_of_memory,
    sleep_long,
    sleep_without_collecting,
    slowly,
    squares,
    who,
)
from tests.support.small_workbook import YEAR, filled, trial

ONE, TWO, AS_ON_WINDOWS = (
    {"this process": SingleProcess()},
    {"two processes": Processes(2)},
    {"two processes, started as on Windows": Processes(2, start_method="spawn")},
)


def for_each_engine(engines: dict) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("engine", engines.values(), ids=engines.keys())


# --- order, exceptions ------------------------------------------------------------------------------------------------


@for_each_engine(ONE | TWO | AS_ON_WINDOWS)
def test_results_come_in_the_order_of_the_elements(engine):
    assert facts(engine, squares) == [(n, n * n) for n in range(50)]


@for_each_engine(ONE | TWO)
def test_what_the_work_raises_is_raised_to_the_one_who_asked(engine):
    with pytest.raises(Refusal, match="n’est pas livré") as refusal:
        facts(engine, partial(harmful_37, harm=refuse))
    assert refusal.value.details == ("indiquez-le",)


@for_each_engine(ONE | TWO)
def test_batches_are_taken_as_results_are_asked_for_so_that_memory_does_not_grow_with_the_files(engine):
    taken_ones = []
    outcomes = engine.apply(squares, (taken_ones.append(t) or t for t in NUMBERS * 10))
    next(outcomes)
    assert len(taken_ones) <= 6  # of 100: three for each of two processes
    outcomes.close()


def test_a_second_process_is_started_only_when_there_is_work_enough(monkeypatch):
    monkeypatch.setattr("cls_workbook.engines.local_engines.cores", lambda: 2)

    def processes_for(nombre: int) -> int:
        return len({pid for _, pid in facts(LocalEngine(), who, [[n] for n in range(nombre)])} - {os.getpid()})

    assert processes_for(PER_PROCESS - 1) == 0
    assert processes_for(PER_PROCESS) >= 1


def test_where_no_process_may_start_everything_is_done_in_this_one(monkeypatch, caplog):
    def forbidden(*_, **__):
        raise PermissionError(13, "forbidden here")

    monkeypatch.setattr("cls_workbook.engines.several_processes.ProcessPoolExecutor", forbidden)
    assert facts(Processes(2), squares) == [(n, n * n) for n in range(50)]
    assert "tout est lu par un seul" in caplog.text


@pytest.mark.parametrize(
    ("wishes", "remedy"),
    [
        ({"name": "dask"}, "--adresse tcp://serveur:8786"),
        ({"name": "dask", "address": "tcp://s:1", "processes": 2}, "Retirez-le"),
        ({"address": "tcp://s:1"}, "--moteur dask"),
        ({"processes": 0}, "au moins 1"),
        ({"time_limit": 0.0}, "en secondes"),
        ({"time_limit": float("nan")}, "en secondes"),
    ],
)
def test_wishes_that_contradict_each_other_are_refused(wishes, remedy):
    with pytest.raises(Refusal, match=remedy):
        choose(**wishes)


def test_what_is_wished_is_what_is_had():
    assert choose() == LocalEngine(None, TIME_LIMIT)
    assert choose(processes=3, time_limit=5.0) == LocalEngine(3, 5.0)


# --- death, endless work ----------------------------------------------------------------------------------------------


@for_each_engine(TWO | {name: pytest.param(e, marks=pytest.mark.exhaustive) for name, e in AS_ON_WINDOWS.items()})
def test_an_element_that_kills_its_worker_costs_itself_alone(engine, caplog):
    assert facts(engine, partial(harmful_37, harm=die)) == [(n, Cause.STOPPED if n == 37 else n * n) for n in range(50)]
    assert "Un processus de travail s’est arrêté" in caplog.text


@for_each_engine(TWO)
def test_a_worker_killed_in_the_middle_costs_nothing(engine, tmp_path, caplog):
    assert facts(engine, partial(harmful_37, harm=partial(die_the_first_time, tmp_path / "temoin"))) == [
        (n, n * n) for n in range(50)
    ]
    assert [r.levelno for r in caplog.records] == [logging.WARNING]


@pytest.mark.parametrize(
    ("engine", "harm"),
    [
        (SingleProcess(LIMIT), sleep_long),
        (Processes(2, LIMIT), sleep_long),
        pytest.param(Processes(2, LIMIT), be_stubborn, marks=pytest.mark.exhaustive),
    ],
    ids=["this process", "two processes", "two processes, in C code that never yields"],
)
def test_an_element_that_never_ends_costs_itself_alone(engine, harm):
    assert facts(engine, partial(harmful_37, harm=harm), AROUND_37) == [
        (n, Cause.TIME_LIMIT if n == 37 else n * n) for n in range(35, 40)
    ]


def test_what_is_left_behind_does_not_leave_the_memory_uncollected():
    facts(SingleProcess(LIMIT), partial(harmful_37, harm=sleep_without_collecting), [[37]])
    assert gc.isenabled()


@for_each_engine(ONE | TWO)
def test_an_element_that_wants_too_much_memory_costs_itself_alone(engine):
    assert facts(engine, partial(harmful_37, harm=run_out_of_memory)) == [
        (n, Cause.MEMORY if n == 37 else n * n) for n in range(50)
    ]


def test_the_one_that_does_harm_is_found_among_many_in_few_batches():
    sizes_seen = []

    def count_up(numbers):
        sizes_seen.append(len(numbers))
        return harmful_37(numbers, run_out_of_memory)

    assert facts(SingleProcess(), count_up, [list(range(250))]) == [
        (n, Cause.MEMORY if n == 37 else n * n) for n in range(250)
    ]
    assert len(sizes_seen) < 30  # not 251


@pytest.mark.parametrize("engine", [SingleProcess(LIMIT), Processes(2, LIMIT)], ids=["this process", "two processes"])
def test_the_time_limit_is_that_of_one_element_not_of_a_batch(engine):
    assert list(engine.apply(slowly, [list(range(5))])) == [([0, 1, 2, 3, 4], [0, 1, 4, 9, 16])]


# --- returns ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def retours(tmp_path_factory) -> dict[str, Path]:
    """Five returns of the small contract, one of which is no workbook."""
    folder = tmp_path_factory.mktemp("retours")
    for rank, structure in enumerate(("ville", "mutuelle", "ville", "mutuelle")):
        filled(folder, {"1.1/mesures/1.1-I01/valeur": 10 + rank}, structure, nom=f"{structure}-{rank}.xlsx")
    (folder / "note.pdf").write_bytes(b"%PDF-1.7")
    return return_files.retours_in([folder])


def test_every_engine_gives_the_same_workbook_byte_for_byte_even_if_a_worker_is_killed(retours, tmp_path, caplog):
    expected = consolidation(retours, SingleProcess())
    for engine in (TWO | AS_ON_WINDOWS).values():
        assert consolidation(retours, engine) == expected
    assert not caplog.records
    assert consolidation(retours, Processes(2), KillingContrats(trial(), tmp_path / "temoin")) == expected
    assert "Un processus de travail s’est arrêté" in caplog.text


def test_a_return_that_never_ends_is_one_blocking_anomaly_and_the_others_are_read(retours, monkeypatch, caplog):
    read = return_reader.content_of
    monkeypatch.setattr(
        return_files, "content_of", lambda path: sleep_long() if path.name == "ville-2.xlsx" else read(path)
    )
    reader = ReturnReader(KnownContrats(trial()))
    values_read = {r.file: r for r in return_files.read(retours, reader, engine=SingleProcess(LIMIT))}
    assert [n for n, r in values_read.items() if r.contrat] == ["mutuelle-1.xlsx", "mutuelle-3.xlsx", "ville-0.xlsx"]
    (anomalie,) = values_read["ville-2.xlsx"].anomalies
    assert (anomalie.code, anomalie.gravite, anomalie.refuses_file) == ("FICHIER_ILLISIBLE", "bloquant", True)
    assert "ne se termine pas dans le temps accordé" in anomalie.found and "Enregistrez à nouveau" in anomalie.remedy
    assert [m for m in caplog.messages if m.startswith("ville-2.xlsx")]


def test_a_file_set_aside_is_set_aside_alike_by_every_engine_and_the_rest_is_consolidated(retours, monkeypatch):
    read = return_reader.content_of
    monkeypatch.setattr(
        return_files, "content_of", lambda path: run_out_of_memory() if path.name == "mutuelle-3.xlsx" else read(path)
    )
    folder = next(iter(retours.values())).parent

    def result(engine):
        return consolidate_folder([folder], trial(), YEAR, day=datetime.date(2026, 4, 1), engine=engine)

    one, two = result(SingleProcess()), result(Processes(2))
    assert [(a.file, a.found) for a in one.anomalies if "mémoire" in a.found] == [
        ("mutuelle-3.xlsx", "La lecture de ce fichier demande plus de mémoire qu’il n’y en a.")
    ]
    assert "mutuelle-1.xlsx" in set(one.tables.retours["Fichier"]) and "mutuelle-3.xlsx" not in set(
        one.tables.mesures.frame()["Fichier"]
    )
    assert writer.to_bytes(consolidation_workbook.workbook(one)) == writer.to_bytes(
        consolidation_workbook.workbook(two)
    )
