"""Python's cyclic garbage collector, at rest while many small objects are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def suspendu() -> Iterator[None]:
    """Workbooks and rows are many objects and no cycle: the collector would visit them over and over for nothing."""
    actif = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if actif:
            gc.enable()
