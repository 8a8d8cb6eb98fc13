"""What contracts are compared by, what changed this one, what is still to be settled, and its lists of choices."""

from __future__ import annotations

from cls_workbook.definition.asked.sections import ESSENTIAL, IDENTIFIERS, Section, SectionColumn
from cls_workbook.domain import model
from cls_workbook.domain.lifetime import Decision, Revision

C = SectionColumn

THEMES = Section(
    "themes",
    "Thèmes",
    model.Theme,
    "Ce par quoi une région compare ses contrats. Les premiers viennent avec l’outil ; ajoutez les vôtres.",
    (
        C(
            "libelle",
            "Thème",
            "Le libellé, tel que les listes des feuilles Fiches et Indicateurs le proposeront.",
            "Santé des étudiants",
            70,
            ESSENTIAL,
            unique=True,
        ),
        C(
            "id",
            "Identifiant",
            "Le même d’un contrat à l’autre, pour qu’ils se comparent. À ne plus changer ensuite.",
            "sante-etudiants",
            34,
            IDENTIFIERS,
            anchor=True,
            deduced="le libellé.",
        ),
    ),
    lines=20,
)

PRIORITIES = Section(
    "priorites",
    "Priorités",
    model.Theme,
    "Les priorités du projet régional de santé que le contrat cite : chaque fiche dit lesquelles elle sert.",
    (
        C(
            "libelle",
            "Priorité",
            "Telle que le projet régional de santé l’écrit.",
            "Favoriser la santé mentale",
            110,
            ESSENTIAL,
            unique=True,
        ),
        C(
            "id",
            "Identifiant",
            "Unique. À ne plus changer ensuite.",
            "favoriser-la-sante-mentale",
            34,
            IDENTIFIERS,
            anchor=True,
            deduced="la priorité.",
        ),
    ),
    lines=20,
)

DECISIONS = Section(
    "decisions",
    "Décisions",
    Decision,
    "Ce qui a changé le contrat depuis sa signature : réunions du COPIL et avenants.",
    (
        C(
            "id",
            "Repère",
            "Un nom court et unique, que citent les autres feuilles.",
            "COPIL-2026",
            20,
            ESSENTIAL,
            unique=True,
            anchor=True,
        ),
        C("instance", "Instance", "COPIL, ou avenant signé par tous.", "COPIL", 14, ESSENTIAL, choix="instances"),
        C("date", "Date", "Au format jj/mm/aaaa.", "12/03/2026", 14),
        C(
            "reference",
            "Référence",
            "Compte rendu, numéro d’avenant ou de délibération.",
            "Relevé de décisions n° 4",
            34,
        ),
        C("objet", "Objet", "Ce qui a été décidé, en une phrase.", "Ajout de la fiche 2.4", 60),
    ),
    lines=20,
)

REVISIONS = Section(
    "revisions",
    "Révisions",
    Revision,
    "Ce qui a une autre valeur à partir d’une année : un titre, un montant, des porteurs. Une ligne par changement.",
    (
        C("depuis", "À partir de", "Première année de la nouvelle valeur.", "2026", 12, ESSENTIAL, format="annee"),
        C(
            "objet",
            "Ce qui change",
            "La sorte de ligne qui change.",
            "une fiche",
            18,
            ESSENTIAL,
            choix="objets_de_revision",
        ),
        C(
            "cible",
            "Lequel",
            "Son numéro, son nom ou son repère ; pour un volet, « 2.3/repère du volet ». Vide pour le contrat.",
            "1.2",
            24,
            ESSENTIAL,
            anchor=True,
        ),
        C(
            "champ",
            "Colonne",
            "Le titre de la colonne qui change, tel qu’il est imprimé sur sa feuille.",
            "Montant",
            26,
            ESSENTIAL,
        ),
        C(
            "valeur",
            "Nouvelle valeur",
            "Comme vous l’écririez dans cette colonne. Vide : la case est vidée.",
            "18 000,50",
            44,
            ESSENTIAL,
            anchor=True,
        ),
        C(
            "decision",
            "Décidé par",
            "La décision (feuille Décisions).",
            "Avenant-1",
            18,
            ESSENTIAL,
            cross_reference="decisions",
        ),
    ),
    lines=30,
    frozen_columns=3,
)

A_CONFIRMER = Section(
    "a_confirmer",
    "À confirmer",
    model.ContratInconsistency,
    "Ce que le contrat imprimé laisse incertain ou contradictoire : les signataires trancheront.",
    (
        C("objet", "Objet", "Ce que cela concerne.", "Fiche 1.2", 22, ESSENTIAL),
        C(
            "constat",
            "Constat",
            "Ce qui ne s’accorde pas, et ce que vous retenez en attendant.",
            "Deux titres différents ; celui de la fiche est retenu.",
            100,
            ESSENTIAL,
        ),
        C(
            "gravite",
            "Gravité",
            "« à confirmer », ou « information » s’il n’y a rien à trancher.",
            "à confirmer",
            16,
            ESSENTIAL,
            choix="gravites",
        ),
        C("code", "Repère", "Un repère unique.", "A01", 12, IDENTIFIERS, anchor=True, deduced="A01, A02…"),
    ),
    lines=20,
)

LISTS = Section(
    "listes",
    "Listes",
    model.ChoiceLists,
    "Les choix proposés aux partenaires, un par ligne sous chaque titre. Une colonne vidée reprend les choix de "
    "l’outil.",
    (
        C("etats", "État de l’action", "Où en est l’action sur toute la durée du contrat.", "En cours", 24, ESSENTIAL),
        C("etats_a_motif", "États qui demandent un motif", "Parmi les états.", "Reportée", 24, ESSENTIAL),
        C(
            "realisations",
            "Réalisation de l’année",
            "Ce qui a été fait du programme de l’année.",
            "Totale",
            24,
            ESSENTIAL,
        ),
        C(
            "statuts",
            "Statut d’un chiffre",
            "Les statuts d’une valeur. L’outil reconnaît les siens : à ne changer qu’en connaissance de cause.",
            "réel",
            24,
            ESSENTIAL,
        ),
        C("jalons", "État d’une étape", "De la moins à la plus avancée.", "Atteint", 24, ESSENTIAL),
        C("double_compte", "Sans double compte ?", "Les réponses possibles.", "oui", 24, ESSENTIAL),
        C(
            "types_partenaire",
            "Type de partenaire",
            "Les types de structures partenaires.",
            "Association",
            34,
            ESSENTIAL,
        ),
        C(
            "participations",
            "Participation",
            "De la plus légère à la plus engagée.",
            "Convention signée",
            34,
            ESSENTIAL,
        ),
        C("echelles", "Échelle de satisfaction", "Les échelles des questionnaires.", "Échelle de 1 à 5", 30, ESSENTIAL),
        C("unites_duree", "Unité de durée", "Les unités proposées.", "jours", 20, ESSENTIAL),
    ),
    lines=12,
)
