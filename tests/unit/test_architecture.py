"""Who may import whom: the table of ``docs/architecture.md``, held against the code's own imports."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.support.room_imports import (
    LIBRARIES,
    PACKAGE,
    circles,
    imported_modules,
    module_imports,
    room_imports,
    room_names,
    table,
)

DOORS = {"cli", "button", "demo", "page"}


@cache
def rooms() -> dict[str, set[str]]:
    return room_imports()


@pytest.mark.parametrize("room", sorted(room_names()))
def test_a_room_imports_only_what_the_table_says(room):
    assert rooms()[room] == table().get(room), "python -m tests.support.room_imports writes the table again"


def test_the_table_names_no_room_that_is_gone():
    assert table().keys() == rooms().keys()


def test_nothing_below_the_doors_imports_them():
    for room, imports in rooms().items():
        if room not in DOORS:
            assert not imports & DOORS, room


def test_each_library_is_known_where_it_serves():
    importers = {library: {room for room, imports in rooms().items() if library in imports} for library in LIBRARIES}
    assert importers["xlsxwriter"] == {"fast_paths", "workbook"}
    assert importers["python_calamine"] <= {"reading", "reports"}
    assert importers["pandera"] <= {"checks", "reading", "tables"}
    assert importers["lxml"] == set()
    assert importers["pyarrow"] == {"reports"}
    assert importers["docx"] == importers["pptx"] == {"documents"}
    assert importers["distributed"] == {"engines"}
    assert importers["dask"] == set()
    assert importers["xlwings"] == {"button"}
    assert importers["openpyxl"] == set()
    assert not rooms()["domain"] & LIBRARIES
    assert rooms()["summaries"] & LIBRARIES <= {"numpy", "pandas"}


def test_the_code_names_no_contract():
    """Nothing is special about a contract: names of places stand in definitions only."""
    for file in PACKAGE.rglob("*.py"):
        assert not re.search(
            r"dijon|besan[cç]on|mayenne|bourgogne|franche", file.read_text(encoding="utf-8"), re.IGNORECASE
        ), file


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_a_file_and_its_functions_stay_readable(file):
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 450
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{node.name} est trop longue"


def test_no_room_holds_more_modules_side_by_side_than_one_can_take_in():
    folders = {file.parent for file in PACKAGE.rglob("*.py")}
    crowded = {f.name: len([m for m in f.glob("*.py") if m.stem not in ("__init__", "__main__")]) for f in folders}
    assert {folder: count for folder, count in crowded.items() if count > 15} == {}


def test_no_module_imports_itself_by_way_of_others():
    """Not even inside a room, nor by an import within a function."""
    assert circles(module_imports()) == []


def test_no_test_file_imports_another():
    """What tests share is in ``tests/support``."""
    tests = PACKAGE.parent / "tests"
    for file in tests.rglob("*.py"):
        others = {m for m in imported_modules(file) if re.match(r"tests\.(?!support\b)", m) and ".test_" in m}
        assert others == set(), file.relative_to(tests)
