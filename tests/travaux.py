"""Works for the tests of engines. Apart, because the processes that do them import this module, and no more than it imports."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

from cls_workbook import ramasse_miettes
from cls_workbook.contract.model import Contrat
from cls_workbook.errors import Refus

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # the second is as blunt on Windows


def carres(nombres):
    return [n * n for n in nombres]


def le_37(nombres, mal):
    """Squares; but 37 does harm."""
    return [mal() if n == 37 else n * n for n in nombres]


def mourir():
    os.kill(os.getpid(), KILL)


def mourir_la_premiere_fois(temoin: Path):
    """Dies once, and is a good worker ever after."""
    try:
        temoin.touch(exist_ok=False)
    except FileExistsError:
        return 37 * 37
    mourir()


def dormir():
    time.sleep(60)


def dormir_sans_ramasser():
    with ramasse_miettes.suspendu():
        time.sleep(60)


def s_obstiner():
    """C code that holds Python's lock for longer than anyone would wait."""
    re.match("(a+)+$", "a" * 60 + "b")


def manquer_de_memoire():
    raise MemoryError


def refuser():
    raise Refus("Ce contrat n’est pas livré.", ("indiquez-le",))


def lentement(nombres):
    return [time.sleep(0.15) or n * n for n in nombres]


def qui(nombres):
    return [os.getpid() for _ in nombres]


def contenus(fichiers):
    return [f.contenu for f in fichiers]


class ContratsQuiTuent:
    """Definitions for whoever reads; the first process that asks for one dies, in the middle of a return."""

    def __init__(self, contrat: Contrat, temoin: Path):
        self.contrat, self.temoin = contrat, temoin

    def __call__(self, identifiant: str) -> Contrat:
        mourir_la_premiere_fois(self.temoin)
        return self.contrat
