"""An archive of workbooks, as a mailbox or a shared folder gives them: each of them, for the page to sort."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from cls_workbook.errors import Refusal
from cls_workbook.page.desk.asked import Asked, Said
from cls_workbook.reading.folder_files import is_of_the_system
from cls_workbook.reading.opening.zip_parts import ATTACHED, FILE_SIZE_MAX

FILES_MAX = 5_000  # workbooks of an archive
WHOLE_MAX = 1_000_000_000  # bytes of them all, once unpacked
_UTF_8 = 0x800  # flag of a file whose name is in UTF-8


def _unpack(asked: Asked) -> Said:
    """The workbooks and definitions of an archive, in a folder of its name. ``files``: none if it has none, or cannot
    be opened: the page then reads it as a return, which says what is wrong. Refusal if it is out of all proportion."""
    (source,) = asked.files
    try:
        with zipfile.ZipFile(source) as opened:
            return {"files": [*_written(opened, Path(source).stem)]}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError):
        return {"files": []}


def _written(opened: zipfile.ZipFile, folder: str) -> Iterator[str]:
    inside = [info for info in opened.infolist() if _is_taken(info)]
    if len(inside) > FILES_MAX or sum(info.file_size for info in inside) > WHOLE_MAX:
        raise Refusal(
            f"L’archive contient plus de {FILES_MAX} classeurs, ou plus de {WHOLE_MAX // 1_000_000} Mo : "
            "décompressez-la, et déposez les classeurs en plusieurs fois."
        )
    for info in inside:
        path = Path(folder, *_steps(info))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(opened.read(info))
        yield str(path)


def _is_taken(info: zipfile.ZipInfo) -> bool:
    steps = _steps(info)
    if info.is_dir() or not steps or is_of_the_system("/".join(steps)):
        return False
    return PurePosixPath(steps[-1]).suffix.lower() in (*ATTACHED, ".toml") and info.file_size <= FILE_SIZE_MAX


def _steps(info: zipfile.ZipInfo) -> list[str]:
    """Folders and name, none of which leads out of the folder."""
    name = info.filename if info.flag_bits & _UTF_8 else info.filename.encode("cp437", "replace").decode("cp850")
    return [step for step in name.replace("\\", "/").split("/") if step not in ("", ".", "..")]


ANSWERS: dict[str, Callable[[Asked], Said]] = {"deballer": _unpack}
