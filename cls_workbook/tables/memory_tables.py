"""What a consolidation remembers: of earlier years, and of what no other table holds."""

from __future__ import annotations

from cls_workbook.tables.described_columns import (
    AXE,
    FICHE,
    FIGURE,
    LABEL_WIDTH,
    VALUE_WIDTH,
    YEAR,
    DescribedTable,
    mixte,
    nombre,
    texte,
)

HISTORY = DescribedTable(
    "Historique",
    "Historique",
    "L’évolution, une ligne par objet et par année : c’est ce que la consolidation suivante relira.",
    (
        YEAR,
        texte("Objet", "Mesure, état, enveloppe ou montant.", obligatoire=True),
        FICHE,
        AXE,
        texte("Mesure", "L’identifiant de la mesure."),
        texte("Libellé", "De quoi il s’agit.", max_width=LABEL_WIDTH),
        texte("Unité", "L’unité de la valeur."),
        texte("Agrégation", "Comment les réponses sont réunies."),
        mixte("Valeur initiale", "La valeur de départ inscrite au contrat."),
        texte("Financeur", "Le financeur."),
        texte("Nature", "La nature du financement."),
        mixte("Valeur", "La valeur de l’année.", FIGURE, VALUE_WIDTH),
        nombre("Numérateur", "Le haut du taux."),
        nombre("Dénominateur", "Le bas du taux."),
        texte("Noms", "Les entités nommées, pour ne pas les compter deux fois d’une année à l’autre."),
        texte("Réserve", "Jusqu’où le chiffre tient."),
    ),
    note_key=("Année", "Objet", "Fiche", "Mesure", "Libellé", "Financeur", "Nature"),
    printed=False,
)

ANCHORS = DescribedTable(
    "Repères",
    "Reperes",
    "Ce que dit la Synthèse et qui n’est dans aucun autre tableau : avancement, réunions, décisions, règles, réserves.",
    (
        texte("Rubrique", "De quoi il s’agit.", obligatoire=True),
        texte("Objet", "La fiche, l’instance ou le rang."),
        texte("Champ", "Le renseignement.", obligatoire=True),
        mixte("Valeur", "Sa valeur.", max_width=VALUE_WIDTH),
    ),
    note_key=("Rubrique", "Objet", "Champ"),
    frozen_columns=2,
    printed=False,
)
