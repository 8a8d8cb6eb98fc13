"""Batches sent to an executor, a bounded number at a time; results in order.

What is lost is done again, down to the element that is the cause.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice
from math import isqrt
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

from cls_workbook.engines.engine_protocol import Cause, Failure, Results
from cls_workbook.french import typography

if TYPE_CHECKING:
    from concurrent.futures import Future

E = TypeVar("E")
E_contra = TypeVar("E_contra", contravariant=True)
R = TypeVar("R")
WATCH_INTERVAL = 1.0  # seconds between two looks at a worker: on Windows, nothing interrupts a wait without end
LOGGER = logging.getLogger(__name__)
_CAUSE_TEXTS = {
    Cause.STOPPED: "Un processus de travail s’est arrêté",
    Cause.TIME_LIMIT: "Un fichier a dépassé le temps accordé",
    Cause.MEMORY: "La mémoire n’a pas suffi",
}


class Done(Generic[R]):
    """The future of a work that was done at once: its result, or what it raised. Spares concurrent.futures to those
    who do one thing."""

    def __init__(self, result: R | None = None, error: Exception | None = None):
        self._result, self._error = result, error

    def exception(self) -> Exception | None:
        return self._error

    def result(self) -> R:
        if self._error:
            raise self._error
        return cast(R, self._result)


class Scheduler(Protocol[E_contra, R]):
    """Where batches are worked on. ``window``: how many may be under way, or done and not yet asked for."""

    window: int

    def submit(self, elements: Sequence[E_contra]) -> Future[R] | Done[R]: ...

    def cause(self, error: BaseException | None) -> Cause | None:
        """What the loss of a batch comes from; None if it was not lost (it is done, or the work itself raised)."""

    def watch(self) -> None:
        """Called while a batch is awaited: may raise Refusal if nobody works any more."""


def in_order(scheduler: Scheduler[E, R], batches: Iterable[Sequence[E]]) -> Results[E, R]:
    """The results of the batches, as ``Engine.apply`` gives them."""
    remaining = iter(batches)
    awaited: deque[tuple[Sequence[E], Future[R] | Done[R]]] = deque()
    while True:
        awaited.extend((batch, scheduler.submit(batch)) for batch in islice(remaining, scheduler.window - len(awaited)))
        if not awaited:
            return
        elements, future = awaited.popleft()
        if cause := _cause(scheduler, future):
            LOGGER.warning(typography(f"{_CAUSE_TEXTS[cause]} : ce qui était en cours est repris."))
            yield from _take_up(scheduler, [(elements, future), *awaited])
            awaited.clear()
        else:
            yield elements, future.result()


def _take_up(scheduler: Scheduler[E, R], batches: list[tuple[Sequence[E], Future[R] | Done[R]]]) -> Results[E, R]:
    """A death takes with it what others were doing, and does not say who caused it. Each batch lost is alone when it is
    done again."""
    causes = [_cause(scheduler, future) for _, future in batches]  # waits for all of them
    for (elements, future), cause in zip(batches, causes, strict=True):
        if cause:
            yield from _isolate(scheduler, elements, already_alone=len(batches) == 1)
        else:
            yield elements, future.result()


def _isolate(scheduler: Scheduler[E, R], elements: Sequence[E], already_alone: bool = False) -> Results[E, R]:
    """Elements done again with nothing else under way. If they are lost again, in ever smaller batches, down to the one
    that is the cause."""
    if not already_alone or len(elements) == 1:
        future = scheduler.submit(elements)
        if not (cause := _cause(scheduler, future)):
            yield elements, future.result()
            return
        if len(elements) == 1:
            yield elements, Failure(elements[0], cause)
            return
    part = isqrt(len(elements))  # 256 elements: two more deaths, where halves would cost eight
    for start in range(0, len(elements), part):
        yield from _isolate(scheduler, elements[start : start + part])


def _cause(scheduler: Scheduler[E, R], future: Future[R] | Done[R]) -> Cause | None:
    """Waits for the end of a batch."""
    if isinstance(future, Done):
        return scheduler.cause(future.exception())
    from concurrent.futures import CancelledError, wait

    while not future.done():
        wait([future], timeout=WATCH_INTERVAL)
        scheduler.watch()
    return scheduler.cause(CancelledError() if future.cancelled() else future.exception())
