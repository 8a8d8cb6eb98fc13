"""A contract of two fiches that may take in the noyau that ships, as text and as read."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat

EXAMPLE = "noyau-exemple"
ACTIONS = 'type = "entier", agregation = "FLUX", unite = "action"'
_PEOPLE = 'type = "entier", agregation = "PERSONNES", unite = "personne", qpv = false'

_DEFINITION = """
axes = [{{ numero = "1", titre = "Agir" }}]
structures = [{{ id = "ccas", nom = "CCAS" }}, {{ id = "asso", nom = "Association" }}]

[contrat]
id = "{identifier}"
titre = "Contrat {identifier} 2024-2028"
nom_court = "{identifier}"
annees = [2024, 2025, 2026, 2027, 2028]
territoire = "Pays de {identifier}"
seuil_petits_effectifs = 10
{head}

[[fiches]]
numero = "1.1"
titre = "Prévenir"
axe = "1"
porteurs = ["asso"]
themes = ["prevention"]

[[fiches.indicateurs]]
id = "1.1-I"
libelle = "Actions"
type = "compte"
mesures = [{{ id = "1.1-I01", libelle = "Actions menées", {actions}{a} }}]

[[fiches]]
numero = "1.2"
titre = "Accompagner"
axe = "1"
porteurs = ["asso"]
themes = ["acces-aux-soins"]

[[fiches.indicateurs]]
id = "1.2-I"
libelle = "Personnes"
type = "compte"
mesures = [
    {{ id = "1.2-I01", libelle = "Personnes suivies", {people}, petits_effectifs = {masked}{b} }},
    {{ id = "1.2-I02", libelle = "Ateliers", {actions}{c} }},
    {{ id = "1.2-I03", libelle = "Personnes venues", {people}, petits_effectifs = {masked}{d} }},
]
"""


def definition_with(
    noyau: str | None = EXAMPLE,
    answers: Mapping[str, str] | None = None,
    extra: str = "",
    coordination: bool = True,
    masked: bool = True,
    identifier: str = "essai",
) -> str:
    """``answers``: measure of a fiche → the measure of the noyau that it answers; ``extra``: lines of its head."""
    head = [extra, *([f'noyau = "{noyau}"'] * bool(noyau)), *(['coordination = "ccas"'] * coordination)]
    ids = {"a": "1.1-I01", "b": "1.2-I01", "c": "1.2-I02", "d": "1.2-I03"}
    said = {mark: f', noyau = "{answers[id_]}"' if answers and id_ in answers else "" for mark, id_ in ids.items()}
    return _DEFINITION.format(
        identifier=identifier, head="\n".join(head), actions=ACTIONS, people=_PEOPLE, masked=str(masked).lower(), **said
    )


def contrat_with(**asked: object) -> Contrat:
    return toml_reader.parse(definition_with(**asked), "essai.toml")  # type: ignore[arg-type]
