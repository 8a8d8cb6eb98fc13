"""The table of what a contract answers to its regional noyau: in the consolidation, and in the agency's copy."""

from __future__ import annotations

from cls_workbook.domain.model import AGGREGATIONS
from cls_workbook.tables.described_columns import (
    FIGURE,
    LABEL_WIDTH,
    PILL,
    VALUE_WIDTH,
    DescribedTable,
    TableColumn,
    mixte,
    nombre,
    obligatoire,
    texte,
    whole,
)

YES, NO = "oui", "non"
# What became of a question: a value, one that rests on an estimate in part at least, none and why.
ANSWERED, ESTIMATED = "renseignée", "estimée"
UNAVAILABLE, NOT_APPLICABLE = "non disponible", "sans objet"
UNCLEAR, UNANSWERED = "sans valeur commune", "sans réponse"
STATES = (ANSWERED, ESTIMATED, UNAVAILABLE, NOT_APPLICABLE, UNCLEAR, UNANSWERED)

NOYAU = DescribedTable(
    "Noyau régional",
    "Noyau",
    "Une ligne par question du noyau régional : ce que le contrat y répond, par quelle mesure, et ce qu’il en est.",
    (
        texte("Noyau", "L’identifiant du noyau.", obligatoire=True),
        texte("Version", "Sa version pour l’année.", obligatoire=True),
        texte("Mesure", "Le repère de la question dans le noyau.", obligatoire=True),
        texte("Libellé", "La question.", obligatoire=True, max_width=LABEL_WIDTH),
        texte("Thème", "L’identifiant du thème."),
        texte("Libellé du thème", "Son libellé."),
        texte("Priorité", "La priorité régionale que la question suit."),
        texte("Santé mentale", "oui : elle appartient à la part santé mentale.", choix=(YES, NO)),
        texte("Unité", "L’unité de la question ; vide pour un taux ou une étape."),
        obligatoire(texte("Agrégation", "Comment les réponses sont réunies.", choix=AGGREGATIONS)),
        texte("Répondue par", "Les mesures des fiches qui y répondent ; « Noyau régional » : la feuille commune."),
        mixte("Valeur", "La réponse de l’année ; pour un taux, une part. Vide : non connue.", FIGURE, VALUE_WIDTH),
        nombre("Numérateur", "Le haut du taux."),
        nombre("Dénominateur", "Le bas du taux."),
        TableColumn("Au", "date", "Pour un état ou un cumul : le dernier jour de l’année du contrat."),
        texte("État", "Ce qu’il est advenu de la question.", obligatoire=True, choix=STATES, look=PILL),
        whole("Retours reçus", "Combien de retours y répondent."),
        whole("Retours attendus", "Combien étaient attendus."),
        texte("Réserve", "Jusqu’où le chiffre tient : estimé, additionné, masqué, question changée…"),
    ),
    cle=("Mesure",),
    optional=True,
    frozen_columns=4,
    tab="accent",
    printed=False,
)

NOYAU_DETAIL = DescribedTable(
    "Noyau par catégorie",
    "Noyau_par_categorie",
    "Le détail par catégorie des questions du noyau régional qui en demandent un.",
    (
        *NOYAU.chosen("Noyau", "Version", "Mesure", "Libellé", "Unité", "Agrégation"),
        texte("Catégorie", "La catégorie, avec les mots de la question.", obligatoire=True),
        nombre("Valeur", "Combien ; pour un taux, une part. Vide : non connue."),
        nombre("Numérateur", "Le haut du taux."),
        nombre("Dénominateur", "Le bas du taux."),
        texte("Réserve", "Jusqu’où le chiffre tient : non dédoublonné, masqué…"),
    ),
    cle=("Mesure", "Catégorie"),
    optional=True,
    frozen_columns=3,
    tab="accent",
    printed=False,
)

NOYAU_LINKS = DescribedTable(
    "Noyau correspondances",
    "Noyau_correspondances",
    "Le nom des thèmes du noyau dans d’autres vocabulaires (OSCARS, déterminants de CLoterreS…), tel que l’agence l’a "
    "écrit.",
    (
        *NOYAU.chosen("Noyau"),
        texte("Thème", "L’identifiant du thème.", obligatoire=True),
        texte("Libellé du thème", "Son libellé."),
        texte("Vocabulaire", "L’autre vocabulaire.", obligatoire=True),
        texte("Code", "Son code dans ce vocabulaire."),
        texte("Correspondance", "Son nom dans ce vocabulaire.", obligatoire=True, max_width=LABEL_WIDTH),
    ),
    cle=("Noyau", "Thème", "Vocabulaire", "Correspondance"),
    optional=True,
    frozen_columns=3,
    tab="accent",
    printed=False,
)


def changed_in(annee: int) -> str:
    """How the reserve of a question begins that is not the same as the year before."""
    return f"question changée en {annee}"


def reworded_in(annee: int) -> str:
    """How the reserve of a question begins that has other words than the year before: it is still the same."""
    return f"question reformulée en {annee}"
