"""The « Données … » sheets of the agency's copy, described column by column: what a region reads.

Their version is ``DATA_FORMAT``: a change of a title, of a type or of a meaning is a new version.
"""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.domain.model import LEVELS
from cls_workbook.tables import consolidation_tables
from cls_workbook.tables.consolidation_tables import FINANCEMENT_FICHES, FINANCEMENT_FINANCEURS, INDICATEURS, STATUT
from cls_workbook.tables.described_columns import (
    AXE,
    FICHE,
    LABEL_WIDTH,
    PILL,
    STRUCTURE,
    VOLET,
    YEAR,
    DescribedTable,
    TableColumn,
    montant,
    nombre,
    obligatoire,
    taux,
    texte,
    whole,
)
from cls_workbook.tables.noyau_table import NOYAU, NOYAU_DETAIL, NOYAU_LINKS
from cls_workbook.tables.summary_tables import EVALUATIONS, GOVERNANCE

DATA_FORMAT = 2
READABLE = (1, DATA_FORMAT)  # a copy of format 1 lacks what stands as ``added`` or ``optional`` below
YES, NO = "oui", "non"
PROVISOIRE, VALIDE = "provisoire", "validé"
THEME, PRIORITY, PLAN = "thème", "priorité", "plan"
TO_CONFIRM, OF_RULES = "à confirmer", "règle"

CONTRAT = DescribedTable(
    "Données contrat",
    "Donnees_contrat",
    "De quel contrat et de quelle année il s’agit, dans quel état, et sur combien de retours.",
    (
        TableColumn("Format", "entier", "La version de ces feuilles de données.", obligatoire=True),
        texte("Contrat", "L’identifiant du contrat.", obligatoire=True),
        texte("Titre", "Le titre du contrat.", obligatoire=True),
        texte("Nom court", "Le nom usuel."),
        texte("Type", "Contrat local de santé, ou contrat de même forme."),
        texte("Territoire", "Le territoire couvert."),
        obligatoire(YEAR),
        TableColumn("Première année", "annee", "La première année du contrat.", obligatoire=True),
        TableColumn("Dernière année", "annee", "La dernière année du contrat.", obligatoire=True),
        TableColumn(
            "Suivi depuis",
            "annee",
            "La première année suivie avec l’outil, si le contrat a commencé avant.",
            added=True,
        ),
        texte(
            "État", "provisoire, ou validé (par qui décide).", obligatoire=True, look=PILL, choix=(PROVISOIRE, VALIDE)
        ),
        TableColumn("Validé le", "date", "La date à laquelle l’année a été validée."),
        TableColumn("Consolidé le", "date", "La date de la consolidation.", obligatoire=True),
        whole("Retours reçus", "Combien de réponses comptent (une par fiche, structure et volet)."),
        whole("Retours attendus", "Combien étaient attendues."),
        whole("Bloquants", "Le nombre d’anomalies bloquantes : ces valeurs ne sont dans aucun chiffre."),
        whole("À confirmer", "Le nombre de points à confirmer."),
        whole("Fiches actives", "Le nombre de fiches actives."),
        whole("Actions à programmer", "Le nombre d’actions annoncées sans fiche."),
        montant("Maquette", "Le total de la maquette au contrat, sur toute sa durée."),
        *(
            replace(column, added=True)
            for column in (
                montant(
                    "Reste à engager",
                    "Maquette moins ce qui est engagé depuis le début sur les fiches dotées ; négatif en cas de "
                    "dépassement.",
                    minimum=None,
                ),
                montant("Reste à verser", "La somme des restes à verser des fiches.", minimum=None),
                texte("Réserve", "Ce sur quoi ces deux restes ne reposent pas."),
            )
        ),
    ),
    cle=("Contrat", "Année"),
    vertical=True,
    tab="axe4",
)

FICHES = DescribedTable(
    "Données fiches",
    "Donnees_fiches",
    "Une ligne par fiche active, puis par action à programmer.",
    (
        FICHE,
        texte("Titre", "Le titre de la fiche.", obligatoire=True),
        AXE,
        texte("Titre de l’axe", "Le titre de l’axe."),
        texte("État", "L’état d’avancement, sur toute la vie de la fiche.", obligatoire=True),
        replace(texte("État commun", "Le même, avec les mots communs à tous les contrats."), added=True),
        texte("Réalisation", "La réalisation du programme de l’année, volet par volet là où la fiche en a."),
        whole("Retours reçus", "Combien de réponses comptent."),
        whole("Retours attendus", "Combien étaient attendues."),
        whole("Bloquants", "Anomalies bloquantes."),
        whole("À confirmer", "Points à confirmer."),
        texte("Avenant demandé", "Un porteur demande que le contrat soit modifié.", choix=(YES, NO)),
        replace(texte("Niveau de priorité", "Celui que le contrat donne à la fiche, avec ses mots."), added=True),
    ),
    tab="axe4",
)

THEMES = DescribedTable(
    "Données thèmes",
    "Donnees_themes",
    "Les thèmes des fiches, les priorités du projet régional de santé qu’elles servent et les autres plans auxquels "
    "elles participent : une ligne par fiche et par thème, priorité ou plan.",
    (
        obligatoire(FICHE),
        texte(
            "Genre",
            "thème, priorité du projet régional de santé, ou autre plan.",
            obligatoire=True,
            choix=(THEME, PRIORITY, PLAN),
        ),
        texte("Identifiant", "L’identifiant, le même d’un contrat à l’autre.", obligatoire=True),
        texte("Libellé", "Le libellé.", obligatoire=True, max_width=LABEL_WIDTH),
    ),
    tab="axe4",
)

FINANCEMENT = DescribedTable(
    "Données financement",
    "Donnees_financement",
    FINANCEMENT_FICHES.aide,
    (
        *FINANCEMENT_FICHES.columns,
        replace(
            texte("Périmètre du taux", "Les retours qui donnent l’attribué et le coût, sur ceux qui répondent."),
            added=True,
        ),
        texte(
            "Poste",
            "oui : « ARS hors maquette » est l’aide au poste de coordination.",
            obligatoire=True,
            choix=(YES, NO),
        ),
    ),
    cle=("Fiche",),
    tab="axe4",
)

LEFT_TO_PAY = DescribedTable(
    "Données restes à verser",
    "Donnees_restes_a_verser",
    "Ce que chaque financeur a engagé et versé sur chaque fiche depuis le début du contrat, années connues "
    "additionnées, et ce qui reste à verser.",
    (
        FICHE,
        *FINANCEMENT_FINANCEURS.chosen("Financeur", "Nature"),
        montant("Engagé depuis le début", "Attribué ou notifié, années connues additionnées."),
        montant("Versé depuis le début", "Reçu, années connues additionnées."),
        montant("Reste à verser", "Engagé moins versé ; négatif si plus a été versé qu’engagé.", minimum=None),
    ),
    optional=True,
    tab="axe4",
)

RESERVES = DescribedTable(
    "Données réserves",
    "Donnees_reserves",
    "Ce que les montants ne disent pas seuls : ceux qui dépassent une règle ou que deux retours déclarent, et ce que "
    "disent les règles de financement.",
    (
        FICHE,
        texte(
            "Genre",
            "à confirmer : compté bien qu’une règle ne le permette pas, ou que deux retours le déclarent ; règle : ce "
            "que dit une règle du contrat.",
            obligatoire=True,
            choix=(TO_CONFIRM, OF_RULES),
        ),
        texte("Réserve", "La phrase, telle que la Synthèse l’imprime.", obligatoire=True, max_width=LABEL_WIDTH),
    ),
    optional=True,
    tab="axe4",
)

FINANCEURS = DescribedTable(
    "Données financeurs",
    "Donnees_financeurs",
    FINANCEMENT_FINANCEURS.aide,
    (
        *FINANCEMENT_FINANCEURS.columns[:2],
        texte("Niveau", "Le sous-total auquel la nature appartient ; vide si elle n’est pas connue.", choix=LEVELS),
        *FINANCEMENT_FINANCEURS.columns[2:],
    ),
    tab="axe4",
)

PLANNED_MONEY = DescribedTable(
    "Données financements prévus",
    "Donnees_financements_prevus",
    consolidation_tables.PLANNED_MONEY.aide,
    consolidation_tables.PLANNED_MONEY.columns,
    optional=True,
    tab="axe4",
)

POSTS = DescribedTable(
    "Données postes",
    "Donnees_postes",
    "Les postes de coordination, leur règle et ce qu’elle permet.",
    (
        obligatoire(FICHE),
        texte("Règle", "La règle du contrat."),
        texte("Financeur", "Qui aide."),
        taux("Taux", "La part prise en charge."),
        montant("Plafond annuel", "L’aide la plus haute pour un an."),
        nombre("ETP minimum", "Le temps de travail en dessous duquel rien n’est dû."),
        nombre("ETP", "La quotité du poste, en équivalents temps plein, quels que soient les mois."),
        *(
            replace(column, added=True)
            for column in (
                nombre("Mois", "Les mois de l’année où le poste était pourvu."),
                nombre("ETPT", "La quotité rapportée aux mois : 1 ETP pendant trois mois fait 0,25 ETPT."),
                montant("Dépense éligible", "La dépense éligible du poste : salaire chargé et frais de missions."),
            )
        ),
        montant("Dépense réalisée", "Le coût de toute la fiche."),
        montant("Aide possible", "Ce que la règle permet pour la dépense éligible."),
        montant("Aide engagée", "Ce qui est engagé."),
        montant("Aide versée", "Ce qui est versé."),
        taux("Aide / dépense", "Aide engagée / dépense éligible."),
    ),
    tab="axe4",
)

MESURES = DescribedTable(
    "Données mesures",
    "Donnees_mesures",
    "Une ligne par mesure chiffrée du contrat, petits effectifs masqués. Les listes et les textes n’y sont pas.",
    (
        *INDICATEURS.chosen("Fiche", "Indicateur", "Mesure", "Libellé", "Unité"),
        *map(obligatoire, INDICATEURS.chosen("Agrégation")),
        texte(
            "Thème",
            "L’identifiant du thème de la mesure : seules se comparent les mesures de même thème et de même unité.",
        ),
        texte("Libellé du thème", "Son libellé."),
        *INDICATEURS.chosen(
            "Valeur initiale",
            "Cible",
            "Valeur n-1",
            "Valeur",
            "Numérateur",
            "Dénominateur",
            "Retours reçus",
            "Retours attendus",
            "Couverture",
            "Réserve",
        ),
        replace(
            taux("Part atteinte", "La valeur rapportée à la cible ; vide pour un plafond, et si rien n’est connu."),
            added=True,
        ),
        replace(
            texte(
                "Cible atteinte",
                "oui : atteinte, ou plafond respecté. Vide : pas de cible, ou rien n’est connu.",
                choix=(YES, NO),
            ),
            added=True,
        ),
    ),
    cle=("Mesure",),
    tab="axe4",
)

RETOURS = DescribedTable(
    "Données retours",
    "Donnees_retours",
    "Qui était attendu, qui a répondu : des structures, jamais des personnes ni des fichiers.",
    (FICHE, STRUCTURE, VOLET, STATUT),
    tab="axe4",
)

INSTANCES = DescribedTable(
    "Données instances",
    "Donnees_instances",
    GOVERNANCE.aide,
    (
        *GOVERNANCE.columns[:-1],
        replace(texte("Fiches suivies", "Pour un groupe de travail : les fiches qu’il suit."), added=True),
        replace(texte("Décide", "oui : les décisions lui sont demandées.", choix=(YES, NO)), added=True),
    ),
    tab="axe4",
)

PLANNED_EVALUATIONS = replace(
    EVALUATIONS, sheet="Données évaluations", nom="Donnees_evaluations", optional=True, tab="axe4"
)

PLACES = DescribedTable(
    "Données lieux",
    "Donnees_lieux",
    "Les lieux du contrat, et combien de fiches ont touché chacun. Chaque sorte se compte à part.",
    (
        texte(
            "Sorte",
            "Commune, quartier prioritaire, ou une autre sorte de lieu, avec les mots du contrat.",
            obligatoire=True,
        ),
        texte("Code", "Le code INSEE d’une commune."),
        texte("Nom", "Le nom.", obligatoire=True),
        texte("Commune", "La commune où il est."),
        texte("EPCI", "Son intercommunalité, si le contrat la dit."),
        texte("Département", "Son département."),
        whole("Fiches", "Combien de fiches l’ont touché ; vide : aucun retour ne dit de lieu."),
    ),
    optional=True,
    tab="axe4",
)


NOYAU_ANSWERS = replace(NOYAU, sheet="Données noyau", nom="Donnees_noyau", frozen_columns=1, tab="axe4")
NOYAU_DETAILS = replace(
    NOYAU_DETAIL, sheet="Données noyau catégories", nom="Donnees_noyau_categories", frozen_columns=1, tab="axe4"
)
LINKS = replace(
    NOYAU_LINKS, sheet="Données correspondances", nom="Donnees_correspondances", frozen_columns=1, tab="axe4"
)

TABLES = (
    CONTRAT,
    FICHES,
    THEMES,
    FINANCEMENT,
    FINANCEURS,
    PLANNED_MONEY,
    LEFT_TO_PAY,
    RESERVES,
    POSTS,
    MESURES,
    NOYAU_ANSWERS,
    NOYAU_DETAILS,
    LINKS,
    RETOURS,
    INSTANCES,
    PLANNED_EVALUATIONS,
    PLACES,
)
