"""Which files are returns, and all of them read, over several processes when there are many.

Apart from the conductor so that a reading process, which starts by importing this module, does not import pandas.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from cls_workbook.contract.definition import load, shipped
from cls_workbook.contract.model import Contrat
from cls_workbook.errors import Refus
from cls_workbook.reading import reader

FICHIERS_PAR_PROCESSUS = 40  # below, a second process costs more than it brings
TRANCHE = 250
T = TypeVar("T")
R = TypeVar("R")


def retours_dans(sources: Iterable[str | Path], vide_permis: bool = False) -> dict[str, Path]:
    """Name to show → file, for every file given and every file of the folders given; sorted, none twice.

    Hidden and lock files are left out, and links are never followed. Refus if a source does not exist, if a folder cannot be read or, unless
    ``vide_permis``, if there is no file at all.
    """
    fichiers: dict[str, Path] = {}
    vus: set[tuple[str, Path]] = set()
    for source in map(Path, sources):
        if source.is_dir():
            trouves = sorted(p for p in _parcourir(source) if not _de_service(p.relative_to(source)))
            candidats = [(p.relative_to(source).as_posix(), p) for p in trouves]
        elif source.is_file():
            candidats = [(source.name, source)]
        else:
            raise Refus(f"« {source} » n’existe pas : indiquez un retour, ou le dossier qui contient les retours.")
        for nom, chemin in candidats:
            if (lieu := (chemin.name, chemin.resolve())) not in vus:
                vus.add(lieu)
                fichiers[nom if nom not in fichiers else str(chemin)] = chemin
    if not fichiers and not vide_permis:
        raise Refus("Aucun fichier à lire : le dossier est vide. Déposez-y les retours, puis recommencez.")
    return dict(sorted(fichiers.items()))


def _parcourir(dossier: Path) -> Iterator[Path]:
    """Every file of a folder and of its folders. One that cannot be read is told: its returns would be taken for missing."""

    def refuser(erreur: OSError) -> None:
        raise Refus(f"Le dossier « {erreur.filename} » ne peut pas être lu ({erreur.strerror or erreur}). Vérifiez vos droits sur ce dossier, puis recommencez.") from erreur

    for lieu, _, noms in os.walk(dossier, onerror=refuser):
        yield from (chemin for nom in noms if (chemin := Path(lieu, nom)).is_file() and not chemin.is_symlink())


def _de_service(chemin: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in chemin.parts)


def lire(fichiers: dict[str, Path], contrats: Callable[[str], Contrat], processus: int | None = None) -> Iterator[reader.Retour]:
    """Reads each file, in order, over several processes when there are many."""
    travail = partial(_lire_un, contrats=contrats)
    nombre = processus or min(os.cpu_count() or 1, 1 + len(fichiers) // FICHIERS_PAR_PROCESSUS)
    if nombre == 1:
        yield from _avec_progression(map(travail, fichiers.items()), len(fichiers))
        return
    with ProcessPoolExecutor(nombre) as executeur:
        yield from _avec_progression(executeur.map(travail, fichiers.items(), chunksize=max(1, len(fichiers) // (8 * nombre))), len(fichiers))


def par_tranches(travail: Callable[[Sequence[tuple[str, Path]]], R], fichiers: dict[str, Path], processus: int | None = None) -> Iterator[R]:
    """``travail`` on batches of files, in order, over several processes when there are many."""
    nombre = processus or min(os.cpu_count() or 1, 1 + len(fichiers) // FICHIERS_PAR_PROCESSUS)
    taille = max(1, min(TRANCHE, -(-len(fichiers) // (2 * nombre)) if nombre > 1 else TRANCHE))
    paires = list(fichiers.items())
    tranches = [paires[i : i + taille] for i in range(0, len(paires), taille)] or [[]]
    if nombre == 1:
        yield from map(travail, tranches)
        return
    with ProcessPoolExecutor(nombre) as executeur:
        yield from executeur.map(travail, tranches)


def _lire_un(fichier: tuple[str, Path], contrats: Callable[[str], Contrat]) -> reader.Retour:
    nom, chemin = fichier
    return reader.lire(chemin, contrats, fichier=nom)


def _avec_progression(etapes: Iterable[T], total: int) -> Iterator[T]:
    """A progress bar on a terminal, once it has lasted a second; nothing elsewhere."""
    from tqdm import tqdm

    muet = True if sys.stderr is None else None  # a Python without console has nowhere to draw
    return iter(tqdm(etapes, total=total, desc="Lecture", unit=" retour", delay=1, leave=False, disable=muet))


class Contrats:
    """Contract id → Contrat: the one given, or one that ships. Goes to other processes as it is."""

    def __init__(self, donne: Contrat | None = None):
        self._connus = {donne.id: donne} if donne else {}

    def __call__(self, identifiant: str) -> Contrat:
        """Refus if this contract is neither given nor shipped."""
        if identifiant not in self._connus:
            if identifiant not in shipped():
                raise Refus(f"Le contrat « {identifiant} » n’est pas livré : indiquez sa définition avec --contrat.")
            self._connus[identifiant] = load(identifiant)
        return self._connus[identifiant]
