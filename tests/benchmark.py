"""The benchmark: ratios against a floor measured in the same run, never absolute times. Not a test.

    python tests/benchmark.py [--contrat dijon-2024-2028] [--retours 1000] [--tours 5]

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
from datetime import date
from decimal import Decimal
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


def consolider(identifiant: str, annee: int, nombre: int, dossier: Path, processus: int) -> None:
    from cls_workbook import conductor, pilotage

    contrat, membres = campagne(identifiant, nombre)
    saisies = pilotage.Pilotage(membres=membres)
    resultat = conductor.consolider_dossier([dossier], contrat, annee, jour=date(annee + 1, 2, 1), pilotage=saisies, processus=processus)
    recus, _ = resultat.recus_et_attendus()
    assert recus >= nombre, f"{recus} retours reconnus sur {nombre}"


def mesurer_les_retours(identifiant: str, annee: int, nombre: int, tours: int) -> list[tuple[str, float, str]]:
    with tempfile.TemporaryDirectory() as dossier:
        ecrire_les_retours(identifiant, annee, nombre, Path(dossier))
        temps = chronometrer({
            "plancher": lambda: plancher(Path(dossier)),
            "un": lambda: consolider(identifiant, annee, nombre, Path(dossier), 1),
            "deux": lambda: consolider(identifiant, annee, nombre, Path(dossier), 2),
        }, tours)  # fmt: skip
        memoire = subprocess.run(
            [sys.executable, __file__, "--memoire", dossier, "--contrat", identifiant, "--annee", str(annee), "--retours", str(nombre)],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    return [
        (f"{nombre} retours, un processus / décompression et analyse XML", temps["un"] / temps["plancher"], "2,0"),
        (f"{nombre} retours, deux processus / décompression et analyse XML", temps["deux"] / temps["plancher"], "1,5"),
        (f"Mémoire au plus haut pour {nombre} retours (Mio)", float(memoire), "500"),
    ]


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
    analyseur.add_argument("--memoire", metavar="DOSSIER", help=argparse.SUPPRESS)
    choix = analyseur.parse_args()
    if choix.memoire:
        consolider(choix.contrat, choix.annee, choix.retours, Path(choix.memoire), 1)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    lignes = mesurer_la_generation(choix.contrat, choix.annee, max(choix.tours, 9))
    lignes += mesurer_les_retours(choix.contrat, choix.annee, choix.retours, choix.tours)
    print(f"\n{os.cpu_count()} cœurs, Python {sys.version.split()[0]}, {choix.tours} tours\n")
    print("| Mesure | Rapport | But |\n|---|---:|---:|")
    for nom, valeur, but in lignes:
        print(f"| {nom} | {valeur:.2f} | ≤ {but} |".replace(".", ","))


if __name__ == "__main__":
    main()
