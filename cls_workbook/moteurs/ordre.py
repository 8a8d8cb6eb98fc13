"""Batches sent to an executor, a bounded number at a time; results in order; what is lost done again, down to the element that is the cause."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
from itertools import islice
from math import isqrt
from typing import Protocol, TypeVar

from cls_workbook.francais import typographie
from cls_workbook.moteurs.promesse import Cause, Panne

E = TypeVar("E")
R = TypeVar("R")
VEILLE = 1.0  # seconds between two looks at a worker: on Windows, nothing interrupts a wait without end
JOURNAL = logging.getLogger(__name__)
_DIT = {
    Cause.ARRET: "Un processus de travail s’est arrêté",
    Cause.DELAI: "Un fichier a dépassé le temps accordé",
    Cause.MEMOIRE: "La mémoire n’a pas suffi",
}


class Atelier(Protocol):
    """Where batches are worked on. ``fenetre``: how many may be under way, or done and not yet asked for."""

    fenetre: int

    def soumettre(self, elements: Sequence[E]) -> Future: ...

    def cause(self, erreur: BaseException | None) -> Cause | None:
        """What the loss of a batch comes from; None if it was not lost (it is done, or the work itself raised)."""

    def veiller(self) -> None:
        """Called while a batch is awaited: may raise Refus if nobody works any more."""


def en_ordre(atelier: Atelier, tranches: Iterable[Sequence[E]]) -> Iterator[tuple[Sequence[E], R | Panne[E]]]:
    """The results of the batches, as ``Moteur.appliquer`` gives them."""
    reste, attente = iter(tranches), deque()
    while True:
        attente.extend((tranche, atelier.soumettre(tranche)) for tranche in islice(reste, atelier.fenetre - len(attente)))
        if not attente:
            return
        elements, futur = attente.popleft()
        if cause := _cause(atelier, futur):
            JOURNAL.warning(typographie(f"{_DIT[cause]} : ce qui était en cours est repris."))
            yield from _reprendre(atelier, [(elements, futur), *attente])
            attente.clear()
        else:
            yield elements, futur.result()


def _reprendre(atelier: Atelier, lots: list[tuple[Sequence[E], Future]]) -> Iterator[tuple[Sequence[E], R | Panne[E]]]:
    """A death takes with it what others were doing, and does not say who caused it: each batch lost is alone when it is done again."""
    perdus = [_cause(atelier, futur) for _, futur in lots]  # waits for all of them
    for (elements, futur), perdu in zip(lots, perdus, strict=True):
        if perdu:
            yield from _isoler(atelier, elements, deja_seul=len(lots) == 1)
        else:
            yield elements, futur.result()


def _isoler(atelier: Atelier, elements: Sequence[E], deja_seul: bool = False) -> Iterator[tuple[Sequence[E], R | Panne[E]]]:
    """Elements done again with nothing else under way; if they are lost again, in ever smaller batches, down to the one that is the cause."""
    if not deja_seul or len(elements) == 1:
        futur = atelier.soumettre(elements)
        if not (cause := _cause(atelier, futur)):
            yield elements, futur.result()
            return
        if len(elements) == 1:
            yield elements, Panne(elements[0], cause)
            return
    part = isqrt(len(elements))  # 256 elements: two more deaths, where halves would cost eight
    for debut in range(0, len(elements), part):
        yield from _isoler(atelier, elements[debut : debut + part])


def _cause(atelier: Atelier, futur: Future) -> Cause | None:
    """Waits for the end of a batch."""
    while not futur.done():
        wait([futur], timeout=VEILLE)
        atelier.veiller()
    return atelier.cause(CancelledError() if futur.cancelled() else futur.exception())
