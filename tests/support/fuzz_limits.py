"""What one broken file may cost whoever reads it: ``SECONDS`` of processor time for each, ``MIB`` of address space for
all, over what the process holds before the first."""

from __future__ import annotations

import resource
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS, MIB = 5, 500


class TooLongError(BaseException):
    """No ``except OSError`` nor ``except Exception`` of a reader makes a refusal of it."""


def _too_long(*_: object) -> None:
    raise TooLongError(f"plus de {SECONDS} secondes")


def _held(what: str) -> int:
    """What this process holds, in KiB: ``VmSize`` addresses, ``VmHWM`` memory at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{what}:")).split()[1])


class Limits:
    """Bounds the process from here on. ``faults``: files that made a reader fail; each is said on stderr, and kept in
    the folder ``kept``, where one is given."""

    def __init__(self, kept: str = "") -> None:
        self.kept, self.faults, self.slowest = kept, 0, (0.0, "")
        self.base = _held("VmHWM")
        most = _held("VmSize") * 1024 + MIB * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        signal.signal(signal.SIGPROF, _too_long)
        warnings.simplefilter("ignore")  # zipfile, of the parts that are written twice

    @contextmanager
    def around(self, nom: str, path: Path) -> Iterator[None]:
        """One file being read; ``nom`` tells it from the others, with the seed."""
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            yield
        except BaseException as fault:
            self.faults += 1
            if self.faults <= 20:
                print(f"{nom} : {type(fault).__name__} : {str(fault)[:300]}", file=sys.stderr)
            if self.kept:
                Path(self.kept, f"{nom.replace(' ', '-')}{path.suffix}").write_bytes(path.read_bytes())
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self.slowest = max(self.slowest, (time.process_time() - start, nom))

    def said(self) -> str:
        """What the files took: memory over the base, and the slowest."""
        seconds, nom = self.slowest
        return f"{(_held('VmHWM') - self.base) // 1024} Mio de plus, au plus {seconds:.1f} s ({nom})"
