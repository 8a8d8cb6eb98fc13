"""The local page opened in a browser, as tests see it: what it shows, what it saved, whether everyone can use it."""

from __future__ import annotations

import base64
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.support.browser import Browser

DAY = "2026-03-02"
CONTRAT = "dijon-2024-2028"
WRONG = "2-retours-recus/dijon-2024-2028-2025-apo.xlsx"  # two inputs that are no figures
SETTLED = "document.getElementById('work').hidden && document.documentElement.dataset.state === 'ready'"
WIDER = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)"
CUT = f"{WIDER}.map(e => e.ariaLabel)"
_SPACED = "document.querySelector(t).textContent.match(/.{0,12}( [:;?!»€%]|« ).{0,12}/g) || []"
BREAKABLE = f"['header', 'main', 'dialog'].flatMap(t => {_SPACED})"  # spaces at which a line would end badly
NO_TROUBLE = "document.getElementById('trouble').textContent"
_SAID = "r.violations.map(v => v.id + ' : ' + v.nodes.map(n => n.html).join(' '))"
AXE = f"axe.run({{rules: {{'target-size': {{enabled: true}}}}}}).then(r => {_SAID})"


def required(reason: str) -> None:
    """Skipped where something is missing; in continuous integration, a failure."""
    if reason:
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


def opened(name: str, address: str, downloads: Path) -> Browser:
    driven = Browser(name, downloads)
    driven.open(address)
    driven.wait(SETTLED)
    driven.eval(f"document.documentElement.dataset.day = '{DAY}'")
    return driven


def dropped(driven: Browser, selector: str, *paths: Path) -> None:
    """As if let go of over a place of the page; unlike a choice, that is possible while it is busy."""
    given = [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in paths]
    driven.eval(
        f"""(() => {{ const dataTransfer = new DataTransfer();
        for (const [name, content] of {json.dumps(given)})
          dataTransfer.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name));
        const drop = new DragEvent('drop', {{ bubbles: true, cancelable: true, dataTransfer }});
        document.querySelector('{selector}').dispatchEvent(drop); return 0 }})()"""
    )


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files_of(folder: Path) -> dict[str, bytes]:
    """The same, of what a command wrote into a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def shown(driven: Browser, selector: str) -> str:
    text = driven.eval(f"document.querySelector({selector!r})?.innerText ?? ''")
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def settle(driven: Browser) -> None:
    driven.wait(SETTLED)
    assert driven.eval(NO_TROUBLE) == ""


def pictured(driven: Browser, name: str) -> None:
    """The guide's pictures, taken again where CLS_PICTURES names their folder (``docs/pictures``)."""
    if (folder := os.environ.get("CLS_PICTURES")) and driven.name == "chromium":
        driven.size(1366, 768)
        driven.eval("scrollTo(0, 0); 0")
        driven.picture(Path(folder).resolve() / f"page-{name}.png")


def accessible(driven: Browser) -> None:
    if driven.name == "chromium":
        driven.eval((Path(os.environ["NODE_PATH"]) / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";0")
        found = driven.eval(AXE)
        assert found == [], found
    assert driven.eval(BREAKABLE) == []
    fits("", driven)


def fits(what: str, driven: Browser) -> None:
    """Nothing goes beyond the screen, nor out of sight in a table: a telephone, 200 % of zoom, two screens."""
    for width in (320, 683, 1024, 1366):
        driven.size(width, 768)
        assert driven.eval("document.documentElement.scrollWidth") <= width, what
        assert driven.eval(CUT) == [], f"{what} cut at {width} pixels"
