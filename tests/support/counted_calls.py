"""How often Excel is asked something during a click: each property and method of the double's engine, by its name."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support import openpyxl_engine, openpyxl_range

# What stands for Excel's own objects; the rest of the module is scaffolding of the double.
ASKED = ("App", "Book", "Sheets", "Sheet", "Tables", "OpenTable", "AutoFilter", "Charts", "Chart", "Range", "Font")
ASKED += ("Borders", "ChartSeries")
_OWN = {"change", "answer", "numbers"}  # of the double


@contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    """Counter of « Range.value », « Range.value= », « Range.merge() »…, filled while the block runs."""
    calls: Counter[str] = Counter()
    before = {nom: dict(vars(_class(nom))) for nom in ASKED}
    for nom, members in before.items():
        class_ = _class(nom)
        for member, value in members.items():
            if member[0] != "_" and member not in _OWN and (wrapped := _counting(f"{nom}.{member}", value, calls)):
                setattr(class_, member, wrapped)
    try:
        yield calls
    finally:
        for nom, members in before.items():
            for member, value in members.items():
                if member[0] != "_":
                    setattr(_class(nom), member, value)


def _class(nom):
    return getattr(openpyxl_range if hasattr(openpyxl_range, nom) else openpyxl_engine, nom)


def _counting(nom, member, calls):
    if isinstance(member, property):

        def read(self):
            calls[nom] += 1
            return member.fget(self)

        def write(self, value):
            calls[f"{nom}="] += 1
            member.fset(self, value)

        return property(read, write if member.fset else None)
    if not callable(member) or isinstance(member, type):
        return None

    @functools.wraps(member)
    def call(self, *arguments, **named):
        calls[f"{nom}()"] += 1
        return member(self, *arguments, **named)

    return call
