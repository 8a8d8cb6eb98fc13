"""Works for the tests of engines.

Apart, because the processes that do them import this module, and no more than it imports.
"""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

from cls_workbook import garbage
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # the second is as blunt on Windows


def squares(numbers):
    return [n * n for n in numbers]


def harmful_37(numbers, harm):
    """Squares; but 37 does harm."""
    return [harm() if n == 37 else n * n for n in numbers]


def die():
    os.kill(os.getpid(), KILL)


def die_the_first_time(witness: Path):
    """Dies once, and is a good worker ever after."""
    try:
        witness.touch(exist_ok=False)
    except FileExistsError:
        return 37 * 37
    die()


def sleep_long():
    time.sleep(60)


def sleep_without_collecting():
    with garbage.suspended():
        time.sleep(60)


def be_stubborn():
    """C code that holds Python's lock for longer than anyone would wait."""
    re.match("(a+)+$", "a" * 60 + "b")


def run_out_of_memory():
    raise MemoryError


def refuse():
    raise Refusal("Ce contrat n’est pas livré.", ("indiquez-le",))


def slowly(numbers):
    """Five of them take longer than the limit that the tests give to one."""
    return [time.sleep(0.5) or n * n for n in numbers]


def who(numbers):
    return [os.getpid() for _ in numbers]


def contents(files):
    return [f.content for f in files]


class KillingContrats:
    """Definitions for whoever reads; the first process that asks for one dies, in the middle of a return."""

    def __init__(self, contrat: Contrat, witness: Path):
        self.contrat, self.witness = contrat, witness

    def __call__(self, identifier: str) -> Contrat:
        die_the_first_time(self.witness)
        return self.contrat
