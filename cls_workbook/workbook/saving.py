"""The door through which files are written: a file put in its place, whole or not at all, with the mode it had.

What a run that was killed left half-written (``.….partiel``) is swept by the next one that writes there.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cls_workbook.errors import Refusal, system_reason

_PARTIAL = re.compile(r"\.[0-9a-f]{12}\.partiel")
_FILE_KIND = re.compile(
    r"\.(?:csv|docx?|eml|html?|json|md|od[ts]|parquet|pdf|pptx?|toml|txt|xlam|xls[bmx]?|xml|zip)", re.IGNORECASE
)
_ABANDONED_AFTER = 3600  # seconds, where nothing tells whether a run still holds it


def save(content: bytes, path: str | os.PathLike[str]) -> None:
    """Put ``content`` at ``path`` in one move, so that no half-written file is ever seen. Refusal if impossible.

    A file that is replaced keeps its mode: a private one stays private, even while it is written. Where ``path`` is a
    link, what it leads to is replaced.
    """
    target = Path(path)
    try:
        _refuse_folder(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        _put(content, Path(os.path.realpath(target)) if target.is_symlink() else target)
    except PermissionError as fault:
        raise Refusal(
            f"« {target} » ne peut pas être écrit : il est peut-être ouvert dans Excel, ou le dossier est protégé. "
            "Fermez le fichier ou choisissez un autre emplacement, puis recommencez."
        ) from fault
    except OSError as fault:
        raise Refusal(f"« {target} » ne peut pas être écrit ({system_reason(fault)}).") from fault


def _put(content: bytes, target: Path) -> None:
    sweep(target.parent)
    partial = partial_beside(target)
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    try:
        number = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600)
        try:
            with held(number):
                partial.write_bytes(content)
                os.fsync(number)
        finally:
            os.close(number)
        if mode is not None:
            partial.chmod(mode)
        os.replace(partial, target)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    synced(target.parent)


def require_kind(path: str | os.PathLike[str], extension: str) -> None:
    """Refusal unless the name of a file to write ends as its kind does (``.xlsx``), in capitals or not."""
    _refuse_folder(Path(path))
    if Path(path).suffix.lower() != extension:
        raise Refusal(
            f"« {path} » ne convient pas : ce qui s’écrit là est un fichier {extension}, son nom finit par {extension}."
        )


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise Refusal(f"« {path} » est un dossier : indiquez un nom de fichier.")


def require_folder(path: str | os.PathLike[str]) -> None:
    """Refusal where a folder is asked for and the name is a file's (``x.pdf``), unless that folder is there."""
    folder = Path(path)
    if _FILE_KIND.fullmatch(folder.suffix) and not folder.is_dir():
        raise Refusal(f"« {path} » est un nom de fichier : indiquez un nom de dossier, sans {folder.suffix}.")


# --- what is being written, and what was left so --------------------------------------------------------------------


def partial_beside(target: Path) -> Path:
    """A short name: the target's may already be as long as the file system allows."""
    return target.parent / f".{secrets.token_hex(6)}.partiel"


@contextmanager
def held(number: int) -> Iterator[None]:
    """While it lasts, other runs know that the file or folder open as ``number`` is being written."""
    with suppress(ImportError, OSError):  # Windows keeps an open file by itself; some network drives keep none
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield


def sweep(folder: Path) -> None:
    """Removes what killed runs left half-written in ``folder``."""
    for name in os.listdir(folder):
        if _PARTIAL.fullmatch(name) and _is_abandoned(folder / name):
            with suppress(OSError):
                (folder / name).unlink() if not (folder / name).is_dir() else shutil.rmtree(folder / name)


def _is_abandoned(partial: Path) -> bool:
    try:
        import fcntl
    except ImportError:
        with suppress(OSError):
            return time.time() - partial.stat().st_mtime > _ABANDONED_AFTER
        return False
    try:
        number = os.open(partial, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
    finally:
        os.close(number)


def synced(folder: Path) -> None:
    """What was put in ``folder`` is there even if the power fails now, where the system can promise it."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
