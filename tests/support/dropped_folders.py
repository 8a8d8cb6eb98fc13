"""A folder let go of over a place of the page, as browsers hand it over: by handles, by entries, or not at all."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from tests.support.browser import Browser

# A browser gives the children of a folder a hundred at a time at most, then none.
_ENTRIES = """(() => {
  const bytes = content => Uint8Array.from(atob(content), c => c.charCodeAt(0));
  const folder = name => ({ isFile: false, isDirectory: true, name, inside: new Map(), createReader() {
    const rest = [...this.inside.values()];
    return { readEntries: ok => ok(rest.splice(0, 100)) };
  } });
  const top = folder('');
  for (const [path, content] of GIVEN) {
    const steps = path.split('/'), name = steps.pop();
    let here = top;
    for (const step of steps) here = here.inside.set(step, here.inside.get(step) || folder(step)).get(step);
    here.inside.set(name, { isFile: true, isDirectory: false, name, file: ok => ok(new File([bytes(content)], name)) });
  }
  const items = [...top.inside.values()].map(entry => ({ kind: 'file', webkitGetAsEntry: () => entry }));
  const drop = new Event('drop', { bubbles: true, cancelable: true });
  Object.defineProperty(drop, 'dataTransfer', { value: { files: [], items } });
  document.querySelector(SELECTOR).dispatchEvent(drop);
  return 0;
})()"""
_CLOSED = """(() => {
  const items = [{ kind: 'file', webkitGetAsEntry: () => ({ isFile: false, name: 'retours', createReader: () => (
    { readEntries: (ok, no) => no(new DOMException('closed', 'EncodingError')) }) }) }];
  const drop = new Event('drop', { bubbles: true, cancelable: true });
  Object.defineProperty(drop, 'dataTransfer', { value: { files: [new File([], 'retours')], items } });
  document.querySelector(SELECTOR).dispatchEvent(drop);
  return 0;
})()"""


def as_entries(driven: Browser, selector: str, folder: Path) -> None:
    """By entries, as Firefox does."""
    given = [
        [f"{folder.name}/{path.relative_to(folder).as_posix()}", base64.b64encode(path.read_bytes()).decode()]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    driven.eval(_ENTRIES.replace("GIVEN", json.dumps(given)).replace("SELECTOR", json.dumps(selector)))


def closed(driven: Browser, selector: str) -> None:
    """Its entry may not be opened, as in Chromium on a local page."""
    driven.eval(_CLOSED.replace("SELECTOR", json.dumps(selector)))
