"""The other plans that a fiche is linked to (PTSM, contrat de ville…), as a region counts them: those that ship are in
``templates/plans.toml``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import NamedTuple

from cls_workbook import resources
from cls_workbook.french import fold


class LinkedPlan(NamedTuple):
    id: str
    libelle: str


@cache
def _shipped() -> dict[str, LinkedPlan]:
    """Each way of writing a plan that ships, folded → the plan; the longest first."""
    texte = (resources.folder("templates") / "plans.toml").read_text(encoding="utf-8")
    named = {
        fold(nom): LinkedPlan(p["id"], p["libelle"])
        for p in tomllib.loads(texte)["plans"]
        for nom in (p["libelle"], *p["noms"])
    }
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))


def usual_plans() -> tuple[str, ...]:
    """The labels of the plans that ship, in their order: what a drop-down proposes."""
    texte = (resources.folder("templates") / "plans.toml").read_text(encoding="utf-8")
    return tuple(p["libelle"] for p in tomllib.loads(texte)["plans"])


def counted_as(nom: str) -> LinkedPlan:
    """The plan that a link counts with: the one whose name it begins with, else itself."""
    written = fold(nom)
    for known, plan in _shipped().items():
        if written.startswith(known) and not written[len(known) : len(known) + 1].isalnum():
            return plan
    return LinkedPlan(written.replace(" ", "-"), nom)
