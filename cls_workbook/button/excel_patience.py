"""Excel that is busy (a cell being typed in, a window open) refuses every call: tried again, for a bounded time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

SECONDS, PAUSE = 30.0, 0.25
# What Windows says (RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE), and a Mac (a delay passed).
_BUSY = {-2147418111, -2147417846, -2146777998}
_BUSY_ON_MAC = {-1712}
_ATTEMPTS_OF_XLWINGS = 3  # of its own, without a pause between them; it would try for ever


class ExcelBusy(Exception):
    """Excel was busy for longer than one waits."""


class Patience:
    """Calls what it is given again and again while Excel is busy. One for a click, whose calls share its time."""

    def __init__(self) -> None:
        self.left = SECONDS
        if sys.platform == "win32":
            from xlwings import _xlwindows

            _xlwindows.N_COM_ATTEMPTS = _ATTEMPTS_OF_XLWINGS

    def __call__(self, action: Callable[..., T], *arguments: Any) -> T:
        """ExcelBusy once no time is left."""
        while True:
            try:
                return action(*arguments)
            except Exception as error:  # each engine has its own
                if not is_busy(error):
                    raise
                if self.left <= 0:
                    raise ExcelBusy(str(error)) from error
            time.sleep(PAUSE)
            self.left -= PAUSE


def is_busy(error: BaseException) -> bool:
    """Does this error say that Excel cannot answer now?"""
    if type(error).__name__ == "ExcelBusyError":  # of xlwings
        return True
    if getattr(error, "errornumber", None) in _BUSY_ON_MAC:
        return True
    details = getattr(error, "excepinfo", None) or ()
    codes = {getattr(error, "hresult", None), *(d for d in details if isinstance(d, int))}
    # pywin32 takes a refused call for an attribute that is not there, and names what it does not know.
    unknown = isinstance(error, AttributeError) and "has no attribute" not in str(error) and sys.platform == "win32"
    return bool(codes & _BUSY) or unknown
