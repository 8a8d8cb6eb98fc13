"""The sheets of the workbook in their order, and the fields of the model that have no column, each with its reason."""

from __future__ import annotations

from cls_workbook.authoring import description_contrat as dc
from cls_workbook.authoring import description_fiches as df
from cls_workbook.authoring.rubriques import Rubrique
from cls_workbook.contract import model

RUBRIQUES: tuple[Rubrique, ...] = (
    dc.CONTRAT, dc.AXES, dc.STRUCTURES, dc.SIGNATAIRES, dc.COMMUNES, dc.QPV, dc.INSTANCES, dc.THEMES, dc.PRIORITES, df.FINANCEURS, df.NATURES,
    df.FICHES, df.VOLETS, df.MONTANTS, df.INDICATEURS, df.COMPLEMENTS, df.A_PROGRAMMER, df.REGLES, df.ENVELOPPES, dc.DECISIONS, dc.REVISIONS, dc.A_CONFIRMER, dc.LISTES,
)  # fmt: skip
PAR_NOM = {r.nom: r for r in RUBRIQUES}

# What a reference names: the sheet and the column whose values a drop-down offers.
RENVOIS: dict[str, tuple[str, str]] = {
    "axes": ("axes", "numero"), "structures": ("structures", "nom"), "fiches": ("fiches", "numero"), "communes": ("communes", "nom"),
    "financeurs": ("financeurs", "nom"), "volets": ("volets", "nom"), "mesures": ("indicateurs", "repere"), "complements": ("complements", "libelle"),
    "decisions": ("decisions", "id"), "themes": ("themes", "libelle"), "priorites": ("priorites", "libelle"),
}  # fmt: skip
QUOI = {
    "axes": "un axe", "structures": "une structure", "fiches": "une fiche", "communes": "une commune", "financeurs": "un financeur",
    "volets": "un volet de la fiche", "mesures": "une mesure", "complements": "une question de la fiche", "decisions": "une décision",
    "themes": "un thème", "priorites": "une priorité",
}  # fmt: skip

# (class, field) → why the workbook does not ask for it.
SANS_COLONNE: dict[tuple[type, str], str] = {
    (model.Indicateur, "mesures"): "les mesures partagent les lignes de leur indicateur",
    (model.Contrat, "evolution"): "les seuils sont des réponses de la feuille Contrat",
}
