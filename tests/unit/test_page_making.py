"""How the page is made: nothing goes in that was not published; the same files give the same page."""

from __future__ import annotations

import base64
import collections
import dataclasses
import gzip
import hashlib
import http.server
import io
import json
import marshal
import re
import runpy
import shutil
import threading
import tomllib
import zipfile
from collections import namedtuple
from dataclasses import dataclass, make_dataclass
from functools import partial

import pytest
from packaging.licenses import canonicalize_license_expression

from cls_workbook import resources
from cls_workbook.errors import Refusal
from cls_workbook.page.making import page_contents, page_writing, pyodide_files
from cls_workbook.page.making.pyodide_files import CORE, LOCK, PyodideFiles
from tests.support import pyodide_folder

TOML = resources.folder("templates") / "page" / "pyodide.toml"
TEXTS = resources.folder("templates") / "page" / "licences"


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, text in files.items():
            opened.writestr(name.replace("__", "/") + ".py", text)
        opened.writestr("six-1.0.dist-info/LICENSE", "Que chacun en use.")
    return buffer.getvalue()


def parted(files: dict[str, bytes], _: PyodideFiles) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """As if the page opened nothing of XlsxWriter before it is ready."""
    later = {place: content for place, content in files.items() if "/xlsxwriter/" in place}
    return {place: content for place, content in files.items() if place not in later}, later


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A small distribution, published under its own sums."""
    wheel = archive(six="SIX = 6", six__tests__test_six="assert False")
    lock = {"info": {"version": "9"}, "packages": {"six": {}}}
    lock["packages"]["six"] = {"file_name": "six.whl", "version": "1.0", "sha256": hashlib.sha256(wheel).hexdigest()}
    contents = {name: name.encode() for name in CORE}
    contents |= {"python_stdlib.zip": archive(os="", idlelib__run=""), LOCK: json.dumps(lock).encode()}
    for name, content in (contents | {"six.whl": wheel}).items():
        (tmp_path / name).write_bytes(content)
    settings = {
        "version": "9",
        "python": "3.12",
        "licence": "MPL-2.0",
        "adresse": "https://exemple.fr/",
        "roues": {"six": "MIT"},
        "source": "https://exemple.fr/source",
        "compilees": {"zlib": {"version": "1.2", "licence": "Zlib", "texte": "zlib"}},
        "installees": {"xlsxwriter": "BSD-2-Clause"},
        "empreintes": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
    for module in (pyodide_files, page_contents, page_writing):
        monkeypatch.setattr(module, "described", lambda: settings)
    monkeypatch.setattr(page_writing, "compiled", parted)  # Node.js is asked by the tests in browsers
    return tmp_path


@pytest.mark.parametrize("name", ["pyodide.asm.wasm", "python_stdlib.zip", LOCK, "six.whl"])
def test_a_file_of_other_bytes_is_refused_and_nothing_is_written(published, name, tmp_path):
    (published / name).write_bytes((published / name).read_bytes() + b" ")
    with pytest.raises(Refusal, match="n’est pas celui de Pyodide 9"):
        page_writing.make(str(published), tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_a_missing_file_is_told_with_its_remedy(published, tmp_path):
    (published / "six.whl").unlink()
    with pytest.raises(Refusal, match="« six.whl » ne se trouve pas dans .*--pyodide"):
        page_writing.make(str(published), tmp_path / "page.html")


def test_an_address_gives_the_same_page_as_a_folder(published, tmp_path):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(published)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        from_address = page_writing.make(f"http://127.0.0.1:{server.server_port}/", tmp_path / "a.html")
    finally:
        server.shutdown()
    assert from_address == page_writing.make(str(published), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert hashlib.sha256((tmp_path / "a.html").read_bytes()).hexdigest() == from_address


def test_only_what_serves_goes_in(published):
    files, _ = page_contents.contents(PyodideFiles(str(published)))
    assert {
        "std/os.py",
        "site/six.py",
        "site/xlsxwriter/workbook.py",
        "site/cls_workbook/page/desk/requests.py",
    } <= files.keys()
    assert "site/cls_workbook/templates/charte.toml" in files and "site/cls_workbook/macros/ruban.xml" in files
    gone = ("/tests/", "idlelib", "/button/", "/cli/", "/page/making/", "__pycache__", "/templates/page/")
    assert not [place for place in files if any(part in place for part in gone)]


def test_an_installed_library_that_was_changed_since_is_refused(published, monkeypatch, tmp_path):
    class Changed:
        version = "1"

        def locate_file(self, _):
            (tmp_path / "autre.py").write_text("autre chose")
            return tmp_path / "autre.py"

    installed = page_contents.metadata.distribution("xlsxwriter").files
    Changed.files = [file for file in installed if file.name == "workbook.py"]
    monkeypatch.setattr(page_contents.metadata, "distribution", lambda nom: Changed())
    with pytest.raises(Refusal, match="n’est plus tel qu’il a été installé"):
        page_contents.contents(PyodideFiles(str(published)))


def test_the_policy_allows_the_very_script_and_style_and_nothing_else(published, tmp_path):
    page_writing.make(str(published), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    script, style = (
        re.findall(r"<script>(.*?)</script>", page, re.S)[-1],
        re.search("<style>(.*?)</style>", page, re.S)[1],
    )
    sums = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{sums[0]}' 'wasm-unsafe-eval'; style-src 'sha256-{sums[1]}'; "
        "worker-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types cls"
    )
    assert not re.search(r"\son\w+=|\sstyle=|href=\"http|src=", page.split("<script", 1)[0])


def unpacked(page: str, part: str) -> dict[str, bytes]:
    """What the worker finds in one part of the page."""
    held = page.partition(f'id="{part}">')[2].partition("</div>")[0]
    pieces = re.findall(r'<script type="text/plain">([^<]*)</script>', held)
    assert pieces and max(map(len, pieces)) <= page_writing.PIECE
    payload = gzip.decompress(base64.b64decode("".join(pieces)))
    start = 4 + int.from_bytes(payload[:4], "little")
    index = json.loads(payload[4:start])
    return {place: payload[start + at : start + at + size] for place, (at, size) in index.items()}


def licence(text: str) -> list[dict[str, str]]:
    return [{"name": "licence", "value": text}]


def test_the_list_of_what_is_inside_names_every_library_and_no_other(published, tmp_path):
    page_writing.make(str(published), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    bill = json.loads(re.search(r'id="bill">(.*?)</script>', page, re.S)[1])
    told = {p["value"] for c in bill["components"] for p in c["properties"] if p["name"] == "place"}
    held = {"/".join(place.split("/")[:2]) for part in ("first", "later") for place in unpacked(page, part)}
    assert held - told == {"site/cls_workbook", "site/kept_code.py", "site/pydantic.py"}  # ours
    assert told - held == {"std", "pyodide.asm.wasm"}  # in the core
    assert {c["name"] for c in bill["components"]} == {"Pyodide", "CPython", "zlib", "six", "xlsxwriter"}


def test_the_page_holds_what_it_needs_in_pieces_and_says_what_that_is(published, tmp_path):
    page_writing.make(str(published), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert unpacked(page, "core").keys() == {"pyodide.asm.wasm", "python_stdlib.zip", LOCK}
    assert unpacked(page, "first")["site/six.py"] == b"SIX = 6"
    assert {place.split("/")[1] for place in unpacked(page, "later")} == {"xlsxwriter"}
    bill = json.loads(re.search(r'id="bill">(.*?)</script>', page, re.S)[1])
    six = next(c for c in bill["components"] if c["name"] == "six")
    assert (six["version"], six["licenses"]) == ("1.0", [{"expression": "MIT"}])
    assert six["properties"] == [{"name": "place", "value": "site/six.py"}, *licence("Que chacun en use.")]


def test_all_that_is_named_in_the_core_has_its_text_and_a_licence_that_spdx_knows():
    named = tomllib.loads(TOML.read_text(encoding="utf-8"))
    inside = named["compilees"]
    licences = {c["licence"] for c in inside.values()} | {named["licence"]}
    licences |= {*named["roues"].values(), *named["installees"].values()}
    assert {canonicalize_license_expression(licence) for licence in licences} == licences
    assert {f"{c['texte']}.txt" for c in inside.values()} | {"CPython.txt"} == {p.name for p in TEXTS.iterdir()}
    for nom, compiled in inside.items():
        assert compiled.keys() & {"dit", "source"}, f"{nom} : a version from nowhere"


def test_what_is_under_the_mozilla_licence_is_given_with_its_text_and_the_address_of_its_source(published):
    _, (pyodide, python, *_) = page_contents.contents(PyodideFiles(str(published)))
    assert (
        pyodide.texts[0].startswith("Mozilla Public License Version 2.0")
        and pyodide.source == "https://exemple.fr/source"
    )
    assert "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2" in python.texts[0]


@pytest.mark.skipif(not pyodide_folder.folder(), reason=f"{pyodide_folder.VARIABLE} names no folder of Pyodide's files")
def test_what_is_compiled_in_the_core_says_its_version_itself():
    core = (pyodide_folder.folder() / "pyodide.asm.wasm").read_bytes()
    platform = json.loads((pyodide_folder.folder() / LOCK).read_bytes())["info"]["platform"]
    inside = tomllib.loads(TOML.read_text(encoding="utf-8"))["compilees"]
    assert {nom for nom, c in inside.items() if "dit" in c and c["dit"].encode() not in core} == set()
    assert platform == f"emscripten_{inside['emscripten']['version'].replace('.', '_')}"


def test_colours_are_those_of_the_workbooks(published, tmp_path):
    page_writing.make(str(published), tmp_path / "page.html")
    assert "--accent:#0B4F5C;" in (tmp_path / "page.html").read_text(encoding="utf-8")


DOCUMENTED = '''"""Of a module."""
SHARED = "Of a class."
class Thing:
    """Of a class."""
    kept = "Of a class."
    def act(self, given=lambda: "said by a lambda"):
        """Of a method."""
        return [text for text in ("a", "b")], given()
    def repeat(self):
        """Said twice."""
        return "Said twice."
class Other:
    """Of another class."""
'''


def test_docstrings_are_emptied_in_what_was_compiled_and_what_else_is_text_stays():
    compiling = runpy.run_path(str(resources.folder("templates") / "page" / "compile.py"))
    module = {}
    exec(compiling["without_docstrings"](compile(DOCUMENTED, "m.py", "exec")), module)
    thing = module["Thing"]
    assert (module["__doc__"], thing.act.__doc__) == ("", "")
    assert dataclass(module["Other"]).__doc__ == " "  # it says something: no signature is written in its place
    assert thing().act() == (["a", "b"], "said by a lambda")
    assert (module["SHARED"], thing.kept, thing().repeat()) == ("Of a class.", "Of a class.", "Said twice.")


def made_classes() -> tuple[type, type]:
    return make_dataclass("Thing", ["price"], frozen=True), namedtuple("Pair", "left right")


def test_what_classes_write_is_compiled_when_the_page_is_made_and_no_more_at_its_start(tmp_path, monkeypatch):
    templates = resources.folder("templates") / "page"
    kept = runpy.run_path(str(templates / "compile.py"))["written_by_classes"](made_classes)
    (tmp_path / "kept_code.marshal").write_bytes(marshal.dumps(kept))
    shutil.copy(templates / "kept_code.py", tmp_path)
    monkeypatch.setattr(dataclasses, "exec", exec, raising=False)
    monkeypatch.setattr(collections, "eval", eval, raising=False)
    held = runpy.run_path(str(tmp_path / "kept_code.py"))["HELD"]
    assert len(held) == len(kept) > 4
    (thing, pair), other, triple = made_classes(), make_dataclass("Other", ["day"]), namedtuple("Triple", "a b c")
    assert held == {}
    assert thing(3) == thing(price=3) != thing(4) and other(day=2).day == 2
    assert pair(1, right=2) == (1, 2) and triple(1, 2, c=3) == (1, 2, 3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        thing(3).price = 4


def test_the_contracts_that_ship_are_listed_with_their_years(published, tmp_path):
    page_writing.make(str(published), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    known = {c["id"]: c["annees"] for c in json.loads(re.search(r'id="contracts">(.*?)</script>', page, re.S)[1])}
    assert known["besancon-2016-2018"] == [2016, 2017, 2018]
