"""What every engine promises."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Generic, NamedTuple, Protocol, TypeVar

E = TypeVar("E")
R = TypeVar("R")


class Cause(StrEnum):
    """What an element cost its worker."""

    STOPPED = "arrêt"  # it died
    TIME_LIMIT = "délai"  # it took longer than an element may
    MEMORY = "mémoire"  # it had not enough


class Failure(NamedTuple, Generic[E]):
    """In place of the result of ``element``, which cost its worker more than once: among others, then alone."""

    element: E
    cause: Cause


Work = Callable[[Sequence[E]], R]
Results = Iterator[tuple[Sequence[E], R | Failure[E]]]  # elements, what the work gave for them


class Engine(Protocol):
    """``places``: how many batches it works on at once.

    ``remote``: its workers may not see the files of this machine.
    """

    remote: bool

    @property
    def places(self) -> int: ...

    def apply(self, work: Work[E, R], batches: Iterable[Sequence[E]]) -> Results[E, R]:
        """``work`` on each batch, in order, as results are asked for: (elements, their result).

        ``work`` goes through its elements in order, once; it must give for a batch what it would give for its elements
        one by one, put end to end: a batch that costs its worker comes back as smaller ones. What it raises is raised
        here.
        """
        ...


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
