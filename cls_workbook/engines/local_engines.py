"""The engines of one machine: this process, or several.

What several processes need is imported when there are several: one return is read sooner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from cls_workbook.engines import TIME_LIMIT
from cls_workbook.engines.engine_protocol import Engine, Results, Work, cores
from cls_workbook.engines.this_process import SingleProcess

E = TypeVar("E")
R = TypeVar("R")
PER_PROCESS = 40  # elements: below, a second process costs more than it brings


@dataclass(frozen=True)
class LocalEngine:
    """This machine: as many processes as asked for, or as the cores and the number of elements are worth."""

    processes: int | None = None
    time_limit: float = TIME_LIMIT
    remote = False

    @property
    def places(self) -> int:
        return self.processes or cores()

    def apply(self, work: Work[E, R], batches: Iterable[Sequence[E]]) -> Results[E, R]:
        """See ``Engine``."""
        batches = iter(batches)
        first, nombre = ([], self.processes) if self.processes else _count(batches, cores())
        return self._engine(nombre).apply(work, chain(first, batches))

    def _engine(self, nombre: int) -> Engine:
        if nombre == 1:
            return SingleProcess(self.time_limit)
        from cls_workbook.engines.several_processes import Processes

        return Processes(nombre, self.time_limit)


def _count(batches: Iterator[Sequence[E]], at_most: int) -> tuple[list[Sequence[E]], int]:
    """The first batches, and how many processes they are worth."""
    first: list[Sequence[E]] = []
    elements = 0
    while 1 + elements // PER_PROCESS < at_most and (batch := next(batches, None)) is not None:
        first.append(batch)
        elements += len(batch)
    return first, min(at_most, 1 + elements // PER_PROCESS)
