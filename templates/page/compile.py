"""Sources → bytecode without docstrings. Run by Pyodide’s Python when the page is made (see compile.mjs), not in it."""

from __future__ import annotations

import collections
import dataclasses
import importlib._bootstrap_external as bootstrap
import importlib.util
import inspect
import marshal
import sys
import sysconfig
import types
import zipfile
from collections.abc import Callable
from opcode import opmap
from pathlib import Path

SITE = Path(sysconfig.get_path("purelib")).resolve()  # as modules name their files
KEPT = "site/kept_code.marshal"
_LOADING = [opmap[name] for name in ("LOAD_CONST", "RETURN_CONST") if name in opmap]
_FIRST_WORDS = 32  # bytes: a docstring is stored before anything else is done


def compile_all(files: str, result: str) -> None:
    """An archive of all that the page holds → the archive of what is made of it: ``.pyc``, ``kept_code.marshal``; and
    ``opened``, the places of what the page opens before it is ready, one a line."""
    with zipfile.ZipFile(files) as given, zipfile.ZipFile(result, "w") as made:
        for name in given.namelist():
            content = given.read(name)
            if name.endswith(".py"):
                name, content = name + "c", _pyc(name, content)
                made.writestr(zipfile.ZipInfo(name), content)
            if name.startswith("site/"):
                _put(SITE / name.removeprefix("site/"), content)
        kept, opened = _rehearsed()
        made.writestr(zipfile.ZipInfo(KEPT), marshal.dumps(kept))
        made.writestr(zipfile.ZipInfo("opened"), "\n".join([*opened, "site/kept_code.pyc", KEPT]))


def _pyc(name: str, source: bytes) -> bytes:
    code = without_docstrings(compile(source, name, "exec", dont_inherit=True))
    return bytes(bootstrap._code_to_hash_pyc(code, importlib.util.source_hash(source), False))


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _rehearsed() -> tuple[dict[str, types.CodeType], list[str]]:
    """The page's start, played: what its classes write (text → code), the places of the files that it opens."""
    opened: set[str] = set()

    def note(event: str, given: tuple[object, ...]) -> None:
        if event in ("open", "import"):  # of a file; of a library that is not Python's bytecode
            opened.update(place for place in given if isinstance(place, str) and place.startswith(f"{SITE}/"))

    sys.addaudithook(note)
    importlib.import_module("pandas")
    kept = written_by_classes(_start)
    return kept, sorted("site/" + Path(path).relative_to(SITE).as_posix() for path in opened)


def _start() -> None:
    """What the page imports of its own before it is ready (see worker.js)."""
    for name in ("cls_workbook.garbage", "cls_workbook.page.desk.requests"):
        importlib.import_module(name)


def written_by_classes(act: Callable[[], object]) -> dict[str, types.CodeType]:
    """What dataclasses and named tuples write while ``act`` is played: text → code (see kept_code.py)."""
    modes: dict[str, str] = {}

    def noting(mode: str, run: Callable[..., object]) -> Callable[..., object]:
        def noted(text: str, *where: dict[str, object]) -> object:
            modes[text] = mode
            return run(compile(text, "<string>", mode, dont_inherit=True), *where)

        return noted

    # The names by which they call what executes a text.
    vars(dataclasses)["exec"], vars(collections)["eval"] = noting("exec", exec), noting("eval", eval)
    try:
        act()
    finally:
        del vars(dataclasses)["exec"], vars(collections)["eval"]
    return {text: compile(text, "<string>", mode, dont_inherit=True) for text, mode in modes.items()}


def without_docstrings(code: types.CodeType) -> types.CodeType:
    """The same code, its docstrings emptied: not removed, some libraries add to theirs.

    In what was compiled, not in the tree: a third of the time. A docstring that is used for something else stays. A
    class keeps a space: dataclasses would write the signature of one that says nothing, a third of what they cost.
    """
    constants = [without_docstrings(c) if isinstance(c, types.CodeType) else c for c in code.co_consts]
    place = _place_of_docstring(code)
    if place is not None and isinstance(constants[place], str):
        constants[place] = "" if code.co_flags & inspect.CO_NEWLOCALS or code.co_name == "<module>" else " "
    return code.replace(co_consts=tuple(constants))


def _place_of_docstring(code: types.CodeType) -> int | None:
    """The constant that is a docstring and nothing else; None if there is none.

    A function’s is its first constant, which nothing loads; a module’s or a class’s is loaded once, to be stored.
    """
    if code.co_flags & inspect.CO_NEWLOCALS:
        is_named = not code.co_name.startswith("<")  # neither a lambda nor a comprehension
        return 0 if is_named and _uses(code, 0) == 0 else None
    if "__doc__" not in code.co_names[:256]:
        return None
    stored = code.co_code.find(bytes([opmap["STORE_NAME"], code.co_names.index("__doc__")]))
    if not 2 <= stored <= _FIRST_WORDS:
        return None
    load, place = code.co_code[stored - 2 : stored]
    return place if load == opmap["LOAD_CONST"] and _uses(code, place) == 1 else None


def _uses(code: types.CodeType, place: int) -> int:
    """How many times a constant is loaded, or more: never fewer."""
    return sum(code.co_code.count(bytes([order, place])) for order in _LOADING)
