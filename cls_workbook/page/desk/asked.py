"""What a request of the page says, and what is made for it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cls_workbook.engines.this_thread import ThisThread
from cls_workbook.reading.reading_memory import ReadingMemory

Said = dict[str, Any]  # plain data, as JSON has it
RETOURS = "retours"  # the folder of returns that came without one
_COMPRESSED = {".xlsx", ".xlsm", ".ods"}  # archives already
_DAY = (1980, 1, 1, 0, 0, 0)  # the zip format's first day: an archive bears no clock


@dataclass(frozen=True)
class Asked:
    """``retours``: paths of the returns, from the current folder. ``contrat``: a shipped id, or the path of a
    definition. ``given_up``: paths of files that hung a worker before this one. ``tell``: called with how many files
    were begun, and the name of the last. ``to_replace``: « ANCIEN=NOUVEAU », as the command takes them. ``format``: of
    an export or of a dictionary, "" for the usual one; « scdl » is that of ``financeur``, with its ``siret``.
    ``columns``: of an export, as the command takes them. ``structure``: of whom a dictionary is, "" for all.
    ``noyau``: a shipped id, or the path of a file. ``memory``: what earlier requests learned."""

    what: str
    tell: Callable[[int, str], object]
    memory: ReadingMemory
    contrat: str = ""
    annee: int = 0
    iso_day: str = ""
    retours: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    pilotage: str | None = None
    precedent: str | None = None
    format: str = ""
    financeur: str = ""
    siret: str = ""
    columns: tuple[str, ...] = ()
    structure: str = ""
    noyau: str = ""
    given_up: tuple[str, ...] = ()
    to_replace: tuple[str, ...] = ()
    _told: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, request: str, tell: Callable[[int, str], object], memory: ReadingMemory) -> Asked:
        """From the JSON that the page sends. TypeError for a name that nobody knows."""
        said: Said = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(request).items()}
        return cls(said.pop("what"), tell, memory, **said)

    @property
    def day(self) -> date:
        return date.fromisoformat(self.iso_day)

    @property
    def sources(self) -> list[str]:
        """The folders that the returns came in, as a command would be given them."""
        Path(RETOURS).mkdir(exist_ok=True)  # an empty campaign is one that nobody has answered
        return sorted({path.partition("/")[0] for path in self.retours}) or [RETOURS]

    @property
    def own_definition(self) -> str | None:
        """The definition, where it does not ship."""
        return self.contrat if self.contrat.endswith(".toml") else None

    def engine(self) -> ThisThread:
        """Reads in this thread, and tells of each file."""
        return ThisThread(lambda file: self._begun(file.path), lambda file: file.path in self.given_up, self._ended)

    def following(self, files: Collection[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
        """The same files, each told as it is begun."""
        for nom, path in files:
            self._begun(str(path))
            yield nom, path
        self._ended()

    def _ended(self) -> None:
        self.tell(len(set(self._told)), "")

    def _begun(self, path: str) -> None:
        self._told.append(path)
        self.tell(len(set(self._told)), path)


def archive(folder: str | Path, name: str) -> str:
    """The files of a folder in one archive, without a clock; its path."""
    with zipfile.ZipFile(name, "w") as made:
        for path in sorted(p for p in Path(folder).rglob("*") if p.is_file()):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _DAY)
            info.compress_type = zipfile.ZIP_STORED if path.suffix in _COMPRESSED else zipfile.ZIP_DEFLATED
            made.writestr(info, path.read_bytes())
    return name
