"""The themes that contracts are compared by: those that ship (``templates/themes.toml``), then the contract's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache

from cls_workbook import resources
from cls_workbook.contract.faute import Faute, doublons, faute, places, reference, references, trop_long
from cls_workbook.contract.model import Contrat


@cache
def themes_livres() -> dict[str, str]:
    """Id → label of the themes that ship, in their order."""
    texte = (resources.folder("templates") / "themes.toml").read_text(encoding="utf-8")
    return {t["id"]: t["libelle"] for t in tomllib.loads(texte)["themes"]}


def themes(contrat: Contrat) -> dict[str, str]:
    """Id → label of every theme that the contract may name."""
    return themes_livres() | {t.id: t.libelle for t in contrat.themes}


def priorites(contrat: Contrat) -> dict[str, str]:
    """Id → label of the priorities of the regional health project that the contract names."""
    return {p.id: p.libelle for p in contrat.priorites}


def verifier(contrat: Contrat) -> Iterator[Faute]:
    """Themes and priorities: each defined once, each reference to one that exists."""
    for nom, definis in (("themes", contrat.themes), ("priorites", contrat.priorites)):
        tous = places(f"contrat.{nom}", definis)
        yield from doublons(tous, "id")
        for lieu, theme in tous:
            yield from trop_long(f"{lieu}.libelle", theme.libelle)
    for lieu, theme in places("contrat.themes", contrat.themes):
        livre = themes_livres().get(theme.id)
        if livre is not None and livre != theme.libelle:
            yield faute(f"{lieu}.id", f"« {theme.id} » est un thème livré (« {livre} ») : deux contrats ne seraient plus comparables.", "Prenez un autre identifiant.")
    for lieu, fiche in places("contrat.fiches", contrat.fiches):
        yield from references(f"{lieu}.themes", fiche.themes, themes(contrat), "le thème")
        yield from references(f"{lieu}.priorites", fiche.priorites, priorites(contrat), "la priorité")
        for mesure in fiche.mesures:
            yield from reference(f"{lieu}.mesures ({mesure.id}).theme", mesure.theme, themes(contrat), "le thème")
