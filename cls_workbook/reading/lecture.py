"""Which files are returns, and all of them read, by whichever engine.

Apart from the conductor so that a process that only reads (``controler``), and starts by importing this module, does not import pandas.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from cls_workbook.contract.definition import load, shipped
from cls_workbook.contract.model import Contrat
from cls_workbook.errors import Refus
from cls_workbook.francais import typographie
from cls_workbook.moteurs.local import Local
from cls_workbook.moteurs.promesse import Moteur, Panne
from cls_workbook.reading import constats_de_lecture as constats
from cls_workbook.reading import reader
from cls_workbook.reading.archive import REFAIRE

PAR_TRANCHE = 25  # files read together: what is asked of another process, and comes back, at once
POIDS_D_UN_ENVOI = 10_000_000  # bytes of the files that are sent to another machine together
JOURNAL = logging.getLogger(__name__)
R = TypeVar("R")


class Fichiers(Mapping[str, Path]):
    """Name to show → file, by name. Paths are made when they are asked for: those of ten thousand files would weigh more than all their names."""

    def __init__(self, dossiers: Mapping[str, str]):
        self._dossiers = dict(sorted(dossiers.items()))  # name → the folder that it starts from; "": the name is the whole path

    def __getitem__(self, nom: str) -> Path:
        return Path(self._dossiers[nom], nom)

    def __iter__(self) -> Iterator[str]:
        return iter(self._dossiers)

    def __len__(self) -> int:
        return len(self._dossiers)

    def sans(self, ecarte: Callable[[Path], bool]) -> Fichiers:
        """The others."""
        return Fichiers({nom: dossier for nom, dossier in self._dossiers.items() if not ecarte(Path(dossier, nom))})


def retours_dans(sources: Sequence[str | Path], vide_permis: bool = False) -> Fichiers:
    """Every file given and every file of the folders given; sorted, none twice.

    Hidden and lock files are left out, and links are never followed. Refus if a source does not exist, if a folder cannot be read or, unless
    ``vide_permis``, if there is no file at all.
    """
    dossiers: dict[str, str] = {}
    vus: set[tuple[str, Path]] = set()
    for source in map(Path, sources):
        if source.is_dir():
            depart, noms = str(source), sorted(nom for nom in _parcourir(source) if not _de_service(nom))
        elif source.is_file():
            depart, noms = str(source.parent), [source.name]
        else:
            raise Refus(f"« {source} » n’existe pas : indiquez un retour, ou le dossier qui contient les retours.")
        for nom in noms:
            if len(sources) > 1:
                chemin = Path(depart, nom)
                if (lieu := (chemin.name, chemin.resolve())) in vus:
                    continue
                vus.add(lieu)
            if nom in dossiers:
                dossiers[str(Path(depart, nom))] = ""
            else:
                dossiers[nom] = depart
    if not dossiers and not vide_permis:
        raise Refus("Aucun fichier à lire : le dossier est vide. Déposez-y les retours, puis recommencez.")
    return Fichiers(dossiers)


def _parcourir(dossier: Path) -> Iterator[str]:
    """Every file of a folder and of its folders, by its name from there on. One that cannot be read is told: its returns would be taken for missing."""

    def refuser(erreur: OSError) -> None:
        raise Refus(f"Le dossier « {erreur.filename} » ne peut pas être lu ({erreur.strerror or erreur}). Vérifiez vos droits sur ce dossier, puis recommencez.") from erreur

    for lieu, _, noms in os.walk(dossier, onerror=refuser):
        ici = Path(lieu).relative_to(dossier).as_posix()
        for nom in noms:
            chemin = os.path.join(lieu, nom)
            if os.path.isfile(chemin) and not os.path.islink(chemin):
                yield nom if ici == "." else f"{ici}/{nom}"


def _de_service(nom: str) -> bool:
    return any(part.startswith((".", "~$")) for part in nom.split("/"))


class Fichier(NamedTuple):
    """A file to read: the name to show, and where it is (on the machine that reads, or was asked to)."""

    nom: str
    chemin: str
    contenu: bytes | OSError | None = None

    def lire(self, contrats: Callable[[str], Contrat]) -> reader.Retour:
        """See ``reader.lire``."""
        contenu = reader.contenu_de(Path(self.chemin)) if self.contenu is None else self.contenu
        return reader.lire_contenu(contenu, self.chemin, contrats, self.nom)


class _AEnvoyer(Fichier):
    """A file that takes its bytes along when it leaves for another machine, and only then: what has not left weighs nothing."""

    __slots__ = ()

    def __reduce__(self) -> tuple:
        return Fichier, (self.nom, self.chemin, reader.contenu_de(Path(self.chemin)))


def lire(fichiers: Mapping[str, Path], contrats: Callable[[str], Contrat], processus: int | None = None, moteur: Moteur | None = None) -> Iterator[reader.Retour]:
    """Reads each file, in order, over several processes when there are many (or ``processus`` of them, or by ``moteur``)."""
    for resultat in appliquer(partial(_lire_une_tranche, contrats=contrats), fichiers, moteur or Local(processus)):
        yield from [en_panne(resultat)] if isinstance(resultat, Panne) else resultat


def _lire_une_tranche(tranche: Sequence[Fichier], contrats: Callable[[str], Contrat]) -> list[reader.Retour]:
    return [fichier.lire(contrats) for fichier in tranche]


def appliquer(travail: Callable[[Sequence[Fichier]], R], fichiers: Mapping[str, Path], moteur: Moteur | None = None, par_tranche: int = PAR_TRANCHE) -> Iterator[R | Panne[Fichier]]:
    """``travail`` on batches of files, at most ``par_tranche`` together: its results in the order of the files, with a progress bar.

    A file that ends or hangs what reads it gives a ``Panne`` in its place, and one line of the log; see ``en_panne``.
    """
    moteur = moteur or Local()
    a_lire = ((_AEnvoyer if moteur.a_distance else Fichier)(nom, str(chemin)) for nom, chemin in fichiers.items())
    # Small enough for each place to have several, so that all end together; large enough for what a batch costs in itself.
    taille = max(1, par_tranche // 5, min(par_tranche, len(fichiers) // (4 * moteur.places)))
    with _progression(len(fichiers)) as barre:
        for faits, resultat in moteur.appliquer(travail, _tranches(a_lire, taille, pesees=moteur.a_distance)):
            if isinstance(resultat, Panne):
                JOURNAL.warning(typographie(f"{resultat.element.nom} : {constats.PANNES[resultat.cause]}"))
            yield resultat
            barre.update(len(faits))


def _tranches(fichiers: Iterable[Fichier], taille: int, pesees: bool) -> Iterator[list[Fichier]]:
    """Batches of ``taille`` files; ``pesees``: lighter, if that is more than goes at once over a network."""
    tranche, poids = [], 0
    for fichier in fichiers:
        pese = _poids(fichier) if pesees else 0
        if tranche and (len(tranche) == taille or poids + pese > POIDS_D_UN_ENVOI):
            yield tranche
            tranche, poids = [], 0
        tranche.append(fichier)
        poids += pese
    if tranche:
        yield tranche


def _poids(fichier: Fichier) -> int:
    with suppress(OSError):
        return Path(fichier.chemin).stat().st_size
    return 0


def en_panne(panne: Panne[Fichier]) -> reader.Retour:
    """The return that could not be read to its end: without answers, with one blocking anomaly."""
    fichier = panne.element
    return reader.Retour(fichier.nom, fichier.chemin, "", anomalies=(constats.illisible(fichier.nom, constats.PANNES[panne.cause], REFAIRE),))


def _progression(total: int):
    """A progress bar on a terminal, once it has lasted a second; nothing elsewhere."""
    from tqdm import tqdm

    muet = True if sys.stderr is None else None  # a Python without console has nowhere to draw
    return tqdm(total=total, desc="Lecture", unit=" retour", delay=1, leave=False, disable=muet)


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
