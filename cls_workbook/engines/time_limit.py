"""A work that may not take longer than so many seconds for each of its elements, in two ways.

``run_or_exit`` ends the process when they have passed, whatever it is doing: for a process that is there for this
work alone.
``run_or_give_up`` gives up waiting and leaves the work to itself: for a process that must go on living.
"""

from __future__ import annotations

import contextvars
import faulthandler
import gc
import os
import time
from collections.abc import Sequence
from functools import cache
from threading import Thread
from typing import TextIO, TypeVar

from cls_workbook.engines.engine_protocol import Work
from cls_workbook.engines.followed_elements import FollowedElements

E = TypeVar("E")
R = TypeVar("R")


class TimeLimitPassed(Exception):
    """The time that an element may take has passed."""


def run_or_exit(work: Work[E, R], elements: Sequence[E], time_limit: float) -> R:
    """``work(elements)``; too long, it ends the process. The process exits once an element takes more than
    ``time_limit`` seconds (a tenth more at most), even in the middle of C code."""
    slack, armed_at = min(1.0, time_limit / 10), [0.0]

    def on_next(_: object = None) -> None:
        # To set the watch costs a thread: it is not done anew for elements that follow each other quickly.
        if (now := time.monotonic()) - armed_at[0] >= slack:
            armed_at[0] = now
            faulthandler.dump_traceback_later(time_limit + slack, exit=True, file=_nowhere())

    on_next()
    try:
        return work(FollowedElements(elements, on_next))
    finally:
        faulthandler.cancel_dump_traceback_later()


@cache
def _nowhere() -> TextIO:
    return open(os.devnull, "w")  # until the process ends


def run_or_give_up(work: Work[E, R], elements: Sequence[E], time_limit: float) -> R:
    """``work(elements)``, in a thread. TimeLimitPassed once an element takes more than ``time_limit`` seconds: the
    thread is abandoned. C code that holds Python's lock holds this watch as well."""
    start, collecting = [0.0], gc.isenabled()

    def on_next(_: object = None) -> None:
        start[0] = time.monotonic()

    outcome: list[R] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work(FollowedElements(elements, on_next)))
        except BaseException as error:
            errors.append(error)

    on_next()
    thread = Thread(target=contextvars.copy_context().run, args=(run,), daemon=True)
    thread.start()
    while thread.is_alive():
        remaining = start[0] + time_limit - time.monotonic()
        if remaining <= 0:
            if collecting:
                gc.enable()  # what is left behind may have put it at rest, and will not wake it
            raise TimeLimitPassed
        thread.join(min(remaining, 1))
    if errors:
        raise errors[0]
    return outcome[0]
