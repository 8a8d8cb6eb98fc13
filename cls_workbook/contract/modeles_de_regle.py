"""Rules that ship and that a definition takes by name (``modele = "…"``): what it writes itself prevails."""

from __future__ import annotations

import difflib
import tomllib
from functools import cache
from pathlib import Path

from cls_workbook import resources


def modeles() -> dict[str, Path]:
    """Name → file of each rule that ships, in alphabetical order."""
    return {p.stem: p for p in sorted((resources.folder("templates") / "regles").glob("*.toml"))}


@cache
def _champs(nom: str) -> dict[str, object]:
    return tomllib.loads(modeles()[nom].read_text(encoding="utf-8"))


def completer(brut: dict, fautes: list[str]) -> None:
    """Gives each rule of a definition (as parsed) the fields of its model that it does not write itself."""
    regles = brut.get("regles")
    for rang, regle in enumerate(regles if isinstance(regles, list) else (), 1):
        nom = regle.get("modele") if isinstance(regle, dict) else None
        if not isinstance(nom, str):
            continue
        if nom not in modeles():
            proches = difflib.get_close_matches(nom, modeles(), n=1) or list(modeles())
            fautes.append(f"contrat.regles[{rang}].modele : aucune règle livrée ne s’appelle « {nom} ». Règles livrées : {', '.join(proches)}.")
            regle.update({c: v for c, v in (("id", nom), ("type", "plafond"), ("libelle", nom)) if c not in regle})
            continue
        regle.update({c: v for c, v in _champs(nom).items() if c not in regle})


def fournis(nom: str | None) -> dict[str, object]:
    """The fields (as a definition writes them) that a rule made from this model need not write; none if nothing ships by that name."""
    return dict(_champs(nom)) if nom in modeles() else {}
