"""The HTML file: its sources (``templates/page``), the charte’s colours, the payload in pieces, the policy."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

from cls_workbook import resources
from cls_workbook.page.making.bytecode import compiled, stored
from cls_workbook.page.making.page_contents import Component, Contents, contents
from cls_workbook.page.making.pyodide_files import LOCK, PyodideFiles, described
from cls_workbook.version import PACKAGE
from cls_workbook.workbook import look
from cls_workbook.workbook.saving import require_kind, save

PIECE = 1_000_000  # characters: one element of 27 millions takes four times as long to be read in some browsers
# Nothing is fetched, nothing is sent, nothing is framed, nothing inline but these very texts.
_POLICY = (
    "default-src 'none'; script-src '{script}' 'wasm-unsafe-eval'; style-src '{style}'; worker-src blob:; "
    "connect-src 'none'; base-uri 'none'; form-action 'none'"
)


def make(where: str, output: str | Path) -> str:
    """Writes the page at ``output``; its SHA-256. ``where``: folder or address of Pyodide.

    The same files give the same page. Refusal if one is missing or is not the published one: nothing is written.
    """
    require_kind(output, ".html")
    pyodide = PyodideFiles(where)
    files, components = contents(pyodide)
    page = _page(_payload(compiled(files, pyodide), pyodide), _code(pyodide), components).encode()
    save(page, output)
    return hashlib.sha256(page).hexdigest()


def _source(name: str) -> str:
    return (resources.folder("templates") / "page" / name).read_text(encoding="utf-8")


def _payload(files: Contents, pyodide: PyodideFiles) -> bytes:
    """[length of the index, 4 bytes][index: place → [start, length]][contents, end to end]"""
    library = {p.removeprefix("std/"): c for p, c in files.items() if p.startswith("std/")}
    whole = {p: c for p, c in files.items() if not p.startswith("std/")} | {
        "pyodide.asm.wasm": pyodide.core("pyodide.asm.wasm"),
        "python_stdlib.zip": stored(library),  # compressed with the rest, once
        LOCK: json.dumps({"info": json.loads(pyodide.core(LOCK))["info"], "packages": {}}).encode(),
    }
    index, start = {}, 0
    for place, content in whole.items():
        index[place] = [start, len(content)]
        start += len(content)
    head = json.dumps(index, separators=(",", ":")).encode()
    return len(head).to_bytes(4, "little") + head + b"".join(whole.values())


def _code(pyodide: PyodideFiles) -> bytes:
    """What the worker runs."""
    scripts = [pyodide.core("pyodide.asm.js"), pyodide.core("pyodide.js"), _source("worker.js").encode()]
    return b"\n".join(scripts)


def _page(payload: bytes, code: bytes, components: list[Component]) -> str:
    style = _palette() + _source("page.css")
    script = _source("page.js")
    policy = _POLICY.format(script=_digest(script), style=_digest(style))
    filled = {
        "POLICY": policy,
        "STYLE": style,
        "VERSION": PACKAGE,
        "COMPONENTS": _bill_of_materials(components),
        "CODE": _pieces(code),
        "PAYLOAD": _pieces(payload),
        "SCRIPT": script,
    }
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: filled[found[1]], _source("page.html"))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _palette() -> str:
    """The colours of the workbooks, as variables."""
    colors = look.charte()["couleurs"]
    return ":root{" + "".join(f"--{nom.replace('_', '-')}:{color};" for nom, color in colors.items()) + "}\n"


def _pieces(content: bytes) -> str:
    text = base64.b64encode(gzip.compress(content, 6, mtime=0)).decode()
    cut = (text[start : start + PIECE] for start in range(0, len(text), PIECE))
    return "\n".join(f'<script type="text/plain">{piece}</script>' for piece in cut)


def _bill_of_materials(components: list[Component]) -> str:
    """CycloneDX, as a JSON that an HTML element may hold."""
    entries = [
        {
            "type": "library",
            "name": c.nom,
            "version": c.version,
            "licenses": [{"expression": c.licence}],
            "hashes": [{"alg": "SHA-256", "content": c.sha256}],
            "supplier": {"name": c.origin},
            "properties": [{"name": "licence", "value": text} for text in c.texts],
        }
        for c in components
    ]
    tool = {"type": "application", "name": "cls-workbook", "version": PACKAGE, "licenses": [{"expression": "MIT"}]}
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": tool, "properties": [{"name": "pyodide", "value": described()["version"]}]},
        "components": entries,
    }
    return json.dumps(bill, ensure_ascii=False).replace("<", "\\u003c")
