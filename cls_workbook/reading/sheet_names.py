"""The names of the sheets of a workbook, at a glance: nothing of them is read."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

_GLANCE = 4_000_000  # bytes of the part that names the sheets
_NAMES = {
    "xl/workbook.xml": re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\bname="([^"]*)"'),
    "content.xml": re.compile(rb'<table:table\s[^>]*?table:name="([^"]*)"'),
}


def sheet_names(path: str | Path) -> set[str]:
    """Empty for what is no workbook, or a damaged one."""
    try:
        with zipfile.ZipFile(path) as opened:
            for part, name in _NAMES.items():
                if part in opened.namelist():
                    with opened.open(part) as content:
                        return {found.decode("utf-8", "replace") for found in name.findall(content.read(_GLANCE))}
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError):
        pass  # read as a return, it will be said to be damaged
    return set()
