"""The benchmark: ratios against a floor measured in the same run, never absolute times. Not a test.

    python tests/benchmark.py [--contrat dijon-2024-2028] [--retours 1000] [--tours 5] [--echelle]

Prints a Markdown table. Each figure is the median over the rounds; floor and subject take turns, so that a
machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path
from xml.parsers import expat

import xlsxwriter

from cls_workbook import contract, entry, francais, generation
from cls_workbook.entry import chasses, examples, layout
from cls_workbook.xlsx import look, sheets, writer
from cls_workbook.xlsx.sheets import Formule, Lien

# --- generation -----------------------------------------------------------------------------------------------------


def generer(identifiant: str, annee: int, par_structure: bool = False) -> None:
    """What the command does, files written; like a command, it starts without the texts that an earlier one measured."""
    for memoire in (chasses.largeur, layout.hauteur, layout.abreger, francais.typographie, francais.plier, sheets.lettre):
        memoire.cache_clear()
    with tempfile.TemporaryDirectory() as dossier:
        for _ in generation.generer(identifiant, annee, dossier, par_structure=par_structure):
            pass


def instructions(classeur) -> list:
    """The same cells as plain XlsxWriter calls: (sheet, [(method, row, column, arguments, style)])."""
    feuilles = []
    for feuille in classeur.feuilles:
        appels = []
        for ligne, colonne, valeur, style in feuille.cellules:
            if isinstance(valeur, Formule):
                appel = ("write_formula", ("=" + valeur.texte,), str(valeur.valeur))
            elif isinstance(valeur, Lien):
                appel = ("write_url", (valeur.cible,), valeur.texte)
            elif valeur is None or valeur == "":
                appel = ("write_blank", (None,), None)
            elif isinstance(valeur, str):
                appel = ("write_string", (valeur,), None)
            elif isinstance(valeur, date):
                appel = ("write_datetime", (valeur,), None)
            else:
                appel = ("write_number", (float(valeur) if isinstance(valeur, Decimal) else valeur,), None)
            appels.append((ligne - 1, colonne - 1, style, *appel))
        feuilles.append((feuille.nom, appels))
    return feuilles


def nu(feuilles: list, styles: dict[str, dict]) -> bytes:
    """Bare XlsxWriter: the same cells and formats, nothing planned, nothing checked."""
    tampon = BytesIO()
    livre = xlsxwriter.Workbook(tampon, {"in_memory": True})
    formats = {nom: livre.add_format(proprietes) for nom, proprietes in styles.items()}
    for nom, appels in feuilles:
        page = livre.add_worksheet(nom)
        for ligne, colonne, style, methode, arguments, dernier in appels:
            if dernier is None:
                getattr(page, methode)(ligne, colonne, *arguments, formats[style])
            else:
                getattr(page, methode)(ligne, colonne, *arguments, formats[style], dernier)
    livre.close()
    return tampon.getvalue()


def mesurer_la_generation(identifiant: str, annee: int, tours: int) -> list[tuple[str, float, str]]:
    contrat = contract.load(identifiant)
    classeur = entry.plan(contrat, annee).classeur
    feuilles = instructions(classeur)
    styles = {c.style: look.style(c.style) for f in classeur.feuilles for c in f.cellules}
    repondants = entry.repondants(contrat)

    temps = chronometrer({
        "nu": lambda: nu(feuilles, styles),
        "complet": lambda: generer(identifiant, annee),
        "structures": lambda: generer(identifiant, annee, par_structure=True),
    }, tours)  # fmt: skip
    une_de_plus = (temps["structures"] - temps["complet"]) / len(repondants)
    return [
        ("Classeur de l’année / XlsxWriter nu, mêmes cellules", temps["complet"] / temps["nu"], "1,3"),
        ("Un classeur de structure de plus / classeur de l’année", une_de_plus / temps["complet"], "0,05"),
    ]


# --- a thousand returns ---------------------------------------------------------------------------------------------


def campagne(identifiant: str, nombre: int) -> tuple[contract.Contrat, dict[str, tuple[str, ...]]]:
    """The contract, and a group of it that stands for ``nombre`` structures."""
    contrat = contract.load(identifiant)
    groupe = next(s for s in contrat.structures if s.groupe)
    return contrat, {groupe.id: tuple(f"Structure {n:05d}" for n in range(nombre))}


def ecrire_les_retours(identifiant: str, annee: int, nombre: int, dossier: Path) -> None:
    contrat, membres = campagne(identifiant, nombre)
    attendus = [r for r in entry.repondants(contrat, membres) if r.nom.startswith("Structure ")]
    for debut in range(0, len(attendus), 50):
        plans = [entry.plan(contrat, annee, r) for r in attendus[debut : debut + 50]]
        for plan in plans:
            examples.remplir(plan, examples.repondre(plan, graine=plan.repondant.id))
            writer.write(plan.classeur, dossier / f"{entry.nom_de_fichier(plan.repondant.id)}.xlsx")


def plancher(dossier: Path) -> None:
    """Unzip every part, and parse the XML ones with expat: what no reader can do without."""
    for fichier in sorted(dossier.iterdir()):
        with zipfile.ZipFile(fichier) as archive:
            for nom in archive.namelist():
                contenu = archive.read(nom)
                if nom.endswith((".xml", ".rels")):
                    expat.ParserCreate().Parse(contenu, True)


def consolider(identifiant: str, annee: int, nombre: int, dossier: Path, processus: int = 1, moteur=None):
    from cls_workbook import conductor, pilotage

    contrat, membres = campagne(identifiant, nombre)
    saisies = pilotage.Pilotage(membres=membres)
    resultat = conductor.consolider_dossier([dossier], contrat, annee, jour=date(annee + 1, 2, 1), pilotage=saisies, processus=processus, moteur=moteur)
    recus, _ = resultat.recus_et_attendus()
    assert recus >= nombre, f"{recus} retours reconnus sur {nombre}"
    return resultat


def mesurer_les_retours(identifiant: str, annee: int, nombre: int, tours: int, dossier: Path) -> list[tuple[str, float, str]]:
    # In another process: what writing a thousand workbooks leaves in memory would weigh on what is measured here.
    arguments = ["--ecrire", dossier, "--contrat", identifiant, "--annee", str(annee), "--retours", str(nombre)]
    subprocess.run([sys.executable, __file__, *arguments], check=True)
    deux = partial(consolider, identifiant, annee, nombre, dossier, 2)
    temps = chronometrer({
        "plancher": lambda: plancher(dossier),
        "un": lambda: consolider(identifiant, annee, nombre, dossier),
        "deux": deux,
    }, tours)  # fmt: skip
    with grappe() as moteur:  # apart: a cluster takes time even while it waits
        cote_a_cote = chronometrer({"deux": deux, "grappe": partial(consolider, identifiant, annee, nombre, dossier, moteur=moteur)}, tours) if moteur else {}
    lignes = [
        (f"{nombre} retours, un processus / décompression et analyse XML", temps["un"] / temps["plancher"], "1,4"),
        (f"{nombre} retours, deux processus / décompression et analyse XML", temps["deux"] / temps["plancher"], "1,0"),
        (f"Mémoire au plus haut pour {nombre} retours (Mio)", memoire(identifiant, annee, nombre, dossier), "300"),
        (f"Classeur de consolidation de {nombre} retours / XlsxWriter nu, mêmes cellules", a_part("--rapport", identifiant, annee, nombre, dossier)[0], "0,5"),
        (f"Mémoire au plus haut pour {nombre} retours, classeur de consolidation écrit (Mio)", a_part("--classeur", identifiant, annee, nombre, dossier)[1], "250"),
    ]
    if cote_a_cote:
        lignes.insert(2, (f"{nombre} retours, grappe Dask de deux machines / deux processus", cote_a_cote["grappe"] / cote_a_cote["deux"], "1,3"))
    return lignes


@contextmanager
def grappe():
    """The engine of a Dask cluster of two workers, on this machine; None where Dask is not installed."""
    try:
        from distributed import LocalCluster
    except ImportError:
        yield None
        return
    from cls_workbook.moteurs.grappe import Dask

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50) as cluster:
        yield Dask(cluster.scheduler_address)


def mesurer_l_echelle(identifiant: str, annee: int, nombre: int, dossier: Path) -> list[tuple[str, float, str]]:
    """Ten times as many returns: one run of each, in processes of their own, the floor of the small ones being long enough."""
    dix = dossier / "dix"
    dix.mkdir()
    ecrire_les_retours(identifiant, annee, 10 * nombre, dix)
    un = dossier / "un"
    un.mkdir()
    for fichier in sorted(dix.iterdir())[:nombre]:
        (un / fichier.name).hardlink_to(fichier)
    petites, grande = ([seul(identifiant, annee, n, d) for _ in range(tours)] for n, d, tours in ((nombre, un, 3), (10 * nombre, dix, 1)))
    temps, sommet = (statistics.median(p[rang] for p in petites) for rang in (0, 1))
    return [
        (f"{10 * nombre} retours / {nombre} retours, un processus, temps", grande[0][0] / temps, "10,5"),
        (f"Mémoire au plus haut pour {10 * nombre} retours (Mio)", grande[0][1], "300"),
        (f"Mémoire, {10 * nombre} retours / {nombre} retours", grande[0][1] / sommet, "1,1"),
    ]


def memoire(identifiant: str, annee: int, nombre: int, dossier: Path) -> float:
    return seul(identifiant, annee, nombre, dossier)[1]


def seul(identifiant: str, annee: int, nombre: int, dossier: Path) -> tuple[float, float]:
    """(seconds, peak memory in MiB) of one consolidation in a process of its own."""
    return a_part("--seul", identifiant, annee, nombre, dossier)


def a_part(quoi: str, identifiant: str, annee: int, nombre: int, dossier: Path) -> tuple[float, float]:
    """(what is measured, peak memory in MiB) of one run of this file in a process of its own; ``quoi``: its option."""
    sortie = subprocess.run(
        [sys.executable, __file__, quoi, dossier, "--contrat", identifiant, "--annee", str(annee), "--retours", str(nombre)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    mesure, mio = sortie.split()
    return float(mesure), float(mio)


def dessiner(resultat) -> None:
    """The consolidation workbook, from the figures to the file, as the command does it."""
    from cls_workbook.results import consolidated

    with tempfile.TemporaryDirectory() as dossier:
        writer.write(consolidated.classeur(resultat), Path(dossier) / "consolidation.xlsx")


def rapport_a_xlsxwriter(resultat, tours: int) -> float:
    from cls_workbook.results import consolidated

    classeur = consolidated.classeur(resultat)
    feuilles, styles = instructions(classeur), {c.style: look.style(c.style) for f in classeur.feuilles for c in f.cellules}
    temps = chronometrer({"nu": lambda: nu(feuilles, styles), "complet": lambda: dessiner(resultat)}, tours)
    return temps["complet"] / temps["nu"]


def sommet_de_memoire() -> float:
    """Of this process, in MiB. Where ``/proc`` is: what getrusage says is also that of the process which started this one."""
    statut = Path("/proc/self/status")
    if statut.is_file():
        return next(int(ligne.split()[1]) for ligne in statut.read_text().splitlines() if ligne.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- the stopwatch --------------------------------------------------------------------------------------------------


def chronometrer(sujets: dict, tours: int) -> dict[str, float]:
    """Median seconds of each subject; they take turns."""
    releves: dict[str, list[float]] = {nom: [] for nom in sujets}
    for sujet in sujets.values():
        sujet()  # a first round warms imports and caches, uncounted
    for _ in range(tours):
        for nom, sujet in sujets.items():
            gc.collect()
            debut = time.perf_counter()
            sujet()
            releves[nom].append(time.perf_counter() - debut)
    return {nom: statistics.median(valeurs) for nom, valeurs in releves.items()}


def main() -> None:
    analyseur = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    analyseur.add_argument("--contrat", default="dijon-2024-2028")
    analyseur.add_argument("--annee", type=int, default=2025)
    analyseur.add_argument("--retours", type=int, default=1000)
    analyseur.add_argument("--tours", type=int, default=5)
    analyseur.add_argument("--echelle", action="store_true", help="also ten times as many returns (half an hour)")
    analyseur.add_argument("--seul", metavar="DOSSIER", help=argparse.SUPPRESS)
    analyseur.add_argument("--classeur", metavar="DOSSIER", help=argparse.SUPPRESS)
    analyseur.add_argument("--rapport", metavar="DOSSIER", help=argparse.SUPPRESS)
    analyseur.add_argument("--ecrire", metavar="DOSSIER", help=argparse.SUPPRESS)
    choix = analyseur.parse_args()
    if dossier := choix.seul or choix.classeur or choix.rapport:
        debut = time.perf_counter()
        resultat = consolider(choix.contrat, choix.annee, choix.retours, Path(dossier))
        if choix.classeur:
            dessiner(resultat)
        mesure = rapport_a_xlsxwriter(resultat, choix.tours) if choix.rapport else time.perf_counter() - debut
        print(mesure, sommet_de_memoire())
        return
    if choix.ecrire:
        ecrire_les_retours(choix.contrat, choix.annee, choix.retours, Path(choix.ecrire))
        return
    with tempfile.TemporaryDirectory() as dossier:
        des_retours = mesurer_les_retours(choix.contrat, choix.annee, choix.retours, choix.tours, Path(dossier))
    lignes = mesurer_la_generation(choix.contrat, choix.annee, max(choix.tours, 9)) + des_retours
    if choix.echelle:
        with tempfile.TemporaryDirectory() as dossier:
            lignes += mesurer_l_echelle(choix.contrat, choix.annee, choix.retours, Path(dossier))
    print(f"\n{os.cpu_count()} cœurs, Python {sys.version.split()[0]}, {choix.tours} tours\n")
    print("| Mesure | Rapport | But |\n|---|---:|---:|")
    for nom, valeur, but in lignes:
        print(f"| {nom} | {valeur:.2f} | ≤ {but} |".replace(".", ","))


if __name__ == "__main__":
    main()
