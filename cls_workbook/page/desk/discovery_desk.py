"""To find one's way: a whole year to try the page on, and all that is checked."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

from cls_workbook.french import typography
from cls_workbook.page.desk.asked import Asked, Said, archive


def _demo(asked: Asked) -> Said:
    """A year played on a contract that ships, in one archive: what is sent, what comes back, what is made of it."""
    from cls_workbook.demo import RETOURS, play

    with contextlib.redirect_stdout(io.StringIO()):  # its text is among the files
        play("demo-cls", asked.engine())
    to_try = f"Pour essayer : ouvrez l’archive, puis déposez ici son dossier « {RETOURS} » et son classeur de pilotage."
    return {
        "remarks": [typography(f"{to_try} LISEZ-MOI.txt dit ce qu’est chaque fichier.")],
        "files": [archive("demo-cls", "demo-cls.zip")],
    }


def _catalogue(_asked: Asked) -> Said:
    """All that is checked, as a text."""
    from cls_workbook.checks.catalogue import told
    from cls_workbook.workbook.saving import save

    path = "anomalies.txt"
    save(told().encode(), path)
    return {"files": [path]}


ANSWERS: dict[str, Callable[[Asked], Said]] = {"demo": _demo, "anomalies": _catalogue}
