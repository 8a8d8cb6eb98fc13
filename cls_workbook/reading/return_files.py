"""Which files are returns, and all of them read, by whichever engine.

Apart from the conductor so that a process that only reads (``controler``), and starts by importing this module, does
not import pandas.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeVar

from cls_workbook.engines.engine_protocol import Cause, Engine, Failure
from cls_workbook.engines.local_engines import LocalEngine
from cls_workbook.errors import Refusal, system_reason
from cls_workbook.french import same_look, typography
from cls_workbook.reading.folder_files import is_a_lock, is_of_the_system
from cls_workbook.reading.locating import file_messages
from cls_workbook.reading.locating.retour import Retour
from cls_workbook.reading.opening.zip_parts import SAVE_AGAIN
from cls_workbook.reading.return_reader import ReturnReader, content_of

if TYPE_CHECKING:
    from tqdm import tqdm

PER_BATCH = 25  # files read together: what is asked of another process, and comes back, at once
SENDING_WEIGHT_MAX = 10_000_000  # bytes of the files that are sent to another machine together
FAILURE_TEXTS = {
    Cause.STOPPED: "Ce fichier arrête le programme qui le lit : il a été essayé plusieurs fois.",
    Cause.TIME_LIMIT: "La lecture de ce fichier ne se termine pas dans le temps accordé : il a été essayé "
    "plusieurs fois.",
    Cause.MEMORY: "La lecture de ce fichier demande plus de mémoire qu’il n’y en a.",
}
LOGGER = logging.getLogger(__name__)
R = TypeVar("R")


class RetourFiles(Mapping[str, Path]):
    """Name to show → file, by name. Paths are made when they are asked for: those of ten thousand files would weigh
    more than all their names."""

    def __init__(self, folders: Mapping[str, str]):
        self._folders = dict(
            sorted(folders.items())
        )  # name → the folder that it starts from; "": the name is the whole path

    def __getitem__(self, nom: str) -> Path:
        return Path(self._folders[nom], nom)

    def __iter__(self) -> Iterator[str]:
        return iter(self._folders)

    def __len__(self) -> int:
        return len(self._folders)

    def without(self, is_set_aside: Callable[[Path], bool]) -> RetourFiles:
        """The others."""
        return RetourFiles(
            {nom: folder for nom, folder in self._folders.items() if not is_set_aside(Path(folder, nom))}
        )


def retours_in(sources: Sequence[str | Path]) -> RetourFiles:
    """Every file given and every file of the folders given; sorted, none twice. An empty folder has none.

    What a system made is left out (``folder_files``), and links are never followed. Refusal if a source does not
    exist, or if a folder cannot be read.
    """
    folders: dict[str, str] = {}
    seen: set[tuple[str, Path]] = set()
    for source in map(Path, sources):
        if source.is_dir():
            starting_point, names = (
                str(source),
                sorted(nom for nom in _walk_folder(source) if not is_of_the_system(nom)),
            )
        elif source.is_file():
            starting_point, names = str(source.parent), [source.name] * (not is_a_lock(source.name))
        else:
            raise Refusal(f"« {source} » n’existe pas : indiquez un retour, ou le dossier qui contient les retours.")
        for nom in names:
            if len(sources) > 1:
                path = Path(starting_point, nom)
                if (location := (path.name, path.resolve())) in seen:
                    continue
                seen.add(location)
            if nom in folders:
                folders[str(Path(starting_point, nom))] = ""
            else:
                folders[nom] = starting_point
    return RetourFiles(folders)


def _walk_folder(folder: Path) -> Iterator[str]:
    """Every file of a folder and of its folders, by its name from there on. One that cannot be read is told: its
    returns would be taken for missing."""

    def refuse(error: OSError) -> None:
        raise Refusal(
            f"Le dossier « {error.filename} » ne peut pas être lu ({system_reason(error)}). Vérifiez vos droits "
            "sur ce dossier, puis recommencez."
        ) from error

    for location, _, names in os.walk(folder, onerror=refuse):
        here = Path(location).relative_to(folder).as_posix()
        for nom in names:
            path = os.path.join(location, nom)
            if os.path.isfile(path) and not os.path.islink(path):
                yield nom if here == "." else f"{here}/{nom}"


def shown_name(nom: str) -> str:
    """The name of a file as it can be written. That of an old archive, whose bytes are no text, is read as Windows
    wrote it, and says so: a neighbour may bear the same in the bytes of today."""
    if nom.isascii() or not any("\udc80" <= character <= "\udcff" for character in nom):
        return nom
    stem, dot, extension = same_look(nom).rpartition(".")
    return f"{stem} (autre encodage){dot}{extension}"


class RetourFile(NamedTuple):
    """A file to read: the name to show, and where it is (on the machine that reads, or was asked to).

    ``content``: its bytes, where they came along; ``retour``: what it says, where it was read before the others.
    """

    nom: str
    path: str
    content: bytes | OSError | None = None
    retour: Retour | None = None

    def read(self, reader: ReturnReader) -> Retour:
        """See ``ReturnReader.read``."""
        if self.retour is not None:
            return self.retour
        content = content_of(Path(self.path)) if self.content is None else self.content
        return reader.read_content(content, self.path, shown_name(self.nom))


class _FileToSend(RetourFile):
    """A file that takes its bytes along when it leaves for another machine, and only then: what has not left weighs
    nothing."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[RetourFile], tuple[object, ...]]:
        content = content_of(Path(self.path)) if self.retour is None else None
        return RetourFile, (self.nom, self.path, content, self.retour)


def read(files: Mapping[str, Path], reader: ReturnReader, engine: Engine | None = None) -> Iterator[Retour]:
    """Reads each file, in order, by ``engine``: over several processes of this machine when there are many."""
    for result in apply(partial(_read_batch, reader=reader), files, engine):
        yield from [on_failure(result)] if isinstance(result, Failure) else result


def _read_batch(batch: Sequence[RetourFile], reader: ReturnReader) -> list[Retour]:
    return [file.read(reader) for file in batch]


def apply(
    work: Callable[[Sequence[RetourFile]], R],
    files: Mapping[str, Path],
    engine: Engine | None = None,
    per_batch: int = PER_BATCH,
    already_read: Mapping[str, Retour] | None = None,
) -> Iterator[R | Failure[RetourFile]]:
    """``work`` on batches of files, at most ``per_batch`` together: its results in the order of the files, with a
    progress bar.

    A file that ends or hangs what reads it gives a ``Failure`` in its place, and one line of the log; see
    ``on_failure``.
    """
    engine = engine or LocalEngine()
    known = already_read or {}
    kind = _FileToSend if engine.remote else RetourFile
    files_to_read = (kind(nom, str(path), None, known.get(nom)) for nom, path in files.items())
    # Small enough for each of several places to have a few, so that all end together; large enough for what a batch
    # costs in itself.
    shared_out = per_batch if engine.places == 1 else len(files) // (4 * engine.places)
    size = max(1, per_batch // 5, min(per_batch, shared_out))
    with _progress_bar(len(files)) as progress:
        for facts, result in engine.apply(work, _batches(files_to_read, size, weighed=engine.remote)):
            if isinstance(result, Failure):
                LOGGER.warning(typography(f"{shown_name(result.element.nom)} : {FAILURE_TEXTS[result.cause]}"))
            yield result
            progress.update(len(facts))


def _batches(files: Iterable[RetourFile], size: int, weighed: bool) -> Iterator[list[RetourFile]]:
    """Batches of ``size`` files; ``weighed``: lighter, if that is more than goes at once over a network."""
    batch: list[RetourFile] = []
    weight = 0
    for file in files:
        file_weight = _weight_of(file) if weighed else 0
        if batch and (len(batch) == size or weight + file_weight > SENDING_WEIGHT_MAX):
            yield batch
            batch, weight = [], 0
        batch.append(file)
        weight += file_weight
    if batch:
        yield batch


def _weight_of(file: RetourFile) -> int:
    with suppress(OSError):
        return Path(file.path).stat().st_size
    return 0


def on_failure(failure: Failure[RetourFile]) -> Retour:
    """The return that could not be read to its end: without answers, with one blocking anomaly."""
    file = failure.element
    return Retour(
        shown_name(file.nom),
        file.path,
        "",
        anomalies=(file_messages.unreadable(shown_name(file.nom), FAILURE_TEXTS[failure.cause], SAVE_AGAIN),),
    )


def _progress_bar(total: int) -> tqdm[NoReturn] | _NoBar:
    """A progress bar on a terminal, once it has lasted a second; nothing elsewhere, nor for one return."""
    if total <= 1 or sys.stderr is None or not sys.stderr.isatty():  # a Python without console has nowhere to draw
        return _NoBar()
    from tqdm import tqdm  # not sooner: it is long to import

    return tqdm(total=total, desc="Lecture", unit=" retour", delay=1, leave=False)


class _NoBar(nullcontext["_NoBar"]):
    def __enter__(self) -> _NoBar:
        return self

    def update(self, count: int) -> None:
        pass
