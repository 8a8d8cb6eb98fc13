"""The sheets of the workbook in their order, and the fields of the model that have no column, each with its reason."""

from __future__ import annotations

from cls_workbook.definition.asked import (
    contract_sections,
    fiche_sections,
    indicateur_sections,
    lifetime_sections,
    money_sections,
)
from cls_workbook.definition.asked.sections import Section
from cls_workbook.domain import model

SECTIONS: tuple[Section, ...] = (
    contract_sections.CONTRAT,
    contract_sections.AXES,
    contract_sections.STRUCTURES,
    contract_sections.SIGNATORIES,
    contract_sections.COMMUNES,
    contract_sections.QPV,
    contract_sections.INSTANCES,
    lifetime_sections.THEMES,
    lifetime_sections.PRIORITIES,
    money_sections.FINANCEURS,
    money_sections.NATURES,
    fiche_sections.FICHES,
    fiche_sections.VOLETS,
    fiche_sections.AMOUNTS,
    indicateur_sections.INDICATEURS,
    fiche_sections.COMPLEMENTS,
    fiche_sections.TO_BE_SCHEDULED,
    money_sections.RULES,
    money_sections.ENVELOPES,
    lifetime_sections.DECISIONS,
    lifetime_sections.REVISIONS,
    lifetime_sections.A_CONFIRMER,
    lifetime_sections.LISTS,
)
SECTION_BY_NAME = {r.nom: r for r in SECTIONS}

# What a reference names: the sheet and the column whose values a drop-down offers.
REFERENCES: dict[str, tuple[str, str]] = {
    "axes": ("axes", "numero"),
    "structures": ("structures", "nom"),
    "fiches": ("fiches", "numero"),
    "communes": ("communes", "nom"),
    "financeurs": ("financeurs", "nom"),
    "volets": ("volets", "nom"),
    "mesures": ("indicateurs", "repere"),
    "complements": ("complements", "libelle"),
    "decisions": ("decisions", "id"),
    "themes": ("themes", "libelle"),
    "priorites": ("priorites", "libelle"),
}
REFERENCE_WORDS = {
    "axes": "un axe",
    "structures": "une structure",
    "fiches": "une fiche",
    "communes": "une commune",
    "financeurs": "un financeur",
    "volets": "un volet de la fiche",
    "mesures": "une mesure",
    "complements": "une question de la fiche",
    "decisions": "une décision",
    "themes": "un thème",
    "priorites": "une priorité",
}

# (class, field) → why the workbook does not ask for it.
WITHOUT_COLUMN: dict[tuple[type, str], str] = {
    (model.Indicateur, "mesures"): "les mesures partagent les lignes de leur indicateur",
    (model.Contrat, "evolution"): "les seuils sont des réponses de la feuille Contrat",
}
