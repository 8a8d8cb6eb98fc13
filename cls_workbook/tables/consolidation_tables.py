"""The tables of the consolidation workbook, described column by column, in the order of their tabs.

Sheet names, table names and headers are public: a coordinator filters and pivots on them, next year's campaign reads
them.
"""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.anomalies import GRAVITIES
from cls_workbook.domain.announced.money_lines import STATES_IN_WORDS
from cls_workbook.domain.model import AGGREGATIONS
from cls_workbook.tables.described_columns import (
    ANSWER,
    AXE,
    CELL,
    CENTRED,
    FICHE,
    FIGURE,
    FILE,
    LABEL_WIDTH,
    LINK,
    LOCATION,
    PILL,
    PROVENANCE,
    SHEET,
    STRUCTURE,
    VALUE_WIDTH,
    VOLET,
    YEAR,
    DescribedTable,
    TableColumn,
    column_of_field,
    mixte,
    montant,
    nombre,
    obligatoire,
    taux,
    texte,
    whole,
)
from cls_workbook.tables.memory_tables import ANCHORS as ANCHORS
from cls_workbook.tables.memory_tables import HISTORY as HISTORY
from cls_workbook.tables.noyau_table import NOYAU, NOYAU_DETAIL
from cls_workbook.tables.statement_table import STATEMENTS

# What became of a return; a coordinator sets one aside.
RECEIVED, MISSING, DUPLICATE, REJECTED, SET_ASIDE = "reçu", "manquant", "doublon", "rejeté", "écarté"
INDICATEUR, FINANCEMENT, EXPENDITURE = "indicateur", "financement", "dépense"  # what is reconciled
CREATED, MODIFIED, DELETED, UNCHANGED = "créée", "modifiée", "supprimée", "inchangée"  # what a corrected return changes
CHANGES = (CREATED, MODIFIED, DELETED, UNCHANGED)

_BLOCKING = whole("Bloquants", "Le nombre d’anomalies bloquantes : ces valeurs ne sont dans aucun total.")
_TO_CONFIRM = whole("À confirmer", "Le nombre de points à confirmer.")

STATUT = texte(
    "Statut",
    "Ce qu’il est advenu du retour.",
    obligatoire=True,
    choix=(RECEIVED, MISSING, DUPLICATE, REJECTED, SET_ASIDE),
    look=PILL,
)

RETOURS = DescribedTable(
    "Retours",
    "Retours",
    "Les retours attendus ou reçus, un par fiche, structure et volet.",
    (
        FICHE,
        replace(STRUCTURE, max_width=26),
        replace(VOLET, max_width=20),
        STATUT,
        replace(FILE, max_width=34),
        whole("Champs renseignés", "Combien de cases sont remplies."),
        whole("Champs attendus", "Combien de cases étaient à remplir."),
        _BLOCKING,
        _TO_CONFIRM,
        TableColumn("Empreinte SHA-256", "empreinte", "L’empreinte du fichier : deux fichiers identiques ont la même."),
    ),
    note_key=("Fiche", "Structure", "Volet"),
    printed_columns=9,
    tab="accent",
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
            look=PILL,
        ),
        replace(FICHE, max_width=8),
        replace(STRUCTURE, max_width=20),
        texte("Champ", "La question concernée.", max_width=22),
        texte("Trouvé", "Ce qui a été saisi.", max_width=24),
        texte("À faire", "Comment corriger.", max_width=38),
        replace(SHEET, look=LINK, max_width=12),
        replace(CELL, look=LINK, max_width=20),
        texte("Attendu", "Ce qui était attendu."),
        FILE,
        texte("Code", "Le contrôle qui parle ; la liste de tout ce qui est contrôlé l’explique.", obligatoire=True),
    ),
    note_key=("Code", *LOCATION, "Fiche", "Structure"),
    printed_columns=8,
    tab="rouge",
)

INDICATEURS = DescribedTable(
    "Indicateurs",
    "Indicateurs",
    "Une ligne par mesure du contrat. Couverture dit sur combien de retours repose la valeur, Réserve ce que le "
    "chiffre ne dit pas.",
    (
        obligatoire(FICHE),
        replace(AXE, max_width=9),
        texte("Indicateur", "L’identifiant de l’indicateur inscrit au contrat.", max_width=14),
        texte("Mesure", "L’identifiant de la mesure.", obligatoire=True, max_width=12),
        texte("Libellé", "Ce qui est mesuré.", max_width=28),
        texte("Unité", "L’unité de la valeur ; vide pour un taux, une liste ou un texte.", max_width=14),
        texte("Agrégation", "Comment les réponses sont réunies.", choix=AGGREGATIONS, max_width=13),
        mixte("Valeur initiale", "La valeur de départ inscrite au contrat.", FIGURE, 12),
        replace(
            nombre(
                "Cible",
                "La valeur à atteindre que l’année regarde (un plafond : à ne pas dépasser), dans l’unité de la "
                "valeur. Vide : le contrat n’en donne pas.",
                FIGURE,
            ),
            added=True,
        ),
        mixte("Valeur n-1", "La valeur consolidée de l’année précédente.", FIGURE, 13),
        mixte(
            "Valeur",
            "La valeur consolidée de l’année ; pour un taux, une part (0,1 pour 10 %). Vide : non connue.",
            FIGURE,
            21,
        ),
        nombre("Numérateur", "Le haut du taux."),
        nombre("Dénominateur", "Le bas du taux."),
        whole("Retours reçus", "Combien de retours donnent une valeur."),
        whole("Retours attendus", "Combien étaient attendus."),
        texte("Couverture", "Complet, partiel ou aucune valeur, et sur combien de retours."),
        texte("Réserve", "Jusqu’où le chiffre tient : estimé, non dédoublonné, masqué…"),
    ),
    cle=("Mesure",),
    frozen_columns=4,
    printed_columns=11,
    tab="accent",
)

_CONTRAT = montant(
    "Montant contrat", "Le montant inscrit au contrat, sur toute sa durée ; vide s’il n’est pas chiffré."
)
FINANCEMENT_FICHES = DescribedTable(
    "Financement par fiche",
    "Financement_fiches",
    "L’argent de chaque fiche. Engagé et Versé sont ceux de la maquette ; le reste a ses colonnes. Les niveaux ne "
    "s’additionnent pas.",
    (
        obligatoire(FICHE),
        replace(AXE, max_width=9),
        _CONTRAT,
        taux("Taux contrat", "Le taux d’intervention inscrit au contrat."),
        montant("Programmé", "Ce qui a été programmé sur la maquette pour l’année."),
        montant("Engagé", "Ce qui est attribué ou notifié pour l’année sur la maquette, selon les porteurs."),
        montant("Versé", "Ce qui a été reçu de la maquette dans l’année, selon les porteurs."),
        montant("Coût réalisé", "Le coût de l’action dans l’année, tous financeurs."),
        taux(
            "Taux constaté",
            "Attribué par l’agence pour l’année / coût de l’année, sur les retours qui donnent les deux.",
        ),
        montant(
            "Reste à engager",
            "Montant contrat moins ce qui est engagé depuis le début ; négatif en cas de dépassement.",
            minimum=None,
        ),
        replace(
            montant(
                "Reste à verser",
                "Engagé moins versé sur la maquette, depuis le début ; négatif si plus a été versé qu’engagé.",
                minimum=None,
            ),
            added=True,
        ),
        montant(
            "ARS hors maquette",
            "Engagé hors de la maquette par ceux qui la financent (pour l’ARS : CPOM, fonds, poste de coordination).",
        ),
        montant("Cofinancements", "Engagé par les autres financeurs."),
        montant("Valorisation", "Temps et moyens mis à disposition, sans versement."),
    ),
    note_key=("Fiche",),
    printed_columns=12,
    tab="axe2",
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
    note_key=("Financeur", "Nature"),
    frozen_columns=2,
    tab="axe2",
)

PLANNED_MONEY = DescribedTable(
    "Financements prévus",
    "Financements_prevus",
    "Ce que le contrat prévoit pour l’année, financeur par financeur : une ligne par ligne du contrat. Les états ne "
    "s’additionnent pas : un appel à projets non acquis n’est pas de l’argent.",
    (
        obligatoire(FICHE),
        texte("Financeur", "Qui paie, tel que le contrat le nomme. Vide : à définir.", max_width=22),
        texte("Nature", "La nature de l’argent, si le contrat la dit.", max_width=18),
        TableColumn("Année de la ligne", "annee", "L’année qu’elle concerne. Vide : toutes celles du contrat."),
        montant("Montant", "Le montant imprimé. Vide : non chiffré."),
        texte("État", "Ce qu’en dit le contrat.", obligatoire=True, choix=STATES_IN_WORDS, max_width=18),
        texte(
            "Acquis", "oui : un montant, ou une enveloppe, sur quoi compter.", obligatoire=True, choix=("oui", "non")
        ),
        texte("Mention", "Ce qui l’accompagne au contrat.", max_width=23),
        montant(
            "Engagé",
            "Attribué par ce financeur sur cette fiche, sous cette nature : dans l’année de la ligne, ou depuis le "
            "début si elle est sans année. Vide : non connu, ou deux lignes le disent du même argent.",
        ),
        montant(
            "Reste à engager",
            "Le montant acquis moins l’engagé ; négatif en cas de dépassement. Vide : non acquis, ou non connu.",
            minimum=None,
        ),
    ),
    optional=True,
    note_key=("Fiche", "Financeur", "Nature", "Année de la ligne", "État", "Montant"),
    frozen_columns=2,
    tab="axe2",
)

FINANCEMENTS = DescribedTable(
    "Lignes de financement",
    "Financements",
    "Chaque ligne de financement saisie, et où.",
    (
        YEAR,
        FICHE,
        replace(STRUCTURE, max_width=24),
        replace(column_of_field("Financeur", "financeur"), max_width=22),
        replace(column_of_field("Nature", "nature"), max_width=18),
        column_of_field("Prévu", "prevu"),
        column_of_field("Engagé", "engage"),
        column_of_field("Versé", "verse"),
        replace(column_of_field("Référence", "reference"), max_width=16),
        column_of_field("Date", "date"),
        *PROVENANCE,
    ),
    note_key=LOCATION,
    frozen_columns=2,
    printed_columns=10,
    tab="axe2",
)

MESURES = DescribedTable(
    "Mesures",
    "Mesures",
    "Chaque valeur saisie pour une mesure, et où.",
    (
        YEAR,
        obligatoire(FICHE),
        texte("Indicateur", "L’identifiant de l’indicateur inscrit au contrat."),
        texte("Mesure", "L’identifiant de la mesure.", obligatoire=True),
        texte("Champ", "Quelle case de la mesure : valeur, numerateur, effectif…", obligatoire=True),
        STRUCTURE,
        VOLET,
        texte("Modalité", "La catégorie, dans un détail par catégorie."),
        mixte("Valeur", "Ce qui a été saisi, compris et retenu.", max_width=VALUE_WIDTH),
        texte("Statut", "réel, estimé, non disponible ou sans objet."),
        *PROVENANCE,
    ),
    cross_references=(("Mesure", "Indicateurs", "Mesure"),),
    note_key=LOCATION,
    frozen_columns=4,
    printed=False,
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
        mixte("Valeur", "Ce qui a été saisi, compris et retenu.", ANSWER, VALUE_WIDTH),
        *PROVENANCE,
    ),
    note_key=LOCATION,
    frozen_columns=2,
    printed=False,
)

NORMALISATIONS = DescribedTable(
    "Normalisations",
    "Normalisations",
    "Les saisies qui ont été comprises comme une autre valeur (« 12 000 € » → 12000), et pourquoi.",
    (
        *PROVENANCE,
        texte("Champ", "La question concernée."),
        mixte("Saisi", "Ce qui a été tapé."),
        mixte("Retenu", "Ce qui a été compris."),
        texte("Règle", "Pourquoi."),
    ),
    note_key=LOCATION,
    printed=False,
)

RECONCILIATION = DescribedTable(
    "Rapprochement",
    "Rapprochement",
    "Pour chaque mesure et chaque montant : la somme des retours, ce qui en est refusé, remplacé ou mis à part, le "
    "total, et pourquoi.",
    (
        texte("Objet", "Ce dont on fait la somme.", obligatoire=True, choix=(INDICATEUR, FINANCEMENT, EXPENDITURE)),
        FICHE,
        texte("Mesure", "L’identifiant de la mesure."),
        texte("Colonne", "La colonne rapprochée : valeur, numérateur, prévu, engagé…"),
        texte("Libellé", "De quoi il s’agit.", max_width=LABEL_WIDTH),
        whole("Valeurs saisies", "Combien de cases des retours disent quelque chose."),
        nombre("Somme des retours", "Tout ce qui a été saisi.", FIGURE),
        nombre("Refusées", "Ce qu’une anomalie bloquante refuse.", FIGURE),
        nombre("Remplacées", "Ce qu’un retour corrigé a remplacé.", FIGURE),
        nombre(
            "Écartées", "Ce qui vient d’un retour qui n’est pas retenu, ou qu’une réponse commune dit déjà.", FIGURE
        ),
        nombre("Mises à part", "Ce que la règle de calcul ne compte pas dans le total.", FIGURE),
        nombre("Total consolidé", "Le total, tel que les autres feuilles le disent.", FIGURE),
        nombre("Écart inexpliqué", "Zéro, ou une anomalie le signale.", FIGURE),
        texte("Explication", "Chaque différence, en mots."),
    ),
    note_key=("Objet", "Fiche", "Mesure", "Colonne"),
    frozen_columns=5,
    printed=False,
)

REPLACEMENTS = DescribedTable(
    "Remplacements",
    "Remplacements",
    "Ce qu’un retour corrigé a changé, valeur par valeur ; le remplacé et le retenu, avec leur empreinte.",
    (
        texte("Changement", "Ce qui est arrivé à la valeur.", obligatoire=True, choix=CHANGES, look=CENTRED),
        FICHE,
        STRUCTURE,
        VOLET,
        texte("Champ", "La question concernée."),
        mixte("Valeur avant", "Dans le retour remplacé."),
        mixte("Valeur après", "Dans le retour retenu."),
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
    note_key=("Retour remplacé", "Cellule remplacée", "Retour retenu", "Feuille", "Cellule", "Champ"),
    frozen_columns=2,
    printed=False,
)

TABLES = (
    RETOURS,
    ANOMALIES,
    INDICATEURS,
    FINANCEMENT_FICHES,
    FINANCEMENT_FINANCEURS,
    PLANNED_MONEY,
    FINANCEMENTS,
    STATEMENTS,
    NOYAU,
    NOYAU_DETAIL,
    MESURES,
    ANSWERS,
    NORMALISATIONS,
    RECONCILIATION,
    REPLACEMENTS,
    HISTORY,
    ANCHORS,
)
SHEETS = {t.nom: t.sheet for t in TABLES}  # name of each Excel table → its sheet
