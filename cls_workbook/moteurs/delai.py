"""A work that may not take longer than so many seconds for each of its elements, in two ways.

``arreter`` ends the process when they have passed, whatever it is doing: for a process that is there for this work alone.
``surveiller`` gives up waiting and leaves the work to itself: for a process that must go on living.
"""

from __future__ import annotations

import contextvars
import faulthandler
import gc
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from functools import cache
from threading import Thread
from typing import TypeVar

E = TypeVar("E")
R = TypeVar("R")


class DelaiPasse(Exception):
    """The time that an element may take has passed."""


class _Comptees(Sequence[E]):
    """The elements; ``au_suivant`` is called each time that one of them is taken."""

    def __init__(self, elements: Sequence[E], au_suivant: Callable[[], None]):
        self._elements, self._au_suivant = elements, au_suivant
        au_suivant()

    def __len__(self) -> int:
        return len(self._elements)

    def __getitem__(self, rang):
        self._au_suivant()
        return self._elements[rang]


def arreter(travail: Callable[[Sequence[E]], R], elements: Sequence[E], delai: float) -> R:
    """``travail(elements)``. The process exits once an element takes more than ``delai`` seconds (a tenth more at most), even in the middle of C code."""
    marge, arme = min(1.0, delai / 10), [0.0]

    def au_suivant() -> None:
        # To set the watch costs a thread: it is not done anew for elements that follow each other quickly.
        if (maintenant := time.monotonic()) - arme[0] >= marge:
            arme[0] = maintenant
            faulthandler.dump_traceback_later(delai + marge, exit=True, file=_nulle_part())

    try:
        return travail(_Comptees(elements, au_suivant))
    finally:
        faulthandler.cancel_dump_traceback_later()


@cache
def _nulle_part():
    return open(os.devnull, "w")  # until the process ends


def surveiller(travail: Callable[[Sequence[E]], R], elements: Sequence[E], delai: float) -> R:
    """``travail(elements)``, in a thread. DelaiPasse once an element takes more than ``delai`` seconds: the thread is abandoned.

    C code that holds Python's lock holds this watch as well.
    """
    debut, ramasse = [0.0], gc.isenabled()

    def au_suivant() -> None:
        debut[0] = time.monotonic()

    comptees, futur = _Comptees(elements, au_suivant), Future()
    Thread(target=_remplir, args=(futur, contextvars.copy_context().run, travail, comptees), daemon=True).start()
    while not futur.done():
        reste = debut[0] + delai - time.monotonic()
        if reste <= 0:
            if ramasse:
                gc.enable()  # what is left behind may have put it at rest, and will not wake it
            raise DelaiPasse
        wait([futur], timeout=min(reste, 1))
    return futur.result()


def _remplir(futur: Future, fonction: Callable, *arguments) -> None:
    try:
        resultat = fonction(*arguments)
    except BaseException as erreur:
        futur.set_exception(erreur)
    else:
        futur.set_result(resultat)
