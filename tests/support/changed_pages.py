"""The local page with another worker: one that breaks, that keeps silent, whose Python hangs. Nothing is made anew."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Callable
from pathlib import Path

_CODE = re.compile(r'(<div hidden id="code">)(.*?)(</div>)', re.DOTALL)
_PIECE = re.compile(r"<script [^>]*>([^<]*)</script>")
_PYTHON_READY = "from cls_workbook.page.desk import requests"  # the last line of Python before the worker says so


def changed(page: Path, path: Path, change: Callable[[str], str], settings: str = "") -> Path:
    """``page`` at ``path``, its worker's text through ``change``. ``settings``: more attributes of its root."""
    text = page.read_text(encoding="utf-8")
    found = _CODE.search(text)
    assert found, "the page does not hold its worker as it did"
    before = gzip.decompress(base64.b64decode("".join(_PIECE.findall(found[2])))).decode()
    after = change(before)
    assert after != before, "the change found nothing to change"
    piece = base64.b64encode(gzip.compress(after.encode(), 1)).decode()
    text = f'{text[: found.start(2)]}<script type="text/plain">{piece}</script>{text[found.end(2) :]}'
    path.write_text(text.replace('<html lang="fr"', f'<html {settings} lang="fr"', 1), encoding="utf-8")
    return path


def with_python(code: str) -> Callable[[str], str]:
    """Runs it in the worker's Python, before the worker is ready."""
    return lambda text: text.replace(_PYTHON_READY, f"{_PYTHON_READY}\n{code}", 1)
