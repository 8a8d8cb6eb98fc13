"""The sheets of the workbook in their order, and the fields of the model that have no column, each with its reason."""

from __future__ import annotations

from cls_workbook.definition.authoring import contract_sections as column_offset
from cls_workbook.definition.authoring import fiche_sections as df
from cls_workbook.definition.authoring.sections import Section
from cls_workbook.domain import model

SECTIONS: tuple[Section, ...] = (
    column_offset.CONTRAT,
    column_offset.AXES,
    column_offset.STRUCTURES,
    column_offset.SIGNATORIES,
    column_offset.COMMUNES,
    column_offset.QPV,
    column_offset.INSTANCES,
    column_offset.THEMES,
    column_offset.PRIORITIES,
    df.FINANCEURS,
    df.NATURES,
    df.FICHES,
    df.VOLETS,
    df.AMOUNTS,
    df.INDICATEURS,
    df.COMPLEMENTS,
    df.TO_BE_SCHEDULED,
    df.RULES,
    df.ENVELOPES,
    column_offset.DECISIONS,
    column_offset.REVISIONS,
    column_offset.A_CONFIRMER,
    column_offset.LISTS,
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
