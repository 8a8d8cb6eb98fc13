"""The files of a Pyodide distribution, from a folder or an address, each checked before it is used."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from cls_workbook import resources
from cls_workbook.errors import Refusal, system_reason

LOCK = "pyodide-lock.json"
INTERPRETER = "pyodide.asm.wasm"
CORE = ("pyodide.asm.js", INTERPRETER, "pyodide.js", "pyodide.mjs", "python_stdlib.zip")
_WAIT = 60  # seconds for an address to answer


def described() -> dict[str, Any]:
    """``templates/page/pyodide.toml``: the version, where it is published, what is taken of it, the SHA-256."""
    return tomllib.loads((resources.folder("templates") / "page" / "pyodide.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class PyodideFiles:
    """``where``: a folder, or an address that ends with « / ». Refusal from any of these if a file is missing there, or
    is not the published one."""

    where: str

    @cached_property
    def _described(self) -> dict[str, Any]:
        return described()

    @cached_property
    def _locked(self) -> dict[str, dict[str, Any]]:
        packages: dict[str, dict[str, Any]] = json.loads(self.core(LOCK))["packages"]
        return packages

    def core(self, name: str) -> bytes:
        """One of the files that run Python, or the lock."""
        return self._checked(name, self._described["empreintes"][name])

    def wheel_files(self) -> list[str]:
        """The names of the wheels that the description takes."""
        return [str(self._locked[nom]["file_name"]) for nom in self._described["roues"]]

    def wheels(self) -> dict[str, tuple[str, bytes]]:
        """Library → (version, its wheel), for those that the description names."""
        entries = {nom: self._locked[nom] for nom in self._described["roues"]}
        return {nom: (e["version"], self._checked(e["file_name"], e["sha256"])) for nom, e in entries.items()}

    def _checked(self, name: str, expected: str) -> bytes:
        content = self._read(name)
        if (found := hashlib.sha256(content).hexdigest()) != expected:
            raise Refusal(
                f"« {name} » n’est pas celui de Pyodide {self._described['version']} : son empreinte est {found}, "
                f"{expected} est attendue. Téléchargez cette version de nouveau ({self._described['adresse']})."
            )
        return content

    def _read(self, name: str) -> bytes:
        is_address = "://" in self.where
        try:
            if not is_address:
                return Path(self.where, name).read_bytes()
            with urlopen(self.where.rstrip("/") + "/" + name, timeout=_WAIT) as answer:
                content: bytes = answer.read()
                return content
        except (OSError, URLError, ValueError) as error:
            reason = system_reason(error) if isinstance(error, OSError) else error
            raise Refusal(
                f"« {name} » ne se trouve pas dans « {self.where} » ({reason}). Indiquez avec --pyodide le dossier ou "
                f"l’adresse de Pyodide {self._described['version']}, cœur et roues ensemble."
            ) from error
