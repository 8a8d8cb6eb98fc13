"""Returns read by a Dask cluster, which these tests start on loopback: the same workbook, byte for byte,
whatever happens to its workers.
"""

from __future__ import annotations

import logging
import sys
from functools import partial

import pytest

from tests.support.engine_runs import AROUND_37, LIMIT, consolidation, facts
from tests.support.engine_work import (
    KillingContrats,
    contents,
    die,
    die_the_first_time,
    harmful_37,
    refuse,
    run_out_of_memory,
    sleep_long,
    squares,
)
from tests.support.small_workbook import DEFINITION, YEAR, filled, trial

pytest.importorskip("distributed", reason="Dask (the extra « dask ») is not installed")

import dask
from distributed import LocalCluster

from cls_workbook.cli.commands import main
from cls_workbook.engines import dask_cluster
from cls_workbook.engines.dask_cluster import DaskEngine
from cls_workbook.engines.engine_protocol import Cause
from cls_workbook.engines.this_process import SingleProcess
from cls_workbook.errors import Refusal
from cls_workbook.reading import return_files

LONG = 600.0  # seconds: a worker that died is awaited for as long as its successor takes to start


@pytest.fixture(scope="module")
def cluster():
    """Two workers of one thread, each a process.

    Dask does again once, not three times, what a dead worker was doing; a worker that starts again slowly, on a busy
    machine, is not forgotten (after 15 seconds, unless told otherwise, and for ever).
    """
    settings = {
        "distributed.scheduler.allowed-failures": 1,
        "distributed.comm.timeouts.connect": "60s",
        "distributed.deploy.lost-worker-timeout": f"{LONG}s",
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=logging.CRITICAL
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def engine(cluster) -> DaskEngine:
    return DaskEngine(cluster.scheduler_address, time_limit=LONG, connection_time=LONG, time_without_machine=LONG)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four returns of the small contract, and a file that is no workbook."""
    folder = tmp_path_factory.mktemp("dask")
    (folder / "essai.toml").write_text(DEFINITION, encoding="utf-8")
    (folder / "retours").mkdir()
    for rank, structure in enumerate(("ville", "mutuelle", "ville", "mutuelle")):
        filled(folder / "retours", {"1.1/mesures/1.1-I01/valeur": 10 + rank}, structure, nom=f"{structure}-{rank}.xlsx")
    (folder / "retours" / "note.pdf").write_bytes(b"%PDF-1.7")
    return folder


# --- the same bytes ---------------------------------------------------------------------------------------------------


def test_one_process_two_processes_and_a_cluster_write_the_same_workbook(cluster, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)

    def consolider(*options: str) -> bytes:
        code = main(
            [
                "consolider",
                "retours",
                "--contrat",
                "essai.toml",
                "--annee",
                str(YEAR),
                "--date",
                "2026-04-01",
                "--sortie",
                "C.xlsx",
                *options,
            ]
        )
        assert code == 1, capsys.readouterr().err  # done; the file that is no workbook blocks
        return (folder / "C.xlsx").read_bytes()

    expected = consolider("--processus", "1")
    assert consolider("--processus", "2") == expected
    assert consolider("--moteur", "dask", "--adresse", cluster.scheduler_address) == expected


@pytest.mark.exhaustive
def test_a_worker_killed_while_it_reads_changes_nothing(engine, folder, tmp_path):
    retours = return_files.retours_in([folder / "retours"])
    expected = consolidation(retours, SingleProcess())
    assert consolidation(retours, engine, KillingContrats(trial(), tmp_path / "temoin")) == expected
    assert (tmp_path / "temoin").exists()


def test_the_machines_of_the_cluster_need_not_see_the_files(engine, folder):
    files = {"retour": folder / "retours" / "ville-0.xlsx", "absent": folder / "absent.xlsx"}
    (received,) = return_files.apply(contents, files, engine)
    assert received[0] == files["retour"].read_bytes()
    assert isinstance(received[1], FileNotFoundError)


# --- what goes wrong in a worker --------------------------------------------------------------------------------------


@pytest.mark.exhaustive
def test_an_element_that_kills_its_worker_costs_itself_alone(engine):
    assert facts(engine, partial(harmful_37, harm=die), [[36], [37], [38]]) == [
        (36, 36 * 36),
        (37, Cause.STOPPED),
        (38, 38 * 38),
    ]


def test_a_worker_killed_in_the_middle_costs_nothing(engine, tmp_path):
    assert facts(engine, partial(harmful_37, harm=partial(die_the_first_time, tmp_path / "temoin"))) == [
        (n, n * n) for n in range(50)
    ]


@pytest.mark.parametrize(
    ("harm", "cause"),
    [(sleep_long, Cause.TIME_LIMIT), (run_out_of_memory, Cause.MEMORY)],
    ids=["never ends", "wants too much memory"],
)
def test_an_element_that_is_too_much_for_its_worker_costs_itself_alone(engine, harm, cause):
    engine.time_limit = LIMIT
    assert facts(engine, partial(harmful_37, harm=harm), AROUND_37) == [
        (n, cause if n == 37 else n * n) for n in range(35, 40)
    ]


def test_what_the_work_raises_is_raised_to_the_one_who_asked_and_the_cluster_serves_again(engine):
    with pytest.raises(Refusal, match="n’est pas livré"):
        facts(engine, partial(harmful_37, harm=refuse))
    assert facts(engine, squares) == [(n, n * n) for n in range(50)]


# --- no cluster, or not the right one ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://127.0.0.1:9", "personne n’est à cette adresse"),
        ("serveur", "pas une adresse de cette forme"),
        ("http://127.0.0.1:9", "pas une adresse de cette forme"),
    ],
)
def test_an_address_without_cluster_is_refused_with_a_remedy(address, reason):
    with pytest.raises(Refusal, match=reason) as refusal:
        facts(DaskEngine(address, connection_time=LIMIT), squares)
    assert "ordonnanceur" in refusal.value.details[0]


def test_without_dask_the_command_line_says_how_to_have_it_and_writes_nothing(folder, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    output = folder / "jamais.xlsx"
    code = main(
        [
            "consolider",
            str(folder / "retours"),
            "--contrat",
            str(folder / "essai.toml"),
            "--annee",
            str(YEAR),
            "--sortie",
            str(output),
            "--moteur",
            "dask",
            "--adresse",
            "tcp://127.0.0.1:9",
        ]
    )
    assert (code, output.exists()) == (2, False)
    assert "pip install 'cls-workbook[dask]'" in capsys.readouterr().err


def test_a_cluster_without_workers_is_refused():
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as empty,
        pytest.raises(Refusal, match="aucune machine au travail"),
    ):
        facts(DaskEngine(empty.scheduler_address, connection_time=LIMIT), squares)


def test_workers_that_have_another_version_are_named(engine, cluster, monkeypatch):
    monkeypatch.setattr(dask_cluster, "PACKAGE", "99.0")
    with pytest.raises(Refusal, match="pas installée comme cet ordinateur") as refusal:
        facts(engine, squares)
    *machines, remedy = refusal.value.details
    assert {m.partition(" : ")[0] for m in machines} == set(cluster.scheduler_info["workers"])
    assert all(m.endswith("ici, 99.0") for m in machines) and "pip install" in remedy


def test_versions_of_what_computes_may_differ_in_their_last_figure_only():
    here = {
        "dask": "2026.8.0",
        "distributed": "2026.8.0",
        "python": "3.11.7.final.0",
        "numpy": "2.4.6",
        "pandas": "3.1.1",
    }
    assert (
        list(
            dask_cluster.ecarts(
                here, here | {"python": "3.11.9.final.0", "pandas": "3.1.0"}, dask_cluster.CLOSELY_MATCHED
            )
        )
        == []
    )
    assert list(
        dask_cluster.ecarts(here, here | {"dask": "2026.8.1", "pandas": None}, dask_cluster.CLOSELY_MATCHED)
    ) == ["dask 2026.8.1 ; ici, 2026.8.0", "pandas absent ; ici, 3.1"]


def test_a_worker_that_joins_later_with_another_version_is_refused():
    with pytest.raises(Refusal, match="il y faut 99.0"):
        dask_cluster.do_work("99.0", b"", b"", 1)


@pytest.mark.exhaustive
def test_a_cluster_whose_last_worker_has_gone_is_not_awaited_for_ever():
    class DesertedCluster:
        def nthreads(self) -> dict:
            return {}

    scheduler = dask_cluster.DaskCluster(
        DaskEngine("tcp://serveur:8786", time_without_machine=0), DesertedCluster(), None, squares, places=2
    )
    with pytest.raises(Refusal, match="n’a plus aucune machine"):
        scheduler.watch()
