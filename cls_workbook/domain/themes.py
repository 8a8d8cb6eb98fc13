"""The themes that contracts are compared by: those that ship (``templates/themes.toml``), then the contract's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache

from cls_workbook import resources
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.verification.fault import (
    DefinitionFault,
    duplicates,
    fault,
    places,
    reference,
    references,
    too_long,
)


@cache
def shipped_themes() -> dict[str, str]:
    """Id → label of the themes that ship, in their order."""
    texte = (resources.folder("templates") / "themes.toml").read_text(encoding="utf-8")
    return {t["id"]: t["libelle"] for t in tomllib.loads(texte)["themes"]}


def themes(contrat: Contrat) -> dict[str, str]:
    """Id → label of every theme that the contract may name."""
    return shipped_themes() | {t.id: t.libelle for t in contrat.themes}


def priorites(contrat: Contrat) -> dict[str, str]:
    """Id → label of the priorities of the regional health project that the contract names."""
    return {p.id: p.libelle for p in contrat.priorites}


def verifier(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Themes and priorities: each defined once, each reference to one that exists."""
    for nom, defined in (("themes", contrat.themes), ("priorites", contrat.priorites)):
        all_of_them = places(f"contrat.{nom}", defined)
        yield from duplicates(all_of_them, "id")
        for location, theme in all_of_them:
            yield from too_long(f"{location}.libelle", theme.libelle)
    for location, theme in places("contrat.themes", contrat.themes):
        opened_book = shipped_themes().get(theme.id)
        if opened_book is not None and opened_book != theme.libelle:
            yield fault(
                f"{location}.id",
                f"« {theme.id} » est un thème livré (« {opened_book} ») : deux contrats ne seraient plus comparables.",
                "Prenez un autre identifiant.",
            )
    for location, fiche in places("contrat.fiches", contrat.fiches):
        yield from references(f"{location}.themes", fiche.themes, themes(contrat), "le thème")
        yield from references(f"{location}.priorites", fiche.priorites, priorites(contrat), "la priorité")
        for mesure in fiche.mesures:
            yield from reference(f"{location}.mesures ({mesure.id}).theme", mesure.theme, themes(contrat), "le thème")
