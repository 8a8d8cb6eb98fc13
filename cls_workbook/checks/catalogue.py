"""Every finding that the program can make: its code, how serious it is, what it looks for; derived from the rules."""

from __future__ import annotations

from textwrap import fill

from cls_workbook.anomalies import GRAVITIES, Check, checks
from cls_workbook.checks import FAMILIES
from cls_workbook.errors import OwnFault
from cls_workbook.french import typography
from cls_workbook.reading import reading_checks

_WIDTH = 100  # characters of a line
_MEANINGS = ("la valeur est hors des totaux", "la valeur compte, à vérifier", "pour information")


def catalogue() -> list[type[Check]]:
    """Each code once: what reading looks for, then family after family; within one, as its rules are written.

    OwnFault for a rule of a module that is in no family: it would neither be looked at nor told.
    """
    modules = [module.__name__ for module in (reading_checks, *FAMILIES)]
    if lost := [check.__name__ for check in checks() if check.__module__ not in modules]:
        raise OwnFault(f"règles hors de toute famille : {', '.join(lost)}")
    by_code: dict[str, type[Check]] = {}
    for check in sorted(checks(), key=lambda c: modules.index(c.__module__)):
        by_code.setdefault(check.code, check)
    listed = [check for check in by_code.values() if not check.after]
    for check in by_code.values():
        if check.after:
            listed.insert(listed.index(by_code[check.after]) + 1, check)
    return listed


def told() -> str:
    """The catalogue for whoever reads it: what is looked for first, its code last, under how serious it is."""
    lines: list[str] = []
    for gravite, meaning in zip(GRAVITIES, _MEANINGS, strict=True):
        lines.append(typography(f"{gravite.upper()} : {meaning}"))
        for check in catalogue():
            if check.gravities()[0] == gravite:
                others = "".join(f", ou {other}" for other in check.gravities()[1:])
                lines.append(fill(check.sought, _WIDTH, initial_indent="  • ", subsequent_indent="    "))
                lines.append(f"    {check.code}{others}")
        lines.append("")
    return "\n".join(lines) + "\n"
