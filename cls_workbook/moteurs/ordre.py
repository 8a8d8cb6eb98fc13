"""Batches sent to an executor, a bounded number at a time; results in order; what is lost done again, one element at a time."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from itertools import islice
from typing import Protocol, TypeVar

from cls_workbook.francais import typographie
from cls_workbook.moteurs import Cause, Panne

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
            JOURNAL.warning(typographie(f"{_DIT[cause]} : ce qui était en cours est repris, un fichier à la fois."))
            yield from _un_a_un(atelier, [(elements, futur), *attente])
            attente.clear()
        else:
            yield elements, futur.result()


def _un_a_un(atelier: Atelier, lots: list[tuple[Sequence[E], Future]]) -> Iterator[tuple[Sequence[E], R | Panne[E]]]:
    """A death takes with it what others were doing, and does not say who caused it: each element lost is alone when it is done
    again, and dies alone."""
    perdus = [_cause(atelier, futur) for _, futur in lots]  # waits for all of them
    for (elements, futur), perdu in zip(lots, perdus, strict=True):
        if not perdu:
            yield elements, futur.result()
            continue
        for element in elements:
            seul = atelier.soumettre((element,))
            cause = _cause(atelier, seul)
            yield (element,), Panne(element, cause) if cause else seul.result()


def _cause(atelier: Atelier, futur: Future) -> Cause | None:
    """Waits for the end of a batch."""
    while not futur.done():
        wait([futur], timeout=VEILLE)
        atelier.veiller()
    return atelier.cause(futur.exception())
