"""The tables of the consolidation workbook, described column by column, in the order of their tabs."""

from __future__ import annotations

from cls_workbook.anomalies import GRAVITIES
from cls_workbook.domain.model import AGGREGATIONS
from cls_workbook.reports.tables.described_columns import (
    AXE,
    CELL,
    FICHE,
    FILE,
    PROVENANCE,
    SHEET,
    STRUCTURE,
    VOLET,
    YEAR,
    DescribedTable,
    TableColumn,
    column_of_field,
    montant,
    obligatoire,
    styles,
    taux,
    texte,
    whole,
)
from cls_workbook.summaries.reconciliation import EXPENDITURE, FINANCEMENT, INDICATEUR
from cls_workbook.summaries.replacement import CHANGES
from cls_workbook.summaries.what_counts import DUPLICATE, MISSING, RECEIVED, REJECTED

_BLOCKING = whole("Bloquants", "Le nombre d’anomalies bloquantes : ces valeurs ne sont dans aucun total.")
_TO_CONFIRM = whole("À confirmer", "Le nombre de points à confirmer.")

RETOURS = DescribedTable(
    "Retours",
    "Retours",
    "Les retours attendus ou reçus, un par fiche, structure et volet.",
    (
        FICHE,
        STRUCTURE,
        VOLET,
        texte(
            "Statut", "Ce qu’il est advenu du retour.", obligatoire=True, choix=(RECEIVED, MISSING, DUPLICATE, REJECTED)
        ),
        FILE,
        TableColumn("Empreinte SHA-256", "empreinte", "L’empreinte du fichier : deux fichiers identiques ont la même."),
        whole("Champs renseignés", "Combien de cases sont remplies."),
        whole("Champs attendus", "Combien de cases étaient à remplir."),
        _BLOCKING,
        _TO_CONFIRM,
    ),
)

ANOMALIES = DescribedTable(
    "Anomalies",
    "Anomalies",
    "Tout ce qui a été relevé dans les retours, le plus grave d’abord, avec la cellule et ce qu’il y a à faire.",
    (
        texte(
            "Gravité",
            "bloquant : la valeur est refusée. à confirmer, information : elle est gardée.",
            obligatoire=True,
            choix=GRAVITIES,
        ),
        texte("Code", "Le contrôle qui parle (voir « cls-workbook anomalies »).", obligatoire=True),
        FILE,
        SHEET,
        CELL,
        FICHE,
        STRUCTURE,
        texte("Champ", "La question concernée."),
        texte("Trouvé", "Ce qui a été saisi."),
        texte("Attendu", "Ce qui était attendu."),
        texte("À faire", "Comment corriger."),
    ),
)

INDICATEURS = DescribedTable(
    "Indicateurs",
    "Indicateurs",
    "Une ligne par mesure du contrat. Couverture dit sur combien de retours repose la valeur, Réserve ce que le chiffre ne dit pas.",
    (
        obligatoire(FICHE),
        AXE,
        texte("Indicateur", "L’identifiant de l’indicateur imprimé au contrat."),
        texte("Mesure", "L’identifiant de la mesure.", obligatoire=True),
        texte("Libellé", "Ce qui est mesuré."),
        texte("Unité", "L’unité de la valeur ; vide pour un taux, une liste ou un texte."),
        texte("Agrégation", "Comment les réponses sont réunies.", choix=AGGREGATIONS),
        TableColumn("Valeur initiale", "mixte", "La valeur de départ imprimée au contrat."),
        TableColumn("Valeur n-1", "mixte", "La valeur consolidée de l’année précédente."),
        TableColumn(
            "Valeur",
            "mixte",
            "La valeur consolidée de l’année ; pour un taux, une part (0,1 pour 10 %). Vide : non connue.",
        ),
        TableColumn("Numérateur", "nombre", "Le haut du taux."),
        TableColumn("Dénominateur", "nombre", "Le bas du taux."),
        whole("Retours reçus", "Combien de retours donnent une valeur."),
        whole("Retours attendus", "Combien étaient attendus."),
        texte("Couverture", "Complet, partiel ou aucune valeur, et sur combien de retours."),
        texte("Réserve", "Jusqu’où le chiffre tient : estimé, non dédoublonné, masqué…"),
    ),
    cle=("Mesure",),
)

_CONTRAT = montant(
    "Montant contrat", "Le montant imprimé au contrat, sur toute sa durée ; vide s’il n’est pas chiffré."
)
FINANCEMENT_FICHES = DescribedTable(
    "Financement par fiche",
    "Financement_fiches",
    "L’argent de chaque fiche. Engagé et Versé sont ceux de la maquette ; le reste a ses colonnes. Les niveaux ne s’additionnent pas.",
    (
        obligatoire(FICHE),
        AXE,
        _CONTRAT,
        taux("Taux contrat", "Le taux d’intervention imprimé au contrat."),
        montant("Programmé", "Ce que le COPIL a programmé sur la maquette pour l’année."),
        montant("Engagé", "Ce qui est acquis sur la maquette par une convention ou une décision."),
        montant("Versé", "Ce qui a été reçu de la maquette dans l’année."),
        montant("Coût réalisé", "Le coût de l’action dans l’année, tous financeurs."),
        taux("Taux constaté", "Versé par l’agence / coût réalisé."),
        montant(
            "Reste à engager",
            "Montant contrat moins ce qui est engagé depuis le début ; négatif en cas de dépassement.",
            minimum=None,
        ),
        montant("ARS hors maquette", "Engagé par l’agence hors de la maquette (CPOM, fonds, poste de coordination)."),
        montant("Cofinancements", "Engagé par les autres financeurs."),
        montant("Valorisation", "Temps et moyens mis à disposition, sans versement."),
    ),
)

FINANCEMENT_FINANCEURS = DescribedTable(
    "Financement par financeur",
    "Financement_financeurs",
    "Une ligne par financeur et par nature de financement.",
    (
        column_of_field("Financeur", "financeur"),
        column_of_field("Nature", "nature"),
        column_of_field("Prévu", "prevu"),
        column_of_field("Engagé", "engage"),
        column_of_field("Versé", "verse"),
    ),
)

FINANCEMENTS = DescribedTable(
    "Lignes de financement",
    "Financements",
    "Chaque ligne de financement saisie, et où.",
    (
        YEAR,
        FICHE,
        STRUCTURE,
        column_of_field("Financeur", "financeur"),
        column_of_field("Nature", "nature"),
        column_of_field("Prévu", "prevu"),
        column_of_field("Engagé", "engage"),
        column_of_field("Versé", "verse"),
        column_of_field("Référence", "reference"),
        column_of_field("Date", "date"),
        *PROVENANCE,
    ),
)

MESURES = DescribedTable(
    "Mesures",
    "Mesures",
    "Chaque valeur saisie pour une mesure, et où.",
    (
        YEAR,
        obligatoire(FICHE),
        texte("Indicateur", "L’identifiant de l’indicateur imprimé au contrat."),
        texte("Mesure", "L’identifiant de la mesure.", obligatoire=True),
        texte("Champ", "Quelle case de la mesure : valeur, numerateur, effectif…", obligatoire=True),
        STRUCTURE,
        VOLET,
        texte("Modalité", "La catégorie, dans un détail par catégorie."),
        TableColumn("Valeur", "mixte", "Ce qui a été saisi, compris et retenu."),
        texte("Statut", "réel, estimé, non disponible ou sans objet."),
        *PROVENANCE,
    ),
    cross_references=(("Mesure", "Indicateurs", "Mesure"),),
)

ANSWERS = DescribedTable(
    "Réponses",
    "Reponses",
    "Toutes les autres valeurs saisies, et où.",
    (
        YEAR,
        FICHE,
        STRUCTURE,
        VOLET,
        texte("Bloc", "La partie de la feuille.", obligatoire=True),
        texte("Champ", "La question.", obligatoire=True),
        texte("Ligne", "La ligne, dans un tableau."),
        TableColumn("Valeur", "mixte", "Ce qui a été saisi, compris et retenu."),
        *PROVENANCE,
    ),
)

NORMALISATIONS = DescribedTable(
    "Normalisations",
    "Normalisations",
    "Les saisies qui ont été comprises comme une autre valeur (« 12 000 € » → 12000), et pourquoi.",
    (
        *PROVENANCE,
        texte("Champ", "La question concernée."),
        TableColumn("Saisi", "mixte", "Ce qui a été tapé."),
        TableColumn("Retenu", "mixte", "Ce qui a été compris."),
        texte("Règle", "Pourquoi."),
    ),
)

RECONCILIATION = DescribedTable(
    "Rapprochement",
    "Rapprochement",
    "Pour chaque mesure et chaque montant : la somme des retours, ce qui en est refusé, remplacé ou mis à part, le total, et pourquoi.",
    (
        texte("Objet", "Ce dont on fait la somme.", obligatoire=True, choix=(INDICATEUR, FINANCEMENT, EXPENDITURE)),
        FICHE,
        texte("Mesure", "L’identifiant de la mesure."),
        texte("Colonne", "La colonne rapprochée : valeur, numérateur, prévu, engagé…"),
        texte("Libellé", "De quoi il s’agit."),
        whole("Valeurs saisies", "Combien de cases des retours disent quelque chose."),
        TableColumn("Somme des retours", "nombre", "Tout ce qui a été saisi."),
        TableColumn("Refusées", "nombre", "Ce qu’une anomalie bloquante refuse."),
        TableColumn("Remplacées", "nombre", "Ce qu’un retour corrigé a remplacé."),
        TableColumn("Écartées", "nombre", "Ce qui vient d’un retour qui n’est pas retenu."),
        TableColumn("Mises à part", "nombre", "Ce que la règle de calcul ne compte pas dans le total."),
        TableColumn("Total consolidé", "nombre", "Le total, tel que les autres feuilles le disent."),
        TableColumn("Écart inexpliqué", "nombre", "Zéro, ou une anomalie le signale."),
        texte("Explication", "Chaque différence, en mots."),
    ),
)

REPLACEMENTS = DescribedTable(
    "Remplacements",
    "Remplacements",
    "Ce qu’un retour corrigé a changé, valeur par valeur ; le remplacé et le retenu, avec leur empreinte.",
    (
        texte("Changement", "Ce qui est arrivé à la valeur.", obligatoire=True, choix=CHANGES),
        FICHE,
        STRUCTURE,
        VOLET,
        texte("Champ", "La question concernée."),
        TableColumn("Valeur avant", "mixte", "Dans le retour remplacé."),
        TableColumn("Valeur après", "mixte", "Dans le retour retenu."),
        texte("Retour remplacé", "Le fichier mis de côté."),
        texte("Feuille remplacée", "Sa feuille."),
        texte("Cellule remplacée", "Sa cellule."),
        texte("Retour retenu", "Le fichier qui compte."),
        SHEET,
        CELL,
        TableColumn("Empreinte du remplacé", "empreinte", "L’empreinte du fichier mis de côté."),
        TableColumn("Empreinte du retenu", "empreinte", "L’empreinte du fichier qui compte."),
    ),
    optional=True,
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
        texte("Libellé", "De quoi il s’agit."),
        texte("Unité", "L’unité de la valeur."),
        texte("Agrégation", "Comment les réponses sont réunies."),
        TableColumn("Valeur initiale", "mixte", "La valeur de départ imprimée au contrat."),
        texte("Financeur", "Le financeur."),
        texte("Nature", "La nature du financement."),
        TableColumn("Valeur", "mixte", "La valeur de l’année."),
        TableColumn("Numérateur", "nombre", "Le haut du taux."),
        TableColumn("Dénominateur", "nombre", "Le bas du taux."),
        texte("Noms", "Les entités nommées, pour ne pas les compter deux fois d’une année à l’autre."),
        texte("Réserve", "Jusqu’où le chiffre tient."),
    ),
)

ANCHORS = DescribedTable(
    "Repères",
    "Reperes",
    "Ce que dit la Synthèse et qui n’est dans aucun autre tableau : avancement, réunions, décisions, règles, réserves.",
    (
        texte("Rubrique", "De quoi il s’agit.", obligatoire=True),
        texte("Objet", "La fiche, l’instance ou le rang."),
        texte("Champ", "Le renseignement.", obligatoire=True),
        TableColumn("Valeur", "mixte", "Sa valeur."),
    ),
)

TABLES = (
    RETOURS,
    ANOMALIES,
    INDICATEURS,
    FINANCEMENT_FICHES,
    FINANCEMENT_FINANCEURS,
    FINANCEMENTS,
    MESURES,
    ANSWERS,
    NORMALISATIONS,
    RECONCILIATION,
    REPLACEMENTS,
    HISTORY,
    ANCHORS,
)
STYLES = styles(TABLES)
