"""Sources → bytecode without docstrings. Run by Pyodide’s Python when the page is made (see compile.mjs), not in it."""

from __future__ import annotations

import importlib._bootstrap_external as bootstrap
import importlib.util
import inspect
import types
import zipfile
from opcode import opmap

_LOADING = [opmap[name] for name in ("LOAD_CONST", "RETURN_CONST") if name in opmap]
_FIRST_WORDS = 32  # bytes: a docstring is stored before anything else is done


def compile_all(sources: str, result: str) -> None:
    """An archive of ``.py`` → the archive of their ``.pyc``."""
    with zipfile.ZipFile(sources) as given, zipfile.ZipFile(result, "w") as made:
        for name in given.namelist():
            source = given.read(name)
            code = without_docstrings(compile(source, name, "exec", dont_inherit=True))
            pyc = bootstrap._code_to_hash_pyc(code, importlib.util.source_hash(source), False)
            made.writestr(zipfile.ZipInfo(name + "c"), bytes(pyc))


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
