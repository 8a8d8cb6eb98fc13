"""An archive of workbooks, as a mailbox or a shared folder gives them: each of them, for the page to sort."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from cls_workbook.errors import Refusal
from cls_workbook.french import typography
from cls_workbook.page.desk.asked import Asked, Said
from cls_workbook.reading.folder_files import is_of_the_system
from cls_workbook.reading.opening.zip_parts import ATTACHED, FILE_SIZE_MAX

FILES_MAX = 5_000  # workbooks of an archive
WHOLE_MAX = 1_000_000_000  # bytes of them all, once unpacked
_TAKEN = (*ATTACHED, ".toml", ".zip")
_ENCRYPTED, _UTF_8 = 0x1, 0x800  # flags of a file: it is encrypted, its name is in UTF-8
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    RuntimeError,
    NotImplementedError,
    OSError,
    ValueError,
    EOFError,
)


def _unpack(asked: Asked) -> Said:
    """The workbooks, definitions and archives of an archive, in a folder of its name; ``left``: what is said of its
    other files. Both are empty if it cannot be opened: the page then reads it as a return, which says what is wrong.
    Refusal if it is out of all proportion."""
    (source,) = asked.files
    left: list[str] = []
    try:
        with zipfile.ZipFile(source) as opened:
            return {"files": [*_written(opened, Path(source), left)], "left": left}
    except _FAULTS:
        return {"files": [], "left": []}


def _written(opened: zipfile.ZipFile, source: Path, left: list[str]) -> Iterator[str]:
    inside = [info for info in opened.infolist() if _is_of_someone(info)]
    taken = [info for info in inside if _why_left(info) is None]
    if len(taken) > FILES_MAX or sum(info.file_size for info in taken) > WHOLE_MAX:
        raise Refusal(
            f"L’archive « {source.name} » contient plus de {FILES_MAX} classeurs, ou plus de "
            f"{WHOLE_MAX // 1_000_000} Mo : décompressez-la, et déposez les classeurs en plusieurs fois."
        )
    if not inside:
        left.append(typography(f"« {source.name} » : cette archive ne contient aucun fichier ; demandez-la à nouveau."))
    for info in inside:
        why = _why_left(info)
        path = _free(Path(source.stem, *_steps(info)))
        if why is None:
            try:
                with opened.open(info) as part:
                    content = part.read(info.file_size)  # never more than what was announced
            except _FAULTS:
                why = "abîmé, son contenu ne se décompresse pas ; demandez-le à nouveau"
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                yield str(path)
        if why is not None:
            left.append(typography(f"« {'/'.join(_steps(info))} », de « {source.name} » : {why}."))


def _is_of_someone(info: zipfile.ZipInfo) -> bool:
    steps = _steps(info)
    return not info.is_dir() and bool(steps) and not is_of_the_system("/".join(steps))


def _why_left(info: zipfile.ZipInfo) -> str | None:
    """Why a file of the archive is not taken; None if it is."""
    if PurePosixPath(_steps(info)[-1]).suffix.lower() not in _TAKEN:
        return "ni un classeur (.xlsx, .xlsm, .ods), ni une définition (.toml)"
    if info.flag_bits & _ENCRYPTED:
        return "protégé par un mot de passe ; décompressez l’archive avec ce mot de passe, et déposez le classeur"
    if info.file_size > FILE_SIZE_MAX:
        return f"plus de {FILE_SIZE_MAX // 1_000_000} Mo, ce qu’un classeur de suivi ne pèse jamais"
    return None


def _free(path: Path) -> Path:
    """The same, or another that no file has: two names may come to one once they lead nowhere else."""
    rank, free = 1, path
    while free.exists():
        rank += 1
        free = path.with_stem(f"{path.stem} ({rank})")
    return free


def _steps(info: zipfile.ZipInfo) -> list[str]:
    """Folders and name, none of which leads out of the folder."""
    name = info.filename if info.flag_bits & _UTF_8 else info.filename.encode("cp437", "replace").decode("cp850")
    return [step for step in name.replace("\\", "/").split("/") if step not in ("", ".", "..")]


ANSWERS: dict[str, Callable[[Asked], Said]] = {"deballer": _unpack}
