"""A file put in its place, whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cls_workbook.errors import Refusal


def save(content: bytes, path: str | os.PathLike[str]) -> None:
    """Put ``content`` at ``path`` in one move, so that no half-written file is ever seen. Refusal if impossible."""
    target = Path(path)
    # A short name: the target's may already be as long as the file system allows.
    partial = target.parent / f".{secrets.token_hex(6)}.partiel"
    try:
        if target.is_dir():
            raise Refusal(f"« {target} » est un dossier : indiquez un nom de fichier.")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_bytes(content)
            os.replace(partial, target)
        except BaseException:
            with suppress(OSError):
                partial.unlink()
            raise
    except PermissionError as fault:
        raise Refusal(
            f"« {target} » ne peut pas être écrit : il est peut-être ouvert dans Excel, ou le dossier est protégé. "
            "Fermez le fichier ou choisissez un autre emplacement, puis recommencez."
        ) from fault
    except OSError as fault:
        raise Refusal(f"« {target} » ne peut pas être écrit ({fault.strerror or fault}).") from fault
