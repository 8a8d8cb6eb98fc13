"""The tables of a region's workbook, described column by column, in the order of their tabs."""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.reports.agency import agency_tables
from cls_workbook.reports.region.agency_copies import (
    DUPLICATE,
    FOREIGN,
    IDENTICAL,
    INCOMPLETE,
    OTHER_VERSION,
    RETAINED,
    UNREADABLE,
)
from cls_workbook.tables.described_columns import (
    FICHE,
    PILL,
    PROVENANCE,
    STRUCTURE,
    VOLET,
    YEAR,
    DescribedTable,
    TableColumn,
    montant,
    obligatoire,
    taux,
    texte,
    whole,
)

CONTRAT = texte("Contrat", "L’identifiant du contrat.", obligatoire=True)
SHORT_NAME = texte("Nom court", "Le nom usuel du contrat.")
TERRITORY = texte("Territoire", "Le territoire couvert.")
MAQUETTE, POST, OUTSIDE_MAQUETTE, COFINANCEMENTS, VALORISATION = (
    "Maquette",
    "Poste de coordination",
    "Hors maquette",
    "Cofinancements",
    "Valorisation",
)
NATURES = (MAQUETTE, POST, OUTSIDE_MAQUETTE, COFINANCEMENTS, VALORISATION)
MISSING_SYNTHESE, RETOUR_MANQUANT, REJECTED_RETOUR, DUPLICATE_RETOUR = (
    "synthèse absente",
    "retour manquant",
    "retour rejeté",
    "retour en double",
)
OVERDUE_KINDS = (MISSING_SYNTHESE, RETOUR_MANQUANT, REJECTED_RETOUR, DUPLICATE_RETOUR)

_ENGAGE = montant("Engagé", "Ce qui est acquis par une convention ou une décision.")

CONTRATS = DescribedTable(
    "Contrats",
    "Contrats",
    "Une ligne par contrat et par année : où en est-on, sur combien de retours, dans quel état.",
    (
        CONTRAT,
        *agency_tables.CONTRAT.chosen("Type"),
        SHORT_NAME,
        TERRITORY,
        YEAR,
        *agency_tables.CONTRAT.chosen("État", "Validé le", "Consolidé le", "Retours reçus", "Retours attendus"),
        taux("Taux de retour", "Retours reçus / retours attendus."),
        *agency_tables.CONTRAT.chosen("Bloquants", "À confirmer", "Fiches actives", "Actions à programmer", "Maquette"),
        montant("Programmé", "Programmé sur la maquette pour l’année, fiches où c’est connu."),
        montant("Engagé", "Engagé sur la maquette dans l’année."),
        montant("Versé", "Versé sur la maquette dans l’année."),
        montant("Coût réalisé", "Le coût des actions dans l’année, tous financeurs."),
        whole("Cibles atteintes", "Les cibles du contrat qui sont atteintes, et les plafonds respectés."),
        whole(
            "Cibles suivies", "Celles dont la valeur est connue sans qu’elles soient atteintes ; un plafond dépassé."
        ),
        whole("Cibles non connues", "Celles dont la valeur n’est pas connue, ou est masquée."),
        *PROVENANCE,
    ),
    cle=("Contrat", "Année"),
    tab="accent",
)

MAQUETTES = DescribedTable(
    "Maquettes",
    "Maquettes",
    "Une ligne par contrat : la maquette, et ce qui en est engagé et versé depuis le début, années connues "
    "additionnées.",
    (
        CONTRAT,
        *agency_tables.CONTRAT.chosen("Titre"),
        SHORT_NAME,
        TERRITORY,
        *agency_tables.CONTRAT.chosen("Première année", "Dernière année", "Maquette"),
        montant("Engagé cumulé", "La somme des lignes « Maquette » de la feuille Financement, années connues."),
        montant("Versé cumulé", "De même pour ce qui est versé."),
        *agency_tables.CONTRAT.chosen("Reste à engager", "Reste à verser"),
        taux("Part engagée", "Ce qui n’est plus à engager / maquette."),
        *agency_tables.CONTRAT.chosen("Réserve"),
        texte("Années additionnées", "Les années dont l’engagement est connu."),
        texte("Années absentes", "Les années qui manquent au cumul."),
        *PROVENANCE,
    ),
    cle=("Contrat",),
    tab="axe2",
)

FINANCEMENT = DescribedTable(
    "Financement",
    "Financement",
    "L’argent de chaque contrat et de chaque année, par nature. Les natures ne s’additionnent pas entre elles.",
    (
        CONTRAT,
        SHORT_NAME,
        TERRITORY,
        YEAR,
        texte("Nature", "La nature du financement.", obligatoire=True, choix=NATURES),
        montant("Prévu au contrat", "Sur toute la durée du contrat."),
        montant("Programmé", "Programmé pour l’année."),
        _ENGAGE,
        montant("Versé", "Versé sur la maquette ; pour les autres natures, voir Financeurs et Postes de coordination."),
        whole("Fiches", "Combien de fiches donnent un montant engagé."),
        texte("Réserve", "Ce qu’il contient du poste de coordination, qui a sa propre ligne."),
        *PROVENANCE,
    ),
    cle=("Contrat", "Année", "Nature"),
    tab="axe2",
)

FINANCEMENT_FICHES = DescribedTable(
    "Financement par fiche",
    "Financement_fiches",
    agency_tables.FINANCEMENT.aide,
    (CONTRAT, YEAR, *agency_tables.FINANCEMENT.columns, *PROVENANCE),
    cle=("Contrat", "Année", "Fiche"),
    tab="axe2",
)

FINANCEURS = DescribedTable(
    "Financeurs",
    "Financeurs",
    "Une ligne par contrat, année, financeur et nature.",
    (CONTRAT, YEAR, *agency_tables.FINANCEURS.columns, *PROVENANCE),
    tab="axe2",
)

PLANNED_MONEY = DescribedTable(
    "Financements prévus",
    "Financements_prevus",
    agency_tables.PLANNED_MONEY.aide,
    (CONTRAT, SHORT_NAME, TERRITORY, YEAR, *agency_tables.PLANNED_MONEY.columns, *PROVENANCE),
    optional=True,
    tab="axe2",
)

LEFT_TO_PAY = DescribedTable(
    "Restes à verser",
    "Restes_a_verser",
    agency_tables.LEFT_TO_PAY.aide,
    (CONTRAT, YEAR, *agency_tables.LEFT_TO_PAY.columns, *PROVENANCE),
    tab="axe2",
)

RESERVES = DescribedTable(
    "Réserves",
    "Reserves",
    agency_tables.RESERVES.aide,
    (CONTRAT, SHORT_NAME, TERRITORY, YEAR, *agency_tables.RESERVES.columns, *PROVENANCE),
    tab="axe2",
)

POSTS = DescribedTable(
    "Postes de coordination",
    "Postes",
    "Les postes de coordination, leur règle, ce qu’elle permet, et ce qui est à regarder.",
    (
        CONTRAT,
        SHORT_NAME,
        TERRITORY,
        YEAR,
        *agency_tables.POSTS.columns,
        texte("À regarder", "Ce qui ne s’accorde pas avec la règle, ou n’est pas connu."),
        *PROVENANCE,
    ),
    tab="axe2",
)

FICHES = DescribedTable(
    "Fiches",
    "Fiches",
    "Une ligne par contrat, année et fiche, avec ses thèmes, les priorités du projet régional de santé qu’elle sert et "
    "les autres plans auxquels elle participe.",
    (
        CONTRAT,
        YEAR,
        FICHE,
        *agency_tables.FICHES.chosen("Titre"),
        texte("Axe", "L’axe du contrat."),
        texte("Thèmes", "Les thèmes de la fiche."),
        texte("Priorités", "Les priorités du projet régional de santé."),
        texte("Plans liés", "Les autres plans et contrats auxquels elle participe, sous leur nom commun."),
        *agency_tables.FICHES.chosen(
            "État",
            "Réalisation",
            "Retours reçus",
            "Retours attendus",
            "Bloquants",
            "Avenant demandé",
            "Niveau de priorité",
        ),
        *PROVENANCE,
    ),
    tab="axe2",
)

THEMES = DescribedTable(
    "Thèmes",
    "Themes",
    "Combien de fiches par thème, par priorité du projet régional de santé et par autre plan, selon leur état. Une "
    "fiche à deux thèmes compte dans les deux.",
    (
        YEAR,
        *(c for c in agency_tables.THEMES.columns if c.titre != "Fiche"),
        texte("État", "L’état des fiches.", obligatoire=True),
        whole("Fiches", "Combien de fiches."),
        whole("Contrats", "De combien de contrats."),
        texte("Lesquelles", "Contrat et fiche ; leur place est dans la feuille Fiches."),
    ),
    tab="axe2",
)

PLACES = DescribedTable(
    "Lieux",
    "Lieux",
    "Combien de lieux de chaque sorte sont touchés, contrats additionnés : un lieu de deux contrats compte une fois.",
    (
        YEAR,
        *agency_tables.PLACES.chosen("Sorte"),
        whole("Touchés", "Combien de lieux différents une fiche au moins a touchés."),
        whole("En tout", "Combien de lieux différents nomment les contrats dont un retour dit des lieux."),
        whole("Contrats", "De combien de contrats."),
        texte("Lesquelles", "Contrat par contrat : touchés, et en tout."),
    ),
    tab="axe2",
)

BODIES = DescribedTable(
    "Instances",
    "Instances",
    "Les instances et les groupes de travail de chaque contrat, année par année : réunions tenues et participation.",
    (CONTRAT, SHORT_NAME, TERRITORY, YEAR, *agency_tables.INSTANCES.columns, *PROVENANCE),
    tab="axe2",
    optional=True,
)

EVALUATIONS = DescribedTable(
    "Évaluations",
    "Evaluations",
    "Les évaluations que les contrats prévoient, et où elles en sont.",
    (CONTRAT, SHORT_NAME, TERRITORY, YEAR, *agency_tables.PLANNED_EVALUATIONS.columns, *PROVENANCE),
    tab="axe2",
    optional=True,
)

MESURES = DescribedTable(
    "Mesures comparées",
    "Mesures_comparees",
    "Les mesures que plusieurs contrats déclarent de même thème et de même unité, côte à côte, jamais additionnées.",
    (
        *agency_tables.MESURES.chosen("Thème", "Libellé du thème"),
        texte("Unité", "L’unité commune.", obligatoire=True),
        CONTRAT,
        SHORT_NAME,
        TERRITORY,
        obligatoire(YEAR),
        FICHE,
        *agency_tables.MESURES.chosen(
            "Mesure",
            "Libellé",
            "Agrégation",
            "Valeur initiale",
            "Cible",
            "Valeur",
            "Numérateur",
            "Dénominateur",
            "Couverture",
            "Réserve",
        ),
        *PROVENANCE,
    ),
    tab="axe2",
)

UNCOMPARED = DescribedTable(
    "Mesures non comparables",
    "Mesures_non_comparables",
    "Les mesures que plusieurs contrats déclarent d’un même thème dans des unités différentes.",
    (
        *agency_tables.MESURES.chosen("Thème", "Libellé du thème"),
        texte("Unité", "L’unité de ce contrat ; vide s’il n’en donne pas."),
        CONTRAT,
        SHORT_NAME,
        TERRITORY,
        obligatoire(YEAR),
        FICHE,
        *agency_tables.MESURES.chosen("Mesure", "Libellé", "Agrégation"),
        *PROVENANCE,
    ),
    tab="axe2",
)

OVERDUE = DescribedTable(
    "Retards",
    "Retards",
    "Ce qui n’est pas arrivé : la synthèse d’une année, ou le retour d’une structure.",
    (
        CONTRAT,
        SHORT_NAME,
        TERRITORY,
        YEAR,
        texte("Quoi", "Ce qui manque.", obligatoire=True, choix=OVERDUE_KINDS, look=PILL),
        FICHE,
        STRUCTURE,
        VOLET,
        texte("Précision", "Ce qu’on en sait."),
        *PROVENANCE,
    ),
    tab="rouge",
)

FILES = DescribedTable(
    "Fichiers",
    "Fichiers",
    "Chaque fichier lu : retenu, ou écarté et pourquoi.",
    (
        texte("Fichier", "Le fichier.", obligatoire=True),
        texte(
            "Statut",
            "Ce qu’il en est.",
            obligatoire=True,
            choix=(RETAINED, DUPLICATE, IDENTICAL, OTHER_VERSION, INCOMPLETE, UNREADABLE, FOREIGN),
            look=PILL,
        ),
        texte("Raison", "Pourquoi il est écarté."),
        texte("Contrat", "Le contrat, s’il a pu être lu."),
        TableColumn("Année", "annee", "L’année, si elle a pu être lue."),
        texte("Genre", "Synthèse ou consolidation."),
        TableColumn("Consolidé le", "date", "La date de la consolidation."),
        replace(*agency_tables.CONTRAT.chosen("État"), obligatoire=False),
        TableColumn("Empreinte SHA-256", "empreinte", "L’empreinte du fichier."),
    ),
    tab="gris_moyen",
)

TABLES = (
    CONTRATS,
    MAQUETTES,
    FINANCEMENT,
    FINANCEMENT_FICHES,
    FINANCEURS,
    PLANNED_MONEY,
    LEFT_TO_PAY,
    RESERVES,
    POSTS,
    THEMES,
    FICHES,
    PLACES,
    BODIES,
    EVALUATIONS,
    MESURES,
    UNCOMPARED,
    OVERDUE,
    FILES,
)
