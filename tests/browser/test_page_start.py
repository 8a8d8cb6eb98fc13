"""The local page where it cannot start, or breaks: what is blocked is said, and whom to ask; none is tried for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import browser as browsers
from tests.support.browser import Browser
from tests.support.changed_pages import changed
from tests.support.opened_pages import WRONG, dropped, opened, required, settle, shown
from tests.support.served_pages import served

pytestmark = [pytest.mark.exhaustive, pytest.mark.one_browser]
ASKED = "montrez ce message à votre service informatique"
WITHOUT_WEB_ASSEMBLY = {"chromium": "--js-flags=--jitless", "firefox": "javascript.options.wasm=false"}
IN_TROUBLE = "!document.getElementById('trouble').hidden"
HELD = """let first; addEventListener('message', event => {
  if (first && event.data !== 'go') return;
  event.stopImmediatePropagation();
  if (event.data === 'go') self.onmessage(first); else first = event;
});"""  # the worker does nothing before it is told to
NO_OTHER_WORKER = "worker === null && job === null && queue.length === 0"


@pytest.fixture(params=["chromium", pytest.param("firefox", marks=pytest.mark.firefox)])
def name(request) -> str:
    required(browsers.missing(request.param))
    return request.param


@pytest.fixture
def with_worker(page, tmp_path) -> Callable[..., str]:
    """The address of the page with its worker's text changed."""
    return lambda change, settings="": changed(page, tmp_path / "cls.html", change, settings).as_uri()


def before_the_start(text: str) -> Callable[[str], str]:
    return lambda worker: worker.replace("self.onmessage = ", f"{text}\nself.onmessage = ", 1)


def is_still_ended(driven: Browser, said: str, dropped_file: Path) -> None:
    """Whatever is asked has the same answer, and no worker starts again."""
    driven.click("#go-coordinator")
    assert said in shown(driven, "#trouble")
    driven.eval("$('trouble').hidden = true")
    dropped(driven, "#coordinator-drop", dropped_file)
    driven.wait(IN_TROUBLE)
    assert said in shown(driven, "#trouble") and driven.eval(NO_OTHER_WORKER)
    assert driven.eval("$('work').hidden && $('consolidate').disabled")


@pytest.mark.parametrize(
    ("policy", "said", "permitted"),
    [
        ("script-src 'unsafe-inline' blob:", "WebAssembly, dont elle a besoin, est bloqué", "'wasm-unsafe-eval'"),
        (
            "script-src 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'none'",
            "le travail en arrière-plan, dont elle a besoin, est bloqué",
            "Politique qui l’interdit : worker-src",
        ),
    ],
)
def test_what_a_policy_of_the_server_blocks_is_named_with_whom_to_ask(
    name, page, year, tmp_path, policy, said, permitted
):
    with served(page.parent, policy) as there, Browser(name, tmp_path) as driven:
        driven.open(f"{there.address}/{page.name}")
        driven.wait(IN_TROUBLE)
        told = shown(driven, "#trouble")
        assert said in told and ASKED in told and permitted in told and "Content-Security-Policy" in told
        is_still_ended(driven, said, year / WRONG)
        driven.size(320, 768)
        assert driven.eval("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    ("policy", "said"),
    [("default-src 'self'", "une politique bloque son script"), ("sandbox", "a besoin de JavaScript")],
)
def test_where_not_even_its_script_runs_the_page_says_so_by_itself(name, page, tmp_path, policy, said):
    with served(page.parent, policy) as there, Browser(name, tmp_path) as driven:
        driven.open(f"{there.address}/{page.name}")
        told = shown(driven, "main")
        assert said in told and ASKED in told


def test_a_browser_whose_web_assembly_is_taken_away_is_not_said_to_be_old(name, page, year, tmp_path):
    with Browser(name, tmp_path, [WITHOUT_WEB_ASSEMBLY[name]]) as driven:
        driven.open(page.as_uri())
        driven.wait(IN_TROUBLE)
        told = shown(driven, "#trouble")
        assert "WebAssembly, dont elle a besoin, est bloqué" in told and ASKED in told
        assert "Content-Security-Policy" not in told  # no server gave it
        is_still_ended(driven, "WebAssembly", year / WRONG)


def test_a_page_cut_short_on_its_way_says_so_after_a_while(name, page, tmp_path):
    cut = tmp_path / "coupee.html"
    cut.write_bytes(page.read_bytes()[:1_000_000])
    with Browser(name, tmp_path) as driven:
        driven.open(cut.as_uri())
        assert shown(driven, "#unstarted") == ""  # not at once: it may be on its way
        driven.eval("document.getAnimations().forEach(animation => animation.finish()); 0")
        assert "elle n’est pas arrivée entière" in shown(driven, "#unstarted")


@pytest.mark.parametrize(
    "broken",
    [
        "WebAssembly.instantiateStreaming = () => Promise.reject(new RangeError('trop petit'));",
        "self.loadPyodide = () => { throw new RangeError('trop petit'); };",
    ],
)
def test_a_start_that_breaks_is_told_with_a_report_and_is_not_tried_again(name, with_worker, year, tmp_path, broken):
    with Browser(name, tmp_path) as driven:
        driven.open(with_worker(before_the_start(broken)))
        driven.wait(IN_TROUBLE)
        assert "La page n’a pas pu démarrer. Fermez d’autres onglets" in shown(driven, "#trouble")
        driven.eval("document.querySelector('#trouble .buttons button').click()")
        assert b"trop petit" in driven.saved("rapport-cls.txt")
        is_still_ended(driven, "n’a pas pu démarrer", year / WRONG)


def test_what_was_dropped_before_a_start_that_breaks_is_answered_too(name, with_worker, year, tmp_path):
    broken = f"{HELD} self.loadPyodide = () => {{ throw new RangeError('trop petit'); }};"
    with Browser(name, tmp_path) as driven:
        driven.open(with_worker(before_the_start(broken)))
        driven.wait("worker")
        dropped(driven, "#partner-drop", year / WRONG)
        driven.wait("job")
        driven.eval("worker.postMessage('go')")
        driven.wait(IN_TROUBLE)
        is_still_ended(driven, "n’a pas pu démarrer", year / WRONG)


def test_a_worker_that_says_nothing_is_told_of_and_the_page_waits_all_the_same(name, with_worker, tmp_path):
    with Browser(name, tmp_path) as driven:
        driven.open(with_worker(before_the_start(HELD), 'data-start="1"'))
        driven.wait(IN_TROUBLE)
        told = shown(driven, "#trouble")
        assert "elle peut encore démarrer : laissez-la ouverte" in told and ASKED in told
        assert "n’a pas commencé" in told
        driven.click("#go-coordinator")
        assert "laissez-la ouverte" in shown(driven, "#trouble")
        driven.eval("worker.postMessage('go')")
        driven.wait("ready")
        assert driven.eval("$('trouble').hidden")
        settle(driven)


def test_a_page_that_slept_while_it_started_was_not_waiting(name, with_worker, tmp_path):
    with Browser(name, tmp_path) as driven:
        driven.open(with_worker(before_the_start("say = () => {};"), 'data-start="60"'))
        driven.wait("worker && !ready")
        driven.eval("looked = Date.now() - 3600000; 0")
        driven.wait("starting.seconds > 1")
        assert driven.eval("starting.seconds < 60 && $('trouble').hidden")


def test_a_worker_that_breaks_at_rest_ends_the_page_and_one_that_breaks_at_work_is_replaced(name, page, year, tmp_path):
    unwritable = "ask({ what: 'trier', files: [] }, new Map([['', new File(['x'], 'x')]])).then(trouble); 0"
    with opened(name, page.as_uri(), tmp_path) as driven:
        driven.eval(unwritable)
        driven.wait(IN_TROUBLE)
        assert "L’outil est en faute, pas vous" in shown(driven, "#trouble")
        driven.files("#partner-files", year / WRONG)
        driven.wait("document.querySelector('#partner-result article')")
        driven.eval("worker.postMessage({ type: 'ask', files: null })")
        driven.wait(IN_TROUBLE)
        assert "La page s’est arrêtée. Fermez d’autres onglets" in shown(driven, "#trouble")
        is_still_ended(driven, "La page s’est arrêtée", year / WRONG)
