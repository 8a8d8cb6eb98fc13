"""The tables that only feed the Synthèse: no sheet has their headers, the rows of ``Repères`` carry them."""

from __future__ import annotations

from cls_workbook.tables.described_columns import AXE, FICHE, DescribedTable, TableColumn, montant, taux, texte, whole

PROGRESS = DescribedTable(
    "Avancement",
    "Avancement",
    "L’état de chaque fiche : le moins avancé de ses porteurs.",
    (
        texte("fiche", "Le numéro de la fiche.", obligatoire=True),
        texte("axe", AXE.aide),
        texte("titre", "Le titre de la fiche."),
        texte("etat", "L’état de l’action, sur toute la durée du contrat."),
        texte("realisation", "La réalisation du programme de l’année."),
        texte("par_volet", "Celle de chaque volet, là où la fiche en a."),
        texte("detail", "Ce que dit chaque porteur, là où ils ne s’accordent pas."),
        whole("recus", "Combien de retours disent l’état."),
        whole("attendus", "Combien étaient attendus ; vide : non connu."),
        texte("couverture", "Sur combien de retours repose l’état."),
    ),
)

GOVERNANCE = DescribedTable(
    "Gouvernance",
    "Gouvernance",
    "La gouvernance : les réunions tenues et la participation.",
    (
        texte("Instance", "L’instance.", obligatoire=True),
        whole("Minimum par an", "Le nombre de réunions prévu au contrat."),
        whole("Réunions tenues", "Combien ont été tenues."),
        whole("Conviés", "Structures conviées."),
        whole("Présents", "Structures présentes."),
        taux("Taux de participation", "Présents / conviés."),
        texte("Réserve", "Jusqu’où le chiffre tient."),
    ),
)

EVALUATIONS = DescribedTable(
    "Évaluations",
    "Evaluations",
    "Les évaluations que le contrat prévoit cette année, et où elles en sont.",
    (
        texte("Évaluation", "À mi-parcours, finale, ou une autre.", obligatoire=True),
        texte("Faite par", "Qui évalue, tel que le contrat le dit."),
        texte("Ce qu’elle regarde", "Tel que le contrat le dit."),
        texte("État", "Ce qu’en dit la coordination ; vide : non renseigné."),
        TableColumn("Rendue le", "date", "Le jour où elle a été rendue."),
        texte("Ce qu’elle dit", "En quelques mots, tel que la coordination l’écrit."),
    ),
)

TERRITORY = DescribedTable(
    "Territoire",
    "Territoire",
    "Les lieux que des retours disent avoir touchés.",
    (
        texte("type", "commune, qpv, ou la sorte de lieu avec les mots du contrat.", obligatoire=True),
        texte("code", "Le code INSEE d’une commune."),
        texte("nom", "Le nom.", obligatoire=True),
        whole("fiches", "Combien de fiches l’ont touché."),
        texte("numeros", "Lesquelles."),
    ),
)

TOTALS = DescribedTable(
    "Sous-totaux",
    "Sous_totaux",
    "Les sous-totaux du financement, qui ne s’additionnent pas.",
    (
        texte("Sous-total", "La nature d’argent.", obligatoire=True),
        montant("Contrat", "Le montant inscrit au contrat, sur toute sa durée."),
        montant("Programmé", "Programmé pour l’année."),
        montant("Engagé", "Engagé dans l’année."),
        montant("Versé", "Versé dans l’année."),
        montant("Écart engagé - programmé", "En euros, là où les deux sont connus.", minimum=None),
        taux("Écart engagé - programmé (%)", "Le même, en part du programmé."),
        montant("Écart versé - engagé", "En euros, là où les deux sont connus.", minimum=None),
        taux("Écart versé - engagé (%)", "Le même, en part de l’engagé."),
        texte("Réserve", "Sur combien de fiches."),
    ),
)

RATES = DescribedTable(
    "Taux constatés",
    "Taux_constates",
    "Sur quoi repose le taux constaté de chaque fiche.",
    (
        texte("fiche", FICHE.aide, obligatoire=True),
        montant("attribue", "Attribué par l’agence pour l’année, dans les retours qui donnent aussi le coût."),
        montant("cout", "Le coût de l’année, dans les mêmes retours."),
        whole("retours", "Combien de retours donnent les deux."),
        whole("sur", "Combien de retours répondent pour la fiche."),
    ),
)

VENTILATIONS = DescribedTable(
    "Ventilations",
    "Ventilations",
    "Le détail par catégorie de chaque mesure.",
    (
        texte("fiche", FICHE.aide, obligatoire=True),
        texte("mesure", "L’identifiant de la mesure.", obligatoire=True),
        texte("modalite", "La catégorie.", obligatoire=True),
        whole("effectif", "Combien ; vide : non connu, ou compté plusieurs fois."),
        whole("numerateur", "Le haut du taux."),
        whole("denominateur", "Le bas du taux."),
    ),
)
