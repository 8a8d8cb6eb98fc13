"""The tables of a region's workbook, described column by column, in the order of their tabs."""

from __future__ import annotations

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
from cls_workbook.reports.tables.described_columns import (
    FICHE,
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
TERRITORY = texte("Territoire", "Le territoire couvert.")
MAQUETTE, POST, OUTSIDE_MAQUETTE, COFINANCEMENTS, VALORISATION = (
    "Maquette",
    "Poste de coordination",
    "ARS hors maquette",
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

_of_contrat = {c.titre: c for c in agency_tables.CONTRAT.columns}
_of_fiche = {c.titre: c for c in agency_tables.FICHES.columns}
_of_mesure = {c.titre: c for c in agency_tables.MESURES.columns}
_ENGAGE = montant("Engagé", "Ce qui est acquis par une convention ou une décision.")

CONTRATS = DescribedTable(
    "Contrats",
    "Contrats",
    "Une ligne par contrat et par année : où en est-on, sur combien de retours, dans quel état.",
    (
        CONTRAT,
        TERRITORY,
        YEAR,
        _of_contrat["État"],
        _of_contrat["Validé le"],
        _of_contrat["Consolidé le"],
        _of_contrat["Retours reçus"],
        _of_contrat["Retours attendus"],
        taux("Taux de retour", "Retours reçus / retours attendus."),
        _of_contrat["Bloquants"],
        _of_contrat["À confirmer"],
        _of_contrat["Fiches actives"],
        _of_contrat["Actions à programmer"],
        _of_contrat["Maquette"],
        montant("Programmé", "Programmé sur la maquette pour l’année, fiches où c’est connu."),
        montant("Engagé", "Engagé sur la maquette dans l’année."),
        montant("Versé", "Versé sur la maquette dans l’année."),
        montant("Coût réalisé", "Le coût des actions dans l’année, tous financeurs."),
        *PROVENANCE,
    ),
    cle=("Contrat", "Année"),
)

MAQUETTES = DescribedTable(
    "Maquettes",
    "Maquettes",
    "Une ligne par contrat : la maquette, et ce qui en est engagé et versé depuis le début, années connues additionnées.",
    (
        CONTRAT,
        _of_contrat["Titre"],
        TERRITORY,
        _of_contrat["Première année"],
        _of_contrat["Dernière année"],
        _of_contrat["Maquette"],
        montant("Engagé cumulé", "La somme des lignes « Maquette » de la feuille Financement, années connues."),
        montant("Versé cumulé", "De même pour ce qui est versé."),
        montant(
            "Reste à engager",
            "Maquette moins engagé cumulé ; vide s’il manque une année. Négatif en cas de dépassement.",
            minimum=None,
        ),
        taux("Part engagée", "Engagé cumulé / maquette."),
        texte("Années additionnées", "Les années dont l’engagement est connu."),
        texte("Années absentes", "Les années qui manquent au cumul."),
        *PROVENANCE,
    ),
    cle=("Contrat",),
)

FINANCEMENT = DescribedTable(
    "Financement",
    "Financement",
    "L’argent de chaque contrat et de chaque année, par nature. Les natures ne s’additionnent pas entre elles.",
    (
        CONTRAT,
        TERRITORY,
        YEAR,
        texte("Nature", "La nature du financement.", obligatoire=True, choix=NATURES),
        montant("Prévu au contrat", "Sur toute la durée du contrat."),
        montant("Programmé", "Programmé par le COPIL pour l’année."),
        _ENGAGE,
        montant("Versé", "Versé sur la maquette ; pour les autres natures, voir Financeurs et Postes de coordination."),
        whole("Fiches", "Combien de fiches donnent un montant engagé."),
        *PROVENANCE,
    ),
    cle=("Contrat", "Année", "Nature"),
)

FINANCEMENT_FICHES = DescribedTable(
    "Financement par fiche",
    "Financement_fiches",
    agency_tables.FINANCEMENT.aide,
    (CONTRAT, YEAR, *agency_tables.FINANCEMENT.columns, *PROVENANCE),
    cle=("Contrat", "Année", "Fiche"),
)

FINANCEURS = DescribedTable(
    "Financeurs",
    "Financeurs",
    "Une ligne par contrat, année, financeur et nature.",
    (CONTRAT, YEAR, *agency_tables.FINANCEURS.columns, *PROVENANCE),
)

POSTS = DescribedTable(
    "Postes de coordination",
    "Postes",
    "Les postes de coordination, leur règle, ce qu’elle permet, et ce qui est à regarder.",
    (
        CONTRAT,
        TERRITORY,
        YEAR,
        *agency_tables.POSTS.columns,
        texte("À regarder", "Ce qui ne s’accorde pas avec la règle, ou n’est pas connu."),
        *PROVENANCE,
    ),
)

FICHES = DescribedTable(
    "Fiches",
    "Fiches",
    "Une ligne par contrat, année et fiche, avec ses thèmes et les priorités du projet régional de santé qu’elle sert.",
    (
        CONTRAT,
        YEAR,
        FICHE,
        _of_fiche["Titre"],
        texte("Axe", "L’axe du contrat."),
        texte("Thèmes", "Les thèmes de la fiche."),
        texte("Priorités", "Les priorités du projet régional de santé."),
        *(
            _of_fiche[t]
            for t in ("État", "Réalisation", "Retours reçus", "Retours attendus", "Bloquants", "Avenant demandé")
        ),
        *PROVENANCE,
    ),
)

THEMES = DescribedTable(
    "Thèmes",
    "Themes",
    "Combien de fiches par thème et par priorité du projet régional de santé, selon leur état. Une fiche à deux thèmes compte dans les deux.",
    (
        YEAR,
        *(c for c in agency_tables.THEMES.columns if c.titre != "Fiche"),
        texte("État", "L’état des fiches.", obligatoire=True),
        whole("Fiches", "Combien de fiches."),
        whole("Contrats", "De combien de contrats."),
        texte("Lesquelles", "Contrat et fiche ; leur place est dans la feuille Fiches."),
    ),
)

MESURES = DescribedTable(
    "Mesures comparées",
    "Mesures_comparees",
    "Les mesures que plusieurs contrats déclarent de même thème et de même unité, côte à côte, jamais additionnées.",
    (
        *(_of_mesure[t] for t in ("Thème", "Libellé du thème")),
        texte("Unité", "L’unité commune.", obligatoire=True),
        CONTRAT,
        TERRITORY,
        obligatoire(YEAR),
        FICHE,
        *(
            _of_mesure[t]
            for t in (
                "Mesure",
                "Libellé",
                "Agrégation",
                "Valeur initiale",
                "Valeur",
                "Numérateur",
                "Dénominateur",
                "Couverture",
                "Réserve",
            )
        ),
        *PROVENANCE,
    ),
)

OVERDUE = DescribedTable(
    "Retards",
    "Retards",
    "Ce qui n’est pas arrivé : la synthèse d’une année, ou le retour d’une structure.",
    (
        CONTRAT,
        TERRITORY,
        YEAR,
        texte("Quoi", "Ce qui manque.", obligatoire=True, choix=OVERDUE_KINDS),
        FICHE,
        STRUCTURE,
        VOLET,
        texte("Précision", "Ce qu’on en sait."),
        *PROVENANCE,
    ),
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
        ),
        texte("Raison", "Pourquoi il est écarté."),
        texte("Contrat", "Le contrat, s’il a pu être lu."),
        TableColumn("Année", "annee", "L’année, si elle a pu être lue."),
        texte("Genre", "Synthèse ou consolidation."),
        TableColumn("Consolidé le", "date", "La date de la consolidation."),
        _of_contrat["État"],
        TableColumn("Empreinte SHA-256", "empreinte", "L’empreinte du fichier."),
    ),
)

TABLES = (
    CONTRATS,
    MAQUETTES,
    FINANCEMENT,
    FINANCEMENT_FICHES,
    FINANCEURS,
    POSTS,
    THEMES,
    FICHES,
    MESURES,
    OVERDUE,
    FILES,
)
