"""Python's cyclic garbage collector, at rest while many small objects are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects made, and not gone, before the collector visits them: a command on one return makes fewer.
BETWEEN_VISITS = 100_000


@contextmanager
def of_one_command() -> Iterator[None]:
    """In a process that ends with what it does here: few visits meanwhile, none when it ends, when Python would go
    through everything that was imported, several times over. A tenth of the time of one return."""
    gc.set_threshold(BETWEEN_VISITS)
    try:
        yield
    finally:
        gc.freeze()


def of_a_long_life() -> None:
    """In a process that answers request after request: what was imported is not visited again, the rest seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(BETWEEN_VISITS)


@contextmanager
def suspended() -> Iterator[None]:
    """Workbooks and rows are many objects and no cycle: the collector would visit them over and over for nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
