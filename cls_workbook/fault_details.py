"""What helps to mend a fault of ours: a text file that the user may send, instead of a traceback on the screen."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback

from cls_workbook.version import PACKAGE


def where_written(fault: BaseException, action: str) -> str:
    """Writes the details of ``fault`` in a new temporary file; the end of a sentence: « les détails sont dans … ».

    ``action``: what was asked, as the user would write it. When no file can be written, the words say what happened.
    """
    try:
        number, path = tempfile.mkstemp(prefix="cls-workbook-erreur-", suffix=".txt")
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(details(fault, action))
    except OSError as error:
        return f"les détails n’ont pas pu être écrits ({error}) : {type(fault).__name__} : {fault}"
    return f"les détails sont dans « {path} »"


def details(fault: BaseException, action: str) -> str:
    """What is written there."""
    return "\n".join(
        (
            f"cls-workbook {PACKAGE}, Python {platform.python_version()}, {platform.platform()}",
            f"Demandé : {action}",
            "Aucun retour n’est copié ici ; le message de l’erreur peut en citer un mot : relisez avant d’envoyer.",
            "",
            *traceback.format_exception(fault),
        )
    )
