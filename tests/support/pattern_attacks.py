"""Texts on which a pattern worse than linear would take hours, made from the pattern itself; and the patterns of the
package.

``python -m tests.support.pattern_attacks`` plays them all and prints each pattern before it is tried.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import cls_workbook
from cls_workbook.personal_data import PATTERNS

LENGTH = 60_000
CPU_SECONDS = (
    2.5  # of this process alone, for one text: a quadratic pattern takes longer, a linear one far less than one
)
_CANDIDATES = "a7A -.;,\"'<>=é@x\n\t/:_([{&#|)1"
_SEARCHING = ("search", "sub", "subn", "split", "findall", "finditer")
_LONG = 200  # a repetition that may go further is looked at


def patterns() -> dict[str, tuple[re.Pattern, bool]]:
    """Where → each pattern that the package compiles, or gives to ``re`` as it stands; and is it looked for anywhere in
    a text, or only at its beginning?"""
    found = {f"personal_data {rank} {p.nature}": (re.compile(p.expression), True) for rank, p in enumerate(PATTERNS)}
    sources = "\n".join(f.read_text(encoding="utf-8") for f in Path(cls_workbook.__path__[0]).rglob("*.py"))
    calls = set(re.findall(r"\b(\w+)\.(\w+)\(", sources))
    for module in pkgutil.walk_packages(cls_workbook.__path__, "cls_workbook."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            if isinstance(value, re.Pattern):
                anchored = not calls.isdisjoint({(name, "match"), (name, "fullmatch")})
                searched = any((name, method) in calls for method in _SEARCHING)
                found[f"{module.name}.{name}"] = value, searched or not anchored
        for number, pattern, searched in _literals(Path(str(loaded.__file__))):
            found[f"{module.name}:{number}"] = pattern, searched
    return found


def _literals(file: Path) -> Iterator[tuple[int, re.Pattern, bool]]:
    """The patterns that are written where they serve."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re":
            if called.attr == "compile":
                continue
            given = node.args[0] if isinstance(node, ast.Call) and node.args else None
            if isinstance(given, ast.Constant) and isinstance(given.value, str | bytes):
                yield node.lineno, re.compile(given.value), called.attr not in ("match", "fullmatch")


def attacks(pattern: re.Pattern) -> Iterator[str]:
    """For each long repetition: what leads to it once then many turns, what leads to it and a turn many times."""
    tree = parser.parse(
        pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    )
    for before, turn in _repetitions(list(tree), ""):
        for pumped in dict.fromkeys([turn, *turn[:2]] if turn else []):
            yield before + pumped * (LENGTH // len(pumped)) + "\x00"
            unit = before + pumped
            yield unit * (LENGTH // len(unit)) + "\x00"


def _repetitions(items: list, before: str) -> Iterator[tuple[str, str]]:
    for rank, (code, value) in enumerate(items):
        lead = before + "".join(_example(item) for item in items[:rank])
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            _, most, inner = value
            if most >= _LONG:
                yield from ((lead, turn) for turn in _turns(list(inner)))
            yield from _repetitions(list(inner), lead)
        elif code is codes.SUBPATTERN:
            yield from _repetitions(list(value[-1]), lead)
        elif code is codes.BRANCH:
            for way in value[1]:
                yield from _repetitions(list(way), lead)
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _repetitions(list(value[1]), lead)
        elif code is codes.ATOMIC_GROUP:
            yield from _repetitions(list(value), lead)


def _turns(inner: list) -> Iterator[str]:
    """Some examples of one turn: of each way where there are several, of each character that it takes."""
    if len(inner) == 1 and inner[0][0] is codes.IN:
        yield from islice((c for c in _CANDIDATES if _takes(inner[0], c)), 5)
    elif len(inner) == 1 and inner[0][0] in (codes.BRANCH, codes.SUBPATTERN):
        ways = inner[0][1][1] if inner[0][0] is codes.BRANCH else [inner[0][1][-1]]
        for way in ways:
            yield from _turns(list(way))
    else:
        yield "".join(map(_example, inner))


def _takes(item: tuple, character: str) -> bool:
    tree = parser.SubPattern(parser.State(), [item])
    try:
        return re._compiler.compile(tree).match(character) is not None  # type: ignore[attr-defined]
    except (AttributeError, TypeError, re.error):
        return True


def _example(item: tuple) -> str:
    code, value = item
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.NOT_LITERAL:
        return next(c for c in _CANDIDATES if c != chr(value))
    if code is codes.ANY:
        return "a"
    if code is codes.IN:
        return next((c for c in _CANDIDATES if _takes(item, c)), "a")
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return "".join(map(_example, value[2])) * max(1, value[0])
    if code is codes.SUBPATTERN:
        return "".join(map(_example, value[-1]))
    if code is codes.BRANCH:
        return "".join(map(_example, value[1][0]))
    return "".join(map(_example, value)) if code is codes.ATOMIC_GROUP else ""


def play(names: list[str]) -> None:
    for name, (pattern, searched) in patterns().items():
        if names and not any(n in name for n in names):
            continue
        print(name, flush=True)
        for text in attacks(pattern):
            signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
            given = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
            pattern.fullmatch(given)
            for _ in pattern.finditer(given) if searched else ():
                pass
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _too_long(*_: object) -> None:
    raise TimeoutError("worse than linear")


if __name__ == "__main__":
    signal.signal(signal.SIGVTALRM, _too_long)
    play(sys.argv[1:])
