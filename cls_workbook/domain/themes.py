"""The themes that contracts are compared by: those that ship (``templates/themes.toml``), then the contract's own."""

from __future__ import annotations

import tomllib
from functools import cache

from cls_workbook import resources
from cls_workbook.domain.model import Contrat


@cache
def shipped_themes() -> dict[str, str]:
    """Id → label of the themes that ship, in their order."""
    texte = (resources.folder("templates") / "themes.toml").read_text(encoding="utf-8")
    return {t["id"]: t["libelle"] for t in tomllib.loads(texte)["themes"]}


def themes(contrat: Contrat) -> dict[str, str]:
    """Id → label of every theme that the contract may name: those that ship, those of its noyau, its own."""
    regional = {t.id: t.libelle for _, noyau in contrat.regional.noyaux for t in noyau.themes}
    return regional | shipped_themes() | {t.id: t.libelle for t in contrat.regional.themes}


def priorites(contrat: Contrat) -> dict[str, str]:
    """Id → label of the priorities of the regional health project that its noyau or the contract itself names."""
    regional = {p.id: p.libelle for _, noyau in contrat.regional.noyaux for p in noyau.priorites}
    return regional | {p.id: p.libelle for p in contrat.regional.priorites}
