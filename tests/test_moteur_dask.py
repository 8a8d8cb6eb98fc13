"""Returns read by a Dask cluster, which these tests start on loopback: the same workbook, byte for byte, whatever happens to its workers."""

from __future__ import annotations

import logging
import sys
from functools import partial

import pytest
from classeurs import ANNEE, DEFINITION, essai, rempli
from test_moteurs import consolidation, faits
from travaux import ContratsQuiTuent, carres, contenus, dormir, le_37, manquer_de_memoire, mourir, mourir_la_premiere_fois, refuser

pytest.importorskip("distributed", reason="Dask (the extra « dask ») is not installed")

import dask
from distributed import LocalCluster

from cls_workbook.cli import main
from cls_workbook.errors import Refus
from cls_workbook.moteurs import grappe
from cls_workbook.moteurs.grappe import Dask
from cls_workbook.moteurs.local import UnProcessus
from cls_workbook.moteurs.promesse import Cause
from cls_workbook.reading import lecture


@pytest.fixture(scope="module")
def cluster():
    """Two workers of one thread, each a process. Dask does again once, not three times, what a dead worker was doing."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1, "distributed.comm.timeouts.connect": "3s"}),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=logging.CRITICAL) as cluster,
    ):
        yield cluster


@pytest.fixture
def moteur(cluster) -> Dask:
    return Dask(cluster.scheduler_address, delai=20)


@pytest.fixture(scope="module")
def dossier(tmp_path_factory):
    """Four returns of the small contract, and a file that is no workbook."""
    dossier = tmp_path_factory.mktemp("dask")
    (dossier / "essai.toml").write_text(DEFINITION, encoding="utf-8")
    (dossier / "retours").mkdir()
    for rang, structure in enumerate(("ville", "mutuelle", "ville", "mutuelle")):
        rempli(dossier / "retours", {"1.1/mesures/1.1-I01/valeur": 10 + rang}, structure, nom=f"{structure}-{rang}.xlsx")
    (dossier / "retours" / "note.pdf").write_bytes(b"%PDF-1.7")
    return dossier


# --- the same bytes ---------------------------------------------------------------------------------------------------


def test_one_process_two_processes_and_a_cluster_write_the_same_workbook(cluster, dossier, monkeypatch, capsys):
    monkeypatch.chdir(dossier)

    def consolider(*options: str) -> bytes:
        code = main(["consolider", "retours", "--contrat", "essai.toml", "--annee", str(ANNEE), "--date", "2026-04-01", "--sortie", "C.xlsx", *options])
        assert code == 1, capsys.readouterr().err  # done; the file that is no workbook blocks
        return (dossier / "C.xlsx").read_bytes()

    attendu = consolider("--processus", "1")
    assert consolider("--processus", "2") == attendu
    assert consolider("--moteur", "dask", "--adresse", cluster.scheduler_address) == attendu


def test_a_worker_killed_while_it_reads_changes_nothing(moteur, dossier, tmp_path):
    retours = lecture.retours_dans([dossier / "retours"])
    attendu = consolidation(retours, UnProcessus())
    assert consolidation(retours, moteur, ContratsQuiTuent(essai(), tmp_path / "temoin")) == attendu
    assert (tmp_path / "temoin").exists()


def test_the_machines_of_the_cluster_need_not_see_the_files(moteur, dossier):
    fichiers = {"retour": dossier / "retours" / "ville-0.xlsx", "absent": dossier / "absent.xlsx"}
    (recus,) = lecture.appliquer(contenus, fichiers, moteur)
    assert recus[0] == fichiers["retour"].read_bytes()
    assert isinstance(recus[1], FileNotFoundError)


# --- what goes wrong in a worker ----------------------------------------------------------------------------------------


def test_an_element_that_kills_its_worker_costs_itself_alone(moteur):
    assert faits(moteur, partial(le_37, mal=mourir), [[36], [37], [38]]) == [(36, 36 * 36), (37, Cause.ARRET), (38, 38 * 38)]


def test_a_worker_killed_in_the_middle_costs_nothing(moteur, tmp_path):
    assert faits(moteur, partial(le_37, mal=partial(mourir_la_premiere_fois, tmp_path / "temoin"))) == [(n, n * n) for n in range(50)]


@pytest.mark.parametrize(("mal", "cause"), [(dormir, Cause.DELAI), (manquer_de_memoire, Cause.MEMOIRE)], ids=["never ends", "wants too much memory"])
def test_an_element_that_is_too_much_for_its_worker_costs_itself_alone(moteur, mal, cause):
    moteur.delai = 0.5
    assert faits(moteur, partial(le_37, mal=mal)) == [(n, cause if n == 37 else n * n) for n in range(50)]


def test_what_the_work_raises_is_raised_to_the_one_who_asked_and_the_cluster_serves_again(moteur):
    with pytest.raises(Refus, match="n’est pas livré"):
        faits(moteur, partial(le_37, mal=refuser))
    assert faits(moteur, carres) == [(n, n * n) for n in range(50)]


# --- no cluster, or not the right one -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adresse", "raison"),
    [("tcp://127.0.0.1:9", "personne n’est à cette adresse"), ("serveur", "pas une adresse de cette forme"), ("http://127.0.0.1:9", "pas une adresse de cette forme")],
)
def test_an_address_without_cluster_is_refused_with_a_remedy(adresse, raison):
    with pytest.raises(Refus, match=raison) as refus:
        faits(Dask(adresse, connexion=0.5), carres)
    assert "ordonnanceur" in refus.value.details[0]


def test_without_dask_the_command_line_says_how_to_have_it_and_writes_nothing(dossier, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    sortie = dossier / "jamais.xlsx"
    code = main(["consolider", str(dossier / "retours"), "--contrat", str(dossier / "essai.toml"), "--annee", str(ANNEE), "--sortie", str(sortie), "--moteur", "dask", "--adresse", "tcp://127.0.0.1:9"])
    assert (code, sortie.exists()) == (2, False)
    assert "pip install 'cls-workbook[dask]'" in capsys.readouterr().err


def test_a_cluster_without_workers_is_refused():
    with LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as vide, pytest.raises(Refus, match="aucune machine au travail"):
        faits(Dask(vide.scheduler_address, connexion=0.5), carres)


def test_workers_that_have_another_version_are_named(moteur, cluster, monkeypatch):
    monkeypatch.setattr(grappe, "PAQUET", "99.0")
    with pytest.raises(Refus, match="pas installée comme cet ordinateur") as refus:
        faits(moteur, carres)
    *machines, remede = refus.value.details
    assert {m.partition(" : ")[0] for m in machines} == set(cluster.scheduler_info["workers"])
    assert all(m.endswith("ici, 99.0") for m in machines) and "pip install" in remede


def test_versions_of_what_computes_may_differ_in_their_last_figure_only():
    ici = {"dask": "2026.8.0", "distributed": "2026.8.0", "python": "3.11.7.final.0", "numpy": "2.4.6", "pandas": "3.1.1"}
    assert list(grappe.ecarts(ici, ici | {"python": "3.11.9.final.0", "pandas": "3.1.0"}, grappe.PROCHES)) == []
    assert list(grappe.ecarts(ici, ici | {"dask": "2026.8.1", "pandas": None}, grappe.PROCHES)) == ["dask 2026.8.1 ; ici, 2026.8.0", "pandas absent ; ici, 3.1"]


def test_a_worker_that_joins_later_with_another_version_is_refused():
    with pytest.raises(Refus, match="il y faut 99.0"):
        grappe.travailler("99.0", b"", b"", 1)


def test_a_cluster_whose_last_worker_has_gone_is_not_awaited_for_ever():
    class Desertee:
        def nthreads(self) -> dict:
            return {}

    atelier = grappe.Grappe(Dask("tcp://serveur:8786", sans_machine=0), Desertee(), None, carres, places=2)
    with pytest.raises(Refus, match="n’a plus aucune machine"):
        atelier.veiller()

