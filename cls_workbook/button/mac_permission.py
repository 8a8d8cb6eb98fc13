"""macOS does not let Python drive Excel yet (error -1743): Excel cannot say it, which nobody may speak to; a window of
the system does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cls_workbook.french import typography

REMEDY = (
    "macOS n’autorise pas encore Python à piloter Excel : rien n’a été fait. Ouvrez Réglages Système, Confidentialité "
    "et sécurité, Automatisation, cochez « Microsoft Excel » sous Excel ou Python, puis recommencez. Sans cette "
    "autorisation, la page locale et la ligne de commande font le même travail."
)
# The system's own alert belongs to no other program: it needs no permission.
_ALERT = ("on run told", 'display alert "CLS" message (item 1 of told) as critical', "end run")
_REFUSED = ("-1743", "not authorized to send apple events", "declined permission")


@contextmanager
def told_by_macos() -> Iterator[None]:
    """What is done inside fails as it would; if macOS has refused, a window says why, and how to allow it."""
    try:
        yield
    except Exception as error:
        if sys.platform == "darwin" and any(word in str(error).lower() for word in _REFUSED):
            script = [word for line in _ALERT for word in ("-e", line)]
            subprocess.run(["osascript", *script, typography(REMEDY)], check=False)
        raise
