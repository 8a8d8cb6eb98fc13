"""The tables of a region's workbook about the noyau that its contracts take in."""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.reports.region.region_tables import CONTRAT, SHORT_NAME, TERRITORY
from cls_workbook.tables.described_columns import (
    PROVENANCE,
    YEAR,
    DescribedTable,
    nombre,
    obligatoire,
    taux,
    texte,
    whole,
)
from cls_workbook.tables.noyau_table import NOYAU, NOYAU_DETAIL, NOYAU_LINKS

_STATES = (
    whole("Renseignées", "Combien de contrats ont une réponse ; les réponses masquées en sont."),
    whole("dont estimées", "Combien reposent, en partie au moins, sur une estimation."),
    whole("Non disponibles", "Combien disent que la donnée existe, sans l’avoir."),
    whole("Sans objet", "Combien disent que la question ne se pose pas : elles ne sont pas comptées comme posées."),
    whole("Sans valeur commune", "Combien ont des réponses que l’on ne peut réunir : unités ou échelles différentes."),
    whole("Sans réponse", "Combien n’ont rien."),
    taux("Taux de remplissage", "Renseignées / posées."),
)

REGIONAL_MESURES = DescribedTable(
    "Noyau",
    "Noyau",
    "Une ligne par année et par question du noyau : ce que les contrats répondent ensemble, combien répondent, et "
    "l’étendue entre eux. Une réponse masquée n’entre dans aucun de ces chiffres.",
    (
        *NOYAU.chosen("Noyau"),
        obligatoire(YEAR),
        *NOYAU.chosen(
            "Mesure", "Libellé", "Thème", "Libellé du thème", "Priorité", "Santé mentale", "Unité", "Agrégation"
        ),
        whole("Posées", "À combien de contrats la question se pose."),
        *_STATES,
        whole("Masquées", "Combien de réponses sont connues, et masquées."),
        nombre("Valeur", "Ce que les contrats font ensemble, selon la façon de rassembler ; une part pour un taux."),
        nombre("Numérateur", "Pour un taux : la somme des hauts."),
        nombre("Dénominateur", "Pour un taux : la somme des bas."),
        whole("Contrats comptés", "Combien de contrats entrent dans la valeur."),
        nombre("Minimum", "La plus petite valeur d’un contrat."),
        nombre("Médiane", "La valeur du milieu."),
        nombre("Maximum", "La plus grande valeur d’un contrat."),
        whole("Contrats communs", "Combien de contrats ont une valeur cette année et la précédente."),
        nombre("Valeur n-1, contrats communs", "Ce que ces contrats-là faisaient ensemble l’année précédente."),
        nombre("Valeur, contrats communs", "Ce qu’ils font ensemble cette année."),
        texte("Réserve", "Jusqu’où le chiffre tient, et ce qui a changé de la question."),
    ),
    cle=("Noyau", "Année", "Mesure", "Unité", "Agrégation"),
    frozen_columns=4,
    tab="accent",
)

REGIONAL_ANSWERS = DescribedTable(
    "Noyau par contrat",
    "Noyau_par_contrat",
    "Chaque réponse de chaque contrat au noyau, et sa place.",
    (CONTRAT, SHORT_NAME, TERRITORY, obligatoire(YEAR), *NOYAU.columns, *PROVENANCE),
    cle=("Contrat", "Année", "Mesure"),
    frozen_columns=4,
    tab="accent",
)

REGIONAL_FILLING = DescribedTable(
    "Noyau remplissage",
    "Noyau_remplissage",
    "Une ligne par contrat et par année : combien de questions du noyau lui sont posées, combien ont une réponse.",
    (
        CONTRAT,
        SHORT_NAME,
        TERRITORY,
        obligatoire(YEAR),
        *(replace(c, obligatoire=False) for c in NOYAU.chosen("Noyau", "Version")),
        whole("Posées", "Combien de questions se posent au contrat."),
        *_STATES,
        texte("Précision", "Ce qu’il faut en savoir : un contrat sans noyau, un bilan provisoire."),
        *PROVENANCE,
    ),
    cle=("Contrat", "Année"),
    frozen_columns=4,
    tab="accent",
)

REGIONAL_DETAILS = DescribedTable(
    "Noyau par catégorie",
    "Noyau_par_categorie",
    "Une ligne par année, question et catégorie : ce que les contrats font ensemble, par la règle de la question. Une "
    "catégorie masquée dans une synthèse n’entre dans aucun de ces chiffres.",
    (
        *NOYAU_DETAIL.chosen("Noyau"),
        obligatoire(YEAR),
        *NOYAU_DETAIL.chosen("Mesure", "Libellé", "Unité", "Agrégation", "Catégorie"),
        whole("Contrats", "Combien de contrats donnent cette catégorie, connue ou non."),
        whole("Masquées", "Combien la connaissent, et la masquent."),
        *NOYAU_DETAIL.chosen("Valeur", "Numérateur", "Dénominateur"),
        whole("Contrats comptés", "Combien de contrats entrent dans la valeur."),
        *REGIONAL_MESURES.chosen("Minimum", "Médiane", "Maximum"),
        texte("Réserve", "Jusqu’où le chiffre tient."),
    ),
    cle=("Noyau", "Année", "Mesure", "Unité", "Agrégation", "Catégorie"),
    optional=True,
    frozen_columns=3,
    tab="accent",
)

REGIONAL_LINKS = DescribedTable(
    "Noyau correspondances",
    "Noyau_correspondances",
    NOYAU_LINKS.aide,
    (
        *NOYAU_LINKS.columns,
        replace(YEAR, titre="Dernière année", aide="La dernière année dont une synthèse la dit."),
        whole("Contrats", "Combien de contrats ont une synthèse qui la dit."),
    ),
    cle=("Noyau", "Thème", "Vocabulaire", "Code", "Correspondance"),
    optional=True,
    frozen_columns=3,
    tab="accent",
)
