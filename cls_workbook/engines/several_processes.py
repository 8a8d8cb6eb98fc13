"""The engine of one machine that works with several processes."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

from cls_workbook.engines import TIME_LIMIT
from cls_workbook.engines.engine_protocol import Cause, Results, Work
from cls_workbook.engines.scheduling import LOGGER, in_order
from cls_workbook.engines.this_process import SingleProcess
from cls_workbook.engines.time_limit import run_or_exit

E = TypeVar("E")
R = TypeVar("R")
BATCHES_AHEAD = 3  # batches under way for each process: the next one is there when a process is free
PROCESSES_MAX = 61 if os.name == "nt" else sys.maxsize  # Windows waits for no more


@dataclass(frozen=True)
class Processes:
    """``nombre`` processes of this machine. ``start_method``: how they start. « spawn », as on Windows; by default, as
    Python does here."""

    nombre: int
    time_limit: float = TIME_LIMIT
    start_method: str | None = None
    remote = False

    @property
    def places(self) -> int:
        return self.nombre

    def apply(self, work: Work[E, R], batches: Iterable[Sequence[E]]) -> Results[E, R]:
        """See ``Engine``. Where processes are forbidden, or cannot start, all is done in this one."""
        pool = _Pool(work, min(self.nombre, PROCESSES_MAX), self.time_limit, self.start_method)
        try:
            if pool.can_start():
                yield from in_order(pool, batches)
            else:
                LOGGER.warning("Cet ordinateur ne laisse pas démarrer d’autres processus : tout est lu par un seul.")
                yield from SingleProcess(self.time_limit).apply(work, batches)
        finally:
            pool.close()


class _Pool(Generic[E, R]):
    """A pool of processes, made anew when one of them has died: the others are stopped with it."""

    def __init__(self, work: Work[E, R], nombre: int, time_limit: float, start_method: str | None):
        self.window = BATCHES_AHEAD * nombre
        # Once for all batches: a process that has already unpickled these bytes keeps what it made, and what it
        # learned since.
        self._work = pickle.dumps(work, pickle.HIGHEST_PROTOCOL)
        self._number, self._time_limit, self._context = nombre, time_limit, get_context(start_method)
        self._executor: ProcessPoolExecutor | None = None
        self._start = 0.0

    def can_start(self) -> bool:
        try:
            self._fresh_executor().submit(os.getpid).result()
        except (OSError, NotImplementedError, ImportError, BrokenProcessPool):
            return False
        return True

    def submit(self, elements: Sequence[E]) -> Future[R]:
        self._start = time.monotonic()
        try:
            return (self._executor or self._fresh_executor()).submit(_do_work, self._work, elements, self._time_limit)
        except BrokenProcessPool:
            return self._fresh_executor().submit(_do_work, self._work, elements, self._time_limit)

    def cause(self, error: BaseException | None) -> Cause | None:
        if isinstance(error, BrokenProcessPool):
            return Cause.TIME_LIMIT if time.monotonic() - self._start >= self._time_limit else Cause.STOPPED
        return Cause.MEMORY if isinstance(error, MemoryError) else None

    def watch(self) -> None:
        pass

    def close(self) -> None:
        if self._executor:
            self._executor.shutdown(cancel_futures=True)

    def _fresh_executor(self) -> ProcessPoolExecutor:
        self.close()
        self._executor = ProcessPoolExecutor(self._number, self._context, _prepare_process)
        return self._executor


def _prepare_process() -> None:
    """In a new process: Ctrl-C ends it without a word; the first process says what has to be said."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _do_work(work: bytes, elements: Sequence[E], time_limit: float) -> Any:
    """In another process: one batch. What it gives is known where ``work`` was pickled."""
    return run_or_exit(unpack(work), elements, time_limit)


unpack = lru_cache(maxsize=2)(pickle.loads)
