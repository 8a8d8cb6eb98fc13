"""The engine that does everything in this process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from cls_workbook.engines import TIME_LIMIT
from cls_workbook.engines.engine_protocol import Cause, Results, Work
from cls_workbook.engines.scheduling import Done, in_order
from cls_workbook.engines.time_limit import TimeLimitPassed, run_or_give_up

E = TypeVar("E")
R = TypeVar("R")


@dataclass(frozen=True)
class SingleProcess:
    """Everything in this process, in a thread that is left behind if it hangs."""

    time_limit: float = TIME_LIMIT
    remote = False
    places = 1

    def apply(self, work: Work[E, R], batches: Iterable[Sequence[E]]) -> Results[E, R]:
        """See ``Engine``."""
        return in_order(_InThisProcess(work, self.time_limit), batches)


class _InThisProcess(Generic[E, R]):
    window = 1

    def __init__(self, work: Work[E, R], time_limit: float):
        self._work, self._time_limit = work, time_limit

    def submit(self, elements: Sequence[E]) -> Done[R]:
        try:
            return Done(run_or_give_up(self._work, elements, self._time_limit))
        except Exception as error:
            return Done(error=error)

    def cause(self, error: BaseException | None) -> Cause | None:
        if isinstance(error, TimeLimitPassed):
            return Cause.TIME_LIMIT
        return Cause.MEMORY if isinstance(error, MemoryError) else None

    def watch(self) -> None:
        pass
