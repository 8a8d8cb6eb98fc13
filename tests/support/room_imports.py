"""Who imports whom, read in the code; and the table of ``docs/architecture.md`` that says it.

    python -m tests.support.room_imports

writes the last column of that table again, to be reviewed before it is committed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "cls_workbook"
PAGE = ROOT / "docs" / "architecture.md"
LIBRARIES = {
    "dask",
    "docx",
    "pptx",
    "distributed",
    "lxml",
    "numpy",
    "openpyxl",
    "pandas",
    "pandera",
    "pyarrow",
    "python_calamine",
    "tqdm",
    "xlsxwriter",
    "xlwings",
}
_ROW = re.compile(r"^\| `(\w+)` \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
NO_IMPORT = "–"


def room_of(file: Path) -> str:
    """The room of a file: its sub-package, or the module itself at the top."""
    pieces = file.relative_to(PACKAGE).parts
    return pieces[0] if len(pieces) > 1 else file.stem


def room_names() -> set[str]:
    return {room_of(file) for file in PACKAGE.rglob("*.py")} - {"__init__", "__main__"}


@cache
def imported_modules(file: Path) -> frozenset[str]:
    """The dotted names that a file imports, wherever it does so; imports for type checkers apart."""
    modules: set[str] = set()
    for node in _statements(ast.parse(file.read_text(encoding="utf-8")).body):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
    return frozenset(modules)


def _statements(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Each statement, and those inside: an import stands in no expression."""
    for node in nodes:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            if isinstance(inside := getattr(node, part, None), list):
                yield from _statements(inside)


def room_imports() -> dict[str, set[str]]:
    """Room → the other rooms and the libraries that it imports."""
    found: dict[str, set[str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        room = room_of(file)
        if room in ("__init__", "__main__"):
            continue
        names = [module.split(".") for module in imported_modules(file)]
        rooms = {pieces[1] for pieces in names if pieces[0] == PACKAGE.name and len(pieces) > 1}
        found.setdefault(room, set()).update(rooms - {room}, {pieces[0] for pieces in names} & LIBRARIES)
    return found


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def module_imports() -> dict[str, set[str]]:
    """Module of the package → those of the package that it imports; a name is followed to the module it is in."""
    files = {module_name(file): file for file in PACKAGE.rglob("*.py")}
    return {
        module: {name if name in files else name.rpartition(".")[0] for name in imported_modules(file)} & files.keys()
        for module, file in files.items()
    }


def circles(imports: dict[str, set[str]]) -> list[str]:
    """Each circle of imports, in words: « a → b → a »; the first that is found from each module."""
    found: dict[frozenset[str], str] = {}
    done: set[str] = set()

    def visit(module: str, path: list[str]) -> None:
        if module in path:
            circle = path[path.index(module) :]
            found.setdefault(frozenset(circle), " → ".join([*circle, module]))
        elif module not in done:
            for imported in sorted(imports[module] - {module}):
                visit(imported, [*path, module])
            done.add(module)

    for module in sorted(imports):
        visit(module, [])
    return sorted(found.values())


def table() -> dict[str, set[str]]:
    """Room → what ``docs/architecture.md`` lets it import."""
    rows = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {room: set(re.findall(r"`(\w+)`", allowed)) for room, _, allowed in rows}


def rewritten() -> str:
    """The page with the last column of its table as the code has it."""
    imports = room_imports()

    def row(found: re.Match[str]) -> str:
        room, idea, _ = found.groups()
        return f"| `{room}` | {idea} | {_cited(imports.get(room, set()))} |"

    return _ROW.sub(row, PAGE.read_text(encoding="utf-8"))


def _cited(names: set[str]) -> str:
    """Rooms, then libraries, each in alphabetical order."""
    in_order = [*sorted(names - LIBRARIES), *sorted(names & LIBRARIES)]
    return ", ".join(f"`{name}`" for name in in_order) or NO_IMPORT


if __name__ == "__main__":
    PAGE.write_text(rewritten(), encoding="utf-8")
    missing = room_imports().keys() - table().keys()
    print(f"{PAGE.relative_to(ROOT)} : " + (f"no row for {', '.join(sorted(missing))}" if missing else "up to date"))
