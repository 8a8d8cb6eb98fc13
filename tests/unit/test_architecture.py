"""Who may import whom: the table of the README, held against the code's own imports."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "cls_workbook"
README = PACKAGE.parent / "README.md"
WATCHED = {
    "pandas",
    "pandera",
    "numpy",
    "openpyxl",
    "xlsxwriter",
    "python_calamine",
    "xlwings",
    "tqdm",
    "lxml",
    "pyarrow",
    "dask",
    "distributed",
}
DOORS = {"__init__", "__main__", "cli", "excel", "demo", "conductor", "generation"}


def room_of(file: Path) -> str:
    """The room of a file: its sub-package, or the module itself at the top."""
    pieces = file.relative_to(PACKAGE).parts
    return pieces[0] if len(pieces) > 1 else file.stem


def imported_modules(file: Path) -> set[str]:
    """Rooms and watched libraries that a file imports, wherever it does so; imports for type checkers apart."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for_types = {
        n
        for when in ast.walk(tree)
        if isinstance(when, ast.If) and "TYPE_CHECKING" in ast.dump(when.test)
        for n in ast.walk(when)
    }
    modules: set[str] = set()
    for tree_node in ast.walk(tree):
        if tree_node in for_types:
            continue
        if isinstance(tree_node, ast.ImportFrom) and tree_node.module:
            modules |= (
                {f"cls_workbook.{a.name}" for a in tree_node.names}
                if tree_node.module == "cls_workbook"
                else {tree_node.module}
            )
        elif isinstance(tree_node, ast.Import):
            modules |= {a.name for a in tree_node.names}
    rooms = {m.split(".")[1] for m in modules if m.startswith("cls_workbook.")} - {room_of(file)}
    return rooms | ({m.partition(".")[0] for m in modules} & WATCHED)


def table() -> dict[str, set[str]]:
    """Room → what the README lets it import."""
    lines = re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    return {room: set(re.findall(r"`(\w+)`", allowed)) for room, allowed in lines}


@cache
def rooms() -> dict[str, set[str]]:
    all_found: dict[str, set[str]] = {}
    for file in PACKAGE.rglob("*.py"):
        all_found.setdefault(room_of(file), set()).update(imported_modules(file))
    return all_found


@pytest.mark.parametrize("room", sorted(p for p in rooms() if p not in ("__init__", "__main__")))
def test_a_room_imports_only_what_the_readme_says(room):
    assert rooms()[room] == table()[room]


def test_nothing_below_the_doors_imports_them():
    for room, already_seen in rooms().items():
        if room not in DOORS:
            assert not already_seen & DOORS, room


def test_only_one_room_writes_workbooks_and_only_reading_opens_them():
    by_library = {b: {p for p, already_seen in rooms().items() if b in already_seen} for b in WATCHED}
    assert by_library["xlsxwriter"] == {"xlsx"}
    assert by_library["python_calamine"] <= {"reading", "results"}
    assert by_library["pandera"] == {"checks"}
    assert by_library["lxml"] == {"annotation"}
    assert by_library["pyarrow"] == {"exports"}
    assert by_library["distributed"] == {"moteurs"}
    assert by_library["dask"] == set()
    assert by_library["xlwings"] == {"excel"}
    assert by_library["openpyxl"] == set()


def test_the_code_names_no_contract():
    """Nothing is special about a contract: names of places stand in definitions only."""
    for file in PACKAGE.rglob("*.py"):
        assert not re.search(
            r"dijon|besan[cç]on|mayenne|bourgogne|franche", file.read_text(encoding="utf-8"), re.IGNORECASE
        ), file


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_a_file_and_its_functions_stay_readable(file):
    texte = file.read_text(encoding="utf-8")
    assert texte.count("\n") <= 450
    for tree_node in ast.walk(ast.parse(texte)):
        if isinstance(tree_node, ast.FunctionDef):
            assert tree_node.end_lineno - tree_node.lineno < 60, f"{tree_node.name} est trop longue"
