"""A how-to page played on a copy of the project: its files are written, its changes applied, its commands run.

``docs/how-to/README.md`` says what a page may hold. A page that no longer matches the code raises ``PageOutOfDate``.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("cls_workbook", "templates", "macros", "tests", "docs", "pyproject.toml", "README.md")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NEW_FILE = re.compile(r"# ([\w./-]+/[\w./-]+\.\w+)\n")
_ANYTHING, _NBSP = "…", "\u00a0"


class PageOutOfDate(AssertionError):
    """What the page shows is not what the code does."""


def copy_project(folder: Path) -> Path:
    """A copy of what a contributor changes; what Python compiled comes along, so that each page need not again."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("*.png"))
        else:
            shutil.copy(source, folder / name)
    return folder


def play(page: Path, project: Path) -> int:
    """Plays every block of ``page`` on ``project``, in order; how many were played."""
    played = 0
    for language, content in _FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "diff":
            _change(content, project)
        elif language == "console":
            _run(content, project)
        elif found := _NEW_FILE.match(content):
            path = project / found[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        else:
            continue  # shown, not played
        played += 1
    return played


def _change(content: str, project: Path) -> None:
    """Applies a change: what is shown of the file (« - » and unmarked lines) must stand in it, once."""
    header, *lines = content.splitlines()
    path = project / header.removeprefix("--- ")
    if not path.is_file():
        raise PageOutOfDate(f"{header} : no such file")
    for is_gap, hunk in groupby(lines, lambda line: line.startswith("@@")):
        if is_gap:
            continue
        shown = list(hunk)
        before = "".join(line[1:] + "\n" for line in shown if not line.startswith("+"))
        after = "".join(line[1:] + "\n" for line in shown if not line.startswith("-"))
        text = path.read_text(encoding="utf-8")
        if (count := text.count(before)) != 1:
            raise PageOutOfDate(f"{header} : these lines stand in it {count} times:\n{before}")
        path.write_text(text.replace(before, after), encoding="utf-8")


def _run(content: str, project: Path) -> None:
    """Runs each « $ command »; the lines shown under it (« … »: anything) must be among those printed, in order."""
    for command, expected in _commands(content):
        words = shlex.split(command)
        program = {"cls-workbook": [sys.executable, "-m", "cls_workbook"], "python": [sys.executable]}[words[0]]
        done = subprocess.run(
            program + words[1:],
            cwd=project,
            env=os.environ | {"PYTHONPATH": str(project), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        printed = iter(done.stdout.replace(_NBSP, " ").splitlines())
        for line in expected:
            pattern = re.compile(re.escape(line).replace(_ANYTHING, ".*"))
            if not any(pattern.fullmatch(other.rstrip()) for other in printed):
                raise PageOutOfDate(f"$ {command}\nexpected: {line}\nprinted:\n{done.stdout}")


def _commands(content: str) -> Iterator[tuple[str, list[str]]]:
    for block in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, *shown = block.splitlines()
        yield command, [line.rstrip().replace(_NBSP, " ") for line in shown if line.strip()]
