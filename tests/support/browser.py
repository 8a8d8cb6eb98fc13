"""A real browser without a screen, opened on a page and driven: Chromium or Firefox, by puppeteer (npm) under Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

EXECUTABLES = {"chromium": ("chromium", "chromium-browser", "google-chrome"), "firefox": ("firefox-esr", "firefox")}
DRIVER = Path(__file__).with_name("browser_driver.mjs")


def executable(name: str) -> str | None:
    return next((found for nom in EXECUTABLES[name] if (found := shutil.which(nom))), None)


def missing(name: str) -> str:
    """Why this browser cannot be driven here; "" if it can."""
    if executable(name) is None:
        return f"{name} is not installed"
    if shutil.which("node") is None or not Path(os.environ.get("NODE_PATH", ""), "puppeteer-core").is_dir():
        return "Node.js and npm's puppeteer-core (in NODE_PATH) drive the browser, and are not there"
    return ""


class Browser:
    """``downloads``: the folder that the page's files are saved in. ``settings``: of the browser itself, as an
    administrator may set them; Chromium's switches, Firefox's preferences (« NAME=VALUE », in JSON)."""

    def __init__(self, name: str, downloads: Path, settings: Sequence[str] = ()):
        self.name, self.downloads = name, downloads
        downloads.mkdir(parents=True, exist_ok=True)
        command = ["node", str(DRIVER), name, str(executable(name)), str(downloads), *settings]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _order(self, order: str, **given: object) -> object:
        self._process.stdin.write(json.dumps({"order": order, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{self.name} is gone"
        answer = json.loads(line)
        assert "error" not in answer, answer.get("error")
        return answer["answer"]

    def open(self, address: str, width: int = 1366, height: int = 768) -> None:
        self._order("open", address=address, width=width, height=height)

    def files(self, selector: str, *paths: Path) -> None:
        """As if chosen by the person who uses it."""
        self._order("files", selector=selector, paths=[str(path) for path in paths])

    def drop(self, selector: str, *paths: Path) -> None:
        """Files or folders let go of over an element, as from the desktop (Chromium only)."""
        self._order("drop", selector=selector, paths=[str(path) for path in paths])

    def click(self, selector: str) -> None:
        self._order("click", selector=selector)

    def keys(self, *names: str) -> None:
        for name in names:
            self._order("key", name=name)

    def wait(self, expression: str, seconds: float = 240) -> None:
        """Until the expression holds in the page."""
        self._order("wait", expression=expression, seconds=seconds)

    def eval(self, expression: str) -> object:
        return self._order("eval", expression=expression)

    def size(self, width: int, height: int) -> None:
        self._order("size", width=width, height=height)

    def medium(self, name: str) -> None:
        """« print », or « screen » (Chromium only)."""
        self._order("medium", name=name)

    def picture(self, path: Path) -> None:
        self._order("picture", path=str(path))

    def python(self, code: str) -> None:
        """Runs it in the worker's Python (Chromium only)."""
        self._order("python", code=code)

    def memory(self) -> dict[str, int]:
        """``pid`` of the browser; in Chromium, bytes of ``python`` and of JavaScript in ``worker`` and ``page``."""
        return self._order("memory")

    def log(self) -> dict[str, list[str]]:
        """``asked``: the addresses that the page asked for; ``said``: what it said in the console."""
        return self._order("log")

    def saved(self, name: str, seconds: float = 60) -> bytes:
        """The content of a file that the page saved, once it is whole; it is then taken away."""
        path, end = self.downloads / name, time.monotonic() + seconds
        while not (path.exists() and path.stat().st_size) or any(self.downloads.glob(f"{name}*part*")):
            assert time.monotonic() < end, f"{name} was not saved: {sorted(p.name for p in self.downloads.iterdir())}"
            time.sleep(0.05)
        content = path.read_bytes()
        path.unlink()
        return content

    def close(self) -> None:
        self._order("close")
