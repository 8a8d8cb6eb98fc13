"""The engines of one machine: this process, or several."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from multiprocessing import get_context
from typing import TypeVar

from cls_workbook.moteurs import DELAI
from cls_workbook.moteurs.delai import DelaiPasse, arreter, surveiller
from cls_workbook.moteurs.ordre import JOURNAL, en_ordre
from cls_workbook.moteurs.promesse import Cause, Panne, coeurs

E = TypeVar("E")
R = TypeVar("R")
PAR_PROCESSUS = 40  # elements: below, a second process costs more than it brings
D_AVANCE = 3  # batches under way for each process: the next one is there when a process is free
PROCESSUS_MAX = 61 if os.name == "nt" else sys.maxsize  # Windows waits for no more


@dataclass(frozen=True)
class Local:
    """This machine: as many processes as asked for, or as the cores and the number of elements are worth."""

    processus: int | None = None
    delai: float = DELAI
    a_distance = False

    @property
    def places(self) -> int:
        return self.processus or coeurs()

    def appliquer(self, travail: Callable[[Sequence[E]], R], tranches: Iterable[Sequence[E]]) -> Iterator[tuple[Sequence[E], R | Panne[E]]]:
        """See ``Moteur``."""
        tranches = iter(tranches)
        premieres, nombre = ([], self.processus) if self.processus else _compter(tranches, coeurs())
        moteur = Processus(nombre, self.delai) if nombre > 1 else UnProcessus(self.delai)
        return moteur.appliquer(travail, chain(premieres, tranches))


def _compter(tranches: Iterator[Sequence[E]], au_plus: int) -> tuple[list[Sequence[E]], int]:
    """The first batches, and how many processes they are worth."""
    premieres, elements = [], 0
    while 1 + elements // PAR_PROCESSUS < au_plus and (tranche := next(tranches, None)) is not None:
        premieres.append(tranche)
        elements += len(tranche)
    return premieres, min(au_plus, 1 + elements // PAR_PROCESSUS)


# --- this process ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnProcessus:
    """Everything in this process, in a thread that is left behind if it hangs."""

    delai: float = DELAI
    a_distance = False
    places = 1

    def appliquer(self, travail: Callable[[Sequence[E]], R], tranches: Iterable[Sequence[E]]) -> Iterator[tuple[Sequence[E], R | Panne[E]]]:
        """See ``Moteur``."""
        return en_ordre(_Ici(travail, self.delai), tranches)


class _Ici:
    fenetre = 1

    def __init__(self, travail: Callable, delai: float):
        self._travail, self._delai = travail, delai

    def soumettre(self, elements: Sequence) -> Future:
        fait: Future = Future()
        try:
            fait.set_result(surveiller(self._travail, elements, self._delai))
        except Exception as erreur:
            fait.set_exception(erreur)
        return fait

    def cause(self, erreur: BaseException | None) -> Cause | None:
        return Cause.DELAI if isinstance(erreur, DelaiPasse) else Cause.MEMOIRE if isinstance(erreur, MemoryError) else None

    def veiller(self) -> None:
        pass


# --- several processes ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Processus:
    """``nombre`` processes of this machine. ``demarrage``: how they start (« spawn », as on Windows; default: as Python does here)."""

    nombre: int
    delai: float = DELAI
    demarrage: str | None = None
    a_distance = False

    @property
    def places(self) -> int:
        return self.nombre

    def appliquer(self, travail: Callable[[Sequence[E]], R], tranches: Iterable[Sequence[E]]) -> Iterator[tuple[Sequence[E], R | Panne[E]]]:
        """See ``Moteur``. Where processes are forbidden, or cannot start, all is done in this one."""
        bassin = _Bassin(travail, min(self.nombre, PROCESSUS_MAX), self.delai, self.demarrage)
        try:
            if bassin.demarre():
                yield from en_ordre(bassin, tranches)
            else:
                JOURNAL.warning("Cet ordinateur ne laisse pas démarrer d’autres processus : tout est lu par un seul.")
                yield from UnProcessus(self.delai).appliquer(travail, tranches)
        finally:
            bassin.fermer()


class _Bassin:
    """A pool of processes, made anew when one of them has died: the others are stopped with it."""

    def __init__(self, travail: Callable, nombre: int, delai: float, demarrage: str | None):
        self.fenetre = D_AVANCE * nombre
        # Once for all batches: a process that has already unpickled these bytes keeps what it made, and what it learned since.
        self._travail = pickle.dumps(travail, pickle.HIGHEST_PROTOCOL)
        self._nombre, self._delai, self._contexte = nombre, delai, get_context(demarrage)
        self._executeur: ProcessPoolExecutor | None = None
        self._debut = 0.0

    def demarre(self) -> bool:
        try:
            self._neuf().submit(os.getpid).result()
        except (OSError, NotImplementedError, ImportError, BrokenProcessPool):
            return False
        return True

    def soumettre(self, elements: Sequence) -> Future:
        self._debut = time.monotonic()
        try:
            return (self._executeur or self._neuf()).submit(_travailler, self._travail, elements, self._delai)
        except BrokenProcessPool:
            return self._neuf().submit(_travailler, self._travail, elements, self._delai)

    def cause(self, erreur: BaseException | None) -> Cause | None:
        if isinstance(erreur, BrokenProcessPool):
            return Cause.DELAI if time.monotonic() - self._debut >= self._delai else Cause.ARRET
        return Cause.MEMOIRE if isinstance(erreur, MemoryError) else None

    def veiller(self) -> None:
        pass

    def fermer(self) -> None:
        if self._executeur:
            self._executeur.shutdown(cancel_futures=True)

    def _neuf(self) -> ProcessPoolExecutor:
        self.fermer()
        self._executeur = ProcessPoolExecutor(self._nombre, self._contexte, _se_preparer)
        return self._executeur


def _se_preparer() -> None:
    """In a new process: Ctrl-C ends it without a word; the first process says what has to be said."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _travailler(travail: bytes, elements: Sequence, delai: float):
    """In another process: one batch."""
    return arreter(deballer(travail), elements, delai)


deballer = lru_cache(maxsize=2)(pickle.loads)
