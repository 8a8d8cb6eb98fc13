"""What « Vérifier l’installation » looks at in a coordinator's workbook that is closed.

Its versions, its folder of returns.
"""

from __future__ import annotations

import os
from pathlib import Path

from cls_workbook.errors import Refusal, system_reason
from cls_workbook.office.coordinator import home_rows
from cls_workbook.reading.opening.returned_workbook import own_workbook


def facts_of_workbook(file: str | Path) -> dict[str, object]:
    """``workbook`` (versions), ``path``, and ``folder`` or ``default`` (why it cannot be used). Refusal if it is no
    such workbook."""
    file = Path(file)
    try:
        grids = own_workbook(file)
    except OSError as error:
        raise Refusal(f"« {file} » ne peut pas être lu ({system_reason(error)}).") from error
    except Refusal as refusal:  # its remedy is for partners, who send their workbook back
        raise Refusal(f"« {file} » ne peut pas être lu. {refusal}") from refusal
    for grid in grids:
        if statements := home_rows.values(grid.lines):
            facts = {"workbook": home_rows.read_versions(statements.get("version")), "path": str(file.resolve())}
            return facts | _folder(file.resolve().parent / str(statements.get("dossier") or home_rows.DEFAULT_FOLDER))
    raise Refusal(f"« {file} » n’est pas un classeur de la coordination : sa feuille « Accueil » est introuvable.")


def _folder(folder: Path) -> dict[str, object]:
    try:
        os.listdir(folder)
    except OSError as error:
        return {
            "default": (
                f"« {folder} » ne peut pas être lu ({system_reason(error)}) ; créez-le, ou indiquez le "
                "bon dossier sur l’Accueil"
            )
        }
    return {"folder": folder}
