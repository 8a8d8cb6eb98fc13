"""The HTML file: its sources (``templates/page``), the charte’s colours, the payload in pieces, the policy."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

from cls_workbook import resources
from cls_workbook.definition.toml_reader import load, shipped
from cls_workbook.domain.contrat_years import all_years
from cls_workbook.french import typography
from cls_workbook.page.making.bytecode import compiled, stored
from cls_workbook.page.making.page_contents import Component, Contents, contents
from cls_workbook.page.making.pyodide_files import INTERPRETER, LOCK, PyodideFiles, described
from cls_workbook.version import PACKAGE
from cls_workbook.workbook import look
from cls_workbook.workbook.saving import require_kind, save

SCRIPTS = (
    *("elements", "saving", "telling", "starting", "asking", "dropping", "showing"),
    *("partner", "coordinator", "results", "agency", "opening"),
)  # of ``templates/page/scripts``, in the order in which they are run
PIECE = 1_000_000  # characters: one element of 27 millions takes four times as long to be read in some browsers
# Nothing is fetched, nothing is sent, nothing is framed, nothing inline but these very texts.
_POLICY = (
    "default-src 'none'; script-src '{script}' 'wasm-unsafe-eval'; style-src '{style}'; worker-src blob:; "
    "connect-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types cls"
)


def make(where: str, output: str | Path) -> str:
    """Writes the page at ``output``; its SHA-256. ``where``: folder or address of Pyodide.

    The same files give the same page. Refusal if one is missing or is not the published one: nothing is written.
    """
    require_kind(output, ".html")
    pyodide = PyodideFiles(where)
    sources, components = contents(pyodide)
    first, later = compiled(sources, pyodide)
    parts = {"CODE": _code(pyodide), "CORE": _core(first, pyodide), "FIRST": _packages(first), "LATER": _packed(later)}
    page = _page(parts, components).encode()
    save(page, output)
    return hashlib.sha256(page).hexdigest()


def _source(name: str) -> str:
    return (resources.folder("templates") / "page" / name).read_text(encoding="utf-8")


def _core(files: Contents, pyodide: PyodideFiles) -> bytes:
    """What runs Python: it starts while the rest is being unpacked."""
    library = {p.removeprefix("std/"): c for p, c in files.items() if p.startswith("std/")}
    return _packed(
        {
            INTERPRETER: pyodide.core(INTERPRETER),
            "python_stdlib.zip": stored(library),  # compressed with the rest, once
            LOCK: json.dumps({"info": json.loads(pyodide.core(LOCK))["info"], "packages": {}}).encode(),
        }
    )


def _packages(files: Contents) -> bytes:
    """What the page imports before it is ready, of libraries and of this package."""
    return _packed({p: c for p, c in files.items() if not p.startswith("std/")})


def _packed(files: Contents) -> bytes:
    """[length of the index, 4 bytes][index: place → [start, length]][contents, end to end]"""
    index, start = {}, 0
    for place, content in files.items():
        index[place] = [start, len(content)]
        start += len(content)
    head = json.dumps(index, separators=(",", ":")).encode()
    return len(head).to_bytes(4, "little") + head + b"".join(files.values())


def _code(pyodide: PyodideFiles) -> bytes:
    """What the worker runs."""
    scripts = [pyodide.core("pyodide.asm.js"), pyodide.core("pyodide.js"), _source("worker.js").encode()]
    return b"\n".join(scripts)


def _script() -> str:
    """What the page itself runs: one script, of parts that share their names."""
    return "\n".join(_source(f"scripts/{part}.js") for part in SCRIPTS)


def _page(parts: Contents, components: list[Component]) -> str:
    style = _palette() + _source("page.css")
    script = _script()
    policy = _POLICY.format(script=_digest(script), style=_digest(style))
    filled = {
        "POLICY": policy,
        "STYLE": style,
        "VERSION": PACKAGE,
        "COMPONENTS": _bill_of_materials(components),
        "CONTRACTS": _embedded(_contracts()),
        "SCRIPT": script,
    } | {name: _pieces(content) for name, content in parts.items()}
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: filled[found[1]], typography(_source("page.html")))


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
    """CycloneDX."""
    entries = [
        {
            "type": "library",
            "name": c.nom,
            "version": c.version,
            "licenses": [{"expression": c.licence}],
            "hashes": [{"alg": "SHA-256", "content": c.sha256}],
            "supplier": {"name": c.origin},
            "properties": [
                *({"name": "place", "value": place} for place in c.places),
                *({"name": "licence", "value": text} for text in c.texts),
            ],
        }
        | ({"externalReferences": [{"type": "vcs", "url": c.source}]} if c.source else {})
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
    return _embedded(bill)


def _contracts() -> list[dict[str, object]]:
    """The contracts that ship, with their years."""
    known = ((identifier, load(identifier)) for identifier in shipped())
    return [{"id": i, "titre": c.titre, "annees": list(all_years(c))} for i, c in known]


def _embedded(said: object) -> str:
    """As an HTML element may hold it."""
    return json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
