"""Excel neither draws nor calculates while it is written in; it comes back as it was, even after Python was stopped.

What Excel was like is kept in a temporary file that bears the number of its process: whoever comes after a click that
did not end finds it, and puts Excel back.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cls_workbook.button.excel_patience import Patience

if TYPE_CHECKING:
    import xlwings

_SUSPENDED = {"screen_updating": False, "calculation": "manual"}


@contextmanager
def at_rest(book: xlwings.Book, patience: Patience) -> Iterator[None]:
    app, before = book.app, {}
    for setting in _SUSPENDED:
        with suppress(NotImplementedError):  # an engine that writes all at once has nothing to suspend
            before[setting] = patience(getattr, app, setting)
    if "screen_updating" in before:
        before["screen_updating"] = True  # nobody clicks on a screen that is not drawn: somebody was stopped
    reminder = _reminder(app)
    if reminder and before:
        with suppress(OSError):
            reminder.write_text(json.dumps(before), encoding="utf-8")
    try:
        for setting in before:
            patience(setattr, app, setting, _SUSPENDED[setting])
        yield
    finally:
        if _put_back(app, before, patience) and reminder:
            reminder.unlink(missing_ok=True)


def repair(book: xlwings.Book, patience: Patience) -> bool:
    """Puts Excel back as it was before a click that did not end; True if there was one."""
    reminder = _reminder(book.app)
    if not reminder or not reminder.exists():
        return False
    try:
        before = json.loads(reminder.read_text(encoding="utf-8"))
    except ValueError:  # stopped while it was written: before anything was suspended
        before = {}
    if _put_back(book.app, before, patience):
        reminder.unlink(missing_ok=True)
    return True


def clear_status_bar(book: xlwings.Book) -> None:
    """The macro wrote there that Python is at work; on a Mac, nobody else will clear it."""
    with suppress(Exception):  # of no importance next to what a click has to say
        book.app.status_bar = False


def _put_back(app: xlwings.App, before: dict[str, object], patience: Patience) -> bool:
    """Each setting, whatever becomes of the others."""
    complete = True
    for setting, valeur in before.items():
        try:
            patience(setattr, app, setting, valeur)
        except Exception:  # the next click tries again
            complete = False
    return complete


def _reminder(app: xlwings.App) -> Path | None:
    with suppress(Exception):  # an engine without a process has nothing to remember
        return Path(tempfile.gettempdir()) / f"cls-workbook-excel-{app.pid}.json"
    return None
