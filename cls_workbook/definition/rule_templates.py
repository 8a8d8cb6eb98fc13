"""Rules that ship and that a definition takes by name (``modele = "…"``): what it writes itself prevails."""

from __future__ import annotations

import difflib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from cls_workbook import resources


def models() -> dict[str, Path]:
    """Name → file of each rule that ships, in alphabetical order."""
    return {p.stem: p for p in sorted((resources.folder("templates") / "regles").glob("*.toml"))}


@cache
def _field_values(nom: str) -> dict[str, object]:
    return tomllib.loads(models()[nom].read_text(encoding="utf-8"))


def complete(raw: dict[str, Any], faults: list[str]) -> None:
    """Gives each rule of a definition (as parsed) the fields of its model that it does not write itself."""
    regles = raw.get("regles")
    for rank, rule in enumerate(regles if isinstance(regles, list) else (), 1):
        nom = rule.get("modele") if isinstance(rule, dict) else None
        if not isinstance(nom, str):
            continue
        if nom not in models():
            close_matches = difflib.get_close_matches(nom, models(), n=1) or list(models())
            faults.append(
                f"contrat.regles[{rank}].modele : aucune règle livrée ne s’appelle « {nom} ». Règles livrées : "
                f"{', '.join(close_matches)}."
            )
            rule.update({c: v for c, v in (("id", nom), ("type", "plafond"), ("libelle", nom)) if c not in rule})
            continue
        rule.update({c: v for c, v in _field_values(nom).items() if c not in rule})


def supplied_fields(nom: str | None) -> dict[str, object]:
    """The fields (as a definition writes them) that a rule made from this model need not write; none if nothing ships
    by that name.
    """
    return dict(_field_values(nom)) if nom in models() else {}
